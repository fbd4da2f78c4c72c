# SPDX-License-Identifier: GPL-2.0
# On a virtual host whose clock counts instructions: what does not depend on how
# many guests there are, and what does; and a kretprobe that levels CPUID too.
# tests/bench runs it. BENCH_VMS: how many VMs, smallest first.
. /kl/lib.sh

# figures STATE ARG...: what kvmprobe bench measures, as that state's
figures()
{
	_state=$1
	shift
	kvmprobe bench "$@" > /tmp/figures || { not_ok "bench_$1" "exit $?: $*"; exit 1; }
	sed "s/^bench/bench $_state/" /tmp/figures
}

create()
{
	for kind in create_vm create_vcpu; do
		figures "$1" $kind --n 20 --samples 5
	done
}

take_offer
unset KVMPROBE_OFFER
must kvmprobe baseline --name all > /tmp/all.json
create without
must insmod /kl/kret.ko
for kind in cpuid io; do
	figures kretprobe $kind --samples 7
done
must rmmod kret
kl_load
kl_enforce /tmp/all.json
create enforce
must nlprobe bench rules -
must nlprobe bench arm once
must nlprobe bench disarm once
mkfifo /tmp/crowd.in
for n in ${BENCH_VMS:-1 100 1000}; do
	kvmprobe crowd "$n" < /tmp/crowd.in > /tmp/crowd.out 2>&1 &
	crowd=$!
	exec 9> /tmp/crowd.in
	until grep -q "^crowd $n" /tmp/crowd.out; do usleep 100000; done
	must nlprobe bench apply "vms=$n"
	must nlprobe bench arm "vms=$n"
	exec 9>&-
	wait $crowd 2> /dev/null
done

# SPDX-License-Identifier: GPL-2.0
# 32 VMs that come and go while the baseline changes a hundred times: each
# reads one baseline, the same for its life.
# smp: 2
# timeout: 600
# first-on: 6.12/amd
. /kl/lib.sh

kl_start
: > /tmp/swaps
( while [ ! -e /tmp/stop ]; do
	levelctl baseline apply /tmp/all.json > /dev/null || echo failed >> /tmp/swap.err
	echo >> /tmp/swaps
	usleep 5000
	levelctl baseline apply /tmp/low.json > /dev/null || echo failed >> /tmp/swap.err
	echo >> /tmp/swaps
	usleep 5000
done ) &
swapper=$!
# vCPUs that never wait would hardly give a turn to whatever happens beside them.
crowd() { sh -c 'renice -n 19 -p $$ > /dev/null && exec kvmprobe churn "$@"' - "$@"; }
# A hundred changes: emulated hosts differ in how long they take for as many.
round=0
while [ "$(wc -l < /tmp/swaps)" -lt 100 ] && [ $round -lt 30 ]; do
	round=$((round + 1))
	crowd --vms 32 --seconds 3 --cpuid raw \
		--allow /tmp/low.json --allow /tmp/all.json > /tmp/churn.$round 2>&1 ||
		echo "round $round: $(tail -n 3 /tmp/churn.$round | tr '\n' ' ')" >> /tmp/churn.err
done
touch /tmp/stop
wait $swapper
same every_vm_reads_one_baseline_for_its_life "" "$(cat /tmp/churn.err 2> /dev/null)"
check no_swap_failed test ! -e /tmp/swap.err
check the_baseline_changed_all_the_time test "$(wc -l < /tmp/swaps)" -ge 100
no_vm_is_left

# minded NAME: wait for the VMs, and hear whether any of them saw a difference
minded()
{
	wait $churn
	rc=$?
	if [ $rc = 0 ]; then
		ok "$1"
	else
		not_ok "$1" "exit $rc: $(tail -n 3 /tmp/churn.out | tr '\n' ' ')"
	fi
}

# Modes and adoption come and go as well. Most VMs are gone before a word about them
# arrives; one stays.
must levelctl mode enforce > /dev/null
hold_start stays --cpuid offer
stays=$(vm_of "$(cat /tmp/stays.pid)")
reads=$(ask stays msr 0x10a)
crowd --vms 8 --seconds 6 --cpuid offer > /tmp/churn.out 2>&1 &
churn=$!
for mode in audit enforce strict off enforce; do
	must levelctl mode $mode > /dev/null
	must levelctl vm adopt "$stays" > /dev/null
	# What one reads that was made in mode audit or off, and has no baseline, changes
	# when it is adopted, and is meant to: not those.
	for id in $(levelctl vm list --json | tr -d ' \n' | tr '{' '\n' |
			sed -n 's/.*"id":\([0-9]*\).*"baseline":[0-9].*/\1/p' | tail -n 3); do
		levelctl vm watch "$id" > /dev/null 2>&1
		levelctl vm adopt "$id" > /dev/null 2>&1
	done
	echo "$mode: $(ask stays msr 0x10a)" >> /tmp/stays.read
	must levelctl vm adopt --off "$stays" > /dev/null
done
hold_end stays
same an_adopted_vm_minded_no_mode 5 "$(grep -c ": $reads\$" /tmp/stays.read)"
minded no_vm_minded_modes

# And the module itself.  A vCPU that is added while it is away is KVM's alone:
# one vCPU each.
crowd --vms 8 --seconds 6 --vcpus 1 --cpuid offer > /tmp/churn.out 2>&1 &
churn=$!
check rmmod_while_vms_come_and_go rmmod kvm_level
kl_load
check rmmod_again rmmod kvm_level
minded no_vm_minded_the_module

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# On a virtual host: run KVM's own selftests under each of several levels.
#	on-host.sh "PHASE..." LIMIT TEST...
# Phases, in this order, each if it is named:
#	without   kvm_level isn't loaded
#	equal     mode enforce, a baseline of all that KVM offers
#	exits     the same, and every CPUID and RDMSR exit goes through the gate
#	lowered   mode enforce, a baseline without what an older host of a pool lacks
# What comes out: "@@ PHASE TEST STATUS SECONDS", and before it the test's own output,
# each line behind "| ". A test is killed after LIMIT seconds: status 137.
# shellcheck disable=SC1091
. /kl/lib.sh

phases=" $1 "
limit=$2
shift 2

# The hidden features of the scenarios, but nested virtualization stays, with less:
# else half of the selftests would have nothing to do.
lowered_baseline()
{
	_clear=$(kvmprobe victims | tr -s ' ' '\n' |
		grep -E '^(0x|msr:)' | grep -vE '^(0x80000001\.0:ecx\[2\]|0x8000000a|0x1\.0:ecx\[5\])' |
		sed 's/^/--clear /')
	# shellcheck disable=SC2086 # several words
	kvmprobe baseline --name lowered --nested $_clear --clear '0x8000000a.0:edx[1-31]'
}

phase()
{
	_phase=$1
	shift
	for _test; do
		_from=$(cut -d' ' -f1 /proc/uptime)
		timeout -s KILL "$limit" "/kl/selftests/$_test" > /tmp/selftest.out 2>&1 < /dev/null
		_rc=$?
		_to=$(cut -d' ' -f1 /proc/uptime)
		# awk ends the last line, which the test may not have.
		head -n 200 /tmp/selftest.out | awk '{ print "| " $0 }'
		echo "@@ $_phase $_test $_rc $(echo "$_to $_from" | awk '{ printf "%.1f", $1 - $2 }')"
	done
}

# What some of them want of the host: /dev/cpu/0/msr, and the prefix that has KVM
# emulate an instruction that it would not see.
[ ! -e /modules/msr.ko ] || must insmod /modules/msr.ko
echo 1 > /sys/module/kvm/parameters/force_emulation_prefix

must levelctl host dump -o /tmp/host.json
must levelctl pool compute /tmp/host.json -o /tmp/all.json
must lowered_baseline > /tmp/low.json
case $phases in *" without "*) phase without "$@" ;; esac
kl_load
case $phases in *" equal "*)
	kl_enforce /tmp/all.json
	phase equal "$@" ;;
esac
case $phases in *" exits "*)
	must levelctl baseline apply /tmp/all.json > /dev/null
	must levelctl mode enforce --exits always > /dev/null
	phase exits "$@"
	must levelctl mode off --exits needed > /dev/null ;;
esac
case $phases in *" lowered "*)
	kl_enforce /tmp/low.json
	phase lowered "$@" ;;
esac
echo "@@ end"

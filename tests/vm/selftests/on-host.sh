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
# each line behind "| "; of what is more than 200 lines a checksum. A test is killed after
# LIMIT seconds: status 137.
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

# shown FILE: it, or its first lines and one that says whether the rest is the same, less
# what no two runs share: as judge's plain(), which does not see the rest.
shown()
{
	# awk ends the last line, which the test may not have.
	head -n 200 "$1" | awk '{ print "| " $0 }'
	_more=$(awk 'END { print (NR > 200 ? NR - 200 : 0) }' "$1")
	[ "$_more" != 0 ] || return 0
	echo "| and $_more lines, $(tail -n +201 "$1" | sed -E -e '/^Random seed: /d' \
		-e 's/\b(pid|tid)=[0-9]+/\1=N/g' -e 's/\b0x[0-9a-f]{6,}\b/0xN/g' \
		-e 's/\b[0-9a-f]{8,16}\b/N/g' | md5sum | cut -d' ' -f1)"
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
		shown /tmp/selftest.out
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

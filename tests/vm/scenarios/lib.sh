# SPDX-License-Identifier: GPL-2.0
# For scenarios: sourced by each, on the virtual host, under busybox sh.
#
# A scenario prints a line per test: "ok NAME", "not ok NAME: why" or
# "skip NAME: why"; tests/vm/run counts them.  Its exit code says only whether
# it got to its end.

# The vendor's module, the other vendor's, the prefix of its functions' names, and
# the guest's feature that goes with the parameter "nested": leaf and bit of ECX.
# And the attempts that only this vendor's processors know.
# shellcheck disable=SC2034 # for scenarios
case $KL_HOST in
intel)
	kvm_vendor=kvm_intel kvm_other=kvm_amd vendor_prefix=vmx
	nested_leaf=0x00000001 nested_bit=5 vendor_attempts='' ;;
*)
	kvm_vendor=kvm_amd kvm_other=kvm_intel vendor_prefix=svm
	nested_leaf=0x80000001 nested_bit=2 vendor_attempts=efer_by_sregs ;;
esac
# Attempts (kvmprobe list) on what only one vendor's processors have.
svm_attempts="nested_svm_leaf nested_vm_cr nested_vm_cr_set nested_hsave_pa de_cfg_set
	efer_by_guest efer_by_sregs efer_by_sregs2 efer_by_msrs efer_before_cpuid"
vmx_attempts="vmx_offered vmx_default vmx_set vmx_set_partial vmx_set_after_run vmx_cpuid_again
	vmx_bare_cpuid vmx_read_by_guest feature_control_set feature_control_before_cpuid
	feature_control_by_guest vmx_nested_state perf_cap_default perf_cap_set core_cap_set
	xsaves_in_guest tpause_in_guest umwait_in_guest invpcid_in_guest enqcmd_in_guest"
# The file in /modules of a module.
module_file() { echo "/modules/$1.ko" | tr _ -; }

ok() { echo "ok $1"; }
not_ok() { echo "not ok $1: $2"; }
skip() { echo "skip $1: $2"; }

# check NAME COMMAND...: the command succeeds.
check()
{
	_name=$1
	shift
	if "$@" > /tmp/check.out 2>&1; then
		ok "$_name"
	else
		not_ok "$_name" "$(echo "$*: $(tail -n 3 /tmp/check.out)" | tr '\n' ' ')"
	fi
}

# refused NAME TEXT COMMAND...: it fails, with 1, and says TEXT (a regex).
refused()
{
	_name=$1
	_text=$2
	shift 2
	"$@" > /tmp/check.out 2>&1
	_rc=$?
	if [ $_rc = 0 ]; then
		not_ok "$_name" "was not refused: $*"
	elif [ $_rc != 1 ] && [ $_rc != 2 ]; then
		not_ok "$_name" "exit $_rc: $(tail -n 3 /tmp/check.out | tr '\n' ' ')"
	elif ! grep -Eq "$_text" /tmp/check.out; then
		not_ok "$_name" "says: $(tail -n 3 /tmp/check.out | tr '\n' ' ')"
	else
		ok "$_name"
	fi
}

# same NAME EXPECTED GOT
same()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "expected '$2', got '$3'"
	fi
}

# differ NAME A B
differ()
{
	if [ "$2" != "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "both are '$2'"
	fi
}

# tried COMMAND...: its own lines are the results; 1 says that one is bad, all else
# that it did not get to its end.
tried()
{
	"$@"
	_rc=$?
	[ $_rc -le 1 ] || not_ok "$1_$2" "could not be tried: exit $_rc: $*"
}

must() { "$@" || { echo "not ok $(basename "$0")_setup: $*"; exit 1; }; }

# What KVM offers, before anything is levelled.
take_offer()
{
	must kvmprobe snapshot > /tmp/offer
	export KVMPROBE_OFFER=/tmp/offer
}

kl_load() { must insmod /kl/kvm_level.ko; }

# kl_enforce FILE [MODE]
kl_enforce()
{
	must levelctl baseline apply "$1" > /dev/null
	must levelctl mode "${2:-enforce}" > /dev/null
}

# The usual start: take_offer, load, a baseline without the victims.
kl_start()
{
	take_offer
	must kvmprobe baseline --victims --name victims > /tmp/low.json
	must kvmprobe baseline --name all > /tmp/all.json
	kl_load
	kl_enforce /tmp/low.json "${1:-enforce}"
}

# word LEAF SUBLEAF REG < report: one register of a guest's report or of kvmprobe
word()
{
	awk -v l="$1" -v s="$2" -v r="$3" '
		BEGIN { n = index("abcd", substr(r, 2, 1)) }
		{ sub(/^cpu [0-9]+ /, "") }
		$1 == "cpuid" && $2 == l && $3 == s { print $(3 + n); exit }'
}

# A VM that lives on: hold_start NAME [--vcpus N] [--cpuid HOW]; ask NAME COMMAND...
hold_start()
{
	_hold=$1
	shift
	mkfifo "/tmp/$_hold.in"
	: > "/tmp/$_hold.out"
	kvmprobe hold "$@" < "/tmp/$_hold.in" > "/tmp/$_hold.out" 2> "/tmp/$_hold.err" &
	echo $! > "/tmp/$_hold.pid"
	# Keeps the pipe open between commands.
	sleep 100000 > "/tmp/$_hold.in" &
	echo $! > "/tmp/$_hold.keeper"
	ask "$_hold" pid > /dev/null
}

ask()
{
	_hold=$1
	shift
	_before=$(wc -l < "/tmp/$_hold.out")
	echo "$*" > "/tmp/$_hold.in"
	_i=0
	while [ "$(wc -l < "/tmp/$_hold.out")" -le "$_before" ]; do
		usleep 20000
		_i=$((_i + 1))
		if [ $_i -gt $((1500 * ${KL_SLOW:-1})) ]; then
			echo "no answer to $*: $(cat "/tmp/$_hold.err")"
			return 1
		fi
	done
	tail -n 1 "/tmp/$_hold.out"
}

hold_end()
{
	kill "$(cat "/tmp/$1.pid")" "$(cat "/tmp/$1.keeper")" 2> /dev/null
	wait "$(cat "/tmp/$1.pid")" 2> /dev/null || :
}

# The number of the VM of a process, and one field of "levelctl vm list --json".
vm_of() { levelctl vm list --json | tr -d ' \n' | tr '{' '\n' | sed -n "s/.*\"id\":\([0-9]*\).*\"pid\":$1,.*/\1/p" | head -n 1; }
vm_line() { levelctl vm list --json | tr -d ' \n' | tr '{' '\n' | grep "\"pid\":$1,"; }

# vms [stranded]: how many VMs the module knows, or has stranded
vms() { levelctl status --json | tr -d ' \n' | sed -n "s/.*\"${1:-vms}\":\([0-9]*\).*/\1/p"; }

# A VM goes when the kernel is done with it, some time after its VMM has: wait.
all_vms_go()
{
	_i=0
	while [ "$(vms)" != 0 ]; do
		[ $_i -lt 600 ] || return 1
		usleep 50000
		_i=$((_i + 1))
	done
}

no_vm_is_left()
{
	all_vms_go || :
	same no_vm_is_left_behind 0 "$(vms)"
}

# listen NAME OPTION...: a "levelctl monitor" that hears what comes from now on, in
# /tmp/NAME; its process is $listener.
listen()
{
	_heard=/tmp/$1
	shift
	rm -f "$_heard.err"
	levelctl monitor "$@" > "$_heard" 2> "$_heard.err" &
	# shellcheck disable=SC2034 # for who calls
	listener=$!
	_i=0
	until grep -qs listening "$_heard.err" || [ $_i -gt 600 ]; do usleep 50000; _i=$((_i + 1)); done
}

# flagged NAME FLAG: is the VM of hold_start NAME listed with that flag?
flagged()
{
	_line=$(vm_line "$(cat "/tmp/$1.pid")")
	case $_line in
	'') echo "not listed" ;;
	*"\"$2\""*) echo yes ;;
	*) echo no ;;
	esac
}
stranded() { flagged "$1" stranded; }

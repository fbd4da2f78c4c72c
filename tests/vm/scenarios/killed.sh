# SPDX-License-Identifier: GPL-2.0
# levelctl and a VMM are killed at each of their steps: all of a change or nothing
# of it, and no VM is left behind.
# kernels: 6.12 debug kcsan
# timeout: 900
# first-on: 6.12/amd
# argument: KL_KILL_STEP 1
# With KL_KILL_STEP, at each so many steps: for kernels on which each takes seconds.
. /kl/lib.sh

step=${1:-1}

hold_start old
kl_start
status() { levelctl status --json | tr -d ' \n'; }
baseline() { status | sed -n 's/.*"baseline":{[^}]*"name":"\([a-z]*\)".*/\1/p'; }
# Mode and exits.
mode() { status | sed -n 's/.*"mode":"\([a-z]*\)".*"exits":"\([a-z]*\)".*/\1 \2/p'; }
held() { kvmprobe attempt set_cpuid2_above_baseline > /tmp/attempt 2>&1; grep -q ': held' /tmp/attempt; }
same baseline_is_named victims "$(baseline)"
same mode_is_told "enforce needed" "$(mode)"

# at_each_step CALL COMMAND...: kills COMMAND at each step from its first CALL on, and has
# look say after each what there is: before, after, or what is wrong.
at_each_step()
{
	call=$1
	shift
	n=1 before=0 after=0 wrong=''
	while :; do
		end=0
		kvmprobe killat $n "$call" "$@" > /tmp/kill.out 2>&1 || end=$?
		[ $end = 0 ] || break
		is=$(look)
		case $is in
		before) before=$((before + 1)) ;;
		after) after=$((after + 1)) && undo ;;
		*) wrong="$wrong $n:$is" ;;
		esac
		n=$((n + step))
	done
	echo "# $*: killed $before times before, $after after; $(tail -n 1 /tmp/kill.out)"
}

# killed NAME: what at_each_step found, and back to what was before it. To count as tried,
# COMMAND has to do its work in the end, and to be killed before it was done and after,
# unless steps are left out.
killed()
{
	same "$1" "" "$wrong"
	[ "$step" = 1 ] || [ $after -gt 0 ] || after=some
	if [ "$end" = 1 ] && [ $before -gt 0 ] && [ "$after" != 0 ]; then
		ok "$1_before_and_after"
	else
		not_ok "$1_before_and_after" "$before before, $after after, then exit $end: $(cat /tmp/kill.out)"
	fi
	undo
}

# choose WAS IS GOT: for look
choose()
{
	case $3 in
	"$1") echo before ;;
	"$2") echo after ;;
	*) echo "$3" ;;
	esac
}

look() { choose victims all "$(baseline)"; }
undo() { must levelctl baseline apply /tmp/low.json > /dev/null; }
at_each_step socket levelctl baseline apply /tmp/all.json
killed levelctl_killed_amid_apply_leaves_old_or_new

look() { choose victims "" "$(baseline)"; }
at_each_step socket levelctl baseline clear
killed levelctl_killed_amid_clear_leaves_old_or_none

look() { choose "enforce needed" "enforce always" "$(mode)"; }
undo() { must levelctl mode enforce --exits needed > /dev/null; }
at_each_step socket levelctl mode enforce --exits always
killed levelctl_killed_amid_mode_leaves_it_enforced
check levelled_after_it held

old=$(vm_of "$(cat /tmp/old.pid)")
look() { choose no yes "$(flagged old adopted)"; }
undo() { must levelctl vm adopt --off "$old" > /dev/null; }
at_each_step socket levelctl vm adopt "$old"
killed levelctl_killed_amid_adopt_leaves_it_adopted_or_not

look() { choose no yes "$(flagged old watched)"; }
undo() { must levelctl vm watch --off "$old" > /dev/null; }
at_each_step socket levelctl vm watch "$old"
killed levelctl_killed_amid_watch_leaves_it_watched_or_not
hold_end old
all_vms_go || not_ok the_older_vm_goes "$(vms) VMs"

# A file is the old one or the new one, whole; a temporary one may be left.
must mkdir /tmp/files
must cd /tmp/files
must levelctl host dump -o dump
echo old > was
cp dump new
look()
{
	if cmp -s was dump; then
		echo before
	elif cmp -s new dump; then
		echo after
	else
		echo "a dump of $(wc -c < dump) bytes"
	fi
}
undo() { cp was dump; }
cp was dump
at_each_step socket levelctl host dump -o dump
killed levelctl_killed_amid_a_dump_leaves_the_old_file_or_the_new
must cd /tmp
rm -r /tmp/files

# What it runs has the baseline that is asked for, or does not run.
look()
{
	held || { echo "open: $(cat /tmp/attempt)"; return; }
	if [ -e /tmp/ran ]; then echo after; else echo before; fi
}
undo() { rm -f /tmp/ran; }
at_each_step socket levelctl run --baseline /tmp/all.json -- touch /tmp/ran
killed levelctl_killed_amid_run_leaves_the_others_levelled

# A VMM: whatever it was at, its VMs go, and the next one is levelled.
look()
{
	if ! all_vms_go; then
		echo "$(vms) VMs are left"
	elif grep -q '^cpuid' /tmp/kill.out; then
		echo after
	else
		echo before
	fi
}
undo() { :; }
at_each_step ioctl kvmprobe guest-cpuid --cpuid raw 0x7.0
killed a_vmm_killed_at_any_step_leaves_no_vm
check levelled_after_that held
check the_module_leaves rmmod kvm_level

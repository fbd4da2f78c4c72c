# SPDX-License-Identifier: GPL-2.0
# levelctl and a VMM are killed at each of their steps: all of a change or nothing
# of it, and no VM is left behind.
# hosts: amd
# kernels: 6.12 debug kcsan
# timeout: 600
# argument: KL_KILL_STEP 1
# With KL_KILL_STEP, at each so many steps: for kernels on which each takes seconds.
. /kl/lib.sh

step=${1:-1}

kl_start
baseline() { levelctl status --json | tr -d ' \n' | sed -n 's/.*"baseline":{[^}]*"name":"\([a-z]*\)".*/\1/p'; }
mode() { levelctl status --json | tr -d ' \n' | sed -n 's/.*"mode":"\([a-z]*\)".*/\1/p'; }
held() { kvmprobe attempt set_cpuid2_above_baseline > /tmp/attempt 2>&1; grep -q ': held' /tmp/attempt; }
same baseline_is_named victims "$(baseline)"

# Between what was and what was asked for there is nothing.
n=1 wrong=''
while kvmprobe killat $n levelctl baseline apply /tmp/all.json > /tmp/kill.out 2>&1; do
	case $(baseline) in
	victims) ;;
	all) must levelctl baseline apply /tmp/low.json > /dev/null ;;
	*) wrong="$wrong $n:$(baseline)" ;;
	esac
	n=$((n + step))
done
same levelctl_killed_amid_apply_leaves_old_or_new "" "$wrong"
check apply_was_killed_at_many_steps test $n -gt 40
must levelctl baseline apply /tmp/low.json > /dev/null

n=1 wrong=''
while kvmprobe killat $n levelctl mode enforce --exits always > /tmp/kill.out 2>&1; do
	[ "$(mode)" = enforce ] || wrong="$wrong $n:$(mode)"
	n=$((n + step))
done
same levelctl_killed_amid_mode_leaves_it_enforced "" "$wrong"
check mode_was_killed_at_many_steps test $n -gt 20
check levelled_after_it held
must levelctl mode enforce --exits needed > /dev/null

n=1 wrong=''
while kvmprobe killat $n levelctl run --baseline /tmp/all.json -- true > /tmp/kill.out 2>&1; do
	n=$((n + step))
done
check a_killed_run_leaves_the_others_levelled held
check run_was_killed_at_many_steps test $n -gt 20

# A VMM: whatever it was at, its VMs go, and the next one is levelled.
n=1 wrong=''
while kvmprobe killat $n kvmprobe guest-cpuid --cpuid raw 0x7.0 > /tmp/kill.out 2>&1; do
	all_vms_go || { wrong="$wrong $n:$(vms)"; break; }
	n=$((n + step))
done
same a_vmm_killed_at_any_step_leaves_no_vm "" "$wrong"
check the_vmm_was_killed_at_many_steps test $n -gt 20
check levelled_after_that held
check the_module_leaves rmmod kvm_level

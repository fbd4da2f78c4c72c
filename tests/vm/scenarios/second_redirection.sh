# SPDX-License-Identifier: GPL-2.0
# Somebody else who redirects KVM's functions, as a live patch does: whoever
# comes second is told so, and no guest runs unlevelled while a baseline is
# enforced.
# file: build/RELEASE/rival/rival.ko:/kl/rival.ko
# timeout: 300
# first-on: 6.1/amd 6.12 7/amd
. /kl/lib.sh

tracing=/sys/kernel/tracing

# busybox's insmod exits with the errno.
ins() { insmod "$@" || return 1; }
hooked() { cut -d' ' -f1 "$tracing/enabled_functions" | sort | tr '\n' ' '; }
loaded() { [ -d "/sys/module/$1" ]; }
rival_holds() { cat /sys/module/rival/parameters/holds; }
rival_calls() { cat /sys/module/rival/parameters/calls; }
more() { [ "$1" -gt "$2" ]; }
absent() { [ ! -e "$1" ]; }
says() { dmesg -c > /tmp/dmesg; grep -Eq "$1" /tmp/dmesg || { tail -n 5 /tmp/dmesg; return 1; }; }
status_says() { levelctl status > /tmp/status && grep -Eq "$1" /tmp/status; }
# heard TEXT: the listener has, and ended.
heard()
{
	wait $listener
	grep -E "$1" /tmp/events || { cat /tmp/events /tmp/events.err; return 1; }
}
guests_are_levelled() { kvmprobe attempt set_cpuid2_above_baseline > /tmp/attempt; grep ': held' /tmp/attempt; }
guests_are_not_levelled() { kvmprobe attempt set_cpuid2_above_baseline > /tmp/attempt; grep ': reached' /tmp/attempt; }

# honest NAME COMMAND...: it is refused in words, or does what it says.
honest()
{
	_name=$1
	shift
	if "$@" > /tmp/honest 2>&1; then
		check "$_name" guests_are_levelled
	else
		check "$_name" grep "can't hook" /tmp/honest
	fi
}

set_cpuid="can't hook kvm:kvm_set_cpuid .*lost without it: a VMM can set more CPUID"
set_efer="can't hook $kvm_vendor:${vendor_prefix}_set_efer .*lost without it: a VMM can set EFER"

take_offer
kvmprobe baseline --victims --name victims > /tmp/low.json
kvmprobe baseline --name all > /tmp/all.json
dmesg -c > /dev/null

# --- The rival first -----------------------------------------------------------

must insmod /kl/rival.ko
refused module_after_rival_is_refused 'busy' ins /kl/kvm_level.ko
check module_after_rival_says_what_is_lost says "kvm_level: $set_cpuid"
check module_after_rival_is_gone absent /sys/module/kvm_level
same module_after_rival_leaves_no_hook "kvm_set_cpuid " "$(hooked)"
before=$(rival_calls)
check guests_run_beside_rival kvmprobe sane
check rival_still_works more "$(rival_calls)" "$before"
must rmmod rival
same nothing_is_hooked "" "$(hooked)"
check module_loads_when_rival_is_gone insmod /kl/kvm_level.ko

# --- The module first ----------------------------------------------------------

kl_enforce /tmp/low.json
before=$(hooked)
refused rival_after_module_is_refused 'busy' ins /kl/rival.ko
refused rival_of_vendor_is_refused 'busy' ins /kl/rival.ko owner=$kvm_vendor symbol=${vendor_prefix}_set_efer
same module_keeps_its_hooks "$before" "$(hooked)"
check guests_are_levelled_beside_refused_rival guests_are_levelled
check rival_of_another_function_is_allowed insmod /kl/rival.ko symbol=kvm_vm_ioctl
check guests_are_levelled_beside_rival_of_another_function guests_are_levelled
must rmmod rival

# --- A function of the exit gate, which is armed only when needed ---------------

must insmod /kl/rival.ko symbol=kvm_cpuid
check guests_are_levelled_without_exit_gate guests_are_levelled
refused audit_is_refused_without_exit_gate "can't hook kvm:kvm_cpuid" levelctl mode audit
refused exits_always_is_refused_without_exit_gate "can't hook kvm:kvm_cpuid" \
	levelctl mode enforce --exits always
same mode_after_refused_audit enforce "$(levelctl mode)"
hold_start held
id=$(vm_of "$(cat /tmp/held.pid)")
refused watch_is_refused_without_exit_gate "can't hook kvm:kvm_cpuid" levelctl vm watch "$id"
refused adopt_is_refused_without_exit_gate "can't hook kvm:kvm_cpuid" levelctl vm adopt "$id"
same vm_is_neither_watched_nor_adopted "no no" "$(flagged held watched) $(flagged held adopted)"
must rmmod rival
check watch_is_allowed_when_rival_is_gone levelctl vm watch "$id"
same vm_is_watched_then yes "$(flagged held watched)"
refused rival_of_armed_exit_gate_is_refused 'busy' ins /kl/rival.ko symbol=kvm_cpuid
hold_end held
check exits_always_is_allowed_when_rival_is_gone levelctl mode enforce --exits always
must levelctl mode enforce --exits needed
check rival_of_disarmed_exit_gate_is_allowed insmod /kl/rival.ko symbol=kvm_cpuid
must rmmod rival

# --- The rival takes its function as KVM comes: KVM may not -----------------------

must unload-kvm
must insmod /kl/rival.ko at_coming=1
dmesg -c > /dev/null
must insmod /modules/irqbypass.ko
listen events --count 1 --timeout 120
refused kvm_may_not_load 'busy' ins /modules/kvm.ko
check kvm_may_not_load_is_announced heard "^[^ ]* hooks: $set_cpuid"
check kvm_may_not_load_and_why says "kvm_level: kvm may not load while a baseline is enforced: $set_cpuid"
check kvm_is_not_loaded absent /sys/module/kvm
same rival_had_to_let_go N "$(rival_holds)"
same nothing_stays_hooked "" "$(hooked)"
check status_says_which_hook_failed status_says 'kvm_set_cpuid +FAILED'
refused kvm_may_not_load_again 'busy' ins /modules/kvm.ko
check there_is_no_kvm absent /dev/kvm
check the_level_can_be_changed_while_kvm_is_kept_out levelctl mode strict
must levelctl mode enforce
refused no_guest_without_kvm '/dev/kvm' kvmprobe sane
must rmmod rival
check kvm_loads_when_rival_is_gone load-kvm
check status_is_well_when_rival_is_gone status_says 'gates +advertise admit'
check guests_are_levelled_when_rival_is_gone guests_are_levelled

# The same with a function of the vendor's module.
must rmmod $kvm_vendor
must insmod /kl/rival.ko owner=$kvm_vendor symbol=${vendor_prefix}_set_efer at_coming=1
refused vendor_may_not_load 'busy' ins "$(module_file $kvm_vendor)"
check vendor_may_not_load_and_why says "kvm_level: $kvm_vendor may not load while a baseline is enforced: $set_efer"
check vendor_is_not_loaded absent /sys/module/$kvm_vendor
check there_is_no_kvm_without_vendor absent /dev/kvm
must rmmod rival
check vendor_loads_when_rival_is_gone load-kvm
check guests_are_levelled_with_vendor_back guests_are_levelled

# --- With mode off KVM may run as it is; but then nothing can be enforced ---------

must levelctl mode off
must unload-kvm
must insmod /kl/rival.ko at_coming=1
dmesg -c > /dev/null
listen events --json --count 1 --timeout 120
check kvm_loads_with_mode_off load-kvm
check kvm_loads_with_mode_off_is_announced \
	heard "\"event\": ?\"hooks\".*\"text\": ?\"$set_cpuid"
check kvm_loads_with_mode_off_and_why says "kvm_level: kvm loads without levelling: $set_cpuid"
check status_with_mode_off_says_which_hook_failed status_says 'kvm_set_cpuid +FAILED'
check guests_run_with_mode_off guests_are_not_levelled
refused enforce_is_refused_without_hooks "can't hook kvm:kvm_set_cpuid" levelctl mode enforce
refused strict_is_refused_without_hooks "can't hook kvm:kvm_set_cpuid" levelctl mode strict
refused audit_is_refused_without_hooks "can't hook" levelctl mode audit
refused run_is_refused_without_hooks "can't hook kvm:kvm_set_cpuid" \
	levelctl run --baseline /tmp/low.json -- true
same mode_stays_off off "$(levelctl mode)"

# VMs come and go while hooks are armed and, as the rival's is not to be had, taken back:
# none is pinned, none is still known when nobody sees its end.
: > /tmp/going
vms_come_and_go() { while [ -e /tmp/going ]; do kvmprobe guest-cpuid --cpuid offer 7.0 > /dev/null; done; }
vms_come_and_go &
going=$!
hold_start stays
for i in 1 2; do
	refused enforce_is_refused_beside_vms_$i "can't hook kvm:kvm_set_cpuid" levelctl mode enforce
	must levelctl vm list --json > /tmp/list
	same no_vm_is_known_without_hooks_$i 0 "$(grep -c '"pid"' /tmp/list)"
done
rm /tmp/going
wait $going
hold_end stays
must rmmod rival
# It may hook now, or ask for KVM to be loaded anew; but not say yes and do nothing.
honest enforce_after_rival_is_honest levelctl mode enforce
must levelctl mode off
must unload-kvm
must load-kvm
check enforce_after_reload_is_allowed levelctl mode enforce
check guests_are_levelled_after_reload guests_are_levelled

# kvm.ko's are there, so VMs are known; the vendor's are not, so none can be levelled.
must levelctl mode off
must unload-kvm
must insmod /modules/irqbypass.ko
must insmod /modules/kvm.ko
must insmod /kl/rival.ko owner=$kvm_vendor symbol=${vendor_prefix}_set_efer at_coming=1
check vendor_loads_with_mode_off load-kvm
hold_start half
id=$(vm_of "$(cat /tmp/half.pid)")
refused adopt_is_refused_without_the_vendor_s_hooks "$set_efer" levelctl vm adopt "$id"
refused watch_is_refused_without_the_vendor_s_hooks "$set_efer" levelctl vm watch "$id"
same vm_is_neither_without_the_vendor_s_hooks "no no" \
	"$(flagged half watched) $(flagged half adopted)"
must rmmod rival
check adopt_is_allowed_when_rival_has_gone levelctl vm adopt "$id"
same vm_is_adopted_then yes "$(flagged half adopted)"
hold_end half
must unload-kvm
must load-kvm
must levelctl mode enforce

# --- In mode enforce without a baseline: hooks are looked for when one is set ------

must levelctl baseline clear
must unload-kvm
must insmod /kl/rival.ko at_coming=1
check kvm_loads_without_baseline load-kvm
refused baseline_is_refused_without_hooks "can't hook kvm:kvm_set_cpuid" \
	levelctl baseline apply /tmp/low.json
must rmmod rival
honest baseline_after_rival_is_honest levelctl baseline apply /tmp/low.json

# What KVM offers is known as soon as it can be hooked, and a baseline is compared with it.
must levelctl mode off
must levelctl baseline clear
must unload-kvm
must insmod /kl/rival.ko at_coming=1
must load-kvm nested=0
refused the_offer_is_not_known_without_hooks "can't hook kvm:kvm_set_cpuid" levelctl host dump
must rmmod rival
refused a_baseline_beyond_it_is_refused_after_rival "this host lacks|can't hook" \
	levelctl baseline apply /tmp/all.json
refused and_for_a_process "this host lacks|can't hook" \
	levelctl run --baseline /tmp/all.json -- true
must unload-kvm
must load-kvm nested=0
check the_offer_is_known_after_reload levelctl host dump -o /tmp/dump

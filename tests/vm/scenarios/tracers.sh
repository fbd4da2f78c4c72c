# SPDX-License-Identifier: GPL-2.0
# Tracers and probes on the hooked functions, and the switches that turn them
# off: whatever an administrator does with them, guests stay levelled.
# timeout: 400
# guest: yes
# first-on: 6.12/amd
. /kl/lib.sh

t=/sys/kernel/tracing

# An attempt for each hook: they reach what is hidden without the module.
attempts="set_cpuid2_above_baseline offer_shows_hidden offer_xcomp cr4_without_cpuid efer_by_sregs
	mwait_by_misc_enable"

verdicts()
{
	for a in $attempts; do
		kvmprobe attempt "$a" | sed 's/^attempt \([a-z0-9_]*: [a-z]*\).*/\1/' | tail -n 1
	done | tr '\n' ' '
}

take_offer
kvmprobe baseline --victims --name victims > /tmp/low.json
verdicts > /tmp/without
kl_load
kl_enforce /tmp/low.json
verdicts > /tmp/with
same attempts_are_held "$(sed 's/reached/held/g' /tmp/without)" "$(cat /tmp/with)"
differ attempts_reach_without_the_module "$(cat /tmp/without)" "$(cat /tmp/with)"
cut -d' ' -f1 $t/enabled_functions > /tmp/hooked
check all_gates_are_hooked [ "$(grep -c . /tmp/hooked)" -ge 9 ]
# For each name the kernel would look at all functions that there are; for a number
# it need not.
awk 'NR == FNR { hooked[$1]; next } $1 in hooked { print FNR }' \
	/tmp/hooked $t/available_filter_functions > /tmp/numbers

# levelled WHEN: all is held, and what a VMM may do still works.
levelled()
{
	same "levelled_$1" "$(cat /tmp/with)" "$(verdicts)"
	check "well_behaved_vmm_works_$1" kvmprobe sane
}

# saw WHO: the tracer was really there.
saw()
{
	cat $t/trace > /tmp/trace
	while read -r f; do
		case $f in
		# Needs a VMM that no attempt is.
		kvm_arch_dev_ioctl) continue ;;
		esac
		grep -q "$f" /tmp/trace || echo "$f"
	done < /tmp/hooked > /tmp/unseen
	same "$1_saw_the_hooked_functions" "" "$(tr '\n' ' ' < /tmp/unseen)"
	echo > $t/trace
}

leaf7() { grep '^cpu 0 cpuid 0x00000007 0x00000000' "$1"; }

must guest -- cpuid > /tmp/plain.report
must test -n "$(leaf7 /tmp/plain.report)"

# --- The switch -----------------------------------------------------------------

# Linux 7.3 has no such switch any more.
if sysctl -w kernel.ftrace_enabled=0 > /tmp/sysctl 2>&1; then
	not_ok ftrace_cannot_be_switched_off "it was"
else
	check ftrace_cannot_be_switched_off grep -qiE 'busy|not supported' /tmp/sysctl
fi
same ftrace_is_still_on 1 "$(cat /proc/sys/kernel/ftrace_enabled)"
levelled after_ftrace_enabled_0

# --- The function tracer ----------------------------------------------------------

must cp /tmp/numbers $t/set_ftrace_filter
echo function > $t/current_tracer
levelled under_function_tracer
saw function_tracer
cp /tmp/numbers $t/set_ftrace_notrace
levelled with_hooked_functions_in_notrace
echo > $t/set_ftrace_notrace
echo nop > $t/current_tracer
levelled after_nop

echo ':mod:kvm_level' > $t/set_ftrace_filter
echo function > $t/current_tracer
levelled with_our_own_functions_traced
check our_own_functions_are_traced grep -q kl_ $t/trace
echo > $t/set_ftrace_filter
levelled with_all_functions_traced
echo 0 > $t/tracing_on
echo 1 > $t/tracing_on
echo nop > $t/current_tracer
echo > $t/trace

mkdir $t/instances/other
cp /tmp/numbers $t/instances/other/set_ftrace_filter
echo function > $t/instances/other/current_tracer
levelled under_function_tracer_of_an_instance
echo nop > $t/instances/other/current_tracer
rmdir $t/instances/other
levelled after_the_instance

echo 1 > /proc/sys/kernel/stack_tracer_enabled
levelled under_stack_tracer
echo 0 > /proc/sys/kernel/stack_tracer_enabled

# --- The graph tracer ---------------------------------------------------------------

must cp /tmp/numbers $t/set_ftrace_filter
echo function_graph > $t/current_tracer
levelled under_function_graph
saw function_graph
echo nop > $t/current_tracer
echo > $t/set_ftrace_filter
levelled after_function_graph

# --- Probes -------------------------------------------------------------------------

# probes LETTER: on each hooked function; they are named after it.
probes()
{
	while read -r f; do
		echo "$1:kl_$1/$f $f" >> $t/dynamic_events || return 1
	done < /tmp/hooked
	echo 1 > "$t/events/kl_$1/enable"
}

check kprobes_are_allowed probes p
levelled under_kprobes
saw kprobes
check kretprobes_are_allowed probes r
levelled under_kretprobes
saw kretprobes
if grep -q FPROBE $t/README || grep -q 'f\[:' $t/README; then
	check fprobes_are_allowed probes f
	levelled under_fprobes
	saw fprobes
fi
echo 0 > /sys/kernel/debug/kprobes/enabled
levelled with_kprobes_disarmed
echo 1 > /sys/kernel/debug/kprobes/enabled
levelled with_kprobes_armed_again

# All at once, and a whole guest.
must cp /tmp/numbers $t/set_ftrace_filter
echo function_graph > $t/current_tracer
mkdir $t/instances/other
cp /tmp/numbers $t/instances/other/set_ftrace_filter
echo function > $t/instances/other/current_tracer
levelled under_all_at_once
must guest -- cpuid > /tmp/all.report
same guest_under_all_at_once "$(leaf7 /tmp/plain.report)" "$(leaf7 /tmp/all.report)"
echo nop > $t/instances/other/current_tracer
rmdir $t/instances/other

# --- Under tracers, the module and KVM come and go -----------------------------------

check module_leaves_under_tracers rmmod kvm_level
same attempts_reach_without_hooks "$(cat /tmp/without)" "$(verdicts)"
kl_load
kl_enforce /tmp/low.json
levelled with_hooks_armed_under_tracers
sysctl -w kernel.ftrace_enabled=0 > /dev/null 2>&1
same ftrace_is_on_under_tracers 1 "$(cat /proc/sys/kernel/ftrace_enabled)"

for e in p r f; do
	[ ! -e "$t/events/kl_$e" ] || echo 0 > "$t/events/kl_$e/enable"
done
echo > $t/dynamic_events
echo nop > $t/current_tracer
echo > $t/set_ftrace_filter
levelled after_all_tracers

# --- The exit gate, on an adopted VM ---------------------------------------------------

must levelctl mode off > /dev/null
must rmmod kvm_level
hold_start older --cpuid raw
kl_load
kl_enforce /tmp/low.json
ask older cpuid 7 0 > /tmp/before
must levelctl vm adopt "$(vm_of "$(cat /tmp/older.pid)")"
ask older cpuid 7 0 > /tmp/adopted
differ adopted_vm_reads_less "$(cat /tmp/before)" "$(cat /tmp/adopted)"
exit_gate="kvm_cpuid ${vendor_prefix}_get_msr"
for f in $exit_gate; do
	echo "$f" >> $t/set_ftrace_filter
	echo "p:kl_p/$f $f" >> $t/dynamic_events
	echo "r:kl_r/$f $f" >> $t/dynamic_events
done
echo function > $t/current_tracer
same adopted_vm_under_function_tracer "$(cat /tmp/adopted)" "$(ask older cpuid 7 0)"
check function_tracer_saw_the_exit grep -q kvm_cpuid $t/trace
echo function_graph > $t/current_tracer
same adopted_vm_under_function_graph "$(cat /tmp/adopted)" "$(ask older cpuid 7 0)"
echo 1 > $t/events/kl_p/enable
same adopted_vm_under_kprobes "$(cat /tmp/adopted)" "$(ask older cpuid 7 0)"
echo 1 > $t/events/kl_r/enable
same adopted_vm_under_kretprobes "$(cat /tmp/adopted)" "$(ask older cpuid 7 0)"
echo 0 > /sys/kernel/debug/kprobes/enabled
same adopted_vm_with_kprobes_disarmed "$(cat /tmp/adopted)" "$(ask older cpuid 7 0)"
echo nop > $t/current_tracer
echo > $t/set_ftrace_filter
same adopted_vm_after_nop "$(cat /tmp/adopted)" "$(ask older cpuid 7 0)"
hold_end older

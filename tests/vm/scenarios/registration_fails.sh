# SPDX-License-Identifier: GPL-2.0
# Each registration that loading the module makes, that KVM's load makes while a baseline
# is enforced, and that arming the exit gate makes, fails once: all of it or nothing, and
# never open.
# first-on: 6.12/amd
# kernels: 6.12 debug kcsan
# timeout: 1500
# waits: yes
# file: build/RELEASE/rival/fault.ko:/kl/fault.ko
. /kl/lib.sh

tracing=/sys/kernel/tracing
hooked() { cut -d' ' -f1 "$tracing/enabled_functions" | grep -E '^(kvm|svm|vmx)_|get_feature_msr|svm_|vmx_' | sort | tr '\n' ' '; }
arm_fault() { insmod /kl/fault.ko symbol="$1" nth="$2" by="$3"; }
hit() { cat /sys/module/fault/parameters/hit; }
held() { kvmprobe attempt set_cpuid2_above_baseline > /tmp/attempt 2>&1; grep -q ': held' /tmp/attempt; }
present() { [ -d /sys/module/kvm_level ]; }
wrong() { echo "$1" >> "/tmp/wrong.$symbol"; }

most=60
take_offer
must kvmprobe baseline --victims --name victims > /tmp/low.json

# loads NTH: with the nth call failing, what of the load?
loads()
{
	arm_fault "$symbol" "$1" insmod || { wrong "no fault in $symbol"; return 1; }
	insmod /kl/kvm_level.ko > /tmp/load.out 2>&1
	_hit=$(hit)
	rmmod fault
	if present; then
		kl_enforce /tmp/low.json
		held || wrong "call $1: loaded, and open: $(cat /tmp/attempt)"
		rmmod kvm_level || wrong "call $1: it stays"
	elif [ "$_hit" = N ]; then
		wrong "call $1: it did not load, with no fault: $(cat /tmp/load.out)"
	fi
	present && wrong "call $1: half there"
	[ -z "$(hooked)" ] || wrong "call $1: left hooked: $(hooked)"
	[ "$_hit" = Y ]
}

for symbol in register_ftrace_function ftrace_set_filter_ip genl_register_family \
	register_module_notifier register_kprobe; do
	nth=1
	: > "/tmp/wrong.$symbol"
	while loads $nth && [ $nth -lt $most ]; do nth=$((nth + 1)); done
	[ $nth -lt $most ] || wrong "no end after $nth calls"
	same "each_call_of_${symbol}_may_fail_at_load" "" "$(tr '\n' ';' < "/tmp/wrong.$symbol")"
	check "${symbol}_was_called_at_load" test $nth -gt 1
	kvmprobe guest-cpuid 0x7.0 > /tmp/guest.out 2>&1 || not_ok "kvm_works_after_${symbol}" "$(cat /tmp/guest.out)"
done

# KVM's module comes while a baseline is enforced: levelled, or kept out.
kl_load
kl_enforce /tmp/low.json
differ hooks_are_seen_where_there_are_some "" "$(hooked)"
for symbol in register_ftrace_function ftrace_set_filter_ip register_kprobe; do
	nth=1
	: > "/tmp/wrong.$symbol"
	while [ $nth -lt $most ]; do
		unload-kvm > /dev/null 2>&1
		arm_fault "$symbol" "$nth" insmod || { wrong "no fault in $symbol"; break; }
		load-kvm > /tmp/load.out 2>&1
		h=$(hit)
		rmmod fault
		if [ -c /dev/kvm ] && [ -d "/sys/module/$kvm_vendor" ]; then
			# No VM at all is as good as a levelled one.
			held || grep -q 'KVM_CREATE_VM' /tmp/attempt ||
				wrong "call $nth: KVM is open: $(cat /tmp/attempt)"
		elif [ "$h" = N ]; then
			wrong "call $nth: KVM did not load, with no fault: $(cat /tmp/load.out)"
		fi
		[ "$h" = Y ] || break
		nth=$((nth + 1))
	done
	[ $nth -lt $most ] || wrong "no end after $nth calls"
	same "each_call_of_${symbol}_may_fail_when_kvm_loads" "" "$(tr '\n' ';' < "/tmp/wrong.$symbol")"
	check "${symbol}_was_called_when_kvm_loaded" test $nth -gt 1
done
unload-kvm > /dev/null 2>&1
load-kvm > /dev/null 2>&1
check levelled_after_all_faults held

# Both ways to arm the exit gate: refused, it is as it was.
asked() { levelctl status --json | tr -d ' \n' | sed -n 's/.*"mode":"\([a-z]*\)".*"exits":"\([a-z]*\)".*/\1 \2/p'; }
for symbol in register_ftrace_function ftrace_set_filter_ip; do
	for change in "audit --exits needed" "enforce --exits always"; do
		nth=1
		name=$(echo "${change%% *}" | sed 's/enforce/exits_always/')
		: > "/tmp/wrong.$symbol"
		while [ $nth -lt $most ]; do
			must levelctl mode enforce --exits needed
			before=$(hooked)
			arm_fault "$symbol" "$nth" levelctl || { wrong "no fault in $symbol"; break; }
			# shellcheck disable=SC2086 # several words
			levelctl mode $change > /tmp/mode.out 2>&1 && is=changed || is=refused
			h=$(hit)
			rmmod fault
			case $h.$is in
			Y.refused)
				[ "$(asked)" = "enforce needed" ] || wrong "call $nth: refused, and $(asked)"
				[ "$(hooked)" = "$before" ] || wrong "call $nth: refused, and hooked: $(hooked)"
				held || wrong "call $nth: refused, and open: $(cat /tmp/attempt)" ;;
			*.changed)
				[ "$(asked)" = "${change%% *} ${change##* }" ] || wrong "call $nth: done, and $(asked)"
				[ "$(hooked)" != "$before" ] || wrong "call $nth: done, and nothing more is hooked" ;;
			*)
				wrong "call $nth: refused, with no fault: $(cat /tmp/mode.out)" ;;
			esac
			[ "$h" = Y ] || break
			nth=$((nth + 1))
		done
		[ $nth -lt $most ] || wrong "no end after $nth calls"
		same "each_call_of_${symbol}_may_fail_at_$name" "" "$(tr '\n' ';' < "/tmp/wrong.$symbol")"
		check "${symbol}_was_called_at_$name" test $nth -gt 1
	done
done
must levelctl mode enforce --exits needed
check levelled_after_those held
check the_module_leaves rmmod kvm_level

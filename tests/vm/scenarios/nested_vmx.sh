# SPDX-License-Identifier: GPL-2.0
# A baseline that keeps VMX and hides a part of what it can: its capability MSRs are
# levelled each by its own rule, whichever way a VMM or a guest comes to them.
# hosts: intel intel:penryn intel:arrowlake
. /kl/lib.sh

attempts="vmx_offered vmx_default vmx_set vmx_set_partial vmx_set_after_run vmx_cpuid_again
	vmx_bare_cpuid"
run() { for i in $attempts; do kvmprobe attempt "$i"; done > "$1" 2>&1; }
verdict() { sed -n "s/^attempt $1: \([a-z]*\).*/\1/p" "$2"; }
# msr INDEX FILE: of a baseline, or of what kvmprobe prints
msr()
{
	sed -n "s/.*\"index\":\"0x00000$1\",\"value\":\"\(0x[0-9a-f]*\)\".*/\1/p
		s/^msr 0x00000$1 \(0x[0-9a-f]*\)$/\1/p" "$2" | head -n 1
}
all="480 481 482 483 484 485 486 487 488 489 48a 48b 48c 48d 48e 48f 490 491"
# shellcheck disable=SC2046,SC2086 # a word each
read_all() { kvmprobe guest-msr $(printf '0x%s ' $all); }

take_offer
must kvmprobe baseline --nested --name nested > /tmp/nested.json
must read_all > /tmp/guest.before
run /tmp/without
# Of a baseline without them nothing would be compared below.
must test -n "$(msr 480 /tmp/nested.json)"
kl_load
kl_enforce /tmp/nested.json
run /tmp/with

# From 6.5 on KVM lets nobody change them once a vCPU has run.
case $KL_KERNEL in 6.1) untried='' ;; *) untried=vmx_set_after_run ;; esac
for i in $attempts; do
	got="$(verdict "$i" /tmp/without) $(verdict "$i" /tmp/with)"
	case "$i:$got" in
	"$untried:skipped skipped"|"$untried:skipped held")
		skip "${i}_is_held" "$(sed -n "s/^attempt $i: skipped //p" /tmp/without)" ;;
	*) same "${i}_is_held" "reached held" "$got" ;;
	esac
done

# No more than the baseline, and no less: what is offered, and what a guest of a
# VMM that sets nothing reads, are the baseline's very words.
must kvmprobe msr-features > /tmp/offered
must read_all > /tmp/guest
for i in $all; do
	want=$(msr "$i" /tmp/nested.json)
	[ -n "$want" ] || continue
	same "msr_${i}_is_offered_as_the_baseline_has_it" "$want" "$(msr "$i" /tmp/offered)"
	# KVM fits these to the guest's CPUID, with or without a baseline.
	case $i in 487|489) want=$(msr "$i" /tmp/guest.before) ;; esac
	same "msr_${i}_is_read_as_the_baseline_has_it" "$want" "$(msr "$i" /tmp/guest)"
done
same guests_see_vmx 1 "$(($(kvmprobe guest-cpuid --cpuid offer 1.0 | word 0x00000001 0x00000000 ecx) >> 5 & 1))"
check well_behaved_vmm_still_works kvmprobe sane

# The exit gate finds nothing left to do; strict refuses the greedy only.
must levelctl mode enforce --exits always > /dev/null
must read_all > /tmp/guest.exits
same exit_gate_changes_nothing "$(cat /tmp/guest)" "$(cat /tmp/guest.exits)"
check well_behaved_vmm_works_with_exits kvmprobe sane
must levelctl mode strict --exits needed > /dev/null
kvmprobe attempt vmx_set > /tmp/strict 2>&1
same vmx_set_is_held_by_strict held "$(verdict vmx_set /tmp/strict)"
must read_all > /tmp/guest.strict
same strict_changes_nothing_for_the_modest "$(cat /tmp/guest)" "$(cat /tmp/guest.strict)"
must levelctl mode enforce > /dev/null

# Without VMX there is none of them.
must kvmprobe baseline --victims --name victims > /tmp/low.json
kl_enforce /tmp/low.json
must read_all > /tmp/guest
same no_vmx_register_is_read_without_vmx 18 "$(grep -c fault /tmp/guest)"

# SPDX-License-Identifier: GPL-2.0
# KVM's modules go and come while a baseline is enforced: their guests are
# levelled each time, and where KVM offers less than before, no VM can be made.
# file: build/RELEASE/rival/rival.ko:/kl/rival.ko
# timeout: 300
# first-on: 6.1/amd 6.12 7/amd
. /kl/lib.sh

absent() { [ ! -e "$1" ]; }
says() { dmesg -c > /tmp/dmesg; grep -E "$1" /tmp/dmesg || { tail -n 5 /tmp/dmesg; return 1; }; }
# A levelctl that fails says nothing of it either.
nothing_is_lacking()
{
	levelctl status > /tmp/status && grep -q '^mode ' /tmp/status &&
		! grep 'no longer offers' /tmp/status
}
status_says() { levelctl status > /tmp/status; grep -E "$1" /tmp/status || { cat /tmp/status; return 1; }; }
# busybox's insmod and rmmod exit with the errno.
ins() { insmod "$@" || return 1; }
rm_() { rmmod "$@" || return 1; }

attempts="set_cpuid2_above_baseline offer_shows_hidden cr4_without_cpuid $vendor_attempts"
verdicts()
{
	for a in $attempts; do
		kvmprobe attempt "$a" | sed 's/^attempt \([a-z0-9_]*: [a-z]*\).*/\1/' | tail -n 1
	done | tr '\n' ' '
}

# levelled WHEN
levelled()
{
	same "levelled_$1" "$held" "$(verdicts)"
	check "well_behaved_vmm_works_$1" kvmprobe sane
}

# SVM or VMX, as a guest of a VMM that takes what is offered reads it.
nested() { echo $((0x$(kvmprobe guest-cpuid --cpuid offer $nested_leaf.0 | word $nested_leaf 0x00000000 ecx | sed 's/^0x//') >> nested_bit & 1)); }
no_vm_says='CREATE_VM.*[Nn]ot supported'
no_vm() { refused "$1" "$no_vm_says" kvmprobe guest-cpuid --cpuid offer 1.0; }

kl_start
held=$(for a in $attempts; do printf '%s: held ' "$a"; done)
levelled at_first

# --- The vendor's module, all of KVM, and again -----------------------------------

must rmmod $kvm_vendor
check status_without_vendor_module status_says '^vendor +none'
check mode_stays_without_vendor_module status_says '^mode +enforce'
must load-kvm
check status_with_vendor_module status_says "^vendor +$KL_HOST"
levelled with_vendor_module_back

must unload-kvm
check status_without_kvm status_says '^VMs +0'
must load-kvm
levelled with_kvm_back

for _ in 1 2 3; do
	must unload-kvm
	must load-kvm
done
levelled after_several_rounds

hold_start inside
refused module_in_use_stays 'busy|unavailable' rm_ $kvm_vendor
leaf7=$(ask inside cpuid 7 0)
check second_guest_runs_then kvmprobe sane
same guest_reads_the_same_then "$leaf7" "$(ask inside cpuid 7 0)"
hold_end inside

# --- The other vendor's module comes, finds no such processor, and goes -------------

must test -e "$(module_file $kvm_other)"
refused other_vendors_module_does_not_load 'insmod' ins "$(module_file $kvm_other)"
check vendor_is_the_same_after_the_others_visit status_says "^vendor +$KL_HOST"
check gates_are_the_same_after_the_others_visit status_says '^gates +advertise admit'
levelled after_the_other_vendors_visit
must unload-kvm
must insmod /modules/irqbypass.ko
must insmod /modules/kvm.ko
refused other_vendors_module_does_not_load_alone 'insmod' ins "$(module_file $kvm_other)"
must load-kvm
levelled after_the_other_vendor_came_first

# --- KVM comes back with less than the baseline -------------------------------------

must levelctl baseline apply /tmp/all.json > /dev/null
same guests_have_nested 1 "$(nested)"
must rmmod $kvm_vendor
dmesg -c > /dev/null
check kvm_loads_with_less load-kvm nested=0
check log_says_what_is_lacking says 'kvm_level: this host no longer offers baseline [0-9]+ \(all\): CPUID 0x'
check status_says_that_something_is_lacking status_says 'no longer offers'
no_vm no_vm_without_nested
check log_says_why_no_vm says 'kvm_level: no VM can be made'
refused the_baseline_is_refused_anew 'this host lacks CPUID 0x' levelctl baseline apply /tmp/all.json
no_vm no_vm_after_the_refusal
must levelctl mode off
check vm_with_mode_off kvmprobe sane
must levelctl mode strict
no_vm no_vm_in_mode_strict
must levelctl mode enforce

must rmmod $kvm_vendor
check kvm_loads_with_all_again load-kvm nested=1
check nothing_is_lacking_again nothing_is_lacking
same guests_have_nested_again 1 "$(nested)"
check well_behaved_vmm_works_with_nested_again kvmprobe sane

# Another way out: a baseline that this host has.
must rmmod $kvm_vendor
must load-kvm nested=0
no_vm no_vm_without_nested_again
must levelctl baseline apply /tmp/low.json > /dev/null
check a_lower_baseline_is_not_lacking nothing_is_lacking
levelled with_a_lower_baseline

# And the operator's word.
check the_baseline_can_be_forced levelctl baseline apply --force /tmp/all.json
same guests_of_a_forced_baseline_have_what_there_is 0 "$(nested)"

# --- Between KVM's being there and our being told -------------------------------------

must rmmod $kvm_vendor
must load-kvm nested=1
must levelctl baseline apply /tmp/all.json > /dev/null
same guests_have_nested_for_the_last_time 1 "$(nested)"
must rmmod $kvm_vendor
must insmod /kl/rival.ko owner=$kvm_vendor symbol= slow_live=4000
load-kvm nested=0 &
loading=$!
until [ -c /dev/kvm ]; do usleep 10000; done
kvmprobe guest-cpuid --cpuid offer 1.0 > /tmp/early 2>&1
made=$?
if ! kill -0 $loading; then
	not_ok no_vm_before_kvm_was_looked_at "could not be tried in time"
elif [ $made = 0 ]; then
	not_ok no_vm_before_kvm_was_looked_at "one was made: $(cat /tmp/early)"
else
	check no_vm_before_kvm_was_looked_at grep -E "$no_vm_says" /tmp/early
fi
wait $loading
no_vm no_vm_when_kvm_was_looked_at
must rmmod $kvm_vendor
must load-kvm nested=1
check vm_when_all_was_found kvmprobe sane
must rmmod rival

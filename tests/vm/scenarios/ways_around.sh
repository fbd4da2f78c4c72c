# SPDX-License-Identifier: GPL-2.0
# Every way around levelling that we know: without the module each reaches what
# is hidden later; with it none does.
# hosts: amd intel intel:penryn intel:arrowlake
# timeout: 300
# first-on: 6.1/amd 6.1/intel 6.12/amd 6.12/intel 7/amd 7/intel
. /kl/lib.sh

echo 1 > /sys/module/kvm/parameters/force_emulation_prefix
take_offer
kvmprobe attempt all > /tmp/without 2>&1
kvmprobe baseline --victims --name victims > /tmp/low.json
kl_load
kl_enforce /tmp/low.json
kvmprobe attempt all > /tmp/with 2>&1

# What KVM lets nobody close without a price at every exit; README's limits name them.
limits=" arch_cap_answered_by_vmm nested_hsave_pa "

# What one vendor's processors don't have at all is no test on its hosts.
case $KL_HOST in
amd) others=$vmx_attempts ;;
intel) others=$svm_attempts ;;
esac
others=" $(echo "$others" | tr -s '\n\t' ' ') "

# What KVM has come to close by itself.
case $KL_KERNEL in
7) closed=" cr4_without_cpuid fsgsbase_without_cpuid cr4_before_cpuid pv_enforce_stale " ;;
*) closed= ;;
esac

verdict() { sed -n "s/^attempt $1: \([a-z]*\).*/\1/p" "$2" | tail -n 1; }

kvmprobe list | cut -f 1 > /tmp/names
while read -r name; do
	case $others in *" $name "*) continue ;; esac
	a=$(verdict "$name" /tmp/without)
	b=$(verdict "$name" /tmp/with)
	detail=$(sed -n "s/^attempt $name: //p" /tmp/with | tail -n 1)
	case "$limits:$a" in
	*" $name "*:skipped) ;;
	*" $name "*)
		same "${name}_is_a_known_limit" "reached reached" "$a $b"
		continue
	esac
	case "$closed:$a" in
	*" $name "*:skipped) ;;
	*" $name "*)
		same "${name}_is_closed_by_kvm" "held held" "$a $b"
		continue
	esac
	case "$a $b" in
	"reached held") ok "${name}_is_held" ;;
	skipped*)
		# The generations beside the usual host are there for what they have.
		[ -z "$KL_CPU" ] || continue
		skip "${name}_is_held" "$(sed -n "s/^attempt $name: skipped //p" /tmp/without)" ;;
	*) not_ok "${name}_is_held" "without the module: $a; with it: $b ($detail)" ;;
	esac
done < /tmp/names

check well_behaved_vmm_still_works kvmprobe sane

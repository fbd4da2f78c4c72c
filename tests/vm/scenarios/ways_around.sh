# SPDX-License-Identifier: GPL-2.0
# Every way around levelling that we know: without the module each reaches what
# is hidden later; with it none does. ways_around.skipped has what can't be tried where.
# hosts: amd intel intel:penryn intel:arrowlake
# file: tests/vm/scenarios/ways_around.skipped:/kl/skipped
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

# What may be skipped here.
case $KL_KERNEL in debug|kcsan|gcov) kernel=6.12 ;; *) kernel=$KL_KERNEL ;; esac
may_skip=' '
while read -r kernels hosts names; do
	# shellcheck disable=SC2254 # they are patterns
	case $kernel in $kernels) ;; *) continue ;; esac
	# shellcheck disable=SC2254
	case $KL_HOST${KL_CPU:+:$KL_CPU} in $hosts) may_skip="$may_skip$names " ;; esac
done < /kl/skipped

verdict() { sed -n "s/^attempt $1: \([a-z]*\).*/\1/p" "$2" | tail -n 1; }

must kvmprobe list > /tmp/list
cut -f 1 /tmp/list > /tmp/names
for name in $may_skip; do
	grep -qxF "$name" /tmp/names || not_ok "${name}_is_skipped" "no attempt is called so"
done
while read -r name; do
	a=$(verdict "$name" /tmp/without)
	b=$(verdict "$name" /tmp/with)
	case $others in
	*" $name "*)
		[ "$a $b" = "skipped skipped" ] ||
			not_ok "${name}_is_the_other_vendor_s" "$a, with the module $b"
		continue
	esac
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
	case "$may_skip" in
	*" $name "*) listed=yes ;;
	*) listed=no ;;
	esac
	case "$listed:$a $b" in
	"no:reached held") ok "${name}_is_held" ;;
	"yes:skipped skipped"|"yes:skipped held")
		skip "${name}_is_held" "$(sed -n "s/^attempt $name: skipped //p" /tmp/without)" ;;
	"no:skipped "*)
		not_ok "${name}_is_held" "not listed as skipped here: $a, $b ($(sed -n \
			"s/^attempt $name: skipped //p" /tmp/without))" ;;
	"yes:skipped "*)
		not_ok "${name}_is_held" "skipped without the module, with it: $b ($detail)" ;;
	yes:*)
		not_ok "${name}_is_held" "listed as skipped here, but without the module: $a" ;;
	*) not_ok "${name}_is_held" "without the module: $a; with it: $b ($detail)" ;;
	esac
done < /tmp/names

check well_behaved_vmm_still_works kvmprobe sane

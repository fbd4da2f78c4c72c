# SPDX-License-Identifier: GPL-2.0
# A baseline is pinned for a VM's life: lowering and raising affect new VMs only.
# timeout: 400
# first-on: 6.12/amd
. /kl/lib.sh

kl_start
hold_start low
low=$(ask low cpuid 7 0)
must levelctl baseline apply /tmp/all.json > /dev/null
hold_start all
all=$(ask all cpuid 7 0)
differ the_two_baselines_differ "$low" "$all"
same raising_leaves_a_running_vm "$low" "$(ask low cpuid 7 0)"
must ask low addvcpu > /dev/null
must ask low vcpu 1 > /dev/null
same a_vcpu_added_after_raising_has_the_vm_s_own "$low" "$(ask low cpuid 7 0)"
must levelctl baseline apply /tmp/low.json > /dev/null
same lowering_leaves_a_running_vm "$all" "$(ask all cpuid 7 0)"
must ask all addvcpu > /dev/null
must ask all vcpu 1 > /dev/null
same a_vcpu_added_after_lowering_has_the_vm_s_own "$all" "$(ask all cpuid 7 0)"
same a_repeated_set_cpuid_succeeds ok "$(ask all set-cpuid again)"

same a_vm_above_the_new_baseline_is_stranded yes "$(stranded all)"
same a_vm_within_it_is_not no "$(stranded low)"
case $(levelctl vm show "$(vm_of "$(cat /tmp/all.pid)")") in
*avx2*) ok vm_show_says_by_which_features ;;
*) not_ok vm_show_says_by_which_features "$(levelctl vm show "$(vm_of "$(cat /tmp/all.pid)")" | tr '\n' ' ')" ;;
esac

out=$(levelctl baseline apply /tmp/low.json 2>&1)
case $out in
*'the current one already'*) ok applying_the_same_twice_is_a_no_op ;;
*) not_ok applying_the_same_twice_is_a_no_op "$out" ;;
esac
levelctl baseline show --json > /tmp/shown.json
out=$(levelctl baseline apply /tmp/shown.json 2>&1)
case $out in
*'the current one already'*) ok what_show_prints_apply_reads ;;
*) not_ok what_show_prints_apply_reads "$out" ;;
esac

must levelctl mode off > /dev/null
must ask low addvcpu > /dev/null
must ask low vcpu 2 > /dev/null
same mode_off_leaves_a_pinned_vm_levelled "$low" "$(ask low cpuid 7 0)"
hold_start free
same a_new_vm_in_mode_off_reads_the_host "$all" "$(ask free cpuid 7 0)"

# The module goes under running guests; what they read stays.
must ask low spin 7 0 > /dev/null
must ask all spin 7 0 > /dev/null
# Beside them it would wait long for its turns; they run while it waits for RCU.
renice -n -19 -p $$ > /dev/null
check rmmod_under_running_guests rmmod kvm_level
same a_levelled_guest_stays_levelled "$low" "$(ask low cpuid 7 0)"
kl_load
kl_enforce /tmp/low.json
check the_module_comes_back levelctl status
i=0
while [ $i -lt 5 ]; do
	must rmmod kvm_level
	kl_load
	i=$((i + 1))
done
for vm in low all; do
	case $(ask $vm stop) in
	'spin cpuid=0 '*) not_ok "nothing_changed_under_the_${vm}_guest" "it did not run" ;;
	*' changes=0') ok "nothing_changed_under_the_${vm}_guest" ;;
	*) not_ok "nothing_changed_under_the_${vm}_guest" "$(tail -n 1 /tmp/$vm.out)" ;;
	esac
done

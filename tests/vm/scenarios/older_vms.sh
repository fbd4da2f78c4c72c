# SPDX-License-Identifier: GPL-2.0
# VMs that are older than the module or than the baseline: left alone, listed as
# stranded, levelled at their exits once adopted.
# file: build/RELEASE/rival/reclaim.ko:/kl/reclaim.ko
. /kl/lib.sh

take_offer
must kvmprobe baseline --victims --name victims > /tmp/low.json
must kvmprobe baseline --name all > /tmp/all.json

# A subleaf of topology beyond those that its VMM set: no row, and yet an answer.
kvmprobe supported | awk '
	$1 == "cpuid" && $2 == "0x0000000b" { next }
	{ print }
	END {
		print "cpuid 0x0000000b 0x00000000 0x00000000 0x00000001 0x00000100 0x00000003"
		print "cpuid 0x0000000b 0x00000001 0x00000000 0x00000001 0x00000201 0x00000003"
	}' > /tmp/topology
hold_start older --cpuid /tmp/topology
older_topology=$(ask older cpuid 0xb 5)
same a_subleaf_nobody_set_has_its_number_and_the_vcpu_s \
	"cpuid 0x0000000b 0x00000005 0x00000000 0x00000000 0x00000005 0x00000003" "$older_topology"
older_leaf7=$(ask older cpuid 7 0)
older_msr=$(ask older msr 0x10a)
older_max=$(ask older cpuid 0 0)
# Where lockdep is, the module may not wait for memory with KVM's own mutex held.
kvm_lock=0x$(sed -n 's/ . kvm_lock\t\[kvm\]$//p' /proc/kallsyms)
check reclaim_may_take_kvm_lock insmod /kl/reclaim.ko lock="$kvm_lock"
kl_load
check an_older_vm_is_known test -n "$(vm_of "$(cat /tmp/older.pid)")"
hold_start early
kl_enforce /tmp/low.json
hold_start new

same an_older_vm_reads_what_it_read "$older_leaf7" "$(ask older cpuid 7 0)"
same an_older_vm_s_msr_is_what_it_was "$older_msr" "$(ask older msr 0x10a)"
same an_older_vm_s_maximum_leaf_is_what_it_was "$older_max" "$(ask older cpuid 0 0)"
same a_vm_from_before_the_baseline_reads_the_host "$older_leaf7" "$(ask early cpuid 7 0)"
differ a_new_vm_reads_the_baseline "$older_leaf7" "$(ask new cpuid 7 0)"
new_leaf7=$(ask new cpuid 7 0)
new_msr=$(ask new msr 0x10a)
new_max=$(ask new cpuid 0 0)

for vm in older early; do
	same "${vm}_vm_is_listed_as_stranded" yes "$(stranded $vm)"
done
same a_new_vm_is_not_stranded no "$(stranded new)"

gates() { levelctl status --json | tr -d ' \n' | sed 's/.*"gates":\[\([^]]*\)\].*/\1/'; }
before=$(gates)
must levelctl vm adopt "$(vm_of "$(cat /tmp/older.pid)")" > /dev/null
differ adopting_arms_the_exit_gate "$before" "$(gates)"
same an_adopted_vm_reads_the_baseline "$new_leaf7" "$(ask older cpuid 7 0)"
same an_adopted_vm_reads_the_levelled_msr "$new_msr" "$(ask older msr 0x10a)"
same an_adopted_vm_reads_the_baseline_s_maximum_leaf "$new_max" "$(ask older cpuid 0 0)"
same an_adopted_vm_s_topology_is_its_vmm_s "$older_topology" "$(ask older cpuid 0xb 5)"
same the_one_not_adopted_still_reads_the_host "$older_leaf7" "$(ask early cpuid 7 0)"
same a_levelled_vm_reads_the_same_with_the_exit_gate "$new_leaf7" "$(ask new cpuid 7 0)"

must levelctl vm adopt --off "$(vm_of "$(cat /tmp/older.pid)")" > /dev/null
same released_it_reads_the_host_again "$older_leaf7" "$(ask older cpuid 7 0)"
same releasing_the_last_disarms_the_exit_gate "$before" "$(gates)"

must levelctl vm adopt "$(vm_of "$(cat /tmp/early.pid)")" > /dev/null
hold_end early
i=0
while [ "$(gates)" != "$before" ] && [ $i -lt 600 ]; do usleep 50000; i=$((i + 1)); done
same the_end_of_the_last_adopted_vm_disarms_the_exit_gate "$before" "$(gates)"

refused adopting_what_is_not_there_is_refused "no VM has this number" levelctl vm adopt 4242
must levelctl baseline clear > /dev/null
refused adopting_without_a_baseline_is_refused "no baseline is set" \
	levelctl vm adopt "$(vm_of "$(cat /tmp/older.pid)")"
hold_end older
hold_end new
check the_module_leaves rmmod kvm_level

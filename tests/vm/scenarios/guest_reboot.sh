# SPDX-License-Identifier: GPL-2.0
# A Linux guest that is older than the baseline: adopted, it reads the baseline
# after it has rebooted, and its VMM was never restarted.
# timeout: 240
# guest: yes
. /kl/lib.sh

take_offer
must kvmprobe baseline --victims --name victims > /tmp/low.json
must guest --name old --background -- cpuid info > /tmp/before.report
kl_load
kl_enforce /tmp/low.json

flag() { sed -n 's/^flags//p' "$2" | head -n 1 | grep -qw "$1" && echo yes || echo no; }
leaf7() { sed -n 's/^cpu 0 cpuid 0x00000007 0x00000000 //p' "$1" | head -n 1; }

pid=$(guest pid old)
must guest tell old report cpuid info > /tmp/after.report
same an_older_guest_is_left_alone "$(leaf7 /tmp/before.report)" "$(leaf7 /tmp/after.report)"
must guest reboot old > /tmp/again.report
same not_adopted_it_reads_the_host_even_after_a_reboot "$(leaf7 /tmp/before.report)" "$(leaf7 /tmp/again.report)"

must levelctl vm adopt "$(vm_of "$pid")" > /dev/null
must guest reboot old > /tmp/adopted.report
same it_is_the_same_vmm "$pid" "$(guest pid old)"
differ adopted_it_reads_the_baseline_after_a_reboot "$(leaf7 /tmp/before.report)" "$(leaf7 /tmp/adopted.report)"
must guest -- cpuid info > /tmp/new.report
same and_the_same_as_a_new_guest "$(leaf7 /tmp/new.report)" "$(leaf7 /tmp/adopted.report)"
same its_proc_cpuinfo_had_avx2 yes "$(flag avx2 /tmp/before.report)"
same its_proc_cpuinfo_lost_avx2 "yes no" \
	"$(flag fpu /tmp/adopted.report) $(flag avx2 /tmp/adopted.report)"
guest off old
check the_module_leaves rmmod kvm_level

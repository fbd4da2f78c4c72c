# SPDX-License-Identifier: GPL-2.0
# The module is loaded, and a baseline enforced, before KVM is there, as at boot.
# kvm: no
# timeout: 240
# first-on: 6.1/amd 6.12 7/amd
. /kl/lib.sh

status_says() { levelctl status > /tmp/status; grep -E "$1" /tmp/status || { cat /tmp/status; return 1; }; }
says() { dmesg -c > /tmp/dmesg; grep -E "$1" /tmp/dmesg || { tail -n 5 /tmp/dmesg; return 1; }; }
held() { kvmprobe attempt "$1" > /tmp/attempt; grep ': held' /tmp/attempt || { cat /tmp/attempt; return 1; }; }
reached() { kvmprobe attempt "$1" > /tmp/attempt; grep ': reached' /tmp/attempt || { cat /tmp/attempt; return 1; }; }

# What the host offers has to be known from somewhere: from another boot, say.
must load-kvm
take_offer
must kvmprobe baseline --victims --name victims > /tmp/low.json
must kvmprobe baseline --name all > /tmp/all.json
check unlevelled_without_the_module reached set_cpuid2_above_baseline
must unload-kvm
dmesg -c > /dev/null

check module_loads_without_kvm insmod /kl/kvm_level.ko
check log_says_that_kvm_is_not_there says 'kvm_level: .*KVM not loaded yet'
check status_without_kvm status_says '^vendor +none'
check baseline_is_taken_without_kvm levelctl baseline apply /tmp/low.json
check enforce_is_taken_without_kvm levelctl mode enforce
must load-kvm
check status_with_kvm status_says '^gates +advertise admit'
for a in set_cpuid2_above_baseline offer_shows_hidden cr4_without_cpuid $vendor_attempts; do
	check "${a}_is_held" held "$a"
done
check well_behaved_vmm_works kvmprobe sane

# A baseline that turns out to be beyond this host.
must unload-kvm
check wider_baseline_is_taken_without_kvm levelctl baseline apply /tmp/all.json
dmesg -c > /dev/null
must load-kvm nested=0
check log_says_what_is_lacking says 'kvm_level: this host no longer offers baseline [0-9]+ \(all\)'
check status_says_that_something_is_lacking status_says 'no longer offers'
refused no_vm_can_be_made 'CREATE_VM' kvmprobe guest-cpuid --cpuid offer 1.0
must unload-kvm
check wider_baseline_may_be_forced_without_kvm levelctl baseline apply --force /tmp/all.json
must load-kvm nested=0
check vms_can_be_made_under_what_was_forced kvmprobe sane
must unload-kvm
must levelctl baseline apply /tmp/all.json
must load-kvm
check vm_can_be_made_with_all_there kvmprobe sane

# The module goes while KVM isn't there, and comes when half of KVM is.
must unload-kvm
check module_goes_without_kvm rmmod kvm_level
must insmod /modules/irqbypass.ko
must insmod /modules/kvm.ko
check module_loads_with_half_of_kvm insmod /kl/kvm_level.ko
kl_enforce /tmp/low.json
must load-kvm
check levelled_with_the_other_half held set_cpuid2_above_baseline
for a in $vendor_attempts; do
	check "${a}_is_held_with_the_other_half" held "$a"
done
check well_behaved_vmm_works_with_the_other_half kvmprobe sane
check module_goes_with_kvm rmmod kvm_level
check unlevelled_when_it_is_gone reached set_cpuid2_above_baseline

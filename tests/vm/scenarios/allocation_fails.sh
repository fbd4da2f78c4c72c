# SPDX-License-Identifier: GPL-2.0
# Each allocation, and each copy from and to user memory, of KVM's calls, of the
# module's messages and of its load fails once: levelled or refused, never open.
# The kernel tells of failed vmalloc()s with a trace, which is no complaint here.
# hosts: amd
# kernels: debug
# timeout: 1500
# allow-dmesg: Call Trace:|lockdep_hardirqs_on
# file: tests/vm/nlprobe/nlprobe:/usr/bin/nlprobe
. /kl/lib.sh

# fail-nth decides which; these say that waiting ones are meant, too, and quietly.
for f in failslab fail_page_alloc fail_usercopy; do
	[ -d /sys/kernel/debug/$f ] || continue
	echo 0 > /sys/kernel/debug/$f/verbose
	[ ! -e /sys/kernel/debug/$f/ignore-gfp-wait ] || echo N > /sys/kernel/debug/$f/ignore-gfp-wait
	[ ! -e /sys/kernel/debug/$f/min-order ] || echo 0 > /sys/kernel/debug/$f/min-order
done

kl_start
tried kvmprobe faults supported
tried kvmprobe faults create_vm
tried kvmprobe faults create_vcpu
tried kvmprobe faults set_cpuid2
tried kvmprobe faults set_msrs
tried nlprobe faults
no_vm_is_left
check the_module_leaves rmmod kvm_level
unset KVMPROBE_OFFER
tried kvmprobe faults insmod --module /kl/kvm_level.ko --step "${KL_FAULT_STEP:-5}"
kl_load
kl_enforce /tmp/low.json
export KVMPROBE_OFFER=/tmp/offer
kvmprobe attempt set_cpuid2_above_baseline > /tmp/attempt 2>&1
check levelled_after_all_faults grep ': held' /tmp/attempt
check the_module_leaves_again rmmod kvm_level

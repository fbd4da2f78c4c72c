# SPDX-License-Identifier: GPL-2.0
# Each allocation, and each copy from and to user memory, of KVM's calls, of the module's
# messages and of its unload fails once, and every KL_FAULT_STEPth one of its load and of
# KVM's load beside it: levelled or refused, never open.
# The kernel tells of failed vmalloc()s with a trace, and of labels of a module that comes for
# which it has no memory, which is no complaint here.
# hosts: amd
# kernels: debug
# timeout: 1500
# allow-dmesg: Call Trace:|lockdep_hardirqs_on|WARNING: .* at kernel/jump_label
# file: tests/vm/nlprobe/nlprobe:/usr/bin/nlprobe
# argument: KL_FAULT_STEP 7
. /kl/lib.sh
step=$1

# fail-nth decides which; these say that waiting ones are meant, too, and quietly.
for f in failslab fail_page_alloc fail_usercopy; do
	[ -d /sys/kernel/debug/$f ] || continue
	echo 0 > /sys/kernel/debug/$f/verbose
	[ ! -e /sys/kernel/debug/$f/ignore-gfp-wait ] || echo N > /sys/kernel/debug/$f/ignore-gfp-wait
	[ ! -e /sys/kernel/debug/$f/min-order ] || echo 0 > /sys/kernel/debug/$f/min-order
done

# What has to be so after a load that a fault did not stop, and where there is no module
# (any more): kvmprobe asks, a failure is told of in /tmp/seen.
printf '#!/bin/%s\n' 'busybox sh' | tee /tmp/module_is > /tmp/kvm_is
cat >> /tmp/module_is <<'EOF'
case $1 in
loaded)
	levelctl baseline apply /tmp/low.json && levelctl mode enforce &&
	kvmprobe attempt set_cpuid2_above_baseline > /tmp/attempt 2>&1 || :
	grep -q ': held' /tmp/attempt ;;
gone)
	! cut -d' ' -f1 /sys/kernel/tracing/enabled_functions | grep -E '^(kvm|svm)_' ;;
esac > /tmp/seen 2>&1
EOF
# KVM's: levelled, or no VM at all.
cat >> /tmp/kvm_is <<'EOF'
[ "$1" = loaded ] || exit 0
kvmprobe attempt set_cpuid2_above_baseline > /tmp/seen 2>&1
grep -qE ': held|KVM_CREATE_VM' /tmp/seen
EOF
chmod +x /tmp/module_is /tmp/kvm_is

kl_start
tried kvmprobe faults supported
tried kvmprobe faults create_vm
tried kvmprobe faults create_vcpu
tried kvmprobe faults set_cpuid2
tried kvmprobe faults set_msrs
tried nlprobe faults
no_vm_is_left
seen=no
/tmp/module_is gone || seen=yes
same hooks_are_seen_where_there_are_some yes $seen
must rmmod $kvm_vendor
tried kvmprobe faults insmod --name kvm_load --module "$(module_file $kvm_vendor)" \
	--script /tmp/kvm_is --step "$step"
check the_module_leaves rmmod kvm_level
must insmod "$(module_file $kvm_vendor)"
tried kvmprobe faults insmod --module /kl/kvm_level.ko --script /tmp/module_is --step "$step"
tried kvmprobe faults rmmod --module /kl/kvm_level.ko --script /tmp/module_is
kl_load
kl_enforce /tmp/low.json
kvmprobe attempt set_cpuid2_above_baseline > /tmp/attempt 2>&1
check levelled_after_all_faults grep ': held' /tmp/attempt
check the_module_leaves_again rmmod kvm_level

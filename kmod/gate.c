// SPDX-License-Identifier: GPL-2.0
/* The admit gate, and the life of VMs; gate.h says what gates are. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kvm_host.h>
#include <linux/srcu.h>
#include <linux/uaccess.h>

#include "../uapi/kvm_level.h"
#include "compat/compat.h"
#include "event.h"
#include "gate.h"
#include "gate_private.h"
#include "hook.h"
#include "vm.h"

unsigned int kl_mode = KVM_LEVEL_MODE_OFF;
unsigned int kl_exits = KVM_LEVEL_EXITS_NEEDED;
const struct kl_vendor *kl_vendor;
bool kl_host_lacking;

static int kl_wrap_kvm_arch_init_vm(struct kvm *kvm, unsigned long type);
static void kl_wrap_kvm_arch_destroy_vm(struct kvm *kvm);
static int kl_wrap_kvm_arch_vcpu_create(struct kvm_vcpu *vcpu);
static int kl_wrap_kvm_set_cpuid(struct kvm_vcpu *vcpu, struct kvm_cpuid_entry2 *e2, int nent);
static long kl_wrap_kvm_arch_vcpu_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg);
KL_ORIGINAL(kvm_arch_init_vm, kl_wrap_kvm_arch_init_vm);
KL_ORIGINAL(kvm_arch_destroy_vm, kl_wrap_kvm_arch_destroy_vm);
KL_ORIGINAL(kvm_arch_vcpu_create, kl_wrap_kvm_arch_vcpu_create);
KL_ORIGINAL(kvm_set_cpuid, kl_wrap_kvm_set_cpuid);
/* KVM's returns int or long, by version: as long, what it left in RAX goes on as it is. */
static long kl_wrap_kvm_arch_vm_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg);
KL_ORIGINAL(kvm_arch_vcpu_ioctl, kl_wrap_kvm_arch_vcpu_ioctl);
KL_ORIGINAL(kvm_arch_vm_ioctl, kl_wrap_kvm_arch_vm_ioctl);

/* A VM is pinned to what its process was given, or else to the current baseline. */
static struct kl_baseline *kl_pin(void)
{
	struct kl_baseline *b = kl_process_get();

	if (!b && kl_mode_levels())
		b = kl_baseline_current();
	return b;
}

static int kl_wrap_kvm_arch_init_vm(struct kvm *kvm, unsigned long type)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	struct kl_vm *vm;
	int ret;

	if (READ_ONCE(kl_host_lacking) && kl_mode_levels()) {
		pr_warn_ratelimited("no VM can be made: this host no longer offers what the baseline needs (levelctl status)\n");
		ret = -EOPNOTSUPP;
		goto out;
	}
	vm = kl_vm_prepare(kvm, kl_pin());
	if (!vm) {
		ret = -ENOMEM;
		goto out;
	}
	ret = static_call(kl_orig_kvm_arch_init_vm)(kvm, type);
	if (ret) {
		kl_vm_drop(vm);
		goto out;
	}
	kl_vm_add(vm);
	kl_event_vm(KVM_LEVEL_EVENT_VM_CREATED, vm->id);
out:
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

static void kl_wrap_kvm_arch_destroy_vm(struct kvm *kvm)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	struct kl_vm *vm;
	u32 id = 0;

	rcu_read_lock();
	vm = kl_vm_of(kvm);
	if (vm)
		id = vm->id;
	rcu_read_unlock();
	static_call(kl_orig_kvm_arch_destroy_vm)(kvm);
	if (kl_vm_gone(kvm))
		kl_exit_gate_review();
	if (id)
		kl_event_vm(KVM_LEVEL_EVENT_VM_GONE, id);
	srcu_read_unlock(&kl_hook_srcu, idx);
}

/* Bring down what KVM stored of a governed MSR.  True if there was more. */
static bool kl_level_msr(struct kvm_vcpu *vcpu, u32 index,
			 u64 (*level)(const struct kl_set *set, u32 index, u64 value),
			 const struct kl_set *set, u64 *beyond)
{
	struct msr_data msr = { .index = index, .host_initiated = true };
	u64 levelled;

	/*
	 * An MSR that this KVM doesn't know can't be had by a guest either; one
	 * that is zero stays so, hints included: its VMM hasn't asked for any.
	 */
	if (kl_vendor->get_msr(vcpu, &msr) || !msr.data)
		return false;
	levelled = level(set, index, msr.data);
	if (levelled == msr.data)
		return false;
	*beyond = msr.data & ~levelled;
	msr.data = levelled;
	if (kl_vendor->set_msr(vcpu, &msr))
		pr_warn_ratelimited("KVM refuses MSR 0x%x = 0x%llx\n", index, levelled);
	return true;
}

/*
 * KVM stores what the host sets of feature MSRs and XSS without asking the
 * guest's CPUID: bring it down.  The vCPU's mutex is held.  Returns how
 * many registers had more than the baseline.
 */
static unsigned int kl_level_msrs(struct kl_vm *vm, struct kvm_vcpu *vcpu)
{
	const struct kl_baseline *b = vm->pinned;
	struct kl_place at = { .kind = KL_PLACE_MSR, .why = "beyond the baseline" };
	unsigned int i, n = 0;

	for (i = 0; i < kl_nr_msr_shapes; i++) {
		const struct kl_msr_shape *shape = &kl_msr_shapes[i];

		if (shape->flags & KL_SHAPE_VMM)
			continue;
		if (kl_level_msr(vcpu, shape->index, kl_admit_msr, &b->max.set, &at.bits)) {
			at.leaf = shape->index;
			kl_event_place(KVM_LEVEL_EVENT_LEVELLED, vm, &at);
			n++;
		}
	}
	if (vcpu->arch.ia32_xss & ~b->xss_shown) {
		at.leaf = MSR_IA32_XSS;
		at.bits = vcpu->arch.ia32_xss & ~b->xss_shown;
		vcpu->arch.ia32_xss &= b->xss_shown;
		kl_event_place(KVM_LEVEL_EVENT_LEVELLED, vm, &at);
		n++;
	}
	atomic64_add(n, &vm->cut);
	return n;
}

/*
 * Every way to EFER ends in the vendor's set_efer: the guest's WRMSR, for which
 * KVM has asked CPUID, and the VMM's, for which it has not.  Mask, don't refuse:
 * KVM_SET_SREGS ignores what set_efer returns.
 */
u64 kl_gate_efer(struct kvm_vcpu *vcpu, u64 efer)
{
	struct kl_vm *vm = kl_vm_of_call(vcpu->kvm);
	struct kl_place at = { .kind = KL_PLACE_MSR, .leaf = MSR_EFER,
			       .why = "beyond the baseline" };

	if (!vm || !vm->pinned || !(efer & vm->pinned->efer_hidden))
		return efer;
	at.bits = efer & vm->pinned->efer_hidden;
	atomic64_inc(&vm->cut);
	kl_event_place(KVM_LEVEL_EVENT_LEVELLED, vm, &at);
	return efer & ~vm->pinned->efer_hidden;
}

/*
 * A vCPU is born with the host's feature MSRs and, until its VMM sets CPUID,
 * with no CR4 bit reserved.  Level it at birth: some VMM may never set CPUID.
 */
static void kl_preset(struct kl_vm *vm, struct kvm_vcpu *vcpu)
{
	const struct kl_baseline *b = vm->pinned;
	u64 beyond;
	unsigned int i;

	vcpu->arch.cr4_guest_rsvd_bits |= b->cr4_hidden;
	/* Without this KVM lets a guest use PV features that its CPUID lacks. */
	vcpu->arch.pv_cpuid.enforce = true;
	for (i = 0; i < kl_nr_msr_shapes; i++) {
		if (!(kl_msr_shapes[i].flags & KL_SHAPE_VMM))
			kl_level_msr(vcpu, kl_msr_shapes[i].index, kl_offer_msr, &b->def.set,
				     &beyond);
	}
	if (kl_vendor->preset)
		kl_vendor->preset(vcpu, b);
}

static int kl_wrap_kvm_arch_vcpu_create(struct kvm_vcpu *vcpu)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	int ret = static_call(kl_orig_kvm_arch_vcpu_create)(vcpu);
	struct kl_vm *vm = kl_vm_of_call(vcpu->kvm);

	if (!ret && vm && vm->pinned)
		kl_preset(vm, vcpu);
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

static void kl_table_get(const struct kl_table *t, unsigned int i, struct kl_leaf *words)
{
	const struct kvm_cpuid_entry2 *e = (const struct kvm_cpuid_entry2 *)t->ctx + i;

	kl_leaf_of_entry(words, e);
}

static void kl_table_put(const struct kl_table *t, unsigned int i, const struct kl_leaf *words)
{
	struct kvm_cpuid_entry2 *e = (struct kvm_cpuid_entry2 *)t->ctx + i;

	e->eax = words->r[KL_EAX];
	e->ebx = words->r[KL_EBX];
	e->ecx = words->r[KL_ECX];
	e->edx = words->r[KL_EDX];
}

struct kl_report {
	struct kl_vm *vm;
	u32 event;
};

static void kl_report_excess(void *ctx, const struct kl_place *at)
{
	struct kl_report *report = ctx;

	kl_event_place(report->event, report->vm, at);
}

/* 0, or -EINVAL in strict mode where the table has more than the baseline. */
static int kl_admit_cpuid(struct kl_vm *vm, struct kvm_cpuid_entry2 *e2, int nent)
{
	struct kl_table table = { .ctx = e2, .nr = nent, .get = kl_table_get };
	struct kl_report report = { .vm = vm, .event = KVM_LEVEL_EVENT_LEVELLED };
	unsigned int n;

	if (kl_fast_clean(&vm->pinned->fast, e2, nent))
		return 0;
	if (READ_ONCE(kl_mode) == KVM_LEVEL_MODE_STRICT) {
		report.event = KVM_LEVEL_EVENT_REFUSED;
		if (kl_admit_table(&vm->pinned->max.set, &table, kl_report_excess, &report)) {
			atomic64_inc(&vm->refused);
			return -EINVAL;
		}
	}
	table.put = kl_table_put;
	n = kl_admit_table(&vm->pinned->max.set, &table, kl_report_excess, &report);
	atomic64_add(n, &vm->cut);
	/* Within max, but is it within default? */
	if (!vm->pinned->same && !vm->above_default) {
		table.put = NULL;
		if (kl_admit_table(&vm->pinned->def.set, &table, NULL, NULL))
			WRITE_ONCE(vm->above_default, true);
	}
	return 0;
}

/* Audit: count and tell what enforce mode would cut. */
static void kl_audit_cpuid(struct kl_vm *vm, struct kvm_cpuid_entry2 *e2, int nent)
{
	struct kl_table table = { .ctx = e2, .nr = nent, .get = kl_table_get };
	struct kl_report report = { .vm = vm, .event = KVM_LEVEL_EVENT_AUDIT };
	struct kl_baseline *b = kl_baseline_current();

	if (!b)
		return;
	if (!kl_fast_clean(&b->fast, e2, nent))
		atomic64_add(kl_admit_table(&b->max.set, &table, kl_report_excess, &report),
			     &vm->would_cut);
	kl_baseline_put(b);
}

/* @e2 is KVM's own copy: the VMM can't change it any more. */
static int kl_wrap_kvm_set_cpuid(struct kvm_vcpu *vcpu, struct kvm_cpuid_entry2 *e2, int nent)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	struct kl_vm *vm = kl_vm_of_call(vcpu->kvm);
	int ret = 0;

	if (vm && vm->pinned)
		ret = kl_admit_cpuid(vm, e2, nent);
	else if (vm && READ_ONCE(kl_mode) == KVM_LEVEL_MODE_AUDIT)
		kl_audit_cpuid(vm, e2, nent);
	if (!ret)
		ret = static_call(kl_orig_kvm_set_cpuid)(vcpu, e2, nent);
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

/* The two calls by which a VMM gets around what KVM derives from CPUID. */
static bool notrace kl_vcpu_ioctl_filter(unsigned long filp, unsigned long ioctl)
{
	return ioctl == KVM_SET_MSRS || ioctl == KVM_ENABLE_CAP;
}

/*
 * Once a vCPU has run, KVM compares what the VMM sets of a feature MSR with what
 * it holds, and refuses a difference (6.12 on).  A VMM that repeats a value
 * which was levelled must still succeed: lend it the levelled values in its
 * buffer for the length of the call.  A VMM that writes to the buffer meanwhile
 * gains nothing: what KVM stored is levelled afterwards all the same.
 */
#define KL_LENT_MAX	8

struct kl_lent {
	unsigned int nr;
	struct { struct kvm_msr_entry __user *at; u64 data; } msr[KL_LENT_MAX];
};

static void kl_lend_msrs(const struct kl_baseline *b, unsigned long arg, struct kl_lent *lent)
{
	struct kvm_msrs __user *msrs = (void __user *)arg;
	struct kvm_msr_entry e;
	unsigned int i;
	u32 nr;

	lent->nr = 0;
	/* KVM takes no more than 256 (MAX_IO_MSRS). */
	if (get_user(nr, &msrs->nmsrs) || nr > 256)
		return;
	for (i = 0; i < nr && lent->nr < KL_LENT_MAX; i++) {
		const struct kl_msr_shape *shape;
		u64 levelled;

		if (copy_from_user(&e, &msrs->entries[i], sizeof(e)))
			return;
		shape = kl_msr_shape_find(e.index);
		if (!shape || shape->flags & KL_SHAPE_VMM)
			continue;
		levelled = kl_admit_msr(&b->max.set, e.index, e.data);
		if (levelled == e.data || put_user(levelled, &msrs->entries[i].data))
			continue;
		lent->msr[lent->nr].at = &msrs->entries[i];
		lent->msr[lent->nr++].data = e.data;
	}
}

/* True if all is as it was. */
static bool kl_take_back_msrs(const struct kl_lent *lent)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < lent->nr; i++)
		err |= put_user(lent->msr[i].data, &lent->msr[i].at->data);
	return !err;
}

static long kl_wrap_kvm_arch_vcpu_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	struct kvm_vcpu *vcpu = filp->private_data;
	struct kl_vm *vm = kl_vm_of_call(vcpu->kvm);
	struct kl_lent lent = { };
	long ret;

	if (vm && vm->pinned && ioctl == KVM_SET_MSRS && vcpu->arch.last_vmentry_cpu != -1)
		kl_lend_msrs(vm->pinned, arg, &lent);
	ret = static_call(kl_orig_kvm_arch_vcpu_ioctl)(filp, ioctl, arg);
	if (!kl_take_back_msrs(&lent))
		ret = -EFAULT;

	if (vm && vm->pinned) {
		/* KVM_CAP_ENFORCE_PV_FEATURE_CPUID may have been turned off. */
		if (!vcpu->arch.pv_cpuid.enforce)
			vcpu->arch.pv_cpuid.enforce = true;
		if (ioctl == KVM_SET_MSRS && (kl_level_msrs(vm, vcpu) || lent.nr) &&
		    READ_ONCE(kl_mode) == KVM_LEVEL_MODE_STRICT) {
			atomic64_inc(&vm->refused);
			ret = -EINVAL;
		}
	}
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

static bool notrace kl_vm_ioctl_filter(unsigned long filp, unsigned long ioctl)
{
	return ioctl == KVM_ENABLE_CAP;
}

static long kl_wrap_kvm_arch_vm_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg)
{
	static const struct kl_bit mwait = { 1, 0, KL_ECX, 3 };
	int idx = srcu_read_lock(&kl_hook_srcu);
	long ret = static_call(kl_orig_kvm_arch_vm_ioctl)(filp, ioctl, arg);
	struct kvm *kvm = filp->private_data;
	struct kl_vm *vm = kl_vm_of_call(kvm);

	/*
	 * With this quirk off, KVM itself shows MONITOR in CPUID when the guest
	 * sets a bit of MISC_ENABLE, after all gates but the exits.
	 */
	if (vm && vm->pinned && !kl_set_has(&vm->pinned->max.set, &mwait) &&
	    kvm->arch.disabled_quirks & KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT)
		WRITE_ONCE(kvm->arch.disabled_quirks,
			   kvm->arch.disabled_quirks & ~(u64)KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT);
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

static struct kl_hook kl_gate_hooks[] = {
	KL_HOOK("kvm", "kvm_arch_init_vm", kvm_arch_init_vm, KL_HOOK_BASE, true, NULL,
		"VMs can't be pinned to a baseline"),
	KL_HOOK("kvm", "kvm_arch_destroy_vm", kvm_arch_destroy_vm, KL_HOOK_BASE, true, NULL,
		"a VM that is gone would stay known, and a new one be taken for it"),
	KL_HOOK("kvm", "kvm_arch_vcpu_create", kvm_arch_vcpu_create, KL_HOOK_BASE, true, NULL,
		"a vCPU that never sets CPUID shows the host's MSRs and CR4 bits"),
	KL_HOOK("kvm", "kvm_set_cpuid", kvm_set_cpuid, KL_HOOK_BASE, true, NULL,
		"a VMM can set more CPUID than the baseline"),
	KL_HOOK("kvm", "kvm_arch_vcpu_ioctl", kvm_arch_vcpu_ioctl, KL_HOOK_BASE, true,
		kl_vcpu_ioctl_filter,
		"a VMM can set feature MSRs and EFER bits beyond the baseline"),
	KL_HOOK("kvm", "kvm_arch_vm_ioctl", kvm_arch_vm_ioctl, KL_HOOK_BASE, true,
		kl_vm_ioctl_filter, "a VMM can let KVM show MONITOR by MISC_ENABLE"),
};

int kl_gate_init(void)
{
	int ret = kl_hooks_add(kl_gate_hooks, ARRAY_SIZE(kl_gate_hooks));

	if (!ret)
		ret = kl_advertise_init();
	if (!ret)
		ret = kl_exit_gate_init();
	return ret;
}

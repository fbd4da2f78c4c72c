// SPDX-License-Identifier: GPL-2.0
/*
 * The admit gate for MSRs: what a VMM sets by KVM_SET_MSRS and KVM_SET_ONE_REG,
 * EFER by whatever way, and KVM's capabilities that would undo what KVM derives from CPUID.
 *
 * A guest's own RDMSR and WRMSR don't come by here, but for writes of EFER.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
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

/* KVM takes no more in one KVM_SET_MSRS (MAX_IO_MSRS). */
#define KL_IO_MSRS	256

static long kl_wrap_kvm_arch_vcpu_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg);
static int kl_wrap_kvm_vm_ioctl_enable_cap(struct kvm *kvm, struct kvm_enable_cap *cap);
KL_ORIGINAL(kvm_arch_vcpu_ioctl, kl_wrap_kvm_arch_vcpu_ioctl);
KL_ORIGINAL(kvm_vm_ioctl_enable_cap, kl_wrap_kvm_vm_ioctl_enable_cap);
/* Called, never hooked. */
KL_ORIGINAL(vcpu_load, vcpu_load);
KL_ORIGINAL(vcpu_put, vcpu_put);

/*
 * Bring down what KVM stored of a governed MSR.  True if there was more.  A vCPU
 * without CPUID has no PMU, and KVM takes no PERF_CAPABILITIES for it but none.
 */
bool kl_level_msr(struct kvm_vcpu *vcpu, u32 index,
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
	if (kl_vendor->set_msr(vcpu, &msr)) {
		msr.data = 0;
		if (kl_vendor->set_msr(vcpu, &msr))
			pr_warn_ratelimited("KVM refuses MSR 0x%x = 0x%llx\n", index, levelled);
	}
	return true;
}

static bool kl_msr_has_more(struct kvm_vcpu *vcpu, u32 index, const struct kl_set *set)
{
	struct msr_data msr = { .index = index, .host_initiated = true };

	/* What has to be set counts, too: where it isn't, the guest has more. */
	return !kl_vendor->get_msr(vcpu, &msr) && msr.data &&
	       kl_admit_msr(set, index, msr.data) != msr.data;
}

/*
 * KVM stores what the host sets of feature MSRs and XSS without asking the
 * guest's CPUID: bring it down, and note what is left above default.  The
 * vCPU's mutex is held.  Returns how many registers had more than the baseline.
 */
static unsigned int kl_level_msrs(struct kl_vm *vm, struct kvm_vcpu *vcpu)
{
	const struct kl_baseline *b = vm->pinned;
	struct kl_place at = { .kind = KL_PLACE_MSR, .why = "beyond the baseline" };
	unsigned int i, n = 0;

	for (i = 0; i < kl_nr_msr_shapes; i++) {
		const struct kl_msr_shape *shape = &kl_msr_shapes[i];

		/* A guest may set DE_CFG itself: what stands there need not be its VMM's. */
		if (!kl_msr_is_levelled(shape) || shape->index == MSR_AMD64_DE_CFG)
			continue;
		if (kl_level_msr(vcpu, shape->index, kl_admit_msr, &b->max.set, &at.bits)) {
			at.leaf = shape->index;
			kl_event_place(KVM_LEVEL_EVENT_LEVELLED, vm, &at);
			n++;
		}
		if (!b->same && !vm->above_default &&
		    kl_msr_has_more(vcpu, shape->index, &b->def.set))
			WRITE_ONCE(vm->above_default, true);
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
 * With VMX or PDCM in its CPUID a vCPU gets registers that it did not have when
 * it was made, and KVM fits VMX's controls to each new table.  They are born with
 * default, as the others are; a guest that has moved in with more may have max.
 */
void kl_msrs_follow_cpuid(struct kl_vm *vm, struct kvm_vcpu *vcpu)
{
	const struct kl_set *set = READ_ONCE(vm->above_default) ? &vm->pinned->max.set :
								  &vm->pinned->def.set;
	u64 left = READ_ONCE(vm->pinned->msrs_below), beyond;

	for (; left; left &= left - 1)
		kl_level_msr(vcpu, kl_msr_shapes[__ffs64(left)].index, kl_admit_msr, set, &beyond);
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
 * MSRs which KVM hands to the guest, for good, once the VMM has stored something
 * in them, without asking CPUID.  Hidden: none of the bits is in the baseline.
 */
static const struct {
	u32 index;
	struct kl_bit any_of[4];
} kl_opening_msrs[] = {
	{ MSR_IA32_SPEC_CTRL, {
		{ 7, 0, KL_EDX, 26 },		/* SPEC_CTRL */
		{ 0x80000008, 0, KL_EBX, 14 },	/* AMD_IBRS */
		{ 0x80000008, 0, KL_EBX, 15 },	/* AMD_STIBP */
		{ 0x80000008, 0, KL_EBX, 24 },	/* AMD_SSBD */
	} },
	{ MSR_IA32_PRED_CMD, {
		{ 7, 0, KL_EDX, 26 },		/* SPEC_CTRL, which brings IBPB */
		{ 0x80000008, 0, KL_EBX, 12 },	/* AMD_IBPB */
	} },
	{ MSR_IA32_XFD, { { 0xd, 1, KL_EAX, 4 } } },
};

static bool kl_opening_msr_hidden(const struct kl_set *set, u32 index)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(kl_opening_msrs); i++) {
		if (kl_opening_msrs[i].index != index)
			continue;
		for (j = 0; j < ARRAY_SIZE(kl_opening_msrs[i].any_of); j++) {
			const struct kl_bit *bit = &kl_opening_msrs[i].any_of[j];

			if (bit->leaf && kl_set_has(set, bit))
				return false;
		}
		return true;
	}
	return false;
}

/*
 * Bits of DEBUGCTL for which KVM asks the guest's CPUID where the guest sets them, and
 * not where its VMM does (vmx_get_supported_debugctl()).
 */
static u64 kl_debugctl_hidden(const struct kl_set *set)
{
	static const struct kl_bit bus_lock = { 7, 0, KL_ECX, 24 };
	static const struct kl_bit rtm = { 7, 0, KL_EBX, 11 };
	/* LBR's format in PERF_CAPABILITIES; on AMD LBR has no feature that KVM asks. */
	bool lbr = kl_vendor->id == KVM_LEVEL_VENDOR_AMD ||
		   kl_admit_msr(set, MSR_IA32_PERF_CAPABILITIES, GENMASK_ULL(5, 0));

	return (lbr ? 0 : DEBUGCTLMSR_LBR | DEBUGCTLMSR_FREEZE_LBRS_ON_PMI) |
	       (kl_set_has(set, &bus_lock) ? 0 : DEBUGCTLMSR_BUS_LOCK_DETECT) |
	       (kl_set_has(set, &rtm) ? 0 : DEBUGCTLMSR_RTM_DEBUG);
}

/* What a VMM may store in an MSR. */
static u64 kl_storable(const struct kl_set *set, u32 index, u64 data)
{
	const struct kl_msr_shape *shape = kl_msr_shape_find(index);

	if (shape && (!(shape->flags & KL_SHAPE_VMM) || shape->flags & KL_SHAPE_STATE))
		return kl_admit_msr(set, index, data);
	if (index == MSR_IA32_DEBUGCTLMSR)
		return data & ~kl_debugctl_hidden(set);
	return kl_opening_msr_hidden(set, index) ? 0 : data;
}

/*
 * The VMM's buffer of KVM_SET_MSRS gets the levelled values for the length of
 * the call, and its own back after it.  So KVM never stores what is hidden, and
 * a VMM that repeats a value which was levelled still succeeds: once a vCPU has
 * run, KVM compares with what it holds and refuses a difference (6.12 on).
 * A VMM that writes to its buffer meanwhile is caught by what KVM stored.
 */
#define KL_LENT_MAX	16

struct kl_lent {
	unsigned int nr;
	struct {
		u64 __user *at;
		u64 data;
	} msr[KL_LENT_MAX];
};

static int kl_lend_msr(struct kl_vm *vm, u32 index, u64 __user *user, u64 data,
		       struct kl_lent *lent)
{
	bool strict = READ_ONCE(kl_mode) == KVM_LEVEL_MODE_STRICT;
	u64 storable = kl_storable(&vm->pinned->max.set, index, data);
	struct kl_place at = { .kind = KL_PLACE_MSR, .leaf = index, .bits = storable ^ data,
			       .why = "beyond the baseline" };

	if (storable == data)
		return 0;
	kl_event_place(strict ? KVM_LEVEL_EVENT_REFUSED : KVM_LEVEL_EVENT_LEVELLED, vm, &at);
	/* A table that repeats hidden MSRs over and over is no VMM's. */
	if (lent->nr == KL_LENT_MAX)
		return -EINVAL;
	if (put_user(storable, user))
		return -EFAULT;
	lent->msr[lent->nr].at = user;
	lent->msr[lent->nr++].data = data;
	return 0;
}

static int kl_lend_msrs(struct kl_vm *vm, unsigned long arg, struct kl_lent *lent)
{
	struct kvm_msrs __user *msrs = (void __user *)arg;
	struct kvm_msr_entry e;
	unsigned int i;
	u32 nr;
	int ret = 0;

	/* What KVM will refuse anyway is left to it. */
	if (get_user(nr, &msrs->nmsrs) || nr >= KL_IO_MSRS)
		return 0;
	for (i = 0; i < nr && !ret; i++) {
		if (copy_from_user(&e, &msrs->entries[i], sizeof(e)))
			return 0;
		ret = kl_lend_msr(vm, e.index, &msrs->entries[i].data, e.data, lent);
	}
	return ret;
}

/*
 * KVM_SET_ONE_REG: the same for one register, on kernels that have it (6.18 on).
 * The type of an x86 register is in the byte above its index (KVM API).
 */
#define KL_REG_TYPE_MASK	(KVM_REG_ARCH_MASK | GENMASK_ULL(39, 32))
#define KL_REG_TYPE_MSR		(KVM_REG_X86 | 2ull << 32)

static int kl_lend_reg(struct kl_vm *vm, unsigned long arg, struct kl_lent *lent)
{
	struct kvm_one_reg reg;
	u64 data;

	if (copy_from_user(&reg, (void __user *)arg, sizeof(reg)) ||
	    (reg.id & KL_REG_TYPE_MASK) != KL_REG_TYPE_MSR ||
	    get_user(data, (u64 __user *)reg.addr))
		return 0;
	return kl_lend_msr(vm, lower_32_bits(reg.id), (u64 __user *)reg.addr, data, lent);
}

static int kl_take_back_msrs(const struct kl_lent *lent)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < lent->nr; i++) {
		if (put_user(lent->msr[i].data, lent->msr[i].at))
			ret = -EFAULT;
	}
	return ret;
}

/*
 * The VMM, or another of its threads that set the same buffer, won a race against
 * kl_lend_msrs(): this guest must not run on.  Where the processor virtualizes
 * SPEC_CTRL, up to 6.12 every guest has it at once, and the value there is the guest's.
 */
static bool kl_msr_was_opened(const struct kl_baseline *b, struct kvm_vcpu *vcpu)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kl_opening_msrs); i++) {
		struct msr_data msr = { .index = kl_opening_msrs[i].index, .host_initiated = true };

		if (msr.index == MSR_IA32_SPEC_CTRL && boot_cpu_has(X86_FEATURE_V_SPEC_CTRL))
			continue;
		if (kl_opening_msr_hidden(&b->max.set, msr.index) &&
		    !kl_vendor->get_msr(vcpu, &msr) && msr.data)
			return true;
	}
	return false;
}

/* Under the vCPU's mutex: what KVM stored can't be seen by its guest before we are done. */
static long kl_set_msrs(struct kl_vm *vm, struct file *filp, unsigned int ioctl, unsigned long arg)
{
	struct kvm_vcpu *vcpu = filp->private_data;
	struct kl_lent lent = { };
	unsigned int cut;
	bool opened;
	long ret = ioctl == KVM_SET_MSRS ? kl_lend_msrs(vm, arg, &lent) :
					   kl_lend_reg(vm, arg, &lent);

	if (!ret && lent.nr && READ_ONCE(kl_mode) == KVM_LEVEL_MODE_STRICT)
		ret = -EINVAL;
	if (ret) {
		kl_take_back_msrs(&lent);
		atomic64_inc(&vm->refused);
		return ret;
	}
	ret = static_call(kl_orig_kvm_arch_vcpu_ioctl)(filp, ioctl, arg);
	if (kl_take_back_msrs(&lent))
		ret = -EFAULT;
	atomic64_add(lent.nr, &vm->cut);
	/* KVM has put the vCPU, and some writers of MSRs write to its VMCS. */
	static_call(kl_orig_vcpu_load)(vcpu);
	cut = kl_level_msrs(vm, vcpu);
	opened = kl_msr_was_opened(vm->pinned, vcpu);
	static_call(kl_orig_vcpu_put)(vcpu);
	if (cut && READ_ONCE(kl_mode) == KVM_LEVEL_MODE_STRICT) {
		atomic64_inc(&vm->refused);
		ret = -EINVAL;
	}
	if (opened) {
		pr_warn_ratelimited("VM %u of process %d raced a hidden MSR open: it is stopped\n",
				    vm->id, vm->pid);
		WRITE_ONCE(vcpu->kvm->vm_dead, true);
		ret = -EIO;
	}
	return ret;
}

static __always_inline bool kl_ioctl_stores_msrs(unsigned long ioctl)
{
	return ioctl == KVM_SET_MSRS || ioctl == KVM_SET_ONE_REG;
}

/* The calls by which a VMM gets around what KVM derives from CPUID. */
static __always_inline bool kl_vcpu_ioctl_filter(unsigned long filp, unsigned long ioctl)
{
	return kl_ioctl_stores_msrs(ioctl) || ioctl == KVM_ENABLE_CAP;
}

KL_HOOK_FILTER(kl_vcpu_ioctl_entry, kl_vcpu_ioctl_filter);

static long kl_wrap_kvm_arch_vcpu_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	struct kvm_vcpu *vcpu = filp->private_data;
	struct kl_vm *vm = kl_vm_of_call(vcpu->kvm);
	long ret;

	if (vm && vm->pinned && kl_ioctl_stores_msrs(ioctl))
		ret = kl_set_msrs(vm, filp, ioctl, arg);
	else
		ret = static_call(kl_orig_kvm_arch_vcpu_ioctl)(filp, ioctl, arg);
	/* KVM_CAP_ENFORCE_PV_FEATURE_CPUID may have been turned off. */
	if (vm && vm->pinned && !vcpu->arch.pv_cpuid.enforce)
		vcpu->arch.pv_cpuid.enforce = true;
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

/*
 * Without the quirk KVM itself shows MONITOR in CPUID when the guest sets a bit
 * of MISC_ENABLE, behind all gates but the exits; and it hands MWAIT, and APERF and
 * MPERF, to a guest without asking its CPUID.  @cap is KVM's own copy.
 */
static void kl_level_cap(const struct kl_set *max, struct kvm_enable_cap *cap)
{
	static const struct kl_bit monitor = { 1, 0, KL_ECX, 3 };
	static const struct kl_bit aperfmperf = { 6, 0, KL_ECX, 0 };
	bool mwait = kl_set_has(max, &monitor);

	switch (cap->cap) {
	case KVM_CAP_DISABLE_QUIRKS:
	case KVM_CAP_DISABLE_QUIRKS2:
		if (!mwait)
			cap->args[0] &= ~(u64)KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT;
		break;
	case KVM_CAP_X86_DISABLE_EXITS:
		if (!mwait)
			cap->args[0] &= ~(u64)KVM_X86_DISABLE_EXITS_MWAIT;
		if (!kl_set_has(max, &aperfmperf))
			cap->args[0] &= ~(u64)KL_COMPAT_DISABLE_EXITS_APERFMPERF;
		break;
	}
}

static int kl_wrap_kvm_vm_ioctl_enable_cap(struct kvm *kvm, struct kvm_enable_cap *cap)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	struct kl_vm *vm = kl_vm_of_call(kvm);
	int ret;

	if (vm && vm->pinned)
		kl_level_cap(&vm->pinned->max.set, cap);
	ret = static_call(kl_orig_kvm_vm_ioctl_enable_cap)(kvm, cap);
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

static struct kl_hook kl_msr_hooks[] = {
	KL_HOOK("kvm", "kvm_arch_vcpu_ioctl", kvm_arch_vcpu_ioctl, KL_HOOK_BASE, true,
		kl_vcpu_ioctl_entry, "a VMM can set feature MSRs beyond the baseline"),
	KL_HOOK("kvm", "kvm_vm_ioctl_enable_cap", kvm_vm_ioctl_enable_cap, KL_HOOK_BASE, true,
		kl_hook_always, "a VMM can have KVM show MONITOR, MWAIT or APERF"),
};

static const struct kl_call kl_msr_calls[] = {
	{ "kvm", "vcpu_load", KL_ORIGINAL_OF(vcpu_load) },
	{ "kvm", "vcpu_put", KL_ORIGINAL_OF(vcpu_put) },
};

int __init kl_gate_msr_init(void)
{
	int ret = kl_hooks_add(kl_msr_hooks, ARRAY_SIZE(kl_msr_hooks));

	return ret ?: kl_calls_add(kl_msr_calls, ARRAY_SIZE(kl_msr_calls));
}

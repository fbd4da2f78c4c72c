// SPDX-License-Identifier: GPL-2.0
/* What only Intel hosts have: kvm-intel's hooks and calls. */
#include <linux/init.h>
#include <linux/kvm_host.h>

#include "../../uapi/kvm_level.h"
#include "../gate.h"
#include "../hook.h"
#include "../vm.h"
#include "vmx.h"

static int kl_wrap_vmx_get_msr(struct kvm_vcpu *vcpu, struct msr_data *msr);
static int kl_wrap_vmx_set_efer(struct kvm_vcpu *vcpu, u64 efer);
static void kl_wrap_vmx_vcpu_reset(struct kvm_vcpu *vcpu, bool init_event);
KL_ORIGINAL(vmx_get_msr, kl_wrap_vmx_get_msr);
KL_ORIGINAL(vmx_set_efer, kl_wrap_vmx_set_efer);
KL_ORIGINAL(vmx_vcpu_reset, kl_wrap_vmx_vcpu_reset);
/* Called, never hooked: of the same type as the reader. */
KL_ORIGINAL(vmx_set_msr, kl_wrap_vmx_get_msr);
/* Bound whether or not vmx_get_msr is hooked. */
KL_ORIGINAL(vmx_get_msr_call, kl_wrap_vmx_get_msr);

static int kl_wrap_vmx_get_msr(struct kvm_vcpu *vcpu, struct msr_data *msr)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	int ret = static_call(kl_orig_vmx_get_msr)(vcpu, msr);

	ret = kl_exit_msr(vcpu, msr, ret);
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

static int kl_wrap_vmx_set_efer(struct kvm_vcpu *vcpu, u64 efer)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	int ret = static_call(kl_orig_vmx_set_efer)(vcpu, kl_gate_efer(vcpu, efer));

	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

/*
 * A vCPU that never sets CPUID keeps the CR4 mask of its reset: of bits that the
 * processor would let its guest own, the hidden ones are to be KVM's.
 */
static void kl_wrap_vmx_vcpu_reset(struct kvm_vcpu *vcpu, bool init_event)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	struct kl_vm *vm = kl_vm_of_call(vcpu->kvm);

	if (vm && vm->pinned)
		vcpu->arch.cr4_guest_rsvd_bits |= vm->pinned->cr4_hidden;
	static_call(kl_orig_vmx_vcpu_reset)(vcpu, init_event);
	srcu_read_unlock(&kl_hook_srcu, idx);
}

static int kl_vmx_get_msr(struct kvm_vcpu *vcpu, struct msr_data *msr)
{
	return static_call(kl_orig_vmx_get_msr_call)(vcpu, msr);
}

static int kl_vmx_set_msr(struct kvm_vcpu *vcpu, struct msr_data *msr)
{
	return static_call(kl_orig_vmx_set_msr)(vcpu, msr);
}

/* What kvm-intel asks as well: CPUID itself, since Linux may have hidden VMX from itself. */
static bool kl_vmx_fits(void)
{
	return cpuid_ecx(1) & BIT(X86_FEATURE_VMX & 31);
}

const struct kl_vendor kl_vmx = {
	.id = KVM_LEVEL_VENDOR_INTEL,
	.module = "kvm_intel",
	.fits = kl_vmx_fits,
	.get_msr = kl_vmx_get_msr,
	.set_msr = kl_vmx_set_msr,
};

KL_HOOK_FILTER(kl_exit_entry, kl_exit_msr_filter);

static struct kl_hook kl_vmx_hooks[] = {
	KL_HOOK("kvm_intel", "vmx_set_efer", vmx_set_efer, KL_HOOK_BASE, true, kl_hook_always,
		"a VMM can set EFER bits of hidden features"),
	KL_HOOK("kvm_intel", "vmx_vcpu_reset", vmx_vcpu_reset, KL_HOOK_BASE, true, kl_hook_always,
		"a vCPU that never sets CPUID has the CR4 bits that a guest may own"),
	KL_HOOK("kvm_intel", "vmx_get_msr", vmx_get_msr, KL_HOOK_EXIT, true, kl_exit_entry,
		"adopted VMs read the host's feature MSRs; audit and watch see no MSR"),
};

static const struct kl_call kl_vmx_calls[] = {
	{ "kvm_intel", "vmx_get_msr", KL_ORIGINAL_OF(vmx_get_msr_call) },
	{ "kvm_intel", "vmx_set_msr", KL_ORIGINAL_OF(vmx_set_msr) },
};

int __init kl_vmx_init(void)
{
	int ret = kl_hooks_add(kl_vmx_hooks, ARRAY_SIZE(kl_vmx_hooks));

	return ret ?: kl_calls_add(kl_vmx_calls, ARRAY_SIZE(kl_vmx_calls));
}

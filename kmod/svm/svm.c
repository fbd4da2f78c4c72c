// SPDX-License-Identifier: GPL-2.0
/* What only AMD hosts have: kvm-amd's hooks and calls, and the view of a nested hypervisor. */
#include <linux/init.h>
#include <linux/kvm_host.h>

#include "../../uapi/kvm_level.h"
#include "../gate.h"
#include "../hook.h"
#include "../vm.h"
#include "svm.h"

/* AMD APM vol. 2, "VM_CR MSR (C001_0114h)". */
#define KL_MSR_VM_CR		0xc0010114
#define KL_VM_CR_LOCK		BIT_ULL(3)
#define KL_VM_CR_SVMDIS		BIT_ULL(4)

static int kl_wrap_svm_get_msr(struct kvm_vcpu *vcpu, struct msr_data *msr);
static int kl_wrap_svm_set_efer(struct kvm_vcpu *vcpu, u64 efer);
KL_ORIGINAL(svm_get_msr, kl_wrap_svm_get_msr);
KL_ORIGINAL(svm_set_efer, kl_wrap_svm_set_efer);
/* Called, never hooked: of the same type as the reader. */
KL_ORIGINAL(svm_set_msr, kl_wrap_svm_get_msr);
/* Bound whether or not svm_get_msr is hooked. */
KL_ORIGINAL(svm_get_msr_call, kl_wrap_svm_get_msr);

static int kl_wrap_svm_get_msr(struct kvm_vcpu *vcpu, struct msr_data *msr)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	int ret = static_call(kl_orig_svm_get_msr)(vcpu, msr);

	ret = kl_exit_msr(vcpu, msr, ret);
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

static int kl_wrap_svm_set_efer(struct kvm_vcpu *vcpu, u64 efer)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	int ret = static_call(kl_orig_svm_set_efer)(vcpu, kl_gate_efer(vcpu, efer));

	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

static int kl_svm_get_msr(struct kvm_vcpu *vcpu, struct msr_data *msr)
{
	return static_call(kl_orig_svm_get_msr_call)(vcpu, msr);
}

static int kl_svm_set_msr(struct kvm_vcpu *vcpu, struct msr_data *msr)
{
	return static_call(kl_orig_svm_set_msr)(vcpu, msr);
}

/*
 * KVM shows VM_CR to every guest.  Where the baseline hides SVM, the register
 * says what firmware says that has turned SVM off and locked it.
 */
static void kl_svm_preset(struct kvm_vcpu *vcpu, const struct kl_baseline *b)
{
	static const struct kl_bit svm = { 0x80000001, 0, KL_ECX, 2 };
	struct msr_data msr = {
		.index = KL_MSR_VM_CR,
		.data = KL_VM_CR_LOCK | KL_VM_CR_SVMDIS,
		.host_initiated = true,
	};

	if (!kl_set_has(&b->max.set, &svm) && kl_svm_set_msr(vcpu, &msr))
		pr_warn_ratelimited("kvm_level: KVM refuses VM_CR.SVMDIS\n");
}

/* kvm-amd asks for the vendor first. */
static bool kl_svm_fits(void)
{
	return boot_cpu_data.x86_vendor == X86_VENDOR_AMD ||
	       boot_cpu_data.x86_vendor == X86_VENDOR_HYGON;
}

const struct kl_vendor kl_svm = {
	.id = KVM_LEVEL_VENDOR_AMD,
	.module = "kvm_amd",
	.fits = kl_svm_fits,
	.get_msr = kl_svm_get_msr,
	.set_msr = kl_svm_set_msr,
	.preset = kl_svm_preset,
};

KL_HOOK_FILTER(kl_exit_entry, kl_exit_msr_filter);

static struct kl_hook kl_svm_hooks[] = {
	KL_HOOK("kvm_amd", "svm_set_efer", svm_set_efer, KL_HOOK_BASE, true, kl_hook_always,
		"a VMM can set EFER bits of hidden features"),
	KL_HOOK("kvm_amd", "svm_get_msr", svm_get_msr, KL_HOOK_EXIT, true, kl_exit_entry,
		"adopted VMs read the host's feature MSRs; audit and watch see no MSR"),
};

static const struct kl_call kl_svm_calls[] = {
	{ "kvm_amd", "svm_get_msr", KL_ORIGINAL_OF(svm_get_msr_call) },
	{ "kvm_amd", "svm_set_msr", KL_ORIGINAL_OF(svm_set_msr) },
};

int __init kl_svm_init(void)
{
	int ret = kl_hooks_add(kl_svm_hooks, ARRAY_SIZE(kl_svm_hooks));

	return ret ?: kl_calls_add(kl_svm_calls, ARRAY_SIZE(kl_svm_calls));
}

// SPDX-License-Identifier: GPL-2.0
/* What only AMD's module has of hooks, and a nested hypervisor's view. */
#include "../kmod/svm/svm.c"

#include "env.h"
#include "suites.h"

static struct words amd;
static struct kvm_vcpu *vcpu;
static u64 given;
static u32 given_index;
static int answer;

static int svm_test_init(struct kunit *test)
{
	vcpu = env_vcpu(test);
	words_amd(&amd);
	given = 0;
	given_index = 0;
	answer = 0;
	return env_begin(test);
}

static int kvm_get_msr_(struct kvm_vcpu *v, struct msr_data *msr)
{
	msr->data = 0x0a000041;
	return answer;
}

static int kvm_set_msr_(struct kvm_vcpu *v, struct msr_data *msr)
{
	given = msr->data;
	given_index = msr->host_initiated ? msr->index : 0;
	return answer;
}

static int kvm_set_efer_(struct kvm_vcpu *v, u64 efer)
{
	given = efer;
	return answer;
}

static void amds_hooks_level_what_goes_by(struct kunit *test)
{
	struct msr_data msr = { .index = 0x10a };
	struct kl_baseline *base;
	struct kl_vm *vm;

	ENV_ORIGINAL(svm_get_msr, kvm_get_msr_);
	ENV_ORIGINAL(svm_get_msr_call, kvm_get_msr_);
	ENV_ORIGINAL(svm_set_msr, kvm_set_msr_);
	ENV_ORIGINAL(svm_set_efer, kvm_set_efer_);
	words_unset(&amd, 0x80000001, 0, KL_ECX, BIT(2));
	words_drop(&amd, 0x8000000a, 0);
	words_msr(&amd, 0x10a, 0x0a000040);
	base = env_baseline(test, &amd, NULL);
	vm = env_vm(test, vcpu->kvm, base);
	KUNIT_EXPECT_EQ(test, kl_vm_adopt(vm->id, base), 1);
	KUNIT_EXPECT_EQ(test, kl_wrap_svm_get_msr(vcpu, &msr), 0);
	KUNIT_EXPECT_EQ(test, msr.data, 0x0a000040ULL);
	KUNIT_EXPECT_EQ(test, kl_wrap_svm_set_efer(vcpu, 0x1d01), 0);
	KUNIT_EXPECT_EQ(test, given, 0xd01ULL);
	answer = 7;
	KUNIT_EXPECT_EQ(test, kl_wrap_svm_set_efer(vcpu, 0xd01), 7);
	KUNIT_EXPECT_EQ(test, kl_wrap_svm_get_msr(vcpu, &msr), 7);
	KUNIT_EXPECT_EQ(test, kl_svm.get_msr(vcpu, &msr), 7);
	KUNIT_EXPECT_EQ(test, kl_svm.set_msr(vcpu, &msr), 7);
}

static void vm_cr_says_that_firmware_locked_svm_where_it_is_hidden(struct kunit *test)
{
	struct kl_baseline *base = env_baseline(test, &amd, NULL);

	ENV_ORIGINAL(svm_set_msr, kvm_set_msr_);
	kl_svm.preset(vcpu, base);
	KUNIT_EXPECT_EQ(test, given_index, 0U);
	kl_baseline_put(base);
	words_unset(&amd, 0x80000001, 0, KL_ECX, BIT(2));
	words_drop(&amd, 0x8000000a, 0);
	base = env_baseline(test, &amd, NULL);
	kl_svm.preset(vcpu, base);
	KUNIT_EXPECT_EQ(test, given_index, 0xc0010114U);
	KUNIT_EXPECT_EQ(test, given, 0x18ULL);
	/* One that doesn't take it says so in the log, no more. */
	answer = 1;
	kl_svm.preset(vcpu, base);
	kl_baseline_put(base);
}

static struct kunit_case svm_cases[] = {
	KUNIT_CASE(amds_hooks_level_what_goes_by),
	KUNIT_CASE(vm_cr_says_that_firmware_locked_svm_where_it_is_hidden),
	{}
};

struct kunit_suite kl_suite_svm = {
	.name = "kl_svm",
	.init = svm_test_init,
	.exit = env_end,
	.test_cases = svm_cases,
};

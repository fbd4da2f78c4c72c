// SPDX-License-Identifier: GPL-2.0
/*
 * VMX's capability registers: a control that must be 1 on one host must be 1 in the
 * pool, one that may be 1 must be so on all (SDM vol. 3 appendix A); and what only
 * Intel's module has of hooks.
 */
#include "../kmod/vmx/vmx.c"
#include "policy/internal.h"

#include "env.h"
#include "suites.h"
#include "tables.h"

static struct words a, b, pool;
static struct kvm_vcpu *vcpu;
static struct kl_acc acc;

static int vmx_test_init(struct kunit *test)
{
	vcpu = env_vcpu(test);
	words_intel(&a);
	words_set(&a, 0x1, 0, KL_ECX, BIT(5));
	words_copy(&b, &a);
	dice_seed(7);
	return env_begin(test);
}

static bool is_vmx(const struct kl_msr_shape *s)
{
	return s->gate.leaf == 1 && s->gate.reg == KL_ECX && s->gate.bit == 5;
}

/* Every register of two hosts at random, and the pool of the two. */
static void roll(struct kunit *test)
{
	struct kl_set set;
	unsigned int i;

	for (i = 0; i < kl_nr_msr_shapes; i++) {
		const struct kl_msr_shape *s = &kl_msr_shapes[i];
		u64 known = kl_msr_known(s);

		if (!is_vmx(s) || s->flags & KL_SHAPE_VMM)
			continue;
		words_msr(&a, s->index, ((u64)dice_bits() << 32 | dice_bits()) & known);
		words_msr(&b, s->index, ((u64)dice_bits() << 32 | dice_bits()) & known);
	}
	KUNIT_ASSERT_EQ(test, kl_acc_init(&acc, &a.set, NULL), 0);
	KUNIT_ASSERT_EQ(test, kl_acc_add(&acc, &b.set, NULL), 0);
	kl_close(&acc);
	set = kl_acc_set(&acc);
	words_clear(&pool);
	memcpy(pool.leaf, set.leaf, set.nr_leaves * sizeof(*set.leaf));
	memcpy(pool.msr, set.msr, set.nr_msrs * sizeof(*set.msr));
	pool.set.nr_leaves = set.nr_leaves;
	pool.set.nr_msrs = set.nr_msrs;
}

static void must_be_is_the_union_and_may_be_the_intersection(struct kunit *test)
{
	unsigned int round, i, n = 0;

	for (round = 0; round < 50; round++) {
		roll(test);
		KUNIT_EXPECT_EQ(test, kl_set_check(&pool.set, NULL), 0);
		for (i = 0; i < kl_nr_msr_shapes; i++) {
			const struct kl_msr_shape *s = &kl_msr_shapes[i];
			u64 x = words_msr_value(&a.set, s->index);
			u64 y = words_msr_value(&b.set, s->index);
			u64 p = words_msr_value(&pool.set, s->index);

			if (!is_vmx(s) || s->flags & KL_SHAPE_VMM)
				continue;
			n++;
			KUNIT_EXPECT_EQ_MSG(test, p & s->must_bits, (x | y) & s->must_bits,
					    "must of 0x%x", s->index);
			KUNIT_EXPECT_EQ_MSG(test, p & s->and_bits, x & y & s->and_bits,
					    "may of 0x%x", s->index);
		}
	}
	KUNIT_EXPECT_GT(test, n, 500U);
}

static void a_guest_of_the_pool_runs_on_each_host_and_not_the_other_way(struct kunit *test)
{
	struct kl_place at;

	words_msr(&a, 0x48d, 0x0000007f00000016);
	words_copy(&b, &a);
	KUNIT_EXPECT_EQ(test, kl_set_subset(&a.set, &b.set, &at), 0);
	/* The host asks for one more bit. */
	words_msr(&b, 0x48d, 0x0000007f00000017);
	KUNIT_EXPECT_EQ(test, kl_set_subset(&a.set, &b.set, &at), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, at.leaf, 0x48dU);
	KUNIT_EXPECT_EQ(test, at.bits, 0x1ULL);
	KUNIT_EXPECT_EQ(test, kl_set_subset(&b.set, &a.set, &at), 0);
	/* It allows one less. */
	words_msr(&b, 0x48d, 0x0000003f00000016);
	KUNIT_EXPECT_EQ(test, kl_set_subset(&a.set, &b.set, &at), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, at.bits, BIT_ULL(38));
}

static void what_a_vmm_sets_keeps_must_and_loses_may(struct kunit *test)
{
	unsigned int round, i;

	for (round = 0; round < 50; round++) {
		roll(test);
		for (i = 0; i < kl_nr_msr_shapes; i++) {
			const struct kl_msr_shape *s = &kl_msr_shapes[i];
			u64 p = words_msr_value(&pool.set, s->index), asked, got;

			if (!is_vmx(s) || s->flags & (KL_SHAPE_VMM | KL_SHAPE_DERIVED))
				continue;
			asked = (u64)dice_bits() << 32 | dice_bits();
			got = kl_admit_msr(&pool.set, s->index, asked);
			/* Never less asked for, never more allowed; a VMM may go further. */
			KUNIT_EXPECT_EQ(test, got & s->must_bits, (asked | p) & s->must_bits);
			KUNIT_EXPECT_EQ(test, got & s->and_bits, asked & p & s->and_bits);
			KUNIT_EXPECT_EQ(test, got & ~kl_msr_known(s), 0ULL);
			KUNIT_EXPECT_EQ(test, kl_admit_msr(&pool.set, s->index, got), got);
			/* Offered on either host: the pool's. */
			got = kl_offer_msr(&pool.set, s->index, words_msr_value(&a.set, s->index));
			KUNIT_EXPECT_EQ(test, got & (s->must_bits | s->and_bits),
					p & (s->must_bits | s->and_bits));
		}
	}
}

static void without_vmx_there_are_no_such_registers(struct kunit *test)
{
	unsigned int i;

	roll(test);
	words_unset(&pool, 0x1, 0, KL_ECX, BIT(5));
	for (i = 0; i < kl_nr_msr_shapes; i++) {
		const struct kl_msr_shape *s = &kl_msr_shapes[i];

		if (!is_vmx(s) || s->flags & KL_SHAPE_VMM)
			continue;
		KUNIT_EXPECT_EQ(test, kl_admit_msr(&pool.set, s->index, ~0ULL), 0ULL);
		KUNIT_EXPECT_EQ(test, kl_offer_msr(&pool.set, s->index, ~0ULL), 0ULL);
	}
	KUNIT_EXPECT_NE(test, kl_set_check(&pool.set, NULL), 0);
}

/* --- Intel's hooks --------------------------------------------------------------- */

static u64 efer_given;
static unsigned long cr4_rsvd_at_reset;

static int kvm_get_msr_(struct kvm_vcpu *v, struct msr_data *msr)
{
	msr->data = 0x0c0aa0eb;
	return 0;
}

static int kvm_set_msr_(struct kvm_vcpu *v, struct msr_data *msr)
{
	efer_given = msr->data;
	return 3;
}

static int kvm_set_efer_(struct kvm_vcpu *v, u64 efer)
{
	efer_given = efer;
	return 0;
}

static void kvm_reset_(struct kvm_vcpu *v, bool init_event)
{
	cr4_rsvd_at_reset = v->arch.cr4_guest_rsvd_bits;
}

static void intels_hooks_level_what_goes_by(struct kunit *test)
{
	struct msr_data msr = { .index = 0x10a };
	struct kl_baseline *base;
	struct kl_vm *vm;

	ENV_ORIGINAL(vmx_get_msr, kvm_get_msr_);
	ENV_ORIGINAL(vmx_get_msr_call, kvm_get_msr_);
	ENV_ORIGINAL(vmx_set_msr, kvm_set_msr_);
	ENV_ORIGINAL(vmx_set_efer, kvm_set_efer_);
	ENV_ORIGINAL(vmx_vcpu_reset, kvm_reset_);
	words_msr(&a, 0x10a, 0x8);
	base = env_baseline(test, &a, NULL);
	vm = env_vm(test, vcpu->kvm, base);
	KUNIT_EXPECT_EQ(test, kl_vm_adopt(vm->id, base), 1);
	KUNIT_EXPECT_EQ(test, kl_wrap_vmx_get_msr(vcpu, &msr), 0);
	KUNIT_EXPECT_EQ(test, msr.data, 0x8ULL);
	KUNIT_EXPECT_EQ(test, kl_wrap_vmx_set_efer(vcpu, 0x1d01), 0);
	KUNIT_EXPECT_EQ(test, efer_given, 0xd01ULL);
	kl_wrap_vmx_vcpu_reset(vcpu, false);
	KUNIT_EXPECT_EQ(test, (u64)cr4_rsvd_at_reset, base->cr4_hidden);
	KUNIT_EXPECT_NE(test, cr4_rsvd_at_reset, 0UL);
	/* Nobody's stays as it is. */
	vcpu = env_vcpu(test);
	kl_wrap_vmx_vcpu_reset(vcpu, true);
	KUNIT_EXPECT_EQ(test, cr4_rsvd_at_reset, 0UL);
	/* KVM's own, for the gates. */
	KUNIT_EXPECT_EQ(test, kl_vmx.get_msr(vcpu, &msr), 0);
	KUNIT_EXPECT_EQ(test, msr.data, 0x0c0aa0ebULL);
	KUNIT_EXPECT_EQ(test, kl_vmx.set_msr(vcpu, &msr), 3);
}

static struct kunit_case vmx_cases[] = {
	KUNIT_CASE(must_be_is_the_union_and_may_be_the_intersection),
	KUNIT_CASE(a_guest_of_the_pool_runs_on_each_host_and_not_the_other_way),
	KUNIT_CASE(what_a_vmm_sets_keeps_must_and_loses_may),
	KUNIT_CASE(without_vmx_there_are_no_such_registers),
	KUNIT_CASE(intels_hooks_level_what_goes_by),
	{}
};

struct kunit_suite kl_suite_vmx = {
	.name = "kl_vmx",
	.init = vmx_test_init,
	.exit = env_end,
	.test_cases = vmx_cases,
};

// SPDX-License-Identifier: GPL-2.0
/* Closing: what has lost its prerequisite goes as well. */
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "internal.h"
#include "pool.h"
#include "words.h"

TEST(masking_xsave_also_masks_avx)
{
	static const struct kl_bit gone[] = {
		{ 1, 0, KL_ECX, 28 }, { 1, 0, KL_ECX, 12 }, { 1, 0, KL_ECX, 29 },
		{ 7, 0, KL_EBX, 5 }, { 7, 0, KL_EBX, 16 }, { 7, 0, KL_EBX, 31 },
		{ 7, 0, KL_ECX, 3 }, { 7, 0, KL_ECX, 9 }, { 7, 0, KL_ECX, 10 },
		{ 7, 0, KL_EDX, 24 }, { 7, 0, KL_EDX, 22 }, { 7, 1, KL_EAX, 4 },
		{ 7, 1, KL_EAX, 5 },
	};
	static const struct kl_bit left[] = {
		{ 1, 0, KL_ECX, 20 }, { 1, 0, KL_ECX, 25 }, { 7, 0, KL_EBX, 3 },
		{ 7, 0, KL_EBX, 29 }, { 7, 0, KL_ECX, 8 },
	};
	static struct words a, b;
	struct kl_set set;
	unsigned int i;

	words_intel(&a);
	words_copy(&b, &a);
	words_unset(&b, 1, 0, KL_ECX, 1u << 26);
	set = combine_and_close(&a, &b);
	for (i = 0; i < ARRAY_SIZE(gone); i++) {
		CHECK(kl_set_has(&a.set, &gone[i]));
		CHECK(!kl_set_has(&set, &gone[i]));
	}
	for (i = 0; i < ARRAY_SIZE(left); i++)
		CHECK(kl_set_has(&set, &left[i]));
	for (i = 0; i < 64; i++)
		CHECK(!kl_set_leaf(&set, 0xd, i));
}

TEST(masking_avx_also_takes_its_state)
{
	static struct words w;
	struct kl_set set;

	words_intel(&w);
	words_unset(&w, 1, 0, KL_ECX, 1u << 28);
	set = combine_and_close(&w, NULL);
	CHECK_EQ(kl_xcr0_shown(&set), 0x60203);
	CHECK(!kl_set_leaf(&set, 0xd, 2));
	CHECK(!kl_set_leaf(&set, 0xd, 5));
	CHECK_EQ(reg(&set, 0x12, 1, KL_ECX), 0x60203);
	/* AMX needs no AVX. */
	CHECK_EQ(reg(&set, 7, 0, KL_EDX) & 1u << 24, 1u << 24);
}

TEST(masking_avx512f_leaves_avx2)
{
	static struct words w;
	struct kl_set set;

	words_intel(&w);
	words_unset(&w, 7, 0, KL_EBX, 1u << 16);
	set = combine_and_close(&w, NULL);
	CHECK_EQ(kl_xcr0_shown(&set), 0x60207);
	CHECK_EQ(reg(&set, 7, 0, KL_EBX) & (1u << 5 | 0xdc230000), 1u << 5);
	CHECK_EQ(reg(&set, 7, 0, KL_ECX) & 0x5842, 0);
	CHECK_EQ(reg(&set, 7, 0, KL_ECX) & 0x600, 0x600);
	CHECK_EQ(reg(&set, 7, 1, KL_EAX), 0x1c10);
}

static void words_avx10(struct words *w)
{
	words_intel(w);
	words_leaf(w, 0, 0)->r[KL_EAX] = 0x24;
	words_set(w, 7, 1, KL_EDX, 1u << 19);
	words_put(w, 0x24, 0, 0, 0x70001, 0, 0);
}

TEST(avx10_stays_where_its_state_is)
{
	static struct words w;
	struct kl_set set;

	words_avx10(&w);
	set = combine_and_close(&w, NULL);
	CHECK_EQ(reg(&set, 7, 1, KL_EDX), 1u << 19);
	CHECK_EQ(reg(&set, 0x24, 0, KL_EBX), 0x70001);
}

TEST(avx10_goes_with_any_part_of_its_state)
{
	static struct words w;
	struct kl_set set;
	unsigned int n;

	for (n = 5; n <= 7; n++) {
		words_avx10(&w);
		words_unset(&w, 0xd, 0, KL_EAX, 1u << n);
		set = combine_and_close(&w, NULL);
		CHECK_EQ(reg(&set, 7, 1, KL_EDX), 0);
		CHECK(!kl_set_leaf(&set, 0x24, 0));
		CHECK_EQ(reg(&set, 7, 0, KL_EBX) & 1u << 5, 1u << 5);
	}
}

static void words_amx_avx512(struct words *w)
{
	words_intel(w);
	words_leaf(w, 0x1e, 0)->r[KL_EAX] = 1;
	words_put(w, 0x1e, 1, 0x82, 0, 0, 0);
}

TEST(amx_avx512_stays_where_avx512_state_is)
{
	static struct words w;
	struct kl_set set;

	words_amx_avx512(&w);
	set = combine_and_close(&w, NULL);
	CHECK_EQ(reg(&set, 0x1e, 1, KL_EAX), 0x82);
}

TEST(amx_avx512_goes_with_avx512_state)
{
	static struct words w;
	struct kl_set set;

	words_amx_avx512(&w);
	words_unset(&w, 0xd, 0, KL_EAX, 1u << 7);
	set = combine_and_close(&w, NULL);
	CHECK_EQ(reg(&set, 0x1e, 1, KL_EAX), 0x2);
}

TEST(linear_addresses_have_57_bits_with_la57)
{
	static struct words w;
	struct kl_set set;

	words_intel(&w);
	set = combine_and_close(&w, NULL);
	CHECK_EQ(reg(&set, 0x80000008, 0, KL_EAX), 0x3934);
}

TEST(linear_addresses_have_48_bits_at_most_without_la57)
{
	static struct words w;
	struct kl_set set;

	words_intel(&w);
	words_unset(&w, 7, 0, KL_ECX, 1u << 16);
	set = combine_and_close(&w, NULL);
	CHECK_EQ(reg(&set, 0x80000008, 0, KL_EAX), 0x3034);
	words_leaf(&w, 0x80000008, 0)->r[KL_EAX] = 0x242f34;
	set = combine_and_close(&w, NULL);
	CHECK_EQ(reg(&set, 0x80000008, 0, KL_EAX), 0x242f34);
}

/* @shadow_stacks, @tracking: is the feature there? */
static void words_cet(struct words *w, bool shadow_stacks, bool tracking)
{
	words_intel(w);
	if (shadow_stacks)
		words_set(w, 7, 0, KL_ECX, 1u << 7);
	if (tracking)
		words_set(w, 7, 0, KL_EDX, 1u << 20);
	words_set(w, 0xd, 1, KL_ECX, 3u << 11);
	words_put(w, 0xd, 11, 0x10, 0, 1, 0);
	words_put(w, 0xd, 12, 0x18, 0, 1, 0);
}

TEST(cet_state_stays_with_what_uses_it)
{
	static struct words w;
	struct kl_set set;

	words_cet(&w, true, true);
	set = combine_and_close(&w, NULL);
	CHECK_EQ(kl_xss_shown(&set), 0x1800);
	words_cet(&w, true, false);
	set = combine_and_close(&w, NULL);
	CHECK_EQ(kl_xss_shown(&set), 0x1800);
	/* Indirect branch tracking has no shadow stack pointers. */
	words_cet(&w, false, true);
	set = combine_and_close(&w, NULL);
	CHECK_EQ(kl_xss_shown(&set), 0x800);
}

TEST(cet_state_goes_with_the_last_that_uses_it)
{
	static struct words w;
	struct kl_set set;

	words_cet(&w, false, false);
	set = combine_and_close(&w, NULL);
	CHECK_EQ(reg(&set, 0xd, 1, KL_ECX), 0);
	CHECK(!kl_set_leaf(&set, 0xd, 11));
	CHECK(!kl_set_leaf(&set, 0xd, 12));
}

TEST(cet_state_of_the_supervisor_goes_with_that_of_the_user)
{
	static struct words w;
	struct kl_set set;

	words_cet(&w, true, true);
	words_unset(&w, 0xd, 1, KL_ECX, 1u << 11);
	set = combine_and_close(&w, NULL);
	CHECK_EQ(reg(&set, 0xd, 1, KL_ECX), 0);
	CHECK(!kl_set_leaf(&set, 0xd, 12));
	CHECK_EQ(reg(&set, 7, 0, KL_ECX) & 1u << 7, 1u << 7);
}

TEST(sizes_follow_from_the_components_that_are_left)
{
	static struct words w;
	struct kl_set set;

	words_intel(&w);
	set = combine_and_close(&w, NULL);
	CHECK_EQ(reg(&set, 0xd, 0, KL_ECX), 0x2b00);
	CHECK_EQ(reg(&set, 0xd, 0, KL_EBX), 0x2b00);
	CHECK_EQ(reg(&set, 0xd, 1, KL_EBX), kl_xsave_size_compact(&set, 0x602e7));
	words_unset(&w, 7, 0, KL_EDX, 1u << 24);
	set = combine_and_close(&w, NULL);
	CHECK_EQ(reg(&set, 0xd, 0, KL_ECX), 0xa88);
	words_unset(&w, 0xd, 1, KL_EAX, 0xa);
	set = combine_and_close(&w, NULL);
	CHECK_EQ(reg(&set, 0xd, 1, KL_EBX), 0);
}

TEST(closing_takes_a_leaf_with_the_feature_that_it_describes)
{
	static struct words w;
	struct kl_set set;

	words_intel(&w);
	words_unset(&w, 7, 0, KL_EBX, 1u << 2);
	set = combine_and_close(&w, NULL);
	CHECK(!kl_set_leaf(&set, 0x12, 0));
	CHECK(!kl_set_leaf(&set, 0x12, 1));
	words_amd(&w);
	words_unset(&w, 0x80000001, 0, KL_ECX, 1u << 2);
	set = combine_and_close(&w, NULL);
	CHECK(!kl_set_leaf(&set, 0x8000000a, 0));
}

TEST(closing_takes_an_msr_with_its_cpuid_bit)
{
	static struct words a, b;
	struct kl_set set;

	words_intel(&a);
	words_copy(&b, &a);
	words_unset(&b, 7, 0, KL_EDX, 1u << 29);
	set = combine_and_close(&a, &b);
	CHECK(!kl_set_msr(&set, 0x10a));
	CHECK(kl_set_msr(&set, 0x345));
	words_unset(&b, 1, 0, KL_ECX, 1u << 15);
	set = combine_and_close(&a, &b);
	CHECK_EQ(set.nr_msrs, 0);
}

TEST(a_pmu_of_version_zero_is_none)
{
	static struct words a, b;
	struct kl_set set;

	words_intel(&a);
	words_copy(&b, &a);
	words_put(&b, 0xa, 0, 0, 0x7f, 0, 0x8000);
	set = combine_and_close(&a, &b);
	CHECK(!kl_set_leaf(&set, 0xa, 0));
	words_put(&b, 0xa, 0, 0x07300401, 0x7f, 0, 0);
	set = combine_and_close(&a, &b);
	CHECK_EQ(reg(&set, 0xa, 0, KL_EBX), 0x7f);
	CHECK_EQ(reg(&set, 0xa, 0, KL_EDX), 0x8000);
}

TEST(empty_rows_are_dropped_but_those_in_which_the_vmm_speaks)
{
	static struct words w;
	struct kl_set set;

	words_amd(&w);
	words_put(&w, 0x5, 0, 0, 0, 0, 0);
	words_put(&w, 0xa, 0, 0, 0, 0, 0);
	words_put(&w, 0x10, 0, 0, 0, 0, 0);
	words_put(&w, 0x80000001, 0, 0, 0, 0, 0);
	words_drop(&w, 0x8000000a, 0);
	set = combine_and_close(&w, NULL);
	CHECK(!kl_set_leaf(&set, 0x5, 0));
	CHECK(!kl_set_leaf(&set, 0xa, 0));
	CHECK(!kl_set_leaf(&set, 0x10, 0));
	CHECK(kl_set_leaf(&set, 0x80000001, 0));
}

TEST(closing_follows_every_dependency)
{
	unsigned int i;

	for (i = 0; i < kl_nr_deps; i++) {
		const struct kl_bit *f = &kl_deps[i].feature, *n = &kl_deps[i].needs;
		static struct words w;
		struct kl_set set;
		unsigned int s, r;
		struct kl_place at;

		test_case(KL_PROSE_OR(kl_deps[i].why, "a dependency"));
		/* Everything that is known, but for one bit. */
		words_clear(&w);
		for (s = 0; s < kl_nr_shapes; s++) {
			const struct kl_shape *shape = &kl_shapes[s];

			if (shape->flags & KL_SHAPE_VMM)
				continue;
			if (shape->first == KL_LEAF_XSAVE && shape->subleaf_first == 2) {
				for (r = 2; r < 63; r++)
					words_put(&w, 0xd, r, 64, 576 + 64 * r, 0, 0);
				continue;
			}
			words_put(&w, shape->first, shape->subleaf_first, 0, 0, 0, 0);
			for (r = 0; r < KL_NR_REGS; r++)
				words_set(&w, shape->first, shape->subleaf_first, r,
					  kl_governed(&shape->r[r]));
		}
		words_leaf(&w, 0x40000000, 0)->r[KL_EBX] = 0x4b4d564b;
		words_leaf(&w, 0x40000000, 0)->r[KL_ECX] = 0x564b4d56;
		words_leaf(&w, 0x40000000, 0)->r[KL_EDX] = 0x4d;
		CHECK(kl_set_has(&w.set, f));
		words_unset(&w, n->leaf, n->subleaf, n->reg, 1u << n->bit);
		CHECK(!kl_acc_init(&acc, &w.set, &at));
		kl_close(&acc);
		set = kl_acc_set(&acc);
		CHECK(!kl_set_has(&set, f));
		if (kl_set_check(&set, &at))
			FAIL("0x%x.%u: %s", at.leaf, at.subleaf, at.why);
		CHECK(!kl_set_subset(&set, &w.set, NULL));
	}
}

TEST(closing_twice_is_closing_once)
{
	static struct kl_acc once;
	static struct words w;

	words_intel(&w);
	words_unset(&w, 1, 0, KL_EDX, 1u << 25);
	CHECK(!kl_acc_init(&acc, &w.set, NULL));
	kl_close(&acc);
	once = acc;
	kl_close(&acc);
	CHECK_EQ(once.nr_leaves, acc.nr_leaves);
	CHECK(!memcmp(once.leaf, acc.leaf, acc.nr_leaves * sizeof(acc.leaf[0])));
	CHECK_EQ(once.nr_msrs, acc.nr_msrs);
}

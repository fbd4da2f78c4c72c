// SPDX-License-Identifier: GPL-2.0
/* Combining hosts. */
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "internal.h"
#include "pool.h"
#include "words.h"

TEST(an_offer_combined_with_itself_is_itself)
{
	static struct words w;
	struct kl_set set;
	unsigned int i, r;

	for (i = 0; i < 2; i++) {
		unsigned int j;

		if (i)
			words_amd(&w);
		else
			words_intel(&w);
		set = combine_and_close(&w, &w);
		for (j = 0; j < w.set.nr_leaves; j++) {
			const struct kl_leaf *l = &w.leaf[j];
			const struct kl_shape *s = kl_shape_find(l->leaf, l->subleaf);

			for (r = 0; r < KL_NR_REGS; r++)
				CHECK_EQ(reg(&set, l->leaf, l->subleaf, r) & kl_governed(&s->r[r]),
					 l->r[r] & kl_governed(&s->r[r]));
		}
		CHECK(!kl_set_subset(&w.set, &set, NULL));
		CHECK_EQ(set.nr_msrs, w.set.nr_msrs);
	}
}

TEST(only_what_is_governed_is_taken_over)
{
	static struct words w;
	struct kl_set set;

	words_intel(&w);
	words_put(&w, 0x4, 0, 1, 2, 3, 4);
	words_put(&w, 0x17, 0, 1, 2, 3, 4);
	words_put(&w, 0x1, 9, 1, 2, 3, 4);
	words_put(&w, 0x1f, 0, 1, 2, 3, 4);
	words_set(&w, 7, 0, KL_EDX, 1u << 15);
	words_set(&w, 1, 0, KL_EBX, 0x01000800);
	words_msr(&w, 0x8b, 1);
	words_msr(&w, 0x122, 1);
	words_msr(&w, 0x10a, 1ull << 63 | 1);
	set = combine(&w, NULL);
	CHECK(!kl_set_leaf(&set, 0x4, 0));
	CHECK(!kl_set_leaf(&set, 0x17, 0));
	CHECK(!kl_set_leaf(&set, 0x1, 9));
	CHECK(!kl_set_leaf(&set, 0x1f, 0));
	CHECK_EQ(reg(&set, 7, 0, KL_EDX) & 1u << 15, 0);
	CHECK_EQ(reg(&set, 1, 0, KL_EAX), 0);
	CHECK_EQ(reg(&set, 1, 0, KL_EBX), 0);
	CHECK(!kl_set_msr(&set, 0x8b));
	CHECK(!kl_set_msr(&set, 0x122));
	CHECK_EQ(words_msr_value(&set, 0x10a), 1);
	/* The vendor names the set. */
	CHECK_EQ(reg(&set, 0, 0, KL_EBX), 0x756e6547);
	CHECK_EQ(reg(&set, 0x40000000, 0, KL_ECX), 0x564b4d56);
}

TEST(a_feature_is_kept_where_both_have_it)
{
	static struct words a, b;
	struct kl_set set;

	words_intel(&a);
	words_copy(&b, &a);
	words_unset(&a, 7, 0, KL_EBX, 1u << 19);
	words_unset(&b, 7, 0, KL_EBX, 1u << 18);
	set = combine_and_close(&a, &b);
	CHECK_EQ(reg(&set, 7, 0, KL_EBX) & 7u << 18, 1u << 20);
}

TEST(bad_news_of_one_host_is_the_pools)
{
	static struct words a, b;
	struct kl_set set;

	words_intel(&a);
	words_copy(&b, &a);
	words_unset(&a, 7, 0, KL_EDX, 1u << 10);
	words_unset(&a, 7, 0, KL_EBX, 1u << 6 | 1u << 13);
	words_set(&b, 7, 0, KL_EDX, 1u << 10);
	words_msr(&a, 0x10a, 0x1);
	words_msr(&b, 0x10a, 0x20005);
	set = combine_and_close(&a, &b);
	CHECK_EQ(reg(&set, 7, 0, KL_EDX) & 1u << 10, 1u << 10);
	CHECK_EQ(reg(&set, 7, 0, KL_EBX) & (1u << 6 | 1u << 13), 1u << 6 | 1u << 13);
	CHECK_EQ(words_msr_value(&set, 0x10a), 0x20005);
	/* Whoever comes first. */
	set = combine_and_close(&b, &a);
	CHECK_EQ(words_msr_value(&set, 0x10a), 0x20005);
	/* And where one has no such MSR at all. */
	a.set.nr_msrs = 0;
	set = combine_and_close(&a, &b);
	CHECK_EQ(words_msr_value(&set, 0x10a), 0x20004);
	set = combine_and_close(&b, &a);
	CHECK_EQ(words_msr_value(&set, 0x10a), 0x20004);
}

TEST(bad_news_of_a_leaf_that_one_host_lacks_is_kept_if_it_can_be_read)
{
	static struct words a, b;
	struct kl_set set;

	words_amd(&a);
	words_copy(&b, &a);
	words_drop(&a, 0x80000021, 0);
	words_set(&b, 0x80000021, 0, KL_EAX, 1u << 1);
	set = combine_and_close(&a, &b);
	CHECK_EQ(reg(&set, 0x80000021, 0, KL_EAX), 1u << 1);
	set = combine_and_close(&b, &a);
	CHECK_EQ(reg(&set, 0x80000021, 0, KL_EAX), 1u << 1);
	/* Above the pool's highest leaf no guest could read it. */
	words_leaf(&a, 0x80000000, 0)->r[KL_EAX] = 0x8000001f;
	set = combine_and_close(&a, &b);
	CHECK(!kl_set_leaf(&set, 0x80000021, 0));
	CHECK_EQ(reg(&set, 0x80000000, 0, KL_EAX), 0x8000001f);
}

TEST(the_smallest_number_is_the_pools)
{
	static struct words a, b;
	struct kl_set set;

	words_intel(&a);
	words_copy(&b, &a);
	words_leaf(&a, 0x80000008, 0)->r[KL_EAX] = 0x392e;
	words_leaf(&b, 0x80000008, 0)->r[KL_EAX] = 0x3034;
	words_leaf(&b, 0xa, 0)->r[KL_EAX] = 0x07300405;
	words_leaf(&b, 0, 0)->r[KL_EAX] = 0x24;
	set = combine_and_close(&a, &b);
	CHECK_EQ(reg(&set, 0x80000008, 0, KL_EAX), 0x302e);
	CHECK_EQ(reg(&set, 0xa, 0, KL_EAX), 0x07300402);
	CHECK_EQ(reg(&set, 0, 0, KL_EAX), 0x1f);
}

TEST(mappable_memory_is_not_said_where_one_host_does_not_say_it)
{
	static struct words a, b;
	struct kl_set set;

	/* The same processor under KVM of Linux 6.1 and of 6.10. */
	words_amd(&a);
	words_copy(&b, &a);
	words_leaf(&a, 0x80000008, 0)->r[KL_EAX] = 0x3030;
	words_leaf(&b, 0x80000008, 0)->r[KL_EAX] = 0x303030;
	set = combine_and_close(&a, &b);
	CHECK_EQ(reg(&set, 0x80000008, 0, KL_EAX), 0x3030);
	set = combine_and_close(&b, &a);
	CHECK_EQ(reg(&set, 0x80000008, 0, KL_EAX), 0x3030);
}

TEST(mappable_memory_is_what_every_host_says)
{
	static struct words a, b;
	struct kl_set set;

	words_intel(&a);
	words_copy(&b, &a);
	words_leaf(&a, 0x80000008, 0)->r[KL_EAX] = 0x303934;
	words_leaf(&b, 0x80000008, 0)->r[KL_EAX] = 0x343934;
	set = combine_and_close(&a, &b);
	CHECK_EQ(reg(&set, 0x80000008, 0, KL_EAX), 0x303934);
	set = combine_and_close(&a, NULL);
	CHECK_EQ(reg(&set, 0x80000008, 0, KL_EAX), 0x303934);
}

TEST(a_pool_with_a_lower_highest_leaf_loses_what_is_above)
{
	static struct words a, b;
	struct kl_set set;

	words_intel(&a);
	words_copy(&b, &a);
	words_leaf(&b, 0, 0)->r[KL_EAX] = 0xd;
	set = combine_and_close(&a, &b);
	CHECK(kl_set_leaf(&set, 0xd, 0));
	CHECK(!kl_set_leaf(&set, 0x12, 0));
	CHECK(!kl_set_leaf(&set, 0x1d, 1));
	words_leaf(&b, 0, 0)->r[KL_EAX] = 6;
	set = combine_and_close(&a, &b);
	CHECK(!kl_set_leaf(&set, 7, 0));
	CHECK_EQ(set.nr_msrs, 1);	/* ARCH_CAPABILITIES went with leaf 7 */
	CHECK_EQ(reg(&set, 1, 0, KL_ECX) & 1u << 28, 0);
	words_leaf(&b, 0x40000000, 0)->r[KL_EAX] = 0x40000000;
	set = combine_and_close(&a, &b);
	CHECK(!kl_set_leaf(&set, 0x40000001, 0));
}

TEST(vendors_do_not_mix)
{
	static struct words a, b;
	static struct kl_acc before;
	struct kl_place at;

	words_intel(&a);
	words_amd(&b);
	CHECK(!kl_acc_init(&acc, &a.set, &at));
	CHECK(kl_acc_add(&acc, &b.set, &at) == -EINVAL);
	CHECK_STR(at.why, "vendors differ");
	CHECK(at.kind == KL_PLACE_CPUID && at.leaf == 0 && at.reg == KL_EBX);
	CHECK(kl_acc_add(&acc, &b.set, NULL) == -EINVAL);
	words_drop(&a, 0, 0);
	CHECK(kl_acc_add(&acc, &a.set, NULL) == -EINVAL);
	CHECK(kl_acc_init(&acc, &a.set, NULL) == 0);
	CHECK(kl_acc_add(&acc, &b.set, NULL) == -EINVAL);
	words_intel(&a);
	words_copy(&b, &a);
	words_leaf(&b, 0, 0)->r[KL_EDX]++;
	CHECK(kl_acc_init(&acc, &a.set, NULL) == 0);
	before = acc;
	CHECK(kl_acc_add(&acc, &b.set, &at) == -EINVAL);
	CHECK(at.reg == KL_EDX);
	/* A refusal changes nothing. */
	CHECK(!memcmp(&before, &acc, sizeof(acc)));
}

TEST(a_host_out_of_order_is_refused)
{
	static struct words w;
	struct kl_place at;

	words_intel(&w);
	swap(w.leaf[3], w.leaf[4]);
	CHECK(kl_acc_init(&acc, &w.set, &at) == -EINVAL);
	CHECK_STR(at.why, "leaves are not sorted");
	words_intel(&w);
	CHECK(!kl_acc_init(&acc, &w.set, &at));
	w.msr[1] = w.msr[0];
	CHECK(kl_acc_add(&acc, &w.set, &at) == -EINVAL);
	CHECK_STR(at.why, "duplicate MSR");
}

TEST(a_component_that_lies_elsewhere_is_lost_with_its_feature)
{
	static struct words a, b;
	struct kl_set set;

	words_intel(&a);
	words_copy(&b, &a);
	words_leaf(&b, 0xd, 9)->r[KL_EBX] = 0x980;
	set = combine_and_close(&a, &b);
	CHECK_EQ(kl_xcr0_shown(&set), 0x600e7);
	CHECK(!kl_set_leaf(&set, 0xd, 9));
	CHECK_EQ(reg(&set, 7, 0, KL_ECX) & 1u << 3, 0);
	/* Three hosts, of which two agree: lost all the same. */
	CHECK(!kl_acc_add(&acc, &a.set, NULL));
	kl_close(&acc);
	set = kl_acc_set(&acc);
	CHECK(!kl_set_leaf(&set, 0xd, 9));
}

TEST(a_component_that_one_host_does_not_describe_is_lost)
{
	static struct words a, b;
	struct kl_set set;

	words_intel(&a);
	words_copy(&b, &a);
	words_drop(&b, 0xd, 2);
	set = combine_and_close(&a, &b);
	CHECK_EQ(kl_xcr0_shown(&set) & 0xfe, 0x2);
	CHECK_EQ(reg(&set, 1, 0, KL_ECX) & 1u << 28, 0);
	CHECK_EQ(reg(&set, 7, 0, KL_EBX) & (1u << 5 | 1u << 16), 0);
}

TEST(a_supervisor_component_goes_with_its_size_and_with_xsaves)
{
	static struct words a, b;
	struct kl_set set;

	words_intel(&a);
	words_set(&a, 7, 0, KL_ECX, 1u << 7);
	words_set(&a, 0xd, 1, KL_ECX, 3u << 11);
	words_put(&a, 0xd, 11, 0x10, 0, 1, 0);
	words_put(&a, 0xd, 12, 0x18, 0, 1, 0);
	words_copy(&b, &a);
	set = combine_and_close(&a, &b);
	CHECK_EQ(kl_xss_shown(&set), 0x1800);
	words_drop(&b, 0xd, 12);
	set = combine_and_close(&a, &b);
	CHECK_EQ(kl_xss_shown(&set), 0x800);
	CHECK_EQ(reg(&set, 0xd, 1, KL_ECX), 0x800);
	words_unset(&b, 0xd, 1, KL_EAX, 8);
	set = combine_and_close(&a, &b);
	CHECK_EQ(reg(&set, 0xd, 1, KL_ECX), 0);
	CHECK(!kl_set_leaf(&set, 0xd, 11));
}

TEST(a_component_above_31_is_closed_as_any_other)
{
	static struct words a;
	struct kl_set set;

	words_intel(&a);
	words_set(&a, 0xd, 0, KL_EDX, 1u << 30);
	set = combine_and_close(&a, NULL);
	CHECK_EQ(kl_xcr0_shown(&set), 0x602e7);
	words_put(&a, 0xd, 62, 0x80, 0x3000, 0, 0);
	set = combine_and_close(&a, NULL);
	CHECK_EQ(kl_xcr0_shown(&set), 1ull << 62 | 0x602e7);
	CHECK_EQ(reg(&set, 0xd, 0, KL_ECX), 0x3080);
}

TEST(xfd_of_a_component_is_a_feature_not_a_layout)
{
	static struct words a, b;
	struct kl_set set;

	words_intel(&a);
	words_copy(&b, &a);
	words_leaf(&b, 0xd, 18)->r[KL_ECX] = 2;
	set = combine_and_close(&a, &b);
	CHECK_EQ(reg(&set, 0xd, 18, KL_ECX), 2);
	CHECK_EQ(kl_xcr0_shown(&set), 0x602e7);
}

TEST(other_palettes_cost_amx)
{
	static struct words a, b;
	struct kl_set set;

	words_intel(&a);
	words_copy(&b, &a);
	words_leaf(&b, 0x1d, 1)->r[KL_ECX] = 8;
	set = combine_and_close(&a, &b);
	CHECK_EQ(reg(&set, 7, 0, KL_EDX) & 7u << 22, 1u << 23);
	CHECK(!kl_set_leaf(&set, 0x1d, 0));
	CHECK(!kl_set_leaf(&set, 0x1e, 0));
	CHECK_EQ(kl_xcr0_shown(&set), 0x2e7);
	/* The same if one doesn't say; whoever comes first. */
	words_drop(&b, 0x1d, 1);
	set = combine_and_close(&a, &b);
	CHECK_EQ(reg(&set, 7, 0, KL_EDX) & 1u << 24, 0);
	set = combine_and_close(&b, &a);
	CHECK_EQ(reg(&set, 7, 0, KL_EDX) & 1u << 24, 0);
}

TEST(other_formats_in_an_msr_are_lost_one_by_one)
{
	static struct words a, b;
	struct kl_set set;

	words_intel(&a);
	words_copy(&b, &a);
	words_msr(&a, 0x345, 0x23c5);
	words_msr(&b, 0x345, 0x23c6);
	set = combine_and_close(&a, &b);
	CHECK_EQ(words_msr_value(&set, 0x345), 0x23c0);
	words_msr(&b, 0x345, 0x24c5);
	set = combine_and_close(&a, &b);
	CHECK_EQ(words_msr_value(&set, 0x345), 0x2005);
	b.set.nr_msrs = 0;
	set = combine_and_close(&a, &b);
	CHECK(!kl_set_msr(&set, 0x345));
}

TEST(pebs_of_one_kind_is_kept_whole)
{
	static struct words a, b;
	struct kl_set set;

	words_intel(&a);
	words_copy(&b, &a);
	words_msr(&a, 0x345, 0x3c5c5);
	words_msr(&b, 0x345, 0x065c5);
	set = combine_and_close(&a, &b);
	CHECK_EQ(words_msr_value(&set, 0x345), 0x045c5);
}

/* KVM takes its host's PEBS or none, and so half of it is of no use to any guest. */
TEST(pebs_that_differs_in_anything_is_lost_whole)
{
	static const u64 other[] = { 0x05c0, 0x4580, 0x4540, 0x44c0, 0 };
	static struct words a, b;
	struct kl_set set;
	unsigned int i;

	words_intel(&a);
	words_copy(&b, &a);
	words_msr(&a, 0x345, 0x65c5);
	for (i = 0; i < ARRAY_SIZE(other); i++) {
		words_msr(&b, 0x345, 0x2005 | other[i]);
		set = combine_and_close(&a, &b);
		CHECK_EQ(words_msr_value(&set, 0x345), 0x2005);
		set = combine_and_close(&b, &a);
		CHECK_EQ(words_msr_value(&set, 0x345), 0x2005);
		/* A third host like the first brings nothing back. */
		CHECK(!kl_acc_add(&acc, &a.set, NULL));
		set = kl_acc_set(&acc);
		CHECK_EQ(words_msr_value(&set, 0x345), 0x2005);
	}
}

TEST(leaves_of_a_hypervisor_that_a_host_was_dumped_under_are_dropped)
{
	static struct words a, b;
	struct kl_set set;

	words_intel(&a);
	words_copy(&b, &a);
	words_put(&b, 0x40000000, 0, 0x4000000b, 0x7263694d, 0x666f736f, 0x76482074);
	words_put(&b, 0x40000001, 0, 0x31237648, 0, 0, 0);
	set = combine_and_close(&b, NULL);
	CHECK(!kl_set_leaf(&set, 0x40000000, 0));
	CHECK(!kl_set_leaf(&set, 0x40000001, 0));
	set = combine_and_close(&a, &b);
	CHECK(!kl_set_leaf(&set, 0x40000001, 0));
	set = combine_and_close(&b, &a);
	CHECK(!kl_set_leaf(&set, 0x40000001, 0));
}

TEST(all_that_is_known_fits_into_one_set)
{
	static struct words w;
	struct kl_place at;
	u32 i;

	words_clear(&w);
	for (i = 2; i < 64; i++)
		words_put(&w, 0xd, i, 1, 1, 0, 0);
	CHECK(!kl_acc_init(&acc, &w.set, &at));
	CHECK_EQ(acc.nr_leaves, 62);
	/* All that is known fits: no host can be too large. */
	for (i = 0; i < kl_nr_shapes; i++) {
		u32 last = kl_shapes[i].subleaf_last, s;

		if (kl_shapes[i].flags & KL_SHAPE_VMM)
			continue;
		for (s = kl_shapes[i].subleaf_first; s <= last; s++)
			words_put(&w, kl_shapes[i].first, s, 0, 0, 0, 0);
	}
	CHECK(w.set.nr_leaves <= KL_MAX_LEAVES);
	CHECK(!kl_acc_init(&acc, &w.set, &at));
}

// SPDX-License-Identifier: GPL-2.0
/* Offering and admitting single leaves and MSRs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "internal.h"
#include "words.h"

static u32 offered(const struct words *def, u32 leaf, u32 subleaf, enum kl_reg reg, u32 host)
{
	struct kl_leaf l = { leaf, subleaf, { 0, 0, 0, 0 } };

	l.r[reg] = host;
	kl_offer_leaf(&def->set, &l);
	return l.r[reg];
}

static u32 admitted(const struct words *max, u32 leaf, u32 subleaf, enum kl_reg reg, u32 value)
{
	struct kl_leaf l = { leaf, subleaf, { 0, 0, 0, 0 } };

	l.r[reg] = value;
	kl_admit_leaf(&max->set, &l);
	CHECK(l.leaf == leaf && l.subleaf == subleaf);
	return l.r[reg];
}

static const u32 *row_offered(const struct words *def, u32 leaf, u32 subleaf,
			      u32 eax, u32 ebx, u32 ecx, u32 edx)
{
	static struct kl_leaf l;

	l = (struct kl_leaf){ leaf, subleaf, { eax, ebx, ecx, edx } };
	kl_offer_leaf(&def->set, &l);
	return l.r;
}

static const u32 *row_admitted(const struct words *max, u32 leaf, u32 subleaf,
			       u32 eax, u32 ebx, u32 ecx, u32 edx)
{
	static struct kl_leaf l;

	l = (struct kl_leaf){ leaf, subleaf, { eax, ebx, ecx, edx } };
	kl_admit_leaf(&max->set, &l);
	return l.r;
}

static bool is(const u32 *r, u32 eax, u32 ebx, u32 ecx, u32 edx)
{
	if (r[0] == eax && r[1] == ebx && r[2] == ecx && r[3] == edx)
		return true;
	test_say("got %08x %08x %08x %08x", r[0], r[1], r[2], r[3]);
	return false;
}

TEST(a_feature_is_offered_where_host_and_baseline_have_it)
{
	static struct words w;
	u32 avx2 = 1u << 5, smap = 1u << 20;

	words_intel(&w);
	words_unset(&w, 7, 0, KL_EBX, kl_shape_find(7, 0)->r[KL_EBX].or_bits);
	CHECK_EQ(offered(&w, 7, 0, KL_EBX, avx2), avx2);
	words_unset(&w, 7, 0, KL_EBX, avx2);
	CHECK_EQ(offered(&w, 7, 0, KL_EBX, avx2 | smap), smap);
	CHECK_EQ(offered(&w, 7, 0, KL_EBX, avx2), 0);
	CHECK_EQ(offered(&w, 7, 0, KL_EBX, 0), 0);
}

TEST(bad_news_is_offered_as_the_baseline_has_it)
{
	static struct words w;
	u32 fdp = 1u << 6, md_clear = 1u << 10;

	words_intel(&w);
	words_unset(&w, 7, 0, KL_EBX, fdp | 1u << 13);
	words_set(&w, 7, 0, KL_EDX, md_clear);
	CHECK_EQ(offered(&w, 7, 0, KL_EBX, fdp), 0);
	CHECK_EQ(offered(&w, 7, 0, KL_EDX, 0) & md_clear, md_clear);
	words_set(&w, 7, 0, KL_EBX, fdp);
	CHECK_EQ(offered(&w, 7, 0, KL_EBX, 0), fdp);
}

TEST(what_is_the_vmms_is_offered_as_the_host_has_it)
{
	static struct words w;

	words_intel(&w);
	words_leaf(&w, 1, 0)->r[KL_EAX] = 0x12345;
	CHECK_EQ(offered(&w, 1, 0, KL_EAX, 0x806f8), 0x806f8);
	CHECK_EQ(offered(&w, 1, 0, KL_EBX, 0x01020304), 0x01020304);
	CHECK_EQ(offered(&w, 1, 0, KL_ECX, 1u << 31 | 1u << 27), 1u << 31 | 1u << 27);
	CHECK_EQ(offered(&w, 1, 0, KL_ECX, 0) & (1u << 31 | 1u << 27), 0);
	CHECK_EQ(offered(&w, 1, 0, KL_EDX, 1u << 28), 1u << 28);
	CHECK_EQ(offered(&w, 7, 0, KL_ECX, 1u << 4), 1u << 4);
	CHECK_EQ(offered(&w, 0, 0, KL_EBX, 0x68747541), 0x68747541);
	CHECK(is(row_offered(&w, 0x4, 3, 1, 2, 3, 4), 1, 2, 3, 4));
	CHECK(is(row_offered(&w, 0x80000004, 0, 1, 2, 3, 4), 1, 2, 3, 4));
	CHECK(is(row_offered(&w, 0x1f, 1, 1, 2, 3, 4), 1, 2, 3, 4));
	CHECK(is(row_offered(&w, 0x40000010, 0, 1, 2, 3, 4), 1, 2, 3, 4));
	words_clear(&w);
	CHECK(is(row_offered(&w, 0x15, 0, 1, 2, 3, 4), 1, 2, 3, 4));
}

TEST(the_smaller_number_is_offered)
{
	static struct words w;

	words_intel(&w);	/* MAXPHYADDR 52, 57 linear bits */
	CHECK_EQ(offered(&w, 0x80000008, 0, KL_EAX, 0x302e), 0x302e);
	CHECK_EQ(offered(&w, 0x80000008, 0, KL_EAX, 0x5139), 0x3934);
	CHECK_EQ(offered(&w, 0xa, 0, KL_EAX, 0x07300405), 0x07300402);
	CHECK_EQ(offered(&w, 0, 0, KL_EAX, 0x16), 0x16);
	CHECK_EQ(offered(&w, 0, 0, KL_EAX, 0x24), 0x1f);
	CHECK_EQ(offered(&w, 0x80000000, 0, KL_EAX, 0x80000021), 0x80000008);
	CHECK_EQ(offered(&w, 0x40000000, 0, KL_EAX, 0x40000003), 0x40000001);
	CHECK_EQ(offered(&w, 7, 0, KL_EAX, 1), 1);
	CHECK_EQ(offered(&w, 7, 0, KL_EAX, 3), 2);
}

TEST(a_layout_is_offered_where_host_and_baseline_agree)
{
	static struct words w;

	words_intel(&w);
	CHECK(is(row_offered(&w, 0xd, 2, 0x100, 0x240, 0, 0), 0x100, 0x240, 0, 0));
	CHECK(is(row_offered(&w, 0xd, 2, 0x100, 0x250, 0, 0), 0, 0, 0, 0));
	CHECK(is(row_offered(&w, 0xd, 2, 0, 0, 0, 0), 0, 0, 0, 0));
	CHECK(is(row_offered(&w, 0xd, 3, 0x40, 0x3c0, 0, 0), 0, 0, 0, 0));
	CHECK(is(row_offered(&w, 0xd, 18, 0x2000, 0xb00, 6, 0), 0x2000, 0xb00, 6, 0));
	/* A component without XFD is as good as one. */
	CHECK(is(row_offered(&w, 0xd, 18, 0x2000, 0xb00, 2, 0), 0x2000, 0xb00, 2, 0));
	CHECK(is(row_offered(&w, 0xd, 18, 0x2000, 0xb00, 4, 0), 0, 0, 4, 0));
}

TEST(what_isnt_known_isnt_shown)
{
	static struct words w;

	words_intel(&w);
	words_put(&w, 0x17, 0, ~0u, ~0u, ~0u, ~0u);
	words_set(&w, 7, 0, KL_EDX, 1u << 15);
	CHECK(is(row_offered(&w, 0x17, 0, 1, 2, 3, 4), 0, 0, 0, 0));
	CHECK(is(row_admitted(&w, 0x17, 0, 1, 2, 3, 4), 0, 0, 0, 0));
	CHECK(is(row_offered(&w, 0x80860001, 0, 1, 2, 3, 4), 0, 0, 0, 0));
	CHECK(is(row_offered(&w, 0x7, 3, 1, 2, 3, 4), 0, 0, 0, 0));
	CHECK_EQ(offered(&w, 7, 0, KL_EDX, 1u << 15), 1u << 10 & words_reg(&w.set, 7, 0, KL_EDX));
	CHECK_EQ(admitted(&w, 7, 0, KL_EDX, 1u << 15), 0);
	CHECK_EQ(kl_offer_msr(&w.set, 0x122, 3), 0);
	CHECK_EQ(kl_admit_msr(&w.set, 0x122, 3), 0);
}

TEST(a_leaf_that_the_baseline_lacks_reads_as_zero)
{
	static struct words w;

	words_amd(&w);
	CHECK(is(row_offered(&w, 0xa, 0, 0x08300802, 0x7f, 0, 0x8604), 0, 0, 0, 0));
	CHECK(is(row_admitted(&w, 0xa, 0, 0x08300802, 0x7f, 0, 0x8604), 0, 0, 0, 0));
	words_drop(&w, 1, 0);
	CHECK(is(row_offered(&w, 1, 0, 1, 2, 3, 4), 0, 0, 0, 0));
	CHECK(is(row_admitted(&w, 1, 0, 1, 2, 3, 4), 0, 0, 0, 0));
}

TEST(a_leaf_goes_with_the_feature_that_it_describes)
{
	static struct words w;

	words_intel(&w);
	CHECK(is(row_admitted(&w, 0x12, 0, 3, 1, 0, 0x381f), 3, 1, 0, 0x381f));
	words_unset(&w, 7, 0, KL_EBX, 1u << 2);
	CHECK(is(row_admitted(&w, 0x12, 0, 3, 1, 0, 0x381f), 0, 0, 0, 0));
	CHECK(is(row_offered(&w, 0x12, 0, 3, 1, 0, 0x381f), 0, 0, 0, 0));
}

TEST(masking_xsave_also_masks_all_of_leaf_0xd)
{
	static struct words w;
	u32 n;

	words_intel(&w);
	words_unset(&w, 1, 0, KL_ECX, 1u << 26);
	for (n = 0; n < 20; n++) {
		CHECK(is(row_offered(&w, 0xd, n, 7, 0x340, 0x340, 0), 0, 0, 0, 0));
		CHECK(is(row_admitted(&w, 0xd, n, 7, 0x340, 0x340, 0), 0, 0, 0, 0));
	}
}

TEST(a_vmm_may_set_less_than_the_baseline)
{
	static struct words w;

	words_intel(&w);
	CHECK_EQ(admitted(&w, 7, 0, KL_EBX, 1u << 5), 1u << 5);
	CHECK_EQ(admitted(&w, 7, 0, KL_EBX, 0), 0);
	CHECK_EQ(admitted(&w, 7, 0, KL_EDX, 0), 0);
	CHECK_EQ(admitted(&w, 0x80000008, 0, KL_EAX, 0x3028), 0x3028);
	CHECK(is(row_admitted(&w, 0xd, 2, 0, 0, 0, 0), 0, 0, 0, 0));
	CHECK_EQ(kl_admit_msr(&w.set, 0x10a, 1), 1);
	CHECK_EQ(kl_admit_msr(&w.set, 0x10a, 0), 0);
}

TEST(mappable_memory_is_no_more_than_a_lowered_physical_size)
{
	static struct words w;

	words_intel(&w);
	words_leaf(&w, 0x80000008, 0)->r[KL_EAX] = 0x34302e;
	CHECK_EQ(offered(&w, 0x80000008, 0, KL_EAX, 0x303034), 0x2e302e);
	CHECK_EQ(offered(&w, 0x80000008, 0, KL_EAX, 0x2d3034), 0x2d302e);
	CHECK_EQ(offered(&w, 0x80000008, 0, KL_EAX, 0x3034), 0x302e);
	CHECK_EQ(admitted(&w, 0x80000008, 0, KL_EAX, 0x303034), 0x2e302e);
	CHECK_EQ(admitted(&w, 0x80000008, 0, KL_EAX, 0x2d3034), 0x2d302e);
	CHECK_EQ(admitted(&w, 0x80000008, 0, KL_EAX, 0x3034), 0x302e);
}

TEST(what_a_vmm_says_is_mappable_passes_where_its_size_does)
{
	static struct words w;

	words_intel(&w);
	words_leaf(&w, 0x80000008, 0)->r[KL_EAX] = 0x34302e;
	CHECK_EQ(offered(&w, 0x80000008, 0, KL_EAX, 0x34302e), 0x34302e);
	CHECK_EQ(admitted(&w, 0x80000008, 0, KL_EAX, 0x34302e), 0x34302e);
	CHECK_EQ(admitted(&w, 0x80000008, 0, KL_EAX, 0x343028), 0x343028);
	/* A VMM that says nothing, and one that says less. */
	CHECK_EQ(admitted(&w, 0x80000008, 0, KL_EAX, 0x302e), 0x302e);
	CHECK_EQ(admitted(&w, 0x80000008, 0, KL_EAX, 0x20302e), 0x20302e);
}

TEST(mappable_memory_is_what_every_host_of_the_pool_offers)
{
	static struct words w;

	words_intel(&w);
	words_leaf(&w, 0x80000008, 0)->r[KL_EAX] = 0x303934;
	/* A host with two levels more, and one whose KVM doesn't say. */
	CHECK_EQ(offered(&w, 0x80000008, 0, KL_EAX, 0x343934), 0x303934);
	CHECK_EQ(offered(&w, 0x80000008, 0, KL_EAX, 0x303934), 0x303934);
	CHECK_EQ(offered(&w, 0x80000008, 0, KL_EAX, 0x003934), 0x003934);
	CHECK_EQ(admitted(&w, 0x80000008, 0, KL_EAX, 0x343934), 0x303934);
	/* Not said of the pool: no host says it. */
	words_leaf(&w, 0x80000008, 0)->r[KL_EAX] = 0x3030;
	CHECK_EQ(offered(&w, 0x80000008, 0, KL_EAX, 0x303030), 0x3030);
	CHECK_EQ(offered(&w, 0x80000008, 0, KL_EAX, 0x3030), 0x3030);
	CHECK_EQ(admitted(&w, 0x80000008, 0, KL_EAX, 0x303030), 0x3030);
}

TEST(a_vmm_cannot_set_more_than_the_baseline)
{
	static struct words w;

	words_intel(&w);
	words_unset(&w, 7, 0, KL_EBX, 1u << 16);
	CHECK_EQ(admitted(&w, 7, 0, KL_EBX, 3u << 16), 2u << 16);
	CHECK_EQ(admitted(&w, 7, 0, KL_EBX, 1u << 6) & (1u << 6),
		 words_reg(&w.set, 7, 0, KL_EBX) & (1u << 6));
	words_unset(&w, 7, 0, KL_EDX, 1u << 10);
	CHECK_EQ(admitted(&w, 7, 0, KL_EDX, 1u << 10), 0);
	words_leaf(&w, 0x80000008, 0)->r[KL_EAX] = 0x30302e;
	CHECK_EQ(admitted(&w, 0x80000008, 0, KL_EAX, 0x343934), 0x2e302e);
	CHECK_EQ(admitted(&w, 7, 0, KL_EAX, 3), 2);
	CHECK_EQ(admitted(&w, 0xa, 0, KL_EAX, 0x09310905), 0x08300802);
}

TEST(a_vmm_sets_what_is_its_own)
{
	static struct words w;

	words_intel(&w);
	CHECK_EQ(admitted(&w, 1, 0, KL_EAX, 0x806f8), 0x806f8);
	CHECK_EQ(admitted(&w, 1, 0, KL_EBX, 0x01020304), 0x01020304);
	CHECK_EQ(admitted(&w, 1, 0, KL_ECX, 1u << 31 | 1u << 27), 1u << 31 | 1u << 27);
	CHECK_EQ(admitted(&w, 0x40000001, 0, KL_EAX, 1u << 15), 1u << 15);
	CHECK_EQ(admitted(&w, 0x40000001, 0, KL_EDX, 1), 1);
	CHECK(is(row_admitted(&w, 0xb, 1, 1, 2, 3, 4), 1, 2, 3, 4));
	CHECK(is(row_admitted(&w, 0x12, 2, 1, 2, 3, 4), 1, 2, 3, 4));
}

TEST(a_component_that_a_vmm_uses_lies_where_the_baseline_says)
{
	static struct words w;

	words_intel(&w);
	CHECK(is(row_admitted(&w, 0xd, 2, 0x100, 0x240, 0, 0), 0x100, 0x240, 0, 0));
	CHECK(is(row_admitted(&w, 0xd, 2, 0x100, 0x999, 0, 0), 0x100, 0x240, 0, 0));
	CHECK(is(row_admitted(&w, 0xd, 17, 0x40, 0, 0, 0), 0x40, 0xac0, 2, 0));
	CHECK(is(row_admitted(&w, 0xd, 3, 0x40, 0x3c0, 0, 0), 0, 0, 0, 0));
	CHECK(is(row_admitted(&w, 0x1e, 0, 1, 0x2010, 0, 0), 0, 0x4010, 0, 0));
	CHECK(is(row_admitted(&w, 0x1e, 0, 0, 0, 0, 0), 0, 0, 0, 0));
}

TEST(the_highest_leaf_of_a_single_row_is_left_to_the_table)
{
	static struct words w;

	words_intel(&w);
	CHECK_EQ(admitted(&w, 0, 0, KL_EAX, 0x24), 0x24);
	CHECK_EQ(admitted(&w, 0x80000000, 0, KL_EAX, 0x80000026), 0x80000026);
	CHECK_EQ(admitted(&w, 0x40000000, 0, KL_EAX, 0x40000010), 0x40000010);
	CHECK_EQ(admitted(&w, 0x1d, 0, KL_EAX, 2), 1);
}

TEST(a_leaf_that_ignores_ecx_is_levelled_at_any_index)
{
	static struct words w;

	words_intel(&w);
	words_unset(&w, 1, 0, KL_ECX, 1u << 28);
	CHECK_EQ(admitted(&w, 1, 7, KL_ECX, 3u << 28), 2u << 28);
	CHECK_EQ(offered(&w, 1, 7, KL_ECX, 3u << 28), 2u << 28);
	CHECK_EQ(admitted(&w, 0x80000001, 0xd, KL_ECX, ~0u), 0x123);
	CHECK(is(row_admitted(&w, 0x80000008, 1, 0x303030, 0, 0, 0), 0x3030, 0, 0, 0));
}

/* The meaning of each mask, said field by field and bit by bit. */
static void check_reg(const struct kl_shape_reg *m, bool maximum, bool same_layout,
		      u32 def, u32 host, u32 offer, u32 admit)
{
	unsigned int f, bit;
	u32 numbers = 0;

	for (f = 0; f < ARRAY_SIZE(m->min_field); f++) {
		u32 field = m->min_field[f], least = min(host & field, def & field);

		numbers |= field;
		CHECK_EQ(offer & field, least);
		if (!maximum)
			CHECK_EQ(admit & field, least);
	}
	for (bit = 0; bit < 32; bit++) {
		u32 b = 1u << bit, h = host & b, d = def & b;

		if (numbers & b)
			continue;
		if (m->and_bits & b) {
			CHECK_EQ(offer & b, h & d);
			CHECK_EQ(admit & b, h & d);
		} else if (m->or_bits & b) {
			CHECK_EQ(offer & b, d);
			CHECK_EQ(admit & b, h & d);
		} else if (m->pass_bits & b) {
			CHECK_EQ(offer & b, h);
			CHECK_EQ(admit & b, h);
		} else if (m->equal_bits & b) {
			if (same_layout)
				CHECK_EQ(offer & b, d);
			CHECK_EQ(admit & b, d);
		} else {
			CHECK_EQ(offer & b, 0);
			CHECK_EQ(admit & b, 0);
		}
	}
}

static void check_shape(const struct kl_shape *s, bool same_layout)
{
	struct kl_leaf d = { s->first, s->subleaf_first, { 0, 0, 0, 0 } };
	struct kl_leaf host = d, offer, admit;
	static struct words w;
	char name[32];
	unsigned int r;

	snprintf(name, sizeof(name), "0x%x.%u", s->first, s->subleaf_first);
	test_case(name);
	words_clear(&w);
	for (r = 0; r < KL_NR_REGS; r++) {
		u32 layout = same_layout ? s->r[r].equal_bits : 0;

		d.r[r] = (u32)rand() << 16 ^ (u32)rand();
		host.r[r] = (u32)rand() << 16 ^ (u32)rand();
		host.r[r] = (host.r[r] & ~layout) | (d.r[r] & layout);
	}
	/* OSXSAVE and OSPKE pass where their features are: a test of their own. */
	if (s->first == 1)
		d.r[KL_ECX] |= BIT(26);
	if (s->first == 7)
		d.r[KL_ECX] |= BIT(3);
	/* GuestPhysAddrSize is cut once more where PhysAddrSize is lowered. */
	if (s->first == 0x80000008)
		d.r[KL_EAX] |= host.r[KL_EAX] & 0xff;
	words_put(&w, d.leaf, d.subleaf, d.r[0], d.r[1], d.r[2], d.r[3]);
	if (s->gate.leaf)
		words_set(&w, s->gate.leaf, s->gate.subleaf, s->gate.reg, 1u << s->gate.bit);
	offer = host;
	admit = host;
	kl_offer_leaf(&w.set, &offer);
	kl_admit_leaf(&w.set, &admit);
	for (r = 0; r < KL_NR_REGS; r++)
		check_reg(&s->r[r], kl_is_top(s) && r == KL_EAX, same_layout, d.r[r], host.r[r],
			  offer.r[r], admit.r[r]);
}

TEST(every_bit_is_treated_as_its_mask_says)
{
	unsigned int round, i;

	srand(1);
	for (round = 0; round < 40; round++) {
		for (i = 0; i < kl_nr_shapes; i++) {
			/* Leaf 0xD has sizes that follow, and tests of its own. */
			if (!(kl_shapes[i].flags & KL_SHAPE_VMM) &&
			    kl_shapes[i].first != KL_LEAF_XSAVE)
				check_shape(&kl_shapes[i], round & 1);
		}
	}
}

TEST(an_msr_is_offered_as_features_bad_news_and_formats)
{
	static struct words w;
	u64 rdcl_no = 1, rsba = 1 << 2, fb_clear = 1 << 17;

	words_intel(&w);
	words_msr(&w, 0x10a, rdcl_no | fb_clear);
	CHECK_EQ(kl_offer_msr(&w.set, 0x10a, rdcl_no | rsba), rdcl_no | fb_clear);
	CHECK_EQ(kl_offer_msr(&w.set, 0x10a, 0), fb_clear);
	words_msr(&w, 0x10a, 0);
	CHECK_EQ(kl_offer_msr(&w.set, 0x10a, ~0ull), 0);
	/* LBR format 5, PEBS format 3 */
	words_msr(&w, 0x345, 0x2305);
	CHECK_EQ(kl_offer_msr(&w.set, 0x345, 0x3305), 0x2305);
	CHECK_EQ(kl_offer_msr(&w.set, 0x345, 0x3306), 0x2300);
	CHECK_EQ(kl_offer_msr(&w.set, 0x345, 0x3405), 0x2005);
	CHECK_EQ(kl_offer_msr(&w.set, 0x8b, 0x100000000ull), 0x100000000ull);
}

TEST(an_msr_is_admitted_within_the_baseline)
{
	static struct words w;

	words_intel(&w);
	words_msr(&w, 0x10a, 0x20009);
	CHECK_EQ(kl_admit_msr(&w.set, 0x10a, ~0ull), 0x20009);
	CHECK_EQ(kl_admit_msr(&w.set, 0x10a, 0x10008), 0x8);
	words_msr(&w, 0x345, 0x2305);
	CHECK_EQ(kl_admit_msr(&w.set, 0x345, 0x3305), 0x2305);
	CHECK_EQ(kl_admit_msr(&w.set, 0x345, 0x2306), 0x2305);
	CHECK_EQ(kl_admit_msr(&w.set, 0x345, 0x2300), 0x2300);
	CHECK_EQ(kl_admit_msr(&w.set, 0x345, 0x2005), 0x2005);
	CHECK_EQ(kl_admit_msr(&w.set, 0x8b, 77), 77);
	CHECK_EQ(kl_admit_msr(&w.set, 0xc0011029, 2), 0);
	words_msr(&w, 0xc0011029, 2);
	CHECK_EQ(kl_admit_msr(&w.set, 0xc0011029, ~0ull), 2);
}

TEST(pebs_as_the_baseline_has_it_is_offered_and_admitted)
{
	static struct words w;

	words_intel(&w);
	words_msr(&w, 0x345, 0x65c5);
	CHECK_EQ(kl_offer_msr(&w.set, 0x345, 0x375c5), 0x65c5);
	CHECK_EQ(kl_admit_msr(&w.set, 0x345, 0x375c5), 0x65c5);
	/* A VMM may do without, and without all else. */
	CHECK_EQ(kl_admit_msr(&w.set, 0x345, 0x2005), 0x2005);
	CHECK_EQ(kl_admit_msr(&w.set, 0x345, 0x45c0), 0x45c0);
}

/* KVM takes its host's PEBS or none (vmx_set_msr()). */
TEST(pebs_unlike_the_baselines_is_not_there_at_all)
{
	static const u64 other[] = { 0x05c0, 0x4580, 0x4540, 0x44c0, 0x40c0, 0 };
	static struct words w;
	unsigned int i;

	words_intel(&w);
	for (i = 0; i < ARRAY_SIZE(other); i++) {
		words_msr(&w, 0x345, 0x65c5);
		CHECK_EQ(kl_offer_msr(&w.set, 0x345, 0x2005 | other[i]), 0x2005);
		CHECK_EQ(kl_admit_msr(&w.set, 0x345, 0x2005 | other[i]), 0x2005);
		words_msr(&w, 0x345, 0x2005 | other[i]);
		CHECK_EQ(kl_offer_msr(&w.set, 0x345, 0x65c5), 0x2005);
		CHECK_EQ(kl_admit_msr(&w.set, 0x345, 0x65c5), 0x2005);
	}
}

TEST(an_msr_without_its_cpuid_bit_is_zero)
{
	static struct words w;

	words_intel(&w);
	CHECK(kl_offer_msr(&w.set, 0x10a, ~0ull));
	CHECK(kl_admit_msr(&w.set, 0x10a, ~0ull));
	words_unset(&w, 7, 0, KL_EDX, 1u << 29);
	CHECK_EQ(kl_offer_msr(&w.set, 0x10a, ~0ull), 0);
	CHECK_EQ(kl_admit_msr(&w.set, 0x10a, ~0ull), 0);
	words_msr(&w, 0x486, 0x80000021);
	CHECK_EQ(kl_offer_msr(&w.set, 0x486, 0), 0x80000021);
	words_unset(&w, 1, 0, KL_ECX, 1u << 5);
	CHECK_EQ(kl_offer_msr(&w.set, 0x486, 0), 0);
}

TEST(vmx_controls_keep_what_must_be_and_lose_what_may_be)
{
	static struct words w;

	words_intel(&w);
	words_msr(&w, 0x482, 0x000000f000000003ull);
	CHECK_EQ(kl_offer_msr(&w.set, 0x482, 0x0000003000000001ull), 0x0000003000000003ull);
}

TEST(a_nested_hypervisor_cannot_be_asked_for_less_than_the_pool_asks_for)
{
	static struct words w;

	words_intel(&w);
	words_set(&w, 1, 0, KL_ECX, 1u << 5);
	words_msr(&w, 0x48d, 0x0000007f00000016ull);
	/* More that may be, and less that must be: neither is had. */
	CHECK_EQ(kl_admit_msr(&w.set, 0x48d, 0x000000ff00000002ull), 0x0000007f00000016ull);
	/* Less that may be, and more that must be: a VMM may be stricter. */
	CHECK_EQ(kl_admit_msr(&w.set, 0x48d, 0x0000001f0000001eull), 0x0000001f0000001eull);
	words_msr(&w, 0x486, 0x80000021);
	CHECK_EQ(kl_admit_msr(&w.set, 0x486, 0), 0x80000021);
	/* Without VMX there is no such register. */
	words_unset(&w, 1, 0, KL_ECX, 1u << 5);
	CHECK_EQ(kl_admit_msr(&w.set, 0x48d, 0x000000ff00000002ull), 0);
}

TEST(feature_control_loses_the_switches_of_hidden_features)
{
	static struct words w;

	words_intel(&w);
	words_set(&w, 1, 0, KL_ECX, 1u << 5);
	words_unset(&w, 1, 0, KL_ECX, 1u << 6);
	words_unset(&w, 7, 0, KL_EBX, 1u << 2);
	words_unset(&w, 7, 0, KL_ECX, 1u << 30);
	/* Lock, VMX in and outside of SMX, LMCE; not SENTER, SGX. */
	CHECK_EQ(kl_admit_msr(&w.set, 0x3a, 0x16ff07), 0x100007);
	words_unset(&w, 1, 0, KL_ECX, 1u << 5);
	CHECK_EQ(kl_admit_msr(&w.set, 0x3a, 0x16ff07), 0x100001);
	words_set(&w, 7, 0, KL_EBX, 1u << 2);
	words_set(&w, 7, 0, KL_ECX, 1u << 30);
	CHECK_EQ(kl_admit_msr(&w.set, 0x3a, 0x16ff07), 0x160001);
}

TEST(what_an_os_has_switched_on_passes_with_its_feature)
{
	static struct words w;
	u32 osxsave = 1u << 27, ospke = 1u << 4;

	words_intel(&w);
	words_set(&w, 1, 0, KL_ECX, 1u << 26);
	words_set(&w, 7, 0, KL_ECX, 1u << 3);
	CHECK_EQ(admitted(&w, 1, 0, KL_ECX, osxsave), osxsave);
	CHECK_EQ(admitted(&w, 7, 0, KL_ECX, ospke), ospke);
	words_unset(&w, 1, 0, KL_ECX, 1u << 26);
	words_unset(&w, 7, 0, KL_ECX, 1u << 3);
	CHECK_EQ(admitted(&w, 1, 0, KL_ECX, osxsave), 0);
	CHECK_EQ(admitted(&w, 7, 0, KL_ECX, ospke), 0);
}

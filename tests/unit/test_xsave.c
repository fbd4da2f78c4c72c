// SPDX-License-Identifier: GPL-2.0
/* XSAVE sizes, XCR0, XSS, CR4, EFER. */
#include <string.h>

#include "harness.h"
#include "internal.h"
#include "words.h"

TEST(an_xsave_area_reaches_to_the_end_of_its_last_component)
{
	static struct words w;

	words_intel(&w);
	CHECK_EQ(kl_xsave_size(&w.set, 0), 576);
	CHECK_EQ(kl_xsave_size(&w.set, 0x3), 576);
	CHECK_EQ(kl_xsave_size(&w.set, 0x7), 0x340);
	CHECK_EQ(kl_xsave_size(&w.set, 0xe7), 0xa80);
	CHECK_EQ(kl_xsave_size(&w.set, 0x207), 0xa88);
	CHECK_EQ(kl_xsave_size(&w.set, 0x602e7), 0x2b00);
	/* Components of which the set knows nothing take no room. */
	CHECK_EQ(kl_xsave_size(&w.set, 1ull << 62 | 0x1f), 0x340);
	words_put(&w, 0xd, 62, 0x80, 0x3000, 0, 0);
	CHECK_EQ(kl_xsave_size(&w.set, 1ull << 62), 0x3080);
	words_put(&w, 0xd, 63, ~0u, 0x3000, 0, 0);
	CHECK_EQ(kl_xsave_size(&w.set, 1ull << 63), ~0u);
	words_clear(&w);
	CHECK_EQ(kl_xsave_size(&w.set, ~0ull), 576);
}

TEST(a_compacted_area_packs_and_aligns)
{
	static struct words w;

	words_intel(&w);
	CHECK_EQ(kl_xsave_size_compact(&w.set, 0x3), 576);
	CHECK_EQ(kl_xsave_size_compact(&w.set, 0x207), 0x340 + 8);
	/* 17 and 18 begin at a multiple of 64. */
	CHECK_EQ(kl_xsave_size_compact(&w.set, 0x60207), 0x380 + 0x40 + 0x2000);
	words_put(&w, 0xd, 63, ~0u, 0, 2, 0);
	CHECK_EQ(kl_xsave_size_compact(&w.set, 1ull << 63 | 0x207), ~0u);
}

TEST(sizes_are_offered_for_the_components_that_are_left)
{
	static struct words w;
	struct kl_leaf host = { 0xd, 0, { 0x602e7, 0x2b00, 0x2b00, 0 } }, l = host;

	words_intel(&w);
	kl_offer_leaf(&w.set, &l);
	CHECK(!memcmp(&l, &host, sizeof(l)));
	words_unset(&w, 0xd, 0, KL_EAX, 0x60000);
	l = host;
	kl_offer_leaf(&w.set, &l);
	CHECK(l.r[0] == 0x2e7 && l.r[1] == 0xa88 && l.r[2] == 0xa88 && l.r[3] == 0);
	l.r[KL_EBX] = 0x240;
	kl_offer_leaf(&w.set, &l);
	CHECK(l.r[1] == 0x240 && l.r[2] == 0xa88);
	/* A host that has less than the baseline is offered less. */
	l.r[KL_EAX] = 0x7;
	kl_offer_leaf(&w.set, &l);
	CHECK(l.r[0] == 0x7 && l.r[2] == 0x340);
}

TEST(the_compacted_size_goes_with_its_instructions)
{
	static struct words w;
	struct kl_leaf l = { 0xd, 1, { 0x1f, 0x2980, 0, 0 } };

	words_intel(&w);
	kl_offer_leaf(&w.set, &l);
	CHECK_EQ(l.r[KL_EBX], 0x2980);
	words_unset(&w, 0xd, 1, KL_EAX, 0xa);
	kl_offer_leaf(&w.set, &l);
	CHECK(l.r[0] == 0x15 && l.r[1] == 0);
}

TEST(xcr0_and_xss_are_what_leaf_0xd_says)
{
	static struct words w;

	words_intel(&w);
	CHECK_EQ(kl_xcr0_shown(&w.set), 0x602e7);
	words_set(&w, 0xd, 0, KL_EDX, 1u << 30);
	CHECK_EQ(kl_xcr0_shown(&w.set), 1ull << 62 | 0x602e7);
	CHECK_EQ(kl_xss_shown(&w.set), 0);
	words_set(&w, 0xd, 1, KL_ECX, 0x1800);
	words_set(&w, 0xd, 1, KL_EDX, 0x1);
	CHECK_EQ(kl_xss_shown(&w.set), 1ull << 32 | 0x1800);
	words_unset(&w, 0xd, 1, KL_EAX, 8);
	CHECK_EQ(kl_xss_shown(&w.set), 0);
	words_set(&w, 0xd, 1, KL_EAX, 8);
	words_unset(&w, 1, 0, KL_ECX, 1u << 26);
	CHECK_EQ(kl_xss_shown(&w.set), 0);
	CHECK_EQ(kl_xcr0_shown(&w.set), 0);
	words_clear(&w);
	CHECK_EQ(kl_xcr0_shown(&w.set), 0);
}

TEST(a_control_bit_is_hidden_with_its_feature)
{
	static const struct {
		const char *name;
		struct kl_bit feature;
		u64 cr4, efer;
	} cases[] = {
		{ "UMIP", { 7, 0, KL_ECX, 2 }, 1ull << 11, 0 },
		{ "LA57", { 7, 0, KL_ECX, 16 }, 1ull << 12, 0 },
		{ "VMX", { 1, 0, KL_ECX, 5 }, 1ull << 13, 0 },
		{ "SMX", { 1, 0, KL_ECX, 6 }, 1ull << 14, 0 },
		{ "FSGSBASE", { 7, 0, KL_EBX, 0 }, 1ull << 16, 0 },
		{ "PCID", { 1, 0, KL_ECX, 17 }, 1ull << 17, 0 },
		{ "XSAVE", { 1, 0, KL_ECX, 26 }, 1ull << 18, 0 },
		{ "Key Locker", { 7, 0, KL_ECX, 23 }, 1ull << 19, 0 },
		{ "SMEP", { 7, 0, KL_EBX, 7 }, 1ull << 20, 0 },
		{ "SMAP", { 7, 0, KL_EBX, 20 }, 1ull << 21, 0 },
		{ "PKU", { 7, 0, KL_ECX, 3 }, 1ull << 22, 0 },
		{ "PKS", { 7, 0, KL_ECX, 31 }, 1ull << 24, 0 },
		{ "UINTR", { 7, 0, KL_EDX, 5 }, 1ull << 25, 0 },
		{ "LASS", { 7, 1, KL_EAX, 6 }, 1ull << 27, 0 },
		{ "LAM", { 7, 1, KL_EAX, 26 }, 1ull << 28, 0 },
		{ "FRED", { 7, 1, KL_EAX, 17 }, 1ull << 32, 0 },
		{ "long mode", { 0x80000001, 0, KL_EDX, 29 }, 0, 1ull << 8 | 1ull << 10 },
		{ "NX", { 0x80000001, 0, KL_EDX, 20 }, 0, 1ull << 11 },
		{ "SVM", { 0x80000001, 0, KL_ECX, 2 }, 0, 1ull << 12 | 1ull << 13 },
		{ "FXSR_OPT", { 0x80000001, 0, KL_EDX, 25 }, 0, 1ull << 14 },
		{ "TCE", { 0x80000001, 0, KL_ECX, 17 }, 0, 1ull << 15 },
		{ "MCOMMIT", { 0x80000008, 0, KL_EBX, 8 }, 0, 1ull << 17 },
		{ "INT_WBINVD", { 0x80000008, 0, KL_EBX, 13 }, 0, 1ull << 18 },
		{ "upper address ignore", { 0x80000021, 0, KL_EAX, 7 }, 0, 1ull << 20 },
		{ "automatic IBRS", { 0x80000021, 0, KL_EAX, 8 }, 0, 1ull << 21 },
	};
	static struct words none, all;
	unsigned int i;

	words_clear(&none);
	words_clear(&all);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct kl_bit *f = &cases[i].feature;
		static struct words w;

		test_case(cases[i].name);
		words_clear(&w);
		words_set(&w, f->leaf, f->subleaf, f->reg, 1u << f->bit);
		words_set(&all, f->leaf, f->subleaf, f->reg, 1u << f->bit);
		CHECK_EQ(kl_cr4_hidden(&none.set) & ~kl_cr4_hidden(&w.set), cases[i].cr4);
		CHECK_EQ(kl_efer_hidden(&none.set) & ~kl_efer_hidden(&w.set), cases[i].efer);
	}
	test_case(NULL);
	CHECK_EQ(kl_cr4_hidden(&all.set), 1ull << 23);
	CHECK_EQ(kl_efer_hidden(&all.set), 0);
	/* Nothing that every processor has, and not SCE, is ever hidden. */
	CHECK_EQ(kl_cr4_hidden(&none.set) & 0x7ff, 0);
	CHECK_EQ(kl_efer_hidden(&none.set) & 1, 0);
}

TEST(cet_is_hidden_only_without_both_of_its_halves)
{
	static struct words w;

	words_clear(&w);
	CHECK(kl_cr4_hidden(&w.set) & 1ull << 23);
	words_set(&w, 7, 0, KL_ECX, 1u << 7);
	CHECK(!(kl_cr4_hidden(&w.set) & 1ull << 23));
	words_unset(&w, 7, 0, KL_ECX, 1u << 7);
	words_set(&w, 7, 0, KL_EDX, 1u << 20);
	CHECK(!(kl_cr4_hidden(&w.set) & 1ull << 23));
}

TEST(segment_limits_in_long_mode_are_hidden_where_one_host_lacks_them)
{
	static struct words w;

	words_amd(&w);
	words_unset(&w, 0x80000008, 0, KL_EBX, 1u << 20);
	CHECK(!(kl_efer_hidden(&w.set) & 1u << 13));
	words_set(&w, 0x80000008, 0, KL_EBX, 1u << 20);
	CHECK(kl_efer_hidden(&w.set) & 1u << 13);
	words_intel(&w);
	CHECK(kl_efer_hidden(&w.set) & 1u << 13);
}

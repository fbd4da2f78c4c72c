// SPDX-License-Identifier: GPL-2.0
/* Finding, sorting, and whether a set is well-formed. */
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "words.h"

TEST(what_is_not_in_a_set_is_not_found)
{
	static struct words w;
	struct kl_bit avx = { 0x1, 0, KL_ECX, 28 }, smap = { 0x7, 0, KL_EBX, 20 };

	words_clear(&w);
	CHECK(!kl_set_leaf(&w.set, 0, 0));
	CHECK(!kl_set_msr(&w.set, 0x10a));
	CHECK(!kl_set_has(&w.set, &avx));
	words_intel(&w);
	CHECK(kl_set_has(&w.set, &avx));
	CHECK(kl_set_has(&w.set, &smap));
	words_unset(&w, 0x1, 0, KL_ECX, 1u << 28);
	CHECK(!kl_set_has(&w.set, &avx));
	words_drop(&w, 0x7, 0);
	CHECK(!kl_set_has(&w.set, &smap));
	CHECK(!kl_set_leaf(&w.set, 0x7, 0));
	CHECK(kl_set_leaf(&w.set, 0x7, 1));
	CHECK(!kl_set_leaf(&w.set, 0x7, 3));
}

TEST(every_row_of_a_set_is_found)
{
	static struct words w;
	unsigned int i;

	words_intel(&w);
	for (i = 0; i < w.set.nr_leaves; i++)
		CHECK(kl_set_leaf(&w.set, w.leaf[i].leaf, w.leaf[i].subleaf) == &w.leaf[i]);
	for (i = 0; i < w.set.nr_msrs; i++)
		CHECK(kl_set_msr(&w.set, w.msr[i].index) == &w.msr[i]);
}

TEST(sorting_orders_by_leaf_and_then_subleaf)
{
	struct kl_leaf leaf[] = {
		{ 0x80000000, 0, { 1, 0, 0, 0 } }, { 0x7, 1, { 2, 0, 0, 0 } },
		{ 0xd, 0, { 3, 0, 0, 0 } }, { 0x7, 0, { 4, 0, 0, 0 } }, { 0x0, 9, { 5, 0, 0, 0 } },
	};
	struct kl_msr msr[] = { { 0xc0011029, 1 }, { 0x10a, 2 }, { 0x345, 3 } };
	static const u32 leaves[] = { 5, 4, 2, 3, 1 };
	static const u64 msrs[] = { 2, 3, 1 };
	unsigned int i;

	kl_sort(leaf, ARRAY_SIZE(leaf), msr, ARRAY_SIZE(msr));
	for (i = 0; i < ARRAY_SIZE(leaf); i++)
		CHECK_EQ(leaf[i].r[KL_EAX], leaves[i]);
	for (i = 0; i < ARRAY_SIZE(msr); i++)
		CHECK_EQ(msr[i].value, msrs[i]);
	kl_sort(NULL, 0, NULL, 0);
}

TEST(sorting_keeps_the_order_of_duplicates)
{
	struct kl_leaf leaf[] = {
		{ 0x7, 0, { 1, 0, 0, 0 } }, { 0x1, 0, { 2, 0, 0, 0 } },
		{ 0x7, 0, { 3, 0, 0, 0 } }, { 0x1, 0, { 4, 0, 0, 0 } },
	};
	struct kl_msr msr[] = { { 2, 1 }, { 1, 2 }, { 2, 3 } };

	kl_sort(leaf, ARRAY_SIZE(leaf), msr, ARRAY_SIZE(msr));
	CHECK(leaf[0].r[0] == 2 && leaf[1].r[0] == 4 && leaf[2].r[0] == 1 && leaf[3].r[0] == 3);
	CHECK(msr[0].value == 2 && msr[1].value == 1 && msr[2].value == 3);
}

/* One change to a good set, and the complaint about it; NULL: it stays good. */
struct change {
	const char *name;
	void (*make)(struct words *w);
	const char *at;
};

static void nothing(struct words *w) { (void)w; }
static void empty(struct words *w) { words_clear(w); }
static void unsorted(struct words *w) { swap(w->leaf[1], w->leaf[2]); }
static void twice(struct words *w) { w->leaf[2] = w->leaf[1]; }
static void msr_unsorted(struct words *w) { swap(w->msr[0], w->msr[1]); }
static void msr_twice(struct words *w) { w->msr[1] = w->msr[0]; }
static void unknown_leaf(struct words *w) { words_put(w, 0x17, 0, 0, 0, 0, 0); }
static void unknown_subleaf(struct words *w) { words_put(w, 0x7, 3, 0, 0, 0, 0); }
static void no_subleaves(struct words *w) { words_put(w, 0x1, 1, 0, 0, 0, 0); }
static void of_the_vmm(struct words *w) { words_put(w, 0x4, 0, 0, 0, 0, 0); }
static void brand(struct words *w) { words_put(w, 0x80000002, 0, 0x20202020, 0, 0, 0); }
static void hybrid(struct words *w) { words_set(w, 0x7, 0, KL_EDX, 1u << 15); }
static void reserved(struct words *w) { words_set(w, 0x1, 0, KL_ECX, 1u << 16); }
static void passing(struct words *w) { words_set(w, 0x1, 0, KL_EBX, ~0u); }
static void low_max(struct words *w) { words_leaf(w, 0, 0)->r[KL_EAX] = 0x1c; }
static void just_max(struct words *w) { words_leaf(w, 0, 0)->r[KL_EAX] = 0x1e; }
static void no_max(struct words *w) { words_drop(w, 0, 0); }
static void low_ext(struct words *w) { words_leaf(w, 0x80000000, 0)->r[0] = 0x80000007; }
static void no_ext(struct words *w) { words_drop(w, 0x80000000, 0); }
static void zero_above(struct words *w) { words_put(w, 0x8000001a, 0, 0, 0, 0, 0); }
static void low_kvm(struct words *w) { words_leaf(w, 0x40000000, 0)->r[0] = 0x40000000; }
static void old_kvm(struct words *w)
{
	words_leaf(w, 0x40000000, 0)->r[0] = 0;
}

static void no_kvm(struct words *w) { words_drop(w, 0x40000000, 0); }
static void hyperv(struct words *w) { words_leaf(w, 0x40000000, 0)->r[1] = 0x7263694d; }
static void unsigned_kvm(struct words *w)
{
	words_put(w, 0x40000000, 0, 0x40000001, 0, 0, 0);
}

static void low_seven(struct words *w) { words_leaf(w, 7, 0)->r[KL_EAX] = 1; }
static void low_palette(struct words *w)
{
	words_leaf(w, 0x1d, 0)->r[KL_EAX] = 0;
}

static void no_avx(struct words *w) { words_unset(w, 0x1, 0, KL_ECX, 1u << 28); }
static void no_xsave(struct words *w) { words_unset(w, 0x1, 0, KL_ECX, 1u << 26); }
static void no_ymm(struct words *w) { words_unset(w, 0xd, 0, KL_EAX, 1u << 2); }
static void no_zmm(struct words *w) { words_unset(w, 0xd, 0, KL_EAX, 1u << 7); }
static void no_size(struct words *w) { words_drop(w, 0xd, 9); }
static void zero_size(struct words *w)
{
	words_leaf(w, 0xd, 2)->r[KL_EAX] = 0;
}

static void xss_no_size(struct words *w) { words_set(w, 0xd, 1, KL_ECX, 1u << 11); }
static void xss_size(struct words *w)
{
	xss_no_size(w);
	words_put(w, 0xd, 11, 0x10, 0, 1, 0);
}

static void no_tile_state(struct words *w)
{
	words_unset(w, 0xd, 0, KL_EAX, 3u << 17);
	words_drop(w, 0xd, 17);
	words_drop(w, 0xd, 18);
}

static void no_tile(struct words *w) { words_unset(w, 0x7, 0, KL_EDX, 1u << 24); }
static void no_tile_at_all(struct words *w)
{
	words_unset(w, 0x7, 0, KL_EDX, 7u << 22);
	words_drop(w, 0x1d, 0);
	words_drop(w, 0x1d, 1);
	words_drop(w, 0x1e, 0);
}

static void only_tile_leaf(struct words *w)
{
	words_unset(w, 0x7, 0, KL_EDX, 7u << 22);
	words_drop(w, 0x1d, 0);
	words_drop(w, 0x1d, 1);
}

static void no_sgx(struct words *w) { words_unset(w, 0x7, 0, KL_EBX, 1u << 2); }
static void no_arch_cap(struct words *w) { words_unset(w, 0x7, 0, KL_EDX, 1u << 29); }
static void zero_arch_cap(struct words *w)
{
	no_arch_cap(w);
	words_msr(w, 0x10a, 0);
}

static void unknown_msr(struct words *w) { words_msr(w, 0x122, 1); }
static void microcode(struct words *w) { words_msr(w, 0x8b, 1); }
static void unknown_msr_bit(struct words *w) { words_msr(w, 0x10a, 1ull << 63); }
static void known_msr_bit(struct words *w) { words_msr(w, 0x10a, 1ull << 62); }
static void sgx_xfrm(struct words *w) { words_set(w, 0x12, 1, KL_ECX, 1u << 3); }

/* The kernel has one sentence for all dependencies. */
#define DEP_AT(place, why)	KL_PROSE_OR(place why, place "a feature that needs another")

TEST(a_set_is_refused_with_the_place_that_is_wrong)
{
	static const struct change changes[] = {
		{ "the set as KVM offers it", nothing, NULL },
		{ "a set of nothing", empty, NULL },
		{ "two leaves swapped", unsorted, "CPUID 0x1.0:eax: leaves are not sorted" },
		{ "a leaf twice", twice, "CPUID 0x1.0:eax: duplicate leaf" },
		{ "two MSRs swapped", msr_unsorted, "MSR 0x10a: MSRs are not sorted" },
		{ "an MSR twice", msr_twice, "MSR 0x10a: duplicate MSR" },
		{ "a leaf nobody knows", unknown_leaf, "CPUID 0x17.0:eax: unknown leaf" },
		{ "a subleaf nobody knows", unknown_subleaf, "CPUID 0x7.3:eax: unknown leaf" },
		{ "a subleaf where ECX is ignored", no_subleaves,
		  "CPUID 0x1.1:eax: the leaf has no subleaves" },
		{ "caches", of_the_vmm, "CPUID 0x4.0:eax: the leaf belongs to the VMM" },
		{ "brand", brand, "CPUID 0x80000002.0:eax: the leaf belongs to the VMM" },
		{ "HYBRID", hybrid, "CPUID 0x7.0:edx bits 0x8000: unknown bits" },
		{ "a reserved bit", reserved, "CPUID 0x1.0:ecx bits 0x10000: unknown bits" },
		{ "words that pass", passing, NULL },
		{ "max leaf below AMX", low_max,
		  "CPUID 0x1d.0:eax: above the highest leaf or subleaf of the set" },
		{ "max leaf just high enough", just_max, NULL },
		{ "no leaf 0", no_max,
		  "CPUID 0x1.0:ecx: above the highest leaf or subleaf of the set" },
		{ "extended max too low", low_ext,
		  "CPUID 0x80000008.0:eax: above the highest leaf or subleaf of the set" },
		{ "no extended max", no_ext,
		  "CPUID 0x80000001.0:ecx: above the highest leaf or subleaf of the set" },
		{ "an empty leaf above the max", zero_above, NULL },
		{ "KVM's max below its features", low_kvm,
		  "CPUID 0x40000001.0:eax: above the highest leaf or subleaf of the set" },
		{ "KVM's max as KVMs of old had it", old_kvm, NULL },
		{ "KVM's features without its signature", no_kvm,
		  "CPUID 0x40000001.0:eax: above the highest leaf or subleaf of the set" },
		{ "Hyper-V's signature", hyperv,
		  "CPUID 0x40000000.0:ebx: these are not KVM's leaves" },
		{ "KVM's leaves without the words of the signature", unsigned_kvm, NULL },
		{ "max subleaf of 7 too low", low_seven,
		  "CPUID 0x7.2:edx: above the highest leaf or subleaf of the set" },
		{ "max palette too low", low_palette,
		  "CPUID 0x1d.1:eax: above the highest leaf or subleaf of the set" },
		{ "AVX gone, FMA left", no_avx,
		  DEP_AT("CPUID 0x1.0:ecx bits 0x1000: ", "FMA needs AVX") },
		{ "XSAVE gone, leaf 0xD left", no_xsave,
		  "CPUID 0xd.0:eax: without the feature that the leaf describes" },
		{ "AVX without its component", no_ymm,
		  DEP_AT("CPUID 0xd.0:eax bits 0x20: ", "AVX-512 state needs AVX state") },
		{ "AVX512F without its component", no_zmm,
		  DEP_AT("CPUID 0x7.0:ebx bits 0x10000: ", "AVX512F needs its XSAVE components") },
		{ "a component without its size", no_size,
		  "CPUID 0xd.0:eax bits 0x200: a state component whose size is not in the set" },
		{ "a component of no size", zero_size,
		  "CPUID 0xd.0:eax bits 0x4: a state component whose size is not in the set" },
		{ "a supervisor component without its size", xss_no_size,
		  "CPUID 0xd.1:ecx bits 0x800: a state component whose size is not in the set" },
		{ "a supervisor component", xss_size, NULL },
		{ "AMX without permission for its state", no_tile_state, NULL },
		{ "AMX-TILE gone, palettes left", no_tile,
		  "CPUID 0x1d.0:eax: without the feature that the leaf describes" },
		{ "AMX-TILE gone, multiplier left", only_tile_leaf,
		  "CPUID 0x1e.0:ebx: without the feature that the leaf describes" },
		{ "all of AMX gone but its state", no_tile_at_all, NULL },
		{ "SGX gone, its leaf left", no_sgx,
		  "CPUID 0x12.0:eax: without the feature that the leaf describes" },
		{ "ARCH_CAPABILITIES gone, its MSR left", no_arch_cap,
		  "MSR 0x10a: without the CPUID bit that says that the MSR exists" },
		{ "ARCH_CAPABILITIES gone, its MSR zero", zero_arch_cap, NULL },
		{ "an MSR nobody knows", unknown_msr, "MSR 0x122: unknown MSR" },
		{ "microcode", microcode, "MSR 0x8b: the MSR belongs to the VMM" },
		{ "an MSR bit nobody knows", unknown_msr_bit,
		  "MSR 0x10a bits 0x8000000000000000: unknown bits" },
		{ "an MSR bit that is known", known_msr_bit, NULL },
		{ "an enclave's component that XCR0 lacks", sgx_xfrm, NULL },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		static struct words w;
		struct kl_place at;
		char text[256] = "";
		int ret;

		test_case(changes[i].name);
		words_intel(&w);
		changes[i].make(&w);
		ret = kl_set_check(&w.set, &at);
		kl_place_format(text, sizeof(text), &at);
		CHECK_STR(text, changes[i].at ? changes[i].at : "");
		CHECK(ret == (changes[i].at ? -EINVAL : 0));
		/* Nobody has to ask where. */
		CHECK(kl_set_check(&w.set, NULL) == ret);
	}
}

TEST(an_amd_offer_is_well_formed)
{
	static struct words w;
	struct kl_place at;

	words_amd(&w);
	CHECK(!kl_set_check(&w.set, &at));
	CHECK(at.kind == KL_PLACE_NONE);
}

TEST(kvm_on_a_processor_without_leaf_7_offers_arch_capabilities)
{
	static struct words w;

	/* Seen on emulated K8 and K10: the MSR is there, its CPUID bit can't be. */
	words_clear(&w);
	words_put(&w, 0x0, 0, 5, 0x68747541, 0x444d4163, 0x69746e65);
	words_put(&w, 0x1, 0, 0x100f42, 0, 0x00802001, 0x078bfbff);
	words_msr(&w, 0x10a, 0x0c000069);
	CHECK(!kl_set_check(&w.set, NULL));
	CHECK_EQ(kl_offer_msr(&w.set, 0x10a, ~0ull), 0);
	words_put(&w, 0x7, 0, 0, 0, 0, 0);
	words_leaf(&w, 0, 0)->r[KL_EAX] = 7;
	CHECK(kl_set_check(&w.set, NULL) == -EINVAL);
}

TEST(an_enforced_dependency_that_is_broken_is_told)
{
	unsigned int i;

	for (i = 0; i < kl_nr_deps; i++) {
		const struct kl_dep *d = &kl_deps[i];
		static struct words w;
		struct kl_place at;

		if (d->flags & KL_DEP_CLOSE_ONLY)
			continue;
		test_case(KL_PROSE_OR(d->why, "a dependency"));
		/* A leaf's gate may speak first, but something must. */
		words_clear(&w);
		words_put(&w, 0, 0, 0x29, 0, 0, 0);
		words_put(&w, 7, 0, 2, 0, 0, 0);
		if (d->feature.leaf == 0x1e)
			words_put(&w, 0x1e, 0, 1, 0, 0, 0);
		words_put(&w, 0x40000000, 0, 0x40000001, 0, 0, 0);
		words_put(&w, 0x80000000, 0, 0x80000026, 0, 0, 0);
		words_put(&w, 0xc0000000, 0, 0xc0000001, 0, 0, 0);
		words_set(&w, d->feature.leaf, d->feature.subleaf, d->feature.reg,
			  1u << d->feature.bit);
		CHECK(kl_set_check(&w.set, &at) == -EINVAL);
		CHECK_EQ(at.leaf, d->feature.leaf);
		CHECK(at.why && *at.why);
		if (!kl_shape_find(d->feature.leaf, d->feature.subleaf)->gate.leaf) {
			CHECK(at.subleaf == d->feature.subleaf && at.reg == d->feature.reg);
			CHECK_EQ(at.bits, 1ull << d->feature.bit);
		}
	}
}

TEST(too_many_rows_are_refused)
{
	static struct words w;
	struct kl_place at;
	unsigned int i;

	words_clear(&w);
	for (i = 0; i <= KL_MAX_LEAVES; i++)
		w.leaf[i] = (struct kl_leaf){ i, 0, { 0, 0, 0, 0 } };
	w.set.nr_leaves = KL_MAX_LEAVES + 1;
	CHECK(kl_set_check(&w.set, &at) == -EINVAL);
	CHECK_STR(at.why, "too many leaves");
	words_clear(&w);
	for (i = 0; i <= KL_MAX_MSRS; i++)
		w.msr[i] = (struct kl_msr){ i, 0 };
	w.set.nr_msrs = KL_MAX_MSRS + 1;
	CHECK(kl_set_check(&w.set, &at) == -EINVAL);
	CHECK_STR(at.why, "too many MSRs");
}

TEST(places_read_as_sentences)
{
	struct kl_place at = { KL_PLACE_CPUID, 0x7, 1, KL_EDX, 0x100, "features beyond" };
	char text[64];

	CHECK_EQ((unsigned int)kl_place_format(text, sizeof(text), &at), strlen(text));
	CHECK_STR(text, "CPUID 0x7.1:edx bits 0x100: features beyond");
	at.bits = 0;
	kl_place_format(text, sizeof(text), &at);
	CHECK_STR(text, "CPUID 0x7.1:edx: features beyond");
	at = (struct kl_place){ KL_PLACE_MSR, 0xc0011029, 0, KL_EAX, 1ull << 62, "gone" };
	kl_place_format(text, sizeof(text), &at);
	CHECK_STR(text, "MSR 0xc0011029 bits 0x4000000000000000: gone");
	CHECK(kl_place_format(text, 8, &at) == 44);
	CHECK_STR(text, "MSR 0xc");
	at = (struct kl_place){ .kind = KL_PLACE_NONE };
	CHECK(!kl_place_format(text, sizeof(text), &at));
	CHECK_STR(kl_reg_name(KL_EAX), "eax");
	CHECK_STR(kl_reg_name(KL_EDX), "edx");
	CHECK_STR(kl_reg_name(KL_NR_REGS), "?");
}

// SPDX-License-Identifier: GPL-2.0
/* A VMM's whole table. */
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "words.h"

#define ROWS 64

struct table {
	struct kl_leaf row[ROWS];
	unsigned int nr;
	unsigned int puts;
	/* What excess() was told. */
	char told[16][128];
	unsigned int nr_told;
};

static void get(const struct kl_table *t, unsigned int i, struct kl_leaf *entry)
{
	*entry = ((struct table *)t->ctx)->row[i];
}

static void put(const struct kl_table *t, unsigned int i, const struct kl_leaf *entry)
{
	struct table *table = t->ctx;

	CHECK(table->row[i].leaf == entry->leaf && table->row[i].subleaf == entry->subleaf);
	table->row[i] = *entry;
	table->puts++;
}

static void told(void *ctx, const struct kl_place *at)
{
	struct table *t = ctx;

	CHECK(t->nr_told < ARRAY_SIZE(t->told));
	CHECK(at->kind == KL_PLACE_CPUID && at->why && at->bits);
	kl_place_format(t->told[t->nr_told++], sizeof(t->told[0]), at);
}

static void row(struct table *t, u32 leaf, u32 subleaf, u32 eax, u32 ebx, u32 ecx, u32 edx)
{
	t->row[t->nr++] = (struct kl_leaf){ leaf, subleaf, { eax, ebx, ecx, edx } };
}

static unsigned int admit(const struct words *max, struct table *t)
{
	struct kl_table table = { t, t->nr, get, put };
	static struct table again;
	unsigned int n;

	t->nr_told = 0;
	t->puts = 0;
	n = kl_admit_table(&max->set, &table, told, t);
	/* Levelling twice is levelling once, and then there is nothing to tell. */
	again = *t;
	table.ctx = &again;
	again.puts = 0;
	CHECK_EQ(kl_admit_table(&max->set, &table, NULL, NULL), 0);
	CHECK_EQ(again.puts, 0);
	return n;
}

static bool is(const struct table *t, unsigned int i, u32 eax, u32 ebx, u32 ecx, u32 edx)
{
	const u32 *r = t->row[i].r;

	if (r[0] == eax && r[1] == ebx && r[2] == ecx && r[3] == edx)
		return true;
	test_say("row %u: %08x %08x %08x %08x", i, r[0], r[1], r[2], r[3]);
	return false;
}

#define KVM	"KVMKVMKVM\0\0"
#define HYPERV	"Microsoft Hv"
#define XEN	"XenVMMXenVMM"

/* A hypervisor's first row; KVM's signature ends in the string's own zero. */
static void base(struct table *t, u32 leaf, u32 subleaf, u32 eax, const char *signature)
{
	row(t, leaf, subleaf, eax, 0, 0, 0);
	memcpy(&t->row[t->nr - 1].r[KL_EBX], signature, 12);
}

static bool is_base(const struct table *t, unsigned int i, u32 eax, const char *signature)
{
	u32 r[3];

	memcpy(r, signature, sizeof(r));
	return is(t, i, eax, r[0], r[1], r[2]);
}

TEST(a_table_within_the_baseline_is_left_alone)
{
	static struct words w;
	static struct table t;
	unsigned int i;

	words_intel(&w);
	memset(&t, 0, sizeof(t));
	for (i = 0; i < w.set.nr_leaves; i++)
		t.row[t.nr++] = w.leaf[i];
	CHECK_EQ(admit(&w, &t), 0);
	CHECK_EQ(t.puts, 0);
	CHECK_EQ(t.nr_told, 0);
	words_amd(&w);
	memset(&t, 0, sizeof(t));
	for (i = 0; i < w.set.nr_leaves; i++)
		t.row[t.nr++] = w.leaf[i];
	CHECK_EQ(admit(&w, &t), 0);
	CHECK_EQ(t.puts, 0);
}

TEST(each_word_beyond_the_baseline_is_cut_and_told)
{
	static struct words w;
	static struct table t;

	words_intel(&w);
	words_unset(&w, 7, 0, KL_EBX, 1u << 5);
	words_leaf(&w, 0x80000008, 0)->r[KL_EAX] = 0x34302e;
	memset(&t, 0, sizeof(t));
	row(&t, 7, 0, 2, 3u << 5, 0, 1u << 15);
	row(&t, 1, 0, 0x806f8, 0x100800, 1u << 31, 1u << 28);
	row(&t, 0x17, 0, 0, 0, 5, 0);
	row(&t, 0x80000008, 0, 0x303034, 0, 0, 0);
	row(&t, 0x8000001a, 0, 5, 0, 0, 1);
	row(&t, 0xd, 2, 0x100, 0x280, 0, 0);
	CHECK_EQ(admit(&w, &t), 5);
	CHECK_EQ(t.puts, 5);
	CHECK(is(&t, 0, 2, 2u << 5, 0, 0));
	CHECK(is(&t, 1, 0x806f8, 0x100800, 1u << 31, 1u << 28));
	CHECK(is(&t, 2, 0, 0, 0, 0));
	CHECK(is(&t, 3, 0x2e302e, 0, 0, 0));
	CHECK(is(&t, 4, 0, 0, 0, 0));
	CHECK(is(&t, 5, 0x100, 0x240, 0, 0));
	CHECK_EQ(t.nr_told, 7);
	CHECK_STR(t.told[0], "CPUID 0x7.0:ebx bits 0x20: features beyond the baseline");
	CHECK_STR(t.told[1], "CPUID 0x7.0:edx bits 0x8000: bits that nobody knows");
	CHECK_STR(t.told[2], "CPUID 0x17.0:ecx bits 0x5: a leaf that the baseline does not have");
	CHECK_STR(t.told[3], "CPUID 0x80000008.0:eax bits 0xff: a number above the baseline's");
	CHECK_STR(t.told[4],
		  "CPUID 0x8000001a.0:eax bits 0x5: a leaf that the baseline does not have");
	CHECK_STR(t.told[6],
		  "CPUID 0xd.2:ebx bits 0xc0: another layout than the baseline's");
}

/* QEMU's guest-phys-bits=, or a machine type that has KVM's word for it. */
TEST(mappable_memory_beyond_the_baseline_is_cut_and_no_excess)
{
	static struct words w;
	static struct table t;

	words_intel(&w);
	words_leaf(&w, 0x80000008, 0)->r[KL_EAX] = 0x3934;
	memset(&t, 0, sizeof(t));
	row(&t, 0x80000008, 0, 0x303934, 0, 0, 0);
	CHECK_EQ(admit(&w, &t), 0);
	CHECK_EQ(t.nr_told, 0);
	CHECK_EQ(t.puts, 1);
	CHECK(is(&t, 0, 0x3934, 0, 0, 0));
	/* Not even where the baseline has no such leaf. */
	words_drop(&w, 0x80000008, 0);
	row(&t, 0x80000008, 0, 0x300000, 0, 0, 0);
	CHECK_EQ(admit(&w, &t), 1);
	CHECK_STR(t.told[0],
		  "CPUID 0x80000008.0:eax bits 0x3934: a leaf that the baseline does not have");
}

TEST(sizes_beyond_the_baseline_are_an_excess)
{
	static struct words w;
	static struct table t;

	words_intel(&w);
	words_leaf(&w, 0x80000008, 0)->r[KL_EAX] = 0x30302e;
	memset(&t, 0, sizeof(t));
	row(&t, 0x80000008, 0, 0x303930, 0, 0, 0);
	CHECK_EQ(admit(&w, &t), 1);
	CHECK(is(&t, 0, 0x2e302e, 0, 0, 0));
	CHECK_STR(t.told[0], "CPUID 0x80000008.0:eax bits 0xffff: a number above the baseline's");
}

TEST(a_word_that_is_wrong_in_two_ways_is_told_once)
{
	static struct words w;
	static struct table t;

	words_intel(&w);
	words_unset(&w, 7, 0, KL_EBX, 1u << 5);
	words_leaf(&w, 0x80000008, 0)->r[KL_EAX] = 0x302e;
	memset(&t, 0, sizeof(t));
	row(&t, 7, 0, 0, 0, 0, 1u << 15 | 1u << 20);
	row(&t, 0x80000008, 0, 0x01343934, 0, 0, 0);
	CHECK_EQ(admit(&w, &t), 2);
	CHECK_EQ(t.nr_told, 2);
	CHECK_STR(t.told[0], "CPUID 0x7.0:edx bits 0x108000: bits that nobody knows");
	CHECK_STR(t.told[1], "CPUID 0x80000008.0:eax bits 0x100ffff: bits that nobody knows");
}

TEST(a_highest_subleaf_alone_is_no_excess)
{
	static struct words w;
	static struct table t;

	words_intel(&w);
	words_leaf(&w, 7, 0)->r[KL_EAX] = 1;
	memset(&t, 0, sizeof(t));
	row(&t, 7, 0, 2, 0, 0, 0);
	row(&t, 0x14, 0, 1, 0, 0, 0);
	row(&t, 0x1d, 0, 7, 0, 0, 0);
	CHECK_EQ(admit(&w, &t), 0);
	CHECK_EQ(t.nr_told, 0);
	CHECK(is(&t, 0, 1, 0, 0, 0));
	CHECK(is(&t, 1, 0, 0, 0, 0));
	CHECK(is(&t, 2, 1, 0, 0, 0));
}

TEST(asking_changes_nothing)
{
	static struct words w;
	static struct table t, before;
	struct kl_table table = { &t, 0, get, NULL };

	words_intel(&w);
	words_unset(&w, 7, 0, KL_EBX, 1u << 5);
	memset(&t, 0, sizeof(t));
	row(&t, 7, 0, 0, 1u << 5, 0, 0);
	row(&t, 0x17, 0, 1, 0, 0, 0);
	before = t;
	table.nr = t.nr;
	CHECK_EQ(kl_admit_table(&w.set, &table, NULL, NULL), 2);
	CHECK(!memcmp(&before, &t, sizeof(t)));
}

TEST(a_table_of_no_rows_has_nothing_beyond)
{
	static struct words w;
	static struct table t;

	words_intel(&w);
	memset(&t, 0, sizeof(t));
	CHECK_EQ(admit(&w, &t), 0);
}

TEST(the_highest_leaf_is_the_baselines_or_the_vmms_last)
{
	static const struct {
		const char *name;
		u32 max, in, vmm_row, vmm_word, out;
	} cases[] = {
		{ "lower than the baseline's", 0xd, 0x7, 0, 0, 0x7 },
		{ "the baseline's", 0xd, 0xd, 0, 0, 0xd },
		{ "higher, for nothing", 0xd, 0x1f, 0, 0, 0xd },
		{ "higher, for topology", 0xd, 0x1f, 0x1f, 1, 0x1f },
		{ "higher than its topology", 0xd, 0x24, 0x1f, 1, 0x1f },
		{ "higher, for a topology leaf of zeros", 0xd, 0x1f, 0x1f, 0, 0xd },
		{ "topology above its own maximum", 0xd, 0x16, 0x1f, 1, 0xd },
		{ "topology below the baseline's", 0x24, 0x30, 0x1f, 1, 0x24 },
		{ "another range's leaves do not count", 0xd, 0xffffffff, 0x80000002, 1, 0xd },
		{ "a leaf of the baseline's own does not count", 0xd, 0x24, 0x24, 1, 0xd },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct words w;
		static struct table t;

		test_case(cases[i].name);
		words_intel(&w);
		words_leaf(&w, 0, 0)->r[KL_EAX] = cases[i].max;
		memset(&t, 0, sizeof(t));
		row(&t, 0, 0, cases[i].in, 0, 0, 0);
		if (cases[i].vmm_row)
			row(&t, cases[i].vmm_row, 1, 0, cases[i].vmm_word, 0, 0);
		admit(&w, &t);
		CHECK_EQ(t.row[0].r[KL_EAX], cases[i].out);
		/* A VMM's maximum alone is no excess. */
		if (cases[i].vmm_row != 0x24)
			CHECK_EQ(t.nr_told, 0);
	}
}

TEST(the_highest_extended_leaf_is_the_baselines_or_the_vmms_last)
{
	static struct words w;
	static struct table t;

	words_intel(&w);
	memset(&t, 0, sizeof(t));
	row(&t, 0x80000000, 0, 0x80000021, 0, 0, 0);
	row(&t, 0x8000001e, 0, 1, 2, 3, 4);
	row(&t, 0x8000001d, 0, 1, 2, 3, 4);
	row(&t, 0x80000021, 0, 0x40, 0, 0, 0);
	CHECK_EQ(admit(&w, &t), 1);
	CHECK_EQ(t.row[0].r[KL_EAX], 0x8000001e);
	CHECK(is(&t, 1, 1, 2, 3, 4));
	CHECK(is(&t, 3, 0, 0, 0, 0));

	memset(&t, 0, sizeof(t));
	row(&t, 0x80000000, 0, 0x80000021, 0, 0, 0);
	row(&t, 0x80000002, 0, 1, 2, 3, 4);
	CHECK_EQ(admit(&w, &t), 0);
	CHECK_EQ(t.row[0].r[KL_EAX], 0x80000008);
}

TEST(centaur_leaves_are_cut_to_the_baseline)
{
	static struct words w;
	static struct table t;

	words_intel(&w);
	memset(&t, 0, sizeof(t));
	row(&t, 0xc0000000, 0, 0xc0000004, 0, 0, 0);
	row(&t, 0xc0000001, 0, 0, 0, 0, 0xc);
	CHECK_EQ(admit(&w, &t), 1);
	CHECK(is(&t, 0, 0, 0, 0, 0));
	CHECK(is(&t, 1, 0, 0, 0, 0));
	words_put(&w, 0xc0000000, 0, 0xc0000001, 0, 0, 0);
	words_put(&w, 0xc0000001, 0, 0, 0, 0, 0x4);
	memset(&t, 0, sizeof(t));
	row(&t, 0xc0000000, 0, 0xc0000004, 0, 0, 0);
	row(&t, 0xc0000001, 0, 0, 0, 0, 0xc);
	CHECK_EQ(admit(&w, &t), 1);
	CHECK_EQ(t.row[0].r[KL_EAX], 0xc0000001);
	CHECK_EQ(t.row[1].r[KL_EDX], 0x4);
}

TEST(kvms_leaves_are_levelled_wherever_they_are)
{
	static const u32 bases[] = { 0x40000000, 0x40000100, 0x4000ff00, 0x40010000, 0x4fffff00 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bases); i++) {
		static struct words w;
		static struct table t;
		char told_of[128];

		words_intel(&w);
		words_unset(&w, 0x40000001, 0, KL_EAX, 1u << 7);
		memset(&t, 0, sizeof(t));
		if (i)
			base(&t, 0x40000000, 0, 0x40000082, HYPERV);
		row(&t, bases[i] + 1, 0, 0x80ff, 1, 1, 1);
		row(&t, bases[i] + 2, 0, 1, 1, 1, 1);
		base(&t, bases[i], 0, bases[i] + 2, KVM);
		row(&t, bases[i] + 0x10, 0, 1, 2, 3, 4);
		CHECK_EQ(admit(&w, &t), 2);
		CHECK(is(&t, t.nr - 4, 0x807b, 0, 0, 1));
		CHECK(is(&t, t.nr - 3, 0, 0, 0, 0));
		CHECK(is_base(&t, t.nr - 2, bases[i] + 1, KVM));
		CHECK(is(&t, t.nr - 1, 1, 2, 3, 4));
		snprintf(told_of, sizeof(told_of),
			 "CPUID 0x%x.0:eax bits 0x84: features beyond the baseline", bases[i] + 1);
		CHECK_STR(t.told[0], told_of);
	}
}

TEST(the_highest_leaf_of_kvms_is_the_baselines_or_the_vmms_last)
{
	static const struct {
		const char *name;
		u32 max, in;
		bool frequencies;
		u32 out;
	} cases[] = {
		{ "the baseline's", 0x40000001, 0x40000101, false, 0x40000101 },
		{ "zero, as VMMs of old had it", 0x40000001, 0, false, 0 },
		{ "too high", 0x40000001, 0x40000110, false, 0x40000101 },
		{ "high for the frequencies", 0x40000001, 0x40000110, true, 0x40000110 },
		{ "higher than the frequencies", 0x40000001, 0x400001ff, true, 0x40000110 },
		{ "beyond KVM's part", 0x40000001, 0x4fffffff, true, 0x40000110 },
		{ "below", 0x40000001, 0x40000100, true, 0x40000100 },
		{ "baseline of an old KVM", 0, 0x40000105, false, 0x40000101 },
		{ "baseline of a newer KVM", 0x40000003, 0x40000105, false, 0x40000103 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct words w;
		static struct table t;

		test_case(cases[i].name);
		words_intel(&w);
		words_leaf(&w, 0x40000000, 0)->r[KL_EAX] = cases[i].max;
		memset(&t, 0, sizeof(t));
		base(&t, 0x40000000, 0, 0x40000082, HYPERV);
		base(&t, 0x40000100, 0, cases[i].in, KVM);
		if (cases[i].frequencies)
			row(&t, 0x40000110, 0, 2000000, 1000000, 0, 0);
		/* A further hypervisor's leaves are not KVM's to reach. */
		row(&t, 0x40000210, 0, 0, 0, 0, 0);
		CHECK_EQ(admit(&w, &t), 0);
		CHECK_EQ(t.row[1].r[KL_EAX], cases[i].out);
	}
}

TEST(leaves_of_another_hypervisor_pass)
{
	static struct words w;
	static struct table t;

	words_intel(&w);
	memset(&t, 0, sizeof(t));
	base(&t, 0x40000000, 0, 0x40000082, HYPERV);
	row(&t, 0x40000001, 0, 0x31237648, 0, 0, 0);
	row(&t, 0x40000003, 0, ~0u, ~0u, ~0u, ~0u);
	row(&t, 0x40000082, 0, 2, 0, 0, 0);
	base(&t, 0x40000100, 0, 0x40000104, XEN);
	row(&t, 0x40000103, 0, ~0u, 0, 0, 0);
	CHECK_EQ(admit(&w, &t), 0);
	CHECK_EQ(t.puts, 0);
}

TEST(hypervisor_leaves_of_nobody_are_not_shown)
{
	static struct words w;
	static struct table t;

	words_intel(&w);
	memset(&t, 0, sizeof(t));
	row(&t, 0x40000001, 0, 0xff, 0, 0, 0);
	row(&t, 0x40000200, 0, 0x40000201, 0, 0, 0);
	row(&t, 0x40000201, 0, 0xff, 0, 0, 0);
	row(&t, 0x40000010, 0, 1, 2, 3, 4);
	row(&t, 0x4abcdef0, 0, 1, 0, 0, 0);
	CHECK_EQ(admit(&w, &t), 5);
	CHECK(is(&t, 0, 0, 0, 0, 0));
	CHECK(is(&t, 1, 0, 0, 0, 0));
	CHECK(is(&t, 2, 0, 0, 0, 0));
	CHECK(is(&t, 3, 0, 0, 0, 0));
	CHECK(is(&t, 4, 0, 0, 0, 0));
	CHECK_STR(t.told[0],
		  "CPUID 0x40000001.0:eax bits 0xff: a leaf that the baseline does not have");
}

TEST(a_second_base_row_cannot_smuggle_kvms_features)
{
	static struct words w;
	static struct table t;

	words_intel(&w);
	words_unset(&w, 0x40000001, 0, KL_EAX, 1u << 7);
	memset(&t, 0, sizeof(t));
	base(&t, 0x40000000, 0, 0x40000001, HYPERV);
	base(&t, 0x40000000, 1, 0x40000001, KVM);
	row(&t, 0x40000001, 0, 1u << 7, 0, 0, 0);
	CHECK_EQ(admit(&w, &t), 1);
	CHECK(is(&t, 2, 0, 0, 0, 0));
}

TEST(a_baseline_without_kvms_leaves_hides_kvm)
{
	static struct words w;
	static struct table t;

	words_intel(&w);
	words_drop(&w, 0x40000000, 0);
	words_drop(&w, 0x40000001, 0);
	memset(&t, 0, sizeof(t));
	row(&t, 0x40000010, 0, 1, 2, 3, 4);
	row(&t, 0x40000001, 0, 0x8001, 0, 0, 1);
	base(&t, 0x40000000, 0, 0x40000010, KVM);
	CHECK_EQ(admit(&w, &t), 3);
	CHECK(is(&t, 0, 0, 0, 0, 0));
	CHECK(is(&t, 1, 0, 0, 0, 0));
	CHECK(is(&t, 2, 0, 0, 0, 0));
}

TEST(every_duplicate_of_a_row_is_levelled)
{
	static struct words w;
	static struct table t;

	words_intel(&w);
	words_unset(&w, 7, 0, KL_EBX, 1u << 5);
	memset(&t, 0, sizeof(t));
	row(&t, 7, 0, 0, 1u << 5, 0, 0);
	row(&t, 7, 0, 0, 3u << 5, 0, 0);
	row(&t, 1, 0, 0, 0, 1u << 16, 0);
	row(&t, 1, 3, 0, 0, 1u << 16, 0);
	CHECK_EQ(admit(&w, &t), 4);
	CHECK(is(&t, 0, 0, 0, 0, 0));
	CHECK(is(&t, 1, 0, 2u << 5, 0, 0));
	CHECK(is(&t, 2, 0, 0, 0, 0));
	CHECK(is(&t, 3, 0, 0, 0, 0));
}

TEST(masking_avx512_also_shrinks_the_xsave_area)
{
	static struct words w;
	static struct table t;

	words_intel(&w);
	words_unset(&w, 0xd, 0, KL_EAX, 0x600e0);
	memset(&t, 0, sizeof(t));
	row(&t, 0xd, 0, 0x2e7, 0x240, 0xa88, 0);
	row(&t, 0xd, 1, 0xf, 0x988, 0, 0);
	row(&t, 0xd, 5, 0x40, 0x440, 0, 0);
	row(&t, 0xd, 0, 0x7, 0x340, 0x340, 0);
	row(&t, 0xd, 0, 0x3, 0x240, 0x200, 0);
	words_drop(&w, 0xd, 5);
	CHECK_EQ(admit(&w, &t), 2);
	/* Components 0, 1, 2 and 9, which lies beyond the gap. */
	CHECK(is(&t, 0, 0x207, 0x240, 0xa88, 0));
	CHECK_EQ(t.row[1].r[KL_EBX], 0x240 + 0x100 + 8);
	CHECK(is(&t, 2, 0, 0, 0, 0));
	CHECK(is(&t, 3, 0x7, 0x340, 0x340, 0));
	CHECK(is(&t, 4, 0x3, 0x240, 0x200, 0));
	/* Sizes are never the excess. */
	memset(&t, 0, sizeof(t));
	row(&t, 0xd, 0, 0x7, 0xffff, 0xffff, 0);
	CHECK_EQ(admit(&w, &t), 0);
	CHECK(is(&t, 0, 0x7, 0x340, 0x340, 0));
}

TEST(masking_xsave_also_masks_every_row_of_0xd)
{
	static struct words w;
	static struct table t;
	unsigned int i;

	words_intel(&w);
	words_unset(&w, 1, 0, KL_ECX, 1u << 26);
	memset(&t, 0, sizeof(t));
	row(&t, 0xd, 0, 0x7, 0x340, 0x340, 0);
	row(&t, 0xd, 1, 0xf, 0x340, 0, 0);
	row(&t, 0xd, 2, 0x100, 0x240, 0, 0);
	CHECK_EQ(admit(&w, &t), 0);
	CHECK_EQ(t.puts, 3);
	for (i = 0; i < t.nr; i++)
		CHECK(is(&t, i, 0, 0, 0, 0));
}

TEST(a_leaf_whose_feature_is_hidden_is_emptied_but_only_the_feature_is_told)
{
	static struct words w;
	static struct table t;

	words_intel(&w);
	memset(&t, 0, sizeof(t));
	/* QEMU does so for every guest. */
	row(&t, 0x5, 0, 0, 0, 3, 0);
	CHECK_EQ(admit(&w, &t), 0);
	CHECK(is(&t, 0, 0, 0, 0, 0));
	memset(&t, 0, sizeof(t));
	row(&t, 0x1, 0, 0, 0, 1u << 3, 0);
	row(&t, 0x5, 0, 0x40, 0x40, 3, 0);
	CHECK_EQ(admit(&w, &t), 1);
	CHECK_STR(t.told[0], "CPUID 0x1.0:ecx bits 0x8: features beyond the baseline");
	CHECK(is(&t, 1, 0, 0, 0, 0));
}

TEST(the_old_ioctls_table_of_index_zero_is_levelled)
{
	static struct words w;
	static struct table t;

	/* KVM_SET_CPUID: no subleaves but 0. */
	words_amd(&w);
	memset(&t, 0, sizeof(t));
	row(&t, 0, 0, 0xd, 0, 0, 0);
	row(&t, 1, 0, 0, 0, ~0u, ~0u);
	row(&t, 4, 0, 1, 2, 3, 4);
	row(&t, 7, 0, 0, ~0u, ~0u, ~0u);
	row(&t, 0xd, 0, ~0u, ~0u, ~0u, ~0u);
	CHECK_EQ(admit(&w, &t), 3);
	CHECK(is(&t, 4, 0x207, 0x988, 0x988, 0));
	CHECK_EQ(t.row[1].r[KL_ECX], words_reg(&w.set, 1, 0, KL_ECX) | 1u << 27 | 1u << 31);
}

TEST(a_number_that_kvm_emulates_is_cut_without_a_word)
{
	static struct words w;
	static struct table t;

	words_amd(&w);
	words_set(&w, 0x80000001, 0, KL_ECX, BIT(2));
	words_put(&w, 0x8000000a, 0, 1, 8, 0, 1);
	memset(&t, 0, sizeof(t));
	/* QEMU's 16 ASIDs, on hosts whose KVM offers 8. */
	row(&t, 0x8000000a, 0, 1, 16, 0, 1);
	CHECK_EQ(admit(&w, &t), 0);
	CHECK_EQ(t.nr_told, 0);
	CHECK(is(&t, 0, 1, 8, 0, 1));
}

TEST(features_beside_a_number_that_kvm_emulates_are_told)
{
	static struct words w;
	static struct table t;

	words_amd(&w);
	words_set(&w, 0x80000001, 0, KL_ECX, BIT(2));
	words_put(&w, 0x8000000a, 0, 1, 8, 0, 1);
	memset(&t, 0, sizeof(t));
	row(&t, 0x8000000a, 0, 1, 8, 0, 3);
	CHECK_EQ(admit(&w, &t), 1);
	CHECK_EQ(t.nr_told, 1);
	CHECK(is(&t, 0, 1, 8, 0, 1));
}

TEST(a_timer_that_never_stops_is_every_kvm_guests)
{
	static struct words w;
	static struct table t;

	words_amd(&w);
	words_put(&w, 6, 0, 0, 0, 0, 0);
	memset(&t, 0, sizeof(t));
	/* ARAT, and Intel's digital thermal sensor beside it. */
	row(&t, 6, 0, BIT(2), 0, 0, 0);
	CHECK_EQ(admit(&w, &t), 0);
	row(&t, 6, 0, BIT(2) | BIT(0), 0, 0, 0);
	CHECK_EQ(admit(&w, &t), 1);
}

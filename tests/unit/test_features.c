// SPDX-License-Identifier: GPL-2.0
/*
 * The feature table: nothing stands in it twice, all that it points to is
 * there, all that the core decides over has an entry, and how it says that
 * pools combine an entry is what the core does with the words.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "../../userspace/names.h"
#include "../../userspace/rules.h"
#include "harness.h"
#include "internal.h"
#include "words.h"

/* The @i-th entry of the table: features, then fields; NULL behind the last. */
static const struct feature *entry(unsigned int i)
{
	if (i < nr_features)
		return &features[i];
	return i - nr_features < nr_fields ? &fields[i - nr_features] : NULL;
}

static bool is_field(const struct feature *f)
{
	return f >= fields && f < fields + nr_fields;
}

static u64 mask_of(const struct feature *f)
{
	return (f->width == 64 ? ~0ull : (1ull << f->width) - 1) << f->at.bit;
}

static bool same_word(const struct bit_place *a, const struct bit_place *b)
{
	return a->msr == b->msr && a->leaf == b->leaf && a->subleaf == b->subleaf &&
	       a->reg == b->reg;
}

/* Call @see for the name of @f and each alias. */
static void each_name(const struct feature *f,
		      void (*see)(const struct feature *f, const char *name, size_t len))
{
	const char *a = f->aliases;

	see(f, f->name, strlen(f->name));
	while (*a) {
		size_t len = strcspn(a, ",");

		see(f, a, len);
		a += len + (a[len] == ',');
	}
}

TEST(no_place_is_listed_twice)
{
	const struct feature *a, *b;
	unsigned int i, j;

	for (i = 0; (a = entry(i)); i++)
		for (j = i + 1; (b = entry(j)); j++)
			if (same_word(&a->at, &b->at) && mask_of(a) & mask_of(b))
				FAIL("%s and %s share a bit", a->name, b->name);
}

static char plain(char c)
{
	return c == '_' || c == '.' ? '-' : (char)tolower((unsigned char)c);
}

static struct spelled {
	char text[64];
	const struct feature *f;
} spelled[4096];

static unsigned int nr_spelled;

static void spell(const struct feature *f, const char *name, size_t len)
{
	struct spelled *s = &spelled[nr_spelled++];
	size_t i;

	if (nr_spelled == ARRAY_SIZE(spelled) || len >= sizeof(s->text))
		FAIL("%s: too many or too long names", f->name);
	for (i = 0; i < len; i++)
		s->text[i] = plain(name[i]);
	s->text[len] = 0;
	s->f = f;
}

TEST(no_name_is_listed_twice)
{
	const struct feature *f;
	unsigned int i, j;

	nr_spelled = 0;
	for (i = 0; (f = entry(i)); i++)
		each_name(f, spell);
	for (i = 0; i < nr_spelled; i++)
		for (j = i + 1; j < nr_spelled; j++)
			if (!strcmp(spelled[i].text, spelled[j].text))
				FAIL("%s and %s are both called %s", spelled[i].f->name,
				     spelled[j].f->name, spelled[i].text);
}

static void find(const struct feature *f, const char *name, size_t len)
{
	char text[64];

	snprintf(text, sizeof(text), "%.*s", (int)len, name);
	if ((is_field(f) ? field_named(text) : feature_named(text)) != f)
		FAIL("%s is not found by %s", f->name, text);
	if ((is_field(f) ? feature_named(text) : field_named(text)))
		FAIL("%s is both a feature and a field", text);
}

TEST(every_entry_is_found_by_its_place_and_its_names)
{
	const struct feature *f;
	unsigned int i;

	for (i = 0; (f = entry(i)); i++) {
		if ((is_field(f) ? field_at(&f->at) : feature_at(&f->at)) != f)
			FAIL("%s is not found where it is", f->name);
		if (is_field(f) && feature_at(&f->at))
			FAIL("%s is a feature, too", f->name);
		each_name(f, find);
	}
}

TEST(a_place_is_told_with_its_features_and_numbers)
{
	const struct kl_place avx2 = { KL_PLACE_CPUID, 0x7, 0, KL_EBX, 0x20, "gone" };
	const struct kl_place width = { KL_PLACE_CPUID, 0x80000008, 0, KL_EAX, 0xff, "gone" };
	const struct kl_place format = { KL_PLACE_MSR, 0x345, 0, KL_EAX, 0x2001, "gone" };
	static struct words need, have;
	char *text;

	text = place_text(&avx2);
	CHECK_STR(text, "CPUID 0x7.0:ebx bits 0x20 (avx2): gone");
	free(text);
	text = place_text(&format);
	CHECK_STR(text, "MSR 0x345 bits 0x2001 (lbr-format, full-width-write): gone");
	free(text);
	text = place_features(&format);
	CHECK_STR(text, "full-width-write");
	free(text);
	words_clear(&need);
	words_clear(&have);
	words_put(&need, 0x80000008, 0, 0x3030, 0, 0, 0);
	words_put(&have, 0x80000008, 0, 0x302b, 0, 0, 0);
	text = lack_text(&width, &need.set, &have.set);
	CHECK_STR(text, "CPUID 0x80000008.0:eax[7:0]: 0x30 is needed, 0x2b is there (maxphyaddr)");
	free(text);
	text = lack_text(&avx2, &need.set, &have.set);
	CHECK_STR(text, "CPUID 0x7.0:ebx bits 0x20 (avx2): gone");
	free(text);
}

TEST(a_slip_is_told_the_nearest_names)
{
	char *near = near_names("avx51f");

	CHECK_STR(near, "avx512f");
	free(near);
	near = near_names("maxphyadr");
	CHECK_STR(near, "maxphyaddr");
	free(near);
	CHECK(!near_names("frobnicate"));
}

static int parse(const char *text, struct bit_place *at)
{
	return bit_parse(text, at) ? word_parse(text, at) ? -1 : 1 : 0;
}

TEST(names_bits_and_words_are_told_apart)
{
	struct bit_place at;

	CHECK_EQ((unsigned int)parse("AVX2", &at), 0);
	CHECK(at.leaf == 7 && at.reg == KL_EBX && at.bit == 5 && !at.msr);
	CHECK_EQ((unsigned int)parse("0xd.0x1:eax[3]", &at), 0);
	CHECK(at.leaf == 0xd && at.subleaf == 1 && at.reg == KL_EAX && at.bit == 3);
	CHECK_EQ((unsigned int)parse("0x80000008:eax", &at), 1);
	CHECK(at.leaf == 0x80000008 && at.reg == KL_EAX && !at.bit);
	CHECK_EQ((unsigned int)parse("msr:0x10a", &at), 1);
	CHECK(at.msr && at.leaf == 0x10a);
	CHECK_EQ((unsigned int)parse("msr:0x10a[62]", &at), 0);
	CHECK(at.msr && at.bit == 62);
	CHECK(parse("0x7.0:ebx[32]", &at) < 0 && parse("0x7.0:efx", &at) < 0);
	CHECK(parse("msr:0x10a[64]", &at) < 0 && parse("0x7.0", &at) < 0);
	CHECK(parse("maxphyaddr", &at) < 0 && parse("", &at) < 0);
}

TEST(names_are_found_in_any_spelling)
{
	CHECK(feature_named("SSE4_1") && feature_named("SSE4_1") == feature_named("sse4.1"));
	CHECK(feature_named("sse4-1") == feature_named("sse4.1"));
	CHECK(!feature_named("sse4") && !feature_named("sse4.11") && !feature_named(""));
}

static void well_spelled(const struct feature *f, const char *name, size_t len)
{
	size_t i;

	if (!len || len >= 48)
		FAIL("%s has a name of %zu letters", f->name, len);
	for (i = 0; i < len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-_.", name[i]))
			FAIL("%s has a name with '%c'", f->name, name[i]);
}

TEST(every_entry_says_whose_and_what_it_is)
{
	const struct feature *f;
	unsigned int i;

	for (i = 0; (f = entry(i)); i++) {
		each_name(f, well_spelled);
		if (!f->vendors)
			FAIL("%s is nobody's", f->name);
		if (strlen(f->text) < 3 || strlen(f->text) > 72)
			FAIL("%s: what it is takes %zu letters", f->name, strlen(f->text));
		if (f->at.bit + f->width > (f->at.msr ? 64 : 32) || !f->width)
			FAIL("%s has bits that its word has not", f->name);
		if (!is_field(f) && f->width != 1)
			FAIL("%s is a feature of %u bits", f->name, f->width);
	}
}

static struct bit_place place_of(const struct kl_bit *b)
{
	return (struct bit_place){ .leaf = b->leaf, .subleaf = b->subleaf, .reg = b->reg,
				   .bit = b->bit };
}

static void check_named(const struct kl_bit *b, const char *why)
{
	struct bit_place at = place_of(b);

	if (!feature_at(&at))
		FAIL("CPUID 0x%x.%u:%s[%u] has no name: %s", b->leaf, b->subleaf,
		     kl_reg_name(b->reg), b->bit, why);
	if (rule_at(&at) != RULE_AND)
		FAIL("%s is %s, and not a feature to be lost: %s", feature_at(&at)->name,
		     rule_word(rule_at(&at)), why);
}

TEST(every_dependency_exists_and_has_a_name)
{
	unsigned int i;

	for (i = 0; i < kl_nr_deps; i++) {
		CHECK(kl_deps[i].why && *kl_deps[i].why);
		check_named(&kl_deps[i].feature, kl_deps[i].why);
		check_named(&kl_deps[i].needs, kl_deps[i].why);
	}
	for (i = 0; i < kl_nr_shapes; i++)
		if (kl_shapes[i].gate.leaf)
			check_named(&kl_shapes[i].gate, "a leaf exists by it");
	for (i = 0; i < kl_nr_msr_shapes; i++)
		if (kl_msr_shapes[i].gate.leaf)
			check_named(&kl_msr_shapes[i].gate, "an MSR exists by it");
}

/* How many steps from the feature of the @i-th dependency to one that needs nothing. */
static unsigned int depth(unsigned int i, unsigned int so_far)
{
	unsigned int j, deepest = so_far, d;

	if (so_far > nr_feature_needs)
		FAIL("%s needs itself", feature_needs[i].feature);
	for (j = 0; j < nr_feature_needs; j++) {
		if (strcmp(feature_needs[i].needs, feature_needs[j].feature))
			continue;
		d = depth(j, so_far + 1);
		deepest = max(deepest, d);
	}
	return deepest;
}

TEST(dependencies_by_name_exist_and_none_needs_itself)
{
	unsigned int i, j;

	for (i = 0; i < nr_feature_needs; i++) {
		const struct feature_need *n = &feature_needs[i];
		const struct feature *f = feature_named(n->feature);
		const struct feature *needs = feature_named(n->needs);

		if (!f || !needs)
			FAIL("%s needs %s: there is no such feature", n->feature, n->needs);
		if (strcmp(f->name, n->feature) || strcmp(needs->name, n->needs))
			FAIL("%s needs %s: an alias", n->feature, n->needs);
		CHECK(n->why && *n->why);
		if (!f->at.msr)
			FAIL("%s is in CPUID: its dependencies are the core's", f->name);
		for (j = 0; j < i; j++)
			if (!strcmp(feature_needs[j].feature, n->feature) &&
			    !strcmp(feature_needs[j].needs, n->needs))
				FAIL("%s needs %s twice", n->feature, n->needs);
		depth(i, 0);
	}
}

/* What the core decides over and nobody has named; it combines as if it were a feature. */
static const struct {
	bool msr;
	u32 leaf, subleaf;
	enum kl_reg reg;
	u64 bits;
	const char *why;
} unnamed[] = {
	{ false, 0x23, 1, KL_ECX, 0xffffffff, "reserved in subleaf 1" },
	{ false, 0x23, 1, KL_EDX, 0xffffffff, "reserved in subleaf 1" },
	{ true, 0x481, 0, 0, ~0ull, "follows from 0x48d" },
	{ true, 0x482, 0, 0, ~0ull, "follows from 0x48e" },
	{ true, 0x483, 0, 0, ~0ull, "follows from 0x48f" },
	{ true, 0x484, 0, 0, ~0ull, "follows from 0x490" },
	{ true, 0x48b, 0, 0, 0x2000000000000000, "reserved controls" },
	{ true, 0x48d, 0, 0, 0xffffff1600000000, "reserved controls" },
	{ true, 0x48e, 0, 0, 0x0404617300000000, "reserved controls" },
	{ true, 0x48f, 0, 0, 0x00036dfb00000000 & ~(1ull << 41 | 1ull << 47 | 1ull << 44),
	  "reserved controls" },
	{ true, 0x490, 0, 0, 0xff0011fb00000000 & ~(1ull << 41), "reserved controls" },
	{ true, 0x491, 0, 0, ~1ull, "reserved functions" },
};

static u64 unnamed_bits(bool msr, u32 leaf, u32 subleaf, enum kl_reg reg)
{
	unsigned int i;
	u64 bits = 0;

	for (i = 0; i < ARRAY_SIZE(unnamed); i++)
		if (unnamed[i].msr == msr && unnamed[i].leaf == leaf &&
		    unnamed[i].subleaf == subleaf && unnamed[i].reg == reg)
			bits |= unnamed[i].bits;
	return bits;
}

/* Bits of the word of @at that have an entry. */
static u64 named_bits(struct bit_place at)
{
	u64 bits = 0;

	for (at.bit = 0; at.bit < (at.msr ? 64 : 32); at.bit++)
		if (feature_at(&at) || field_at(&at))
			bits |= 1ull << at.bit;
	return bits;
}

TEST(all_that_the_core_decides_over_has_an_entry)
{
	unsigned int i, r;
	u64 bits, known;

	for (i = 0; i < kl_nr_shapes; i++) {
		const struct kl_shape *s = &kl_shapes[i];

		for (r = 0; r < KL_NR_REGS; r++) {
			struct bit_place at = { .leaf = s->first, .subleaf = s->subleaf_first,
						.reg = r };

			known = named_bits(at);
			bits = unnamed_bits(false, s->first, s->subleaf_first, r);
			if (kl_governed(&s->r[r]) & ~known & ~bits)
				FAIL("CPUID 0x%x.%u:%s bits 0x%llx have no name", s->first,
				     s->subleaf_first, kl_reg_name(r),
				     (unsigned long long)(kl_governed(&s->r[r]) & ~known & ~bits));
			if (known & bits)
				FAIL("CPUID 0x%x.%u:%s bits 0x%llx do have a name", s->first,
				     s->subleaf_first, kl_reg_name(r),
				     (unsigned long long)(known & bits));
		}
	}
	for (i = 0; i < kl_nr_msr_shapes; i++) {
		const struct kl_msr_shape *m = &kl_msr_shapes[i];

		known = named_bits((struct bit_place){ .msr = true, .leaf = m->index });
		bits = unnamed_bits(true, m->index, 0, 0);
		if (kl_msr_known(m) & ~known & ~bits)
			FAIL("MSR 0x%x bits 0x%llx have no name", m->index,
			     (unsigned long long)(kl_msr_known(m) & ~known & ~bits));
		if (known & bits)
			FAIL("MSR 0x%x bits 0x%llx do have a name", m->index,
			     (unsigned long long)(known & bits));
	}
}

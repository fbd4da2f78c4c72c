// SPDX-License-Identifier: GPL-2.0
/*
 * What the feature table says of how pools combine an entry, beside what the
 * core does with hosts that differ in it, and with a VMM that sets it.
 */
#include <stdio.h>
#include <string.h>

#include "../../userspace/names.h"
#include "../../userspace/rules.h"
#include "harness.h"
#include "internal.h"
#include "words.h"

static const struct feature *entry(unsigned int i)
{
	if (i < nr_features)
		return &features[i];
	return i - nr_features < nr_fields ? &fields[i - nr_features] : NULL;
}

static u64 mask_of(const struct feature *f)
{
	return (f->width == 64 ? ~0ull : (1ull << f->width) - 1) << f->at.bit;
}

static void put(struct words *w, const struct bit_place *at, u64 bits)
{
	if (at->msr)
		words_msr(w, at->leaf, bits);
	else
		words_set(w, at->leaf, at->subleaf, at->reg, (u32)bits);
}

static u64 get(const struct kl_set *set, const struct bit_place *at)
{
	return at->msr ? words_msr_value(set, at->leaf) :
			 words_reg(set, at->leaf, at->subleaf, at->reg);
}

static void put_bit(struct words *w, const struct kl_bit *b)
{
	if (b->leaf)
		words_set(w, b->leaf, b->subleaf, b->reg, 1u << b->bit);
}

/* A host whose word of @at is @bits; all that makes the word be there is. */
static void host_with(struct words *w, const struct bit_place *at, u64 bits)
{
	struct kl_bit gate = rule_gate(at);

	words_clear(w);
	words_put(w, 0x40000000, 0, 0, KL_KVM_EBX, KL_KVM_ECX, KL_KVM_EDX);
	put_bit(w, &gate);
	put(w, at, bits);
}

/* What a pool of two hosts has in the word of @at. */
static u64 combined(const struct bit_place *at, u64 a, u64 b)
{
	static struct words first, second;
	static struct kl_acc acc;
	struct kl_place place;
	struct kl_set set;

	host_with(&first, at, a);
	host_with(&second, at, b);
	if (kl_acc_init(&acc, &first.set, &place) || kl_acc_add(&acc, &second.set, &place))
		FAIL("CPUID or MSR 0x%x: %s", at->leaf, place.why);
	set = kl_acc_set(&acc);
	return get(&set, at);
}

static void check(const struct feature *f, const char *what, u64 got, u64 want)
{
	if (got != want)
		FAIL("%s is %s, but %s gives 0x%llx, not 0x%llx", f->name,
		     rule_word(rule_at(&f->at)), what, (unsigned long long)got,
		     (unsigned long long)want);
}

/* The signature and vendor name a set and stay in it. */
static bool names_the_set(const struct feature *f)
{
	return !f->at.msr && (f->at.leaf == 0 || f->at.leaf == 0x40000000) && f->at.reg != KL_EAX;
}

static void check_combined(const struct feature *f)
{
	u64 all = mask_of(f), low = 1ull << f->at.bit;
	u64 both = 0, one = 0, differ = 0;

	switch (rule_at(&f->at)) {
	case RULE_AND:
		both = all;
		break;
	case RULE_OR:
	case RULE_MUST:
		both = all;
		one = all;
		differ = 3 * low;
		break;
	case RULE_MIN:
		both = all;
		differ = low;
		break;
	case RULE_EQUAL:
		both = all;
		break;
	default:
		break;
	}
	if (names_the_set(f) && rule_at(&f->at) == RULE_PASS)
		return;
	check(f, "having it on both hosts", combined(&f->at, all, all) & all, both);
	check(f, "having it on one host", combined(&f->at, all, 0) & all, one);
	check(f, "having it on the other host", combined(&f->at, 0, all) & all, one);
	if (f->width == 1)
		return;
	check(f, "1 beside 2", combined(&f->at, low, 2 * low) & all, differ);
	check(f, "2 beside 1", combined(&f->at, 2 * low, low) & all, differ);
}

TEST(pools_combine_every_entry_as_the_table_says)
{
	const struct feature *f;
	unsigned int i;

	for (i = 0; (f = entry(i)); i++)
		check_combined(f);
}

/* A VMM's table of two rows: whose the hypervisor leaves are, and one of them. */
static struct kl_leaf rows[2];

static void row_get(const struct kl_table *t, unsigned int i, struct kl_leaf *l)
{
	(void)t;
	*l = rows[i];
}

static void row_put(const struct kl_table *t, unsigned int i, const struct kl_leaf *l)
{
	(void)t;
	rows[i] = *l;
}

/* What is left of @bits that a VMM sets, under a baseline that has none of them. */
static u64 admitted(const struct feature *f, u64 bits)
{
	const struct kl_table table = { .nr = 2, .get = row_get, .put = row_put };
	static struct words max;

	host_with(&max, &f->at, 0);
	if (f->at.msr)
		return kl_admit_msr(&max.set, f->at.leaf, bits);
	/* The guest may have switched on what its bits speak of. */
	if (f->pass == PASS_DYNAMIC) {
		words_set(&max, 0x1, 0, KL_ECX, 1u << 26);
		words_set(&max, 0x7, 0, KL_ECX, 1u << 3);
	}
	rows[0] = (struct kl_leaf){ 0x40000000, 0, { 0, KL_KVM_EBX, KL_KVM_ECX, KL_KVM_EDX } };
	rows[1] = (struct kl_leaf){ f->at.leaf, f->at.subleaf, { 0 } };
	if (f->at.leaf == 0x40000000)
		rows[1] = rows[0];
	rows[1].r[f->at.reg] = (u32)bits;
	kl_admit_table(&max.set, &table, NULL, NULL);
	return rows[1].r[f->at.reg];
}

/* IA32_FEATURE_CONTROL speaks of features, and the baseline of admitted() has none. */
static u64 goes_with_features(const struct feature *f)
{
	static const struct kl_set none;

	return f->at.msr && f->at.leaf == 0x3a ? kl_feature_control_hidden(&none) : 0;
}

TEST(a_vmm_keeps_what_passes_and_nothing_that_is_hidden)
{
	const struct feature *f;
	unsigned int i;
	u64 all;

	for (i = 0; (f = entry(i)); i++) {
		all = mask_of(f);
		switch (rule_at(&f->at)) {
		case RULE_PASS:
		case RULE_DYNAMIC:
		case RULE_TOPOLOGY:
			check(f, "a VMM that sets it", admitted(f, all) & all,
			      all & ~goes_with_features(f));
			break;
		case RULE_MIN:
			/* A highest hypervisor leaf of 0 stands for one leaf, so not for none. */
			if ((admitted(f, all) & all) == all)
				FAIL("%s: a VMM may set any number", f->name);
			break;
		case RULE_AND:
		case RULE_EQUAL:
		case RULE_HIDDEN:
			check(f, "a VMM that sets it", admitted(f, all) & all, 0);
			break;
		default:
			break;
		}
	}
}

static u64 under_signature(const struct feature *f, u32 ebx, u32 ecx, u32 edx)
{
	const struct kl_table table = { .nr = 2, .get = row_get, .put = row_put };
	static struct words max;

	host_with(&max, &f->at, 0);
	words_drop(&max, f->at.leaf, f->at.subleaf);
	rows[0] = (struct kl_leaf){ 0x40000000, 0, { f->at.leaf, ebx, ecx, edx } };
	rows[1] = (struct kl_leaf){ f->at.leaf, f->at.subleaf, { 0 } };
	rows[1].r[f->at.reg] = (u32)mask_of(f);
	kl_admit_table(&max.set, &table, NULL, NULL);
	return rows[1].r[f->at.reg];
}

TEST(leaves_of_another_hypervisor_pass_under_its_signature_only)
{
	const struct feature *f;
	unsigned int i, nr = 0;

	for (i = 0; (f = entry(i)); i++) {
		if (rule_at(&f->at) != RULE_FOREIGN) {
			CHECK(f->vendors != FOR_HYPERV);
			continue;
		}
		nr++;
		if (f->vendors != FOR_HYPERV)
			FAIL("%s is foreign, but not Hyper-V's", f->name);
		check(f, "a VMM that offers Hyper-V", under_signature(f, 1, 2, 3), mask_of(f));
		check(f, "a VMM that offers KVM",
		      under_signature(f, KL_KVM_EBX, KL_KVM_ECX, KL_KVM_EDX), 0);
	}
	CHECK(nr > 50);
}

/* A guest that has less of what must be is refused, with less of bad news it isn't. */
TEST(what_must_be_is_told_from_bad_news)
{
	static struct words has, has_not;
	const struct feature *f;
	enum rule rule;
	unsigned int i;
	int ret;

	for (i = 0; (f = entry(i)); i++) {
		rule = rule_at(&f->at);
		if (rule != RULE_MUST && rule != RULE_OR)
			continue;
		host_with(&has_not, &f->at, 0);
		host_with(&has, &f->at, mask_of(f));
		ret = kl_set_subset(&has_not.set, &has.set, NULL);
		check(f, "a guest without it", (unsigned int)-ret,
		      rule == RULE_MUST ? EOPNOTSUPP : 0);
	}
}

TEST(why_a_place_passes_is_told_of_places_that_pass_only)
{
	const struct feature *f;
	unsigned int i;

	for (i = 0; (f = entry(i)); i++) {
		switch (rule_at(&f->at)) {
		case RULE_PASS:
		case RULE_DYNAMIC:
		case RULE_TOPOLOGY:
		case RULE_RECOMPUTE:
		case RULE_FOREIGN:
			if (f->pass == PASS_NOT)
				FAIL("%s passes, and the table does not say whose it is", f->name);
			break;
		default:
			if (f->pass != PASS_NOT)
				FAIL("%s is %s, and the table says that it passes", f->name,
				     rule_word(rule_at(&f->at)));
		}
	}
}

/* The list of the design: what is no plain AND, by name. */
static const struct { const char *name; enum rule rule; } expected[] = {
	{ "fdp-excptn-only", RULE_OR }, { "zero-fcs-fds", RULE_OR }, { "md-clear", RULE_OR },
	{ "no-lmsl", RULE_OR }, { "fs-gs-base-ns", RULE_OR }, { "verw-clear", RULE_OR },
	{ "rsba", RULE_OR }, { "rrsba", RULE_OR }, { "fb-clear", RULE_OR },
	{ "rfds-clear", RULE_OR }, { "anythread-deprecated", RULE_OR },
	{ "max-leaf", RULE_MIN }, { "max-extended-leaf", RULE_MIN },
	{ "max-hypervisor-leaf", RULE_MIN }, { "max-leaf-7-subleaf", RULE_MIN },
	{ "maxphyaddr", RULE_MIN }, { "maxlinaddr", RULE_MIN }, { "guest-phys-bits", RULE_MIN },
	{ "pmu-version", RULE_MIN },
	{ "pmu-counters", RULE_MIN }, { "svm-asids", RULE_MIN },
	{ "xsave-size-enabled", RULE_RECOMPUTE }, { "xsave-size-max", RULE_RECOMPUTE },
	{ "osxsave", RULE_DYNAMIC }, { "ospke", RULE_DYNAMIC }, { "initial-apic-id", RULE_DYNAMIC },
	{ "ht", RULE_TOPOLOGY }, { "cmp_legacy", RULE_TOPOLOGY },
	{ "topology-shift", RULE_TOPOLOGY },
	{ "hypervisor", RULE_PASS }, { "tsc-frequency", RULE_PASS }, { "arat", RULE_PASS },
	{ "intel-pt-lip", RULE_EQUAL }, { "vmx-revision", RULE_EQUAL },
	{ "pebs-format", RULE_EQUAL }, { "pebs-baseline", RULE_EQUAL },
	{ "vmx-32bit-addresses", RULE_MUST }, { "vmx-pin-must", RULE_MUST },
	{ "hybrid", RULE_HIDDEN }, { "ia64", RULE_HIDDEN }, { "hv-relaxed", RULE_FOREIGN },
	{ "avx2", RULE_AND }, { "rdctl-no", RULE_AND }, { "vmx-ept", RULE_AND },
};

TEST(what_is_no_plain_and_is_as_designed)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		const struct feature *f = feature_named(expected[i].name);

		f = f ? f : field_named(expected[i].name);
		if (!f)
			FAIL("%s has no entry", expected[i].name);
		CHECK_STR(rule_word(rule_at(&f->at)), rule_word(expected[i].rule));
	}
}

TEST(sizes_of_xsave_areas_follow_from_the_components_that_are_left)
{
	static const char *const sizes[] = { "xsave-size-enabled", "xsave-size-max" };
	static struct words max;
	struct kl_leaf l;
	unsigned int i;

	words_clear(&max);
	words_set(&max, 0x1, 0, KL_ECX, 1u << 26);
	words_put(&max, 0xd, 0, 0x3, 576, 576, 0);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		const struct feature *f = field_named(sizes[i]);

		CHECK(f && rule_at(&f->at) == RULE_RECOMPUTE);
		l = (struct kl_leaf){ 0xd, 0, { 0x7, 0, 0, 0 } };
		l.r[f->at.reg] = 832;
		kl_admit_leaf(&max.set, &l);
		CHECK_EQ(l.r[KL_EAX], 0x3);
		CHECK_EQ(l.r[f->at.reg], 576);
	}
}

// SPDX-License-Identifier: GPL-2.0
/* What can be wrong with a baseline. */
#include <errno.h>
#include <string.h>

#include "nlprobe.h"

static struct words w;

/* A name of its own: were the message taken, the baseline would change. */
static void named(struct msg *m)
{
	msg_start(m, CMD(BASELINE_SET));
	put_text(m, A(NAME), "bad");
}

static void set_of(struct msg *m, const struct words *words)
{
	named(m);
	put_words(m, A(DEFAULT), words);
}

/* The first leaf of default can be spoilt; returns default's place, closed by done(). */
static size_t open_leaf(struct msg *m, size_t *leaf)
{
	size_t set;

	named(m);
	set = nest(m, A(DEFAULT));
	for (u32 i = 1; i < good_words.nr_leaves; i++)
		put_leaf(m, &good_words.leaf[i]);
	*leaf = nest(m, KVM_LEVEL_A_SET_LEAF);
	return set;
}

static void leaf_words(struct msg *m, u16 from, u16 to)
{
	const struct leaf *l = &good_words.leaf[0];

	for (u16 type = from; type <= to; type++)
		put_u32(m, type, type == LEAF(LEAF) ? l->leaf :
			type == LEAF(SUBLEAF) ? l->subleaf : l->reg[type - LEAF(EAX)]);
}

static void done(struct msg *m, size_t set, size_t part)
{
	nest_end(m, part);
	nest_end(m, set);
}

/* --- Name ------------------------------------------------------------------- */

static void no_name(struct msg *m)
{
	msg_start(m, CMD(BASELINE_SET));
	put_words(m, A(DEFAULT), &good_words);
	m->missing = A(NAME);
}

static void with_name(struct msg *m, const void *name, size_t bytes)
{
	msg_start(m, CMD(BASELINE_SET));
	blame(m, put(m, A(NAME), name, bytes));
	put_words(m, A(DEFAULT), &good_words);
}

static const char long_name[] =
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde";
_Static_assert(sizeof(long_name) == NAME_BYTES + 1, "the longest name");

static void name_too_long(struct msg *m)
{
	char name[NAME_BYTES + 2];

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = 0;
	with_name(m, name, sizeof(name));
}

static void name_of_4000_bytes(struct msg *m)
{
	char name[4000];

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = 0;
	with_name(m, name, sizeof(name));
}

static void longest_name(struct msg *m)
{
	with_name(m, long_name, sizeof(long_name));
	m->fault = 0;
}

static void name_of_no_bytes(struct msg *m)
{
	with_name(m, "", 0);
}

static void name_empty(struct msg *m)
{
	with_name(m, "", 1);
}

static void name_without_end(struct msg *m)
{
	with_name(m, "name", 4);
}

static void longest_name_without_end(struct msg *m)
{
	with_name(m, long_name, NAME_BYTES);
}

static void name_with_two_ends(struct msg *m)
{
	with_name(m, "one\0two", 8);
}

static void name_twice(struct msg *m)
{
	named(m);
	blame(m, put_text(m, A(NAME), "bad2"));
	put_words(m, A(DEFAULT), &good_words);
}

/* --- Sets ------------------------------------------------------------------- */

static void no_default(struct msg *m)
{
	named(m);
	m->missing = A(DEFAULT);
}

static void max_without_default(struct msg *m)
{
	named(m);
	put_words(m, A(MAX_SET), &good_words);
	m->missing = A(DEFAULT);
}

static void default_not_nested(struct msg *m)
{
	set_of(m, &good_words);
	m->fault = NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN + 4;
	msg_attr(m, m->fault)->nla_type &= ~NLA_F_NESTED;
}

static void leaf_not_nested(struct msg *m)
{
	size_t set, leaf;

	set = open_leaf(m, &leaf);
	leaf_words(m, LEAF(LEAF), LEAF(EDX));
	done(m, set, leaf);
	msg_attr(m, leaf)->nla_type &= ~NLA_F_NESTED;
	blame(m, leaf);
}

static void msr_not_nested(struct msg *m)
{
	size_t set, msr;

	named(m);
	set = nest(m, A(DEFAULT));
	for (u32 i = 0; i < good_words.nr_leaves; i++)
		put_leaf(m, &good_words.leaf[i]);
	msr = put_msr(m, &(struct msr){ 0x10a, 0 });
	nest_end(m, set);
	msg_attr(m, msr)->nla_type &= ~NLA_F_NESTED;
	blame(m, msr);
}

static void default_shorter_than_header(struct msg *m)
{
	named(m);
	blame(m, put_zeros(m, A(DEFAULT) | NLA_F_NESTED, NLA_HDRLEN / 2));
}

static void leaf_shorter_than_header(struct msg *m)
{
	size_t set, leaf;

	set = open_leaf(m, &leaf);
	put_raw(m, NULL, NLA_HDRLEN / 2);
	msg_attr(m, leaf)->nla_len = NLA_HDRLEN + NLA_HDRLEN / 2;
	put_raw(m, NULL, NLA_HDRLEN / 2);
	nest_end(m, set);
	blame(m, leaf);
}

static void leaf_longer_than_set(struct msg *m)
{
	size_t set, leaf;

	set = open_leaf(m, &leaf);
	leaf_words(m, LEAF(LEAF), LEAF(EDX));
	done(m, set, leaf);
	/* The message goes on behind the set. */
	put(m, A(FORCE), NULL, 0);
	msg_attr(m, leaf)->nla_len += NLA_HDRLEN;
}

static void word_longer_than_leaf(struct msg *m)
{
	size_t set, leaf;

	set = open_leaf(m, &leaf);
	leaf_words(m, LEAF(LEAF), LEAF(ECX));
	msg_attr(m, put_u32(m, LEAF(EDX), 0))->nla_len += 4;
	done(m, set, leaf);
}

static void bytes_behind_the_words(struct msg *m)
{
	size_t set, leaf;

	set = open_leaf(m, &leaf);
	leaf_words(m, LEAF(LEAF), LEAF(EDX));
	put_raw(m, "\1\0", 2);
	nest_end(m, leaf);
	put_raw(m, NULL, 2);
	nest_end(m, set);
}

static void bytes_behind_the_leaves(struct msg *m)
{
	named(m);
	size_t set = nest(m, A(DEFAULT));

	for (u32 i = 0; i < good_words.nr_leaves; i++)
		put_leaf(m, &good_words.leaf[i]);
	put_raw(m, "\1\0", 2);
	nest_end(m, set);
	put_raw(m, NULL, 2);
}

static void foreign_in_set(struct msg *m)
{
	size_t set;

	named(m);
	set = nest(m, A(DEFAULT));
	for (u32 i = 0; i < good_words.nr_leaves; i++)
		put_leaf(m, &good_words.leaf[i]);
	blame(m, put_u32(m, KVM_LEVEL_A_SET_MAX + 1, 1));
	nest_end(m, set);
}

static void foreign_in_leaf(struct msg *m)
{
	size_t set, leaf;

	set = open_leaf(m, &leaf);
	leaf_words(m, LEAF(LEAF), LEAF(EDX));
	blame(m, put_u32(m, KVM_LEVEL_A_LEAF_MAX + 1, 1));
	done(m, set, leaf);
}

static void foreign_in_msr(struct msg *m)
{
	size_t set, msr;

	named(m);
	set = nest(m, A(DEFAULT));
	for (u32 i = 0; i < good_words.nr_leaves; i++)
		put_leaf(m, &good_words.leaf[i]);
	msr = nest(m, KVM_LEVEL_A_SET_MSR);
	put_u32(m, MSR(INDEX), 0x10a);
	put_u64(m, MSR(VALUE), 0);
	blame(m, put_u32(m, KVM_LEVEL_A_MSR_MAX + 1, 1));
	done(m, set, msr);
}

static void word_of(struct msg *m, size_t bytes)
{
	size_t set, leaf;

	set = open_leaf(m, &leaf);
	leaf_words(m, LEAF(LEAF), LEAF(ECX));
	blame(m, put_zeros(m, LEAF(EDX), bytes));
	done(m, set, leaf);
}

static void word_of_0_bytes(struct msg *m) { word_of(m, 0); }
static void word_of_2_bytes(struct msg *m) { word_of(m, 2); }
static void word_of_8_bytes(struct msg *m) { word_of(m, 8); }

static void msr_value_of_4_bytes(struct msg *m)
{
	size_t set, msr;

	named(m);
	set = nest(m, A(DEFAULT));
	for (u32 i = 0; i < good_words.nr_leaves; i++)
		put_leaf(m, &good_words.leaf[i]);
	msr = nest(m, KVM_LEVEL_A_SET_MSR);
	put_u32(m, MSR(INDEX), 0x10a);
	blame(m, put_zeros(m, MSR(VALUE), 4));
	done(m, set, msr);
}

static void msr_index_of_8_bytes(struct msg *m)
{
	size_t set, msr;

	named(m);
	set = nest(m, A(DEFAULT));
	for (u32 i = 0; i < good_words.nr_leaves; i++)
		put_leaf(m, &good_words.leaf[i]);
	msr = nest(m, KVM_LEVEL_A_SET_MSR);
	blame(m, put_u64(m, MSR(INDEX), 0x10a));
	put_u64(m, MSR(VALUE), 0);
	done(m, set, msr);
}

static void empty_default(struct msg *m)
{
	named(m);
	blame(m, nest(m, A(DEFAULT)));
}

static void empty_max(struct msg *m)
{
	set_of(m, &good_words);
	blame(m, nest(m, A(MAX_SET)));
}

static void only_msrs(struct msg *m)
{
	size_t set;

	named(m);
	set = nest(m, A(DEFAULT));
	put_msr(m, &(struct msr){ 0x10a, 0 });
	nest_end(m, set);
	blame(m, set);
}

static void without_word(struct msg *m, u16 missing)
{
	size_t set, leaf;

	set = open_leaf(m, &leaf);
	if (missing > LEAF(LEAF))
		leaf_words(m, LEAF(LEAF), missing - 1);
	if (missing < LEAF(EDX))
		leaf_words(m, missing + 1, LEAF(EDX));
	done(m, set, leaf);
	blame(m, leaf);
}

static void no_leaf_number(struct msg *m) { without_word(m, LEAF(LEAF)); }
static void no_subleaf(struct msg *m) { without_word(m, LEAF(SUBLEAF)); }
static void no_eax(struct msg *m) { without_word(m, LEAF(EAX)); }
static void no_ebx(struct msg *m) { without_word(m, LEAF(EBX)); }
static void no_ecx(struct msg *m) { without_word(m, LEAF(ECX)); }
static void no_edx(struct msg *m) { without_word(m, LEAF(EDX)); }

static void leaf_with_nothing(struct msg *m)
{
	size_t set, leaf;

	set = open_leaf(m, &leaf);
	done(m, set, leaf);
	blame(m, leaf);
}

static void msr_without(struct msg *m, bool value)
{
	size_t set, msr;

	named(m);
	set = nest(m, A(DEFAULT));
	for (u32 i = 0; i < good_words.nr_leaves; i++)
		put_leaf(m, &good_words.leaf[i]);
	msr = nest(m, KVM_LEVEL_A_SET_MSR);
	if (value)
		put_u64(m, MSR(VALUE), 0);
	else
		put_u32(m, MSR(INDEX), 0x10a);
	done(m, set, msr);
	blame(m, msr);
}

static void no_msr_index(struct msg *m) { msr_without(m, true); }
static void no_msr_value(struct msg *m) { msr_without(m, false); }

static void word_twice(struct msg *m)
{
	size_t set, leaf;

	set = open_leaf(m, &leaf);
	leaf_words(m, LEAF(LEAF), LEAF(EDX));
	blame(m, put_u32(m, LEAF(EDX), good_words.leaf[0].reg[3]));
	done(m, set, leaf);
}

static void default_twice(struct msg *m)
{
	set_of(m, &good_words);
	blame(m, put_words(m, A(DEFAULT), &good_words));
}

static void max_twice(struct msg *m)
{
	set_of(m, &good_words);
	put_words(m, A(MAX_SET), &good_words);
	blame(m, put_words(m, A(MAX_SET), &good_words));
}

/* --- Numbers ---------------------------------------------------------------- */

static void fill(struct words *to, u32 leaves, u32 msrs)
{
	*to = good_words;
	for (u32 i = to->nr_leaves; i < leaves; i++)
		to->leaf[i] = (struct leaf){ .leaf = 7, .subleaf = 100 + i };
	to->nr_leaves = leaves;
	for (u32 i = 0; i < msrs; i++)
		to->msr[i] = (struct msr){ .index = 0x1000 + i };
	to->nr_msrs = msrs;
}

static void leaves_193(struct msg *m)
{
	fill(&w, MAX_LEAVES + 1, 0);
	set_of(m, &w);
}

static void msrs_65(struct msg *m)
{
	fill(&w, good_words.nr_leaves, MAX_MSRS + 1);
	set_of(m, &w);
}

/* As many as a message of 64 kilobytes holds. */
static void leaves_without_end(struct msg *m)
{
	size_t set;

	named(m);
	set = nest(m, A(DEFAULT));
	while (m->len - set < 65000)
		put_leaf(m, &good_words.leaf[0]);
	nest_end(m, set);
}

static void leaf_twice(struct msg *m)
{
	w = good_words;
	w.leaf[w.nr_leaves++] = w.leaf[1];
	set_of(m, &w);
}

static void leaf_twice_in_max(struct msg *m)
{
	w = good_words;
	w.leaf[w.nr_leaves++] = w.leaf[1];
	set_of(m, &good_words);
	put_words(m, A(MAX_SET), &w);
}

static void msr_twice(struct msg *m)
{
	w = good_words;
	w.nr_msrs = 2;
	w.msr[0] = (struct msr){ .index = 0xc0011029 };
	w.msr[1] = w.msr[0];
	set_of(m, &w);
}

static void unknown_leaf(struct msg *m)
{
	w = good_words;
	w.leaf[w.nr_leaves++] = (struct leaf){ .leaf = 0x12345678 };
	set_of(m, &w);
}

static void unknown_msr(struct msg *m)
{
	w = good_words;
	w.msr[w.nr_msrs++] = (struct msr){ .index = 0x12345678 };
	set_of(m, &w);
}

/* Leaf 5 is MONITOR's: its lines are the processor's, its bits above are nobody's. */
static void unknown_bits(struct msg *m)
{
	w = good_words;
	for (u32 i = 0; i < w.nr_leaves; i++)
		if (w.leaf[i].leaf == 7 && w.leaf[i].subleaf == 1)
			w.leaf[i].reg[2] |= 1u << 30;
		else if (w.leaf[i].leaf == 0x80000001)
			w.leaf[i].reg[3] |= 1u << 10;	/* reserved, AMD and Intel */
	set_of(m, &w);
}

/* Microcode's revision is what a VMM says that it is. */
static void msr_of_the_vmm(struct msg *m)
{
	w = good_words;
	w.msr[w.nr_msrs++] = (struct msr){ .index = 0x8b, .value = 1 };
	set_of(m, &w);
}

static void beyond_this_host(struct msg *m)
{
	if (!beyond_host(&w))
		die("this host has all features: nothing to ask for beyond");
	set_of(m, &w);
}

static void beyond_this_host_by_force(struct msg *m)
{
	beyond_this_host(m);
	put(m, A(FORCE), NULL, 0);
}

static void max_beyond_this_host(struct msg *m)
{
	if (!beyond_host(&w))
		die("this host has all features: nothing to ask for beyond");
	set_of(m, &good_words);
	put_words(m, A(MAX_SET), &w);
}

/* Less of leaf 1's features in max than in default. */
static void default_beyond_max(struct msg *m)
{
	w = good_words;
	for (u32 i = 0; i < w.nr_leaves; i++)
		if (w.leaf[i].leaf == 1)
			w.leaf[i].reg[3] &= ~1u;	/* the FPU */
	set_of(m, &good_words);
	put_words(m, A(MAX_SET), &w);
}

static void default_within_max(struct msg *m)
{
	baseline_set(m);
	put_words(m, A(MAX_SET), &good_words);
}

#define REFUSED(name, bad, error, says) { name, bad, baseline_set, error, says, MODULE }

const struct test set_tests[] = {
	REFUSED("baseline_without_name", no_name, EINVAL, "name"),
	{ "name_too_long", name_too_long, longest_name, EINVAL, NULL, MODULE },
	{ "name_of_4000_bytes", name_of_4000_bytes, longest_name, EINVAL, NULL, MODULE },
	REFUSED("name_of_no_bytes", name_of_no_bytes, EINVAL, NULL),
	REFUSED("name_empty", name_empty, EINVAL, NULL),
	REFUSED("name_without_its_end", name_without_end, EINVAL, NULL),
	{ "longest_name_without_its_end", longest_name_without_end, longest_name, EINVAL, NULL,
	  MODULE },
	REFUSED("name_with_two_ends", name_with_two_ends, EINVAL, NULL),
	REFUSED("name_twice", name_twice, EINVAL, NULL),

	REFUSED("baseline_without_default", no_default, EINVAL, "default"),
	{ "max_without_default", max_without_default, default_within_max, EINVAL, "default",
	  MODULE },
	REFUSED("default_not_marked_as_nest", default_not_nested, EINVAL, NULL),
	REFUSED("leaf_not_marked_as_nest", leaf_not_nested, EINVAL, NULL),
	REFUSED("msr_not_marked_as_nest", msr_not_nested, EINVAL, NULL),
	REFUSED("default_shorter_than_a_header", default_shorter_than_header, ERANGE, NULL),
	REFUSED("leaf_shorter_than_a_header", leaf_shorter_than_header, ERANGE, NULL),
	REFUSED("leaf_longer_than_its_set", leaf_longer_than_set, EINVAL, NULL),
	REFUSED("word_longer_than_its_leaf", word_longer_than_leaf, EINVAL, NULL),
	REFUSED("bytes_behind_the_words_of_a_leaf", bytes_behind_the_words, EINVAL, NULL),
	REFUSED("bytes_behind_the_leaves", bytes_behind_the_leaves, EINVAL, NULL),
	REFUSED("unknown_attribute_in_a_set", foreign_in_set, EINVAL, NULL),
	REFUSED("unknown_attribute_in_a_leaf", foreign_in_leaf, EINVAL, NULL),
	REFUSED("unknown_attribute_in_an_msr", foreign_in_msr, EINVAL, NULL),
	REFUSED("word_of_0_bytes", word_of_0_bytes, EINVAL, NULL),
	REFUSED("word_of_2_bytes", word_of_2_bytes, EINVAL, NULL),
	REFUSED("word_of_8_bytes", word_of_8_bytes, EINVAL, NULL),
	REFUSED("msr_value_of_4_bytes", msr_value_of_4_bytes, EINVAL, NULL),
	REFUSED("msr_index_of_8_bytes", msr_index_of_8_bytes, EINVAL, NULL),
	REFUSED("empty_default", empty_default, EINVAL, "without a CPUID leaf"),
	REFUSED("empty_max", empty_max, EINVAL, "without a CPUID leaf"),
	REFUSED("default_of_msrs_only", only_msrs, EINVAL, "without a CPUID leaf"),
	REFUSED("leaf_without_its_number", no_leaf_number, EINVAL, "leaf needs"),
	REFUSED("leaf_without_subleaf", no_subleaf, EINVAL, "leaf needs"),
	REFUSED("leaf_without_eax", no_eax, EINVAL, "leaf needs"),
	REFUSED("leaf_without_ebx", no_ebx, EINVAL, "leaf needs"),
	REFUSED("leaf_without_ecx", no_ecx, EINVAL, "leaf needs"),
	REFUSED("leaf_without_edx", no_edx, EINVAL, "leaf needs"),
	REFUSED("leaf_with_nothing_in_it", leaf_with_nothing, EINVAL, "leaf needs"),
	REFUSED("msr_without_index", no_msr_index, EINVAL, "MSR needs"),
	REFUSED("msr_without_value", no_msr_value, EINVAL, "MSR needs"),
	REFUSED("word_twice_in_a_leaf", word_twice, EINVAL, NULL),
	REFUSED("default_twice", default_twice, EINVAL, NULL),
	REFUSED("max_twice", max_twice, EINVAL, NULL),

	REFUSED("leaves_193", leaves_193, E2BIG, "more leaves"),
	REFUSED("msrs_65", msrs_65, E2BIG, "MSRs"),
	REFUSED("leaves_without_end", leaves_without_end, E2BIG, "more leaves"),
	REFUSED("leaf_twice", leaf_twice, EINVAL, "duplicate leaf"),
	REFUSED("leaf_twice_in_max", leaf_twice_in_max, EINVAL, "duplicate leaf"),
	REFUSED("msr_twice", msr_twice, EINVAL, "duplicate MSR"),
	REFUSED("unknown_leaf", unknown_leaf, EINVAL, "0x12345678"),
	REFUSED("unknown_msr", unknown_msr, EINVAL, "0x12345678"),
	REFUSED("unknown_bits", unknown_bits, EINVAL, "unknown bits"),
	REFUSED("msr_of_the_vmm", msr_of_the_vmm, EINVAL, "belongs to the VMM"),
	{ "beyond_this_host", beyond_this_host, beyond_this_host_by_force, EOPNOTSUPP,
	  "this host lacks", MODULE },
	{ "max_beyond_this_host", max_beyond_this_host, default_within_max, EOPNOTSUPP,
	  "this host lacks", MODULE },
	{ "default_beyond_max", default_beyond_max, default_within_max, EINVAL, "bad baseline",
	  MODULE },
	{ }
};

// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps as InstLatx64 and AIDA64 write them, prose with such lines in it:
 *
 *	------[ Logical CPU #0 ]------
 *	CPUID 00000000: 0000000D-756E6547-6C65746E-49656E69 [GenuineIntel]
 *	CPUID 00000004: 1C004121-01C0003F-0000003F-00000000 [SL 00]
 *	MSR 0000010A: 0000-0000-0000-000B
 *
 * EAX to EDX, and with SL the subleaf, in hex. Older dumps have no SL: rows of a leaf then
 * come in the order of its subleaves. A CPU begins with its header or its leaf 0.
 */
#include "build.h"
#include "formats.h"

#define FORMAT "a row as InstLatx64 and AIDA64 write it"

static bool eat_key(struct line *line, const char *what, u32 *key)
{
	u64 n;

	eat_blanks(line);
	if (!eat_word(line, what) || !eat_blanks(line) || !eat_hex(line, 8, 8, &n))
		return false;
	/* AIDA64's report has a column of blanks for the colon. */
	if (!eat_word(line, ":") && !eat_blanks(line))
		return false;
	eat_blanks(line);
	*key = n;
	return true;
}

static bool is_header(struct line line)
{
	u32 nr;

	eat_blanks(&line);
	return eat_word(&line, "------[ Logical CPU #") && eat_decimal(&line, &nr);
}

/* Is this meant for a row, well-formed or not? "CPUID Registers (CPU #0):" is prose. */
static bool looks_like(struct line line, const char *what)
{
	u64 n;

	eat_blanks(&line);
	if (!eat_word(&line, what) || !eat_blanks(&line) || !eat_hex(&line, 1, 16, &n) ||
	    !(eat_word(&line, ":") || eat_blanks(&line)))
		return false;
	eat_blanks(&line);
	return eat_word(&line, "<") || eat_hex(&line, 1, 16, &n);
}

static bool is_row(const struct line *line)
{
	return looks_like(*line, "CPUID") || looks_like(*line, "MSR");
}

bool instlat_begins(const struct line *line)
{
	return is_header(*line) || is_row(line);
}

/* "[SL 0B]" somewhere behind the words. 1, 0: there is none, -1: it is no such thing. */
static int eat_subleaf(struct line *line, u32 *out)
{
	u64 n;

	for (; line->at < line->end; line->at++) {
		if (!eat_word(line, "[SL "))
			continue;
		if (!eat_hex(line, 1, 8, &n) || !eat_word(line, "]"))
			return -1;
		*out = n;
		return 1;
	}
	return 0;
}

static u32 word_of(const struct build *b, u32 leaf, u32 subleaf, enum kl_reg r)
{
	const struct kl_leaf *l = build_has(b, leaf, subleaf);

	return l ? l->r[r] : 0;
}

/* Leaves that tell themselves which subleaves they have; from 2 on, or 1. */
static u64 subleaves(const struct build *b, u32 leaf)
{
	if (leaf == 0x10)
		return word_of(b, leaf, 0, KL_EBX) & ~1u;
	if (leaf != 0xd)
		return 0;
	return ((u64)word_of(b, leaf, 0, KL_EDX) << 32 | word_of(b, leaf, 0, KL_EAX) |
		(u64)word_of(b, leaf, 1, KL_EDX) << 32 | word_of(b, leaf, 1, KL_ECX)) & ~3ull;
}

/*
 * Which subleaf is a row that does not say it? The next one; some dumps leave out those
 * that the processor has not.
 */
static u32 next_subleaf(const struct build *b, const struct kl_leaf *leaf)
{
	u64 known = subleaves(b, leaf->leaf);
	u32 n = 0, next;

	while (build_has(b, leaf->leaf, n))
		n++;
	if (!leaf->r[KL_EAX] || (leaf->leaf == 0xd ? n < 2 : n < 1))
		return n;
	for (next = n; next < 64; next++)
		if (known >> next & 1 && !build_has(b, leaf->leaf, next))
			return next;
	return n;
}

static int read_leaf(struct build *b, const struct line *at, struct line rest, u32 key)
{
	struct kl_leaf leaf = { .leaf = key };
	const struct kl_shape *shape;
	unsigned int r;
	u64 n;
	int sl;

	for (r = 0; r < KL_NR_REGS; r++) {
		if ((r && !eat_word(&rest, "-")) || !eat_hex(&rest, 8, 8, &n))
			return text_not_a_row(b->in, at, FORMAT);
		leaf.r[r] = n;
	}
	sl = eat_subleaf(&rest, &leaf.subleaf);
	if (sl < 0)
		return text_not_a_row(b->in, at, FORMAT);
	/* A CPU's first row is leaf 0, also where nothing says that it is another CPU's. */
	if (!key && build_has(b, 0, 0))
		build_next_cpu(b);
	shape = kl_shape_find(key, 0);
	if (!sl && !(shape && !(shape->flags & (KL_SHAPE_SUBLEAF | KL_SHAPE_VMM))))
		leaf.subleaf = next_subleaf(b, &leaf);
	return build_leaf(b, at->nr, &leaf);
}

/* Counters are in such dumps again and again, each time with another value. */
static int add_msr(struct build *b, unsigned int nr, u32 index, u64 value)
{
	unsigned int i;

	for (i = 0; i < b->msrs.nr_msrs; i++) {
		if (b->msrs.msr[i].index != index)
			continue;
		if (b->msrs.msr[i].value == value || !kl_msr_shape_find(index))
			return 0;
		return text_bad(b->in, nr, "MSR 0x%x stands twice, with two values", index);
	}
	return build_msr(b, nr, index, value);
}

static int read_msr(struct build *b, const struct line *at, struct line rest, u32 index)
{
	u64 value = 0, n;
	unsigned int i;

	/* "< FAILED >" */
	if (eat_word(&rest, "<"))
		return 0;
	for (i = 0; i < 4; i++) {
		if ((i && !eat_word(&rest, "-")) || !eat_hex(&rest, 4, 4, &n))
			return text_not_a_row(b->in, at, FORMAT);
		value = value << 16 | n;
	}
	return add_msr(b, at->nr, index, value);
}

int instlat_read(const struct text *t, const struct sink *sink)
{
	struct build b = { .in = t };
	struct line line = { 0 };
	int err = 0;
	u32 key;

	while (!err && text_line(t, &line)) {
		struct line cpuid = line, msr = line;

		if (is_header(line))
			build_next_cpu(&b);
		else if (eat_key(&cpuid, "CPUID", &key))
			err = read_leaf(&b, &line, cpuid, key);
		else if (eat_key(&msr, "MSR", &key))
			err = read_msr(&b, &line, msr, key);
		else if (is_row(&line))
			err = text_not_a_row(t, &line, FORMAT);
	}
	if (!err)
		return build_host(&b, sink);
	build_free(&b);
	return -1;
}

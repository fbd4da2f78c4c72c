// SPDX-License-Identifier: GPL-2.0
/*
 * What "cpuid -r" prints (Debian's package cpuid): for each logical CPU "CPU 0:", or
 * "CPU:" for only one, and a row a leaf:
 *
 *	   0x00000007 0x01: eax=0x00001c30 ebx=0x00000000 ecx=0x00000000 edx=0x00084000
 */
#include "build.h"
#include "formats.h"

static bool eat_0x(struct line *line, unsigned int min, u32 *out)
{
	u64 n;

	if (!eat_word(line, "0x") || !eat_hex(line, min, 8, &n))
		return false;
	*out = n;
	return true;
}

static bool eat_key(struct line *line, struct kl_leaf *leaf)
{
	eat_blanks(line);
	return eat_0x(line, 8, &leaf->leaf) && eat_blanks(line) &&
	       eat_0x(line, 1, &leaf->subleaf) && eat_word(line, ":");
}

/* "CPU 17:" or "CPU:" */
static bool is_header(struct line line)
{
	u32 n;

	eat_blanks(&line);
	if (!eat_word(&line, "CPU"))
		return false;
	return eat_word(&line, ":") ? line_over(&line) :
	       eat_blanks(&line) && eat_decimal(&line, &n) && eat_word(&line, ":") &&
	       line_over(&line);
}

bool cpuid_r_begins(const struct line *line)
{
	struct kl_leaf leaf;
	struct line l = *line;

	return is_header(*line) || eat_key(&l, &leaf);
}

static bool eat_row(struct line *line, struct kl_leaf *leaf)
{
	unsigned int r;

	*leaf = (struct kl_leaf){ 0 };
	if (!eat_key(line, leaf))
		return false;
	for (r = 0; r < KL_NR_REGS; r++)
		if (!eat_blanks(line) || !eat_word(line, kl_reg_name(r)) ||
		    !eat_word(line, "=") || !eat_0x(line, 8, &leaf->r[r]))
			return false;
	return line_over(line);
}

int cpuid_r_read(const struct text *t, const struct sink *sink)
{
	struct build b = { .in = t };
	struct line line = { 0 }, rest;
	struct kl_leaf leaf;
	int err = 0;

	while (!err && text_line(t, &line)) {
		rest = line;
		if (line_over(&line))
			continue;
		if (is_header(line))
			build_next_cpu(&b);
		else if (!eat_row(&rest, &leaf))
			err = text_not_a_row(t, &line, "a row as \"cpuid -r\" prints it");
		else
			err = build_leaf(&b, line.nr, &leaf);
	}
	if (!err)
		return build_host(&b, sink);
	build_free(&b);
	return -1;
}

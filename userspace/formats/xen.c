// SPDX-License-Identifier: GPL-2.0
/*
 * Xen's featuresets: words in hex, ':' or '-' between them, in the order of Xen's public
 * header arch-x86/cpufeatureset.h. A line a host, with or without a name before it:
 *
 *	blade7 178bfbff:f7fa3203:2fd3fbff:...
 *
 * or what "xen-cpuid" prints, which has many of them: of those the one for HVM guests
 * counts, else the host's. Newer Xens append words; those that are not known here are
 * left out.
 *
 * A featureset has features and nothing else: no vendor (some features tell it), no
 * family, no numbers.
 */
#include "build.h"
#include "formats.h"

static const struct xen_word {
	u32 leaf;
	u8 subleaf;
	u8 reg;
	u8 msr_shift;		/* of an MSR, whose index is in leaf; 0xff: not of an MSR */
} words[] = {
	{ 0x1, 0, KL_EDX, 0xff },
	{ 0x1, 0, KL_ECX, 0xff },
	{ 0x80000001, 0, KL_EDX, 0xff },
	{ 0x80000001, 0, KL_ECX, 0xff },
	{ 0xd, 1, KL_EAX, 0xff },
	{ 0x7, 0, KL_EBX, 0xff },
	{ 0x7, 0, KL_ECX, 0xff },
	{ 0x80000007, 0, KL_EDX, 0xff },
	{ 0x80000008, 0, KL_EBX, 0xff },
	{ 0x7, 0, KL_EDX, 0xff },
	{ 0x7, 1, KL_EAX, 0xff },
	{ 0x80000021, 0, KL_EAX, 0xff },
	{ 0x7, 1, KL_EBX, 0xff },
	{ 0x7, 2, KL_EDX, 0xff },
	{ 0x7, 1, KL_ECX, 0xff },
	{ 0x7, 1, KL_EDX, 0xff },
	{ 0x10a, 0, 0, 0 },
	{ 0x10a, 0, 0, 32 },
	{ 0x80000021, 0, KL_ECX, 0xff },
};

#define MOST_WORDS	64

struct featureset {
	char name[64];
	unsigned int line;
	unsigned int nr;
	u32 word[MOST_WORDS];
};

static bool separator(const struct line *line)
{
	return line->at < line->end && (*line->at == ':' || *line->at == '-');
}

/* Words to the end of the line: at least two, each of eight digits. */
static bool eat_words(struct line *line, struct featureset *f)
{
	u64 n;

	for (f->nr = 0; f->nr < MOST_WORDS; ) {
		if (!eat_hex(line, 8, 8, &n))
			return false;
		f->word[f->nr++] = n;
		if (!separator(line))
			return f->nr > 1 && line_over(line);
		line->at++;
	}
	return false;
}

/* Where the last word of the line begins, behind blanks. */
static const char *last_column(const struct line *line)
{
	const char *end = line->end, *at;

	while (end > line->at && strchr(" \t\r", end[-1]))
		end--;
	for (at = end; at > line->at && !strchr(" \t", at[-1]); at--)
		;
	return at;
}

/* A line of words, with a name before them or without. */
static bool scan(const struct line *line, struct featureset *f)
{
	struct line rest = *line;
	int len;

	eat_blanks(&rest);
	len = last_column(line) - rest.at;
	rest.at = last_column(line);
	while (len > 0 && strchr(" \t:", rest.at[-1]) && len--)
		rest.at--;
	len = len < 0 ? 0 : len;
	*f = (struct featureset){ .line = line->nr };
	snprintf(f->name, sizeof(f->name), "%.*s", len, rest.at - len);
	printable(f->name);
	rest.at = last_column(line);
	return eat_words(&rest, f);
}

static bool is_comment(const struct line *line)
{
	return line->at < line->end && *line->at == '#';
}

bool xen_begins(const struct line *line)
{
	struct featureset f;

	/* A file of nothing but comments has no host. */
	return !is_comment(line) && scan(line, &f);
}

static bool has(const struct featureset *f, unsigned int word, u32 bits)
{
	return word < f->nr && f->word[word] & bits;
}

/* Features that only one vendor's processors have. */
static int find_vendor(const struct text *t, const struct featureset *f, const u32 **out)
{
	static const u32 intel_name[] = { 0x756e6547, 0x6c65746e, 0x49656e69 };
	static const u32 amd_name[] = { 0x68747541, 0x444d4163, 0x69746e65 };
	/*
	 * SVM, extended APIC space, CR8 by LOCK, SSE4A, misaligned SSE, OSVW; 3DNow!, FFXSR,
	 * MMXEXT; CLZERO
	 */
	bool amd = has(f, 3, 0x000002dc) || has(f, 2, 0xc2400000) || has(f, 8, 0x00000001);
	/* VMX, SMX, EIST, TM2, xTPR; DS, TM, PBE; HLE, RTM, MPX; MD_CLEAR, ARCH_CAPS */
	bool intel = has(f, 1, 0x000041e0) || has(f, 0, 0xa0200000) || has(f, 5, 0x00004810) ||
		     has(f, 9, 0x20000400);

	if (amd && intel)
		return text_bad(t, f->line, "features of Intel's and of AMD's alone: whose processor is this?");
	if (!amd && !intel)
		return text_bad(t, f->line, "no feature tells whose processor this is, and a featureset has no vendor");
	*out = amd ? amd_name : intel_name;
	return amd;
}

static int to_host(const struct text *t, const struct featureset *f, const char *name,
		   const struct sink *sink)
{
	struct host h = { .raw = true };
	const u32 *vendor = NULL;
	unsigned int i;
	int amd;

	amd = find_vendor(t, f, &vendor);
	if (amd < 0)
		return -1;
	for (i = 0; i < f->nr && i < ARRAY_SIZE(words); i++) {
		const struct xen_word *w = &words[i];

		if (!f->word[i])
			continue;
		if (w->msr_shift == 0xff)
			words_set_bits(&h.words, w->leaf, w->subleaf, w->reg, f->word[i]);
		else
			words_set_msr_bits(&h.words, w->leaf, (u64)f->word[i] << w->msr_shift);
	}
	words_set_bits(&h.words, 0, 0, KL_EBX, vendor[0]);
	words_set_bits(&h.words, 0, 0, KL_ECX, vendor[1]);
	words_set_bits(&h.words, 0, 0, KL_EDX, vendor[2]);
	/* The least that a 64-bit processor has: what isn't said can't be promised. */
	words_derive(&h.words, amd, 36);
	host_identify(&h);
	h.file = xprintf("%s", t->name);
	h.name = xprintf("%s", name);
	printable(h.name);
	text_warn(t, f->line, "a featureset of Xen's, taken for %s by its features: family, address width (36 bits are assumed), caches and all other numbers are not in it",
		  amd ? "AMD" : "Intel");
	return sink_host(sink, &h);
}

/* Of what xen-cpuid prints: how near is this set to what a guest can have? 0: not at all. */
static unsigned int preference(const struct featureset *f)
{
	static const char *const names[] = { "Raw", "Host", "HVM", "HVM Max" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(f->name, names[i]))
			return i + 1;
	return 0;
}

static bool is_listing(const struct text *t)
{
	struct line line = { 0 };

	while (text_line(t, &line)) {
		struct line l = line;

		if (eat_word(&l, "nr_features:") || eat_word(&l, "Dynamic sets:"))
			return true;
	}
	return false;
}

static int read_listing(const struct text *t, const struct sink *sink)
{
	struct featureset f, best = { .nr = 0 };
	struct line line = { 0 };
	bool dynamic = false;

	while (text_line(t, &line)) {
		struct line l = line;

		/* Static sets are Xen's own knowledge, not this host's. */
		dynamic |= eat_word(&l, "Dynamic sets:");
		if (dynamic && scan(&line, &f) &&
		    preference(&f) > (best.nr ? preference(&best) : 0))
			best = f;
	}
	if (!best.nr)
		return text_bad(t, 0, "xen-cpuid's list has no set \"HVM Max\", \"HVM\", \"Host\" or \"Raw\"");
	text_warn(t, best.line, "of xen-cpuid's sets, \"%s\" is taken", best.name);
	return to_host(t, &best, t->name, sink);
}

static int read_lines(const struct text *t, const struct sink *sink)
{
	struct line line = { 0 };
	struct featureset f;
	unsigned int nr = 0;
	int err = 0;

	while (text_line(t, &line))
		nr += !line_over(&line) && !is_comment(&line);
	line = (struct line){ 0 };
	while (!err && text_line(t, &line)) {
		char *name;

		if (line_over(&line) || is_comment(&line))
			continue;
		if (!scan(&line, &f))
			return text_not_a_row(t, &line, "a line of Xen's featureset words");
		if (*f.name)
			name = xprintf("%s", f.name);
		else if (nr > 1)
			name = xprintf("%s:%u", t->name, line.nr);
		else
			name = xprintf("%s", t->name);
		err = to_host(t, &f, name, sink);
		free(name);
	}
	return err;
}

int xen_read(const struct text *t, const struct sink *sink)
{
	return is_listing(t) ? read_listing(t, sink) : read_lines(t, sink);
}

// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <inttypes.h>

#include "names.h"

#define FEATURE_FIELD(...)
#define FEATURE_BIT(m, l, s, r, high, low, p, v, n, a, t) \
	{ .at = { .msr = m, .leaf = l, .subleaf = s, .reg = r, .bit = low }, \
	  .width = (high) - (low) + 1, .pass = p, .vendors = v, .name = n, .aliases = a, \
	  .text = t },

const struct feature features[] = {
#include "features.h"
};

#define FEATURE_BIT(...)
#define FEATURE_FIELD(m, l, s, r, high, low, p, v, n, a, t) \
	{ .at = { .msr = m, .leaf = l, .subleaf = s, .reg = r, .bit = low }, \
	  .width = (high) - (low) + 1, .pass = p, .vendors = v, .name = n, .aliases = a, \
	  .text = t },

const struct feature fields[] = {
#include "features.h"
};

#define FEATURE_NEEDS(f, n, w) { .feature = f, .needs = n, .why = w },

const struct feature_need feature_needs[] = {
#include "features/needs.h"
};

const unsigned int nr_feature_needs = ARRAY_SIZE(feature_needs);
const unsigned int nr_features = ARRAY_SIZE(features);
const unsigned int nr_fields = ARRAY_SIZE(fields);

/* The bits of 0x80000001.edx that say again what 1.edx says (AMD APM vol. 3 appendix E). */
#define COPIED_BITS 0x0183f3ffu

bool feature_is_copy(const struct bit_place *at)
{
	return !at->msr && at->leaf == 0x80000001 && at->reg == KL_EDX &&
	       COPIED_BITS & (1u << at->bit);
}

static bool same_bit(const struct bit_place *a, const struct bit_place *b)
{
	return a->msr == b->msr && a->leaf == b->leaf && a->subleaf == b->subleaf &&
	       a->reg == b->reg && a->bit == b->bit;
}

/* One spelling for all: sse4_1, SSE4.1 and sse4-1 are the same word. */
static char plain(char c)
{
	return c == '_' || c == '.' ? '-' : tolower((unsigned char)c);
}

/*
 * Two hash tables over the feature table, with open addresses: each is asked
 * millions of times in a big pool.  They are filled before main(), since threads
 * may ask.
 */
#define NR_SLOTS 8192
#define FIELD_SLOT 0x8000	/* an index into fields[], else into features[] */

static struct name_slot {
	const char *name;	/* not ended, in an alias list */
	u16 len;
	u16 entry;
} by_name[NR_SLOTS];

static u16 by_place[NR_SLOTS];	/* index into features[], plus one */

static_assert(ARRAY_SIZE(features) + ARRAY_SIZE(fields) < NR_SLOTS / 4, "too full to be quick");

static unsigned int hash_place(const struct bit_place *at)
{
	u64 h = (u64)at->leaf << 32 | at->subleaf << 16 | at->reg << 8 | at->bit << 1 | at->msr;

	return (h * 0x9e3779b97f4a7c15ull) >> 48 & (NR_SLOTS - 1);
}

static unsigned int hash_name(const char *name, size_t len)
{
	u32 h = 0x811c9dc5;
	size_t i;

	for (i = 0; i < len; i++)
		h = (h ^ (u8)plain(name[i])) * 0x01000193;
	return (h ^ h >> 16) & (NR_SLOTS - 1);
}

static void add_name(const char *name, size_t len, unsigned int entry)
{
	unsigned int h = hash_name(name, len);

	while (by_name[h].name)
		h = (h + 1) & (NR_SLOTS - 1);
	by_name[h] = (struct name_slot){ name, (u16)len, (u16)entry };
}

static void add_names(const struct feature *f, unsigned int entry)
{
	const char *a;

	add_name(f->name, strlen(f->name), entry);
	for (a = f->aliases; *a; ) {
		size_t len = strcspn(a, ",");

		add_name(a, len, entry);
		a += len + (a[len] == ',');
	}
}

static void __attribute__((constructor)) fill_tables(void)
{
	unsigned int i, h;

	for (i = 0; i < nr_features; i++) {
		h = hash_place(&features[i].at);
		while (by_place[h])
			h = (h + 1) & (NR_SLOTS - 1);
		by_place[h] = (u16)(i + 1);
		add_names(&features[i], i);
	}
	for (i = 0; i < nr_fields; i++)
		add_names(&fields[i], i | FIELD_SLOT);
}

const struct feature *feature_at(const struct bit_place *at)
{
	struct bit_place original = *at;
	unsigned int h;

	if (feature_is_copy(at))
		original.leaf = 1;
	if (at->msr)
		original = (struct bit_place){ .msr = true, .leaf = at->leaf, .bit = at->bit };
	for (h = hash_place(&original); by_place[h]; h = (h + 1) & (NR_SLOTS - 1))
		if (same_bit(&features[by_place[h] - 1].at, &original))
			return &features[by_place[h] - 1];
	return NULL;
}

static bool same_name(const char *a, size_t len, const char *b)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!b[i] || plain(a[i]) != plain(b[i]))
			return false;
	return !b[len];
}

/* What is called @name: a feature or a field. */
static const struct feature *named(const char *name, bool field)
{
	unsigned int h = hash_name(name, strlen(name));

	for (; by_name[h].name; h = (h + 1) & (NR_SLOTS - 1)) {
		const struct name_slot *s = &by_name[h];

		if (field != !!(s->entry & FIELD_SLOT) || !same_name(s->name, s->len, name))
			continue;
		return field ? &fields[s->entry & ~FIELD_SLOT] : &features[s->entry];
	}
	return NULL;
}

const struct feature *feature_named(const char *name)
{
	return named(name, false);
}

const struct feature *field_named(const char *name)
{
	return named(name, true);
}

/* The field around @at; *@told becomes true if there is any of its subleaf. */
static const struct feature *field_around(const struct bit_place *at, bool *told)
{
	unsigned int i;

	for (i = 0; i < nr_fields; i++) {
		const struct feature *f = &fields[i];

		if (f->at.msr != at->msr || f->at.leaf != at->leaf ||
		    (!at->msr && f->at.subleaf != at->subleaf))
			continue;
		*told = true;
		if ((at->msr || f->at.reg == at->reg) && at->bit >= f->at.bit &&
		    at->bit < f->at.bit + f->width)
			return f;
	}
	return NULL;
}

const struct feature *field_at(const struct bit_place *at)
{
	const struct kl_shape *shape;
	struct bit_place first = *at;
	const struct feature *f;
	bool told = false;

	f = field_around(at, &told);
	if (f || told || at->msr)
		return f;
	/* Many subleaves with one meaning are told of once. */
	shape = kl_shape_find(at->leaf, at->subleaf);
	first.subleaf = shape ? shape->subleaf_first : 0;
	return field_around(&first, &told);
}

char *bit_where(const struct bit_place *at)
{
	if (at->msr)
		return xprintf("msr:0x%x[%u]", at->leaf, at->bit);
	return xprintf("0x%x.%u:%s[%u]", at->leaf, at->subleaf, kl_reg_name(at->reg), at->bit);
}

char *bit_name(const struct bit_place *at)
{
	const struct feature *f = feature_at(at);

	return f ? xprintf("%s", f->name) : bit_where(at);
}

static int number(const char **text, int base, u32 max, u32 *out)
{
	unsigned long long n;
	char *end;

	if (!isxdigit((unsigned char)**text))
		return -1;
	errno = 0;
	n = strtoull(*text, &end, base);
	if (errno || end == *text || n > max)
		return -1;
	*text = end;
	*out = n;
	return 0;
}

static int eat(const char **text, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*text, word, len))
		return -1;
	*text += len;
	return 0;
}

/* "[5]" at the end */
static int bit_in_brackets(const char *text, u32 max, struct bit_place *at)
{
	u32 bit;

	if (eat(&text, "[") || number(&text, 10, max, &bit) || eat(&text, "]") || *text)
		return -1;
	at->bit = bit;
	return 0;
}

/* "0x7.0:ebx" or "msr:0x10a", up to the bit, which is left in *@text. */
static int word_begin(const char **text, struct bit_place *at)
{
	unsigned int r;

	*at = (struct bit_place){ .msr = !eat(text, "msr:") };
	if (number(text, 16, UINT32_MAX, &at->leaf))
		return -1;
	if (at->msr)
		return 0;
	/* Leaves are hex with or without 0x, as everybody writes them; subleaves are counted. */
	if (!eat(text, ".") &&
	    number(text, strncmp(*text, "0x", 2) ? 10 : 16, UINT32_MAX, &at->subleaf))
		return -1;
	if (eat(text, ":"))
		return -1;
	for (r = 0; r < KL_NR_REGS; r++) {
		at->reg = r;
		if (!eat(text, kl_reg_name(r)))
			return 0;
	}
	return -1;
}

int bit_parse(const char *text, struct bit_place *at)
{
	const struct feature *f = feature_named(text);

	if (f) {
		*at = f->at;
		return 0;
	}
	if (word_begin(&text, at))
		return -1;
	return bit_in_brackets(text, at->msr ? 63 : 31, at);
}

int word_parse(const char *text, struct bit_place *at)
{
	return word_begin(&text, at) || *text ? -1 : 0;
}

/* How many letters to change, to put in or to leave out, to come from @a to @b. */
static unsigned int distance(const char *a, size_t len, const char *b)
{
	unsigned int row[64], diagonal, up;
	size_t i, j, nb = strlen(b);

	if (nb >= ARRAY_SIZE(row))
		return UINT32_MAX;
	for (j = 0; j <= nb; j++)
		row[j] = j;
	for (i = 1; i <= len; i++) {
		diagonal = row[0];
		row[0] = i;
		for (j = 1; j <= nb; j++) {
			up = row[j];
			row[j] = min(min(up, row[j - 1]) + 1,
				     diagonal + (plain(a[i - 1]) != plain(b[j - 1])));
			diagonal = up;
		}
	}
	return row[nb];
}

/* The least distance of @name to a name of @f. */
static unsigned int distance_to(const struct feature *f, const char *name)
{
	unsigned int least = distance(f->name, strlen(f->name), name), d;
	const char *a;

	for (a = f->aliases; *a; ) {
		size_t len = strcspn(a, ",");

		d = distance(a, len, name);
		least = min(least, d);
		a += len + (a[len] == ',');
	}
	return least;
}

#define MOST_NEAR 3

char *near_names(const char *name)
{
	/* A third of the letters may be wrong. */
	unsigned int limit = strlen(name) / 3 + 1, d, i, nr = 0;
	char *all = NULL, *more;

	for (d = 1; d <= limit && !nr; d++) {
		for (i = 0; i < nr_features + nr_fields && nr < MOST_NEAR; i++) {
			const struct feature *f = i < nr_features ? &features[i] :
						  &fields[i - nr_features];

			if (distance_to(f, name) != d)
				continue;
			more = xprintf("%s%s%s", all ? all : "", all ? ", " : "", f->name);
			free(all);
			all = more;
			nr++;
		}
	}
	return all;
}

static struct bit_place word_of(const struct kl_place *at)
{
	if (at->kind == KL_PLACE_MSR)
		return (struct bit_place){ .msr = true, .leaf = at->leaf };
	return (struct bit_place){ .leaf = at->leaf, .subleaf = at->subleaf, .reg = at->reg };
}

/* Put @name behind what is in *@all. */
static void append(char **all, const char *name)
{
	char *more = xprintf("%s%s%s", *all, **all ? ", " : "", name);

	free(*all);
	*all = more;
}

/* Names of @at's bits; a bit without one is in the number already. */
static char *place_names(const struct kl_place *at, bool with_fields)
{
	const struct feature *f, *last = NULL;
	struct bit_place bit = word_of(at);
	char *all = xprintf("%s", "");

	for (bit.bit = 0; bit.bit < 64; bit.bit++) {
		if (!(at->bits >> bit.bit & 1))
			continue;
		f = feature_at(&bit);
		if (!f && with_fields)
			f = field_at(&bit);
		if (f && f != last)
			append(&all, f->name);
		last = f;
	}
	return all;
}

char *place_features(const struct kl_place *at)
{
	return place_names(at, false);
}

char *place_text(const struct kl_place *at)
{
	char *names = place_names(at, true), *where, *bits, *text;

	if (at->kind == KL_PLACE_MSR)
		where = xprintf("MSR 0x%x", at->leaf);
	else
		where = xprintf("CPUID 0x%x.%u:%s", at->leaf, at->subleaf, kl_reg_name(at->reg));
	bits = at->bits ? xprintf(" bits 0x%" PRIx64, at->bits) : xprintf("%s", "");
	text = xprintf("%s%s%s%s%s: %s", where, bits, *names ? " (" : "", names,
		       *names ? ")" : "", at->why ? at->why : "not fit");
	free(names);
	free(where);
	free(bits);
	return text;
}

static u32 word(const struct kl_set *set, const struct kl_place *at)
{
	const struct kl_leaf *l = kl_set_leaf(set, at->leaf, at->subleaf);

	return l ? l->r[at->reg] : 0;
}

/* The number of which @at speaks, as a mask; 0: it speaks of bits. */
static u32 number_at(const struct kl_place *at)
{
	const struct kl_shape *shape = NULL;
	unsigned int i;

	if (at->kind == KL_PLACE_CPUID)
		shape = kl_shape_find(at->leaf, at->subleaf);
	for (i = 0; shape && i < ARRAY_SIZE(shape->r[at->reg].min_field); i++)
		if (at->bits && shape->r[at->reg].min_field[i] == at->bits)
			return shape->r[at->reg].min_field[i];
	return 0;
}

char *lack_text(const struct kl_place *at, const struct kl_set *need, const struct kl_set *have)
{
	u32 mask = number_at(at), unit = mask & -mask;
	char *name, *text;

	if (!mask)
		return place_text(at);
	name = place_names(at, true);
	text = xprintf("CPUID 0x%x.%u:%s[%d:%d]: 0x%x is needed, 0x%x is there%s%s%s", at->leaf,
		       at->subleaf, kl_reg_name(at->reg), 31 - __builtin_clz(mask),
		       __builtin_ctz(mask), (word(need, at) & mask) / unit,
		       (word(have, at) & mask) / unit, *name ? " (" : "", name, *name ? ")" : "");
	free(name);
	return text;
}

/* "CPUID 0x7.0:ebx bits 0x20", as kl_place_format() writes places: is there one at @text? */
static bool place_scan(const char *text, struct kl_place *at)
{
	char reg[4];
	unsigned int r;

	*at = (struct kl_place){ 0 };
	if (sscanf(text, "CPUID 0x%" SCNx32 ".%" SCNu32 ":%3[a-ex] bits 0x%" SCNx64,
		   &at->leaf, &at->subleaf, reg, &at->bits) == 4) {
		at->kind = KL_PLACE_CPUID;
		for (r = 0; r < KL_NR_REGS; r++)
			if (!strcmp(reg, kl_reg_name(r)))
				break;
		at->reg = r;
		return r < KL_NR_REGS;
	}
	at->kind = KL_PLACE_MSR;
	return sscanf(text, "MSR 0x%" SCNx32 " bits 0x%" SCNx64, &at->leaf, &at->bits) == 2;
}

char *text_features(const char *text)
{
	char *all = NULL, *names, *more;
	struct kl_place at;

	for (; *text; text++) {
		if ((*text != 'C' && *text != 'M') || !place_scan(text, &at))
			continue;
		names = place_features(&at);
		if (*names) {
			more = xprintf("%s%s%s", all ? all : "", all ? ", " : "", names);
			free(all);
			all = more;
		}
		free(names);
	}
	return all;
}

void set_features(const struct kl_set *set,
		  void (*see)(void *ctx, const struct bit_place *at), void *ctx)
{
	struct bit_place at;
	unsigned int i, r, b;

	for (i = 0; i < set->nr_leaves; i++) {
		const struct kl_leaf *leaf = &set->leaf[i];
		const struct kl_shape *shape = kl_shape_find(leaf->leaf, leaf->subleaf);

		for (r = 0; shape && r < KL_NR_REGS; r++) {
			u32 bits = leaf->r[r] & (shape->r[r].and_bits | shape->r[r].or_bits);

			for (b = 0; b < 32; b++) {
				if (!(bits >> b & 1))
					continue;
				at = (struct bit_place){ .leaf = leaf->leaf,
							 .subleaf = leaf->subleaf,
							 .reg = r, .bit = b };
				if (!feature_is_copy(&at) && feature_at(&at))
					see(ctx, &at);
			}
		}
	}
	for (i = 0; i < set->nr_msrs; i++) {
		const struct kl_msr *msr = &set->msr[i];
		const struct kl_msr_shape *shape = kl_msr_shape_find(msr->index);
		u64 bits = shape ? msr->value & (shape->and_bits | shape->or_bits) : 0;

		for (b = 0; b < 64; b++) {
			if (!(bits >> b & 1))
				continue;
			at = (struct bit_place){ .msr = true, .leaf = msr->index, .bit = b };
			if (feature_at(&at))
				see(ctx, &at);
		}
	}
}

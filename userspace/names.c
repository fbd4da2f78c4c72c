// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <inttypes.h>

#include "names.h"

const struct feature features[] = {
#define CPUID_BIT(l, s, r, b, n, a) \
	{ .at = { .leaf = l, .subleaf = s, .reg = r, .bit = b }, .name = n, .aliases = a },
#define MSR_BIT(i, b, n, a) \
	{ .at = { .msr = true, .leaf = i, .bit = b }, .name = n, .aliases = a },
#include "features.h"
};

const unsigned int nr_features = ARRAY_SIZE(features);

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

const struct feature *feature_at(const struct bit_place *at)
{
	struct bit_place original = *at;
	unsigned int i;

	if (feature_is_copy(at))
		original.leaf = 1;
	for (i = 0; i < nr_features; i++)
		if (same_bit(&features[i].at, &original))
			return &features[i];
	return NULL;
}

/* One spelling for all: sse4_1, SSE4.1 and sse4-1 are the same word. */
static char plain(char c)
{
	return c == '_' || c == '.' ? '-' : tolower((unsigned char)c);
}

static bool same_name(const char *a, size_t len, const char *b)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!b[i] || plain(a[i]) != plain(b[i]))
			return false;
	return !b[len];
}

const struct feature *feature_named(const char *name)
{
	unsigned int i;
	const char *a;

	for (i = 0; i < nr_features; i++)
		if (same_name(features[i].name, strlen(features[i].name), name))
			return &features[i];
	for (i = 0; i < nr_features; i++) {
		for (a = features[i].aliases; *a; ) {
			size_t len = strcspn(a, ",");

			if (same_name(a, len, name))
				return &features[i];
			a += len + (a[len] == ',');
		}
	}
	return NULL;
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

int bit_parse(const char *text, struct bit_place *at)
{
	const struct feature *f = feature_named(text);
	unsigned int r;

	if (f) {
		*at = f->at;
		return 0;
	}
	*at = (struct bit_place){ 0 };
	if (!eat(&text, "msr:")) {
		at->msr = true;
		if (number(&text, 16, UINT32_MAX, &at->leaf))
			return -1;
		return bit_in_brackets(text, 63, at);
	}
	if (number(&text, 16, UINT32_MAX, &at->leaf))
		return -1;
	/* Leaves are hex with or without 0x, as everybody writes them; subleaves are counted. */
	if (!eat(&text, ".") &&
	    number(&text, strncmp(text, "0x", 2) ? 10 : 16, UINT32_MAX, &at->subleaf))
		return -1;
	if (eat(&text, ":"))
		return -1;
	for (r = 0; r < KL_NR_REGS; r++) {
		if (!eat(&text, kl_reg_name(r))) {
			at->reg = r;
			return bit_in_brackets(text, 31, at);
		}
	}
	return -1;
}

char *place_features(const struct kl_place *at)
{
	struct bit_place bit = {
		.msr = at->kind == KL_PLACE_MSR,
		.leaf = at->leaf,
		.subleaf = at->kind == KL_PLACE_MSR ? 0 : at->subleaf,
		.reg = at->kind == KL_PLACE_MSR ? 0 : at->reg,
	};
	char *all = xprintf("%s", ""), *name, *more;
	unsigned int i;

	for (i = 0; i < 64; i++) {
		if (!(at->bits >> i & 1))
			continue;
		bit.bit = i;
		/* A bit without a name is in the number already. */
		if (!feature_at(&bit))
			continue;
		name = bit_name(&bit);
		more = xprintf("%s%s%s", all, *all ? ", " : "", name);
		free(all);
		free(name);
		all = more;
	}
	return all;
}

char *place_text(const struct kl_place *at)
{
	char *names = place_features(at), *where, *bits, *text;

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

char *lack_text(const struct kl_place *at, const struct kl_set *need, const struct kl_set *have)
{
	const struct kl_shape *shape = NULL;
	unsigned int i;
	u32 mask;

	if (at->kind == KL_PLACE_CPUID)
		shape = kl_shape_find(at->leaf, at->subleaf);
	for (i = 0; shape && i < ARRAY_SIZE(shape->r[at->reg].min_field); i++) {
		mask = shape->r[at->reg].min_field[i];
		if (!mask || mask != at->bits)
			continue;
		return xprintf("CPUID 0x%x.%u:%s[%d:%d]: 0x%x is needed, 0x%x is there", at->leaf,
			       at->subleaf, kl_reg_name(at->reg), 31 - __builtin_clz(mask),
			       __builtin_ctz(mask), (word(need, at) & mask) / (mask & -mask),
			       (word(have, at) & mask) / (mask & -mask));
	}
	return place_text(at);
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

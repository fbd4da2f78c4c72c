// SPDX-License-Identifier: GPL-2.0
/*
 * Hosts whose logical CPUs differ (big and little cores, modules of some
 * Opterons): a guest's vCPU runs on any of them, so a host is the AND.
 */
#include "../names.h"
#include "cpus.h"

void cpus_add(struct cpus *c, struct words *cpu)
{
	if (!(c->nr & (c->nr - 1)))
		c->cpu = xrealloc(c->cpu, c->nr ? 2 * c->nr : 1, sizeof(*c->cpu));
	c->cpu[c->nr++] = *cpu;
	*cpu = (struct words){ 0 };
}

void cpus_free(struct cpus *c)
{
	while (c->nr)
		words_free(&c->cpu[--c->nr]);
	free(c->cpu);
	*c = (struct cpus){ 0 };
}

static bool same_words(const struct words *a, const struct words *b)
{
	return a->nr_leaves == b->nr_leaves && a->nr_msrs == b->nr_msrs &&
	       (!a->nr_leaves ||
		!memcmp(a->leaf, b->leaf, a->nr_leaves * sizeof(*a->leaf))) &&
	       (!a->nr_msrs || !memcmp(a->msr, b->msr, a->nr_msrs * sizeof(*a->msr)));
}

static int combine(const struct cpus *c, struct kl_acc *acc, struct kl_place *at)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < c->nr && !err; i++) {
		const struct kl_set set = words_set(&c->cpu[i]);

		/* Most hosts have a hundred times the same. */
		if (i && same_words(&c->cpu[i], &c->cpu[i - 1]))
			continue;
		err = i ? kl_acc_add(acc, &set, at) : kl_acc_init(acc, &set, at);
	}
	return err ? -1 : 0;
}

/* All that any CPU has beyond @common, as one list of places: "avx512f, 0x14.0:ecx[31]". */
static void gather(struct words *lost, const struct kl_set *cpu, const struct kl_set *common)
{
	struct kl_place at = { 0 };
	unsigned int i;

	while (kl_set_subset_from(cpu, common, &at)) {
		struct kl_leaf leaf = { .leaf = at.leaf, .subleaf = at.subleaf };

		if (at.kind == KL_PLACE_MSR) {
			for (i = 0; i < lost->nr_msrs && lost->msr[i].index != at.leaf; i++)
				;
			if (i == lost->nr_msrs)
				words_add_msr(lost, at.leaf, 0);
			lost->msr[i].value |= at.bits;
			continue;
		}
		for (i = 0; i < lost->nr_leaves; i++)
			if (lost->leaf[i].leaf == at.leaf && lost->leaf[i].subleaf == at.subleaf)
				break;
		if (i == lost->nr_leaves)
			words_add_leaf(lost, &leaf);
		lost->leaf[i].r[at.reg] |= at.bits;
	}
}

/* The field of a register that the lowest of @bits is in: a number, a layout, or that one bit. */
static u64 field_of(const struct bit_place *at, u64 bits)
{
	const struct kl_shape *shape = at->msr ? NULL : kl_shape_find(at->leaf, at->subleaf);
	u64 lowest = bits & -bits;
	unsigned int i;

	for (i = 0; shape && i < ARRAY_SIZE(shape->r[at->reg].min_field); i++)
		if (shape->r[at->reg].min_field[i] & lowest)
			return shape->r[at->reg].min_field[i];
	if (shape && shape->r[at->reg].equal_bits & lowest)
		return shape->r[at->reg].equal_bits;
	return lowest;
}

static char *field_name(const struct bit_place *at, u64 field)
{
	if (!(field & (field - 1)))
		return bit_name(at);
	return xprintf("0x%x.%u:%s[%d:%d]", at->leaf, at->subleaf, kl_reg_name(at->reg),
		       63 - __builtin_clzll(field), at->bit);
}

static void name_bits(char **all, struct bit_place at, u64 bits)
{
	char *name, *more;
	u64 field;

	for (; bits; bits &= ~field) {
		field = field_of(&at, bits);
		at.bit = __builtin_ctzll(field);
		if (feature_is_copy(&at))
			continue;
		name = field_name(&at, field);
		more = xprintf("%s%s%s", *all, **all ? ", " : "", name);
		free(*all);
		free(name);
		*all = more;
	}
}

static char *name_lost(const struct words *lost)
{
	char *all = xprintf("%s", "");
	unsigned int i, r;

	for (i = 0; i < lost->nr_leaves; i++)
		for (r = 0; r < KL_NR_REGS; r++)
			name_bits(&all, (struct bit_place){ .leaf = lost->leaf[i].leaf,
				  .subleaf = lost->leaf[i].subleaf, .reg = r },
				  lost->leaf[i].r[r]);
	for (i = 0; i < lost->nr_msrs; i++)
		name_bits(&all, (struct bit_place){ .msr = true, .leaf = lost->msr[i].index },
			  lost->msr[i].value);
	return all;
}

static void tell(const struct cpus *c, const struct kl_set *common,
		 void (*warn)(void *ctx, const char *text), void *ctx)
{
	struct words lost = { 0 };
	char *names, *text;
	unsigned int i;

	for (i = 0; i < c->nr; i++) {
		const struct kl_set set = words_set(&c->cpu[i]);

		if (!i || !same_words(&c->cpu[i], &c->cpu[i - 1]))
			gather(&lost, &set, common);
	}
	words_sort(&lost);
	names = name_lost(&lost);
	if (*names) {
		text = xprintf("its %u logical CPUs differ; only some have %s: not counted",
			       c->nr, names);
		warn(ctx, text);
		free(text);
	}
	free(names);
	words_free(&lost);
}

/* The first CPU's rows at @common's level, and what bad news only others have. */
static void level_first(const struct cpus *c, const struct kl_set *common, struct words *out)
{
	const struct words *first = &c->cpu[0];
	const struct kl_set set = words_set(first);
	unsigned int i;

	for (i = 0; i < first->nr_leaves; i++) {
		struct kl_leaf leaf = first->leaf[i];

		kl_offer_leaf(common, &leaf);
		words_add_leaf(out, &leaf);
	}
	for (i = 0; i < common->nr_leaves; i++)
		if (!kl_set_leaf(&set, common->leaf[i].leaf, common->leaf[i].subleaf))
			words_add_leaf(out, &common->leaf[i]);
	for (i = 0; i < first->nr_msrs; i++) {
		const struct kl_msr *m = &first->msr[i];

		words_add_msr(out, m->index, kl_offer_msr(common, m->index, m->value));
	}
	for (i = 0; i < common->nr_msrs; i++)
		if (!kl_set_msr(&set, common->msr[i].index))
			words_add_msr(out, common->msr[i].index, common->msr[i].value);
	words_sort(out);
}

int cpus_combine(struct cpus *c, struct words *out,
		 void (*warn)(void *ctx, const char *text), void *ctx, struct kl_place *at)
{
	bool differ = false;
	struct kl_acc acc;
	struct kl_set common;
	unsigned int i;
	int err = 0;

	*out = (struct words){ 0 };
	for (i = 1; i < c->nr; i++)
		differ |= !same_words(&c->cpu[i], &c->cpu[0]);
	if (differ) {
		err = combine(c, &acc, at);
		if (!err) {
			common = kl_acc_set(&acc);
			tell(c, &common, warn, ctx);
			level_first(c, &common, out);
		}
	} else if (c->nr) {
		*out = c->cpu[0];
		c->cpu[0] = (struct words){ 0 };
	}
	cpus_free(c);
	return err;
}

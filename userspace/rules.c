// SPDX-License-Identifier: GPL-2.0
/*
 * How pools combine a place.  The core's shapes are asked, so that the table
 * can't say another thing than the core does; only why a place passes does the
 * table know better.
 */
#include "rules.h"

/* Leaves of hypervisors: KVM's where it has a shape, else those of others. */
#define HYPERVISOR_LEAVES 4u

static const struct { const char *word, *text; } words[NR_RULES] = {
	[RULE_AND] = { "and", "a guest may have it where every host of the pool has it" },
	[RULE_OR] = { "or", "bad news or a hint: shown if any host of the pool has it" },
	[RULE_MIN] = { "min", "part of a number: the smallest of the pool" },
	[RULE_EQUAL] = { "equal", "part of a layout that must be the same on every host" },
	[RULE_MUST] = { "must", "demanded of nested hypervisors if any host of the pool does" },
	[RULE_PASS] = { "pass", "the VMM's own: passes unchanged" },
	[RULE_DYNAMIC] = { "dynamic", "changes with the guest or by CPU: passes unchanged" },
	[RULE_TOPOLOGY] = { "topology", "follows the VMM's topology: passes unchanged" },
	[RULE_RECOMPUTE] = { "recompute", "follows from the state components that are left" },
	[RULE_FOREIGN] = { "foreign",
		"of another hypervisor's leaves: passes where the VMM puts them, else hidden" },
	[RULE_HIDDEN] = { "hidden", "not part of any baseline, so never shown to a guest" },
};

static const enum rule pass_rules[] = {
	[PASS_NOT] = RULE_PASS,
	[PASS_VMM] = RULE_PASS,
	[PASS_DYNAMIC] = RULE_DYNAMIC,
	[PASS_TOPOLOGY] = RULE_TOPOLOGY,
	[PASS_RECOMPUTE] = RULE_RECOMPUTE,
};

/* The core passes it; the table may know why. */
static enum rule pass_rule(const struct bit_place *at)
{
	const struct feature *f = feature_at(at);

	if (!f)
		f = field_at(at);
	return f ? pass_rules[f->pass] : RULE_PASS;
}

static enum rule msr_rule(const struct bit_place *at)
{
	const struct kl_msr_shape *m = kl_msr_shape_find(at->leaf);
	u64 bit = 1ull << at->bit;

	if (!m)
		return RULE_HIDDEN;
	if (m->flags & KL_SHAPE_VMM)
		return pass_rule(at);
	if (m->and_bits & bit)
		return RULE_AND;
	if (m->or_bits & bit)
		return RULE_OR;
	if (m->must_bits & bit)
		return RULE_MUST;
	return (m->equal_bits | m->group_bits) & bit ? RULE_EQUAL : RULE_HIDDEN;
}

static enum rule cpuid_rule(const struct bit_place *at)
{
	const struct kl_shape *s = kl_shape_find(at->leaf, at->subleaf);
	const struct kl_shape_reg *r;
	u32 bit = 1u << at->bit;
	unsigned int i;

	if (!s)
		return at->leaf >> 28 == HYPERVISOR_LEAVES ? RULE_FOREIGN : RULE_HIDDEN;
	r = &s->r[at->reg];
	if (s->flags & KL_SHAPE_VMM || r->pass_bits & bit)
		return pass_rule(at);
	for (i = 0; i < ARRAY_SIZE(r->min_field); i++)
		if (r->min_field[i] & bit)
			return RULE_MIN;
	if (r->and_bits & bit)
		return RULE_AND;
	if (r->or_bits & bit)
		return RULE_OR;
	return r->equal_bits & bit ? RULE_EQUAL : RULE_HIDDEN;
}

enum rule rule_at(const struct bit_place *at)
{
	return at->msr ? msr_rule(at) : cpuid_rule(at);
}

const char *rule_word(enum rule rule)
{
	return words[rule].word;
}

const char *rule_text(enum rule rule)
{
	return words[rule].text;
}

struct kl_bit rule_gate(const struct bit_place *at)
{
	const struct kl_msr_shape *m = at->msr ? kl_msr_shape_find(at->leaf) : NULL;
	const struct kl_shape *s = at->msr ? NULL : kl_shape_find(at->leaf, at->subleaf);

	if (m)
		return m->gate;
	return s ? s->gate : (struct kl_bit){ 0 };
}

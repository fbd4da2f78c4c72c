// SPDX-License-Identifier: GPL-2.0
/* See needs.h. */
#include "needs.h"

bool set_has_feature(const struct kl_set *set, const struct bit_place *at)
{
	const struct kl_bit bit = { at->leaf, at->subleaf, at->reg, at->bit };
	const struct kl_msr_shape *shape;
	const struct kl_msr *m;

	if (!at->msr)
		return kl_set_has(set, &bit);
	shape = kl_msr_shape_find(at->leaf);
	m = kl_set_msr(set, at->leaf);
	return shape && m && m->value >> at->bit & 1 &&
	       (!shape->gate.leaf || kl_set_has(set, &shape->gate));
}

/* Bit @bit of @m may be 1; must it? */
static bool must_stay(const struct kl_msr *m, unsigned int bit)
{
	const struct kl_msr_shape *shape = kl_msr_shape_find(m->index);

	return bit >= 32 && shape->must_bits >> (bit - 32) & m->value >> (bit - 32) & 1;
}

static bool follow_needs(struct kl_acc *acc)
{
	const struct kl_set set = kl_acc_set(acc);
	bool changed = false;
	unsigned int i;

	for (i = 0; i < nr_feature_needs; i++) {
		const struct bit_place *f = &feature_named(feature_needs[i].feature)->at;
		const struct kl_msr *m;

		if (!set_has_feature(&set, f) ||
		    set_has_feature(&set, &feature_named(feature_needs[i].needs)->at))
			continue;
		m = kl_set_msr(&set, f->leaf);
		if (must_stay(m, f->bit))
			continue;
		acc->msr[m - acc->msr].value &= ~(1ull << f->bit);
		changed = true;
	}
	return changed;
}

void needs_close(struct kl_acc *acc)
{
	kl_close(acc);
	/* No feature of CPUID needs one of an MSR: the core drops MSRs that are empty now. */
	if (!follow_needs(acc))
		return;
	while (follow_needs(acc))
		;
	kl_close(acc);
}

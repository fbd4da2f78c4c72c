// SPDX-License-Identifier: GPL-2.0
/* Could a guest that has one set run where another is offered? */
#include "internal.h"

/* Has @at been passed when the walk is at this register? */
static bool kl_is_after(const struct kl_place *at, const struct kl_leaf *l, unsigned int r)
{
	u64 key = kl_key(l->leaf, l->subleaf);

	if (!at || at->kind == KL_PLACE_NONE)
		return true;
	if (at->kind == KL_PLACE_MSR)
		return false;
	return key > kl_key(at->leaf, at->subleaf) ||
	       (key == kl_key(at->leaf, at->subleaf) && r > (unsigned int)at->reg);
}

static bool kl_msr_is_after(const struct kl_place *at, u32 index)
{
	return !at || at->kind != KL_PLACE_MSR || index > at->leaf;
}

/* What @b lacks of register @r of @a; @why is set if there is any. */
static u32 kl_lacks(const struct kl_shape_reg *s, u32 a, u32 b, const char **why)
{
	u32 missing = a & ~b & s->and_bits, bits = missing;
	u32 other = (a ^ b) & s->equal_bits;
	unsigned int i;

	if (missing)
		*why = "features that are not there";
	else if (other)
		*why = "another layout";
	bits |= other;
	for (i = 0; i < ARRAY_SIZE(s->min_field) && s->min_field[i]; i++) {
		if ((a & s->min_field[i]) <= (b & s->min_field[i]))
			continue;
		if (!bits)
			*why = "a smaller number";
		bits |= s->min_field[i];
	}
	return bits;
}

/* In which bits of @field @has has another format; an empty field asks for nothing. */
static u64 kl_other_format(u64 has, u64 other, u64 field)
{
	return has & field ? (has ^ other) & field : 0;
}

int kl_set_subset_from(const struct kl_set *a, const struct kl_set *b, struct kl_place *at)
{
	static const struct kl_leaf nothing;
	const char *why = NULL;
	unsigned int i, r;

	for (i = 0; i < a->nr_leaves; i++) {
		const struct kl_leaf *l = &a->leaf[i], *other;
		const struct kl_shape *shape = kl_shape_find(l->leaf, l->subleaf);

		/* What isn't known isn't shown, and an empty leaf asks for nothing. */
		if (!shape || shape->flags & KL_SHAPE_VMM ||
		    kl_subleaf(shape, l->subleaf) != l->subleaf || !kl_row_used(shape, l))
			continue;
		other = kl_set_leaf(b, l->leaf, l->subleaf);
		if (!other)
			other = &nothing;
		for (r = 0; r < KL_NR_REGS; r++) {
			u32 bits;

			if (!kl_is_after(at, l, r))
				continue;
			bits = kl_lacks(&shape->r[r], l->r[r], other->r[r], &why);
			if (bits) {
				kl_place_cpuid(at, l, r, bits, why);
				return -EOPNOTSUPP;
			}
		}
	}
	for (i = 0; i < a->nr_msrs; i++) {
		const struct kl_msr_shape *shape = kl_msr_shape_find(a->msr[i].index);
		u64 has, other, bits, left, formats;

		if (!shape || shape->flags & KL_SHAPE_VMM || !kl_msr_is_after(at, shape->index))
			continue;
		has = kl_msr_value(a, shape);
		other = kl_msr_value(b, shape);
		bits = has & ~other & shape->and_bits;
		if (bits) {
			why = "features that are not there";
		} else {
			bits = other & ~has & shape->must_bits;
			why = "bits that must be set there";
		}
		formats = kl_other_format(has, other, shape->group_bits);
		left = shape->equal_bits;
		while (left)
			formats |= kl_other_format(has, other, kl_next_run(&left));
		if (formats && !bits)
			why = "another format";
		bits |= formats;
		if (bits) {
			kl_place_msr(at, shape->index, bits, why);
			return -EOPNOTSUPP;
		}
	}
	return 0;
}

int kl_set_subset(const struct kl_set *a, const struct kl_set *b, struct kl_place *at)
{
	if (at)
		*at = (struct kl_place){ .kind = KL_PLACE_NONE };
	return kl_set_subset_from(a, b, at);
}

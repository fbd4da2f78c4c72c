// SPDX-License-Identifier: GPL-2.0
#include "slots.h"

#define HYPERVISOR	0x40000000u	/* the range's first leaf, with a signature */

static struct slot table[SLOTS_MAX];
static unsigned int nr_slots;

static struct slot *add_slot(u32 leaf, u32 subleaf, unsigned int reg, u32 kept)
{
	struct slot *s = &table[nr_slots];

	if (nr_slots++ == ARRAY_SIZE(table))
		abort();	/* the core's tables have grown: so must this one */
	*s = (struct slot){ .leaf = leaf, .subleaf = subleaf, .reg = reg, .kept = kept };
	return s;
}

/* Each run of ones in @mask is a field, and all of @group is one. */
static void add_equal_fields(struct slot *s, u32 mask, u32 group)
{
	unsigned int n = 0;
	u32 run;

	if (group)
		s->equal_field[n++] = group;

	while (mask) {
		run = mask & ~(mask + (mask & -mask));
		mask &= ~run;
		if (n == SLOT_FIELDS)
			abort();
		s->equal_field[n++] = run;
	}
}

static void add_leaf(const struct kl_shape *shape, u32 subleaf)
{
	unsigned int r, i;

	for (r = 0; r < KL_NR_REGS; r++) {
		const struct kl_shape_reg *m = &shape->r[r];
		u32 kept = m->and_bits | m->or_bits | m->equal_bits;
		struct slot *s;

		for (i = 0; i < ARRAY_SIZE(m->min_field); i++)
			kept |= m->min_field[i];
		/* The vendor and the hypervisor's signature name the set. */
		if (shape->first == 0 || shape->first == HYPERVISOR)
			kept |= m->pass_bits;
		/* A row that a host has is told by its first slot. */
		if (!kept && r)
			continue;
		s = add_slot(shape->first, subleaf, r, kept);
		s->and_bits = m->and_bits;
		s->or_bits = m->or_bits;
		memcpy(s->min_field, m->min_field, sizeof(s->min_field));
		add_equal_fields(s, m->equal_bits, 0);
	}
}

static void add_msr(const struct kl_msr_shape *shape)
{
	unsigned int half;

	for (half = 0; half < 2; half++) {
		unsigned int by = 32 * half;
		struct slot *s = add_slot(shape->index, 0, half,
					  (shape->and_bits | shape->or_bits | shape->equal_bits |
					   shape->must_bits | shape->group_bits) >> by);

		s->msr = true;
		s->and_bits = shape->and_bits >> by;
		s->or_bits = shape->or_bits >> by;
		add_equal_fields(s, shape->equal_bits >> by, shape->group_bits >> by);
	}
}

static void make_table(void)
{
	unsigned int i;
	u32 sub;

	for (i = 0; i < kl_nr_shapes; i++) {
		const struct kl_shape *shape = &kl_shapes[i];

		if (shape->flags & KL_SHAPE_VMM)
			continue;
		add_leaf(shape, shape->subleaf_first);
		if (!(shape->flags & KL_SHAPE_SUBLEAF))
			continue;
		for (sub = shape->subleaf_first; sub++ < shape->subleaf_last; )
			add_leaf(shape, sub);
	}
	for (i = 0; i < kl_nr_msr_shapes; i++)
		if (!(kl_msr_shapes[i].flags & KL_SHAPE_VMM))
			add_msr(&kl_msr_shapes[i]);
}

const struct slot *slots(unsigned int *nr)
{
	if (!nr_slots)
		make_table();
	*nr = nr_slots;
	return table;
}

static unsigned int put(struct filled *out, unsigned int slot, u32 value)
{
	*out = (struct filled){ .slot = slot, .high = value >> 16, .low = value };
	return 1;
}

static bool foreign_hypervisor(const struct kl_set *set)
{
	/* "KVMKVMKVM" in EBX, ECX, EDX: asm/kvm_para.h KVM_SIGNATURE. */
	static const u32 kvm[] = { 0x4b4d564b, 0x564b4d56, 0x4d };
	const struct kl_leaf *base = kl_set_leaf(set, HYPERVISOR, 0);

	return !base || memcmp(&base->r[KL_EBX], kvm, sizeof(kvm));
}

static bool is_before(const struct slot *s, const struct kl_leaf *l)
{
	return s->leaf < l->leaf || (s->leaf == l->leaf && s->subleaf < l->subleaf);
}

static bool is_of(const struct slot *s, const struct kl_leaf *l)
{
	return !s->msr && s->leaf == l->leaf && s->subleaf == l->subleaf;
}

unsigned int slots_fill(const struct kl_set *set, struct filled *out)
{
	bool foreign = foreign_hypervisor(set);
	unsigned int nr, i, at = 0, n = 0;
	const struct slot *s = slots(&nr);

	for (i = 0; i < set->nr_leaves; i++) {
		const struct kl_leaf *l = &set->leaf[i];
		unsigned int first;

		if (foreign && l->leaf >> 30 == HYPERVISOR >> 30)
			continue;
		while (at < nr && !s[at].msr && is_before(&s[at], l))
			at++;
		for (first = at; at < nr && is_of(&s[at], l); at++)
			if (at == first || l->r[s[at].reg] & s[at].kept)
				n += put(&out[n], at, l->r[s[at].reg] & s[at].kept);
	}
	while (at < nr && !s[at].msr)
		at++;
	for (i = 0; i < set->nr_msrs; i++) {
		const struct kl_msr *m = &set->msr[i];

		while (at < nr && s[at].leaf < m->index)
			at++;
		if (at == nr || s[at].leaf != m->index)
			continue;
		n += put(&out[n], at, m->value & s[at].kept);
		if (m->value >> 32 & s[at + 1].kept)
			n += put(&out[n], at + 1, m->value >> 32 & s[at + 1].kept);
	}
	return n;
}

struct kl_set slots_set(const struct filled *f, unsigned int nr, struct kl_leaf *leaf,
			struct kl_msr *msr)
{
	struct kl_set set = { .leaf = leaf, .msr = msr };
	unsigned int i;

	for (i = 0; i < nr; i++) {
		const struct slot *s = &table[f[i].slot];
		struct kl_leaf *l = set.nr_leaves ? &leaf[set.nr_leaves - 1] : NULL;
		struct kl_msr *m = set.nr_msrs ? &msr[set.nr_msrs - 1] : NULL;

		if (s->msr) {
			if (!m || m->index != s->leaf) {
				m = &msr[set.nr_msrs++];
				*m = (struct kl_msr){ .index = s->leaf };
			}
			m->value |= (u64)filled_value(&f[i]) << (32 * s->reg);
			continue;
		}
		if (!l || l->leaf != s->leaf || l->subleaf != s->subleaf) {
			l = &leaf[set.nr_leaves++];
			*l = (struct kl_leaf){ .leaf = s->leaf, .subleaf = s->subleaf };
		}
		l->r[s->reg] = filled_value(&f[i]);
	}
	return set;
}

struct bit_place slot_bit(const struct slot *s, unsigned int bit)
{
	struct bit_place at = { .msr = s->msr, .leaf = s->leaf, .subleaf = s->subleaf };

	at.reg = s->msr ? 0 : s->reg;
	at.bit = s->msr ? bit + 32 * s->reg : bit;
	return at;
}

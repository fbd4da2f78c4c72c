// SPDX-License-Identifier: GPL-2.0
/* CPUID tables to test on; tables.h says which. */
#include <linux/string.h>

#include "tables.h"

static u64 dice_state;

void dice_seed(u32 seed)
{
	dice_state = seed;
}

u32 dice_bits(void)
{
	/* Knuth, The Art of Computer Programming, vol. 2, 3.3.4, "MMIX". */
	dice_state = dice_state * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(dice_state >> 32);
}

u32 dice(u32 below)
{
	return (u32)(((u64)dice_bits() * below) >> 32);
}

struct kvm_cpuid_entry2 *table_add(struct vmm_table *t, u32 leaf, u32 subleaf)
{
	const struct kl_shape *shape = kl_shape_find(leaf, subleaf);
	struct kvm_cpuid_entry2 *e = &t->e[t->nr++];

	BUG_ON(t->nr > TABLE_ROWS);
	*e = (struct kvm_cpuid_entry2){ .function = leaf, .index = subleaf };
	if (subleaf || (shape && shape->flags & KL_SHAPE_SUBLEAF))
		e->flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
	return e;
}

static void table_add_range(struct vmm_table *t, const struct kl_set *set, bool hypervisor)
{
	unsigned int i, r;

	for (i = 0; i < set->nr_leaves; i++) {
		const struct kl_leaf *l = &set->leaf[i];
		struct kvm_cpuid_entry2 *e;

		if ((l->leaf >> 28 == 4) != hypervisor)
			continue;
		e = table_add(t, l->leaf, l->subleaf);
		for (r = 0; r < KL_NR_REGS; r++)
			*table_reg(e, r) = l->r[r];
	}
}

void table_from_set(struct vmm_table *t, const struct kl_set *set)
{
	memset(t, 0, sizeof(*t));
	table_add_range(t, set, false);
	table_add_range(t, set, true);
}

struct kvm_cpuid_entry2 *table_row(struct vmm_table *t, u32 leaf, u32 subleaf)
{
	int i;

	for (i = 0; i < t->nr; i++) {
		if (t->e[i].function == leaf && t->e[i].index == subleaf)
			return &t->e[i];
	}
	return table_add(t, leaf, subleaf);
}

__u32 *table_reg(struct kvm_cpuid_entry2 *e, enum kl_reg r)
{
	return r == KL_EAX ? &e->eax : r == KL_EBX ? &e->ebx : r == KL_ECX ? &e->ecx : &e->edx;
}

void table_zero(struct kvm_cpuid_entry2 *e)
{
	unsigned int r;

	for (r = 0; r < KL_NR_REGS; r++)
		*table_reg(e, r) = 0;
}

static void admit_get(const struct kl_table *t, unsigned int i, struct kl_leaf *words)
{
	struct kvm_cpuid_entry2 *e = &((struct vmm_table *)t->ctx)->e[i];

	*words = (struct kl_leaf){
		e->function, e->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX ? e->index : 0,
		{ e->eax, e->ebx, e->ecx, e->edx }
	};
}

static void admit_put(const struct kl_table *t, unsigned int i, const struct kl_leaf *words)
{
	struct kvm_cpuid_entry2 *e = &((struct vmm_table *)t->ctx)->e[i];
	unsigned int r;

	for (r = 0; r < KL_NR_REGS; r++)
		*table_reg(e, r) = words->r[r];
}

unsigned int table_admit(const struct kl_set *set, struct vmm_table *t, bool put)
{
	struct kl_table table = { .ctx = t, .nr = t->nr, .get = admit_get };

	if (put)
		table.put = admit_put;
	return kl_admit_table(set, &table, NULL, NULL);
}

bool table_pool(struct words *w, const struct real_table *a, const struct real_table *b)
{
	static struct kl_acc acc;
	struct kl_set host_a = { a->leaf, NULL, a->nr, 0 }, host_b = { b->leaf, NULL, b->nr, 0 };
	struct kl_set set;

	if (kl_acc_init(&acc, &host_a, NULL) || kl_acc_add(&acc, &host_b, NULL))
		return false;
	kl_close(&acc);
	set = kl_acc_set(&acc);
	if (kl_set_check(&set, NULL))
		return false;
	words_clear(w);
	memcpy(w->leaf, set.leaf, set.nr_leaves * sizeof(*set.leaf));
	w->set.nr_leaves = set.nr_leaves;
	return true;
}

/* SPDX-License-Identifier: GPL-2.0 */
/* CPUID tables to test on: of real hosts, and at random. */
#ifndef KUNIT_TABLES_H
#define KUNIT_TABLES_H

#include <linux/kvm.h>

#include "policy/policy.h"
#include "../unit/words.h"

struct real_table {
	const char *name;
	const struct kl_leaf *leaf;
	unsigned int nr;
};

/* Made by tests/kunit/real-tables. */
extern const struct real_table real_tables[];
extern const unsigned int nr_real_tables;

#define TABLE_ROWS	256

/* A VMM's table, in KVM's words. */
struct vmm_table {
	struct kvm_cpuid_entry2 e[TABLE_ROWS];
	int nr;
};

/* As QEMU would set it: in KVM's order, with the flag where ECX means something. */
void table_from_set(struct vmm_table *t, const struct kl_set *set);
struct kvm_cpuid_entry2 *table_row(struct vmm_table *t, u32 leaf, u32 subleaf);
struct kvm_cpuid_entry2 *table_add(struct vmm_table *t, u32 leaf, u32 subleaf);
/* A register of it: KL_EAX... */
__u32 *table_reg(struct kvm_cpuid_entry2 *e, enum kl_reg r);

void table_zero(struct kvm_cpuid_entry2 *e);

/* How many rows of @t the long way finds beyond @set; @put: and levels them. */
unsigned int table_admit(const struct kl_set *set, struct vmm_table *t, bool put);

/* Numbers that repeat with the seed. */
void dice_seed(u32 seed);
u32 dice(u32 below);
u32 dice_bits(void);

/* A well-formed baseline out of some real tables; false: they don't make one. */
bool table_pool(struct words *w, const struct real_table *a, const struct real_table *b);

#endif /* KUNIT_TABLES_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the core share; nobody else includes this. */
#ifndef KL_POLICY_INTERNAL_H
#define KL_POLICY_INTERNAL_H

#include "policy.h"

#define KL_LEAF_XSAVE		0xdu
#define KL_LEAF_PMU		0xau
#define KL_LEAF_SIZES		0x80000008u
#define KL_GUEST_PHYS		0xff0000u	/* GuestPhysAddrSize in EAX of KL_LEAF_SIZES */

/* Leaf ranges, each with its highest leaf in EAX of its first. */
#define KL_RANGE_BASIC		0x00000000u
#define KL_RANGE_HYPERVISOR	0x40000000u
#define KL_RANGE_EXTENDED	0x80000000u
#define KL_RANGE_MASK		0xc0000000u

/* "KVMKVMKVM\0\0\0" in EBX, ECX, EDX: asm/kvm_para.h KVM_SIGNATURE. */
#define KL_KVM_EBX		0x4b4d564bu
#define KL_KVM_ECX		0x564b4d56u
#define KL_KVM_EDX		0x0000004du

static inline u64 kl_key(u32 leaf, u32 subleaf)
{
	return (u64)leaf << 32 | subleaf;
}

static inline bool kl_is_kvm_signature(const u32 *r)
{
	return r[KL_EBX] == KL_KVM_EBX && r[KL_ECX] == KL_KVM_ECX && r[KL_EDX] == KL_KVM_EDX;
}

/* Which subleaf of a set's leaf speaks for @subleaf: leaves may ignore ECX. */
static inline u32 kl_subleaf(const struct kl_shape *shape, u32 subleaf)
{
	return shape->flags & KL_SHAPE_SUBLEAF ? subleaf : 0;
}

/* EAX is the highest leaf of its range, which depends on a VMM's whole table. */
static inline bool kl_is_top(const struct kl_shape *shape)
{
	return (shape->flags & (KL_SHAPE_MAX | KL_SHAPE_SUBLEAF)) == KL_SHAPE_MAX;
}

/* Bits that a baseline decides over. */
static inline u32 kl_governed(const struct kl_shape_reg *r)
{
	return r->and_bits | r->or_bits | r->equal_bits |
	       r->min_field[0] | r->min_field[1] | r->min_field[2] | r->min_field[3];
}

static inline u32 kl_known(const struct kl_shape_reg *r)
{
	return kl_governed(r) | r->pass_bits;
}

static inline u64 kl_msr_known(const struct kl_msr_shape *s)
{
	return s->and_bits | s->or_bits | s->equal_bits | s->must_bits | s->group_bits;
}

/* Does @leaf hold anything that a baseline decides over? */
bool kl_row_used(const struct kl_shape *shape, const struct kl_leaf *leaf);

/* Is the feature there without which a leaf or an MSR does not exist? */
static inline bool kl_gate_open(const struct kl_set *set, const struct kl_bit *gate)
{
	return !gate->leaf || kl_set_has(set, gate);
}

/* The value of an MSR of @set, 0 where its CPUID bit isn't in the set. */
u64 kl_msr_value(const struct kl_set *set, const struct kl_msr_shape *shape);

/* Take the lowest run of ones out of @left: neighbouring equal_bits are one field. */
u64 kl_next_run(u64 *left);

/* The group_bits, where @a and @b agree in all of them. */
static inline u64 kl_same_group(const struct kl_msr_shape *shape, u64 a, u64 b)
{
	return (a ^ b) & shape->group_bits ? 0 : a & shape->group_bits;
}

/* The fields of equal_bits and the group_bits in which @a and @b agree. */
u64 kl_equal_fields(const struct kl_msr_shape *shape, u64 a, u64 b);

/* Sorted, and nothing twice?  Like kl_set_check(). */
int kl_set_order(const struct kl_set *set, struct kl_place *at);

/* The highest leaf that @set tells of for the range of @leaf; 0: no such range. */
u32 kl_set_top(const struct kl_set *set, u32 leaf);

/* May a guest that reads @set reach the leaf at all? */
bool kl_set_reaches(const struct kl_set *set, const struct kl_shape *shape,
		    const struct kl_leaf *leaf);

/* Compacted XSAVE area, and the words of leaf 0xD that KVM or a VMM computes. */
u32 kl_xsave_size_compact(const struct kl_set *set, u64 components);
void kl_xsave_cut(const struct kl_set *set, struct kl_leaf *entry);

/* What was beyond the baseline in one register. */
struct kl_excess {
	u32 bits;
	const char *why;
};

/*
 * Level one row but for a range's highest leaf.  @excess: one for each register,
 * zeroed, or NULL.  Returns the shape, or NULL if the row had to become zero.
 */
const struct kl_shape *kl_admit_row(const struct kl_set *max, struct kl_leaf *entry,
				    struct kl_excess *excess);

static inline void kl_place_cpuid(struct kl_place *at, const struct kl_leaf *leaf,
				  enum kl_reg reg, u64 bits, const char *why)
{
	if (at)
		*at = (struct kl_place){ KL_PLACE_CPUID, leaf->leaf, leaf->subleaf, reg, bits,
					 why };
}

static inline void kl_place_msr(struct kl_place *at, u32 index, u64 bits, const char *why)
{
	if (at)
		*at = (struct kl_place){ KL_PLACE_MSR, index, 0, KL_EAX, bits, why };
}

#endif /* KL_POLICY_INTERNAL_H */

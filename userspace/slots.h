/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a pool decides over, as a row of 32-bit words: one slot for each register
 * of each leaf that the core governs, two for each MSR, in the order of leaves
 * and indices.  A host is then a short list of slots and values, which can be
 * hashed, compared, kept by the ten thousand, and turned into a set again.
 */
#ifndef KL_SLOTS_H
#define KL_SLOTS_H

#include "names.h"

#define SLOT_FIELDS 6

struct slot {
	bool msr;
	u32 leaf;		/* CPUID leaf, or MSR index */
	u32 subleaf;
	u8 reg;			/* enum kl_reg; MSR: 0 is the low half, 1 the high one */
	u32 kept;		/* what of the register a pool keeps at all */
	u32 and_bits;
	u32 or_bits;
	u32 min_field[4];	/* as in struct kl_shape_reg */
	u32 equal_field[SLOT_FIELDS];	/* fields that must be the same; 0 ends them */
};

/* The table; made on the first call, which must come before any threads. */
const struct slot *slots(unsigned int *nr);

/* A slot's value: the first slot of a row that a host has is there even if it is 0. */
struct filled {
	u16 slot;
	u16 high, low;	/* halves, so that six bytes do */
};

static inline u32 filled_value(const struct filled *f)
{
	return (u32)f->high << 16 | f->low;
}

/* The most that slots_fill() gives. */
#define SLOTS_MAX 1024

/*
 * @set's words, masked to what counts, in the order of slots.  Leaves of another
 * hypervisor than KVM don't count, like in kl_acc_add().
 */
unsigned int slots_fill(const struct kl_set *set, struct filled *out);

/* The set again.  @leaf and @msr have room for KL_MAX_LEAVES and KL_MAX_MSRS. */
struct kl_set slots_set(const struct filled *f, unsigned int nr, struct kl_leaf *leaf,
			struct kl_msr *msr);

/* Bit @bit of a slot, as a place with a name. */
struct bit_place slot_bit(const struct slot *s, unsigned int bit);

#endif /* KL_SLOTS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The quick look: does a VMM's CPUID table ask for nothing beyond a set?
 *
 * Most tables are what KVM offered, already levelled.  A handful of
 * instructions a row settle that, so that KVM_SET_CPUID2 costs next to nothing
 * more; whatever the quick look does not settle goes to kl_admit_table().
 */
#ifndef KL_FAST_H
#define KL_FAST_H

#include <linux/kvm.h>

#include "policy/policy.h"

/*
 * What a row may have.  It is within the set if ((words ^ exact) & mask) == 0:
 * the mask has the bits that must be 0 and those that must be as ours are; all
 * others may be either.
 */
struct kl_fast_row {
	u64 key;	/* leaf | subleaf << 32 */
	u64 exact[2];	/* eax | ebx << 32, ecx | edx << 32 */
	u64 mask[2];
	u32 indexed;	/* ECX selects the subleaf */
};

/* Rows stand in the order in which KVM offers its leaves; one that lets nothing pass ends them. */
struct kl_fast {
	struct kl_fast_row *row;
	unsigned int nr;
	u64 vmm_basic;		/* bit n: leaf n is the VMM's */
	u64 vmm_extended;	/* bit n: leaf 0x80000000 + n is */
};

int kl_fast_make(struct kl_fast *fast, const struct kl_set *set);
void kl_fast_free(struct kl_fast *fast);
/* True: nothing in @e is beyond the set.  False: ask kl_admit_table(). */
bool kl_fast_clean(const struct kl_fast *fast, const struct kvm_cpuid_entry2 *e, int nent);
/* The same for one leaf that a guest reads. */
bool kl_fast_clean_one(const struct kl_fast *fast, const struct kl_leaf *words);

#endif /* KL_FAST_H */

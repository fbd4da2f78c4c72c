/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pure core: CPUID and MSR words, what they mean for a pool, and how a
 * word is brought to a baseline.
 *
 * One source serves kvm_level.ko, levelctl, the unit tests and the fuzzers.
 * Nothing here allocates, locks, logs or knows KVM or netlink.  Names of
 * features are userspace's business: the core holds words, keyed by hardware
 * leaf (Intel SDM vol. 2A "CPUID", AMD APM vol. 3 appendix E "Obtaining
 * Processor Information Via the CPUID Instruction").
 */
#ifndef KL_POLICY_H
#define KL_POLICY_H

#include "private.h"

/* Registers of a CPUID leaf, in the order of struct kl_leaf::r. */
enum kl_reg { KL_EAX, KL_EBX, KL_ECX, KL_EDX, KL_NR_REGS };

/* One CPUID leaf.  Leaves that ignore ECX have subleaf 0. */
struct kl_leaf {
	u32 leaf;
	u32 subleaf;
	u32 r[KL_NR_REGS];
};

/* One model-specific register. */
struct kl_msr {
	u32 index;
	u64 value;
};

/* No real CPU comes near these; a message that passes them is refused. */
#define KL_MAX_LEAVES	192
#define KL_MAX_MSRS	64

/*
 * A set of words: what a host offers, or one side (default or max) of a
 * baseline.  Leaves are sorted by (leaf, subleaf), MSRs by index, no
 * duplicates: kl_set_check() verifies it and everything else relies on it.
 * A leaf that is not in the set is all zero.
 */
struct kl_set {
	const struct kl_leaf *leaf;
	const struct kl_msr *msr;
	unsigned int nr_leaves;
	unsigned int nr_msrs;
};

/* Where a check failed, and why: what an operator reads. */
struct kl_place {
	enum { KL_PLACE_NONE, KL_PLACE_CPUID, KL_PLACE_MSR } kind;
	u32 leaf;		/* CPUID leaf, or MSR index */
	u32 subleaf;
	enum kl_reg reg;	/* KL_PLACE_CPUID only */
	u64 bits;		/* the offending bits; 0: the word as a whole */
	const char *why;	/* static text, never NULL once kind is set */
};

/*
 * How the bits of one register are treated.  A bit is in at most one of the
 * masks; a bit in none of them is not known, and what isn't known isn't shown.
 */
struct kl_shape_reg {
	u32 and_bits;	/* features: a guest may have them where every host does */
	u32 or_bits;	/* bad news and hints: shown if any host of the pool has them */
	u32 pass_bits;	/* the VMM's own: topology, APIC ids, dynamic bits */
	u32 equal_bits;	/* must be the same on every host (layout of XSAVE components) */
	u32 min_field[4]; /* numbers, each a contiguous mask: the smallest of the pool */
};

/* One bit of one register of one leaf: a feature. */
struct kl_bit {
	u32 leaf;
	u8 subleaf;	/* features sit in the first few; and the tables stay small */
	u8 reg;		/* enum kl_reg */
	u8 bit;
} __packed;		/* some hundreds of them stand in tables */

/* What the core knows of one leaf. */
struct kl_shape {
	u32 first;		/* leaf */
	u32 subleaf_first;	/* inclusive */
	u32 subleaf_last;	/* inclusive; ~0u: every further one */
	struct kl_shape_reg r[KL_NR_REGS];
	/* The feature without which the leaf is all zero; leaf 0 is "none". */
	struct kl_bit gate;
	u8 flags;
};

#define KL_SHAPE_SUBLEAF	1 /* ECX selects a subleaf */
#define KL_SHAPE_VMM		2 /* the whole leaf is the VMM's and passes */
#define KL_SHAPE_MAX		4 /* EAX is the highest leaf of a range or, with SUBLEAF, subleaf */
#define KL_SHAPE_SOFT		8 /* a number above the baseline is cut, but is no excess */
#define KL_SHAPE_DERIVED	16 /* an MSR that KVM makes from others and from CPUID */
#define KL_SHAPE_STATE		32 /* with VMM: an MSR of which some bits go with features */

/* What the core knows of one MSR; the masks mean the same as above. */
struct kl_msr_shape {
	u32 index;
	u32 flags;	/* KL_SHAPE_VMM, KL_SHAPE_DERIVED, KL_SHAPE_STATE */
	u64 and_bits;
	u64 or_bits;
	u64 equal_bits;
	/*
	 * What a nested hypervisor must set: all that any host of the pool asks for,
	 * and a VMM can't ask for less.
	 */
	u64 must_bits;
	/* One format in several places: as on every host, or all zero. */
	u64 group_bits;
	/* The CPUID bit without which the register does not exist; leaf 0 is "none". */
	struct kl_bit gate;
};

/* A feature that is meaningless without another one. */
struct kl_dep {
	KL_PROSE(const char *why;)
	struct kl_bit feature;
	struct kl_bit needs;
	u8 flags;
};

/*
 * kl_close() follows it, kl_set_check() does not ask for it: KVM itself offers
 * such pairs, or the two bits need each other.
 */
#define KL_DEP_CLOSE_ONLY	1

extern const struct kl_shape kl_shapes[];
extern const unsigned int kl_nr_shapes;
extern const struct kl_msr_shape kl_msr_shapes[];
extern const unsigned int kl_nr_msr_shapes;
extern const struct kl_dep kl_deps[];
extern const unsigned int kl_nr_deps;

/* The shape of (leaf, subleaf), or NULL: nothing of it may be shown. */
const struct kl_shape *kl_shape_find(u32 leaf, u32 subleaf);
const struct kl_msr_shape *kl_msr_shape_find(u32 index);

/* The words of (leaf, subleaf), or NULL where the set has none: all zero. */
const struct kl_leaf *kl_set_leaf(const struct kl_set *set, u32 leaf, u32 subleaf);
const struct kl_msr *kl_set_msr(const struct kl_set *set, u32 index);
bool kl_set_has(const struct kl_set *set, const struct kl_bit *bit);

/*
 * Is @set well-formed: sorted, without duplicates, nothing outside of the
 * known bits, nothing of the VMM's, no max leaf below a governed one, no leaf,
 * MSR, state component or feature without its prerequisite?  0, or -EINVAL
 * with @at filled (@at may be NULL).
 */
int kl_set_check(const struct kl_set *set, struct kl_place *at);

/*
 * Could a guest that has @a run where @b is offered: and_bits of @a within
 * @b, numbers of @a not above @b's, equal_bits the same where @a uses them, and
 * no must_bits of @b that @a doesn't ask for?  or_bits and pass_bits never
 * fail.  0, or -EOPNOTSUPP with @at telling the first word of @a that fails and
 * the bits that @b lacks.  kl_set_subset_from() goes on after @at, so that a
 * caller can name every place: start with at->kind == KL_PLACE_NONE, call until
 * it returns 0.
 */
int kl_set_subset(const struct kl_set *a, const struct kl_set *b, struct kl_place *at);
int kl_set_subset_from(const struct kl_set *a, const struct kl_set *b, struct kl_place *at);

/*
 * Level what KVM offers a VMM (KVM_GET_SUPPORTED_CPUID): @entry, the host's
 * words, becomes exactly @def for governed bits (host AND def for features,
 * def for or_bits), pass_bits stay.
 */
void kl_offer_leaf(const struct kl_set *def, struct kl_leaf *entry);
u64 kl_offer_msr(const struct kl_set *def, u32 index, u64 host);

/*
 * Level what a VMM sets or a guest reads: governed bits of @entry are cut to
 * @max.  Does not touch the words that depend on a whole table (maximum leaves
 * of a VMM's own topology) and takes hypervisor leaves for KVM's at
 * 0x40000000: kl_admit_table() knows better.
 */
void kl_admit_leaf(const struct kl_set *max, struct kl_leaf *entry);
u64 kl_admit_msr(const struct kl_set *max, u32 index, u64 value);

/*
 * Bits of a register that are the VMM's own, beside the baseline's words @limit:
 * OSXSAVE and OSPKE say that a guest has switched on what must not be hidden.
 */
u32 kl_vmm_bits(const struct kl_shape *shape, const struct kl_leaf *limit, enum kl_reg r);

/*
 * A VMM's whole table, in whatever container it comes: @get fills @entry from
 * the @i-th of @nr rows, @put writes it back.  Levels each row; hypervisor
 * leaves are levelled by the signature found at their base (KVM's leaves may
 * sit at 0x40000000 + n * 0x100), those of another hypervisor pass; maximum
 * leaves are cut to the baseline's or to the last row with which the VMM says
 * something of its own, whichever is higher; leaf 0xD sizes follow from the
 * components that are left.  Returns the number of rows that carry more than
 * @max and tells @excess of each such word; rows are written back only if @put
 * is not NULL.  Levelling twice is levelling once.
 */
struct kl_table {
	void *ctx;
	unsigned int nr;
	void (*get)(const struct kl_table *t, unsigned int i, struct kl_leaf *entry);
	void (*put)(const struct kl_table *t, unsigned int i, const struct kl_leaf *entry);
};

/* Called for each word that had more than @max; NULL where nobody asks. */
typedef void (*kl_excess_fn)(void *ctx, const struct kl_place *at);
unsigned int kl_admit_table(const struct kl_set *max, const struct kl_table *t,
			    kl_excess_fn excess, void *excess_ctx);

/*
 * Size in bytes of the standard-format XSAVE area for the components @xcr0,
 * by the offsets and sizes in leaf 0xD of @set (SDM vol. 1 "XSAVE-Managed
 * State"); at least 576, the legacy region and the header.
 */
u32 kl_xsave_size(const struct kl_set *set, u64 xcr0);

/* CR4, EFER, XCR0, XSS: the bits that go with features which @set lacks. */
u64 kl_cr4_hidden(const struct kl_set *set);
u64 kl_efer_hidden(const struct kl_set *set);
u64 kl_xcr0_shown(const struct kl_set *set);
u64 kl_xss_shown(const struct kl_set *set);
/* The same of IA32_FEATURE_CONTROL (SDM vol. 4, MSR 3AH). */
u64 kl_feature_control_hidden(const struct kl_set *set);

/*
 * Combine: @acc becomes what both @acc and @host can give a guest.  Storage of
 * @acc is the caller's and shrinks only, but for or_bits, which may appear.
 * kl_close() clears every feature whose prerequisite is gone, zeroes leaf 0xD
 * components and MSRs that lost theirs, and lowers the width of linear addresses
 * without LA57; repeat-free (reaches the fixpoint).
 */
struct kl_acc {
	struct kl_leaf leaf[KL_MAX_LEAVES];
	struct kl_msr msr[KL_MAX_MSRS];
	unsigned int nr_leaves;
	unsigned int nr_msrs;
};

int kl_acc_init(struct kl_acc *acc, const struct kl_set *host, struct kl_place *at);
int kl_acc_add(struct kl_acc *acc, const struct kl_set *host, struct kl_place *at);
void kl_close(struct kl_acc *acc);
struct kl_set kl_acc_set(const struct kl_acc *acc);

/* Sort a set's arrays in place (netlink and JSON give any order). */
void kl_sort(struct kl_leaf *leaf, unsigned int nr_leaves,
	     struct kl_msr *msr, unsigned int nr_msrs);

/* "eax".."edx" */
const char *kl_reg_name(enum kl_reg reg);
/* "CPUID 0x7.0:ebx bits 0x100: why" into @buf; returns the length like snprintf. */
int kl_place_format(char *buf, size_t size, const struct kl_place *at);

#endif /* KL_POLICY_H */

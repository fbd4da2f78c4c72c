// SPDX-License-Identifier: GPL-2.0
/*
 * Closing a set: whatever has lost what it depends on goes as well.
 *
 * Everything here only clears, so going round until nothing changes ends, and
 * ends in the same set whatever the order of kl_deps.
 */
#include "internal.h"

static bool kl_passes(const struct kl_shape *shape)
{
	return shape->r[KL_EAX].pass_bits | shape->r[KL_EBX].pass_bits |
	       shape->r[KL_ECX].pass_bits | shape->r[KL_EDX].pass_bits;
}

/* Does a set say anything by having this row? */
static bool kl_has_meaning(const struct kl_set *set, const struct kl_leaf *l)
{
	const struct kl_shape *shape = kl_shape_find(l->leaf, l->subleaf);

	if (!shape || shape->flags & KL_SHAPE_VMM)
		return false;
	/*
	 * Bad news above the pool's highest leaf is dropped, too: no guest could
	 * read it on the host where the leaf isn't there.
	 */
	if (!kl_set_reaches(set, shape, l) || !kl_gate_open(set, &shape->gate))
		return false;
	if (l->leaf == KL_LEAF_PMU && !(l->r[KL_EAX] & 0xff))
		return false;
	if (l->leaf == KL_LEAF_XSAVE && l->subleaf >= 2 &&
	    !((kl_xcr0_shown(set) | kl_xss_shown(set)) >> l->subleaf & 1))
		return false;
	/* An empty row is as good as none, unless words of the VMM's pass in it. */
	return kl_passes(shape) || kl_row_used(shape, l);
}

static bool kl_drop_rows(struct kl_acc *acc)
{
	u64 keep[KL_MAX_LEAVES / 64] = { };
	unsigned int i, n = 0;
	struct kl_set set = kl_acc_set(acc);
	bool changed;

	/* First ask, then move: the questions look rows up. */
	for (i = 0; i < acc->nr_leaves; i++) {
		if (kl_has_meaning(&set, &acc->leaf[i]))
			keep[i / 64] |= 1ull << (i % 64);
	}
	for (i = 0; i < acc->nr_leaves; i++) {
		if (keep[i / 64] >> (i % 64) & 1)
			acc->leaf[n++] = acc->leaf[i];
	}
	changed = n != acc->nr_leaves;
	acc->nr_leaves = n;
	return changed;
}

static struct kl_leaf *kl_acc_leaf(struct kl_acc *acc, u32 leaf, u32 subleaf)
{
	struct kl_set set = kl_acc_set(acc);
	const struct kl_leaf *l = kl_set_leaf(&set, leaf, subleaf);

	return l ? &acc->leaf[l - acc->leaf] : NULL;
}

/* Clear a bit; true if it was set. */
static bool kl_take(u32 *word, unsigned int bit)
{
	bool was = *word >> bit & 1;

	*word &= ~(1u << bit);
	return was;
}

static bool kl_follow_deps(struct kl_acc *acc)
{
	struct kl_set set = kl_acc_set(acc);
	bool changed = false;
	unsigned int i;

	for (i = 0; i < kl_nr_deps; i++) {
		const struct kl_bit *f = &kl_deps[i].feature;

		if (!kl_set_has(&set, f) || kl_set_has(&set, &kl_deps[i].needs))
			continue;
		changed |= kl_take(&kl_acc_leaf(acc, f->leaf, f->subleaf)->r[f->reg], f->bit);
	}
	return changed;
}

/* State components of which nobody says where they lie: out of XCR0 and XSS. */
static bool kl_drop_components(struct kl_acc *acc)
{
	struct kl_leaf *user = kl_acc_leaf(acc, KL_LEAF_XSAVE, 0);
	struct kl_leaf *supervisor = kl_acc_leaf(acc, KL_LEAF_XSAVE, 1);
	bool changed = false;
	unsigned int n;

	for (n = 2; n < 64; n++) {
		const struct kl_leaf *l = kl_acc_leaf(acc, KL_LEAF_XSAVE, n);

		if (l && l->r[KL_EAX])
			continue;
		if (user)
			changed |= kl_take(&user->r[n < 32 ? KL_EAX : KL_EDX], n & 31);
		if (supervisor)
			changed |= kl_take(&supervisor->r[n < 32 ? KL_ECX : KL_EDX], n & 31);
	}
	return changed;
}

/*
 * CET_U (11) is the state of shadow stacks and of indirect branch tracking (SDM vol. 1
 * "CET State"); CET_S (12) goes with it.  KVM asks for either, too.
 */
static bool kl_drop_cet(struct kl_acc *acc)
{
	static const struct kl_bit shadow_stacks = { 0x7, 0, KL_ECX, 7 };
	static const struct kl_bit branch_tracking = { 0x7, 0, KL_EDX, 20 };
	struct kl_leaf *supervisor = kl_acc_leaf(acc, KL_LEAF_XSAVE, 1);
	struct kl_set set = kl_acc_set(acc);

	if (!supervisor || kl_set_has(&set, &shadow_stacks) || kl_set_has(&set, &branch_tracking))
		return false;
	return kl_take(&supervisor->r[KL_ECX], 11);
}

/* Linear addresses have 57 bits with LA57, else 48 at most (SDM vol. 3 section 4.1.4). */
static void kl_cut_linear(struct kl_acc *acc)
{
	static const struct kl_bit la57 = { 0x7, 0, KL_ECX, 16 };
	struct kl_leaf *l = kl_acc_leaf(acc, KL_LEAF_SIZES, 0);
	struct kl_set set = kl_acc_set(acc);

	if (l && !kl_set_has(&set, &la57) && (l->r[KL_EAX] >> 8 & 0xff) > 48)
		l->r[KL_EAX] = (l->r[KL_EAX] & ~0xff00u) | 48 << 8;
}

static void kl_drop_msrs(struct kl_acc *acc)
{
	struct kl_set set = kl_acc_set(acc);
	unsigned int i, n = 0;

	for (i = 0; i < acc->nr_msrs; i++) {
		const struct kl_msr_shape *shape = kl_msr_shape_find(acc->msr[i].index);

		if (shape && acc->msr[i].value && kl_gate_open(&set, &shape->gate))
			acc->msr[n++] = acc->msr[i];
	}
	acc->nr_msrs = n;
}

/* Sizes for all components that are left. */
static void kl_set_sizes(struct kl_acc *acc)
{
	struct kl_set set = kl_acc_set(acc);
	struct kl_leaf *l = kl_acc_leaf(acc, KL_LEAF_XSAVE, 0);

	if (l) {
		l->r[KL_ECX] = kl_xsave_size(&set, kl_xcr0_shown(&set));
		l->r[KL_EBX] = l->r[KL_ECX];
	}
	l = kl_acc_leaf(acc, KL_LEAF_XSAVE, 1);
	if (l) {
		l->r[KL_EBX] = ~0u;
		kl_xsave_cut(&set, l);
	}
}

void kl_close(struct kl_acc *acc)
{
	bool changed;

	do {
		changed = kl_drop_components(acc);
		changed |= kl_follow_deps(acc);
		changed |= kl_drop_cet(acc);
		changed |= kl_drop_rows(acc);
	} while (changed);
	kl_drop_msrs(acc);
	kl_cut_linear(acc);
	kl_set_sizes(acc);
}

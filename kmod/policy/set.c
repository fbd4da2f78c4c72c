// SPDX-License-Identifier: GPL-2.0
/* Sets of words: finding, sorting, and the checks that tell where they fail. */
#include "internal.h"

const struct kl_leaf *kl_set_leaf(const struct kl_set *set, u32 leaf, u32 subleaf)
{
	unsigned int low = 0, high = set->nr_leaves;
	u64 key = kl_key(leaf, subleaf);

	while (low < high) {
		unsigned int mid = (low + high) / 2;
		const struct kl_leaf *l = &set->leaf[mid];
		u64 k = kl_key(l->leaf, l->subleaf);

		if (k == key)
			return l;
		if (k < key)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const struct kl_msr *kl_set_msr(const struct kl_set *set, u32 index)
{
	unsigned int low = 0, high = set->nr_msrs;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (set->msr[mid].index == index)
			return &set->msr[mid];
		if (set->msr[mid].index < index)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

bool kl_set_has(const struct kl_set *set, const struct kl_bit *bit)
{
	const struct kl_leaf *l = kl_set_leaf(set, bit->leaf, bit->subleaf);

	return l && l->r[bit->reg] >> bit->bit & 1;
}

/*
 * By insertion: at most a few hundred rows, as good as sorted already (CPUID
 * is dumped in order), and stable.
 */
void kl_sort(struct kl_leaf *leaf, unsigned int nr_leaves,
	     struct kl_msr *msr, unsigned int nr_msrs)
{
	unsigned int i, j;

	for (i = 1; i < nr_leaves; i++) {
		struct kl_leaf l = leaf[i];

		for (j = i; j && kl_key(leaf[j - 1].leaf, leaf[j - 1].subleaf) >
				 kl_key(l.leaf, l.subleaf); j--)
			leaf[j] = leaf[j - 1];
		leaf[j] = l;
	}
	for (i = 1; i < nr_msrs; i++) {
		struct kl_msr m = msr[i];

		for (j = i; j && msr[j - 1].index > m.index; j--)
			msr[j] = msr[j - 1];
		msr[j] = m;
	}
}

bool kl_row_used(const struct kl_shape *shape, const struct kl_leaf *leaf)
{
	unsigned int r;

	for (r = 0; r < KL_NR_REGS; r++) {
		if (leaf->r[r] & kl_governed(&shape->r[r]))
			return true;
	}
	return false;
}

u32 kl_set_top(const struct kl_set *set, u32 leaf)
{
	const struct kl_leaf *l = kl_set_leaf(set, leaf & KL_RANGE_MASK, 0);

	if (!l)
		return 0;
	/* KVM and its guests read a zero here as "one leaf", from the time before EAX was used. */
	if (l->leaf == KL_RANGE_HYPERVISOR && !l->r[KL_EAX])
		return l->leaf + 1;
	return l->r[KL_EAX];
}

bool kl_set_reaches(const struct kl_set *set, const struct kl_shape *shape,
		    const struct kl_leaf *leaf)
{
	const struct kl_shape *first;
	const struct kl_leaf *l;

	/* A range's first leaf can be read wherever there are leaves. */
	if (kl_is_top(shape))
		return true;
	if (leaf->leaf > kl_set_top(set, leaf->leaf))
		return false;
	if (!(shape->flags & KL_SHAPE_SUBLEAF) || !leaf->subleaf)
		return true;
	first = kl_shape_find(leaf->leaf, 0);
	if (!first || !(first->flags & KL_SHAPE_MAX))
		return true;
	l = kl_set_leaf(set, leaf->leaf, 0);
	return l && leaf->subleaf <= l->r[KL_EAX];
}

static int kl_fail(struct kl_place *at, const struct kl_leaf *leaf, enum kl_reg reg, u64 bits,
		   const char *why)
{
	kl_place_cpuid(at, leaf, reg, bits, why);
	return -EINVAL;
}

static int kl_fail_msr(struct kl_place *at, u32 index, u64 bits, const char *why)
{
	kl_place_msr(at, index, bits, why);
	return -EINVAL;
}

/* The first register of @leaf with governed bits, for a place to point at. */
static enum kl_reg kl_first_used(const struct kl_shape *shape, const struct kl_leaf *leaf)
{
	enum kl_reg r = KL_EAX;

	while (r < KL_EDX && !(leaf->r[r] & kl_governed(&shape->r[r])))
		r++;
	return r;
}

int kl_set_order(const struct kl_set *set, struct kl_place *at)
{
	unsigned int i;

	for (i = 1; i < set->nr_leaves; i++) {
		const struct kl_leaf *l = &set->leaf[i];
		u64 before = kl_key(l[-1].leaf, l[-1].subleaf), key = kl_key(l->leaf, l->subleaf);

		if (before >= key)
			return kl_fail(at, l, KL_EAX, 0, before == key ? "duplicate leaf" :
									 "leaves are not sorted");
	}
	for (i = 1; i < set->nr_msrs; i++) {
		const struct kl_msr *m = &set->msr[i];

		if (m[-1].index >= m->index)
			return kl_fail_msr(at, m->index, 0, m[-1].index == m->index ?
					   "duplicate MSR" : "MSRs are not sorted");
	}
	return 0;
}

static int kl_check_leaf(const struct kl_set *set, const struct kl_leaf *l, struct kl_place *at)
{
	const struct kl_shape *shape = kl_shape_find(l->leaf, l->subleaf);
	unsigned int r;

	if (!shape)
		return kl_fail(at, l, KL_EAX, 0, "unknown leaf");
	if (shape->flags & KL_SHAPE_VMM)
		return kl_fail(at, l, KL_EAX, 0, "the leaf belongs to the VMM");
	if (kl_subleaf(shape, l->subleaf) != l->subleaf)
		return kl_fail(at, l, KL_EAX, 0, "the leaf has no subleaves");
	for (r = 0; r < KL_NR_REGS; r++) {
		u32 unknown = l->r[r] & ~kl_known(&shape->r[r]);

		if (unknown)
			return kl_fail(at, l, r, unknown, "unknown bits");
	}
	if (l->leaf == KL_RANGE_HYPERVISOR && (l->r[KL_EBX] | l->r[KL_ECX] | l->r[KL_EDX]) &&
	    !kl_is_kvm_signature(l->r))
		return kl_fail(at, l, KL_EBX, 0, "these are not KVM's leaves");
	if (!kl_row_used(shape, l))
		return 0;
	if (!kl_set_reaches(set, shape, l))
		return kl_fail(at, l, kl_first_used(shape, l), 0,
			       "above the highest leaf or subleaf of the set");
	if (!kl_gate_open(set, &shape->gate))
		return kl_fail(at, l, kl_first_used(shape, l), 0,
			       "without the feature that the leaf describes");
	return 0;
}

static int kl_check_msr(const struct kl_set *set, const struct kl_msr *m, struct kl_place *at)
{
	const struct kl_msr_shape *shape = kl_msr_shape_find(m->index);

	if (!shape)
		return kl_fail_msr(at, m->index, 0, "unknown MSR");
	if (shape->flags & KL_SHAPE_VMM)
		return kl_fail_msr(at, m->index, 0, "the MSR belongs to the VMM");
	if (m->value & ~kl_msr_known(shape))
		return kl_fail_msr(at, m->index, m->value & ~kl_msr_known(shape), "unknown bits");
	/*
	 * KVM offers ARCH_CAPABILITIES on processors that are too old for the leaf
	 * of its CPUID bit.  Without that leaf nobody can think the MSR is there.
	 */
	if (m->value && !kl_gate_open(set, &shape->gate) &&
	    kl_set_leaf(set, shape->gate.leaf, shape->gate.subleaf))
		return kl_fail_msr(at, m->index, 0,
				   "without the CPUID bit that says that the MSR exists");
	return 0;
}

/* Components of XCR0 and XSS that @set shows without saying where they lie. */
static int kl_check_xsave(const struct kl_set *set, struct kl_place *at)
{
	u64 xcr0 = kl_xcr0_shown(set), xss = kl_xss_shown(set);
	unsigned int n;

	for (n = 2; n < 64; n++) {
		struct kl_leaf where = { .leaf = KL_LEAF_XSAVE };
		const struct kl_leaf *l;
		enum kl_reg reg = n < 32 ? KL_EAX : KL_EDX;

		if (!((xcr0 | xss) >> n & 1))
			continue;
		l = kl_set_leaf(set, KL_LEAF_XSAVE, n);
		if (l && l->r[KL_EAX])
			continue;
		if (!(xcr0 >> n & 1)) {
			where.subleaf = 1;
			reg = n < 32 ? KL_ECX : KL_EDX;
		}
		return kl_fail(at, &where, reg, 1u << (n & 31),
			       "a state component whose size is not in the set");
	}
	return 0;
}

static int kl_check_deps(const struct kl_set *set, struct kl_place *at)
{
	unsigned int i;

	for (i = 0; i < kl_nr_deps; i++) {
		const struct kl_dep *d = &kl_deps[i];
		struct kl_leaf where = { .leaf = d->feature.leaf, .subleaf = d->feature.subleaf };

		if (!(d->flags & KL_DEP_CLOSE_ONLY) && kl_set_has(set, &d->feature) &&
		    !kl_set_has(set, &d->needs))
			return kl_fail(at, &where, d->feature.reg, 1u << d->feature.bit,
				       KL_PROSE_OR(d->why, "a feature that needs another"));
	}
	return 0;
}

int kl_set_check(const struct kl_set *set, struct kl_place *at)
{
	unsigned int i;
	int ret;

	if (at)
		*at = (struct kl_place){ .kind = KL_PLACE_NONE };
	if (set->nr_leaves > KL_MAX_LEAVES)
		return kl_fail(at, &set->leaf[KL_MAX_LEAVES], KL_EAX, 0, "too many leaves");
	if (set->nr_msrs > KL_MAX_MSRS)
		return kl_fail_msr(at, set->msr[KL_MAX_MSRS].index, 0, "too many MSRs");
	/* Lookups rely on the order, so it comes first. */
	ret = kl_set_order(set, at);
	for (i = 0; i < set->nr_leaves && !ret; i++)
		ret = kl_check_leaf(set, &set->leaf[i], at);
	for (i = 0; i < set->nr_msrs && !ret; i++)
		ret = kl_check_msr(set, &set->msr[i], at);
	if (!ret)
		ret = kl_check_deps(set, at);
	if (!ret)
		ret = kl_check_xsave(set, at);
	return ret;
}

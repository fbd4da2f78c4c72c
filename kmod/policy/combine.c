// SPDX-License-Identifier: GPL-2.0
/*
 * Combining hosts: what all of them can give a guest, plus the bad news that
 * any of them has.  See policy.h.
 */
#include "internal.h"

struct kl_set kl_acc_set(const struct kl_acc *acc)
{
	return (struct kl_set){ acc->leaf, acc->msr, acc->nr_leaves, acc->nr_msrs };
}

/* The shape of a row that a baseline can hold, or NULL. */
static const struct kl_shape *kl_governs(const struct kl_leaf *l)
{
	const struct kl_shape *shape = kl_shape_find(l->leaf, l->subleaf);

	if (!shape || shape->flags & KL_SHAPE_VMM)
		return NULL;
	return kl_subleaf(shape, l->subleaf) == l->subleaf ? shape : NULL;
}

static const struct kl_msr_shape *kl_governs_msr(u32 index)
{
	const struct kl_msr_shape *shape = kl_msr_shape_find(index);

	return shape && !(shape->flags & KL_SHAPE_VMM) ? shape : NULL;
}

/* The vendor and KVM's signature name the set; other words that pass say nothing of a pool. */
static u32 kl_kept(const struct kl_shape *shape, unsigned int r)
{
	u32 bits = kl_governed(&shape->r[r]);

	if (shape->first == KL_RANGE_BASIC || shape->first == KL_RANGE_HYPERVISOR)
		bits |= shape->r[r].pass_bits;
	return bits;
}

/* Leaves of another hypervisor, under which a host was dumped, are not its offer. */
static bool kl_is_foreign(const struct kl_set *host, const struct kl_leaf *l)
{
	const struct kl_leaf *base;

	if ((l->leaf & KL_RANGE_MASK) != KL_RANGE_HYPERVISOR)
		return false;
	base = kl_set_leaf(host, KL_RANGE_HYPERVISOR, 0);
	return !base || !kl_is_kvm_signature(base->r);
}

int kl_acc_init(struct kl_acc *acc, const struct kl_set *host, struct kl_place *at)
{
	unsigned int i, r;
	int ret;

	if (at)
		*at = (struct kl_place){ .kind = KL_PLACE_NONE };
	acc->nr_leaves = 0;
	acc->nr_msrs = 0;
	/* Lookups in @host rely on its order. */
	ret = kl_set_order(host, at);
	for (i = 0; i < host->nr_leaves && !ret; i++) {
		const struct kl_leaf *l = &host->leaf[i];
		const struct kl_shape *shape = kl_governs(l);
		struct kl_leaf *to = &acc->leaf[acc->nr_leaves];

		if (!shape || kl_is_foreign(host, l))
			continue;
		if (acc->nr_leaves == KL_MAX_LEAVES) {
			kl_place_cpuid(at, l, KL_EAX, 0, "too many leaves");
			return -EINVAL;
		}
		*to = *l;
		for (r = 0; r < KL_NR_REGS; r++)
			to->r[r] &= kl_kept(shape, r);
		acc->nr_leaves++;
	}
	for (i = 0; i < host->nr_msrs && !ret; i++) {
		const struct kl_msr_shape *shape = kl_governs_msr(host->msr[i].index);

		if (!shape)
			continue;
		if (acc->nr_msrs == KL_MAX_MSRS) {
			kl_place_msr(at, shape->index, 0, "too many MSRs");
			return -EINVAL;
		}
		acc->msr[acc->nr_msrs++] = (struct kl_msr){
			shape->index, kl_msr_value(host, shape) & kl_msr_known(shape)
		};
	}
	return ret;
}

static void kl_clear_bit(struct kl_acc *acc, const struct kl_bit *bit)
{
	struct kl_set set = kl_acc_set(acc);
	const struct kl_leaf *l = kl_set_leaf(&set, bit->leaf, bit->subleaf);

	if (l)
		acc->leaf[l - acc->leaf].r[bit->reg] &= ~(1u << bit->bit);
}

static u32 kl_combine_reg(const struct kl_shape_reg *s, u32 a, u32 b)
{
	u32 out = (a & b & s->and_bits) | ((a | b) & s->or_bits);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(s->min_field) && s->min_field[i]; i++)
		out |= min(a & s->min_field[i], b & s->min_field[i]);
	return out;
}

/*
 * A layout that differs takes with it the feature that the leaf describes.  A
 * state component is only one of many in leaf 0xD: its row says nothing now,
 * and kl_close() takes components of which nobody says where they lie.
 */
static void kl_lose_layout(struct kl_acc *acc, const struct kl_shape *shape)
{
	if (shape->first != KL_LEAF_XSAVE)
		kl_clear_bit(acc, &shape->gate);
}

/* @to and @from are rows of the same leaf, both there. */
static void kl_combine_row(struct kl_acc *acc, const struct kl_shape *shape, struct kl_leaf *to,
			   const struct kl_leaf *from)
{
	bool same = true;
	unsigned int r;

	for (r = 0; r < KL_NR_REGS; r++)
		same &= !((to->r[r] ^ from->r[r]) & shape->r[r].equal_bits);
	for (r = 0; r < KL_NR_REGS; r++) {
		const struct kl_shape_reg *s = &shape->r[r];
		u32 kept = to->r[r] & kl_kept(shape, r) & s->pass_bits;

		if (same)
			kept |= to->r[r] & s->equal_bits;
		to->r[r] = kl_combine_reg(s, to->r[r], from->r[r]) | kept;
	}
	if (!same)
		kl_lose_layout(acc, shape);
}

/* Of a row that only one side has stays what is bad news.  True if there is any. */
static bool kl_bad_news(const struct kl_shape *shape, struct kl_leaf *l)
{
	u32 any = 0;
	unsigned int r;

	for (r = 0; r < KL_NR_REGS; r++) {
		l->r[r] &= shape->r[r].or_bits;
		any |= l->r[r];
	}
	return any;
}

static int kl_insert_leaf(struct kl_acc *acc, const struct kl_leaf *l, struct kl_place *at)
{
	unsigned int i = acc->nr_leaves;

	if (i == KL_MAX_LEAVES) {
		kl_place_cpuid(at, l, KL_EAX, 0, "too many leaves");
		return -EINVAL;
	}
	for (; i && kl_key(acc->leaf[i - 1].leaf, acc->leaf[i - 1].subleaf) >
		    kl_key(l->leaf, l->subleaf); i--)
		acc->leaf[i] = acc->leaf[i - 1];
	acc->leaf[i] = *l;
	acc->nr_leaves++;
	return 0;
}

static int kl_insert_msr(struct kl_acc *acc, const struct kl_msr *m, struct kl_place *at)
{
	unsigned int i = acc->nr_msrs;

	if (i == KL_MAX_MSRS) {
		kl_place_msr(at, m->index, 0, "too many MSRs");
		return -EINVAL;
	}
	for (; i && acc->msr[i - 1].index > m->index; i--)
		acc->msr[i] = acc->msr[i - 1];
	acc->msr[i] = *m;
	acc->nr_msrs++;
	return 0;
}

static int kl_check_vendor(const struct kl_acc *acc, const struct kl_set *host,
			   struct kl_place *at)
{
	static const struct kl_leaf nothing;
	struct kl_set set = kl_acc_set(acc);
	const struct kl_leaf *a = kl_set_leaf(&set, KL_RANGE_BASIC, 0);
	const struct kl_leaf *b = kl_set_leaf(host, KL_RANGE_BASIC, 0);
	unsigned int r;

	a = a ? a : &nothing;
	b = b ? b : &nothing;
	for (r = KL_EBX; r <= KL_EDX; r++) {
		if (a->r[r] != b->r[r]) {
			kl_place_cpuid(at, &nothing, r, 0, "vendors differ");
			return -EINVAL;
		}
	}
	return 0;
}

/* A row of @host, NULL where it has none that counts. */
static const struct kl_leaf *kl_row_of(const struct kl_set *host, const struct kl_leaf *like)
{
	const struct kl_leaf *l = kl_set_leaf(host, like->leaf, like->subleaf);

	return l && !kl_is_foreign(host, l) ? l : NULL;
}

static bool kl_has_layout(const struct kl_shape *shape, const struct kl_leaf *l)
{
	u32 any = 0;
	unsigned int r;

	for (r = 0; r < KL_NR_REGS; r++)
		any |= l->r[r] & shape->r[r].equal_bits;
	return any;
}

static int kl_add_leaves(struct kl_acc *acc, const struct kl_set *host, struct kl_place *at)
{
	unsigned int i, n = 0;

	/* Lookups need every row in its place until all of them are combined. */
	for (i = 0; i < acc->nr_leaves; i++) {
		struct kl_leaf *l = &acc->leaf[i];
		const struct kl_shape *shape = kl_governs(l);
		const struct kl_leaf *other = kl_row_of(host, l);

		if (shape && other)
			kl_combine_row(acc, shape, l, other);
		else if (shape && kl_has_layout(shape, l))
			kl_lose_layout(acc, shape);
	}
	for (i = 0; i < acc->nr_leaves; i++) {
		struct kl_leaf *l = &acc->leaf[i];
		const struct kl_shape *shape = kl_governs(l);

		if (kl_row_of(host, l) || (shape && kl_bad_news(shape, l)))
			acc->leaf[n++] = *l;
	}
	acc->nr_leaves = n;
	for (i = 0; i < host->nr_leaves; i++) {
		struct kl_leaf l = host->leaf[i];
		const struct kl_shape *shape = kl_governs(&l);
		struct kl_set set = kl_acc_set(acc);

		if (!shape || !kl_row_of(host, &l) || kl_set_leaf(&set, l.leaf, l.subleaf))
			continue;
		if (kl_has_layout(shape, &l))
			kl_lose_layout(acc, shape);
		if (kl_bad_news(shape, &l) && kl_insert_leaf(acc, &l, at))
			return -EINVAL;
	}
	return 0;
}

static int kl_add_msrs(struct kl_acc *acc, const struct kl_set *host, struct kl_place *at)
{
	struct kl_set set = kl_acc_set(acc);
	unsigned int i;

	for (i = 0; i < acc->nr_msrs; i++) {
		struct kl_msr *m = &acc->msr[i];
		const struct kl_msr_shape *shape = kl_governs_msr(m->index);
		u64 other;

		if (!shape)
			continue;
		other = kl_msr_value(host, shape);
		m->value = (m->value & other & shape->and_bits) |
			   ((m->value | other) & (shape->or_bits | shape->must_bits)) |
			   kl_equal_fields(shape, m->value, other);
	}
	for (i = 0; i < host->nr_msrs; i++) {
		struct kl_msr m = host->msr[i];
		const struct kl_msr_shape *shape = kl_governs_msr(m.index);

		if (!shape || kl_set_msr(&set, m.index))
			continue;
		m.value = kl_msr_value(host, shape) & (shape->or_bits | shape->must_bits);
		if (m.value && kl_insert_msr(acc, &m, at))
			return -EINVAL;
		set = kl_acc_set(acc);
	}
	return 0;
}

int kl_acc_add(struct kl_acc *acc, const struct kl_set *host, struct kl_place *at)
{
	int ret;

	if (at)
		*at = (struct kl_place){ .kind = KL_PLACE_NONE };
	/* Lookups in @host rely on its order. */
	ret = kl_set_order(host, at);
	if (!ret)
		ret = kl_check_vendor(acc, host, at);
	if (!ret)
		ret = kl_add_leaves(acc, host, at);
	if (!ret)
		ret = kl_add_msrs(acc, host, at);
	return ret;
}

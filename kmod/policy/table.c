// SPDX-License-Identifier: GPL-2.0
/*
 * A VMM's whole CPUID table.  Most rows stand for themselves; here is what
 * depends on other rows: highest leaves, and whose the hypervisor leaves are.
 *
 * KVM looks for its own leaves at each multiple of 0x100 from 0x40000000
 * (for_each_possible_hypervisor_cpuid_base()), since a VMM may put Hyper-V's
 * or Xen's before them.  Those of other hypervisors pass: the VMM emulates
 * that interface and its feature words mean something else.  That is a limit:
 * part of Hyper-V's features is KVM's work and may differ from host to host.
 */
#include "internal.h"

#define KL_BASE(leaf)	((leaf) & ~0xffu)

enum kl_owner {
	KL_OWNER_NONE,		/* nobody's, or KVM's and the baseline hides KVM */
	KL_OWNER_KVM,
	KL_OWNER_OTHER,
};

static bool kl_is_hypervisor(u32 leaf)
{
	return leaf >> 28 == 4;
}

static bool kl_is_zero(const struct kl_leaf *l)
{
	return !(l->r[KL_EAX] | l->r[KL_EBX] | l->r[KL_ECX] | l->r[KL_EDX]);
}

/*
 * A VMM may give several rows for the base.  KVM reads the first, a guest may
 * be shown another: they are levelled if any of them carries KVM's signature.
 */
static enum kl_owner kl_owner_of(const struct kl_set *max, const struct kl_table *t, u32 leaf)
{
	enum kl_owner owner = KL_OWNER_NONE;
	struct kl_leaf l;
	unsigned int i;

	for (i = 0; i < t->nr; i++) {
		t->get(t, i, &l);
		if (l.leaf != KL_BASE(leaf) || !(l.r[KL_EBX] | l.r[KL_ECX] | l.r[KL_EDX]))
			continue;
		if (kl_is_kvm_signature(l.r))
			return kl_set_leaf(max, KL_RANGE_HYPERVISOR, 0) ? KL_OWNER_KVM :
									  KL_OWNER_NONE;
		owner = KL_OWNER_OTHER;
	}
	return owner;
}

/*
 * The highest leaf from @first to @last that the VMM brings for itself.  It
 * must stay readable, even where the baseline ends below it.
 */
static u32 kl_last_vmm_leaf(const struct kl_table *t, u32 first, u32 last, u32 shift)
{
	struct kl_leaf l;
	unsigned int i;
	u32 top = 0;

	for (i = 0; i < t->nr; i++) {
		const struct kl_shape *shape;

		t->get(t, i, &l);
		if (l.leaf < first || l.leaf > last || l.leaf <= top || kl_is_zero(&l))
			continue;
		shape = kl_shape_find(l.leaf - shift, l.subleaf);
		if (shape && shape->flags & KL_SHAPE_VMM)
			top = l.leaf;
	}
	return top;
}

/* @entry is the row of a highest leaf, @shift how far KVM's leaves were moved. */
static void kl_cut_top(const struct kl_set *max, const struct kl_table *t, u32 shift,
		       struct kl_leaf *entry)
{
	u32 first = entry->leaf + shift, in = entry->r[KL_EAX];
	u32 last = first | (kl_is_hypervisor(first) ? 0xff : ~KL_RANGE_MASK);
	u32 top = kl_set_top(max, entry->leaf) + shift;

	if (in <= top)
		return;
	/* Beyond the range there is nothing that a highest leaf could speak of. */
	last = kl_last_vmm_leaf(t, first, min(in, last), shift);
	entry->r[KL_EAX] = max(top, last);
}

struct kl_report_to {
	kl_excess_fn fn;
	void *ctx;
};

/* Tell of each register that had more; true if any had. */
static bool kl_tell(const struct kl_report_to *to, const struct kl_leaf *row,
		    const struct kl_excess *excess)
{
	struct kl_place at;
	bool any = false;
	unsigned int r;

	for (r = 0; r < KL_NR_REGS; r++) {
		if (!excess[r].bits)
			continue;
		any = true;
		kl_place_cpuid(&at, row, r, excess[r].bits, excess[r].why);
		if (to->fn)
			to->fn(to->ctx, &at);
	}
	return any;
}

unsigned int kl_admit_table(const struct kl_set *max, const struct kl_table *t,
			    kl_excess_fn fn, void *excess_ctx)
{
	struct kl_report_to to = { fn, excess_ctx };
	unsigned int i, nr = 0;

	for (i = 0; i < t->nr; i++) {
		struct kl_excess excess[KL_NR_REGS] = { };
		const struct kl_shape *shape;
		struct kl_leaf was, row;
		u32 shift = 0;

		t->get(t, i, &was);
		row = was;
		if (kl_is_hypervisor(row.leaf)) {
			enum kl_owner owner = kl_owner_of(max, t, row.leaf);

			if (owner == KL_OWNER_OTHER)
				continue;
			/* No leaf there is anybody's: as an unknown leaf. */
			shift = KL_BASE(row.leaf) - KL_RANGE_HYPERVISOR;
			row.leaf = owner == KL_OWNER_KVM ? row.leaf - shift : ~0u;
		}
		shape = kl_admit_row(max, &row, excess);
		if (shape && kl_is_top(shape))
			kl_cut_top(max, t, shift, &row);
		row.leaf = was.leaf;
		nr += kl_tell(&to, &row, excess);
		if (t->put && memcmp(row.r, was.r, sizeof(row.r)))
			t->put(t, i, &row);
	}
	return nr;
}

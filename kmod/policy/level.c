// SPDX-License-Identifier: GPL-2.0
/*
 * Bringing words to a baseline.
 *
 * To offer is to say exactly what the baseline has; to admit is to cut what is
 * beyond it and leave a VMM free to have less.
 */
#include "internal.h"

static const char kl_why_leaf[] = "a leaf that the baseline does not have";
static const char kl_why_unknown[] = "bits that nobody knows";
static const char kl_why_feature[] = "features beyond the baseline";
static const char kl_why_layout[] = "another layout than the baseline's";
static const char kl_why_number[] = "a number above the baseline's";

static void kl_zero(struct kl_leaf *entry)
{
	memset(entry->r, 0, sizeof(entry->r));
}

/* The words of @set that speak for @entry; NULL where all of it must be zero. */
static const struct kl_leaf *kl_words_for(const struct kl_set *set, const struct kl_shape *shape,
					  const struct kl_leaf *entry)
{
	if (!kl_gate_open(set, &shape->gate))
		return NULL;
	return kl_set_leaf(set, entry->leaf, kl_subleaf(shape, entry->subleaf));
}

static bool kl_has_layout(const struct kl_shape *shape)
{
	return shape->r[KL_EAX].equal_bits | shape->r[KL_EBX].equal_bits |
	       shape->r[KL_ECX].equal_bits | shape->r[KL_EDX].equal_bits;
}

/* Numbers: the smaller of each field.  @above: the fields in which @a was larger. */
static u32 kl_min_fields(const struct kl_shape_reg *s, u32 a, u32 b, u32 *above)
{
	u32 out = 0;
	unsigned int i;

	*above = 0;
	for (i = 0; i < ARRAY_SIZE(s->min_field) && s->min_field[i]; i++) {
		u32 field = s->min_field[i];

		if ((a & field) > (b & field)) {
			*above |= field;
			out |= b & field;
		} else {
			out |= a & field;
		}
	}
	return out;
}

/*
 * GuestPhysAddrSize says how much of PhysAddrSize (7:0) a guest's page tables reach: it says
 * nonsense beyond a PhysAddrSize that was lowered from that of @eax.
 */
static void kl_phys_cut(struct kl_leaf *entry, u32 eax)
{
	u32 size = entry->r[KL_EAX] & 0xff;

	if (size < (eax & 0xff) && (entry->r[KL_EAX] & KL_GUEST_PHYS) >> 16 > size)
		entry->r[KL_EAX] = (entry->r[KL_EAX] & ~KL_GUEST_PHYS) | size << 16;
}

/* Numbers of a register that are cut like others, but are no excess above the baseline's. */
static u32 kl_soft(const struct kl_shape *shape, unsigned int r)
{
	/*
	 * Where page tables end is the VMM's word to its firmware, and a VMM may be
	 * told to say one of its own (QEMU's guest-phys-bits=).
	 */
	return shape->first == KL_LEAF_SIZES && r == KL_EAX ? KL_GUEST_PHYS : 0;
}

void kl_offer_leaf(const struct kl_set *def, struct kl_leaf *entry)
{
	const struct kl_shape *shape = kl_shape_find(entry->leaf, entry->subleaf);
	u32 eax = entry->r[KL_EAX];
	const struct kl_leaf *d;
	bool same = true;
	unsigned int r;

	if (shape && shape->flags & KL_SHAPE_VMM)
		return;
	d = shape ? kl_words_for(def, shape, entry) : NULL;
	if (!d) {
		kl_zero(entry);
		return;
	}
	for (r = 0; r < KL_NR_REGS; r++)
		same &= !((entry->r[r] ^ d->r[r]) & shape->r[r].equal_bits);
	for (r = 0; r < KL_NR_REGS; r++) {
		const struct kl_shape_reg *s = &shape->r[r];
		u32 host = entry->r[r], above;

		entry->r[r] = (host & (d->r[r] & s->and_bits)) | (d->r[r] & s->or_bits) |
			      (host & s->pass_bits) | kl_min_fields(s, host, d->r[r], &above);
		/* A layout that the host doesn't have can't be offered. */
		if (same)
			entry->r[r] |= host & s->equal_bits;
	}
	if (entry->leaf == KL_LEAF_SIZES)
		kl_phys_cut(entry, eax);
	if (entry->leaf == KL_LEAF_XSAVE)
		kl_xsave_cut(def, entry);
}

u64 kl_offer_msr(const struct kl_set *def, u32 index, u64 host)
{
	const struct kl_msr_shape *shape = kl_msr_shape_find(index);
	u64 d;

	if (!shape)
		return 0;
	if (shape->flags & KL_SHAPE_VMM)
		return host;
	d = kl_msr_value(def, shape);
	return (host & d & shape->and_bits) | (d & (shape->or_bits | shape->must_bits)) |
	       kl_equal_fields(shape, host, d);
}

static void kl_exceeds(struct kl_excess *x, u32 bits, const char *why)
{
	if (!bits)
		return;
	x->bits |= bits;
	if (!x->why)
		x->why = why;
}

u32 kl_vmm_bits(const struct kl_shape *shape, const struct kl_leaf *limit, enum kl_reg r)
{
	u32 passes = shape->r[r].pass_bits;

	/* Where the processor lacks the feature KVM leaves the bit as a VMM sets it. */
	if (r == KL_ECX && shape->first == 0x1 && !(limit->r[r] & BIT(26)))
		passes &= ~(u32)BIT(27);
	if (r == KL_ECX && shape->first == 0x7 && !shape->subleaf_first && !(limit->r[r] & BIT(3)))
		passes &= ~(u32)BIT(4);
	return passes;
}

/*
 * Level one register: @in as a VMM has it, @lim the baseline's word, @passes what
 * of it is the VMM's, @soft what is never too much.  @used: the row says something,
 * so its layout is the baseline's and not "none".
 */
static u32 kl_admit_reg(const struct kl_shape_reg *s, u32 in, u32 lim, u32 passes, u32 soft,
			bool used, struct kl_excess *x)
{
	u32 feature = s->and_bits | s->or_bits, above;
	u32 out = (in & lim & feature) | (in & passes) |
		  kl_min_fields(s, in, lim, &above);

	if (used)
		out |= lim & s->equal_bits;
	if (x) {
		kl_exceeds(x, in & ~kl_known(s), kl_why_unknown);
		kl_exceeds(x, in & ~lim & feature, kl_why_feature);
		if (used)
			kl_exceeds(x, (in ^ lim) & s->equal_bits, kl_why_layout);
		kl_exceeds(x, above & ~soft, kl_why_number);
	}
	return out;
}

const struct kl_shape *kl_admit_row(const struct kl_set *max, struct kl_leaf *entry,
				    struct kl_excess *excess)
{
	const struct kl_shape *shape = kl_shape_find(entry->leaf, entry->subleaf);
	bool open = shape && kl_gate_open(max, &shape->gate);
	const struct kl_leaf *lim = NULL;
	u32 eax = entry->r[KL_EAX];
	unsigned int r;
	bool used;

	if (open && shape->flags & KL_SHAPE_VMM)
		return shape;
	/*
	 * A leaf whose feature is hidden means nothing, and no excess: that is the
	 * feature, where it is set.  QEMU fills leaf 5 of guests without MONITOR.
	 */
	if (shape && !open)
		excess = NULL;
	if (open)
		lim = kl_words_for(max, shape, entry);
	if (!lim) {
		for (r = 0; excess && r < KL_NR_REGS; r++) {
			u32 passes = shape ? shape->r[r].pass_bits | kl_soft(shape, r) : 0;

			/* Where there is nothing, a maximum tells of nothing. */
			if (shape && shape->flags & KL_SHAPE_MAX && r == KL_EAX)
				continue;
			kl_exceeds(&excess[r], entry->r[r] & ~passes, kl_why_leaf);
		}
		kl_zero(entry);
		return NULL;
	}
	/* Few leaves have a layout, and this is on the way of every exit that is levelled. */
	used = kl_has_layout(shape) && kl_row_used(shape, entry);
	for (r = 0; r < KL_NR_REGS; r++) {
		struct kl_excess *x = excess ? &excess[r] : NULL;
		u32 in = entry->r[r];

		if (r == KL_EAX && shape->flags & KL_SHAPE_MAX) {
			/* What is above the maximum is told where it stands. */
			x = NULL;
			if (kl_is_top(shape))
				continue;
		}
		if (shape->flags & KL_SHAPE_SOFT && !shape->r[r].and_bits)
			x = NULL;
		entry->r[r] = kl_admit_reg(&shape->r[r], in, lim->r[r],
					   kl_vmm_bits(shape, lim, r), kl_soft(shape, r),
					   used, x);
	}
	if (entry->leaf == KL_LEAF_SIZES)
		kl_phys_cut(entry, eax);
	if (entry->leaf == KL_LEAF_XSAVE)
		kl_xsave_cut(max, entry);
	return shape;
}

void kl_admit_leaf(const struct kl_set *max, struct kl_leaf *entry)
{
	kl_admit_row(max, entry, NULL);
}

u64 kl_admit_msr(const struct kl_set *max, u32 index, u64 value)
{
	const struct kl_msr_shape *shape = kl_msr_shape_find(index);
	u64 lim, left, out;

	if (!shape)
		return 0;
	if (shape->flags & KL_SHAPE_STATE)
		return value & ~kl_feature_control_hidden(max);
	if (shape->flags & KL_SHAPE_VMM)
		return value;
	/* Without its CPUID bit there is no register, and nothing that must be. */
	if (!kl_gate_open(max, &shape->gate))
		return 0;
	lim = kl_msr_value(max, shape);
	out = (value & lim & (shape->and_bits | shape->or_bits)) |
	      ((value | lim) & shape->must_bits) | kl_same_group(shape, value, lim);
	/* A field that a VMM left empty stays so; else there is one value for it. */
	left = shape->equal_bits;
	while (left) {
		u64 run = kl_next_run(&left);

		if (value & run)
			out |= lim & run;
	}
	return out;
}

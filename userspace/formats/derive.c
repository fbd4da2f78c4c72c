// SPDX-License-Identifier: GPL-2.0
/*
 * Some formats list features and leave out what a processor says with them. A pool
 * needs it: a state component of which nobody says where it lies takes AVX with it.
 */
#include "build.h"

/* Bits of 0x80000001.edx that AMD repeats from leaf 1 (APM vol. 3 appendix E). */
#define COPIED_BITS	0x0183f3ffu

#define XSAVE_LEAF	0xdu

static u32 reg(const struct words *w, u32 leaf, u32 subleaf, enum kl_reg r)
{
	unsigned int i;

	for (i = 0; i < w->nr_leaves; i++)
		if (w->leaf[i].leaf == leaf && w->leaf[i].subleaf == subleaf)
			return w->leaf[i].r[r];
	return 0;
}

/* The feature that brings a state component, and how large it is, in bytes. */
struct component {
	u8 nr;
	struct kl_bit feature;
	u16 size;
	u16 intel, amd;		/* offset in the standard format; 0: a supervisor state */
	u8 flags;		/* ECX: supervisor (0), aligned (1), XFD (2) */
};

static const struct component components[] = {
	{ 2, { 0x1, 0, KL_ECX, 28 }, 256, 576, 576, 0 },		/* AVX */
	{ 3, { 0x7, 0, KL_EBX, 14 }, 64, 960, 960, 0 },			/* MPX bounds */
	{ 4, { 0x7, 0, KL_EBX, 14 }, 64, 1024, 1024, 0 },		/* MPX control */
	{ 5, { 0x7, 0, KL_EBX, 16 }, 64, 1088, 832, 0 },		/* AVX-512 masks */
	{ 6, { 0x7, 0, KL_EBX, 16 }, 512, 1152, 896, 0 },		/* upper halves */
	{ 7, { 0x7, 0, KL_EBX, 16 }, 1024, 1664, 1408, 0 },		/* ZMM16 to 31 */
	{ 9, { 0x7, 0, KL_ECX, 3 }, 8, 2688, 2432, 0 },			/* PKRU */
	{ 11, { 0x7, 0, KL_ECX, 7 }, 16, 0, 0, 1 },			/* CET, user */
	{ 12, { 0x7, 0, KL_ECX, 7 }, 24, 0, 0, 1 },			/* CET, supervisor */
	{ 15, { 0x7, 0, KL_EDX, 19 }, 808, 0, 0, 1 },			/* LBR */
	{ 17, { 0x7, 0, KL_EDX, 24 }, 64, 2752, 2752, 2 },		/* TILECFG */
	{ 18, { 0x7, 0, KL_EDX, 24 }, 8192, 2816, 2816, 6 },		/* TILEDATA */
};

static void derive_xsave(struct words *w, bool amd)
{
	bool xsaves = reg(w, XSAVE_LEAF, 1, KL_EAX) >> 3 & 1;
	u32 xcr0 = 3, xss = 0, size;
	struct kl_set set;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(components); i++) {
		const struct component *c = &components[i];
		u32 at = amd ? c->amd : c->intel;

		if (!(reg(w, c->feature.leaf, c->feature.subleaf, c->feature.reg) >>
		      c->feature.bit & 1) || (!at && !xsaves))
			continue;
		if (at)
			xcr0 |= 1u << c->nr;
		else
			xss |= 1u << c->nr;
		words_set_bits(w, XSAVE_LEAF, c->nr, KL_EAX, c->size);
		words_set_bits(w, XSAVE_LEAF, c->nr, KL_EBX, at);
		words_set_bits(w, XSAVE_LEAF, c->nr, KL_ECX, c->flags);
	}
	words_set_bits(w, XSAVE_LEAF, 0, KL_EAX, xcr0);
	words_set_bits(w, XSAVE_LEAF, 1, KL_ECX, xss);
	words_sort(w);
	set = words_set(w);
	size = kl_xsave_size(&set, xcr0);
	words_set_bits(w, XSAVE_LEAF, 0, KL_EBX, size);
	words_set_bits(w, XSAVE_LEAF, 0, KL_ECX, size);
}

/* The highest leaf of each range that says anything, into its first. */
static void derive_tops(struct words *w, u32 range)
{
	u32 top = range, now = reg(w, range, 0, KL_EAX);
	unsigned int i;

	for (i = 0; i < w->nr_leaves; i++) {
		const struct kl_leaf *l = &w->leaf[i];

		if (l->leaf > top && l->leaf < range + 0x10000 &&
		    (l->r[KL_EAX] | l->r[KL_EBX] | l->r[KL_ECX] | l->r[KL_EDX]))
			top = l->leaf;
	}
	if (top > range && top > now) {
		words_set_bits(w, range, 0, KL_EAX, 0);
		for (i = 0; w->leaf[i].leaf != range; i++)
			;
		w->leaf[i].r[KL_EAX] = top;
	}
}

void words_derive(struct words *w, bool amd, unsigned int phys_bits)
{
	bool la57 = reg(w, 0x7, 0, KL_ECX) >> 16 & 1, lm = reg(w, 0x80000001, 0, KL_EDX) >> 29 & 1;
	u32 subleaf = 0;

	if (amd && reg(w, 0x80000001, 0, KL_EDX))
		words_set_bits(w, 0x80000001, 0, KL_EDX, reg(w, 1, 0, KL_EDX) & COPIED_BITS);
	/* Whoever tells one of the two widths may leave out the other. */
	if (lm && !(reg(w, 0x80000008, 0, KL_EAX) & 0xff))
		words_set_bits(w, 0x80000008, 0, KL_EAX, phys_bits);
	if (lm && !(reg(w, 0x80000008, 0, KL_EAX) & 0xff00))
		words_set_bits(w, 0x80000008, 0, KL_EAX, (la57 ? 57 : 48) << 8);
	if (reg(w, 1, 0, KL_ECX) >> 26 & 1)
		derive_xsave(w, amd);
	if (reg(w, 0x7, 1, KL_EAX) | reg(w, 0x7, 1, KL_EBX) | reg(w, 0x7, 1, KL_ECX) |
	    reg(w, 0x7, 1, KL_EDX))
		subleaf = 1;
	if (reg(w, 0x7, 2, KL_EDX))
		subleaf = 2;
	if (subleaf > reg(w, 0x7, 0, KL_EAX)) {
		/* Only ever from nothing or a smaller number; OR would make 3 of 1 and 2. */
		words_set_bits(w, 0x7, 0, KL_EAX, 0);
		words_sort(w);
		for (unsigned int i = 0; i < w->nr_leaves; i++)
			if (w->leaf[i].leaf == 0x7 && !w->leaf[i].subleaf)
				w->leaf[i].r[KL_EAX] = subleaf;
	}
	derive_tops(w, 0);
	if (reg(w, 0x40000001, 0, KL_EAX) | reg(w, 0x40000001, 0, KL_EDX)) {
		/* "KVMKVMKVM": asm/kvm_para.h, KVM_SIGNATURE. */
		words_set_bits(w, 0x40000000, 0, KL_EBX, 0x4b4d564b);
		words_set_bits(w, 0x40000000, 0, KL_ECX, 0x564b4d56);
		words_set_bits(w, 0x40000000, 0, KL_EDX, 0x4d);
		derive_tops(w, 0x40000000);
	}
	derive_tops(w, 0x80000000);
	words_sort(w);
}

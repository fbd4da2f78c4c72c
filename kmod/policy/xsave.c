// SPDX-License-Identifier: GPL-2.0
/*
 * Register state that follows from CPUID: leaf 0xD and its sizes (SDM vol. 1
 * chapter 13 "Managing State Using the XSAVE Feature Set"), XCR0, XSS, CR4 and
 * EFER.
 */
#include "internal.h"

#define KL_XSAVE_MIN	(512 + 64)	/* legacy region and header */

/* Neither a hostile nor a broken set may make a size wrap. */
static u32 kl_add(u32 a, u32 b)
{
	return a + b < a ? ~0u : a + b;
}

u32 kl_xsave_size(const struct kl_set *set, u64 xcr0)
{
	u32 size = KL_XSAVE_MIN;
	unsigned int n;

	for (n = 2; n < 64 && xcr0 >> n; n++) {
		const struct kl_leaf *l;

		if (!(xcr0 >> n & 1))
			continue;
		l = kl_set_leaf(set, KL_LEAF_XSAVE, n);
		if (l)
			size = max(size, kl_add(l->r[KL_EAX], l->r[KL_EBX]));
	}
	return size;
}

u32 kl_xsave_size_compact(const struct kl_set *set, u64 components)
{
	u32 size = KL_XSAVE_MIN;
	unsigned int n;

	for (n = 2; n < 64 && components >> n; n++) {
		const struct kl_leaf *l;

		if (!(components >> n & 1))
			continue;
		l = kl_set_leaf(set, KL_LEAF_XSAVE, n);
		if (!l)
			continue;
		if (l->r[KL_ECX] & 2)
			size = kl_add(size, 63) & ~63u;
		size = kl_add(size, l->r[KL_EAX]);
	}
	return size;
}

/*
 * Cut the sizes in a levelled row of leaf 0xD to what its components need.
 * EBX tells the size for the XCR0 (and XSS) of the moment: KVM keeps it, and
 * it is never above the size for all of them.
 */
void kl_xsave_cut(const struct kl_set *set, struct kl_leaf *entry)
{
	u32 size;

	if (entry->subleaf == 0) {
		size = kl_xsave_size(set, entry->r[KL_EAX] | (u64)entry->r[KL_EDX] << 32);
		entry->r[KL_EBX] = min(entry->r[KL_EBX], size);
		entry->r[KL_ECX] = min(entry->r[KL_ECX], size);
	} else if (entry->subleaf == 1) {
		/* Only XSAVEC and XSAVES have a compacted format. */
		size = 0;
		if (entry->r[KL_EAX] & 0xa)
			size = kl_xsave_size_compact(set, kl_xcr0_shown(set) |
						     kl_xss_shown(set));
		entry->r[KL_EBX] = min(entry->r[KL_EBX], size);
	}
}

static bool kl_has(const struct kl_set *set, u32 leaf, u32 subleaf, enum kl_reg reg, u8 bit)
{
	struct kl_bit b = { leaf, (u8)subleaf, (u8)reg, (u8)bit };

	return kl_set_has(set, &b);
}

u64 kl_xcr0_shown(const struct kl_set *set)
{
	const struct kl_leaf *l = kl_set_leaf(set, KL_LEAF_XSAVE, 0);

	if (!l || !kl_has(set, 0x1, 0, KL_ECX, 26))
		return 0;
	return l->r[KL_EAX] | (u64)l->r[KL_EDX] << 32;
}

u64 kl_xss_shown(const struct kl_set *set)
{
	const struct kl_leaf *l = kl_set_leaf(set, KL_LEAF_XSAVE, 1);

	if (!l || !(l->r[KL_EAX] & 8) || !kl_has(set, 0x1, 0, KL_ECX, 26))
		return 0;
	return l->r[KL_ECX] | (u64)l->r[KL_EDX] << 32;
}

/* A bit of CR4 or EFER, and the feature without which it is reserved. */
struct kl_control {
	u8 bit;
	struct kl_bit needs;
};

static u64 kl_hidden(const struct kl_set *set, const struct kl_control *c, unsigned int nr)
{
	u64 hidden = 0;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!kl_set_has(set, &c[i].needs))
			hidden |= 1ull << c[i].bit;
	}
	return hidden;
}

/* Those that KVM derives from a guest's CPUID: older bits it allows to all. */
static const struct kl_control kl_cr4[] = {
	{ 11, { 0x7, 0, KL_ECX, 2 } },		/* UMIP */
	{ 12, { 0x7, 0, KL_ECX, 16 } },		/* LA57 */
	{ 13, { 0x1, 0, KL_ECX, 5 } },		/* VMXE */
	{ 14, { 0x1, 0, KL_ECX, 6 } },		/* SMXE */
	{ 16, { 0x7, 0, KL_EBX, 0 } },		/* FSGSBASE */
	{ 17, { 0x1, 0, KL_ECX, 17 } },		/* PCIDE */
	{ 18, { 0x1, 0, KL_ECX, 26 } },		/* OSXSAVE */
	{ 19, { 0x7, 0, KL_ECX, 23 } },		/* KL */
	{ 20, { 0x7, 0, KL_EBX, 7 } },		/* SMEP */
	{ 21, { 0x7, 0, KL_EBX, 20 } },		/* SMAP */
	{ 22, { 0x7, 0, KL_ECX, 3 } },		/* PKE */
	{ 24, { 0x7, 0, KL_ECX, 31 } },		/* PKS */
	{ 25, { 0x7, 0, KL_EDX, 5 } },		/* UINTR */
	{ 27, { 0x7, 1, KL_EAX, 6 } },		/* LASS */
	{ 28, { 0x7, 1, KL_EAX, 26 } },		/* LAM_SUP */
	{ 32, { 0x7, 1, KL_EAX, 17 } },		/* FRED */
};

u64 kl_cr4_hidden(const struct kl_set *set)
{
	u64 hidden = kl_hidden(set, kl_cr4, ARRAY_SIZE(kl_cr4));

	/* CR4.CET serves shadow stacks and indirect branch tracking. */
	if (!kl_has(set, 0x7, 0, KL_ECX, 7) && !kl_has(set, 0x7, 0, KL_EDX, 20))
		hidden |= 1ull << 23;
	return hidden;
}

static const struct kl_control kl_efer[] = {
	{ 8, { 0x80000001, 0, KL_EDX, 29 } },	/* LME */
	{ 10, { 0x80000001, 0, KL_EDX, 29 } },	/* LMA */
	{ 11, { 0x80000001, 0, KL_EDX, 20 } },	/* NXE */
	{ 12, { 0x80000001, 0, KL_ECX, 2 } },	/* SVME */
	{ 14, { 0x80000001, 0, KL_EDX, 25 } },	/* FFXSR */
	{ 15, { 0x80000001, 0, KL_ECX, 17 } },	/* TCE */
	{ 17, { 0x80000008, 0, KL_EBX, 8 } },	/* MCOMMIT */
	{ 18, { 0x80000008, 0, KL_EBX, 13 } },	/* INTWB */
	{ 20, { 0x80000021, 0, KL_EAX, 7 } },	/* UAIE */
	{ 21, { 0x80000021, 0, KL_EAX, 8 } },	/* AIBRSE */
};

u64 kl_efer_hidden(const struct kl_set *set)
{
	u64 hidden = kl_hidden(set, kl_efer, ARRAY_SIZE(kl_efer));

	/* Long mode segment limits have no bit that grants them, but one that denies. */
	if (!kl_has(set, 0x80000001, 0, KL_ECX, 2) || kl_has(set, 0x80000008, 0, KL_EBX, 20))
		hidden |= 1ull << 13;
	return hidden;
}

/*
 * Which feature a bit of IA32_FEATURE_CONTROL goes with; the rest is the lock and LMCE.
 * VMX inside of SMX (1) goes with VMX alone: KVM, which has no SMX, lets such a guest set
 * it, and what a guest has set must stand when its state is set again.
 */
u64 kl_feature_control_hidden(const struct kl_set *set)
{
	u64 hidden = 0;

	if (!kl_has(set, 0x1, 0, KL_ECX, 5))
		hidden |= 1ull << 1 | 1ull << 2;
	if (!kl_has(set, 0x1, 0, KL_ECX, 6))
		hidden |= 0xff00;
	if (!kl_has(set, 0x7, 0, KL_ECX, 30))
		hidden |= 1ull << 17;
	if (!kl_has(set, 0x7, 0, KL_EBX, 2))
		hidden |= 1ull << 18;
	return hidden;
}

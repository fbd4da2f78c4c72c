// SPDX-License-Identifier: GPL-2.0
/* Sets of words by hand; the kernel's own tests (tests/kunit) use them as well. */
#include <stdlib.h>
#include <string.h>

#include "words.h"

static void words_point(struct words *w)
{
	w->set.leaf = w->leaf;
	w->set.msr = w->msr;
}

void words_clear(struct words *w)
{
	memset(w, 0, sizeof(*w));
	words_point(w);
}

void words_copy(struct words *to, const struct words *from)
{
	*to = *from;
	words_point(to);
}

void words_from_set(struct words *w, const struct kl_set *set)
{
	words_clear(w);
	memcpy(w->leaf, set->leaf, set->nr_leaves * sizeof(*set->leaf));
	memcpy(w->msr, set->msr, set->nr_msrs * sizeof(*set->msr));
	w->set.nr_leaves = set->nr_leaves;
	w->set.nr_msrs = set->nr_msrs;
}

struct kl_leaf *words_leaf(struct words *w, u32 leaf, u32 subleaf)
{
	const struct kl_leaf *l = kl_set_leaf(&w->set, leaf, subleaf);

	return l ? &w->leaf[l - w->leaf] : NULL;
}

void words_put(struct words *w, u32 leaf, u32 subleaf, u32 eax, u32 ebx, u32 ecx, u32 edx)
{
	struct kl_leaf *l = words_leaf(w, leaf, subleaf);

	if (!l) {
		if (w->set.nr_leaves == WORDS_LEAVES)
			abort();
		l = &w->leaf[w->set.nr_leaves++];
	}
	*l = (struct kl_leaf){ leaf, subleaf, { eax, ebx, ecx, edx } };
	kl_sort(w->leaf, w->set.nr_leaves, w->msr, w->set.nr_msrs);
}

void words_drop(struct words *w, u32 leaf, u32 subleaf)
{
	struct kl_leaf *l = words_leaf(w, leaf, subleaf);

	if (!l)
		return;
	w->set.nr_leaves--;
	memmove(l, l + 1, (size_t)(&w->leaf[w->set.nr_leaves] - l) * sizeof(*l));
}

void words_set(struct words *w, u32 leaf, u32 subleaf, enum kl_reg reg, u32 bits)
{
	if (!words_leaf(w, leaf, subleaf))
		words_put(w, leaf, subleaf, 0, 0, 0, 0);
	words_leaf(w, leaf, subleaf)->r[reg] |= bits;
}

void words_unset(struct words *w, u32 leaf, u32 subleaf, enum kl_reg reg, u32 bits)
{
	struct kl_leaf *l = words_leaf(w, leaf, subleaf);

	if (l)
		l->r[reg] &= ~bits;
}

void words_msr(struct words *w, u32 index, u64 value)
{
	const struct kl_msr *found = kl_set_msr(&w->set, index);
	struct kl_msr *m = found ? &w->msr[found - w->msr] : &w->msr[w->set.nr_msrs++];

	*m = (struct kl_msr){ index, value };
	kl_sort(w->leaf, w->set.nr_leaves, w->msr, w->set.nr_msrs);
}

u32 words_reg(const struct kl_set *set, u32 leaf, u32 subleaf, enum kl_reg reg)
{
	const struct kl_leaf *l = kl_set_leaf(set, leaf, subleaf);

	return l ? l->r[reg] : 0;
}

u64 words_msr_value(const struct kl_set *set, u32 index)
{
	const struct kl_msr *m = kl_set_msr(set, index);

	return m ? m->value : 0;
}

void words_intel(struct words *w)
{
	words_clear(w);
	words_put(w, 0x0, 0, 0x1f, 0x756e6547, 0x6c65746e, 0x49656e69);
	words_put(w, 0x1, 0, 0x000606a6, 0, 0x77fab223, 0x1f8bfbff);
	words_put(w, 0x6, 0, 0x4, 0, 0, 0);
	words_put(w, 0x7, 0, 2, 0xf1bf27ef, 0x1a415f4e, 0xbdc04410);
	words_put(w, 0x7, 1, 0x00001c30, 0, 0, 0);
	words_put(w, 0x7, 2, 0, 0, 0, 0x1f);
	words_put(w, 0xa, 0, 0x08300802, 0, 0, 0x8604);
	words_put(w, 0xd, 0, 0x602e7, 0x2b00, 0x2b00, 0);
	words_put(w, 0xd, 1, 0x1f, 0x2980, 0, 0);
	words_put(w, 0xd, 2, 0x100, 0x240, 0, 0);
	words_put(w, 0xd, 5, 0x40, 0x440, 0, 0);
	words_put(w, 0xd, 6, 0x200, 0x480, 0, 0);
	words_put(w, 0xd, 7, 0x400, 0x680, 0, 0);
	words_put(w, 0xd, 9, 0x8, 0xa80, 0, 0);
	words_put(w, 0xd, 17, 0x40, 0xac0, 2, 0);
	words_put(w, 0xd, 18, 0x2000, 0xb00, 6, 0);
	words_put(w, 0x12, 0, 0x3, 0x1, 0, 0x381f);
	words_put(w, 0x12, 1, 0xb6, 0, 0x602e7, 0);
	words_put(w, 0x1d, 0, 1, 0, 0, 0);
	words_put(w, 0x1d, 1, 0x04002000, 0x00080040, 0x10, 0);
	words_put(w, 0x1e, 0, 0, 0x4010, 0, 0);
	words_put(w, 0x40000000, 0, 0x40000001, 0x4b4d564b, 0x564b4d56, 0x4d);
	words_put(w, 0x40000001, 0, 0x01007efb, 0, 0, 0);
	words_put(w, 0x80000000, 0, 0x80000008, 0, 0, 0);
	words_put(w, 0x80000001, 0, 0, 0, 0x121, 0x2c100800);
	words_put(w, 0x80000007, 0, 0, 0, 0, 0x100);
	words_put(w, 0x80000008, 0, 0x003934, 0x0100d000, 0, 0);
	words_msr(w, 0x10a, 0x0c0aa0eb);
	words_msr(w, 0x345, 0x2000);
}

void words_amd(struct words *w)
{
	words_clear(w);
	words_put(w, 0x0, 0, 0x10, 0x68747541, 0x444d4163, 0x69746e65);
	words_put(w, 0x1, 0, 0x00a00f11, 0, 0x76fa3203, 0x178bfbff);
	words_put(w, 0x6, 0, 0x4, 0, 0, 0);
	words_put(w, 0x7, 0, 0, 0x219c97a9, 0x0040060c, 0xac000010);
	words_put(w, 0xd, 0, 0x207, 0x988, 0x988, 0);
	words_put(w, 0xd, 1, 0xf, 0x348, 0, 0);
	words_put(w, 0xd, 2, 0x100, 0x240, 0, 0);
	words_put(w, 0xd, 9, 0x8, 0x980, 0, 0);
	words_put(w, 0x40000000, 0, 0x40000001, 0x4b4d564b, 0x564b4d56, 0x4d);
	words_put(w, 0x40000001, 0, 0x01007efb, 0, 0, 0);
	words_put(w, 0x80000000, 0, 0x80000021, 0x68747541, 0x444d4163, 0x69746e65);
	words_put(w, 0x80000001, 0, 0x00a00f11, 0x40000000, 0x004003f5, 0x2fd3fbff);
	words_put(w, 0x80000007, 0, 0, 0, 0, 0x100);
	words_put(w, 0x80000008, 0, 0x303030, 0x1102f205, 0, 0);
	words_put(w, 0x8000000a, 0, 0x1, 0x8, 0, 0x000bbcff & ~0x4a00u);
	words_put(w, 0x8000001a, 0, 0x6, 0, 0, 0);
	words_put(w, 0x80000021, 0, 0x45, 0, 0, 0);
	words_msr(w, 0x10a, 0x0a000040);
	words_msr(w, 0xc0011029, 0x2);
}

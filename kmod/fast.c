// SPDX-License-Identifier: GPL-2.0
/* The quick look; fast.h says what it is for. */
#include <linux/build_bug.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "fast.h"

static u64 kl_pair(u32 low, u32 high)
{
	return low | (u64)high << 32;
}

/* Two neighbouring words, kl_pair() of them, in one load. */
struct kl_two_words {
	u64 both;
} __packed;

static __always_inline u64 kl_load(const __u32 *p)
{
	return ((const struct kl_two_words *)p)->both;
}

static u64 kl_key(u32 leaf, u32 subleaf)
{
	return kl_pair(leaf, subleaf);
}

static void kl_fast_row_make(struct kl_fast_row *row, const struct kl_shape *shape,
			     const struct kl_leaf *words, const struct kl_set *set)
{
	u32 exact[KL_NR_REGS], mask[KL_NR_REGS];
	unsigned int r, i;

	for (r = 0; r < KL_NR_REGS; r++) {
		const struct kl_shape_reg *s = &shape->r[r];
		u32 care = s->equal_bits;

		for (i = 0; i < ARRAY_SIZE(s->min_field); i++)
			care |= s->min_field[i];
		exact[r] = words->r[r] & care;
		mask[r] = care | (~(words->r[r] & (s->and_bits | s->or_bits)) &
				  ~kl_vmm_bits(shape, words, r));
	}

	/* The whole table decides over these; settled only if equal to ours. */
	switch (words->leaf) {
	case 0xd:
		if (words->subleaf)
			break;
		exact[KL_ECX] = kl_xsave_size(set, kl_xcr0_shown(set));
		mask[KL_ECX] = ~0u;
		break;
	case 0x40000000:
		/* Another signature is another hypervisor's leaves. */
		for (r = KL_EBX; r <= KL_EDX; r++)
			mask[r] = ~0u;
		exact[KL_EBX] = 0x4b4d564b;	/* "KVMK" */
		exact[KL_ECX] = 0x564b4d56;	/* "VMKV" */
		exact[KL_EDX] = 0x0000004d;	/* "M" */
		break;
	}

	row->key = kl_key(words->leaf, words->subleaf);
	row->indexed = shape->flags & KL_SHAPE_SUBLEAF;
	row->exact[0] = kl_pair(exact[KL_EAX], exact[KL_EBX]);
	row->exact[1] = kl_pair(exact[KL_ECX], exact[KL_EDX]);
	row->mask[0] = kl_pair(mask[KL_EAX], mask[KL_EBX]);
	row->mask[1] = kl_pair(mask[KL_ECX], mask[KL_EDX]);
}

/* KVM offers basic leaves, extended ones, Centaur's, and its own last. */
static u64 kl_fast_order(u64 key)
{
	u32 leaf = (u32)key;

	if (leaf >> 28 == 4)
		leaf += 0xa0000000;
	return (u64)leaf << 32 | key >> 32;
}

static int kl_fast_compare(const void *a, const void *b)
{
	u64 x = kl_fast_order(((const struct kl_fast_row *)a)->key);
	u64 y = kl_fast_order(((const struct kl_fast_row *)b)->key);

	return x < y ? -1 : x > y;
}

static bool kl_is_vmm(u32 leaf)
{
	const struct kl_shape *shape = kl_shape_find(leaf, 0);

	return shape && (shape->flags & KL_SHAPE_VMM);
}

static bool kl_leaf_empty(const struct kl_leaf *words)
{
	return !(words->r[KL_EAX] | words->r[KL_EBX] | words->r[KL_ECX] | words->r[KL_EDX]);
}

int kl_fast_make(struct kl_fast *fast, const struct kl_set *set)
{
	unsigned int i;

	fast->row = kvcalloc(set->nr_leaves + 1, sizeof(*fast->row), GFP_KERNEL_ACCOUNT);
	if (!fast->row)
		return -ENOMEM;
	for (i = 0; i < set->nr_leaves; i++) {
		const struct kl_leaf *words = &set->leaf[i];
		const struct kl_shape *shape = kl_shape_find(words->leaf, words->subleaf);

		/* Empty ones would only stand in the way of what to expect next. */
		if (shape && !(shape->flags & KL_SHAPE_VMM) && !kl_leaf_empty(words))
			kl_fast_row_make(&fast->row[fast->nr++], shape, words, set);
	}
	sort(fast->row, fast->nr, sizeof(*fast->row), kl_fast_compare, NULL);
	/* A VMM may ask for this leaf, as for any: it is no leaf of ours, and has to be empty. */
	fast->row[fast->nr] = (struct kl_fast_row){ .key = ~0ULL, .mask = { ~0ULL, ~0ULL } };
	for (i = 0; i < 64; i++) {
		if (kl_is_vmm(i))
			fast->vmm_basic |= BIT_ULL(i);
		if (kl_is_vmm(0x80000000 + i))
			fast->vmm_extended |= BIT_ULL(i);
	}
	return 0;
}

void kl_fast_free(struct kl_fast *fast)
{
	kvfree(fast->row);
	fast->row = NULL;
	fast->nr = 0;
}

static noinline const struct kl_fast_row *kl_fast_find(const struct kl_fast *fast, u64 key)
{
	unsigned int low = 0, high = fast->nr;
	u64 order = kl_fast_order(key);

	while (low < high) {
		unsigned int mid = (low + high) / 2;
		u64 k = fast->row[mid].key;

		if (k == key)
			return &fast->row[mid];
		if (kl_fast_order(k) < order)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static __always_inline bool kl_fast_within(const struct kl_fast_row *row, u64 ab, u64 cd)
{
	return !(((ab ^ row->exact[0]) & row->mask[0]) | ((cd ^ row->exact[1]) & row->mask[1]));
}

/* Leaves which are the VMM's as a whole, as KVM's two usual ranges have them. */
static __always_inline bool kl_fast_vmm(const struct kl_fast *fast, u32 leaf)
{
	if (leaf < 64)
		return fast->vmm_basic >> leaf & 1;
	return leaf - 0x80000000 < 64 && fast->vmm_extended >> (leaf - 0x80000000) & 1;
}

/*
 * One row of a VMM's: true if it has nothing beyond the set.  VMMs keep KVM's
 * order, which is ours, with empty rows and their own between.
 */
static __always_inline bool kl_fast_step(const struct kl_fast *fast,
					 const struct kl_fast_row **row,
					 const struct kvm_cpuid_entry2 *e)
{
	const struct kl_fast_row *now = *row;
	u64 key;

	if (!(kl_load(&e->eax) | kl_load(&e->ecx)))
		return true;
	/* Many rows end here, and need no register for words that others load again. */
	OPTIMIZER_HIDE_VAR(e);
	key = kl_load(&e->function);
	if (unlikely(now->key != key)) {
		if (kl_fast_vmm(fast, e->function))
			return true;
		now = kl_fast_find(fast, key);
		if (!now)
			return false;
	}
	/*
	 * Without the flag KVM reads the row for any ECX, whatever its index
	 * (cpuid_entry2_find()): not for a quick look.
	 */
	if (!(e->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX) && (e->index | now->indexed))
		return false;
	*row = now + 1;
	return kl_fast_within(now, kl_load(&e->eax), kl_load(&e->ecx));
}

bool kl_fast_clean(const struct kl_fast *fast, const struct kvm_cpuid_entry2 *e, int nent)
{
	const struct kvm_cpuid_entry2 *end = e + nent;
	const struct kl_fast_row *row = fast->row;

	/* A row's key and words are read as 64-bit pairs. */
	BUILD_BUG_ON(offsetof(struct kvm_cpuid_entry2, index) !=
		     offsetof(struct kvm_cpuid_entry2, function) + 4);
	BUILD_BUG_ON(offsetof(struct kvm_cpuid_entry2, ebx) !=
		     offsetof(struct kvm_cpuid_entry2, eax) + 4);
	BUILD_BUG_ON(offsetof(struct kvm_cpuid_entry2, edx) !=
		     offsetof(struct kvm_cpuid_entry2, ecx) + 4);

	/*
	 * Many rows are empty: by fours, so that the loop doesn't cost what they do.
	 * By eights a row costs less than half an instruction less, and the module a page more.
	 */
	for (; e + 4 <= end; e += 4)
		if (!kl_fast_step(fast, &row, e) || !kl_fast_step(fast, &row, e + 1) ||
		    !kl_fast_step(fast, &row, e + 2) || !kl_fast_step(fast, &row, e + 3))
			return false;
	for (; e < end; e++)
		if (!kl_fast_step(fast, &row, e))
			return false;
	return true;
}

bool kl_fast_clean_one(const struct kl_fast *fast, const struct kl_leaf *words)
{
	u64 ab = kl_pair(words->r[KL_EAX], words->r[KL_EBX]);
	u64 cd = kl_pair(words->r[KL_ECX], words->r[KL_EDX]);
	const struct kl_fast_row *row;

	if (!(ab | cd) || kl_fast_vmm(fast, words->leaf))
		return true;
	row = kl_fast_find(fast, kl_key(words->leaf, words->subleaf));
	/* A leaf without subleaves is read with any ECX: not for a quick look. */
	return row && kl_fast_within(row, ab, cd);
}

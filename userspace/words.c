// SPDX-License-Identifier: GPL-2.0
#include "words.h"

void words_add_leaf(struct words *w, const struct kl_leaf *leaf)
{
	/* Doubling at the powers of two keeps a capacity out of the struct. */
	if (!(w->nr_leaves & (w->nr_leaves - 1)))
		w->leaf = xrealloc(w->leaf, w->nr_leaves ? 2 * w->nr_leaves : 1,
				   sizeof(*w->leaf));
	w->leaf[w->nr_leaves++] = *leaf;
}

void words_add_msr(struct words *w, u32 index, u64 value)
{
	if (!(w->nr_msrs & (w->nr_msrs - 1)))
		w->msr = xrealloc(w->msr, w->nr_msrs ? 2 * w->nr_msrs : 1, sizeof(*w->msr));
	w->msr[w->nr_msrs++] = (struct kl_msr){ .index = index, .value = value };
}

void words_sort(struct words *w)
{
	kl_sort(w->leaf, w->nr_leaves, w->msr, w->nr_msrs);
}

void words_free(struct words *w)
{
	free(w->leaf);
	free(w->msr);
	*w = (struct words){ 0 };
}

struct kl_set words_set(const struct words *w)
{
	return (struct kl_set){
		.leaf = w->leaf,
		.msr = w->msr,
		.nr_leaves = w->nr_leaves,
		.nr_msrs = w->nr_msrs,
	};
}

static const char *const leaf_keys[] = { "leaf", "subleaf", "eax", "ebx", "ecx", "edx", NULL };
static const char *const msr_keys[] = { "index", "value", NULL };

static int hex_member(const struct json_file *file, const struct json *row, const char *key,
		      u64 max, u64 *out)
{
	const struct json *v = json_get(row, key);

	if (!v)
		return json_bad(file, row, "\"%s\" is missing", key);
	return json_hex(file, v, max, out);
}

static int read_leaf(const struct json_file *file, const struct json *row, struct words *w)
{
	struct kl_leaf leaf = { 0 };
	u64 n = 0;
	int i;

	if (json_check_keys(file, row, "a row of \"cpuid\"", leaf_keys) ||
	    hex_member(file, row, "leaf", UINT32_MAX, &n))
		return -1;
	leaf.leaf = n;
	n = 0;
	if (json_get(row, "subleaf") && hex_member(file, row, "subleaf", UINT32_MAX, &n))
		return -1;
	leaf.subleaf = n;
	for (i = 0; i < KL_NR_REGS; i++) {
		if (hex_member(file, row, leaf_keys[2 + i], UINT32_MAX, &n))
			return -1;
		leaf.r[i] = n;
	}
	if (w->nr_leaves == WORDS_MAX_LEAVES)
		return json_bad(file, row, "more than %d CPUID leaves", WORDS_MAX_LEAVES);
	words_add_leaf(w, &leaf);
	return 0;
}

static int read_msr(const struct json_file *file, const struct json *row, struct words *w)
{
	u64 index = 0, value = 0;

	if (json_check_keys(file, row, "a row of \"msr\"", msr_keys) ||
	    hex_member(file, row, "index", UINT32_MAX, &index) ||
	    hex_member(file, row, "value", UINT64_MAX, &value))
		return -1;
	if (w->nr_msrs == WORDS_MAX_MSRS)
		return json_bad(file, row, "more than %d MSRs", WORDS_MAX_MSRS);
	words_add_msr(w, index, value);
	return 0;
}

static u64 member(const struct json *row, const char *key)
{
	const struct json *v = json_get(row, key);

	return v && json_kind(v) == JSON_STRING ? strtoull(json_string(v), NULL, 16) : 0;
}

const struct json *words_row(const struct json *cpuid, const struct json *msr,
			     const struct kl_place *at)
{
	const struct json *rows = at->kind == KL_PLACE_MSR ? msr : cpuid, *row, *found = NULL;

	for (row = rows ? json_first(rows) : NULL; row; row = json_next(row)) {
		if (at->kind == KL_PLACE_MSR ? member(row, "index") == at->leaf :
		    member(row, "leaf") == at->leaf && member(row, "subleaf") == at->subleaf)
			found = row;	/* of two, the later one is one too many */
	}
	return found;
}

int words_read(const struct json_file *file, const struct json *cpuid, const struct json *msr,
	       struct words *w)
{
	struct kl_place at = { 0 };
	const struct json *row;
	unsigned int i;

	if ((cpuid && json_want(file, cpuid, JSON_ARRAY)) ||
	    (msr && json_want(file, msr, JSON_ARRAY)))
		return -1;
	for (row = cpuid ? json_first(cpuid) : NULL; row; row = json_next(row))
		if (read_leaf(file, row, w))
			return -1;
	for (row = msr ? json_first(msr) : NULL; row; row = json_next(row))
		if (read_msr(file, row, w))
			return -1;
	words_sort(w);

	for (i = 1; i < w->nr_leaves; i++) {
		const struct kl_leaf *a = &w->leaf[i - 1], *b = &w->leaf[i];

		if (a->leaf != b->leaf || a->subleaf != b->subleaf)
			continue;
		at.kind = KL_PLACE_CPUID;
		at.leaf = b->leaf;
		at.subleaf = b->subleaf;
		return json_bad(file, words_row(cpuid, msr, &at), "CPUID 0x%x.%u stands twice",
				b->leaf, b->subleaf);
	}
	for (i = 1; i < w->nr_msrs; i++) {
		if (w->msr[i - 1].index != w->msr[i].index)
			continue;
		at.kind = KL_PLACE_MSR;
		at.leaf = w->msr[i].index;
		return json_bad(file, words_row(cpuid, msr, &at), "MSR 0x%x stands twice",
				w->msr[i].index);
	}
	return 0;
}

void words_write_leaves(struct json_out *o, const char *key, const struct kl_set *set)
{
	unsigned int i, r;

	json_out_array(o, key);
	for (i = 0; i < set->nr_leaves; i++) {
		const struct kl_leaf *leaf = &set->leaf[i];

		json_out_object(o, NULL);
		json_out_flat(o);
		json_out_hex(o, "leaf", leaf->leaf, 8);
		json_out_hex(o, "subleaf", leaf->subleaf, 8);
		for (r = 0; r < KL_NR_REGS; r++)
			json_out_hex(o, leaf_keys[2 + r], leaf->r[r], 8);
		json_out_end(o);
	}
	json_out_end(o);
}

void words_write_msrs(struct json_out *o, const char *key, const struct kl_set *set)
{
	unsigned int i;

	json_out_array(o, key);
	for (i = 0; i < set->nr_msrs; i++) {
		json_out_object(o, NULL);
		json_out_flat(o);
		json_out_hex(o, "index", set->msr[i].index, 8);
		json_out_hex(o, "value", set->msr[i].value, 16);
		json_out_end(o);
	}
	json_out_end(o);
}

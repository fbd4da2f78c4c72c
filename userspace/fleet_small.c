// SPDX-License-Identifier: GPL-2.0
/*
 * A fleet without the features in which its pools can't differ: what a plan asks
 * of it is the same, and a million times over it is asked of shorter rows.
 */
#include "fleet.h"

/* Can two pools of one vendor differ in it? */
static bool differs(const struct fleet *f, unsigned int bit)
{
	unsigned int v, k, i;
	int seen;

	/* What all kinds have, a pool may lose all the same: to its layouts. */
	for (i = 0; i < f->nr_layouts; i++)
		if (row_has(f->layout[i].takes, bit))
			return true;
	for (v = 0; v < f->nr_vendors; v++) {
		for (seen = -1, k = 0; k < f->nr_kinds; k++) {
			if (f->kind[k].vendor != v)
				continue;
			if (seen >= 0 && row_has(f->kind[k].row, bit) != seen)
				return true;
			seen = row_has(f->kind[k].row, bit);
		}
	}
	return false;
}

static u64 *narrow(const struct fleet *small, const u64 *row, const unsigned int *from)
{
	u64 *to = fleet_row(small);
	unsigned int i;

	for (i = 0; i < small->nr_bits; i++)
		if (row_has(row, from[i]))
			row_set(to, i);
	return to;
}

void fleet_differing(struct fleet *small, const struct fleet *f)
{
	unsigned int *from = xrealloc(NULL, f->nr_bits, sizeof(*from)), i;
	size_t size;

	*small = *f;
	small->nr_features = 0;
	small->feature = xrealloc(NULL, f->nr_features, sizeof(*f->feature));
	for (i = 0; i < f->nr_features; i++) {
		if (!differs(f, i))
			continue;
		small->feature[small->nr_features] = f->feature[i];
		from[small->nr_features++] = i;
	}
	small->nr_bits = small->nr_features;
	for (i = f->nr_features; i < f->nr_bits; i++)
		from[small->nr_bits++] = i;
	small->words = (small->nr_bits + 63) / 64;
	small->words = small->words ? small->words : 1;
	small->layout = xrealloc(NULL, f->nr_layouts, sizeof(*f->layout));
	for (i = 0; i < f->nr_layouts; i++) {
		struct layout *l = &small->layout[i];

		l->values = narrow(small, f->layout[i].values, from);
		l->takes = narrow(small, f->layout[i].takes, from);
		for (l->first = 0; !l->values[l->first];)
			l->first++;
		for (l->last = small->words - 1; !l->values[l->last];)
			l->last--;
	}
	small->kind = xrealloc(NULL, f->nr_kinds, sizeof(*f->kind));
	for (i = 0; i < f->nr_kinds; i++) {
		struct kind *k = &small->kind[i];

		*k = f->kind[i];
		k->row = narrow(small, f->kind[i].row, from);
		k->given = fleet_count(small, k->row);
		k->host = xrealloc(NULL, k->nr_hosts, sizeof(*k->host));
		memcpy(k->host, f->kind[i].host, k->nr_hosts * sizeof(*k->host));
	}
	size = f->hosts->nr * sizeof(*f->kind_of);
	small->kind_of = xrealloc(NULL, size, 1);
	memcpy(small->kind_of, f->kind_of, size);
	size = f->nr_vendors * sizeof(*f->vendor);
	small->vendor = xrealloc(NULL, size, 1);
	memcpy(small->vendor, f->vendor, size);
	free(from);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The best partition, found by looking at all of them: for each vendor, the
 * best partition of every subset of its kinds into 1, 2, ... pools follows from
 * the best ones of smaller subsets into one pool less.  Then the vendors share
 * the pools.  3^n steps for n kinds, and a few bytes for each of 2^n subsets.
 */
#include "plan_private.h"

/* The kinds of one vendor. */
struct table {
	unsigned int kind[PLAN_EXACT_KINDS];
	unsigned int nr;
	unsigned int pools;		/* at most so many are of interest */
	u64 *cost;			/* of each subset as one pool */
	u64 *best[PLAN_EXACT_KINDS + 1];	/* of each subset in [n] pools */
	u16 *first[PLAN_EXACT_KINDS + 1];	/* the pool with its lowest kind, in that */
};

/* Every subset is one with a kind less, and that kind. */
static void cost_subsets(const struct fleet *f, struct table *t)
{
	size_t nr = (size_t)1 << t->nr, words = f->words, s, w;
	u64 *row = xrealloc(NULL, nr * words, sizeof(*row));
	u64 *weight = xrealloc(NULL, nr, sizeof(*weight));
	u64 *offered = xrealloc(NULL, nr, sizeof(*offered));

	memset(row, 0xff, words * sizeof(*row));
	weight[0] = 0;
	offered[0] = 0;
	t->cost = xrealloc(NULL, nr, sizeof(*t->cost));
	t->cost[0] = 0;
	for (s = 1; s < nr; s++) {
		const struct kind *k = &f->kind[t->kind[__builtin_ctzl(s)]];
		size_t less = s & (s - 1);

		for (w = 0; w < words; w++)
			row[s * words + w] = row[less * words + w] & k->row[w];
		weight[s] = weight[less] + k->nr_hosts;
		offered[s] = offered[less] + (u64)k->nr_hosts * k->given;
		t->cost[s] = plan_cost(f, &row[s * words], weight[s], offered[s]);
	}
	free(row);
	free(weight);
	free(offered);
}

/* The best[n] of all subsets, from best[n - 1]; nobody asks for more than all in the last. */
static void one_more(struct table *t, unsigned int n)
{
	unsigned int nr = 1u << t->nr, s, low, rest, sub;

	t->best[n] = xrealloc(NULL, nr, sizeof(*t->best[n]));
	t->first[n] = xrealloc(NULL, nr, sizeof(*t->first[n]));
	for (s = n == t->pools ? nr - 1 : 0; s < nr; s++) {
		t->best[n][s] = UINT64_MAX;
		t->first[n][s] = 0;
		if ((unsigned int)__builtin_popcount(s) < n)
			continue;
		low = s & -s;
		rest = s & ~low;
		/* All subsets of the rest but the rest itself, each with the lowest kind. */
		for (sub = rest; sub;) {
			u64 cost;

			sub = (sub - 1) & rest;
			if (t->best[n - 1][rest & ~sub] == UINT64_MAX)
				continue;
			cost = t->cost[sub | low] + t->best[n - 1][rest & ~sub];
			if (cost < t->best[n][s]) {
				t->best[n][s] = cost;
				t->first[n][s] = sub | low;
			}
		}
	}
}

static void fill(const struct fleet *f, struct table *t)
{
	unsigned int nr = 1u << t->nr, n, s;

	cost_subsets(f, t);
	t->best[1] = xrealloc(NULL, nr, sizeof(*t->best[1]));
	t->first[1] = xrealloc(NULL, nr, sizeof(*t->first[1]));
	for (s = 0; s < nr; s++) {
		t->best[1][s] = s ? t->cost[s] : UINT64_MAX;
		t->first[1][s] = s;
	}
	for (n = 2; n <= t->pools; n++)
		one_more(t, n);
}

/* How many pools each vendor gets: into @share. */
static void share_out(const struct table *t, unsigned int nr, unsigned int pools,
		      unsigned int *share)
{
	u64 best[nr + 1][pools + 1];
	unsigned int with[nr + 1][pools + 1], v, p, n;

	for (p = 0; p <= pools; p++)
		best[0][p] = p ? UINT64_MAX : 0;
	for (v = 0; v < nr; v++) {
		for (p = 0; p <= pools; p++) {
			best[v + 1][p] = UINT64_MAX;
			for (n = 1; n <= t[v].pools && n <= p; n++) {
				u64 rest = best[v][p - n], own = t[v].best[n][(1u << t[v].nr) - 1];

				if (rest == UINT64_MAX || rest + own >= best[v + 1][p])
					continue;
				best[v + 1][p] = rest + own;
				with[v + 1][p] = n;
			}
		}
	}
	for (v = nr, p = pools; v--; p -= share[v])
		share[v] = with[v + 1][p];
}

/* The pools of one vendor, numbered from @next. */
static void write_pools(const struct table *t, unsigned int n, unsigned int next,
			unsigned int *pool_of)
{
	unsigned int s = (1u << t->nr) - 1, i;

	for (; n; n--, next++) {
		unsigned int pool = t->first[n][s];

		for (i = 0; i < t->nr; i++)
			if (pool >> i & 1)
				pool_of[t->kind[i]] = next;
		s &= ~pool;
	}
}

void plan_exact(const struct fleet *f, unsigned int pools, unsigned int *pool_of)
{
	struct table *t = xrealloc(NULL, f->nr_vendors, sizeof(*t));
	unsigned int share[f->nr_vendors], v, k, n, next = 0;

	memset(t, 0, f->nr_vendors * sizeof(*t));
	for (k = 0; k < f->nr_kinds; k++) {
		v = f->kind[k].vendor;
		t[v].kind[t[v].nr++] = k;
	}
	for (v = 0; v < f->nr_vendors; v++) {
		t[v].pools = min(t[v].nr, pools - (f->nr_vendors - 1));
		fill(f, &t[v]);
	}
	share_out(t, f->nr_vendors, pools, share);
	for (v = 0; v < f->nr_vendors; v++) {
		write_pools(&t[v], share[v], next, pool_of);
		next += share[v];
		free(t[v].cost);
		for (n = 1; n <= t[v].pools; n++) {
			free(t[v].best[n]);
			free(t[v].first[n]);
		}
	}
	free(t);
}

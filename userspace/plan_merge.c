// SPDX-License-Identifier: GPL-2.0
/*
 * A partition from below: every kind is a pool, and the two whose union loses
 * least become one, until there are few enough.  That asks for all pairs, so a
 * great many kinds are first merged among neighbours of an order in which like
 * stands beside like.
 */
#include "plan_private.h"
#include "progress.h"

/* All pairs of so many are looked at; a batch of them becomes as few as the second. */
#define BATCH 1024
#define BATCH_LEFT 128

struct merge {
	const struct fleet *f;
	struct group *group;	/* one a kind; those that were merged have a parent */
	unsigned int *parent;	/* itself: still a group */
	unsigned int *list;	/* the groups that are left */
	unsigned int nr;
	u64 *scratch;
};

/* What the union of two groups costs beyond themselves; UINT64_MAX: it can't be. */
static u64 price(struct merge *m, unsigned int a, unsigned int b)
{
	const struct group *x = &m->group[a], *y = &m->group[b];
	unsigned int w;

	if (x->vendor != y->vendor)
		return UINT64_MAX;
	for (w = 0; w < m->f->words; w++)
		m->scratch[w] = x->row[w] & y->row[w];
	return plan_cost(m->f, m->scratch, x->weight + y->weight, x->offered + y->offered) -
	       x->cost - y->cost;
}

static void unite(struct merge *m, unsigned int a, unsigned int b, u64 cost)
{
	struct group *x = &m->group[a], *y = &m->group[b];
	unsigned int w;

	for (w = 0; w < m->f->words; w++)
		x->row[w] &= y->row[w];
	x->weight += y->weight;
	x->offered += y->offered;
	x->cost += y->cost + cost;
	m->parent[b] = a;
}

/* The groups of a list, each with its partner among those behind it. */
struct pairs {
	struct merge *m;
	const unsigned int *list;
	unsigned int nr;
	unsigned int *nearest;
	u64 *cost;	/* UINT64_MAX: none */
	bool *gone;	/* merged into another */
};

static void find_nearest(struct pairs *p, unsigned int i)
{
	unsigned int j;
	u64 cost;

	p->cost[i] = UINT64_MAX;
	for (j = i + 1; j < p->nr; j++) {
		if (p->gone[j])
			continue;
		cost = price(p->m, p->list[i], p->list[j]);
		if (cost < p->cost[i]) {
			p->cost[i] = cost;
			p->nearest[i] = j;
		}
	}
}

/* After @j went into @i: everybody's nearest, where that changed it. */
static void refresh(struct pairs *p, unsigned int i, unsigned int j)
{
	unsigned int n;
	u64 cost;

	for (n = 0; n < p->nr; n++) {
		if (p->gone[n])
			continue;
		if (n == i || (p->cost[n] != UINT64_MAX &&
			       (p->nearest[n] == i || p->nearest[n] == j))) {
			find_nearest(p, n);
		} else if (n < i) {
			cost = price(p->m, p->list[n], p->list[i]);
			if (cost >= p->cost[n])
				continue;
			p->cost[n] = cost;
			p->nearest[n] = i;
		}
	}
}

/* The pair that costs least: its first, or -1 where none can be merged. */
static int find_best(const struct pairs *p)
{
	int best = -1;
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		if (!p->gone[i] && p->cost[i] != UINT64_MAX &&
		    (best < 0 || p->cost[i] < p->cost[best]))
			best = i;
	return best;
}

/* Merge the @nr groups of @list until @left are left, in front; returns how many are. */
static unsigned int merge_list(struct merge *m, unsigned int *list, unsigned int nr,
			       unsigned int left)
{
	struct pairs p = { .m = m, .list = list, .nr = nr };
	unsigned int i, n, live = nr;
	int best;

	p.nearest = xrealloc(NULL, nr, sizeof(*p.nearest));
	p.cost = xrealloc(NULL, nr, sizeof(*p.cost));
	p.gone = xrealloc(NULL, nr, sizeof(*p.gone));
	memset(p.gone, 0, nr * sizeof(*p.gone));
	for (i = 0; i < nr; i++)
		find_nearest(&p, i);
	while (live > left) {
		best = find_best(&p);
		if (best < 0)
			break;
		n = p.nearest[best];
		unite(m, list[best], list[n], p.cost[best]);
		p.gone[n] = true;
		refresh(&p, best, n);
		live--;
		progress("merging kinds of hosts", nr - live, nr - left);
	}
	for (i = 0, n = 0; i < nr; i++)
		if (!p.gone[i])
			list[n++] = list[i];
	free(p.nearest);
	free(p.cost);
	free(p.gone);
	return live;
}

/* For qsort(): who is beside whom. */
static const struct merge *ordering;

static int compare(const void *a, const void *b)
{
	unsigned int i = *(const unsigned int *)a, j = *(const unsigned int *)b;
	const struct group *x = &ordering->group[i], *y = &ordering->group[j];
	unsigned int w;

	if (x->vendor != y->vendor)
		return x->vendor < y->vendor ? -1 : 1;
	for (w = 0; w < ordering->f->words; w++)
		if (x->row[w] != y->row[w])
			return x->row[w] < y->row[w] ? -1 : 1;
	return i < j ? -1 : i > j;
}

static void merge_batches(struct merge *m, unsigned int pools)
{
	unsigned int from, nr, n, to;

	/* Enough must be left to choose from. */
	while (m->nr > 2 * BATCH && m->nr / BATCH * BATCH_LEFT >= 4 * pools) {
		ordering = m;
		qsort(m->list, m->nr, sizeof(*m->list), compare);
		for (from = 0, to = 0; from < m->nr; from += nr) {
			nr = min(m->nr - from, (unsigned int)BATCH);
			n = merge_list(m, &m->list[from], nr, BATCH_LEFT);
			memmove(&m->list[to], &m->list[from], n * sizeof(*m->list));
			to += n;
		}
		m->nr = to;
	}
}

void plan_merge(const struct fleet *f, unsigned int pools, unsigned int *pool_of)
{
	struct merge m = { .f = f, .nr = f->nr_kinds };
	unsigned int *number = xrealloc(NULL, f->nr_kinds, sizeof(*number)), i, root;

	m.group = xrealloc(NULL, m.nr, sizeof(*m.group));
	m.parent = xrealloc(NULL, m.nr, sizeof(*m.parent));
	m.list = xrealloc(NULL, m.nr, sizeof(*m.list));
	m.scratch = xrealloc(NULL, f->words, sizeof(*m.scratch));
	for (i = 0; i < m.nr; i++) {
		const struct kind *k = &f->kind[i];

		m.group[i] = (struct group){
			.row = xrealloc(NULL, f->words, sizeof(u64)),
			.weight = k->nr_hosts, .vendor = k->vendor,
			.offered = (u64)k->nr_hosts * k->given,
		};
		memcpy(m.group[i].row, k->row, f->words * sizeof(u64));
		m.parent[i] = i;
		m.list[i] = i;
	}
	merge_batches(&m, pools);
	m.nr = merge_list(&m, m.list, m.nr, pools);
	for (i = 0; i < m.nr; i++)
		number[m.list[i]] = i;
	for (i = 0; i < f->nr_kinds; i++) {
		for (root = i; m.parent[root] != root;)
			root = m.parent[root];
		pool_of[i] = number[root];
	}
	for (i = 0; i < f->nr_kinds; i++)
		free(m.group[i].row);
	free(m.group);
	free(m.parent);
	free(m.list);
	free(m.scratch);
	free(number);
}

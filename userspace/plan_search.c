// SPDX-License-Identifier: GPL-2.0
/*
 * A good partition where all of them are too many.  Two starts, one made by
 * merging (plan_merge.c) and one by cutting; each is then improved by steps, as
 * long as one of these makes it better:
 *	- a kind goes to another pool;
 *	- all kinds of a pool that lack a feature, or all that have it, do;
 *	- two pools are dealt anew, by a feature that only a part of them has;
 *	- two pools become one, and a third becomes two.
 * The better of the two ends is taken.  Nothing is drawn at random: the same
 * hosts give the same plan.
 */
#include "plan_private.h"
#include "progress.h"

/* Dealing two pools anew looks at all pairs of pools: up to so many pools. */
#define DEAL_POOLS 16
/* ... and merge_and_cut() at all pairs for each pool. */
#define MERGE_POOLS 64
/* Steps are taken until none helps; it never takes nearly so many rounds. */
#define MAX_ROUNDS 200

struct pool_of_kinds {
	struct group g;
	u64 *once;		/* what exactly one kind lacks */
	u32 *lack;		/* kinds that lack it, by bit */
	unsigned int *member;
	unsigned int nr;
};

struct search {
	const struct fleet *f;
	unsigned int *pool_of;
	struct pool_of_kinds *pool;
	unsigned int nr_pools;
};

/* Two halves of a set of kinds, by one bit: with it and without. */
struct cut {
	struct group half[2];
	unsigned int bit;
};

static void start_group(const struct fleet *f, struct group *g)
{
	g->weight = 0;
	g->offered = 0;
	memset(g->row, 0xff, f->words * sizeof(*g->row));
}

static void join(const struct fleet *f, struct group *g, const struct kind *k)
{
	unsigned int w;

	for (w = 0; w < f->words; w++)
		g->row[w] &= k->row[w];
	g->weight += k->nr_hosts;
	g->offered += (u64)k->nr_hosts * k->given;
	g->vendor = k->vendor;
}

static void price_group(const struct fleet *f, struct group *g)
{
	g->cost = plan_cost(f, g->row, g->weight, g->offered);
}

static void price_pool(const struct fleet *f, struct pool_of_kinds *p)
{
	unsigned int b;

	memset(p->g.row, 0, f->words * sizeof(*p->g.row));
	memset(p->once, 0, f->words * sizeof(*p->once));
	for (b = 0; b < f->nr_bits; b++) {
		if (!p->lack[b])
			row_set(p->g.row, b);
		else if (p->lack[b] == 1)
			row_set(p->once, b);
	}
	price_group(f, &p->g);
}

/* Put a kind into a pool, or (@sign -1) take it out; price_pool() has to follow. */
static void put(struct search *s, unsigned int kind, struct pool_of_kinds *p, int sign)
{
	const struct kind *k = &s->f->kind[kind];
	unsigned int b, i;

	for (b = 0; b < s->f->nr_bits; b++)
		if (!row_has(k->row, b))
			p->lack[b] += sign;
	p->g.weight += sign * (int64_t)k->nr_hosts;
	p->g.offered += sign * (int64_t)k->nr_hosts * k->given;
	p->g.vendor = k->vendor;
	if (sign > 0) {
		if (!(p->nr & (p->nr - 1)))
			p->member = xrealloc(p->member, p->nr ? 2 * p->nr : 1,
					     sizeof(*p->member));
		p->member[p->nr++] = kind;
		s->pool_of[kind] = p - s->pool;
		return;
	}
	for (i = 0; p->member[i] != kind; i++)
		;
	p->member[i] = p->member[--p->nr];
}

static void move(struct search *s, unsigned int kind, unsigned int to)
{
	struct pool_of_kinds *from = &s->pool[s->pool_of[kind]];

	put(s, kind, from, -1);
	put(s, kind, &s->pool[to], 1);
}

static u64 total(const struct search *s)
{
	unsigned int p;
	u64 sum = 0;

	for (p = 0; p < s->nr_pools; p++)
		sum += s->pool[p].g.cost;
	return sum;
}

static u64 cost_of_both(const struct fleet *f, const struct group *a, const struct group *b)
{
	u64 row[f->words];
	unsigned int w;

	for (w = 0; w < f->words; w++)
		row[w] = a->row[w] & b->row[w];
	return plan_cost(f, row, a->weight + b->weight, a->offered + b->offered);
}

/* One kind from pool to pool. */
static bool move_kinds(struct search *s)
{
	const struct fleet *f = s->f;
	u64 row[f->words], without, now, best;
	unsigned int k, p, w, to;
	bool any = false;

	for (k = 0; k < f->nr_kinds; k++) {
		struct pool_of_kinds *from = &s->pool[s->pool_of[k]];
		struct group one = { .row = f->kind[k].row, .weight = f->kind[k].nr_hosts,
				     .vendor = f->kind[k].vendor };

		one.offered = one.weight * f->kind[k].given;
		if (from->nr == 1)
			continue;
		for (w = 0; w < f->words; w++)
			row[w] = from->g.row[w] | (from->once[w] & ~one.row[w]);
		without = plan_cost(f, row, from->g.weight - one.weight,
				    from->g.offered - one.offered);
		best = from->g.cost - without;	/* what it costs where it is */
		to = s->nr_pools;
		for (p = 0; p < s->nr_pools; p++) {
			if (&s->pool[p] == from || s->pool[p].g.vendor != one.vendor)
				continue;
			now = cost_of_both(f, &s->pool[p].g, &one) - s->pool[p].g.cost;
			if (now < best) {
				best = now;
				to = p;
			}
		}
		if (to == s->nr_pools)
			continue;
		move(s, k, to);
		price_pool(f, from);
		price_pool(f, &s->pool[to]);
		any = true;
	}
	return any;
}

/* Cut the kinds of one or two pools (@q may be NULL) by @bit; false if it does not cut. */
static bool cut_by(const struct search *s, const struct pool_of_kinds *p,
		   const struct pool_of_kinds *q, unsigned int bit, struct cut *c)
{
	unsigned int i, nr[2] = { 0 }, nr_p = p->nr, nr_q = q ? q->nr : 0;

	c->bit = bit;
	start_group(s->f, &c->half[0]);
	start_group(s->f, &c->half[1]);
	for (i = 0; i < nr_p + nr_q; i++) {
		unsigned int k = i < nr_p ? p->member[i] : q->member[i - nr_p];
		bool has = row_has(s->f->kind[k].row, bit);

		join(s->f, &c->half[has], &s->f->kind[k]);
		nr[has]++;
	}
	if (!nr[0] || !nr[1])
		return false;
	price_group(s->f, &c->half[0]);
	price_group(s->f, &c->half[1]);
	return true;
}

/* The bit by which @p (with @q) is best cut, and what that costs; UINT64_MAX: none. */
static u64 best_cut(const struct search *s, const struct pool_of_kinds *p,
		    const struct pool_of_kinds *q, struct cut *c, unsigned int *bit)
{
	u64 best = UINT64_MAX, cost;
	unsigned int b;

	for (b = 0; b < s->f->nr_bits; b++) {
		if (row_has(p->g.row, b) && (!q || row_has(q->g.row, b)))
			continue;
		if (!cut_by(s, p, q, b, c))
			continue;
		cost = c->half[0].cost + c->half[1].cost;
		if (cost < best) {
			best = cost;
			*bit = b;
		}
	}
	return best;
}

/* Move those of @from that have (@has) or lack @bit. */
static void move_half(struct search *s, unsigned int from, unsigned int to, unsigned int bit,
		      bool has)
{
	struct pool_of_kinds *p = &s->pool[from];
	unsigned int i;

	for (i = p->nr; i--;)
		if (row_has(s->f->kind[p->member[i]].row, bit) == has)
			move(s, p->member[i], to);
}

/* Half a pool, by one bit, into another pool. */
static bool move_halves(struct search *s, struct cut *c)
{
	const struct fleet *f = s->f;
	unsigned int p, q, b, h;
	bool any = false;

	for (p = 0; p < s->nr_pools; p++) {
		for (b = 0; b < f->nr_bits; b++) {
			struct pool_of_kinds *from = &s->pool[p];

			if (row_has(from->g.row, b) || !cut_by(s, from, NULL, b, c))
				continue;
			for (q = 0; q < s->nr_pools; q++) {
				struct pool_of_kinds *to = &s->pool[q];
				u64 before = from->g.cost + to->g.cost;

				if (q == p || to->g.vendor != from->g.vendor)
					continue;
				for (h = 0; h < 2; h++)
					if (cost_of_both(f, &to->g, &c->half[h]) +
					    c->half[!h].cost < before)
						break;
				if (h == 2)
					continue;
				move_half(s, p, q, b, h);
				price_pool(f, from);
				price_pool(f, to);
				any = true;
				break;
			}
		}
	}
	return any;
}

/* Two pools, dealt anew by the best bit. */
static bool deal_anew(struct search *s, struct cut *c)
{
	unsigned int p, q, bit = 0;
	bool any = false;

	for (p = 0; p < s->nr_pools && s->nr_pools <= DEAL_POOLS; p++) {
		for (q = p + 1; q < s->nr_pools; q++) {
			struct pool_of_kinds *a = &s->pool[p], *b = &s->pool[q];

			if (a->g.vendor != b->g.vendor ||
			    best_cut(s, a, b, c, &bit) >= a->g.cost + b->g.cost)
				continue;
			/* First all together, so that none is moved twice. */
			while (b->nr)
				move(s, b->member[0], p);
			move_half(s, p, q, bit, true);
			price_pool(s->f, a);
			price_pool(s->f, b);
			any = true;
		}
	}
	return any;
}

/* The two pools that lose least by becoming one; UINT64_MAX: there are none. */
static u64 best_pair(const struct search *s, unsigned int except, unsigned int *a,
		     unsigned int *b)
{
	u64 best = UINT64_MAX, cost;
	unsigned int p, q;

	for (p = 0; p < s->nr_pools; p++) {
		for (q = p + 1; q < s->nr_pools; q++) {
			const struct group *x = &s->pool[p].g, *y = &s->pool[q].g;

			if (p == except || q == except || x->vendor != y->vendor)
				continue;
			cost = cost_of_both(s->f, x, y) - x->cost - y->cost;
			if (cost < best) {
				best = cost;
				*a = p;
				*b = q;
			}
		}
	}
	return best;
}

/* Two pools become one, and a third becomes two: also of another vendor. */
static bool merge_and_cut(struct search *s, struct cut *c)
{
	unsigned int p, a = 0, b = 0, bit = 0;
	u64 cut, pair;

	for (p = 0; p < s->nr_pools && s->nr_pools <= MERGE_POOLS; p++) {
		if (!s->pool[p].g.cost)
			continue;
		pair = best_pair(s, p, &a, &b);
		if (pair == UINT64_MAX || pair >= s->pool[p].g.cost)
			continue;
		cut = best_cut(s, &s->pool[p], NULL, c, &bit);
		if (cut == UINT64_MAX || cut + pair >= s->pool[p].g.cost)
			continue;
		while (s->pool[b].nr)
			move(s, s->pool[b].member[0], a);
		move_half(s, p, b, bit, true);
		price_pool(s->f, &s->pool[a]);
		price_pool(s->f, &s->pool[b]);
		price_pool(s->f, &s->pool[p]);
		return true;
	}
	return false;
}

static void improve(struct search *s, struct cut *c)
{
	unsigned int round;
	bool any = true;

	for (round = 0; any && round < MAX_ROUNDS; round++) {
		any = move_kinds(s);
		progress("improving pools, round", round + 1, 0);
		any |= move_halves(s, c);
		progress("improving pools, round", round + 1, 0);
		/* The expensive steps only where the cheap ones lead no further. */
		any = any || deal_anew(s, c) || merge_and_cut(s, c);
	}
}

static void open_pool(struct search *s)
{
	struct pool_of_kinds *p = &s->pool[s->nr_pools++];

	p->nr = 0;
	p->g.weight = 0;
	p->g.offered = 0;
	memset(p->lack, 0, s->f->nr_bits * sizeof(*p->lack));
}

/* The @nr pools of s->pool_of. */
static void open_pools(struct search *s, unsigned int nr)
{
	unsigned int p, k;

	for (s->nr_pools = 0; s->nr_pools < nr;)
		open_pool(s);
	for (k = 0; k < s->f->nr_kinds; k++)
		put(s, k, &s->pool[s->pool_of[k]], 1);
	for (p = 0; p < nr; p++)
		price_pool(s->f, &s->pool[p]);
}

/* From above: a pool for each vendor, and the cut that helps most, again and again. */
static void cut_up(struct search *s, unsigned int pools, struct cut *c)
{
	const struct fleet *f = s->f;
	unsigned int k, p, bit[pools], best;
	u64 after[pools];

	for (k = 0; k < f->nr_kinds; k++)
		s->pool_of[k] = f->kind[k].vendor;
	open_pools(s, f->nr_vendors);
	for (p = 0; p < s->nr_pools; p++)
		after[p] = best_cut(s, &s->pool[p], NULL, c, &bit[p]);
	while (s->nr_pools < pools) {
		best = s->nr_pools;
		for (p = 0; p < s->nr_pools; p++)
			if (after[p] != UINT64_MAX &&
			    (best == s->nr_pools || s->pool[p].g.cost - after[p] >
						    s->pool[best].g.cost - after[best]))
				best = p;
		/* Kinds differ, so a pool that has two of them can be cut. */
		p = s->nr_pools;
		open_pool(s);
		move_half(s, best, p, bit[best], true);
		price_pool(f, &s->pool[best]);
		price_pool(f, &s->pool[p]);
		after[best] = best_cut(s, &s->pool[best], NULL, c, &bit[best]);
		after[p] = best_cut(s, &s->pool[p], NULL, c, &bit[p]);
		progress("cutting pools", s->nr_pools, pools);
	}
}

static void set_up(struct search *s, const struct fleet *f, unsigned int pools, struct cut *c)
{
	unsigned int p, h;

	*s = (struct search){ .f = f };
	s->pool_of = xrealloc(NULL, f->nr_kinds, sizeof(*s->pool_of));
	s->pool = xrealloc(NULL, pools, sizeof(*s->pool));
	for (p = 0; p < pools; p++) {
		struct pool_of_kinds *pool = &s->pool[p];

		*pool = (struct pool_of_kinds){ 0 };
		pool->g.row = xrealloc(NULL, f->words, sizeof(u64));
		pool->once = xrealloc(NULL, f->words, sizeof(u64));
		pool->lack = xrealloc(NULL, f->nr_bits, sizeof(u32));
	}
	for (h = 0; h < 2; h++)
		c->half[h].row = xrealloc(NULL, f->words, sizeof(u64));
}

static void tear_down(struct search *s, unsigned int pools, struct cut *c)
{
	unsigned int p, h;

	for (p = 0; p < pools; p++) {
		free(s->pool[p].g.row);
		free(s->pool[p].once);
		free(s->pool[p].lack);
		free(s->pool[p].member);
	}
	for (h = 0; h < 2; h++)
		free(c->half[h].row);
	free(s->pool);
	free(s->pool_of);
}

void plan_search(const struct fleet *f, unsigned int pools, unsigned int *pool_of)
{
	struct search s;
	struct cut c;
	u64 merged;

	set_up(&s, f, pools, &c);
	plan_merge(f, pools, s.pool_of);
	open_pools(&s, pools);
	improve(&s, &c);
	merged = total(&s);
	memcpy(pool_of, s.pool_of, f->nr_kinds * sizeof(*pool_of));

	cut_up(&s, pools, &c);
	improve(&s, &c);
	if (total(&s) < merged)
		memcpy(pool_of, s.pool_of, f->nr_kinds * sizeof(*pool_of));
	tear_down(&s, pools, &c);
	progress_end();
}

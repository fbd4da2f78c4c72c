// SPDX-License-Identifier: GPL-2.0
/* See plan.h: how partitions are scored, and who looks for the best one. */
#include "plan_private.h"

unsigned int plan_given(const struct fleet *f, const u64 *row)
{
	u64 closed[f->words];

	if (!f->nr_layouts)
		return fleet_count(f, row);
	memcpy(closed, row, sizeof(closed));
	fleet_close(f, closed);
	return fleet_count(f, closed);
}

bool plan_can_be_exact(const struct fleet *f)
{
	unsigned int nr[f->nr_vendors], i;

	memset(nr, 0, sizeof(nr));
	for (i = 0; i < f->nr_kinds; i++)
		if (++nr[f->kind[i].vendor] > PLAN_EXACT_KINDS)
			return false;
	return true;
}

static u64 score(const struct fleet *f, const struct plan *plan)
{
	u64 row[f->words], weight, offered, sum = 0;
	unsigned int p, k, w;

	for (p = 0; p < plan->nr_pools; p++) {
		memset(row, 0xff, sizeof(row));
		weight = 0;
		offered = 0;
		for (k = 0; k < f->nr_kinds; k++) {
			if (plan->pool_of[k] != p)
				continue;
			for (w = 0; w < f->words; w++)
				row[w] &= f->kind[k].row[w];
			weight += f->kind[k].nr_hosts;
			offered += (u64)f->kind[k].nr_hosts * f->kind[k].given;
		}
		sum += plan_cost(f, row, weight, offered);
	}
	return sum;
}

/* The same pools, numbered by the first kind of each. */
static void number(struct plan *plan, unsigned int nr_kinds)
{
	unsigned int new[plan->nr_pools], next = 0, i;

	for (i = 0; i < plan->nr_pools; i++)
		new[i] = plan->nr_pools;
	for (i = 0; i < nr_kinds; i++) {
		unsigned int *p = &plan->pool_of[i];

		if (new[*p] == plan->nr_pools)
			new[*p] = next++;
		*p = new[*p];
	}
}

void plan_make(struct plan *plan, const struct fleet *f, unsigned int pools,
	       enum plan_method method)
{
	struct fleet small;
	unsigned int i;

	if (pools > f->nr_kinds)
		pools = f->nr_kinds;
	*plan = (struct plan){ .nr_pools = pools };
	plan->exact = method == PLAN_EXACT || (method == PLAN_AUTO && plan_can_be_exact(f));
	plan->pool_of = xrealloc(NULL, f->nr_kinds, sizeof(*plan->pool_of));
	if (pools == f->nr_kinds || pools == f->nr_vendors) {
		/* A pool for each kind loses nothing, one for each vendor leaves no choice. */
		for (i = 0; i < f->nr_kinds; i++)
			plan->pool_of[i] = pools == f->nr_kinds ? i : f->kind[i].vendor;
		plan->exact = true;
	} else {
		fleet_differing(&small, f);
		if (plan->exact)
			plan_exact(&small, pools, plan->pool_of);
		else
			plan_search(&small, pools, plan->pool_of);
		fleet_free(&small);
	}
	number(plan, f->nr_kinds);
	plan->score = score(f, plan);
}

void plan_free(struct plan *plan)
{
	free(plan->pool_of);
	*plan = (struct plan){ 0 };
}

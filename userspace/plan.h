/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which hosts belong together: the partition of a fleet into a given number of
 * pools that loses the fewest features.
 *
 * The score of a partition is the sum, over all hosts, of the features that
 * the host gives as a pool of its own and its pool does not: less is better, and
 * 0 means that nobody loses anything.  Vendors are never mixed.
 */
#ifndef KL_PLAN_H
#define KL_PLAN_H

#include "fleet.h"

/* So many kinds of hosts of one vendor are planned exactly: 3^n steps. */
#define PLAN_EXACT_KINDS 16

struct plan {
	unsigned int nr_pools;	/* no more than there are kinds of hosts */
	unsigned int *pool_of;	/* of each kind; pools are numbered by their first kind */
	u64 score;
	bool exact;		/* no partition is better */
};

enum plan_method { PLAN_AUTO, PLAN_EXACT, PLAN_HEURISTIC };

/* May @f be planned exactly? */
bool plan_can_be_exact(const struct fleet *f);

/*
 * The best partition of @f into @pools pools, of which each vendor needs one:
 * f->nr_vendors <= @pools.  PLAN_EXACT only if plan_can_be_exact().
 */
void plan_make(struct plan *plan, const struct fleet *f, unsigned int pools,
	       enum plan_method method);
void plan_free(struct plan *plan);

#endif /* KL_PLAN_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of plan share; nobody else includes this. */
#ifndef KL_PLAN_PRIVATE_H
#define KL_PLAN_PRIVATE_H

#include "plan.h"

/* Kinds that are taken together. */
struct group {
	u64 *row;	/* AND of their rows, not closed */
	u64 weight;	/* hosts */
	u64 offered;	/* features of the hosts, added up */
	u64 cost;	/* features lost, added up over the hosts */
	unsigned int vendor;
};

/* Features that a pool with this AND gives, what layouts take taken. */
unsigned int plan_given(const struct fleet *f, const u64 *row);

/* The features that hosts of @weight with @offered lose in a pool with this AND. */
static inline u64 plan_cost(const struct fleet *f, const u64 *row, u64 weight, u64 offered)
{
	return offered - weight * plan_given(f, row);
}

/* @pool_of gets a number below @pools for each kind; no number is left without one. */
void plan_exact(const struct fleet *f, unsigned int pools, unsigned int *pool_of);
void plan_search(const struct fleet *f, unsigned int pools, unsigned int *pool_of);

/* A first partition, by merging what costs least, again and again. */
void plan_merge(const struct fleet *f, unsigned int pools, unsigned int *pool_of);

#endif /* KL_PLAN_PRIVATE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a pool loses, and for whom: its lost features, those together that the
 * same hosts lack, the dearest first.
 */
#ifndef KL_BLAME_H
#define KL_BLAME_H

#include "fleet.h"

struct blame {
	u64 *lacking;		/* by the pool's kinds, in their order */
	unsigned int lacking_kinds;	/* 0: all have it, in layouts that differ */
	unsigned int lacking_hosts;
	unsigned int *feature;	/* indices into fleet->feature */
	unsigned int nr_features;
	u64 score;		/* features times the hosts that lose them */
};

/* The pool of some kinds of a fleet. */
struct blamed {
	const struct fleet *fleet;
	unsigned int *kind;
	unsigned int nr_kinds;
	unsigned int nr_hosts;
	unsigned int given;	/* features that all hosts can give */
	unsigned int lost;	/* features that any host gives and the pool does not */
	u64 score;		/* see plan.h */
	u64 *row;		/* the pool's features */
	struct blame *blame;
	unsigned int nr_blames;
};

/* @kind is copied. */
void blame_find(struct blamed *p, const struct fleet *f, const unsigned int *kind,
		unsigned int nr_kinds);
void blame_free(struct blamed *p);

/* "a, b and 3 more" of the hosts that lack; @most 0: all.  The caller frees. */
char *blame_names(const struct blamed *p, const struct blame *b, unsigned int most);

#endif /* KL_BLAME_H */

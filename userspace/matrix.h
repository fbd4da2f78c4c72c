/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hosts by features, ready to be drawn: a section for each vendor, its kinds of
 * hosts from the oldest generation to the newest, its lost features from the
 * dearest to the cheapest.
 */
#ifndef KL_MATRIX_H
#define KL_MATRIX_H

#include "blame.h"

struct section {
	const char *vendor;
	struct blamed pool;	/* of all its hosts; kinds in the order of generations */
	char **generation;	/* of each kind */
	u64 **gain;		/* row of the features that the pool would gain without it */
	unsigned int *costs;	/* how many these are */
	unsigned int *onward;	/* features that a pool of it and all kinds behind it gives */
};

struct matrix {
	const struct fleet *fleet;
	struct section *section;
	unsigned int nr_sections;
};

/* Features of one pattern: the same of some kinds have them. */
struct pattern {
	u64 *has;		/* by the kinds asked for, in their order */
	unsigned int *feature;	/* indices into fleet->feature */
	unsigned int nr_features;
	unsigned int first;	/* its place in the order of the blames */
};

void matrix_make(struct matrix *m, const struct fleet *f);
void matrix_free(struct matrix *m);

/* Does kind [i] of @s have this feature? */
bool section_has(const struct section *s, unsigned int i, unsigned int feature);

/*
 * The lost features of @s by what kinds [from, from + nr) have, and with @all also
 * those that nobody lacks.  Sets *@nr_patterns; the caller frees them.
 */
struct pattern *section_patterns(const struct section *s, unsigned int from, unsigned int nr,
				 bool all, unsigned int *nr_patterns);
void patterns_free(struct pattern *p, unsigned int nr);

/* The page of --html, in full; the caller frees. */
char *matrix_html(const struct matrix *m, const char *title, size_t *len);

#endif /* KL_MATRIX_H */

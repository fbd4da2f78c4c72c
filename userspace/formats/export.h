/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Baselines in the words of VMMs.  Each format writes all of a baseline's
 * default that it can carry, and tells by name what it can't.  Of that a guest
 * has what its VMM gives it unasked, and the module sees to it that this is no
 * more than the baseline.
 */
#ifndef KL_EXPORT_H
#define KL_EXPORT_H

#include "../levels.h"

struct export {
	const struct baseline *baseline;
	struct kl_set set;	/* its default */
	const char *wish;	/* the model to start from, or NULL: the nearest */
	char *model;		/* which it was, where the format has models */
	FILE *to;
	char **left;		/* what the format has no word for */
	unsigned int nr_left;
};

/* Write to e->to: 0, or -1 said why. */
int out_json(struct export *e);
int out_qemu(struct export *e);
int out_libvirt(struct export *e);
int out_firecracker(struct export *e);
int out_xen(struct export *e);

struct out_format {
	const char *name;
	int (*write)(struct export *e);
	bool has_models;
};

/* Ended by a NULL name. */
extern const struct out_format out_formats[];

/* For the formats: */

/* The features of the baseline, by the index of features[]; the caller frees. */
bool *out_features(const struct export *e);
/* That has no word in this format. */
void out_left(struct export *e, const char *fmt, ...) PRINTF(2, 3);
/* The identity of a pool of several vendors has none in this format. */
void out_identity_left(struct export *e);
/*
 * Tell of what the baseline has and the format has no word for: features by
 * name, other bits and numbers by their register.  @carried says which bits of
 * @at it carries; @ctx is its own.
 */
void out_leftovers(struct export *e, u64 (*carried)(void *ctx, const struct kl_place *at),
		   void *ctx);

/* The models of @installed, or what stands in for it where it isn't there. */
struct out_models {
	struct level_map map;
	bool installed;
	bool *doubtful;		/* by the index of features[]: the model may have it, or not */
	struct level *base;	/* e->wish, or the nearest to the baseline */
	const char *name;	/* of it, in the format */
};

/*
 * 0, or -1 said why.  Where nothing is installed, @builtin_name is the model that a
 * built-in level is nearest to, and @more_names are known beside the usual ones. @runs, or
 * NULL: only what is in it as well is chosen unasked.
 */
int out_models(struct export *e, struct out_models *m, const struct level_source *installed,
	       const struct level_map *runs, const char *more_names,
	       const char *(*builtin_name)(const struct level *l));

void out_models_free(struct out_models *m);

/* The words of @at in the baseline; 0 where there are none. */
u32 out_word(const struct export *e, u32 leaf, u32 subleaf, enum kl_reg reg);

#endif /* KL_EXPORT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Named levels: what the processors of a generation have in common, by which
 * a pool can be held below what its hosts could give.  Some are built in, and
 * the CPU models of an installed libvirt or QEMU are levels, too.
 */
#ifndef KL_LEVELS_H
#define KL_LEVELS_H

#include "baseline.h"
#include "names.h"

struct level {
	char *name;
	const char *source;	/* "builtin", "libvirt", "qemu" */
	char *about;		/* or NULL */
	char vendor[13];	/* empty: any vendor's */
	u32 family, model, stepping;	/* 0: not told */
	bool system;		/* what only a kernel uses is left as the hosts have it */
	bool *has;		/* by the index of features[], bad news as well */
	bool *keep;		/* the same, with what is left to the hosts; by level_find() */
	char *unknown;		/* names of its source that have no bit here, or NULL */
	const char *qemu;	/* built-in ones: the nearest model there, or "" */
	const char *libvirt;
};

void level_init(struct level *l, const char *name, const char *source);
void level_free(struct level *l);
/* Is this feature a level's to ask for? Not what VMMs set, and not bad news. */
bool level_counts(const struct feature *f);
/* The same with the bad news, which models have, too. */
bool level_knows(const struct feature *f);
unsigned int level_size(const struct level *l);
/* A name that may have no bit here. */
void level_add_name(struct level *l, const char *name);

/* All levels of one source, and how the source spells each feature. */
struct level_map {
	struct level *level;
	unsigned int nr;
	char **spelling;	/* by the index of features[]; NULL: not known there */
};

/* 1; 0 where it isn't installed; -1 said why. */
int builtin_map(struct level_map *map);
int libvirt_map(struct level_map *map);
int qemu_map(struct level_map *map);
struct level *map_add(struct level_map *map, const char *name, const char *source);
void map_free(struct level_map *map);

/* The sources by name, ended by a NULL name. */
struct level_source {
	const char *name;
	int (*map)(struct level_map *map);
};

extern const struct level_source level_sources[];

/*
 * The level called @name, which may begin with "builtin:", "libvirt:" or
 * "qemu:"; else the first source that has it.  0, or -1 said why.
 */
int level_find(const char *name, struct level *l);

/* May @arg, where a file of a baseline can stand, be a level's name? */
bool level_is_name(const char *arg);

/* Features of @l that @set lacks, "avx2, bmi1"; NULL: none.  The caller frees. */
char *level_lacks(const struct level *l, const struct kl_set *set);
/* The same as a sentence's end, "lacks avx2, bmi1", and the vendors are compared, too. */
char *level_misfit(const struct level *l, const char *vendor, const struct kl_set *set);
/*
 * Take from @acc what is above the level, and close it.  Words that are no
 * named feature (highest leaves, widths of addresses, sizes) stay.
 */
void level_cap(const struct level *l, struct kl_acc *acc);

#endif /* KL_LEVELS_H */

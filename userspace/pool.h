/* SPDX-License-Identifier: GPL-2.0 */
/* What several hosts have in common, and what is lost by it. */
#ifndef KL_POOL_H
#define KL_POOL_H

#include "baseline.h"
#include "host.h"
#include "levels.h"
#include "names.h"

struct lost {
	struct bit_place at;
	struct kl_bit needs;	/* leaf 0: hosts lack it; else its prerequisite went */
	bool above;		/* the pool's level, though all hosts have it */
	unsigned int *missing_on;
	unsigned int nr_missing;
};

struct pool {
	const struct hosts *hosts;
	const struct level *level;	/* or NULL */
	struct baseline baseline;
	struct lost *lost;
	unsigned int nr_lost;
	char **warning;
	unsigned int nr_warnings;
};

/* Held at @level, where that is not NULL.  0, or -1 said why. */
int pool_compute(struct pool *p, const struct hosts *hosts, const char *name,
		 const struct level *level);
void pool_warn(struct pool *p, char *text);
void pool_free(struct pool *p);
void pool_write(struct json_out *o, const struct pool *p);

#endif /* KL_POOL_H */

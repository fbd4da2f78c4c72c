/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Default and max of a baseline: a new guest is offered the default, and one that
 * moves in may keep what is in max.  Every host of the pool must have all of max.
 */
#ifndef KL_WIDEN_H
#define KL_WIDEN_H

#include "baseline.h"
#include "host.h"
#include "names.h"

/* Something of the older baseline that can't be kept: on @host (NULL: in @b's own default). */
typedef void (*unkept_fn)(void *ctx, const struct host *host, const struct kl_place *at,
			  const char *text);

/*
 * Make max of @b: its default, and with it what guests of @old (NULL: any) have and
 * all @hosts can give.  Calls @unkept for each place of @old that a host can't give.
 * Returns their number, or -1, said, if @b's default does not fit the hosts, or the
 * vendors differ.
 */
int baseline_widen(struct baseline *b, const struct baseline *old, const struct hosts *hosts,
		   unkept_fn unkept, void *ctx);

/*
 * Take @nr features out of the default of @b, with all that needs them; what it had
 * is max.  0, or -1 said why.
 */
int baseline_narrow(struct baseline *b, const struct bit_place *bit, unsigned int nr);

#endif /* KL_WIDEN_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all hosts of a pool have in common, and what it would be without one of
 * them, hosts coming one after the other and not being kept.
 *
 * A host can cost the pool something by itself only where nobody shares its
 * fault: it alone lacks a bit, it alone has the smallest number, or it alone
 * differs from all others in a layout.  Each of these is a claim, and there are
 * no more claims than bits and fields: hosts with a claim are kept, the others
 * become one sum.  The core itself (kl_acc_add(), kl_close()) then computes the
 * pool without each of those that were kept.
 */
#ifndef KL_CLAIMS_H
#define KL_CLAIMS_H

#include "slots.h"

struct claims;

struct claims *claims_new(void);
void claims_free(struct claims *c);

/*
 * One more host.  One with the same words as a host before may be left out from
 * the third on.  @number is its place in the pool; @kin a number that hosts of one
 * vendor share.  0, or -1 with @at filled as by kl_acc_add().
 */
struct newcomer {
	u64 number;
	const char *name;
	u32 kin;
};

int claims_add(struct claims *c, const struct filled *f, unsigned int nr,
	       const struct newcomer *who, struct kl_place *at);

/* All hosts together, not yet closed: 0, or -1 with @at filled. */
int claims_sum(const struct claims *c, struct kl_acc *acc, struct kl_place *at);

/*
 * Where a slot has part of a layout: do hosts differ in it, @some saying nothing (0) beside
 * others that all say the same?
 */
bool claims_differ(const struct claims *c, unsigned int slot, bool *some);

/*
 * Call @see for each host that was kept, in their order, with the sum of all others
 * (not yet closed, the callee's to change).  Not for the only host of a pool.
 */
typedef void (*without_fn)(void *ctx, const struct newcomer *who, struct kl_acc *others);
void claims_without(const struct claims *c, without_fn see, void *ctx);

#endif /* KL_CLAIMS_H */

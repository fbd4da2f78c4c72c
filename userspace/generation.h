/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What people call a processor of this family and model: for headings only,
 * nothing is decided by it.
 */
#ifndef KL_GENERATION_H
#define KL_GENERATION_H

#include "host.h"

struct generation {
	const char *name;	/* "Zen 2" */
	unsigned int rank;	/* of its vendor, the oldest first */
};

/* Never NULL: "family 6 model 200" where nobody knows better, and rank ~0. */
struct generation generation_of(const struct host *h);

#endif /* KL_GENERATION_H */

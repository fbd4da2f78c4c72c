/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One host in several JSON values: where the names of such that follow each other are the
 * same but for "#cpu" and a number at their end, each is a logical CPU of one host.
 */
#ifndef KL_FORMATS_LOGICAL_H
#define KL_FORMATS_LOGICAL_H

#include "build.h"

struct logical {
	const char *name;	/* of the file */
	struct sink sink;
	struct cpus cpus;
	struct host host;	/* that the CPUs so far are of, without words */
};

/* A host or a logical CPU of one; takes what it needs of @h. What the sink says, or -1. */
int logical_add(struct logical *l, struct host *h);
/* Is @h a host of its own, and no other one is under way? Then it needs no logical_add(). */
bool logical_is_host(const struct logical *l, const struct host *h);
/* That was all: the last host goes out. */
int logical_end(struct logical *l);
void logical_free(struct logical *l);

#endif /* KL_FORMATS_LOGICAL_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hosts of one name, which no report can tell apart: two dumps that both say "localhost".  The
 * same host may well stand in a pool twice, with the same words.
 */
#ifndef KL_NAMESAKES_H
#define KL_NAMESAKES_H

#include "host.h"
#include "slots.h"

struct namesakes;

struct namesakes *namesakes_new(void);
void namesakes_free(struct namesakes *n);

/*
 * One more host, with its words: what to warn of, which the caller frees, or NULL.  Once for
 * all, and of so many hosts as fit into some megabytes.
 */
char *namesakes_add(struct namesakes *n, const struct host *h, const struct filled *f,
		    unsigned int nr);

#endif /* KL_NAMESAKES_H */

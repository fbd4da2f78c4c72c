/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A host dump that stands on one line, read without building a tree of it: what
 * makes fleets of 100,000 hosts quick to read.  It takes what is in order, and has
 * no word for anything else: that is json_in.h's and host.c's.
 */
#ifndef KL_HOST_LINE_H
#define KL_HOST_LINE_H

#include "host.h"
#include "row_text.h"

/* Memory that is used again from line to line; one for each thread. */
struct line_reader {
	void *pool;
	size_t size;
	char *rest;		/* the line without its rows */
	size_t rest_size;
	struct row_reader rows;
};

/*
 * True: @h is what host.c would have read from these @len bytes of @file (NULs and
 * line feeds none; LINE_SLACK bytes more may be read).  False: there is something to
 * say of them, or just something uncommon; @h is empty.
 */
bool host_line(struct line_reader *r, const char *text, size_t len, const char *file,
	       struct host *h);
void line_reader_free(struct line_reader *r);

#endif /* KL_HOST_LINE_H */

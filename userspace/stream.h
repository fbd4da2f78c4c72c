/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hosts of any number of files, one after the other.  Of files with one host a
 * line only a window is in memory, and several threads read it; whatever their
 * number, what comes of it is the same.
 */
#ifndef KL_STREAM_H
#define KL_STREAM_H

#include "host.h"

struct host_sink {
	/*
	 * In whatever thread: make of a host what take() wants, to spare it the work;
	 * take() frees it.  NULL: nothing.  Must not speak: errors have an order.
	 */
	void *(*work)(const struct host *h);
	/* In the order of the hosts, one at a time.  It may move things out of @h. */
	int (*take)(void *ctx, struct host *h, void *made);
	void *ctx;
};

/*
 * The hosts of @argv: files, "-", or directories of *.json and *.jsonl, which are
 * read in the order of their names and must hold nothing else.  0; what take()
 * returned, if not 0; -1 said why.
 */
int hosts_stream(int argc, char **argv, const struct host_sink *sink);

#endif /* KL_STREAM_H */

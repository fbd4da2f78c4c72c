/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that appear whole or not at all, also those that don't fit into memory.  A link
 * stays, and so do the mode of the file that is replaced and, where that is allowed, its
 * owner.
 */
#ifndef KL_OUT_H
#define KL_OUT_H

#include "tool.h"

struct out {
	FILE *to;	/* where to write */
	const char *path;	/* as it was asked for */
	char *target;		/* where its links lead; with temp */
	char *temp;
	unsigned int mode;	/* of the file that was there; 0: there was none */
	uid_t uid;
	gid_t gid;
};

/* @path NULL is stdout.  0, or -1 said why. */
int out_begin(struct out *out, const char *path);
/* What was written is there now: 0, or -1 said why, and it is not. */
int out_commit(struct out *out);
/* It never was; of stdout, what is out is out. */
void out_abandon(struct out *out);

#endif /* KL_OUT_H */

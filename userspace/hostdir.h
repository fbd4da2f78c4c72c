/* SPDX-License-Identifier: GPL-2.0 */
/* A directory of host dumps, where a file is wanted. */
#ifndef KL_HOSTDIR_H
#define KL_HOSTDIR_H

/*
 * Call @see with @path or, where that is a directory, with each *.json and *.jsonl
 * in it, in the order of their names.  Hidden files are passed over; any other file
 * is an error, before anything is read.  0; what @see returned; -1 said why.
 */
typedef int (*path_fn)(void *ctx, const char *path);
int hostdir_each(const char *path, path_fn see, void *ctx);

#endif /* KL_HOSTDIR_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A list of records that may grow beyond memory: what passes a limit goes into a
 * temporary file without a name ($TMPDIR, /tmp), and is read again in windows.
 */
#ifndef KL_SPOOL_H
#define KL_SPOOL_H

#include "tool.h"

struct spool;

/* @limit: bytes that may stay in memory. */
struct spool *spool_new(size_t limit);
void spool_free(struct spool *s);

/* The longest record. */
#define SPOOL_RECORD_MAX 8192

/* 0, or -1 said why: the temporary file can't be had, or the disk is full. */
int spool_add(struct spool *s, const void *record, size_t len);

/*
 * From the first record on: spool_rewind(), then spool_next() gives 1 and the next
 * record, good until the next call; 0 at the end; -1 said why.
 */
void spool_rewind(struct spool *s);
int spool_next(struct spool *s, const void **record, size_t *len);

/*
 * The same, many at once: the next records, each behind its length (16 bits, by
 * memcpy()), in @len bytes.
 */
int spool_next_few(struct spool *s, const unsigned char **records, size_t *len);

#endif /* KL_SPOOL_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far long work has come: one line on stderr, only where that is a
 * terminal, only after the work has taken a while, and gone when it is done.
 */
#ifndef KL_PROGRESS_H
#define KL_PROGRESS_H

/* @done of @total (0: nobody knows how many) of @what.  Cheap: call it for every host. */
void progress(const char *what, unsigned long done, unsigned long total);
/* Wipe the line, before anything else is said. */
void progress_end(void);

#endif /* KL_PROGRESS_H */

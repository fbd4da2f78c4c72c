/* SPDX-License-Identifier: GPL-2.0 */
/* What "baseline list" and "baseline show" say of named levels. */
#ifndef KL_CMD_LEVEL_H
#define KL_CMD_LEVEL_H

#include "render.h"

/* Is there such a source of levels? */
bool levels_source(const char *name);
/* The levels of @source (NULL: of all) as a table.  0, or -1 said why. */
int levels_table(struct render *r, const char *source);
/* One level: DONE or REFUSED. */
int level_show(const char *name);
/* Have these hosts all of it? DONE, or REFUSED where one has not. */
int level_check(const char *name, int argc, char **argv);

#endif /* KL_CMD_LEVEL_H */

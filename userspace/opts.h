/* SPDX-License-Identifier: GPL-2.0 */
/* Options: exact words only (getopt_long() would take abbreviations). */
#ifndef KL_OPTS_H
#define KL_OPTS_H

#include <stdint.h>

#include "tool.h"

struct option_spec {
	const char *name;	/* "--name" */
	const char *letter;	/* "-n" or NULL */
	bool *flag;		/* an option without a value */
	const char **value;	/* or one with */
};

/*
 * Take @spec's options (ended by a NULL name), --json and --verbose out of
 * @argv, in place; what is left is counted in *@argc.  All behind "--" is
 * left.  DONE or USAGE, which has been said.
 */
int options(int *argc, char **argv, const struct option_spec *spec);
/* Between @min and @max arguments, called @what in the complaint? */
int arguments(int argc, int min, int max, const char *what);
/* A decimal number up to @max: DONE or USAGE. */
int parse_number(const char *text, uint64_t max, const char *what, uint64_t *out);

#endif /* KL_OPTS_H */

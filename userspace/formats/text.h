/* SPDX-License-Identifier: GPL-2.0 */
/* A text file by lines, and complaints that name file and line. */
#ifndef KL_FORMATS_TEXT_H
#define KL_FORMATS_TEXT_H

#include <stdint.h>

#include "../tool.h"

struct text {
	const char *name;	/* what complaints call it */
	const char *bytes;	/* with a 0 behind them */
	size_t len;
};

struct line {
	const char *at;
	const char *end;	/* where the line ends, or what is left of it */
	unsigned int nr;	/* from 1 */
};

/* Is it text at all? 0, or -1 said why (a NUL byte in it). */
int text_check(const struct text *t);

/* The next line into @line, which begins zeroed; false at the end. */
bool text_line(const struct text *t, struct line *line);

/* Complain about line @nr (0: the file as a whole); returns -1. */
int text_bad(const struct text *t, unsigned int nr, const char *fmt, ...) PRINTF(3, 4);
void text_warn(const struct text *t, unsigned int nr, const char *fmt, ...) PRINTF(3, 4);
/* That a line is no row of @format, with its beginning. */
int text_not_a_row(const struct text *t, const struct line *line, const char *format);

/* Each of these eats what it names from the line's beginning, or nothing: false. */
bool eat_blanks(struct line *line);
bool eat_word(struct line *line, const char *word);
/* Hex digits, at least @min and at most @max of them (leading zeroes count; 16 is the most). */
bool eat_hex(struct line *line, unsigned int min, unsigned int max, uint64_t *out);
bool eat_decimal(struct line *line, uint32_t *out);
bool line_over(const struct line *line);

#endif /* KL_FORMATS_TEXT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One call says it twice: aligned text for people, JSON for programs
 * (--json), so that neither can know more than the other.  @key is the JSON
 * name, @label what people read; NULL leaves that half out.
 */
#ifndef KL_RENDER_H
#define KL_RENDER_H

#include <stdint.h>

#include "json_out.h"

struct render;

struct render *render_begin(const char *schema);
void render_string(struct render *r, const char *key, const char *label, const char *fmt, ...)
	PRINTF(4, 5);
void render_uint(struct render *r, const char *key, const char *label, uint64_t value);
void render_bool(struct render *r, const char *key, const char *label, bool value);
/* Only text: a line of its own. */
void render_line(struct render *r, const char *fmt, ...) PRINTF(2, 3);

/* Words in a row, broken into lines. */
void render_list(struct render *r, const char *key, const char *label);
void render_item(struct render *r, const char *fmt, ...) PRINTF(2, 3);
void render_list_end(struct render *r);

/* A table; a column without a label is in the JSON only, one without a key in the text only. */
struct column {
	const char *key;
	const char *label;
	bool right;	/* numbers stand to the right */
};

#define MAX_COLUMNS 16

void render_table(struct render *r, const char *key, const struct column *columns,
		  unsigned int nr);
/* One row: nr cells, in the order of the columns. */
void cell_string(struct render *r, const char *fmt, ...) PRINTF(2, 3);
void cell_uint(struct render *r, uint64_t value);
void cell_bool(struct render *r, bool value);
/* Not there: "-" in the text, no member in the JSON. */
void cell_none(struct render *r);
/* @text for people, @values for programs. */
void cell_list(struct render *r, const char *text, const char *const *values, unsigned int nr);
/* The same, with the items of @text, which ", " separates. */
void cell_words(struct render *r, const char *text);
void render_table_end(struct render *r);

/* JSON only: objects and what format code wants to write by itself; NULL in text mode. */
struct json_out *render_json(struct render *r);

/* Write it all to @path (NULL: stdout), whole; @r is gone.  DONE or REFUSED. */
int render_end(struct render *r, const char *path);
/* Write nothing after all; returns REFUSED. */
int render_drop(struct render *r);

#endif /* KL_RENDER_H */

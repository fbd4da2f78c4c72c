/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading JSON: strict, and every complaint names file and line.  Nothing
 * else knows which library does the parsing.
 */
#ifndef KL_JSON_IN_H
#define KL_JSON_IN_H

#include <stdint.h>

#include "tool.h"

struct json_file;	/* a file with one value, or one value after the other */
struct json;		/* a value */

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* NULL if it can't be read; the reason has been said. */
struct json_file *json_open(const char *path, size_t limit);
/*
 * The same of a text that is read already, with a 0 behind it; @text is taken over.
 * Its first line counts as @line.
 */
struct json_file *json_open_text(const char *name, char *text, size_t len, unsigned int line);
void json_close(struct json_file *file);
const char *json_name(const struct json_file *file);

/* The next value, good until the next call: 1; 0 at the end; -1 said why. */
int json_read(struct json_file *file, const struct json **value);

/* Does @text, one line, end within a value: may the rest of it be on the next? */
bool json_line_is_cut(const char *text, size_t len);
/*
 * @text begins with such a line of @line bytes: does it go on as JSON behind it?  Where the
 * text ends too early to tell, it does.
 */
bool json_goes_on(const char *text, size_t line, size_t len);

/* The one value that the file has: 0, or -1 said why (none, or more than one). */
int json_read_only(struct json_file *file, const struct json **value);

enum json_kind json_kind(const struct json *value);
const char *json_string(const struct json *value);
bool json_true(const struct json *value);
/* A number as C has it: of json_uint() without the complaints. */
double json_number(const struct json *value);
const char *json_key(const struct json *value);
const struct json *json_first(const struct json *value);
const struct json *json_next(const struct json *value);
const struct json *json_get(const struct json *object, const char *key);

/* The line on which @value, or its key, begins. */
unsigned int json_line(const struct json_file *file, const struct json *value);

/* Complain about @value (NULL: the file as a whole); returns -1. */
int json_bad(const struct json_file *file, const struct json *value, const char *fmt, ...)
	PRINTF(3, 4);

/* The same, but no more than a warning. */
void json_warn(const struct json_file *file, const struct json *value, const char *fmt, ...)
	PRINTF(3, 4);

/* An object with no key twice and none but @keys (NULL-ended): 0, or -1 said why. */
int json_check_keys(const struct json_file *file, const struct json *object, const char *what,
		    const char *const *keys);

/* @value as this kind: 0, or -1 said why. */
int json_want(const struct json_file *file, const struct json *value, enum json_kind kind);
int json_hex(const struct json_file *file, const struct json *value, uint64_t max, uint64_t *out);
int json_uint(const struct json_file *file, const struct json *value, uint64_t max, uint64_t *out);

#endif /* KL_JSON_IN_H */

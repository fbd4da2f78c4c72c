/* SPDX-License-Identifier: GPL-2.0 */
/* Writing JSON, into memory or a file, indented, a leaf or a row to a line. */
#ifndef KL_JSON_OUT_H
#define KL_JSON_OUT_H

#include <stdint.h>

#include "tool.h"

struct json_out;

/* @key is NULL inside of arrays and for the value as a whole. */
struct json_out *json_out_new(void);
/* Straight into a file, for what may not fit into memory; json_out_end_all() ends it. */
struct json_out *json_out_to(FILE *to);
void json_out_object(struct json_out *o, const char *key);
void json_out_array(struct json_out *o, const char *key);
/* From here to the end of the innermost container: all on one line. */
void json_out_flat(struct json_out *o);
void json_out_end(struct json_out *o);
void json_out_string(struct json_out *o, const char *key, const char *value);
/*
 * More values of an array that is json_out_flat(), in JSON already, each with ", "
 * before it: for those by the million.
 */
void json_out_more(struct json_out *o, const char *text, size_t len);
void json_out_uint(struct json_out *o, const char *key, uint64_t value);
void json_out_bool(struct json_out *o, const char *key, bool value);
/* A hex number as a string, as in host dumps and baselines. */
void json_out_hex(struct json_out *o, const char *key, uint64_t value, int digits);
/* The text, the caller's to free; @o is gone. */
char *json_out_finish(struct json_out *o, size_t *len);
/* For json_out_to(): the file gets its end and is the caller's to close; @o is gone. */
void json_out_end_all(struct json_out *o);

/* @text as a string of JSON into @out, cut where @size is too small; its length, without a 0. */
size_t json_quote(char *out, size_t size, const char *text);
/* RFC 3629 */
bool json_is_utf8(const char *text);

#endif /* KL_JSON_OUT_H */

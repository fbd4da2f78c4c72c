// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json_out.h"

#define MAX_DEPTH 8

struct json_out {
	FILE *to;
	char *text;
	size_t len;
	int depth;
	int flat;		/* depth from which on all is on one line; 0: none */
	bool some[MAX_DEPTH];	/* the container has a member already */
	char close[MAX_DEPTH];
};

struct json_out *json_out_to(FILE *to)
{
	struct json_out *o = xrealloc(NULL, 1, sizeof(*o));

	*o = (struct json_out){ .to = to };
	return o;
}

struct json_out *json_out_new(void)
{
	struct json_out *o = json_out_to(NULL);

	o->to = open_memstream(&o->text, &o->len);
	if (!o->to) {
		say("out of memory");
		exit(REFUSED);
	}
	return o;
}

/* Bytes of the character at @c, in a string; 0: that is no UTF-8 (RFC 3629). */
static int utf8(const unsigned char *c)
{
	int n = *c < 0x80 ? 1 : *c < 0xc2 ? 0 : *c < 0xe0 ? 2 : *c < 0xf0 ? 3 : *c < 0xf5 ? 4 : 0;
	int i;

	for (i = 1; i < n; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	/* Too long a spelling, surrogates, beyond U+10FFFF. */
	if ((*c == 0xe0 && c[1] < 0xa0) || (*c == 0xed && c[1] > 0x9f) ||
	    (*c == 0xf0 && c[1] < 0x90) || (*c == 0xf4 && c[1] > 0x8f))
		return 0;
	return n;
}

bool json_is_utf8(const char *text)
{
	int len;

	for (; *text; text += len) {
		len = utf8((const unsigned char *)text);
		if (!len)
			return false;
	}
	return true;
}

size_t json_quote(char *out, size_t size, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *c;
	size_t n = 0;
	int len;

	out[n++] = '"';
	/* Room for the longest escape and the end. */
	for (c = (const unsigned char *)text; *c && n + 7 < size; c += len ? len : 1) {
		len = utf8(c);
		if (!len) {
			/* Names of files may be any bytes. */
			memcpy(out + n, "\\ufffd", 6);
			n += 6;
		} else if (*c == '"' || *c == '\\') {
			out[n++] = '\\';
			out[n++] = *c;
		} else if (*c < ' ') {
			memcpy(out + n, "\\u00", 4);
			out[n + 4] = hex[*c >> 4];
			out[n + 5] = hex[*c & 15];
			n += 6;
		} else {
			memcpy(out + n, c, len);
			n += len;
		}
	}
	out[n++] = '"';
	return n;
}

static void quoted(struct json_out *o, const char *text)
{
	size_t size = 6 * strlen(text) + 8;
	char few[512], *out = size > sizeof(few) ? xrealloc(NULL, size, 1) : few;

	fwrite_unlocked(out, 1, json_quote(out, size, text), o->to);
	if (out != few)
		free(out);
}

static void line(struct json_out *o)
{
	int i;

	fputc('\n', o->to);
	for (i = 0; i < o->depth; i++)
		fputc('\t', o->to);
}

/* What stands before a value: comma, line, key. */
static void lead(struct json_out *o, const char *key)
{
	if (o->depth) {
		if (o->some[o->depth - 1])
			fputs_unlocked(o->flat ? ", " : ",", o->to);
		if (!o->flat)
			line(o);
		o->some[o->depth - 1] = true;
	}
	if (key) {
		quoted(o, key);
		fputs(": ", o->to);
	}
}

static void open_container(struct json_out *o, const char *key, const char *brackets)
{
	if (o->depth == MAX_DEPTH)
		abort();
	lead(o, key);
	fputc(brackets[0], o->to);
	o->close[o->depth] = brackets[1];
	o->some[o->depth++] = false;
}

void json_out_object(struct json_out *o, const char *key)
{
	open_container(o, key, "{}");
}

void json_out_array(struct json_out *o, const char *key)
{
	open_container(o, key, "[]");
}

void json_out_flat(struct json_out *o)
{
	if (!o->flat)
		o->flat = o->depth;
}

void json_out_end(struct json_out *o)
{
	bool some = o->some[--o->depth];

	if (some && !o->flat)
		line(o);
	if (o->flat > o->depth)
		o->flat = 0;
	fputc(o->close[o->depth], o->to);
}

void json_out_string(struct json_out *o, const char *key, const char *value)
{
	lead(o, key);
	quoted(o, value);
}

void json_out_more(struct json_out *o, const char *text, size_t len)
{
	if (!len)
		return;
	/* Each has the comma before it; what stands first in its container must not. */
	if (!o->some[o->depth - 1]) {
		text += 2;
		len -= 2;
	}
	o->some[o->depth - 1] = true;
	fwrite_unlocked(text, 1, len, o->to);
}

void json_out_uint(struct json_out *o, const char *key, uint64_t value)
{
	lead(o, key);
	fprintf(o->to, "%" PRIu64, value);
}

void json_out_bool(struct json_out *o, const char *key, bool value)
{
	lead(o, key);
	fputs(value ? "true" : "false", o->to);
}

void json_out_hex(struct json_out *o, const char *key, uint64_t value, int digits)
{
	lead(o, key);
	fprintf(o->to, "\"0x%0*" PRIx64 "\"", digits, value);
}

void json_out_end_all(struct json_out *o)
{
	while (o->depth)
		json_out_end(o);
	fputc('\n', o->to);
	free(o);
}

char *json_out_finish(struct json_out *o, size_t *len)
{
	char *text;

	while (o->depth)
		json_out_end(o);
	fputc('\n', o->to);
	if (fclose(o->to)) {
		say("out of memory");
		exit(REFUSED);
	}
	text = o->text;
	*len = o->len;
	free(o);
	return text;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Reading JSON with cJSON.
 *
 * cJSON is lenient (control characters, \u0000) and keeps no positions, so
 * the text is looked over before it parses, and a value's line is found by
 * counting: values come in the same order in the text and in the tree.
 */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "json_in.h"

struct json_file {
	char *name;
	char *text;
	size_t len;
	size_t begin;		/* of the value that was read last */
	size_t next;		/* where the next one is looked for */
	unsigned int line;	/* at begin */
	unsigned int next_line;
	cJSON *root;
};

static unsigned int lines_between(const char *from, const char *to)
{
	unsigned int n = 0;

	while (from < to && (from = memchr(from, '\n', to - from))) {
		from++;
		n++;
	}
	return n;
}

static void speak(const struct json_file *file, unsigned int line, const char *word,
		  const char *fmt, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	/* It may quote the file, and a file may want to paint the terminal. */
	if (text)
		printable(text);
	if (line)
		say("%s%s:%u: %s", word, file->name, line, text ? text : fmt);
	else
		say("%s%s: %s", word, file->name, text ? text : fmt);
	free(text);
}

static int PRINTF(3, 4) bad_at(const struct json_file *file, const char *at, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	speak(file, 1 + lines_between(file->text, at), "", fmt, args);
	va_end(args);
	return -1;
}

int json_bad(const struct json_file *file, const struct json *value, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	speak(file, value ? json_line(file, value) : 0, "", fmt, args);
	va_end(args);
	return -1;
}

void json_warn(const struct json_file *file, const struct json *value, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	speak(file, value ? json_line(file, value) : 0, "warning: ", fmt, args);
	va_end(args);
}

/* The end of the string that begins at @at, behind its quote; NULL: none. */
static const char *string_end(const char *at, const char *end)
{
	for (at++; at < end; at++) {
		if (*at == '"')
			return at + 1;
		if (*at == '\\' && at + 1 < end)
			at++;
	}
	return NULL;
}

/* What cJSON would swallow: said, where it stands. */
static int look_over(const struct json_file *file)
{
	const char *at = file->text, *end = at + file->len, *stop, *c;

	c = memchr(at, '\0', file->len);
	if (c)
		return bad_at(file, c, "a NUL byte: this is not text");

	while ((at = memchr(at, '"', end - at))) {
		stop = string_end(at, end);
		if (!stop)
			return bad_at(file, at, "a string begins here and never ends");
		for (c = at + 1; c < stop; c++) {
			if ((unsigned char)*c < ' ')
				return bad_at(file, c, "a control character in a string");
			if (*c == '\\' && !strncmp(c, "\\u0000", 6))
				return bad_at(file, c, "\\u0000 in a string");
			if (*c == '\\')
				c++;
		}
		at = stop;
	}
	return 0;
}

struct json_file *json_open(const char *path, size_t limit)
{
	struct json_file *file;
	size_t len;
	char *text = read_whole(path, limit, &len);

	if (!text)
		return NULL;
	file = xrealloc(NULL, 1, sizeof(*file));
	memset(file, 0, sizeof(*file));
	file->name = xprintf("%s", strcmp(path, "-") ? path : "standard input");
	file->text = text;
	file->len = len;
	file->next_line = 1;
	if (look_over(file)) {
		json_close(file);
		return NULL;
	}
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		file->next = 3;
	return file;
}

void json_close(struct json_file *file)
{
	if (!file)
		return;
	cJSON_Delete(file->root);
	free(file->text);
	free(file->name);
	free(file);
}

const char *json_name(const struct json_file *file)
{
	return file->name;
}

static int bad_text(const struct json_file *file, const char *at)
{
	const char *end = file->text + file->len;
	int show = 0;

	while (at < end && strchr(" \t\r\n", *at))
		at++;
	/* cJSON stops on the last byte of a text that ends too early. */
	if (at + 1 >= end)
		return bad_at(file, end, "not JSON: the text ends too early");
	while (show < 24 && at + show < end && at[show] >= ' ' && at[show] < 0x7f)
		show++;
	return bad_at(file, at, "not JSON, from here on: %.*s", show, at);
}

int json_read(struct json_file *file, const struct json **value)
{
	const char *begin, *end = file->text + file->len, *stop = NULL;

	cJSON_Delete(file->root);
	file->root = NULL;
	begin = file->text + file->next;
	while (begin < end && strchr(" \t\r\n", *begin))
		begin++;
	if (begin == end)
		return 0;

	file->line = file->next_line + lines_between(file->text + file->next, begin);
	file->begin = begin - file->text;
	file->root = cJSON_ParseWithLengthOpts(begin, end - begin, &stop, 0);
	if (!file->root)
		return bad_text(file, stop ? stop : begin);
	file->next = stop - file->text;
	file->next_line = file->line + lines_between(begin, stop);
	*value = (const struct json *)file->root;
	return 1;
}

int json_read_only(struct json_file *file, const struct json **value)
{
	const char *rest;
	int n = json_read(file, value);

	if (n < 0)
		return -1;
	if (!n)
		return json_bad(file, NULL, "there is nothing in it");
	rest = file->text + file->next;
	rest += strspn(rest, " \t\r\n");
	if (*rest)
		return bad_at(file, rest, "the JSON value is over, but the file is not");
	return 0;
}

/* How many values come before @value in the text? */
static bool count_before(const cJSON *from, const cJSON *value, unsigned int *n)
{
	for (; from; from = from->next) {
		if (from == value)
			return true;
		(*n)++;
		if (count_before(from->child, value, n))
			return true;
	}
	return false;
}

unsigned int json_line(const struct json_file *file, const struct json *value)
{
	const char *at = file->text + file->begin, *end = file->text + file->len, *stop, *next;
	unsigned int n = 0;

	count_before(file->root, (const cJSON *)value, &n);
	while (at < end) {
		if (strchr(" \t\r\n,:]}", *at)) {
			at++;
			continue;
		}
		/* What stands here is a value, or the key before one. */
		if (!n)
			break;
		if (*at == '"') {
			stop = string_end(at, end);
			next = stop ? stop : end;
			while (next < end && strchr(" \t\r\n", *next))
				next++;
			if (next < end && *next == ':') {
				at = next + 1;
				while (at < end && strchr(" \t\r\n", *at))
					at++;
				if (at < end && *at == '"')
					at = string_end(at, end);
				else if (at < end && (*at == '{' || *at == '['))
					at++;
				else
					at += strcspn(at, " \t\r\n,]}");
			} else {
				at = stop;
			}
		} else if (*at == '{' || *at == '[') {
			at++;
		} else {
			at += strcspn(at, " \t\r\n,]}");
		}
		n--;
	}
	return file->line + lines_between(file->text + file->begin, at);
}

enum json_kind json_kind(const struct json *value)
{
	const cJSON *v = (const cJSON *)value;

	if (cJSON_IsObject(v))
		return JSON_OBJECT;
	if (cJSON_IsArray(v))
		return JSON_ARRAY;
	if (cJSON_IsString(v))
		return JSON_STRING;
	if (cJSON_IsNumber(v))
		return JSON_NUMBER;
	if (cJSON_IsBool(v))
		return JSON_BOOL;
	return JSON_NULL;
}

const char *json_string(const struct json *value)
{
	return cJSON_GetStringValue((const cJSON *)value);
}

const char *json_key(const struct json *value)
{
	const cJSON *v = (const cJSON *)value;

	return v->string ? v->string : "";
}

const struct json *json_first(const struct json *value)
{
	return (const struct json *)((const cJSON *)value)->child;
}

const struct json *json_next(const struct json *value)
{
	return (const struct json *)((const cJSON *)value)->next;
}

const struct json *json_get(const struct json *object, const char *key)
{
	return (const struct json *)cJSON_GetObjectItemCaseSensitive((const cJSON *)object, key);
}

int json_check_keys(const struct json_file *file, const struct json *object, const char *what,
		    const char *const *keys)
{
	const struct json *v, *w;
	unsigned int i;

	if (json_kind(object) != JSON_OBJECT)
		return json_bad(file, object, "%s must be an object", what);
	for (v = json_first(object); v; v = json_next(v)) {
		for (i = 0; keys[i] && strcmp(keys[i], json_key(v)); i++)
			;
		if (!keys[i])
			return json_bad(file, v, "unknown key \"%s\" in %s", json_key(v), what);
		for (w = json_first(object); w != v; w = json_next(w))
			if (!strcmp(json_key(w), json_key(v)))
				return json_bad(file, v, "key \"%s\" stands twice in %s",
						json_key(v), what);
	}
	return 0;
}

static const char *const kind_names[] = {
	[JSON_NULL] = "null",
	[JSON_BOOL] = "true or false",
	[JSON_NUMBER] = "a number",
	[JSON_STRING] = "a string",
	[JSON_ARRAY] = "an array",
	[JSON_OBJECT] = "an object",
};

int json_want(const struct json_file *file, const struct json *value, enum json_kind kind)
{
	const char *key = json_key(value);

	if (json_kind(value) == kind)
		return 0;
	if (!*key)
		return json_bad(file, value, "%s is wanted here, not %s", kind_names[kind],
				kind_names[json_kind(value)]);
	return json_bad(file, value, "\"%s\" must be %s, not %s", key, kind_names[kind],
			kind_names[json_kind(value)]);
}

int json_hex(const struct json_file *file, const struct json *value, uint64_t max, uint64_t *out)
{
	const char *text, *digits;
	uint64_t n = 0;
	size_t len;

	if (json_want(file, value, JSON_STRING))
		return -1;
	text = json_string(value);
	if (text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
		return json_bad(file, value, "\"%s\": \"%.24s\" is not a hex number such as \"0x1f\"",
				json_key(value), text);
	digits = text + 2;
	len = strspn(digits, "0123456789abcdefABCDEF");
	if (!len || digits[len])
		return json_bad(file, value, "\"%s\": \"%.24s\" is not a hex number such as \"0x1f\"",
				json_key(value), text);
	while (len > 1 && *digits == '0') {
		digits++;
		len--;
	}
	if (len <= 16)
		n = strtoull(digits, NULL, 16);
	if (len > 16 || n > max)
		return json_bad(file, value, "\"%s\": %.24s has bits beyond bit %d",
				json_key(value), text, max > UINT32_MAX ? 63 : 31);
	*out = n;
	return 0;
}

int json_uint(const struct json_file *file, const struct json *value, uint64_t max, uint64_t *out)
{
	double n;

	if (json_want(file, value, JSON_NUMBER))
		return -1;
	n = cJSON_GetNumberValue((const cJSON *)value);
	if (!(n >= 0 && n <= (double)max) || n != (double)(uint64_t)n)
		return json_bad(file, value, "\"%s\" must be a whole number up to %llu",
				json_key(value), (unsigned long long)max);
	*out = n;
	return 0;
}

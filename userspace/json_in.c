// SPDX-License-Identifier: GPL-2.0
/*
 * Reading JSON with yyjson.
 *
 * yyjson keeps neither positions nor parents.  A value's line is found by
 * counting: values and keys come in the same order in the text and in yyjson's
 * array, and beside that array stands one of ours with keys and neighbours.
 * The text itself stays as it was read, for the complaints.
 */
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "json_in.h"

struct json {
	yyjson_val *val;
	const struct json *next;
	const char *key;	/* NULL: not a member of an object */
};

struct json_file {
	char *name;
	char *text;
	size_t len;
	unsigned int first_line;
	size_t begin;		/* of the value that was read last */
	size_t next;		/* where the next one is looked for */
	unsigned int line;	/* at begin */
	unsigned int next_line;
	yyjson_doc *doc;
	struct json *node;	/* one for each of yyjson's values; those of keys are unused */
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

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
	speak(file, file->first_line + lines_between(file->text, at), "", fmt, args);
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

/*
 * Where the value at @at is over, as far as brackets tell: yyjson gets no more
 * than one value, since it prepares for all that it gets.  *@cut: it goes on at @end.
 */
static const char *value_end(const char *at, const char *end, bool *cut)
{
	unsigned int depth = 0;

	*cut = false;
	while (at < end) {
		switch (*at) {
		case '"':
			at = string_end(at, end);
			if (!at)
				return end;
			break;
		case '{':
		case '[':
			depth++;
			at++;
			break;
		case '}':
		case ']':
			at++;
			depth -= depth > 0;
			break;
		default:
			at++;
			/* A bare word or number goes on to the next delimiter. */
			if (!depth)
				while (at < end && !is_space(*at) && !strchr("{}[]\",:", *at))
					at++;
		}
		if (!depth)
			return at;
	}
	*cut = depth > 0;
	return end;
}

bool json_line_is_cut(const char *text, size_t len)
{
	const char *end = text + len;
	bool cut = false;

	while (text < end && !cut)
		text = value_end(text, end, &cut);
	return cut;
}

bool json_goes_on(const char *text, size_t line, size_t len)
{
	const char *at = text, *end = text + len, *next = text + line, *stop;
	yyjson_read_err err;
	yyjson_doc *doc;
	bool cut;

	while (next < end && is_space(*next))
		next++;
	for (;; at = stop) {
		while (at < end && is_space(*at))
			at++;
		if (at >= text + line)
			return true;
		stop = value_end(at, end, &cut);
		doc = yyjson_read_opts((char *)at, stop - at, YYJSON_READ_NOFLAG, NULL, &err);
		if (!doc)
			break;
		yyjson_doc_free(doc);
	}
	/* A line that was cut off is followed by one that begins anew. */
	return err.code == YYJSON_READ_ERROR_UNEXPECTED_END || at + err.pos > next;
}

/* What makes a string of [@at, @end) bad: said, where it stands; 0: nothing. */
static int bad_string(const struct json_file *file, const char *at, const char *end)
{
	const char *stop, *c;

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

struct json_file *json_open_text(const char *name, char *text, size_t len, unsigned int line)
{
	struct json_file *file = xrealloc(NULL, 1, sizeof(*file));
	const char *nul = memchr(text, '\0', len);

	*file = (struct json_file){
		.text = text, .len = len, .first_line = line, .next_line = line,
	};
	file->name = xprintf("%s", strcmp(name, "-") ? name : "standard input");
	if (nul) {
		bad_at(file, nul, "a NUL byte: this is not text");
		json_close(file);
		return NULL;
	}
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		file->next = 3;
	return file;
}

struct json_file *json_open(const char *path, size_t limit)
{
	size_t len;
	char *text = read_whole(path, limit, &len);

	return text ? json_open_text(path, text, len, 1) : NULL;
}

static void forget(struct json_file *file)
{
	yyjson_doc_free(file->doc);
	free(file->node);
	file->doc = NULL;
	file->node = NULL;
}

void json_close(struct json_file *file)
{
	if (!file)
		return;
	forget(file);
	free(file->text);
	free(file->name);
	free(file);
}

const char *json_name(const struct json_file *file)
{
	return file->name;
}

static int bad_text(const struct json_file *file, const char *begin, const char *end,
		    const yyjson_read_err *err)
{
	const char *at = begin + err->pos;
	int show = 0;

	if (bad_string(file, begin, end))
		return -1;
	while (at < end && is_space(*at))
		at++;
	if (err->code == YYJSON_READ_ERROR_UNEXPECTED_END || at >= end)
		return bad_at(file, end, "not JSON: the text ends too early");
	if (err->code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
		return bad_at(file, begin, "out of memory");
	if (err->code == YYJSON_READ_ERROR_INVALID_STRING)
		return bad_at(file, at, "not JSON: %s", err->msg);
	while (show < 24 && at + show < end && at[show] >= ' ' && at[show] < 0x7f)
		show++;
	return bad_at(file, at, "not JSON, from here on: %.*s", show, at);
}

/* Neighbours and keys, which yyjson's array of values doesn't tell from inside. */
static void link_up(struct json_file *file)
{
	yyjson_val *root = yyjson_doc_get_root(file->doc), *val, *child;
	size_t nr = yyjson_doc_get_val_count(file->doc), i, n;
	struct json *node, *before;

	file->node = xrealloc(NULL, nr, sizeof(*node));
	file->node[0] = (struct json){ .val = root };
	for (i = 0; i < nr; i++) {
		val = root + i;
		if (!yyjson_is_ctn(val))
			continue;
		before = NULL;
		child = val + 1;
		for (n = unsafe_yyjson_get_len(val); n; n--) {
			const char *key = NULL;

			if (yyjson_is_obj(val))
				key = yyjson_get_str(child++);
			node = &file->node[child - root];
			*node = (struct json){ .val = child, .key = key };
			if (before)
				before->next = node;
			before = node;
			child = unsafe_yyjson_get_next(child);
		}
	}
}

int json_read(struct json_file *file, const struct json **value)
{
	const char *begin, *stop, *end = file->text + file->len;
	yyjson_read_err err;
	bool cut;

	forget(file);
	begin = file->text + file->next;
	while (begin < end && is_space(*begin))
		begin++;
	if (begin == end)
		return 0;

	file->line = file->next_line + lines_between(file->text + file->next, begin);
	file->begin = begin - file->text;
	stop = value_end(begin, end, &cut);
	/* Not in place: the cast is only the prototype's wish. */
	file->doc = yyjson_read_opts((char *)begin, stop - begin, YYJSON_READ_NOFLAG, NULL, &err);
	if (!file->doc)
		return bad_text(file, begin, stop, &err);
	if (memmem(begin, stop - begin, "\\u0000", 6) && bad_string(file, begin, stop))
		return -1;
	link_up(file);
	file->next = stop - file->text;
	file->next_line = file->line + lines_between(begin, stop);
	*value = file->node;
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

unsigned int json_line(const struct json_file *file, const struct json *value)
{
	const char *at = file->text + file->begin, *end = file->text + file->next;
	size_t n = value - file->node;

	/* A member begins with its key. */
	if (value->key)
		n--;
	while (at < end) {
		if (is_space(*at) || strchr(",:]}", *at)) {
			at++;
			continue;
		}
		/* What stands here is a value or a key. */
		if (!n--)
			break;
		if (*at == '"')
			at = string_end(at, end);
		else if (*at == '{' || *at == '[')
			at++;
		else
			at += strcspn(at, " \t\r\n,]}");
	}
	return file->line + lines_between(file->text + file->begin, at);
}

enum json_kind json_kind(const struct json *value)
{
	switch (yyjson_get_type(value->val)) {
	case YYJSON_TYPE_OBJ:
		return JSON_OBJECT;
	case YYJSON_TYPE_ARR:
		return JSON_ARRAY;
	case YYJSON_TYPE_STR:
		return JSON_STRING;
	case YYJSON_TYPE_NUM:
		return JSON_NUMBER;
	case YYJSON_TYPE_BOOL:
		return JSON_BOOL;
	default:
		return JSON_NULL;
	}
}

const char *json_string(const struct json *value)
{
	return yyjson_get_str(value->val);
}

bool json_true(const struct json *value)
{
	return yyjson_is_true(value->val);
}

double json_number(const struct json *value)
{
	return yyjson_get_num(value->val);
}

const char *json_key(const struct json *value)
{
	return value->key ? value->key : "";
}

const struct json *json_first(const struct json *value)
{
	if (!yyjson_is_ctn(value->val) || !unsafe_yyjson_get_len(value->val))
		return NULL;
	return value + (yyjson_is_obj(value->val) ? 2 : 1);
}

const struct json *json_next(const struct json *value)
{
	return value->next;
}

const struct json *json_get(const struct json *object, const char *key)
{
	const struct json *v;

	if (!yyjson_is_obj(object->val))
		return NULL;
	for (v = json_first(object); v; v = v->next)
		if (!strcmp(v->key, key))
			return v;
	return NULL;
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
	if (yyjson_is_uint(value->val) && yyjson_get_uint(value->val) <= max) {
		*out = yyjson_get_uint(value->val);
		return 0;
	}
	/* 2.0 and 2e0 are whole, too; 2^64 itself is out of a double's reach here. */
	n = yyjson_get_num(value->val);
	if (yyjson_is_uint(value->val) || !(n >= 0 && n <= (double)max) || n >= 0x1p64 ||
	    n != (double)(uint64_t)n)
		return json_bad(file, value, "\"%s\" must be a whole number up to %llu",
				json_key(value), (unsigned long long)max);
	*out = n;
	return 0;
}

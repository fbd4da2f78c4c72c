// SPDX-License-Identifier: GPL-2.0
#include <yyjson.h>

#include "host_line.h"

/* A host has some 10 KB; above this nothing needs to be quick. */
#define LINE_MAX_QUICK (256u << 10)

/* "0x1f" with up to @digits digits. */
static bool hex(yyjson_val *v, unsigned int digits, u64 *out)
{
	const char *text = unsafe_yyjson_get_str(v), *end;
	size_t len = unsafe_yyjson_get_len(v);
	u32 high, low;
	u64 n = 0;

	if (!yyjson_is_str(v) || len < 3 || text[0] != '0' || text[1] != 'x')
		return false;
	if (len == 10) {
		if (!hex_eight(text + 2, &low))
			return false;
		*out = low;
		return true;
	}
	if (len == 18 && digits == 16) {
		if (!hex_eight(text + 2, &high) || !hex_eight(text + 10, &low))
			return false;
		*out = (u64)high << 32 | low;
		return true;
	}
	if (len > 2 + digits)
		return false;
	for (end = text + len, text += 2; text < end; text++) {
		unsigned int c = *text | 0x20;

		if (*text >= '0' && *text <= '9')
			n = n << 4 | (*text - '0');
		else if (c >= 'a' && c <= 'f')
			n = n << 4 | (c - 'a' + 10);
		else
			return false;
	}
	*out = n;
	return true;
}

static bool is(yyjson_val *v, const char *text, size_t len)
{
	return unsafe_yyjson_get_len(v) == len && !memcmp(unsafe_yyjson_get_str(v), text, len);
}

/* "leaf", "subleaf", then the registers: in the order of levelctl's own files. */
static bool is_leaf_key(yyjson_val *key, unsigned int i)
{
	const char *text = unsafe_yyjson_get_str(key);

	if (i == 0)
		return is(key, "leaf", 4);
	if (i == 1)
		return is(key, "subleaf", 7);
	return unsafe_yyjson_get_len(key) == 3 && text[0] == 'e' && text[1] == 'a' + (char)i - 2 &&
	       text[2] == 'x';
}

static bool is_msr_key(yyjson_val *key, unsigned int i)
{
	return i ? is(key, "value", 5) : is(key, "index", 5);
}

/* The members of a row, in any order, all of them strings of hex; NULL: not so. */
static yyjson_val *row_members(yyjson_val *row, bool (*is_key)(yyjson_val *key, unsigned int i),
			       unsigned int nr, unsigned int digits, u64 *member)
{
	yyjson_val *key = row + 1;
	unsigned int i, k, seen = 0;

	if (!yyjson_is_obj(row) || unsafe_yyjson_get_len(row) != nr)
		return NULL;
	for (i = 0; i < nr; i++, key += 2) {
		for (k = i; !is_key(key, k); ) {
			k = (k + 1) % nr;
			if (k == i)
				return NULL;
		}
		if (seen >> k & 1 || !hex(key + 1, digits, &member[k]))
			return NULL;
		seen |= 1u << k;
	}
	return key;
}

static u64 key_of(const struct kl_leaf *l)
{
	return (u64)l->leaf << 32 | l->subleaf;
}

/* In order and none twice, as dumps are. */
static bool read_rows(yyjson_val *rows, struct words *w)
{
	size_t nr = unsafe_yyjson_get_len(rows), i;
	yyjson_val *row = rows + 1;
	u64 m[6] = { 0 };

	if (!yyjson_is_arr(rows) || nr > WORDS_MAX_LEAVES)
		return false;
	w->leaf = xrealloc(NULL, words_room(nr), sizeof(*w->leaf));
	for (i = 0; i < nr; i++) {
		row = row_members(row, is_leaf_key, 6, 8, m);
		if (!row)
			return false;
		w->leaf[i] = (struct kl_leaf){ m[0], m[1], { m[2], m[3], m[4], m[5] } };
		w->nr_leaves++;
		if (i && key_of(&w->leaf[i - 1]) >= key_of(&w->leaf[i]))
			return false;
	}
	return true;
}

static bool read_leaves(yyjson_val *rows, struct words *w)
{
	/* Read as text already: what stands here is "[]". */
	if (w->nr_leaves)
		return yyjson_is_arr(rows) && !unsafe_yyjson_get_len(rows);
	return read_rows(rows, w);
}

static bool read_msrs(yyjson_val *rows, struct words *w)
{
	size_t nr = unsafe_yyjson_get_len(rows), i;
	yyjson_val *row = rows + 1;
	u64 m[2] = { 0 };

	if (!yyjson_is_arr(rows) || nr > WORDS_MAX_MSRS)
		return false;
	/* As with leaves: read as text already. */
	if (w->nr_msrs)
		return !nr;
	w->msr = xrealloc(NULL, words_room(nr), sizeof(*w->msr));
	for (i = 0; i < nr; i++) {
		row = row_members(row, is_msr_key, 2, 16, m);
		if (!row || m[0] > UINT32_MAX || (i && w->msr[i - 1].index >= m[0]))
			return false;
		w->msr[i] = (struct kl_msr){ m[0], m[1] };
		w->nr_msrs++;
	}
	return true;
}

static bool text_of(yyjson_val *v, char **out)
{
	const char *text = yyjson_get_str(v);
	size_t len = yyjson_get_len(v);

	if (!text || len > 255 || memchr(text, '\0', len))
		return false;
	*out = xrealloc(NULL, len + 1, 1);
	memcpy(*out, text, len + 1);
	printable(*out);
	return true;
}

static bool number_of(yyjson_val *v, u32 *out)
{
	if (!yyjson_is_uint(v) || yyjson_get_uint(v) > UINT32_MAX)
		return false;
	*out = yyjson_get_uint(v);
	return true;
}

static bool vendor_of(yyjson_val *v, struct host *h)
{
	if (!yyjson_is_str(v) || yyjson_get_len(v) != 12 || memchr(yyjson_get_str(v), '\0', 12))
		return false;
	memcpy(h->vendor, yyjson_get_str(v), 13);
	printable(h->vendor);
	return true;
}

static bool source_of(yyjson_val *v, struct host *h)
{
	h->raw = yyjson_equals_str(v, "raw");
	return h->raw || yyjson_equals_str(v, "kvm");
}

/* The keys of a dump; see host.c. */
enum key { SCHEMA, NAME, VENDOR, FAMILY, MODEL, STEPPING, SOURCE, KERNEL, MICROCODE, CPUID, MSR,
	   RAW, NR_KEYS };

static const char *const key_names[NR_KEYS] = {
	"schema", "name", "vendor", "family", "model", "stepping", "source", "kernel",
	"microcode", "cpuid", "msr", "raw",
};

static bool member(enum key key, yyjson_val *v, struct host *h)
{
	switch (key) {
	case SCHEMA:
		return yyjson_equals_str(v, HOST_SCHEMA);
	case NAME:
		/* An empty one is as good as none, which is not ours to read. */
		return text_of(v, &h->name) && *h->name;
	case VENDOR:
		return vendor_of(v, h);
	case FAMILY:
		return number_of(v, &h->family);
	case MODEL:
		return number_of(v, &h->model);
	case STEPPING:
		return number_of(v, &h->stepping);
	case SOURCE:
		return source_of(v, h);
	case KERNEL:
		return text_of(v, &h->kernel);
	case MICROCODE:
		return text_of(v, &h->microcode);
	case CPUID:
		return read_leaves(v, &h->words);
	case MSR:
		return read_msrs(v, &h->words);
	case RAW:
		return read_leaves(v, &h->processor);
	default:
		return false;
	}
}

static bool read_root(yyjson_val *root, const char *file, struct host *h)
{
	unsigned int seen = 0, k;
	char vendor[13];
	yyjson_obj_iter members;
	yyjson_val *key;

	if (!yyjson_is_obj(root))
		return false;
	h->raw = true;
	members = yyjson_obj_iter_with(root);
	while ((key = yyjson_obj_iter_next(&members))) {
		for (k = 0; k < NR_KEYS && !yyjson_equals_str(key, key_names[k]); k++)
			;
		if (k == NR_KEYS || seen >> k & 1 ||
		    !member(k, yyjson_obj_iter_get_val(key), h))
			return false;
		seen |= 1u << k;
	}
	/* Rows that were read are those of a key that is there. */
	if (!(seen >> NAME & 1) || !(seen >> CPUID & 1) ||
	    (h->processor.nr_leaves && !(seen >> RAW & 1)) ||
	    (h->words.nr_msrs && !(seen >> MSR & 1)) || !host_vendor_fits(h, vendor))
		return false;
	h->file = xprintf("%s", file);
	return true;
}

static unsigned int quotes(const char *at, const char *end)
{
	unsigned int n = 0;

	while (at < end && (at = memchr(at, '"', end - at))) {
		at++;
		n++;
	}
	return n;
}

/* The array of @key: the bracket behind it. */
static const char *rows_of(const char *text, const char *end, const char *key)
{
	size_t len = strlen(key);
	const char *at, *back;

	for (at = text; (at = memchr(at, '[', end - at)); at++) {
		for (back = at; back > text && (back[-1] == ' ' || back[-1] == ':'); back--)
			;
		if ((size_t)(back - text) >= len && !memcmp(back - len, key, len))
			return at;
	}
	return NULL;
}

/*
 * Copy @text to *@to, up to and with the rows of @key as "[]", and read these.
 * Returns the text behind them; @text: there are none, or not as text.
 *
 * What the parser gets is JSON with an array in place of another, if that place is
 * between tokens: an even number of quotes, and no backslash that could hide one,
 * stand before it.  Whether it is the place of a member that may have rows is then
 * the parser's to say: it must find that member, and its array empty.
 */
typedef const char *read_fn(struct row_reader *r, const char *text, const char *end, u64 salt,
			    struct words *w);

static const char *take_rows(struct line_reader *r, const char *text, const char *end,
			     const char *key, read_fn *read, u64 salt, struct words *w, char **to)
{
	const char *at = rows_of(text, end, key), *rows;

	if (!at || memchr(text, '\\', at - text) || quotes(text, at) % 2)
		return text;
	rows = read(&r->rows, at, end, salt, w);
	if (!rows)
		return text;
	memcpy(*to, text, at - text);
	*to += at - text;
	memcpy(*to, "[]", 2);
	*to += 2;
	return rows;
}

static bool read_line(struct line_reader *r, const char *text, size_t len, const char *file,
		      struct host *h)
{
	size_t need = yyjson_read_max_memory_usage(len, YYJSON_READ_NOFLAG);
	yyjson_alc alc;
	yyjson_doc *doc;
	bool good;

	if (need > r->size) {
		free(r->pool);
		r->size = 2 * need;
		r->pool = xrealloc(NULL, r->size, 1);
	}
	yyjson_alc_pool_init(&alc, r->pool, r->size);
	/* Not in place, whatever the prototype says: the text is wanted if this fails. */
	doc = yyjson_read_opts((char *)text, len, YYJSON_READ_NOFLAG, &alc, NULL);
	if (!doc)
		return false;
	good = read_root(yyjson_doc_get_root(doc), file, h);
	yyjson_doc_free(doc);
	return good;
}

bool host_line(struct line_reader *r, const char *text, size_t len, const char *file,
	       struct host *h)
{
	const char *at = text, *end = text + len;
	char *to;

	*h = (struct host){ 0 };
	if (len > LINE_MAX_QUICK)
		return false;
	if (len > r->rest_size) {
		r->rest_size = 2 * len;
		r->rest = xrealloc(r->rest, r->rest_size, 1);
	}
	to = r->rest;
	at = take_rows(r, at, end, "\"cpuid\"", leaves_read, 0, &h->words, &to);
	if (at != text) {
		at = take_rows(r, at, end, "\"msr\"", msrs_read, 2, &h->words, &to);
		at = take_rows(r, at, end, "\"raw\"", leaves_read, 1, &h->processor, &to);
	}
	memcpy(to, at, end - at);
	to += end - at;
	if (read_line(r, r->rest, to - r->rest, file, h))
		return true;
	host_free(h);
	return false;
}

void line_reader_free(struct line_reader *r)
{
	free(r->pool);
	free(r->rest);
	row_reader_free(&r->rows);
	*r = (struct line_reader){ 0 };
}

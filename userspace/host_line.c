// SPDX-License-Identifier: GPL-2.0
#include <yyjson.h>

#include "host_line.h"

/* A host has some 10 KB; above this nothing needs to be quick. */
#define LINE_MAX_QUICK (256u << 10)

#define EVERY_BYTE(b) (0x0101010101010101ull * (b))

/* Eight hex digits at once: each step looks at all bytes of a 64-bit word. */
static bool hex_eight(const char *text, u32 *out)
{
	u64 c, digit, lower, letter, n;

	memcpy(&c, text, sizeof(c));
	if (c & EVERY_BYTE(0x80))
		return false;
	/* Bit 7 of a byte below says yes.  No sum carries into the next byte. */
	digit = ~((c ^ EVERY_BYTE('0')) + EVERY_BYTE(0x80 - 10));
	lower = c | EVERY_BYTE(0x20);
	letter = (lower + EVERY_BYTE(0x80 - 'a')) & ~(lower + EVERY_BYTE(0x80 - 'g'));
	if (((digit | letter) & EVERY_BYTE(0x80)) != EVERY_BYTE(0x80))
		return false;
	letter = letter >> 7 & EVERY_BYTE(1);
	n = (c & EVERY_BYTE(0xf)) + 9 * letter;
	/* The first digit is the lowest byte and the highest nibble. */
	n = (n << 4 | n >> 8) & 0x00ff00ff00ff00ffull;
	n = (n << 8 | n >> 16) & 0x0000ffff0000ffffull;
	*out = n << 16 | n >> 32;
	return true;
}

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

static unsigned int room_for(unsigned int nr)
{
	unsigned int room = 1;

	/* words_add_leaf() takes the next power of two for granted. */
	while (room < nr)
		room *= 2;
	return room;
}

static u64 key_of(const struct kl_leaf *l)
{
	return (u64)l->leaf << 32 | l->subleaf;
}

/* In order and none twice, as dumps are. */
static bool read_leaves(yyjson_val *rows, struct words *w)
{
	size_t nr = unsafe_yyjson_get_len(rows), i;
	yyjson_val *row = rows + 1;
	u64 m[6] = { 0 };

	if (!yyjson_is_arr(rows) || nr > WORDS_MAX_LEAVES)
		return false;
	w->leaf = xrealloc(NULL, room_for(nr), sizeof(*w->leaf));
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

static bool read_msrs(yyjson_val *rows, struct words *w)
{
	size_t nr = unsafe_yyjson_get_len(rows), i;
	yyjson_val *row = rows + 1;
	u64 m[2] = { 0 };

	if (!yyjson_is_arr(rows) || nr > WORDS_MAX_MSRS)
		return false;
	w->msr = xrealloc(NULL, room_for(nr), sizeof(*w->msr));
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
		return text_of(v, &h->name);
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
	if (!(seen >> NAME & 1) || !(seen >> CPUID & 1))
		return false;
	h->file = xprintf("%s", file);
	return true;
}

bool host_line(struct line_reader *r, const char *text, size_t len, const char *file,
	       struct host *h)
{
	size_t need = yyjson_read_max_memory_usage(len, YYJSON_READ_NOFLAG);
	yyjson_alc alc;
	yyjson_doc *doc;
	bool good;

	*h = (struct host){ 0 };
	if (len > LINE_MAX_QUICK)
		return false;
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
	if (!good)
		host_free(h);
	return good;
}

void line_reader_free(struct line_reader *r)
{
	free(r->pool);
	*r = (struct line_reader){ 0 };
}

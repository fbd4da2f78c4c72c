// SPDX-License-Identifier: GPL-2.0
#include "roster.h"
#include "spool.h"

/* What may stay in memory, in bytes. KL_TIGHT is a test's: next to nothing. */
#ifdef KL_TIGHT
#define KINDS_LIMIT	4000u
#define LOOSE_LIMIT	8000u
#define NAMES_LIMIT	0u
#define ANSWERS_LIMIT	64u
#else
#define KINDS_LIMIT	(14u << 20)	/* kinds that hosts are compared with */
#define LOOSE_LIMIT	(2u << 20)	/* kinds beyond: one for each host, not compared */
#define NAMES_LIMIT	(10u << 20)
#define ANSWERS_LIMIT	(8u << 20)	/* who has which bit that was asked for */
#endif

#define CHUNK		(256u << 10)
#define NAME_AT		(sizeof(u64) + 2)	/* in a record of names */

struct kind {
	const struct filled *filled;
	u32 hash;
	u32 hosts;
	u16 nr;
};

struct roster {
	const struct slot *slot;
	unsigned int nr_slots;
	u32 any[SLOTS_MAX];

	struct kind *kind;
	unsigned int nr_kinds;
	u32 *table;		/* by hash: index of a kind + 1 */
	unsigned int table_size;	/* a power of two, more than half of it free */
	char **chunk;		/* where the kinds' words lie */
	unsigned int nr_chunks;
	size_t chunk_used;
	size_t bytes;

	struct spool *loose;
	u64 nr_loose;
	struct spool *names;	/* kind (64 bits), comma, space, name as in JSON */
	u64 nr_names, names_size;

	struct asked *asked;
	unsigned int nr_asked;
	u16 first[SLOTS_MAX];	/* what is asked of a slot: asked[first] ... */
	u16 count[SLOTS_MAX];
	/* A row for each kind with bits [from, to) of what was asked. */
	u8 *answers;
	unsigned int from, to, row;
};

struct roster *roster_new(void)
{
	struct roster *r = xrealloc(NULL, 1, sizeof(*r));

	memset(r, 0, sizeof(*r));
	r->slot = slots(&r->nr_slots);
	r->loose = spool_new(LOOSE_LIMIT);
	r->names = spool_new(NAMES_LIMIT);
	return r;
}

void roster_free(struct roster *r)
{
	if (!r)
		return;
	while (r->nr_chunks)
		free(r->chunk[--r->nr_chunks]);
	free(r->chunk);
	free(r->kind);
	free(r->table);
	free(r->answers);
	spool_free(r->loose);
	spool_free(r->names);
	free(r);
}

static u32 hash_of(const struct filled *f, unsigned int nr)
{
	u64 h = nr;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		h = (h ^ f[i].slot) * 0x9e3779b97f4a7c15ull;
		h = (h ^ filled_value(&f[i])) * 0x9e3779b97f4a7c15ull;
		h ^= h >> 29;
	}
	return h ^ h >> 32;
}

static void index_kind(struct roster *r, unsigned int i)
{
	unsigned int at = r->kind[i].hash & (r->table_size - 1);

	while (r->table[at])
		at = (at + 1) & (r->table_size - 1);
	r->table[at] = i + 1;
}

static void grow_table(struct roster *r)
{
	unsigned int i;

	r->table_size = r->table_size ? 2 * r->table_size : 1024;
	free(r->table);
	r->table = xrealloc(NULL, r->table_size, sizeof(*r->table));
	memset(r->table, 0, r->table_size * sizeof(*r->table));
	for (i = 0; i < r->nr_kinds; i++)
		index_kind(r, i);
}

static struct kind *find_kind(const struct roster *r, const struct filled *f, unsigned int nr,
			      u32 hash)
{
	unsigned int at = hash & (r->table_size - 1);

	for (; r->table_size && r->table[at]; at = (at + 1) & (r->table_size - 1)) {
		struct kind *k = &r->kind[r->table[at] - 1];

		if (k->hash == hash && k->nr == nr && !memcmp(k->filled, f, nr * sizeof(*f)))
			return k;
	}
	return NULL;
}

static struct filled *keep_words(struct roster *r, const struct filled *f, unsigned int nr)
{
	size_t len = nr * sizeof(*f);
	struct filled *to;

	if (!r->nr_chunks || r->chunk_used + len > CHUNK) {
		r->chunk = xrealloc(r->chunk, r->nr_chunks + 1, sizeof(*r->chunk));
		r->chunk[r->nr_chunks++] = xrealloc(NULL, CHUNK, 1);
		r->chunk_used = 0;
	}
	to = (struct filled *)(r->chunk[r->nr_chunks - 1] + r->chunk_used);
	memcpy(to, f, len);
	r->chunk_used += len;
	return to;
}

static void add_kind(struct roster *r, const struct filled *f, unsigned int nr, u32 hash)
{
	unsigned int i;

	if (2 * (r->nr_kinds + 1) > r->table_size)
		grow_table(r);
	if (!(r->nr_kinds & (r->nr_kinds - 1)))
		r->kind = xrealloc(r->kind, r->nr_kinds ? 2 * r->nr_kinds : 1, sizeof(*r->kind));
	r->kind[r->nr_kinds] = (struct kind){ .filled = keep_words(r, f, nr), .hash = hash,
					      .hosts = 1, .nr = nr };
	index_kind(r, r->nr_kinds++);
	/* The arrays double: what they take may be twice what is in use. */
	r->bytes += nr * sizeof(*f) + 2 * sizeof(*r->kind) + 4 * sizeof(*r->table);
	for (i = 0; i < nr; i++)
		r->any[f[i].slot] |= filled_value(&f[i]);
}

static int add_loose(struct roster *r, const struct filled *f, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		r->any[f[i].slot] |= filled_value(&f[i]);
	r->nr_loose++;
	return spool_add(r->loose, f, nr * sizeof(*f));
}

int roster_add(struct roster *r, const struct filled *f, unsigned int nr, const char *name)
{
	u32 hash = hash_of(f, nr);
	struct kind *k = find_kind(r, f, nr, hash);
	char record[SPOOL_RECORD_MAX];
	int seen = 1;
	size_t len;
	u64 kind;

	if (k) {
		seen = ++k->hosts > 2 ? 3 : 2;
		kind = k - r->kind;
	} else if (r->bytes < KINDS_LIMIT && !r->nr_loose) {
		kind = r->nr_kinds;
		add_kind(r, f, nr, hash);
	} else {
		kind = r->nr_kinds + r->nr_loose;
		seen = 0;
		if (add_loose(r, f, nr))
			return -1;
	}
	memcpy(record, &kind, sizeof(kind));
	memcpy(record + NAME_AT - 2, ", ", 2);
	len = json_quote(record + NAME_AT, sizeof(record) - NAME_AT, name);
	r->nr_names++;
	r->names_size += len;
	return spool_add(r->names, record, NAME_AT + len) ? -1 : seen;
}

u64 roster_name_size(const struct roster *r)
{
	return r->nr_names ? r->names_size / r->nr_names : 0;
}

u32 roster_any(const struct roster *r, unsigned int slot)
{
	return r->any[slot];
}

/* The answers of one kind: into the row, and @hosts more where it has the bit. */
static void answer(struct roster *r, u64 kind, const struct filled *f, unsigned int nr, u64 hosts)
{
	u8 *row = r->answers + kind * r->row;
	unsigned int i, a;

	for (i = 0; i < nr; i++) {
		u32 value = filled_value(&f[i]);
		unsigned int first = r->first[f[i].slot], end = first + r->count[f[i].slot];

		for (a = max(first, r->from); a < end && a < r->to; a++) {
			if (!(value >> r->asked[a].bit & 1))
				continue;
			row[(a - r->from) / 8] |= 1u << ((a - r->from) % 8);
			r->asked[a].has += hosts;
		}
	}
}

/* The rows for a window of what was asked, so that bit @i is in it. */
static int answer_from(struct roster *r, unsigned int i, bool count)
{
	u64 kinds = r->nr_kinds + r->nr_loose, k;
	const void *record;
	size_t len;
	int n;

	r->row = min(ANSWERS_LIMIT / (kinds + 1), (r->nr_asked + 7) / 8);
	r->row = max(r->row, 1);
	r->from = i;
	r->to = min(i + 8 * r->row, r->nr_asked);
	free(r->answers);
	r->answers = calloc(kinds, r->row);
	if (!r->answers) {
		say("out of memory");
		exit(REFUSED);
	}
	for (k = 0; k < r->nr_kinds; k++)
		answer(r, k, r->kind[k].filled, r->kind[k].nr, count ? r->kind[k].hosts : 0);
	spool_rewind(r->loose);
	while ((n = spool_next(r->loose, &record, &len)) > 0)
		answer(r, k++, record, len / sizeof(struct filled), count);
	return n;
}

int roster_ask(struct roster *r, struct asked *asked, unsigned int nr)
{
	unsigned int i;

	r->asked = asked;
	r->nr_asked = nr;
	memset(r->first, 0, sizeof(r->first));
	memset(r->count, 0, sizeof(r->count));
	for (i = nr; i--; ) {
		asked[i].has = 0;
		r->first[asked[i].slot] = i;
		r->count[asked[i].slot]++;
	}
	i = 0;
	do {
		if (answer_from(r, i, true))
			return -1;
		i = r->to;
	} while (i < nr);
	return 0;
}

static int have_answers(struct roster *r, unsigned int i)
{
	return i >= r->from && i < r->to ? 0 : answer_from(r, i, false);
}

static bool has_bit(const struct roster *r, u64 kind, unsigned int i)
{
	return r->answers[kind * r->row + (i - r->from) / 8] >> ((i - r->from) % 8) & 1;
}

int roster_first(struct roster *r, unsigned int i, bool has, char *name, size_t size)
{
	const char *record;
	size_t len;
	u64 kind;
	int n;

	*name = '\0';
	if (have_answers(r, i))
		return -1;
	spool_rewind(r->names);
	while ((n = spool_next(r->names, (const void **)&record, &len)) > 0) {
		memcpy(&kind, record, sizeof(kind));
		if (has_bit(r, kind, i) != has)
			continue;
		snprintf(name, size, "%.*s", (int)(len - NAME_AT), record + NAME_AT);
		return 0;
	}
	return n;
}

/* Names on their way out. */
struct list {
	struct json_out *to;
	char text[64 << 10];
	size_t used;
};

static void flush(struct list *l)
{
	json_out_more(l->to, l->text, l->used);
	l->used = 0;
}

/* Of some records, the names of hosts whose kind lacks it, @most at most: how many. */
static u64 list_few(struct list *l, const unsigned char *at, size_t len, const u8 *lacks, u64 most)
{
	const unsigned char *end = at + len;
	u64 kind, nr = 0;
	u16 size;

	while (at < end && nr < most) {
		memcpy(&size, at, sizeof(size));
		at += sizeof(size);
		memcpy(&kind, at, sizeof(kind));
		if (lacks[kind]) {
			size_t text = size - sizeof(kind);

			if (l->used + text > sizeof(l->text))
				flush(l);
			memcpy(l->text + l->used, at + sizeof(kind), text);
			l->used += text;
			nr++;
		}
		at += size;
	}
	return nr;
}

int roster_write(struct roster *r, unsigned int i, struct json_out *o, u64 most)
{
	u64 kinds = r->nr_kinds + r->nr_loose, k, left = most ? most : UINT64_MAX;
	struct list list = { .to = o };
	const unsigned char *records;
	size_t len;
	u8 *lacks;
	int n = 0;

	if (have_answers(r, i))
		return -1;
	/* In a row, since each host asks. */
	lacks = xrealloc(NULL, kinds, 1);
	for (k = 0; k < kinds; k++)
		lacks[k] = !has_bit(r, k, i);
	spool_rewind(r->names);
	while (left && (n = spool_next_few(r->names, &records, &len)) > 0)
		left -= list_few(&list, records, len, lacks, left);
	flush(&list);
	free(lacks);
	return n < 0 ? -1 : 0;
}

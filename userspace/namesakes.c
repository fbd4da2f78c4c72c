// SPDX-License-Identifier: GPL-2.0
/* See namesakes.h. */
#include "namesakes.h"

#define NAMES_MAX	(1u << 16)
#define TABLE_SIZE	(2 * NAMES_MAX)

/* By hashes: two of 64 bits that agree by chance would be a warning too many. */
struct named {
	u64 name, words;
	u32 file;		/* one more than its index; 0: nobody's place */
};

struct namesakes {
	struct named *table;
	unsigned int nr;
	char **file;
	unsigned int nr_files;
	bool told;
};

struct namesakes *namesakes_new(void)
{
	struct namesakes *n = xrealloc(NULL, 1, sizeof(*n));

	*n = (struct namesakes){ 0 };
	return n;
}

static void forget(struct namesakes *n)
{
	while (n->nr_files)
		free(n->file[--n->nr_files]);
	free(n->file);
	free(n->table);
	n->file = NULL;
	n->table = NULL;
}

void namesakes_free(struct namesakes *n)
{
	if (n)
		forget(n);
	free(n);
}

static u64 mix(u64 h, u64 value)
{
	h = (h ^ value) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 29;
}

static u64 hash_of_name(const char *name)
{
	u64 h = 0;

	for (; *name; name++)
		h = mix(h, (unsigned char)*name);
	return h;
}

static u64 hash_of_words(const struct filled *f, unsigned int nr)
{
	u64 h = nr;
	unsigned int i;

	for (i = 0; i < nr; i++)
		h = mix(h, (u64)f[i].slot << 32 | filled_value(&f[i]));
	return h;
}

/* Hosts of one file come one after the other. */
static u32 keep_file(struct namesakes *n, const char *file)
{
	if (!n->nr_files || strcmp(n->file[n->nr_files - 1], file)) {
		if (!(n->nr_files & (n->nr_files - 1)))
			n->file = xrealloc(n->file, n->nr_files ? 2 * n->nr_files : 1,
					   sizeof(*n->file));
		n->file[n->nr_files++] = xprintf("%s", file);
	}
	return n->nr_files;
}

char *namesakes_add(struct namesakes *n, const struct host *h, const struct filled *f,
		    unsigned int nr)
{
	u64 name = hash_of_name(h->name), words = hash_of_words(f, nr);
	unsigned int at = name & (TABLE_SIZE - 1);
	const char *first;
	char *text;

	if (n->told || n->nr == NAMES_MAX)
		return NULL;
	if (!n->table)
		n->table = calloc(TABLE_SIZE, sizeof(*n->table));
	if (!n->table) {
		say("out of memory");
		exit(REFUSED);
	}
	for (; n->table[at].file && n->table[at].name != name; at = (at + 1) & (TABLE_SIZE - 1))
		;
	if (!n->table[at].file) {
		n->table[at] = (struct named){ name, words, keep_file(n, h->file) };
		n->nr++;
		return NULL;
	}
	if (n->table[at].words == words)
		return NULL;
	first = n->file[n->table[at].file - 1];
	if (strcmp(first, h->file))
		text = xprintf("%s and %s both have a host \"%s\", and their words differ: what is said of it may be of either",
			       first, h->file, h->name);
	else
		text = xprintf("%s has two hosts \"%s\" whose words differ: what is said of it may be of either",
			       h->file, h->name);
	n->told = true;
	forget(n);
	return text;
}

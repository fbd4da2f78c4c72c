// SPDX-License-Identifier: GPL-2.0
/* See blame.h. */
#include "blame.h"

static void add_up(struct blamed *p)
{
	const struct fleet *f = p->fleet;
	unsigned int i, w;
	u64 offered = 0;

	p->row = xrealloc(NULL, f->words, sizeof(*p->row));
	memset(p->row, 0xff, f->words * sizeof(*p->row));
	for (i = 0; i < p->nr_kinds; i++) {
		const struct kind *k = &f->kind[p->kind[i]];

		for (w = 0; w < f->words; w++)
			p->row[w] &= k->row[w];
		p->nr_hosts += k->nr_hosts;
		offered += (u64)k->nr_hosts * k->given;
	}
	fleet_close(f, p->row);
	p->given = fleet_count(f, p->row);
	p->score = offered - (u64)p->nr_hosts * p->given;
}

/* The blame with the same hosts, or a new one. */
static struct blame *find(struct blamed *p, const u64 *lacking, size_t words)
{
	unsigned int i, k;
	struct blame *b;

	for (i = 0; i < p->nr_blames; i++)
		if (!memcmp(p->blame[i].lacking, lacking, words * sizeof(*lacking)))
			return &p->blame[i];
	p->blame = xrealloc(p->blame, p->nr_blames + 1, sizeof(*p->blame));
	b = &p->blame[p->nr_blames++];
	*b = (struct blame){ .lacking = xrealloc(NULL, words, sizeof(*lacking)) };
	memcpy(b->lacking, lacking, words * sizeof(*lacking));
	for (k = 0; k < p->nr_kinds; k++) {
		if (!row_has(lacking, k))
			continue;
		b->lacking_kinds++;
		b->lacking_hosts += p->fleet->kind[p->kind[k]].nr_hosts;
	}
	return b;
}

static int dearest(const void *a, const void *b)
{
	const struct blame *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->feature[0] < y->feature[0] ? -1 : 1;
}

void blame_find(struct blamed *p, const struct fleet *f, const unsigned int *kind,
		unsigned int nr_kinds)
{
	size_t words = (nr_kinds + 63) / 64;
	u64 *lacking = xrealloc(NULL, words, sizeof(*lacking));
	unsigned int i, k;

	*p = (struct blamed){ .fleet = f, .nr_kinds = nr_kinds };
	p->kind = xrealloc(NULL, nr_kinds, sizeof(*p->kind));
	memcpy(p->kind, kind, nr_kinds * sizeof(*kind));
	add_up(p);
	for (i = 0; i < f->nr_features; i++) {
		unsigned int nr = 0;
		struct blame *b;

		if (row_has(p->row, i))
			continue;
		memset(lacking, 0, words * sizeof(*lacking));
		for (k = 0; k < nr_kinds; k++) {
			if (row_has(f->kind[kind[k]].row, i))
				nr += f->kind[kind[k]].nr_hosts;
			else
				row_set(lacking, k);
		}
		if (!nr)
			continue;
		b = find(p, lacking, words);
		b->feature = xrealloc(b->feature, b->nr_features + 1, sizeof(*b->feature));
		b->feature[b->nr_features++] = i;
		b->score += nr;
		p->lost++;
	}
	if (p->nr_blames)
		qsort(p->blame, p->nr_blames, sizeof(*p->blame), dearest);
	free(lacking);
}

void blame_free(struct blamed *p)
{
	unsigned int i;

	for (i = 0; i < p->nr_blames; i++) {
		free(p->blame[i].lacking);
		free(p->blame[i].feature);
	}
	free(p->blame);
	free(p->kind);
	free(p->row);
	*p = (struct blamed){ 0 };
}

char *blame_names(const struct blamed *p, const struct blame *b, unsigned int most)
{
	unsigned int k, h, nr = 0;
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to) {
		say("out of memory");
		exit(REFUSED);
	}
	for (k = 0; k < p->nr_kinds; k++) {
		const struct kind *kind = &p->fleet->kind[p->kind[k]];

		if (!row_has(b->lacking, k))
			continue;
		for (h = 0; h < kind->nr_hosts && (!most || nr < most); h++)
			fprintf(to, "%s%s", nr++ ? ", " : "",
				p->fleet->hosts->host[kind->host[h]].name);
	}
	if (nr < b->lacking_hosts)
		fprintf(to, " and %u more", b->lacking_hosts - nr);
	if (fclose(to)) {
		say("out of memory");
		exit(REFUSED);
	}
	return text;
}

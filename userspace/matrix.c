// SPDX-License-Identifier: GPL-2.0
/* See matrix.h. */
#include "generation.h"
#include "matrix.h"

/* For qsort(): whose kinds are being sorted. */
static const struct fleet *ordering;

static int by_generation(const void *a, const void *b)
{
	const struct kind *x = &ordering->kind[*(const unsigned int *)a];
	const struct kind *y = &ordering->kind[*(const unsigned int *)b];
	unsigned int rx = generation_of(&ordering->hosts->host[x->host[0]]).rank;
	unsigned int ry = generation_of(&ordering->hosts->host[y->host[0]]).rank;

	if (rx != ry)
		return rx < ry ? -1 : 1;
	if (x->given != y->given)
		return x->given < y->given ? -1 : 1;
	return x->host[0] < y->host[0] ? -1 : 1;
}

/* Is @name in "Zen+, Zen 2" as a whole?  "Zen" is not. */
static bool is_listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (; list; list = strstr(list, ", ")) {
		list += strspn(list, ", ");
		if (!strncmp(list, name, len) && (!list[len] || list[len] == ','))
			return true;
	}
	return false;
}

/* "Zen 2", or "Zen 2, Zen 3" where hosts of both give the same. */
static char *name_generations(const struct fleet *f, const struct kind *k)
{
	char *text = xprintf("%s", generation_of(&f->hosts->host[k->host[0]]).name), *more;
	const char *name;
	unsigned int i;

	for (i = 1; i < k->nr_hosts; i++) {
		name = generation_of(&f->hosts->host[k->host[i]]).name;
		if (is_listed(text, name))
			continue;
		more = xprintf("%s, %s", text, name);
		free(text);
		text = more;
	}
	return text;
}

static void look_onward(struct section *s)
{
	const struct fleet *f = s->pool.fleet;
	u64 row[f->words], closed[f->words];
	unsigned int i, w;

	memset(row, 0xff, sizeof(row));
	for (i = s->pool.nr_kinds; i--;) {
		for (w = 0; w < f->words; w++)
			row[w] &= f->kind[s->pool.kind[i]].row[w];
		memcpy(closed, row, sizeof(closed));
		fleet_close(f, closed);
		s->onward[i] = fleet_count(f, closed);
	}
}

/*
 * What the pool would be without each kind, from the AND of those before it and
 * of those behind.  A kind costs the pool what it alone lacks, but not only: a
 * layout that differs takes what others have too, and can go on doing so.
 */
static void look_without(struct section *s)
{
	const struct fleet *f = s->pool.fleet;
	const unsigned int nr = s->pool.nr_kinds;
	u64 before[f->words], *behind;
	unsigned int i, w;

	behind = xrealloc(NULL, (nr + 1) * f->words, sizeof(*behind));
	memset(before, 0xff, sizeof(before));
	memset(behind + nr * f->words, 0xff, sizeof(before));
	for (i = nr; i--;)
		for (w = 0; w < f->words; w++)
			behind[i * f->words + w] = behind[(i + 1) * f->words + w] &
						   f->kind[s->pool.kind[i]].row[w];
	for (i = 0; i < nr; i++) {
		s->gain[i] = fleet_row(f);
		for (w = 0; w < f->words; w++)
			s->gain[i][w] = before[w] & behind[(i + 1) * f->words + w];
		fleet_close(f, s->gain[i]);
		for (w = 0; w < f->words; w++) {
			s->gain[i][w] &= ~s->pool.row[w];
			before[w] &= f->kind[s->pool.kind[i]].row[w];
		}
		/* Nobody left is no pool. */
		s->costs[i] = nr > 1 ? fleet_count(f, s->gain[i]) : 0;
	}
	free(behind);
}

static void make_section(struct section *s, const struct fleet *f, unsigned int vendor)
{
	unsigned int *kind = xrealloc(NULL, f->nr_kinds, sizeof(*kind)), nr = 0, i;

	s->vendor = f->vendor[vendor];
	for (i = 0; i < f->nr_kinds; i++)
		if (f->kind[i].vendor == vendor)
			kind[nr++] = i;
	ordering = f;
	qsort(kind, nr, sizeof(*kind), by_generation);
	blame_find(&s->pool, f, kind, nr);
	free(kind);
	s->generation = xrealloc(NULL, nr, sizeof(*s->generation));
	s->gain = xrealloc(NULL, nr, sizeof(*s->gain));
	s->costs = xrealloc(NULL, nr, sizeof(*s->costs));
	s->onward = xrealloc(NULL, nr, sizeof(*s->onward));
	for (i = 0; i < nr; i++)
		s->generation[i] = name_generations(f, &f->kind[s->pool.kind[i]]);
	look_without(s);
	look_onward(s);
}

void matrix_make(struct matrix *m, const struct fleet *f)
{
	unsigned int v;

	*m = (struct matrix){ .fleet = f, .nr_sections = f->nr_vendors };
	m->section = xrealloc(NULL, f->nr_vendors, sizeof(*m->section));
	for (v = 0; v < f->nr_vendors; v++)
		make_section(&m->section[v], f, v);
}

void matrix_free(struct matrix *m)
{
	unsigned int v, i;

	for (v = 0; v < m->nr_sections; v++) {
		struct section *s = &m->section[v];

		for (i = 0; i < s->pool.nr_kinds; i++) {
			free(s->generation[i]);
			free(s->gain[i]);
		}
		free(s->generation);
		free(s->gain);
		free(s->costs);
		free(s->onward);
		blame_free(&s->pool);
	}
	free(m->section);
	*m = (struct matrix){ 0 };
}

bool section_has(const struct section *s, unsigned int i, unsigned int feature)
{
	return row_has(s->pool.fleet->kind[s->pool.kind[i]].row, feature);
}

static struct pattern *find_pattern(struct pattern **list, unsigned int *nr, const u64 *has,
				    size_t words)
{
	struct pattern *p;
	unsigned int i;

	for (i = 0; i < *nr; i++)
		if (!memcmp((*list)[i].has, has, words * sizeof(*has)))
			return &(*list)[i];
	*list = xrealloc(*list, *nr + 1, sizeof(**list));
	p = &(*list)[*nr];
	*p = (struct pattern){ .has = xrealloc(NULL, words, sizeof(*has)), .first = (*nr)++ };
	memcpy(p->has, has, words * sizeof(*has));
	return p;
}

struct pattern *section_patterns(const struct section *s, unsigned int from, unsigned int nr,
				 bool all, unsigned int *nr_patterns)
{
	size_t words = (nr + 63) / 64;
	u64 *has = xrealloc(NULL, words, sizeof(*has));
	struct pattern *list = NULL, *p;
	unsigned int b, i, k;

	*nr_patterns = 0;
	for (b = 0; b < s->pool.nr_blames; b++) {
		for (i = 0; i < s->pool.blame[b].nr_features; i++) {
			unsigned int feature = s->pool.blame[b].feature[i];

			memset(has, 0, words * sizeof(*has));
			for (k = 0; k < nr; k++)
				if (section_has(s, from + k, feature))
					row_set(has, k);
			p = find_pattern(&list, nr_patterns, has, words);
			p->feature = xrealloc(p->feature, p->nr_features + 1, sizeof(*p->feature));
			p->feature[p->nr_features++] = feature;
		}
	}
	memset(has, 0, words * sizeof(*has));
	for (k = 0; k < nr; k++)
		row_set(has, k);
	for (i = 0; all && i < s->pool.fleet->nr_features; i++) {
		if (!row_has(s->pool.row, i))
			continue;
		p = find_pattern(&list, nr_patterns, has, words);
		p->feature = xrealloc(p->feature, p->nr_features + 1, sizeof(*p->feature));
		p->feature[p->nr_features++] = i;
	}
	free(has);
	return list;
}

void patterns_free(struct pattern *p, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		free(p[i].has);
		free(p[i].feature);
	}
	free(p);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The matrix as one page that needs nothing but itself: markup here, style and
 * script in html_page.c.  All is there without the script, which adds only the
 * line that explains a cell, and the arrow keys.
 */
#include "html.h"
#include "matrix.h"

/* A page with more rows would be no help: the kinds with the most hosts stay. */
#define MAX_ROWS 200
/* A table that is longer gets a window of its own. */
#define LONG_TABLE 30
/* Names in one place of the page. */
#define FEW_NAMES 6

static void escape(FILE *to, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", to);
			break;
		case '<':
			fputs("&lt;", to);
			break;
		case '>':
			fputs("&gt;", to);
			break;
		case '"':
			fputs("&quot;", to);
			break;
		case '\'':
			fputs("&#39;", to);
			break;
		default:
			fputc(*text, to);
		}
	}
}

static const char *plural(unsigned int n)
{
	return n == 1 ? "" : "s";
}

/* Names may be written from right to left; <bdi> keeps the rest in its place. */
static void write_name(FILE *to, const char *name)
{
	fputs("<bdi>", to);
	escape(to, name);
	fputs("</bdi>", to);
}

static void write_kind_names(FILE *to, const struct fleet *f, const struct kind *k,
			     unsigned int most)
{
	unsigned int i;

	for (i = 0; i < k->nr_hosts && i < most; i++) {
		fputs(i ? ", " : "", to);
		write_name(to, f->hosts->host[k->host[i]].name);
	}
	if (i < k->nr_hosts)
		fprintf(to, " and %u more", k->nr_hosts - i);
}

static void write_feature(FILE *to, const struct fleet *f, unsigned int feature)
{
	char *name = bit_name(&f->feature[feature]), *where = bit_where(&f->feature[feature]);

	fputs("<code title=\"", to);
	escape(to, where);
	fputs("\">", to);
	escape(to, name);
	fputs("</code>", to);
	free(name);
	free(where);
}

static void write_features(FILE *to, const struct fleet *f, const struct blame *b)
{
	unsigned int i;

	for (i = 0; i < b->nr_features; i++) {
		fputs(i ? " " : "", to);
		write_feature(to, f, b->feature[i]);
	}
}

static void write_gain(FILE *to, const struct section *s, unsigned int i)
{
	const struct fleet *f = s->pool.fleet;
	unsigned int n, nr = 0;

	for (n = 0; n < f->nr_features; n++) {
		if (!row_has(s->gain[i], n))
			continue;
		fputs(nr++ ? " " : "", to);
		write_feature(to, f, n);
	}
}

static void write_cards(FILE *to, const struct section *s)
{
	const struct blamed *p = &s->pool;

	fprintf(to, "<ul class=cards>"
		"<li><b>%u</b>host%s of %u kind%s"
		"<li class=good><b>%u</b>feature%s for every guest"
		"<li class=bad><b>%u</b>feature%s lost to the pool</ul>\n",
		p->nr_hosts, plural(p->nr_hosts), p->nr_kinds, plural(p->nr_kinds),
		p->given, plural(p->given), p->lost, plural(p->lost));
}

static int more_hosts(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

/* So many hosts must a kind have to get a row: 0 where all have room. */
static unsigned int fewest_hosts(const struct section *s)
{
	const struct blamed *p = &s->pool;
	unsigned int *nr, i, least;

	if (p->nr_kinds <= MAX_ROWS)
		return 0;
	nr = xrealloc(NULL, p->nr_kinds, sizeof(*nr));
	for (i = 0; i < p->nr_kinds; i++)
		nr[i] = p->fleet->kind[p->kind[i]].nr_hosts;
	qsort(nr, p->nr_kinds, sizeof(*nr), more_hosts);
	least = nr[MAX_ROWS - 1];
	free(nr);
	return least;
}

/* Which host costs what: a bar for each kind, from nothing to all features that are about. */
static void write_costs(FILE *to, const struct section *s)
{
	const struct blamed *p = &s->pool;
	double all = p->given + p->lost ? p->given + p->lost : 1;
	unsigned int i, rows = 0, least = fewest_hosts(s);

	fputs("<h3>What each kind of host costs the pool</h3>\n", to);
	if (p->nr_kinds > LONG_TABLE)
		fputs("<div class=\"scroll long\" tabindex=0>\n", to);
	fputs("<table class=costs><thead><tr><th scope=col>Hosts<th scope=col>Generation"
	      "<th scope=col class=n title=\"features of these hosts\">Gives"
	      "<th scope=col class=wide><span class=key><i class=common></i>in the pool "
	      "<i class=own></i>its own, lost</span>"
	      "<th scope=col class=n title=\"features that the pool would gain if these hosts left\">Costs"
	      "<th scope=col class=n title=\"features of a pool of these hosts and all that stand below\">Onward"
	      "<tbody>\n", to);
	for (i = 0; i < p->nr_kinds; i++) {
		const struct kind *k = &p->fleet->kind[p->kind[i]];

		if (k->nr_hosts < least || rows == MAX_ROWS)
			continue;
		rows++;
		fputs("<tr><th scope=row>", to);
		write_kind_names(to, p->fleet, k, 3);
		fputs("<td>", to);
		escape(to, s->generation[i]);
		fprintf(to, "<td class=n>%u<td class=wide><span class=bar>"
			"<i class=common style=\"width:%.2f%%\"></i>"
			"<i class=own style=\"width:%.2f%%\"></i></span>",
			k->given, 100 * p->given / all,
			k->given > p->given ? 100 * (k->given - p->given) / all : 0.0);
		fprintf(to, "<td class=\"n%s\">%u", s->costs[i] ? " hot" : "", s->costs[i]);
		fprintf(to, "<td class=n>%u\n", s->onward[i]);
		if (!s->costs[i])
			continue;
		fputs("<tr class=why><td colspan=6>Without ", to);
		write_kind_names(to, p->fleet, k, 3);
		fprintf(to, " the pool would have %u feature%s more: ", s->costs[i],
			plural(s->costs[i]));
		write_gain(to, s, i);
		fputc('\n', to);
	}
	fputs("</table>\n", to);
	if (p->nr_kinds > LONG_TABLE)
		fputs("</div>\n", to);
	fputs("<p class=note>Costs: features that the pool would gain if these hosts left. Onward: features of a pool of these hosts and of all that stand below them.</p>\n",
	      to);
}

static void write_blames(FILE *to, const struct section *s)
{
	const struct blamed *p = &s->pool;
	unsigned int b;

	if (!p->nr_blames)
		return;
	fputs("<details><summary>What is lost, and for whom: the dearest first</summary>\n"
	      "<table class=blames><thead><tr><th scope=col class=n>Lost on<th scope=col>Features"
	      "<th scope=col>Missing on<tbody>\n", to);
	for (b = 0; b < p->nr_blames; b++) {
		const struct blame *blame = &p->blame[b];
		char *names = blame_names(p, blame, FEW_NAMES);

		fprintf(to, "<tr><td class=n>%u of %u<td>", p->nr_hosts - blame->lacking_hosts,
			p->nr_hosts);
		write_features(to, p->fleet, blame);
		fputs("<td>", to);
		if (blame->lacking_kinds)
			write_name(to, names);
		else
			fputs("none: their layouts differ", to);
		fputc('\n', to);
		free(names);
	}
	fputs("</table></details>\n", to);
}

/* The columns: features, in the order of the blames, then what all have. */
static void write_head(FILE *to, const struct section *s)
{
	const struct blamed *p = &s->pool;
	unsigned int b, i;

	fputs("<thead><tr><th scope=col class=corner>Hosts<th scope=col class=num>"
	      "<span>gives</span><th scope=col class=num><span>costs</span>", to);
	for (b = 0; b < p->nr_blames; b++) {
		const struct blame *blame = &p->blame[b];
		char *names = blame_names(p, blame, FEW_NAMES);

		for (i = 0; i < blame->nr_features; i++) {
			const struct bit_place *at = &p->fleet->feature[blame->feature[i]];
			char *name = bit_name(at), *where = bit_where(at);

			fprintf(to, "<th scope=col%s data-where=\"", i ? "" : " class=first");
			escape(to, where);
			fprintf(to, "\" data-lost=\"%u of %u\" data-missing=\"",
				p->nr_hosts - blame->lacking_hosts, p->nr_hosts);
			escape(to, names);
			fputs("\"><span>", to);
			escape(to, name);
			fputs("</span>", to);
			free(name);
			free(where);
		}
		free(names);
	}
	fputs("<tbody>\n", to);
}

static void write_row(FILE *to, const struct section *s, unsigned int i)
{
	const struct blamed *p = &s->pool;
	const struct kind *k = &p->fleet->kind[p->kind[i]];
	unsigned int b, n;

	fputs("<tr><th scope=row title=\"", to);
	for (n = 0; n < k->nr_hosts && n < 40; n++) {
		fputs(n ? ", " : "", to);
		escape(to, p->fleet->hosts->host[k->host[n]].name);
	}
	fprintf(to, "\"><span class=\"name%s\">", k->nr_hosts > 1 ? " many" : "");
	write_name(to, p->fleet->hosts->host[k->host[0]].name);
	fputs("</span>", to);
	if (k->nr_hosts > 1)
		fprintf(to, "<small>and %u more</small>", k->nr_hosts - 1);
	fprintf(to, "<td class=num>%u<td class=num>%u", k->given, s->costs[i]);
	for (b = 0; b < p->nr_blames; b++) {
		const struct blame *blame = &p->blame[b];
		bool has = !row_has(blame->lacking, i);
		const char *cell = has ? "y\">\u2713" : blame->lacking_kinds == 1 ? "a\">\u2717" :
				   "o\">\u2013";

		for (n = 0; n < blame->nr_features; n++)
			fprintf(to, "<td class=\"%s%s", n ? "" : "first ", cell);
	}
	fputc('\n', to);
}

static void write_matrix(FILE *to, const struct section *s, unsigned int number)
{
	const struct blamed *p = &s->pool;
	unsigned int i, rows = 0, least = fewest_hosts(s);
	const char *last = "";

	if (!p->nr_blames)
		return;
	fprintf(to, "<h3 id=m%u>Hosts and the features in which they differ</h3>\n", number);
	fprintf(to, "<div class=scroll tabindex=0 role=region aria-labelledby=m%u>"
		"<table class=matrix>\n", number);
	write_head(to, s);
	for (i = 0; i < p->nr_kinds; i++) {
		if (p->fleet->kind[p->kind[i]].nr_hosts < least || rows == MAX_ROWS)
			continue;
		if (strcmp(last, s->generation[i])) {
			fprintf(to, "<tr class=gen><th colspan=%u scope=rowgroup><span>",
				p->lost + 3);
			escape(to, s->generation[i]);
			fputs("</span>\n", to);
		}
		last = s->generation[i];
		write_row(to, s, i);
		rows++;
	}
	fputs("</table></div>\n", to);
	if (rows < p->nr_kinds)
		fprintf(to, "<p class=note>%u of %u kinds of hosts, those with the most hosts; --json has all of them.</p>\n",
			rows, p->nr_kinds);
}

static void write_section(FILE *to, const struct section *s, unsigned int number)
{
	fputs("<section><h2>", to);
	escape(to, s->vendor);
	fputs("</h2>\n", to);
	write_cards(to, s);
	write_costs(to, s);
	write_blames(to, s);
	write_matrix(to, s, number);
	fputs("</section>\n", to);
}

char *matrix_html(const struct matrix *m, const char *title, size_t *len)
{
	char *text = NULL;
	FILE *to = open_memstream(&text, len);
	unsigned int i, nr = m->fleet->hosts->nr;

	if (!to) {
		say("out of memory");
		exit(REFUSED);
	}
	fputs("<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n"
	      "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n"
	      "<meta name=color-scheme content=\"light dark\">\n"
	      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none';"
	      " style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
	      "<link rel=icon href=\"data:,\">\n<title>", to);
	escape(to, title);
	fprintf(to, "</title>\n<style>\n%s</style>\n<header><h1>", html_style);
	escape(to, title);
	fprintf(to, "</h1>\n<p>%u host%s of %u kind%s from %u vendor%s. Hosts of one kind give their guests the same features; a pool gives what all of its hosts do.</p></header>\n<main>\n",
		nr, plural(nr), m->fleet->nr_kinds, plural(m->fleet->nr_kinds), m->nr_sections,
		plural(m->nr_sections));
	for (i = 0; i < m->nr_sections; i++)
		write_section(to, &m->section[i], i);
	fprintf(to, "</main>\n<footer>levelctl %s</footer>\n"
		"<output id=about aria-live=polite hidden></output>\n"
		"<script>\n%s</script>\n", KL_VERSION, html_script);
	if (fclose(to)) {
		say("out of memory");
		exit(REFUSED);
	}
	return text;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * pool matrix: which host has what, and what each costs the pool, in a terminal
 * or as a page.  On the terminal a column is a kind of hosts, and features that
 * the same hosts have share a row: that keeps the widest pools on one screen.
 */
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd.h"
#include "inputs.h"
#include "matrix.h"
#include "render.h"

#define MIN_WIDTH 40
#define NARROW 60	/* below it, generations have no room */
#define NAMES_WIDTH 24	/* at least so much for the names of features */

/* How things are drawn: plain, or for a terminal that can more. */
struct pen {
	const char *has, *lacks, *alone;	/* alone: only this kind lacks it */
	const char *good, *faint, *bad, *bold, *off;
	unsigned int width;
};

static bool speaks_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *word = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names) && (!word || !*word); i++)
		word = getenv(names[i]);
	return word && (strcasestr(word, "utf-8") || strcasestr(word, "utf8"));
}

static unsigned int line_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	unsigned int width = columns ? strtoul(columns, NULL, 10) : 0;

	if (!width && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		width = size.ws_col;
	if (!width)
		width = 80;
	return width < MIN_WIDTH ? MIN_WIDTH : width > 1000 ? 1000 : width;
}

static struct pen take_pen(void)
{
	struct pen pen = { "x", ".", "!", "", "", "", "", "", line_width() };

	if (isatty(STDOUT_FILENO) && speaks_utf8()) {
		pen.has = "■";
		pen.lacks = "·";
		pen.alone = "✗";
	}
	if (colour_ok(stdout)) {
		pen.good = "\033[32m";
		pen.faint = "\033[2m";
		pen.bad = "\033[1;31m";
		pen.bold = "\033[1m";
		pen.off = "\033[0m";
	}
	return pen;
}

/* "a, b and 3 more", no wider than @width. */
static char *kind_names(const struct fleet *f, const struct kind *k, unsigned int width)
{
	char *text = xprintf("%s", f->hosts->host[k->host[0]].name), *more;
	unsigned int i, room = k->nr_hosts > 1 ? 14 : 0;

	if (width < room + 8)
		width = room + 8;
	if (strlen(text) > width - room) {
		/* Not in the middle of a character. */
		for (i = width - room - 3; i && (text[i] & 0xc0) == 0x80;)
			i--;
		more = xprintf("%.*s...", (int)i, text);
		free(text);
		text = more;
	}
	for (i = 1; i < k->nr_hosts; i++) {
		const char *name = f->hosts->host[k->host[i]].name;
		bool last = i == k->nr_hosts - 1;

		if (strlen(text) + strlen(name) + 2 > (last ? width : width - room)) {
			more = xprintf("%s and %u more", text, k->nr_hosts - i);
			free(text);
			return more;
		}
		more = xprintf("%s, %s", text, name);
		free(text);
		text = more;
	}
	return text;
}

static int digits(unsigned int n)
{
	int nr = 1;

	for (; n > 9; n /= 10)
		nr++;
	return nr;
}

static void show_kind(struct render *r, const struct section *s, unsigned int i,
		      const struct pen *pen, int number, int wide)
{
	const struct kind *k = &s->pool.fleet->kind[s->pool.kind[i]];
	unsigned int used = number + 2 + (wide ? wide + 2 : 0) + 22;
	char *names = kind_names(s->pool.fleet, k, pen->width > used ? pen->width - used : 0);

	render_line(r, "%*u  %-*.*s%s%5u  %s%5u%s  %6u  %s", number, i + 1, wide, wide,
		    s->generation[i], wide ? "  " : "", k->given, s->costs[i] ? pen->bad : "",
		    s->costs[i], s->costs[i] ? pen->off : "", s->onward[i], names);
	free(names);
}

static void show_kinds(struct render *r, const struct section *s, const struct pen *pen)
{
	int wide = strlen("GENERATION"), number = digits(s->pool.nr_kinds), len;
	unsigned int i;

	for (i = 0; i < s->pool.nr_kinds; i++) {
		len = strlen(s->generation[i]);
		wide = len > wide ? len : wide;
	}
	if (number < 4)
		number = 4;
	if (wide > 20)
		wide = 20;
	if (pen->width < NARROW)
		wide = 0;
	render_line(r, "%s%*s  %-*.*s%s%5s  %5s  %6s  %s%s", pen->bold, number, "KIND", wide, wide,
		    "GENERATION", wide ? "  " : "", "GIVES", "COSTS", "ONWARD", "HOSTS", pen->off);
	for (i = 0; i < s->pool.nr_kinds; i++)
		show_kind(r, s, i, pen, number, wide);
}

/* The numbers of kinds, above their columns, from top to bottom. */
static void show_numbers(struct render *r, const struct pen *pen, unsigned int from,
			 unsigned int nr, unsigned int cell)
{
	int rows = digits(from + nr), row;
	unsigned int i, d;

	for (row = rows; row--;) {
		char line[nr * cell + 1];
		char *at = line;

		for (i = 0; i < nr; i++) {
			unsigned int n = from + i + 1;

			for (d = 0; d < (unsigned int)row; d++)
				n /= 10;
			*at++ = n || !row ? '0' + n % 10 : ' ';
			if (cell == 2)
				*at++ = ' ';
		}
		*at = '\0';
		render_line(r, "%s%s%s", pen->bold, line, pen->off);
	}
}

static char *draw_cells(const struct pattern *p, unsigned int nr, unsigned int cell,
			unsigned int lacking, const struct pen *pen)
{
	const char *last = "", *colour;
	char *text = NULL;
	unsigned int i;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to) {
		say("out of memory");
		exit(REFUSED);
	}
	for (i = 0; i < nr; i++) {
		bool has = row_has(p->has, i);

		colour = has ? pen->good : lacking == 1 ? pen->bad : pen->faint;
		if (colour != last)
			fprintf(to, "%s%s", pen->off, colour);
		last = colour;
		fprintf(to, "%s%s", has ? pen->has : lacking == 1 ? pen->alone : pen->lacks,
			cell == 2 ? " " : "");
	}
	fputs(pen->off, to);
	if (fclose(to)) {
		say("out of memory");
		exit(REFUSED);
	}
	return text;
}

/* Cells, and the names of the features behind them, in as many lines as it takes. */
static void show_pattern(struct render *r, const struct section *s, const struct pattern *p,
			 unsigned int nr, unsigned int cell, const struct pen *pen)
{
	unsigned int i, lacking = 0, room = pen->width - nr * cell - 2, len = 0;
	char *line, *more, *name;

	for (i = 0; i < s->pool.nr_kinds; i++)
		lacking += !section_has(s, i, p->feature[0]);
	line = draw_cells(p, nr, cell, lacking, pen);
	for (i = 0; i < p->nr_features; i++) {
		name = bit_name(&s->pool.fleet->feature[p->feature[i]]);
		if (len && len + 1 + strlen(name) > room) {
			render_line(r, "%s", line);
			free(line);
			line = xprintf("%*s", nr * cell, "");
			len = 0;
		}
		more = xprintf("%s%s%s", line, len ? " " : "  ", name);
		len += strlen(name) + !!len;
		free(line);
		free(name);
		line = more;
	}
	render_line(r, "%s", line);
	free(line);
}

static void show_block(struct render *r, const struct section *s, const struct pen *pen,
		       unsigned int from, unsigned int nr, unsigned int cell, bool all)
{
	struct pattern *p;
	unsigned int i, n;

	p = section_patterns(s, from, nr, all, &n);
	render_line(r, "%s", "");
	show_numbers(r, pen, from, nr, cell);
	for (i = 0; i < n; i++)
		show_pattern(r, s, &p[i], nr, cell, pen);
	patterns_free(p, n);
}

static void show_section(struct render *r, const struct section *s, const struct pen *pen,
			 bool all)
{
	const struct blamed *p = &s->pool;
	unsigned int fit = pen->width - NAMES_WIDTH - 2, cell = 2, from, nr;

	render_line(r, "%s%s: %u host%s of %u kind%s give %u features; %u more are lost%s",
		    pen->bold, s->vendor, p->nr_hosts, p->nr_hosts == 1 ? "" : "s", p->nr_kinds,
		    p->nr_kinds == 1 ? "" : "s", p->given, p->lost, pen->off);
	render_line(r, "%s", "");
	show_kinds(r, s, pen);
	if (p->nr_kinds * 2 > fit)
		cell = 1;
	for (from = 0; from < p->nr_kinds && (p->nr_blames || all); from += nr) {
		nr = min(p->nr_kinds - from, fit / cell);
		show_block(r, s, pen, from, nr, cell, all);
	}
}

static void json_kinds(struct json_out *o, const struct section *s)
{
	const struct fleet *f = s->pool.fleet;
	unsigned int i, h;

	json_out_array(o, "kinds");
	for (i = 0; i < s->pool.nr_kinds; i++) {
		const struct kind *k = &f->kind[s->pool.kind[i]];

		json_out_object(o, NULL);
		json_out_flat(o);
		json_out_uint(o, "kind", i + 1);
		json_out_string(o, "generation", s->generation[i]);
		json_out_uint(o, "features", k->given);
		json_out_uint(o, "costs", s->costs[i]);
		json_out_uint(o, "onward", s->onward[i]);
		json_out_array(o, "hosts");
		for (h = 0; h < k->nr_hosts; h++)
			json_out_string(o, NULL, f->hosts->host[k->host[h]].name);
		json_out_end(o);
		json_out_end(o);
	}
	json_out_end(o);
}

static void json_feature(struct json_out *o, const struct section *s, unsigned int feature)
{
	const struct bit_place *at = &s->pool.fleet->feature[feature];
	char *name = bit_name(at), *where = bit_where(at);
	unsigned int i;

	json_out_object(o, NULL);
	json_out_flat(o);
	json_out_string(o, "feature", name);
	json_out_string(o, "where", where);
	json_out_bool(o, "given", row_has(s->pool.row, feature));
	json_out_array(o, "missing_on_kinds");
	for (i = 0; i < s->pool.nr_kinds; i++)
		if (!section_has(s, i, feature))
			json_out_uint(o, NULL, i + 1);
	json_out_end(o);
	json_out_end(o);
	free(name);
	free(where);
}

static void json_section(struct json_out *o, const struct section *s, bool all)
{
	unsigned int b, i;

	json_out_object(o, NULL);
	json_out_string(o, "vendor", s->vendor);
	json_out_uint(o, "hosts", s->pool.nr_hosts);
	json_out_uint(o, "given", s->pool.given);
	json_out_uint(o, "lost", s->pool.lost);
	json_kinds(o, s);
	json_out_array(o, "features");
	for (b = 0; b < s->pool.nr_blames; b++)
		for (i = 0; i < s->pool.blame[b].nr_features; i++)
			json_feature(o, s, s->pool.blame[b].feature[i]);
	for (i = 0; all && i < s->pool.fleet->nr_features; i++)
		if (row_has(s->pool.row, i))
			json_feature(o, s, i);
	json_out_end(o);
	json_out_end(o);
}

static int show(const struct matrix *m, bool all)
{
	struct render *r = render_begin("kvm-level/matrix/1");
	struct json_out *o = render_json(r);
	struct pen pen = take_pen();
	unsigned int i;

	if (o)
		json_out_array(o, "vendors");
	for (i = 0; i < m->nr_sections; i++) {
		if (o) {
			json_section(o, &m->section[i], all);
			continue;
		}
		if (i)
			render_line(r, "%s", "");
		show_section(r, &m->section[i], &pen, all);
	}
	if (o)
		json_out_end(o);
	render_line(r, "%s", "");
	render_line(r, "%s has it, %s lacks it, %s is the only kind that lacks it. GIVES: features;",
		    pen.has, pen.lacks, pen.alone);
	render_line(r, "COSTS: those that the pool would gain if these hosts left; ONWARD: those of a pool of");
	render_line(r, "these hosts and of all kinds below them.");
	return render_end(r, NULL);
}

int cmd_pool_matrix(int argc, char **argv)
{
	const char *page = NULL, *title = NULL;
	bool all = false;
	const struct option_spec spec[] = {
		{ "--all", NULL, &all, NULL },
		{ "--html", NULL, NULL, &page },
		{ "--title", NULL, NULL, &title },
		{ NULL, NULL, NULL, NULL },
	};
	struct hosts hosts = { 0 };
	struct matrix m;
	struct fleet f;
	size_t len;
	char *text;
	int err;

	if (options(&argc, argv, spec) || arguments(argc, 1, -1, "a host dump"))
		return USAGE;
	if (title && !page)
		return usage("--title is that of a page: --html");
	if (page && all)
		return usage("--html or --all, not both: the page tells features that some hosts lack");
	if (page && tool.json)
		return usage("--html or --json, not both");
	if (inputs_read(argc, argv, &hosts))
		return REFUSED;
	inputs_warn_of_raw(&hosts);
	if (fleet_build(&f, &hosts)) {
		hosts_free(&hosts);
		return REFUSED;
	}
	matrix_make(&m, &f);
	if (page) {
		text = matrix_html(&m, title ? title : "Pool", &len);
		err = write_whole(strcmp(page, "-") ? page : NULL, text, len) ? REFUSED : DONE;
		free(text);
	} else {
		err = show(&m, all);
	}
	matrix_free(&m);
	fleet_free(&f);
	hosts_free(&hosts);
	return err;
}

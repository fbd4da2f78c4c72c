// SPDX-License-Identifier: GPL-2.0
/*
 * pool check: may these hosts run a baseline?  A host must have all of max, or
 * the module refuses the baseline there; one that has at least the default is
 * told apart, because a baseline without that max would do.
 */
#include "cmd.h"
#include "cmd_level.h"
#include "inputs.h"
#include "baseline.h"
#include "levels.h"
#include "names.h"
#include "render.h"

/* Features and other places, and on how many hosts each is missing. */
struct missing {
	char *what;
	unsigned int hosts;
};

struct verdict {
	unsigned int def, max;	/* places of the default and of max that the host lacks */
	bool vendor;		/* it is the baseline's */
};

struct check {
	struct render *r;
	const struct baseline *b;
	const struct hosts *hosts;
	struct verdict *verdict;
	const struct host *host;	/* whose places are being told */
	char **told;			/* of its default, so that max does not repeat them */
	unsigned int nr_told;
	struct missing *missing;
	unsigned int nr_missing;
};

static void count_missing(struct check *c, const char *what, size_t len)
{
	unsigned int i;

	for (i = 0; i < c->nr_missing; i++) {
		if (strlen(c->missing[i].what) == len && !memcmp(c->missing[i].what, what, len)) {
			c->missing[i].hosts++;
			return;
		}
	}
	c->missing = xrealloc(c->missing, c->nr_missing + 1, sizeof(*c->missing));
	c->missing[c->nr_missing++] = (struct missing){ xprintf("%.*s", (int)len, what), 1 };
}

/* Each feature counts by itself, a number or a layout by its place. */
static void count_place(struct check *c, const char *text, const char *names)
{
	const char *end = strstr(text, ": ");
	size_t len;

	if (!*names)
		count_missing(c, text, end ? (size_t)(end - text) : strlen(text));
	for (; *names; names += len + strspn(names + len, ", ")) {
		len = strcspn(names, ",");
		count_missing(c, names, len);
	}
}

static void lack_row(struct check *c, const char *of, const char *text, const char *names)
{
	cell_string(c->r, "%s", c->host->name);
	cell_string(c->r, "%s", of);
	cell_string(c->r, "%s", text);
	cell_words(c->r, names);
}

static void default_row(void *ctx, const struct kl_place *at, const char *text)
{
	char *names = place_features(at);
	struct check *c = ctx;

	lack_row(c, "default", text, names);
	c->told = xrealloc(c->told, c->nr_told + 1, sizeof(*c->told));
	c->told[c->nr_told++] = xprintf("%s", text);
	free(names);
}

/* Max has all of the default: what counts is its places. */
static void max_row(void *ctx, const struct kl_place *at, const char *text)
{
	char *names = place_features(at);
	struct check *c = ctx;
	unsigned int i;

	for (i = 0; i < c->nr_told && strcmp(c->told[i], text); i++)
		;
	if (i == c->nr_told)
		lack_row(c, "max", text, names);
	count_place(c, text, names);
	free(names);
}

static void no_row(void *ctx, const struct kl_place *at, const char *text)
{
	(void)ctx;
	(void)at;
	(void)text;
}

static void judge(struct check *c)
{
	const struct kl_set def = words_set(&c->b->def), max = baseline_max(c->b);
	unsigned int i;

	c->verdict = xrealloc(NULL, c->hosts->nr, sizeof(*c->verdict));
	for (i = 0; i < c->hosts->nr; i++) {
		const struct kl_set offer = words_set(&c->hosts->host[i].words);

		c->verdict[i].vendor = baseline_is_for(c->b, c->hosts->host[i].vendor);
		c->verdict[i].def = set_lacks(&def, &offer, no_row, NULL);
		c->verdict[i].max = set_lacks(&max, &offer, no_row, NULL);
	}
}

static void maybe(struct render *r, const char *text)
{
	if (text)
		cell_string(r, "%s", text);
	else
		cell_none(r);
}

static void show_hosts(struct check *c)
{
	static const struct column columns[] = {
		{ "host", "HOST", false }, { NULL, "FITS", false }, { "fits", NULL, false },
		{ "default_fits", NULL, false }, { "lacks", "LACKS", true },
		{ "vendor", NULL, false }, { "kernel", "KERNEL", false },
		{ "microcode", "MICROCODE", false },
	};
	unsigned int i;

	render_table(c->r, "hosts", columns, ARRAY_SIZE(columns));
	for (i = 0; i < c->hosts->nr; i++) {
		const struct host *h = &c->hosts->host[i];
		const struct verdict *v = &c->verdict[i];

		cell_string(c->r, "%s", h->name);
		cell_string(c->r, "%s", !v->vendor || v->def ? "no" :
					v->max ? "default only" : "yes");
		cell_bool(c->r, v->vendor && !v->max);
		cell_bool(c->r, v->vendor && !v->def);
		cell_uint(c->r, v->vendor ? v->max : 1);
		cell_string(c->r, "%s", h->vendor);
		maybe(c->r, h->kernel);
		maybe(c->r, h->microcode);
	}
	render_table_end(c->r);
}

static void show_lacks(struct check *c)
{
	static const struct column columns[] = {
		{ "host", "HOST", false }, { "of", "OF", false }, { "lacks", "LACKS", false },
		{ "features", NULL, false },
	};
	const struct kl_set def = words_set(&c->b->def), max = baseline_max(c->b);
	unsigned int i;

	render_table(c->r, "lacks", columns, ARRAY_SIZE(columns));
	for (i = 0; i < c->hosts->nr; i++) {
		const struct kl_set offer = words_set(&c->hosts->host[i].words);

		c->host = &c->hosts->host[i];
		if (!c->verdict[i].vendor) {
			cell_string(c->r, "%s", c->host->name);
			cell_string(c->r, "%s", "vendor");
			cell_string(c->r, "it is %s, and the baseline is for %s",
				    c->host->vendor, c->b->vendor);
			cell_words(c->r, "");
			count_missing(c, "vendor", strlen("vendor"));
			continue;
		}
		set_lacks(&def, &offer, default_row, c);
		set_lacks(&max, &offer, max_row, c);
		while (c->nr_told)
			free(c->told[--c->nr_told]);
	}
	render_table_end(c->r);
}

static int most_hosts(const void *a, const void *b)
{
	const struct missing *x = a, *y = b;

	if (x->hosts != y->hosts)
		return x->hosts > y->hosts ? -1 : 1;
	return strcmp(x->what, y->what);
}

static void show_missing(struct check *c)
{
	static const struct column columns[] = {
		{ "what", "MISSING", false }, { "hosts", "HOSTS", true },
	};
	unsigned int i;

	if (c->nr_missing)
		qsort(c->missing, c->nr_missing, sizeof(*c->missing), most_hosts);
	render_table(c->r, "missing", columns, ARRAY_SIZE(columns));
	for (i = 0; i < c->nr_missing; i++) {
		cell_string(c->r, "%s", c->missing[i].what);
		cell_uint(c->r, c->missing[i].hosts);
		free(c->missing[i].what);
	}
	render_table_end(c->r);
	free(c->missing);
}

static int check(const struct baseline *b, const struct hosts *hosts)
{
	struct check c = { .b = b, .hosts = hosts };
	unsigned int i, fit = 0, partly = 0, unfit;
	int err;

	judge(&c);
	for (i = 0; i < hosts->nr; i++) {
		fit += c.verdict[i].vendor && !c.verdict[i].max;
		partly += c.verdict[i].vendor && c.verdict[i].max && !c.verdict[i].def;
	}
	unfit = hosts->nr - fit;
	c.r = render_begin("kvm-level/check/1");
	render_string(c.r, "baseline", NULL, "%s", b->name);
	render_bool(c.r, "has_max", NULL, b->has_max);
	render_uint(c.r, "fit", NULL, fit);
	render_uint(c.r, "default_only", NULL, partly);
	render_uint(c.r, "unfit", NULL, unfit);
	show_hosts(&c);
	show_lacks(&c);
	show_missing(&c);
	err = render_end(c.r, NULL);
	free(c.verdict);
	free(c.told);
	inputs_warn_of_raw(hosts);
	if (unfit)
		say("%u of %u hosts can't run \"%s\"%s", unfit, hosts->nr, b->name,
		    partly == unfit ? ", though all have its default" : "");
	return err ? err : unfit ? REFUSED : DONE;
}

int cmd_pool_check(int argc, char **argv)
{
	struct hosts hosts = { 0 };
	struct baseline b;
	int err;

	if (options(&argc, argv, NULL) || arguments(argc, 1, -1, "a baseline") ||
	    arguments(argc, 2, -1, "a host dump"))
		return USAGE;
	if (level_is_name(argv[0]))
		return level_check(argv[0], argc - 1, argv + 1);
	if (baseline_read(argv[0], &b))
		return REFUSED;
	if (inputs_read(argc - 1, argv + 1, &hosts)) {
		baseline_free(&b);
		return REFUSED;
	}
	err = check(&b, &hosts);
	hosts_free(&hosts);
	baseline_free(&b);
	return err;
}

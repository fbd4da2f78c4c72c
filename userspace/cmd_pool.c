// SPDX-License-Identifier: GPL-2.0
#include "cmd.h"
#include "baseline.h"
#include "host.h"
#include "levels.h"
#include "names.h"
#include "render.h"

static int read_all(int argc, char **argv, struct hosts *hosts)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (hosts_read(argv[i], hosts)) {
			hosts_free(hosts);
			return -1;
		}
	}
	return 0;
}

struct check {
	struct render *r;
	const char *host;
};

static void check_row(void *ctx, const struct kl_place *at, const char *text)
{
	char *names = place_features(at);
	struct check *c = ctx;

	cell_string(c->r, "%s", c->host);
	cell_bool(c->r, false);
	cell_string(c->r, "%s", text);
	cell_words(c->r, names);
	free(names);
}

static const struct column columns[] = {
	{ "host", "HOST", false }, { "fits", "FITS", false }, { "lacks", "LACKS", false },
	{ "features", NULL, false },
};

static void check_host(struct render *r, const struct level *l, const struct host *h,
		       unsigned int *unfit)
{
	const struct kl_set set = words_set(&h->words);
	char *why = level_misfit(l, h->vendor, &set), *names = level_lacks(l, &set);

	cell_string(r, "%s", h->name);
	cell_bool(r, !why);
	if (why)
		cell_string(r, "%s", names && strstr(why, names) ? names : why);
	else
		cell_none(r);
	if (names)
		cell_words(r, names);
	else
		cell_none(r);
	*unfit += !!why;
	free(why);
	free(names);
}

/* A level in place of a baseline: it has features, and no numbers. */
static int check_level(const char *name, int argc, char **argv)
{
	struct hosts hosts = { 0 };
	unsigned int i, unfit = 0;
	struct level l;
	struct render *r;
	int err;

	if (level_find(name, &l))
		return REFUSED;
	if (read_all(argc, argv, &hosts)) {
		level_free(&l);
		return REFUSED;
	}
	r = render_begin("kvm-level/check/1");
	render_table(r, "hosts", columns, ARRAY_SIZE(columns));
	for (i = 0; i < hosts.nr; i++)
		check_host(r, &l, &hosts.host[i], &unfit);
	render_table_end(r);
	render_uint(r, "unfit", NULL, unfit);
	err = render_end(r, NULL);
	if (unfit)
		say("%u of %u hosts are below level %s", unfit, hosts.nr, l.name);
	hosts_free(&hosts);
	level_free(&l);
	return err ? err : unfit ? REFUSED : DONE;
}

int cmd_pool_check(int argc, char **argv)
{
	struct hosts hosts = { 0 };
	unsigned int i, unfit = 0;
	struct baseline b;
	struct kl_set max;
	struct check c;
	int err;

	if (options(&argc, argv, NULL) || arguments(argc, 2, -1, "a baseline and a host dump"))
		return USAGE;
	if (level_is_name(argv[0]))
		return check_level(argv[0], argc - 1, argv + 1);
	if (baseline_read(argv[0], &b))
		return REFUSED;
	if (read_all(argc - 1, argv + 1, &hosts)) {
		baseline_free(&b);
		return REFUSED;
	}
	max = baseline_max(&b);
	c.r = render_begin("kvm-level/check/1");
	render_table(c.r, "hosts", columns, ARRAY_SIZE(columns));
	for (i = 0; i < hosts.nr; i++) {
		const struct kl_set offer = words_set(&hosts.host[i].words);

		c.host = hosts.host[i].name;
		if (set_lacks(&max, &offer, check_row, &c)) {
			unfit++;
			continue;
		}
		cell_string(c.r, "%s", c.host);
		cell_bool(c.r, true);
		cell_none(c.r);
		cell_none(c.r);
	}
	render_table_end(c.r);
	render_uint(c.r, "unfit", NULL, unfit);
	err = render_end(c.r, NULL);
	for (i = 0; i < hosts.nr; i++)
		if (hosts.host[i].raw)
			say("warning: \"%s\" is raw CPUID: KVM may offer less there",
			    hosts.host[i].name);
	if (unfit)
		say("%u of %u hosts can't run \"%s\"", unfit, hosts.nr, b.name);
	hosts_free(&hosts);
	baseline_free(&b);
	return err ? err : unfit ? REFUSED : DONE;
}

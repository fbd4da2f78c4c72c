// SPDX-License-Identifier: GPL-2.0
#include "cmd.h"
#include "baseline.h"
#include "host.h"
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

int cmd_pool_check(int argc, char **argv)
{
	static const struct column columns[] = {
		{ "host", "HOST", false }, { "fits", "FITS", false }, { "lacks", "LACKS", false },
		{ "features", NULL, false },
	};
	struct hosts hosts = { 0 };
	unsigned int i, unfit = 0;
	struct baseline b;
	struct kl_set max;
	struct check c;
	int err;

	if (options(&argc, argv, NULL) || arguments(argc, 2, -1, "a baseline and a host dump"))
		return USAGE;
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

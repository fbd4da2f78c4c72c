// SPDX-License-Identifier: GPL-2.0
/* levelctl pool compute */
#include <stdlib.h>

#include "cmd.h"
#include "out.h"
#include "pool.h"
#include "progress.h"

/* "baseline apply" reads no more. */
#define BASELINE_LIMIT (64u << 20)

static const struct {
	const char *word;
	const char *vendor;	/* as leaf 0 has it */
} vendors[] = {
	{ "intel", "GenuineIntel" }, { "amd", "AuthenticAMD" }, { "hygon", "HygonGenuine" },
	{ "centaur", "CentaurHauls" }, { "zhaoxin", "  Shanghai  " },
};

int parse_name(const char *name, unsigned int most)
{
	char *fault = baseline_name_fault(name, most);

	if (fault)
		usage("--name %s", fault);
	free(fault);
	return fault ? USAGE : DONE;
}

static int parse_vendor(const char *word, struct pool_wish *wish)
{
	unsigned int i;

	for (i = 0; word && i < ARRAY_SIZE(vendors); i++) {
		if (strcmp(vendors[i].word, word))
			continue;
		wish->vendor = vendors[i].vendor;
		return DONE;
	}
	return word ? usage("--vendor is intel, amd, hygon, centaur or zhaoxin, not \"%s\"", word) :
		      DONE;
}

/* "25/1/1": family, model, stepping, as host dumps have them */
static int parse_identity(const char *text, struct pool_wish *wish)
{
	char end;

	if (!text)
		return DONE;
	if (!wish->vendor)
		return usage("--identity goes with --vendor");
	if (text[strspn(text, "0123456789/")] || strlen(text) > 20 ||
	    sscanf(text, "%u/%u/%u%c", &wish->family, &wish->model, &wish->stepping, &end) != 3)
		return usage("--identity is FAMILY/MODEL/STEPPING, such as 25/1/1, not \"%s\"",
			     text);
	if (wish->family > 0xf + 0xff || wish->model > 0xff || wish->stepping > 0xf)
		return usage("--identity is up to 270/255/15, not \"%s\"", text);
	wish->has_signature = true;
	return DONE;
}

static int parse_most(const char *text, struct pool_wish *wish)
{
	if (!text)
		return DONE;
	if (!strcmp(text, "all")) {
		wish->most_names = 0;
		return DONE;
	}
	if (parse_number(text, UINT32_MAX, "--missing-on, if not \"all\",", &wish->most_names))
		return USAGE;
	return wish->most_names ? DONE : usage("--missing-on is at least 1, or all");
}

static int write_pool(const char *path, struct pool *p)
{
	struct json_out *o;
	struct out out;
	int err;

	if (out_begin(&out, path))
		return -1;
	o = json_out_to(out.to);
	json_out_object(o, NULL);
	err = pool_write(o, p);
	json_out_end_all(o);
	if (!err)
		return out_commit(&out);
	out_abandon(&out);
	return -1;
}

static void tell(const struct pool *p, bool report)
{
	u64 size = pool_names_size(p);
	unsigned int i;

	for (i = 0; i < p->nr_warnings; i++)
		say("warning: %s", p->warning[i]);
	if (size > BASELINE_LIMIT)
		say("warning: %llu MB of hosts' names under \"lost\" are more than \"baseline apply\" reads: --missing-on with a number names fewer",
		    (unsigned long long)size >> 20);
	if (report)
		pool_report(p);
}

int cmd_pool_compute(int argc, char **argv)
{
	const char *path = NULL, *vendor = NULL, *identity = NULL, *most = NULL;
	const char *level_name = NULL;
	struct pool_wish wish = { .name = "pool", .most_names = POOL_NAMES };
	bool report = false;
	const struct option_spec spec[] = {
		{ "--output", "-o", NULL, &path },
		{ "--name", NULL, NULL, &wish.name },
		{ "--raw-ok", NULL, &wish.raw_ok, NULL },
		{ "--level", NULL, NULL, &level_name },
		{ "--vendor", NULL, NULL, &vendor },
		{ "--identity", NULL, NULL, &identity },
		{ "--report", NULL, &report, NULL },
		{ "--missing-on", NULL, NULL, &most },
		{ NULL, NULL, NULL, NULL },
	};
	struct level level = { 0 };
	struct host_sink sink;
	struct pool pool;
	int err;

	if (options(&argc, argv, spec) || arguments(argc, 1, -1, "a host dump") ||
	    parse_vendor(vendor, &wish) || parse_identity(identity, &wish) ||
	    parse_most(most, &wish))
		return USAGE;
	if (parse_name(wish.name, KL_NAME_MAX))
		return USAGE;
	if (level_name && !level_is_name(level_name))
		return refuse("--level is a level's name, not a file: \"levelctl baseline list\" shows the levels");
	if (level_name && level_find(level_name, &level))
		return REFUSED;
	wish.level = level_name ? &level : NULL;
	pool_begin(&pool, &wish);
	sink = pool_sink(&pool);
	err = hosts_stream(argc, argv, &sink);
	progress_end();
	if (!err)
		err = pool_finish(&pool);
	if (!err) {
		tell(&pool, report);
		err = write_pool(path, &pool);
	}
	pool_free(&pool);
	level_free(&level);
	return err ? REFUSED : DONE;
}

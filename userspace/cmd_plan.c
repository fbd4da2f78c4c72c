// SPDX-License-Identifier: GPL-2.0
/* pool plan: which hosts should share a pool. */
#include <dirent.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blame.h"
#include "cmd.h"
#include "inputs.h"
#include "plan.h"
#include "pool.h"
#include "progress.h"
#include "render.h"

/* Without --verbose: so many names of hosts, so many lines of what is lost. */
#define FEW_HOSTS 12
#define FEW_BLAMES 6
#define FEW_NAMES 3

struct report {
	struct render *r;
	const struct fleet *fleet;
	const struct plan *plan;
	const char *name;
	struct blamed *pool;
};

static void find_pools(struct report *rep)
{
	const struct fleet *f = rep->fleet;
	unsigned int *kind = xrealloc(NULL, f->nr_kinds, sizeof(*kind)), p, k, nr;

	rep->pool = xrealloc(NULL, rep->plan->nr_pools, sizeof(*rep->pool));
	for (p = 0; p < rep->plan->nr_pools; p++) {
		for (nr = 0, k = 0; k < f->nr_kinds; k++)
			if (rep->plan->pool_of[k] == p)
				kind[nr++] = k;
		blame_find(&rep->pool[p], f, kind, nr);
		progress("looking for what pools lose", p + 1, rep->plan->nr_pools);
	}
	progress_end();
	free(kind);
}

static const char *vendor_of(const struct blamed *p)
{
	return p->fleet->vendor[p->fleet->kind[p->kind[0]].vendor];
}

static void list_hosts(const struct report *rep, const struct blamed *p)
{
	const struct fleet *f = rep->fleet;
	unsigned int most = tool.json || tool.verbose ? p->nr_hosts : FEW_HOSTS, k, h, nr = 0;

	render_list(rep->r, "hosts", "  hosts");
	for (k = 0; k < p->nr_kinds; k++) {
		const struct kind *kind = &f->kind[p->kind[k]];

		for (h = 0; h < kind->nr_hosts && nr < most; h++, nr++)
			render_item(rep->r, "%s", f->hosts->host[kind->host[h]].name);
	}
	if (nr < p->nr_hosts)
		render_item(rep->r, "and %u more", p->nr_hosts - nr);
	render_list_end(rep->r);
}

static void json_lost(struct json_out *o, const struct blamed *p)
{
	unsigned int b, i, k, h;

	json_out_array(o, "lost");
	for (b = 0; b < p->nr_blames; b++) {
		const struct blame *blame = &p->blame[b];

		json_out_object(o, NULL);
		json_out_flat(o);
		json_out_array(o, "features");
		for (i = 0; i < blame->nr_features; i++) {
			char *name = bit_name(&p->fleet->feature[blame->feature[i]]);

			json_out_string(o, NULL, name);
			free(name);
		}
		json_out_end(o);
		json_out_uint(o, "lost_on", p->nr_hosts - blame->lacking_hosts);
		json_out_array(o, "missing_on");
		for (k = 0; k < p->nr_kinds; k++) {
			const struct kind *kind = &p->fleet->kind[p->kind[k]];

			for (h = 0; row_has(blame->lacking, k) && h < kind->nr_hosts; h++)
				json_out_string(o, NULL,
						p->fleet->hosts->host[kind->host[h]].name);
		}
		json_out_end(o);
		json_out_end(o);
	}
	json_out_end(o);
}

static void text_lost(const struct report *rep, const struct blamed *p)
{
	unsigned int most = tool.verbose ? p->nr_blames : FEW_BLAMES, b, i, rest = 0;

	for (b = 0; b < p->nr_blames; b++) {
		const struct blame *blame = &p->blame[b];
		char *names;

		if (b >= most) {
			rest += blame->nr_features;
			continue;
		}
		names = blame_names(p, blame, tool.verbose ? 0 : FEW_NAMES);
		if (blame->lacking_kinds)
			render_line(rep->r, "  lost on %u of %u hosts, missing on %s:",
				    p->nr_hosts - blame->lacking_hosts, p->nr_hosts, names);
		else
			render_line(rep->r, "  lost on all %u hosts, whose layouts differ:",
				    p->nr_hosts);
		free(names);
		render_list(rep->r, NULL, "");
		for (i = 0; i < blame->nr_features; i++) {
			char *name = bit_name(&p->fleet->feature[blame->feature[i]]);

			render_item(rep->r, "%s", name);
			free(name);
		}
		render_list_end(rep->r);
	}
	if (rest)
		render_line(rep->r, "  and %u features more: --verbose names them", rest);
}

static void show_pool(const struct report *rep, unsigned int i)
{
	const struct blamed *p = &rep->pool[i];
	struct json_out *o = render_json(rep->r);

	if (o)
		json_out_object(o, NULL);
	render_line(rep->r, "%s", "");
	render_line(rep->r,
		    "%s-%u: %u host%s (%u kind%s) of %s: %u features, %u lost, score %" PRIu64,
		    rep->name, i + 1, p->nr_hosts, p->nr_hosts == 1 ? "" : "s", p->nr_kinds,
		    p->nr_kinds == 1 ? "" : "s", vendor_of(p), p->given, p->lost, p->score);
	if (o) {
		char *name = xprintf("%s-%u", rep->name, i + 1);

		json_out_string(o, "name", name);
		json_out_string(o, "vendor", vendor_of(p));
		json_out_uint(o, "kinds", p->nr_kinds);
		json_out_uint(o, "features", p->given);
		json_out_uint(o, "score", p->score);
		free(name);
	}
	list_hosts(rep, p);
	if (o) {
		json_lost(o, p);
		json_out_end(o);
	} else {
		text_lost(rep, p);
	}
}

static void show(struct report *rep, unsigned int wanted)
{
	const struct fleet *f = rep->fleet;
	const struct plan *plan = rep->plan;
	struct json_out *o = render_json(rep->r);
	unsigned int p;

	render_line(rep->r, "%u hosts of %u kinds in %u pool%s: score %" PRIu64 " (%s)",
		    f->hosts->nr, f->nr_kinds, plan->nr_pools, plan->nr_pools == 1 ? "" : "s",
		    plan->score, plan->exact ? "no partition has less" : "found by heuristics");
	render_line(rep->r, "The score adds up, over all hosts, the features that a host could give its guests");
	render_line(rep->r, "and that its pool does not. Hosts of one kind give the same features.");
	if (plan->nr_pools < wanted)
		render_line(rep->r, "%u pools lose nothing: there are no more kinds of hosts, so %u are not made.",
			    plan->nr_pools, wanted - plan->nr_pools);
	render_uint(rep->r, "pools_wanted", NULL, wanted);
	render_uint(rep->r, "hosts", NULL, f->hosts->nr);
	render_uint(rep->r, "kinds", NULL, f->nr_kinds);
	render_uint(rep->r, "score", NULL, plan->score);
	render_string(rep->r, "method", NULL, "%s", plan->exact ? "exact" : "heuristic");
	if (o)
		json_out_array(o, "pools");
	for (p = 0; p < plan->nr_pools; p++)
		show_pool(rep, p);
	if (o)
		json_out_end(o);
}

/* The pool's baseline into @dir: 0, or -1 said why. */
static int write_baseline(const struct report *rep, const char *dir, unsigned int i)
{
	const struct blamed *p = &rep->pool[i];
	struct hosts own = { .nr = p->nr_hosts };
	char *name, *path, *text = NULL;
	unsigned int k, h, n = 0;
	struct json_out *o;
	struct pool pool;
	size_t len;
	int err;

	/* Borrowed: the hosts stay those of the fleet. */
	own.host = xrealloc(NULL, own.nr, sizeof(*own.host));
	for (k = 0; k < p->nr_kinds; k++) {
		const struct kind *kind = &rep->fleet->kind[p->kind[k]];

		for (h = 0; h < kind->nr_hosts; h++)
			own.host[n++] = rep->fleet->hosts->host[kind->host[h]];
	}
	name = xprintf("%s-%u", rep->name, i + 1);
	path = xprintf("%s/%s.json", dir, name);
	err = pool_compute(&pool, &own, name);
	if (!err) {
		o = json_out_new();
		json_out_object(o, NULL);
		err = pool_write(o, &pool);
		text = json_out_finish(o, &len);
		if (!err)
			err = write_whole(path, text, len);
		pool_free(&pool);
	}
	free(text);
	free(path);
	free(name);
	free(own.host);
	return err ? -1 : 0;
}

static void remove_all(const char *dir, const struct report *rep)
{
	unsigned int i;

	for (i = 0; i < rep->plan->nr_pools; i++) {
		char *path = xprintf("%s/%s-%u.json", dir, rep->name, i + 1);

		unlink(path);
		free(path);
	}
	rmdir(dir);
}

/* "plans/" is what a shell completes: what is made first stands beside it, not in it. */
static char *without_slash(const char *asked)
{
	size_t len = strlen(asked);

	while (len > 1 && asked[len - 1] == '/')
		len--;
	return xprintf("%.*s", (int)len, asked);
}

/* Every pool's baseline in @asked, all of them or no such folder: 0, or -1 said why. */
static int write_baselines(const struct report *rep, const char *asked)
{
	char *dir = without_slash(asked), *temp;
	mode_t mask = umask(0);
	unsigned int i;
	int err = 0;

	umask(mask);
	temp = xprintf("%s.XXXXXX", dir);
	if (!mkdtemp(temp)) {
		say("%s: %s", temp, strerror(errno));
		free(temp);
		free(dir);
		return -1;
	}
	for (i = 0; i < rep->plan->nr_pools && !err; i++) {
		err = write_baseline(rep, temp, i);
		progress("writing baselines", i + 1, rep->plan->nr_pools);
	}
	progress_end();
	/* Over an empty directory it goes, over anything else it does not. */
	if (!err && (chmod(temp, 0777 & ~mask) || rename(temp, dir))) {
		if (errno == ENOTEMPTY || errno == EEXIST)
			say("%s: there is something in it already", dir);
		else
			say("%s: %s", dir, strerror(errno));
		err = -1;
	}
	if (err)
		remove_all(temp, rep);
	free(temp);
	free(dir);
	return err;
}

static void take_back(const struct report *rep, const char *asked)
{
	char *dir = without_slash(asked);

	remove_all(dir, rep);
	free(dir);
}

/* Can @hosts be @pools pools at all?  DONE, or REFUSED, which has been said. */
static int check_wish(const struct fleet *f, unsigned int pools, enum plan_method method)
{
	if (pools > f->hosts->nr)
		return refuse("%u pools of %u host%s: a pool has at least one", pools,
			      f->hosts->nr, f->hosts->nr == 1 ? "" : "s");
	if (pools < f->nr_vendors)
		return refuse("hosts of %u vendors (%s, %s%s) need as many pools: guests can't move between vendors",
			      f->nr_vendors, f->vendor[0], f->vendor[1],
			      f->nr_vendors > 2 ? ", ..." : "");
	if (method == PLAN_EXACT && !plan_can_be_exact(f))
		return refuse("more than %u kinds of hosts of one vendor: too many partitions to look at all",
			      PLAN_EXACT_KINDS);
	return DONE;
}

static int plan_hosts(const struct hosts *hosts, unsigned int pools, enum plan_method method,
		      const char *dir, const char *name)
{
	struct report rep = { .name = name };
	struct fleet f;
	struct plan plan;
	unsigned int p;
	int err;

	if (fleet_build(&f, hosts))
		return REFUSED;
	err = check_wish(&f, pools, method);
	if (err) {
		fleet_free(&f);
		return err;
	}
	plan_make(&plan, &f, pools, method);
	rep.fleet = &f;
	rep.plan = &plan;
	find_pools(&rep);
	err = dir && write_baselines(&rep, dir) ? REFUSED : DONE;
	if (!err) {
		rep.r = render_begin("kvm-level/plan/1");
		show(&rep, pools);
		err = render_end(rep.r, NULL);
		/* Who has not read which hosts are in which pool has no use for their baselines. */
		if (err && dir)
			take_back(&rep, dir);
	}
	for (p = 0; p < plan.nr_pools; p++)
		blame_free(&rep.pool[p]);
	free(rep.pool);
	plan_free(&plan);
	fleet_free(&f);
	return err;
}

static int parse_method(const char *word, enum plan_method *method)
{
	static const char *const words[] = { "auto", "exact", "heuristic" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(word, words[i]))
			continue;
		*method = i;
		return DONE;
	}
	return usage("--method is auto, exact or heuristic");
}

int cmd_pool_plan(int argc, char **argv)
{
	const char *number = NULL, *dir = NULL, *name = "pool", *word = "auto";
	bool raw_ok = false;
	const struct option_spec spec[] = {
		{ "--pools", "-k", NULL, &number },
		{ "--output", "-o", NULL, &dir },
		{ "--name", NULL, NULL, &name },
		{ "--method", NULL, NULL, &word },
		{ "--raw-ok", NULL, &raw_ok, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	struct hosts hosts = { 0 };
	enum plan_method method = PLAN_AUTO;
	uint64_t pools;
	int err;

	if (options(&argc, argv, spec) || arguments(argc, 1, -1, "a host dump") ||
	    parse_method(word, &method))
		return USAGE;
	if (!number)
		return usage("-k is missing: how many pools?");
	if (parse_number(number, UINT32_MAX, "-k", &pools))
		return USAGE;
	if (!pools)
		return usage("-k is at least 1");
	/* Room for "-4294967295". */
	if (parse_name(name, KL_NAME_MAX - 11))
		return USAGE;
	if (strchr(name, '/'))
		return usage("--name has a slash, and files are called by it");
	if (inputs_read(argc, argv, &hosts))
		return REFUSED;
	if (!hosts.nr) {
		say("there are no hosts");
		return REFUSED;
	}
	if (inputs_check_sources(&hosts, raw_ok) < 0)
		err = REFUSED;
	else
		err = plan_hosts(&hosts, pools, method, dir, name);
	hosts_free(&hosts);
	return err;
}

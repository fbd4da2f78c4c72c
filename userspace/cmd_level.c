// SPDX-License-Identifier: GPL-2.0
/* Levels for people and programs: the table of all, and one in full. */
#include "cmd_level.h"
#include "inputs.h"
#include "levels.h"

static const struct column columns[] = {
	{ "name", "LEVEL", false }, { "source", "SOURCE", false }, { "vendor", "VENDOR", false },
	{ "features", "FEATURES", true }, { "about", "ABOUT", false },
};

static void row(struct render *r, const struct level *l)
{
	cell_string(r, "%s", l->name);
	cell_string(r, "%s", l->source);
	if (*l->vendor)
		cell_string(r, "%s", l->vendor);
	else
		cell_none(r);
	cell_uint(r, level_size(l));
	if (l->about)
		cell_string(r, "%s", l->about);
	else
		cell_none(r);
}

bool levels_source(const char *name)
{
	const struct level_source *s;

	for (s = level_sources; s->name; s++)
		if (!strcmp(s->name, name))
			return true;
	return false;
}

int levels_table(struct render *r, const char *source)
{
	const struct level_source *s;
	struct level_map map;
	unsigned int i;
	int err = 0, ret;

	render_table(r, "levels", columns, ARRAY_SIZE(columns));
	for (s = level_sources; s->name; s++) {
		if (source && strcmp(source, s->name))
			continue;
		ret = s->map(&map);
		if (ret < 0)
			err = -1;
		if (!ret && source) {
			say("%s is not installed here", source);
			err = -1;
		}
		if (ret <= 0)
			continue;
		for (i = 0; i < map.nr; i++)
			row(r, &map.level[i]);
		map_free(&map);
	}
	render_table_end(r);
	return err;
}

/* The level's bits as words, where a program would rather have these. */
static void write_words(struct json_out *o, const struct level *l)
{
	struct words w = { 0 };
	unsigned int i, j;
	struct kl_set set;

	for (i = 0; i < nr_features; i++) {
		const struct bit_place *at = &features[i].at;

		if (!l->has[i] || !level_counts(&features[i]))
			continue;
		if (at->msr) {
			for (j = 0; j < w.nr_msrs && w.msr[j].index != at->leaf; j++)
				;
			if (j == w.nr_msrs)
				words_add_msr(&w, at->leaf, 0);
			w.msr[j].value |= 1ull << at->bit;
			continue;
		}
		for (j = 0; j < w.nr_leaves; j++)
			if (w.leaf[j].leaf == at->leaf && w.leaf[j].subleaf == at->subleaf)
				break;
		if (j == w.nr_leaves) {
			const struct kl_leaf leaf = { .leaf = at->leaf, .subleaf = at->subleaf };

			words_add_leaf(&w, &leaf);
		}
		w.leaf[j].r[at->reg] |= 1u << at->bit;
	}
	words_sort(&w);
	set = words_set(&w);
	words_write_leaves(o, "cpuid", &set);
	words_write_msrs(o, "msr", &set);
	words_free(&w);
}

int level_show(const char *name)
{
	struct json_out *json;
	struct render *r;
	struct level l;
	unsigned int i;

	if (level_find(name, &l))
		return REFUSED;
	r = render_begin("kvm-level/level/1");
	render_string(r, "name", "name", "%s", l.name);
	render_string(r, "source", "source", "%s", l.source);
	if (l.about)
		render_string(r, "about", "about", "%s", l.about);
	if (*l.vendor)
		render_string(r, "vendor", "vendor", "%s", l.vendor);
	if (l.family) {
		render_string(r, NULL, "model", "family %u, model %u", l.family, l.model);
		render_uint(r, "family", NULL, l.family);
		render_uint(r, "model", NULL, l.model);
	}
	render_bool(r, "instructions_only", NULL, l.system);
	render_list(r, "features", "features");
	for (i = 0; i < nr_features; i++)
		if (l.has[i] && level_counts(&features[i]))
			render_item(r, "%s", features[i].name);
	render_list_end(r);
	render_list(r, "left_to_hosts", tool.verbose ? "hosts' own" : NULL);
	for (i = 0; i < nr_features; i++)
		if (l.keep[i] && !l.has[i] && level_counts(&features[i]))
			render_item(r, "%s", features[i].name);
	render_list_end(r);
	json = render_json(r);
	if (json)
		write_words(json, &l);
	level_free(&l);
	return render_end(r, NULL);
}

static const struct column host_columns[] = {
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
int level_check(const char *name, int argc, char **argv)
{
	struct hosts hosts = { 0 };
	unsigned int i, unfit = 0;
	struct level l;
	struct render *r;
	int err;

	if (level_find(name, &l))
		return REFUSED;
	if (inputs_read(argc, argv, &hosts)) {
		level_free(&l);
		return REFUSED;
	}
	r = render_begin("kvm-level/check/1");
	render_string(r, "level", NULL, "%s", l.name);
	render_table(r, "hosts", host_columns, ARRAY_SIZE(host_columns));
	for (i = 0; i < hosts.nr; i++)
		check_host(r, &l, &hosts.host[i], &unfit);
	render_table_end(r);
	render_uint(r, "unfit", NULL, unfit);
	err = render_end(r, NULL);
	inputs_warn_of_raw(&hosts);
	if (unfit)
		say("%u of %u hosts are below level %s", unfit, hosts.nr, l.name);
	hosts_free(&hosts);
	level_free(&l);
	return err ? err : unfit ? REFUSED : DONE;
}

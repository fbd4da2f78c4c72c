// SPDX-License-Identifier: GPL-2.0
/* baseline widen, baseline narrow: a max that is not the default. */
#include "cmd.h"
#include "inputs.h"
#include "widen.h"

/* Complaints before the rest is only counted. */
#define FEW_LINES 20

struct unkept {
	const struct baseline *old;
	unsigned int nr;
};

static void say_unkept(void *ctx, const struct host *host, const struct kl_place *at,
		       const char *text)
{
	struct unkept *u = ctx;

	(void)at;
	if (u->nr++ < FEW_LINES)
		say("\"%s\" can't be kept in full: %s lacks %s", u->old->name, host->name, text);
}

static void say_extra(void *ctx, const struct bit_place *at)
{
	const struct kl_set *def = ctx;
	const struct kl_bit bit = { at->leaf, at->subleaf, at->reg, at->bit };
	const struct kl_msr *m = at->msr ? kl_set_msr(def, at->leaf) : NULL;
	char *name;

	if (at->msr ? m && m->value >> at->bit & 1 : kl_set_has(def, &bit))
		return;
	name = bit_name(at);
	say("max has %s beyond the default", name);
	free(name);
}

static int write_baseline(const struct baseline *b, const char *path)
{
	const struct kl_set max = baseline_max(b);
	struct kl_set def = words_set(&b->def);
	struct json_out *o;
	size_t len;
	char *text;
	int err;

	set_features(&max, say_extra, &def);
	o = json_out_new();
	json_out_object(o, NULL);
	baseline_write(o, b);
	text = json_out_finish(o, &len);
	err = write_whole(path, text, len);
	free(text);
	return err ? REFUSED : DONE;
}

static int widen(struct baseline *b, const struct baseline *old, const struct hosts *hosts,
		 bool partly, const char *path)
{
	struct unkept u = { .old = old };
	int nr;

	nr = baseline_widen(b, old, hosts, say_unkept, &u);
	if (nr < 0)
		return REFUSED;
	if (u.nr > FEW_LINES)
		say("and %u more", u.nr - FEW_LINES);
	if (nr && !partly)
		return refuse("guests of \"%s\" that use these can't move to every host: --partly keeps the rest",
			      old->name);
	if (!b->has_max)
		say("max is the default: there is nothing more that all hosts can give%s",
		    old ? " and the older baseline has" : "");
	return write_baseline(b, path);
}

int cmd_baseline_widen(int argc, char **argv)
{
	const char *path = NULL, *with = NULL;
	bool partly = false;
	const struct option_spec spec[] = {
		{ "--output", "-o", NULL, &path },
		{ "--with", NULL, NULL, &with },
		{ "--partly", NULL, &partly, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	struct baseline b = { 0 }, old = { 0 };
	struct hosts hosts = { 0 };
	int err = REFUSED;

	if (options(&argc, argv, spec) || arguments(argc, 1, -1, "a baseline") ||
	    arguments(argc, 2, -1, "a host dump"))
		return USAGE;
	if (partly && !with)
		return usage("--partly goes with --with OLD");
	if (!baseline_read(argv[0], &b) && (!with || !baseline_read(with, &old)) &&
	    !inputs_read(argc - 1, argv + 1, &hosts)) {
		inputs_warn_of_raw(&hosts);
		err = widen(&b, with ? &old : NULL, &hosts, partly, path);
	}
	hosts_free(&hosts);
	baseline_free(&old);
	baseline_free(&b);
	return err;
}

/* "rtm,hle" as bits: their number, or -1 said why. */
static int parse_features(const char *list, struct bit_place **bit)
{
	int nr = 0;

	size_t len;

	*bit = NULL;
	for (list += strspn(list, ","); *list; list += len + strspn(list + len, ",")) {
		char *word, *near;
		int err;

		len = strcspn(list, ",");
		word = xprintf("%.*s", (int)len, list);
		*bit = xrealloc(*bit, nr + 1, sizeof(**bit));
		err = bit_parse(word, &(*bit)[nr++]);
		if (err && field_named(word)) {
			say("\"%s\" is a number: only features can be taken out", word);
		} else if (err) {
			near = near_names(word);
			say("\"%s\" is no feature that is known here%s%s", word,
			    near ? "; near it are: " : "", near ? near : "");
			free(near);
		}
		free(word);
		if (err) {
			free(*bit);
			return -1;
		}
	}
	return nr;
}

int cmd_baseline_narrow(int argc, char **argv)
{
	const char *path = NULL, *without = NULL;
	const struct option_spec spec[] = {
		{ "--output", "-o", NULL, &path },
		{ "--without", NULL, NULL, &without },
		{ NULL, NULL, NULL, NULL },
	};
	struct bit_place *bit = NULL;
	struct baseline b;
	int nr, err = REFUSED;

	if (options(&argc, argv, spec) || arguments(argc, 1, 1, "a baseline"))
		return USAGE;
	if (!without || !*without)
		return usage("--without is missing: which features?");
	nr = parse_features(without, &bit);
	if (nr < 0)
		return REFUSED;
	if (!nr) {
		free(bit);
		return usage("--without names no feature");
	}
	if (!baseline_read(argv[0], &b)) {
		err = baseline_narrow(&b, bit, nr) ? REFUSED : write_baseline(&b, path);
		baseline_free(&b);
	}
	free(bit);
	return err;
}

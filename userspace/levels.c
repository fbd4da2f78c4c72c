// SPDX-License-Identifier: GPL-2.0
/* Named levels: those that are built in, and what a level does to a pool. */
#include <unistd.h>

#include "levels.h"
#include "needs.h"

/* Leaves of hypervisors' interfaces: not the processor's, so no level's. */
static bool is_hypervisor(u32 leaf)
{
	return leaf >> 28 == 4;
}

void level_init(struct level *l, const char *name, const char *source)
{
	*l = (struct level){ .name = xprintf("%s", name), .source = source };
	l->has = xrealloc(NULL, nr_features, sizeof(*l->has));
	memset(l->has, 0, nr_features * sizeof(*l->has));
	l->qemu = "";
	l->libvirt = "";
}

void level_free(struct level *l)
{
	free(l->name);
	free(l->about);
	free(l->has);
	free(l->keep);
	free(l->unknown);
	*l = (struct level){ 0 };
}

/* The bits of a register that pools combine by AND, and those by OR. */
static void rules(const struct bit_place *at, u64 *and_bits, u64 *or_bits)
{
	const struct kl_msr_shape *m = at->msr ? kl_msr_shape_find(at->leaf) : NULL;
	const struct kl_shape *s = at->msr ? NULL : kl_shape_find(at->leaf, at->subleaf);

	*and_bits = 0;
	*or_bits = 0;
	if (m && !(m->flags & KL_SHAPE_VMM)) {
		*and_bits = m->and_bits;
		*or_bits = m->or_bits;
	}
	if (s && !(s->flags & KL_SHAPE_VMM) && !is_hypervisor(at->leaf)) {
		*and_bits = s->r[at->reg].and_bits;
		*or_bits = s->r[at->reg].or_bits;
	}
}

bool level_counts(const struct feature *f)
{
	u64 and_bits, or_bits;

	rules(&f->at, &and_bits, &or_bits);
	return and_bits >> f->at.bit & 1;
}

bool level_knows(const struct feature *f)
{
	u64 and_bits, or_bits;

	rules(&f->at, &and_bits, &or_bits);
	return (and_bits | or_bits) >> f->at.bit & 1;
}

unsigned int level_size(const struct level *l)
{
	unsigned int i, nr = 0;

	for (i = 0; i < nr_features; i++)
		nr += l->has[i] && level_counts(&features[i]);
	return nr;
}

void level_add_name(struct level *l, const char *name)
{
	const struct feature *f = feature_named(name);
	char *more;

	if (f) {
		if (level_knows(f))
			l->has[f - features] = true;
		return;
	}
	more = xprintf("%s%s%s", l->unknown ? l->unknown : "", l->unknown ? ", " : "", name);
	free(l->unknown);
	l->unknown = printable(more);
}

/* Set the features of @list, words with blanks between, in @has to @value. */
static void set_names(bool *has, const char *list, bool value)
{
	const struct feature *f;
	char word[40];
	size_t len;

	for (; *list; list += len) {
		list += strspn(list, " ");
		len = strcspn(list, " ");
		if (!len)
			break;
		if (len < sizeof(word)) {
			memcpy(word, list, len);
			word[len] = '\0';
			f = feature_named(word);
			if (f) {
				has[f - features] = value;
				continue;
			}
		}
		/* Our own data: a name that isn't there is a mistake of ours. */
		say("the built-in levels name \"%.*s\", which is no feature", (int)len, list);
		abort();
	}
}

static const struct builtin {
	const char *name, *parent, *about, *vendor;
	u32 family, model, stepping;
	const char *qemu, *libvirt, *adds, *drops;
} builtins[] = {
#define CPU_LEVEL(n, p, a, v, f, m, s, q, lv, add, drop) \
	{ n, p, a, v, f, m, s, q, lv, add, drop },
#include "level_data.h"
};

static const struct builtin *builtin_named(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(builtins); i++)
		if (!strcmp(builtins[i].name, name))
			return &builtins[i];
	return NULL;
}

static void add_builtin(struct level *l, const struct builtin *b)
{
	if (*b->parent)
		add_builtin(l, builtin_named(b->parent));
	set_names(l->has, b->adds, true);
	set_names(l->has, b->drops, false);
}

int builtin_map(struct level_map *map)
{
	unsigned int i;

	*map = (struct level_map){ 0 };
	for (i = 0; i < ARRAY_SIZE(builtins); i++) {
		const struct builtin *b = &builtins[i];
		struct level *l = map_add(map, b->name, "builtin");

		l->about = xprintf("%s", b->about);
		snprintf(l->vendor, sizeof(l->vendor), "%s", b->vendor);
		l->family = b->family;
		l->model = b->model;
		l->stepping = b->stepping;
		l->system = !*b->vendor;
		l->qemu = b->qemu;
		l->libvirt = b->libvirt;
		add_builtin(l, b);
	}
	return 1;
}

struct level *map_add(struct level_map *map, const char *name, const char *source)
{
	map->level = xrealloc(map->level, map->nr + 1, sizeof(*map->level));
	level_init(&map->level[map->nr], name, source);
	return &map->level[map->nr++];
}

void map_free(struct level_map *map)
{
	unsigned int i;

	while (map->nr)
		level_free(&map->level[--map->nr]);
	free(map->level);
	for (i = 0; map->spelling && i < nr_features; i++)
		free(map->spelling[i]);
	free(map->spelling);
	*map = (struct level_map){ 0 };
}

const struct level_source level_sources[] = {
	{ "builtin", builtin_map },
	{ "libvirt", libvirt_map },
	{ "qemu", qemu_map },
	{ NULL, NULL },
};

/* Take @name out of the source's levels: 1, 0 where it has none of that name, -1 said why. */
static int take(const struct level_source *source, const char *name, struct level *l)
{
	struct level_map map;
	unsigned int i;
	int ret = source->map(&map);

	if (ret <= 0)
		return ret;
	for (i = 0, ret = 0; i < map.nr && !ret; i++) {
		if (strcmp(map.level[i].name, name))
			continue;
		*l = map.level[i];
		map.level[i] = map.level[--map.nr];
		ret = 1;
	}
	map_free(&map);
	return ret;
}

bool level_is_name(const char *arg)
{
	size_t len = strlen(arg);

	return strcmp(arg, "-") && !strchr(arg, '/') &&
	       !(len > 5 && !strcmp(arg + len - 5, ".json")) && access(arg, F_OK);
}

static void find_kept(struct level *l)
{
	l->keep = xrealloc(NULL, nr_features, sizeof(*l->keep));
	memcpy(l->keep, l->has, nr_features * sizeof(*l->keep));
	set_names(l->keep, LEVEL_KEPT, true);
	if (l->system)
		set_names(l->keep, LEVEL_SYSTEM, true);
}

int level_find(const char *name, struct level *l)
{
	const struct level_source *s;
	const char *bare = name;
	size_t len;
	int ret;

	for (s = level_sources; s->name; s++) {
		len = strlen(s->name);
		if (!strncmp(name, s->name, len) && name[len] == ':') {
			bare = name + len + 1;
			break;
		}
	}
	if (s->name) {
		ret = take(s, bare, l);
	} else {
		for (ret = 0, s = level_sources; s->name && !ret; s++)
			ret = take(s, name, l);
	}
	if (ret > 0)
		find_kept(l);
	if (ret > 0 && l->unknown)
		say("warning: %s %s has features that are not known here, so they don't count: %s",
		    l->source, l->name, l->unknown);
	if (!ret)
		say("\"%s\" is no file, and no level: \"levelctl baseline list\" shows the levels",
		    name);
	return ret > 0 ? 0 : -1;
}

char *level_lacks(const struct level *l, const struct kl_set *set)
{
	char *all = NULL, *more;
	unsigned int i;

	for (i = 0; i < nr_features; i++) {
		if (!l->has[i] || !level_counts(&features[i]) ||
		    set_has_feature(set, &features[i].at))
			continue;
		more = xprintf("%s%s%s", all ? all : "", all ? ", " : "", features[i].name);
		free(all);
		all = more;
	}
	return all;
}

char *level_misfit(const struct level *l, const char *vendor, const struct kl_set *set)
{
	char *names, *text;

	if (*l->vendor && *vendor && strcmp(l->vendor, vendor))
		return xprintf("is %s, and the level is for %s", vendor, l->vendor);
	names = level_lacks(l, set);
	if (!names)
		return NULL;
	text = xprintf("lacks %s", names);
	free(names);
	return text;
}

/*
 * May a level take bits of this row at all?  A leaf that details one feature
 * goes with it; only XSAVE's instructions came one generation after the other.
 */
static bool row_counts(const struct kl_leaf *l, const struct kl_shape *shape)
{
	if (is_hypervisor(l->leaf))
		return false;
	return !shape->gate.leaf || (l->leaf == 0xd && l->subleaf == 1);
}

void level_cap(const struct level *l, struct kl_acc *acc)
{
	unsigned int i, r, b;

	for (i = 0; i < acc->nr_leaves; i++) {
		struct kl_leaf *leaf = &acc->leaf[i];
		const struct kl_shape *shape = kl_shape_find(leaf->leaf, leaf->subleaf);

		if (!shape || !row_counts(leaf, shape))
			continue;
		for (r = 0; r < KL_NR_REGS; r++) {
			u32 bits = leaf->r[r] & shape->r[r].and_bits;

			/* Leaf 0xD.1 ECX are state components, which follow their features. */
			if (leaf->leaf == 0xd && r != KL_EAX)
				continue;
			for (b = 0; b < 32; b++) {
				const struct bit_place at = { .leaf = leaf->leaf, .reg = r,
							      .subleaf = leaf->subleaf, .bit = b };
				const struct feature *f = feature_at(&at);

				if (bits >> b & 1 && !(f && l->keep[f - features]))
					leaf->r[r] &= ~(1u << b);
			}
		}
	}
	needs_close(acc);
}

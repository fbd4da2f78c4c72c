// SPDX-License-Identifier: GPL-2.0
/* What the output formats share: the nearest model, and what is left over. */
#include "export.h"
#include "out_names.h"

const struct out_format out_formats[] = {
	{ "json", out_json, false },
	{ "qemu", out_qemu, true },
	{ "libvirt", out_libvirt, true },
	{ "firecracker", out_firecracker, false },
	{ "xen", out_xen, false },
	{ NULL, NULL, false },
};

u32 out_word(const struct export *e, u32 leaf, u32 subleaf, enum kl_reg reg)
{
	const struct kl_leaf *l = kl_set_leaf(&e->set, leaf, subleaf);

	return l ? l->r[reg] : 0;
}

static void see_feature(void *ctx, const struct bit_place *at)
{
	const struct feature *f = feature_at(at);
	bool *has = ctx;

	has[f - features] = true;
}

bool *out_features(const struct export *e)
{
	bool *has = xrealloc(NULL, nr_features, sizeof(*has));

	memset(has, 0, nr_features * sizeof(*has));
	set_features(&e->set, see_feature, has);
	return has;
}

void out_left(struct export *e, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0) {
		say("out of memory");
		exit(REFUSED);
	}
	va_end(args);
	e->left = xrealloc(e->left, e->nr_left + 1, sizeof(*e->left));
	e->left[e->nr_left++] = text;
}

void out_identity_left(struct export *e)
{
	const struct identity *id = &e->baseline->identity;

	if (id->nr_vendors)
		out_left(e, "the identity %s %u/%u/%u", e->baseline->vendor, id->family, id->model,
			 id->stepping);
}

/* Bits that have a name by it; true if there are others. */
static bool leave_named(struct export *e, const struct kl_place *at, u64 bits)
{
	struct bit_place bit = {
		.msr = at->kind == KL_PLACE_MSR,
		.leaf = at->leaf, .subleaf = at->subleaf, .reg = at->reg,
	};
	const struct feature *f;
	bool others = false;
	unsigned int i;

	for (i = 0; i < 64; i++) {
		if (!(bits >> i & 1))
			continue;
		bit.bit = i;
		f = feature_at(&bit);
		if (f && !feature_is_copy(&bit))
			out_left(e, "%s", f->name);
		others |= !f;
	}
	return others;
}

/* Sizes in leaf 0xD and where its components lie follow from which components there are. */
static bool follows(const struct kl_leaf *l, unsigned int r)
{
	return l->leaf == 0xd && (l->subleaf != 1 || r != KL_EAX);
}

static void leave_reg(struct export *e, const struct kl_leaf *l, const struct kl_shape_reg *s,
		      unsigned int r, u64 (*carried)(void *ctx, const struct kl_place *at),
		      void *ctx)
{
	struct kl_place at = { KL_PLACE_CPUID, l->leaf, l->subleaf, r, 0, NULL };
	u32 bits = s->and_bits | s->or_bits, numbers = s->equal_bits;
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(s->min_field); n++)
		numbers |= s->min_field[n];
	at.bits = l->r[r] & (bits | numbers);
	at.bits &= ~carried(ctx, &at);
	if (leave_named(e, &at, at.bits & bits) || at.bits & numbers)
		out_left(e, "0x%x.%u:%s", l->leaf, l->subleaf, kl_reg_name(r));
}

void out_leftovers(struct export *e, u64 (*carried)(void *ctx, const struct kl_place *at),
		   void *ctx)
{
	unsigned int i, r;

	for (i = 0; i < e->set.nr_leaves; i++) {
		const struct kl_leaf *l = &e->set.leaf[i];
		const struct kl_shape *s = kl_shape_find(l->leaf, l->subleaf);

		for (r = 0; s && r < KL_NR_REGS; r++)
			if (!follows(l, r))
				leave_reg(e, l, &s->r[r], r, carried, ctx);
	}
	for (i = 0; i < e->set.nr_msrs; i++) {
		const struct kl_msr *m = &e->set.msr[i];
		struct kl_place at = { KL_PLACE_MSR, m->index, 0, KL_EAX, m->value, NULL };

		if (leave_named(e, &at, m->value & ~carried(ctx, &at)))
			out_left(e, "msr:0x%x", m->index);
	}
}

static unsigned int distance(const struct level *l, const bool *want)
{
	unsigned int i, n = 0;

	for (i = 0; i < nr_features; i++)
		n += level_knows(&features[i]) && l->has[i] != want[i];
	return n;
}

/* Call @see for each feature of @list, words of the build with blanks between. */
static void each_name(const char *list, void (*see)(struct out_models *m, unsigned int i,
						    char *name), struct out_models *m)
{
	const struct feature *f;
	size_t len;
	char *word;

	for (; *list; list += len + (list[len] == ' ')) {
		len = strcspn(list, " ");
		word = xprintf("%.*s", (int)len, list);
		f = feature_named(word);
		if (!f)
			abort();	/* a word that is torn would be a feature not said */
		see(m, f - features, word);
		free(word);
	}
}

static void see_usual(struct out_models *m, unsigned int i, char *name)
{
	free(m->map.spelling[i]);
	m->map.spelling[i] = xprintf("%s", name);
}

static void see_more(struct out_models *m, unsigned int i, char *name)
{
	(void)name;
	m->doubtful[i] = true;
}

/*
 * Where no program can be asked, its spellings are those that are long
 * established, and what its models have is as good as what we believe.
 */
static void presume(struct out_models *m, const char *more_names)
{
	builtin_map(&m->map);
	m->map.spelling = xrealloc(NULL, nr_features, sizeof(*m->map.spelling));
	memset(m->map.spelling, 0, nr_features * sizeof(*m->map.spelling));
	each_name(OUT_USUAL_NAMES, see_usual, m);
	each_name(more_names, see_usual, m);
	each_name(OUT_MODELS_MORE, see_more, m);
}

void out_models_free(struct out_models *m)
{
	map_free(&m->map);
	free(m->doubtful);
}

static bool is_candidate(const struct export *e, const struct level *l, const char *name,
			 const struct level_map *runs)
{
	const char *vendor = e->baseline->vendor;
	unsigned int i;

	if (e->wish)
		return !strcmp(e->wish, name);
	if (!*name || (*l->vendor && *vendor && strcmp(l->vendor, vendor)))
		return false;
	for (i = 0; runs && i < runs->nr && strcmp(runs->level[i].name, name); i++)
		;
	return !runs || i < runs->nr;
}

int out_models(struct export *e, struct out_models *m, const struct level_source *installed,
	       const struct level_map *runs, const char *more_names,
	       const char *(*builtin_name)(const struct level *l))
{
	unsigned int i, best = ~0u;
	bool *want;
	int ret;

	*m = (struct out_models){ 0 };
	ret = installed->map(&m->map);
	if (ret < 0)
		return -1;
	m->installed = ret;
	m->doubtful = xrealloc(NULL, nr_features, sizeof(*m->doubtful));
	memset(m->doubtful, 0, nr_features * sizeof(*m->doubtful));
	if (!ret)
		presume(m, more_names);
	want = out_features(e);
	for (i = 0; i < m->map.nr; i++) {
		struct level *l = &m->map.level[i];
		const char *name = m->installed ? l->name : builtin_name(l);
		unsigned int n;

		if (!is_candidate(e, l, name, m->installed ? runs : NULL))
			continue;
		n = distance(l, want);
		/* Of models that are as near, the later one is the newer one. */
		if (n > best)
			continue;
		/* A name that stands for another one changes with the program's version. */
		if (n == best && l->about && !strncmp(l->about, "is ", 3))
			continue;
		best = n;
		m->base = l;
		m->name = name;
	}
	free(want);
	if (!m->base) {
		if (e->wish)
			say("%s has no model \"%s\"", m->installed ? installed->name :
			    "the built-in list", e->wish);
		else
			say("there is no model for %s", e->baseline->vendor);
		out_models_free(m);
		return -1;
	}
	e->model = xprintf("%s", m->name);
	for (i = 0; !m->installed && i < nr_features; i++)
		m->doubtful[i] |= m->base->has[i];
	return 0;
}

int out_json(struct export *e)
{
	struct json_out *o = json_out_new();
	size_t len;
	char *text;

	json_out_object(o, NULL);
	baseline_write(o, e->baseline);
	text = json_out_finish(o, &len);
	fwrite(text, 1, len, e->to);
	free(text);
	return 0;
}

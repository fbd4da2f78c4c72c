// SPDX-License-Identifier: GPL-2.0
/* See widen.h. */
#include "needs.h"
#include "widen.h"

static void say_place(const char *what, const struct kl_place *at)
{
	char *text = place_text(at);

	say("%s: %s", what, at->kind ? text : "not a set of words that a guest can have");
	free(text);
}

static void take(struct words *w, const struct kl_acc *acc)
{
	unsigned int i;

	words_free(w);
	for (i = 0; i < acc->nr_leaves; i++)
		words_add_leaf(w, &acc->leaf[i]);
	for (i = 0; i < acc->nr_msrs; i++)
		words_add_msr(w, acc->msr[i].index, acc->msr[i].value);
}

/* A word that holds what both allow: all features, bad news, and the larger numbers. */
static u32 wider(const struct kl_shape_reg *s, u32 a, u32 b)
{
	u32 out = (a | b) & (s->and_bits | s->or_bits), layout = a & s->equal_bits;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(s->min_field) && s->min_field[i]; i++)
		out |= max(a & s->min_field[i], b & s->min_field[i]);
	/* Where both describe a feature, they do it alike, or one of them did not fit. */
	return out | (a & s->pass_bits) | (layout ? layout : b & s->equal_bits);
}

/* @w, wider by @more.  Both fit the same hosts. */
static void unite(struct words *w, const struct kl_set *more)
{
	unsigned int i, r, nr = w->nr_leaves;

	for (i = 0; i < more->nr_leaves; i++) {
		const struct kl_set set = { w->leaf, w->msr, nr, 0 };
		const struct kl_leaf *from = &more->leaf[i];
		const struct kl_leaf *l = kl_set_leaf(&set, from->leaf, from->subleaf);
		const struct kl_shape *shape = kl_shape_find(from->leaf, from->subleaf);
		struct kl_leaf *to;

		if (!l) {
			words_add_leaf(w, from);
			continue;
		}
		to = &w->leaf[l - w->leaf];
		for (r = 0; r < KL_NR_REGS; r++)
			to->r[r] = wider(&shape->r[r], to->r[r], from->r[r]);
	}
	nr = w->nr_msrs;
	for (i = 0; i < more->nr_msrs; i++) {
		const struct kl_set set = { w->leaf, w->msr, 0, nr };
		const struct kl_msr *from = &more->msr[i], *m = kl_set_msr(&set, from->index);
		const struct kl_msr_shape *shape = kl_msr_shape_find(from->index);
		u64 formats, group;

		if (!m) {
			words_add_msr(w, from->index, from->value);
			continue;
		}
		formats = m->value & shape->equal_bits;
		group = m->value & shape->group_bits;
		w->msr[m - w->msr].value = ((m->value | from->value) &
					    ~(shape->equal_bits | shape->group_bits)) |
					   (formats ? formats : from->value & shape->equal_bits) |
					   (group ? group : from->value & shape->group_bits);
	}
	words_sort(w);
}

/* Close @w as a set of its own, sizes included, and check it: 0, or -1 said why. */
static int close_words(struct words *w, const char *what)
{
	const struct kl_set set = words_set(w);
	struct kl_place at = { 0 };
	struct kl_set closed;
	struct kl_acc acc;

	if (kl_acc_init(&acc, &set, &at)) {
		say_place(what, &at);
		return -1;
	}
	kl_close(&acc);
	closed = kl_acc_set(&acc);
	if (kl_set_check(&closed, &at)) {
		say_place(what, &at);
		return -1;
	}
	take(w, &acc);
	return 0;
}

/* @words without what two vendors have two instructions for; true if there was any. */
static bool drop_hypercalls(struct words *words)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < words->nr_leaves; i++) {
		if (words->leaf[i].leaf != KVM_FEATURES)
			continue;
		any |= words->leaf[i].r[KL_EAX] & KVM_HYPERCALLS;
		words->leaf[i].r[KL_EAX] &= ~KVM_HYPERCALLS;
	}
	return any;
}

static void copy(struct words *to, const struct kl_set *from)
{
	unsigned int i;

	for (i = 0; i < from->nr_leaves; i++)
		words_add_leaf(to, &from->leaf[i]);
	for (i = 0; i < from->nr_msrs; i++)
		words_add_msr(to, from->msr[i].index, from->msr[i].value);
}

/*
 * What a host gives guests of @b: of a baseline for several vendors, as if its processor
 * were of the vendor that they are shown.
 */
static void give(const struct baseline *b, const struct host *host, struct words *out)
{
	const struct kl_set offer = words_set(&host->words), def = words_set(&b->def);
	const struct kl_leaf *shown = kl_set_leaf(&def, 0, 0);
	unsigned int i, r;

	*out = (struct words){ 0 };
	copy(out, &offer);
	if (!b->identity.nr_vendors)
		return;
	drop_hypercalls(out);
	for (i = 0; i < out->nr_leaves; i++)
		for (r = KL_EBX; shown && !out->leaf[i].leaf && r <= KL_EDX; r++)
			out->leaf[i].r[r] = shown->r[r];
}

/* What all hosts can give of @from, or on their own if that is NULL: 0, or -1 said why. */
static int common(const struct baseline *b, const struct kl_set *from,
		  const struct hosts *hosts, struct words *out)
{
	struct kl_place at = { 0 };
	bool begun = false;
	struct kl_acc acc;
	unsigned int i;
	int err = 0;

	if (from) {
		err = kl_acc_init(&acc, from, &at);
		begun = true;
	}
	for (i = 0; i < hosts->nr && !err; i++) {
		struct words given;
		struct kl_set set;

		give(b, &hosts->host[i], &given);
		set = words_set(&given);
		err = begun ? kl_acc_add(&acc, &set, &at) : kl_acc_init(&acc, &set, &at);
		begun = true;
		if (err)
			say_place(hosts->host[i].name, &at);
		words_free(&given);
	}
	if (err)
		return -1;
	kl_close(&acc);
	take(out, &acc);
	return 0;
}

struct place_of {
	const struct host *host;
	unkept_fn unkept;
	void *ctx;
};

static void say_lack(void *ctx, const struct kl_place *at, const char *text)
{
	const struct place_of *p = ctx;

	(void)at;
	say("%s lacks %s", p->host->name, text);
}

static void pass_on(void *ctx, const struct kl_place *at, const char *text)
{
	const struct place_of *p = ctx;

	p->unkept(p->ctx, p->host, at, text);
}

/* Places of @need that hosts lack; their number. */
static unsigned int lacks(const struct kl_set *need, const struct hosts *hosts, lack_fn lack,
			  struct place_of *ctx)
{
	unsigned int i, nr = 0;

	for (i = 0; i < hosts->nr; i++) {
		const struct kl_set offer = words_set(&hosts->host[i].words);

		ctx->host = &hosts->host[i];
		nr += set_lacks(need, &offer, lack, ctx);
	}
	return nr;
}

static int check_vendors(const struct baseline *b, const struct baseline *old,
			 const struct hosts *hosts)
{
	unsigned int i;

	if (old && strcmp(old->vendor, b->vendor)) {
		say("\"%s\" is for %s processors, and \"%s\" is for %s", old->name, old->vendor,
		    b->name, b->vendor);
		return -1;
	}
	for (i = 0; i < hosts->nr; i++) {
		const struct host *h = &hosts->host[i];

		if (baseline_is_for(b, h->vendor))
			continue;
		say("%s is %s, and \"%s\" is for %s", h->name, h->vendor, b->name, b->vendor);
		return -1;
	}
	return 0;
}

/* Word by word: a struct kl_msr has a hole. */
static bool same_msrs(const struct kl_set *a, const struct kl_set *b)
{
	unsigned int i;

	for (i = 0; i < a->nr_msrs; i++) {
		if (a->msr[i].index != b->msr[i].index || a->msr[i].value != b->msr[i].value)
			return false;
	}
	return true;
}

int baseline_widen(struct baseline *b, const struct baseline *old, const struct hosts *hosts,
		   unkept_fn unkept, void *ctx)
{
	const struct kl_set own = baseline_max(b);
	struct place_of of = { .unkept = unkept, .ctx = ctx };
	struct words kept = { 0 }, past = { 0 };
	struct kl_set older, more, def, wide;
	unsigned int nr = 0;
	int err;

	if (check_vendors(b, old, hosts))
		return -1;
	if (lacks(&own, hosts, say_lack, &of)) {
		say("not every host can run \"%s\" as it is", b->name);
		return -1;
	}
	if (old) {
		older = baseline_max(old);
		copy(&past, &older);
		if (b->identity.nr_vendors && drop_hypercalls(&past)) {
			say("\"%s\" can't be kept in full: its guests make hypercalls, which another vendor's processors have another instruction for",
			    old->name);
			nr++;
		}
		older = words_set(&past);
		nr += lacks(&older, hosts, pass_on, &of);
	}
	err = common(b, old ? &older : NULL, hosts, &kept);
	words_free(&past);
	if (err)
		return -1;
	more = words_set(&kept);
	def = words_set(&b->def);
	/* What it is now, copied, before it grows. */
	if (!b->has_max)
		unite(&b->max, &def);
	unite(&b->max, &more);
	words_free(&kept);
	if (close_words(&b->max, "max"))
		return -1;
	def = words_set(&b->def);
	wide = words_set(&b->max);
	/* Two that fit the hosts can differ in nothing but what is right for both. */
	if (kl_set_subset(&def, &wide, NULL) || lacks(&wide, hosts, say_lack, &of)) {
		say("max and default don't hold together");
		return -1;
	}
	b->has_max = kl_set_subset(&wide, &def, NULL) != 0 ||
		     wide.nr_leaves != def.nr_leaves || wide.nr_msrs != def.nr_msrs ||
		     memcmp(wide.leaf, def.leaf, def.nr_leaves * sizeof(*def.leaf)) ||
		     !same_msrs(&wide, &def);
	return nr;
}

/* Clear a bit; true if it was set. */
static bool clear(struct kl_acc *acc, const struct bit_place *at)
{
	unsigned int i;
	bool was = false;

	for (i = 0; at->msr && i < acc->nr_msrs; i++) {
		if (acc->msr[i].index != at->leaf)
			continue;
		was = acc->msr[i].value >> at->bit & 1;
		acc->msr[i].value &= ~(1ull << at->bit);
	}
	for (i = 0; !at->msr && i < acc->nr_leaves; i++) {
		if (acc->leaf[i].leaf != at->leaf || acc->leaf[i].subleaf != at->subleaf)
			continue;
		was = acc->leaf[i].r[at->reg] >> at->bit & 1;
		acc->leaf[i].r[at->reg] &= ~(1u << at->bit);
	}
	return was;
}

static bool is_feature(const struct bit_place *at)
{
	const struct kl_msr_shape *msr = at->msr ? kl_msr_shape_find(at->leaf) : NULL;
	const struct kl_shape *shape = at->msr ? NULL : kl_shape_find(at->leaf, at->subleaf);

	if (msr)
		return msr->and_bits >> at->bit & 1;
	return shape && shape->r[at->reg].and_bits >> at->bit & 1;
}

/* 0, or -1 said why. */
static int take_out(const struct baseline *b, struct kl_acc *acc, const struct bit_place *at)
{
	struct bit_place copy = *at;
	char *name = bit_name(at);
	int err = -1;

	copy.leaf = 0x80000001;
	if (!is_feature(at))
		say("%s is no feature that a guest can do without", name);
	else if (!clear(acc, at))
		say("%s is not in the default of \"%s\"", name, b->name);
	else
		err = 0;
	if (!err && at->leaf == 1 && feature_is_copy(&copy))
		clear(acc, &copy);
	free(name);
	return err;
}

int baseline_narrow(struct baseline *b, const struct bit_place *bit, unsigned int nr)
{
	const struct kl_set def = words_set(&b->def);
	struct kl_place at = { 0 };
	struct kl_acc acc;
	unsigned int i;

	if (kl_acc_init(&acc, &def, &at)) {
		say_place(b->name, &at);
		return -1;
	}
	/* As it was, sizes included: the sum has none before it is closed. */
	if (!b->has_max)
		copy(&b->max, &def);
	b->has_max = true;
	for (i = 0; i < nr; i++)
		if (take_out(b, &acc, &bit[i]))
			return -1;
	needs_close(&acc);
	take(&b->def, &acc);
	return close_words(&b->def, "the default");
}

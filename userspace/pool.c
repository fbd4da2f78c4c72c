// SPDX-License-Identifier: GPL-2.0
#include "pool.h"

void pool_warn(struct pool *p, char *text)
{
	unsigned int i;

	for (i = 0; i < p->nr_warnings; i++) {
		if (!strcmp(p->warning[i], text)) {
			free(text);
			return;
		}
	}
	p->warning = xrealloc(p->warning, p->nr_warnings + 1, sizeof(*p->warning));
	p->warning[p->nr_warnings++] = text;
}

void pool_free(struct pool *p)
{
	while (p->nr_lost)
		free(p->lost[--p->nr_lost].missing_on);
	free(p->lost);
	while (p->nr_warnings)
		free(p->warning[--p->nr_warnings]);
	free(p->warning);
	baseline_free(&p->baseline);
	*p = (struct pool){ 0 };
}

/* Holes that dumps are known to have; what they cost shows in the pool. */
static void warn_of_traps(struct pool *p, const struct host *h)
{
	static const struct kl_bit arch_caps = { 0x7, 0, KL_EDX, 29 };
	static const struct kl_bit lm = { 0x80000001, 0, KL_EDX, 29 };
	static const struct kl_bit syscall = { 0x80000001, 0, KL_EDX, 11 };
	const struct kl_set set = words_set(&h->words);

	if (kl_set_has(&set, &arch_caps) && !kl_set_msr(&set, 0x10a))
		pool_warn(p, xprintf("%s: arch-capabilities without MSR 0x10a, which counts as 0",
				     h->name));
	if (kl_set_has(&set, &lm) && !kl_set_has(&set, &syscall))
		pool_warn(p, xprintf("%s: lm without syscall: was it read in 32-bit mode?",
				     h->name));
}

static int combine(struct kl_acc *acc, const struct hosts *hosts)
{
	struct kl_place at = { 0 };
	unsigned int i;
	char *text;
	int err;

	for (i = 0; i < hosts->nr; i++) {
		const struct kl_set set = words_set(&hosts->host[i].words);

		at.kind = KL_PLACE_NONE;
		err = i ? kl_acc_add(acc, &set, &at) : kl_acc_init(acc, &set, &at);
		if (!err)
			continue;
		text = place_text(&at);
		if (i)
			say("%s (%s) and %s (%s) can't be in one pool: %s", hosts->host[0].name,
			    hosts->host[0].vendor, hosts->host[i].name, hosts->host[i].vendor,
			    at.kind ? text : strerror(-err));
		else
			say("%s: %s", hosts->host[i].name, at.kind ? text : strerror(-err));
		free(text);
		return -1;
	}
	kl_close(acc);
	return 0;
}

static int to_baseline(struct pool *p, const struct kl_acc *acc, const char *name)
{
	const struct kl_set set = kl_acc_set(acc);
	struct baseline *b = &p->baseline;
	struct kl_place at = { 0 };
	unsigned int i;
	char *text;

	for (i = 0; i < set.nr_leaves; i++)
		words_add_leaf(&b->def, &set.leaf[i]);
	for (i = 0; i < set.nr_msrs; i++)
		words_add_msr(&b->def, set.msr[i].index, set.msr[i].value);
	snprintf(b->name, sizeof(b->name), "%s", name);
	memcpy(b->vendor, p->hosts->host[0].vendor, sizeof(b->vendor));
	if (!kl_set_check(&set, &at))
		return 0;
	/* The core's own rules say otherwise than its own sum: nothing to hand to an operator. */
	text = place_text(&at);
	say("the pool's words don't hold together: %s", text);
	free(text);
	return -1;
}

/* Every word that any host has, with the bits that any host has. */
static void unite(struct words *all, const struct hosts *hosts)
{
	unsigned int h, i, r, nr;

	for (h = 0; h < hosts->nr; h++) {
		const struct words *w = &hosts->host[h].words;

		nr = all->nr_leaves;
		for (i = 0; i < w->nr_leaves; i++) {
			const struct kl_set set = { all->leaf, all->msr, nr, 0 };
			const struct kl_leaf *l = kl_set_leaf(&set, w->leaf[i].leaf,
							      w->leaf[i].subleaf);

			if (!l) {
				words_add_leaf(all, &w->leaf[i]);
				continue;
			}
			for (r = 0; r < KL_NR_REGS; r++)
				all->leaf[l - all->leaf].r[r] |= w->leaf[i].r[r];
		}
		nr = all->nr_msrs;
		for (i = 0; i < w->nr_msrs; i++) {
			const struct kl_set set = { all->leaf, all->msr, 0, nr };
			const struct kl_msr *m = kl_set_msr(&set, w->msr[i].index);

			if (m)
				all->msr[m - all->msr].value |= w->msr[i].value;
			else
				words_add_msr(all, w->msr[i].index, w->msr[i].value);
		}
		words_sort(all);
	}
}

static bool host_has(const struct host *h, const struct bit_place *at)
{
	const struct kl_set set = words_set(&h->words);
	const struct kl_bit bit = { at->leaf, at->subleaf, at->reg, at->bit };
	const struct kl_msr *m;

	if (!at->msr)
		return kl_set_has(&set, &bit);
	m = kl_set_msr(&set, at->leaf);
	return m && m->value >> at->bit & 1;
}

/* A prerequisite of @at that the pool hasn't, if that is why it went. */
static struct kl_bit lost_prerequisite(const struct pool *p, const struct bit_place *at)
{
	const struct kl_set set = words_set(&p->baseline.def);
	const struct kl_shape *shape;
	unsigned int i;

	if (at->msr)
		return kl_msr_shape_find(at->leaf)->gate;
	for (i = 0; i < kl_nr_deps; i++) {
		const struct kl_dep *d = &kl_deps[i];

		if (d->feature.leaf == at->leaf && d->feature.subleaf == at->subleaf &&
		    d->feature.reg == at->reg && d->feature.bit == at->bit &&
		    !kl_set_has(&set, &d->needs))
			return d->needs;
	}
	shape = kl_shape_find(at->leaf, at->subleaf);
	if (shape->gate.leaf && !kl_set_has(&set, &shape->gate))
		return shape->gate;
	return (struct kl_bit){ 0 };
}

static void lose(struct pool *p, const struct bit_place *at)
{
	struct lost l = { .at = *at };
	unsigned int h;

	for (h = 0; h < p->hosts->nr; h++) {
		if (host_has(&p->hosts->host[h], at))
			continue;
		l.missing_on = xrealloc(l.missing_on, l.nr_missing + 1, sizeof(*l.missing_on));
		l.missing_on[l.nr_missing++] = h;
	}
	if (!l.nr_missing && p->level) {
		const struct feature *f = feature_at(at);

		l.above = !(f && p->level->keep[f - features]);
	}
	if (!l.nr_missing && !l.above)
		l.needs = lost_prerequisite(p, at);
	p->lost = xrealloc(p->lost, p->nr_lost + 1, sizeof(*p->lost));
	p->lost[p->nr_lost++] = l;
}

static void find_lost(struct pool *p)
{
	const struct kl_set set = words_set(&p->baseline.def);
	struct words all = { 0 };
	unsigned int i, r, b;

	unite(&all, p->hosts);
	for (i = 0; i < all.nr_leaves; i++) {
		const struct kl_leaf *a = &all.leaf[i], *l = kl_set_leaf(&set, a->leaf, a->subleaf);
		const struct kl_shape *shape = kl_shape_find(a->leaf, a->subleaf);

		for (r = 0; shape && r < KL_NR_REGS; r++) {
			u32 bits = a->r[r] & ~(l ? l->r[r] : 0) & shape->r[r].and_bits;

			for (b = 0; b < 32; b++) {
				struct bit_place at = { .leaf = a->leaf, .subleaf = a->subleaf,
							.reg = r, .bit = b };

				if (bits >> b & 1 && !feature_is_copy(&at))
					lose(p, &at);
			}
		}
	}
	for (i = 0; i < all.nr_msrs; i++) {
		const struct kl_msr *m = kl_set_msr(&set, all.msr[i].index);
		const struct kl_msr_shape *shape = kl_msr_shape_find(all.msr[i].index);
		u64 bits = shape ? all.msr[i].value & ~(m ? m->value : 0) & shape->and_bits : 0;

		for (b = 0; b < 64; b++) {
			struct bit_place at = { .msr = true, .leaf = all.msr[i].index, .bit = b };

			if (bits >> b & 1)
				lose(p, &at);
		}
	}
	words_free(&all);
}

/* Is there a host that has not all of the level? Each of them is said. */
static int check_level(const struct hosts *hosts, const struct level *level)
{
	unsigned int i, unfit = 0;

	for (i = 0; i < hosts->nr; i++) {
		const struct kl_set set = words_set(&hosts->host[i].words);
		char *why = level_misfit(level, hosts->host[i].vendor, &set);

		if (!why)
			continue;
		say("%s %s", hosts->host[i].name, why);
		free(why);
		unfit++;
	}
	if (!unfit)
		return 0;
	say("the pool can't have level %s: %u of %u hosts are below it", level->name, unfit,
	    hosts->nr);
	return -1;
}

/* Each host has all of the level; but layouts that differ cost features, too. */
static int hold(struct kl_acc *acc, const struct level *level)
{
	struct kl_set set;
	char *names;

	level_cap(level, acc);
	set = kl_acc_set(acc);
	names = level_lacks(level, &set);
	if (!names)
		return 0;
	say("the pool can't have level %s: what these features need is not there, or differs from host to host: %s",
	    level->name, names);
	free(names);
	return -1;
}

int pool_compute(struct pool *p, const struct hosts *hosts, const char *name,
		 const struct level *level)
{
	struct kl_acc acc;
	unsigned int i;

	*p = (struct pool){ .hosts = hosts, .level = level };
	if ((level && check_level(hosts, level)) || combine(&acc, hosts) ||
	    (level && hold(&acc, level)) || to_baseline(p, &acc, name)) {
		pool_free(p);
		return -1;
	}
	find_lost(p);
	for (i = 0; i < hosts->nr; i++)
		warn_of_traps(p, &hosts->host[i]);
	return 0;
}

static void write_lost(struct json_out *o, const struct pool *p, const struct lost *l)
{
	struct bit_place needs = { .leaf = l->needs.leaf, .subleaf = l->needs.subleaf,
				   .reg = l->needs.reg, .bit = l->needs.bit };
	unsigned int i;
	char *name;

	json_out_object(o, NULL);
	json_out_flat(o);
	name = bit_name(&l->at);
	json_out_string(o, "feature", name);
	free(name);
	if (l->needs.leaf) {
		name = bit_name(&needs);
		json_out_string(o, "needs", name);
		free(name);
	}
	if (l->above)
		json_out_string(o, "above", p->level->name);
	json_out_array(o, "missing_on");
	for (i = 0; i < l->nr_missing; i++)
		json_out_string(o, NULL, p->hosts->host[l->missing_on[i]].name);
	json_out_end(o);
	json_out_end(o);
}

void pool_write(struct json_out *o, const struct pool *p)
{
	unsigned int i;

	baseline_write(o, &p->baseline);
	json_out_array(o, "lost");
	for (i = 0; i < p->nr_lost; i++)
		write_lost(o, p, &p->lost[i]);
	json_out_end(o);
	json_out_array(o, "warnings");
	for (i = 0; i < p->nr_warnings; i++)
		json_out_string(o, NULL, p->warning[i]);
	json_out_end(o);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * host compare: drift, by name.  Two hosts stand side by side; of more, each row
 * says which hosts have the value that few have.
 */
#include <inttypes.h>

#include "cmd.h"
#include "inputs.h"
#include "names.h"
#include "render.h"

/* Names of those that differ, before the rest is counted. */
#define FEW_NAMES 6

struct drift {
	struct render *r;
	const struct hosts *hosts;
	const char **value;	/* of each host: for the row that is being made */
	unsigned int rows, features;
};

/* The hosts with each value, the value of the most first. */
static char *tell_values(const struct drift *d)
{
	unsigned int nr = d->hosts->nr, i, j, count, most = 0, best = 0, named;
	char *text, *more;

	for (i = 0; i < nr; i++) {
		for (count = 0, j = 0; j < nr; j++)
			count += !strcmp(d->value[i], d->value[j]);
		if (count > most) {
			most = count;
			best = i;
		}
	}
	text = xprintf("%s on %u", d->value[best], most);
	for (i = 0; i < nr; i++) {
		/* Once for each value, and not for the most frequent. */
		for (j = 0; j < i && strcmp(d->value[j], d->value[i]); j++)
			;
		if (j < i || !strcmp(d->value[i], d->value[best]))
			continue;
		more = xprintf("%s; %s on", text, d->value[i]);
		free(text);
		text = more;
		for (named = 0, count = 0, j = i; j < nr; j++) {
			if (strcmp(d->value[j], d->value[i]))
				continue;
			if (named == FEW_NAMES) {
				count++;
				continue;
			}
			more = xprintf("%s%s %s", text, named++ ? "," : "",
				       d->hosts->host[j].name);
			free(text);
			text = more;
		}
		if (!count)
			continue;
		more = xprintf("%s and %u more", text, count);
		free(text);
		text = more;
	}
	return text;
}

/* A row, if the values of d->value differ. */
static void row(struct drift *d, const char *what, const char *where)
{
	unsigned int i;
	char *text;

	for (i = 1; i < d->hosts->nr && !strcmp(d->value[0], d->value[i]); i++)
		;
	if (i == d->hosts->nr)
		return;
	cell_string(d->r, "%s", what);
	cell_string(d->r, "%s", where);
	if (d->hosts->nr == 2) {
		cell_string(d->r, "%s", d->value[0]);
		cell_string(d->r, "%s", d->value[1]);
		cell_list(d->r, "", d->value, 2);
	} else {
		text = tell_values(d);
		cell_list(d->r, text, d->value, d->hosts->nr);
		free(text);
	}
	d->rows++;
}

static void text_row(struct drift *d, const char *what, const char *(*get)(const struct host *h))
{
	unsigned int i;

	for (i = 0; i < d->hosts->nr; i++) {
		d->value[i] = get(&d->hosts->host[i]);
		if (!d->value[i] || !*d->value[i])
			d->value[i] = "-";
	}
	row(d, what, "-");
}

static const char *get_vendor(const struct host *h)
{
	return h->vendor;
}

static const char *get_source(const struct host *h)
{
	return h->raw ? "raw" : "kvm";
}

static const char *get_kernel(const struct host *h)
{
	return h->kernel;
}

static const char *get_microcode(const struct host *h)
{
	return h->microcode;
}

static void signature_row(struct drift *d)
{
	unsigned int i;

	for (i = 0; i < d->hosts->nr; i++)
		d->value[i] = xprintf("%u/%u/%u", d->hosts->host[i].family,
				      d->hosts->host[i].model, d->hosts->host[i].stepping);
	row(d, "family/model/stepping", "-");
	for (i = 0; i < d->hosts->nr; i++)
		free((char *)d->value[i]);
}

/* The word of each host at @at, its bit aside: into @word. */
static void take_words(const struct drift *d, const struct bit_place *at, u64 *word)
{
	unsigned int i;

	for (i = 0; i < d->hosts->nr; i++) {
		const struct kl_set set = words_set(&d->hosts->host[i].words);

		if (at->msr) {
			const struct kl_msr *m = kl_set_msr(&set, at->leaf);

			word[i] = m ? m->value : 0;
		} else {
			const struct kl_leaf *l = kl_set_leaf(&set, at->leaf, at->subleaf);

			word[i] = l ? l->r[at->reg] : 0;
		}
	}
}

static void bit_rows(struct drift *d, struct bit_place at, const u64 *word, u64 mask)
{
	unsigned int b, i;
	u64 bits = 0;

	for (i = 1; i < d->hosts->nr; i++)
		bits |= (word[0] ^ word[i]) & mask;
	for (b = 0; b < 64; b++) {
		char *name, *where;

		at.bit = b;
		if (!(bits >> b & 1) || feature_is_copy(&at))
			continue;
		for (i = 0; i < d->hosts->nr; i++)
			d->value[i] = word[i] >> b & 1 ? "yes" : "no";
		name = bit_name(&at);
		where = bit_where(&at);
		row(d, name, where);
		d->features++;
		free(name);
		free(where);
	}
}

static void number_row(struct drift *d, const struct bit_place *at, const u64 *word, u64 mask)
{
	struct bit_place first = *at;
	const struct feature *f;
	unsigned int i;
	char *where;

	if (!mask)
		return;
	if (at->msr)
		where = xprintf("msr:0x%x[%d:%d]", at->leaf, 63 - __builtin_clzll(mask),
				__builtin_ctzll(mask));
	else
		where = xprintf("0x%x.%u:%s[%d:%d]", at->leaf, at->subleaf, kl_reg_name(at->reg),
				63 - __builtin_clzll(mask), __builtin_ctzll(mask));
	for (i = 0; i < d->hosts->nr; i++)
		d->value[i] = xprintf("0x%" PRIx64, (word[i] & mask) / (mask & -mask));
	first.bit = __builtin_ctzll(mask);
	f = field_at(&first);
	row(d, f ? f->name : "number", where);
	for (i = 0; i < d->hosts->nr; i++)
		free((char *)d->value[i]);
	free(where);
}

static void word_rows(struct drift *d, u64 *word, u32 leaf, u32 subleaf)
{
	const struct kl_shape *shape = kl_shape_find(leaf, subleaf);
	unsigned int r, n;

	if (!shape || shape->flags & KL_SHAPE_VMM)
		return;
	for (r = 0; r < KL_NR_REGS; r++) {
		const struct kl_shape_reg *s = &shape->r[r];
		struct bit_place at = { .leaf = leaf, .subleaf = subleaf, .reg = r };

		take_words(d, &at, word);
		bit_rows(d, at, word, s->and_bits | s->or_bits);
		for (n = 0; n < ARRAY_SIZE(s->min_field); n++)
			number_row(d, &at, word, s->min_field[n]);
		number_row(d, &at, word, s->equal_bits);
	}
}

static void msr_rows(struct drift *d, u64 *word, u32 index)
{
	const struct kl_msr_shape *shape = kl_msr_shape_find(index);
	struct bit_place at = { .msr = true, .leaf = index };

	if (!shape || shape->flags & KL_SHAPE_VMM)
		return;
	take_words(d, &at, word);
	bit_rows(d, at, word, shape->and_bits | shape->or_bits | shape->must_bits);
	number_row(d, &at, word, shape->equal_bits);
	number_row(d, &at, word, shape->group_bits);
}

/* The leaves and MSRs that any host has: every row that could differ. */
static void all_rows(struct drift *d)
{
	u64 *word = xrealloc(NULL, d->hosts->nr, sizeof(*word));
	struct words any = { 0 };
	unsigned int h, i;

	for (h = 0; h < d->hosts->nr; h++) {
		const struct words *w = &d->hosts->host[h].words;
		/* Of the hosts before, sorted; what is added moves them, so they're asked anew. */
		const unsigned int leaves = any.nr_leaves, msrs = any.nr_msrs;

		for (i = 0; i < w->nr_leaves; i++) {
			const struct kl_set seen = { .leaf = any.leaf, .nr_leaves = leaves };

			if (!kl_set_leaf(&seen, w->leaf[i].leaf, w->leaf[i].subleaf))
				words_add_leaf(&any, &w->leaf[i]);
		}
		for (i = 0; i < w->nr_msrs; i++) {
			const struct kl_set seen = { .msr = any.msr, .nr_msrs = msrs };

			if (!kl_set_msr(&seen, w->msr[i].index))
				words_add_msr(&any, w->msr[i].index, 0);
		}
		words_sort(&any);
	}
	for (i = 0; i < any.nr_leaves; i++)
		word_rows(d, word, any.leaf[i].leaf, any.leaf[i].subleaf);
	for (i = 0; i < any.nr_msrs; i++)
		msr_rows(d, word, any.msr[i].index);
	words_free(&any);
	free(word);
}

static int compare(const struct hosts *hosts)
{
	static const struct column two[] = {
		{ "what", "WHAT", false }, { "where", "WHERE", false },
		{ NULL, "A", false }, { NULL, "B", false }, { "values", NULL, false },
	};
	static const struct column many[] = {
		{ "what", "WHAT", false }, { "where", "WHERE", false },
		{ "values", "VALUES", false },
	};
	struct drift d = { .hosts = hosts };
	unsigned int i;

	d.value = xrealloc(NULL, hosts->nr, sizeof(*d.value));
	d.r = render_begin("kvm-level/compare/1");
	if (hosts->nr == 2) {
		render_string(d.r, NULL, "A", "%s", hosts->host[0].name);
		render_string(d.r, NULL, "B", "%s", hosts->host[1].name);
	}
	if (tool.json || hosts->nr > 2) {
		render_list(d.r, "hosts", "hosts");
		for (i = 0; i < hosts->nr; i++)
			render_item(d.r, "%s", hosts->host[i].name);
		render_list_end(d.r);
	}
	render_table(d.r, "drift", hosts->nr == 2 ? two : many,
		     hosts->nr == 2 ? ARRAY_SIZE(two) : ARRAY_SIZE(many));
	text_row(&d, "vendor", get_vendor);
	signature_row(&d);
	text_row(&d, "source", get_source);
	text_row(&d, "kernel", get_kernel);
	text_row(&d, "microcode", get_microcode);
	all_rows(&d);
	render_table_end(d.r);
	if (!d.rows)
		render_line(d.r, "no drift");
	render_uint(d.r, "differences", NULL, d.rows);
	render_uint(d.r, "features", NULL, d.features);
	free(d.value);
	return render_end(d.r, NULL);
}

int cmd_host_compare(int argc, char **argv)
{
	struct hosts hosts = { 0 };
	int err;

	if (options(&argc, argv, NULL) || arguments(argc, 1, -1, "a host dump"))
		return USAGE;
	if (inputs_read(argc, argv, &hosts))
		return REFUSED;
	if (hosts.nr < 2)
		err = usage("a second host dump is missing: one host differs from nothing");
	else
		err = compare(&hosts);
	hosts_free(&hosts);
	return err;
}

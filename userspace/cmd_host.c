// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "cmd.h"
#include "host.h"
#include "names.h"
#include "render.h"

int cmd_host_dump(int argc, char **argv)
{
	const char *path = NULL;
	const struct option_spec spec[] = {
		{ "--output", "-o", NULL, &path },
		{ NULL, NULL, NULL, NULL },
	};
	struct json_out *o;
	struct host h;
	size_t len;
	char *text;
	int err;

	if (options(&argc, argv, spec) || arguments(argc, 0, 0, ""))
		return USAGE;
	if (host_self(&h))
		return REFUSED;
	o = json_out_new();
	json_out_object(o, NULL);
	host_write(o, &h);
	text = json_out_finish(o, &len);
	err = write_whole(path, text, len);
	free(text);
	host_free(&h);
	return err ? REFUSED : DONE;
}

/* What a comparison has to show; "differ" counts the rows. */
struct drift {
	struct render *r;
	const struct host *a, *b;
	unsigned int rows;
};

static const struct column drift_columns[] = {
	{ "what", "WHAT", false }, { "where", "WHERE", false },
	{ "a", "A", false }, { "b", "B", false },
};

static void drift_text(struct drift *d, const char *what, const char *a, const char *b)
{
	if (!strcmp(a ? a : "", b ? b : ""))
		return;
	cell_string(d->r, "%s", what);
	cell_string(d->r, "%s", "-");
	cell_string(d->r, "%s", a && *a ? a : "-");
	cell_string(d->r, "%s", b && *b ? b : "-");
	d->rows++;
}

static void drift_bits(struct drift *d, struct bit_place at, u64 a, u64 b, u64 mask)
{
	u64 bits = (a ^ b) & mask;
	unsigned int i;

	for (i = 0; i < 64; i++) {
		char *name, *where;

		at.bit = i;
		if (!(bits >> i & 1) || feature_is_copy(&at))
			continue;
		name = bit_name(&at);
		where = bit_where(&at);
		cell_string(d->r, "%s", name);
		cell_string(d->r, "%s", where);
		cell_string(d->r, "%s", a >> i & 1 ? "yes" : "no");
		cell_string(d->r, "%s", b >> i & 1 ? "yes" : "no");
		free(name);
		free(where);
		d->rows++;
	}
}

static void drift_number(struct drift *d, const char *where, u64 a, u64 b, u64 mask)
{
	if (!mask || !((a ^ b) & mask))
		return;
	cell_string(d->r, "number");
	cell_string(d->r, "%s[%d:%d]", where, 63 - __builtin_clzll(mask), __builtin_ctzll(mask));
	cell_string(d->r, "0x%" PRIx64, (a & mask) / (mask & -mask));
	cell_string(d->r, "0x%" PRIx64, (b & mask) / (mask & -mask));
	d->rows++;
}

static void drift_leaf(struct drift *d, u32 leaf, u32 subleaf)
{
	const struct kl_shape *shape = kl_shape_find(leaf, subleaf);
	const struct kl_set a = words_set(&d->a->words), b = words_set(&d->b->words);
	const struct kl_leaf none = { 0 }, *la = kl_set_leaf(&a, leaf, subleaf);
	const struct kl_leaf *lb = kl_set_leaf(&b, leaf, subleaf);
	unsigned int r, f;

	if (!shape || shape->flags & KL_SHAPE_VMM)
		return;
	if (!la)
		la = &none;
	if (!lb)
		lb = &none;
	for (r = 0; r < KL_NR_REGS; r++) {
		const struct kl_shape_reg *s = &shape->r[r];
		struct bit_place at = { .leaf = leaf, .subleaf = subleaf, .reg = r };
		char *where = xprintf("0x%x.%u:%s", leaf, subleaf, kl_reg_name(r));

		drift_bits(d, at, la->r[r], lb->r[r], s->and_bits | s->or_bits);
		for (f = 0; f < ARRAY_SIZE(s->min_field); f++)
			drift_number(d, where, la->r[r], lb->r[r], s->min_field[f]);
		drift_number(d, where, la->r[r], lb->r[r], s->equal_bits);
		free(where);
	}
}

static void drift_msr(struct drift *d, u32 index)
{
	const struct kl_msr_shape *shape = kl_msr_shape_find(index);
	const struct kl_set a = words_set(&d->a->words), b = words_set(&d->b->words);
	const struct kl_msr *ma = kl_set_msr(&a, index), *mb = kl_set_msr(&b, index);
	struct bit_place at = { .msr = true, .leaf = index };
	char *where;

	if (!shape || shape->flags & KL_SHAPE_VMM)
		return;
	where = xprintf("msr:0x%x", index);
	drift_bits(d, at, ma ? ma->value : 0, mb ? mb->value : 0,
		   shape->and_bits | shape->or_bits);
	drift_number(d, where, ma ? ma->value : 0, mb ? mb->value : 0, shape->equal_bits);
	free(where);
}

static void drift_words(struct drift *d)
{
	const struct kl_set a = words_set(&d->a->words);
	const struct words *w;
	unsigned int i;

	for (w = &d->a->words, i = 0; i < w->nr_leaves; i++)
		drift_leaf(d, w->leaf[i].leaf, w->leaf[i].subleaf);
	for (w = &d->b->words, i = 0; i < w->nr_leaves; i++)
		if (!kl_set_leaf(&a, w->leaf[i].leaf, w->leaf[i].subleaf))
			drift_leaf(d, w->leaf[i].leaf, w->leaf[i].subleaf);
	for (w = &d->a->words, i = 0; i < w->nr_msrs; i++)
		drift_msr(d, w->msr[i].index);
	for (w = &d->b->words, i = 0; i < w->nr_msrs; i++)
		if (!kl_set_msr(&a, w->msr[i].index))
			drift_msr(d, w->msr[i].index);
}

static int read_one(const char *path, struct hosts *hosts)
{
	if (hosts_read(path, hosts))
		return -1;
	if (hosts->nr == 1)
		return 0;
	say("%s: %u hosts; compare takes one against one", path, hosts->nr);
	hosts_free(hosts);
	return -1;
}

int cmd_host_compare(int argc, char **argv)
{
	struct hosts a = { 0 }, b = { 0 };
	struct drift d = { 0 };
	char *sa, *sb;

	if (options(&argc, argv, NULL) || arguments(argc, 2, 2, "two host dumps"))
		return USAGE;
	if (read_one(argv[0], &a))
		return REFUSED;
	if (read_one(argv[1], &b)) {
		hosts_free(&a);
		return REFUSED;
	}
	d.a = a.host;
	d.b = b.host;
	d.r = render_begin("kvm-level/compare/1");
	render_string(d.r, "a", "A", "%s", d.a->name);
	render_string(d.r, "b", "B", "%s", d.b->name);
	render_table(d.r, "drift", drift_columns, ARRAY_SIZE(drift_columns));
	drift_text(&d, "vendor", d.a->vendor, d.b->vendor);
	sa = xprintf("%u/%u/%u", d.a->family, d.a->model, d.a->stepping);
	sb = xprintf("%u/%u/%u", d.b->family, d.b->model, d.b->stepping);
	drift_text(&d, "family/model/stepping", sa, sb);
	free(sa);
	free(sb);
	drift_text(&d, "source", d.a->raw ? "raw" : "kvm", d.b->raw ? "raw" : "kvm");
	drift_text(&d, "kernel", d.a->kernel, d.b->kernel);
	drift_text(&d, "microcode", d.a->microcode, d.b->microcode);
	drift_words(&d);
	render_table_end(d.r);
	if (!d.rows)
		render_line(d.r, "no drift");
	render_uint(d.r, "differences", NULL, d.rows);
	hosts_free(&a);
	hosts_free(&b);
	return render_end(d.r, NULL);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * "levelctl explain": what the feature table and the core know of features,
 * numbers and places.  A name or a bit is told of in full; a word and the whole
 * table are lists in the text, and in the JSON the same objects.
 */
#include <inttypes.h>

#include "cmd.h"
#include "names.h"
#include "render.h"
#include "rules.h"
#include "strength.h"

/* What is told of: a bit, or a field, or a word of which nothing is known. */
struct subject {
	struct bit_place at;
	const struct feature *f;	/* NULL: no entry in the table */
	bool word;
};

static const struct column needs_columns[] = {
	{ "feature", "NEEDS", false }, { "where", "WHERE", false }, { "why", "WHY", false },
};

static const struct column needed_by_columns[] = {
	{ "feature", "NEEDED BY", false }, { "where", "WHERE", false }, { "why", "WHY", false },
};

static void need_row(struct render *r, const struct bit_place *at, const char *why)
{
	char *name = bit_name(at), *where = bit_where(at);

	cell_string(r, "%s", name);
	cell_string(r, "%s", where);
	cell_string(r, "%s", why);
	free(name);
	free(where);
}

static struct bit_place place_of(const struct kl_bit *bit)
{
	return (struct bit_place){ .leaf = bit->leaf, .subleaf = bit->subleaf, .reg = bit->reg,
				   .bit = bit->bit };
}

static bool is_bit(const struct kl_bit *bit, const struct bit_place *at)
{
	return !at->msr && bit->leaf == at->leaf && bit->subleaf == at->subleaf &&
	       bit->reg == at->reg && bit->bit == at->bit;
}

#define EXISTS "without it the leaf or MSR does not exist"

static void needs(struct render *r, const struct subject *s)
{
	struct kl_bit gate = rule_gate(&s->at);
	struct bit_place at;
	unsigned int i;

	if (gate.leaf) {
		at = place_of(&gate);
		need_row(r, &at, EXISTS);
	}
	for (i = 0; i < kl_nr_deps; i++) {
		if (!is_bit(&kl_deps[i].feature, &s->at))
			continue;
		at = place_of(&kl_deps[i].needs);
		need_row(r, &at, kl_deps[i].why);
	}
	for (i = 0; s->f && i < nr_feature_needs; i++)
		if (!strcmp(feature_needs[i].feature, s->f->name))
			need_row(r, &feature_named(feature_needs[i].needs)->at,
				 feature_needs[i].why);
}

static void gated_row(struct render *r, const char *name, const char *where)
{
	cell_string(r, "%s", name);
	cell_string(r, "%s", where);
	cell_string(r, "%s", EXISTS);
}

/* Leaves and MSRs that are there only with @at. */
static void gated_by(struct render *r, const struct bit_place *at)
{
	char *name, *where;
	unsigned int i;

	for (i = 0; i < kl_nr_shapes; i++) {
		if (!is_bit(&kl_shapes[i].gate, at))
			continue;
		name = xprintf("CPUID 0x%x", kl_shapes[i].first);
		where = xprintf("0x%x.%u", kl_shapes[i].first, kl_shapes[i].subleaf_first);
		gated_row(r, name, where);
		free(name);
		free(where);
	}
	for (i = 0; i < kl_nr_msr_shapes; i++) {
		if (!is_bit(&kl_msr_shapes[i].gate, at))
			continue;
		name = xprintf("MSR 0x%x", kl_msr_shapes[i].index);
		where = xprintf("msr:0x%x", kl_msr_shapes[i].index);
		gated_row(r, name, where);
		free(name);
		free(where);
	}
}

static void needed_by(struct render *r, const struct subject *s)
{
	struct bit_place at;
	unsigned int i;

	for (i = 0; i < kl_nr_deps; i++) {
		if (!is_bit(&kl_deps[i].needs, &s->at))
			continue;
		at = place_of(&kl_deps[i].feature);
		need_row(r, &at, kl_deps[i].why);
	}
	for (i = 0; s->f && i < nr_feature_needs; i++)
		if (!strcmp(feature_needs[i].needs, s->f->name))
			need_row(r, &feature_named(feature_needs[i].feature)->at,
				 feature_needs[i].why);
	gated_by(r, &s->at);
}

static void aliases(struct render *r, const struct feature *f)
{
	const char *a = f ? f->aliases : "";

	if (!*a)
		return;
	render_list(r, "aliases", "aliases");
	while (*a) {
		size_t len = strcspn(a, ",");

		render_item(r, "%.*s", (int)len, a);
		a += len + (a[len] == ',');
	}
	render_list_end(r);
}

static const struct { u8 bit; const char *word; } vendor_words[] = {
	{ FOR_AMD, "AMD" }, { FOR_INTEL, "Intel" }, { FOR_CENTAUR, "Centaur" },
	{ FOR_KVM, "KVM" }, { FOR_HYPERV, "Hyper-V" },
};

static char *vendors_text(const struct feature *f)
{
	char *all = xprintf("%s", ""), *more;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vendor_words); i++) {
		if (!(f->vendors & vendor_words[i].bit))
			continue;
		more = xprintf("%s%s%s", all, *all ? ", " : "", vendor_words[i].word);
		free(all);
		all = more;
	}
	return all;
}

static void vendors(struct render *r, const struct feature *f)
{
	unsigned int i;

	render_list(r, "vendors", "of");
	for (i = 0; i < ARRAY_SIZE(vendor_words); i++)
		if (f->vendors & vendor_words[i].bit)
			render_item(r, "%s", vendor_words[i].word);
	render_list_end(r);
}

static void locked(struct render *r, const char *key, const char *name, u64 bits)
{
	if (!bits)
		return;
	render_string(r, NULL, "", "%s bits 0x%" PRIx64 " can't be set then", name, bits);
	render_string(r, key, NULL, "0x%" PRIx64, bits);
}

static const struct { unsigned int bit; const char *word, *text; } classes[] = {
	{ HIDDEN_CONTROL, "control", "the instruction faults" },
	{ HIDDEN_CR4, "cr4", "it can't be switched on in CR4" },
	{ HIDDEN_XCR0, "xcr0", "its state can't be switched on in XCR0 or XSS" },
	{ HIDDEN_MSR, "msr", "its MSR or its bits there are not to be had" },
};

static void strength_on(struct render *r, const struct bit_place *at, enum cpu_vendor vendor,
			const char *key, const char *label)
{
	unsigned int by = feature_hidden_by(at, vendor), i;
	struct json_out *json = render_json(r);

	if (json)
		render_list(r, key, NULL);
	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		if (!(by & classes[i].bit))
			continue;
		if (json)
			render_item(r, "%s", classes[i].word);
		else
			render_string(r, NULL, label, "%s: %s", classes[i].word, classes[i].text);
		label = "";
	}
	if (!by && json)
		render_item(r, "cpuid");
	else if (!by)
		render_string(r, NULL, label,
			      "cpuid: not shown; a guest that does not ask may find it working");
	if (json)
		render_list_end(r);
}

/* Hiding a CPUID bit asks a guest not to use it; what else there is, is KVM's to refuse. */
static void strength(struct render *r, const struct subject *s, enum rule rule)
{
	struct strength by;

	if (rule != RULE_AND || (s->f && s->f->width > 1))
		return;
	by = feature_strength(&s->at);
	/* KVM may show a bit of the other vendor's; an MSR of the other's it doesn't. */
	if (!s->at.msr || !s->f || s->f->vendors & FOR_AMD)
		strength_on(r, &s->at, ON_AMD, "hidden_amd", "on AMD");
	if (!s->at.msr || !s->f || s->f->vendors & FOR_INTEL)
		strength_on(r, &s->at, ON_INTEL, "hidden_intel", "on Intel");
	locked(r, "cr4", "CR4", by.cr4);
	locked(r, "efer", "EFER", by.efer);
	locked(r, "xcr0", "XCR0", by.xcr0);
	locked(r, "xss", "IA32_XSS", by.xss);
}

static char *subject_where(const struct subject *s)
{
	char *bit = bit_where(&s->at), *where;
	int word = strcspn(bit, "[");

	if (s->word)
		where = xprintf("%.*s", word, bit);
	else if (s->f && s->f->width > 1)
		where = xprintf("%.*s[%u:%u]", word, bit, s->f->at.bit + s->f->width - 1,
				s->f->at.bit);
	else
		where = xprintf("%s", bit);
	free(bit);
	return where;
}

static void tell(struct render *r, const struct subject *s)
{
	enum rule rule = rule_at(&s->at);
	char *where = subject_where(s);

	if (s->f)
		render_string(r, "feature", "feature", "%s", s->f->name);
	render_string(r, "where", "where", "%s", where);
	free(where);
	if (feature_is_copy(&s->at))
		render_string(r, NULL, "", "AMD's copy of the bit in leaf 1");
	render_bool(r, "copy", NULL, feature_is_copy(&s->at));
	if (s->f) {
		render_string(r, "what", "what", "%s", s->f->text);
		render_bool(r, "number", NULL, !feature_at(&s->at));
		vendors(r, s->f);
	}
	aliases(r, s->f);
	render_string(r, NULL, "in a pool", "%s: %s", rule_word(rule), rule_text(rule));
	render_string(r, "rule", NULL, "%s", rule_word(rule));
	strength(r, s, rule);
	render_table(r, "needs", needs_columns, ARRAY_SIZE(needs_columns));
	needs(r, s);
	render_table_end(r);
	render_table(r, "needed_by", needed_by_columns, ARRAY_SIZE(needed_by_columns));
	needed_by(r, s);
	render_table_end(r);
}

/* What was asked for. */
struct subjects {
	struct subject *s;
	unsigned int nr;
	bool list;	/* more than names and bits: too many to be told of in full */
};

static void add(struct subjects *all, struct subject s)
{
	all->s = xrealloc(all->s, all->nr + 1, sizeof(*all->s));
	all->s[all->nr++] = s;
}

static void add_word(struct subjects *all, struct bit_place at)
{
	const unsigned int before = all->nr;
	const struct feature *f;
	struct subject s;

	for (at.bit = 0; at.bit < (at.msr ? 64 : 32); at.bit++) {
		f = feature_at(&at);
		s = (struct subject){ .at = at, .f = f ? f : field_at(&at) };
		/* A field once, at its lowest bit. */
		if (s.f && (f || at.bit == s.f->at.bit))
			add(all, s);
	}
	at.bit = 0;
	if (all->nr == before)
		add(all, (struct subject){ .at = at, .word = true });
	else if (all->nr > before + 1)
		all->list = true;
}

static int by_place(const void *a, const void *b)
{
	const struct bit_place *x = &((const struct subject *)a)->at;
	const struct bit_place *y = &((const struct subject *)b)->at;

	if (x->msr != y->msr)
		return x->msr ? 1 : -1;
	if (x->leaf != y->leaf)
		return x->leaf < y->leaf ? -1 : 1;
	if (x->subleaf != y->subleaf)
		return x->subleaf < y->subleaf ? -1 : 1;
	if (x->reg != y->reg)
		return x->reg < y->reg ? -1 : 1;
	return (int)x->bit - y->bit;
}

/* Word by word: CPUID first. */
static void add_all(struct subjects *all)
{
	unsigned int i;

	for (i = 0; i < nr_features; i++)
		add(all, (struct subject){ .at = features[i].at, .f = &features[i] });
	for (i = 0; i < nr_fields; i++)
		add(all, (struct subject){ .at = fields[i].at, .f = &fields[i] });
	qsort(all->s, all->nr, sizeof(*all->s), by_place);
	all->list = true;
}

static int add_named(struct subjects *all, const char *text)
{
	const struct feature *f = field_named(text);
	struct bit_place at;
	char *near;
	int err;

	if (f) {
		add(all, (struct subject){ .at = f->at, .f = f });
		return DONE;
	}
	if (!bit_parse(text, &at)) {
		f = feature_at(&at);
		add(all, (struct subject){ .at = at, .f = f ? f : field_at(&at) });
		return DONE;
	}
	if (!word_parse(text, &at)) {
		add_word(all, at);
		return DONE;
	}
	near = near_names(text);
	err = refuse("\"%s\" is no feature that is known here, nor a place such as 0x7.0:ebx[5] or msr:0x10a[3]%s%s",
		     text, near ? "; near it are: " : "", near ? near : "");
	free(near);
	return err;
}

static const struct column list_columns[] = {
	{ "feature", "FEATURE", false }, { "where", "WHERE", false }, { "vendors", "OF", false },
	{ "rule", "IN A POOL", false }, { "what", "WHAT", false },
};

static void tell_list(struct render *r, const struct subjects *all)
{
	char *where, *of;
	unsigned int i;

	render_table(r, NULL, list_columns, ARRAY_SIZE(list_columns));
	for (i = 0; i < all->nr; i++) {
		const struct subject *s = &all->s[i];

		where = subject_where(s);
		of = s->f ? vendors_text(s->f) : xprintf("-");
		cell_string(r, "%s", s->f ? s->f->name : "-");
		cell_string(r, "%s", where);
		cell_string(r, "%s", of);
		cell_string(r, "%s", rule_word(rule_at(&s->at)));
		cell_string(r, "%s", s->f ? s->f->text : "-");
		free(where);
		free(of);
	}
	render_table_end(r);
}

static int tell_all(const struct subjects *all)
{
	bool one = all->nr == 1 && !all->list;
	struct render *r = render_begin(one ? "kvm-level/explain/1" : "kvm-level/features/1");
	struct json_out *json = render_json(r);
	unsigned int i;

	if (!json && all->list) {
		tell_list(r, all);
		return render_end(r, NULL);
	}
	if (json && !one)
		json_out_array(json, "features");
	for (i = 0; i < all->nr; i++) {
		if (json && !one)
			json_out_object(json, NULL);
		else if (i)
			render_line(r, "%s", "");
		tell(r, &all->s[i]);
		if (json && !one)
			json_out_end(json);
	}
	if (json && !one)
		json_out_end(json);
	return render_end(r, NULL);
}

int cmd_explain(int argc, char **argv)
{
	struct subjects all = { 0 };
	int i, err = DONE;
	bool table = false;
	const struct option_spec spec[] = {
		{ "--all", NULL, &table, NULL },
		{ NULL, NULL, NULL, NULL },
	};

	if (options(&argc, argv, spec))
		return USAGE;
	if (table && argc)
		return usage("--all is all there is: leave out \"%s\"", argv[0]);
	if (!table && arguments(argc, 1, -1, "a feature"))
		return USAGE;
	if (table)
		add_all(&all);
	for (i = 0; i < argc && !err; i++)
		err = add_named(&all, argv[i]);
	if (!err)
		err = tell_all(&all);
	free(all.s);
	return err;
}

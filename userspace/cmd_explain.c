// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "cmd.h"
#include "names.h"
#include "render.h"
#include "strength.h"

/* What pools do with one bit. */
static const char *rule_name(u64 bit, u64 and_bits, u64 or_bits, u64 pass_bits, u64 equal_bits)
{
	if (bit & and_bits)
		return "and";
	if (bit & or_bits)
		return "or";
	if (bit & pass_bits)
		return "pass";
	return bit & equal_bits ? "equal" : "hidden";
}

static const struct { const char *rule, *text; } rules[] = {
	{ "and", "a guest may have it where every host of the pool has it" },
	{ "or", "bad news or a hint: shown if any host of the pool has it" },
	{ "pass", "the VMM's own: passes unchanged" },
	{ "equal", "part of a layout that must be the same on every host" },
	{ "min", "part of a number: the smallest of the pool" },
	{ "hidden", "not known here, so never shown" },
};

static const char *rule_of(const struct bit_place *at, struct kl_bit *gate)
{
	const struct kl_msr_shape *m;
	const struct kl_shape *s;
	unsigned int i;

	if (at->msr) {
		m = kl_msr_shape_find(at->leaf);
		if (!m)
			return "hidden";
		*gate = m->gate;
		return m->flags & KL_SHAPE_VMM ? "pass" :
		       rule_name(1ull << at->bit, m->and_bits, m->or_bits, 0, m->equal_bits);
	}
	s = kl_shape_find(at->leaf, at->subleaf);
	if (!s)
		return "hidden";
	if (s->flags & KL_SHAPE_VMM)
		return "pass";
	*gate = s->gate;
	for (i = 0; i < ARRAY_SIZE(s->r[0].min_field); i++)
		if (s->r[at->reg].min_field[i] & 1u << at->bit)
			return "min";
	return rule_name(1ull << at->bit, s->r[at->reg].and_bits, s->r[at->reg].or_bits,
			 s->r[at->reg].pass_bits, s->r[at->reg].equal_bits);
}

static const struct column needs_columns[] = {
	{ "feature", "NEEDS", false }, { "where", "WHERE", false }, { "why", "WHY", false },
};

static const struct column needed_by_columns[] = {
	{ "feature", "NEEDED BY", false }, { "where", "WHERE", false }, { "why", "WHY", false },
};

static void need_row(struct render *r, const struct kl_bit *bit, const char *why)
{
	const struct bit_place at = { .leaf = bit->leaf, .subleaf = bit->subleaf,
				      .reg = bit->reg, .bit = bit->bit };
	char *name = bit_name(&at), *where = bit_where(&at);

	cell_string(r, "%s", name);
	cell_string(r, "%s", where);
	cell_string(r, "%s", why);
	free(name);
	free(where);
}

static bool is_bit(const struct kl_bit *bit, const struct bit_place *at)
{
	return !at->msr && bit->leaf == at->leaf && bit->subleaf == at->subleaf &&
	       bit->reg == at->reg && bit->bit == at->bit;
}

#define EXISTS "without it the leaf or MSR does not exist"

static void needs(struct render *r, const struct bit_place *at, const struct kl_bit *gate)
{
	unsigned int i;

	if (gate->leaf)
		need_row(r, gate, EXISTS);
	for (i = 0; i < kl_nr_deps; i++)
		if (is_bit(&kl_deps[i].feature, at))
			need_row(r, &kl_deps[i].needs, kl_deps[i].why);
}

static void needed_by(struct render *r, const struct bit_place *at)
{
	unsigned int i;

	for (i = 0; i < kl_nr_deps; i++)
		if (is_bit(&kl_deps[i].needs, at))
			need_row(r, &kl_deps[i].feature, kl_deps[i].why);
	for (i = 0; i < kl_nr_shapes; i++) {
		if (!is_bit(&kl_shapes[i].gate, at))
			continue;
		cell_string(r, "CPUID 0x%x", kl_shapes[i].first);
		cell_string(r, "0x%x.%u", kl_shapes[i].first, kl_shapes[i].subleaf_first);
		cell_string(r, "%s", EXISTS);
	}
	for (i = 0; i < kl_nr_msr_shapes; i++) {
		if (!is_bit(&kl_msr_shapes[i].gate, at))
			continue;
		cell_string(r, "MSR 0x%x", kl_msr_shapes[i].index);
		cell_string(r, "msr:0x%x", kl_msr_shapes[i].index);
		cell_string(r, "%s", EXISTS);
	}
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
static void strength(struct render *r, const struct bit_place *at, const char *rule)
{
	struct strength s = feature_strength(at);

	if (strcmp(rule, "and"))
		return;
	strength_on(r, at, ON_AMD, "hidden_amd", "on AMD");
	strength_on(r, at, ON_INTEL, "hidden_intel", "on Intel");
	locked(r, "cr4", "CR4", s.cr4);
	locked(r, "efer", "EFER", s.efer);
	locked(r, "xcr0", "XCR0", s.xcr0);
	locked(r, "xss", "IA32_XSS", s.xss);
}

int cmd_explain(int argc, char **argv)
{
	struct kl_bit gate = { 0 };
	const struct feature *f;
	struct bit_place at;
	const char *rule;
	struct render *r;
	unsigned int i;
	char *where;

	if (options(&argc, argv, NULL) || arguments(argc, 1, 1, "a feature"))
		return USAGE;
	if (bit_parse(argv[0], &at))
		return refuse("\"%s\" is no feature that is known here, nor a place such as 0x7.0:ebx[5] or msr:0x10a[3]",
			      argv[0]);
	f = feature_at(&at);
	rule = rule_of(&at, &gate);
	where = bit_where(&at);
	r = render_begin("kvm-level/explain/1");
	if (f)
		render_string(r, "feature", "feature", "%s", f->name);
	render_string(r, "where", "where", "%s", where);
	free(where);
	if (feature_is_copy(&at))
		render_string(r, NULL, "", "AMD's copy of the bit in leaf 1");
	render_bool(r, "copy", NULL, feature_is_copy(&at));
	aliases(r, f);
	for (i = 0; i < ARRAY_SIZE(rules); i++)
		if (!strcmp(rules[i].rule, rule))
			render_string(r, NULL, "in a pool", "%s: %s", rule, rules[i].text);
	render_string(r, "rule", NULL, "%s", rule);
	strength(r, &at, rule);
	render_table(r, "needs", needs_columns, ARRAY_SIZE(needs_columns));
	needs(r, &at, &gate);
	render_table_end(r);
	render_table(r, "needed_by", needed_by_columns, ARRAY_SIZE(needed_by_columns));
	needed_by(r, &at);
	render_table_end(r);
	return render_end(r, NULL);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A -cpu option for QEMU: a model, the baseline's numbers, then every feature
 * in which the baseline differs from it.  QEMU's documentation, "CPU models";
 * its properties are those of query-cpu-model-expansion.
 */
#include "export.h"
#include "out_names.h"

/* Of KVM's own features, what QEMU calls them; it has one name for both clocks. */
static const struct { const char *feature, *name; } kvm_names[] = {
	{ "kvmclock", "kvmclock" },
	{ "kvm-nopiodelay", "kvm-nopiodelay" },
	{ "kvm-mmu", "kvm-mmu" },
	{ "kvm-asyncpf", "kvm-asyncpf" },
	{ "kvm-steal-time", "kvm-steal-time" },
	{ "kvm-pv-eoi", "kvm-pv-eoi" },
	{ "kvm-pv-unhalt", "kvm-pv-unhalt" },
	{ "kvm-pv-tlb-flush", "kvm-pv-tlb-flush" },
	{ "kvm-pv-ipi", "kvm-pv-ipi" },
	{ "kvm-poll-control", "kvm-poll-control" },
	{ "kvm-pv-sched-yield", "kvm-pv-sched-yield" },
	{ "kvm-asyncpf-int", "kvm-asyncpf-int" },
	{ "kvmclock-stable-bit", "kvmclock-stable-bit" },
};

/*
 * What QEMU decides itself when it runs on KVM, whatever the model says: on,
 * or off, unless it is told.
 */
static const char *const kvm_decides[] = {
	"x2apic", "kvmclock", "kvm-nopiodelay", "kvm-asyncpf", "kvm-steal-time", "kvm-pv-eoi",
	"kvmclock-stable-bit", "acpi", "monitor", "svm",
};

struct line {
	struct export *e;
	struct out_models m;
	bool *want;
	bool kvm;		/* the baseline shows KVM */
};

static const char *builtin_name(const struct level *l)
{
	return l->qemu;
}

static const char *kvm_name(const struct feature *f)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kvm_names); i++)
		if (!strcmp(kvm_names[i].feature, f->name))
			return kvm_names[i].name;
	return NULL;
}

/* QEMU's own spellings are with dashes. */
static char *spelling(const struct line *l, unsigned int i)
{
	const char *name = l->m.map.spelling[i];
	char *text, *c;

	if (!name && !l->m.installed && features[i].at.leaf >> 28 == 4)
		name = kvm_name(&features[i]);
	if (!name)
		return NULL;
	text = xprintf("%s", name);
	for (c = text; *c; c++)
		if (*c == '_')
			*c = '-';
	return text;
}

static bool said_anyway(const struct line *l, const struct feature *f)
{
	unsigned int i;

	/* What a model gives a nested VMX is not seen while its vmx is off. */
	if (f->at.msr && f->at.leaf >= 0x480 && f->at.leaf <= 0x491)
		return l->want[feature_named("vmx") - features];
	for (i = 0; i < ARRAY_SIZE(kvm_decides); i++)
		if (!strcmp(kvm_decides[i], f->name))
			return f->at.leaf >> 28 != 4 || l->kvm;
	return false;
}

/* A guest with it can't be moved, unless somebody fixes its TSC's frequency, too. */
static bool stays_put(const struct feature *f)
{
	return !strcmp(f->name, "invtsc");
}

/*
 * QEMU has one name, vmx-invept-single-context, for that of INVEPT and that of INVVPID, so
 * that it is both or none.  A QEMU that tells of the other name has two.
 */
static bool has_half(const struct line *l, const struct feature *f)
{
	const struct feature *one = feature_named("vmx-invept-single-context");
	const struct feature *other = feature_named("vmx-invvpid-single-context");

	return (f == one || f == other) && !l->m.map.spelling[other - features] &&
	       !(l->want[one - features] && l->want[other - features]);
}

/* Is it to be on? */
static bool is_on(const struct line *l, unsigned int i)
{
	return l->want[i] && !stays_put(&features[i]) && !has_half(l, &features[i]);
}

static bool is_said(const struct line *l, unsigned int i)
{
	const struct feature *f = &features[i];
	bool has = is_on(l, i);

	/* Without KVM's leaves, kvm=off says it all. */
	if (f->at.leaf >> 28 == 4 && !f->at.msr)
		return l->kvm && (has || said_anyway(l, f));
	if (!level_knows(f))
		return false;
	return has != l->m.base->has[i] || said_anyway(l, f) || l->m.doubtful[i];
}

static void write_features(const struct line *l, bool on)
{
	unsigned int i;
	char *name;

	for (i = 0; i < nr_features; i++) {
		if (is_on(l, i) != on || !is_said(l, i))
			continue;
		name = spelling(l, i);
		if (name)
			fprintf(l->e->to, ",%c%s", on ? '+' : '-', name);
		free(name);
	}
}

/* One name switches both clocks. */
static bool is_second_clock(const struct line *l, const struct feature *f)
{
	return !strcmp(f->name, "kvmclock2") && l->want[feature_named("kvmclock") - features];
}

static u64 carried(void *ctx, const struct kl_place *at)
{
	struct bit_place bit = {
		.msr = at->kind == KL_PLACE_MSR,
		.leaf = at->leaf, .subleaf = at->subleaf, .reg = at->reg,
	};
	const struct line *l = ctx;
	u64 bits = 0;
	unsigned int i;
	char *name;

	if (bit.msr)
		bit.subleaf = 0;
	/* level, xlevel, kvm, and the width of physical addresses */
	if (!bit.msr && at->reg == KL_EAX && !(at->leaf & 0x3fffffff))
		return ~0ull;
	/*
	 * That of linear addresses is 57 with la57, else 48.  What is mappable QEMU takes from
	 * KVM's offer (kvm_set_guest_phys_bits()), and before 9.1 it said nothing of it.
	 */
	if (!bit.msr && at->reg == KL_EAX && at->leaf == 0x80000008)
		return 0xffffff;
	/* The highest subleaf goes with what is in it. */
	if (!bit.msr && at->reg == KL_EAX && at->leaf == 7 && !at->subleaf)
		return ~0ull;
	for (i = 0; i < 64; i++) {
		const struct feature *f;

		if (!(at->bits >> i & 1))
			continue;
		bit.bit = i;
		f = feature_at(&bit);
		name = f && is_on(l, f - features) ? spelling(l, f - features) : NULL;
		if (name || feature_is_copy(&bit) || (f && is_second_clock(l, f)))
			bits |= 1ull << i;
		free(name);
	}
	return bits;
}

static int write_line(struct line *l)
{
	struct export *e = l->e;
	const struct identity *id = &e->baseline->identity;
	const struct kl_leaf *base = kl_set_leaf(&e->set, 0, 0);
	u32 width = out_word(e, 0x80000008, 0, KL_EAX) & 0xff;

	fputs(l->m.name, e->to);
	/* On every host of several vendors' pool; else it is the host's vendor, and the model's. */
	if (id->nr_vendors)
		fprintf(e->to, ",vendor=%s,family=%u,model=%u,stepping=%u", e->baseline->vendor,
			id->family, id->model, id->stepping);
	if (base)
		fprintf(e->to, ",level=%u", base->r[KL_EAX]);
	if (kl_set_leaf(&e->set, 0x80000000, 0))
		fprintf(e->to, ",xlevel=0x%x", out_word(e, 0x80000000, 0, KL_EAX));
	/*
	 * Every host of the pool has at least so many, so that the lower of the
	 * host's and the limit is the same everywhere; phys-bits would say it, too,
	 * but QEMU then warns on each host that has more.
	 */
	if (width)
		fprintf(e->to, ",host-phys-bits=on,host-phys-bits-limit=%u", width);
	write_features(l, true);
	write_features(l, false);
	/* A host that lacks one of these must not run the guest without it. */
	fprintf(e->to, "%s,enforce\n", l->kvm ? "" : ",kvm=off");
	return 0;
}

int out_qemu(struct export *e)
{
	static const struct level_source qemu = { "qemu", qemu_map };
	struct line l = { .e = e };

	if (out_models(e, &l.m, &qemu, NULL, OUT_QEMU_VMX_NAMES, builtin_name))
		return -1;
	l.kvm = kl_set_leaf(&e->set, 0x40000000, 0);
	l.want = out_features(e);
	write_line(&l);
	out_leftovers(e, carried, &l);
	free(l.want);
	out_models_free(&l.m);
	return 0;
}

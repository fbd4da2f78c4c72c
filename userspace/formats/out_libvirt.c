// SPDX-License-Identifier: GPL-2.0
/*
 * A <cpu> element for a domain of libvirt's: domain XML format, "CPU model and
 * topology".  A custom model that must match exactly, so that no host adds
 * anything of its own, with the features in which the baseline differs.
 */
#include <libxml/xmlwriter.h>

#include "export.h"

static const char *builtin_name(const struct level *l)
{
	return l->libvirt;
}

struct xml {
	struct export *e;
	struct out_models m;
	bool *want;
};

static bool can_say(const struct xml *x, unsigned int i)
{
	/*
	 * A guest with invtsc can't be moved, unless somebody fixes its TSC's
	 * frequency, too.  The others libvirt knows of hosts only: QEMU has no such
	 * properties.
	 */
	static const char *const not_said[] = { "invtsc", "cmt", "pconfig" };
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(not_said); n++)
		if (!strcmp(features[i].name, not_said[n]))
			return false;
	return x->m.map.spelling[i] && level_knows(&features[i]);
}

static u64 carried(void *ctx, const struct kl_place *at)
{
	struct bit_place bit = {
		.msr = at->kind == KL_PLACE_MSR,
		.leaf = at->leaf, .subleaf = at->subleaf, .reg = at->reg,
	};
	const struct xml *x = ctx;
	u64 bits = 0;
	unsigned int i;

	/* libvirt leaves the highest leaves to QEMU, which goes by the features. */
	if (!bit.msr && at->reg == KL_EAX && at->leaf == 0x80000008)
		return 0xffffff;
	if (!bit.msr && at->reg == KL_EAX && at->leaf == 7 && !at->subleaf)
		return ~0ull;
	if (!bit.msr && at->reg == KL_EAX && at->leaf == 0x40000000)
		return ~0ull;
	for (i = 0; i < 64; i++) {
		const struct feature *f;

		if (!(at->bits >> i & 1))
			continue;
		bit.bit = i;
		f = feature_at(&bit);
		if ((f && can_say(x, f - features)) || feature_is_copy(&bit))
			bits |= 1ull << i;
	}
	return bits;
}

#define STR(s) ((const xmlChar *)(s))

static void element(xmlTextWriter *w, const char *name, const char *text)
{
	xmlTextWriterWriteElement(w, STR(name), STR(text));
}

static void write_features(xmlTextWriter *w, const struct xml *x, bool on)
{
	unsigned int i;

	for (i = 0; i < nr_features; i++) {
		bool has = x->want[i];

		if (!can_say(x, i) || has != on)
			continue;
		/* On KVM, QEMU gives x2apic unless it is told. */
		if (has == x->m.base->has[i] && !x->m.doubtful[i] &&
		    strcmp(features[i].name, "x2apic"))
			continue;
		xmlTextWriterStartElement(w, STR("feature"));
		xmlTextWriterWriteAttribute(w, STR("policy"), STR(on ? "require" : "disable"));
		xmlTextWriterWriteAttribute(w, STR("name"), STR(x->m.map.spelling[i]));
		xmlTextWriterEndElement(w);
	}
}

static void write_cpu(xmlTextWriter *w, const struct xml *x)
{
	u32 width = out_word(x->e, 0x80000008, 0, KL_EAX) & 0xff;
	bool one_vendor = !x->e->baseline->identity.nr_vendors;

	xmlTextWriterSetIndent(w, 1);
	xmlTextWriterSetIndentString(w, STR("  "));
	xmlTextWriterStartElement(w, STR("cpu"));
	xmlTextWriterWriteAttribute(w, STR("mode"), STR("custom"));
	xmlTextWriterWriteAttribute(w, STR("match"), STR("exact"));
	xmlTextWriterWriteAttribute(w, STR("check"), STR("partial"));
	xmlTextWriterStartElement(w, STR("model"));
	xmlTextWriterWriteAttribute(w, STR("fallback"), STR("forbid"));
	xmlTextWriterWriteString(w, STR(x->m.name));
	xmlTextWriterEndElement(w);
	/* It is what the host must be. */
	if (one_vendor && !strcmp(x->e->baseline->vendor, "GenuineIntel"))
		element(w, "vendor", "Intel");
	else if (one_vendor && !strcmp(x->e->baseline->vendor, "AuthenticAMD"))
		element(w, "vendor", "AMD");
	if (width) {
		xmlTextWriterStartElement(w, STR("maxphysaddr"));
		xmlTextWriterWriteAttribute(w, STR("mode"), STR("emulate"));
		xmlTextWriterWriteFormatAttribute(w, STR("bits"), "%u", width);
		xmlTextWriterEndElement(w);
	}
	write_features(w, x, true);
	write_features(w, x, false);
	xmlTextWriterEndElement(w);
}

int out_libvirt(struct export *e)
{
	static const struct level_source libvirt = { "libvirt", libvirt_map };
	struct xml x = { .e = e };
	struct level_map qemus;
	xmlTextWriter *w;
	xmlBuffer *text;
	int ret;

	/* libvirt has models that are another distribution's QEMU's, or no QEMU's any more. */
	ret = qemu_map(&qemus);
	if (ret < 0)
		return -1;
	ret = out_models(e, &x.m, &libvirt, ret ? &qemus : NULL, "", builtin_name);
	map_free(&qemus);
	if (ret)
		return -1;
	x.want = out_features(e);
	text = xmlBufferCreate();
	w = text ? xmlNewTextWriterMemory(text, 0) : NULL;
	if (!w) {
		say("out of memory");
		exit(REFUSED);
	}
	write_cpu(w, &x);
	xmlFreeTextWriter(w);
	fputs((const char *)xmlBufferContent(text), e->to);
	xmlBufferFree(text);
	out_identity_left(e);
	out_leftovers(e, carried, &x);
	free(x.want);
	out_models_free(&x.m);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/* What all formats share once a row has been read. */
#include "build.h"
#include "../kvm.h"
#include "../names.h"

const struct kl_leaf *build_has(const struct build *b, u32 leaf, u32 subleaf)
{
	unsigned int i;

	for (i = b->cpu.nr_leaves; i--; )
		if (b->cpu.leaf[i].leaf == leaf && b->cpu.leaf[i].subleaf == subleaf)
			return &b->cpu.leaf[i];
	return NULL;
}

int build_leaf(struct build *b, unsigned int nr, const struct kl_leaf *leaf)
{
	if (build_has(b, leaf->leaf, leaf->subleaf))
		return text_bad(b->in, nr, "CPUID 0x%x.%u stands twice", leaf->leaf,
				leaf->subleaf);
	if (b->cpu.nr_leaves == WORDS_MAX_LEAVES)
		return text_bad(b->in, nr, "more than %d CPUID leaves", WORDS_MAX_LEAVES);
	words_add_leaf(&b->cpu, leaf);
	return 0;
}

int build_msr(struct build *b, unsigned int nr, u32 index, u64 value)
{
	unsigned int i;

	for (i = 0; i < b->msrs.nr_msrs; i++)
		if (b->msrs.msr[i].index == index)
			return text_bad(b->in, nr, "MSR 0x%x stands twice", index);
	if (b->msrs.nr_msrs == WORDS_MAX_MSRS)
		return text_bad(b->in, nr, "more than %d MSRs", WORDS_MAX_MSRS);
	words_add_msr(&b->msrs, index, value);
	return 0;
}

void build_next_cpu(struct build *b)
{
	if (!b->cpu.nr_leaves)
		return;
	words_sort(&b->cpu);
	cpus_add(&b->cpus, &b->cpu);
}

void build_free(struct build *b)
{
	cpus_free(&b->cpus);
	words_free(&b->cpu);
	words_free(&b->msrs);
}

static void warn(void *ctx, const char *text)
{
	text_warn(ctx, 0, "%s", text);
}

int sink_host(const struct sink *sink, struct host *h)
{
	int ret = sink->see(sink->ctx, h);

	host_free(h);
	return ret;
}

int build_host(struct build *b, const struct sink *sink)
{
	struct host h = { .raw = true };
	struct kl_place at = { 0 };
	char *text;
	unsigned int i;

	build_next_cpu(b);
	if (!b->cpus.nr) {
		build_free(b);
		return text_bad(b->in, 0, "there is no CPUID leaf in it");
	}
	if (cpus_combine(&b->cpus, &h.words, warn, (void *)b->in, &at)) {
		text = place_text(&at);
		text_bad(b->in, 0, "its logical CPUs can't be one host's: %s", text);
		free(text);
		build_free(b);
		return -1;
	}
	for (i = 0; i < b->msrs.nr_msrs; i++)
		words_add_msr(&h.words, b->msrs.msr[i].index, b->msrs.msr[i].value);
	words_sort(&h.words);
	build_free(b);
	text = leaves_missing(&h.words);
	if (text)
		text_warn(b->in, 0, "%s", text);
	free(text);
	h.file = xprintf("%s", b->in->name);
	h.name = printable(xprintf("%s", b->in->name));
	host_identify(&h);
	return sink_host(sink, &h);
}

void host_identify(struct host *h)
{
	const struct kl_set set = words_set(&h->words);
	const struct kl_leaf *leaf0 = kl_set_leaf(&set, 0, 0), *leaf1 = kl_set_leaf(&set, 1, 0);
	struct signature s = cpuid_signature(leaf1 ? leaf1->r[KL_EAX] : 0);

	if (leaf0)
		cpuid_vendor(leaf0, h->vendor);
	h->family = s.family;
	h->model = s.model;
	h->stepping = s.stepping;
}

static u32 highest(const struct words *w, u32 range)
{
	u32 top = 0;
	unsigned int i;

	for (i = 0; i < w->nr_leaves; i++)
		if (w->leaf[i].leaf >= range && w->leaf[i].leaf < range + 0x10000 &&
		    w->leaf[i].leaf > top)
			top = w->leaf[i].leaf;
	return top;
}

char *leaves_missing(const struct words *w)
{
	static const u32 ranges[] = { 0, 0x80000000 };
	const struct kl_set set = words_set(w);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		const struct kl_leaf *first = kl_set_leaf(&set, ranges[i], 0);
		u32 last = highest(w, ranges[i]);

		/* Other ranges' words are no promise: leaf 0's stand there where none is. */
		if (first && first->r[KL_EAX] > last && first->r[KL_EAX] < ranges[i] + 0x10000)
			return xprintf("leaves up to 0x%x are promised, and none above 0x%x is there: is the dump complete?",
				       first->r[KL_EAX], last);
	}
	return NULL;
}

void words_set_bits(struct words *w, u32 leaf, u32 subleaf, enum kl_reg reg, u32 bits)
{
	struct kl_leaf new = { .leaf = leaf, .subleaf = subleaf };
	unsigned int i;

	for (i = 0; i < w->nr_leaves; i++)
		if (w->leaf[i].leaf == leaf && w->leaf[i].subleaf == subleaf)
			break;
	if (i == w->nr_leaves)
		words_add_leaf(w, &new);
	w->leaf[i].r[reg] |= bits;
}

void words_set_msr_bits(struct words *w, u32 index, u64 bits)
{
	unsigned int i;

	for (i = 0; i < w->nr_msrs; i++)
		if (w->msr[i].index == index)
			break;
	if (i == w->nr_msrs)
		words_add_msr(w, index, 0);
	w->msr[i].value |= bits;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A featureset as Xen writes it: one register after the other, in hex, with
 * colons between (xen/include/public/arch-x86/cpufeatureset.h).  Words are
 * only ever added at the end, and those that an older Xen doesn't know must be
 * left out: so trailing zeros are.
 */
#include "export.h"

static const struct word {
	u32 leaf, subleaf;
	enum kl_reg reg;
	unsigned int msr_shift;	/* of MSR @leaf: with reg KL_NR_REGS */
} words[] = {
	{ 0x1, 0, KL_EDX, 0 }, { 0x1, 0, KL_ECX, 0 },
	{ 0x80000001, 0, KL_EDX, 0 }, { 0x80000001, 0, KL_ECX, 0 },
	{ 0xd, 1, KL_EAX, 0 },
	{ 0x7, 0, KL_EBX, 0 }, { 0x7, 0, KL_ECX, 0 },
	{ 0x80000007, 0, KL_EDX, 0 }, { 0x80000008, 0, KL_EBX, 0 },
	{ 0x7, 0, KL_EDX, 0 }, { 0x7, 1, KL_EAX, 0 },
	{ 0x80000021, 0, KL_EAX, 0 },
	{ 0x7, 1, KL_EBX, 0 }, { 0x7, 2, KL_EDX, 0 },
	{ 0x7, 1, KL_ECX, 0 }, { 0x7, 1, KL_EDX, 0 },
	{ 0x10a, 0, KL_NR_REGS, 0 }, { 0x10a, 0, KL_NR_REGS, 32 },
	{ 0x80000021, 0, KL_ECX, 0 },
};

static u32 value(const struct export *e, const struct word *w)
{
	const struct kl_msr *m;

	if (w->reg != KL_NR_REGS)
		return out_word(e, w->leaf, w->subleaf, w->reg);
	m = kl_set_msr(&e->set, w->leaf);
	return m ? m->value >> w->msr_shift : 0;
}

static u64 carried(void *ctx, const struct kl_place *at)
{
	unsigned int i;

	(void)ctx;
	if (at->kind == KL_PLACE_MSR)
		return at->leaf == 0x10a ? ~0ull : 0;
	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].reg == at->reg && words[i].leaf == at->leaf &&
		    words[i].subleaf == at->subleaf)
			return ~0ull;
	return 0;
}

int out_xen(struct export *e)
{
	unsigned int i, nr = ARRAY_SIZE(words);

	while (nr > 1 && !value(e, &words[nr - 1]))
		nr--;
	for (i = 0; i < nr; i++)
		fprintf(e->to, "%s%08x", i ? ":" : "", value(e, &words[i]));
	fputc('\n', e->to);
	out_identity_left(e);
	out_leftovers(e, carried, NULL);
	return 0;
}

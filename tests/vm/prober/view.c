// SPDX-License-Identifier: GPL-2.0
/*
 * What a vCPU's guest reads of a table of CPUID, as far as it is a baseline's: to
 * compare with what it read before, and with what a baseline makes of the table.
 */
#include <string.h>

#include "kvmprobe.h"

struct cpuset view_set;
struct asked view_asked[MAX_ENTRIES];
unsigned int nr_asked;

/* Bits that follow the guest's or the VMM's state, not the baseline. */
static u32 settled_bits(u32 leaf, u32 sub, enum reg reg)
{
	if (!word_is_features(leaf, sub, reg))
		return 0;
	if (leaf == 1 && reg == ECX)
		return ~(BIT(3) | BIT(24) | BIT(27) | BIT(31));
	if (leaf == 1 && reg == EDX)
		return ~(BIT(9) | BIT(28));
	if (leaf == 7 && reg == ECX)
		return ~BIT(4);
	if (leaf == 0x80000001 && reg == EDX)
		return ~BIT(9);
	return ~0U;
}

void view_choose(const char *how)
{
	bool none;

	cpuset_choose(how, &view_set, &none);
	if (none)
		die("these VMs want some CPUID");
	/* Whatever now is on offer: a guest may always read MSR 0x10a. */
	cpuset_add(&view_set, 7, 0)->edx |= BIT(29);
	for (u32 i = 0; i < view_set.n; i++) {
		const struct kvm_cpuid_entry2 *e = &view_set.e[i];
		bool features = false;

		for (enum reg r = EAX; r < NR_REGS; r++)
			features |= word_is_features(e->function, e->index, r);
		if (!features)
			continue;
		view_asked[nr_asked].leaf = e->function;
		view_asked[nr_asked++].sub = e->index;
	}
}

void view_words(unsigned int i, const struct kvm_cpuid_entry2 *e, u32 words[NR_REGS])
{
	for (enum reg r = EAX; r < NR_REGS; r++)
		words[r] = entry_read(e, r) &
			settled_bits(view_asked[i].leaf, view_asked[i].sub, r);
}

void view_one(struct vcpu *v, unsigned int i, u32 words[NR_REGS])
{
	struct kvm_cpuid_entry2 e;

	guest_cpuid(v, view_asked[i].leaf, view_asked[i].sub, &e);
	view_words(i, &e, words);
}

void view_take(struct vcpu *v, struct view *w)
{
	memset(w, 0, sizeof(*w));
	for (unsigned int i = 0; i < nr_asked; i++)
		view_one(v, i, w->word[i]);
	w->msr_faults = !guest_rdmsr(v, MSR_ARCH_CAP, &w->msr);
}

bool view_fits(const struct view *w, struct offer *baseline)
{
	struct kvm_msr_entry *m = msrset_find(&baseline->msr, MSR_ARCH_CAP);

	for (unsigned int i = 0; i < nr_asked; i++) {
		u32 leaf = view_asked[i].leaf, sub = view_asked[i].sub;

		for (enum reg r = EAX; r < NR_REGS; r++) {
			u32 want = cpuset_word(&view_set, leaf, sub, r) &
				   cpuset_word(&baseline->cpu, leaf, sub, r) &
				   settled_bits(leaf, sub, r);

			if (w->word[i][r] != want)
				return false;
		}
	}
	return w->msr_faults || !m || w->msr == m->data;
}

void view_print(const char *what, const struct view *w)
{
	for (unsigned int i = 0; i < nr_asked; i++)
		if (view_asked[i].leaf == 7 && !view_asked[i].sub)
			printf("%s: leaf 7 0x%08x 0x%08x 0x%08x, msr 0x10a 0x%llx\n", what,
			       w->word[i][EBX], w->word[i][ECX], w->word[i][EDX],
			       (unsigned long long)w->msr);
}

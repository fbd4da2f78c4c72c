// SPDX-License-Identifier: GPL-2.0
#include "traps.h"

static const char *const sentences[NR_TRAPS] = {
	[TRAP_NO_LEAF_0] = "no CPUID leaf 0, so that no leaf at all can be reached",
	[TRAP_NO_LEAF_7] = "no CPUID leaf 7, though the highest leaf is above it: is the dump whole?",
	[TRAP_ARCH_CAPABILITIES] = "arch-capabilities without MSR 0x10a, which counts as 0",
	[TRAP_STATE_SIZES] = "XCR0 has state of which no row of CPUID leaf 0xD tells the size, so that what needs that state is lost: is the dump whole?",
	[TRAP_SYSCALL] = "lm without syscall: was it read in 32-bit mode?",
	[TRAP_HYBRID] = "a hybrid processor, whose CPUs differ: a dump of one of them is not the host",
	[TRAP_VMX_MSRS] = "vmx without what its MSRs 0x48d to 0x490 must have, so that nested VMX can't be levelled: dump it with \"levelctl host dump\", or take it out by \"baseline narrow --without vmx\"",
};

static u32 reg(const struct kl_set *set, u32 leaf, enum kl_reg r)
{
	const struct kl_leaf *l = kl_set_leaf(set, leaf, 0);

	return l ? l->r[r] : 0;
}

/* Is there state whose size is not told? kl_close() takes it, and its features. */
static bool lacks_sizes(const struct kl_set *set)
{
	u64 left = kl_xcr0_shown(set) & ~3ull;

	for (; left; left &= left - 1) {
		const struct kl_leaf *l = kl_set_leaf(set, 0xd, __builtin_ctzll(left));

		if (!l || !l->r[KL_EAX])
			return true;
	}
	return false;
}

/*
 * Of each kind of control some have always been 1, and must be (SDM vol. 3 appendix A.2).  Who
 * tells of none has not told what nested VMX is there.
 */
static bool lacks_vmx_msrs(const struct kl_set *set)
{
	static const struct kl_bit vmx = { 0x1, 0, KL_ECX, 5 };
	u32 index;

	for (index = 0x48d; index <= 0x490 && kl_set_has(set, &vmx); index++) {
		const struct kl_msr *m = kl_set_msr(set, index);

		if (!m || !(u32)m->value)
			return true;
	}
	return false;
}

/* Of the processor's own words or KVM's, whichever tell. */
static void find_tsc(struct trapped *t, const struct kl_set *set)
{
	u64 crystal = reg(set, 0x15, KL_ECX), up = reg(set, 0x15, KL_EBX);
	u32 down = reg(set, 0x15, KL_EAX);

	if (!t->khz[TSC_LEAF_15] && crystal && up && down)
		t->khz[TSC_LEAF_15] = crystal * up / down / 1000;
	if (!t->khz[TSC_LEAF_16])
		t->khz[TSC_LEAF_16] = (reg(set, 0x16, KL_EAX) & 0xffff) * 1000;
	if (!t->khz[TSC_HYPERVISOR])
		t->khz[TSC_HYPERVISOR] = reg(set, 0x40000010, KL_EAX);
}

struct trapped traps_of(const struct host *h)
{
	static const struct kl_bit arch_caps = { 0x7, 0, KL_EDX, 29 };
	static const struct kl_bit hybrid = { 0x7, 0, KL_EDX, 15 };
	static const struct kl_bit lm = { 0x80000001, 0, KL_EDX, 29 };
	static const struct kl_bit syscall = { 0x80000001, 0, KL_EDX, 11 };
	/* SVM's TscRateMsr; "use TSC scaling" may be 1 in VMX's secondary controls. */
	static const struct kl_bit tsc_rate = { 0x8000000a, 0, KL_EDX, 4 };
	const struct kl_set set = words_set(&h->words), raw = words_set(&h->processor);
	const struct kl_leaf *leaf0 = kl_set_leaf(&set, 0, 0);
	const struct kl_msr *controls = kl_set_msr(&set, 0x48b);
	struct trapped t = { 0 };

	if (!leaf0)
		t.traps |= 1u << TRAP_NO_LEAF_0;
	else if (leaf0->r[KL_EAX] >= 7 && !kl_set_leaf(&set, 7, 0))
		t.traps |= 1u << TRAP_NO_LEAF_7;
	if (kl_set_has(&set, &arch_caps) && !kl_set_msr(&set, 0x10a))
		t.traps |= 1u << TRAP_ARCH_CAPABILITIES;
	if (lacks_sizes(&set))
		t.traps |= 1u << TRAP_STATE_SIZES;
	if (kl_set_has(&set, &lm) && !kl_set_has(&set, &syscall))
		t.traps |= 1u << TRAP_SYSCALL;
	if (kl_set_has(&set, &hybrid) || kl_set_has(&raw, &hybrid))
		t.traps |= 1u << TRAP_HYBRID;
	if (lacks_vmx_msrs(&set))
		t.traps |= 1u << TRAP_VMX_MSRS;
	t.tsc_scaling = kl_set_has(&set, &tsc_rate) || kl_set_has(&raw, &tsc_rate) ||
			(controls && controls->value >> 57 & 1);
	t.tsc_untold = !t.tsc_scaling && !controls && strcmp(h->vendor, "AuthenticAMD") &&
		       strcmp(h->vendor, "HygonGenuine");
	find_tsc(&t, &set);
	find_tsc(&t, &raw);
	return t;
}

static void add(struct some *s, const char *name)
{
	if (s->nr < ARRAY_SIZE(s->first))
		s->first[s->nr] = xprintf("%s", name);
	s->nr++;
}

static void add_tsc(struct tsc_range *r, u32 khz, const char *name)
{
	if (!khz)
		return;
	if (!r->low || khz < r->low) {
		free(r->low_name);
		r->low = khz;
		r->low_name = xprintf("%s", name);
	}
	if (khz > r->high) {
		free(r->high_name);
		r->high = khz;
		r->high_name = xprintf("%s", name);
	}
}

void traps_add(struct traps *t, const struct trapped *h, const char *name)
{
	unsigned int i;

	for (i = 0; i < NR_TRAPS; i++)
		if (h->traps >> i & 1)
			add(&t->hosts[i], name);
	if (!h->tsc_scaling)
		add(h->tsc_untold ? &t->untold_scaling : &t->no_scaling, name);
	for (i = 0; i < NR_TSC_SOURCES; i++)
		add_tsc(&t->tsc[i], h->khz[i], name);
}

/* "a, b, c and 7 more" */
static char *names(const struct some *s)
{
	unsigned int n = s->nr < ARRAY_SIZE(s->first) ? s->nr : ARRAY_SIZE(s->first), i;
	char *text = xprintf("%s", s->first[0]), *more;

	for (i = 1; i < n; i++) {
		more = xprintf("%s, %s", text, s->first[i]);
		free(text);
		text = more;
	}
	if (s->nr > n) {
		more = xprintf("%s and %llu more", text, (unsigned long long)s->nr - n);
		free(text);
		text = more;
	}
	return text;
}

/* "these have no TSC scaling: a; of these it is not known: b" */
static char *without_scaling(const struct traps *t)
{
	char *none = t->no_scaling.nr ? names(&t->no_scaling) : NULL;
	char *untold = t->untold_scaling.nr ? names(&t->untold_scaling) : NULL;
	char *text;

	if (none && untold)
		text = xprintf("these have no TSC scaling: %s; whether these have is not known: %s",
			       none, untold);
	else if (none)
		text = xprintf("these have no TSC scaling: %s", none);
	else
		text = xprintf("whether these have TSC scaling is not known: %s", untold);
	free(none);
	free(untold);
	return text;
}

void traps_tell(const struct traps *t, void (*see)(void *ctx, char *text), void *ctx)
{
	unsigned int i;
	char *who;

	for (i = 0; i < NR_TRAPS; i++) {
		if (!t->hosts[i].nr)
			continue;
		who = names(&t->hosts[i]);
		see(ctx, xprintf("%s: %s", who, sentences[i]));
		free(who);
	}
	for (i = 0; i < NR_TSC_SOURCES && (t->no_scaling.nr || t->untold_scaling.nr); i++) {
		const struct tsc_range *r = &t->tsc[i];

		/* 250 parts in a million: KVM's own tolerance (tsc_tolerance_ppm). */
		if (r->high - r->low <= r->low / 4000)
			continue;
		who = without_scaling(t);
		see(ctx, xprintf("the TSC runs at %u kHz on %s and at %u kHz on %s, and %s; a guest that moves to one without finds its clock at another speed",
				 r->low, r->low_name, r->high, r->high_name, who));
		free(who);
		break;
	}
}

void traps_free(struct traps *t)
{
	unsigned int i, n;

	for (i = 0; i < NR_TRAPS; i++)
		for (n = 0; n < ARRAY_SIZE(t->hosts[i].first); n++)
			free(t->hosts[i].first[n]);
	for (n = 0; n < ARRAY_SIZE(t->no_scaling.first); n++)
		free(t->no_scaling.first[n]);
	for (n = 0; n < ARRAY_SIZE(t->untold_scaling.first); n++)
		free(t->untold_scaling.first[n]);
	for (i = 0; i < NR_TSC_SOURCES; i++) {
		free(t->tsc[i].low_name);
		free(t->tsc[i].high_name);
	}
	*t = (struct traps){ 0 };
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Measured with the core's own rules: a set that has everything beside the
 * same one without the feature and what needs it.
 */
#include "strength.h"

static void fill(struct kl_acc *acc)
{
	unsigned int i, r;
	u32 sub;

	acc->nr_leaves = 0;
	acc->nr_msrs = 0;
	for (i = 0; i < kl_nr_shapes; i++) {
		const struct kl_shape *s = &kl_shapes[i];

		/* Of many subleaves only those of leaf 0xD matter: where state lies. */
		for (sub = s->subleaf_first; acc->nr_leaves < KL_MAX_LEAVES; sub++) {
			struct kl_leaf l = { .leaf = s->first, .subleaf = sub };

			for (r = 0; r < KL_NR_REGS; r++) {
				const struct kl_shape_reg *reg = &s->r[r];

				l.r[r] = reg->and_bits | reg->min_field[0] | reg->min_field[1] |
					 reg->min_field[2] | reg->min_field[3];
			}
			/* A size of 64 bytes each, one behind the other. */
			if (s->first == 0xd && sub >= 2) {
				l.r[KL_EAX] = 64;
				l.r[KL_EBX] = 576 + 64 * sub;
			}
			acc->leaf[acc->nr_leaves++] = l;
			if (s->first != 0xd || sub >= s->subleaf_last)
				break;
		}
	}
}

static struct strength difference(const struct kl_acc *a, const struct kl_acc *b)
{
	const struct kl_set all = kl_acc_set(a), less = kl_acc_set(b);

	return (struct strength){
		.cr4 = kl_cr4_hidden(&less) & ~kl_cr4_hidden(&all),
		.efer = kl_efer_hidden(&less) & ~kl_efer_hidden(&all),
		.xcr0 = kl_xcr0_shown(&all) & ~kl_xcr0_shown(&less),
		.xss = kl_xss_shown(&all) & ~kl_xss_shown(&less),
	};
}

/* All that there could be, closed, and the same without the bit @at. */
static void with_and_without(const struct bit_place *at, struct kl_acc *all, struct kl_acc *less)
{
	unsigned int i;

	fill(all);
	kl_close(all);
	*less = *all;
	for (i = 0; i < less->nr_leaves; i++) {
		struct kl_leaf *l = &less->leaf[i];

		if (!at->msr && l->leaf == at->leaf && l->subleaf == at->subleaf)
			l->r[at->reg] &= ~(1u << at->bit);
	}
}

struct strength feature_strength(const struct bit_place *at)
{
	struct kl_acc all, less;

	with_and_without(at, &all, &less);
	kl_close(&less);
	return difference(&all, &less);
}

/* A component of XCR0 or XSS in leaf 0xD. */
static bool is_state(const struct kl_bit *b)
{
	return b->leaf == 0xd && (b->subleaf ? b->subleaf == 1 && b->reg >= KL_ECX :
					       b->reg == KL_EAX || b->reg == KL_EDX);
}

static bool is_place(const struct kl_bit *b, const struct bit_place *at)
{
	return !at->msr && b->leaf == at->leaf && b->subleaf == at->subleaf &&
	       b->reg == at->reg && b->bit == at->bit;
}

/*
 * What of it switches the feature itself on.  Without AVX2 a guest can't set XCR0's bits
 * for AVX-512, which needs AVX2; but AVX2 works on AVX's state, and so goes on working.
 */
static struct strength own_strength(const struct bit_place *at)
{
	struct kl_acc all, less;
	struct strength own;
	unsigned int i;

	with_and_without(at, &all, &less);
	own = difference(&all, &less);
	for (i = 0; i < kl_nr_deps; i++) {
		const struct kl_bit *state = &kl_deps[i].feature;

		if (!is_state(state) || !is_place(&kl_deps[i].needs, at))
			continue;
		if (state->subleaf)
			own.xss |= 1;
		else
			own.xcr0 |= 1;
	}
	return own;
}

/*
 * What KVM does beyond control registers when a guest's CPUID lacks a feature:
 * vmx_secondary_exec_control() and svm_recalc_instruction_intercepts(), and the
 * MSRs which its readers and writers refuse without their CPUID bit.  MONITOR and
 * MWAIT are not among them: KVM traps them, and carries them out as NOPs.
 */
#define C HIDDEN_CONTROL
#define M HIDDEN_MSR

static const struct {
	struct kl_bit bit;
	u8 by[2];	/* by enum cpu_vendor */
} beyond[] = {
	{ { 0x1, 0, KL_ECX, 15 }, { 0, M } },		/* PDCM */
	{ { 0x1, 0, KL_ECX, 21 }, { M, M } },		/* x2APIC: APIC_BASE */
	{ { 0x1, 0, KL_ECX, 30 }, { 0, C } },		/* RDRAND */
	{ { 0x7, 0, KL_EBX, 1 }, { M, M } },		/* TSC_ADJUST */
	{ { 0x7, 0, KL_EBX, 2 }, { 0, C } },		/* SGX: ENCLS */
	{ { 0x7, 0, KL_EBX, 10 }, { C, C } },		/* INVPCID */
	{ { 0x7, 0, KL_EBX, 14 }, { 0, M } },		/* MPX: BNDCFGS */
	{ { 0x7, 0, KL_EBX, 18 }, { 0, C } },		/* RDSEED */
	{ { 0x7, 0, KL_ECX, 5 }, { 0, C } },		/* WAITPKG */
	{ { 0x7, 0, KL_ECX, 7 }, { M, M } },		/* shadow stacks: U_CET, PLn_SSP */
	{ { 0x7, 0, KL_ECX, 24 }, { 0, M } },		/* bus lock detection: DEBUGCTL */
	{ { 0x7, 0, KL_ECX, 29 }, { 0, C } },		/* ENQCMD: no PASID in a guest */
	{ { 0x7, 0, KL_ECX, 30 }, { 0, M } },		/* SGX launch control */
	{ { 0x7, 0, KL_EDX, 26 }, { M, M } },		/* SPEC_CTRL, IBPB */
	{ { 0x7, 0, KL_EDX, 27 }, { M, M } },		/* STIBP */
	{ { 0x7, 0, KL_EDX, 28 }, { 0, M } },		/* FLUSH_CMD */
	{ { 0x7, 0, KL_EDX, 29 }, { M, M } },		/* ARCH_CAPABILITIES */
	{ { 0x7, 0, KL_EDX, 30 }, { 0, M } },		/* CORE_CAPABILITIES */
	{ { 0x7, 0, KL_EDX, 31 }, { M, M } },		/* SSBD */
	{ { 0xd, 1, KL_EAX, 3 }, { M, C | M } },	/* XSAVES, XSS */
	{ { 0xd, 1, KL_EAX, 4 }, { M, M } },		/* XFD */
	{ { 0x80000001, 0, KL_ECX, 9 }, { M, M } },	/* OSVW */
	{ { 0x80000001, 0, KL_ECX, 23 }, { M, 0 } },	/* PERFCTR_CORE */
	{ { 0x80000001, 0, KL_EDX, 27 }, { C | M, C | M } },	/* RDTSCP, TSC_AUX */
	{ { 0x80000008, 0, KL_EBX, 12 }, { M, M } },	/* IBPB */
	{ { 0x80000008, 0, KL_EBX, 14 }, { M, M } },	/* IBRS */
	{ { 0x80000008, 0, KL_EBX, 15 }, { M, M } },	/* STIBP */
	{ { 0x80000008, 0, KL_EBX, 24 }, { M, M } },	/* SSBD */
	{ { 0x80000008, 0, KL_EBX, 25 }, { M, 0 } },	/* VIRT_SSBD */
	{ { 0x80000022, 0, KL_EAX, 0 }, { M, 0 } },	/* PerfMonV2: global control */
};

unsigned int feature_hidden_by(const struct bit_place *at, enum cpu_vendor vendor)
{
	struct strength s = own_strength(at);
	unsigned int i, by = 0;

	if (at->msr)
		return HIDDEN_MSR;
	for (i = 0; i < ARRAY_SIZE(beyond); i++)
		if (is_place(&beyond[i].bit, at))
			by |= beyond[i].by[vendor];
	by |= s.cr4 ? HIDDEN_CR4 : 0;
	by |= s.xcr0 | s.xss ? HIDDEN_XCR0 : 0;
	by |= s.efer ? HIDDEN_MSR : 0;
	return by;
}

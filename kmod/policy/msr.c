// SPDX-License-Identifier: GPL-2.0
/*
 * What each feature MSR means for a pool: Intel SDM vol. 4 and vol. 3 appendix
 * A "VMX Capability Reporting Facility", AMD PPRs.  Sorted by index.
 */
#include "internal.h"

#define Q(n)		(1ull << (n))
#define LOW		0x00000000ffffffffull
#define HIGH		0xffffffff00000000ull
#define ALL		0xffffffffffffffffull

#define GATE(l, s, r, b) { .leaf = (l), .subleaf = (s), .reg = KL_##r, .bit = (b) }
#define VMX		GATE(0x1, 0, ECX, 5)

/*
 * VMX controls: a bit of the low half is set where a control must be 1, one of
 * the high half where it may be 1.  Both narrow what a nested hypervisor can
 * choose, so must-be is the union and may-be the intersection.
 */
#define VMX_CONTROLS(i, f)	{ .index = (i), .must_bits = LOW, .and_bits = HIGH, .gate = VMX, \
				  .flags = (f) }

const struct kl_msr_shape kl_msr_shapes[] = {
	/* IA32_FEATURE_CONTROL: what firmware has switched on, with a lock */
	{ .index = 0x3a, .flags = KL_SHAPE_VMM | KL_SHAPE_STATE },
	/* Microcode revision: a VMM may tell its guest any. */
	{ .index = 0x8b, .flags = KL_SHAPE_VMM },
	/*
	 * MSR_PLATFORM_INFO and MISC_FEATURES_ENABLES: KVM emulates CPUID faulting on
	 * any processor, and the ratios are what the VMM says.
	 */
	{ .index = 0xce, .flags = KL_SHAPE_VMM },
	/* IA32_CORE_CAPABILITIES */
	{ .index = 0xcf, .and_bits = 0xfd, .gate = GATE(0x7, 0, EDX, 30) },
	/*
	 * IA32_ARCH_CAPABILITIES.  RSBA (2) and RRSBA (19) are bad news; FB_CLEAR
	 * (17) and RFDS_CLEAR (28) say that VERW helps, which a guest that may
	 * come to run on an older host needs to know.
	 */
	{ .index = 0x10a, .gate = GATE(0x7, 0, EDX, 29),
	  .and_bits = 0x6fb5fffbull | Q(62), .or_bits = Q(2) | Q(17) | Q(19) | Q(28) },
	{ .index = 0x140, .flags = KL_SHAPE_VMM },
	/* IA32_MISC_ENABLE: a guest's switches; MONITOR's shows in CPUID (gate_msr.c) */
	{ .index = 0x1a0, .flags = KL_SHAPE_VMM },
	/*
	 * IA32_PERF_CAPABILITIES: the format of LBR records (5:0), and that of PEBS records
	 * (11:8) with what is in them (6, 7, 14).  KVM takes the latter whole, as its host
	 * has it, or not at all (vmx_set_msr(), PERF_CAP_PEBS_MASK).
	 */
	{ .index = 0x345, .gate = GATE(0x1, 0, ECX, 15),
	  .and_bits = 0x3b000, .equal_bits = 0x3f, .group_bits = 0x4fc0 },
	/*
	 * IA32_VMX_BASIC: revision, region size and memory type are formats; a
	 * limit to 32-bit addresses (48) is bad news.
	 */
	{ .index = 0x480, .gate = VMX,
	  .and_bits = Q(49) | Q(54) | Q(55) | Q(56) | Q(58), .must_bits = Q(48),
	  .equal_bits = 0x003c1fff7fffffffull },
	/* These four follow from the "true" ones, 48DH to 490H. */
	VMX_CONTROLS(0x481, KL_SHAPE_DERIVED),
	VMX_CONTROLS(0x482, KL_SHAPE_DERIVED),
	VMX_CONTROLS(0x483, KL_SHAPE_DERIVED),
	VMX_CONTROLS(0x484, KL_SHAPE_DERIVED),
	/*
	 * IA32_VMX_MISC.  Numbers in here (preemption timer's rate, CR3 targets,
	 * MSR list, MSEG revision) must be the same, until a rule for minima in
	 * MSRs is needed.
	 */
	{ .index = 0x485, .gate = VMX, .and_bits = 0x7000c1e0,
	  .equal_bits = 0xffffffff0fff001full },
	/* CR0 and CR4: bits that must be 1, bits that may be 1 */
	{ .index = 0x486, .gate = VMX, .must_bits = ALL },
	{ .index = 0x487, .gate = VMX, .and_bits = ALL, .flags = KL_SHAPE_DERIVED },
	{ .index = 0x488, .gate = VMX, .must_bits = ALL },
	{ .index = 0x489, .gate = VMX, .and_bits = ALL, .flags = KL_SHAPE_DERIVED },
	/* IA32_VMX_VMCS_ENUM: of KVM's own VMCS, and QEMU writes a constant of its own. */
	{ .index = 0x48a, .flags = KL_SHAPE_VMM },
	VMX_CONTROLS(0x48b, 0),
	/* EPT and VPID */
	{ .index = 0x48c, .gate = VMX, .and_bits = 0x00000f0106f341c1ull },
	VMX_CONTROLS(0x48d, 0),
	VMX_CONTROLS(0x48e, 0),
	VMX_CONTROLS(0x48f, 0),
	VMX_CONTROLS(0x490, 0),
	/* VM functions */
	{ .index = 0x491, .gate = VMX, .and_bits = ALL },
	/* AMD's DE_CFG: LFENCE waits for what is before it */
	{ .index = 0xc0011029, .and_bits = Q(1) },
};

const unsigned int kl_nr_msr_shapes = ARRAY_SIZE(kl_msr_shapes);
/* A baseline keeps a bit for each (msrs_below). */
static_assert(ARRAY_SIZE(kl_msr_shapes) <= 64, "no bit is left for another MSR");

const struct kl_msr_shape *kl_msr_shape_find(u32 index)
{
	unsigned int low = 0, high = ARRAY_SIZE(kl_msr_shapes);

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (kl_msr_shapes[mid].index == index)
			return &kl_msr_shapes[mid];
		if (kl_msr_shapes[mid].index < index)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

u64 kl_msr_value(const struct kl_set *set, const struct kl_msr_shape *shape)
{
	const struct kl_msr *msr = kl_set_msr(set, shape->index);

	return msr && kl_gate_open(set, &shape->gate) ? msr->value : 0;
}

u64 kl_next_run(u64 *left)
{
	u64 lowest = *left & (~*left + 1);
	/* The carry goes to the end of the lowest run of ones. */
	u64 run = *left & ~(*left + lowest);

	*left &= ~run;
	return run;
}

u64 kl_equal_fields(const struct kl_msr_shape *shape, u64 a, u64 b)
{
	u64 left = shape->equal_bits, out = kl_same_group(shape, a, b);

	while (left) {
		u64 run = kl_next_run(&left);

		if (!((a ^ b) & run))
			out |= a & run;
	}
	return out;
}

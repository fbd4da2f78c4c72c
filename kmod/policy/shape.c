// SPDX-License-Identifier: GPL-2.0
/*
 * What each CPUID leaf means for a pool of hosts.
 *
 * Sorted by (leaf, subleaf); masks list the bits that are documented, so that
 * a bit which a future processor defines stays hidden until somebody has
 * thought about it.  Facts are from Intel SDM vol. 2A "CPUID", Intel's ISA
 * extensions reference, AMD APM vol. 3 appendix E, AMD PPRs, and what KVM
 * offers (__do_cpuid_func()).
 *
 * Leaves without a row read as zero.  Left out on purpose: 9 (DCA), 0x17 (SoC
 * vendor), 0x18 (TLB), 0x1A (core type), 0x1B (PCONFIG), 0x21 (TDX), 0x8000001C
 * (LWP), 0x80000023 (memory keys), 0x80860000 (Transmeta): they describe the
 * machine below, and KVM gives guests none of them.
 */
#include "internal.h"

#define B(n)		(1u << (n))
#define ALL		0xffffffffu
#define BYTE(n)		(0xffu << 8 * (n))

#define GATE(l, s, r, b) { .leaf = (l), .subleaf = (s), .reg = KL_##r, .bit = (b) }

#define SUB		KL_SHAPE_SUBLEAF
#define MAXIMUM		KL_SHAPE_MAX

/* A leaf of the VMM's: topology, caches, frequencies, brand. */
#define VMM(l)		{ .first = (l), .subleaf_last = ALL, .flags = KL_SHAPE_VMM }

const struct kl_shape kl_shapes[] = {
	/* Basic leaves */
	{
		.first = 0x0, .flags = MAXIMUM,
		.r[KL_EAX] = { .min_field = { ALL } },
		/* The vendor; pools of two vendors are refused elsewhere. */
		.r[KL_EBX] = { .pass_bits = ALL },
		.r[KL_ECX] = { .pass_bits = ALL },
		.r[KL_EDX] = { .pass_bits = ALL },
	}, {
		.first = 0x1,
		.r[KL_EAX] = { .pass_bits = ALL },	/* family, model, stepping */
		.r[KL_EBX] = { .pass_bits = ALL },	/* brand, CLFLUSH size, APIC id */
		/* KVM sets OSXSAVE from CR4, VMMs set HYPERVISOR; 16 is reserved. */
		.r[KL_ECX] = { .and_bits = ALL & ~(B(16) | B(27) | B(31)),
			       .pass_bits = B(27) | B(31) },
		/* HTT follows the VMM's topology. */
		.r[KL_EDX] = { .and_bits = ALL & ~(B(10) | B(20) | B(28) | B(30)),
			       .pass_bits = B(28) },
	},
	VMM(0x2),	/* cache and TLB descriptors */
	VMM(0x3),	/* serial number */
	VMM(0x4),	/* caches */
	{
		.first = 0x5, .gate = GATE(0x1, 0, ECX, 3),
		.r[KL_EAX] = { .min_field = { 0xffff } },
		.r[KL_EBX] = { .min_field = { 0xffff } },
		.r[KL_ECX] = { .and_bits = B(0) | B(1) | B(3) },
		/*
		 * Eight counts of C-states.  There are four fields; AND is never
		 * above the smaller of two numbers, so it does for the rest.
		 */
		.r[KL_EDX] = { .and_bits = 0xffff0000,
			       .min_field = { 0xf, 0xf0, 0xf00, 0xf000 } },
	}, {
		.first = 0x6,
		/* ARAT (2) holds for every KVM guest, and QEMU always says it. */
		.r[KL_EAX] = { .and_bits = 0x019feff3, .pass_bits = B(2) },
		.r[KL_EBX] = { .min_field = { 0xf } },
		.r[KL_ECX] = { .and_bits = B(0) | B(3), .min_field = { BYTE(1) } },
		/* 31:16 is this very CPU's row in the feedback table: hidden. */
		.r[KL_EDX] = { .and_bits = BYTE(0), .min_field = { 0xf00 } },
	}, {
		.first = 0x7, .flags = SUB | MAXIMUM,
		.r[KL_EAX] = { .min_field = { ALL } },
		/* FDP_EXCPTN_ONLY and ZERO_FCS_FDS take something away. */
		.r[KL_EBX] = { .and_bits = ALL & ~(B(6) | B(13)), .or_bits = B(6) | B(13) },
		/* KVM sets OSPKE from CR4; 21:17 is MAWAU. */
		.r[KL_ECX] = { .and_bits = ALL & ~(B(4) | B(15) | B(26) | 0x3e0000u),
			       .pass_bits = B(4), .min_field = { 0x3e0000 } },
		/* MD_CLEAR asks for VERW; HYBRID (15) is the machine's. */
		.r[KL_EDX] = { .and_bits = 0xffdd6b3e, .or_bits = B(10) },
	}, {
		.first = 0x7, .subleaf_first = 1, .subleaf_last = 1, .flags = SUB,
		.r[KL_EAX] = { .and_bits = 0xccfe1dff },
		.r[KL_EBX] = { .and_bits = B(0) | B(1) | B(3) },	/* PPIN, PBNDKB, max lim */
		.r[KL_ECX] = { .and_bits = B(5) },		/* MSR_IMM */
		.r[KL_EDX] = { .and_bits = B(4) | B(5) | B(8) | B(10) | B(13) | B(14) | B(15) |
					   B(17) | B(18) | B(19) | B(21) | B(23) },
	}, {
		.first = 0x7, .subleaf_first = 2, .subleaf_last = 2, .flags = SUB,
		.r[KL_EDX] = { .and_bits = BYTE(0) },
	}, {
		/* Version 0: no PMU, and the rest goes too (kl_close()). */
		.first = KL_LEAF_PMU,
		.r[KL_EAX] = { .min_field = { BYTE(0), BYTE(1), BYTE(2), BYTE(3) } },
		.r[KL_EBX] = { .or_bits = ALL },		/* events that are missing */
		.r[KL_ECX] = { .and_bits = ALL },		/* fixed counters */
		/* AnyThread deprecated is bad news. */
		.r[KL_EDX] = { .or_bits = B(15), .min_field = { 0x1f, 0x1fe0 } },
	},
	VMM(0xb),	/* topology */
	{
		/* EBX and ECX are sizes and follow from EAX and EDX: kl_xsave_cut(). */
		.first = KL_LEAF_XSAVE, .flags = SUB, .gate = GATE(0x1, 0, ECX, 26),
		.r[KL_EAX] = { .and_bits = 0x000e02ff },
		.r[KL_EBX] = { .pass_bits = ALL },
		.r[KL_ECX] = { .pass_bits = ALL },
		.r[KL_EDX] = { .and_bits = B(30) },		/* LWP */
	}, {
		.first = KL_LEAF_XSAVE, .subleaf_first = 1, .subleaf_last = 1, .flags = SUB,
		.gate = GATE(0x1, 0, ECX, 26),
		.r[KL_EAX] = { .and_bits = 0x1f },
		.r[KL_EBX] = { .pass_bits = ALL },
		.r[KL_ECX] = { .and_bits = 0x0001fd00 },
	}, {
		/* Where a component lies is baked into a running guest. */
		.first = KL_LEAF_XSAVE, .subleaf_first = 2, .subleaf_last = 63, .flags = SUB,
		.gate = GATE(0x1, 0, ECX, 26),
		.r[KL_EAX] = { .equal_bits = ALL },
		.r[KL_EBX] = { .equal_bits = ALL },
		/* XFD (2) is a feature of the component. */
		.r[KL_ECX] = { .and_bits = B(2), .equal_bits = B(0) | B(1) },
	}, {
		.first = 0xf, .flags = SUB, .gate = GATE(0x7, 0, EBX, 12),
		.r[KL_EBX] = { .min_field = { ALL } },
		.r[KL_EDX] = { .and_bits = B(1) },
	}, {
		.first = 0xf, .subleaf_first = 1, .subleaf_last = 1, .flags = SUB,
		.gate = GATE(0x7, 0, EBX, 12),
		.r[KL_EAX] = { .and_bits = B(8) | B(9) | B(10), .min_field = { BYTE(0) } },
		.r[KL_EBX] = { .equal_bits = ALL },		/* bytes per count */
		.r[KL_ECX] = { .min_field = { ALL } },
		.r[KL_EDX] = { .and_bits = 0x7 },
	}, {
		.first = 0x10, .flags = SUB, .gate = GATE(0x7, 0, EBX, 15),
		.r[KL_EBX] = { .and_bits = B(1) | B(2) | B(3) | B(5) },
	}, {
		.first = 0x10, .subleaf_first = 1, .subleaf_last = 2, .flags = SUB,
		.gate = GATE(0x7, 0, EBX, 15),
		.r[KL_EAX] = { .min_field = { 0x1f } },
		.r[KL_EBX] = { .or_bits = ALL },		/* ways that others use */
		.r[KL_ECX] = { .and_bits = B(1) | B(2) | B(3) },
		.r[KL_EDX] = { .min_field = { 0xffff } },
	}, {
		.first = 0x10, .subleaf_first = 3, .subleaf_last = 3, .flags = SUB,
		.gate = GATE(0x7, 0, EBX, 15),
		.r[KL_EAX] = { .min_field = { 0xfff } },
		.r[KL_ECX] = { .and_bits = B(0) | B(2) },
		.r[KL_EDX] = { .min_field = { 0xffff } },
	}, {
		/* SGX: functions, MISCSELECT, sizes as powers of two */
		.first = 0x12, .flags = SUB, .gate = GATE(0x7, 0, EBX, 2),
		.r[KL_EAX] = { .and_bits = 0xce3 },
		.r[KL_EBX] = { .and_bits = 0x3 },
		.r[KL_EDX] = { .min_field = { BYTE(0), BYTE(1) } },
	}, {
		/* SECS.ATTRIBUTES and its XFRM, which is XCR0 again */
		.first = 0x12, .subleaf_first = 1, .subleaf_last = 1, .flags = SUB,
		.gate = GATE(0x7, 0, EBX, 2),
		.r[KL_EAX] = { .and_bits = 0x4f7 },
		.r[KL_ECX] = { .and_bits = 0x000e02ff },
		.r[KL_EDX] = { .and_bits = B(30) },
	}, {
		/* Where a VMM put this VM's enclave memory */
		.first = 0x12, .subleaf_first = 2, .subleaf_last = ALL,
		.flags = SUB | KL_SHAPE_VMM, .gate = GATE(0x7, 0, EBX, 2),
	}, {
		.first = 0x14, .flags = SUB | MAXIMUM, .gate = GATE(0x7, 0, EBX, 25),
		.r[KL_EAX] = { .min_field = { ALL } },
		.r[KL_EBX] = { .and_bits = 0x1ff },
		/* LIP (31) is a format: a trace is read by it. */
		.r[KL_ECX] = { .and_bits = 0xf, .equal_bits = B(31) },
	}, {
		.first = 0x14, .subleaf_first = 1, .subleaf_last = 1, .flags = SUB,
		.gate = GATE(0x7, 0, EBX, 25),
		.r[KL_EAX] = { .and_bits = 0xffff0000, .min_field = { 0x7 } },
		.r[KL_EBX] = { .and_bits = ALL },
	},
	VMM(0x15),	/* TSC and crystal clock */
	VMM(0x16),	/* frequencies */
	{
		/* Key Locker; AESKLE (EBX bit 0) follows CR4. */
		.first = 0x19, .gate = GATE(0x7, 0, ECX, 23),
		.r[KL_EAX] = { .and_bits = 0x7 },
		.r[KL_EBX] = { .and_bits = B(2) | B(4), .pass_bits = B(0) },
		.r[KL_ECX] = { .and_bits = 0x3 },
	}, {
		/* Architectural LBR */
		.first = 0x1c, .gate = GATE(0x7, 0, EDX, 19),
		.r[KL_EAX] = { .and_bits = BYTE(0) | B(30), .equal_bits = B(31) },
		.r[KL_EBX] = { .and_bits = 0x7 },
		.r[KL_ECX] = { .and_bits = 0xf0007 },
	}, {
		/* AMX palettes and multiplier: programs are built for their sizes. */
		.first = 0x1d, .flags = SUB | MAXIMUM, .gate = GATE(0x7, 0, EDX, 24),
		.r[KL_EAX] = { .min_field = { ALL } },
	}, {
		.first = 0x1d, .subleaf_first = 1, .subleaf_last = 15, .flags = SUB,
		.gate = GATE(0x7, 0, EDX, 24),
		.r[KL_EAX] = { .equal_bits = ALL },
		.r[KL_EBX] = { .equal_bits = ALL },
		.r[KL_ECX] = { .equal_bits = 0xffff },
	}, {
		.first = 0x1e, .flags = SUB | MAXIMUM, .gate = GATE(0x7, 0, EDX, 24),
		.r[KL_EAX] = { .min_field = { ALL } },
		.r[KL_EBX] = { .equal_bits = 0xffffff },
	}, {
		.first = 0x1e, .subleaf_first = 1, .subleaf_last = 1, .flags = SUB,
		.gate = GATE(0x7, 0, EDX, 24),
		.r[KL_EAX] = { .and_bits = 0x1df },
	},
	VMM(0x1f),	/* topology */
	{
		.first = 0x20, .flags = SUB | MAXIMUM, .gate = GATE(0x7, 1, EAX, 22),
		.r[KL_EAX] = { .min_field = { ALL } },
		.r[KL_EBX] = { .and_bits = B(0) },
	}, {
		/* Architectural PMU, extended: bitmaps of subleaves, counters, events */
		.first = 0x23, .flags = SUB, .gate = GATE(0x7, 1, EAX, 8),
		.r[KL_EAX] = { .and_bits = 0x3f },
		.r[KL_EBX] = { .and_bits = 0x7 },
		.r[KL_ECX] = { .min_field = { BYTE(0) } },
	}, {
		.first = 0x23, .subleaf_first = 1, .subleaf_last = 5, .flags = SUB,
		.gate = GATE(0x7, 1, EAX, 8),
		.r[KL_EAX] = { .and_bits = ALL },
		.r[KL_EBX] = { .and_bits = ALL },
		.r[KL_ECX] = { .and_bits = ALL },
		.r[KL_EDX] = { .and_bits = ALL },
	}, {
		/* AVX10: version, and the vector lengths of its first edition */
		.first = 0x24, .flags = SUB | MAXIMUM, .gate = GATE(0x7, 1, EDX, 19),
		.r[KL_EAX] = { .min_field = { ALL } },
		.r[KL_EBX] = { .and_bits = 0x70000, .min_field = { BYTE(0) } },
	}, {
		.first = 0x24, .subleaf_first = 1, .subleaf_last = 1, .flags = SUB,
		.gate = GATE(0x7, 1, EDX, 19),
		.r[KL_ECX] = { .and_bits = B(2) },		/* AVX10_VNNI_INT */
	}, {
		.first = 0x29, .flags = SUB | MAXIMUM, .gate = GATE(0x7, 1, EDX, 21),
		.r[KL_EAX] = { .min_field = { ALL } },
		.r[KL_EBX] = { .and_bits = B(0) },		/* APX NCI, NDD, NF */
	},

	/* KVM's own leaves, as if they were at 0x40000000 */
	{
		.first = KL_RANGE_HYPERVISOR, .flags = MAXIMUM,
		.r[KL_EAX] = { .min_field = { ALL } },
		.r[KL_EBX] = { .pass_bits = ALL },
		.r[KL_ECX] = { .pass_bits = ALL },
		.r[KL_EDX] = { .pass_bits = ALL },
	}, {
		/*
		 * MSI_EXT_DEST_ID (15) is a property of the VMM's IOAPIC, and EDX
		 * are its hints.
		 */
		.first = 0x40000001,
		.r[KL_EAX] = { .and_bits = 0x01037eff, .pass_bits = B(15) },
		.r[KL_EDX] = { .pass_bits = ALL },
	},
	VMM(0x40000010),	/* TSC and APIC frequency, a convention of VMware's */

	/* Extended leaves */
	{
		.first = KL_RANGE_EXTENDED, .flags = MAXIMUM,
		.r[KL_EAX] = { .min_field = { ALL } },
		.r[KL_EBX] = { .pass_bits = ALL },
		.r[KL_ECX] = { .pass_bits = ALL },
		.r[KL_EDX] = { .pass_bits = ALL },
	}, {
		.first = 0x80000001,
		.r[KL_EAX] = { .pass_bits = ALL },
		.r[KL_EBX] = { .pass_bits = ALL },
		/* CMP_LEGACY (1) follows the VMM's topology. */
		.r[KL_ECX] = { .and_bits = 0x7debbffd, .pass_bits = B(1) },
		/* Bits 10, 18, 21, 28 were never given a meaning that lasted. */
		.r[KL_EDX] = { .and_bits = ALL & ~(B(10) | B(18) | B(21) | B(28)) },
	},
	VMM(0x80000002),	/* brand */
	VMM(0x80000003),
	VMM(0x80000004),
	VMM(0x80000005),	/* caches and TLBs */
	VMM(0x80000006),
	{
		/* ECX is the sample time of a power sensor. */
		.first = 0x80000007,
		.r[KL_EBX] = { .and_bits = 0xf },
		.r[KL_EDX] = { .and_bits = 0xffff },
	}, {
		/*
		 * GuestPhysAddrSize (23:16) is 0 where KVM does not say it: before 6.10,
		 * and without two-dimensional paging (__do_cpuid_func()).
		 */
		.first = 0x80000008,
		.r[KL_EAX] = { .min_field = { BYTE(0), BYTE(1), BYTE(2) } },
		/* NO_LMSL (20) takes something away. */
		.r[KL_EBX] = { .and_bits = ALL & ~(B(5) | B(7) | B(11) | B(20) | B(22)),
			       .or_bits = B(20) },
		.r[KL_ECX] = { .pass_bits = 0x0003f0ff },	/* topology */
		.r[KL_EDX] = { .min_field = { 0xffff, 0xffff0000 } },
	}, {
		/* KVM emulates any number of ASIDs; it offers 8, and QEMU says 16. */
		.first = 0x8000000a, .flags = KL_SHAPE_SOFT, .gate = GATE(0x80000001, 0, ECX, 2),
		.r[KL_EAX] = { .min_field = { BYTE(0) } },
		.r[KL_EBX] = { .min_field = { ALL } },
		.r[KL_EDX] = { .and_bits = ALL & ~(B(9) | B(11) | B(14) | B(22)) },
	},
	VMM(0x80000019),	/* TLBs for 1 GiB pages */
	{
		.first = 0x8000001a,
		.r[KL_EAX] = { .and_bits = 0xf },
	}, {
		.first = 0x8000001b, .gate = GATE(0x80000001, 0, ECX, 10),
		.r[KL_EAX] = { .and_bits = 0x1fff | B(19) },
	},
	VMM(0x8000001d),	/* caches */
	VMM(0x8000001e),	/* topology */
	{
		/* EBX: where the C-bit is; the guest's firmware must agree with it. */
		.first = 0x8000001f,
		.r[KL_EAX] = { .and_bits = ALL },
		.r[KL_EBX] = { .pass_bits = 0xffff },
		.r[KL_ECX] = { .min_field = { ALL } },
		.r[KL_EDX] = { .pass_bits = ALL },
	}, {
		.first = 0x80000020, .flags = SUB,
		.r[KL_EBX] = { .and_bits = 0x7e },
	}, {
		.first = 0x80000020, .subleaf_first = 1, .subleaf_last = 2, .flags = SUB,
		.r[KL_EAX] = { .min_field = { ALL } },
		.r[KL_EDX] = { .min_field = { ALL } },
	}, {
		/* FS_GS_NS (1) is bad news, VERW_CLEAR (5) asks for VERW. */
		.first = 0x80000021,
		.r[KL_EAX] = { .and_bits = 0xf9ffffcd, .or_bits = B(1) | B(5) },
		.r[KL_EBX] = { .min_field = { BYTE(2) } },	/* return predictor */
		.r[KL_ECX] = { .and_bits = B(1) | B(2) | B(7) },
	}, {
		/* ECX tells which memory controllers are there: the machine's. */
		.first = 0x80000022,
		.r[KL_EAX] = { .and_bits = 0x7 },
		.r[KL_EBX] = { .min_field = { 0xf, 0x3f0, 0xfc00, 0x3f0000 } },
	},
	VMM(0x80000026),	/* topology */

	/* Centaur and Zhaoxin */
	{
		.first = 0xc0000000, .flags = MAXIMUM,
		.r[KL_EAX] = { .min_field = { ALL } },
		.r[KL_EBX] = { .pass_bits = ALL },
		.r[KL_ECX] = { .pass_bits = ALL },
		.r[KL_EDX] = { .pass_bits = ALL },
	}, {
		.first = 0xc0000001,
		.r[KL_EAX] = { .pass_bits = ALL },
		.r[KL_EBX] = { .pass_bits = ALL },
		.r[KL_ECX] = { .pass_bits = ALL },
		.r[KL_EDX] = { .and_bits = 0x1ec03fff },
	},
};

const unsigned int kl_nr_shapes = ARRAY_SIZE(kl_shapes);

const struct kl_shape *kl_shape_find(u32 leaf, u32 subleaf)
{
	unsigned int low = 0, high = ARRAY_SIZE(kl_shapes);
	u64 key = kl_key(leaf, subleaf);
	const struct kl_shape *s;

	/* The last row that doesn't begin after @key. */
	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (kl_key(kl_shapes[mid].first, kl_shapes[mid].subleaf_first) <= key)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return NULL;
	s = &kl_shapes[low - 1];
	if (s->first != leaf)
		return NULL;
	return !(s->flags & KL_SHAPE_SUBLEAF) || subleaf <= s->subleaf_last ? s : NULL;
}

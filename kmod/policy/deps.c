// SPDX-License-Identifier: GPL-2.0
/*
 * Which feature is meaningless without which other one, and why: SDM vol. 1
 * "Detection of ..." sections, AMD APM vol. 2 and 3.  Only what the manuals
 * say or the hardware does: a dependency that isn't true takes features away.
 *
 * Features that have a leaf of their own (MONITOR, XSAVE, SGX, Processor
 * Trace, Key Locker, arch LBR, AMX, HRESET, AVX10, SVM, IBS) guard it through
 * the leaf's gate; see shape.c.
 */
#include "internal.h"

#define ECX1(b)		{ 0x1, 0, KL_ECX, (b) }
#define EDX1(b)		{ 0x1, 0, KL_EDX, (b) }
#define EAX6(b)		{ 0x6, 0, KL_EAX, (b) }
#define EBX7(b)		{ 0x7, 0, KL_EBX, (b) }
#define ECX7(b)		{ 0x7, 0, KL_ECX, (b) }
#define EDX7(b)		{ 0x7, 0, KL_EDX, (b) }
#define EAX71(b)	{ 0x7, 1, KL_EAX, (b) }
#define EDX71(b)	{ 0x7, 1, KL_EDX, (b) }
#define XCR0(b)		{ KL_LEAF_XSAVE, 0, KL_EAX, (b) }
#define XSAVE(b)	{ KL_LEAF_XSAVE, 1, KL_EAX, (b) }
#define XSS(b)		{ KL_LEAF_XSAVE, 1, KL_ECX, (b) }
#define SGX(b)		{ 0x12, 0, KL_EAX, (b) }
#define XFRM(b)		{ 0x12, 1, KL_ECX, (b) }
#define AMX(b)		{ 0x1e, 1, KL_EAX, (b) }
#define KVM(b)		{ 0x40000001, 0, KL_EAX, (b) }
#define AMDC(b)		{ 0x80000001, 0, KL_ECX, (b) }
#define AMDD(b)		{ 0x80000001, 0, KL_EDX, (b) }
#define AMD8(b)		{ 0x80000008, 0, KL_EBX, (b) }
#define SVM(b)		{ 0x8000000a, 0, KL_EDX, (b) }
#define SEV(b)		{ 0x8000001f, 0, KL_EAX, (b) }
#define AMD21(b)	{ 0x80000021, 0, KL_EAX, (b) }
#define PMU2(b)		{ 0x80000022, 0, KL_EAX, (b) }
#define VIA(b)		{ 0xc0000001, 0, KL_EDX, (b) }

#define NEEDS(f, n, w)	{ .feature = f, .needs = n, KL_PROSE(.why = (w)) }
#define CLOSE(f, n, w)	{ .feature = f, .needs = n, .flags = KL_DEP_CLOSE_ONLY, \
			  KL_PROSE(.why = (w)) }

const struct kl_dep kl_deps[] = {
	/* The oldest registers and what builds on them */
	NEEDS(EDX1(17), EDX1(3), "PSE36 extends the pages of PSE"),
	NEEDS(EDX1(23), EDX1(0), "MMX registers are those of the FPU"),
	NEEDS(EDX1(14), EDX1(7), "MCA needs MCE"),
	NEEDS(EDX1(25), EDX1(24), "SSE registers are saved by FXSAVE"),
	NEEDS(EDX1(26), EDX1(25), "SSE2 needs SSE"),
	NEEDS(ECX1(0), EDX1(26), "SSE3 needs SSE2"),
	NEEDS(ECX1(9), ECX1(0), "SSSE3 needs SSE3"),
	NEEDS(ECX1(19), ECX1(9), "SSE4.1 needs SSSE3"),
	NEEDS(ECX1(20), ECX1(19), "SSE4.2 needs SSE4.1"),
	NEEDS(AMDC(6), ECX1(0), "SSE4A needs SSE3"),
	NEEDS(AMDC(7), EDX1(25), "misaligned SSE needs SSE"),
	NEEDS(ECX1(25), EDX1(26), "AES works on SSE2 registers"),
	NEEDS(ECX1(1), EDX1(26), "PCLMULQDQ works on SSE2 registers"),
	NEEDS(EBX7(29), EDX1(26), "SHA works on SSE2 registers"),
	NEEDS(ECX7(8), EDX1(26), "GFNI works on SSE2 registers"),
	NEEDS(ECX7(23), EDX1(26), "Key Locker works on SSE2 registers"),
	NEEDS(ECX1(13), EDX1(8), "CMPXCHG16B needs CMPXCHG8B"),
	NEEDS(ECX1(21), EDX1(9), "x2APIC needs an APIC"),
	NEEDS(ECX1(24), EDX1(9), "the TSC deadline timer is the APIC's"),
	NEEDS(ECX1(24), EDX1(4), "the TSC deadline timer counts the TSC"),
	NEEDS(EBX7(1), EDX1(4), "TSC_ADJUST adjusts the TSC"),
	NEEDS(AMDD(27), EDX1(4), "RDTSCP reads the TSC"),
	NEEDS(AMDD(22), EDX1(23), "extended MMX needs MMX"),
	NEEDS(AMDD(31), EDX1(23), "3DNow! works on MMX registers"),
	NEEDS(AMDD(30), AMDD(31), "extended 3DNow! needs 3DNow!"),
	NEEDS(AMDD(25), EDX1(24), "fast FXSAVE needs FXSAVE"),

	/* Long mode and paging */
	NEEDS(AMDD(29), EDX1(6), "long mode needs PAE"),
	NEEDS(AMDD(29), EDX1(5), "long mode is entered by an MSR"),
	NEEDS(AMDD(29), EDX1(26), "long mode needs SSE2"),
	NEEDS(AMDD(20), EDX1(6), "no-execute is a bit of PAE entries"),
	NEEDS(AMDD(26), AMDD(29), "1 GiB pages need long mode"),
	NEEDS(ECX1(17), AMDD(29), "PCID needs long mode"),
	NEEDS(EBX7(0), AMDD(29), "FSGSBASE needs long mode"),
	NEEDS(ECX7(16), AMDD(29), "57-bit addresses need long mode"),
	NEEDS(EAX71(6), AMDD(29), "LASS needs long mode"),
	NEEDS(EAX71(26), AMDD(29), "LAM needs long mode"),
	NEEDS(EAX71(18), AMDD(29), "LKGS needs long mode"),
	NEEDS(EAX71(17), EAX71(18), "FRED needs LKGS"),
	NEEDS(EDX7(5), AMDD(29), "user interrupts need long mode"),
	NEEDS(ECX7(3), AMDD(29), "protection keys need long mode"),
	NEEDS(ECX7(31), AMDD(29), "protection keys need long mode"),

	/* XSAVE, and who owns which state component */
	NEEDS(ECX1(26), EDX1(24), "XSAVE needs FXSAVE"),
	NEEDS(ECX1(26), XCR0(0), "XSAVE without the x87 component in leaf 0xD"),
	NEEDS(XSAVE(0), ECX1(26), "XSAVEOPT needs XSAVE"),
	NEEDS(XSAVE(1), ECX1(26), "XSAVEC needs XSAVE"),
	NEEDS(XSAVE(2), ECX1(26), "XGETBV with ECX = 1 needs XSAVE"),
	NEEDS(XSAVE(3), ECX1(26), "XSAVES needs XSAVE"),
	NEEDS(XSAVE(4), ECX1(26), "XFD needs XSAVE"),
	NEEDS(XCR0(2), XCR0(1), "AVX state needs SSE state"),
	NEEDS(XCR0(5), XCR0(2), "AVX-512 state needs AVX state"),
	NEEDS(XCR0(6), XCR0(5), "AVX-512 state comes as three components"),
	NEEDS(XCR0(7), XCR0(6), "AVX-512 state comes as three components"),
	NEEDS(XCR0(4), XCR0(3), "MPX state comes as two components"),
	NEEDS(XCR0(18), XCR0(17), "AMX data needs AMX configuration"),
	/*
	 * A component without its feature is no error, but when the feature
	 * goes, taking the component makes its instructions fault.
	 */
	CLOSE(XCR0(2), ECX1(28), "AVX state is of no use without AVX"),
	CLOSE(XCR0(3), EBX7(14), "MPX state is of no use without MPX"),
	CLOSE(XCR0(3), XCR0(4), "MPX state comes as two components"),
	CLOSE(XCR0(5), EBX7(16), "AVX-512 state is of no use without AVX512F"),
	CLOSE(XCR0(5), XCR0(7), "AVX-512 state comes as three components"),
	CLOSE(XCR0(9), ECX7(3), "PKRU is of no use without PKU"),
	CLOSE(XCR0(17), EDX7(24), "AMX state is of no use without AMX-TILE"),
	CLOSE(XCR0(17), XCR0(18), "AMX configuration is of no use without AMX data"),
	CLOSE(XCR0(19), EDX71(21), "APX state is of no use without APX"),
	CLOSE(XSS(8), EBX7(25), "PT state is of no use without Processor Trace"),
	CLOSE(XSS(10), ECX7(29), "PASID state is of no use without ENQCMD"),
	/* CET_U serves two features (kl_drop_cet()); KVM has both states or none. */
	CLOSE(XSS(12), ECX7(7), "shadow stack pointers are of no use without shadow stacks"),
	CLOSE(XSS(12), XSS(11), "CET state of the supervisor needs that of the user"),
	CLOSE(XSS(14), EDX7(5), "UINTR state is of no use without user interrupts"),
	CLOSE(XSS(15), EDX7(19), "LBR state is of no use without arch LBR"),
	CLOSE(XSS(16), EAX6(7), "HWP state is of no use without HWP"),
	/* XSS is written where XSAVES is, and a VMM may have hidden that. */
	CLOSE(XSS(8), XSAVE(3), "supervisor state needs XSAVES"),
	CLOSE(XSS(10), XSAVE(3), "supervisor state needs XSAVES"),
	CLOSE(XSS(11), XSAVE(3), "supervisor state needs XSAVES"),
	CLOSE(XSS(12), XSAVE(3), "supervisor state needs XSAVES"),
	CLOSE(XSS(13), XSAVE(3), "supervisor state needs XSAVES"),
	CLOSE(XSS(14), XSAVE(3), "supervisor state needs XSAVES"),
	CLOSE(XSS(15), XSAVE(3), "supervisor state needs XSAVES"),
	CLOSE(XSS(16), XSAVE(3), "supervisor state needs XSAVES"),

	/* AVX and its family */
	NEEDS(ECX1(28), ECX1(26), "AVX needs XSAVE"),
	NEEDS(ECX1(28), XCR0(2), "AVX needs its XSAVE component"),
	NEEDS(ECX1(12), ECX1(28), "FMA needs AVX"),
	NEEDS(ECX1(29), ECX1(28), "F16C needs AVX"),
	NEEDS(AMDC(11), ECX1(28), "XOP needs AVX"),
	NEEDS(AMDC(16), ECX1(28), "FMA4 needs AVX"),
	NEEDS(AMDC(15), ECX1(26), "LWP needs XSAVE"),
	NEEDS(EBX7(5), ECX1(28), "AVX2 needs AVX"),
	NEEDS(ECX7(9), ECX1(28), "VAES needs AVX"),
	NEEDS(ECX7(9), ECX1(25), "VAES needs AES"),
	NEEDS(ECX7(10), ECX1(28), "VPCLMULQDQ needs AVX"),
	NEEDS(ECX7(10), ECX1(1), "VPCLMULQDQ needs PCLMULQDQ"),
	NEEDS(EAX71(4), EBX7(5), "AVX-VNNI needs AVX2"),
	NEEDS(EAX71(23), EBX7(5), "AVX-IFMA needs AVX2"),
	NEEDS(EDX71(4), EBX7(5), "AVX-VNNI-INT8 needs AVX2"),
	NEEDS(EDX71(5), EBX7(5), "AVX-NE-CONVERT needs AVX2"),
	NEEDS(EDX71(10), EBX7(5), "AVX-VNNI-INT16 needs AVX2"),
	NEEDS(EAX71(0), EBX7(5), "SHA512 needs AVX2"),
	NEEDS(EAX71(1), ECX1(28), "SM3 needs AVX"),
	NEEDS(EAX71(2), ECX1(28), "SM4 needs AVX"),
	NEEDS(EDX71(19), EBX7(5), "AVX10 needs AVX2"),
	/* An OS enables it by XCR0[7:5] (AVX10 Architecture Specification); KVM doesn't look. */
	CLOSE(EDX71(19), XCR0(7), "AVX10 works on AVX-512 state"),

	/* AVX-512 */
	NEEDS(EBX7(16), EBX7(5), "AVX512F needs AVX2"),
	NEEDS(EBX7(16), XCR0(7), "AVX512F needs its XSAVE components"),
	NEEDS(EBX7(17), EBX7(16), "AVX512DQ needs AVX512F"),
	NEEDS(EBX7(21), EBX7(16), "AVX512IFMA needs AVX512F"),
	NEEDS(EBX7(26), EBX7(16), "AVX512PF needs AVX512F"),
	NEEDS(EBX7(27), EBX7(16), "AVX512ER needs AVX512F"),
	NEEDS(EBX7(28), EBX7(16), "AVX512CD needs AVX512F"),
	NEEDS(EBX7(30), EBX7(16), "AVX512BW needs AVX512F"),
	NEEDS(EBX7(31), EBX7(16), "AVX512VL needs AVX512F"),
	NEEDS(ECX7(1), EBX7(16), "AVX512-VBMI needs AVX512F"),
	NEEDS(ECX7(6), EBX7(30), "AVX512-VBMI2 needs AVX512BW"),
	NEEDS(ECX7(11), EBX7(16), "AVX512-VNNI needs AVX512F"),
	NEEDS(ECX7(12), EBX7(30), "AVX512-BITALG needs AVX512BW"),
	NEEDS(ECX7(14), EBX7(16), "AVX512-VPOPCNTDQ needs AVX512F"),
	NEEDS(EDX7(2), EBX7(16), "AVX512-4VNNIW needs AVX512F"),
	NEEDS(EDX7(3), EBX7(16), "AVX512-4FMAPS needs AVX512F"),
	NEEDS(EDX7(8), EBX7(16), "AVX512-VP2INTERSECT needs AVX512F"),
	NEEDS(EDX7(23), EBX7(30), "AVX512-FP16 needs AVX512BW"),
	NEEDS(EAX71(5), EBX7(16), "AVX512-BF16 needs AVX512F"),

	/*
	 * AMX.  To a process that has not asked for AMX permission KVM offers
	 * the bits without the state components.
	 */
	CLOSE(EDX7(24), XCR0(18), "AMX-TILE needs its XSAVE components"),
	NEEDS(EDX7(25), EDX7(24), "AMX-INT8 needs AMX-TILE"),
	NEEDS(EDX7(22), EDX7(24), "AMX-BF16 needs AMX-TILE"),
	NEEDS(EAX71(21), EDX7(24), "AMX-FP16 needs AMX-TILE"),
	NEEDS(EDX71(8), EDX7(24), "AMX-COMPLEX needs AMX-TILE"),
	NEEDS(AMX(0), EDX7(25), "AMX-INT8 is told of twice"),
	NEEDS(AMX(1), EDX7(22), "AMX-BF16 is told of twice"),
	NEEDS(AMX(2), EDX71(8), "AMX-COMPLEX is told of twice"),
	NEEDS(AMX(3), EAX71(21), "AMX-FP16 is told of twice"),
	CLOSE(AMX(7), XCR0(7), "AMX-AVX512 moves tile rows to AVX-512 registers"),

	/* Other owners of state components */
	NEEDS(EBX7(14), XCR0(4), "MPX needs its XSAVE components"),
	NEEDS(ECX7(3), XCR0(9), "PKU needs its XSAVE component"),
	NEEDS(EDX71(21), XCR0(19), "APX needs its XSAVE component"),
	NEEDS(EDX71(21), AMDD(29), "APX needs long mode"),

	/* TSX, SGX, power, the FPU's small print */
	NEEDS(EDX7(16), EBX7(11), "TSXLDTRK needs RTM"),
	NEEDS(ECX7(30), EBX7(2), "SGX launch control needs SGX"),
	NEEDS(EDX7(1), EBX7(2), "SGX attestation keys need SGX"),
	NEEDS(SGX(1), SGX(0), "SGX2 needs SGX1"),
	/* KVM leaves it to the VMM to cut XFRM to what XCR0 has. */
	CLOSE(XFRM(2), XCR0(2), "an enclave's AVX state needs that of XCR0"),
	CLOSE(XFRM(3), XCR0(3), "an enclave's MPX state needs that of XCR0"),
	CLOSE(XFRM(4), XCR0(4), "an enclave's MPX state needs that of XCR0"),
	CLOSE(XFRM(5), XCR0(5), "an enclave's AVX-512 state needs that of XCR0"),
	CLOSE(XFRM(6), XCR0(6), "an enclave's AVX-512 state needs that of XCR0"),
	CLOSE(XFRM(7), XCR0(7), "an enclave's AVX-512 state needs that of XCR0"),
	CLOSE(XFRM(9), XCR0(9), "an enclave's PKRU needs that of XCR0"),
	CLOSE(XFRM(17), XCR0(17), "an enclave's AMX state needs that of XCR0"),
	CLOSE(XFRM(18), XCR0(18), "an enclave's AMX state needs that of XCR0"),
	CLOSE(XFRM(19), XCR0(19), "an enclave's APX state needs that of XCR0"),
	NEEDS(EAX6(8), EAX6(7), "HWP notification needs HWP"),
	NEEDS(EAX6(9), EAX6(7), "the HWP activity window needs HWP"),
	NEEDS(EAX6(10), EAX6(7), "the HWP energy preference needs HWP"),
	NEEDS(EAX6(11), EAX6(7), "HWP package requests need HWP"),
	NEEDS(EAX6(15), EAX6(7), "HWP highest performance changes need HWP"),
	NEEDS(EAX6(23), EAX6(19), "Thread Director needs hardware feedback"),

	/* Paravirtual features of KVM */
	NEEDS(KVM(10), KVM(4), "async page fault vmexits need async page faults"),
	NEEDS(KVM(14), KVM(4), "async page fault interrupts need async page faults"),
	NEEDS(KVM(24), KVM(3), "the stable clock bit is of the newer clock"),
	/* A host without schedstats offers the second without the first. */
	CLOSE(KVM(9), KVM(5), "the paravirtual TLB flush uses the steal time record"),

	/* AMD */
	NEEDS(AMD8(17), AMD8(15), "always-on STIBP needs STIBP"),
	NEEDS(AMD8(16), AMD8(14), "always-on IBRS needs IBRS"),
	/* Same-mode and preferred IBRS are there on Zen 2 without IBRS itself. */
	NEEDS(AMD8(30), AMD8(12), "IBPB_RET tells what IBPB does"),
	NEEDS(AMD8(21), AMD8(3), "nested INVLPGB needs INVLPGB"),
	/* KVM's module parameters set the two apart. */
	CLOSE(SVM(12), SVM(10), "the pause filter's threshold needs the pause filter"),
	/* Firmware turns AVIC or SEV-SNP off and leaves what builds on it. */
	CLOSE(SVM(18), SVM(13), "x2AVIC needs AVIC"),
	NEEDS(SEV(3), SEV(1), "SEV-ES needs SEV"),
	NEEDS(SEV(4), SEV(3), "SEV-SNP needs SEV-ES"),
	CLOSE(SEV(5), SEV(4), "VMPL needs SEV-SNP"),
	CLOSE(SEV(6), SEV(4), "RMPQUERY needs SEV-SNP"),
	CLOSE(SEV(8), SEV(4), "Secure TSC needs SEV-SNP"),
	NEEDS(AMD21(23), EBX7(16), "AVX512-BMM needs AVX512F"),
	NEEDS(PMU2(0), AMDC(23), "PerfMonV2 needs the core counters"),
	NEEDS(PMU2(2), PMU2(1), "freezing LBR needs LbrExtV2"),

	/* Centaur and Zhaoxin: "there" and "turned on" */
	NEEDS(VIA(1), VIA(0), "SM2 enabled needs SM2"),
	NEEDS(VIA(3), VIA(2), "RNG enabled needs RNG"),
	NEEDS(VIA(5), VIA(4), "CCS enabled needs CCS"),
	NEEDS(VIA(7), VIA(6), "ACE enabled needs ACE"),
	NEEDS(VIA(9), VIA(8), "ACE2 enabled needs ACE2"),
	NEEDS(VIA(11), VIA(10), "PHE enabled needs PHE"),
	NEEDS(VIA(13), VIA(12), "PMM enabled needs PMM"),
	NEEDS(VIA(23), VIA(22), "RNG2 enabled needs RNG2"),
	NEEDS(VIA(26), VIA(25), "PHE2 enabled needs PHE2"),
	NEEDS(VIA(28), VIA(27), "RSA enabled needs RSA"),
};

const unsigned int kl_nr_deps = ARRAY_SIZE(kl_deps);

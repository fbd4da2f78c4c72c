// SPDX-License-Identifier: GPL-2.0
/* Attempts upon what hidden features need to work: XCR0, XSAVE, CR4, EFER. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kvmprobe.h"

#define CR4_OSXSAVE	BIT64(18)
#define XCR0_X87	BIT64(0)
#define XCR0_SSE	BIT64(1)
#define XCR0_YMM	BIT64(2)
#define EFER_SVME	BIT64(12)
#define EFER_FFXSR	BIT64(14)
#define MSR_EFER	0xc0000080
#define XSAVE_BV	512		/* XSTATE_BV in an XSAVE area */
#define PATTERN		0x6b766d70	/* what is put into YMM registers */

/* CR4 bits that stand for a hidden feature, and can be set in 64-bit mode. */
static const struct {
	unsigned int bit;
	const char *name, *victim;
} cr4_bits[] = {
	{ 11, "UMIP", "umip" }, { 16, "FSGSBASE", "fsgsbase" },
	{ 21, "SMAP", "smap" }, { 22, "PKE", "pku" },
	{ 13, "VMXE", "vmx" },
};

static u64 cr4_victims(void)
{
	u64 bits = 0;

	for (u32 i = 0; i < ARRAY_SIZE(cr4_bits); i++)
		if (victim_offered(cr4_bits[i].victim, &truth))
			bits |= BIT64(cr4_bits[i].bit);
	return bits;
}

static void note_cr4(u64 cr4, const char *how)
{
	for (u32 i = 0; i < ARRAY_SIZE(cr4_bits); i++)
		if (cr4 & cr4_victims() & BIT64(cr4_bits[i].bit))
			note("CR4.%s %s", cr4_bits[i].name, how);
}

static u64 guest_cr4(struct vcpu *v)
{
	return vcpu_op(v, OP_RDCR4, 0, 0, 0).a;
}

/* Each bit by itself, so that one refusal doesn't hide another's success. */
static void guest_sets_cr4(struct vcpu *v)
{
	for (u32 i = 0; i < ARRAY_SIZE(cr4_bits); i++) {
		u64 bit = BIT64(cr4_bits[i].bit) & cr4_victims();
		struct result r;

		if (!bit)
			continue;
		r = vcpu_op(v, OP_WRCR4, guest_cr4(v) | bit, 0, 0);
		if (r.fault == NO_FAULT && (guest_cr4(v) & bit))
			note("CR4.%s set by the guest", cr4_bits[i].name);
	}
}

static void cr4_by_guest(void)
{
	guest_sets_cr4(wished_vcpu());
	verdict("every hidden CR4 bit faults");
}

static void cr4_without_cpuid(void)
{
	guest_sets_cr4(vcpu_with(NULL));
	verdict("every hidden CR4 bit faults without CPUID too");
}

/* Where MOV CR4 is the way in, is the instruction there? */
static void fsgsbase_without_cpuid(void)
{
	struct vcpu *v = vcpu_with(NULL);
	struct result r;

	r = vcpu_op(v, OP_WRCR4, guest_cr4(v) | BIT64(16), 0, 0);
	if (r.fault != NO_FAULT)
		held("CR4.FSGSBASE faults");
	r = vcpu_op(v, OP_RDFSBASE, 0, 0, 0);
	if (r.fault != NO_FAULT)
		held("RDFSBASE faults, vector %u", r.fault);
	reached("RDFSBASE works in the guest");
}

static int set_sregs(struct vcpu *v, u64 cr4, u64 efer)
{
	struct kvm_sregs s;

	vcpu_settle(v);
	vcpu_get_sregs(v, &s);
	s.cr4 |= cr4;
	s.efer |= efer;
	return ioctl(v->fd, KVM_SET_SREGS, &s) ? -errno : 0;
}

static int set_sregs2(struct vcpu *v, u64 cr4, u64 efer)
{
	struct kvm_sregs2 s;

	vcpu_settle(v);
	if (ioctl(v->fd, KVM_GET_SREGS2, &s))
		die("KVM_GET_SREGS2: %s", strerror(errno));
	s.cr4 |= cr4;
	s.efer |= efer;
	return ioctl(v->fd, KVM_SET_SREGS2, &s) ? -errno : 0;
}

static void cr4_by(int (*set)(struct vcpu *v, u64 cr4, u64 efer))
{
	struct vcpu *v = wished_vcpu();

	for (u32 i = 0; i < ARRAY_SIZE(cr4_bits); i++) {
		u64 bit = BIT64(cr4_bits[i].bit) & cr4_victims();

		if (bit && !set(v, bit, 0) && (guest_cr4(v) & bit))
			note("CR4.%s", cr4_bits[i].name);
	}
	if (any_noted())
		note("read back by the guest");
	verdict("no hidden CR4 bit is taken");
}

static void cr4_by_sregs(void)
{
	cr4_by(set_sregs);
}

static void need_sregs2(void)
{
	if (!kvm_has(KVM_CAP_SREGS2))
		skipped("no KVM_CAP_SREGS2");
}

static void cr4_by_sregs2(void)
{
	need_sregs2();
	cr4_by(set_sregs2);
}

/*
 * State first, CPUID after: KVM doesn't look again at CR4 and EFER when it
 * gets CPUID, so what was legal before stays.
 */
static void cr4_before_cpuid(void)
{
	struct vcpu *v = vcpu_new(vm_new());
	int r;

	for (u32 i = 0; i < ARRAY_SIZE(cr4_bits); i++) {
		u64 bit = BIT64(cr4_bits[i].bit) & cr4_victims();

		if (bit)
			set_sregs(v, bit, 0);
	}
	vcpu_enter_long_mode(v);
	r = vcpu_set_cpuid2(v, &allowed.cpu);
	if (r)
		held("KVM_SET_CPUID2 after KVM_SET_SREGS: %s", strerror(-r));
	note_cr4(guest_cr4(v), "is still set");
	verdict("no hidden CR4 bit is left after KVM_SET_CPUID2");
}

/* XCR0 */
static bool guest_enables_osxsave(struct vcpu *v)
{
	return vcpu_op(v, OP_WRCR4, guest_cr4(v) | CR4_OSXSAVE, 0, 0).fault ==
	       NO_FAULT;
}

/*
 * A control: KVM asks for an exit at XSETBV, but QEMU 7.2 (TCG) has none and
 * lets the guest write the real XCR0. There, a guest for which YMM is
 * hidden gets through, with or without a module.
 */
static bool xsetbv_exits(void)
{
	struct vcpu *v = vcpu_with(&allowed.cpu);

	return !guest_enables_osxsave(v) ||
	       vcpu_op(v, OP_XSETBV, XCR0_X87 | XCR0_SSE | XCR0_YMM, 0,
		       0).fault != NO_FAULT;
}

static void xsetbv_by_guest(void)
{
	const u64 hidden = cpuset_word(&truth.cpu, 0xd, 0, EAX) &
			   ~cpuset_word(&allowed.cpu, 0xd, 0, EAX);
	struct vcpu *v = wished_vcpu();

	if (!xsetbv_exits())
		skipped("XSETBV doesn't exit to KVM on this host");
	if (!guest_enables_osxsave(v))
		held("CR4.OSXSAVE faults");
	for (u32 i = 2; i < 32; i++) {
		u64 xcr0 = XCR0_X87 | XCR0_SSE | BIT64(i);
		struct result r;

		if (!(hidden & BIT64(i)))
			continue;
		if (i >= 5 && i <= 7)
			xcr0 |= XCR0_YMM | 7 << 5;
		if (vcpu_op(v, OP_XSETBV, xcr0, 0, 0).fault != NO_FAULT)
			continue;
		r = vcpu_op(v, OP_XGETBV, 0, 0, 0);
		if (r.a & BIT64(i))
			note("XCR0[%u] set", i);
	}
	verdict("XSETBV of hidden components faults");
}

static int vmm_sets_xcr0(struct vcpu *v, u64 xcr0)
{
	struct kvm_xcrs x = { .nr_xcrs = 1 };

	x.xcrs[0].value = xcr0;
	return ioctl(v->fd, KVM_SET_XCRS, &x) ? -errno : 0;
}

static void set_xcrs(void)
{
	struct vcpu *v = wished_vcpu();
	struct result r;
	int err = vmm_sets_xcr0(v, XCR0_X87 | XCR0_SSE | XCR0_YMM);

	if (err)
		held("KVM_SET_XCRS: %s", strerror(-err));
	guest_enables_osxsave(v);
	r = vcpu_op(v, OP_XGETBV, 0, 0, 0);
	if (r.fault == NO_FAULT && (r.a & XCR0_YMM))
		reached("XCR0 is 0x%llx in the guest", (unsigned long long)r.a);
	held("XCR0.YMM isn't set in the guest");
}

/* Does the guest get at YMM0? With the VMM's help, where XSETBV has no exit. */
static bool guest_uses_ymm(struct vcpu *v, u32 seen[8])
{
	const u64 xcr0 = XCR0_X87 | XCR0_SSE | XCR0_YMM;

	if (!guest_enables_osxsave(v))
		return false;
	vcpu_settle(v);
	if (vmm_sets_xcr0(v, xcr0) && xsetbv_exits() &&
	    vcpu_op(v, OP_XSETBV, xcr0, 0, 0).fault != NO_FAULT)
		return false;
	memset(v->block + BLK_BUF, 0, 32);
	if (vcpu_op(v, OP_YMM_STORE, 0, 0, 0).fault != NO_FAULT)
		return false;
	memcpy(seen, v->block + BLK_BUF, 32);
	return true;
}

/* An XSAVE area, in the standard form, that carries high halves of YMM. */
static void *area_with_ymm(size_t size)
{
	u32 at = cpuset_word(&truth.cpu, 0xd, 2, EBX);
	u32 *area = calloc(1, size);
	u64 bv = XCR0_X87 | XCR0_SSE | XCR0_YMM;

	if (!area || at + 256 > size)
		die("no room for the YMM component at %u", at);
	area[0] = 0x37f;
	area[6] = 0x1f80;
	memcpy((char *)area + XSAVE_BV, &bv, sizeof(bv));
	for (u32 i = 0; i < 64; i++)
		area[at / 4 + i] = PATTERN;
	return area;
}

static u64 area_bv(const void *area)
{
	u64 bv;

	memcpy(&bv, (const char *)area + XSAVE_BV, sizeof(bv));
	return bv;
}

static void judge_xsave(struct vcpu *v, size_t size)
{
	char *back = calloc(1, size);
	u32 seen[8];

	if (!back)
		die("out of memory");
	if (ioctl(v->fd, size > 4096 ? KVM_GET_XSAVE2 : KVM_GET_XSAVE, back))
		note("reading it back fails: %s", strerror(errno));
	else if (area_bv(back) & XCR0_YMM)
		note("KVM gives the YMM component back");
	if (guest_uses_ymm(v, seen) && seen[4] == PATTERN)
		note("the guest reads it out of YMM0");
	verdict("neither KVM nor the guest gives the YMM component back");
}

static void set_xsave(void)
{
	struct vcpu *v = wished_vcpu();

	if (ioctl(v->fd, KVM_SET_XSAVE, area_with_ymm(4096)))
		held("KVM_SET_XSAVE: %s", strerror(errno));
	judge_xsave(v, 4096);
}

static void set_xsave2(void)
{
	struct vcpu *v = wished_vcpu();
	int size = ioctl(v->vm->fd, KVM_CHECK_EXTENSION, KVM_CAP_XSAVE2);
	char *back;

	if (size <= 0)
		skipped("no KVM_CAP_XSAVE2");
	if (size < 4096)
		size = 4096;
	back = calloc(1, size);
	if (!back || ioctl(v->fd, KVM_SET_XSAVE, area_with_ymm(size)))
		held("KVM_SET_XSAVE: %s", strerror(errno));
	if (ioctl(v->fd, KVM_GET_XSAVE2, back))
		die("KVM_GET_XSAVE2: %s", strerror(errno));
	if (area_bv(back) & XCR0_YMM)
		reached("KVM_GET_XSAVE2 gives the YMM component back");
	judge_xsave(v, 4096);
}

/* XSAVE state before CPUID, which KVM can't have checked against it. */
static void xsave_before_cpuid(void)
{
	struct vcpu *v = vcpu_new(vm_new());
	int r;

	vcpu_enter_long_mode(v);
	if (ioctl(v->fd, KVM_SET_XSAVE, area_with_ymm(4096)))
		held("KVM_SET_XSAVE: %s", strerror(errno));
	r = vcpu_set_cpuid2(v, &wish.cpu);
	if (r)
		held("KVM_SET_CPUID2: %s", strerror(-r));
	judge_xsave(v, 4096);
}

static void ymm_in_guest(void)
{
	struct vcpu *v = wished_vcpu();
	u32 seen[8];

	if (!guest_uses_ymm(v, seen))
		held("the guest can't use YMM registers");
	reached("the guest uses YMM registers");
}

/* EFER */
static u64 efer_victims(void)
{
	return (victim_offered("svm", &truth) ? EFER_SVME : 0) |
	       (victim_offered("fxsr-opt", &truth) ? EFER_FFXSR : 0);
}

static void note_efer(u64 efer, const char *how)
{
	if (efer & efer_victims() & EFER_SVME)
		note("EFER.SVME %s", how);
	if (efer & efer_victims() & EFER_FFXSR)
		note("EFER.FFXSR %s", how);
}

static void efer_by_guest(void)
{
	struct vcpu *v = wished_vcpu();
	static const u64 bits[] = { EFER_SVME, EFER_FFXSR };

	for (u32 i = 0; i < ARRAY_SIZE(bits); i++) {
		u64 efer = 0;

		if (!guest_rdmsr(v, MSR_EFER, &efer))
			die("the guest can't read EFER");
		if (!(bits[i] & efer_victims()) ||
		    !guest_wrmsr(v, MSR_EFER, efer | bits[i]))
			continue;
		guest_rdmsr(v, MSR_EFER, &efer);
		note_efer(efer & bits[i], "set by the guest");
	}
	verdict("hidden EFER bits fault");
}

/* What the guest then has: the bit, and for SVM an instruction. */
static void judge_efer(struct vcpu *v)
{
	u64 efer = 0;

	guest_rdmsr(v, MSR_EFER, &efer);
	note_efer(efer, "read by the guest");
	/* With virtual GIF KVM lets any guest run it (6.1): that says nothing. */
	if ((efer_victims() & EFER_SVME) &&
	    vcpu_op(v, OP_CLGI, 0, 0, 0).fault == NO_FAULT &&
	    vcpu_op(vcpu_with(&allowed.cpu), OP_CLGI, 0, 0, 0).fault != NO_FAULT)
		note("CLGI works");
	verdict("no hidden EFER bit is set");
}

static void efer_by_sregs(void)
{
	struct vcpu *v = wished_vcpu();
	int r = set_sregs(v, 0, efer_victims());

	if (r)
		held("KVM_SET_SREGS: %s", strerror(-r));
	judge_efer(v);
}

static void efer_by_sregs2(void)
{
	struct vcpu *v = wished_vcpu();
	int r;

	need_sregs2();
	r = set_sregs2(v, 0, efer_victims());
	if (r)
		held("KVM_SET_SREGS2: %s", strerror(-r));
	judge_efer(v);
}

static void efer_by_msrs(void)
{
	struct vcpu *v = wished_vcpu();
	u64 efer = 0;
	int r;

	vcpu_get_msr(v, MSR_EFER, &efer);
	r = vcpu_set_msr(v, MSR_EFER, efer | efer_victims());
	if (r)
		held("KVM_SET_MSRS of EFER: %s", strerror(-r));
	judge_efer(v);
}

static void efer_before_cpuid(void)
{
	struct vcpu *v = vcpu_new(vm_new());
	u64 efer;
	int r;

	vcpu_enter_long_mode(v);
	/* From 6.12 on, KVM_SET_SREGS asks CPUID; KVM_SET_MSRS doesn't. */
	vcpu_get_msr(v, MSR_EFER, &efer);
	if (set_sregs(v, 0, efer_victims()))
		vcpu_set_msr(v, MSR_EFER, efer | efer_victims());
	r = vcpu_set_cpuid2(v, &allowed.cpu);
	if (r)
		held("KVM_SET_CPUID2 after EFER: %s", strerror(-r));
	judge_efer(v);
}

/* The run structure carries registers in, too: KVM_SYNC_X86_SREGS. */
static bool run_with_sregs(struct vcpu *v, u64 cr4, u64 efer)
{
	struct kvm_sregs *s = &v->run->s.regs.sregs;
	bool ran;

	vcpu_settle(v);
	vcpu_get_sregs(v, s);
	s->cr4 |= cr4;
	s->efer |= efer;
	v->run->kvm_dirty_regs = KVM_SYNC_X86_SREGS;
	vcpu_post(v, OP_RDCR4, 0, 0, 0, 1);
	ran = !ioctl(v->fd, KVM_RUN, 0);
	v->run->kvm_dirty_regs = 0;
	return ran;
}

static void sync_regs(void)
{
	struct vcpu *v = wished_vcpu();
	u64 efer = 0;

	if (!(kvm_has(KVM_CAP_SYNC_REGS) & KVM_SYNC_X86_SREGS))
		skipped("no KVM_SYNC_X86_SREGS");
	for (u32 i = 0; i < ARRAY_SIZE(cr4_bits); i++) {
		u64 bit = BIT64(cr4_bits[i].bit) & cr4_victims();

		if (bit && run_with_sregs(v, bit, 0) &&
		    (*vcpu_slot(v, BLK_RA) & bit))
			note("CR4.%s", cr4_bits[i].name);
	}
	if (efer_victims() && run_with_sregs(v, 0, efer_victims())) {
		guest_rdmsr(v, MSR_EFER, &efer);
		note_efer(efer, "read by the guest");
	}
	if (any_noted())
		note("set through the run structure");
	verdict("nothing hidden gets in through the run structure");
}

const struct attempt state_attempts[] = {
	{ "xsetbv_by_guest", "ymm zmm pkru-state",
	  "the guest enables hidden components with XSETBV", xsetbv_by_guest },
	{ "set_xcrs", "ymm", "the VMM does it with KVM_SET_XCRS", set_xcrs },
	{ "set_xsave", "ymm", "KVM_SET_XSAVE with YMM state", set_xsave },
	{ "set_xsave2", "ymm", "the same, read back by KVM_GET_XSAVE2", set_xsave2 },
	{ "xsave_before_cpuid", "ymm", "KVM_SET_XSAVE with YMM state before CPUID",
	  xsave_before_cpuid },
	{ "ymm_in_guest", "ymm", "the guest runs AVX instructions", ymm_in_guest },
	{ "cr4_by_guest", "smap fsgsbase umip pku vmx",
	  "MOV CR4 with bits of hidden features", cr4_by_guest },
	{ "cr4_without_cpuid", "smap fsgsbase umip pku vmx",
	  "MOV CR4 in a guest for which no CPUID was ever set",
	  cr4_without_cpuid },
	{ "fsgsbase_without_cpuid", "fsgsbase",
	  "RDFSBASE in a guest for which no CPUID was ever set",
	  fsgsbase_without_cpuid },
	{ "cr4_by_sregs", "smap fsgsbase umip pku vmx", "KVM_SET_SREGS with them",
	  cr4_by_sregs },
	{ "cr4_by_sregs2", "smap fsgsbase umip pku vmx", "KVM_SET_SREGS2 with them",
	  cr4_by_sregs2 },
	{ "cr4_before_cpuid", "smap fsgsbase umip pku vmx",
	  "KVM_SET_SREGS with them before a modest KVM_SET_CPUID2",
	  cr4_before_cpuid },
	{ "sregs_in_run_struct", "smap fsgsbase umip pku svm",
	  "CR4 and EFER through kvm_run (KVM_SYNC_X86_SREGS)", sync_regs },
	{ "efer_by_guest", "svm fxsr-opt", "WRMSR of EFER.SVME and EFER.FFXSR",
	  efer_by_guest },
	{ "efer_by_sregs", "svm fxsr-opt", "KVM_SET_SREGS with them",
	  efer_by_sregs },
	{ "efer_by_sregs2", "svm fxsr-opt", "KVM_SET_SREGS2 with them",
	  efer_by_sregs2 },
	{ "efer_by_msrs", "svm fxsr-opt", "KVM_SET_MSRS(EFER) with them",
	  efer_by_msrs },
	{ "efer_before_cpuid", "svm fxsr-opt",
	  "KVM_SET_SREGS or KVM_SET_MSRS with them before a modest CPUID",
	  efer_before_cpuid },
	{ NULL, NULL, NULL, NULL },
};

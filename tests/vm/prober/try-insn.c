// SPDX-License-Identifier: GPL-2.0
/*
 * Attempts to run the instructions of hidden features. Only those that the
 * processor can be told to refuse are here: the rest can be hidden from CPUID
 * and no further.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kvmprobe.h"

#define CR4_UMIP	BIT64(11)
#define CR4_LA57	BIT64(12)
#define CR4_OSXSAVE	BIT64(18)
#define CR4_PKE		BIT64(22)
#define CR4_CET		BIT64(23)
#define MSR_U_CET	0x6a0

struct insn {
	const char *name;
	u64 op;
	u64 cr4;		/* what the instruction needs */
	const char *cr4_name;
};

/* The vector that it ends with; of CR4's, where that is refused already. */
static struct result run_insn(struct vcpu *v, const struct insn *i, bool *cr4)
{
	struct result r;

	*cr4 = false;
	if (i->cr4) {
		r = vcpu_op(v, OP_RDCR4, 0, 0, 0);
		r = vcpu_op(v, OP_WRCR4, r.a | i->cr4, 0, 0);
		*cr4 = r.fault != NO_FAULT;
		if (*cr4)
			return r;
	}
	return vcpu_op(v, i->op, 0, 0, 0);
}

static void try_insn(const struct insn *i) __noreturn;
static void try_insn(const struct insn *i)
{
	bool cr4;
	struct result r = run_insn(wished_vcpu(), i, &cr4);

	if (cr4)
		held("CR4.%s faults, vector %u", i->cr4_name, r.fault);
	if (r.fault != NO_FAULT)
		held("%s faults, vector %u", i->name, r.fault);
	/*
	 * A control: what works for a guest whose CPUID doesn't have it can't be
	 * refused here. QEMU's TCG doesn't know SVM's intercept of RDTSCP.
	 */
	if (run_insn(vcpu_with(&allowed.cpu), i, &cr4).fault == NO_FAULT)
		skipped("%s can't be made to fault on this host", i->name);
	reached("%s works in the guest", i->name);
}

#define PLAIN(fn, text, operation)					\
static void fn(void)							\
{									\
	static const struct insn i = { text, operation, 0, NULL };	\
									\
	try_insn(&i);							\
}

PLAIN(rdtscp, "RDTSCP", OP_RDTSCP)
PLAIN(rdpid, "RDPID", OP_RDPID)
PLAIN(rdrand, "RDRAND", OP_RDRAND)
PLAIN(rdseed, "RDSEED", OP_RDSEED)
PLAIN(invpcid, "INVPCID", OP_INVPCID)
PLAIN(tpause, "TPAUSE", OP_TPAUSE)
PLAIN(umwait, "UMWAIT", OP_UMWAIT)

static void xsaves(void)
{
	static const struct insn i = { "XSAVES", OP_XSAVES, CR4_OSXSAVE,
				       "OSXSAVE" };

	try_insn(&i);
}

static void rdpkru(void)
{
	static const struct insn i = { "RDPKRU", OP_RDPKRU, CR4_PKE, "PKE" };

	try_insn(&i);
}

/* The other way round: with UMIP, what worked at CPL 3 does so no more. */
static void umip(void)
{
	static const struct insn i = { "SGDT", OP_USER_SGDT, CR4_UMIP, "UMIP" };
	struct vcpu *v = wished_vcpu();
	struct result r = vcpu_op(v, OP_USER_SGDT, 0, 0, 0);
	bool cr4;

	if (r.fault != VEC_UD)
		die("SGDT at CPL 3 ends with vector %u before UMIP is on",
		    r.fault);
	r = run_insn(v, &i, &cr4);
	if (cr4)
		held("CR4.UMIP faults, vector %u", r.fault);
	if (r.fault == VEC_UD)
		held("SGDT works at CPL 3");
	reached("SGDT at CPL 3 faults, vector %u: UMIP is in force", r.fault);
}

static void la57(void)
{
	struct vcpu *v = wished_vcpu();
	struct kvm_sregs sregs;
	struct kvm_regs regs;
	u32 reason;

	if (ioctl(v->fd, KVM_GET_REGS, &regs))
		die("KVM_GET_REGS: %s", strerror(errno));
	regs.rip = GUEST_CODE + (guest_la57 - guest_start);
	if (ioctl(v->fd, KVM_SET_REGS, &regs))
		die("KVM_SET_REGS: %s", strerror(errno));
	/* The gates in there are for 64-bit mode: better none at all. */
	vcpu_get_sregs(v, &sregs);
	sregs.idt.limit = 0;
	if (ioctl(v->fd, KVM_SET_SREGS, &sregs))
		die("KVM_SET_SREGS: %s", strerror(errno));
	*vcpu_slot(v, BLK_RA) = 0;
	reason = vcpu_run_once(v);
	if (reason == KVM_EXIT_SHUTDOWN)
		held("CR4.LA57 faults");
	if (reason != KVM_EXIT_IO)
		die("guest stopped: exit reason %u", reason);
	if (*vcpu_slot(v, BLK_RA) & CR4_LA57)
		reached("the guest sets CR4.LA57");
	held("CR4.LA57 stays clear");
}

/* The VMM does it for its guest, before there is paging. */
static void la57_by_sregs(void)
{
	struct vcpu *v = wished_vcpu();
	struct kvm_sregs s;

	vcpu_get_sregs(v, &s);
	s.cr4 |= CR4_LA57;
	if (ioctl(v->fd, KVM_SET_SREGS, &s))
		held("KVM_SET_SREGS with CR4.LA57: %s", strerror(errno));
	vcpu_get_sregs(v, &s);
	if (s.cr4 & CR4_LA57)
		reached("KVM_SET_SREGS sets CR4.LA57");
	held("CR4.LA57 stays clear");
}

static void cet(void)
{
	struct vcpu *v = wished_vcpu();
	u64 cr4 = vcpu_op(v, OP_RDCR4, 0, 0, 0).a;
	u64 value;

	if (!victim_offered("cet", &truth))
		skipped("this KVM gives CET to no guest");
	if (vcpu_op(v, OP_WRCR4, cr4 | CR4_CET, 0, 0).fault == NO_FAULT)
		note("CR4.CET set by the guest");
	if (guest_rdmsr(v, MSR_U_CET, &value))
		note("U_CET read");
	verdict("CR4.CET faults, and so do its MSRs");
}

static void enqcmd(void)
{
	static const struct insn i = { "ENQCMDS", OP_ENQCMDS, 0, NULL };

	if (!victim_offered("enqcmd", &truth))
		skipped("this KVM gives ENQCMD to no guest");
	try_insn(&i);
}

const struct attempt insn_attempts[] = {
	{ "rdtscp_in_guest", "rdtscp", "the guest runs RDTSCP", rdtscp },
	{ "rdpid_in_guest", "rdpid", "the guest runs RDPID", rdpid },
	{ "rdrand_in_guest", "rdrand", "the guest runs RDRAND", rdrand },
	{ "rdseed_in_guest", "rdseed", "the guest runs RDSEED", rdseed },
	{ "invpcid_in_guest", "invpcid", "the guest runs INVPCID", invpcid },
	{ "xsaves_in_guest", "xsaves", "the guest runs XSAVES", xsaves },
	{ "tpause_in_guest", "waitpkg", "the guest runs TPAUSE", tpause },
	{ "umwait_in_guest", "waitpkg", "the guest runs UMONITOR and UMWAIT",
	  umwait },
	{ "rdpkru_in_guest", "pku", "the guest sets CR4.PKE and runs RDPKRU",
	  rdpkru },
	{ "umip_in_guest", "umip",
	  "the guest sets CR4.UMIP, and SGDT faults at CPL 3", umip },
	{ "la57_in_guest", "la57", "the guest sets CR4.LA57", la57 },
	{ "la57_by_sregs", "la57", "KVM_SET_SREGS with CR4.LA57", la57_by_sregs },
	{ "cet_in_guest", "any", "the guest sets CR4.CET and reads U_CET", cet },
	{ "enqcmd_in_guest", "any", "the guest runs ENQCMDS", enqcmd },
	{ NULL, NULL, NULL, NULL },
};

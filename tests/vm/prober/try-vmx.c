// SPDX-License-Identifier: GPL-2.0
/*
 * Attempts upon Intel's registers for nested virtualization and performance
 * monitoring. They count with either kind of baseline: one that hides VMX
 * (--victims), where no register is to be had, and one that keeps it and hides
 * a part (--nested).
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kvmprobe.h"

#define MSR_FEATURE_CONTROL	0x3a
#define MSR_CORE_CAP		0xcf
#define MSR_PERF_CAP		0x345
#define MSR_VMX_FIRST		0x480
#define MSR_VMX_LAST		0x491
#define FC_LOCKED		BIT64(0)
#define FC_VMX			(BIT64(1) | BIT64(2))
/* How a control is allowed to be 1, in the high half of its register. */
#define MAY(n)			BIT64((n) + 32)

/*
 * What --nested takes away: of each rule something, and of the secondary
 * controls also such as KVM puts back whenever it gets CPUID. The registers
 * that follow from others follow here too.
 */
static const struct vmx_low {
	u32 index;
	u64 clear, set;
} lower[] = {
	{ 0x480, BIT64(54), 0 },			/* tells of INS and OUTS */
	{ 0x481, 0, BIT64(3) },				/* see 48D */
	{ 0x482, MAY(11) | MAY(27), 0 },		/* see 48E */
	{ 0x485, BIT64(29), 0 },			/* VMWRITE of any field */
	{ 0x488, 0, BIT64(5) },				/* CR4.PAE must be 1 */
	/* INVPCID, VM functions, shadow VMCS */
	{ 0x48b, MAY(12) | MAY(13) | MAY(14), 0 },
	/* execute-only, 1 GiB pages, accessed and dirty; INVVPID but for globals */
	{ 0x48c, BIT64(0) | BIT64(17) | BIT64(21) | BIT64(43), 0 },
	{ 0x48d, 0, BIT64(3) },				/* NMIs must exit */
	{ 0x48e, MAY(11) | MAY(27), 0 },		/* RDPMC, monitor trap flag */
	{ 0x491, BIT64(0), 0 },				/* EPTP switching */
};

void vmx_lower(struct msrset *m)
{
	for (u32 i = 0; i < ARRAY_SIZE(lower); i++) {
		struct kvm_msr_entry *e = msrset_find(m, lower[i].index);

		if (e)
			e->data = (e->data & ~lower[i].clear) | lower[i].set;
	}
}

/* Of @value, what is beyond the lowered one: may-be that is there, must-be that isn't. */
static u64 vmx_leak(u32 index, u64 value)
{
	const struct kvm_msr_entry *t = msrset_find(&truth.msr, index);

	/* Zero is what there is where there is no register. */
	if (!t || !value)
		return 0;
	for (u32 i = 0; i < ARRAY_SIZE(lower); i++)
		if (lower[i].index == index)
			return (value & t->data & lower[i].clear) |
			       (~value & ~t->data & lower[i].set);
	return 0;
}

static void note_leak(u32 index, u64 value, const char *how)
{
	if (vmx_leak(index, value))
		note("%s 0x%x as 0x%llx", how, index, (unsigned long long)value);
}

static void judge_vmx(struct vcpu *v) __noreturn;
static void judge_vmx(struct vcpu *v)
{
	u64 value;

	for (u32 i = MSR_VMX_FIRST; i <= MSR_VMX_LAST; i++) {
		if (!vcpu_get_msr(v, i, &value))
			note_leak(i, value, "the VMM reads");
		if (guest_rdmsr(v, i, &value))
			note_leak(i, value, "the guest reads");
	}
	verdict("no VMX register tells of more than the baseline");
}

static void set_all(struct vcpu *v)
{
	for (u32 i = MSR_VMX_FIRST; i <= MSR_VMX_LAST; i++) {
		const struct kvm_msr_entry *t = msrset_find(&truth.msr, i);

		/* KVM refuses those that it makes from others. */
		if (t)
			vcpu_set_msr(v, i, t->data);
	}
}

static void vmx_offered(void)
{
	static struct msrset m;

	kvm_offer_msrs(&m);
	for (u32 i = 0; i < m.n; i++)
		note_leak(m.e[i].index, m.e[i].data, "/dev/kvm offers");
	verdict("no VMX register is offered beyond the baseline");
}

static void vmx_default(void)
{
	judge_vmx(wished_vcpu());
}

/* KVM fits the secondary controls to each new table. */
static void vmx_cpuid_again(void)
{
	struct vcpu *v = wished_vcpu();
	int r;

	set_all(v);
	r = vcpu_set_cpuid2(v, &wish.cpu);
	if (r)
		r = vcpu_set_cpuid2(v, &allowed.cpu);
	if (r)
		die("KVM_SET_CPUID2 again: %s", strerror(-r));
	judge_vmx(v);
}

static void vmx_set(void)
{
	struct vcpu *v = wished_vcpu();

	set_all(v);
	judge_vmx(v);
}

static void vmx_set_late(void)
{
	const struct kvm_msr_entry *t = msrset_find(&truth.msr, 0x48e);
	struct vcpu *v = wished_vcpu();
	struct kvm_cpuid_entry2 e;

	/* From 6.5 on, KVM refuses any change by itself once it has run. */
	guest_cpuid(v, 1, 0, &e);
	if (t && (e.ecx & BIT(5)) && vcpu_set_msr(v, 0x48e, t->data & ~MAY(7)))
		skipped("this KVM refuses any change after KVM_RUN");
	set_all(v);
	judge_vmx(v);
}

/* One call for all, of which the last is refused: what was stored stays. */
static void vmx_set_partial(void)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry e[8];
	} batch;
	static const u32 settable[] = {
		0x480, 0x485, 0x488, 0x48b, 0x48c, 0x48d, 0x48e,
	};
	struct vcpu *v = wished_vcpu();

	memset(&batch, 0, sizeof(batch));
	for (u32 i = 0; i < ARRAY_SIZE(settable); i++) {
		const struct kvm_msr_entry *t = msrset_find(&truth.msr,
							    settable[i]);

		if (t)
			batch.e[batch.head.nmsrs++] = *t;
	}
	batch.e[batch.head.nmsrs++].index = 0xdeadbeef;
	if (ioctl(v->fd, KVM_SET_MSRS, &batch) < 0)
		held("KVM_SET_MSRS: %s", strerror(errno));
	judge_vmx(v);
}

/* A CPUID of nothing but VMX: a module that looks at greedy sets only misses it. */
static void vmx_bare_cpuid(void)
{
	struct cpuset s = { .n = 0 };

	cpuset_add(&s, 0, 0)->eax = 1;
	cpuset_add(&s, 1, 0)->ecx = BIT(5);
	judge_vmx(vcpu_with(&s));
}

/* Where VMX is hidden altogether. */

static void vmx_read(void)
{
	struct vcpu *v = wished_vcpu();
	unsigned int n = 0;
	u64 value;

	set_all(v);
	for (u32 i = MSR_VMX_FIRST; i <= MSR_VMX_LAST; i++)
		n += guest_rdmsr(v, i, &value);
	if (n)
		reached("the guest reads %u of the VMX registers", n);
	held("RDMSR of all VMX registers faults");
}

static void judge_feature_control(struct vcpu *v, const char *how) __noreturn;
static void judge_feature_control(struct vcpu *v, const char *how)
{
	u64 value = 0;

	if (!guest_rdmsr(v, MSR_FEATURE_CONTROL, &value))
		held("RDMSR 0x3a faults");
	if (value & FC_VMX)
		reached("guest reads 0x3a as 0x%llx, %s",
			(unsigned long long)value, how);
	held("guest reads 0x3a as 0x%llx", (unsigned long long)value);
}

static void feature_control_by_vmm(struct vcpu *v)
{
	int r = vcpu_set_msr(v, MSR_FEATURE_CONTROL, FC_LOCKED | BIT64(2));

	if (r)
		held("KVM_SET_MSRS(0x3a): %s", strerror(-r));
}

static void feature_control_set(void)
{
	struct vcpu *v = wished_vcpu();

	feature_control_by_vmm(v);
	judge_feature_control(v, "as the VMM set it");
}

/* KVM asks CPUID when it is set, and not again when CPUID changes. */
static void feature_control_before_modest(void)
{
	struct vcpu *v = vcpu_new(vm_new());

	if (vcpu_set_cpuid2(v, &wish.cpu) && vcpu_set_cpuid2(v, &allowed.cpu))
		die("KVM_SET_CPUID2 takes neither set");
	vcpu_set_msr(v, MSR_FEATURE_CONTROL, FC_LOCKED | BIT64(2));
	if (vcpu_set_cpuid2(v, &allowed.cpu))
		die("KVM_SET_CPUID2 after 0x3a");
	vcpu_enter_long_mode(v);
	judge_feature_control(v, "set under another CPUID");
}

static void feature_control_by_guest(void)
{
	struct vcpu *v = wished_vcpu();

	if (!guest_wrmsr(v, MSR_FEATURE_CONTROL, FC_LOCKED | BIT64(2)))
		held("WRMSR 0x3a faults");
	judge_feature_control(v, "as it wrote it");
}

/* A vCPU restored as if its guest had executed VMXON. */
static void vmx_nested_state(void)
{
	struct kvm_nested_state s = {
		.format = KVM_STATE_NESTED_FORMAT_VMX,
		.size = sizeof(s),
		.hdr.vmx = { .vmxon_pa = 0x300000, .vmcs12_pa = ~0ULL },
	};
	struct vcpu *v = wished_vcpu();

	/* VMXON needs what a guest sets in CR4 and FEATURE_CONTROL; this doesn't. */
	if (ioctl(v->fd, KVM_SET_NESTED_STATE, &s))
		held("KVM_SET_NESTED_STATE: %s", strerror(errno));
	memset(&s, 0, sizeof(s));
	s.size = sizeof(s);
	if (ioctl(v->fd, KVM_GET_NESTED_STATE, &s))
		die("KVM_GET_NESTED_STATE: %s", strerror(errno));
	if (s.format == KVM_STATE_NESTED_FORMAT_VMX && s.hdr.vmx.vmxon_pa != ~0ULL)
		reached("the vCPU is in VMX operation");
	held("the vCPU isn't in VMX operation");
}

/* Registers that go with a CPUID bit and hold bits to be levelled. */

static void try_capabilities(u32 index, const char *victim, bool set,
			     const char *why_not) __noreturn;
static void try_capabilities(u32 index, const char *victim, bool set,
			     const char *why_not)
{
	const struct kvm_msr_entry *t = msrset_find(&truth.msr, index);
	struct vcpu *v;
	u64 value;
	int r;

	if (!victim_offered(victim, &truth) || !t || !t->data)
		skipped("%s", why_not);
	v = wished_vcpu();
	r = set ? vcpu_set_msr(v, index, t->data) : 0;
	if (r)
		held("KVM_SET_MSRS(0x%x): %s", index, strerror(-r));
	if (guest_rdmsr(v, index, &value) && value)
		reached("guest reads 0x%x as 0x%llx", index,
			(unsigned long long)value);
	held("0x%x faults or is empty in the guest", index);
}

static const char no_pmu[] =
	"KVM has no PMU on this host and gives PERF_CAPABILITIES to no guest";

static void perf_cap_default(void)
{
	try_capabilities(MSR_PERF_CAP, "pdcm", false, no_pmu);
}

static void perf_cap_set(void)
{
	try_capabilities(MSR_PERF_CAP, "pdcm", true, no_pmu);
}

static void core_cap_set(void)
{
	try_capabilities(MSR_CORE_CAP, "core-cap", true,
			 "this KVM gives CORE_CAPABILITIES to no guest");
}

const struct attempt vmx_attempts[] = {
	{ "vmx_offered", "vmx", "KVM_GET_MSRS on /dev/kvm of 0x480 to 0x491",
	  vmx_offered },
	{ "vmx_default", "vmx", "the same registers as a new vCPU has them",
	  vmx_default },
	{ "vmx_set", "vmx", "KVM_SET_MSRS of them", vmx_set },
	{ "vmx_set_partial", "vmx", "the same in a batch that fails at its end",
	  vmx_set_partial },
	{ "vmx_set_after_run", "vmx", "the same once the guest has run",
	  vmx_set_late },
	{ "vmx_cpuid_again", "vmx", "them after a second KVM_SET_CPUID2",
	  vmx_cpuid_again },
	{ "vmx_bare_cpuid", "vmx", "them in a guest with nearly no CPUID",
	  vmx_bare_cpuid },
	{ "vmx_read_by_guest", "vmx", "RDMSR of them in the guest", vmx_read },
	{ "feature_control_set", "vmx", "KVM_SET_MSRS(0x3a) with VMX switched on",
	  feature_control_set },
	{ "feature_control_before_cpuid", "vmx",
	  "the same, and a modest KVM_SET_CPUID2 after it",
	  feature_control_before_modest },
	{ "feature_control_by_guest", "vmx", "the guest switches VMX on in 0x3a",
	  feature_control_by_guest },
	{ "vmx_nested_state", "vmx", "KVM_SET_NESTED_STATE of a vCPU in VMX",
	  vmx_nested_state },
	{ "perf_cap_default", "any", "PERF_CAPABILITIES as a new vCPU has it",
	  perf_cap_default },
	{ "perf_cap_set", "any", "KVM_SET_MSRS(0x345)", perf_cap_set },
	{ "core_cap_set", "any", "KVM_SET_MSRS(0xcf)", core_cap_set },
	{ NULL, NULL, NULL, NULL },
};

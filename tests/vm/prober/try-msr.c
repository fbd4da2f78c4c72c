// SPDX-License-Identifier: GPL-2.0
/* Attempts upon MSRs: feature MSRs, and those that go with a feature. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kvmprobe.h"

#define MSR_DE_CFG	0xc0011029
#define MSR_VM_CR	0xc0010114
#define MSR_HSAVE_PA	0xc0010117
#define MSR_XSS		0xda0
#define MSR_DEBUGCTL	0x1d9
#define VM_CR_SVM_DIS	BIT64(4)

static u64 hidden_bits(u32 index)
{
	u64 bits;

	msr_leaks(index, ~0ULL, &bits);
	return bits;
}

static void judge_msr(struct vcpu *v, u32 index) __noreturn;
static void judge_msr(struct vcpu *v, u32 index)
{
	u64 value = 0, bits;

	if (!guest_rdmsr(v, index, &value))
		held("RDMSR 0x%x faults in the guest", index);
	if (msr_leaks(index, value, &bits))
		reached("guest reads 0x%x as 0x%llx, 0x%llx of it hidden", index,
			(unsigned long long)value, (unsigned long long)bits);
	held("guest reads 0x%x as 0x%llx", index, (unsigned long long)value);
}

static void arch_cap_default(void)
{
	judge_msr(wished_vcpu(), MSR_ARCH_CAP);
}

static void arch_cap_set(void)
{
	struct vcpu *v = wished_vcpu();
	int r = vcpu_set_msr(v, MSR_ARCH_CAP, hidden_bits(MSR_ARCH_CAP) | 1);

	if (r)
		held("KVM_SET_MSRS(0x10a): %s", strerror(-r));
	judge_msr(v, MSR_ARCH_CAP);
}

static u64 allowed_bits(u32 index)
{
	struct kvm_msr_entry *e = msrset_find(&allowed.msr, index);

	return e ? e->data : 0;
}

/* Before any CPUID; until 6.13 KVM makes no check of its own then. */
static void arch_cap_set_early(void)
{
	struct vcpu *v = vcpu_new(vm_new());
	int r;

	if (vcpu_set_msr(v, MSR_ARCH_CAP, allowed_bits(MSR_ARCH_CAP)))
		skipped("this KVM takes none before KVM_SET_CPUID2");
	r = vcpu_set_msr(v, MSR_ARCH_CAP, hidden_bits(MSR_ARCH_CAP) | 1);
	if (r)
		held("KVM_SET_MSRS(0x10a): %s", strerror(-r));
	r = vcpu_set_cpuid2(v, &wish.cpu);
	if (r)
		held("KVM_SET_CPUID2: %s", strerror(-r));
	vcpu_enter_long_mode(v);
	judge_msr(v, MSR_ARCH_CAP);
}

/* While the guest is running along. */
static void arch_cap_set_late(void)
{
	struct vcpu *v = wished_vcpu();
	struct kvm_cpuid_entry2 e;
	int r;

	guest_cpuid(v, 0, 0, &e);
	/* From 6.12 on, KVM refuses any change by itself once it has run. */
	if (vcpu_set_msr(v, MSR_ARCH_CAP, 0))
		skipped("this KVM refuses any change after KVM_RUN");
	r = vcpu_set_msr(v, MSR_ARCH_CAP, hidden_bits(MSR_ARCH_CAP) | 1);
	if (r)
		held("KVM_SET_MSRS(0x10a): %s", strerror(-r));
	judge_msr(v, MSR_ARCH_CAP);
}

static void need_one_reg(void)
{
	if (kvm_has(KVM_CAP_ONE_REG) <= 0)
		skipped("this KVM has no KVM_SET_ONE_REG");
}

static void arch_cap_set_reg(void)
{
	struct vcpu *v;
	int r;

	need_one_reg();
	v = wished_vcpu();
	r = vcpu_set_msr_reg(v, MSR_ARCH_CAP, hidden_bits(MSR_ARCH_CAP) | 1);
	if (r)
		held("KVM_SET_ONE_REG(0x10a): %s", strerror(-r));
	judge_msr(v, MSR_ARCH_CAP);
}

/* The buffers behind KVM_SET_ONE_REG, changed while KVM reads them. */
static struct {
	struct kvm_one_reg reg;
	u64 hidden, allowed;
} raced;

static _Atomic bool race_over;

static void *flip_reg(void *arg)
{
	volatile u64 *addr = (volatile u64 *)&raced.reg.addr;

	(void)arg;
	while (!race_over) {
		*addr = (u64)&raced.hidden;
		/* One processor would be taken away at one and the same place. */
		sched_yield();
		*addr = (u64)&raced.allowed;
		sched_yield();
	}
	return NULL;
}

static void arch_cap_set_reg_race(void)
{
	u64 end = now_us() + 1000000, value, bits;
	unsigned int rounds = 0;
	struct vcpu *v;
	pthread_t t;

	need_one_reg();
	v = wished_vcpu();
	raced.hidden = hidden_bits(MSR_ARCH_CAP);
	raced.allowed = allowed_bits(MSR_ARCH_CAP);
	msr_as_reg(&raced.reg, MSR_ARCH_CAP, &raced.allowed);
	if (pthread_create(&t, NULL, flip_reg, NULL))
		die("pthread_create");
	while (now_us() < end) {
		/* The module gives the VMM its own value back. */
		raced.hidden = hidden_bits(MSR_ARCH_CAP);
		rounds++;
		if (ioctl(v->fd, KVM_SET_ONE_REG, &raced.reg) ||
		    vcpu_get_msr(v, MSR_ARCH_CAP, &value))
			continue;
		if (msr_leaks(MSR_ARCH_CAP, value, &bits))
			reached("0x10a holds 0x%llx, 0x%llx of it hidden, in round %u",
				(unsigned long long)value,
				(unsigned long long)bits, rounds);
	}
	race_over = true;
	pthread_join(t, NULL);
	judge_msr(v, MSR_ARCH_CAP);
}

/*
 * A batch that fails halfway: KVM has stored the first MSR and the call says
 * 1 of 2, which a hook that only looks at full success would miss.
 */
static void arch_cap_set_partial(void)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry e[2];
	} two;
	struct vcpu *v = wished_vcpu();
	int r;

	memset(&two, 0, sizeof(two));
	two.head.nmsrs = 2;
	two.e[0].index = MSR_ARCH_CAP;
	two.e[0].data = hidden_bits(MSR_ARCH_CAP) | 1;
	two.e[1].index = 0xdeadbeef;
	r = ioctl(v->fd, KVM_SET_MSRS, &two);
	if (r < 0)
		held("KVM_SET_MSRS: %s", strerror(errno));
	judge_msr(v, MSR_ARCH_CAP);
}

/* What the VMM itself reads for its vCPU, and would send to another host. */
static void arch_cap_host_read(void)
{
	struct vcpu *v = vcpu_new(vm_new());
	u64 value, bits;
	int r = vcpu_get_msr(v, MSR_ARCH_CAP, &value);

	if (r)
		held("KVM_GET_MSRS(0x10a): %s", strerror(-r));
	if (!value && allowed_bits(MSR_ARCH_CAP))
		skipped("this KVM shows none before KVM_SET_CPUID2");
	if (msr_leaks(MSR_ARCH_CAP, value, &bits))
		reached("KVM_GET_MSRS(0x10a) is 0x%llx, 0x%llx of it hidden",
			(unsigned long long)value, (unsigned long long)bits);
	held("KVM_GET_MSRS(0x10a) is 0x%llx", (unsigned long long)value);
}

/*
 * Just the CPUID bit that opens the MSR, and none of the rest: a module that
 * fixes the MSR only when it levels a greedy set would miss this one.
 */
static void arch_cap_bare_cpuid(void)
{
	struct cpuset s = { .n = 0 };

	cpuset_add(&s, 0, 0)->eax = 7;
	cpuset_add(&s, 7, 0)->edx = BIT(29);
	judge_msr(vcpu_with(&s), MSR_ARCH_CAP);
}

static void de_cfg_set(void)
{
	struct vcpu *v = wished_vcpu();
	int r = vcpu_set_msr(v, MSR_DE_CFG, hidden_bits(MSR_DE_CFG));

	if (r)
		held("KVM_SET_MSRS(0xc0011029): %s", strerror(-r));
	judge_msr(v, MSR_DE_CFG);
}

/*
 * MSRs that KVM opens by a CPUID bit. When all of the features in @victims
 * are hidden, the guest must get #GP; where KVM never faults, a write must
 * not stick.
 */
static const struct gated_msr {
	u32 index;
	const char *name, *victims;
	u64 value;		/* to be written; 0: only read */
	bool readable;
	bool never_faults;
} gated[] = {
	{ 0xc0000103, "TSC_AUX", "rdtscp rdpid", 5, true, false },
	{ 0x0000003b, "TSC_ADJUST", "tsc-adjust", 0x1000, true, true },
	{ 0x00000048, "SPEC_CTRL", "spec-ctrl stibp ssbd amd-ibrs amd-ssbd", 1,
	  true, false },
	{ 0x00000049, "PRED_CMD", "spec-ctrl amd-ibpb", 1, false, false },
	{ 0xc001011f, "VIRT_SPEC_CTRL", "amd-ssbd", 4, true, false },
	{ MSR_XSS, "XSS", "xsaves", 0, true, false },
	{ 0x000000e1, "UMWAIT_CONTROL", "waitpkg", 0x1000, true, false },
	{ 0xc0000104, "TSC_RATIO", "svm-leaf", 0, true, false },
	{ 0x00000480, "VMX_BASIC", "vmx", 0, true, false },
	{ 0x0000048b, "VMX_PROCBASED_CTLS2", "vmx", 0, true, false },
};

static bool gated_offered(const struct gated_msr *g)
{
	char names[128], *save, *p;

	/* TSC_RATIO is one bit of the SVM leaf that not every host has. */
	if (g->index == 0xc0000104)
		return cpuset_bit(&truth.cpu, 0x8000000a, 0, EDX, 4);
	snprintf(names, sizeof(names), "%s", g->victims);
	for (p = strtok_r(names, " ", &save); p; p = strtok_r(NULL, " ", &save))
		if (victim_offered(p, &truth))
			return true;
	return false;
}

static void try_gated(struct vcpu *v, const struct gated_msr *g)
{
	u64 value = 0;

	if (g->readable && !g->never_faults && guest_rdmsr(v, g->index, &value))
		note("%s read", g->name);
	if (!g->value || !guest_wrmsr(v, g->index, g->value))
		return;
	if (!g->never_faults)
		note("%s written", g->name);
	else if (guest_rdmsr(v, g->index, &value) && value == g->value)
		note("%s keeps what is written", g->name);
}

static void try_all_gated(struct vcpu *v)
{
	unsigned int tried = 0;

	for (u32 i = 0; i < ARRAY_SIZE(gated); i++) {
		if (!gated_offered(&gated[i]))
			continue;
		try_gated(v, &gated[i]);
		tried++;
	}
	if (!tried)
		skipped("no MSR goes with what this host has");
	if (any_noted())
		verdict("");
	held("%u MSRs of hidden features fault", tried);
}

static void hidden_msrs(void)
{
	try_all_gated(wished_vcpu());
}

/* Opened by the VMM's own store first: KVM doesn't ask CPUID for that. */
static void try_after(int (*store)(struct vcpu *v, u32 index, u64 value))
{
	struct vcpu *v = wished_vcpu();

	for (u32 i = 0; i < ARRAY_SIZE(gated); i++)
		if (gated_offered(&gated[i]) && gated[i].value)
			store(v, gated[i].index, gated[i].value);
	try_all_gated(v);
}

static void hidden_msrs_after_store(void)
{
	try_after(vcpu_set_msr);
}

static void hidden_msrs_after_reg(void)
{
	need_one_reg();
	try_after(vcpu_set_msr_reg);
}

/* The guest reads APERF and MPERF without an exit, if its VMM says so. */
static void aperfmperf_by_cap(void)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_X86_DISABLE_EXITS,
		.args = { BIT(4) },	/* KVM_X86_DISABLE_EXITS_APERFMPERF */
	};
	struct vm *vm = vm_new();
	struct vcpu *v;
	u64 value;

	if (kvm_has(KVM_CAP_X86_DISABLE_EXITS) <= 0 ||
	    !(kvm_has(KVM_CAP_X86_DISABLE_EXITS) & (int)BIT(4)))
		skipped("this KVM does not hand out APERF and MPERF");
	if (ioctl(vm->fd, KVM_ENABLE_CAP, &cap))
		held("KVM_CAP_X86_DISABLE_EXITS: %s", strerror(errno));
	v = vcpu_new(vm);
	if (vcpu_set_cpuid2(v, &allowed.cpu))
		die("KVM_SET_CPUID2");
	vcpu_enter_long_mode(v);
	if (guest_rdmsr(v, 0xe8, &value))
		reached("guest reads APERF");
	held("RDMSR(APERF) faults in the guest");
}

static void xss_by_vmm(void)
{
	struct vcpu *v = wished_vcpu();
	u32 comps = cpuset_word(&truth.cpu, 0xd, 1, ECX);
	int r;

	if (!comps)
		skipped("KVM supports no component in XSS here");
	r = vcpu_set_msr(v, MSR_XSS, comps);
	if (r)
		held("KVM_SET_MSRS(XSS): %s", strerror(-r));
	reached("XSS is 0x%x", comps);
}

static void nested_vm_cr(void)
{
	struct vcpu *v = wished_vcpu();
	u64 value = 0;

	if (!guest_rdmsr(v, MSR_VM_CR, &value))
		held("VM_CR faults");
	if (value & VM_CR_SVM_DIS)
		held("VM_CR is 0x%llx: SVM disabled", (unsigned long long)value);
	reached("VM_CR is 0x%llx: SVM looks enabled", (unsigned long long)value);
}

/* Disabled, and the VMM writes it back: SVM must stay disabled. */
static void nested_vm_cr_set(void)
{
	struct vcpu *v = wished_vcpu();
	u64 value = 0;

	vcpu_set_msr(v, MSR_VM_CR, 0);
	if (!guest_rdmsr(v, MSR_VM_CR, &value))
		held("VM_CR faults");
	if (value & VM_CR_SVM_DIS)
		held("VM_CR stays 0x%llx", (unsigned long long)value);
	reached("VM_CR is 0x%llx after KVM_SET_MSRS", (unsigned long long)value);
}

static void nested_hsave(void)
{
	struct vcpu *v = wished_vcpu();
	u64 value = 0;

	if (!guest_wrmsr(v, MSR_HSAVE_PA, 0x3000))
		held("VM_HSAVE_PA faults");
	guest_rdmsr(v, MSR_HSAVE_PA, &value);
	if (value != 0x3000)
		held("VM_HSAVE_PA drops what is written");
	reached("VM_HSAVE_PA takes 0x%llx", (unsigned long long)value);
}

/*
 * KVM hands the guest's RDMSR to the VMM, which answers as it likes. The
 * feature itself isn't reached by that, only the guest's view of it.
 */
static void vmm_answers_rdmsr(void)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_X86_USER_SPACE_MSR,
		.args = { KVM_MSR_EXIT_REASON_FILTER },
	};
	unsigned char bitmap[8] = { 0 };
	struct kvm_msr_filter filter = {
		.flags = KVM_MSR_FILTER_DEFAULT_ALLOW,
		.ranges[0] = {
			.flags = KVM_MSR_FILTER_READ, .nmsrs = 1,
			.base = MSR_ARCH_CAP, .bitmap = bitmap,
		},
	};
	struct vcpu *v = vcpu_new(vm_new());
	u64 value, bits;
	int r;

	if (ioctl(v->vm->fd, KVM_ENABLE_CAP, &cap))
		held("KVM_CAP_X86_USER_SPACE_MSR: %s", strerror(errno));
	if (ioctl(v->vm->fd, KVM_X86_SET_MSR_FILTER, &filter))
		held("KVM_X86_SET_MSR_FILTER: %s", strerror(errno));
	r = vcpu_set_cpuid2(v, &wish.cpu);
	if (r)
		held("KVM_SET_CPUID2: %s", strerror(-r));
	vcpu_enter_long_mode(v);
	vcpu_post(v, OP_RDMSR, 0, MSR_ARCH_CAP, 0, 1);
	if (vcpu_run_once(v) == KVM_EXIT_X86_RDMSR) {
		v->run->msr.data = hidden_bits(MSR_ARCH_CAP) | 1;
		v->run->msr.error = 0;
		vcpu_run_done(v);
	}
	value = *vcpu_slot(v, BLK_RD) << 32 | (u32)*vcpu_slot(v, BLK_RA);
	if (*vcpu_slot(v, BLK_FAULT) != NO_FAULT)
		held("RDMSR faults");
	if (msr_leaks(MSR_ARCH_CAP, value, &bits))
		reached("guest reads 0x10a as 0x%llx, from the VMM",
			(unsigned long long)value);
	held("guest reads 0x10a as 0x%llx", (unsigned long long)value);
}

#define ARCH_CAPS "arch-cap-ssb-no arch-cap-mds-no arch-cap-pschange-mc-no arch-cap-gds-no"

/* KVM asks CPUID for these bits where the guest sets them, not where the VMM does. */
static void debugctl_set(void)
{
	struct vcpu *v = wished_vcpu();
	u64 hidden = 0, value = 0;
	int r;

	if (victim_offered("bus-lock", &truth))
		hidden |= BIT64(2);
	if (victim_offered("rtm", &truth))
		hidden |= BIT64(15);
	r = vcpu_set_msr(v, MSR_DEBUGCTL, hidden);
	if (r)
		held("KVM_SET_MSRS(DEBUGCTL): %s", strerror(-r));
	vcpu_get_msr(v, MSR_DEBUGCTL, &value);
	if (value & hidden)
		reached("DEBUGCTL is 0x%llx", (unsigned long long)value);
	held("DEBUGCTL is 0x%llx", (unsigned long long)value);
}

const struct attempt msr_attempts[] = {
	{ "arch_cap_default", ARCH_CAPS, "MSR 0x10a as a new vCPU has it",
	  arch_cap_default },
	{ "arch_cap_set", ARCH_CAPS, "KVM_SET_MSRS(0x10a) with hidden bits",
	  arch_cap_set },
	{ "arch_cap_set_before_cpuid", ARCH_CAPS, "the same before KVM_SET_CPUID2",
	  arch_cap_set_early },
	{ "arch_cap_set_after_run", ARCH_CAPS, "the same once the guest has run",
	  arch_cap_set_late },
	{ "arch_cap_set_reg", ARCH_CAPS, "KVM_SET_ONE_REG(0x10a) with hidden bits",
	  arch_cap_set_reg },
	{ "arch_cap_set_reg_race", ARCH_CAPS,
	  "the same, from a buffer that another thread changes",
	  arch_cap_set_reg_race },
	{ "arch_cap_set_partial", ARCH_CAPS,
	  "the same in a batch that fails at its second MSR",
	  arch_cap_set_partial },
	{ "arch_cap_host_read", ARCH_CAPS,
	  "KVM_GET_MSRS(0x10a) of a vCPU without CPUID", arch_cap_host_read },
	{ "arch_cap_bare_cpuid", ARCH_CAPS,
	  "MSR 0x10a in a guest with nearly no CPUID", arch_cap_bare_cpuid },
	{ "arch_cap_answered_by_vmm", ARCH_CAPS,
	  "limit: the VMM answers RDMSR(0x10a) itself, through an MSR filter",
	  vmm_answers_rdmsr },
	{ "de_cfg_set", "lfence-serialize", "KVM_SET_MSRS(0xc0011029)", de_cfg_set },
	{ "hidden_msrs", "rdtscp tsc-adjust spec-ctrl amd-ibpb vmx xsaves waitpkg",
	  "MSRs that go with hidden features, read and written by the guest",
	  hidden_msrs },
	{ "hidden_msrs_after_store", "rdtscp tsc-adjust spec-ctrl amd-ibpb vmx waitpkg",
	  "the same after the VMM stored to them", hidden_msrs_after_store },
	{ "hidden_msrs_after_reg", "rdtscp tsc-adjust spec-ctrl amd-ibpb vmx",
	  "the same after KVM_SET_ONE_REG stored to them",
	  hidden_msrs_after_reg },
	{ "aperfmperf_by_cap", ARCH_CAPS,
	  "KVM_CAP_X86_DISABLE_EXITS hands out APERF and MPERF",
	  aperfmperf_by_cap },
	{ "debugctl_set", "bus-lock rtm", "KVM_SET_MSRS(DEBUGCTL)", debugctl_set },
	{ "xss_by_vmm", "xsaves", "KVM_SET_MSRS(XSS)", xss_by_vmm },
	{ "nested_vm_cr", "svm", "VM_CR says that SVM is enabled", nested_vm_cr },
	{ "nested_vm_cr_set", "svm", "the VMM writes VM_CR back to enabled",
	  nested_vm_cr_set },
	{ "nested_hsave_pa", "svm", "the guest writes VM_HSAVE_PA", nested_hsave },
	{ NULL, NULL, NULL, NULL },
};

// SPDX-License-Identifier: GPL-2.0
/* Attempts upon KVM's paravirtual features. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kvmprobe.h"

#define MSR_STEAL_TIME	0x4b564d03
#define MSR_PV_EOI	0x4b564d04
#define MSR_POLL_CTL	0x4b564d05
#define HC_SCHED_YIELD	11

static const struct {
	u32 index;
	const char *name, *victim;
	u64 value;
} pv_msrs[] = {
	{ MSR_STEAL_TIME, "steal time", "pv-steal-time", GUEST_PV_AREA | 1 },
	{ MSR_PV_EOI, "PV EOI", "pv-eoi", (GUEST_PV_AREA + 0x1000) | 1 },
	{ MSR_POLL_CTL, "poll control", "pv-poll-control", 0 },
};

static void write_pv_msrs(struct vcpu *v)
{
	for (u32 i = 0; i < ARRAY_SIZE(pv_msrs); i++)
		if (victim_offered(pv_msrs[i].victim, &truth) &&
		    guest_wrmsr(v, pv_msrs[i].index, pv_msrs[i].value))
			note("%s MSR written", pv_msrs[i].name);
	verdict("MSRs of hidden PV features fault");
}

/* PV EOI wants a local APIC, so all of these VMs have one. */
static struct vcpu *pv_vcpu(void)
{
	struct vm *vm = vm_new();

	ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0);
	return vcpu_new(vm);
}

static int enforce(struct vcpu *v, u64 on)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_ENFORCE_PV_FEATURE_CPUID,
		.args = { on },
	};

	return ioctl(v->fd, KVM_ENABLE_CAP, &cap) ? -errno : 0;
}

static void ready(struct vcpu *v, const struct cpuset *s)
{
	int r = vcpu_set_cpuid2(v, s);

	if (r)
		held("KVM_SET_CPUID2: %s", strerror(-r));
	vcpu_enter_long_mode(v);
}

/* KVM's default: PV MSRs work whatever CPUID says. */
static void pv_msrs_by_default(void)
{
	struct vcpu *v = pv_vcpu();

	ready(v, &allowed.cpu);
	write_pv_msrs(v);
}

static void pv_msrs_greedy(void)
{
	struct vcpu *v = pv_vcpu();

	ready(v, &wish.cpu);
	write_pv_msrs(v);
}

static void pv_msrs_without_cpuid(void)
{
	struct vcpu *v = pv_vcpu();

	vcpu_enter_long_mode(v);
	write_pv_msrs(v);
}

static void pv_enforce_off(void)
{
	struct vcpu *v = pv_vcpu();
	int r;

	ready(v, &allowed.cpu);
	r = enforce(v, 0);
	if (r)
		note("KVM_ENABLE_CAP refused (%s), all the same:", strerror(-r));
	if (r) {
		/* Refusing is fine, provided that the MSRs fault too. */
		u64 value = 0;

		if (!guest_rdmsr(v, MSR_STEAL_TIME, &value))
			held("turning enforcement off is refused: %s",
			     strerror(-r));
	}
	write_pv_msrs(v);
}

/* Enforcement asked for with a greedy set, which is then replaced. */
static void pv_enforce_stale(void)
{
	struct vcpu *v = pv_vcpu();
	struct cpuset none;

	ready(v, &wish.cpu);
	enforce(v, 1);
	/* Without KVM's leaves, KVM keeps the features that it last saw. */
	none = allowed.cpu;
	cpuset_drop(&none, 0x40000001, 0);
	cpuset_drop(&none, 0x40000000, 0);
	if (vcpu_set_cpuid2(v, &none))
		held("the second KVM_SET_CPUID2 is refused");
	write_pv_msrs(v);
}

/* The VMM's own store: how a migrated guest's steal time is restored. */
static void pv_msr_by_vmm(void)
{
	struct vcpu *v = pv_vcpu();
	u64 value = 0;

	ready(v, &wish.cpu);
	if (!vcpu_set_msr(v, MSR_STEAL_TIME, GUEST_PV_AREA | 1))
		vcpu_get_msr(v, MSR_STEAL_TIME, &value);
	if (value & 1)
		reached("KVM_SET_MSRS turns steal time on");
	held("KVM_SET_MSRS doesn't turn steal time on");
}

static void pv_hypercall(void)
{
	struct vcpu *v = pv_vcpu();
	struct result r;

	ready(v, &wish.cpu);
	r = vcpu_op(v, host_is_intel() ? OP_VMCALL : OP_VMMCALL, HC_SCHED_YIELD,
		    0, 0);
	if (r.fault != NO_FAULT)
		held("the hypercall faults, vector %u", r.fault);
	if (r.a)
		held("the hypercall returns %lld", (long long)r.a);
	reached("KVM_HC_SCHED_YIELD is served");
}

#define PV_MSRS "pv-steal-time pv-eoi pv-poll-control"

const struct attempt pv_attempts[] = {
	{ "pv_msrs_greedy", PV_MSRS,
	  "MSRs of hidden PV features, in a guest with all PV bits asked for",
	  pv_msrs_greedy },
	{ "pv_msrs_by_default", PV_MSRS,
	  "the same in a guest within the baseline: KVM doesn't enforce by itself",
	  pv_msrs_by_default },
	{ "pv_msrs_without_cpuid", PV_MSRS,
	  "the same in a guest for which no CPUID was ever set",
	  pv_msrs_without_cpuid },
	{ "pv_enforce_off", PV_MSRS,
	  "the VMM turns KVM_CAP_ENFORCE_PV_FEATURE_CPUID off", pv_enforce_off },
	{ "pv_enforce_stale", PV_MSRS,
	  "enforcement with a greedy set, then CPUID without KVM's leaves",
	  pv_enforce_stale },
	{ "pv_msr_by_vmm", "pv-steal-time",
	  "KVM_SET_MSRS turns hidden steal time on", pv_msr_by_vmm },
	{ "pv_hypercall", "pv-sched-yield", "a hypercall of a hidden PV feature",
	  pv_hypercall },
	{ NULL, NULL, NULL, NULL },
};

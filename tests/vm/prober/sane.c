// SPDX-License-Identifier: GPL-2.0
/* What stock KVM does for a well-behaved VMM, and must go on doing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kvmprobe.h"

static int broken;

static void check(const char *name, bool good, const char *what)
{
	printf("sane %s: %s%s%s\n", name, good ? "ok" : "broken",
	       good ? "" : " ", good ? "" : what);
	broken += !good;
}

static void repeated_cpuid(const struct cpuset *s, const char *name)
{
	struct vcpu *v = vcpu_with(s);
	struct kvm_cpuid_entry2 e;
	struct cpuset back, other;
	char text[64];
	int r;

	guest_cpuid(v, 0, 0, &e);
	r = vcpu_set_cpuid2(v, s);
	snprintf(text, sizeof(text), "%s_again_after_run", name);
	check(text, !r, strerror(-r));

	vcpu_get_cpuid2(v, &back);
	r = vcpu_set_cpuid2(v, &back);
	snprintf(text, sizeof(text), "%s_round_trip_after_run", name);
	check(text, !r, strerror(-r));

	other = *s;
	cpuset_add(&other, 0x80000002, 0)->eax ^= 1;
	r = vcpu_set_cpuid2(v, &other);
	snprintf(text, sizeof(text), "%s_other_after_run", name);
	check(text, r == -EINVAL, "a change after KVM_RUN is taken");
}

static void errnos(void)
{
	struct {
		struct kvm_cpuid2 head;
		struct kvm_cpuid_entry2 e[MAX_ENTRIES + 1];
	} *buf = calloc(1, sizeof(*buf));
	struct vcpu *v = vcpu_new(vm_new());
	struct cpuset s;

	if (!buf)
		die("out of memory");
	buf->head.nent = 3;
	check("supported_too_small",
	      ioctl(kvm_fd(), KVM_GET_SUPPORTED_CPUID, buf) && errno == E2BIG,
	      "not E2BIG");
	buf->head.nent = 0;
	check("supported_zero",
	      ioctl(kvm_fd(), KVM_GET_SUPPORTED_CPUID, buf) && errno == E2BIG,
	      "not E2BIG");
	check("supported_bad_pointer",
	      ioctl(kvm_fd(), KVM_GET_SUPPORTED_CPUID, 8) && errno == EFAULT,
	      "not EFAULT");
	buf->head.nent = MAX_ENTRIES + 1;
	check("set_too_many",
	      ioctl(v->fd, KVM_SET_CPUID2, buf) && errno == E2BIG, "not E2BIG");
	check("set_bad_pointer",
	      ioctl(v->fd, KVM_SET_CPUID2, 8) && errno == EFAULT, "not EFAULT");
	kvm_offer_cpuid(KVM_GET_SUPPORTED_CPUID, &s);
	check("set_offer", !vcpu_set_cpuid2(v, &s), strerror(errno));
	buf->head.nent = 1;
	check("get_too_small",
	      ioctl(v->fd, KVM_GET_CPUID2, buf) && errno == E2BIG, "not E2BIG");
	buf->head.nent = 0;
	check("set_empty", !ioctl(v->fd, KVM_SET_CPUID2, buf), strerror(errno));
	free(buf);
}

/* What is the VMM's own passes untouched. */
static void vmm_leaves(const struct cpuset *offer)
{
	static const u32 own[][2] = {
		{ 4, 0 }, { 4, 1 }, { 0xb, 0 }, { 0xb, 1 }, { 0x1f, 0 },
		{ 0x80000002, 0 }, { 0x80000003, 0 }, { 0x80000004, 0 },
		{ 0x80000005, 0 }, { 0x80000006, 0 }, { 0x8000001d, 0 },
		{ 0x8000001e, 0 }, { 0x40000010, 0 },
	};
	struct cpuset s = *offer;
	struct kvm_cpuid_entry2 *one, e;
	struct vcpu *v;
	char text[64];

	for (u32 i = 0; i < ARRAY_SIZE(own); i++) {
		struct kvm_cpuid_entry2 *o = cpuset_add(&s, own[i][0],
							own[i][1]);

		o->eax = 0x11111110 + i;
		o->ebx = 0x22222220 + i;
		o->ecx = 0x33333330 + i;
		o->edx = 0x44444440 + i;
	}
	one = cpuset_add(&s, 1, 0);
	one->ebx = 0x05100800;		/* APIC id 5, 16 CPUs */
	one->ecx |= BIT(31);		/* hypervisor */
	one->edx |= BIT(28);		/* HTT */
	v = vcpu_with(&s);
	for (u32 i = 0; i < ARRAY_SIZE(own); i++) {
		guest_cpuid(v, own[i][0], own[i][1], &e);
		snprintf(text, sizeof(text), "vmm_leaf_0x%x.%u", own[i][0],
			 own[i][1]);
		check(text, e.eax == 0x11111110 + i && e.ebx == 0x22222220 + i &&
		      e.ecx == 0x33333330 + i && e.edx == 0x44444440 + i,
		      "isn't what the VMM set");
	}
	guest_cpuid(v, 1, 0, &e);
	check("apic_id", e.ebx == 0x05100800, "leaf 1 EBX isn't the VMM's");
	check("hypervisor_bit", e.ecx & BIT(31), "is gone");
	check("htt_bit", e.edx & BIT(28), "is gone");
	check("osxsave_off", !(e.ecx & BIT(27)), "is on before CR4 has it");
	if (!cpuset_bit(offer, 1, 0, ECX, 26))
		return;
	vcpu_op(v, OP_WRCR4, vcpu_op(v, OP_RDCR4, 0, 0, 0).a | BIT64(18), 0, 0);
	guest_cpuid(v, 1, 0, &e);
	check("osxsave_follows_cr4", e.ecx & BIT(27), "is still off");
	check("xsetbv_sse", vcpu_op(v, OP_XSETBV, 3, 0, 0).fault == NO_FAULT,
	      "faults");
}

/* No less than what is on offer: a VMM that sets the offer gets it. */
static void no_less(const struct offer *o)
{
	struct vcpu *v = vcpu_with(&o->cpu);
	u32 missing = 0;
	u64 value;

	for (u32 i = 0; i < o->cpu.n; i++) {
		const struct kvm_cpuid_entry2 *t = &o->cpu.e[i];
		struct kvm_cpuid_entry2 e;

		guest_cpuid(v, t->function, t->index, &e);
		for (enum reg r = EAX; r < NR_REGS; r++)
			if (word_is_features(t->function, t->index, r) &&
			    (entry_read(t, r) & ~entry_read(&e, r))) {
				printf("  0x%x.%u:%s lacks 0x%x\n", t->function,
				       t->index, reg_names[r],
				       entry_read(t, r) & ~entry_read(&e, r));
				missing++;
			}
	}
	check("offer_reaches_guest", !missing, "bits of the offer are missing");

	for (u32 i = 0; i < o->msr.n; i++)
		if (o->msr.e[i].index == 0x10a) {
			check("arch_cap_as_offered",
			      !cpuset_bit(&o->cpu, 7, 0, EDX, 29) ||
			      (guest_rdmsr(v, 0x10a, &value) &&
			       value == o->msr.e[i].data),
			      "isn't what is on offer");
			/* From 6.14 on, KVM takes none without the CPUID bit. */
			v = vcpu_with(&o->cpu);
			check("arch_cap_offer_settable",
			      !vcpu_set_msr(v, 0x10a, o->msr.e[i].data),
			      "is refused");
		}
}

/*
 * QEMU stores all MSRs again at reset. From 6.12 on, KVM takes MSR 0x10a after
 * KVM_RUN only if it is what is there: a value that was levelled when it was
 * first stored must not be refused the second time.
 */
static void arch_cap_again(const struct cpuset *s)
{
	struct vcpu *v = vcpu_with(s);
	const u64 greedy = 0x4000071;
	struct kvm_cpuid_entry2 e;
	int r = vcpu_set_msr(v, 0x10a, greedy);

	/* Strict mode refuses it from the start: nothing to be repeated. */
	if (r)
		return;
	guest_cpuid(v, 0, 0, &e);
	r = vcpu_set_msr(v, 0x10a, greedy);
	check("arch_cap_again_after_run", !r, strerror(-r));
}

/*
 * The same for VMX's registers, with what is on offer: QEMU stores just that.
 * KVM refuses those that it makes from others, the first time and the second.
 */
static void vmx_again(const struct offer *o)
{
	struct vcpu *v = vcpu_with(&o->cpu);
	struct kvm_cpuid_entry2 e;
	int first[MAX_MSRS];
	u32 refused = 0;

	if (!cpuset_bit(&o->cpu, 1, 0, ECX, 5))
		return;
	for (u32 i = 0; i < o->msr.n; i++)
		first[i] = vcpu_set_msr(v, o->msr.e[i].index, o->msr.e[i].data);
	guest_cpuid(v, 0, 0, &e);
	for (u32 i = 0; i < o->msr.n; i++) {
		const struct kvm_msr_entry *m = &o->msr.e[i];
		u64 value;

		if (m->index < 0x480 || m->index > 0x491)
			continue;
		if (!first[i] && vcpu_set_msr(v, m->index, m->data))
			refused++;
		if (!first[i] && (!guest_rdmsr(v, m->index, &value) ||
				  value != m->data))
			refused++;
	}
	check("vmx_offer_again_after_run", !refused, "is refused or changed");
}

/* What the VMM tells of itself, and the guest's own switches. */
static void vmm_msrs(const struct cpuset *s)
{
	static const struct kvm_msr_entry own[] = {
		{ .index = 0x8b, .data = 0x1234ULL << 32 },	/* microcode */
		{ .index = 0xce, .data = 0x80000000 },	/* PLATFORM_INFO */
		{ .index = 0x140, .data = 1 },	/* MISC_FEATURES_ENABLES */
		{ .index = 0x1a0, .data = 0x1 },	/* MISC_ENABLE */
	};
	struct vcpu *v = vcpu_with(s);

	for (u32 i = 0; i < ARRAY_SIZE(own); i++) {
		char text[32];
		u64 value = 0;

		snprintf(text, sizeof(text), "vmm_msr_0x%x", own[i].index);
		check(text, !vcpu_set_msr(v, own[i].index, own[i].data) &&
		      guest_rdmsr(v, own[i].index, &value) &&
		      value == own[i].data, "isn't what the VMM set");
	}
}

static void xsave_round_trip(const struct cpuset *s)
{
	struct vcpu *v = vcpu_with(s);
	struct kvm_xsave *x = calloc(1, sizeof(*x));

	if (!x || !kvm_has(KVM_CAP_XSAVE))
		return;
	check("get_xsave", !ioctl(v->fd, KVM_GET_XSAVE, x), strerror(errno));
	check("set_xsave_back", !ioctl(v->fd, KVM_SET_XSAVE, x),
	      strerror(errno));
	free(x);
}

int cmd_sane(int argc, char **argv)
{
	static struct offer o;
	struct cpuset raw, greedy;

	(void)argc;
	(void)argv;
	kvm_offer(&o);
	cpuset_raw(&raw);
	greedy = o.cpu;
	cpuset_merge_raw(&greedy, &raw);
	repeated_cpuid(&o.cpu, "offer");
	repeated_cpuid(&greedy, "greedy");
	errnos();
	vmm_leaves(&o.cpu);
	no_less(&o);
	arch_cap_again(&o.cpu);
	vmx_again(&o);
	vmm_msrs(&o.cpu);
	xsave_round_trip(&o.cpu);
	printf("sane: %s\n", broken ? "broken" : "ok");
	return broken ? 1 : 0;
}

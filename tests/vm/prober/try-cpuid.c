// SPDX-License-Identifier: GPL-2.0
/* Attempts upon what a guest reads with CPUID. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kvmprobe.h"

static char leaks[512];

static void set_cpuid2_above(void)
{
	struct vcpu *v = vcpu_new(vm_new());

	refused(vcpu_set_cpuid2(v, &wish.cpu), "KVM_SET_CPUID2");
	vcpu_enter_long_mode(v);
	judge_cpuid(v);
}

static void set_cpuid_above(void)
{
	struct vcpu *v = vcpu_new(vm_new());

	refused(vcpu_set_cpuid1(v, &wish.cpu), "KVM_SET_CPUID");
	vcpu_enter_long_mode(v);
	judge_cpuid(v);
}

static void get_cpuid2_shows(void)
{
	struct vcpu *v = vcpu_new(vm_new());
	struct cpuset s;

	refused(vcpu_set_cpuid2(v, &wish.cpu), "KVM_SET_CPUID2");
	vcpu_get_cpuid2(v, &s);
	if (set_leaks(&s, leaks, sizeof(leaks)))
		reached("KVM_GET_CPUID2 returns %s", leaks);
	held("KVM_GET_CPUID2 returns %u entries, none with hidden bits", s.n);
}

static void set_cpuid2_twice(void)
{
	struct vcpu *v = vcpu_new(vm_new());

	refused(vcpu_set_cpuid2(v, &allowed.cpu), "the first KVM_SET_CPUID2");
	refused(vcpu_set_cpuid2(v, &wish.cpu), "the second KVM_SET_CPUID2");
	vcpu_enter_long_mode(v);
	judge_cpuid(v);
}

static void later_vcpu(void)
{
	struct vm *vm = vm_new();
	struct vcpu *first = vcpu_new(vm), *second;
	struct kvm_cpuid_entry2 e;

	refused(vcpu_set_cpuid2(first, &allowed.cpu), "KVM_SET_CPUID2");
	vcpu_enter_long_mode(first);
	guest_cpuid(first, 0, 0, &e);
	second = vcpu_new(vm);
	refused(vcpu_set_cpuid2(second, &wish.cpu), "KVM_SET_CPUID2");
	vcpu_enter_long_mode(second);
	judge_cpuid(second);
}

static void fill(struct cpuset *s, u32 leaf, u32 sub)
{
	struct kvm_cpuid_entry2 *e = cpuset_add(s, leaf, sub);

	/* A pattern that no host answers with by itself. */
	e->eax = 0x5a5a5a5a;
	e->ebx = e->eax;
	e->ecx = e->eax;
	e->edx = e->eax;
}

static void read_filled(struct vcpu *v, u32 leaf, u32 sub)
{
	struct kvm_cpuid_entry2 e;

	guest_cpuid(v, leaf, sub, &e);
	if (e.eax == 0x5a5a5a5a || e.ebx == 0x5a5a5a5a ||
	    e.ecx == 0x5a5a5a5a || e.edx == 0x5a5a5a5a)
		note("0x%x.%x", leaf, sub);
}

static void unknown_leaves(void)
{
	u32 basic = cpuset_word(&wish.cpu, 0, 0, EAX);
	u32 ext = cpuset_word(&wish.cpu, 0x80000000, 0, EAX);
	const u32 leaves[] = {
		basic + 1, 0x3fffffff, ext + 1, 0x8000ffff, 0xc0000001,
		0xc0000002, 0x20000000, 0x60000000,
	};
	struct cpuset s = wish.cpu;
	struct vcpu *v = vcpu_new(vm_new());

	for (u32 i = 0; i < ARRAY_SIZE(leaves); i++)
		fill(&s, leaves[i], 0);
	refused(vcpu_set_cpuid2(v, &s), "KVM_SET_CPUID2");
	vcpu_enter_long_mode(v);
	for (u32 i = 0; i < ARRAY_SIZE(leaves); i++)
		read_filled(v, leaves[i], 0);
	if (any_noted())
		note("filled by the VMM, read by the guest");
	verdict("leaves that no baseline knows read as nothing");
}

/* What KVM offers, which is settled quickly, and behind that the last leaf of all. */
static void last_leaf(void)
{
	struct vcpu *v = vcpu_new(vm_new());
	struct cpuset s;

	kvm_offer_cpuid(KVM_GET_SUPPORTED_CPUID, &s);
	fill(&s, ~0u, ~0u);
	s.e[s.n - 1].flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
	refused(vcpu_set_cpuid2(v, &s), "KVM_SET_CPUID2");
	vcpu_enter_long_mode(v);
	read_filled(v, ~0u, ~0u);
	if (any_noted())
		note("filled by the VMM, read by the guest");
	verdict("a leaf behind all that KVM offers reads as nothing");
}

static void unknown_subleaves(void)
{
	static const u32 places[][2] = {
		{ 7, 5 }, { 7, 0x41 }, { 0xd, 40 }, { 0xd, 62 }, { 0x14, 9 },
		{ 0x12, 7 }, { 0x1d, 3 }, { 0x10, 9 },
	};
	struct cpuset s = wish.cpu;
	struct vcpu *v = vcpu_new(vm_new());

	for (u32 i = 0; i < ARRAY_SIZE(places); i++)
		fill(&s, places[i][0], places[i][1]);
	refused(vcpu_set_cpuid2(v, &s), "KVM_SET_CPUID2");
	vcpu_enter_long_mode(v);
	for (u32 i = 0; i < ARRAY_SIZE(places); i++)
		read_filled(v, places[i][0], places[i][1]);
	if (any_noted())
		note("filled by the VMM, read by the guest");
	verdict("subleaves that no baseline knows read as nothing");
}

/*
 * To a guest that isn't AMD, KVM answers for an unknown leaf with the highest
 * basic one. A VMM chooses vendor and highest leaf, so it could be leaf 7.
 */
static void redirected_leaf(void)
{
	static const u32 odd[] = { 0x20000000, 0x3fffffff, 0x40000fff, 0xc0000007 };
	struct cpuset s = wish.cpu;
	struct vcpu *v = vcpu_new(vm_new());
	struct kvm_cpuid_entry2 *e = cpuset_add(&s, 0, 0);

	e->eax = 7;
	e->ebx = 0x756e6547;	/* GenuineIntel */
	e->edx = 0x49656e69;
	e->ecx = 0x6c65746e;
	refused(vcpu_set_cpuid2(v, &s), "KVM_SET_CPUID2");
	vcpu_enter_long_mode(v);
	for (u32 i = 0; i < ARRAY_SIZE(odd); i++) {
		struct kvm_cpuid_entry2 got;

		guest_cpuid(v, odd[i], 0, &got);
		got.function = 7;
		if (entry_leaks(&got, leaks, sizeof(leaks)))
			reached("leaf 0x%x answers as leaf 7: %s", odd[i], leaks);
	}
	held("no unknown leaf answers with hidden bits");
}

/* KVM's leaves may sit at any 0x100 from 0x40000000 on, and be there twice. */
static void second_signature(void)
{
	struct cpuset s = wish.cpu;
	struct vcpu *v = vcpu_new(vm_new());
	struct kvm_cpuid_entry2 *e;
	static const u32 bases[] = { 0x40000000, 0x40000100, 0x4000ff00 };

	e = cpuset_add(&s, 0x40000000, 0);
	memcpy(&e->ebx, "Microsoft Hv", 12);
	e->eax = 0x40000001;
	for (u32 i = 1; i < ARRAY_SIZE(bases); i++) {
		e = cpuset_add(&s, bases[i], 0);
		e->eax = bases[i] + 1;
		memcpy(&e->ebx, "KVMKVMKVM\0\0\0", 12);
		cpuset_add(&s, bases[i] + 1, 0)->eax = ~0U;
	}
	refused(vcpu_set_cpuid2(v, &s), "KVM_SET_CPUID2");
	vcpu_enter_long_mode(v);
	for (u32 i = 1; i < ARRAY_SIZE(bases); i++) {
		struct kvm_cpuid_entry2 sig, got;

		guest_cpuid(v, bases[i], 0, &sig);
		guest_cpuid(v, bases[i] + 1, 0, &got);
		if (memcmp(&sig.ebx, "KVMKVMKVM\0\0\0", 12))
			continue;
		got.function = 0x40000001;
		leaks[0] = '\0';
		if (entry_leaks(&got, leaks, sizeof(leaks)))
			note("at 0x%x: %s", bases[i], leaks);
	}
	verdict("no second place shows hidden PV features");
}

static void all_pv_bits(void)
{
	struct cpuset s = wish.cpu;
	struct vcpu *v = vcpu_new(vm_new());
	struct kvm_cpuid_entry2 e;
	u32 offered = cpuset_word(&truth.cpu, 0x40000001, 0, EAX);

	cpuset_add(&s, 0x40000001, 0)->eax = ~0U;
	refused(vcpu_set_cpuid2(v, &s), "KVM_SET_CPUID2");
	vcpu_enter_long_mode(v);
	guest_cpuid(v, 0x40000001, 0, &e);
	if (entry_leaks(&e, leaks, sizeof(leaks)))
		note("hidden: %s", leaks);
	/* MSI_EXT_DEST_ID tells of the VMM's own IOAPIC: KVM never offers it. */
	offered |= BIT(15);
	if (e.eax & ~offered)
		note("not even offered: 0x%08x", e.eax & ~offered);
	verdict("only PV features of the baseline show");
}

static void all_ones(void)
{
	struct cpuset s = wish.cpu;
	struct vcpu *v = vcpu_new(vm_new());

	cpuset_ones(&s);
	refused(vcpu_set_cpuid2(v, &s), "KVM_SET_CPUID2");
	vcpu_enter_long_mode(v);
	for (u32 i = 0; i < truth.cpu.n; i++) {
		struct kvm_cpuid_entry2 e, *t = &truth.cpu.e[i];

		guest_cpuid(v, t->function, t->index, &e);
		for (enum reg r = EAX; r < NR_REGS; r++) {
			u32 more = entry_read(&e, r) & ~entry_read(t, r);

			if (t->function == 1 && r == ECX)
				more &= ~(BIT(27) | BIT(24) | BIT(31));
			if (t->function == 1 && r == EDX)
				more &= ~BIT(28);
			/* CMP_LEGACY, MSI_EXT_DEST_ID: the VMM's own. */
			if (t->function == 0x80000001 && r == ECX)
				more &= ~BIT(1);
			if (t->function == 0x40000001 && r == EAX)
				more &= ~BIT(15);
			if (word_is_features(t->function, t->index, r) && more)
				note("0x%x.%x:%s=0x%x", t->function, t->index,
				     reg_names[r], more);
		}
	}
	if (any_noted())
		note("beyond the host's own offer");
	verdict("no bit beyond the host's offer shows");
}

static void forced_emulation(void)
{
	char *value = NULL;
	struct vcpu *v;
	struct cpuset seen = { .n = 0 };
	FILE *f = fopen("/sys/module/kvm/parameters/force_emulation_prefix", "r");
	char line[16] = "";

	if (f)
		value = fgets(line, sizeof(line), f);
	if (!value || line[0] == '0' || line[0] == 'N')
		skipped("kvm.force_emulation_prefix is off");
	v = wished_vcpu();
	for (unsigned int i = 0; i < nr_victims; i++) {
		const struct spec *p = victim_spec(i);
		struct kvm_cpuid_entry2 *e;
		struct result r;

		if (p->kind > SPEC_DROP || cpuset_find(&seen, p->leaf, p->sub))
			continue;
		r = vcpu_op(v, OP_FEP_CPUID, p->leaf, p->sub, 0);
		if (r.fault != NO_FAULT)
			die("the prefix faulted: vector %u", r.fault);
		e = cpuset_add(&seen, p->leaf, p->sub);
		e->eax = r.a;
		e->ebx = r.b;
		e->ecx = r.c;
		e->edx = r.d;
	}
	if (set_leaks(&seen, leaks, sizeof(leaks)))
		reached("the emulator's CPUID shows %s", leaks);
	held("the emulator's CPUID shows no hidden bit");
}

static void offer_shows(void)
{
	struct cpuset s;
	struct msrset m;
	u64 bits;

	kvm_offer_cpuid(KVM_GET_SUPPORTED_CPUID, &s);
	if (set_leaks(&s, leaks, sizeof(leaks)))
		note("KVM_GET_SUPPORTED_CPUID shows %s", leaks);
	leaks[0] = '\0';
	kvm_offer_cpuid(KVM_GET_EMULATED_CPUID, &s);
	if (set_leaks(&s, leaks, sizeof(leaks)))
		note("KVM_GET_EMULATED_CPUID shows %s", leaks);
	kvm_offer_msrs(&m);
	for (u32 i = 0; i < m.n; i++)
		if (msr_leaks(m.e[i].index, m.e[i].data, &bits))
			note("feature MSR 0x%x shows 0x%llx", m.e[i].index,
			     (unsigned long long)bits);
	verdict("neither CPUID nor feature MSRs on offer show a hidden bit");
}

/* KVM's third way of telling a VMM what it supports. */
static void offer_xcomp(void)
{
	u64 comps = 0;
	struct kvm_device_attr attr = {
		.attr = KVM_X86_XCOMP_GUEST_SUPP,
		.addr = (u64)&comps,
	};
	u32 hidden = cpuset_word(&truth.cpu, 0xd, 0, EAX) &
		     ~cpuset_word(&allowed.cpu, 0xd, 0, EAX);

	if (ioctl(kvm_fd(), KVM_GET_DEVICE_ATTR, &attr))
		skipped("no KVM_X86_XCOMP_GUEST_SUPP: %s", strerror(errno));
	if (comps & hidden)
		reached("KVM_X86_XCOMP_GUEST_SUPP is 0x%llx, 0x%llx of it hidden",
			(unsigned long long)comps,
			(unsigned long long)(comps & hidden));
	held("KVM_X86_XCOMP_GUEST_SUPP is 0x%llx", (unsigned long long)comps);
}

static void nested_leaf(void)
{
	struct vcpu *v = wished_vcpu();
	struct kvm_cpuid_entry2 e;

	guest_cpuid(v, 0x8000000a, 0, &e);
	if (e.eax | e.ebx | e.ecx | e.edx)
		reached("leaf 0x8000000a is 0x%x 0x%x 0x%x 0x%x", e.eax, e.ebx,
			e.ecx, e.edx);
	held("leaf 0x8000000a is empty");
}

/* More address bits than the baseline: told by CPUID, then used in CR3. */
static void phys_bits(void)
{
	struct vcpu *v = wished_vcpu();
	u32 most = victim_phys_bits(&truth);
	struct kvm_cpuid_entry2 e;
	struct kvm_sregs s;

	guest_cpuid(v, 0x80000008, 0, &e);
	if ((e.eax & 0xff) > most)
		note("guest reads %u bits of physical address, baseline %u",
		     e.eax & 0xff, most);
	/* KVM makes the guest's own check here, without any memory to be there. */
	vcpu_settle(v);
	vcpu_get_sregs(v, &s);
	s.cr3 |= BIT64(most);
	if (!ioctl(v->fd, KVM_SET_SREGS, &s))
		note("CR3 with bit %u is taken", most);
	if (any_noted())
		verdict("");
	held("guest reads %u bits, and CR3 with bit %u is refused", e.eax & 0xff,
	     most);
}

/*
 * With this quirk off, KVM itself turns the MONITOR bit on in the vCPU's
 * entries when MISC_ENABLE says so: long after they were set and levelled.
 */
static void mwait_by_misc_enable(void)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_DISABLE_QUIRKS,
		.args = { KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT },
	};
	struct vcpu *v = vcpu_new(vm_new());
	struct kvm_cpuid_entry2 e;
	u64 misc = 0;
	int r;

	if (cpuset_bit(&truth.cpu, 1, 0, ECX, 3) && offer_file)
		skipped("MONITOR is in the offer");
	if (ioctl(v->vm->fd, KVM_ENABLE_CAP, &cap))
		held("KVM_CAP_DISABLE_QUIRKS: %s", strerror(errno));
	refused(vcpu_set_cpuid2(v, &allowed.cpu), "KVM_SET_CPUID2");
	vcpu_get_msr(v, 0x1a0, &misc);
	r = vcpu_set_msr(v, 0x1a0, misc | BIT64(18));
	if (r)
		held("KVM_SET_MSRS(0x1a0): %s", strerror(-r));
	vcpu_enter_long_mode(v);
	guest_cpuid(v, 1, 0, &e);
	if (e.ecx & BIT(3))
		reached("the guest reads MONITOR, which no baseline has");
	held("the guest doesn't read MONITOR");
}

/* 0xD.0 ECX is the VMM's own word: it betrays what was taken from EAX. */
static void xsave_size(void)
{
	struct vcpu *v = wished_vcpu();
	struct kvm_cpuid_entry2 e;
	u32 most = cpuset_word(&allowed.cpu, 0xd, 0, ECX);

	guest_cpuid(v, 0xd, 0, &e);
	if (e.ecx > most)
		reached("0xd.0:ecx is %u, the baseline's area is %u", e.ecx, most);
	held("0xd.0:ecx is %u, the baseline's area is %u", e.ecx, most);
}

const struct attempt cpuid_attempts[] = {
	{ "set_cpuid2_above_baseline", "any",
	  "KVM_SET_CPUID2 with all that the host has", set_cpuid2_above },
	{ "set_cpuid_above_baseline", "any",
	  "the old KVM_SET_CPUID with all that the host has", set_cpuid_above },
	{ "get_cpuid2_shows_hidden", "any",
	  "what KVM_GET_CPUID2 gives back after that", get_cpuid2_shows },
	{ "set_cpuid2_twice", "any",
	  "a modest KVM_SET_CPUID2 first, a greedy one after", set_cpuid2_twice },
	{ "later_vcpu_above_baseline", "any",
	  "a greedy vCPU added when the first has run", later_vcpu },
	{ "unknown_leaves", "any", "leaves out of range, filled by the VMM",
	  unknown_leaves },
	{ "last_leaf", "any", "leaf 0xffffffff behind what KVM offers", last_leaf },
	{ "unknown_subleaves", "any", "subleaves past the last, filled by the VMM",
	  unknown_subleaves },
	{ "redirected_leaf", "smap fsgsbase avx2 umip",
	  "an unknown leaf that KVM answers with the highest basic one",
	  redirected_leaf },
	{ "second_kvm_signature", "pv-steal-time pv-eoi pv-send-ipi",
	  "KVM's leaves at 0x40000100 and 0x4000ff00, PV bits all set",
	  second_signature },
	{ "all_pv_bits", "pv-steal-time pv-eoi pv-send-ipi",
	  "leaf 0x40000001 with all bits set", all_pv_bits },
	{ "all_ones", "any", "every feature word set to ones", all_ones },
	{ "forced_emulation_cpuid", "any",
	  "CPUID through KVM's emulator, by its test prefix", forced_emulation },
	{ "offer_shows_hidden", "any",
	  "KVM_GET_SUPPORTED_CPUID, KVM_GET_EMULATED_CPUID, feature MSRs",
	  offer_shows },
	{ "offer_xcomp", "ymm zmm pkru-state",
	  "KVM_X86_XCOMP_GUEST_SUPP, KVM's third offer", offer_xcomp },
	{ "nested_svm_leaf", "svm-leaf", "leaf 0x8000000a with SVM hidden",
	  nested_leaf },
	{ "maxphyaddr_above_baseline", "maxphyaddr",
	  "more bits of physical address than the baseline", phys_bits },
	{ "mwait_by_misc_enable", "any",
	  "MISC_ENABLE makes KVM turn the MONITOR bit on by itself",
	  mwait_by_misc_enable },
	{ "xsave_size_betrays", "ymm zmm pkru-state",
	  "0xd.0:ecx still counts components that are hidden", xsave_size },
	{ NULL, NULL, NULL, NULL },
};

// SPDX-License-Identifier: GPL-2.0
/* The exit gate: what a guest reads by CPUID and RDMSR. */
#include "../kmod/gate_exit.c"

#include "env.h"
#include "suites.h"
#include "tables.h"

static struct words intel, less;
static struct vmm_table table;
static struct kvm_vcpu *vcpu;

/* KVM's answer for subleaves of a topology leaf that nobody set: CL, and the x2APIC ID. */
static bool is_topology(u32 leaf)
{
	return leaf == 0xb || leaf == 0x1f;
}

/* As kvm_cpuid(): the row, or beyond the highest basic leaf the last of them. */
static bool kvm_cpuid_(struct kvm_vcpu *v, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx,
		       bool exact_only)
{
	u32 leaf = *eax, subleaf = *ecx;
	const struct kvm_cpuid_entry2 *e = NULL;
	bool found;
	int i;

	for (i = 0; i < table.nr; i++) {
		if (table.e[i].function == leaf &&
		    (table.e[i].index == subleaf || !table.e[i].flags))
			e = &table.e[i];
	}
	found = e;
	/* Row 0 is leaf 0. */
	for (i = 0; i < table.nr && !found && is_topology(leaf); i++) {
		if (table.e[i].function != leaf || table.e[i].index != 1)
			continue;
		*eax = 0;
		*ebx = 0;
		*ecx = subleaf & 0xff;
		*edx = table.e[i].edx;
		return false;
	}
	for (i = 0; i < table.nr && !found && !exact_only && leaf < 0x40000000; i++) {
		if (table.e[i].function == table.e[0].eax && table.e[i].index == subleaf)
			e = &table.e[i];
	}
	*eax = e ? e->eax : 0;
	*ebx = e ? e->ebx : 0;
	*ecx = e ? e->ecx : 0;
	*edx = e ? e->edx : 0;
	return found;
}

static int exit_init(struct kunit *test)
{
	ENV_ORIGINAL(kvm_cpuid, kvm_cpuid_);
	vcpu = env_vcpu(test);
	words_intel(&intel);
	words_intel(&less);
	words_unset(&less, 0x7, 0, KL_EBX, BIT(31));
	words_msr(&less, 0x10a, 0x8);
	table_from_set(&table, &intel.set);
	vcpu->arch.cpuid_entries = table.e;
	vcpu->arch.cpuid_nent = table.nr;
	return env_begin(test);
}

static struct kl_leaf read_leaf(u32 leaf, u32 subleaf)
{
	struct kl_leaf l = { leaf, subleaf, { leaf, 0, subleaf, 0 } };

	kl_wrap_kvm_cpuid(vcpu, &l.r[0], &l.r[1], &l.r[2], &l.r[3], false);
	return l;
}

static struct kl_watch *watch_of(struct kl_vm *vm)
{
	return rcu_dereference_protected(vm->watch, true);
}

static void an_adopted_guest_reads_the_baseline(struct kunit *test)
{
	struct kl_baseline *b = env_baseline(test, &less, NULL);
	struct kl_vm *vm = env_vm(test, vcpu->kvm, NULL);
	unsigned int i, r;

	KUNIT_EXPECT_NE(test, read_leaf(7, 0).r[KL_EBX] & BIT(31), 0UL);
	KUNIT_EXPECT_EQ(test, kl_vm_adopt(vm->id, b), 1);
	KUNIT_EXPECT_EQ(test, kl_vm_watch(vm->id, true), 0);
	for (i = 0; i < less.set.nr_leaves; i++) {
		const struct kl_leaf *want = &less.leaf[i];
		struct kl_leaf got = read_leaf(want->leaf, want->subleaf);

		for (r = 0; r < KL_NR_REGS; r++)
			KUNIT_EXPECT_EQ_MSG(test, got.r[r], want->r[r], "0x%x.%u reg %u",
					    want->leaf, want->subleaf, r);
	}
	KUNIT_EXPECT_EQ(test, kl_vm_adopt(vm->id, NULL), 1);
	KUNIT_EXPECT_NE(test, read_leaf(7, 0).r[KL_EBX] & BIT(31), 0UL);
	for (i = 0, r = 0; i < watch_of(vm)->nr; i++)
		r |= watch_of(vm)->seen[i].index == 7 && !watch_of(vm)->seen[i].subleaf &&
		     watch_of(vm)->seen[i].lost[KL_EBX] == BIT(31);
	KUNIT_EXPECT_TRUE(test, r);
	kl_baseline_put(b);
}

/* Leaves whose level depends on the VMM's whole table. */
static void highest_leaves_and_hypervisors_are_read_as_they_were_admitted(struct kunit *test)
{
	struct kl_vm *vm = env_vm(test, vcpu->kvm, NULL);
	struct kl_baseline *b;

	words_drop(&less, 0x1d, 0);
	words_drop(&less, 0x1d, 1);
	words_drop(&less, 0x1e, 0);
	words_unset(&less, 0x7, 0, KL_EDX, BIT(22) | BIT(24) | BIT(25));
	words_unset(&less, 0xd, 0, KL_EAX, 0x60000);
	words_unset(&less, 0x12, 1, KL_ECX, 0x60000);
	words_leaf(&less, 0, 0)->r[KL_EAX] = 0x12;
	words_unset(&less, 0x40000001, 0, KL_EAX, BIT(0));
	b = env_baseline(test, &less, NULL);
	KUNIT_EXPECT_EQ(test, kl_vm_adopt(vm->id, b), 1);
	KUNIT_EXPECT_EQ(test, read_leaf(0, 0).r[KL_EAX], 0x12U);
	KUNIT_EXPECT_EQ(test, read_leaf(0xd, 0).r[KL_ECX], 0xa88U);
	KUNIT_EXPECT_EQ(test, read_leaf(0x40000001, 0).r[KL_EAX] & BIT(0), 0UL);
	KUNIT_EXPECT_NE(test, read_leaf(0x40000001, 0).r[KL_EAX], 0U);
	KUNIT_EXPECT_EQ(test, read_leaf(0x1e, 0).r[KL_EBX], 0U);
	/* Beyond the highest leaf: the last of those that are left, 0x12. */
	table_row(&table, 0, 0)->eax = 0x1e;
	KUNIT_EXPECT_EQ(test, read_leaf(0x30, 0).r[KL_EAX], 0x3U);
	KUNIT_EXPECT_EQ(test, read_leaf(0x30, 0).r[KL_EDX], 0x381fU);
	/* Leaves that ignore ECX do so here. */
	KUNIT_EXPECT_EQ(test, read_leaf(0, 5).r[KL_EAX], 0x12U);
	KUNIT_EXPECT_EQ(test, read_leaf(0x40000001, 5).r[KL_EAX] & BIT(0), 0UL);
	KUNIT_EXPECT_NE(test, read_leaf(0x40000001, 5).r[KL_EAX], 0U);
	kl_baseline_put(b);
}

/* They are no row's, and no answer of the last basic leaf either. */
static void subleaves_of_topology_that_nobody_set_are_read_as_kvm_has_them(struct kunit *test)
{
	struct kl_baseline *b = env_baseline(test, &less, NULL);
	struct kl_vm *vm = env_vm(test, vcpu->kvm, NULL);
	struct kvm_cpuid_entry2 *e;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		e = table_add(&table, 0xb, i);
		e->flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
		e->ebx = 1;
		e->edx = 7;
	}
	vcpu->arch.cpuid_nent = table.nr;
	for (i = 0; i < 2; i++) {
		struct kl_leaf l = read_leaf(0xb, 2);

		KUNIT_EXPECT_EQ(test, l.r[KL_EAX], 0U);
		KUNIT_EXPECT_EQ(test, l.r[KL_EBX], 0U);
		KUNIT_EXPECT_EQ(test, l.r[KL_ECX], 2U);
		KUNIT_EXPECT_EQ(test, l.r[KL_EDX], 7U);
		KUNIT_EXPECT_EQ(test, read_leaf(0xb, 1).r[KL_EBX], 1U);
		/* And adopted. */
		if (!i)
			KUNIT_EXPECT_EQ(test, kl_vm_adopt(vm->id, b), 1);
	}
	kl_baseline_put(b);
}

/* The VMM emulates that interface: its words mean something else. */
static void leaves_of_another_hypervisor_are_read_as_the_vmm_set_them(struct kunit *test)
{
	struct kl_baseline *b = env_baseline(test, &less, NULL);
	struct kl_vm *vm = env_vm(test, vcpu->kvm, NULL);
	u32 ecx;

	table_row(&table, 0x40000000, 0)->ebx = 0x7263694d;	/* "Micr" */
	*table_row(&table, 0x40000001, 0) = (struct kvm_cpuid_entry2){
		.function = 0x40000001, .eax = 0x31237648, .ecx = 0xffff };
	table_add(&table, 0x40000003, 0)->eax = 0xe7f;
	vcpu->arch.cpuid_nent = table.nr;
	KUNIT_EXPECT_EQ(test, kl_vm_adopt(vm->id, b), 1);
	for (ecx = 0; ecx < 2; ecx++) {
		KUNIT_EXPECT_EQ(test, read_leaf(0x40000001, ecx).r[KL_EAX], 0x31237648U);
		KUNIT_EXPECT_EQ(test, read_leaf(0x40000001, ecx).r[KL_ECX], 0xffffU);
		KUNIT_EXPECT_EQ(test, read_leaf(0x40000003, ecx).r[KL_EAX], 0xe7fU);
	}
	kl_baseline_put(b);
}

static void a_levelled_guest_is_looked_at_only_always(struct kunit *test)
{
	struct kl_vm *vm = env_vm(test, vcpu->kvm, env_baseline(test, &less, NULL));

	KUNIT_EXPECT_NE(test, read_leaf(7, 0).r[KL_EBX] & BIT(31), 0UL);
	kl_exits = KVM_LEVEL_EXITS_ALWAYS;
	KUNIT_EXPECT_EQ(test, read_leaf(7, 0).r[KL_EBX] & BIT(31), 0UL);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->would_cut), 0LL);
}

static void audit_counts_and_changes_nothing(struct kunit *test)
{
	struct kl_vm *vm = env_vm(test, vcpu->kvm, NULL);
	struct msr_data msr = { .index = 0x10a, .data = 0x0c0aa0eb };

	kl_mode = KVM_LEVEL_MODE_AUDIT;
	read_leaf(7, 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->would_cut), 0LL);
	env_current(test, &less, NULL);
	KUNIT_EXPECT_NE(test, read_leaf(7, 0).r[KL_EBX] & BIT(31), 0UL);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->would_cut), 1LL);
	read_leaf(1, 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->would_cut), 1LL);
	KUNIT_EXPECT_EQ(test, kl_exit_msr(vcpu, &msr, 0), 0);
	KUNIT_EXPECT_EQ(test, msr.data, 0x0c0aa0ebULL);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->would_cut), 2LL);
	kl_mode = KVM_LEVEL_MODE_OFF;
	read_leaf(7, 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->would_cut), 2LL);
	/* A VM that nobody knows. */
	vcpu->kvm = env_vcpu(test)->kvm;
	KUNIT_EXPECT_NE(test, read_leaf(7, 0).r[KL_EBX] & BIT(31), 0UL);
	KUNIT_EXPECT_EQ(test, kl_exit_msr(vcpu, &msr, 0), 0);
}

static void an_adopted_guest_reads_msrs_of_the_baseline(struct kunit *test)
{
	struct kl_baseline *b = env_baseline(test, &less, NULL);
	struct kl_vm *vm = env_vm(test, vcpu->kvm, NULL);
	struct msr_data msr = { .index = 0x10a, .data = 0x0c0aa0eb };

	KUNIT_EXPECT_EQ(test, kl_vm_adopt(vm->id, b), 1);
	KUNIT_EXPECT_EQ(test, kl_vm_watch(vm->id, true), 0);
	msr.host_initiated = true;
	KUNIT_EXPECT_EQ(test, kl_exit_msr(vcpu, &msr, 0), 0);
	KUNIT_EXPECT_EQ(test, msr.data, 0x0c0aa0ebULL);
	msr.host_initiated = false;
	KUNIT_EXPECT_EQ(test, kl_exit_msr(vcpu, &msr, 0), 0);
	KUNIT_EXPECT_EQ(test, msr.data, 0x8ULL);
	KUNIT_EXPECT_EQ(test, watch_of(vm)->seen[0].lost[0], 0x0c0aa0e3U);
	/* Without its CPUID bit the register isn't there: a fault. */
	msr = (struct msr_data){ .index = 0xcf, .data = 0x20 };
	KUNIT_EXPECT_EQ(test, kl_exit_msr(vcpu, &msr, 0), 1);
	/* What KVM has refused already, what is the VMM's, what nobody knows. */
	msr = (struct msr_data){ .index = 0x10a, .data = 0x0c0aa0eb };
	KUNIT_EXPECT_EQ(test, kl_exit_msr(vcpu, &msr, 2), 2);
	KUNIT_EXPECT_EQ(test, msr.data, 0x0c0aa0ebULL);
	msr = (struct msr_data){ .index = 0x8b, .data = 0x77 };
	KUNIT_EXPECT_EQ(test, kl_exit_msr(vcpu, &msr, 0), 0);
	KUNIT_EXPECT_EQ(test, msr.data, 0x77ULL);
	msr = (struct msr_data){ .index = 0x9999, .data = 0x77 };
	KUNIT_EXPECT_EQ(test, kl_exit_msr(vcpu, &msr, 0), 0);
	KUNIT_EXPECT_EQ(test, watch_of(vm)->nr, 4U);
	/* FEATURE_CONTROL's switches go with their features. */
	msr = (struct msr_data){ .index = 0x3a, .data = 0xff07 };
	KUNIT_EXPECT_EQ(test, kl_exit_msr(vcpu, &msr, 0), 0);
	KUNIT_EXPECT_EQ(test, msr.data, 0x7ULL);
	kl_baseline_put(b);
}

static void the_gate_is_armed_for_who_needs_it(struct kunit *test)
{
	struct kl_vm *vm = env_vm(test, vcpu->kvm, NULL);

	mutex_lock(&kl_mutex);
	/* Without a vendor's module there are no guests. */
	kl_mode = KVM_LEVEL_MODE_AUDIT;
	KUNIT_EXPECT_EQ(test, kl_exit_gate_sync(), 0);
	KUNIT_EXPECT_TRUE(test, kl_vm_wants_exits(vcpu->kvm));
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	KUNIT_EXPECT_EQ(test, kl_exit_gate_sync(), 0);
	KUNIT_EXPECT_FALSE(test, kl_vm_wants_exits(vcpu->kvm));
	env_vendor(test);
	KUNIT_EXPECT_EQ(test, kl_exit_gate_sync(), 0);
	mutex_unlock(&kl_mutex);
	KUNIT_EXPECT_EQ(test, kl_vm_watch(vm->id, true), 0);
	KUNIT_EXPECT_TRUE(test, kl_exit_filter((unsigned long)vcpu, 0));
	kl_exit_gate_review();
	kl_exit_gate_stop();
}

static struct kunit_case exit_cases[] = {
	KUNIT_CASE(an_adopted_guest_reads_the_baseline),
	KUNIT_CASE(highest_leaves_and_hypervisors_are_read_as_they_were_admitted),
	KUNIT_CASE(subleaves_of_topology_that_nobody_set_are_read_as_kvm_has_them),
	KUNIT_CASE(leaves_of_another_hypervisor_are_read_as_the_vmm_set_them),
	KUNIT_CASE(a_levelled_guest_is_looked_at_only_always),
	KUNIT_CASE(audit_counts_and_changes_nothing),
	KUNIT_CASE(an_adopted_guest_reads_msrs_of_the_baseline),
	KUNIT_CASE(the_gate_is_armed_for_who_needs_it),
	{}
};

struct kunit_suite kl_suite_gate_exit = {
	.name = "kl_gate_exit",
	.init = exit_init,
	.exit = env_end,
	.test_cases = exit_cases,
};

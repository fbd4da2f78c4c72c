// SPDX-License-Identifier: GPL-2.0
/* The admit gate for CPUID and the life of VMs, on vCPUs that no KVM made. */
#include "../kmod/gate.c"

#include "env.h"
#include "suites.h"
#include "tables.h"

static struct words intel, less, close_to;
static struct vmm_table given, table;
static struct kvm_vcpu *vcpu;

/* --- KVM, as far as it matters ---------------------------------------------- */

static unsigned int calls;
static int answer;
static unsigned long type_given;
static bool known_in_kvm;

static int kvm_init_vm(struct kvm *kvm, unsigned long type)
{
	calls++;
	type_given = type;
	return answer;
}

static void kvm_destroy_vm(struct kvm *kvm)
{
	calls++;
	rcu_read_lock();
	known_in_kvm = kl_vm_of(kvm);
	rcu_read_unlock();
}

static int kvm_vcpu_create(struct kvm_vcpu *v)
{
	calls++;
	return answer;
}

/* What KVM got to see. */
static int kvm_set_cpuid(struct kvm_vcpu *v, struct kvm_cpuid_entry2 *e2, int nent)
{
	calls++;
	memcpy(given.e, e2, nent * sizeof(*e2));
	given.nr = nent;
	return answer;
}

static int gate_init(struct kunit *test)
{
	ENV_ORIGINAL(kvm_arch_init_vm, kvm_init_vm);
	ENV_ORIGINAL(kvm_arch_destroy_vm, kvm_destroy_vm);
	ENV_ORIGINAL(kvm_arch_vcpu_create, kvm_vcpu_create);
	ENV_ORIGINAL(kvm_set_cpuid, kvm_set_cpuid);
	calls = 0;
	answer = 0;
	vcpu = env_vcpu(test);
	words_intel(&intel);
	/* Without AMX, closed as levelctl would. */
	words_intel(&less);
	words_unset(&less, 0x7, 0, KL_EDX, BIT(22) | BIT(24) | BIT(25));
	words_unset(&less, 0xd, 0, KL_EAX, 0x60000);
	words_unset(&less, 0x12, 1, KL_ECX, 0x60000);
	words_drop(&less, 0xd, 17);
	words_drop(&less, 0xd, 18);
	words_drop(&less, 0x1d, 0);
	words_drop(&less, 0x1d, 1);
	words_drop(&less, 0x1e, 0);
	words_leaf(&less, 0xd, 0)->r[KL_EBX] = 0xa88;
	words_leaf(&less, 0xd, 0)->r[KL_ECX] = 0xa88;
	/* And a little less: one feature. */
	words_copy(&close_to, &intel);
	words_unset(&close_to, 0x7, 0, KL_EBX, BIT(31));
	env_begin(test);
	env_vendor(test);
	return 0;
}

/* --- KVM_SET_CPUID2 ------------------------------------------------------------ */

static int set_cpuid(void)
{
	return kl_wrap_kvm_set_cpuid(vcpu, table.e, table.nr);
}

static void kvm_sees_no_more_than_the_baseline(struct kunit *test)
{
	struct kl_vm *vm = env_vm(test, vcpu->kvm, env_baseline(test, &less, NULL));

	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	table_from_set(&table, &intel.set);
	KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
	KUNIT_EXPECT_EQ(test, calls, 1U);
	KUNIT_EXPECT_EQ(test, table_admit(&less.set, &given, false), 0U);
	KUNIT_EXPECT_EQ(test, table_row(&given, 0x7, 0)->edx & BIT(24), 0UL);
	KUNIT_EXPECT_EQ(test, table_row(&given, 0x1e, 0)->ebx, 0U);
	/* AVX-512 is in both. */
	KUNIT_EXPECT_NE(test, table_row(&given, 0x7, 0)->ebx & BIT(16), 0UL);
	KUNIT_EXPECT_GT(test, atomic64_read(&vm->cut), 3LL);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->refused), 0LL);
	KUNIT_EXPECT_FALSE(test, vm->above_default);
}

static void leaf_0xd_follows_from_the_components_that_are_left(struct kunit *test)
{
	struct kvm_cpuid_entry2 *e;

	env_vm(test, vcpu->kvm, env_baseline(test, &less, NULL));
	table_from_set(&table, &intel.set);
	table_row(&table, 0xd, 0)->ebx = 0x2b00;
	KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
	e = table_row(&given, 0xd, 0);
	KUNIT_EXPECT_EQ(test, e->eax, 0x2e7U);
	KUNIT_EXPECT_EQ(test, e->ebx, 0xa88U);
	KUNIT_EXPECT_EQ(test, e->ecx, 0xa88U);
	/* Compacted: 576, YMM 256, three of AVX-512, PKRU. */
	e = table_row(&given, 0xd, 1);
	KUNIT_EXPECT_EQ(test, e->ebx, 576U + 0x100 + 0x40 + 0x200 + 0x400 + 8);
	e = table_row(&given, 0xd, 17);
	KUNIT_EXPECT_EQ(test, e->eax | e->ebx | e->ecx | e->edx, 0U);
	e = table_row(&given, 0xd, 18);
	KUNIT_EXPECT_EQ(test, e->eax | e->ebx | e->ecx | e->edx, 0U);
	/* A component that stays lies where it lay. */
	e = table_row(&given, 0xd, 9);
	KUNIT_EXPECT_EQ(test, e->ebx, 0xa80U);
	/* A VMM that takes AVX alone gets sizes for AVX alone. */
	table_from_set(&table, &intel.set);
	table_row(&table, 0xd, 0)->eax = 7;
	KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
	KUNIT_EXPECT_EQ(test, table_row(&given, 0xd, 0)->ecx, 0x340U);
}

static void the_baselines_own_table_is_left_as_it_is(struct kunit *test)
{
	struct kl_vm *vm = env_vm(test, vcpu->kvm, env_baseline(test, &less, NULL));

	kl_mode = KVM_LEVEL_MODE_STRICT;
	table_from_set(&table, &less.set);
	KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
	table_from_set(&table, &less.set);
	KUNIT_EXPECT_EQ(test, memcmp(&given.e, &table.e, table.nr * sizeof(*table.e)), 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->cut) + atomic64_read(&vm->refused), 0LL);
}

static void strict_refuses_and_asks_kvm_nothing(struct kunit *test)
{
	struct kl_vm *vm = env_vm(test, vcpu->kvm, env_baseline(test, &less, NULL));
	static struct vmm_table before;

	kl_mode = KVM_LEVEL_MODE_STRICT;
	table_from_set(&table, &intel.set);
	memcpy(&before, &table, sizeof(before));
	KUNIT_EXPECT_EQ(test, set_cpuid(), -EINVAL);
	KUNIT_EXPECT_EQ(test, calls, 0U);
	KUNIT_EXPECT_EQ(test, memcmp(&before, &table, sizeof(before)), 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->refused), 1LL);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->cut), 0LL);
	/* Sizes alone are no excess, and are brought down. */
	table_from_set(&table, &less.set);
	table_row(&table, 0xd, 0)->ecx = 0x2b00;
	KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
	KUNIT_EXPECT_EQ(test, table_row(&given, 0xd, 0)->ecx, 0xa88U);
}

/* As KVM_SET_CPUID makes a table of a VMM's: no flags, no indices. */
static void set_cpuid_without_flags(struct kunit *test)
{
	int i, nr = 0;

	table_from_set(&table, &less.set);
	for (i = 0; i < table.nr; i++) {
		if (table.e[i].index)
			continue;
		table.e[nr] = table.e[i];
		table.e[nr++].flags = 0;
	}
	table.nr = nr;
	table_add(&table, 0x4, 0)->flags = 0;
	table_row(&table, 0x4, 0)->eax = 0x121;
	KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
}

static void a_row_without_the_flag_becomes_subleaf_0s_alone(struct kunit *test)
{
	static const u32 indexed[] = { 0x7, 0xd };
	struct kl_vm *vm = env_vm(test, vcpu->kvm, env_baseline(test, &less, NULL));
	static struct vmm_table first;
	struct kvm_cpuid_entry2 *e;
	unsigned int i;

	/* Strict: subleaf 0 is what the VMM says with it, and that is no more. */
	kl_mode = KVM_LEVEL_MODE_STRICT;
	set_cpuid_without_flags(test);
	for (i = 0; i < ARRAY_SIZE(indexed); i++) {
		e = table_row(&given, indexed[i], 0);
		KUNIT_EXPECT_EQ(test, e->flags, (u32)KVM_CPUID_FLAG_SIGNIFCANT_INDEX);
		KUNIT_EXPECT_EQ(test, e->ebx, words_reg(&less.set, indexed[i], 0, KL_EBX));
	}
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->cut) + atomic64_read(&vm->refused), 0LL);
	/* What KVM then gives a VMM back is taken again, and stays as it is. */
	memcpy(&first, &given, sizeof(first));
	memcpy(&table, &given, sizeof(table));
	KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
	KUNIT_EXPECT_EQ(test, memcmp(&first, &given, sizeof(first)), 0);
	/* And so is the same table once more: KVM compares after a vCPU has run. */
	set_cpuid_without_flags(test);
	KUNIT_EXPECT_EQ(test, memcmp(&first, &given, sizeof(first)), 0);
	/* A stray index is none: of two such rows KVM took the first, and does so still. */
	e = table_row(&table, 0x7, 0);
	e->flags = 0;
	e->index = 0x55;
	e = table_add(&table, 0x7, 0);
	e->flags = 0;
	e->ebx = BIT(0);
	KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
	for (i = 0; given.e[i].function != 0x7; i++)
		;
	KUNIT_EXPECT_EQ(test, given.e[i].index, 0U);
	KUNIT_EXPECT_EQ(test, given.e[i].ebx, words_reg(&less.set, 0x7, 0, KL_EBX));
	KUNIT_EXPECT_EQ(test, given.e[given.nr - 1].flags, (u32)KVM_CPUID_FLAG_SIGNIFCANT_INDEX);
	/* One with more is refused, and left as it was. */
	table_from_set(&table, &less.set);
	e = table_row(&table, 0x7, 0);
	e->flags = 0;
	e->edx |= BIT(24);
	KUNIT_EXPECT_EQ(test, set_cpuid(), -EINVAL);
	KUNIT_EXPECT_EQ(test, e->flags, 0U);
}

static void a_row_without_subleaves_of_ours_keeps_its_flags(struct kunit *test)
{
	struct kl_vm *vm = env_vm(test, vcpu->kvm, env_baseline(test, &less, NULL));

	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	set_cpuid_without_flags(test);
	KUNIT_EXPECT_EQ(test, table_row(&given, 0x1, 0)->flags, 0U);
	KUNIT_EXPECT_EQ(test, table_row(&given, 0x4, 0)->flags, 0U);
	/* An empty row hides later ones of its leaf, however the table is settled. */
	table_zero(table_row(&table, 0x7, 0));
	table_row(&table, 0x7, 0)->flags = 0;
	table_row(&table, 0xd, 0)->flags = 0;
	KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
	KUNIT_EXPECT_EQ(test, table_row(&given, 0x7, 0)->flags, 0U);
	KUNIT_EXPECT_NE(test, table_row(&given, 0xd, 0)->flags, 0U);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->cut), 0LL);
}

static void a_vm_without_a_pin_is_left_alone(struct kunit *test)
{
	struct kl_vm *vm = env_vm(test, vcpu->kvm, NULL);
	unsigned int mode;

	env_current(test, &less, NULL);
	for (mode = KVM_LEVEL_MODE_OFF; mode <= KVM_LEVEL_MODE_STRICT; mode++) {
		kl_mode = mode;
		table_from_set(&table, &intel.set);
		KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
		KUNIT_EXPECT_EQ(test, memcmp(given.e, table.e, table.nr * sizeof(*table.e)), 0);
		table_from_set(&given, &intel.set);
		KUNIT_EXPECT_EQ(test, memcmp(given.e, table.e, table.nr * sizeof(*table.e)), 0);
	}
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->cut) + atomic64_read(&vm->refused), 0LL);
	/* Only audit counted. */
	KUNIT_EXPECT_GT(test, atomic64_read(&vm->would_cut), 3LL);
	mode = atomic64_read(&vm->would_cut);
	kl_mode = KVM_LEVEL_MODE_AUDIT;
	table_from_set(&table, &less.set);
	KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
	kl_baseline_set_current(NULL);
	table_from_set(&table, &intel.set);
	KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->would_cut), (s64)mode);
}

/* The pin decides, not what has become current, and not the mode either. */
static void a_pin_outlives_its_baseline(struct kunit *test)
{
	env_vm(test, vcpu->kvm, env_baseline(test, &less, NULL));
	env_current(test, &intel, NULL);
	kl_mode = KVM_LEVEL_MODE_OFF;
	table_from_set(&table, &intel.set);
	KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
	KUNIT_EXPECT_EQ(test, table_admit(&less.set, &given, false), 0U);
}

static void more_than_default_within_max_is_noted(struct kunit *test)
{
	struct kl_vm *vm = env_vm(test, vcpu->kvm, env_baseline(test, &close_to, &intel));

	kl_mode = KVM_LEVEL_MODE_STRICT;
	table_from_set(&table, &close_to.set);
	KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
	KUNIT_EXPECT_FALSE(test, vm->above_default);
	table_from_set(&table, &intel.set);
	KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
	KUNIT_EXPECT_NE(test, table_row(&given, 0x7, 0)->ebx & BIT(31), 0UL);
	KUNIT_EXPECT_TRUE(test, vm->above_default);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->cut), 0LL);
	table_row(&table, 0x7, 0)->ebx |= BIT(14);
	KUNIT_EXPECT_EQ(test, set_cpuid(), -EINVAL);
}

static void kvms_refusal_is_passed_on(struct kunit *test)
{
	words_set(&intel, 0x1, 0, KL_ECX, BIT(5));
	words_msr(&intel, 0x491, 1);
	env_vm(test, vcpu->kvm, env_baseline(test, &intel, NULL));
	env_msr(0x491)->value = 3;
	table_from_set(&table, &intel.set);
	answer = -EINVAL;
	KUNIT_EXPECT_EQ(test, set_cpuid(), -EINVAL);
	KUNIT_EXPECT_EQ(test, env_msr(0x491)->stores, 0U);
	/* And what comes with CPUID is levelled behind it. */
	answer = 0;
	KUNIT_EXPECT_EQ(test, set_cpuid(), 0);
	KUNIT_EXPECT_EQ(test, env_msr(0x491)->value, 1ULL);
}

/* --- VMs come and go ----------------------------------------------------------- */

static int make_vm(void)
{
	return kl_wrap_kvm_arch_init_vm(vcpu->kvm, 5);
}

static struct kl_vm *the_vm(void)
{
	struct kl_vm *vm;

	rcu_read_lock();
	vm = kl_vm_of(vcpu->kvm);
	rcu_read_unlock();
	return vm;
}

static void a_vm_is_pinned_where_the_mode_levels(struct kunit *test)
{
	struct kl_baseline *b = env_current(test, &less, NULL);
	unsigned int mode;

	for (mode = KVM_LEVEL_MODE_OFF; mode <= KVM_LEVEL_MODE_STRICT; mode++) {
		kl_mode = mode;
		KUNIT_EXPECT_EQ(test, make_vm(), 0);
		KUNIT_ASSERT_NOT_NULL(test, the_vm());
		KUNIT_EXPECT_PTR_EQ(test, the_vm()->pinned,
				    mode >= KVM_LEVEL_MODE_ENFORCE ? b : NULL);
		/* Known until KVM is through with it. */
		known_in_kvm = false;
		kl_wrap_kvm_arch_destroy_vm(vcpu->kvm);
		KUNIT_EXPECT_TRUE(test, known_in_kvm);
		KUNIT_EXPECT_NULL(test, the_vm());
		rcu_barrier();
		KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
	}
	KUNIT_EXPECT_EQ(test, calls, 8U);
	KUNIT_EXPECT_EQ(test, type_given, 5UL);
	/* One that nobody knows. */
	kl_wrap_kvm_arch_destroy_vm(vcpu->kvm);
}

static void a_process_of_its_own_baseline_has_its_vms_pinned_to_it(struct kunit *test)
{
	struct kl_baseline *own = env_baseline(test, &close_to, NULL);

	env_current(test, &less, NULL);
	KUNIT_EXPECT_EQ(test, kl_process_set(own), 0);
	kl_mode = KVM_LEVEL_MODE_OFF;
	KUNIT_EXPECT_EQ(test, make_vm(), 0);
	KUNIT_EXPECT_PTR_EQ(test, the_vm()->pinned, own);
	kl_mode = KVM_LEVEL_MODE_STRICT;
	KUNIT_EXPECT_EQ(test, make_vm(), 0);
	KUNIT_EXPECT_PTR_EQ(test, the_vm()->pinned, own);
	kl_baseline_put(own);
}

static void a_vm_that_kvm_refuses_leaves_nothing(struct kunit *test)
{
	struct kl_baseline *b = env_current(test, &less, NULL);

	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	answer = -EBUSY;
	KUNIT_EXPECT_EQ(test, make_vm(), -EBUSY);
	KUNIT_EXPECT_NULL(test, the_vm());
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
	KUNIT_EXPECT_EQ(test, atomic_read(&b->vms), 0);
}

static void a_vm_that_cannot_be_levelled_is_not_made(struct kunit *test)
{
	struct kl_baseline *b = env_current(test, &less, NULL);

	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	test_fail_alloc(1);
	KUNIT_EXPECT_EQ(test, make_vm(), -ENOMEM);
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
	b->lacking = true;
	KUNIT_EXPECT_EQ(test, make_vm(), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, calls, 0U);
	KUNIT_EXPECT_NULL(test, the_vm());
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
	/* A host that lacks something is nobody's business in the other modes. */
	kl_mode = KVM_LEVEL_MODE_AUDIT;
	KUNIT_EXPECT_EQ(test, make_vm(), 0);
}

/* What is given to a process counts for its VMs in every mode, and nothing else does. */
static void a_vm_of_its_own_baseline_is_made_where_the_host_has_that(struct kunit *test)
{
	struct kl_baseline *own = env_baseline(test, &close_to, NULL);
	struct kl_baseline *pools = env_current(test, &less, NULL);

	KUNIT_EXPECT_EQ(test, kl_process_set(own), 0);
	own->lacking = true;
	KUNIT_EXPECT_EQ(test, make_vm(), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, calls, 0U);
	own->lacking = false;
	pools->lacking = true;
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	KUNIT_EXPECT_EQ(test, make_vm(), 0);
	KUNIT_EXPECT_PTR_EQ(test, the_vm()->pinned, own);
	kl_baseline_put(own);
}

/* As while hooks are being armed under a KVM that runs. */
static void no_vm_is_pinned_before_all_hooks_are_there(struct kunit *test)
{
	struct kl_baseline *b = env_current(test, &less, NULL);

	kl_vendor = NULL;
	KUNIT_EXPECT_EQ(test, make_vm(), 0);
	KUNIT_EXPECT_NULL(test, the_vm()->pinned);
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	calls = 0;
	KUNIT_EXPECT_EQ(test, make_vm(), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, calls, 0U);
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
}

/* --- vCPUs ---------------------------------------------------------------------- */

static void a_vcpu_is_born_levelled(struct kunit *test)
{
	struct kl_baseline *b;

	words_msr(&less, 0x10a, 0x8);
	b = env_baseline(test, &less, NULL);
	env_vm(test, vcpu->kvm, b);
	env_msr(0x10a)->value = 0x0c0aa0eb;
	env_msr(0xc0011029)->value = 0x2;
	vcpu->arch.arch_capabilities = 0x0c0aa0eb;
	vcpu->arch.perf_capabilities = 0x3fff;
	/* Before there is a PMU, KVM takes none but 0. */
	*env_msr(0x345) = (struct env_msr){
		.index = 0x345, .refused = ~0ULL, .at = &vcpu->arch.perf_capabilities,
	};
	KUNIT_EXPECT_EQ(test, kl_wrap_kvm_arch_vcpu_create(vcpu), 0);
	KUNIT_EXPECT_EQ(test, (u64)vcpu->arch.cr4_guest_rsvd_bits, b->cr4_hidden);
	KUNIT_EXPECT_TRUE(test, vcpu->arch.pv_cpuid.enforce);
	KUNIT_EXPECT_EQ(test, env_msr(0x10a)->value, 0x8ULL);
	/* The baseline has no such register. */
	KUNIT_EXPECT_EQ(test, env_msr(0xc0011029)->value, 0ULL);
	KUNIT_EXPECT_EQ(test, vcpu->arch.arch_capabilities, 0x8ULL);
	KUNIT_EXPECT_EQ(test, vcpu->arch.perf_capabilities, 0x2000ULL);
}

static void a_vcpu_of_nobodys_or_that_kvm_refuses_is_left_alone(struct kunit *test)
{
	env_msr(0x10a)->value = 0x0c0aa0eb;
	KUNIT_EXPECT_EQ(test, kl_wrap_kvm_arch_vcpu_create(vcpu), 0);
	env_vm(test, vcpu->kvm, env_baseline(test, &less, NULL));
	answer = -ENOMEM;
	KUNIT_EXPECT_EQ(test, kl_wrap_kvm_arch_vcpu_create(vcpu), -ENOMEM);
	KUNIT_EXPECT_EQ(test, env_msr(0x10a)->stores, 0U);
	KUNIT_EXPECT_EQ(test, vcpu->arch.cr4_guest_rsvd_bits, 0UL);
	KUNIT_EXPECT_FALSE(test, vcpu->arch.pv_cpuid.enforce);
}

static struct kunit_case gate_cpuid_cases[] = {
	KUNIT_CASE(kvm_sees_no_more_than_the_baseline),
	KUNIT_CASE(leaf_0xd_follows_from_the_components_that_are_left),
	KUNIT_CASE(the_baselines_own_table_is_left_as_it_is),
	KUNIT_CASE(strict_refuses_and_asks_kvm_nothing),
	KUNIT_CASE(a_row_without_the_flag_becomes_subleaf_0s_alone),
	KUNIT_CASE(a_row_without_subleaves_of_ours_keeps_its_flags),
	KUNIT_CASE(a_vm_without_a_pin_is_left_alone),
	KUNIT_CASE(a_pin_outlives_its_baseline),
	KUNIT_CASE(more_than_default_within_max_is_noted),
	KUNIT_CASE(kvms_refusal_is_passed_on),
	KUNIT_CASE(a_vm_is_pinned_where_the_mode_levels),
	KUNIT_CASE(a_process_of_its_own_baseline_has_its_vms_pinned_to_it),
	KUNIT_CASE(a_vm_that_kvm_refuses_leaves_nothing),
	KUNIT_CASE(a_vm_that_cannot_be_levelled_is_not_made),
	KUNIT_CASE(a_vm_of_its_own_baseline_is_made_where_the_host_has_that),
	KUNIT_CASE(no_vm_is_pinned_before_all_hooks_are_there),
	KUNIT_CASE(a_vcpu_is_born_levelled),
	KUNIT_CASE(a_vcpu_of_nobodys_or_that_kvm_refuses_is_left_alone),
	{}
};

struct kunit_suite kl_suite_gate_cpuid = {
	.name = "kl_gate_cpuid",
	.init = gate_init,
	.exit = env_end,
	.test_cases = gate_cpuid_cases,
};

// SPDX-License-Identifier: GPL-2.0
/* The admit gate for MSRs, capabilities and EFER, with a page of a VMM's. */
#include "../kmod/gate_msr.c"

#include "env.h"
#include "suites.h"

static struct words intel;
static struct kvm_vcpu *vcpu;
static struct file *filp;

/* --- KVM, as far as it matters ---------------------------------------------- */

static unsigned int calls;
/* What it finds in the VMM's page, and what it then holds. */
static u64 seen[8];
static u64 opens;
static struct kvm_enable_cap cap_given;

static long kvm_vcpu_ioctl_(struct file *f, unsigned int ioctl, unsigned long arg)
{
	struct kvm_msrs __user *msrs = (void __user *)arg;
	struct kvm_one_reg reg;
	struct kvm_msr_entry e;
	u32 i, nr = 0;

	calls++;
	if (ioctl == KVM_SET_ONE_REG) {
		if (copy_from_user(&reg, (void __user *)arg, sizeof(reg)) ||
		    get_user(seen[0], (u64 __user *)reg.addr))
			return -EFAULT;
		return 0;
	}
	if (ioctl == KVM_ENABLE_CAP) {
		vcpu->arch.pv_cpuid.enforce = false;
		return 0;
	}
	if (get_user(nr, &msrs->nmsrs))
		return -EFAULT;
	for (i = 0; i < nr && i < ARRAY_SIZE(seen); i++) {
		if (copy_from_user(&e, &msrs->entries[i], sizeof(e)))
			return -EFAULT;
		seen[i] = e.data;
		env_msr(e.index)->value = e.data;
	}
	if (opens)
		env_msr(MSR_IA32_SPEC_CTRL)->value = opens;
	return nr;
}

/* How often each was called, and how many stores there had been at the last call. */
static unsigned int loads, puts, stores_at_load, stores_at_put;

static void vcpu_load_(struct kvm_vcpu *v)
{
	loads++;
	stores_at_load = env_msr(0x10a)->stores;
}

static void vcpu_put_(struct kvm_vcpu *v)
{
	puts++;
	stores_at_put = env_msr(0x10a)->stores;
}

static int kvm_enable_cap_(struct kvm *kvm, struct kvm_enable_cap *cap)
{
	calls++;
	cap_given = *cap;
	return 0;
}

static int gate_init(struct kunit *test)
{
	ENV_ORIGINAL(kvm_arch_vcpu_ioctl, kvm_vcpu_ioctl_);
	ENV_ORIGINAL(kvm_vm_ioctl_enable_cap, kvm_enable_cap_);
	ENV_ORIGINAL(vcpu_load, vcpu_load_);
	ENV_ORIGINAL(vcpu_put, vcpu_put_);
	calls = 0;
	loads = 0;
	puts = 0;
	opens = 0;
	memset(seen, 0, sizeof(seen));
	vcpu = env_vcpu(test);
	filp = kunit_kzalloc(test, sizeof(*filp), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, filp);
	filp->private_data = vcpu;
	words_intel(&intel);
	words_msr(&intel, 0x10a, 0x8);
	env_begin(test);
	env_vendor(test);
	return 0;
}

/* --- KVM_SET_MSRS ------------------------------------------------------------------ */

static void put_msrs(struct kunit *test, void __user *page, const struct kvm_msr_entry *e, u32 nr)
{
	struct kvm_msrs __user *msrs = page;

	KUNIT_EXPECT_EQ(test, put_user(nr, &msrs->nmsrs), 0);
	KUNIT_EXPECT_EQ(test, copy_to_user(msrs->entries, e, nr * sizeof(*e)), 0UL);
}

static u64 data_of(void __user *page, u32 i)
{
	struct kvm_msrs __user *msrs = page;
	u64 data = ~0ULL;

	if (get_user(data, &msrs->entries[i].data))
		return ~0ULL;
	return data;
}

static long set_msrs(void __user *page)
{
	return kl_wrap_kvm_arch_vcpu_ioctl(filp, KVM_SET_MSRS, (unsigned long)page);
}

static const struct kvm_msr_entry some[] = {
	{ .index = 0x10a, .data = 0x0c0aa0eb },		/* more than the baseline */
	{ .index = 0x8b, .data = 0x1234 },		/* the VMM's own */
	{ .index = 0x174, .data = 0x10 },		/* nobody's */
	{ .index = 0x10a, .data = 0x8 },		/* the baseline's */
};

static void kvm_stores_no_more_and_the_vmm_keeps_its_page(struct kunit *test)
{
	struct kl_vm *vm = env_vm(test, vcpu->kvm, env_baseline(test, &intel, NULL));
	void __user *page = env_user_begin(test);
	u32 i;

	put_msrs(test, page, some, ARRAY_SIZE(some));
	KUNIT_EXPECT_EQ(test, set_msrs(page), (long)ARRAY_SIZE(some));
	KUNIT_EXPECT_EQ(test, seen[0], 0x8ULL);
	for (i = 1; i < ARRAY_SIZE(some); i++)
		KUNIT_EXPECT_EQ(test, seen[i], some[i].data);
	for (i = 0; i < ARRAY_SIZE(some); i++)
		KUNIT_EXPECT_EQ(test, data_of(page, i), some[i].data);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->cut), 1LL);
	env_user_end(page);
}

static void strict_refuses_and_kvm_stores_nothing(struct kunit *test)
{
	struct kl_vm *vm = env_vm(test, vcpu->kvm, env_baseline(test, &intel, NULL));
	void __user *page = env_user_begin(test);

	kl_mode = KVM_LEVEL_MODE_STRICT;
	put_msrs(test, page, some, ARRAY_SIZE(some));
	KUNIT_EXPECT_EQ(test, set_msrs(page), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, calls, 0U);
	KUNIT_EXPECT_EQ(test, data_of(page, 0), some[0].data);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->refused), 1LL);
	put_msrs(test, page, some + 1, 3);
	KUNIT_EXPECT_EQ(test, set_msrs(page), 3L);
	KUNIT_EXPECT_EQ(test, calls, 1U);
	env_user_end(page);
}

static void a_vm_without_a_pin_stores_what_it_likes(struct kunit *test)
{
	void __user *page;

	env_vm(test, vcpu->kvm, NULL);
	page = env_user_begin(test);
	put_msrs(test, page, some, 2);
	KUNIT_EXPECT_EQ(test, set_msrs(page), 2L);
	KUNIT_EXPECT_EQ(test, seen[0], some[0].data);
	KUNIT_EXPECT_EQ(test, loads, 0U);
	env_user_end(page);
}

static void hidden_registers_over_and_over_are_refused(struct kunit *test)
{
	static struct kvm_msr_entry many[KL_LENT_MAX + 1];
	void __user *page;
	u32 i;

	env_vm(test, vcpu->kvm, env_baseline(test, &intel, NULL));
	page = env_user_begin(test);
	for (i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = some[0];
	put_msrs(test, page, many, KL_LENT_MAX);
	KUNIT_EXPECT_EQ(test, set_msrs(page), (long)KL_LENT_MAX);
	put_msrs(test, page, many, ARRAY_SIZE(many));
	KUNIT_EXPECT_EQ(test, set_msrs(page), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, calls, 1U);
	for (i = 0; i < ARRAY_SIZE(many); i++)
		KUNIT_EXPECT_EQ(test, data_of(page, i), some[0].data);
	env_user_end(page);
}

static void what_kvm_will_refuse_is_left_to_it(struct kunit *test)
{
	struct kvm_msrs __user *msrs;
	void __user *page;

	env_vm(test, vcpu->kvm, env_baseline(test, &intel, NULL));
	page = env_user_begin(test);
	msrs = page;
	KUNIT_EXPECT_EQ(test, set_msrs((void __user *)8), (long)-EFAULT);
	KUNIT_EXPECT_EQ(test, put_user(KL_IO_MSRS, &msrs->nmsrs), 0);
	set_msrs(page);
	KUNIT_EXPECT_EQ(test, calls, 2U);
	/* A table that runs off the page: nothing that came before is lost. */
	KUNIT_EXPECT_EQ(test, put_user(2, (u32 __user *)(page + PAGE_SIZE - 24)), 0);
	KUNIT_EXPECT_EQ(test, set_msrs(page + PAGE_SIZE - 24), (long)-EFAULT);
	KUNIT_EXPECT_EQ(test, calls, 3U);
	env_user_end(page);
}

static void one_register_is_levelled_as_many_are(struct kunit *test)
{
	struct kvm_one_reg reg = { .id = KL_REG_TYPE_MSR | KVM_REG_SIZE_U64 | 0x10a };
	struct kl_vm *vm = env_vm(test, vcpu->kvm, env_baseline(test, &intel, NULL));
	void __user *page = env_user_begin(test);
	u64 __user *value = page + 64;
	u64 data = 0;

	reg.addr = (unsigned long)value;
	KUNIT_EXPECT_EQ(test, put_user(0x0c0aa0ebULL, value), 0);
	KUNIT_EXPECT_EQ(test, copy_to_user(page, &reg, sizeof(reg)), 0UL);
	KUNIT_EXPECT_EQ(test, kl_wrap_kvm_arch_vcpu_ioctl(filp, KVM_SET_ONE_REG,
							  (unsigned long)page), 0L);
	KUNIT_EXPECT_EQ(test, seen[0], 0x8ULL);
	KUNIT_EXPECT_EQ(test, get_user(data, value), 0);
	KUNIT_EXPECT_EQ(test, data, 0x0c0aa0ebULL);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->cut), 1LL);
	/* Another kind of register is none of ours. */
	reg.id = KVM_REG_X86 | 3ull << 32 | KVM_REG_SIZE_U64 | 0x10a;
	KUNIT_EXPECT_EQ(test, copy_to_user(page, &reg, sizeof(reg)), 0UL);
	KUNIT_EXPECT_EQ(test, kl_wrap_kvm_arch_vcpu_ioctl(filp, KVM_SET_ONE_REG,
							  (unsigned long)page), 0L);
	KUNIT_EXPECT_EQ(test, seen[0], 0x0c0aa0ebULL);
	env_user_end(page);
}

/* --- What KVM hands to the guest once the VMM has stored something ------------------ */

static void a_register_that_opens_stays_closed_without_its_feature(struct kunit *test)
{
	static const struct kvm_msr_entry e[] = {
		{ .index = MSR_IA32_SPEC_CTRL, .data = 1 },
		{ .index = MSR_IA32_PRED_CMD, .data = 1 },
		{ .index = MSR_IA32_XFD, .data = 1 },
	};
	struct kvm *other = env_vcpu(test)->kvm;
	void __user *page;
	u32 i;

	/* Intel's offer has them all. */
	words_intel(&intel);
	env_vm(test, vcpu->kvm, env_baseline(test, &intel, NULL));
	words_unset(&intel, 0x7, 0, KL_EDX, BIT(26));
	words_unset(&intel, 0x80000008, 0, KL_EBX, ~0u);
	words_unset(&intel, 0xd, 1, KL_EAX, BIT(4));
	env_vm(test, other, env_baseline(test, &intel, NULL));
	page = env_user_begin(test);
	put_msrs(test, page, e, ARRAY_SIZE(e));
	KUNIT_EXPECT_EQ(test, set_msrs(page), (long)ARRAY_SIZE(e));
	for (i = 0; i < ARRAY_SIZE(e); i++)
		KUNIT_EXPECT_EQ_MSG(test, seen[i], 1ULL, "0x%x", e[i].index);
	vcpu->kvm = other;
	KUNIT_EXPECT_EQ(test, set_msrs(page), (long)ARRAY_SIZE(e));
	for (i = 0; i < ARRAY_SIZE(e); i++)
		KUNIT_EXPECT_EQ_MSG(test, seen[i], 0ULL, "0x%x", e[i].index);
	KUNIT_EXPECT_FALSE(test, other->vm_dead);
	env_user_end(page);
}

/* BTF is everybody's; bus locks and RTM have a feature each, and Intel's LBR a format. */
static void debugctl_loses_the_bits_of_hidden_features(struct kunit *test)
{
	static const struct kvm_msr_entry e[] = {
		{ .index = MSR_IA32_DEBUGCTLMSR, .data = 0x8807 },
	};
	static const struct {
		u32 vendor, ebx, ecx;
		u64 perf, stored;
	} baseline[] = {
		{ KVM_LEVEL_VENDOR_INTEL, 0, 0, 0x5, 0x803 },
		{ KVM_LEVEL_VENDOR_INTEL, BIT(11), 0, 0x5, 0x8803 },
		{ KVM_LEVEL_VENDOR_INTEL, 0, BIT(24), 0x5, 0x807 },
		{ KVM_LEVEL_VENDOR_INTEL, BIT(11), BIT(24), 0x5, 0x8807 },
		{ KVM_LEVEL_VENDOR_INTEL, 0, 0, 0x2000, 0x2 },
		{ KVM_LEVEL_VENDOR_AMD, 0, 0, 0, 0x803 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(baseline); i++) {
		struct kl_vm *vm;
		void __user *page;

		words_unset(&intel, 0x7, 0, KL_EBX, BIT(11));
		words_unset(&intel, 0x7, 0, KL_ECX, BIT(24));
		words_set(&intel, 0x7, 0, KL_EBX, baseline[i].ebx);
		words_set(&intel, 0x7, 0, KL_ECX, baseline[i].ecx);
		words_set(&intel, 0x1, 0, KL_ECX, BIT(15));
		words_msr(&intel, 0x345, baseline[i].perf);
		env_vendor_is(baseline[i].vendor);
		vcpu->kvm = env_vcpu(test)->kvm;
		vm = env_vm(test, vcpu->kvm, env_baseline(test, &intel, NULL));
		page = env_user_begin(test);
		put_msrs(test, page, e, ARRAY_SIZE(e));
		KUNIT_EXPECT_EQ(test, set_msrs(page), (long)ARRAY_SIZE(e));
		KUNIT_EXPECT_EQ(test, seen[0], baseline[i].stored);
		KUNIT_EXPECT_EQ(test, data_of(page, 0), e[0].data);
		KUNIT_EXPECT_EQ(test, atomic64_read(&vm->cut),
				baseline[i].stored == e[0].data ? 0LL : 1LL);
		env_user_end(page);
	}
}

static void a_vm_that_raced_one_open_is_stopped(struct kunit *test)
{
	void __user *page;

	words_unset(&intel, 0x7, 0, KL_EDX, BIT(26));
	words_unset(&intel, 0x80000008, 0, KL_EBX, ~0u);
	env_vm(test, vcpu->kvm, env_baseline(test, &intel, NULL));
	page = env_user_begin(test);
	put_msrs(test, page, some + 1, 1);
	opens = 1;
	KUNIT_EXPECT_EQ(test, set_msrs(page), (long)-EIO);
	KUNIT_EXPECT_TRUE(test, vcpu->kvm->vm_dead);
	env_user_end(page);
}

/* What KVM holds is looked at again: a VMM may have written behind our back. */
static void what_kvm_holds_is_brought_down(struct kunit *test)
{
	struct kl_vm *vm = env_vm(test, vcpu->kvm, env_baseline(test, &intel, NULL));
	void __user *page = env_user_begin(test);

	put_msrs(test, page, some + 1, 1);
	env_msr(0x10a)->value = 0x0c0aa0eb;
	vcpu->arch.ia32_xss = 0x100;
	KUNIT_EXPECT_EQ(test, set_msrs(page), 1L);
	KUNIT_EXPECT_EQ(test, env_msr(0x10a)->value, 0x8ULL);
	KUNIT_EXPECT_EQ(test, vcpu->arch.ia32_xss, 0ULL);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->cut), 2LL);
	/* Some writers of MSRs want the vCPU loaded, as KVM's own callers have it. */
	KUNIT_EXPECT_EQ(test, loads, 1U);
	KUNIT_EXPECT_EQ(test, puts, 1U);
	KUNIT_EXPECT_EQ(test, stores_at_put, stores_at_load + 1);
	env_msr(0x10a)->value = 0x0c0aa0eb;
	kl_mode = KVM_LEVEL_MODE_STRICT;
	KUNIT_EXPECT_EQ(test, set_msrs(page), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, env_msr(0x10a)->value, 0x8ULL);
	env_user_end(page);
}

/* A guest's own bit is none of its VMM's doing: law 1, and no call fails for it. */
static void what_a_guest_may_set_itself_stays(struct kunit *test)
{
	struct kl_vm *vm = env_vm(test, vcpu->kvm, env_baseline(test, &intel, NULL));
	void __user *page = env_user_begin(test);
	static const struct kvm_msr_entry e[] = { { .index = 0xc0011029, .data = 0x2 } };

	env_msr(0xc0011029)->value = 0x2;
	put_msrs(test, page, some + 1, 1);
	KUNIT_EXPECT_EQ(test, set_msrs(page), 1L);
	KUNIT_EXPECT_EQ(test, env_msr(0xc0011029)->value, 0x2ULL);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->cut), 0LL);
	kl_mode = KVM_LEVEL_MODE_STRICT;
	KUNIT_EXPECT_EQ(test, set_msrs(page), 1L);
	KUNIT_EXPECT_EQ(test, env_msr(0xc0011029)->value, 0x2ULL);
	/* A VMM may not. */
	put_msrs(test, page, e, 1);
	KUNIT_EXPECT_EQ(test, set_msrs(page), (long)-EINVAL);
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	KUNIT_EXPECT_EQ(test, set_msrs(page), 1L);
	KUNIT_EXPECT_EQ(test, seen[0], 0ULL);
	env_user_end(page);
}

static void a_value_that_kvm_refuses_becomes_none(struct kunit *test)
{
	struct env_msr *m = env_msr(0x10a);
	u64 beyond = 0;

	m->value = 0x0c0aa0eb;
	m->refused = 0x8;
	KUNIT_EXPECT_TRUE(test, kl_level_msr(vcpu, 0x10a, kl_admit_msr, &intel.set, &beyond));
	KUNIT_EXPECT_EQ(test, m->value, 0ULL);
	KUNIT_EXPECT_EQ(test, beyond, 0x0c0aa0e3ULL);
	/* Nothing more, nothing at all, and one that KVM doesn't know. */
	m->value = 0x8;
	KUNIT_EXPECT_FALSE(test, kl_level_msr(vcpu, 0x10a, kl_admit_msr, &intel.set, &beyond));
	m->value = 0;
	KUNIT_EXPECT_FALSE(test, kl_level_msr(vcpu, 0x10a, kl_offer_msr, &intel.set, &beyond));
	KUNIT_EXPECT_FALSE(test, kl_level_msr(vcpu, 0x345, kl_admit_msr, &intel.set, &beyond));
}

static void registers_follow_cpuid_only_where_the_host_has_more(struct kunit *test)
{
	struct kl_baseline *b;
	struct kl_vm *vm;

	words_set(&intel, 0x1, 0, KL_ECX, BIT(5));
	words_msr(&intel, 0x48c, 0x1);
	words_msr(&intel, 0x491, 0x1);
	b = env_baseline(test, &intel, NULL);
	vm = env_vm(test, vcpu->kvm, b);
	b->msrs_below = BIT_ULL(kl_msr_shape_find(0x491) - kl_msr_shapes);
	env_msr(0x48c)->value = 0x41;
	env_msr(0x491)->value = 0x3;
	kl_msrs_follow_cpuid(vm, vcpu);
	KUNIT_EXPECT_EQ(test, env_msr(0x491)->value, 0x1ULL);
	KUNIT_EXPECT_EQ(test, env_msr(0x48c)->value, 0x41ULL);
}

/* A baseline that was narrowed: default has less of a register than max. */
static void a_register_above_default_is_noted_and_one_below_is_not(struct kunit *test)
{
	static struct words less;
	struct kl_vm *vm;
	void __user *page;

	words_copy(&less, &intel);
	words_msr(&less, 0x10a, 0);
	vm = env_vm(test, vcpu->kvm, env_baseline(test, &less, &intel));
	page = env_user_begin(test);
	put_msrs(test, page, some + 1, 2);
	KUNIT_EXPECT_EQ(test, set_msrs(page), 2L);
	KUNIT_EXPECT_FALSE(test, vm->above_default);
	put_msrs(test, page, some, 1);
	KUNIT_EXPECT_EQ(test, set_msrs(page), 1L);
	KUNIT_EXPECT_EQ(test, env_msr(0x10a)->value, 0x8ULL);
	KUNIT_EXPECT_TRUE(test, vm->above_default);
	env_user_end(page);
}

/* A control that default has always on, and max has not: with it off there is more. */
static void a_bit_that_default_has_to_have_counts_too(struct kunit *test)
{
	static const struct kvm_msr_entry e[] = { { .index = 0x48d, .data = 0x7f00000016 } };
	static struct words less;
	struct kl_vm *vm;
	void __user *page;

	words_set(&intel, 0x1, 0, KL_ECX, BIT(5));
	words_msr(&intel, 0x48d, 0x7f00000016);
	words_copy(&less, &intel);
	words_msr(&less, 0x48d, 0x7f00000017);
	vm = env_vm(test, vcpu->kvm, env_baseline(test, &less, &intel));
	page = env_user_begin(test);
	env_msr(0x48d)->value = 0x7f00000017;
	put_msrs(test, page, some + 1, 1);
	KUNIT_EXPECT_EQ(test, set_msrs(page), 1L);
	KUNIT_EXPECT_FALSE(test, vm->above_default);
	put_msrs(test, page, e, 1);
	KUNIT_EXPECT_EQ(test, set_msrs(page), 1L);
	KUNIT_EXPECT_TRUE(test, vm->above_default);
	env_user_end(page);
}

static void registers_that_follow_cpuid_get_default_until_a_guest_has_more(struct kunit *test)
{
	static struct words less;
	struct kl_baseline *b;
	struct kl_vm *vm;

	words_set(&intel, 0x1, 0, KL_ECX, BIT(5));
	words_msr(&intel, 0x491, 0x3);
	words_copy(&less, &intel);
	words_msr(&less, 0x491, 0x1);
	b = env_baseline(test, &less, &intel);
	vm = env_vm(test, vcpu->kvm, b);
	/* A host that has no more than max has more than default. */
	KUNIT_EXPECT_NE(test, b->msrs_below & BIT_ULL(kl_msr_shape_find(0x491) - kl_msr_shapes),
			0ULL);
	KUNIT_EXPECT_NE(test, kl_msrs_below(&b->def.set, &intel.set) &
			BIT_ULL(kl_msr_shape_find(0x491) - kl_msr_shapes), 0ULL);
	env_msr(0x491)->value = 0x7;
	kl_msrs_follow_cpuid(vm, vcpu);
	KUNIT_EXPECT_EQ(test, env_msr(0x491)->value, 0x1ULL);
	vm->above_default = true;
	env_msr(0x491)->value = 0x7;
	kl_msrs_follow_cpuid(vm, vcpu);
	KUNIT_EXPECT_EQ(test, env_msr(0x491)->value, 0x3ULL);
}

/* --- EFER and capabilities ------------------------------------------------------------ */

static void efer_loses_the_bits_of_hidden_features(struct kunit *test)
{
	struct kl_vm *vm = env_vm(test, vcpu->kvm, env_baseline(test, &intel, NULL));
	struct kvm_vcpu *free = env_vcpu(test);

	/* Intel's has no SVM, but SYSCALL, long mode and NX. */
	KUNIT_EXPECT_EQ(test, kl_gate_efer(vcpu, 0x1d01), 0xd01ULL);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->cut), 1LL);
	KUNIT_EXPECT_EQ(test, kl_gate_efer(vcpu, 0xd01), 0xd01ULL);
	KUNIT_EXPECT_EQ(test, atomic64_read(&vm->cut), 1LL);
	KUNIT_EXPECT_EQ(test, kl_gate_efer(free, 0x1d01), 0x1d01ULL);
}

static void pv_features_stay_enforced(struct kunit *test)
{
	struct kvm_vcpu *free = env_vcpu(test), *pinned = vcpu;

	env_vm(test, vcpu->kvm, env_baseline(test, &intel, NULL));
	KUNIT_EXPECT_EQ(test, kl_wrap_kvm_arch_vcpu_ioctl(filp, KVM_ENABLE_CAP, 0), 0L);
	KUNIT_EXPECT_TRUE(test, vcpu->arch.pv_cpuid.enforce);
	vcpu = free;
	filp->private_data = free;
	KUNIT_EXPECT_EQ(test, kl_wrap_kvm_arch_vcpu_ioctl(filp, KVM_ENABLE_CAP, 0), 0L);
	KUNIT_EXPECT_FALSE(test, vcpu->arch.pv_cpuid.enforce);
	vcpu = pinned;
}

static u64 enable(u32 cap, u64 arg)
{
	struct kvm_enable_cap c = { .cap = cap, .args = { arg } };

	return kl_wrap_kvm_vm_ioctl_enable_cap(vcpu->kvm, &c) ? ~0ULL : cap_given.args[0];
}

static void capabilities_that_show_hidden_features_lose_that(struct kunit *test)
{
	u64 mwait = KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT, hlt = KVM_X86_DISABLE_EXITS_HLT;
	u64 hidden = KL_COMPAT_DISABLE_EXITS_APERFMPERF | KVM_X86_DISABLE_EXITS_MWAIT;
	struct kvm *other = env_vcpu(test)->kvm;

	KUNIT_EXPECT_EQ(test, enable(KVM_CAP_DISABLE_QUIRKS2, mwait | 1), mwait | 1);
	env_vm(test, other, env_baseline(test, &intel, NULL));
	vcpu->kvm = other;
	KUNIT_EXPECT_EQ(test, enable(KVM_CAP_DISABLE_QUIRKS2, mwait | 1), 1ULL);
	KUNIT_EXPECT_EQ(test, enable(KVM_CAP_DISABLE_QUIRKS, mwait | 1), 1ULL);
	KUNIT_EXPECT_EQ(test, enable(KVM_CAP_X86_DISABLE_EXITS, hidden | hlt), hlt);
	KUNIT_EXPECT_EQ(test, enable(KVM_CAP_SPLIT_IRQCHIP, mwait | 1), mwait | 1);
	/* With the features it may have them. */
	words_set(&intel, 0x1, 0, KL_ECX, BIT(3));
	words_set(&intel, 0x6, 0, KL_ECX, BIT(0));
	other = env_vcpu(test)->kvm;
	env_vm(test, other, env_baseline(test, &intel, NULL));
	vcpu->kvm = other;
	KUNIT_EXPECT_EQ(test, enable(KVM_CAP_DISABLE_QUIRKS2, mwait | 1), mwait | 1);
	KUNIT_EXPECT_EQ(test, enable(KVM_CAP_X86_DISABLE_EXITS, hidden | hlt), hidden | hlt);
}

static void only_calls_that_matter_come_by(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, kl_vcpu_ioctl_filter(0, KVM_SET_MSRS));
	KUNIT_EXPECT_TRUE(test, kl_vcpu_ioctl_filter(0, KVM_SET_ONE_REG));
	KUNIT_EXPECT_TRUE(test, kl_vcpu_ioctl_filter(0, KVM_ENABLE_CAP));
	KUNIT_EXPECT_FALSE(test, kl_vcpu_ioctl_filter(0, KVM_RUN));
	KUNIT_EXPECT_FALSE(test, kl_vcpu_ioctl_filter(0, KVM_GET_MSRS));
}

static struct kunit_case gate_msr_cases[] = {
	KUNIT_CASE(kvm_stores_no_more_and_the_vmm_keeps_its_page),
	KUNIT_CASE(strict_refuses_and_kvm_stores_nothing),
	KUNIT_CASE(a_vm_without_a_pin_stores_what_it_likes),
	KUNIT_CASE(hidden_registers_over_and_over_are_refused),
	KUNIT_CASE(what_kvm_will_refuse_is_left_to_it),
	KUNIT_CASE(one_register_is_levelled_as_many_are),
	KUNIT_CASE(a_register_that_opens_stays_closed_without_its_feature),
	KUNIT_CASE(debugctl_loses_the_bits_of_hidden_features),
	KUNIT_CASE(a_vm_that_raced_one_open_is_stopped),
	KUNIT_CASE(what_kvm_holds_is_brought_down),
	KUNIT_CASE(a_value_that_kvm_refuses_becomes_none),
	KUNIT_CASE(registers_follow_cpuid_only_where_the_host_has_more),
	KUNIT_CASE(what_a_guest_may_set_itself_stays),
	KUNIT_CASE(a_register_above_default_is_noted_and_one_below_is_not),
	KUNIT_CASE(a_bit_that_default_has_to_have_counts_too),
	KUNIT_CASE(registers_that_follow_cpuid_get_default_until_a_guest_has_more),
	KUNIT_CASE(efer_loses_the_bits_of_hidden_features),
	KUNIT_CASE(pv_features_stay_enforced),
	KUNIT_CASE(capabilities_that_show_hidden_features_lose_that),
	KUNIT_CASE(only_calls_that_matter_come_by),
	{}
};

struct kunit_suite kl_suite_gate_msr = {
	.name = "kl_gate_msr",
	.init = gate_init,
	.exit = env_end,
	.test_cases = gate_msr_cases,
};

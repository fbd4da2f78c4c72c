// SPDX-License-Identifier: GPL-2.0
/* The advertise gate: what a VMM is offered, and what the host's KVM has behind it. */
#include "compat/compat.h"

/* The processor is Intel's, below. */
#define cpuid_count	cpu_cpuid_count
static void cpu_cpuid_count(unsigned int leaf, unsigned int subleaf, u32 *eax, u32 *ebx,
			    u32 *ecx, u32 *edx);

#include "../kmod/gate_advertise.c"
#include "policy/internal.h"

#include "env.h"
#include "suites.h"
#include "tables.h"

static struct words intel, less, cpu;
static struct vmm_table offer, got;

/* --- KVM, as far as it matters ---------------------------------------------- */

static int answer;
static u64 feature_msr;
static u64 xcomp;

static void cpu_cpuid_count(unsigned int leaf, unsigned int subleaf, u32 *eax, u32 *ebx,
			    u32 *ecx, u32 *edx)
{
	*eax = words_reg(&cpu.set, leaf, subleaf, KL_EAX);
	*ebx = words_reg(&cpu.set, leaf, subleaf, KL_EBX);
	*ecx = words_reg(&cpu.set, leaf, subleaf, KL_ECX);
	/* Reserved, and KVM hides it. */
	*edx = 0xffffffff;
}

static int kvm_get_cpuid(struct kvm_cpuid2 *cpuid, struct kvm_cpuid_entry2 __user *entries,
			 unsigned int type)
{
	if (answer)
		return answer;
	if (cpuid->nent < offer.nr)
		return -E2BIG;
	cpuid->nent = offer.nr;
	/* A page that went away meanwhile is found by who reads it. */
	if (copy_to_user(entries, offer.e, offer.nr * sizeof(*offer.e)))
		return 0;
	return 0;
}

static int kvm_feature_msr(struct kvm_vcpu *vcpu, unsigned int index, u64 *data)
{
	if (index == 0xcf)
		return 1;
	*data = feature_msr;
	return answer;
}

static long kvm_dev_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg)
{
	struct kvm_device_attr attr;

	if (answer || copy_from_user(&attr, (void __user *)arg, sizeof(attr)))
		return answer ?: -EFAULT;
	if (!xcomp)
		return -ENXIO;
	return copy_to_user((void __user *)attr.addr, &xcomp, sizeof(xcomp)) ? -EFAULT : 0;
}

static int advertise_init(struct kunit *test)
{
	ENV_ORIGINAL(kvm_dev_ioctl_get_cpuid, kvm_get_cpuid);
	ENV_ORIGINAL(get_feature_msr, kvm_feature_msr);
	ENV_ORIGINAL(kvm_arch_dev_ioctl, kvm_dev_ioctl);
	answer = 0;
	feature_msr = 0x0c0aa0eb;
	xcomp = 0x602e7;
	words_intel(&cpu);
	words_intel(&intel);
	words_intel(&less);
	words_unset(&less, 0x7, 0, KL_EBX, BIT(31));
	words_msr(&less, 0x10a, 0x8);
	table_from_set(&offer, &intel.set);
	memset(&got, 0, sizeof(got));
	return env_begin(test);
}

static void advertise_exit(struct kunit *test)
{
	kl_host_forget();
	env_end(test);
}

void env_host_offer(struct kunit *test, const struct words *w)
{
	kl_host_forget();
	env_words(test, &kl_host, w);
	kl_host_known = true;
}

/* KVM_GET_SUPPORTED_CPUID or the like; what the VMM has then is in got. */
static int ask(void __user *page, unsigned int type)
{
	struct kvm_cpuid2 cpuid = { .nent = PAGE_SIZE / sizeof(*got.e) };
	int ret = kl_wrap_kvm_dev_ioctl_get_cpuid(&cpuid, page, type);

	got.nr = cpuid.nent;
	if (!ret && copy_from_user(got.e, page, got.nr * sizeof(*got.e)))
		return -EIO;
	return ret;
}

static void a_vmm_is_offered_exactly_the_default(struct kunit *test)
{
	void __user *page;

	/* The host lacks a bit of the baseline, forced as it may be: it can't be offered. */
	words_set(&less, 0x7, 0, KL_ECX, BIT(22));
	env_current(test, &less, NULL);
	page = env_user_begin(test);
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	KUNIT_EXPECT_EQ(test, ask(page, KVM_GET_SUPPORTED_CPUID), 0);
	KUNIT_EXPECT_EQ(test, table_row(&got, 0x7, 0)->ebx, words_reg(&less.set, 7, 0, KL_EBX));
	KUNIT_EXPECT_EQ(test, table_row(&got, 0x7, 0)->ecx, words_reg(&intel.set, 7, 0, KL_ECX));
	KUNIT_EXPECT_EQ(test, table_row(&got, 0x1, 0)->ecx, words_reg(&less.set, 1, 0, KL_ECX));
	KUNIT_EXPECT_EQ(test, table_admit(&less.set, &got, false), 0U);
	env_user_end(page);
}

static void max_is_not_what_is_offered(struct kunit *test)
{
	void __user *page;

	env_current(test, &less, &intel);
	page = env_user_begin(test);
	kl_mode = KVM_LEVEL_MODE_STRICT;
	KUNIT_EXPECT_EQ(test, ask(page, KVM_GET_SUPPORTED_CPUID), 0);
	KUNIT_EXPECT_EQ(test, table_row(&got, 0x7, 0)->ebx & BIT(31), 0UL);
	env_user_end(page);
}

static void nothing_is_changed_without_a_baseline_or_its_mode(struct kunit *test)
{
	void __user *page = env_user_begin(test);

	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	KUNIT_EXPECT_EQ(test, ask(page, KVM_GET_SUPPORTED_CPUID), 0);
	KUNIT_EXPECT_EQ(test, memcmp(got.e, offer.e, got.nr * sizeof(*got.e)), 0);
	env_user_end(page);
	env_current(test, &less, NULL);
	page = env_user_begin(test);
	kl_mode = KVM_LEVEL_MODE_AUDIT;
	KUNIT_EXPECT_EQ(test, ask(page, KVM_GET_SUPPORTED_CPUID), 0);
	KUNIT_EXPECT_EQ(test, memcmp(got.e, offer.e, got.nr * sizeof(*got.e)), 0);
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	answer = -E2BIG;
	KUNIT_EXPECT_EQ(test, ask(page, KVM_GET_SUPPORTED_CPUID), -E2BIG);
	env_user_end(page);
}

static void what_kvm_emulates_is_cut_and_not_added_to(struct kunit *test)
{
	void __user *page;

	env_current(test, &less, NULL);
	page = env_user_begin(test);
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	memset(&offer, 0, sizeof(offer));
	table_add(&offer, 0x7, 0)->ebx = BIT(31) | BIT(30);
	KUNIT_EXPECT_EQ(test, ask(page, KVM_GET_EMULATED_CPUID), 0);
	KUNIT_EXPECT_EQ(test, got.e[0].ebx, (u32)BIT(30));
	KUNIT_EXPECT_EQ(test, ask(page, KVM_GET_SUPPORTED_CPUID), 0);
	/* Bad news: the pool's. */
	KUNIT_EXPECT_EQ(test, got.e[0].ebx, (u32)(BIT(30) | BIT(13) | BIT(6)));
	env_user_end(page);
}

static void a_page_that_is_not_there_is_a_fault(struct kunit *test)
{
	struct kvm_cpuid2 cpuid = { .nent = TABLE_ROWS };
	void __user *page;

	env_current(test, &less, NULL);
	page = env_user_begin(test);
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	KUNIT_EXPECT_EQ(test, kl_wrap_kvm_dev_ioctl_get_cpuid(&cpuid, (void __user *)8,
							      KVM_GET_SUPPORTED_CPUID), -EFAULT);
	env_user_end(page);
}

/* The baseline that changes between a VM's making and its VMM's question. */
static void a_process_with_a_vm_is_offered_what_that_is_pinned_to(struct kunit *test)
{
	void __user *page;

	env_vm(test, env_vcpu(test)->kvm, env_baseline(test, &intel, NULL))->mm = test_mm;
	env_current(test, &less, NULL);
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	page = env_user_begin(test);
	KUNIT_EXPECT_EQ(test, ask(page, KVM_GET_SUPPORTED_CPUID), 0);
	KUNIT_EXPECT_NE(test, table_row(&got, 0x7, 0)->ebx & BIT(31), 0UL);
	env_user_end(page);
	/* One that isn't levelled is offered the host. */
	env_vm(test, env_vcpu(test)->kvm, NULL)->mm = test_mm;
	page = env_user_begin(test);
	KUNIT_EXPECT_EQ(test, ask(page, KVM_GET_SUPPORTED_CPUID), 0);
	KUNIT_EXPECT_EQ(test, memcmp(got.e, offer.e, got.nr * sizeof(*got.e)), 0);
	env_user_end(page);
}

static void feature_msrs_are_offered_as_the_default_has_them(struct kunit *test)
{
	u64 data = 0;

	KUNIT_EXPECT_EQ(test, kl_wrap_get_feature_msr(NULL, 0x10a, &data), 0);
	KUNIT_EXPECT_EQ(test, data, feature_msr);
	env_current(test, &less, NULL);
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	KUNIT_EXPECT_EQ(test, kl_wrap_get_feature_msr(NULL, 0x10a, &data), 0);
	KUNIT_EXPECT_EQ(test, data, 0x8ULL);
	/* What nobody knows isn't shown, what is the VMM's passes. */
	KUNIT_EXPECT_EQ(test, kl_wrap_get_feature_msr(NULL, 0x122, &data), 0);
	KUNIT_EXPECT_EQ(test, data, 0ULL);
	KUNIT_EXPECT_EQ(test, kl_wrap_get_feature_msr(NULL, 0x8b, &data), 0);
	KUNIT_EXPECT_EQ(test, data, feature_msr);
	KUNIT_EXPECT_EQ(test, kl_wrap_get_feature_msr(NULL, 0xcf, &data), 1);
}

static void components_are_offered_as_the_default_has_them(struct kunit *test)
{
	struct kvm_device_attr attr = { .attr = KVM_X86_XCOMP_GUEST_SUPP };
	void __user *page;
	u64 xcr0 = 0;

	words_intel(&intel);
	words_unset(&intel, 0xd, 0, KL_EAX, 0x60000);
	words_unset(&intel, 0x12, 1, KL_ECX, 0x60000);
	env_current(test, &intel, NULL);
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	page = env_user_begin(test);
	attr.addr = (unsigned long)page + 64;
	KUNIT_EXPECT_EQ(test, copy_to_user(page, &attr, sizeof(attr)), 0UL);
	KUNIT_EXPECT_EQ(test, kl_wrap_kvm_arch_dev_ioctl(NULL, KVM_GET_DEVICE_ATTR,
							 (unsigned long)page), 0L);
	KUNIT_EXPECT_EQ(test, copy_from_user(&xcr0, page + 64, sizeof(xcr0)), 0UL);
	KUNIT_EXPECT_EQ(test, xcr0, 0x2e7ULL);
	/* Another attribute is none of ours. */
	attr.group = 1;
	KUNIT_EXPECT_EQ(test, copy_to_user(page, &attr, sizeof(attr)), 0UL);
	KUNIT_EXPECT_EQ(test, kl_wrap_kvm_arch_dev_ioctl(NULL, KVM_GET_DEVICE_ATTR,
							 (unsigned long)page), 0L);
	KUNIT_EXPECT_EQ(test, copy_from_user(&xcr0, page + 64, sizeof(xcr0)), 0UL);
	KUNIT_EXPECT_EQ(test, xcr0, 0x602e7ULL);
	KUNIT_EXPECT_EQ(test, kl_wrap_kvm_arch_dev_ioctl(NULL, KVM_GET_DEVICE_ATTR, 8),
			(long)-EFAULT);
	answer = -ENXIO;
	KUNIT_EXPECT_EQ(test, kl_wrap_kvm_arch_dev_ioctl(NULL, KVM_GET_DEVICE_ATTR,
							 (unsigned long)page), (long)-ENXIO);
	env_user_end(page);
	KUNIT_EXPECT_TRUE(test, kl_dev_ioctl_filter(0, KVM_GET_DEVICE_ATTR));
	KUNIT_EXPECT_FALSE(test, kl_dev_ioctl_filter(0, KVM_GET_SUPPORTED_CPUID));
}

static void the_hosts_offer_is_read_unlevelled(struct kunit *test)
{
	const struct kl_set *host;
	void __user *page;
	int i;

	KUNIT_EXPECT_NULL(test, kl_host_offer());
	/* A task without memory of its own can't ask. */
	KUNIT_EXPECT_EQ(test, kl_host_read(), -ESRCH);
	env_current(test, &less, NULL);
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	table_row(&offer, 0x1, 0)->ecx &= ~(u32)BIT(24);
	table_add(&offer, 0x4, 0)->eax = 1;
	table_add(&offer, 0x3f, 0)->eax = 1;
	*table_add(&offer, 0x7, 0) = *table_row(&offer, 0x7, 0);
	page = env_user_begin(test);
	for (i = 1; i <= 4; i++) {
		test_fail_alloc(i);
		KUNIT_EXPECT_EQ(test, kl_host_read(), -ENOMEM);
		KUNIT_EXPECT_TRUE(test, test_alloc_failed());
		KUNIT_EXPECT_NULL(test, kl_host_offer());
	}
	test_fail_alloc(0);
	KUNIT_EXPECT_EQ(test, kl_host_read(), 0);
	host = kl_host_offer();
	if (host) {
		KUNIT_EXPECT_NE(test, words_reg(host, 7, 0, KL_EBX) & BIT(31), 0UL);
		/* KVM has it, and doesn't say so. */
		KUNIT_EXPECT_NE(test, words_reg(host, 1, 0, KL_ECX) & BIT(24), 0UL);
		KUNIT_EXPECT_NULL(test, kl_set_leaf(host, 0x4, 0));
		KUNIT_EXPECT_NULL(test, kl_set_leaf(host, 0x3f, 0));
		KUNIT_EXPECT_EQ(test, words_msr_value(host, 0x10a), feature_msr);
		KUNIT_EXPECT_NULL(test, kl_set_msr(host, 0xcf));
		KUNIT_EXPECT_NULL(test, kl_set_msr(host, 0x8b));
		KUNIT_EXPECT_EQ(test, kl_set_order(host, NULL), 0);
	}
	KUNIT_EXPECT_NOT_NULL(test, host);
	/* Once more: the older one goes. */
	KUNIT_EXPECT_EQ(test, kl_host_read(), 0);
	answer = -EIO;
	KUNIT_EXPECT_EQ(test, kl_host_read(), -EIO);
	env_user_end(page);
	kl_host_forget();
	KUNIT_EXPECT_NULL(test, kl_host_offer());
}

/* As KVM offers AMX to a process that has not asked for its components. */
static void offer_without_leave(void)
{
	words_copy(&less, &intel);
	words_unset(&less, 0xd, 0, KL_EAX, 0x60000);
	words_drop(&less, 0xd, 17);
	words_drop(&less, 0xd, 18);
	words_put(&less, 0xd, 0, words_reg(&less.set, 0xd, 0, KL_EAX), 0xa88, 0xa88, 0);
	table_from_set(&offer, &less.set);
}

static void the_hosts_offer_has_what_kvm_gives_only_those_that_ask(struct kunit *test)
{
	const struct kl_set *host;
	unsigned int r, n;
	void __user *page;

	/* All but what is the VMM's and no module's. */
	offer_without_leave();
	feature_msr = ~0ULL;
	page = env_user_begin(test);
	KUNIT_EXPECT_EQ(test, kl_host_read(), 0);
	host = kl_host_offer();
	KUNIT_EXPECT_EQ(test, kl_set_subset(&intel.set, host, NULL), 0);
	for (n = 17; n <= 18; n++) {
		for (r = 0; r < KL_NR_REGS; r++)
			KUNIT_EXPECT_EQ(test, words_reg(host, 0xd, n, r),
					words_reg(&intel.set, 0xd, n, r));
	}
	for (r = 0; r < KL_NR_REGS; r++)
		KUNIT_EXPECT_EQ(test, words_reg(host, 0xd, 0, r),
				words_reg(&intel.set, 0xd, 0, r));
	KUNIT_EXPECT_EQ(test, kl_set_order(host, NULL), 0);
	/* A KVM without XFD. */
	table_row(&offer, 0xd, 1)->eax &= ~(u32)BIT(4);
	KUNIT_EXPECT_EQ(test, kl_host_read(), 0);
	KUNIT_EXPECT_EQ(test, words_reg(kl_host_offer(), 0xd, 18, KL_ECX), 2U);
	/* Who loads the module may have asked: nothing is there twice. */
	table_from_set(&offer, &intel.set);
	KUNIT_EXPECT_EQ(test, kl_host_read(), 0);
	KUNIT_EXPECT_EQ(test, kl_set_order(kl_host_offer(), NULL), 0);
	KUNIT_EXPECT_EQ(test, kl_set_subset(&intel.set, kl_host_offer(), NULL), 0);
	env_user_end(page);
}

static void the_hosts_offer_has_no_components_that_kvm_gives_nobody(struct kunit *test)
{
	static const u64 given[] = { 0x2e7, 0x202e7, 0x402e7, 0 };
	struct kl_place at = { };
	unsigned int i;
	void __user *page;

	offer_without_leave();
	feature_msr = ~0ULL;
	page = env_user_begin(test);
	for (i = 0; i < ARRAY_SIZE(given); i++) {
		/* 0: a KVM that can't be asked. */
		xcomp = given[i];
		KUNIT_EXPECT_EQ(test, kl_host_read(), 0);
		KUNIT_EXPECT_EQ(test, words_reg(kl_host_offer(), 0xd, 0, KL_EAX), 0x2e7U);
		KUNIT_EXPECT_EQ(test, words_reg(kl_host_offer(), 0xd, 0, KL_ECX), 0xa88U);
		KUNIT_EXPECT_NULL(test, kl_set_leaf(kl_host_offer(), 0xd, 17));
		KUNIT_EXPECT_NULL(test, kl_set_leaf(kl_host_offer(), 0xd, 18));
		KUNIT_EXPECT_NE(test, kl_set_subset(&intel.set, kl_host_offer(), &at), 0);
		KUNIT_EXPECT_EQ(test, at.leaf, 0xdU);
	}
	/* A KVM without XSAVE. */
	xcomp = 0x602e7;
	for (i = 0; i < offer.nr; i++) {
		if (offer.e[i].function == 0xd)
			offer.e[i].function = 0x3f;
	}
	KUNIT_EXPECT_EQ(test, kl_host_read(), 0);
	KUNIT_EXPECT_NULL(test, kl_set_leaf(kl_host_offer(), 0xd, 17));
	env_user_end(page);
}

/* The baseline has AMX: a VMM that KVM offers none, for it has not asked, gets none. */
static void a_baseline_adds_no_components_to_what_kvm_offers(struct kunit *test)
{
	struct kvm_cpuid_entry2 *e;
	void __user *page;
	int i;

	offer_without_leave();
	env_current(test, &intel, NULL);
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	page = env_user_begin(test);
	KUNIT_EXPECT_EQ(test, ask(page, KVM_GET_SUPPORTED_CPUID), 0);
	e = table_row(&got, 0xd, 0);
	KUNIT_EXPECT_EQ(test, e->eax, 0x2e7U);
	KUNIT_EXPECT_EQ(test, e->ecx, 0xa88U);
	for (i = 0; i < got.nr; i++)
		KUNIT_EXPECT_FALSE(test, got.e[i].function == 0xd && got.e[i].index > 16);
	/* And one that has asked gets what KVM offers it. */
	table_from_set(&offer, &intel.set);
	KUNIT_EXPECT_EQ(test, ask(page, KVM_GET_SUPPORTED_CPUID), 0);
	KUNIT_EXPECT_EQ(test, table_row(&got, 0xd, 0)->eax, 0x602e7U);
	KUNIT_EXPECT_EQ(test, table_row(&got, 0xd, 18)->eax, 0x2000U);
	env_user_end(page);
}

static struct kunit_case advertise_cases[] = {
	KUNIT_CASE(a_vmm_is_offered_exactly_the_default),
	KUNIT_CASE(max_is_not_what_is_offered),
	KUNIT_CASE(nothing_is_changed_without_a_baseline_or_its_mode),
	KUNIT_CASE(what_kvm_emulates_is_cut_and_not_added_to),
	KUNIT_CASE(a_page_that_is_not_there_is_a_fault),
	KUNIT_CASE(a_process_with_a_vm_is_offered_what_that_is_pinned_to),
	KUNIT_CASE(feature_msrs_are_offered_as_the_default_has_them),
	KUNIT_CASE(components_are_offered_as_the_default_has_them),
	KUNIT_CASE(the_hosts_offer_is_read_unlevelled),
	KUNIT_CASE(the_hosts_offer_has_what_kvm_gives_only_those_that_ask),
	KUNIT_CASE(the_hosts_offer_has_no_components_that_kvm_gives_nobody),
	KUNIT_CASE(a_baseline_adds_no_components_to_what_kvm_offers),
	{}
};

struct kunit_suite kl_suite_gate_advertise = {
	.name = "kl_gate_advertise",
	.init = advertise_init,
	.exit = advertise_exit,
	.test_cases = advertise_cases,
};

// SPDX-License-Identifier: GPL-2.0
/* KVM's modules coming and going, on a host that has no KVM. */
#include <linux/module.h>
#undef module_init
#undef module_exit
#undef MODULE_LICENSE
#undef MODULE_AUTHOR
#undef MODULE_DESCRIPTION
#undef MODULE_VERSION
#define module_init(f)		static int (*const load)(void) __maybe_unused = f
#define module_exit(f)		static void (*const unload)(void) __maybe_unused = f
#define MODULE_LICENSE(x)
#define MODULE_AUTHOR(x)
#define MODULE_DESCRIPTION(x)
#define MODULE_VERSION(x)	static_assert(true)
#include "../kmod/main.c"

#include "env.h"
#include "suites.h"

static struct words intel;
static struct module *fake;

static int main_init(struct kunit *test)
{
	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	words_intel(&intel);
	env_hooks_forget();
	KUNIT_ASSERT_EQ(test, kl_selfproof_init() ?: kl_gate_init() ?: kl_svm_init() ?:
			kl_vmx_init(), 0);
	return env_begin(test);
}

static void main_exit(struct kunit *test)
{
	kl_detach();
	env_hooks_forget();
	env_end(test);
}

static int event(const char *module, unsigned long what)
{
	strscpy(fake->name, module, sizeof(fake->name));
	return kl_module_event(&kl_module_nb, what, fake);
}

static void the_proof_is_passed_here(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kl_selfproof_run(), 0);
	KUNIT_EXPECT_FALSE(test, kl_hooks_armed(KBUILD_MODNAME, KL_HOOK_BASE));
}

/* These have none of the functions that are to be hooked. */
static void a_kvm_that_cannot_be_hooked_loads_only_without_a_level(struct kunit *test)
{
	const char *const modules[] = { "kvm", kl_svm.fits() ? "kvm_amd" : "kvm_intel" };
	struct kl_baseline *own;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, event("ext4", MODULE_STATE_COMING), NOTIFY_DONE);
	if (!kl_svm.fits() && !kl_vmx.fits())
		kunit_skip(test, "a processor without VMX or SVM");
	for (i = 0; i < ARRAY_SIZE(modules); i++)
		KUNIT_EXPECT_EQ(test, event(modules[i], MODULE_STATE_COMING), NOTIFY_OK);
	env_current(test, &intel, NULL);
	KUNIT_EXPECT_EQ(test, event("kvm", MODULE_STATE_COMING), NOTIFY_OK);
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	for (i = 0; i < ARRAY_SIZE(modules); i++) {
		KUNIT_EXPECT_EQ(test, notifier_to_errno(event(modules[i], MODULE_STATE_COMING)),
				-ENOENT);
		KUNIT_EXPECT_EQ(test, event(modules[i], MODULE_STATE_GOING), NOTIFY_DONE);
	}
	KUNIT_EXPECT_NULL(test, kl_vendor);
	/* A level of one process alone is one, too. */
	kl_baseline_set_current(NULL);
	KUNIT_EXPECT_EQ(test, event("kvm", MODULE_STATE_COMING), NOTIFY_OK);
	kl_mode = KVM_LEVEL_MODE_OFF;
	own = env_baseline(test, &intel, NULL);
	KUNIT_EXPECT_EQ(test, kl_process_set(own), 0);
	kl_baseline_put(own);
	KUNIT_EXPECT_EQ(test, notifier_to_errno(event("kvm", MODULE_STATE_COMING)), -ENOENT);
}

/* It will find no processor of its own, and go: nothing may depend on it meanwhile. */
static void the_other_vendors_module_is_let_by(struct kunit *test)
{
	const char *other = kl_svm.fits() ? "kvm_intel" : "kvm_amd";

	KUNIT_EXPECT_FALSE(test, kl_svm.fits() && kl_vmx.fits());
	env_current(test, &intel, NULL);
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	KUNIT_EXPECT_EQ(test, event(other, MODULE_STATE_COMING), NOTIFY_DONE);
	KUNIT_EXPECT_NULL(test, kl_vendor);
	KUNIT_EXPECT_EQ(test, event(other, MODULE_STATE_LIVE), NOTIFY_DONE);
	KUNIT_EXPECT_EQ(test, event(other, MODULE_STATE_GOING), NOTIFY_DONE);
	KUNIT_EXPECT_NULL(test, kl_vendor);
}

/* The kernel does not tell that one which we kept out goes again. */
static void a_kvm_that_was_kept_out_is_not_there(struct kunit *test)
{
	const char *why = NULL;

	KUNIT_EXPECT_EQ(test, event("kvm", MODULE_STATE_COMING), NOTIFY_OK);
	KUNIT_EXPECT_TRUE(test, kl_kvm_there);
	env_current(test, &intel, NULL);
	kl_mode = KVM_LEVEL_MODE_ENFORCE;
	KUNIT_EXPECT_EQ(test, notifier_to_errno(event("kvm", MODULE_STATE_COMING)), -ENOENT);
	KUNIT_EXPECT_FALSE(test, kl_kvm_there);
	mutex_lock(&kl_mutex);
	KUNIT_EXPECT_EQ(test, kl_ready_to_level(&why), 0);
	mutex_unlock(&kl_mutex);
}

static void vms_are_forgotten_where_hooks_fail(struct kunit *test)
{
	struct kl_baseline *b = env_baseline(test, &intel, NULL);
	unsigned int vms, stranded;

	env_vm(test, env_vcpu(test)->kvm, kl_baseline_get(b));
	env_vm(test, env_vcpu(test)->kvm, NULL);
	/* Another's coming changes nothing. */
	KUNIT_EXPECT_EQ(test, event("ext4", MODULE_STATE_COMING), NOTIFY_DONE);
	kl_vms_count(NULL, &vms, &stranded);
	KUNIT_EXPECT_EQ(test, vms, 2U);
	KUNIT_EXPECT_EQ(test, event("kvm", MODULE_STATE_COMING), NOTIFY_OK);
	kl_vms_count(NULL, &vms, &stranded);
	KUNIT_EXPECT_EQ(test, vms, 0U);
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
	kl_baseline_put(b);
}

static void a_host_is_ready_where_kvm_is_hooked_or_away(struct kunit *test)
{
	const char *why = NULL;

	mutex_lock(&kl_mutex);
	kl_kvm_there = false;
	KUNIT_EXPECT_EQ(test, kl_ready_to_level(&why), 0);
	kl_kvm_there = true;
	KUNIT_EXPECT_EQ(test, kl_ready_to_level(&why), -EBUSY);
	KUNIT_EXPECT_NOT_NULL(test, strstr(why ?: "", "can't find kvm:"));
	kl_kvm_there = false;
	mutex_unlock(&kl_mutex);
}

static void a_host_lacks_what_its_offer_lacks(struct kunit *test)
{
	static struct words less;
	struct kl_baseline *b, *own;

	words_intel(&less);
	words_unset(&less, 0x7, 0, KL_EBX, BIT(31));
	mutex_lock(&kl_mutex);
	kl_host_check();
	KUNIT_EXPECT_FALSE(test, kl_host_lacking);
	b = env_current(test, &intel, NULL);
	kl_host_check();
	KUNIT_EXPECT_FALSE(test, kl_host_lacking);
	/* A vendor's module that hasn't been asked yet. */
	env_vendor(test);
	kl_host_check();
	KUNIT_EXPECT_TRUE(test, kl_host_lacking);
	kl_vendor_live();
	KUNIT_EXPECT_TRUE(test, kl_host_lacking);
	env_host_offer(test, &intel);
	kl_host_check();
	KUNIT_EXPECT_FALSE(test, kl_host_lacking);
	/* PERF_CAPABILITIES comes with PDCM: the host has no more. */
	KUNIT_EXPECT_EQ(test, b->msrs_below, kl_msrs_below(&intel.set, &intel.set));
	env_host_offer(test, &less);
	kl_host_check_aloud();
	KUNIT_EXPECT_TRUE(test, kl_host_lacking);
	/* One that a process was given is held to the same. */
	own = env_baseline(test, &intel, NULL);
	kl_baseline_publish(own);
	kl_host_check();
	KUNIT_EXPECT_TRUE(test, own->lacking);
	b->forced = true;
	kl_host_check();
	KUNIT_EXPECT_FALSE(test, kl_host_lacking);
	KUNIT_EXPECT_TRUE(test, own->lacking);
	env_host_offer(test, &intel);
	kl_host_check();
	KUNIT_EXPECT_FALSE(test, own->lacking);
	kl_baseline_put(own);
	kl_vendor = &kl_svm;
	kl_vendor_going(&kl_svm);
	KUNIT_EXPECT_NULL(test, kl_vendor);
	KUNIT_EXPECT_NULL(test, kl_host_offer());
	mutex_unlock(&kl_mutex);
}

static void it_loads_and_leaves_and_loads_again(struct kunit *test)
{
	unsigned int i;

	/* The family is there already: nothing else is left behind. */
	env_hooks_forget();
	KUNIT_EXPECT_EQ(test, kl_init(), -EEXIST);
	KUNIT_EXPECT_FALSE(test, kl_hooks_armed(KBUILD_MODNAME, KL_HOOK_BASE));
	kl_netlink_exit();
	for (i = 0; i < 2; i++) {
		env_hooks_forget();
		KUNIT_EXPECT_EQ(test, kl_init(), 0);
		env_current(test, &intel, NULL);
		kl_exit();
		KUNIT_EXPECT_NULL(test, kl_baseline_current());
	}
	KUNIT_EXPECT_EQ(test, kl_netlink_init(), 0);
}

static struct kunit_case main_cases[] = {
	KUNIT_CASE(the_proof_is_passed_here),
	KUNIT_CASE(a_kvm_that_cannot_be_hooked_loads_only_without_a_level),
	KUNIT_CASE(vms_are_forgotten_where_hooks_fail),
	KUNIT_CASE(the_other_vendors_module_is_let_by),
	KUNIT_CASE(a_kvm_that_was_kept_out_is_not_there),
	KUNIT_CASE(a_host_is_ready_where_kvm_is_hooked_or_away),
	KUNIT_CASE(a_host_lacks_what_its_offer_lacks),
	KUNIT_CASE(it_loads_and_leaves_and_loads_again),
	{}
};

struct kunit_suite kl_suite_main = {
	.name = "kl_main",
	.init = main_init,
	.exit = main_exit,
	.test_cases = main_cases,
};

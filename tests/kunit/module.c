// SPDX-License-Identifier: GPL-2.0
/*
 * kl_kunit: kvm_level's sources and their tests, as a module.  Loading it runs
 * them; what came of it is in debugfs (/sys/kernel/debug/kunit) until it goes.
 *
 * Suites are run from here and not by KUnit's notifier of modules, which a kernel
 * without KUnit doesn't have.
 */
#include <linux/module.h>
#include <linux/sched/mm.h>

#include "env.h"
#include "netlink.h"
#include "suites.h"

#ifdef KL_KUNIT_ASKS_TO_RUN
#define run_suites(list, nr)	__kunit_test_suites_init(list, nr, true)
#else
#define run_suites(list, nr)	__kunit_test_suites_init(list, nr)
#endif

#define SUITE(name)		&kl_suite_##name,
#define UNIT_SUITE(name)	&kl_suite_policy_##name,

static struct kunit_suite *suites[] = { UNIT_SUITES(UNIT_SUITE) KL_SUITES(SUITE) };

/* Whose memory a test may borrow: KUnit's tasks have none. */
struct mm_struct *test_mm;

static int __init kl_kunit_init(void)
{
	int ret;

	test_mm = get_task_mm(current);
	if (!test_mm)
		return -ESRCH;
	/* For all: what is tested says its events. */
	ret = kl_netlink_init();
	if (!ret) {
		ret = run_suites(suites, ARRAY_SIZE(suites));
		kl_netlink_exit();
	}
	mmput(test_mm);
	test_mm = NULL;
	return ret;
}

static void __exit kl_kunit_exit(void)
{
	__kunit_test_suites_exit(suites, ARRAY_SIZE(suites));
}

module_init(kl_kunit_init);
module_exit(kl_kunit_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Tests of kvm_level");
MODULE_VERSION("0.0.0");

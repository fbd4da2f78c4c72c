/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Force-included before every file of the test module.
 *
 * The module is made of kmod/'s own sources, unchanged: what they need to be
 * tested is done to them from here, so that nothing of it is in kvm_level.ko.
 */
#ifndef KUNIT_PRELUDE_H
#define KUNIT_PRELUDE_H

/* As kmod/ has it: a definition that is the same may be repeated. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/sched.h>

#ifdef KL_STOCK_KUNIT
/*
 * A kernel without KUnit, and KUnit as a module beside it.  The kernel's own
 * structures are defined by now, without room for KUnit, before it is switched on.
 */
#define CONFIG_KUNIT_MODULE		1
#define CONFIG_KUNIT_DEBUGFS		1
#define CONFIG_KUNIT_DEFAULT_ENABLED	1
/* Newer ones ask for these: all suites, whatever they are. */
#define CONFIG_KUNIT_DEFAULT_FILTER_GLOB	""
#define CONFIG_KUNIT_DEFAULT_FILTER		""
#define CONFIG_KUNIT_DEFAULT_FILTER_ACTION	""
#define CONFIG_KUNIT_DEFAULT_TIMEOUT		300
struct kunit;
#endif

#ifdef KL_WITHOUT_MODULES
/*
 * KUnit finds the suites of modules by what a kernel without it doesn't keep.  Newer
 * ones can't be told that there are no modules: theirs are these, and none ever comes.
 */
#undef CONFIG_MODULES
struct kunit_suite;
struct kl_no_module {
	struct kunit_suite **kunit_suites, **kunit_init_suites;
	int num_kunit_suites, num_kunit_init_suites;
};
#endif

/* Suites run functions of the start-up, more than once. */
#undef __init
#define __init

#ifdef KL_COUNT_ALLOCATIONS
/*
 * Each allocation of kmod/ is counted, and the n-th can be made to fail: what is
 * not given back shows, and error paths are walked on any kernel.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/kvm_host.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include "alloc.h"
#undef kzalloc
#undef kvcalloc
#undef kfree
#undef kvfree
#undef kfree_rcu
#undef genlmsg_new
#define kzalloc(size, flags)		test_alloc(size, flags)
#define kvcalloc(n, size, flags)	test_alloc(array_size(n, size), flags)
#define kfree(p)			test_free(p)
#define kvfree(p)			test_free(p)
#define kfree_rcu(p, member)		call_rcu(&(p)->member, test_free_rcu_##member)
#define genlmsg_new(size, flags)	test_skb(size, flags)
#endif

#endif /* KUNIT_PRELUDE_H */

// SPDX-License-Identifier: GPL-2.0
/* The hook table, on functions of this module: all or nothing, and nothing left. */
#include "../kmod/hook.c"

#include <linux/delay.h>
#include <linux/kthread.h>

#include "env.h"
#include "suites.h"

/* Four functions to hook: each adds its number. */
#define TARGET(n)							\
	static noinline __noclone __used int hook_target_##n(int x)	\
	{								\
		barrier();						\
		return x + (n);						\
	}								\
	static int kl_wrap_hook_target_##n(int x);			\
	KL_ORIGINAL(hook_target_##n, kl_wrap_hook_target_##n);		\
	static int kl_wrap_hook_target_##n(int x)			\
	{								\
		int idx = srcu_read_lock(&kl_hook_srcu);		\
		int ret = 100 + static_call(kl_orig_hook_target_##n)(x); \
									\
		srcu_read_unlock(&kl_hook_srcu, idx);			\
		return ret;						\
	}

TARGET(1)
TARGET(2)
TARGET(3)
TARGET(4)

static noinline notrace __used int hook_target_untraced(int x)
{
	barrier();
	return x;
}

static __always_inline bool is_seven(unsigned long x, unsigned long unused)
{
	return (int)x == 7;
}

KL_HOOK_FILTER(entry_seven, is_seven);

#define HOOK(n, fatal)	KL_HOOK(KBUILD_MODNAME, "hook_target_" #n, hook_target_##n, \
				KL_HOOK_BASE, fatal, kl_hook_always, "number " #n)
static const struct kl_hook pristine[] = {
	HOOK(1, true), HOOK(2, true), HOOK(3, true), HOOK(4, true),
};
static struct kl_hook hooks[ARRAY_SIZE(pristine)];

void env_hooks_forget(void)
{
	kl_nr_tables = 0;
	kl_nr_call_tables = 0;
}

static unsigned int tables_before, calls_before;

static int hook_init(struct kunit *test)
{
	tables_before = kl_nr_tables;
	calls_before = kl_nr_call_tables;
	kl_nr_tables = 0;
	kl_nr_call_tables = 0;
	memcpy(hooks, pristine, sizeof(hooks));
	KUNIT_ASSERT_EQ(test, kl_hooks_add(hooks, ARRAY_SIZE(hooks)), 0);
	return env_begin(test);
}

static void hook_exit(struct kunit *test)
{
	kl_hooks_disarm(NULL, KL_HOOK_BASE);
	kl_hooks_disarm(NULL, KL_HOOK_EXIT);
	kl_nr_tables = tables_before;
	kl_nr_call_tables = calls_before;
	env_end(test);
}

/* Which of the four go through their wrapper, a bit for each. */
static unsigned int hooked(void)
{
	int (*const volatile target[])(int) = {
		hook_target_1, hook_target_2, hook_target_3, hook_target_4,
	};
	unsigned int i, mask = 0;

	for (i = 0; i < ARRAY_SIZE(target); i++) {
		int got = target[i](10), plain = 10 + (int)i + 1;

		if (got == plain + 100)
			mask |= BIT(i);
		else if (got != plain)
			mask |= BIT(16 + i);
	}
	return mask;
}

static void armed_hooks_run_wrapper_and_original(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, hooked(), 0U);
	KUNIT_EXPECT_FALSE(test, kl_hooks_armed(KBUILD_MODNAME, KL_HOOK_BASE));
	KUNIT_EXPECT_EQ(test, kl_hooks_arm(KBUILD_MODNAME, KL_HOOK_BASE), 0);
	KUNIT_EXPECT_EQ(test, hooked(), 0xfU);
	KUNIT_EXPECT_TRUE(test, kl_hooks_armed(KBUILD_MODNAME, KL_HOOK_BASE));
	KUNIT_EXPECT_STREQ(test, kl_hooks_error(), "");
	/* Again: nothing changes. */
	KUNIT_EXPECT_EQ(test, kl_hooks_arm(KBUILD_MODNAME, KL_HOOK_BASE), 0);
	KUNIT_EXPECT_EQ(test, hooked(), 0xfU);
	kl_hooks_disarm(KBUILD_MODNAME, KL_HOOK_BASE);
	KUNIT_EXPECT_EQ(test, hooked(), 0U);
	KUNIT_EXPECT_EQ(test, hooks[0].site, 0UL);
}

static void what_armed_before_the_nth_failed_is_rolled_back(struct kunit *test)
{
	unsigned int n, i;

	for (n = 0; n < ARRAY_SIZE(hooks); n++) {
		kl_hooks_disarm(NULL, KL_HOOK_BASE);
		memcpy(hooks, pristine, sizeof(hooks));
		hooks[n].symbol = "hook_target_none";
		KUNIT_EXPECT_EQ(test, kl_hooks_arm(KBUILD_MODNAME, KL_HOOK_BASE), -ENOENT);
		KUNIT_EXPECT_EQ_MSG(test, hooked(), 0U, "the %u. fails", n);
		for (i = 0; i < ARRAY_SIZE(hooks); i++)
			KUNIT_EXPECT_EQ(test, hooks[i].site, 0UL);
		KUNIT_EXPECT_EQ(test, hooks[n].error, -ENOENT);
		KUNIT_EXPECT_FALSE(test, kl_hooks_armed(KBUILD_MODNAME, KL_HOOK_BASE));
		KUNIT_EXPECT_NOT_NULL(test, strstr(kl_hooks_error(), "hook_target_none"));
		KUNIT_EXPECT_NOT_NULL(test, strstr(kl_hooks_error(), hooks[n].lost));
	}
}

/* What was armed by an earlier call stays. */
static void only_what_this_call_armed_is_rolled_back(struct kunit *test)
{
	hooks[1].group = KL_HOOK_EXIT;
	hooks[2].module = "kl_elsewhere";
	hooks[3].group = KL_HOOK_EXIT;
	hooks[3].symbol = "hook_target_none";
	KUNIT_EXPECT_EQ(test, kl_hooks_arm(KBUILD_MODNAME, KL_HOOK_BASE), 0);
	KUNIT_EXPECT_EQ(test, hooked(), 0x1U);
	KUNIT_EXPECT_EQ(test, kl_hooks_arm(KBUILD_MODNAME, KL_HOOK_EXIT), -ENOENT);
	KUNIT_EXPECT_EQ(test, hooked(), 0x1U);
	KUNIT_EXPECT_TRUE(test, kl_hooks_armed(KBUILD_MODNAME, KL_HOOK_BASE));
	KUNIT_EXPECT_FALSE(test, kl_hooks_armed(KBUILD_MODNAME, KL_HOOK_EXIT));
	/* A module that isn't there has nothing to hook. */
	KUNIT_EXPECT_EQ(test, kl_hooks_arm("kl_elsewhere", KL_HOOK_BASE), -ENOENT);
}

static void a_hook_that_is_not_fatal_may_fail(struct kunit *test)
{
	hooks[1].fatal = false;
	hooks[1].symbol = "hook_target_none";
	KUNIT_EXPECT_EQ(test, kl_hooks_arm(KBUILD_MODNAME, KL_HOOK_BASE), 0);
	KUNIT_EXPECT_EQ(test, hooked(), 0xdU);
	KUNIT_EXPECT_EQ(test, hooks[1].error, -ENOENT);
	KUNIT_EXPECT_TRUE(test, kl_hooks_armed(KBUILD_MODNAME, KL_HOOK_BASE));
}

static void a_function_that_cannot_be_traced_is_told(struct kunit *test)
{
	hooks[2].symbol = "hook_target_untraced";
	KUNIT_EXPECT_EQ(test, hook_target_untraced(3), 3);
	KUNIT_EXPECT_EQ(test, kl_hooks_arm(KBUILD_MODNAME, KL_HOOK_BASE), -EINVAL);
	KUNIT_EXPECT_NOT_NULL(test, strstr(kl_hooks_error(), "it has no ftrace site"));
	KUNIT_EXPECT_EQ(test, hooked(), 0U);
}

static void notrace other_redirection(unsigned long ip, unsigned long parent_ip,
				      struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
}

static struct ftrace_ops other = {
	.func = other_redirection,
	.flags = FTRACE_OPS_FL_IPMODIFY,
};

static void a_function_that_another_redirects_is_told_and_can_be_had_later(struct kunit *test)
{
	unsigned long site;

	KUNIT_ASSERT_EQ(test, kl_resolve(KBUILD_MODNAME, "hook_target_3", &site), 0);
	KUNIT_EXPECT_EQ(test, ftrace_set_filter_ip(&other, site, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, register_ftrace_function(&other), 0);
	KUNIT_EXPECT_EQ(test, kl_hooks_arm(KBUILD_MODNAME, KL_HOOK_BASE), -EBUSY);
	KUNIT_EXPECT_NOT_NULL(test, strstr(kl_hooks_error(), "another redirection holds it"));
	KUNIT_EXPECT_EQ(test, hooked(), 0U);
	unregister_ftrace_function(&other);
	ftrace_set_filter_ip(&other, site, 1, 0);
	ftrace_free_filter(&other);
	KUNIT_EXPECT_EQ(test, kl_hooks_arm(KBUILD_MODNAME, KL_HOOK_BASE), 0);
	KUNIT_EXPECT_EQ(test, hooked(), 0xfU);
	KUNIT_EXPECT_EQ(test, hooks[2].error, 0);
}

static void a_filter_lets_the_others_by(struct kunit *test)
{
	int (*volatile target)(int) = hook_target_1;

	hooks[0].entry = entry_seven;
	KUNIT_EXPECT_EQ(test, kl_hooks_arm(KBUILD_MODNAME, KL_HOOK_BASE), 0);
	KUNIT_EXPECT_EQ(test, target(7), 108);
	KUNIT_EXPECT_EQ(test, target(8), 9);
}

static atomic_t inside, left_it;

static noinline __noclone __used int hook_target_5(int x)
{
	atomic_set(&inside, 1);
	msleep(3000);
	return x;
}

static int kl_wrap_hook_target_5(int x);
KL_ORIGINAL(hook_target_5, kl_wrap_hook_target_5);

static int kl_wrap_hook_target_5(int x)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	int ret = static_call(kl_orig_hook_target_5)(x);

	atomic_set(&left_it, 1);
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

static int sleeper(void *unused)
{
	return hook_target_5(1);
}

/* Somebody sleeps in the original of a hook of this group. */
static void fall_asleep(struct kunit *test, enum kl_hook_group group)
{
	static struct kl_hook sleepy[] = {
		KL_HOOK(KBUILD_MODNAME, "hook_target_5", hook_target_5, KL_HOOK_EXIT, true,
			kl_hook_always, "sleep"),
	};
	struct task_struct *task;
	int i;

	memset(&sleepy[0].ops, 0, sizeof(sleepy[0].ops));
	sleepy[0].group = group;
	atomic_set(&inside, 0);
	atomic_set(&left_it, 0);
	KUNIT_ASSERT_EQ(test, kl_hooks_add(sleepy, 1), 0);
	KUNIT_ASSERT_EQ(test, kl_hooks_arm(KBUILD_MODNAME, group), 0);
	task = kthread_run(sleeper, NULL, "sleeper");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < 1000 && !atomic_read(&inside); i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, atomic_read(&left_it), 0);
}

static void disarming_waits_for_who_is_inside(struct kunit *test)
{
	fall_asleep(test, KL_HOOK_BASE);
	kl_hooks_disarm(KBUILD_MODNAME, KL_HOOK_BASE);
	KUNIT_EXPECT_EQ(test, atomic_read(&left_it), 1);
}

/* Else a VMM that lets a copy of its memory wait would have levelctl wait. */
static void disarming_the_exit_gate_waits_for_nobody(struct kunit *test)
{
	fall_asleep(test, KL_HOOK_EXIT);
	kl_hooks_disarm(KBUILD_MODNAME, KL_HOOK_EXIT);
	KUNIT_EXPECT_EQ(test, atomic_read(&left_it), 0);
	kl_hooks_drain();
	KUNIT_EXPECT_EQ(test, atomic_read(&left_it), 1);
}

static void there_is_an_end_to_tables(struct kunit *test)
{
	static const struct kl_call none[1];

	while (kl_nr_tables < KL_MAX_TABLES)
		KUNIT_ASSERT_EQ(test, kl_hooks_add(hooks, 0), 0);
	KUNIT_EXPECT_EQ(test, kl_hooks_add(hooks, 0), -ENOSPC);
	kl_nr_tables = 1;
	KUNIT_EXPECT_EQ(test, kl_hooks_add(hooks, KL_MAX_HOOKS), -ENOSPC);
	while (kl_nr_call_tables < KL_MAX_TABLES)
		KUNIT_ASSERT_EQ(test, kl_calls_add(none, 0), 0);
	KUNIT_EXPECT_EQ(test, kl_calls_add(none, 0), -ENOSPC);
}

/* Called, not hooked. */
KL_ORIGINAL(hook_call, hook_target_2);

static void calls_are_bound_or_their_name_is_told(struct kunit *test)
{
	static const struct kl_call good[] = {
		{ "kl_elsewhere", "hook_target_none", KL_ORIGINAL_OF(hook_call) },
		{ KBUILD_MODNAME, "hook_target_2", KL_ORIGINAL_OF(hook_call) },
	};
	static const struct kl_call bad[] = {
		{ KBUILD_MODNAME, "hook_target_none", KL_ORIGINAL_OF(hook_call) },
	};
	unsigned long addr = 0;

	KUNIT_ASSERT_EQ(test, kl_calls_add(good, ARRAY_SIZE(good)), 0);
	KUNIT_EXPECT_EQ(test, kl_calls_bind(KBUILD_MODNAME), 0);
	KUNIT_EXPECT_EQ(test, kl_resolve_function("hook_target_2", &addr), 0);
	KUNIT_EXPECT_EQ(test, (unsigned long)static_call_query(kl_orig_hook_call), addr);
	KUNIT_EXPECT_EQ(test, kl_calls_bind("kl_elsewhere"), -ENOENT);
	KUNIT_EXPECT_FALSE(test, kl_module_is_there("kl_elsewhere"));
	KUNIT_EXPECT_FALSE(test, kl_module_is_there("kl_nowhere"));
	/* A function that is missing does not make the module go away, whichever it is. */
	KUNIT_EXPECT_TRUE(test, kl_module_is_there(KBUILD_MODNAME));
	hooks[3].symbol = "hook_target_none";
	KUNIT_EXPECT_TRUE(test, kl_module_is_there(KBUILD_MODNAME));
	hooks[0].symbol = "hook_target_none";
	KUNIT_EXPECT_TRUE(test, kl_module_is_there(KBUILD_MODNAME));
	KUNIT_EXPECT_NOT_NULL(test, strstr(kl_hooks_error(), "kl_elsewhere:hook_target_none"));
	KUNIT_ASSERT_EQ(test, kl_calls_add(bad, ARRAY_SIZE(bad)), 0);
	KUNIT_EXPECT_EQ(test, kl_calls_bind(KBUILD_MODNAME), -ENOENT);
	KUNIT_EXPECT_TRUE(test, kl_module_is_there(KBUILD_MODNAME));
}

static int count(const struct kl_hook *hook, void *ctx)
{
	int *n = ctx;

	return ++*n == 3 ? 42 : 0;
}

static void a_walk_ends_where_it_is_told(struct kunit *test)
{
	int n = 0;

	KUNIT_EXPECT_EQ(test, kl_hooks_each(count, &n), 42);
	KUNIT_EXPECT_EQ(test, n, 3);
}

static void names_are_found_or_not(struct kunit *test)
{
	unsigned long addr = 1;

	KUNIT_EXPECT_EQ(test, kl_resolve_function("kl_no_such_function", &addr), -ENOENT);
	KUNIT_EXPECT_EQ(test, kl_resolve_function("kvm:kvm_set_cpuid", &addr), -ENOENT);
	KUNIT_EXPECT_EQ(test, addr, 1UL);
	KUNIT_EXPECT_EQ(test, kl_resolve_data("kl_no_such_data"), 0UL);
	KUNIT_EXPECT_EQ(test, kl_resolve_data(KBUILD_MODNAME ":inside"), (unsigned long)&inside);
}

static struct kunit_case hook_cases[] = {
	KUNIT_CASE(armed_hooks_run_wrapper_and_original),
	KUNIT_CASE(what_armed_before_the_nth_failed_is_rolled_back),
	KUNIT_CASE(only_what_this_call_armed_is_rolled_back),
	KUNIT_CASE(a_hook_that_is_not_fatal_may_fail),
	KUNIT_CASE(a_function_that_cannot_be_traced_is_told),
	KUNIT_CASE(a_function_that_another_redirects_is_told_and_can_be_had_later),
	KUNIT_CASE(a_filter_lets_the_others_by),
	KUNIT_CASE(disarming_waits_for_who_is_inside),
	KUNIT_CASE(disarming_the_exit_gate_waits_for_nobody),
	KUNIT_CASE(there_is_an_end_to_tables),
	KUNIT_CASE(calls_are_bound_or_their_name_is_told),
	KUNIT_CASE(a_walk_ends_where_it_is_told),
	KUNIT_CASE(names_are_found_or_not),
	{}
};

struct kunit_suite kl_suite_hook = {
	.name = "kl_hook",
	.init = hook_init,
	.exit = hook_exit,
	.test_cases = hook_cases,
};

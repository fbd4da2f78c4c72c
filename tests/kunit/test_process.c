// SPDX-License-Identifier: GPL-2.0
/* A baseline for the VMs of one process and its children. */
#include "../kmod/process.c"

#include <linux/delay.h>
#include <linux/kthread.h>

#include "env.h"
#include "suites.h"

static struct words intel;

static struct kl_baseline *some_baseline(struct kunit *test)
{
	words_intel(&intel);
	return env_baseline(test, &intel, NULL);
}

/* An entry as some other process would have made it. */
static void entry_of(struct kunit *test, struct pid *pid, struct kl_baseline *b)
{
	struct kl_process *p = kzalloc(sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->tgid = get_pid(pid);
	p->baseline = kl_baseline_get(b);
	list_add(&p->list, &kl_processes);
}

static void a_process_gets_what_it_was_given(struct kunit *test)
{
	struct kl_baseline *a = some_baseline(test), *b = some_baseline(test);

	KUNIT_EXPECT_NULL(test, kl_process_get());
	KUNIT_EXPECT_FALSE(test, kl_processes_any());
	KUNIT_EXPECT_EQ(test, kl_process_set(a), 0);
	KUNIT_EXPECT_TRUE(test, kl_processes_any());
	KUNIT_EXPECT_PTR_EQ(test, kl_process_get(), a);
	KUNIT_EXPECT_EQ(test, refcount_read(&a->ref), 3U);
	kl_baseline_put(a);
	/* Another one takes its place. */
	KUNIT_EXPECT_EQ(test, kl_process_set(b), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&a->ref), 1U);
	KUNIT_EXPECT_PTR_EQ(test, kl_process_get(), b);
	kl_baseline_put(b);
	kl_processes_exit();
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
	KUNIT_EXPECT_NULL(test, kl_process_get());
	kl_baseline_put(a);
	kl_baseline_put(b);
}

static void a_child_gets_its_parents_and_no_one_elses(struct kunit *test)
{
	struct kl_baseline *a = some_baseline(test), *b = some_baseline(test);

	entry_of(test, task_tgid(&init_task), a);
	rcu_read_lock();
	KUNIT_EXPECT_NULL(test, kl_process_get());
	rcu_read_unlock();
	entry_of(test, task_tgid(current->real_parent), b);
	KUNIT_EXPECT_PTR_EQ(test, kl_process_get(), b);
	kl_baseline_put(b);
	kl_processes_exit();
	kl_baseline_put(a);
	kl_baseline_put(b);
}

static int wait_for_stop(void *unused)
{
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

static void a_process_that_is_gone_is_swept(struct kunit *test)
{
	struct task_struct *task = kthread_run(wait_for_stop, NULL, "short");
	struct kl_baseline *a = some_baseline(test), *b = some_baseline(test);
	struct pid *pid;
	int i;

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	pid = get_pid(task_tgid(task));
	entry_of(test, pid, a);
	KUNIT_EXPECT_TRUE(test, kl_processes_any());
	kthread_stop(task);
	for (i = 0; i < 100 && kl_processes_any(); i++)
		msleep(20);
	KUNIT_EXPECT_FALSE(test, kl_processes_any());
	put_pid(pid);
	KUNIT_EXPECT_EQ(test, kl_process_set(b), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&a->ref), 1U);
	kl_processes_exit();
	kl_baseline_put(a);
	kl_baseline_put(b);
}

static void there_is_an_end_to_them(struct kunit *test)
{
	struct kl_baseline *a = some_baseline(test);
	int i;

	test_fail_alloc(1);
	KUNIT_EXPECT_EQ(test, kl_process_set(a), -ENOMEM);
	for (i = 0; i < KL_PROCESSES_MAX - 1; i++)
		entry_of(test, task_tgid(current->real_parent), a);
	KUNIT_EXPECT_EQ(test, kl_process_set(a), 0);
	entry_of(test, task_tgid(current->real_parent), a);
	KUNIT_EXPECT_EQ(test, kl_process_set(a), -ENOSPC);
	kl_processes_exit();
	KUNIT_EXPECT_EQ(test, refcount_read(&a->ref), 1U);
	kl_baseline_put(a);
}

static struct kunit_case process_cases[] = {
	KUNIT_CASE(a_process_gets_what_it_was_given),
	KUNIT_CASE(a_child_gets_its_parents_and_no_one_elses),
	KUNIT_CASE(a_process_that_is_gone_is_swept),
	KUNIT_CASE(there_is_an_end_to_them),
	{}
};

struct kunit_suite kl_suite_process = {
	.name = "kl_process",
	.init = env_begin,
	.exit = env_end,
	.test_cases = process_cases,
};

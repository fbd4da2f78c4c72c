// SPDX-License-Identifier: GPL-2.0
/* The allocations of what is tested; alloc.h says how. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "alloc.h"

static atomic_t out;
/* Counts down to the one that fails. */
static atomic_t left;

static bool fails(void)
{
	return atomic_read(&left) > 0 && atomic_dec_and_test(&left);
}

void *test_alloc(size_t size, gfp_t flags)
{
	void *p = fails() ? NULL : kvzalloc(size, flags);

	if (p)
		atomic_inc(&out);
	return p;
}

void test_free(const void *p)
{
	if (p)
		atomic_dec(&out);
	kvfree(p);
}

void test_free_rcu_rcu(struct rcu_head *rcu)
{
	test_free(rcu);
}

struct sk_buff *test_skb(size_t size, gfp_t flags)
{
	return fails() ? NULL : genlmsg_new(size, flags);
}

int test_allocs(void)
{
	return atomic_read(&out);
}

void test_fail_alloc(int nth)
{
	atomic_set(&left, nth);
}

bool test_alloc_failed(void)
{
	return !atomic_read(&left);
}

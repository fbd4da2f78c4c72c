/* SPDX-License-Identifier: GPL-2.0 */
/* The allocations of what is tested: counted, and made to fail. */
#ifndef KUNIT_ALLOC_H
#define KUNIT_ALLOC_H

#include <linux/types.h>

struct rcu_head;
struct sk_buff;

void *test_alloc(size_t size, gfp_t flags);
void test_free(const void *p);
/* Of what has its rcu_head first, which is all that kmod/ frees by kfree_rcu(). */
void test_free_rcu_rcu(struct rcu_head *rcu);
struct sk_buff *test_skb(size_t size, gfp_t flags);

/* How many are out; messages are the network's and not counted. */
int test_allocs(void);
/* Fail the @nth allocation from now on, the next is 1; 0: none. */
void test_fail_alloc(int nth);
/* Has it come to that? */
bool test_alloc_failed(void);

#endif /* KUNIT_ALLOC_H */

// SPDX-License-Identifier: GPL-2.0
/* Baselines: made whole or not at all, counted, current by an RCU pointer. */
#include "../kmod/baseline.c"

#include <linux/kthread.h>

#include "env.h"
#include "suites.h"

static struct words intel, less;

static void words_without_avx512(struct words *w)
{
	words_intel(w);
	words_unset(w, 0x7, 0, KL_EBX, BIT(31));
}

static void making_takes_the_words_over(struct kunit *test)
{
	struct kl_words def = { }, max = { };
	struct kl_baseline *b;

	words_intel(&intel);
	env_words(test, &def, &intel);
	b = kl_baseline_make("a pool", &def, &max, NULL, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(b));
	KUNIT_EXPECT_NULL(test, def.leaf);
	KUNIT_EXPECT_STREQ(test, b->name, "a pool");
	KUNIT_EXPECT_TRUE(test, b->same);
	KUNIT_EXPECT_PTR_EQ(test, b->max.leaf, b->def.leaf);
	KUNIT_EXPECT_EQ(test, b->cr4_hidden, kl_cr4_hidden(&intel.set));
	KUNIT_EXPECT_EQ(test, b->efer_hidden, kl_efer_hidden(&intel.set));
	KUNIT_EXPECT_EQ(test, b->xss_shown, kl_xss_shown(&intel.set));
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
	kl_baseline_put(b);
}

static void a_wider_max_is_kept_apart(struct kunit *test)
{
	struct kl_baseline *b;

	words_intel(&intel);
	words_without_avx512(&less);
	b = env_baseline(test, &less, &intel);
	KUNIT_EXPECT_FALSE(test, b->same);
	KUNIT_EXPECT_EQ(test, b->cr4_hidden, kl_cr4_hidden(&intel.set));
	KUNIT_EXPECT_EQ(test, words_reg(&b->def.set, 7, 0, KL_EBX) & BIT(31), 0UL);
	KUNIT_EXPECT_NE(test, words_reg(&b->max.set, 7, 0, KL_EBX) & BIT(31), 0UL);
	kl_baseline_put(b);
}

/* Refused: @why in the extack, @leaf in the place, and nothing is left behind. */
static void refused(struct kunit *test, const struct words *d, const struct words *m,
		    const char *why, u32 leaf)
{
	struct kl_words def = { }, max = { };
	struct netlink_ext_ack extack = { };
	struct kl_place at = { };
	struct kl_baseline *b;

	env_words(test, &def, d);
	if (m)
		env_words(test, &max, m);
	b = kl_baseline_make("bad", &def, &max, &at, &extack);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(b), -EINVAL);
	KUNIT_EXPECT_STREQ(test, extack._msg ?: "", why);
	KUNIT_EXPECT_EQ(test, (int)at.kind, (int)KL_PLACE_CPUID);
	KUNIT_EXPECT_EQ(test, at.leaf, leaf);
	if (!IS_ERR(b))
		kl_baseline_put(b);
}

static void bad_words_are_refused_with_their_place(struct kunit *test)
{
	words_intel(&intel);
	words_intel(&less);
	words_set(&less, 0x1, 0, KL_ECX, BIT(16));
	refused(test, &less, NULL, "the baseline is not well-formed", 0x1);
	refused(test, &intel, &less, "the baseline is not well-formed", 0x1);
	words_without_avx512(&less);
	refused(test, &intel, &less, "default is not within max", 0x7);
}

static void no_memory_leaves_nothing(struct kunit *test)
{
	struct kl_words def = { }, max = { };
	struct kl_baseline *b;
	int n;

	words_intel(&intel);
	for (n = 1; n <= 2; n++) {
		test_fail_alloc(n);
		KUNIT_EXPECT_EQ(test, kl_words_alloc(&def, 3, 3), -ENOMEM);
		KUNIT_EXPECT_NULL(test, def.leaf);
	}
	for (n = 1; n <= 2; n++) {
		env_words(test, &def, &intel);
		env_words(test, &max, &intel);
		test_fail_alloc(n);
		b = kl_baseline_make("x", &def, &max, NULL, NULL);
		KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(b), -ENOMEM);
		KUNIT_EXPECT_TRUE(test, test_alloc_failed());
	}
}

static void the_last_put_frees_after_a_grace_period(struct kunit *test)
{
	struct kl_baseline *b;
	int before;

	words_intel(&intel);
	b = env_baseline(test, &intel, NULL);
	before = test_allocs();
	KUNIT_EXPECT_PTR_EQ(test, kl_baseline_get(b), b);
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 2U);
	kl_baseline_put(b);
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
	rcu_read_lock();
	kl_baseline_put(b);
	/* A reader may still look at it. */
	KUNIT_EXPECT_EQ(test, test_allocs(), before);
	KUNIT_EXPECT_STREQ(test, b->name, "test");
	rcu_read_unlock();
	rcu_barrier();
	/* Itself, leaves, MSRs, the quick look. */
	KUNIT_EXPECT_EQ(test, test_allocs(), before - 4);
	KUNIT_EXPECT_NULL(test, kl_baseline_get(NULL));
	kl_baseline_put(NULL);
}

static void the_current_one_is_swapped_and_counted(struct kunit *test)
{
	struct kl_baseline *a, *b, *held;

	words_intel(&intel);
	KUNIT_EXPECT_NULL(test, kl_baseline_current());
	a = env_current(test, &intel, NULL);
	held = kl_baseline_current();
	KUNIT_EXPECT_PTR_EQ(test, held, a);
	KUNIT_EXPECT_EQ(test, refcount_read(&a->ref), 2U);
	b = env_current(test, &intel, NULL);
	KUNIT_EXPECT_GT(test, b->id, a->id);
	/* Whoever has the older one keeps it, and finds it by its number. */
	KUNIT_EXPECT_EQ(test, refcount_read(&a->ref), 1U);
	KUNIT_EXPECT_PTR_EQ(test, kl_baseline_by_id(a->id), a);
	kl_baseline_put(a);
	kl_baseline_put(held);
	KUNIT_EXPECT_NULL(test, kl_baseline_by_id(b->id - 1));
	held = kl_baseline_by_id(b->id);
	KUNIT_EXPECT_PTR_EQ(test, held, b);
	kl_baseline_put(held);
	kl_baseline_set_current(NULL);
	KUNIT_EXPECT_NULL(test, kl_baseline_current());
	KUNIT_EXPECT_TRUE(test, list_empty(&kl_live));
}

/* One whose last reference goes may still be on the list. */
static void a_dying_one_is_not_found(struct kunit *test)
{
	struct kl_baseline *b;

	words_intel(&intel);
	b = env_current(test, &intel, NULL);
	refcount_set(&b->ref, 0);
	KUNIT_EXPECT_NULL(test, kl_baseline_by_id(b->id));
	refcount_set(&b->ref, 1);
	KUNIT_EXPECT_PTR_EQ(test, kl_baseline_by_id(b->id), b);
	kl_baseline_put(b);
}

static int reader(void *data)
{
	atomic_t *bad = data;

	while (!kthread_should_stop()) {
		struct kl_baseline *b = kl_baseline_current();

		if (b && (strcmp(b->name, "test") || !b->def.leaf || !refcount_read(&b->ref)))
			atomic_inc(bad);
		if (b) {
			struct kl_baseline *again = kl_baseline_by_id(b->id);

			if (again != b)
				atomic_inc(bad);
			kl_baseline_put(again);
		}
		kl_baseline_put(b);
		cond_resched();
	}
	return 0;
}

static void readers_survive_swaps(struct kunit *test)
{
	struct task_struct *readers[3];
	atomic_t bad = ATOMIC_INIT(0);
	int i;

	words_intel(&intel);
	for (i = 0; i < ARRAY_SIZE(readers); i++) {
		readers[i] = kthread_run(reader, &bad, "reader%d", i);
		KUNIT_EXPECT_FALSE(test, IS_ERR(readers[i]));
	}
	for (i = 0; i < 300; i++) {
		if (i % 10)
			env_current(test, &intel, NULL);
		else
			kl_baseline_set_current(NULL);
		cond_resched();
	}
	for (i = 0; i < ARRAY_SIZE(readers); i++) {
		if (!IS_ERR(readers[i]))
			kthread_stop(readers[i]);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&bad), 0);
}

static void equal_is_all_that_an_operator_gave(struct kunit *test)
{
	struct kl_baseline *a, *b, *c, *d;

	words_intel(&intel);
	words_without_avx512(&less);
	a = env_baseline(test, &less, &intel);
	b = env_baseline(test, &less, &intel);
	c = env_baseline(test, &less, NULL);
	d = env_baseline(test, &intel, NULL);
	KUNIT_EXPECT_TRUE(test, kl_baseline_equal(a, b));
	KUNIT_EXPECT_FALSE(test, kl_baseline_equal(a, c));
	KUNIT_EXPECT_FALSE(test, kl_baseline_equal(c, d));
	KUNIT_EXPECT_FALSE(test, kl_baseline_equal(a, d));
	b->forced = true;
	KUNIT_EXPECT_FALSE(test, kl_baseline_equal(a, b));
	b->forced = false;
	b->name[0] = 'T';
	KUNIT_EXPECT_FALSE(test, kl_baseline_equal(a, b));
	b->name[0] = 't';
	b->def.msr[0].value ^= 1;
	KUNIT_EXPECT_FALSE(test, kl_baseline_equal(a, b));
	b->def.msr[0].value ^= 1;
	KUNIT_EXPECT_TRUE(test, kl_baseline_equal(a, b));
	kl_baseline_put(a);
	kl_baseline_put(b);
	kl_baseline_put(c);
	kl_baseline_put(d);
}

/* Those that come with CPUID's leaf 1, and of which the host has more. */
static void registers_to_follow_cpuid_are_those_the_host_has_more_of(struct kunit *test)
{
	static struct words host;
	u64 all, below;
	unsigned int i;

	words_intel(&intel);
	words_set(&intel, 0x1, 0, KL_ECX, BIT(5));
	words_msr(&intel, 0x48b, 0x000000ff00000000);
	words_msr(&intel, 0x491, 1);
	words_copy(&host, &intel);
	all = kl_msrs_below(&intel.set, NULL);
	for (i = 0; i < kl_nr_msr_shapes; i++) {
		const struct kl_msr_shape *s = &kl_msr_shapes[i];
		bool follows = s->gate.leaf == 1 && kl_set_has(&intel.set, &s->gate) &&
			       !(s->flags & (KL_SHAPE_VMM | KL_SHAPE_DERIVED));

		KUNIT_EXPECT_EQ_MSG(test, all >> i & 1, (u64)follows, "MSR 0x%x", s->index);
	}
	KUNIT_EXPECT_NE(test, all, 0ULL);
	words_msr(&host, 0x48b, 0x000001ff00000000);
	below = kl_msrs_below(&intel.set, &host.set);
	KUNIT_EXPECT_EQ(test, below & BIT_ULL(kl_msr_shape_find(0x48b) - kl_msr_shapes),
			BIT_ULL(kl_msr_shape_find(0x48b) - kl_msr_shapes));
	KUNIT_EXPECT_EQ(test, below & BIT_ULL(kl_msr_shape_find(0x491) - kl_msr_shapes), 0ULL);
	/* A guest without VMX has none of them. */
	words_unset(&intel, 0x1, 0, KL_ECX, BIT(5) | BIT(15));
	KUNIT_EXPECT_EQ(test, kl_msrs_below(&intel.set, NULL), 0ULL);
}

static struct kunit_case baseline_cases[] = {
	KUNIT_CASE(making_takes_the_words_over),
	KUNIT_CASE(a_wider_max_is_kept_apart),
	KUNIT_CASE(bad_words_are_refused_with_their_place),
	KUNIT_CASE(no_memory_leaves_nothing),
	KUNIT_CASE(the_last_put_frees_after_a_grace_period),
	KUNIT_CASE(the_current_one_is_swapped_and_counted),
	KUNIT_CASE(a_dying_one_is_not_found),
	KUNIT_CASE(readers_survive_swaps),
	KUNIT_CASE(equal_is_all_that_an_operator_gave),
	KUNIT_CASE(registers_to_follow_cpuid_are_those_the_host_has_more_of),
	{}
};

struct kunit_suite kl_suite_baseline = {
	.name = "kl_baseline",
	.init = env_begin,
	.exit = env_end,
	.test_cases = baseline_cases,
};

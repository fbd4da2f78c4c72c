// SPDX-License-Identifier: GPL-2.0
/* VMs: pinned for life, found, counted, given back. */
#include <linux/xarray.h>

static bool no_numbers;
#define xa_alloc_cyclic(...)	(no_numbers ? -EBUSY : xa_alloc_cyclic(__VA_ARGS__))
#include "../kmod/vm.c"

#include "env.h"
#include "suites.h"

static struct words intel, less;

static struct kvm *some_kvm(struct kunit *test)
{
	return env_vcpu(test)->kvm;
}

static struct kl_baseline *some_baseline(struct kunit *test)
{
	words_intel(&intel);
	return env_baseline(test, &intel, NULL);
}

static void a_vm_holds_its_baseline_until_it_is_gone(struct kunit *test)
{
	struct kvm *kvm = some_kvm(test);
	struct kl_baseline *b = some_baseline(test);
	struct kl_vm *vm = env_vm(test, kvm, kl_baseline_get(b));
	unsigned int generation = kl_vms_generation();

	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 2U);
	KUNIT_EXPECT_EQ(test, atomic_read(&b->vms), 1);
	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, kl_vm_of(kvm), vm);
	KUNIT_EXPECT_PTR_EQ(test, kl_vm_by_id(vm->id), vm);
	rcu_read_unlock();
	KUNIT_EXPECT_PTR_EQ(test, kl_vm_of_call(kvm), vm);
	KUNIT_EXPECT_NE(test, vm->created, 0ULL);
	KUNIT_EXPECT_EQ(test, vm->pid, task_tgid_nr(current));
	KUNIT_EXPECT_FALSE(test, kl_vm_gone(kvm));
	KUNIT_EXPECT_NE(test, kl_vms_generation(), generation);
	rcu_read_lock();
	KUNIT_EXPECT_NULL(test, kl_vm_of(kvm));
	rcu_read_unlock();
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
	KUNIT_EXPECT_EQ(test, atomic_read(&b->vms), 0);
	KUNIT_EXPECT_FALSE(test, kl_vm_gone(kvm));
	kl_baseline_put(b);
}

static void dropping_undoes_preparing(struct kunit *test)
{
	struct kl_baseline *b = some_baseline(test);
	struct kl_vm *vm = kl_vm_prepare(some_kvm(test), kl_baseline_get(b));
	u32 id;

	KUNIT_ASSERT_NOT_NULL(test, vm);
	id = vm->id;
	rcu_read_lock();
	KUNIT_EXPECT_NULL(test, kl_vm_by_id(id));
	rcu_read_unlock();
	kl_vm_drop(vm);
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
	KUNIT_EXPECT_EQ(test, atomic_read(&b->vms), 0);
	kl_baseline_put(b);
}

static void a_vm_for_which_there_is_no_room_gives_its_baseline_back(struct kunit *test)
{
	struct kl_baseline *b = some_baseline(test);
	struct kvm *kvm = some_kvm(test);

	test_fail_alloc(1);
	KUNIT_EXPECT_NULL(test, kl_vm_prepare(kvm, kl_baseline_get(b)));
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
	no_numbers = true;
	KUNIT_EXPECT_NULL(test, kl_vm_prepare(kvm, kl_baseline_get(b)));
	no_numbers = false;
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
	KUNIT_EXPECT_EQ(test, atomic_read(&b->vms), 0);
	kl_baseline_put(b);
}

static void a_new_vm_at_an_old_address_is_the_new_one(struct kunit *test)
{
	struct kvm *kvm = some_kvm(test);
	struct kl_vm *old = env_vm(test, kvm, some_baseline(test));
	u32 id = old->id;
	struct kl_vm *vm = env_vm(test, kvm, NULL);

	KUNIT_EXPECT_GT(test, vm->id, id);
	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, kl_vm_of(kvm), vm);
	KUNIT_EXPECT_NULL(test, kl_vm_by_id(id));
	rcu_read_unlock();
}

static void an_older_vm_is_noted_once(struct kunit *test)
{
	struct kvm *kvm = some_kvm(test);
	struct kl_vm *vm;

	kvm->mm = test_mm;
	vm = kl_vm_of_call(kvm);
	KUNIT_ASSERT_NOT_NULL(test, vm);
	KUNIT_EXPECT_NULL(test, vm->pinned);
	KUNIT_EXPECT_EQ(test, vm->created, 0ULL);
	KUNIT_EXPECT_GT(test, vm->pid, 1);
	KUNIT_EXPECT_STREQ(test, vm->comm, "insmod");
	KUNIT_EXPECT_PTR_EQ(test, kl_vm_of_call(kvm), vm);
	/* Known meanwhile: the second note is dropped. */
	KUNIT_EXPECT_NULL(test, kl_vm_note_older(kvm));
	test_fail_alloc(1);
	KUNIT_EXPECT_NULL(test, kl_vm_of_call(some_kvm(test)));
	/* Its end may have been before it could be seen. */
	kvm = some_kvm(test);
	refcount_set(&kvm->users_count, 0);
	KUNIT_EXPECT_NULL(test, kl_vm_of_call(kvm));
	/* Without KVM there is no list of VMs. */
	KUNIT_EXPECT_EQ(test, kl_vms_find_older(), -ENOENT);
	KUNIT_EXPECT_NOT_NULL(test, strstr(kl_hooks_error(), "can't find kvm:"));
}

static void stranded_is_above_the_current_max(struct kunit *test)
{
	struct kl_baseline *low, *high, *wide;
	struct kl_vm vm = { };

	words_intel(&intel);
	words_intel(&less);
	words_unset(&less, 0x7, 0, KL_EBX, BIT(31));
	low = env_baseline(test, &less, NULL);
	high = env_baseline(test, &intel, NULL);
	wide = env_baseline(test, &less, &intel);
	KUNIT_EXPECT_TRUE(test, kl_vm_stranded(&vm, low));
	KUNIT_EXPECT_FALSE(test, kl_vm_stranded(&vm, NULL));
	vm.pinned = high;
	KUNIT_EXPECT_TRUE(test, kl_vm_stranded(&vm, low));
	KUNIT_EXPECT_FALSE(test, kl_vm_stranded(&vm, high));
	KUNIT_EXPECT_FALSE(test, kl_vm_stranded(&vm, wide));
	vm.pinned = low;
	KUNIT_EXPECT_FALSE(test, kl_vm_stranded(&vm, high));
	/* What its VMM took is what counts. */
	vm.pinned = wide;
	KUNIT_EXPECT_FALSE(test, kl_vm_stranded(&vm, low));
	vm.above_default = true;
	KUNIT_EXPECT_TRUE(test, kl_vm_stranded(&vm, low));
	kl_baseline_put(low);
	kl_baseline_put(high);
	kl_baseline_put(wide);
}

static void vms_are_counted_with_the_stranded_among_them(struct kunit *test)
{
	struct kl_baseline *low, *high;
	unsigned int vms, stranded, i;

	words_intel(&intel);
	words_intel(&less);
	words_unset(&less, 0x7, 0, KL_EBX, BIT(31));
	low = env_baseline(test, &less, NULL);
	high = env_baseline(test, &intel, NULL);
	kl_vms_count(low, &vms, &stranded);
	KUNIT_EXPECT_EQ(test, vms + stranded, 0U);
	for (i = 0; i < 3; i++)
		env_vm(test, some_kvm(test), kl_baseline_get(high));
	for (i = 0; i < 2; i++)
		env_vm(test, some_kvm(test), kl_baseline_get(low));
	env_vm(test, some_kvm(test), NULL);
	kl_vms_count(low, &vms, &stranded);
	KUNIT_EXPECT_EQ(test, vms, 6U);
	KUNIT_EXPECT_EQ(test, stranded, 4U);
	kl_vms_count(NULL, &vms, &stranded);
	KUNIT_EXPECT_EQ(test, stranded, 0U);
	kl_baseline_put(low);
	kl_baseline_put(high);
}

static void an_adopted_vms_exits_matter_until_it_is_let_go(struct kunit *test)
{
	struct kl_baseline *b = some_baseline(test), *c = env_baseline(test, &intel, NULL);
	struct kvm *kvm = some_kvm(test);
	struct kl_vm *vm = env_vm(test, kvm, NULL);
	u32 id = vm->id;

	KUNIT_EXPECT_FALSE(test, kl_vm_wants_exits(kvm));
	KUNIT_EXPECT_EQ(test, kl_vm_adopt(id + 1, b), -ENOENT);
	KUNIT_EXPECT_EQ(test, kl_vm_adopt(id, b), 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 2U);
	KUNIT_EXPECT_TRUE(test, kl_vm_wants_exits(kvm));
	KUNIT_EXPECT_EQ(test, kl_vms_at_exits(), 1U);
	KUNIT_EXPECT_EQ(test, kl_vm_adopt(id, c), 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
	KUNIT_EXPECT_EQ(test, kl_vm_adopt(id, c), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&c->ref), 2U);
	KUNIT_EXPECT_EQ(test, kl_vm_adopt(id, NULL), 1);
	KUNIT_EXPECT_EQ(test, kl_vm_adopt(id, NULL), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&c->ref), 1U);
	KUNIT_EXPECT_FALSE(test, kl_vm_wants_exits(kvm));
	KUNIT_EXPECT_EQ(test, kl_vms_at_exits(), 0U);
	/* Gone while it is adopted. */
	KUNIT_EXPECT_EQ(test, kl_vm_adopt(id, b), 1);
	KUNIT_EXPECT_TRUE(test, kl_vm_gone(kvm));
	KUNIT_EXPECT_FALSE(test, kl_vm_wants_exits(kvm));
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
	kl_baseline_put(b);
	kl_baseline_put(c);
}

static void all_exits_matter_where_asked_for(struct kunit *test)
{
	struct kvm *kvm = some_kvm(test);

	kl_vms_want_all_exits(true);
	KUNIT_EXPECT_TRUE(test, kl_vm_wants_exits(kvm));
	KUNIT_EXPECT_EQ(test, kl_vms_at_exits(), 0U);
	kl_vms_want_all_exits(false);
	KUNIT_EXPECT_FALSE(test, kl_vm_wants_exits(kvm));
}

static void a_watch_records_what_is_asked_and_lost(struct kunit *test)
{
	static const u32 lost[KL_NR_REGS] = { 1, 0, 4, 0 }, more[KL_NR_REGS] = { 2 };
	struct kvm *kvm = some_kvm(test);
	struct kl_vm *vm = env_vm(test, kvm, NULL);
	struct kl_watch *w;
	unsigned int i;

	rcu_read_lock();
	kl_vm_record(vm, false, 7, 0, lost);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, kl_vm_watch(vm->id + 1, true), -ENOENT);
	test_fail_alloc(1);
	KUNIT_EXPECT_EQ(test, kl_vm_watch(vm->id, true), -ENOMEM);
	KUNIT_EXPECT_EQ(test, kl_vm_watch(vm->id, true), 0);
	KUNIT_EXPECT_TRUE(test, kl_vm_wants_exits(kvm));
	rcu_read_lock();
	kl_vm_record(vm, false, 7, 0, lost);
	kl_vm_record(vm, false, 7, 0, more);
	kl_vm_record(vm, false, 7, 1, lost);
	kl_vm_record(vm, true, 7, 0, lost);
	rcu_read_unlock();
	/* Asked again: what was seen is kept. */
	KUNIT_EXPECT_EQ(test, kl_vm_watch(vm->id, true), 0);
	w = rcu_dereference_protected(vm->watch, true);
	KUNIT_EXPECT_EQ(test, w->nr, 3U);
	KUNIT_EXPECT_EQ(test, w->seen[0].count, 2ULL);
	KUNIT_EXPECT_EQ(test, w->seen[0].lost[0], 3U);
	KUNIT_EXPECT_EQ(test, w->seen[0].lost[2], 4U);
	KUNIT_EXPECT_EQ(test, w->seen[1].subleaf, 1U);
	KUNIT_EXPECT_TRUE(test, w->seen[2].is_msr);
	rcu_read_lock();
	for (i = 0; i < KL_SEEN_MAX; i++)
		kl_vm_record(vm, false, 0x100 + i, 0, lost);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, w->nr, (unsigned int)KL_SEEN_MAX);
	KUNIT_EXPECT_EQ(test, w->missed, 3ULL);
	KUNIT_EXPECT_EQ(test, kl_vm_watch(vm->id, false), 0);
	KUNIT_EXPECT_FALSE(test, kl_vm_wants_exits(kvm));
	/* And one that is watched to its end. */
	KUNIT_EXPECT_EQ(test, kl_vm_watch(vm->id, true), 0);
}

static void vms_are_walked_in_the_order_of_their_numbers(struct kunit *test)
{
	struct kl_vm *a = env_vm(test, some_kvm(test), NULL);
	struct kl_vm *b = env_vm(test, some_kvm(test), NULL);
	unsigned long id = a->id;

	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, kl_vm_next(&id), a);
	id++;
	KUNIT_EXPECT_PTR_EQ(test, kl_vm_next(&id), b);
	id++;
	KUNIT_EXPECT_NULL(test, kl_vm_next(&id));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, kl_vm_vcpus(a), 1U);
	/* One that KVM has freed isn't asked. */
	kl_vm_gone(a->kvm);
	KUNIT_EXPECT_EQ(test, kl_vm_vcpus(b), 1U);
	/* Nor is one that may be, because its end would not be seen. */
	kl_vms_see_ends(false);
	KUNIT_EXPECT_EQ(test, kl_vm_vcpus(b), 0U);
}

static void forgotten_vms_give_all_back(struct kunit *test)
{
	struct kvm *kvm = some_kvm(test);
	struct kl_baseline *b = some_baseline(test);
	struct kl_vm *vm = env_vm(test, kvm, kl_baseline_get(b));
	unsigned int generation = kl_vms_generation(), vms, stranded;

	KUNIT_EXPECT_EQ(test, kl_vm_watch(vm->id, true), 0);
	env_vm(test, some_kvm(test), NULL);
	kl_vms_forget();
	KUNIT_EXPECT_NE(test, kl_vms_generation(), generation);
	kl_vms_count(NULL, &vms, &stranded);
	KUNIT_EXPECT_EQ(test, vms, 0U);
	KUNIT_EXPECT_EQ(test, kl_vms_at_exits(), 0U);
	KUNIT_EXPECT_FALSE(test, kl_vm_wants_exits(kvm));
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, refcount_read(&b->ref), 1U);
	/* Its end comes by all the same. */
	KUNIT_EXPECT_FALSE(test, kl_vm_gone(kvm));
	kl_baseline_put(b);
}

static void a_process_is_offered_what_its_newest_vm_has(struct kunit *test)
{
	struct kl_baseline *b = some_baseline(test), *c = env_baseline(test, &intel, NULL);
	struct kl_vm *vm, *elsewhere;
	bool known;

	rcu_read_lock();
	KUNIT_EXPECT_NULL(test, kl_vm_baseline_of_process(&known));
	rcu_read_unlock();
	KUNIT_EXPECT_FALSE(test, known);
	env_vm(test, some_kvm(test), b);
	vm = env_vm(test, some_kvm(test), c);
	vm->created++;
	elsewhere = env_vm(test, some_kvm(test), NULL);
	elsewhere->mm = vm;
	elsewhere->created += 10;
	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, kl_vm_baseline_of_process(&known), c);
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, known);
}

static struct kunit_case vm_cases[] = {
	KUNIT_CASE(a_vm_holds_its_baseline_until_it_is_gone),
	KUNIT_CASE(dropping_undoes_preparing),
	KUNIT_CASE(a_vm_for_which_there_is_no_room_gives_its_baseline_back),
	KUNIT_CASE(a_new_vm_at_an_old_address_is_the_new_one),
	KUNIT_CASE(an_older_vm_is_noted_once),
	KUNIT_CASE(stranded_is_above_the_current_max),
	KUNIT_CASE(vms_are_counted_with_the_stranded_among_them),
	KUNIT_CASE(an_adopted_vms_exits_matter_until_it_is_let_go),
	KUNIT_CASE(all_exits_matter_where_asked_for),
	KUNIT_CASE(a_watch_records_what_is_asked_and_lost),
	KUNIT_CASE(vms_are_walked_in_the_order_of_their_numbers),
	KUNIT_CASE(forgotten_vms_give_all_back),
	KUNIT_CASE(a_process_is_offered_what_its_newest_vm_has),
	{}
};

struct kunit_suite kl_suite_vm = {
	.name = "kl_vm",
	.init = env_begin,
	.exit = env_end,
	.test_cases = vm_cases,
};

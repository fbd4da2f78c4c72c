// SPDX-License-Identifier: GPL-2.0
/* What suites share; env.h says what. */
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rcupdate.h>

#include "env.h"
#include "../uapi/kvm_level.h"
#include "gate.h"

static int allocs_before;

static struct env_msr msrs[80];
static unsigned int nr_msrs;

static struct env_msr *find_msr(u32 index)
{
	unsigned int i;

	for (i = 0; i < nr_msrs; i++) {
		if (msrs[i].index == index)
			return &msrs[i];
	}
	return NULL;
}

struct env_msr *env_msr(u32 index)
{
	struct env_msr *m = find_msr(index);

	if (!m) {
		BUG_ON(nr_msrs == ARRAY_SIZE(msrs));
		m = &msrs[nr_msrs++];
		*m = (struct env_msr){ .index = index };
	}
	return m;
}

static int get_msr(struct kvm_vcpu *vcpu, struct msr_data *msr)
{
	struct env_msr *m = find_msr(msr->index);

	if (!m || !msr->host_initiated)
		return 1;
	msr->data = m->at ? *m->at : m->value;
	return 0;
}

static int set_msr(struct kvm_vcpu *vcpu, struct msr_data *msr)
{
	struct env_msr *m = find_msr(msr->index);

	if (!m || !msr->host_initiated || msr->data & m->refused)
		return 1;
	*(m->at ?: &m->value) = msr->data;
	m->stores++;
	return 0;
}

static struct kl_vendor vendor = {
	.module = "kl_no_vendor",
	.get_msr = get_msr,
	.set_msr = set_msr,
};

void env_vendor_is(u32 id)
{
	vendor.id = id;
}

void env_vendor(struct kunit *test)
{
	env_vendor_is(KVM_LEVEL_VENDOR_AMD);
	kl_vendor = &vendor;
}

int env_begin(struct kunit *test)
{
	test_fail_alloc(0);
	kl_mode = KVM_LEVEL_MODE_OFF;
	kl_exits = KVM_LEVEL_EXITS_NEEDED;
	kl_vendor = NULL;
	kl_host_lacking = false;
	kl_vms_see_ends(true);
	nr_msrs = 0;
	allocs_before = test_allocs();
	return 0;
}

void env_end(struct kunit *test)
{
	test_fail_alloc(0);
	kl_mode = KVM_LEVEL_MODE_OFF;
	kl_exits = KVM_LEVEL_EXITS_NEEDED;
	kl_vendor = NULL;
	kl_host_lacking = false;
	kl_processes_exit();
	kl_vms_want_all_exits(false);
	kl_vms_exit();
	kl_baseline_set_current(NULL);
	/* VMs hold baselines: one freed frees the other. */
	rcu_barrier();
	rcu_barrier();
	KUNIT_EXPECT_EQ_MSG(test, test_allocs(), allocs_before, "something was not given back");
}

void env_words(struct kunit *test, struct kl_words *to, const struct words *from)
{
	KUNIT_ASSERT_EQ(test, kl_words_alloc(to, from->set.nr_leaves, from->set.nr_msrs), 0);
	memcpy(to->leaf, from->leaf, from->set.nr_leaves * sizeof(*to->leaf));
	memcpy(to->msr, from->msr, from->set.nr_msrs * sizeof(*to->msr));
	to->set.nr_leaves = from->set.nr_leaves;
	to->set.nr_msrs = from->set.nr_msrs;
}

struct kl_baseline *env_baseline(struct kunit *test, const struct words *def,
				 const struct words *max)
{
	struct kl_words d = { }, m = { };
	struct kl_baseline *b;
	struct kl_place at = { };

	env_words(test, &d, def);
	if (max)
		env_words(test, &m, max);
	b = kl_baseline_make("test", &d, &m, &at, NULL);
	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(b), "0x%x.%u: %s", at.leaf, at.subleaf, at.why);
	return b;
}

struct kl_baseline *env_current(struct kunit *test, const struct words *def,
				const struct words *max)
{
	struct kl_baseline *b = env_baseline(test, def, max);

	b->id = kl_baseline_next_id();
	kl_baseline_set_current(b);
	return b;
}

struct kvm_vcpu *env_vcpu(struct kunit *test)
{
	struct kvm_vcpu *vcpu = kunit_kzalloc(test, sizeof(*vcpu), GFP_KERNEL);
	struct kvm *kvm = kunit_kzalloc(test, sizeof(*kvm), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, vcpu);
	KUNIT_ASSERT_NOT_NULL(test, kvm);
	vcpu->kvm = kvm;
	atomic_set(&kvm->online_vcpus, 1);
	refcount_set(&kvm->users_count, 1);
	return vcpu;
}

struct kl_vm *env_vm(struct kunit *test, struct kvm *kvm, struct kl_baseline *b)
{
	struct kl_vm *vm = kl_vm_prepare(kvm, b);

	KUNIT_ASSERT_NOT_NULL(test, vm);
	kl_vm_add(vm);
	return vm;
}

void __user *env_user_begin(struct kunit *test)
{
	unsigned long page;

	kthread_use_mm(test_mm);
	page = vm_mmap(NULL, 0, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(page)) {
		kthread_unuse_mm(test_mm);
		KUNIT_ASSERT_FALSE_MSG(test, true, "no page of a VMM's: %ld", (long)page);
	}
	/* Behind it is nothing. */
	vm_munmap(page + PAGE_SIZE, PAGE_SIZE);
	return (void __user *)page;
}

void env_user_end(void __user *page)
{
	vm_munmap((unsigned long)page, PAGE_SIZE);
	kthread_unuse_mm(test_mm);
}

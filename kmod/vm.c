// SPDX-License-Identifier: GPL-2.0
/* VMs and what they are pinned to; vm.h says the rules. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/slab.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/xarray.h>

#include "hook.h"
#include "vm.h"

#define KL_VM_BITS	7

/* By struct kvm.  Read under RCU, written under kl_vm_lock. */
static DEFINE_HASHTABLE(kl_vms, KL_VM_BITS);
static DEFINE_SPINLOCK(kl_vm_lock);
/* By number.  Its own lock; entries go before kl_vms's do. */
static DEFINE_XARRAY_ALLOC1(kl_vm_ids);
static u32 kl_vm_next_id;
/* Is every VM that ends taken out of kl_vms?  Under kl_vm_lock. */
static bool kl_vm_ends_seen;
static atomic_t kl_vm_generation = ATOMIC_INIT(1);

/* Rebuilt under kl_vm_lock. */
unsigned long kl_bloom[BITS_TO_LONGS(1 << KL_BLOOM_BITS)];
static bool kl_bloom_all;
static atomic_t kl_at_exits;

unsigned int kl_vms_at_exits(void)
{
	return atomic_read(&kl_at_exits);
}

unsigned int kl_vms_generation(void)
{
	return atomic_read(&kl_vm_generation);
}

static bool kl_vm_is_at_exits(const struct kl_vm *vm)
{
	return rcu_access_pointer(vm->adopted) || rcu_access_pointer(vm->watch);
}

/* Set bits first, clear the stale ones after: no interesting VM is ever missed. */
static void kl_bloom_rebuild(void)
{
	DECLARE_BITMAP(fresh, 1 << KL_BLOOM_BITS) = { };
	unsigned int i, n = 0;
	struct kl_vm *vm;

	lockdep_assert_held(&kl_vm_lock);
	hash_for_each(kl_vms, i, vm, node) {
		if (kl_vm_is_at_exits(vm)) {
			__set_bit(kl_bloom_bit(vm->kvm), fresh);
			n++;
		}
	}
	for (i = 0; i < BITS_TO_LONGS(1 << KL_BLOOM_BITS); i++)
		WRITE_ONCE(kl_bloom[i], kl_bloom_all ? ~0UL : fresh[i]);
	atomic_set(&kl_at_exits, n);
}

void kl_vms_want_all_exits(bool all)
{
	spin_lock(&kl_vm_lock);
	kl_bloom_all = all;
	kl_bloom_rebuild();
	spin_unlock(&kl_vm_lock);
}

struct kl_vm *kl_vm_of(const struct kvm *kvm)
{
	struct kl_vm *vm;

	hash_for_each_possible_rcu(kl_vms, vm, node, (unsigned long)kvm,
				   lockdep_is_held(&kl_vm_lock)) {
		if (vm->kvm == kvm)
			return vm;
	}
	return NULL;
}

struct kl_vm *kl_vm_prepare(struct kvm *kvm, struct kl_baseline *pinned)
{
	struct kl_vm *vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);

	BUILD_BUG_ON(sizeof(struct kl_vm) > 512);
	if (!vm)
		goto fail;
	vm->kvm = kvm;
	vm->mm = current->mm;
	vm->pinned = pinned;
	vm->created = ktime_get_boottime_ns();
	vm->pid = task_tgid_nr(current);
	get_task_comm(vm->comm, current->group_leader);
	if (xa_alloc_cyclic(&kl_vm_ids, &vm->id, NULL, XA_LIMIT(1, INT_MAX), &kl_vm_next_id,
			    GFP_KERNEL_ACCOUNT) < 0)
		goto fail;
	if (pinned)
		atomic_inc(&pinned->vms);
	return vm;

fail:
	kfree(vm);
	kl_baseline_put(pinned);
	return NULL;
}

static void kl_vm_free(struct kl_vm *vm)
{
	struct kl_baseline *adopted = rcu_access_pointer(vm->adopted);

	if (vm->pinned)
		atomic_dec(&vm->pinned->vms);
	kl_baseline_put(vm->pinned);
	kl_baseline_put(adopted);
	kfree(rcu_access_pointer(vm->watch));
	kfree(vm);
}

static void kl_vm_free_rcu(struct rcu_head *rcu)
{
	kl_vm_free(container_of(rcu, struct kl_vm, rcu));
}

void kl_vm_drop(struct kl_vm *vm)
{
	xa_erase(&kl_vm_ids, vm->id);
	kl_vm_free(vm);
}

/* False if the VM is known already. */
static bool kl_vm_insert(struct kl_vm *vm)
{
	bool known;

	spin_lock(&kl_vm_lock);
	known = kl_vm_of(vm->kvm);
	if (!known) {
		hash_add_rcu(kl_vms, &vm->node, (unsigned long)vm->kvm);
		/* The number was taken in kl_vm_prepare(): no allocation here. */
		xa_store(&kl_vm_ids, vm->id, vm, GFP_ATOMIC);
	}
	spin_unlock(&kl_vm_lock);
	atomic_inc(&kl_vm_generation);
	return !known;
}

bool kl_vm_gone(struct kvm *kvm)
{
	struct kl_vm *vm;
	bool at_exits = false;

	spin_lock(&kl_vm_lock);
	vm = kl_vm_of(kvm);
	if (vm) {
		at_exits = kl_vm_is_at_exits(vm);
		xa_erase(&kl_vm_ids, vm->id);
		hash_del_rcu(&vm->node);
		if (at_exits)
			kl_bloom_rebuild();
	}
	spin_unlock(&kl_vm_lock);
	if (vm) {
		atomic_inc(&kl_vm_generation);
		call_rcu(&vm->rcu, kl_vm_free_rcu);
	}
	return at_exits;
}

void kl_vm_add(struct kl_vm *vm)
{
	/* What stood at this address before went while its end was not hooked. */
	while (!kl_vm_insert(vm))
		kl_vm_gone(vm->kvm);
}

/* An older VM: never pinned, its maker is whoever owns its memory. */
static struct kl_vm *kl_vm_note_older(struct kvm *kvm)
{
	struct kl_vm *vm = kl_vm_prepare(kvm, NULL);
	struct task_struct *owner;

	if (!vm) {
		pr_warn("no memory to note an older VM\n");
		return NULL;
	}
	vm->created = 0;
	vm->mm = NULL;
	vm->pid = 0;
	vm->comm[0] = 0;
	rcu_read_lock();
	for_each_process(owner) {
		if (READ_ONCE(owner->mm) == kvm->mm) {
			vm->pid = task_tgid_nr(owner);
			get_task_comm(vm->comm, owner);
			break;
		}
	}
	rcu_read_unlock();
	if (!kl_vm_insert(vm)) {
		kl_vm_drop(vm);
		vm = NULL;
	}
	return vm;
}

struct kl_vm *kl_vm_of_call(struct kvm *kvm)
{
	struct kl_vm *vm;

	rcu_read_lock();
	vm = kl_vm_of(kvm);
	rcu_read_unlock();
	/*
	 * Made while the hooks were being armed: older than the module.  One that is
	 * already being destroyed may have been so before its end could be seen.
	 */
	if (!vm && refcount_read(&kvm->users_count))
		vm = kl_vm_note_older(kvm);
	return vm;
}

int kl_vms_find_older(void)
{
	struct list_head *list = (struct list_head *)kl_resolve_data("kvm:vm_list");
	struct mutex *lock = (struct mutex *)kl_resolve_data("kvm:kvm_lock");
	struct kvm *kvm;
	unsigned int noreclaim;

	if (!list || !lock)
		return -ENOENT;
	mutex_lock(lock);
	/* Up to 6.12, reclaim takes this very mutex: KVM's shadow pages have a shrinker. */
	noreclaim = memalloc_noreclaim_save();
	list_for_each_entry(kvm, list, vm_list) {
		struct kl_vm *vm;

		rcu_read_lock();
		vm = kl_vm_of(kvm);
		rcu_read_unlock();
		if (!vm)
			kl_vm_note_older(kvm);
	}
	memalloc_noreclaim_restore(noreclaim);
	mutex_unlock(lock);
	return 0;
}

struct kl_baseline *kl_vm_baseline_of_process(bool *known)
{
	struct kl_vm *vm, *newest = NULL;
	unsigned int i;

	hash_for_each_rcu(kl_vms, i, vm, node) {
		if (vm->created && vm->mm == current->mm &&
		    (!newest || newest->created < vm->created))
			newest = vm;
	}
	*known = newest;
	return newest ? newest->pinned : NULL;
}

unsigned int kl_vm_vcpus(const struct kl_vm *vm)
{
	unsigned int n = 0;

	spin_lock(&kl_vm_lock);
	/* KVM frees what isn't in the table any more. */
	if (kl_vm_ends_seen && kl_vm_of(vm->kvm) == vm)
		n = atomic_read(&vm->kvm->online_vcpus);
	spin_unlock(&kl_vm_lock);
	return n;
}

struct kl_vm *kl_vm_by_id(u32 id)
{
	return xa_load(&kl_vm_ids, id);
}

struct kl_vm *kl_vm_next(unsigned long *id)
{
	return xa_find(&kl_vm_ids, id, INT_MAX, XA_PRESENT);
}

bool kl_vm_stranded(const struct kl_vm *vm, const struct kl_baseline *now)
{
	const struct kl_set *has;

	if (!now)
		return false;
	if (!vm->pinned)
		return true;
	if (vm->pinned == now)
		return false;
	has = READ_ONCE(vm->above_default) ? &vm->pinned->max.set : &vm->pinned->def.set;
	return kl_set_subset(has, &now->max.set, NULL);
}

void kl_vms_count(const struct kl_baseline *now, unsigned int *vms, unsigned int *stranded)
{
	/* VMs of one baseline come in rows: don't compare the same two again. */
	const struct kl_baseline *last = NULL;
	bool last_stranded = false, last_above = false;
	struct kl_vm *vm;
	unsigned int i;

	*vms = 0;
	*stranded = 0;
	rcu_read_lock();
	hash_for_each_rcu(kl_vms, i, vm, node) {
		++*vms;
		if (!vm->pinned || vm->pinned != last || vm->above_default != last_above) {
			last = vm->pinned;
			last_above = vm->above_default;
			last_stranded = kl_vm_stranded(vm, now);
		}
		*stranded += last_stranded;
	}
	rcu_read_unlock();
}

int kl_vm_adopt(u32 id, struct kl_baseline *b)
{
	struct kl_baseline *old = NULL;
	struct kl_vm *vm;
	int ret;

	spin_lock(&kl_vm_lock);
	vm = kl_vm_by_id(id);
	if (!vm) {
		ret = -ENOENT;
	} else {
		old = rcu_replace_pointer(vm->adopted, kl_baseline_get(b),
					  lockdep_is_held(&kl_vm_lock));
		ret = old != b;
		kl_bloom_rebuild();
	}
	spin_unlock(&kl_vm_lock);
	kl_baseline_put(old);
	return ret;
}

int kl_vm_watch(u32 id, bool on)
{
	struct kl_watch *fresh = NULL, *old = NULL;
	struct kl_vm *vm;
	int ret = 0;

	if (on) {
		fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
		if (!fresh)
			return -ENOMEM;
		spin_lock_init(&fresh->lock);
	}
	spin_lock(&kl_vm_lock);
	vm = kl_vm_by_id(id);
	if (!vm) {
		ret = -ENOENT;
		old = fresh;
	} else if (on && rcu_access_pointer(vm->watch)) {
		old = fresh;	/* it is being watched: keep what was seen */
	} else {
		old = rcu_replace_pointer(vm->watch, fresh, lockdep_is_held(&kl_vm_lock));
		kl_bloom_rebuild();
	}
	spin_unlock(&kl_vm_lock);
	if (old)
		kfree_rcu(old, rcu);
	return ret;
}

void kl_vm_record(struct kl_vm *vm, bool is_msr, u32 index, u32 subleaf, const u32 *lost)
{
	struct kl_watch *w = rcu_dereference(vm->watch);
	unsigned int i, r;

	if (!w)
		return;
	spin_lock(&w->lock);
	for (i = 0; i < w->nr; i++) {
		if (w->seen[i].index == index && w->seen[i].subleaf == subleaf &&
		    w->seen[i].is_msr == is_msr)
			break;
	}
	if (i == KL_SEEN_MAX) {
		w->missed++;
	} else {
		if (i == w->nr)
			w->seen[w->nr++] = (struct kl_seen){ index, subleaf, is_msr };
		w->seen[i].count++;
		for (r = 0; r < KL_NR_REGS; r++)
			w->seen[i].lost[r] |= lost[r];
	}
	spin_unlock(&w->lock);
}

void kl_vms_see_ends(bool seen)
{
	spin_lock(&kl_vm_lock);
	kl_vm_ends_seen = seen;
	spin_unlock(&kl_vm_lock);
}

void kl_vms_forget(void)
{
	struct hlist_node *next;
	struct kl_vm *vm;
	unsigned int i;

	spin_lock(&kl_vm_lock);
	hash_for_each_safe(kl_vms, i, next, vm, node) {
		hash_del_rcu(&vm->node);
		xa_erase(&kl_vm_ids, vm->id);
		call_rcu(&vm->rcu, kl_vm_free_rcu);
	}
	kl_bloom_rebuild();
	spin_unlock(&kl_vm_lock);
	atomic_inc(&kl_vm_generation);
}

void kl_vms_exit(void)
{
	kl_vms_forget();
	/* Frees VMs, and then the baselines which they held. */
	rcu_barrier();
	rcu_barrier();
	xa_destroy(&kl_vm_ids);
}

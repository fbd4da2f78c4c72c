/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMs and what they are pinned to.
 *
 * A VM is known from kvm_arch_init_vm() to kvm_arch_destroy_vm(); those that
 * are older than the module are found on KVM's own list.  A VM's pin never
 * changes.
 */
#ifndef KL_VM_H
#define KL_VM_H

#include <linux/kvm_host.h>
#include <linux/spinlock.h>

#include "baseline.h"

#define KL_SEEN_MAX	128

/* What a watched guest asked for. */
struct kl_seen {
	u32 index;		/* CPUID leaf or MSR */
	u32 subleaf;
	bool is_msr;
	u64 count;
	u32 lost[KL_NR_REGS];	/* an MSR's low and high halves come first */
};

struct kl_watch {
	struct rcu_head rcu;
	spinlock_t lock;	/* protects all below */
	unsigned int nr;
	u64 missed;		/* reads for which there was no room */
	struct kl_seen seen[KL_SEEN_MAX];
};

struct kl_vm {
	struct hlist_node node;		/* by kvm; RCU, written under kl_vm_lock */
	struct rcu_head rcu;
	struct kvm *kvm;		/* valid while in the table */
	const void *mm;			/* its maker's, to compare; never followed */
	struct kl_baseline *pinned;	/* constant; NULL: not levelled */
	/*
	 * Levelled at its exits to this one, by the administrator's word alone: NULL
	 * else.  Under kl_mutex; read under RCU.
	 */
	struct kl_baseline __rcu *adopted;
	struct kl_watch __rcu *watch;	/* written under kl_mutex, read under RCU */
	u64 created;			/* CLOCK_BOOTTIME ns; 0: older than the module */
	u32 id;
	pid_t pid;
	char comm[TASK_COMM_LEN];
	bool above_default;		/* its VMM set more than default, within max */
	atomic_t announced;		/* events sent for it, to bound them */
	atomic64_t cut;
	atomic64_t would_cut;
	atomic64_t refused;
};

/* After the hooks are gone: nobody comes or goes any more. */
void kl_vms_exit(void);
/*
 * From when on, and until when, kvm_arch_destroy_vm() is hooked together with all by
 * which VMs become known.  Only in between may a VM's struct kvm be looked into; those
 * that became known outside of it are to be forgotten, when no wrapper runs.
 */
void kl_vms_see_ends(bool seen);
void kl_vms_forget(void);

/* Find the VMs that are older than the module; KVM must be loaded. */
int kl_vms_find_older(void);

/*
 * Before and after KVM makes a VM: kl_vm_prepare() allocates and pins
 * (@pinned's reference is its own from then on, also when there is no memory),
 * kl_vm_add() makes it known, kl_vm_drop() undoes prepare.
 */
struct kl_vm *kl_vm_prepare(struct kvm *kvm, struct kl_baseline *pinned);
void kl_vm_add(struct kl_vm *vm);
void kl_vm_drop(struct kl_vm *vm);
/* KVM is about to free it.  True if it took part in the exit gate. */
bool kl_vm_gone(struct kvm *kvm);

/* Under rcu_read_lock(); NULL if not known. */
struct kl_vm *kl_vm_of(const struct kvm *kvm);
/* From KVM's own calls on this VM, which can't be destroyed meanwhile. */
struct kl_vm *kl_vm_of_call(struct kvm *kvm);
/* The VM which the current process made, newest first: under rcu_read_lock(). */
struct kl_baseline *kl_vm_baseline_of_process(bool *known);

/* By number; both for netlink, under rcu_read_lock(). */
struct kl_vm *kl_vm_by_id(u32 id);
unsigned int kl_vm_vcpus(const struct kl_vm *vm);
struct kl_vm *kl_vm_next(unsigned long *id);

/* May it have more than @current_max?  Under RCU. */
bool kl_vm_stranded(const struct kl_vm *vm, const struct kl_baseline *current_one);
void kl_vms_count(const struct kl_baseline *current_one, unsigned int *vms,
		  unsigned int *stranded);
/* Changes with every VM that comes or goes: a dump that was interrupted shows. */
unsigned int kl_vms_generation(void);

/* The exit gate: who is interested in a VM's exits. */
/* @b NULL: no longer.  1 if that changes something, 0 if not, -ENOENT. */
int kl_vm_adopt(u32 id, struct kl_baseline *b);
int kl_vm_watch(u32 id, bool on);
unsigned int kl_vms_at_exits(void);

/*
 * Which VMs' exits matter: a bit per hash of the struct kvm, so that an ftrace
 * callback needs neither lock nor RCU.  A VM that shares a bit with an adopted
 * one only takes the longer way.
 */
#define KL_BLOOM_BITS	12
extern unsigned long kl_bloom[BITS_TO_LONGS(1 << KL_BLOOM_BITS)];

static __always_inline unsigned int kl_bloom_bit(const struct kvm *kvm)
{
	return ((unsigned long)kvm >> PAGE_SHIFT) & ((1 << KL_BLOOM_BITS) - 1);
}

static __always_inline bool kl_vm_wants_exits(const struct kvm *kvm)
{
	unsigned int bit = kl_bloom_bit(kvm);

	return READ_ONCE(kl_bloom[BIT_WORD(bit)]) & BIT_MASK(bit);
}

/* Every VM's exits matter, or no longer: audit, or exits always. */
void kl_vms_want_all_exits(bool all);
void kl_vm_record(struct kl_vm *vm, bool is_msr, u32 index, u32 subleaf, const u32 *lost);

/* A baseline for the VMs of the current process and its children. */
int kl_process_set(struct kl_baseline *b);
struct kl_baseline *kl_process_get(void);
/* Does one of them still run? */
bool kl_processes_any(void);
void kl_processes_exit(void);

#endif /* KL_VM_H */

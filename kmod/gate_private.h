/* SPDX-License-Identifier: GPL-2.0 */
/* Between the files of the gates. */
#ifndef KL_GATE_PRIVATE_H
#define KL_GATE_PRIVATE_H

#include <linux/kvm_host.h>

#include "policy/policy.h"
#include "vm.h"

/*
 * KVM's row as words.  A row without the index flag stands for subleaf 0, whatever
 * its index says; that it is read for no other one is up to kl_admit_cpuid().
 */
static inline void kl_leaf_of_entry(struct kl_leaf *words, const struct kvm_cpuid_entry2 *e)
{
	words->leaf = e->function;
	words->subleaf = e->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX ? e->index : 0;
	words->r[KL_EAX] = e->eax;
	words->r[KL_EBX] = e->ebx;
	words->r[KL_ECX] = e->ecx;
	words->r[KL_EDX] = e->edx;
}

/* Does it hold something of a baseline that KVM lets a host store? */
static inline bool kl_msr_is_levelled(const struct kl_msr_shape *shape)
{
	return shape->flags & KL_SHAPE_STATE || !(shape->flags & (KL_SHAPE_VMM | KL_SHAPE_DERIVED));
}

int kl_advertise_init(void);
int kl_gate_msr_init(void);
/* Bring down what KVM holds of a governed MSR.  True if there was more. */
bool kl_level_msr(struct kvm_vcpu *vcpu, u32 index,
		  u64 (*level)(const struct kl_set *set, u32 index, u64 value),
		  const struct kl_set *set, u64 *beyond);
void kl_msrs_follow_cpuid(struct kl_vm *vm, struct kvm_vcpu *vcpu);
int kl_exit_gate_init(void);
/* Somebody who needed the exit gate went: look soon whether it may be disarmed. */
void kl_exit_gate_review(void);

#endif /* KL_GATE_PRIVATE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The three gates, vendor-neutral:
 *
 *   advertise  what KVM offers a VMM
 *   admit      what a VMM sets
 *   exit       what a guest reads; armed only while somebody needs it
 *
 * Levelled at the first two, a guest's exits run KVM's own code: KVM derives
 * XCR0, CR4's reserved bits, EFER, intercepts and its own feature words from
 * the levelled entries.
 */
#ifndef KL_GATE_H
#define KL_GATE_H

#include <linux/kvm_host.h>

#include "baseline.h"
#include "vm.h"

/* What the gates need of a vendor's module. */
struct kl_vendor {
	u32 id;			/* enum kvm_level_vendor */
	const char *module;	/* as in /proc/modules */
	/* False if the module will refuse this processor, and so never has a guest. */
	bool (*fits)(void);
	/* KVM's own readers and writers of MSRs; host_initiated is the caller's. */
	int (*get_msr)(struct kvm_vcpu *vcpu, struct msr_data *msr);
	int (*set_msr)(struct kvm_vcpu *vcpu, struct msr_data *msr);
	/* What only this vendor has, on a vCPU that has just been made. */
	void (*preset)(struct kvm_vcpu *vcpu, const struct kl_baseline *b);
};

/*
 * The vendor whose module is loaded with all hooks armed, NULL if none.  Written under
 * kl_mutex.  A VM is pinned only where it is set; it stays while there are VMs, which
 * hold the vendor's module.
 */
extern const struct kl_vendor *kl_vendor;

int kl_gate_init(void);

/* enum kvm_level_mode, enum kvm_level_exits; written under kl_mutex. */
extern unsigned int kl_mode;
extern unsigned int kl_exits;

static inline bool kl_mode_levels(void)
{
	return READ_ONCE(kl_mode) >= 2;	/* enforce, strict */
}

/* Bring what a guest reads of a vendor's MSR to its baseline: the exit gate. */
int kl_exit_msr(struct kvm_vcpu *vcpu, struct msr_data *msr, int ret);
/* What of an EFER value a vCPU may have: for the vendors' set_efer. */
u64 kl_gate_efer(struct kvm_vcpu *vcpu, u64 efer);
/* Is anybody interested in this vCPU's exits?  Inlined into ftrace callbacks. */
static __always_inline bool kl_exit_filter(unsigned long vcpu, unsigned long unused)
{
	return kl_vm_wants_exits(((struct kvm_vcpu *)vcpu)->kvm);
}

/* The same for the vendors' readers of MSRs, which serve the host as well. */
static __always_inline bool kl_exit_msr_filter(unsigned long vcpu, unsigned long msr)
{
	return kl_exit_filter(vcpu, 0) && !((struct msr_data *)msr)->host_initiated;
}

/*
 * What this host's KVM offers, unlevelled, plus what KVM offers by another way
 * than CPUID.  Read once when a vendor's module has started, in a process that
 * has an mm.  kl_host_lacking is set where the current baseline is not within: status.
 */
int kl_host_read(void);
void kl_host_forget(void);
const struct kl_set *kl_host_offer(void);	/* NULL: KVM isn't there; under kl_mutex */
extern bool kl_host_lacking;			/* written under kl_mutex */

#endif /* KL_GATE_H */

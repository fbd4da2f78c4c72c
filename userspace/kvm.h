/* SPDX-License-Identifier: GPL-2.0 */
/* What this host's processor and its KVM say of themselves. */
#ifndef KL_KVM_H
#define KL_KVM_H

#include "words.h"

/* What KVM offers: KVM_GET_SUPPORTED_CPUID and the feature MSRs.  0, or said why. */
int kvm_offer(struct words *offer);
/* Leaf 1 has the TSC deadline timer, which KVM tells in another place.  Adds it to @offer. */
void kvm_add_tsc_deadline(struct words *offer);
/* Every leaf of the processor, by the CPUID instruction, on one CPU. */
int raw_cpuid(struct words *raw);
/* The words in which the logical CPUs differ, said as warnings. */
void warn_of_unequal_cpus(void);

/* The processor's vendor string, as CPUID leaf 0 spells it. */
void cpuid_vendor(const struct kl_leaf *leaf0, char vendor[13]);
void own_vendor(char vendor[13]);
struct signature {
	u32 family, model, stepping;
};

struct signature cpuid_signature(u32 eax);

#endif /* KL_KVM_H */

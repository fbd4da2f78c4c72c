/* SPDX-License-Identifier: GPL-2.0 */
/* What suites share: baselines, VMs that are none, memory of a VMM, a balance. */
#ifndef KUNIT_ENV_H
#define KUNIT_ENV_H

#include <kunit/test.h>
#include <linux/kvm_host.h>

#include "alloc.h"
#include "baseline.h"
#include "vm.h"
#include "../unit/words.h"

/* Of the process that loads this module; module.c. */
extern struct mm_struct *test_mm;

/* Each test of a suite: begins with nothing, and must leave nothing. */
int env_begin(struct kunit *test);
void env_end(struct kunit *test);

/* Words that a baseline may take over. */
void env_words(struct kunit *test, struct kl_words *to, const struct words *from);
/* A baseline: @max NULL is default.  Not published, no number; one reference. */
struct kl_baseline *env_baseline(struct kunit *test, const struct words *def,
				 const struct words *max);
/* And current; the reference is the pointer's. */
struct kl_baseline *env_current(struct kunit *test, const struct words *def,
				const struct words *max);

/* KVM's structures, all zero but for what ties them together. */
struct kvm_vcpu *env_vcpu(struct kunit *test);

/* A known VM, pinned to @b, whose reference it takes over; NULL: not levelled. */
struct kl_vm *env_vm(struct kunit *test, struct kvm *kvm, struct kl_baseline *b);

/* A vendor's module, whose registers are these; kl_vendor from then on. */
struct env_msr {
	u32 index;
	u64 value;
	u64 refused;		/* KVM takes no value with one of these bits */
	unsigned int stores;
	u64 *at;		/* where KVM itself keeps it, if not in value */
};

/* AMD's, unless it is said to be Intel's. */
void env_vendor(struct kunit *test);
void env_vendor_is(u32 id);
/* Made where it isn't there; one that was never made is none that KVM knows. */
struct env_msr *env_msr(u32 index);

/* Which original a wrapper calls. */
#define ENV_ORIGINAL(name, fake)	static_call_update(kl_orig_##name, fake)

/* What the host's KVM is said to offer, until kl_host_forget(). */
void env_host_offer(struct kunit *test, const struct words *w);
/* No table of hooks any more; none may be armed. */
void env_hooks_forget(void);

/* A page as a VMM would have it; between the two nothing may end the test. */
void __user *env_user_begin(struct kunit *test);
void env_user_end(void __user *page);

#endif /* KUNIT_ENV_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Features of MSRs go with what they need: feature_needs[], beside the core's kl_close(). */
#ifndef KL_NEEDS_H
#define KL_NEEDS_H

#include "names.h"

/* Is it there, the feature without which an MSR does not exist included? */
bool set_has_feature(const struct kl_set *set, const struct bit_place *at);

/*
 * kl_close(), and clear what has lost what it needs by name, until nothing changes.  A control
 * of VMX that must be 1 stays: without it no nested hypervisor could run.
 */
void needs_close(struct kl_acc *acc);

#endif /* KL_NEEDS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* How strongly a feature is hidden that is not in a baseline. */
#ifndef KL_STRENGTH_H
#define KL_STRENGTH_H

#include "names.h"

/* Bits that a guest can't set any more: the feature's, and of what can't be without it. */
struct strength {
	u64 cr4;
	u64 efer;
	u64 xcr0;
	u64 xss;
};

struct strength feature_strength(const struct bit_place *at);

/*
 * The words for it, as bits: not shown at all events; the rest by what a guest
 * runs into that uses the feature all the same.
 */
#define HIDDEN_CR4	1 /* the bit of CR4 that switches it on can't be set */
#define HIDDEN_XCR0	2 /* its state can't be switched on in XCR0 or XSS */
#define HIDDEN_MSR	4 /* its MSR faults, or its bits there are gone */
#define HIDDEN_CONTROL	8 /* the processor traps the instruction, and KVM refuses it */

enum cpu_vendor { ON_AMD, ON_INTEL };

unsigned int feature_hidden_by(const struct bit_place *at, enum cpu_vendor vendor);

#endif /* KL_STRENGTH_H */

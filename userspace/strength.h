/* SPDX-License-Identifier: GPL-2.0 */
/* How strongly a feature is hidden that is not in a baseline. */
#ifndef KL_STRENGTH_H
#define KL_STRENGTH_H

#include "names.h"

/* Bits that a guest can't set any more, so that the feature doesn't work either. */
struct strength {
	u64 cr4;
	u64 efer;
	u64 xcr0;
	u64 xss;
};

struct strength feature_strength(const struct bit_place *at);

#endif /* KL_STRENGTH_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Two hosts, combined; @b may be NULL. */
#ifndef UNIT_POOL_H
#define UNIT_POOL_H

#include "words.h"

/* Where the result is. */
extern struct kl_acc acc;

struct kl_set combine(const struct words *a, const struct words *b);
/* And checked: well-formed, and within each of the hosts. */
struct kl_set combine_and_close(const struct words *a, const struct words *b);
u32 reg(const struct kl_set *set, u32 leaf, u32 subleaf, enum kl_reg r);

#endif /* UNIT_POOL_H */

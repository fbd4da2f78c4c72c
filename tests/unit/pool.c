// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "harness.h"
#include "pool.h"

struct kl_acc acc;

struct kl_set combine(const struct words *a, const struct words *b)
{
	struct kl_place at;

	if (kl_acc_init(&acc, &a->set, &at) || (b && kl_acc_add(&acc, &b->set, &at)))
		FAIL("combining fails: %s", at.why);
	return kl_acc_set(&acc);
}

struct kl_set combine_and_close(const struct words *a, const struct words *b)
{
	struct kl_place at;
	struct kl_set set;

	combine(a, b);
	kl_close(&acc);
	set = kl_acc_set(&acc);
	if (kl_set_check(&set, &at))
		FAIL("0x%x.%u is not well-formed: %s", at.leaf, at.subleaf, at.why);
	CHECK(!kl_set_subset(&set, &a->set, NULL));
	CHECK(!b || !kl_set_subset(&set, &b->set, NULL));
	return set;
}

u32 reg(const struct kl_set *set, u32 leaf, u32 subleaf, enum kl_reg r)
{
	return words_reg(set, leaf, subleaf, r);
}

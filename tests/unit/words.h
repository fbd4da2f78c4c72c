/* SPDX-License-Identifier: GPL-2.0 */
/* Sets of words to test on: built by hand, or read from dumps of real hosts. */
#ifndef UNIT_WORDS_H
#define UNIT_WORDS_H

#include "policy.h"

#define WORDS_LEAVES	512
#define WORDS_MSRS	512

struct words {
	struct kl_leaf leaf[WORDS_LEAVES];
	struct kl_msr msr[WORDS_MSRS];
	struct kl_set set;
	char name[128];
};

/* In any order; the set stays sorted. */
void words_clear(struct words *w);
void words_copy(struct words *to, const struct words *from);
struct kl_leaf *words_leaf(struct words *w, u32 leaf, u32 subleaf);
void words_drop(struct words *w, u32 leaf, u32 subleaf);
void words_put(struct words *w, u32 leaf, u32 subleaf, u32 eax, u32 ebx, u32 ecx, u32 edx);
void words_set(struct words *w, u32 leaf, u32 subleaf, enum kl_reg reg, u32 bits);
void words_unset(struct words *w, u32 leaf, u32 subleaf, enum kl_reg reg, u32 bits);
void words_msr(struct words *w, u32 index, u64 value);
u32 words_reg(const struct kl_set *set, u32 leaf, u32 subleaf, enum kl_reg reg);
u64 words_msr_value(const struct kl_set *set, u32 index);
void words_from_set(struct words *w, const struct kl_set *set);

/* What KVM offers on a server of each make: both pass kl_set_check(). */
void words_intel(struct words *w);
void words_amd(struct words *w);

/* Real hosts, in the order of their names; NULL where shared/hosts isn't there. */
const struct words *words_hosts(unsigned int *nr);
const char *words_hosts_folder(void);

#endif /* UNIT_WORDS_H */

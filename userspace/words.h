/* SPDX-License-Identifier: GPL-2.0 */
/* A growing set of words, and its JSON: the "cpuid" and "msr" arrays. */
#ifndef KL_WORDS_H
#define KL_WORDS_H

#include "../kmod/policy/policy.h"
#include "json_in.h"
#include "json_out.h"

struct words {
	struct kl_leaf *leaf;
	struct kl_msr *msr;
	unsigned int nr_leaves;
	unsigned int nr_msrs;
};

void words_add_leaf(struct words *w, const struct kl_leaf *leaf);
void words_add_msr(struct words *w, u32 index, u64 value);
void words_sort(struct words *w);
void words_free(struct words *w);
struct kl_set words_set(const struct words *w);

/* Room for no more than this in one file: a message that passes it is no host. */
#define WORDS_MAX_LEAVES 1024
#define WORDS_MAX_MSRS 1024

/* Add the rows of the arrays @cpuid and @msr (either may be NULL) and sort: 0, or -1 said why. */
int words_read(const struct json_file *file, const struct json *cpuid, const struct json *msr,
	       struct words *w);
/* The row of the place @at in those arrays, or NULL. */
const struct json *words_row(const struct json *cpuid, const struct json *msr,
			     const struct kl_place *at);
void words_write_leaves(struct json_out *o, const char *key, const struct kl_set *set);
void words_write_msrs(struct json_out *o, const char *key, const struct kl_set *set);

#endif /* KL_WORDS_H */

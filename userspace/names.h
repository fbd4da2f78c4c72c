/* SPDX-License-Identifier: GPL-2.0 */
/* What feature bits are called.  The kernel holds words; names live here. */
#ifndef KL_NAMES_H
#define KL_NAMES_H

#include "../kmod/policy/policy.h"
#include "tool.h"

/* One bit of a CPUID register or of an MSR. */
struct bit_place {
	bool msr;
	u32 leaf;	/* CPUID leaf, or MSR index */
	u32 subleaf;
	enum kl_reg reg;
	u8 bit;
};

struct feature {
	struct bit_place at;
	const char *name;
	const char *aliases;	/* separated by commas */
};

extern const struct feature features[];
extern const unsigned int nr_features;

/* The feature at @at, or NULL: it has no name here. */
const struct feature *feature_at(const struct bit_place *at);
const struct feature *feature_named(const char *name);
/* AMD repeats bits of leaf 1 in 0x80000001: the same feature once more. */
bool feature_is_copy(const struct bit_place *at);

/* "avx2", or "0x7.0:ebx[5]", "msr:0x10a[3]" for a bit without a name; the caller frees. */
char *bit_name(const struct bit_place *at);
char *bit_where(const struct bit_place *at);
/* A name or one of those notations: 0, or -1. */
int bit_parse(const char *text, struct bit_place *at);

/* "CPUID 0x7.0:ebx bits 0x20 (avx2): why"; the caller frees. */
char *place_text(const struct kl_place *at);
/* What @have lacks at @at of what @need asks for: with the numbers, where it is a number. */
char *lack_text(const struct kl_place *at, const struct kl_set *need, const struct kl_set *have);
/* "avx2, rtm" for the bits of @at; empty where it is the word as a whole. */
char *place_features(const struct kl_place *at);
/* The same for the places that an answer of the kernel mentions; NULL if none. */
char *text_features(const char *text);

/*
 * Call @see for every bit that is 1 in @set, that the core calls a feature and
 * that has a name: nested VMX alone has hundreds without.
 */
void set_features(const struct kl_set *set,
		  void (*see)(void *ctx, const struct bit_place *at), void *ctx);

#endif /* KL_NAMES_H */

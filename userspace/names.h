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

/* Whose a place is that every baseline passes unchanged. */
enum feature_pass {
	PASS_NOT,	/* no such place: a baseline decides */
	PASS_VMM,	/* the VMM's own word */
	PASS_DYNAMIC,	/* changes with the guest, or from CPU to CPU */
	PASS_TOPOLOGY,	/* follows the VMM's topology */
	PASS_RECOMPUTE,	/* follows from other words */
};

/* Whose processors have it, or whose paravirtual interface it is of. */
#define FOR_AMD		1
#define FOR_INTEL	2
#define FOR_CENTAUR	4
#define FOR_KVM		8
#define FOR_HYPERV	16
#define FOR_ANY		(FOR_AMD | FOR_INTEL)

struct feature {
	struct bit_place at;	/* a field's lowest bit */
	const char *name;
	const char *aliases;	/* separated by commas */
	const char *text;	/* what it is */
	u8 width;		/* bits: 1, but for fields */
	u8 vendors;		/* FOR_... */
	enum feature_pass pass;
};

/* Bits that are features of their own, in the order of features.h. */
extern const struct feature features[];
extern const unsigned int nr_features;
/* Numbers and other bits that go together: not features, and not to be switched. */
extern const struct feature fields[];
extern const unsigned int nr_fields;

/* What the core needs not keep: features of MSRs and their prerequisites, by name. */
struct feature_need {
	const char *feature;
	const char *needs;
	const char *why;
};

extern const struct feature_need feature_needs[];
extern const unsigned int nr_feature_needs;

/* The feature at @at, or NULL: it has no name here.  Both are quick. */
const struct feature *feature_at(const struct bit_place *at);
const struct feature *feature_named(const char *name);
/* The field around @at, or of that name. */
const struct feature *field_at(const struct bit_place *at);
const struct feature *field_named(const char *name);
/* "avx2, avx": the names that look most like @name; the caller frees; NULL: none does. */
char *near_names(const char *name);
/* AMD repeats bits of leaf 1 in 0x80000001: the same feature once more. */
bool feature_is_copy(const struct bit_place *at);

/* "avx2", or "0x7.0:ebx[5]", "msr:0x10a[3]" for a bit without a name; the caller frees. */
char *bit_name(const struct bit_place *at);
char *bit_where(const struct bit_place *at);
/* A name or one of those notations: 0, or -1. */
int bit_parse(const char *text, struct bit_place *at);
/* The same without the bit, "0x80000008:eax" or "msr:0x10a": @at->bit is 0. */
int word_parse(const char *text, struct bit_place *at);

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
 * that has a name: reserved controls of nested VMX have none.
 */
void set_features(const struct kl_set *set,
		  void (*see)(void *ctx, const struct bit_place *at), void *ctx);

#endif /* KL_NAMES_H */

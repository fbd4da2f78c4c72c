/* SPDX-License-Identifier: GPL-2.0 */
/* A host on its way from a text into struct host, one logical CPU after the other. */
#ifndef KL_FORMATS_BUILD_H
#define KL_FORMATS_BUILD_H

#include "../host.h"
#include "cpus.h"
#include "text.h"

/* Where hosts go. */
struct sink {
	host_fn see;
	void *ctx;
};

/* Hands @h on, and frees what is left of it; what the sink says. */
int sink_host(const struct sink *sink, struct host *h);

struct build {
	const struct text *in;
	struct cpus cpus;	/* those that are over */
	struct words cpu;	/* the one that is being read */
	struct words msrs;	/* of the host as a whole */
};

/* A row from line @nr: 0, or -1 said why (twice, too many). */
int build_leaf(struct build *b, unsigned int nr, const struct kl_leaf *leaf);
int build_msr(struct build *b, unsigned int nr, u32 index, u64 value);
/* Has the CPU that is being read this leaf? */
const struct kl_leaf *build_has(const struct build *b, u32 leaf, u32 subleaf);
/* What is read from here on is another CPU; nothing if the last one has nothing yet. */
void build_next_cpu(struct build *b);
/* The host, whole: into @sink: what that says, or -1 said why. @b is empty after it. */
int build_host(struct build *b, const struct sink *sink);
void build_free(struct build *b);

/* Vendor, family, model and stepping as the host's words have them. */
void host_identify(struct host *h);
/* That leaves are missing which the maximum leaf promises: of which range, or NULL. */
char *leaves_missing(const struct words *w);

/* Set bits of a word, or make the word: for formats that list features. Keeps no order. */
void words_set_bits(struct words *w, u32 leaf, u32 subleaf, enum kl_reg reg, u32 bits);
void words_set_msr_bits(struct words *w, u32 index, u64 bits);

/*
 * For formats that say of a CPU which features it has, and nothing else: fill in what
 * follows from them (maximum leaves, XSAVE's layout, AMD's copies of leaf 1), the layout
 * as all processors of that vendor have it (SDM vol. 1 "XSAVE-Managed State"; AMD PPRs,
 * CPUID Fn0000000D). Sorts. @phys_bits is taken where there is no MAXPHYADDR.
 */
void words_derive(struct words *w, bool amd, unsigned int phys_bits);

#endif /* KL_FORMATS_BUILD_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* What a pool's words don't tell of its hosts, and an operator should know. */
#ifndef KL_TRAPS_H
#define KL_TRAPS_H

#include "host.h"

/* Holes that dumps are known to have, and hosts that one dump can't tell of. */
enum trap {
	TRAP_NO_LEAF_0, TRAP_NO_LEAF_7, TRAP_ARCH_CAPABILITIES, TRAP_STATE_SIZES, TRAP_SYSCALL,
	TRAP_HYBRID, TRAP_VMX_MSRS,
	NR_TRAPS
};

/* Where a dump tells how fast the TSC runs: only like is compared with like. */
enum tsc_source { TSC_LEAF_15, TSC_LEAF_16, TSC_HYPERVISOR, NR_TSC_SOURCES };

struct trapped {
	u32 traps;			/* bits of enum trap */
	u32 khz[NR_TSC_SOURCES];	/* 0: not said */
	bool tsc_scaling;
	bool tsc_untold;		/* ... or it isn't known: VMX tells it in an MSR */
};

struct trapped traps_of(const struct host *h);

/* The sum over a pool's hosts. */
struct some {
	u64 nr;
	char *first[3];
};

struct tsc_range {
	u32 low, high;
	char *low_name, *high_name;
};

struct traps {
	struct some hosts[NR_TRAPS];
	struct some no_scaling, untold_scaling;
	struct tsc_range tsc[NR_TSC_SOURCES];
};

void traps_add(struct traps *t, const struct trapped *h, const char *name);
/* Call @see with each warning; it takes over the text. */
void traps_tell(const struct traps *t, void (*see)(void *ctx, char *text), void *ctx);
void traps_free(struct traps *t);

#endif /* KL_TRAPS_H */

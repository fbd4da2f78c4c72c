/* SPDX-License-Identifier: GPL-2.0 */
/* The logical CPUs of one host, which may differ: a host is what all of them have. */
#ifndef KL_FORMATS_CPUS_H
#define KL_FORMATS_CPUS_H

#include "../words.h"

struct cpus {
	struct words *cpu;	/* each sorted, nothing twice */
	unsigned int nr;
};

/* Takes @cpu, which is empty after it. */
void cpus_add(struct cpus *c, struct words *cpu);
void cpus_free(struct cpus *c);

/*
 * @out becomes the words of the host: the first CPU's, and where others differ, the
 * AND of features, the OR of bad news, the smallest number (kmod/policy/policy.h). @warn
 * is called with a sentence that names the bits which only some of them have. 0, or
 * -1 with @at telling why they are no one host's. @c is empty after it.
 */
int cpus_combine(struct cpus *c, struct words *out,
		 void (*warn)(void *ctx, const char *text), void *ctx, struct kl_place *at);

#endif /* KL_FORMATS_CPUS_H */

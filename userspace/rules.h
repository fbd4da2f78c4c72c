/* SPDX-License-Identifier: GPL-2.0 */
/* How pools combine a place: the core's own rule for it, in words. */
#ifndef KL_RULES_H
#define KL_RULES_H

#include "names.h"

enum rule {
	RULE_AND,	/* a guest may have it where every host has it */
	RULE_OR,	/* shown if any host has it */
	RULE_MIN,	/* a number: the smallest */
	RULE_EQUAL,	/* must be the same on every host */
	RULE_MUST,	/* what any host demands, all have to be given */
	RULE_PASS,	/* the VMM's own word */
	RULE_DYNAMIC,	/* passes: changes with the guest, or from CPU to CPU */
	RULE_TOPOLOGY,	/* passes: follows the VMM's topology */
	RULE_RECOMPUTE,	/* passes: follows from other words */
	RULE_FOREIGN,	/* of another hypervisor's leaves, which pass */
	RULE_HIDDEN,	/* never shown */
	NR_RULES,
};

/* What the core does with the bit @at. */
enum rule rule_at(const struct bit_place *at);
/* "and"; and what that means for the pool, in a sentence. */
const char *rule_word(enum rule rule);
const char *rule_text(enum rule rule);
/* The feature without which the core takes the leaf or MSR for zero; leaf 0 is "none". */
struct kl_bit rule_gate(const struct bit_place *at);

#endif /* KL_RULES_H */

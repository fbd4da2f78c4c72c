/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who is in a pool, and who of them has which bit: any number of hosts in a
 * bounded memory.  Hosts with the same words are one kind, told by a hash and an
 * exact compare; kinds and names that are too many go into temporary files.
 */
#ifndef KL_ROSTER_H
#define KL_ROSTER_H

#include "json_out.h"
#include "slots.h"

struct roster;

struct roster *roster_new(void);
void roster_free(struct roster *r);

/* How often its words have been there, this time included; 0: too many kinds to tell; -1. */
int roster_add(struct roster *r, const struct filled *f, unsigned int nr, const char *name);

/* How long a name is, on the average. */
u64 roster_name_size(const struct roster *r);
/* The bits that any host has in a slot. */
u32 roster_any(const struct roster *r, unsigned int slot);

/* A bit to ask for: in the order of slots, and in a slot of bits. */
struct asked {
	u16 slot;
	u8 bit;
	u64 has;	/* roster_ask(): how many hosts have it */
};

/* Count: 0, or -1 said why. */
int roster_ask(struct roster *r, struct asked *asked, unsigned int nr);
/* The name of the first host that has bit @i of what was asked, or has it not; "": none. */
int roster_first(struct roster *r, unsigned int i, bool has, char *name, size_t size);
/*
 * Into the array that @o is in: the names of all hosts that lack bit @i of what was
 * asked, in the order in which they were added; @most of them, 0 for all.
 */
int roster_write(struct roster *r, unsigned int i, struct json_out *o, u64 most);

#endif /* KL_ROSTER_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Answers of the kernel, made up. An input is a byte that says which answer is waited for
 * (the command's number, and 0x80 for a dump), then what the socket gives, datagram by
 * datagram: two bytes length, and the datagram.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAMILY 0x20		/* the number of the family; of no meaning to a reader */
#define ANSWER_MAX 16384
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

struct answer {
	const char *name;
	uint8_t cmd;
	bool dump;
	unsigned int nr;
	uint16_t type[32];	/* attributes of the main set */
};

/* The answers in the yaml; NULL behind the last. */
const struct answer *answer_at(unsigned int i);
unsigned int answer_count(void);
/* The one that an input's first byte stands for. */
const struct answer *answer_of(uint8_t first);

/* A whole answer as the yaml has it, with all attributes, and its end: bytes written. */
size_t answer_valid(unsigned int which, uint8_t *to, size_t max);

#endif /* ANSWER_H */

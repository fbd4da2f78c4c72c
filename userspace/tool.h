/* SPDX-License-Identifier: GPL-2.0 */
/* What every part of levelctl shares: how to speak, how to stop. */
#ifndef KL_TOOL_H
#define KL_TOOL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#ifndef KL_VERSION
#define KL_VERSION "0.1.0"
#endif

/* The three ways in which levelctl ends; scripts rely on them. */
enum { DONE = 0, REFUSED = 1, USAGE = 2 };

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

struct tool {
	bool json;
	bool verbose;
};

extern struct tool tool;

/* Talk, on stderr, with "levelctl: " before it. */
void say(const char *fmt, ...) PRINTF(1, 2);
/* The same; returns REFUSED or USAGE, so that "return refuse(...)" reads well. */
int refuse(const char *fmt, ...) PRINTF(1, 2);
int usage(const char *fmt, ...) PRINTF(1, 2);

/* Memory that is there: levelctl ends with a sentence where it is not. */
void *xrealloc(void *old, size_t nr, size_t size);
char *xprintf(const char *fmt, ...) PRINTF(1, 2);

/*
 * Text from elsewhere, made fit for a terminal: control characters become '?'.
 * Changes @text in place and returns it.
 */
char *printable(char *text);

/* May @stream be given colour? A terminal that did not ask for none. */
bool colour_ok(FILE *stream);

/*
 * All of @path ("-" is stdin), with a 0 behind it; NULL if that can't be had
 * or is more than @limit bytes, and the reason has been said.
 */
char *read_whole(const char *path, size_t limit, size_t *len);

/* @text becomes @path, whole or not at all; NULL is stdout. 0, or said why. */
int write_whole(const char *path, const char *text, size_t len);

#endif /* KL_TOOL_H */

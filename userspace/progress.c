// SPDX-License-Identifier: GPL-2.0
/* See progress.h. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

/* Milliseconds: nothing before the first, and then a line no more often than the second. */
#define PATIENCE 400
#define INTERVAL 100

static struct {
	bool asked, wanted;	/* is stderr a terminal? */
	bool shown;
	int64_t begun, last;	/* 0: no work is going on */
} state;

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 + 1;
}

static bool wanted(void)
{
	const char *term = getenv("TERM");

	if (!state.asked)
		state.wanted = isatty(STDERR_FILENO) && term && strcmp(term, "dumb");
	state.asked = true;
	return state.wanted;
}

void progress(const char *what, unsigned long done, unsigned long total)
{
	int64_t t;

	if (!wanted())
		return;
	t = now();
	if (!state.begun)
		state.begun = t;
	if (t - state.begun < PATIENCE || t - state.last < INTERVAL)
		return;
	state.last = t;
	state.shown = true;
	if (total)
		fprintf(stderr, "\r\033[Klevelctl: %s: %lu of %lu (%lu %%)", what, done, total,
			100 * done / total);
	else
		fprintf(stderr, "\r\033[Klevelctl: %s: %lu", what, done);
	fflush(stderr);
}

void progress_end(void)
{
	if (state.shown) {
		fputs("\r\033[K", stderr);
		fflush(stderr);
	}
	state.shown = false;
	state.begun = 0;
	state.last = 0;
}

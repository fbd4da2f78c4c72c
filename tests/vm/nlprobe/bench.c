// SPDX-License-Identifier: GPL-2.0
/*
 * What one message costs, by this host's TSC: under QEMU's -icount it counts
 * instructions, and a nanosecond of waiting as one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

#include "nlprobe.h"

#define SAMPLES	9

static struct words some_words;

/* Two names by turns: the same baseline twice is a no-op. */
static void apply(struct msg *m, unsigned int nth)
{
	msg_start(m, CMD(BASELINE_SET));
	put_text(m, A(NAME), nth % 2 ? "odd" : "even");
	put_words(m, A(DEFAULT), &some_words);
}

static void arm(struct msg *m, unsigned int nth)
{
	msg_start(m, CMD(MODE_SET));
	put_u32(m, A(MODE), good_mode);
	put_u32(m, A(EXITS), nth % 2 ? KVM_LEVEL_EXITS_ALWAYS : KVM_LEVEL_EXITS_NEEDED);
}

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* False: the kernel refuses this message. */
static bool measure(const char *what, void (*build)(struct msg *m, unsigned int nth),
		    unsigned int step)
{
	static struct msg m;
	u64 cost[SAMPLES];

	/* The first one warms caches, and doesn't count. */
	for (unsigned int i = 0; i <= SAMPLES; i++) {
		struct reply r;
		u64 start;

		build(&m, i * step);
		start = __rdtsc();
		ask(root_fd, &m, &r);
		start = __rdtsc() - start;
		reply_free(&r);
		if (!r.answered || r.error)
			return false;
		if (i)
			cost[i - 1] = start;
		/* The way back, unless each is the next one's. */
		if (step == 2) {
			build(&m, i * step + 1);
			ask(root_fd, &m, &r);
			reply_free(&r);
		}
	}
	qsort(cost, SAMPLES, sizeof(cost[0]), compare);
	printf("scale %s min=%llu median=%llu\n", what, (unsigned long long)cost[0],
	       (unsigned long long)cost[SAMPLES / 2]);
	return true;
}

static void arm_only(struct msg *m, unsigned int nth)
{
	arm(m, nth + 1);
}

/* By turns, so that a baseline of all rules is measured too. */
static void rules(void)
{
	char what[64];
	u32 tried = 0;

	for (u32 n = 1; n <= good_words.nr_leaves; n = n < good_words.nr_leaves &&
	     n * 2 > good_words.nr_leaves ? good_words.nr_leaves : n * 2) {
		some_words = good_words;
		some_words.nr_leaves = n;
		some_words.nr_msrs = n == good_words.nr_leaves ? good_words.nr_msrs : 0;
		snprintf(what, sizeof(what), "apply rules=%u", n + some_words.nr_msrs);
		/* The first few may need a later one: then there is no such baseline. */
		tried += measure(what, apply, 1);
		if (n == good_words.nr_leaves)
			break;
	}
	if (!tried)
		die("no baseline could be applied");
}

void bench(const char *what, const char *label)
{
	char text[64];

	some_words = good_words;
	snprintf(text, sizeof(text), "%s %s", what, label);
	if (!strcmp(what, "rules"))
		rules();
	else if (!strcmp(what, "apply") ? !measure(text, apply, 1) :
		 !strcmp(what, "arm") ? !measure(text, arm_only, 2) :
		 !measure(text, arm, 2))
		die("bench: refused");
}

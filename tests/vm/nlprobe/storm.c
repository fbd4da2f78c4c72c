// SPDX-License-Identifier: GPL-2.0
/*
 * Many at once: refusals are worded while others are, and every process has to
 * be told of its own mistake.
 */
#include <stdio.h>
#include <string.h>

#include "nlprobe.h"

static unsigned int rounds_of_one, me;
static char name[80];

/* Each worker sends another leaf of the baseline twice. */
static void one(void)
{
	static struct msg m;
	static struct words w;
	const struct leaf *mine = &good_words.leaf[me % good_words.nr_leaves];
	int fd = link_open();
	char place[64];

	w = good_words;
	w.leaf[w.nr_leaves++] = *mine;
	msg_start(&m, CMD(BASELINE_SET));
	put_text(&m, A(NAME), "bad");
	put_words(&m, A(DEFAULT), &w);
	snprintf(place, sizeof(place), "CPUID 0x%x.%u:", mine->leaf, mine->subleaf);
	for (unsigned int i = 0; i < rounds_of_one; i++) {
		struct reply r;

		ask(fd, &m, &r);
		reply_free(&r);
		if (!r.error || !strstr(r.text, place)) {
			not_ok(name, "worker %u, round %u: error %d, \"%s\" is not about %s", me, i,
			       r.error, r.text, place);
			return;
		}
	}
}

void storm(unsigned int workers, unsigned int rounds)
{
	unsigned int before = failed;

	rounds_of_one = rounds;
	snprintf(name, sizeof(name), "refusals_of_%u_at_once_keep_their_words", workers);
	in_children(workers, &me, one);
	if (failed == before)
		ok(name);
}

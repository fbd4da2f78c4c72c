// SPDX-License-Identifier: GPL-2.0
/*
 * Very many messages, most of them wrong: mutations, made by the yaml, and raw bytes;
 * by root, who may, and by nobody, who may not. Nobody has nothing done, whatever he
 * sends.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "nlprobe.h"

/* Of one child. Root's baselines and modes are put back behind him, and he is slower. */
#define CHUNK		500
#define ROOTS_CHUNK	250
/* For whoever waits. */
#define TELL_EVERY	50000

static const struct way {
	const char *name;
	void (*make)(struct msg *m);
} ways[] = {
	{ "mutated", make_mutant },
	{ "structured", make_structured },
	{ "raw", make_raw },
};

struct count {
	unsigned long sent, done, refused, wordless, ignored;
};

/* The children's, too: [0] root's, [1] nobody's. */
static struct count (*counts)[2];
static const struct way *way;
static bool nobodys;
static unsigned long chunk;
static u64 chunk_seed;

/* What isn't marked as a request is acknowledged unread. */
static bool is_request(struct msg *m)
{
	return msg_header(m)->nlmsg_flags & NLM_F_REQUEST;
}

static void judge(struct msg *m, const struct reply *r, struct count *c)
{
	if (!r->answered) {
		c->ignored++;
		return;
	}
	if (!r->error) {
		if (is_request(m) && !c->done++ && nobodys)
			not_ok("nobodys_flood_is_refused", "seed %llu, %s, command %u: done",
			       (unsigned long long)chunk_seed, way->name, msg_command(m)->cmd);
		return;
	}
	c->refused++;
	if (!r->text[0] && words_are_due(m, r) && !c->wordless++)
		not_ok("a_flood_is_refused_in_words",
		       "seed %llu, %s, command %u: refused with %d (%s), without a word",
		       (unsigned long long)chunk_seed, way->name, msg_command(m)->cmd, r->error,
		       strerror(r->error));
}

static void pour(void)
{
	static struct msg m;
	struct count *c = &counts[way - ways][nobodys];
	int fd = -1;

	random_start(chunk_seed);
	if (nobodys)
		become_nobody();
	for (unsigned long n = 0; n < chunk; n++) {
		struct reply r;

		if (n % MESSAGES_PER_SOCKET == 0) {
			if (fd >= 0)
				close(fd);
			fd = link_open();
		}
		way->make(&m);
		ask_briefly(fd, &m, &r);
		c->sent++;
		judge(&m, &r, c);
		reply_free(&r);
	}
}

static void pour_as_nobody(void)
{
	struct state before, after;

	state_take(&before);
	in_child(pour);
	state_take(&after);
	if (!state_same(&before, &after))
		not_ok("nobodys_flood_changes_nothing", "seed %llu, %s: something has changed",
		       (unsigned long long)chunk_seed, way->name);
	state_free(&before);
	state_free(&after);
}

static void sum_up(unsigned int before)
{
	struct count sum[2] = { };

	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++)
		for (int who = 0; who < 2; who++) {
			struct count *c = &counts[i][who];

			printf("# flood: %s by %s: %lu sent, %lu done, %lu refused (%lu without a word), %lu not answered\n",
			       ways[i].name, who ? "nobody" : "root", c->sent, c->done, c->refused,
			       c->wordless, c->ignored);
			sum[who].sent += c->sent;
			sum[who].done += c->done;
			sum[who].refused += c->refused;
		}
	if (sum[0].done && sum[0].refused)
		ok("roots_flood_is_both_done_and_refused");
	else
		not_ok("roots_flood_is_both_done_and_refused", "%lu done, %lu refused",
		       sum[0].done, sum[0].refused);
	/* What is refused before the module is asked says nothing about it. */
	if (!sum[1].refused)
		not_ok("nobodys_flood_is_refused", "none of %lu", sum[1].sent);
	if (failed == before) {
		ok("nobodys_flood_is_refused");
		ok("nobodys_flood_changes_nothing");
		ok("a_flood_is_refused_in_words");
	}
}

void flood(unsigned long messages, u64 seed)
{
	unsigned int before = failed;
	unsigned long sent = 0;
	struct state now;

	counts = mmap(NULL, sizeof(*counts) * ARRAY_SIZE(ways), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	for (unsigned long n = 0; sent < messages; n++, sent += chunk) {
		way = &ways[n % ARRAY_SIZE(ways)];
		nobodys = n / ARRAY_SIZE(ways) % 2;
		chunk = nobodys ? CHUNK : ROOTS_CHUNK;
		if (chunk > messages - sent)
			chunk = messages - sent;
		if (sent / TELL_EVERY != (sent + chunk) / TELL_EVERY)
			printf("# flood: at message %lu\n", sent + chunk);
		chunk_seed = seed + n;
		if (nobodys)
			pour_as_nobody();
		else
			in_child(pour);
		/* The module answers, and is as it was. */
		if (!nobodys)
			restore();
	}
	sum_up(before);
	state_take(&now);
	state_free(&now);
	ok("module_answers_after_a_flood");
}

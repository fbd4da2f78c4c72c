// SPDX-License-Identifier: GPL-2.0
/*
 * Random mutations of valid messages.  The kernel has to survive them, and what
 * the module refuses, it refuses in words.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "nlprobe.h"

static u64 state;
static unsigned int seconds_to_go;

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators" */
u32 random32(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dull >> 32;
}

u32 below(u32 n)
{
	return n ? random32() % n : 0;
}

void random_start(u64 seed)
{
	state = seed * 2 + 1;
}

static void valid(struct msg *m)
{
	commands[below(nr_commands)].build(m);
	if (msg_command(m)->cmd == CMD(BASELINE_SET) || msg_command(m)->cmd == CMD(PROCESS_SET)) {
		if (!below(3))
			put_words(m, A(MAX_SET), &good_words);
		if (!below(3))
			put(m, A(FORCE), NULL, 0);
	}
}

static void mutate(struct msg *m)
{
	size_t body = m->len - FIRST_BYTE;
	size_t at = FIRST_BYTE + below(body);
	/* Where an attribute's header may be. */
	size_t aligned = FIRST_BYTE + below(body / 4) * 4;
	size_t n = (1 + below(16)) * 4;
	u16 half;

	switch (below(9)) {
	case 0:
		if (body)
			m->buf[at] ^= 1u << below(8);
		break;
	case 1:
		if (body)
			m->buf[at] = random32();
		break;
	case 2:		/* a length */
	case 3:		/* a type */
		if (body < 4)
			break;
		half = below(2) ? below(64) : random32();
		memcpy(m->buf + aligned + (below(2) ? 2 : 0), &half, sizeof(half));
		break;
	case 4:		/* cut */
		m->len = at;
		break;
	case 5:		/* more */
		if (m->len + n < MSG_MAX) {
			for (size_t i = 0; i < n; i++)
				m->buf[m->len + i] = random32();
			m->len += n;
		}
		break;
	case 6:		/* twice */
		if (aligned + n < m->len && m->len + n < MSG_MAX) {
			memmove(m->buf + aligned + n, m->buf + aligned, m->len - aligned);
			m->len += n;
		}
		break;
	case 7:		/* left out */
		if (aligned + n < m->len) {
			memmove(m->buf + aligned, m->buf + aligned + n, m->len - aligned - n);
			m->len -= n;
		}
		break;
	case 8:
		msg_command(m)->cmd = below(KVM_LEVEL_CMD_MAX + 2);
		break;
	}
}

void make_mutant(struct msg *m)
{
	u32 times = 1 + below(5);

	valid(m);
	while (times--)
		mutate(m);
	/* What its header says of its length is mostly true. */
	msg_header(m)->nlmsg_len = below(50) ? m->len : random32() % (2 * m->len);
	if (!below(50))
		msg_header(m)->nlmsg_flags |= random32();
}

bool words_are_due(struct msg *m, const struct reply *r)
{
	u8 cmd = msg_command(m)->cmd;
	bool dump = (msg_header(m)->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;

	return msg_header(m)->nlmsg_len >= FIRST_BYTE && cmd && cmd < CMD(EVENT_NTF) &&
	       (!dump || (cmd == CMD(VM_GET) && dumps_are_refused_in_words())) &&
	       r->error != ENOMEM && r->error != EBUSY;
}

static void fuzz_child(void)
{
	static struct msg m;
	unsigned long done = 0, refused = 0, ignored = 0, wordless = 0;
	time_t until = time(NULL) + seconds_to_go;
	int fd = -1;

	for (unsigned long n = 0; time(NULL) < until; n++) {
		struct reply r;

		if (n % MESSAGES_PER_SOCKET == 0) {
			if (fd >= 0)
				close(fd);
			fd = link_open();
		}
		make_mutant(&m);
		ask_briefly(fd, &m, &r);
		if (!r.answered)
			ignored++;
		else if (!r.error)
			done++;
		else
			refused++;
		if (r.answered && r.error && !r.text[0] && words_are_due(&m, &r) && !wordless++)
			not_ok("fuzz", "message %lu, command %u: refused with %d (%s), without a word",
			       n, msg_command(&m)->cmd, r.error, strerror(r.error));
		reply_free(&r);
	}
	printf("# fuzz: %lu done, %lu refused (%lu without a word), %lu not answered\n", done,
	       refused, wordless, ignored);
	if (!wordless)
		ok("fuzz_is_refused_in_words");
	if (done && refused)
		ok("fuzz_is_both_done_and_refused");
	else
		not_ok("fuzz_is_both_done_and_refused", "%lu done, %lu refused", done, refused);
}

void fuzz(unsigned int seconds, u64 seed)
{
	struct state now;

	random_start(seed);
	seconds_to_go = seconds;
	in_child(fuzz_child);
	restore();
	state_take(&now);
	state_free(&now);
	ok("module_answers_after_fuzz");
}

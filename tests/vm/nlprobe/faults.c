// SPDX-License-Identifier: GPL-2.0
/*
 * Fail the nth allocation of each message's handling, for each n until none is
 * left to fail (fail-nth, Documentation/fault-injection): a message that is
 * refused for it has changed nothing, and what is done is done whole.  Who listens
 * hears of it, or that something was missed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nlprobe.h"

#define MOST	2000

static int fail_fd, listener;
static bool turned;		/* there is the other thing now */

static void fail_nth(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fail_fd, text, len, 0) != len)
		die("fail-nth: %s", strerror(errno));
}

static bool was_failed(void)
{
	char text[16] = "";
	unsigned int left;

	/* The copies of this very call count, too: then it was none of the other's. */
	if (pread(fail_fd, text, sizeof(text) - 1, 0) < 0) {
		if (errno == EFAULT)
			return false;
		die("fail-nth: %s", strerror(errno));
	}
	left = atoi(text);
	if (left && pwrite(fail_fd, "0", 1, 0) != 1 && errno != EFAULT)
		die("fail-nth: %s", strerror(errno));
	return !left;
}

/* By turns, so that each message has something to change. */
static void listen_for_events(void)
{
	listener = link_open();
	if (!join_by_option(listener, family.group))
		die("can't listen: %s", strerror(errno));
}

/* Has an event come, or word that one was lost? Takes all there is. */
static bool heard(void)
{
	static u8 event[65536];
	bool any = false;

	while (recv(listener, event, sizeof(event), MSG_DONTWAIT) > 0 || errno == ENOBUFS)
		any = true;
	return any;
}

static void another_baseline(struct msg *m)
{
	msg_start(m, CMD(BASELINE_SET));
	put_text(m, A(NAME), turned ? "odd" : "even");
	put_words(m, A(DEFAULT), &good_words);
}

static void clear_by_turns(struct msg *m)
{
	if (turned)
		baseline_set(m);
	else
		msg_start(m, CMD(BASELINE_CLEAR));
}

static void another_exits(struct msg *m)
{
	msg_start(m, CMD(MODE_SET));
	put_u32(m, A(MODE), good_mode);
	put_u32(m, A(EXITS), turned ? KVM_LEVEL_EXITS_NEEDED : KVM_LEVEL_EXITS_ALWAYS);
}

static void watch_by_turns(struct msg *m)
{
	vm_watch(m);
	if (!turned)
		watch_on(m);
}

static void adopt_by_turns(struct msg *m)
{
	vm_adopt(m);
	if (!turned)
		adopt_on(m);
}

static const struct {
	const char *name;
	void (*build)(struct msg *m);
	bool changes;		/* each one has something to change that state_take() sees */
	bool announced;		/* and then there is an event */
} messages[] = {
	{ "baseline_set", another_baseline, true, true },
	{ "baseline_clear", clear_by_turns, true, true },
	{ "mode_set", another_exits, true, true },
	{ "process_set", process_set, false, false },
	{ "vm_watch", watch_by_turns, true, false },
	{ "vm_adopt", adopt_by_turns, true, true },
	{ "status_get", status_get, false, false },
	{ "host_get", host_get, false, false },
	{ "baseline_get", baseline_get, false, false },
	{ "vm_get", vm_get, false, false },
	{ "vm_dump", vm_dump, false, false },
};

static void one(unsigned int i)
{
	unsigned int n, changed = 0, undone = 0, unheard = 0, refused = 0, first = 0;
	static struct msg m;
	char name[80];
	bool hit = true;

	restore();
	turned = false;
	for (n = 1; hit && n < MOST; n++) {
		struct state before, after;
		struct reply r;
		int fd = link_open();
		bool posted, same;

		state_take(&before);
		messages[i].build(&m);
		heard();
		fail_nth(n);
		posted = post(fd, &m);
		hit = was_failed();
		collect(fd, &m, posted, &r);
		state_take(&after);
		same = state_same(&before, &after);
		/* Of what was not answered nobody knows, but that it was one or the other. */
		if (r.answered && r.error) {
			refused++;
			if (!same && !changed++)
				first = n;
		} else if (r.answered && messages[i].changes && same) {
			undone++;
		}
		if (!same) {
			turned = !turned;
			unheard += messages[i].announced && !heard();
		}
		state_free(&before);
		state_free(&after);
		reply_free(&r);
		close(fd);
	}
	printf("# %s: %u tries, %u refused\n", messages[i].name, n - 1, refused);
	snprintf(name, sizeof(name), "a_fault_in_%s_changes_all_or_nothing", messages[i].name);
	if (changed)
		not_ok(name, "refused, and changed: %u times, first at %u", changed, first);
	else if (undone)
		not_ok(name, "done, they say, and nothing changed: %u times", undone);
	else if (unheard)
		not_ok(name, "changed, and no event nor a word that one is lost: %u times",
		       unheard);
	else if (n < 3 || n >= MOST)
		not_ok(name, "%u tries, which is no end", n - 1);
	else
		ok(name);
}

void faults(void)
{
	fail_fd = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fail_fd < 0)
		die("this kernel has no fail-nth: %s", strerror(errno));
	listen_for_events();
	for (unsigned int i = 0; i < ARRAY_SIZE(messages); i++)
		one(i);
	close(listener);
}

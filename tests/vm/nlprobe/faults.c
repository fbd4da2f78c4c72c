// SPDX-License-Identifier: GPL-2.0
/*
 * Fail the nth allocation of each message's handling, for each n until none is
 * left to fail (fail-nth, Documentation/fault-injection): a message that is
 * refused for it has changed nothing, and what is done is done whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nlprobe.h"

#define MOST	2000

static int fail_fd;
static unsigned int turn;

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
static void another_baseline(struct msg *m)
{
	msg_start(m, CMD(BASELINE_SET));
	put_text(m, A(NAME), ++turn % 2 ? "odd" : "even");
	put_words(m, A(DEFAULT), &good_words);
}

static void another_exits(struct msg *m)
{
	msg_start(m, CMD(MODE_SET));
	put_u32(m, A(MODE), good_mode);
	put_u32(m, A(EXITS), ++turn % 2 ? KVM_LEVEL_EXITS_ALWAYS : KVM_LEVEL_EXITS_NEEDED);
}

static void watch_by_turns(struct msg *m)
{
	vm_watch(m);
	if (++turn % 2)
		watch_on(m);
}

static void adopt_by_turns(struct msg *m)
{
	vm_adopt(m);
	if (++turn % 2)
		adopt_on(m);
}

static const struct {
	const char *name;
	void (*build)(struct msg *m);
} messages[] = {
	{ "baseline_set", another_baseline },
	{ "mode_set", another_exits },
	{ "process_set", process_set },
	{ "vm_watch", watch_by_turns },
	{ "vm_adopt", adopt_by_turns },
	{ "status_get", status_get },
	{ "host_get", host_get },
	{ "baseline_get", baseline_get },
	{ "vm_get", vm_get },
	{ "vm_dump", vm_dump },
};

static void one(unsigned int i)
{
	unsigned int n, changed = 0, refused = 0, first = 0;
	static struct msg m;
	char name[80];
	bool hit = true;

	for (n = 1; hit && n < MOST; n++) {
		struct state before, after;
		struct reply r;
		int fd = link_open();
		bool posted;

		state_take(&before);
		messages[i].build(&m);
		fail_nth(n);
		posted = post(fd, &m);
		hit = was_failed();
		collect(fd, &m, posted, &r);
		state_take(&after);
		/* Of what was not answered nobody knows, but that it was one or the other. */
		if (r.answered && r.error) {
			refused++;
			if (!state_same(&before, &after) && !changed++)
				first = n;
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
	for (unsigned int i = 0; i < ARRAY_SIZE(messages); i++)
		one(i);
}

// SPDX-License-Identifier: GPL-2.0
/* A test is a pair: a message that is refused in words, and its allowed twin. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nlprobe.h"

int root_fd;
bool verbose;
unsigned int failed;

void die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fflush(stdout);
	fprintf(stderr, "nlprobe: ");
	vfprintf(stderr, fmt, args);
	fprintf(stderr, "\n");
	va_end(args);
	exit(2);
}

void ok(const char *name)
{
	printf("ok %s\n", name);
}

void not_ok(const char *name, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("not ok %s: ", name);
	vprintf(fmt, args);
	printf("\n");
	va_end(args);
	failed++;
}

void skip(const char *name, const char *why)
{
	printf("skip %s: %s\n", name, why);
}

void describe(const char *name, const struct reply *r, const struct msg *m)
{
	if (!r->answered) {
		printf("%s: no answer\n", name);
		return;
	}
	printf("%s: errno %d (%s)", name, r->error, r->error ? strerror(r->error) : "none");
	if (r->text[0])
		printf(", \"%s\"", r->text);
	if (r->has_offset)
		printf(", attribute at %u", r->offset);
	if (r->missing)
		printf(", attribute %u is missing", r->missing);
	if (m && m->fault)
		printf(" [at fault: %zu]", m->fault);
	printf("\n");
}

static bool is_dump(const struct msg *m)
{
	return (((const struct nlmsghdr *)m->buf)->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
}

const char *refusal_wrong(const struct reply *r, const struct msg *m, const struct test *t)
{
	static char why[700];

	if (!r->answered)
		return "no answer";
	if (!r->error)
		return "it was not refused";
	if (r->error != t->error)
		snprintf(why, sizeof(why), "error %d (%s) instead of %d, \"%s\"", r->error,
			 strerror(r->error), t->error, r->text);
	else if (t->by == MODULE && is_dump(m) && !dumps_are_refused_in_words())
		return NULL;
	else if (t->by == MODULE && !r->text[0])
		snprintf(why, sizeof(why), "error %d without a word", r->error);
	else if (t->says && !strstr(r->text, t->says))
		snprintf(why, sizeof(why), "says \"%s\", not \"%s\"", r->text, t->says);
	else if (r->has_offset && m->fault && r->offset != m->fault)
		snprintf(why, sizeof(why), "points to the attribute at %u instead of %zu",
			 r->offset, m->fault);
	else if (!r->has_offset && m->fault && t->by == MODULE)
		snprintf(why, sizeof(why), "\"%s\" points to no attribute", r->text);
	else if (r->missing != m->missing)
		snprintf(why, sizeof(why), "attribute %u is missing, not %u", m->missing,
			 r->missing);
	else
		return NULL;
	return why;
}

void test_run(const struct test *t)
{
	static struct msg m;
	struct state before, after;
	const char *wrong = NULL;
	struct reply r;
	bool same;

	state_take(&before);
	t->bad(&m);
	ask(root_fd, &m, &r);
	if (verbose)
		describe(t->name, &r, &m);
	if (t->by != CORE_IGNORES)
		wrong = refusal_wrong(&r, &m, t);
	else if (r.answered && r.error)
		wrong = "it was answered";
	reply_free(&r);
	state_take(&after);
	same = state_same(&before, &after);
	state_free(&before);
	state_free(&after);
	if (!same && !wrong)
		wrong = "refused, but something has changed";
	if (wrong) {
		not_ok(t->name, "%s%s", wrong, same ? "" : ", and something has changed");
		restore();
		return;
	}
	t->good(&m);
	ask(root_fd, &m, &r);
	if (!r.answered)
		not_ok(t->name, "its allowed twin was not answered");
	else if (r.error)
		not_ok(t->name, "its allowed twin was refused: %d, \"%s\"", r.error, r.text);
	else
		ok(t->name);
	reply_free(&r);
}

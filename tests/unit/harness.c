// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

enum outcome { PASSED, FAILED, SKIPPED, NR_OUTCOMES };

static struct test *first;
static jmp_buf out;
static char why[1024];
static const char *in_case;

void test_register(struct test *t)
{
	struct test **p = &first;

	while (*p && strcmp((*p)->name, t->name) < 0)
		p = &(*p)->next;
	t->next = *p;
	*p = t;
}

void test_case(const char *name)
{
	in_case = name;
}

void test_fail(const char *file, int line, const char *format, ...)
{
	const char *base = strrchr(file, '/');
	va_list args;
	int n;

	n = snprintf(why, sizeof(why), "%s:%d: %s%s", base ? base + 1 : file, line,
		     in_case ? in_case : "", in_case ? ": " : "");
	va_start(args, format);
	if (n > 0 && (size_t)n < sizeof(why))
		vsnprintf(why + n, sizeof(why) - (size_t)n, format, args);
	va_end(args);
	longjmp(out, 1 + FAILED);
}

void test_skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	longjmp(out, 1 + SKIPPED);
}

void test_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("# ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

static enum outcome run(const struct test *t)
{
	int jumped = setjmp(out);

	if (jumped)
		return (enum outcome)(jumped - 1);
	in_case = NULL;
	t->run();
	return PASSED;
}

int main(int argc, char **argv)
{
	unsigned int count[NR_OUTCOMES] = { 0 };
	const struct test *t;

	for (t = first; t; t = t->next) {
		enum outcome o;

		/* One argument: only tests with that in their name. */
		if (argc > 1 && !strstr(t->name, argv[1]))
			continue;
		o = run(t);
		count[o]++;
		if (o == PASSED)
			printf("ok %s\n", t->name);
		else if (o == FAILED)
			printf("not ok %s: %s\n", t->name, why);
		else
			printf("ok %s # skipped: %s\n", t->name, why);
		fflush(stdout);
	}
	printf("%u passed, %u failed, %u skipped\n", count[PASSED], count[FAILED],
	       count[SKIPPED]);
	return count[FAILED] ? EXIT_FAILURE : EXIT_SUCCESS;
}

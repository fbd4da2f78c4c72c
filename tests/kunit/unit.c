// SPDX-License-Identifier: GPL-2.0
/*
 * The pure core's tests, those of tests/unit, inside the kernel: other types,
 * another compiler's options, other sentences (KL_PROSE), the same words.
 * A suite for each of their files; unit_cases.h is made of their TEST() lines.
 */
#include <kunit/test.h>

#include "harness.h"
#include "suites.h"
#include <unit_cases.h>
#include "userland/stdlib.h"

static struct kunit *running;
static const char *in_case;

void test_case(const char *name)
{
	in_case = name;
}

void test_fail(const char *file, int line, const char *format, ...)
{
	/* objtool would want to be told who does not return, and 6.1's can't be. */
	void (*volatile leave)(struct kunit_try_catch *) = kunit_try_catch_throw;
	const char *base = strrchr(file, '/');
	struct va_format vaf = { .fmt = format };
	va_list args;

	va_start(args, format);
	vaf.va = &args;
	kunit_err(running, "%s:%d: %s%s%pV\n", base ? base + 1 : file, line,
		  in_case ? in_case : "", in_case ? ": " : "", &vaf);
	va_end(args);
	KUNIT_FAIL(running, "see above");
	leave(&running->try_catch);
}

void test_say(const char *format, ...)
{
	struct va_format vaf = { .fmt = format };
	va_list args;

	va_start(args, format);
	vaf.va = &args;
	kunit_info(running, "%pV\n", &vaf);
	va_end(args);
}

static u32 seed;

void srand(unsigned int from)
{
	seed = from;
}

int rand(void)
{
	/* Knuth, The Art of Computer Programming, vol. 2, 3.3.4, "MMIX". */
	static u64 state;

	if (seed) {
		state = seed;
		seed = 0;
	}
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (int)(state >> 33);
}

static int unit_init(struct kunit *test)
{
	running = test;
	in_case = NULL;
	return 0;
}

#define DECLARE(behaviour)	void behaviour(struct kunit *test);
#define CASE(behaviour)		KUNIT_CASE(behaviour),
#define SUITE(file)							\
	UNIT_CASES_##file(DECLARE)					\
	static struct kunit_case cases_##file[] = { UNIT_CASES_##file(CASE) {} }; \
	struct kunit_suite kl_suite_policy_##file = {			\
		.name = "kl_policy_" #file,				\
		.init = unit_init,					\
		.test_cases = cases_##file,				\
	};

UNIT_SUITES(SUITE)

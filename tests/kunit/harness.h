/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stands in for tests/unit/harness.h: the same tests of the pure core, as cases
 * of KUnit.  unit.c has them in suites.
 */
#ifndef UNIT_HARNESS_H
#define UNIT_HARNESS_H

#include <kunit/test.h>

#define TEST(behaviour)							\
	void behaviour(struct kunit *test);				\
	void behaviour(struct kunit *test)

#define FAIL(...)	test_fail(__FILE__, __LINE__, __VA_ARGS__)

#define CHECK(condition)						\
	do {								\
		if (!(condition))					\
			FAIL("%s", #condition);				\
	} while (0)

#define CHECK_EQ(got, want)						\
	do {								\
		unsigned long long got_ = (got), want_ = (want);	\
									\
		if (got_ != want_)					\
			FAIL("%s is 0x%llx, not 0x%llx", #got, got_, want_); \
	} while (0)

#define CHECK_STR(got, want)						\
	do {								\
		const char *got_ = (got), *want_ = (want);		\
									\
		if (strcmp(got_, want_))				\
			FAIL("%s is \"%s\", not \"%s\"", #got, got_, want_); \
	} while (0)

/* Does not return to the test. */
__printf(3, 4) void test_fail(const char *file, int line, const char *format, ...);
void test_case(const char *name);
__printf(1, 2) void test_say(const char *format, ...);

#endif /* UNIT_HARNESS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* A test is a function named after a behaviour; it registers itself. */
#ifndef UNIT_HARNESS_H
#define UNIT_HARNESS_H

#include <stdbool.h>

struct test {
	const char *name;
	void (*run)(void);
	struct test *next;
};

void test_register(struct test *t);

#define TEST(behaviour)							\
	static void behaviour(void);					\
	static struct test test_##behaviour = { #behaviour, behaviour, 0 }; \
	__attribute__((constructor)) static void register_##behaviour(void) \
	{								\
		test_register(&test_##behaviour);			\
	}								\
	static void behaviour(void)

/* Neither returns to the test. */
void test_fail(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4), noreturn));
void test_skip(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
/* A line of talk, on stderr. */
void test_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

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

/* For each case of a table: its prose name, told when a check in it fails. */
void test_case(const char *name);

#endif /* UNIT_HARNESS_H */

// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nlprobe.h"

static int usage(FILE *to)
{
	fprintf(to,
		"usage: nlprobe [-v] COMMAND [ARGUMENT]...\n"
		"  all                   every test: ok NAME, or not ok NAME: why\n"
		"  list                  names of the messages\n"
		"  message NAME...       only these, with their allowed twins\n"
		"  storm WORKERS ROUNDS  many refusals at once, each in its own words\n"
		"  fuzz SECONDS SEED     random mutations of valid messages\n"
		"  flood MESSAGES SEED   mutations, made by the yaml, raw; by root and by nobody\n"
		"  faults                fail each allocation of each message, with fail-nth\n"
		"  bench WHAT LABEL      cost of a message: apply, rules, arm, disarm\n"
		"-v prints every answer: errno, text, attribute\n"
		"exit code: 0 all ok, 1 not all, 2 it could not be tried\n"
		"A baseline has to be set; it, mode and exits are put back.\n");
	return 2;
}

static void each(const struct test *tests, void (*fn)(const struct test *t))
{
	for (; tests->name; tests++)
		fn(tests);
}

static void print_name(const struct test *t)
{
	puts(t->name);
}

static bool run_named(const struct test *tests, const char *name)
{
	for (; tests->name; tests++)
		if (!strcmp(tests->name, name)) {
			test_run(tests);
			return true;
		}
	return false;
}

static void all(void)
{
	each(message_tests, test_run);
	each(set_tests, test_run);
	restore();
	attributes_of_others();
	sizes();
	without_baseline();
	who_may();
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1 && !strcmp(argv[1], "-v")) {
		verbose = true;
		argv++;
		argc--;
	}
	if (argc < 2)
		return usage(stderr);
	if (!strcmp(argv[1], "--help")) {
		usage(stdout);
		return 0;
	}
	if (!strcmp(argv[1], "list")) {
		each(message_tests, print_name);
		each(set_tests, print_name);
		return 0;
	}
	start();
	if (!strcmp(argv[1], "all") && argc == 2) {
		all();
	} else if (!strcmp(argv[1], "message") && argc > 2) {
		for (int i = 2; i < argc; i++)
			if (!run_named(message_tests, argv[i]) && !run_named(set_tests, argv[i]))
				die("no message is called %s", argv[i]);
	} else if (!strcmp(argv[1], "storm") && argc == 4) {
		storm(atoi(argv[2]), atoi(argv[3]));
	} else if (!strcmp(argv[1], "fuzz") && argc == 4) {
		fuzz(atoi(argv[2]), strtoull(argv[3], NULL, 0));
	} else if (!strcmp(argv[1], "flood") && argc == 4) {
		flood(strtoul(argv[2], NULL, 0), strtoull(argv[3], NULL, 0));
	} else if (!strcmp(argv[1], "faults") && argc == 2) {
		faults();
	} else if (!strcmp(argv[1], "bench") && argc == 4) {
		bench(argv[2], argv[3]);
	} else {
		return usage(stderr);
	}
	restore();
	return failed ? 1 : 0;
}

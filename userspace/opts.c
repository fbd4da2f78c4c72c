// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "opts.h"

static const struct option_spec common[] = {
	{ "--json", NULL, &tool.json, NULL },
	{ "--verbose", "-v", &tool.verbose, NULL },
	{ NULL, NULL, NULL, NULL },
};

/* Does @arg name @spec?  *@value is what stands behind a '='. */
static bool names(const struct option_spec *spec, const char *arg, const char **value)
{
	size_t len = strcspn(arg, "=");

	*value = NULL;
	if (spec->letter && !strcmp(arg, spec->letter))
		return true;
	if (strncmp(arg, spec->name, len) || spec->name[len])
		return false;
	if (arg[len])
		*value = arg + len + 1;
	return true;
}

static const struct option_spec *find(const struct option_spec *spec, const char *arg,
				      const char **value)
{
	for (; spec && spec->name; spec++)
		if (names(spec, arg, value))
			return spec;
	return NULL;
}

int options(int *argc, char **argv, const struct option_spec *spec)
{
	const struct option_spec *o;
	const char *value;
	int i, left = 0;

	for (i = 0; i < *argc; i++) {
		if (!strcmp(argv[i], "--")) {
			while (++i < *argc)
				argv[left++] = argv[i];
			break;
		}
		if (argv[i][0] != '-' || !argv[i][1]) {
			argv[left++] = argv[i];
			continue;
		}
		o = find(spec, argv[i], &value);
		if (!o)
			o = find(common, argv[i], &value);
		if (!o)
			return usage("unknown option %s", argv[i]);
		if (o->flag) {
			if (value)
				return usage("%s takes no value", o->name);
			*o->flag = true;
			continue;
		}
		if (!value) {
			if (++i == *argc)
				return usage("%s needs a value", o->name);
			value = argv[i];
		}
		*o->value = value;
	}
	*argc = left;
	return DONE;
}

int arguments(int argc, int min, int max, const char *what)
{
	if (argc < min)
		return usage("%s is missing", what);
	if (max >= 0 && argc > max)
		return usage("too many arguments%s%s", *what ? ": wanted is " : "", what);
	return DONE;
}

int parse_number(const char *text, uint64_t max, const char *what, uint64_t *out)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end)
		return usage("%s must be a number, not \"%s\"", what, text);
	if (errno || n > max)
		return usage("%s is a number up to %" PRIu64 ", not \"%s\"", what, max, text);
	*out = n;
	return DONE;
}

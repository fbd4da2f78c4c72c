// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kvmprobe.h"

/* Says which attempt an error belongs to; empty outside of attempts. */
static char prefix[128] = "kvmprobe: ";

void die_prefix(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(prefix, sizeof(prefix), fmt, ap);
	va_end(ap);
}

void die(const char *fmt, ...)
{
	/* An attempt's error is its verdict, so it belongs on stdout too. */
	FILE *to = strncmp(prefix, "attempt", 7) ? stderr : stdout;
	va_list ap;

	fputs(prefix, to);
	va_start(ap, fmt);
	vfprintf(to, fmt, ap);
	va_end(ap);
	fputc('\n', to);
	exit(EXIT_ERROR);
}

u64 parse_u64(const char *text)
{
	char *end;
	u64 v;

	errno = 0;
	v = strtoull(text, &end, 0);
	if (errno || end == text || *end)
		die("not a number: '%s'", text);
	return v;
}

/* LEAF[.SUB], each hex with 0x or decimal. */
bool parse_leaf(const char *text, u32 *leaf, u32 *sub)
{
	char *end;

	*leaf = strtoul(text, &end, 0);
	*sub = 0;
	if (end == text)
		return false;
	if (*end == '.') {
		text = end + 1;
		*sub = strtoul(text, &end, 0);
		if (end == text)
			return false;
	}
	return !*end;
}

char *read_whole(const char *path)
{
	size_t len = 0, room = 1 << 16;
	char *text = malloc(room);
	FILE *f = fopen(path, "r");

	if (!f || !text)
		die("%s: %s", path, strerror(errno));
	for (;;) {
		size_t got = fread(text + len, 1, room - len - 1, f);

		len += got;
		if (!got)
			break;
		if (len + 1 == room) {
			room *= 2;
			text = realloc(text, room);
			if (!text)
				die("out of memory");
		}
	}
	text[len] = '\0';
	fclose(f);
	return text;
}

u64 now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ULL + t.tv_nsec / 1000;
}

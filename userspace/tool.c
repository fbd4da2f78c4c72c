// SPDX-License-Identifier: GPL-2.0
/* How levelctl speaks, and files that are read whole; out.c writes them. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "progress.h"
#include "tool.h"

struct tool tool;

static void say_args(const char *fmt, va_list args)
{
	progress_end();
	fputs("levelctl: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
}

void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_args(fmt, args);
	va_end(args);
}

int refuse(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_args(fmt, args);
	va_end(args);
	return REFUSED;
}

int usage(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_args(fmt, args);
	va_end(args);
	fputs("levelctl: \"levelctl help\" lists the commands\n", stderr);
	return USAGE;
}

void *xrealloc(void *old, size_t nr, size_t size)
{
	void *new = reallocarray(old, nr ? nr : 1, size);

	if (!new) {
		say("out of memory");
		exit(REFUSED);
	}
	return new;
}

char *xprintf(const char *fmt, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n < 0) {
		say("out of memory");
		exit(REFUSED);
	}
	return text;
}

char *printable(char *text)
{
	unsigned char *c;

	for (c = (unsigned char *)text; *c; c++) {
		if (*c < ' ' || *c == 0x7f)
			*c = '?';
		/* U+0080 to U+009f in UTF-8 are controls as well. */
		if (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)
			memset(c, '?', 2);
	}
	return text;
}

bool colour_ok(FILE *stream)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return !(no && *no) && term && strcmp(term, "dumb") && isatty(fileno(stream));
}

char *read_whole(const char *path, size_t limit, size_t *len)
{
	bool in = !strcmp(path, "-");
	const char *name = in ? "standard input" : path;
	int fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	size_t room = 0, have = 0;
	char *text = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0) {
		say("%s: %s", name, strerror(errno));
		return NULL;
	}
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0 && (size_t)st.st_size <= limit)
		room = st.st_size + 2;
	else
		room = 65536;
	text = xrealloc(NULL, room, 1);

	for (;;) {
		n = read(fd, text + have, room - have - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		have += n;
		if (have > limit) {
			say("%s: more than %zu bytes, which no such file has", name, limit);
			n = -1;
			goto out;
		}
		if (have == room - 1) {
			room *= 2;
			text = xrealloc(text, room, 1);
		}
	}
	if (n < 0)
		say("%s: %s", name, strerror(errno));
out:
	if (!in)
		close(fd);
	if (n < 0) {
		free(text);
		return NULL;
	}
	text[have] = '\0';
	*len = have;
	return text;
}

// SPDX-License-Identifier: GPL-2.0
/* A text file by lines: the ground under the formats that are no JSON. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

int text_check(const struct text *t)
{
	const char *nul = memchr(t->bytes, '\0', t->len);
	struct line line = { 0 };

	if (!nul)
		return 0;
	while (text_line(t, &line) && line.end < nul)
		;
	return text_bad(t, line.nr, "a NUL byte: this is not text");
}

bool text_line(const struct text *t, struct line *line)
{
	const char *end = t->bytes + t->len, *next;

	if (!line->nr) {
		next = t->bytes;
		if (t->len >= 3 && !memcmp(next, "\xef\xbb\xbf", 3))
			next += 3;
	} else {
		next = memchr(line->end, '\n', end - line->end);
		next = next ? next + 1 : end;
	}
	if (next == end)
		return false;
	line->at = next;
	line->nr++;
	line->end = memchr(next, '\n', end - next);
	if (!line->end)
		line->end = end;
	return true;
}

static void speak(const struct text *t, unsigned int nr, const char *word, const char *fmt,
		  va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	/* It may quote the file, and a file may want to paint the terminal. */
	if (text)
		printable(text);
	if (nr)
		say("%s%s:%u: %s", word, t->name, nr, text ? text : fmt);
	else
		say("%s%s: %s", word, t->name, text ? text : fmt);
	free(text);
}

int text_bad(const struct text *t, unsigned int nr, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	speak(t, nr, "", fmt, args);
	va_end(args);
	return -1;
}

void text_warn(const struct text *t, unsigned int nr, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	speak(t, nr, "warning: ", fmt, args);
	va_end(args);
}

int text_not_a_row(const struct text *t, const struct line *line, const char *format)
{
	struct line from = *line;
	int show;

	eat_blanks(&from);
	show = from.end - from.at > 40 ? 40 : from.end - from.at;
	return text_bad(t, line->nr, "not %s: \"%.*s\"", format, show, from.at);
}

bool eat_blanks(struct line *line)
{
	const char *from = line->at;

	while (line->at < line->end && strchr(" \t\r", *line->at))
		line->at++;
	return line->at > from;
}

bool eat_word(struct line *line, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(line->end - line->at) < len || memcmp(line->at, word, len))
		return false;
	line->at += len;
	return true;
}

static unsigned int digit(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

bool eat_hex(struct line *line, unsigned int min, unsigned int max, uint64_t *out)
{
	const char *c = line->at;
	uint64_t n = 0;

	while (c < line->end && isxdigit((unsigned char)*c)) {
		if ((unsigned int)(c - line->at) == max)
			return false;
		n = n << 4 | digit(*c++);
	}
	if ((unsigned int)(c - line->at) < min)
		return false;
	line->at = c;
	*out = n;
	return true;
}

bool eat_decimal(struct line *line, uint32_t *out)
{
	const char *c = line->at;
	uint64_t n = 0;

	while (c < line->end && isdigit((unsigned char)*c)) {
		n = n * 10 + (*c++ - '0');
		if (n > UINT32_MAX)
			return false;
	}
	if (c == line->at)
		return false;
	line->at = c;
	*out = n;
	return true;
}

bool line_over(const struct line *line)
{
	struct line rest = *line;

	eat_blanks(&rest);
	return rest.at == rest.end;
}

// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool.h"

/* Records are packed into chunks, each behind its length, none across two. */
#ifdef KL_TIGHT
#define CHUNK (SPOOL_RECORD_MAX + 16u)
#else
#define CHUNK (256u << 10)
#endif

struct chunk {
	uint32_t used;		/* of data */
	unsigned char data[CHUNK - sizeof(uint32_t)];
};

struct spool {
	size_t limit;
	struct chunk **in_memory;
	size_t nr_in_memory;
	struct chunk *last;	/* where records are added; then the window for reading */
	int fd;			/* -1: all of it is in memory */
	size_t nr_in_file;

	const struct chunk *reading;
	size_t next_chunk;	/* over memory, file and last, in this order */
	size_t at;		/* in the one being read */
	struct chunk *window;
};

static struct chunk *new_chunk(void)
{
	struct chunk *c = xrealloc(NULL, 1, sizeof(*c));

	c->used = 0;
	return c;
}

struct spool *spool_new(size_t limit)
{
	struct spool *s = xrealloc(NULL, 1, sizeof(*s));

	*s = (struct spool){ .limit = limit, .fd = -1 };
	s->last = new_chunk();
	return s;
}

void spool_free(struct spool *s)
{
	if (!s)
		return;
	while (s->nr_in_memory)
		free(s->in_memory[--s->nr_in_memory]);
	free(s->in_memory);
	free(s->last);
	free(s->window);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

static int temporary(void)
{
	const char *dir = getenv("TMPDIR");
	char *path;
	int fd;

	dir = dir && *dir ? dir : "/tmp";
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0) {
		/* Not every file system can do that. */
		path = xprintf("%s/levelctl.XXXXXX", dir);
		fd = mkostemp(path, O_CLOEXEC);
		if (fd >= 0)
			unlink(path);
		free(path);
	}
	if (fd < 0)
		say("%s: no temporary file for a pool of this size: %s", dir, strerror(errno));
	return fd;
}

static int to_file(struct spool *s, const struct chunk *c)
{
	const char *at = (const char *)c;
	off_t to = (off_t)s->nr_in_file * CHUNK;
	size_t left = CHUNK;
	ssize_t n;

	if (s->fd < 0)
		s->fd = temporary();
	if (s->fd < 0)
		return -1;
	while (left) {
		n = pwrite(s->fd, at, left, to);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			say("a temporary file: %s", strerror(errno));
			return -1;
		}
		at += n;
		to += n;
		left -= n;
	}
	s->nr_in_file++;
	return 0;
}

static int put_away(struct spool *s)
{
	if ((s->nr_in_memory + 2) * CHUNK > s->limit) {
		if (to_file(s, s->last))
			return -1;
		s->last->used = 0;
		return 0;
	}
	s->in_memory = xrealloc(s->in_memory, s->nr_in_memory + 1, sizeof(*s->in_memory));
	s->in_memory[s->nr_in_memory++] = s->last;
	s->last = new_chunk();
	return 0;
}

int spool_add(struct spool *s, const void *record, size_t len)
{
	uint16_t head = len;

	if (len > SPOOL_RECORD_MAX)
		abort();
	if (s->last->used + sizeof(head) + len > sizeof(s->last->data) && put_away(s))
		return -1;
	memcpy(s->last->data + s->last->used, &head, sizeof(head));
	memcpy(s->last->data + s->last->used + sizeof(head), record, len);
	s->last->used += sizeof(head) + len;
	return 0;
}

void spool_rewind(struct spool *s)
{
	s->reading = NULL;
	s->next_chunk = 0;
	s->at = 0;
}

static int from_file(struct spool *s, size_t i)
{
	char *at;
	size_t left = CHUNK;
	off_t from = (off_t)i * CHUNK;
	ssize_t n;

	if (!s->window)
		s->window = new_chunk();
	for (at = (char *)s->window; left; at += n, from += n, left -= n) {
		n = pread(s->fd, at, left, from);
		if (n < 0 && errno == EINTR) {
			n = 0;
			continue;
		}
		if (n <= 0) {
			say("a temporary file: %s", n ? strerror(errno) : "it became shorter");
			return -1;
		}
	}
	s->reading = s->window;
	return 0;
}

/* 1: there is one more chunk to read; 0; -1. */
static int turn_over(struct spool *s)
{
	size_t i = s->next_chunk++;

	s->at = 0;
	if (i < s->nr_in_memory) {
		s->reading = s->in_memory[i];
	} else if (i - s->nr_in_memory < s->nr_in_file) {
		if (from_file(s, i - s->nr_in_memory))
			return -1;
	} else if (i - s->nr_in_memory == s->nr_in_file) {
		s->reading = s->last;
	} else {
		return 0;
	}
	return 1;
}

int spool_next(struct spool *s, const void **record, size_t *len)
{
	uint16_t head;
	int n;

	while (!s->reading || s->at == s->reading->used) {
		n = turn_over(s);
		if (n <= 0)
			return n;
	}
	memcpy(&head, s->reading->data + s->at, sizeof(head));
	*record = s->reading->data + s->at + sizeof(head);
	*len = head;
	s->at += sizeof(head) + head;
	return 1;
}

int spool_next_few(struct spool *s, const unsigned char **records, size_t *len)
{
	int n;

	while (!s->reading || s->at == s->reading->used) {
		n = turn_over(s);
		if (n <= 0)
			return n;
	}
	*records = s->reading->data + s->at;
	*len = s->reading->used - s->at;
	s->at = s->reading->used;
	return 1;
}

// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/formats.h"
#include "formats/logical.h"
#include "host_line.h"
#include "hostdir.h"
#include "progress.h"
#include "stream.h"

/* Of a file, for each thread. */
#ifdef KL_TIGHT
#define WINDOW		(8u << 10)
#else
#define WINDOW		(256u << 10)
#endif
#define LINE_LIMIT	(64u << 20)	/* no host dump is that long */
#define MAX_THREADS	4

struct window {
	char *text;
	size_t len, room;
	unsigned int lines;
	char *error;		/* why there is none */
};

struct source {
	const char *name;
	int fd;
	const struct host_sink *sink;

	pthread_mutex_t reading;
	char *carry;		/* the beginning of a line that the window before cut */
	size_t carry_len, carry_room;
	u64 windows;
	bool end;

	pthread_mutex_t turning;
	pthread_cond_t turned;
	u64 turn;		/* which window is to be taken next */
	unsigned int line;	/* the number of that window's first */
	int result;		/* of the first take that failed */
	bool small;		/* no work for several */
	/* From a line on that is no value: hosts behind it need not be one a line. */
	char *rest;
	size_t rest_len, rest_room, rest_first;		/* the first: of that line */
	unsigned int rest_line;
	struct logical logical;	/* of a host, CPUs that have come so far */
	off_t done, size;	/* bytes, for progress; size 0: nobody knows */
};

/* A line of a window: a host, or text that host_line() has no word for. */
struct item {
	struct host host;
	void *made;
	const char *text;
	size_t len;
	unsigned int line;	/* in its window */
	bool slow;
};

struct worker {
	struct source *src;
	struct window window;
	struct line_reader reader;
	struct item *item;
	unsigned int nr, room;
};

static void make_room(struct window *w, size_t room)
{
	if (room <= w->room)
		return;
	w->text = xrealloc(w->text, room + LINE_SLACK, 1);
	w->room = room;
}

/* Read until the window is full: 1; the file is over: 0; -1. */
static int fill(struct source *src, struct window *w)
{
	ssize_t n;

	while (w->len < w->room) {
		n = read(src->fd, w->text + w->len, w->room - w->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			w->error = xprintf("%s", strerror(errno));
			return -1;
		}
		if (!n)
			return 0;
		w->len += n;
	}
	return 1;
}

static void carry(struct source *src, const char *text, size_t len)
{
	if (len > src->carry_room) {
		src->carry = xrealloc(src->carry, len, 1);
		src->carry_room = len;
	}
	memcpy(src->carry, text, len);
	src->carry_len = len;
}

/* The next window, which ends with a line; false: there is none. */
static bool next_window(struct source *src, struct window *w)
{
	const char *last = NULL;
	int n = 1;

	free(w->error);
	w->error = NULL;
	if (src->end)
		return false;
	make_room(w, max(src->carry_len, WINDOW));
	memcpy(w->text, src->carry, src->carry_len);
	w->len = src->carry_len;
	src->carry_len = 0;
	do {
		if (w->len == w->room)
			make_room(w, 2 * w->room);
		n = fill(src, w);
		if (n > 0)
			last = memrchr(w->text, '\n', w->len);
		if (n > 0 && !last && w->len >= LINE_LIMIT) {
			w->error = xprintf("a line of more than %u bytes, which is no host",
					   LINE_LIMIT);
			n = -1;
		}
	} while (n > 0 && !last);
	if (n <= 0) {
		src->end = true;
		return w->len || n < 0;
	}
	last++;
	carry(src, last, w->text + w->len - last);
	w->len = last - w->text;
	return true;
}

static struct item *new_item(struct worker *wk)
{
	if (wk->nr == wk->room) {
		wk->room = wk->room ? 2 * wk->room : 128;
		wk->item = xrealloc(wk->item, wk->room, sizeof(*wk->item));
	}
	wk->item[wk->nr] = (struct item){ .line = 0 };
	return &wk->item[wk->nr++];
}

static bool is_blank(const char *text, size_t len)
{
	while (len && (*text == ' ' || *text == '\t' || *text == '\r')) {
		text++;
		len--;
	}
	return !len;
}

/* All lines of the window become items. */
static void digest(struct worker *wk)
{
	const struct host_sink *sink = wk->src->sink;
	const char *at = wk->window.text, *end = at + wk->window.len, *stop;
	unsigned int line = 0;

	for (wk->nr = 0; at < end; at = stop + 1, line++) {
		struct item *it;

		stop = memchr(at, '\n', end - at);
		if (!stop)
			stop = end;
		if (is_blank(at, stop - at))
			continue;
		it = new_item(wk);
		it->text = at;
		it->len = stop - at;
		it->line = line;
		it->slow = !host_line(&wk->reader, at, stop - at, wk->src->name, &it->host);
		if (!it->slow && sink->work)
			it->made = sink->work(&it->host);
	}
	wk->window.lines = line;
}

/* Whole hosts only: logical CPUs have become one. */
static int take_whole(void *ctx, struct host *h)
{
	const struct host_sink *sink = ctx;

	return sink->take(sink->ctx, h, sink->work ? sink->work(h) : NULL);
}

static int take_host(void *ctx, struct host *h)
{
	struct source *src = ctx;

	return logical_add(&src->logical, h);
}

static int take_made(struct source *src, struct host *h, void *made)
{
	if (logical_is_host(&src->logical, h))
		return src->sink->take(src->sink->ctx, h, made);
	free(made);
	return logical_add(&src->logical, h);
}

static int add_rest(struct source *src, const char *text, size_t len)
{
	if (src->rest_len + len > HOSTS_FILE_LIMIT) {
		say("%s:%u: from here on more than %u bytes, too many for hosts that are not one a line",
		    src->name, src->rest_line, HOSTS_FILE_LIMIT);
		return -1;
	}
	if (src->rest_len + len >= src->rest_room) {
		src->rest_room = max(2 * src->rest_room, src->rest_len + len + 1);
		src->rest = xrealloc(src->rest, src->rest_room, 1);
	}
	memcpy(src->rest + src->rest_len, text, len);
	src->rest_len += len;
	return 0;
}

/* @text is taken over. */
static int take_text(struct source *src, char *text, size_t len, unsigned int line)
{
	struct json_file *file;
	int ret;

	text[len] = '\0';
	file = json_open_text(src->name, text, len, line);
	if (!file)
		return -1;
	ret = hosts_json(file, take_host, src);
	json_close(file);
	return ret;
}

static int take_slow(struct worker *wk, const struct item *it)
{
	struct source *src = wk->src;
	size_t left = wk->window.text + wk->window.len - it->text;
	char *text;

	if (json_line_is_cut(it->text, it->len) && json_goes_on(it->text, it->len, left)) {
		src->rest_line = src->line + it->line;
		src->rest_first = it->len;
		return add_rest(src, it->text, left);
	}
	text = xrealloc(NULL, it->len + 1, 1);
	memcpy(text, it->text, it->len);
	return take_text(src, text, it->len, src->line + it->line);
}

/* When all windows have been: the hosts that are not one a line, or why there are none. */
static int take_rest(struct source *src)
{
	char *text = src->rest;
	size_t len = src->rest_len;

	if (!text)
		return 0;
	src->rest = NULL;
	if (!json_goes_on(text, src->rest_first, len))
		len = src->rest_first;
	return take_text(src, text, len, src->rest_line);
}

/* In turn: the items of a window go to the sink, or away. */
static int take_items(struct worker *wk, int ret)
{
	struct source *src = wk->src;
	unsigned int i;

	if (!ret && src->rest)
		ret = add_rest(src, wk->window.text, wk->window.len);
	for (i = 0; i < wk->nr; i++) {
		struct item *it = &wk->item[i];

		if (ret || src->rest)
			free(it->made);
		else if (it->slow)
			ret = take_slow(wk, it);
		else
			ret = take_made(src, &it->host, it->made);
		if (!it->slow)
			host_free(&it->host);
	}
	if (!ret && wk->window.error) {
		say("%s:%u: %s", src->name, src->line, wk->window.error);
		ret = -1;
	}
	src->line += wk->window.lines;
	src->done += wk->window.len;
	/* Of many small files another tells. */
	if (src->done >> 24)
		progress("reading MB", src->done >> 20, src->size >> 20);
	return ret;
}

static void *work(void *arg)
{
	struct worker *wk = arg;
	struct source *src = wk->src;
	bool any = true;
	u64 mine;
	int ret;

	for (;;) {
		pthread_mutex_lock(&src->reading);
		any = next_window(src, &wk->window);
		mine = src->windows;
		src->windows += any;
		pthread_mutex_unlock(&src->reading);
		if (!any)
			return NULL;
		digest(wk);

		pthread_mutex_lock(&src->turning);
		while (src->turn != mine)
			pthread_cond_wait(&src->turned, &src->turning);
		ret = src->result;
		pthread_mutex_unlock(&src->turning);
		ret = take_items(wk, ret);
		pthread_mutex_lock(&src->turning);
		src->result = ret;
		src->turn++;
		pthread_cond_broadcast(&src->turned);
		pthread_mutex_unlock(&src->turning);
		if (ret) {
			pthread_mutex_lock(&src->reading);
			src->end = true;
			pthread_mutex_unlock(&src->reading);
		}
	}
}

static void worker_free(struct worker *wk)
{
	free(wk->window.text);
	free(wk->window.error);
	free(wk->item);
	line_reader_free(&wk->reader);
}

/* The threads share the windows; this one is one of them. */
static void work_all(struct source *src)
{
	struct worker worker[MAX_THREADS] = { { .src = src } };
	pthread_t thread[MAX_THREADS];
	unsigned int nr = 1, i;
	int cpus = 1;
	cpu_set_t set;

	if (!sched_getaffinity(0, sizeof(set), &set))
		cpus = CPU_COUNT(&set);

	while (!src->small && nr < MAX_THREADS && nr < (unsigned int)cpus) {
		worker[nr].src = src;
		if (pthread_create(&thread[nr], NULL, work, &worker[nr]))
			break;
		nr++;
	}
	work(&worker[0]);
	for (i = 1; i < nr; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < nr; i++)
		worker_free(&worker[i]);
}

/* Is the first line of @text that is not blank a host? */
static bool is_lines(const char *text, size_t len, const char *name)
{
	const char *end = text + len, *stop;
	struct line_reader reader = { 0 };
	struct host h = { 0 };
	bool good;

	for (;; text = stop + 1) {
		stop = memchr(text, '\n', end - text);
		if (!stop)
			return false;
		if (!is_blank(text, stop - text))
			break;
	}
	good = host_line(&reader, text, stop - text, name, &h);
	host_free(&h);
	line_reader_free(&reader);
	return good;
}

static int stream_lines(struct source *src)
{
	pthread_mutex_init(&src->reading, NULL);
	pthread_mutex_init(&src->turning, NULL);
	pthread_cond_init(&src->turned, NULL);
	work_all(src);
	pthread_mutex_destroy(&src->reading);
	pthread_mutex_destroy(&src->turning);
	pthread_cond_destroy(&src->turned);
	return src->result ? src->result : take_rest(src);
}

/* What of the file is in @w already, and the rest: 0, or -1 said why. */
static int read_rest(struct source *src, struct window *w, size_t limit)
{
	int ret;

	do {
		make_room(w, max(2 * w->len, WINDOW));
		ret = fill(src, w);
	} while (ret > 0 && w->len < limit);
	if (ret < 0)
		say("%s: %s", src->name, w->error);
	else if (ret || w->len > limit)
		say("%s: more than %zu bytes, too many for hosts that are not one a line",
		    src->name, limit);
	if (ret || w->len > limit)
		return -1;
	make_room(w, w->len + 1);
	w->text[w->len] = '\0';
	return 0;
}

/* A host in a format that is no JSON. */
static int stream_format(struct source *src, struct window *w)
{
	const struct sink sink = { take_host, src };

	if (read_rest(src, w, formats_limit(w->text, w->len)))
		return -1;
	return formats_read(src->name, w->text, w->len, &sink);
}

/* Standard input can't be read again. */
static int stream_whole(struct source *src, struct window *w)
{
	struct json_file *file;
	int ret;

	if (read_rest(src, w, HOSTS_FILE_LIMIT))
		return -1;
	file = json_open_text(src->name, w->text, w->len, 1);
	w->text = NULL;
	if (!file)
		return -1;
	ret = hosts_json(file, take_host, src);
	json_close(file);
	return ret;
}

static int stream_file(const char *path, const struct host_sink *sink)
{
	bool in = !strcmp(path, "-");
	struct source src = { .name = in ? "standard input" : path, .sink = sink, .line = 1 };
	struct window w = { 0 };
	struct stat st;
	int ret = -1;

	src.logical = (struct logical){ .name = src.name, .sink = { take_whole, (void *)sink } };
	src.fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (src.fd < 0) {
		say("%s: %s", src.name, strerror(errno));
		return -1;
	}
	if (!fstat(src.fd, &st) && S_ISREG(st.st_mode))
		src.size = st.st_size;
	make_room(&w, WINDOW);
	ret = fill(&src, &w);
	if (ret < 0) {
		say("%s: %s", src.name, w.error);
	} else if (is_lines(w.text, w.len, src.name)) {
		src.small = !ret;
		carry(&src, w.text, w.len);
		ret = stream_lines(&src);
	} else if (formats_limit(w.text, w.len)) {
		ret = stream_format(&src, &w);
	} else if (in || lseek(src.fd, 0, SEEK_CUR) < 0) {
		/* What comes through a pipe comes once. */
		ret = stream_whole(&src, &w);
	} else {
		ret = hosts_whole(path, take_host, &src);
	}
	if (!ret)
		ret = logical_end(&src.logical);
	logical_free(&src.logical);
	if (!in)
		close(src.fd);
	free(src.carry);
	free(src.rest);
	free(w.text);
	free(w.error);
	return ret;
}

static int stream_path(void *ctx, const char *path)
{
	return stream_file(path, ctx);
}

int hosts_stream(int argc, char **argv, const struct host_sink *sink)
{
	int i, ret = 0;

	for (i = 0; i < argc && !ret; i++) {
		ret = hostdir_each(argv[i], stream_path, (void *)sink);
		if (argc > 1)
			progress("reading files", i + 1, argc);
	}
	return ret;
}

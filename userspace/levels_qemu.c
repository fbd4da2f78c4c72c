// SPDX-License-Identifier: GPL-2.0
/*
 * The CPU models of an installed QEMU, asked for over QMP: no guest, no
 * machine, no shell.  All questions are written at once; when as many answers
 * have come, "quit" follows: QEMU would drop answers that are still on their
 * way.  There is a deadline for the whole.
 *
 * A model's static expansion does not depend on the accelerator: it is what
 * the model asks for, before anybody looks whether the host has it.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "levels.h"

extern char **environ;

#define DEADLINE_MS 30000
/* Some 20 KiB a model. */
#define ANSWER_LIMIT (64u << 20)

static const char *const usual_places[] = {
	"qemu-system-x86_64", "qemu-kvm", "/usr/libexec/qemu-kvm", NULL,
};

static void child_argv(char **argv, const char *program)
{
	static const char *const args[] = {
		"-machine", "none", "-nodefaults", "-no-user-config", "-display", "none", "-S",
		"-qmp", "stdio",
	};
	unsigned int i;

	argv[0] = xprintf("%s", program);
	for (i = 0; i < ARRAY_SIZE(args); i++)
		argv[i + 1] = (char *)args[i];
	argv[i + 1] = NULL;
}

/* Start it with pipes at its ends: 0, or an errno. */
static int start(const char *program, pid_t *pid, int *to, int *from)
{
	posix_spawn_file_actions_t actions;
	int in[2], out[2], err;
	sigset_t none;
	posix_spawnattr_t attr;
	char *argv[16];

	if (pipe2(in, O_CLOEXEC))
		return errno;
	if (pipe2(out, O_CLOEXEC)) {
		err = errno;
		close(in[0]);
		close(in[1]);
		return err;
	}
	child_argv(argv, program);
	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	err = posix_spawnp(pid, program, &actions, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	free(argv[0]);
	close(in[0]);
	close(out[1]);
	*to = in[1];
	*from = out[0];
	if (err) {
		close(*to);
		close(*from);
	}
	return err;
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

#define QUIT "{\"execute\":\"quit\"}\n"

/* Answers among the lines that have come; events are lines, too. */
struct answers {
	char begin[9];		/* of the line */
	unsigned int len;
	unsigned int nr;
};

static void count_answers(struct answers *a, const char *text, size_t len)
{
	for (; len; text++, len--) {
		if (*text == '\n')
			a->len = 0;
		else if (a->len < sizeof(a->begin))
			a->begin[a->len++] = *text;
		else
			continue;
		if (a->len == sizeof(a->begin) && (!memcmp(a->begin, "{\"return\"", a->len) ||
						   !memcmp(a->begin, "{\"error\":", a->len)))
			a->nr++;
	}
}

/*
 * Write the questions @text, one a line, to *@to, which is closed behind the
 * last word, and what comes from @from into @sink, until its end: NULL, or what
 * went wrong.
 */
static const char *talk(int *to, int from, const char *text, int sink)
{
	long end = now_ms() + DEADLINE_MS;
	size_t left = strlen(text), got = 0;
	struct answers answers = { .nr = 0 };
	unsigned int questions = 0;
	char chunk[65536];
	const char *c;
	ssize_t n;

	for (c = text; *c; c++)
		questions += *c == '\n';

	for (;;) {
		struct pollfd fds[2] = {
			{ .fd = from, .events = POLLIN },
			{ .fd = left ? *to : -1, .events = POLLOUT },
		};
		long wait = end - now_ms();

		if (wait <= 0)
			return "it does not come to an end";
		if (poll(fds, 2, wait) < 0 && errno != EINTR)
			return strerror(errno);
		if (fds[1].revents) {
			n = write(*to, text, left);
			/* It may have gone: what it said until then tells. */
			if (n < 0 && errno != EAGAIN && errno != EINTR)
				left = 0;
			if (n > 0) {
				text += n;
				left -= n;
			}
			if (!left && !questions) {
				close(*to);
				*to = -1;
			}
		}
		if (!fds[0].revents)
			continue;
		n = read(from, chunk, sizeof(chunk));
		if (!n)
			return NULL;
		if (n < 0 && errno != EINTR)
			return strerror(errno);
		if (n < 0)
			continue;
		if (write(sink, chunk, n) != n)
			return strerror(errno);
		got += n;
		if (got > ANSWER_LIMIT)
			return "its answer has no end";
		count_answers(&answers, chunk, n);
		if (!left && questions && answers.nr >= questions) {
			text = QUIT;
			left = strlen(text);
			questions = 0;
		}
	}
}

/*
 * Ask @program: a file with its answers, 0 where there is no such program, or
 * -1 said why.  A file descriptor is never 0: that is standard input.
 */
static int ask(const char *program, const char *text)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	int to = -1, from = -1, sink, status, err;
	const char *wrong;
	pid_t pid;

	err = start(program, &pid, &to, &from);
	if (err == ENOENT || err == EACCES || err == ENOTDIR)
		return 0;
	if (err) {
		say("%s: %s", program, strerror(err));
		return -1;
	}
	sigaction(SIGPIPE, &ignore, &before);
	fcntl(to, F_SETFL, O_NONBLOCK);
	sink = memfd_create("qmp", MFD_CLOEXEC);
	wrong = sink < 0 ? strerror(errno) : talk(&to, from, text, sink);
	if (to >= 0)
		close(to);
	close(from);
	if (wrong)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGPIPE, &before, NULL);
	if (!wrong && !(WIFEXITED(status) && !WEXITSTATUS(status)))
		wrong = "it failed";
	if (wrong) {
		say("%s: asked for its CPU models: %s", program, wrong);
		if (sink >= 0)
			close(sink);
		return -1;
	}
	return sink;
}

/* Call @see with every "return" in @answers: 0, or -1 said why. */
static int each_return(int answers, const char *program, const char *what,
		       void (*see)(void *ctx, const struct json *value), void *ctx)
{
	char *path = xprintf("/proc/self/fd/%d", answers);
	struct json_file *file = json_open(path, ANSWER_LIMIT);
	const struct json *v;
	int ret = -1;

	free(path);
	while (file && (ret = json_read(file, &v)) > 0)
		if (json_kind(v) == JSON_OBJECT && json_get(v, "return"))
			see(ctx, json_get(v, "return"));
	if (file)
		json_close(file);
	if (ret)
		say("%s: its answer about %s can't be read", program, what);
	return ret;
}

/* A model's name goes back into a question. */
static bool is_plain(const char *name)
{
	const char *c;

	for (c = name; isalnum((unsigned char)*c) || (*c && strchr("_.-", *c)); c++)
		;
	return *name && !*c && c - name < 64;
}

static const char *string_of(const struct json *object, const char *key)
{
	const struct json *v = json_get(object, key);

	return v && json_kind(v) == JSON_STRING ? json_string(v) : "";
}

static u32 number_of(const struct json *object, const char *key)
{
	const struct json *v = json_get(object, key);

	return v && json_kind(v) == JSON_NUMBER ? json_number(v) : 0;
}

#define CAPABILITIES "{\"execute\":\"qmp_capabilities\"}\n"
#define DEFINITIONS CAPABILITIES "{\"execute\":\"query-cpu-definitions\"}\n"

struct asking {
	struct level_map *map;
	char *text;
};

/* Models that are what the host is, and the empty one, are no levels. */
static bool is_level(const char *name)
{
	return is_plain(name) && strcmp(name, "max") && strcmp(name, "host") &&
	       strcmp(name, "base");
}

static void see_definitions(void *ctx, const struct json *value)
{
	struct asking *a = ctx;
	const struct json *m;
	const char *name;
	char *more;

	if (json_kind(value) != JSON_ARRAY)
		return;
	for (m = json_first(value); m; m = json_next(m)) {
		if (json_kind(m) != JSON_OBJECT)
			continue;
		name = string_of(m, "name");
		if (!is_level(name))
			continue;
		map_add(a->map, name, "qemu")->about = xprintf("%s", string_of(m, "alias-of"));
		more = xprintf("%s{\"execute\":\"query-cpu-model-expansion\",\"arguments\":{\"type\":\"static\",\"model\":{\"name\":\"%s\"}}}\n",
			       a->text, name);
		free(a->text);
		a->text = more;
	}
}

/*
 * QEMU has several spellings for some; a lower number is the one to use: its
 * own are with dashes, and the name that we have is the most usual.
 */
static int spelling_rank(const struct feature *f, const char *name)
{
	const char *a, *b;

	if (strchr(name, '_'))
		return 2;
	for (a = f->name, b = name; *a && (*a == *b || (*a == '_' && *b == '-')); a++, b++)
		;
	return *a || *b;
}

static void learn_spelling(struct level_map *map, const struct feature *f, const char *name)
{
	char **now = &map->spelling[f - features];
	int rank = spelling_rank(f, name);

	if (*now && (spelling_rank(f, *now) < rank ||
		     (spelling_rank(f, *now) == rank && strcmp(*now, name) <= 0)))
		return;
	free(*now);
	*now = xprintf("%s", name);
}

struct expanding {
	struct level_map *map;
	unsigned int next;
};

/* Answers come in the order of the questions; the first is that of qmp_capabilities. */
static void see_expansion(void *ctx, const struct json *value)
{
	struct expanding *e = ctx;
	const struct json *model, *props, *p;
	const struct feature *f;
	struct level *l;

	model = json_kind(value) == JSON_OBJECT ? json_get(value, "model") : NULL;
	props = model && json_kind(model) == JSON_OBJECT ? json_get(model, "props") : NULL;
	if (!props || json_kind(props) != JSON_OBJECT || e->next == e->map->nr)
		return;
	l = &e->map->level[e->next++];
	snprintf(l->vendor, sizeof(l->vendor), "%s", string_of(props, "vendor"));
	l->family = number_of(props, "family");
	l->model = number_of(props, "model");
	l->stepping = number_of(props, "stepping");
	for (p = json_first(props); p; p = json_next(p)) {
		f = json_kind(p) == JSON_BOOL ? feature_named(json_key(p)) : NULL;
		if (!f)
			continue;
		learn_spelling(e->map, f, json_key(p));
		if (json_true(p) && level_knows(f))
			l->has[f - features] = true;
	}
}

/* An alias says of whom; a model of its own has nothing to say. */
static void tidy(struct level_map *map)
{
	unsigned int i;

	for (i = 0; i < map->nr; i++) {
		struct level *l = &map->level[i];
		char *about = *l->about ? xprintf("is %s", l->about) : NULL;

		free(l->about);
		l->about = about;
	}
}

static int read_models(struct level_map *map, const char *program, int answers)
{
	struct asking a = { .map = map, .text = xprintf("%s", CAPABILITIES) };
	struct expanding e = { .map = map };
	int ret = -1;

	if (each_return(answers, program, "its CPU models", see_definitions, &a))
		goto out;
	if (!map->nr) {
		say("%s: it names no CPU models", program);
		goto out;
	}
	tidy(map);
	answers = ask(program, a.text);
	if (answers <= 0)
		goto out;
	ret = each_return(answers, program, "each model", see_expansion, &e);
	close(answers);
	if (!ret && e.next != map->nr) {
		say("%s: %u of %u CPU models have no answer", program, map->nr - e.next, map->nr);
		ret = -1;
	}
out:
	free(a.text);
	return ret;
}

int qemu_map(struct level_map *map)
{
	const char *own = getenv("LEVELCTL_QEMU");
	const char *const only[] = { own, NULL };
	const char *const *p = own ? only : usual_places;
	int answers = 0, ret;

	*map = (struct level_map){ 0 };
	for (; *p && **p && !answers; p++) {
		answers = ask(*p, DEFINITIONS);
		if (answers)
			break;
	}
	if (!answers && own && *own)
		say("%s: not there, or not to be run", own);
	if (answers <= 0)
		return answers < 0 || (own && *own) ? -1 : 0;
	map->spelling = xrealloc(NULL, nr_features, sizeof(*map->spelling));
	memset(map->spelling, 0, nr_features * sizeof(*map->spelling));
	ret = read_models(map, *p, answers);
	close(answers);
	if (ret) {
		map_free(map);
		return -1;
	}
	return 1;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A reader of a file, or a host that loses power, sees the old file or the new
 * one: written beside it, synced, renamed over it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "out.h"

static int failed(struct out *out, int err)
{
	if (out->to && out->to != stdout)
		fclose(out->to);
	if (out->temp)
		unlink(out->temp);
	free(out->temp);
	free(out->target);
	if (err)
		say("%s: %s", out->path ? out->path : "standard output", strerror(err));
	*out = (struct out){ 0 };
	return -1;
}

#define MOST_LINKS 40	/* as the kernel */
#define MOST_FDS 256	/* that a shell has opened for us */

/* The folder of @path in full, or NULL, with errno. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder, *full;

	if (!slash)
		return realpath(".", NULL);
	folder = xprintf("%.*s", slash == path ? 1 : (int)(slash - path), path);
	full = realpath(folder, NULL);
	free(folder);
	return full;
}

static bool is_below(const char *folder, const char *top)
{
	size_t len = strlen(top);

	return !strncmp(folder, top, len) && (!folder[len] || folder[len] == '/');
}

/* Where the link @path in @folder leads to; NULL, with errno: it is none any more. */
static char *follow(const char *path, const char *folder)
{
	char to[PATH_MAX];
	ssize_t len = readlink(path, to, sizeof(to) - 1);

	if (len < 0)
		return NULL;
	to[len] = '\0';
	return *to == '/' ? xprintf("%s", to) : xprintf("%s/%s", folder, to);
}

/*
 * The file to which @path leads, whether it is there yet or not; NULL, with errno.
 * A link in /proc or /dev, /dev/stdout above all, is no name of a file that could be
 * replaced, but the way to one that is open: *@open.
 */
static char *resolve(const char *path, bool *open)
{
	char *at = xprintf("%s", path), *folder, *next;
	struct stat st;
	int i, err = ELOOP;

	*open = false;
	for (i = 0; i < MOST_LINKS; i++) {
		if (lstat(at, &st) || !S_ISLNK(st.st_mode))
			return at;
		folder = folder_of(at);
		next = folder ? follow(at, folder) : NULL;
		err = errno;
		*open = folder && (is_below(folder, "/proc") || is_below(folder, "/dev"));
		free(folder);
		if (*open || !next) {
			free(next);
			break;
		}
		free(at);
		at = next;
		err = ELOOP;
	}
	if (*open)
		return at;
	free(at);
	errno = err;
	return NULL;
}

/* @path is written where it is, whatever becomes of it. */
static int in_place(struct out *out, const char *path)
{
	struct stat st, own;

	bool there;
	int fd;

	/* Opened once more it would begin at its beginning, and what is there already go. */
	there = !stat(path, &st);
	for (fd = STDOUT_FILENO; there && fd < MOST_FDS; fd++) {
		if (fstat(fd, &own) || st.st_dev != own.st_dev || st.st_ino != own.st_ino ||
		    (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
			continue;
		if (fd == STDOUT_FILENO) {
			out->to = stdout;
			return 0;
		}
		fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		out->to = fd < 0 ? NULL : fdopen(fd, "w");
		return out->to ? 0 : failed(out, errno);
	}
	out->to = fopen(path, "we");
	return out->to ? 0 : failed(out, errno);
}

int out_begin(struct out *out, const char *path)
{
	const char *slash;
	struct stat st;
	bool open;
	int fd;

	*out = (struct out){ .path = path };
	if (!path) {
		out->to = stdout;
		return 0;
	}
	out->target = resolve(path, &open);
	if (!out->target)
		return failed(out, errno);
	if (open)
		return in_place(out, path);
	if (!stat(out->target, &st)) {
		/* A pipe or a terminal keeps its name: nothing to rename over. */
		if (!S_ISREG(st.st_mode))
			return in_place(out, path);
		out->mode = st.st_mode;
		out->uid = st.st_uid;
		out->gid = st.st_gid;
	}
	/* Hidden: who reads all of this folder does not want half of a file. */
	slash = strrchr(out->target, '/');
	out->temp = xprintf("%.*s.levelctl.XXXXXX", slash ? (int)(slash + 1 - out->target) : 0,
			    out->target);
	fd = mkostemp(out->temp, O_CLOEXEC);
	if (fd < 0) {
		fd = errno;
		free(out->temp);
		out->temp = NULL;
		return failed(out, fd);
	}
	out->to = fdopen(fd, "w");
	return out->to ? 0 : failed(out, errno);
}

int out_commit(struct out *out)
{
	mode_t mask = umask(0);
	FILE *to = out->to;

	umask(mask);
	if (fflush(to) || ferror(to))
		return failed(out, errno ? errno : EIO);
	if (to == stdout) {
		free(out->target);
		return 0;
	}
	if (!out->mode)
		out->mode = 0666 & ~mask;
	/* Who may not give it to its group does not let his own have what that could. */
	else if (out->temp && fchown(fileno(to), out->uid, out->gid) &&
		 fchown(fileno(to), -1, out->gid))
		out->mode &= ~070;
	if (out->temp && (fchmod(fileno(to), out->mode & 0777) || fsync(fileno(to))))
		return failed(out, errno);
	out->to = NULL;
	if (fclose(to) || (out->temp && rename(out->temp, out->target)))
		return failed(out, errno);
	free(out->temp);
	free(out->target);
	return 0;
}

void out_abandon(struct out *out)
{
	failed(out, 0);
}

int write_whole(const char *path, const char *text, size_t len)
{
	struct out out;

	if (out_begin(&out, path))
		return -1;
	fwrite(text, 1, len, out.to);
	return out_commit(&out);
}

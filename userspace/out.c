// SPDX-License-Identifier: GPL-2.0
/*
 * A reader of a file, or a host that loses power, sees the old file or the new
 * one: written beside it, synced, renamed over it.
 */
#include <errno.h>
#include <fcntl.h>
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
	if (err)
		say("%s: %s", out->path ? out->path : "standard output", strerror(err));
	*out = (struct out){ 0 };
	return -1;
}

int out_begin(struct out *out, const char *path)
{
	struct stat st;
	int fd;

	*out = (struct out){ .path = path };
	if (!path) {
		out->to = stdout;
		return 0;
	}
	if (!stat(path, &st) && !S_ISREG(st.st_mode)) {
		/* A pipe or a terminal keeps its name: nothing to rename over. */
		out->to = fopen(path, "we");
		return out->to ? 0 : failed(out, errno);
	}
	out->temp = xprintf("%s.XXXXXX", path);
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
	if (to == stdout)
		return 0;
	if (out->temp && (fchmod(fileno(to), 0666 & ~mask) || fsync(fileno(to))))
		return failed(out, errno);
	out->to = NULL;
	if (fclose(to) || (out->temp && rename(out->temp, out->path)))
		return failed(out, errno);
	free(out->temp);
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

// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "hostdir.h"
#include "tool.h"

static int not_hidden(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* By bytes, whatever the locale: the order of hosts must not depend on it. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool is_dump(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && (!strcmp(dot, ".json") || !strcmp(dot, ".jsonl"));
}

/* The files' paths take the place of the entries; 0, or -1 said why. */
static int check(const char *dir, struct dirent **entry, int nr)
{
	struct stat st;
	char *path;
	int i, err = 0;

	for (i = 0; i < nr && !err; i++) {
		path = xprintf("%s/%s", dir, entry[i]->d_name);
		if (stat(path, &st)) {
			say("%s: %s", path, strerror(errno));
			err = -1;
		} else if (S_ISDIR(st.st_mode)) {
			say("%s: a directory within a directory of host dumps", printable(path));
			err = -1;
		} else if (!is_dump(path)) {
			say("%s: neither *.json nor *.jsonl, in a directory of host dumps",
			    printable(path));
			err = -1;
		}
		free(path);
	}
	if (!err && !nr) {
		say("%s: there is no *.json or *.jsonl in it", dir);
		err = -1;
	}
	return err;
}

int hostdir_each(const char *path, path_fn see, void *ctx)
{
	struct dirent **entry;
	struct stat st;
	char *file;
	int nr, i, ret;

	if (!strcmp(path, "-") || stat(path, &st) || !S_ISDIR(st.st_mode))
		return see(ctx, path);
	nr = scandir(path, &entry, not_hidden, by_name);
	if (nr < 0) {
		say("%s: %s", path, strerror(errno));
		return -1;
	}
	ret = check(path, entry, nr);
	for (i = 0; i < nr; i++) {
		if (!ret) {
			file = xprintf("%s/%s", path, entry[i]->d_name);
			ret = see(ctx, file);
			free(file);
		}
		free(entry[i]);
	}
	free(entry);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "harness.h"
#include "words.h"

static u64 number(yyjson_val *object, const char *name)
{
	const char *text = yyjson_get_str(yyjson_obj_get(object, name));

	return text ? strtoull(text, NULL, 0) : 0;
}

static void read_host(struct words *w, const char *path)
{
	yyjson_doc *json = yyjson_read_file(path, YYJSON_READ_NOFLAG, NULL, NULL);
	const char *base = strrchr(path, '/');
	yyjson_arr_iter rows;
	yyjson_val *item;

	if (!json)
		FAIL("can't read %s, or it is no JSON", path);

	words_clear(w);
	snprintf(w->name, sizeof(w->name), "%s", base ? base + 1 : path);
	rows = yyjson_arr_iter_with(yyjson_obj_get(yyjson_doc_get_root(json), "cpuid"));
	while ((item = yyjson_arr_iter_next(&rows)))
		words_put(w, (u32)number(item, "leaf"), (u32)number(item, "subleaf"),
			  (u32)number(item, "eax"), (u32)number(item, "ebx"),
			  (u32)number(item, "ecx"), (u32)number(item, "edx"));
	rows = yyjson_arr_iter_with(yyjson_obj_get(yyjson_doc_get_root(json), "msr"));
	while ((item = yyjson_arr_iter_next(&rows)))
		words_msr(w, (u32)number(item, "index"), number(item, "value"));
	yyjson_doc_free(json);
}

const char *words_hosts_folder(void)
{
	const char *named = getenv("KL_HOSTS");

	/* Beside the project, wherever make was started. */
	return named ? named : UNIT_ROOT "/../shared/hosts";
}

const struct words *words_hosts(unsigned int *nr)
{
	static struct words *hosts;
	static unsigned int nr_hosts;
	static bool asked;
	char pattern[512];
	glob_t found;

	*nr = nr_hosts;
	if (asked)
		return hosts;
	asked = true;
	snprintf(pattern, sizeof(pattern), "%s/raw/*.json", words_hosts_folder());
	if (!glob(pattern, 0, NULL, &found)) {
		snprintf(pattern, sizeof(pattern), "%s/guestview/*.json", words_hosts_folder());
		glob(pattern, GLOB_APPEND, NULL, &found);
		hosts = calloc(found.gl_pathc, sizeof(*hosts));
		if (!hosts)
			FAIL("no memory");
		for (nr_hosts = 0; nr_hosts < found.gl_pathc; nr_hosts++)
			read_host(&hosts[nr_hosts], found.gl_pathv[nr_hosts]);
		globfree(&found);
	}
	*nr = nr_hosts;
	return hosts;
}

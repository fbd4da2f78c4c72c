// SPDX-License-Identifier: GPL-2.0
/* What levelctl reads in a file of any format, as kvm-level/host/1. */
#include "cmd.h"
#include "host.h"

struct converted {
	char *text;
	size_t len;
};

/* One host is a JSON object, several stand one after the other, as every command reads them. */
static int append(void *ctx, struct host *h)
{
	struct json_out *o = json_out_new();
	struct converted *c = ctx;
	size_t len;
	char *text;

	json_out_object(o, NULL);
	host_write(o, h);
	text = json_out_finish(o, &len);
	c->text = xrealloc(c->text, c->len + len, 1);
	memcpy(c->text + c->len, text, len);
	c->len += len;
	free(text);
	return 0;
}

int cmd_host_convert(int argc, char **argv)
{
	const char *path = NULL;
	const struct option_spec spec[] = {
		{ "--output", "-o", NULL, &path },
		{ NULL, NULL, NULL, NULL },
	};
	struct converted c = { 0 };
	int i, err = 0;

	if (options(&argc, argv, spec) || arguments(argc, 1, -1, "a host in any format"))
		return USAGE;
	for (i = 0; i < argc && !err; i++)
		err = hosts_each(argv[i], append, &c);
	if (!err)
		err = write_whole(path, c.text, c.len);
	free(c.text);
	return err ? REFUSED : DONE;
}

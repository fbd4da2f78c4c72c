// SPDX-License-Identifier: GPL-2.0
#include "cmd.h"
#include "host.h"

int cmd_host_dump(int argc, char **argv)
{
	const char *path = NULL;
	const struct option_spec spec[] = {
		{ "--output", "-o", NULL, &path },
		{ NULL, NULL, NULL, NULL },
	};
	struct json_out *o;
	struct host h;
	size_t len;
	char *text;
	int err;

	if (options(&argc, argv, spec) || arguments(argc, 0, 0, ""))
		return USAGE;
	if (host_self(&h))
		return REFUSED;
	o = json_out_new();
	json_out_object(o, NULL);
	host_write(o, &h);
	text = json_out_finish(o, &len);
	err = write_whole(path, text, len);
	free(text);
	host_free(&h);
	return err ? REFUSED : DONE;
}

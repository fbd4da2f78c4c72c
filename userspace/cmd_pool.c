// SPDX-License-Identifier: GPL-2.0
#include "cmd.h"
#include "inputs.h"
#include "pool.h"

int cmd_pool_compute(int argc, char **argv)
{
	const char *path = NULL, *name = "pool";
	bool raw_ok = false;
	const struct option_spec spec[] = {
		{ "--output", "-o", NULL, &path },
		{ "--name", NULL, NULL, &name },
		{ "--raw-ok", NULL, &raw_ok, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	struct hosts hosts = { 0 };
	struct json_out *o;
	struct pool pool;
	unsigned int i;
	size_t len;
	char *text;
	int raw, err;

	if (options(&argc, argv, spec) || arguments(argc, 1, -1, "a host dump"))
		return USAGE;
	if (!*name || strlen(name) > KL_NAME_MAX)
		return usage("--name is 1 to %d bytes", KL_NAME_MAX);
	if (inputs_read(argc, argv, &hosts))
		return REFUSED;
	raw = inputs_check_sources(&hosts, raw_ok);
	if (raw < 0 || pool_compute(&pool, &hosts, name)) {
		hosts_free(&hosts);
		return REFUSED;
	}
	if (raw)
		pool_warn(&pool, xprintf("%d of %u dumps are raw CPUID: KVM may offer less", raw,
					 hosts.nr));
	for (i = 0; i < pool.nr_warnings; i++)
		say("warning: %s", pool.warning[i]);

	o = json_out_new();
	json_out_object(o, NULL);
	pool_write(o, &pool);
	text = json_out_finish(o, &len);
	err = write_whole(path, text, len);
	free(text);
	pool_free(&pool);
	hosts_free(&hosts);
	return err ? REFUSED : DONE;
}

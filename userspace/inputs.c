// SPDX-License-Identifier: GPL-2.0
/* See inputs.h. */
#include "inputs.h"
#include "progress.h"

int inputs_read(int argc, char **argv, struct hosts *hosts)
{
	int i, err = 0;

	for (i = 0; i < argc && !err; i++) {
		err = hosts_read(argv[i], hosts);
		progress("reading files", i + 1, argc);
	}
	progress_end();
	if (err)
		hosts_free(hosts);
	return err;
}

int inputs_check_sources(const struct hosts *hosts, bool raw_ok)
{
	unsigned int i, nr = 0;

	for (i = 0; i < hosts->nr; i++) {
		if (!hosts->host[i].raw)
			continue;
		if (!raw_ok) {
			say("%s: \"%s\" is the processor's raw CPUID, not what KVM offers there: make a dump with \"levelctl host dump\", or say --raw-ok",
			    hosts->host[i].file, hosts->host[i].name);
			return -1;
		}
		nr++;
	}
	return nr;
}

void inputs_warn_of_raw(const struct hosts *hosts)
{
	int nr = inputs_check_sources(hosts, true);
	unsigned int i;

	for (i = 0; nr == 1 && i < hosts->nr; i++)
		if (hosts->host[i].raw)
			say("warning: \"%s\" is raw CPUID: KVM may offer less there",
			    hosts->host[i].name);
	if (nr > 1)
		say("warning: %d of %u dumps are raw CPUID: KVM may offer less there", nr,
		    hosts->nr);
}

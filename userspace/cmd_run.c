// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "baseline.h"
#include "cmd.h"

int cmd_run(int argc, char **argv)
{
	const char *path = NULL;
	bool force = false;
	const struct option_spec spec[] = {
		{ "--baseline", NULL, NULL, &path },
		{ "--force", NULL, &force, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	struct set_answer answer;
	struct baseline b;
	int err, own, i;

	/* What stands behind "--" is the VMM's, options and all. */
	for (own = 0; own < argc && strcmp(argv[own], "--"); own++)
		;
	i = own;
	if (options(&i, argv, spec))
		return USAGE;
	if (i || own == argc || own + 1 == argc)
		return usage("run --baseline FILE -- VMM...");
	if (!path)
		return usage("--baseline is missing");
	if (baseline_read(path, &b))
		return REFUSED;
	err = baseline_check_own(&b) || kernel_open() || kernel_set(&b, true, force, &answer);
	baseline_free(&b);
	if (err)
		return REFUSED;
	kernel_close();
	/*
	 * Whose parent ends becomes our child, not init's: a VMM that makes its VM in a
	 * daemon (qemu -daemonize) stays below the process that has the baseline for as
	 * long as that one waits for it.
	 */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	execvp(argv[own + 1], argv + own + 1);
	return refuse("%s: %s", argv[own + 1], strerror(errno));
}

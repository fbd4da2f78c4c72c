// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <string.h>

#include "cmd.h"
#include "netlink.h"
#include "out.h"

static const struct command {
	const char *noun;
	const char *verb;	/* NULL: the noun says it all */
	int (*run)(int argc, char **argv);
	const char *args;
	const char *help;
} commands[] = {
	{ "status", NULL, cmd_status, "", "module, mode, gates armed, baseline, VMs, stranded" },
	{ "host", "dump", cmd_host_dump, "[-o FILE]", "what this host offers" },
	{ "host", "convert", cmd_host_convert, "[-o FILE] HOST...",
	  "hosts in any format, as levelctl's JSON" },
	{ "host", "compare", cmd_host_compare, "HOST HOST...", "how hosts differ" },
	{ "pool", "compute", cmd_pool_compute,
	  "[-o FILE] [--name NAME] [--level LEVEL] [--raw-ok] [--report] [--missing-on N|all] [--vendor VENDOR [--identity F/M/S]] HOST...",
	  "the baseline that all hosts can give" },
	{ "pool", "check", cmd_pool_check, "BASELINE|LEVEL HOST...", "may these hosts run it" },
	{ "pool", "plan", cmd_pool_plan,
	  "-k N [-o DIR] [--name NAME] [--method auto|exact|heuristic] [--raw-ok] HOST...",
	  "the N pools that lose the fewest features" },
	{ "pool", "matrix", cmd_pool_matrix, "[--all | --html FILE [--title TEXT]] HOST...",
	  "which host has what, and what each costs" },
	{ "baseline", "apply", cmd_baseline_apply, "[--force] FILE", "set this host's baseline" },
	{ "baseline", "show", cmd_baseline_show, "[--id N | FILE | LEVEL]",
	  "the current one, or another, or a level" },
	{ "baseline", "verify", cmd_baseline_verify, "[--no-host] FILE",
	  "all that apply checks, nothing changed" },
	{ "baseline", "widen", cmd_baseline_widen,
	  "[--with OLD [--partly]] [-o FILE] BASELINE HOST...",
	  "let guests that move in keep more than new ones are offered" },
	{ "baseline", "narrow", cmd_baseline_narrow, "--without FEATURE,... [-o FILE] BASELINE",
	  "offer new guests less, and let others keep it" },
	{ "baseline", "clear", cmd_baseline_clear, "", "no baseline any more" },
	{ "baseline", "list", cmd_baseline_list, "[--source module|builtin|libvirt|qemu]",
	  "the current one, those that VMs still have, and the named levels" },
	{ "baseline", "export", cmd_baseline_export,
	  "--format json|qemu|libvirt|firecracker|xen [--model NAME] [-o FILE] FILE",
	  "in the words of a VMM" },
	{ "vm", "list", cmd_vm_list, "", "VMs and the baselines to which they are pinned" },
	{ "vm", "show", cmd_vm_show, "ID", "one VM: why stranded, what its guest asked for" },
	{ "vm", "adopt", cmd_vm_adopt, "[--off] ID", "level it at its exits from now on" },
	{ "vm", "watch", cmd_vm_watch, "[--off] ID", "record what its guest reads" },
	{ "mode", NULL, cmd_mode, "[off|audit|enforce|strict] [--exits needed|always]",
	  "what happens to a guest that asks for more" },
	{ "monitor", NULL, cmd_monitor, "[--count N] [--timeout SECONDS]", "events as they come" },
	{ "run", NULL, cmd_run, "--baseline FILE [--force] -- VMM...",
	  "a level for the VMs of one VMM" },
	{ "explain", NULL, cmd_explain, "--all | FEATURE | 0x7.0:ebx[5] | 0x7.0:ebx | msr:0x10a[3]...",
	  "what a feature is, how pools combine it, what needs it" },
	{ "version", NULL, cmd_version, "", "tool, module, protocol" },
};

#define NR_COMMANDS ARRAY_SIZE(commands)

static void print_command(FILE *to, const struct command *c)
{
	fprintf(to, "  levelctl %s%s%s%s%s\n          %s\n", c->noun, c->verb ? " " : "",
		c->verb ? c->verb : "", *c->args ? " " : "", c->args, c->help);
}

/* All commands, or those of @noun; their number. */
static unsigned int print_help(FILE *to, const char *noun)
{
	unsigned int i, nr = 0;

	for (i = 0; i < NR_COMMANDS; i++) {
		if (noun && strcmp(noun, commands[i].noun))
			continue;
		print_command(to, &commands[i]);
		nr++;
	}
	return nr;
}

/* What was printed has to arrive: who reads an empty help shall know why. */
static int printed(void)
{
	struct out out;

	return out_begin(&out, NULL) || out_commit(&out) ? REFUSED : DONE;
}

static int help(const char *noun)
{
	if (noun && !print_help(stdout, noun))
		return usage("there is no command \"%s\"", noun);
	if (!noun) {
		printf("levelctl: CPU levels for the guests of KVM\n\n");
		print_help(stdout, NULL);
		printf("\nEverywhere: --json for programs, --verbose (-v) for more.\n"
		       "Exit code: 0 done, 1 refused, 2 not understood.\n");
	}
	return printed();
}

static bool is_help(const char *word)
{
	return !strcmp(word, "help") || !strcmp(word, "--help") || !strcmp(word, "-h");
}

/* "--help" behind a command, where it is still levelctl's to read. */
static bool asks_for_help(int argc, char **argv)
{
	int i;

	for (i = 0; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	return false;
}

static const struct command *find(const char *noun, const char *verb, bool *noun_known)
{
	unsigned int i;

	*noun_known = false;
	for (i = 0; i < NR_COMMANDS; i++) {
		if (strcmp(commands[i].noun, noun))
			continue;
		*noun_known = true;
		if (!commands[i].verb || (verb && !strcmp(commands[i].verb, verb)))
			return &commands[i];
	}
	return NULL;
}

/*
 * A standard stream that the caller has closed is a number that the next file would
 * get, which would then be read, or talked into, in its place.  What takes the number
 * here can be neither read nor written: a closed stream fails as one, with EBADF.
 */
static void hold_standard_streams(void)
{
	int fd;

	for (fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/", O_PATH | O_CLOEXEC);
}

int main(int argc, char **argv)
{
	const struct command *c;
	bool noun_known;
	int skip, result;

	hold_standard_streams();
	/* --json and the like may stand before the noun, too. */
	for (skip = 1; skip < argc; skip++) {
		if (!strcmp(argv[skip], "--json"))
			tool.json = true;
		else if (!strcmp(argv[skip], "--verbose") || !strcmp(argv[skip], "-v"))
			tool.verbose = true;
		else
			break;
	}
	argc -= skip;
	argv += skip;
	if (!argc) {
		print_help(stderr, NULL);
		return USAGE;
	}
	if (is_help(argv[0]))
		return help(argc > 1 ? argv[1] : NULL);
	if (!strcmp(argv[0], "--version"))
		argv[0] = "version";

	c = find(argv[0], argc > 1 ? argv[1] : NULL, &noun_known);
	if (!c && noun_known && (argc == 1 || is_help(argv[1]))) {
		print_help(argc == 1 ? stderr : stdout, argv[0]);
		return argc == 1 ? USAGE : printed();
	}
	if (!c && noun_known)
		return usage("there is no \"%s %s\"", argv[0], argv[1]);
	if (!c)
		return usage("there is no command \"%s\"", argv[0]);
	skip = c->verb ? 2 : 1;
	if (asks_for_help(argc - skip, argv + skip)) {
		print_command(stdout, c);
		return printed();
	}
	result = c->run(argc - skip, argv + skip);
	kernel_close();
	return result;
}

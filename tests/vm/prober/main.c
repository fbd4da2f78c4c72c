// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "kvmprobe.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *args;
	const char *prose;
} commands[] = {
	{ "supported", cmd_supported, "", "what KVM_GET_SUPPORTED_CPUID offers" },
	{ "emulated", cmd_emulated, "", "what KVM_GET_EMULATED_CPUID offers" },
	{ "msr-features", cmd_msr_features, "", "the feature MSRs on offer" },
	{ "snapshot", cmd_snapshot, "",
	  "supported and msr-features together: a FILE for --offer" },
	{ "victims", cmd_victims, "", "SPECs of all that the attempts want hidden" },
	{ "baseline", cmd_baseline,
	  "[--name N] [--victims] [--nested] [--clear SPEC]... [--max]",
	  "a baseline from the offer, as JSON" },
	{ "guest-cpuid", cmd_guest_cpuid,
	  "[--cpuid none|offer|raw|all-ones-ish|FILE] [--set1] LEAF[.SUB]...",
	  "CPUID as a guest reads it" },
	{ "guest-msr", cmd_guest_msr, "[--cpuid ...] INDEX[=VALUE]...",
	  "RDMSR (and WRMSR) as a guest does it" },
	{ "list", cmd_list, "", "the attempts: NAME, SPECs to clear, prose" },
	{ "attempt", cmd_attempt, "NAME... | all",
	  "try to get at what is hidden: 0 reached, 1 held, 2 error, 77 skipped" },
	{ "sane", cmd_sane, "", "what must still work: 0 it does, 1 it doesn't" },
	{ "hold", cmd_hold, "[--cpuid ...] [--vcpus N] [FIFO]",
	  "a VM that lives on and takes commands, a line each" },
	{ "crowd", cmd_crowd, "N",
	  "N VMs without vCPUs, until standard input ends" },
	{ "churn", cmd_churn,
	  "[--vms N] [--seconds S] [--cpuid ...] [--allow FILE]...",
	  "VMs that come and go, each seeing one baseline and no other" },
	{ "soak", cmd_soak,
	  "--folder F [--vms N] [--loose] [--allow FILE]...",
	  "two vCPUs each that do all that a VMM does, whatever else happens" },
	{ "bench", cmd_bench,
	  "cpuid|rdmsr|wrmsr|io|hlt|set_cpuid2|create_vm|create_vcpu [--n N] [--samples K]",
	  "the cost of one exit or one call, by the TSC" },
	{ "killat", cmd_killat, "N socket|ioctl COMMAND...",
	  "kill a program at its nth step from that call on: 0 killed, 1 it did its work before" },
	{ "faults", cmd_faults,
	  "create_vm|create_vcpu|set_cpuid2|set_msrs|supported|insmod|rmmod [--step N]"
	  " [--module FILE --script FILE [--name NAME]]",
	  "fail each allocation of a call, on kernels with fail-nth" },
};

static void print_help(FILE *to)
{
	fprintf(to, "usage: kvmprobe [--offer FILE] [--modest] COMMAND [ARGUMENT]...\n\n");
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(to, "  %s %s\n      %s\n", commands[i].name,
			commands[i].args, commands[i].prose);
	fprintf(to,
		"\n--offer FILE: what KVM offered before it was levelled (from snapshot)\n"
		"--modest: attempts wish for no more CPUID than the baseline, as if\n"
		"    KVM_SET_CPUID2 were levelled: what is still reached needs more\n");
}

int main(int argc, char **argv)
{
	/* Answers must not sit in a buffer when a scenario reads a pipe. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	argv++;
	argc--;
	offer_file = getenv("KVMPROBE_OFFER");
	for (;;) {
		int used = 1;

		if (argc >= 2 && !strcmp(argv[0], "--offer")) {
			offer_file = argv[1];
			used = 2;
		} else if (argc >= 1 && !strcmp(argv[0], "--modest")) {
			modest = true;
		} else {
			break;
		}
		argc -= used;
		argv += used;
	}
	if (argc >= 1 && !strcmp(argv[0], "--help")) {
		print_help(stdout);
		return 0;
	}
	for (unsigned int i = 0; argc && i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[0], commands[i].name))
			return commands[i].run(argc, argv);
	print_help(stderr);
	return EXIT_ERROR;
}

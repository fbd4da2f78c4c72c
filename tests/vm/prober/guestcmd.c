// SPDX-License-Identifier: GPL-2.0
/* guest-cpuid, guest-msr: what a guest reads. */
#include <stdlib.h>
#include <string.h>

#include "kvmprobe.h"

/* Eats --cpuid HOW and --set1; makes the vCPU. Returns the first other word. */
static int guest_from_args(int argc, char **argv, struct vcpu **v)
{
	const char *how = "offer";
	bool old = false, none;
	struct cpuset s;
	int i, r = 0;

	for (i = 1; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--cpuid") && i + 1 < argc)
			how = argv[++i];
		else if (!strcmp(argv[i], "--set1"))
			old = true;
		else
			die("%s: what is '%s'?", argv[0], argv[i]);
	}
	if (i == argc)
		die("%s: of what?", argv[0]);
	cpuset_choose(how, &s, &none);
	*v = vcpu_new(vm_new());
	if (!none)
		r = old ? vcpu_set_cpuid1(*v, &s) : vcpu_set_cpuid2(*v, &s);
	if (r)
		die("KVM_SET_CPUID%s: %s", old ? "" : "2", strerror(-r));
	vcpu_enter_long_mode(*v);
	return i;
}

int cmd_guest_cpuid(int argc, char **argv)
{
	struct vcpu *v;

	for (int i = guest_from_args(argc, argv, &v); i < argc; i++) {
		struct cpuset s = { .n = 1 };
		u32 leaf, sub;

		if (!parse_leaf(argv[i], &leaf, &sub))
			die("not LEAF[.SUBLEAF]: '%s'", argv[i]);
		guest_cpuid(v, leaf, sub, &s.e[0]);
		cpuset_print(&s);
	}
	return 0;
}

/* INDEX reads, INDEX=VALUE writes and reads back. */
int cmd_guest_msr(int argc, char **argv)
{
	struct vcpu *v;

	for (int i = guest_from_args(argc, argv, &v); i < argc; i++) {
		char *eq = strchr(argv[i], '=');
		u64 value = 0;
		u32 index;

		if (eq)
			*eq = '\0';
		index = parse_u64(argv[i]);
		if (eq && !guest_wrmsr(v, index, parse_u64(eq + 1)))
			printf("wrmsr 0x%08x fault\n", index);
		else if (eq)
			printf("wrmsr 0x%08x done\n", index);
		if (guest_rdmsr(v, index, &value))
			printf("msr 0x%08x 0x%016llx\n", index,
			       (unsigned long long)value);
		else
			printf("msr 0x%08x fault\n", index);
	}
	return 0;
}

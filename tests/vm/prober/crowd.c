// SPDX-License-Identifier: GPL-2.0
/* Many VMs at once, without vCPUs: a host with a full list. */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kvmprobe.h"

int cmd_crowd(int argc, char **argv)
{
	u64 n = argc == 2 ? parse_u64(argv[1]) : 0;
	struct rlimit limit = { .rlim_cur = n + 64, .rlim_max = n + 64 };
	char c;

	if (!n || n > 10000)
		die("crowd N");
	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("setrlimit");
	for (u64 i = 0; i < n; i++)
		if (ioctl(kvm_fd(), KVM_CREATE_VM, 0) < 0)
			die("KVM_CREATE_VM %llu", (unsigned long long)i);
	printf("crowd %llu\n", (unsigned long long)n);
	fflush(stdout);
	/* Until somebody ends us. */
	while (read(0, &c, 1) > 0)
		;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Kill a program at its nth step: at the entry of a system call, or at its end,
 * one after the other.  What it leaves behind is for the caller to look at.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kvmprobe.h"

static void start(char **argv)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	/* The tracer wants to hear of steps from here on. */
	raise(SIGSTOP);
	execvp(argv[0], argv);
	_exit(127);
}

/* "killat N COMMAND...": exit 0, it was killed; 1, it came to its end before. */
int cmd_killat(int argc, char **argv)
{
	u64 n = argc > 2 ? parse_u64(argv[1]) : 0;
	struct user_regs_struct regs;
	int status;
	pid_t pid;

	if (!n)
		die("killat N COMMAND...");
	pid = fork();
	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (!pid)
		start(argv + 2);
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		die("killat: %s did not start", argv[2]);
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	for (u64 step = 0; ;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) || waitpid(pid, &status, 0) != pid)
			die("killat: ptrace: %s", strerror(errno));
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			printf("ended after %llu steps\n", (unsigned long long)step);
			return 1;
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80) && ++step == n)
			break;
	}
	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs))
		die("killat: no registers: %s", strerror(errno));
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	printf("killed at step %llu, system call %lld\n", (unsigned long long)n,
	       (long long)regs.orig_rax);
	return 0;
}

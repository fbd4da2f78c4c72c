// SPDX-License-Identifier: GPL-2.0
/*
 * Kill a program at its nth step: at the entry of a system call, or at its end,
 * one after the other.  What it leaves behind is for the caller to look at.  Steps
 * may count from the first call of a kind: before that, it is the dynamic loader that
 * is killed, some hundred times.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
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

static const struct {
	const char *name;
	long number;
} calls[] = {
	{ "socket", SYS_socket },
	{ "ioctl", SYS_ioctl },
};

/* The system call of that name, or -1. */
static long call_named(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++)
		if (!strcmp(calls[i].name, name))
			return calls[i].number;
	return -1;
}

static void child_regs(pid_t pid, struct user_regs_struct *regs)
{
	if (ptrace(PTRACE_GETREGS, pid, NULL, regs))
		die("killat: no registers: %s", strerror(errno));
}

/*
 * "killat N CALL COMMAND...": exit 0, it was killed at its nth step from its first
 * system call CALL on; 1, it came to its end before, and says that it succeeded; 3, it
 * ended otherwise, or never made that call.
 */
int cmd_killat(int argc, char **argv)
{
	u64 n = argc > 3 ? parse_u64(argv[1]) : 0, step = 0;
	long from = argc > 3 ? call_named(argv[2]) : -1;
	struct user_regs_struct regs;
	int status;
	pid_t pid;

	if (!n || from < 0)
		die("killat N socket|ioctl COMMAND...");
	pid = fork();
	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (!pid)
		start(argv + 3);
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		die("killat: %s did not start", argv[3]);
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	while (step < n) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) || waitpid(pid, &status, 0) != pid)
			die("killat: ptrace: %s", strerror(errno));
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			printf("ended after %llu steps, status 0x%x\n", (unsigned long long)step,
			       status);
			return step && WIFEXITED(status) && !WEXITSTATUS(status) ? 1 : 3;
		}
		if (WSTOPSIG(status) != (SIGTRAP | 0x80))
			continue;
		child_regs(pid, &regs);
		if (step || (long)regs.orig_rax == from)
			step++;
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	printf("killed at step %llu, system call %lld\n", (unsigned long long)n,
	       (long long)regs.orig_rax);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/* Who may: users, capabilities, namespaces, sockets from somebody else, events. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nlprobe.h"

/* How long silence has to last to be believed. */
#define SILENCE_MS	200

void in_children(unsigned int n, unsigned int *nth, void (*work)(void))
{
	int status;

	fflush(stdout);
	for (*nth = 0; *nth < n; ++*nth) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork: %s", strerror(errno));
		if (!pid) {
			failed = 0;
			work();
			fflush(stdout);
			_exit(failed > 100 ? 100 : failed);
		}
	}
	while (n--) {
		if (wait(&status) < 0 || !WIFEXITED(status))
			die("a child died: status %#x", status);
		failed += WEXITSTATUS(status);
	}
}

void in_child(void (*work)(void))
{
	unsigned int nth;

	in_children(1, &nth, work);
}

/* --- Becoming somebody else ------------------------------------------------- */

static void must(int ret, const char *what)
{
	if (ret)
		die("%s: %s", what, strerror(errno));
}

void become_nobody(void)
{
	must(setgroups(0, NULL), "setgroups");
	must(setresgid(NOBODY, NOBODY, NOBODY), "setresgid");
	must(setresuid(NOBODY, NOBODY, NOBODY), "setresuid");
}

static void become_nobody_with(unsigned int cap)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2] = { };

	must(prctl(PR_SET_KEEPCAPS, 1), "PR_SET_KEEPCAPS");
	become_nobody();
	d[cap / 32].permitted = 1u << cap % 32;
	d[cap / 32].effective = d[cap / 32].permitted;
	must(syscall(SYS_capset, &h, d), "capset");
}

static void become_net_admin(void)
{
	become_nobody_with(CAP_NET_ADMIN);
}

static void become_sys_admin(void)
{
	become_nobody_with(CAP_SYS_ADMIN);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die("%s: %s", path, strerror(errno));
	close(fd);
}

static void become_root_of_userns(void)
{
	must(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 0 1");
	write_file("/proc/self/gid_map", "0 0 1");
}

static void become_root_of_netns(void)
{
	must(unshare(CLONE_NEWNET), "unshare(CLONE_NEWNET)");
}

static void become_root_of_userns_and_netns(void)
{
	become_root_of_userns();
	become_root_of_netns();
}

/* --- Commands --------------------------------------------------------------- */

static void change_baseline(struct msg *m)
{
	msg_start(m, CMD(BASELINE_SET));
	put_text(m, A(NAME), "somebody's");
	put_words(m, A(DEFAULT), &good_words);
}

static void baseline_of_process(struct msg *m)
{
	change_baseline(m);
	msg_command(m)->cmd = CMD(PROCESS_SET);
}

static const struct command all[] = {
	{ "status-get", status_get, NULL },
	{ "host-get", host_get, NULL },
	{ "baseline-get", baseline_get, NULL },
	{ "vm-get", vm_get, NULL },
	{ "vm-get dump", vm_dump, NULL },
	{ "vm-watch", watch_on, NULL },
	{ "vm-adopt", adopt_on, NULL },
	{ "process-set", baseline_of_process, NULL },
	{ "mode-set", change_mode, NULL },
	{ "baseline-set", change_baseline, NULL },
	{ "baseline-clear", baseline_clear, NULL },
};

typedef void (*asker)(int fd, struct msg *m, struct reply *r);

/* Every command, with one outcome: @error, 0 for done.  @core: no text is due. */
static void all_commands(const char *name, int fd, asker how, int error, bool core)
{
	static struct msg m;
	struct reply r;

	for (unsigned int i = 0; i < ARRAY_SIZE(all); i++) {
		bool wordless = core || (all[i].build == vm_dump && !dumps_are_refused_in_words());
		bool fine;

		all[i].build(&m);
		how(fd, &m, &r);
		if (verbose)
			describe(all[i].name, &r, NULL);
		fine = r.answered && r.error == error &&
		       (!error || wordless || strstr(r.text, "CAP_SYS_ADMIN"));
		reply_free(&r);
		if (!fine) {
			not_ok(name, "%s: error %d, \"%s\"", all[i].name, r.error, r.text);
			return;
		}
	}
	ok(name);
}

/*
 * @work in a child; if it is to be refused, nothing may have changed by then.
 * The child can't see that: it isn't answered.
 */
static void in_child_refused(const char *name, void (*work)(void))
{
	struct state before, after;

	state_take(&before);
	in_child(work);
	state_take(&after);
	if (!state_same(&before, &after))
		not_ok(name, "something has changed");
	state_free(&before);
	state_free(&after);
	restore();
}

static void in_child_allowed(void (*work)(void))
{
	in_child(work);
	restore();
}

static void root_may(void)
{
	all_commands("root_may_do_all", link_open(), ask, 0, false);
}

static void nobody_may_not(void)
{
	become_nobody();
	all_commands("nobody_is_refused", link_open(), ask, EPERM, false);
}

static void net_admin_may_not(void)
{
	become_net_admin();
	all_commands("net_admin_is_refused", link_open(), ask, EPERM, false);
}

static void sys_admin_may(void)
{
	become_sys_admin();
	all_commands("sys_admin_alone_may_do_all", link_open(), ask, 0, false);
}

static void root_of_userns_may_not(void)
{
	become_root_of_userns();
	all_commands("root_of_a_user_namespace_is_refused", link_open(), ask, EPERM, false);
}

/* --- Network namespaces ----------------------------------------------------- */

/* Generic netlink's core keeps the family from other namespaces: no text is due. */
static void not_found_from_here(const char *finds, const char *reaches)
{
	int fd = link_open(), error;
	struct family f;

	error = family_find(fd, &f);
	if (error == ENOENT)
		ok(finds);
	else
		not_ok(finds, "error %d", error);
	all_commands(reaches, fd, ask, ENOENT, true);
}

static void other_netns_may_not(void)
{
	become_root_of_netns();
	not_found_from_here("other_network_namespace_does_not_find_the_family",
			    "other_network_namespace_does_not_reach_it_by_number");
}

static void other_userns_and_netns_may_not(void)
{
	become_root_of_userns_and_netns();
	not_found_from_here("other_user_and_network_namespace_does_not_find_the_family",
			    "other_user_and_network_namespace_does_not_reach_it_by_number");
}

/* A socket stays in the namespace in which it was opened. */
static void host_socket_in_other_netns(void)
{
	int fd = link_open();

	become_root_of_netns();
	all_commands("root_in_other_network_namespace_may_with_the_hosts_socket", fd, ask, 0,
		     false);
}

/* --- Sockets from somebody else --------------------------------------------- */

static void roots_socket_used_by_nobody(void)
{
	int fd = link_open(), connected = link_open_connected();

	become_nobody();
	all_commands("roots_socket_does_not_help_nobody", fd, ask, EPERM, false);
	all_commands("roots_connected_socket_does_not_help_nobody", connected, ask_connected,
		     EPERM, false);
}

static void roots_socket_used_in_userns(void)
{
	int fd = link_open();

	become_root_of_userns();
	all_commands("roots_socket_does_not_help_root_of_a_user_namespace", fd, ask, EPERM,
		     false);
}

static void roots_socket_used_by_sys_admin(void)
{
	int fd = link_open_connected();

	become_sys_admin();
	all_commands("roots_connected_socket_serves_sys_admin", fd, ask_connected, 0, false);
}

/* Opened with a stranger's credentials, as if it came as our standard output. */
static int nobodys_socket(void)
{
	int fd;

	must(seteuid(NOBODY), "seteuid");
	fd = link_open_connected();
	must(seteuid(0), "seteuid");
	return fd;
}

static void nobodys_socket_written_by_root(void)
{
	all_commands("what_root_writes_to_nobodys_socket_is_refused", nobodys_socket(),
		     ask_connected, EPERM, false);
}

/*
 * netlink's own rule: who names the kernel as destination knows what it writes
 * to, and only the caller counts (netlink_capable()).
 */
static void nobodys_socket_sent_by_root(void)
{
	all_commands("root_may_send_over_nobodys_socket", nobodys_socket(), ask, 0, false);
}

/* --- Events ----------------------------------------------------------------- */

static void toggle_mode(void)
{
	static struct msg m;
	struct reply r;

	change_mode(&m);
	ask(root_fd, &m, &r);
	if (r.error)
		die("can't change the mode: %s", r.text);
	reply_free(&r);
	restore();
}

/* bind() has a bit for each of the first 32 groups only. */
static bool no_bit_for_the_group(const char *name)
{
	if (family.group <= 32)
		return false;
	skip(name, "the group's number has no bit in bind()");
	return true;
}

static void may_join(const char *name, const char *by_bind)
{
	int fd = link_open();

	if (join_by_option(fd, family.group))
		ok(name);
	else
		not_ok(name, "%s", strerror(errno));
	if (no_bit_for_the_group(by_bind))
		return;
	if (join_by_bind(family.group, &fd))
		ok(by_bind);
	else
		not_ok(by_bind, "%s", strerror(errno));
}

/* A refused setsockopt() has no text. */
static void may_not_join(const char *name, const char *by_bind)
{
	int fd = link_open();

	if (join_by_option(fd, family.group))
		not_ok(name, "joined");
	else if (errno != EPERM)
		not_ok(name, "%s", strerror(errno));
	else
		ok(name);
	if (no_bit_for_the_group(by_bind))
		return;
	if (join_by_bind(family.group, &fd))
		not_ok(by_bind, "joined");
	else if (errno != EPERM)
		not_ok(by_bind, "%s", strerror(errno));
	else
		ok(by_bind);
}

static void nobody_may_not_join(void)
{
	become_nobody();
	may_not_join("nobody_may_not_join_the_events", "nobody_may_not_bind_to_the_events");
}

static void net_admin_may_not_join(void)
{
	become_net_admin();
	may_not_join("net_admin_may_not_join_the_events", "net_admin_may_not_bind_to_the_events");
}

static void root_of_userns_may_not_join(void)
{
	become_root_of_userns();
	may_not_join("root_of_a_user_namespace_may_not_join_the_events",
		     "root_of_a_user_namespace_may_not_bind_to_the_events");
}

static void sys_admin_may_join(void)
{
	become_sys_admin();
	may_join("sys_admin_may_join_the_events", "sys_admin_may_bind_to_the_events");
}

/* A child that becomes somebody else has joined; does it hear what happens then? */
static void hears(const char *name, void (*become)(void), bool is_to, int ms)
{
	int pair[2], status, error = 0;
	pid_t pid;

	must(pipe(pair), "pipe");
	fflush(stdout);
	pid = fork();
	if (!pid) {
		int fd;

		become();
		fd = link_open();
		if (!join_by_option(fd, family.group))
			error = errno;
		if (write(pair[1], &error, sizeof(error)) != sizeof(error))
			_exit(2);
		_exit(event_arrives(fd, ms));
	}
	if (read(pair[0], &error, sizeof(error)) != sizeof(error))
		die("no word from the listener");
	toggle_mode();
	/* Of who has not joined silence says nothing. */
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) > 1)
		not_ok(name, "status %#x", status);
	else if (error)
		not_ok(name, "can't join: %s", strerror(error));
	else if (WEXITSTATUS(status) != is_to)
		not_ok(name, is_to ? "silence" : "it hears");
	else
		ok(name);
	close(pair[0]);
	close(pair[1]);
}

static void stay_root(void)
{
}

static void hear_events(void)
{
	hears("root_hears_events", stay_root, true, SILENCE_MS);
	/*
	 * Numbers of groups are the same everywhere, and who joins is asked for the rights
	 * that it has in its own namespace; whose events they are is another matter.
	 */
	hears("other_network_namespace_hears_no_events", become_root_of_netns, false, 3000);
	hears("other_user_and_network_namespace_hears_no_events",
	      become_root_of_userns_and_netns, false, 3000);
}

void who_may(void)
{
	in_child_allowed(root_may);
	in_child_allowed(sys_admin_may);
	in_child_refused("nobody_changed_nothing", nobody_may_not);
	in_child_refused("net_admin_changed_nothing", net_admin_may_not);
	in_child_refused("root_of_a_user_namespace_changed_nothing", root_of_userns_may_not);

	in_child_allowed(host_socket_in_other_netns);
	in_child_refused("other_network_namespace_changed_nothing", other_netns_may_not);
	in_child_refused("other_user_and_network_namespace_changed_nothing",
			 other_userns_and_netns_may_not);

	in_child_allowed(roots_socket_used_by_sys_admin);
	in_child_refused("nobody_changed_nothing_over_roots_socket",
			 roots_socket_used_by_nobody);
	in_child_refused("root_of_a_user_namespace_changed_nothing_over_roots_socket",
			 roots_socket_used_in_userns);
	in_child_allowed(nobodys_socket_sent_by_root);
	in_child_refused("root_changed_nothing_over_nobodys_socket",
			 nobodys_socket_written_by_root);

	in_child(sys_admin_may_join);
	in_child(nobody_may_not_join);
	in_child(net_admin_may_not_join);
	in_child(root_of_userns_may_not_join);
	hear_events();
}

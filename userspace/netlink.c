// SPDX-License-Identifier: GPL-2.0
/* The connection to the module: a question, its answer, or why there is none. */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <unistd.h>

#include "names.h"
#include "netlink_ask.h"

/* One baseline with default and max full is 24 KiB; a status or a VM's record may pass it. */
#define MESSAGE_SIZE (128 * 1024)
/* The kernel's; no errno is beyond it. */
#define MAX_ERRNO 4095

struct nl_sock *netlink_socket;
static int family;

/* One question and what became of it. */
struct call {
	const struct nlmsghdr *sent;
	parse_fn parse;
	void *to;
	bool done;
	bool answered;
	bool interrupted;	/* a dump whose subject changed meanwhile */
	int err;		/* negative errno */
	char *why;		/* the kernel's sentence */
	char *what;		/* the offending attribute */
};

bool kernel_has_module(void)
{
	return !access("/sys/module/kvm_level", F_OK);
}

void kernel_close(void)
{
	nl_socket_free(netlink_socket);
	netlink_socket = NULL;
}

/* Is this the network namespace of init?  Unknown counts as yes. */
static bool in_host_netns(void)
{
	char own[64], host[64];
	ssize_t a = readlink("/proc/self/ns/net", own, sizeof(own));
	ssize_t b = readlink("/proc/1/ns/net", host, sizeof(host));

	return a <= 0 || b <= 0 || (a == b && !memcmp(own, host, a));
}

int kernel_try(void)
{
	int one = 1, err;

	if (netlink_socket)
		return 0;
	netlink_socket = nl_socket_alloc();
	if (!netlink_socket)
		return -ENOMEM;
	err = genl_connect(netlink_socket);
	if (!err) {
		/* A kernel without this gives poorer answers, not wrong ones. */
		setsockopt(nl_socket_get_fd(netlink_socket), SOL_NETLINK, NETLINK_EXT_ACK, &one,
			   sizeof(one));
		nl_socket_set_msg_buf_size(netlink_socket, MESSAGE_SIZE);
		family = genl_ctrl_resolve(netlink_socket, KVM_LEVEL_FAMILY_NAME);
		if (family >= 0)
			return 0;
		err = family;
	}
	kernel_close();
	return err == -NLE_OBJ_NOTFOUND ? -ENOENT : -EPROTO;
}

int kernel_open(void)
{
	int err = kernel_try();

	if (!err)
		return 0;
	if (err != -ENOENT)
		say("no netlink here: %s", err == -ENOMEM ? "out of memory" : "the socket fails");
	else if (!kernel_has_module())
		say("kvm_level is not loaded: modprobe kvm_level");
	else if (!in_host_netns())
		say("kvm_level is loaded, but answers in the host's network namespace only, and this is another one: nsenter --net=/proc/1/ns/net levelctl ...");
	else
		say("kvm_level is loaded, but does not answer here: this is another network namespace than the host's, or the module is on its way in or out");
	return err;
}

/* The attributes of an ack: behind the header, and behind what was sent unless that was cut off. */
static void read_ack(struct call *call, const struct nlmsghdr *h, const struct nlattr *a, int len)
{
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	for (; nla_ok(a, len); a = nla_next(a, &len)) {
		if (nla_type(a) == NLMSGERR_ATTR_MSG && !call->why) {
			call->why = attr_string(a);
		} else if (nla_type(a) == NLMSGERR_ATTR_OFFS && nla_len(a) >= 4 && !call->what) {
			call->what = attr_path(call->sent, nla_get_u32(a));
		} else if (nla_type(a) == NLMSGERR_ATTR_MISS_TYPE && nla_len(a) >= 4 &&
			   !call->what) {
			call->what = xprintf("%s is missing", attr_main_name(nla_get_u32(a)));
		}
	}
}

/* How it went, in the kernel's opinion. An answer that was not understood stays that. */
static void take_error(struct call *call, int err)
{
	call->done = true;
	if (err > 0 || err < -MAX_ERRNO)
		err = -EBADMSG;
	if (err)
		call->err = err;
}

static void read_error(struct call *call, const struct nlmsgerr *e)
{
	const struct nlmsghdr *h = (const void *)((const char *)e - NLMSG_HDRLEN);
	size_t skip = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(*e));

	take_error(call, e->error);
	if (!(h->nlmsg_flags & NLM_F_CAPPED) && e->msg.nlmsg_len >= NLMSG_HDRLEN)
		skip += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (skip < h->nlmsg_len)
		read_ack(call, h, (const void *)((const char *)h + skip), h->nlmsg_len - skip);
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *arg)
{
	(void)from;
	read_error(arg, e);
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr *h = nlmsg_hdr(msg);

	if (h->nlmsg_len >= NLMSG_HDRLEN + sizeof(struct nlmsgerr))
		read_error(arg, nlmsg_data(h));
	return NL_STOP;
}

/* The end of a dump tells how it went, and why, as an ack does. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr *h = nlmsg_hdr(msg);
	struct call *call = arg;
	int skip = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(int)), err = 0;

	if (h->nlmsg_len >= NLMSG_HDRLEN + sizeof(int))
		memcpy(&err, nlmsg_data(h), sizeof(int));
	/* What a dump ends with is an error only below 0. */
	take_error(call, err > 0 ? 0 : err);
	if ((int)h->nlmsg_len > skip)
		read_ack(call, h, (const void *)((const char *)h + skip), h->nlmsg_len - skip);
	return NL_STOP;
}

static int on_interrupted(struct nl_msg *msg, void *arg)
{
	struct call *call = arg;

	(void)msg;
	call->interrupted = true;
	return NL_OK;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct nlattr *tb[__KVM_LEVEL_A_MAIN_MAX];
	struct call *call = arg;
	int err;

	if (genlmsg_parse(nlmsg_hdr(msg), 0, tb, __KVM_LEVEL_A_MAIN_MAX - 1, main_policy) < 0)
		err = -EBADMSG;
	else
		err = call->parse ? call->parse(msg, tb, call->to) : 0;
	call->answered = true;
	if (err && !call->err)
		call->err = err;
	return NL_OK;
}

static void say_error(const struct call *call)
{
	char *names;

	if (call->err == -EBADMSG && !call->why) {
		say("kvm_level's answer is not understood: is this levelctl older than the module?");
		return;
	}
	if (call->err == -EPERM && !call->why) {
		say(NEEDS_ROOT);
		return;
	}
	names = call->why ? text_features(call->why) : NULL;
	say("refused by the kernel: %s%s%s%s%s%s%s", call->why ? call->why : strerror(-call->err),
	    call->what ? " [" : "", call->what ? call->what : "", call->what ? "]" : "",
	    names ? " (" : "", names ? names : "", names ? ")" : "");
	free(names);
}

static int receive(struct call *call)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int err = 0;

	if (!cb)
		return -ENOMEM;
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, call);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, call);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, call);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, call);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, call);
	while (!call->done && err >= 0)
		err = nl_recvmsgs(netlink_socket, cb);
	nl_cb_put(cb);
	if (err < 0 && !call->done) {
		call->why = xprintf("the netlink socket fails: %s", nl_geterror(err));
		return -EIO;
	}
	return 0;
}

struct nl_msg *message(int cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(MESSAGE_SIZE);

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, cmd,
				 KVM_LEVEL_FAMILY_VERSION)) {
		say("out of memory");
		exit(REFUSED);
	}
	return msg;
}

int ask(struct nl_msg *msg, parse_fn parse, void *to, int bear, bool *interrupted)
{
	struct call call = { .parse = parse, .to = to };
	int err;

	err = nl_send_auto(netlink_socket, msg);
	call.sent = nlmsg_hdr(msg);
	if (err < 0) {
		call.err = -EIO;
		call.why = xprintf("the netlink socket fails: %s", nl_geterror(err));
	} else {
		err = receive(&call);
		if (err)
			call.err = err;
	}
	if (!call.err && parse && !call.answered && !interrupted)
		call.err = -EBADMSG;
	if (call.err && call.err != bear)
		say_error(&call);
	else if (!call.err && call.why)
		say("the kernel says: %s", call.why);
	if (interrupted)
		*interrupted = call.interrupted;
	free(call.why);
	free(call.what);
	nlmsg_free(msg);
	return call.err;
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "names.h"
#include "netlink_attr.h"

/* One baseline with default and max full is 24 KiB; a status or a VM's record may pass it. */
#define MESSAGE_SIZE (128 * 1024)

static struct nl_sock *sock;
static int family;

typedef int (*parse_fn)(struct nl_msg *msg, struct nlattr **tb, void *to);

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
	nl_socket_free(sock);
	sock = NULL;
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

	if (sock)
		return 0;
	sock = nl_socket_alloc();
	if (!sock)
		return -ENOMEM;
	err = genl_connect(sock);
	if (!err) {
		/* A kernel without this gives poorer answers, not wrong ones. */
		setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
		nl_socket_set_msg_buf_size(sock, MESSAGE_SIZE);
		family = genl_ctrl_resolve(sock, KVM_LEVEL_FAMILY_NAME);
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

static void read_error(struct call *call, const struct nlmsgerr *e)
{
	const struct nlmsghdr *h = (const void *)((const char *)e - NLMSG_HDRLEN);
	size_t skip = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(*e));

	call->done = true;
	call->err = e->error;
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
	int skip = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(int));

	call->done = true;
	if (h->nlmsg_len >= NLMSG_HDRLEN + sizeof(int))
		memcpy(&call->err, nlmsg_data(h), sizeof(int));
	if (call->err > 0)
		call->err = 0;
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
		say("that needs CAP_SYS_ADMIN on the host, outside of any user namespace: run it as root");
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
		err = nl_recvmsgs(sock, cb);
	nl_cb_put(cb);
	if (err < 0 && !call->done) {
		call->why = xprintf("the netlink socket fails: %s", nl_geterror(err));
		return -EIO;
	}
	return 0;
}

static struct nl_msg *message(int cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(MESSAGE_SIZE);

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, cmd,
				 KVM_LEVEL_FAMILY_VERSION)) {
		say("out of memory");
		exit(REFUSED);
	}
	return msg;
}

/*
 * Send @msg, which is gone then, and hand every answer to @parse.  @bear is an
 * errno to be silent about; @interrupted is for dumps, whose answers may be none.
 */
static int ask(struct nl_msg *msg, parse_fn parse, void *to, int bear, bool *interrupted)
{
	struct call call = { .parse = parse, .to = to };
	int err;

	err = nl_send_auto(sock, msg);
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

static u32 u32_of(struct nlattr **tb, int type)
{
	return tb[type] ? nla_get_u32(tb[type]) : 0;
}

static u64 u64_of(struct nlattr **tb, int type)
{
	return tb[type] ? nla_get_u64(tb[type]) : 0;
}

static int parse_status(struct nl_msg *msg, struct nlattr **tb, void *to)
{
	struct status *s = to;
	struct nlattr *a;
	int rem;

	if (!tb[KVM_LEVEL_A_MAIN_PROTOCOL] || !tb[KVM_LEVEL_A_MAIN_MODE] || s->version)
		return -EBADMSG;
	s->protocol = u32_of(tb, KVM_LEVEL_A_MAIN_PROTOCOL);
	s->version = tb[KVM_LEVEL_A_MAIN_MODULE_VERSION] ?
		     attr_string(tb[KVM_LEVEL_A_MAIN_MODULE_VERSION]) : xprintf("unknown");
	s->vendor = u32_of(tb, KVM_LEVEL_A_MAIN_VENDOR);
	s->mode = u32_of(tb, KVM_LEVEL_A_MAIN_MODE);
	s->exits = u32_of(tb, KVM_LEVEL_A_MAIN_EXITS);
	s->gates = u32_of(tb, KVM_LEVEL_A_MAIN_GATES);
	s->id = u64_of(tb, KVM_LEVEL_A_MAIN_ID);
	if (tb[KVM_LEVEL_A_MAIN_NAME])
		s->name = attr_string(tb[KVM_LEVEL_A_MAIN_NAME]);
	s->forced = tb[KVM_LEVEL_A_MAIN_FORCED];
	s->lacking = tb[KVM_LEVEL_A_MAIN_LACKING];
	s->vms = u32_of(tb, KVM_LEVEL_A_MAIN_VMS);
	s->stranded = u32_of(tb, KVM_LEVEL_A_MAIN_STRANDED);
	
	/* The table holds only the last of the hooks: walk the message. */
	nlmsg_for_each_attr(a, nlmsg_hdr(msg), GENL_HDRLEN, rem) {
		if (nla_type(a) != KVM_LEVEL_A_MAIN_HOOK)
			continue;
		s->hook = xrealloc(s->hook, s->nr_hooks + 1, sizeof(*s->hook));
		if (attr_get_hook(a, &s->hook[s->nr_hooks]))
			return -EBADMSG;
		s->nr_hooks++;
	}
	return 0;
}

int kernel_status(struct status *s)
{
	int err;

	*s = (struct status){ 0 };
	err = ask(message(KVM_LEVEL_CMD_STATUS_GET, 0), parse_status, s, 0, NULL);
	if (err)
		status_free(s);
	return err;
}

void status_free(struct status *s)
{
	unsigned int i;

	for (i = 0; i < s->nr_hooks; i++) {
		free(s->hook[i].module);
		free(s->hook[i].symbol);
		free(s->hook[i].lost);
	}
	free(s->hook);
	free(s->version);
	free(s->name);
	*s = (struct status){ 0 };
}

struct offer {
	u32 *vendor;
	struct words *words;
};

static int parse_offer(struct nl_msg *msg, struct nlattr **tb, void *to)
{
	struct offer *offer = to;

	(void)msg;
	*offer->vendor = u32_of(tb, KVM_LEVEL_A_MAIN_VENDOR);
	if (!tb[KVM_LEVEL_A_MAIN_OFFER])
		return 0;
	return attr_get_set(tb[KVM_LEVEL_A_MAIN_OFFER], offer->words);
}

int kernel_offer(u32 *vendor, struct words *offer)
{
	struct offer to = { .vendor = vendor, .words = offer };
	int err;

	*offer = (struct words){ 0 };
	err = ask(message(KVM_LEVEL_CMD_HOST_GET, 0), parse_offer, &to, 0, NULL);
	if (err)
		words_free(offer);
	return err;
}

void baseline_free(struct baseline *b)
{
	words_free(&b->def);
	words_free(&b->max);
	*b = (struct baseline){ 0 };
}

struct kl_set baseline_max(const struct baseline *b)
{
	return words_set(b->has_max ? &b->max : &b->def);
}

static int parse_baseline(struct nl_msg *msg, struct nlattr **tb, void *to)
{
	struct baseline *b = to;
	char *name;
	int err;

	(void)msg;
	if (!tb[KVM_LEVEL_A_MAIN_ID] || !tb[KVM_LEVEL_A_MAIN_DEFAULT] || b->id)
		return -EBADMSG;
	b->id = u64_of(tb, KVM_LEVEL_A_MAIN_ID);
	if (tb[KVM_LEVEL_A_MAIN_NAME]) {
		name = attr_string(tb[KVM_LEVEL_A_MAIN_NAME]);
		snprintf(b->name, sizeof(b->name), "%s", name);
		free(name);
	}
	b->forced = tb[KVM_LEVEL_A_MAIN_FORCED];
	err = attr_get_set(tb[KVM_LEVEL_A_MAIN_DEFAULT], &b->def);
	if (!err && tb[KVM_LEVEL_A_MAIN_MAX_SET]) {
		b->has_max = true;
		err = attr_get_set(tb[KVM_LEVEL_A_MAIN_MAX_SET], &b->max);
	}
	return err;
}

int kernel_baseline(u64 id, struct baseline *b)
{
	struct nl_msg *msg = message(KVM_LEVEL_CMD_BASELINE_GET, 0);
	int err;

	*b = (struct baseline){ 0 };
	if (id)
		nla_put_u64(msg, KVM_LEVEL_A_MAIN_ID, id);
	err = ask(msg, parse_baseline, b, -ENOENT, NULL);
	if (err)
		baseline_free(b);
	return err;
}

static int parse_set(struct nl_msg *msg, struct nlattr **tb, void *to)
{
	struct set_answer *answer = to;

	(void)msg;
	answer->id = u64_of(tb, KVM_LEVEL_A_MAIN_ID);
	answer->unchanged = tb[KVM_LEVEL_A_MAIN_UNCHANGED];
	answer->stranded = u32_of(tb, KVM_LEVEL_A_MAIN_STRANDED);
	return 0;
}

int kernel_set(const struct baseline *b, bool process, bool force, struct set_answer *answer)
{
	struct nl_msg *msg = message(process ? KVM_LEVEL_CMD_PROCESS_SET :
				     KVM_LEVEL_CMD_BASELINE_SET, 0);
	int err;

	*answer = (struct set_answer){ 0 };
	err = nla_put_string(msg, KVM_LEVEL_A_MAIN_NAME, b->name);
	if (!err)
		err = attr_put_set(msg, KVM_LEVEL_A_MAIN_DEFAULT, &b->def);
	if (!err && b->has_max)
		err = attr_put_set(msg, KVM_LEVEL_A_MAIN_MAX_SET, &b->max);
	if (!err && force)
		err = nla_put_flag(msg, KVM_LEVEL_A_MAIN_FORCE);
	if (err) {
		say("the baseline is too large for one message");
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	return ask(msg, parse_set, answer, 0, NULL);
}

int kernel_clear(void)
{
	return ask(message(KVM_LEVEL_CMD_BASELINE_CLEAR, 0), NULL, NULL, 0, NULL);
}

int kernel_mode(u32 mode, int exits)
{
	struct nl_msg *msg = message(KVM_LEVEL_CMD_MODE_SET, 0);

	nla_put_u32(msg, KVM_LEVEL_A_MAIN_MODE, mode);
	if (exits >= 0)
		nla_put_u32(msg, KVM_LEVEL_A_MAIN_EXITS, exits);
	return ask(msg, NULL, NULL, 0, NULL);
}

void vm_free(struct vm *vm)
{
	free(vm->comm);
	free(vm->seen);
	*vm = (struct vm){ 0 };
}

static int parse_vm(struct nl_msg *msg, struct nlattr **tb, void *to)
{
	struct vm *vm = to;

	(void)msg;
	if (!tb[KVM_LEVEL_A_MAIN_VM] || vm->comm)
		return -EBADMSG;
	return attr_get_vm(tb[KVM_LEVEL_A_MAIN_VM], vm);
}

int kernel_vm(u32 id, struct vm *vm)
{
	struct nl_msg *msg = message(KVM_LEVEL_CMD_VM_GET, 0);
	int err;

	*vm = (struct vm){ 0 };
	nla_put_u32(msg, KVM_LEVEL_A_MAIN_VM_ID, id);
	err = ask(msg, parse_vm, vm, 0, NULL);
	if (err)
		vm_free(vm);
	return err;
}

struct vm_list {
	struct vm *vm;
	unsigned int nr;
};

static void vm_list_free(struct vm_list *list)
{
	while (list->nr)
		vm_free(&list->vm[--list->nr]);
	free(list->vm);
	list->vm = NULL;
}

static int parse_vm_row(struct nl_msg *msg, struct nlattr **tb, void *to)
{
	struct vm_list *list = to;
	int err;

	(void)msg;
	if (!tb[KVM_LEVEL_A_MAIN_VM])
		return -EBADMSG;
	list->vm = xrealloc(list->vm, list->nr + 1, sizeof(*list->vm));
	err = attr_get_vm(tb[KVM_LEVEL_A_MAIN_VM], &list->vm[list->nr]);
	if (!err)
		list->nr++;
	return err;
}

int kernel_vms(struct vm **vm, unsigned int *nr)
{
	struct vm_list list = { 0 };
	bool interrupted;
	int err, tries;

	/* VMs come and go; a list from the middle of that is fetched anew. */
	for (tries = 0; tries < 10; tries++) {
		err = ask(message(KVM_LEVEL_CMD_VM_GET, NLM_F_DUMP), parse_vm_row, &list, 0,
			  &interrupted);
		if (!err && !interrupted)
			break;
		vm_list_free(&list);
		if (err)
			return err;
	}
	if (interrupted) {
		say("the list of VMs changes faster than it can be read");
		return -EAGAIN;
	}
	*vm = list.vm;
	*nr = list.nr;
	return 0;
}

static int vm_switch(int cmd, u32 id, bool on)
{
	struct nl_msg *msg = message(cmd, 0);

	nla_put_u32(msg, KVM_LEVEL_A_MAIN_VM_ID, id);
	nla_put_u8(msg, KVM_LEVEL_A_MAIN_ON, on);
	return ask(msg, NULL, NULL, 0, NULL);
}

int kernel_adopt(u32 id, bool on)
{
	return vm_switch(KVM_LEVEL_CMD_VM_ADOPT, id, on);
}

int kernel_watch(u32 id, bool on)
{
	return vm_switch(KVM_LEVEL_CMD_VM_WATCH, id, on);
}

struct listener {
	bool (*see)(void *ctx, const struct event *event);
	void *ctx;
	bool over;
};

static int on_event(struct nl_msg *msg, void *arg)
{
	struct nlattr *tb[__KVM_LEVEL_A_MAIN_MAX];
	struct listener *l = arg;
	struct event e = { 0 };

	if (l->over || genlmsg_hdr(nlmsg_hdr(msg))->cmd != KVM_LEVEL_CMD_EVENT_NTF)
		return NL_OK;
	if (genlmsg_parse(nlmsg_hdr(msg), 0, tb, __KVM_LEVEL_A_MAIN_MAX - 1, main_policy) < 0 ||
	    !tb[KVM_LEVEL_A_MAIN_EVENT]) {
		say("an event that is not understood");
		return NL_OK;
	}
	e.kind = u32_of(tb, KVM_LEVEL_A_MAIN_EVENT);
	e.cleared = tb[KVM_LEVEL_A_MAIN_CLEARED];
	e.id = u64_of(tb, KVM_LEVEL_A_MAIN_ID);
	e.has_mode = tb[KVM_LEVEL_A_MAIN_MODE];
	e.mode = u32_of(tb, KVM_LEVEL_A_MAIN_MODE);
	e.has_exits = tb[KVM_LEVEL_A_MAIN_EXITS];
	e.exits = u32_of(tb, KVM_LEVEL_A_MAIN_EXITS);
	e.has_vm = tb[KVM_LEVEL_A_MAIN_VM_ID];
	e.vm = u32_of(tb, KVM_LEVEL_A_MAIN_VM_ID);
	e.has_stranded = tb[KVM_LEVEL_A_MAIN_STRANDED];
	e.stranded = u32_of(tb, KVM_LEVEL_A_MAIN_STRANDED);
	e.has_msr = tb[KVM_LEVEL_A_MAIN_MSR];
	e.msr = u32_of(tb, KVM_LEVEL_A_MAIN_MSR);
	e.has_place = e.has_msr || tb[KVM_LEVEL_A_MAIN_LEAF];
	e.leaf = u32_of(tb, KVM_LEVEL_A_MAIN_LEAF);
	e.subleaf = u32_of(tb, KVM_LEVEL_A_MAIN_SUBLEAF);
	e.has_reg = tb[KVM_LEVEL_A_MAIN_REG] && u32_of(tb, KVM_LEVEL_A_MAIN_REG) < KL_NR_REGS;
	e.reg = u32_of(tb, KVM_LEVEL_A_MAIN_REG);
	e.bits = u64_of(tb, KVM_LEVEL_A_MAIN_BITS);
	if (tb[KVM_LEVEL_A_MAIN_NAME])
		e.name = attr_string(tb[KVM_LEVEL_A_MAIN_NAME]);
	if (tb[KVM_LEVEL_A_MAIN_TEXT])
		e.text = attr_string(tb[KVM_LEVEL_A_MAIN_TEXT]);
	l->over = !l->see(l->ctx, &e);
	free(e.name);
	free(e.text);
	return NL_OK;
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

int kernel_events(bool (*see)(void *ctx, const struct event *event), void *ctx,
		  void (*ready)(void), int timeout_ms)
{
	struct listener l = { .see = see, .ctx = ctx };
	struct event missed = { .missed = true };
	long end = now_ms() + timeout_ms;
	int group, err;

	group = genl_ctrl_resolve_grp(sock, KVM_LEVEL_FAMILY_NAME, KVM_LEVEL_MCGRP_EVENTS);
	err = group < 0 ? group : nl_socket_add_membership(sock, group);
	if (err < 0) {
		say("no events to be had: %s", nl_geterror(err));
		return -EIO;
	}
	nl_socket_disable_seq_check(sock);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_event, &l);
	ready();

	while (!l.over) {
		struct pollfd p = { .fd = nl_socket_get_fd(sock), .events = POLLIN };
		long left = timeout_ms < 0 ? -1 : end - now_ms();

		if (timeout_ms >= 0 && left <= 0)
			return -ETIMEDOUT;
		err = poll(&p, 1, left);
		if (err < 0 && errno != EINTR)
			return -errno;
		if (err <= 0)
			continue;
		err = nl_recvmsgs_default(sock);
		/* The socket was too slow to be emptied: say so rather than pretend. */
		if (err == -NLE_NOMEM) {
			l.over = !see(ctx, &missed);
		} else if (err < 0 && err != -NLE_AGAIN && err != -NLE_INTR) {
			say("no more events: %s", nl_geterror(err));
			return -EIO;
		}
	}
	return 0;
}

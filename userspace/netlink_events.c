// SPDX-License-Identifier: GPL-2.0
/* What the module announces, until somebody has heard enough. */
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <poll.h>
#include <time.h>

#include "netlink_ask.h"

struct listener {
	bool (*see)(void *ctx, const struct event *event);
	void *ctx;
	bool over;
	bool gone;	/* the module was unloaded */
};

/* What genetlink says of families: when ours goes, so does our membership, without a word. */
static int on_family(struct nlmsghdr *h, struct listener *l)
{
	static struct nla_policy policy[CTRL_ATTR_MAX + 1] = {
		[CTRL_ATTR_FAMILY_NAME] = { .type = NLA_NUL_STRING },
	};
	struct nlattr *tb[CTRL_ATTR_MAX + 1];

	if (genlmsg_valid_hdr(h, 0) && genlmsg_hdr(h)->cmd == CTRL_CMD_DELFAMILY &&
	    genlmsg_parse(h, 0, tb, CTRL_ATTR_MAX, policy) >= 0 && tb[CTRL_ATTR_FAMILY_NAME] &&
	    !strcmp(nla_get_string(tb[CTRL_ATTR_FAMILY_NAME]), KVM_LEVEL_FAMILY_NAME))
		l->gone = true;
	return NL_OK;
}

static int on_event(struct nl_msg *msg, void *arg)
{
	struct nlattr *tb[__KVM_LEVEL_A_MAIN_MAX];
	struct nlmsghdr *h = nlmsg_hdr(msg);
	struct listener *l = arg;
	struct event e = { 0 };

	if (h->nlmsg_type == GENL_ID_CTRL)
		return on_family(h, l);
	if (l->over ||
	    (genlmsg_valid_hdr(h, 0) && genlmsg_hdr(h)->cmd != KVM_LEVEL_CMD_EVENT_NTF))
		return NL_OK;
	if (genlmsg_parse(h, 0, tb, __KVM_LEVEL_A_MAIN_MAX - 1, main_policy) < 0 ||
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
	e.has_on = tb[KVM_LEVEL_A_MAIN_ON];
	e.on = e.has_on && nla_get_u8(tb[KVM_LEVEL_A_MAIN_ON]);
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
	int group, families, err;

	/* First: what goes while we join is heard of. */
	families = genl_ctrl_resolve_grp(netlink_socket, "nlctrl", "notify");
	if (families >= 0)
		nl_socket_add_membership(netlink_socket, families);
	group = genl_ctrl_resolve_grp(netlink_socket, KVM_LEVEL_FAMILY_NAME,
				      KVM_LEVEL_MCGRP_EVENTS);
	err = group < 0 ? group : nl_socket_add_membership(netlink_socket, group);
	if (err == -NLE_PERM) {
		say(NEEDS_ROOT);
		return -EPERM;
	}
	if (err < 0) {
		say("no events to be had: %s", nl_geterror(err));
		return -EIO;
	}
	nl_socket_disable_seq_check(netlink_socket);
	nl_socket_modify_cb(netlink_socket, NL_CB_VALID, NL_CB_CUSTOM, on_event, &l);
	ready();

	while (!l.over && !l.gone) {
		struct pollfd p = { .fd = nl_socket_get_fd(netlink_socket), .events = POLLIN };
		long left = timeout_ms < 0 ? -1 : end - now_ms();

		if (timeout_ms >= 0 && left <= 0)
			return -ETIMEDOUT;
		err = poll(&p, 1, left);
		if (err < 0 && errno != EINTR)
			return -errno;
		if (err <= 0)
			continue;
		err = nl_recvmsgs_default(netlink_socket);
		/* The socket was too slow to be emptied: say so rather than pretend. */
		if (err == -NLE_NOMEM) {
			l.over = !see(ctx, &missed);
		} else if (err < 0 && err != -NLE_AGAIN && err != -NLE_INTR) {
			say("no more events: %s", nl_geterror(err));
			return -EIO;
		}
	}
	if (l.gone && !l.over) {
		say("no more events: kvm_level was unloaded");
		return -ENODEV;
	}
	return 0;
}

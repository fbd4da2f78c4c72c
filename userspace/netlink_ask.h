/* SPDX-License-Identifier: GPL-2.0 */
/* One question to the module, one answer; for netlink*.c only. */
#ifndef KL_NETLINK_ASK_H
#define KL_NETLINK_ASK_H

#include <netlink/netlink.h>

#include "netlink_attr.h"

#define NEEDS_ROOT "that needs CAP_SYS_ADMIN on the host, outside of any user namespace: run it as root"

/* The connection, once kernel_open() or kernel_try() said 0. */
extern struct nl_sock *netlink_socket;

typedef int (*parse_fn)(struct nl_msg *msg, struct nlattr **tb, void *to);

/* A request for the command @cmd, with room for a whole baseline. */
struct nl_msg *message(int cmd, int flags);

/*
 * Send @msg, which is gone then, and hand every answer to @parse.  @bear is an
 * errno to be silent about; @interrupted is for dumps, whose answers may be none.
 */
int ask(struct nl_msg *msg, parse_fn parse, void *to, int bear, bool *interrupted);

static inline u32 u32_of(struct nlattr **tb, int type)
{
	return tb[type] ? nla_get_u32(tb[type]) : 0;
}

static inline u64 u64_of(struct nlattr **tb, int type)
{
	return tb[type] ? nla_get_u64(tb[type]) : 0;
}

#endif /* KL_NETLINK_ASK_H */

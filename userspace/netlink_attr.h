/* SPDX-License-Identifier: GPL-2.0 */
/* Attributes: what may come, what is sent, what they are called; for netlink*.c only. */
#ifndef KL_NETLINK_ATTR_H
#define KL_NETLINK_ATTR_H

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "netlink.h"

/* What the kernel may answer; anything of another shape is refused by libnl. */
extern struct nla_policy main_policy[__KVM_LEVEL_A_MAIN_MAX];

char *attr_string(const struct nlattr *a);
int attr_put_set(struct nl_msg *msg, int type, const struct words *w);
int attr_get_set(struct nlattr *a, struct words *w);
int attr_get_hook(struct nlattr *a, struct hook *h);
int attr_get_vm(struct nlattr *a, struct vm *vm);

/* The path of names to the attribute at @offset of the message @sent; the caller frees. */
char *attr_path(const struct nlmsghdr *sent, unsigned int offset);
/* The name of attribute @type of the main set. */
const char *attr_main_name(unsigned int type);

#endif /* KL_NETLINK_ATTR_H */

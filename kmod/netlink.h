/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KL_NETLINK_H
#define KL_NETLINK_H

#include <net/genetlink.h>

int kl_netlink_init(void);
void kl_netlink_exit(void);

extern struct genl_family kl_family;

/* Between the files of the family. */
int kl_request_check(const struct sk_buff *skb, const struct nlmsghdr *nlh,
		     struct netlink_ext_ack *extack);
struct sk_buff *kl_reply_new(struct genl_info *info, u8 cmd, size_t size, void **hdr);
int kl_reply_send(struct sk_buff *skb, void *hdr, struct genl_info *info, int err);
/* Out of line: dozens ask for it, and nla_put_u32() and its like are a copy in each. */
int kl_put_u32(struct sk_buff *skb, int attr, u32 value);
int kl_put_u64(struct sk_buff *skb, int attr, u64 value);
int kl_put_text(struct sk_buff *skb, int attr, const char *text);
/* On one VM, or all: handlers like those of netlink.c. */
int kl_nl_vm_get(struct genl_info *info, char *text);
int kl_nl_vm_adopt(struct genl_info *info, char *text);
int kl_nl_vm_watch(struct genl_info *info, char *text);
int kl_nl_vm_start(struct netlink_callback *cb);
int kl_nl_vm_dump(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* KL_NETLINK_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KL_NETLINK_H
#define KL_NETLINK_H

int kl_netlink_init(void);
void kl_netlink_exit(void);

extern struct genl_family kl_family;

#endif /* KL_NETLINK_H */

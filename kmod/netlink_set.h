/* SPDX-License-Identifier: GPL-2.0 */
/* Sets of words and refusals, to and from netlink attributes. */
#ifndef KL_NETLINK_SET_H
#define KL_NETLINK_SET_H

#include <net/genetlink.h>

#include "../uapi/kvm_level.h"
#include "baseline.h"

extern const struct nla_policy kl_set_policy[KVM_LEVEL_A_SET_MAX + 1];

/* Validated nest -> sorted words; the caller frees @w with kl_words_free(). */
int kl_parse_set(const struct nlattr *nest, struct kl_words *w, struct netlink_ext_ack *extack);
size_t kl_set_size(const struct kl_set *set);
int kl_put_set(struct sk_buff *skb, int type, const struct kl_set *set);

/* An extack sentence that isn't a constant; @text is copied. */
void kl_extack_text(struct netlink_ext_ack *extack, const char *text);
/* "<prefix>CPUID 0x7.0:ebx bits 0x100: why" */
void kl_extack_place(struct genl_info *info, const char *prefix, const struct kl_place *at);

#endif /* KL_NETLINK_SET_H */

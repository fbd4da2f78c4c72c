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

/* A sentence of a refusal that is made up at run time. */
#define KL_TEXT_MAX	256

/* -EINVAL if @head holds an attribute twice that isn't one of @many, a bit per type. */
int kl_refuse_twice(const struct nlattr *head, int len, u64 many, struct netlink_ext_ack *extack);
/*
 * Refuse a request with @text and what else stands in its extack; with an empty
 * @text, in its extack's own words.  The handler returns what this returns.
 */
int kl_refuse(struct sk_buff *request, struct genl_info *info, int err, const char *text);
/* "<prefix>CPUID 0x7.0:ebx bits 0x100: why" into @text of KL_TEXT_MAX bytes */
void kl_word_place(char *text, const char *prefix, const struct kl_place *at);

#endif /* KL_NETLINK_SET_H */

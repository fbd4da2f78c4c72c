// SPDX-License-Identifier: GPL-2.0
/* Sets of words and refusals, to and from netlink attributes. */
#include "netlink.h"
#include "netlink_set.h"

static const struct nla_policy kl_leaf_policy[KVM_LEVEL_A_LEAF_MAX + 1] = {
	[KVM_LEVEL_A_LEAF_LEAF] = { .type = NLA_U32 },
	[KVM_LEVEL_A_LEAF_SUBLEAF] = { .type = NLA_U32 },
	[KVM_LEVEL_A_LEAF_EAX] = { .type = NLA_U32 },
	[KVM_LEVEL_A_LEAF_EBX] = { .type = NLA_U32 },
	[KVM_LEVEL_A_LEAF_ECX] = { .type = NLA_U32 },
	[KVM_LEVEL_A_LEAF_EDX] = { .type = NLA_U32 },
};

static const struct nla_policy kl_msr_policy[KVM_LEVEL_A_MSR_MAX + 1] = {
	[KVM_LEVEL_A_MSR_INDEX] = { .type = NLA_U32 },
	[KVM_LEVEL_A_MSR_VALUE] = { .type = NLA_U64 },
};

const struct nla_policy kl_set_policy[KVM_LEVEL_A_SET_MAX + 1] = {
	[KVM_LEVEL_A_SET_LEAF] = NLA_POLICY_NESTED(kl_leaf_policy),
	[KVM_LEVEL_A_SET_MSR] = NLA_POLICY_NESTED(kl_msr_policy),
};

static int kl_parse_leaf(const struct nlattr *nest, struct kl_leaf *to,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KVM_LEVEL_A_LEAF_MAX + 1];
	int i, ret = nla_parse_nested(tb, KVM_LEVEL_A_LEAF_MAX, nest, kl_leaf_policy, extack);

	if (!ret)
		ret = kl_refuse_twice(nla_data(nest), nla_len(nest), 0, extack);
	if (ret)
		return ret;
	for (i = KVM_LEVEL_A_LEAF_LEAF; i <= KVM_LEVEL_A_LEAF_EDX; i++) {
		if (!tb[i]) {
			NL_SET_ERR_MSG_ATTR(extack, nest, "a leaf needs leaf, subleaf, eax, ebx, ecx and edx");
			return -EINVAL;
		}
	}
	to->leaf = nla_get_u32(tb[KVM_LEVEL_A_LEAF_LEAF]);
	to->subleaf = nla_get_u32(tb[KVM_LEVEL_A_LEAF_SUBLEAF]);
	to->r[KL_EAX] = nla_get_u32(tb[KVM_LEVEL_A_LEAF_EAX]);
	to->r[KL_EBX] = nla_get_u32(tb[KVM_LEVEL_A_LEAF_EBX]);
	to->r[KL_ECX] = nla_get_u32(tb[KVM_LEVEL_A_LEAF_ECX]);
	to->r[KL_EDX] = nla_get_u32(tb[KVM_LEVEL_A_LEAF_EDX]);
	return 0;
}

static int kl_parse_msr(const struct nlattr *nest, struct kl_msr *to,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KVM_LEVEL_A_MSR_MAX + 1];
	int ret = nla_parse_nested(tb, KVM_LEVEL_A_MSR_MAX, nest, kl_msr_policy, extack);

	if (!ret)
		ret = kl_refuse_twice(nla_data(nest), nla_len(nest), 0, extack);
	if (ret)
		return ret;
	if (!tb[KVM_LEVEL_A_MSR_INDEX] || !tb[KVM_LEVEL_A_MSR_VALUE]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "an MSR needs index and value");
		return -EINVAL;
	}
	to->index = nla_get_u32(tb[KVM_LEVEL_A_MSR_INDEX]);
	to->value = nla_get_u64(tb[KVM_LEVEL_A_MSR_VALUE]);
	return 0;
}

int kl_parse_set(const struct nlattr *nest, struct kl_words *w, struct netlink_ext_ack *extack)
{
	unsigned int leaves = 0, msrs = 0;
	const struct nlattr *a;
	int rem, ret;

	nla_for_each_nested(a, nest, rem) {
		leaves += nla_type(a) == KVM_LEVEL_A_SET_LEAF;
		msrs += nla_type(a) == KVM_LEVEL_A_SET_MSR;
	}
	if (leaves > KL_MAX_LEAVES || msrs > KL_MAX_MSRS) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "more leaves or MSRs than any CPU has");
		return -E2BIG;
	}
	if (!leaves) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "a set of words without a CPUID leaf");
		return -EINVAL;
	}
	ret = kl_words_alloc(w, leaves, msrs);
	if (ret)
		return ret;
	nla_for_each_nested(a, nest, rem) {
		if (nla_type(a) == KVM_LEVEL_A_SET_LEAF)
			ret = kl_parse_leaf(a, &w->leaf[w->set.nr_leaves++], extack);
		else
			ret = kl_parse_msr(a, &w->msr[w->set.nr_msrs++], extack);
		if (ret) {
			kl_words_free(w);
			return ret;
		}
	}
	kl_sort(w->leaf, w->set.nr_leaves, w->msr, w->set.nr_msrs);
	return 0;
}

size_t kl_set_size(const struct kl_set *set)
{
	return nla_total_size(0) +
	       set->nr_leaves * (nla_total_size(0) + 6 * nla_total_size(sizeof(u32))) +
	       set->nr_msrs * (nla_total_size(0) + nla_total_size(sizeof(u32)) +
			       nla_total_size_64bit(sizeof(u64)));
}

static int kl_put_leaf(struct sk_buff *skb, const struct kl_leaf *leaf)
{
	struct nlattr *nest = nla_nest_start(skb, KVM_LEVEL_A_SET_LEAF);

	if (!nest || kl_put_u32(skb, KVM_LEVEL_A_LEAF_LEAF, leaf->leaf) ||
	    kl_put_u32(skb, KVM_LEVEL_A_LEAF_SUBLEAF, leaf->subleaf) ||
	    kl_put_u32(skb, KVM_LEVEL_A_LEAF_EAX, leaf->r[KL_EAX]) ||
	    kl_put_u32(skb, KVM_LEVEL_A_LEAF_EBX, leaf->r[KL_EBX]) ||
	    kl_put_u32(skb, KVM_LEVEL_A_LEAF_ECX, leaf->r[KL_ECX]) ||
	    kl_put_u32(skb, KVM_LEVEL_A_LEAF_EDX, leaf->r[KL_EDX]))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int kl_put_msr(struct sk_buff *skb, const struct kl_msr *msr)
{
	struct nlattr *nest = nla_nest_start(skb, KVM_LEVEL_A_SET_MSR);

	if (!nest || kl_put_u32(skb, KVM_LEVEL_A_MSR_INDEX, msr->index) ||
	    kl_put_u64(skb, KVM_LEVEL_A_MSR_VALUE, msr->value))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int kl_put_set(struct sk_buff *skb, int type, const struct kl_set *set)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	unsigned int i;
	int err = nest ? 0 : -EMSGSIZE;

	for (i = 0; i < set->nr_leaves && !err; i++)
		err = kl_put_leaf(skb, &set->leaf[i]);
	for (i = 0; i < set->nr_msrs && !err; i++)
		err = kl_put_msr(skb, &set->msr[i]);
	if (!err)
		nla_nest_end(skb, nest);
	return err;
}

int kl_refuse_twice(const struct nlattr *head, int len, u64 many, struct netlink_ext_ack *extack)
{
	const struct nlattr *a;
	u64 seen = 0, bit;
	int rem;

	nla_for_each_attr(a, head, len, rem) {
		/* Types without a bit are above every policy's and refused by it. */
		bit = nla_type(a) < 64 ? BIT_ULL(nla_type(a)) : 0;
		if (seen & bit & ~many) {
			NL_SET_ERR_MSG_ATTR(extack, a, "an attribute that is given twice");
			return -EINVAL;
		}
		seen |= bit;
	}
	return 0;
}

/*
 * 6.1's extack carries only a pointer, and netlink words its answer
 * after the handler has returned and dropped its lock: other handlers may be
 * wording theirs by then.  So it is sent here, while the text is the caller's;
 * -EINTR tells netlink_rcv_skb() that nothing is left to answer.
 */
int kl_refuse(struct sk_buff *request, struct genl_info *info, int err, const char *text)
{
	if (!*text)
		return err;
	info->extack->_msg = text;
	netlink_ack(request, nlmsg_hdr(request), err, info->extack);
	info->extack->_msg = NULL;
	return -EINTR;
}

void kl_word_place(char *text, const char *prefix, const struct kl_place *at)
{
	int n = scnprintf(text, KL_TEXT_MAX, "%s", prefix);

	kl_place_format(text + n, KL_TEXT_MAX - n, at);
}

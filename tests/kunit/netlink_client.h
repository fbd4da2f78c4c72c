/* SPDX-License-Identifier: GPL-2.0 */
/* The client of test_netlink.c: a socket, a request, its answer or refusal. */
#ifndef KUNIT_NETLINK_CLIENT_H
#define KUNIT_NETLINK_CLIENT_H

#include <linux/net.h>
#include <net/genetlink.h>

#include "compat/compat.h"
#include "env.h"
#include "netlink.h"
#include "netlink_set.h"

static struct socket *sock;
static struct sk_buff *msg;
static u8 answer[32768] __aligned(8);
static int answer_len;
/* The sentence of the last refusal. */
static char said[256];

/* A request with @cmd; its attributes are put into msg. */
static void request(struct kunit *test, u8 cmd)
{
	struct nlmsghdr *nlh;
	struct genlmsghdr *head;

	kfree_skb(msg);
	msg = nlmsg_new(65000, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, msg);
	nlh = nlmsg_put(msg, 0, 1, kl_family.id, GENL_HDRLEN, NLM_F_REQUEST | NLM_F_ACK);
	head = nlmsg_data(nlh);
	*head = (struct genlmsghdr){ .cmd = cmd, .version = KVM_LEVEL_FAMILY_VERSION };
}

static struct genlmsghdr *head(void)
{
	return nlmsg_data(nlmsg_hdr(msg));
}

static void read_refusal(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = nlmsg_data(nlh);
	int at = sizeof(*err), rem;
	const struct nlattr *a;

	said[0] = 0;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		at += err->msg.nlmsg_len - NLMSG_HDRLEN;
	nla_for_each_attr(a, nlmsg_data(nlh) + NLMSG_ALIGN(at), nlmsg_len(nlh) - NLMSG_ALIGN(at),
			  rem) {
		if (nla_type(a) == NLMSGERR_ATTR_MSG)
			nla_strscpy(said, a, sizeof(said));
	}
}

/* Send msg; the error that came back, 0 for an acknowledgment, answer has the rest. */
static int ask(void)
{
	/* With an address: this socket has no file whose opener could be asked. */
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr hdr = { .msg_name = &kernel, .msg_namelen = sizeof(kernel) };
	struct kvec vec;
	int ret, err = -ENODATA;

	nlmsg_hdr(msg)->nlmsg_len = msg->len;
	vec = (struct kvec){ msg->data, msg->len };
	ret = kernel_sendmsg(sock, &hdr, &vec, 1, msg->len);
	if (ret < 0)
		return ret;
	answer_len = 0;
	said[0] = 0;
	for (;;) {
		struct nlmsghdr *nlh = (void *)(answer + answer_len);
		int len;

		hdr = (struct msghdr){ };
		vec = (struct kvec){ nlh, sizeof(answer) - answer_len };
		len = kernel_recvmsg(sock, &hdr, &vec, 1, vec.iov_len, MSG_DONTWAIT);
		if (len <= 0)
			return err;
		if (nlh->nlmsg_type == NLMSG_ERROR) {
			err = ((struct nlmsgerr *)nlmsg_data(nlh))->error;
			read_refusal(nlh);
		} else if (nlh->nlmsg_type == NLMSG_DONE) {
			err = 0;
		} else {
			answer_len += NLMSG_ALIGN(len);
		}
	}
}

/* An attribute of the answer, NULL where there is none. */
static const struct nlattr *answered(int type)
{
	struct nlmsghdr *nlh = (void *)answer;

	if (!answer_len)
		return NULL;
	return nla_find(nlmsg_attrdata(nlh, GENL_HDRLEN), nlmsg_attrlen(nlh, GENL_HDRLEN), type);
}

static void put_u32(int type, u32 value)
{
	nla_put_u32(msg, type, value);
}

/* Six words, or fewer: @first up to @last of KVM_LEVEL_A_LEAF_*. */
static void put_leaf(const struct kl_leaf *l, int last)
{
	struct nlattr *nest = nla_nest_start(msg, KVM_LEVEL_A_SET_LEAF);
	const u32 words[] = { l->leaf, l->subleaf, l->r[0], l->r[1], l->r[2], l->r[3] };
	int i;

	for (i = 1; i <= last; i++)
		put_u32(i, words[i - 1]);
	nla_nest_end(msg, nest);
}

static void put_set(int type, const struct kl_set *set)
{
	kl_put_set(msg, type, set);
}

/* A baseline-set, whole, but for what a test does with it before. */
static void request_set(struct kunit *test, const struct words *def, const struct words *max)
{
	request(test, KVM_LEVEL_CMD_BASELINE_SET);
	nla_put_string(msg, A(NAME), "a pool");
	put_set(A(DEFAULT), &def->set);
	if (max)
		put_set(A(MAX_SET), &max->set);
}

static const char *dump_says(const char *sentence)
{
	if (!kl_compat_dump_start_has_extack())
		strscpy(said, sentence, sizeof(said));
	return sentence;
}

#endif /* KUNIT_NETLINK_CLIENT_H */

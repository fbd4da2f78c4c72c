// SPDX-License-Identifier: GPL-2.0
/* Messages, attribute by attribute; nothing here stops anybody from making bad ones. */
#include <string.h>

#include "nlprobe.h"

void msg_start(struct msg *m, u8 cmd)
{
	struct nlmsghdr *h = (struct nlmsghdr *)m->buf;
	struct genlmsghdr *g = (struct genlmsghdr *)(h + 1);

	memset(m->buf, 0, NLMSG_HDRLEN + GENL_HDRLEN);
	h->nlmsg_type = family.id;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	g->cmd = cmd;
	g->version = KVM_LEVEL_FAMILY_VERSION;
	m->len = NLMSG_HDRLEN + GENL_HDRLEN;
	h->nlmsg_len = m->len;
	m->sent = 0;
	m->fault = 0;
	m->missing = 0;
}

struct nlmsghdr *msg_header(struct msg *m)
{
	return (struct nlmsghdr *)m->buf;
}

struct genlmsghdr *msg_command(struct msg *m)
{
	return (struct genlmsghdr *)(m->buf + NLMSG_HDRLEN);
}

struct nlattr *msg_attr(struct msg *m, size_t at)
{
	return (struct nlattr *)(m->buf + at);
}

void put_raw(struct msg *m, const void *data, size_t len)
{
	if (m->len + NLA_ALIGN(len) > sizeof(m->buf))
		die("a message longer than %d bytes", MSG_MAX);
	memset(m->buf + m->len, 0, NLA_ALIGN(len));
	if (data)
		memcpy(m->buf + m->len, data, len);
	m->len += len;
	msg_header(m)->nlmsg_len = m->len;
}

size_t put(struct msg *m, u16 type, const void *data, size_t len)
{
	struct nlattr a = { .nla_len = NLA_HDRLEN + len, .nla_type = type };
	size_t at = m->len;

	put_raw(m, &a, sizeof(a));
	put_raw(m, data, len);
	m->len = NLA_ALIGN(m->len);
	msg_header(m)->nlmsg_len = m->len;
	return at;
}

size_t put_u8(struct msg *m, u16 type, u8 value)
{
	return put(m, type, &value, sizeof(value));
}

size_t put_u32(struct msg *m, u16 type, u32 value)
{
	return put(m, type, &value, sizeof(value));
}

size_t put_u64(struct msg *m, u16 type, u64 value)
{
	return put(m, type, &value, sizeof(value));
}

size_t put_text(struct msg *m, u16 type, const char *text)
{
	return put(m, type, text, strlen(text) + 1);
}

size_t put_zeros(struct msg *m, u16 type, size_t len)
{
	return put(m, type, NULL, len);
}

size_t nest(struct msg *m, u16 type)
{
	return put(m, type | NLA_F_NESTED, NULL, 0);
}

void nest_end(struct msg *m, size_t at)
{
	msg_attr(m, at)->nla_len = m->len - at;
}

void blame(struct msg *m, size_t at)
{
	m->fault = at;
}

size_t put_leaf(struct msg *m, const struct leaf *l)
{
	size_t at = nest(m, KVM_LEVEL_A_SET_LEAF);

	put_u32(m, LEAF(LEAF), l->leaf);
	put_u32(m, LEAF(SUBLEAF), l->subleaf);
	for (int i = 0; i < 4; i++)
		put_u32(m, LEAF(EAX) + i, l->reg[i]);
	nest_end(m, at);
	return at;
}

size_t put_msr(struct msg *m, const struct msr *r)
{
	size_t at = nest(m, KVM_LEVEL_A_SET_MSR);

	put_u32(m, MSR(INDEX), r->index);
	put_u64(m, MSR(VALUE), r->value);
	nest_end(m, at);
	return at;
}

size_t put_words(struct msg *m, u16 type, const struct words *w)
{
	size_t at = nest(m, type);

	for (u32 i = 0; i < w->nr_leaves; i++)
		put_leaf(m, &w->leaf[i]);
	for (u32 i = 0; i < w->nr_msrs; i++)
		put_msr(m, &w->msr[i]);
	nest_end(m, at);
	return at;
}

u32 attr_u32(const struct nlattr *a)
{
	u32 value;

	if (attr_len(a) != sizeof(value))
		die("attribute %u: %zu bytes instead of 4", attr_type(a), attr_len(a));
	memcpy(&value, attr_data(a), sizeof(value));
	return value;
}

u64 attr_u64(const struct nlattr *a)
{
	u64 value;

	if (attr_len(a) != sizeof(value))
		die("attribute %u: %zu bytes instead of 8", attr_type(a), attr_len(a));
	memcpy(&value, attr_data(a), sizeof(value));
	return value;
}

static void leaf_parse(struct words *w, const struct nlattr *in)
{
	struct leaf *l = &w->leaf[w->nr_leaves++];
	const struct nlattr *a;

	for_each_attr(a, attr_data(in), attr_len(in)) {
		u16 type = attr_type(a);

		if (type == LEAF(LEAF))
			l->leaf = attr_u32(a);
		else if (type == LEAF(SUBLEAF))
			l->subleaf = attr_u32(a);
		else if (type >= LEAF(EAX) && type <= LEAF(EDX))
			l->reg[type - LEAF(EAX)] = attr_u32(a);
	}
}

static void msr_parse(struct words *w, const struct nlattr *in)
{
	struct msr *r = &w->msr[w->nr_msrs++];
	const struct nlattr *a;

	for_each_attr(a, attr_data(in), attr_len(in)) {
		if (attr_type(a) == MSR(INDEX))
			r->index = attr_u32(a);
		else if (attr_type(a) == MSR(VALUE))
			r->value = attr_u64(a);
	}
}

void words_parse(struct words *w, const struct nlattr *in)
{
	const struct nlattr *a;

	memset(w, 0, sizeof(*w));
	for_each_attr(a, attr_data(in), attr_len(in)) {
		if (attr_type(a) == KVM_LEVEL_A_SET_LEAF && w->nr_leaves < MAX_LEAVES)
			leaf_parse(w, a);
		else if (attr_type(a) == KVM_LEVEL_A_SET_MSR && w->nr_msrs < MAX_MSRS)
			msr_parse(w, a);
	}
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Messages made at random: of the operations and attributes that uapi/kvm_level.yaml
 * has, each as it says or not quite; and of bytes that nobody meant.
 */
#include <string.h>

#include "nlprobe.h"

enum kind { KIND_U8, KIND_U32, KIND_U64, KIND_S32, KIND_STRING, KIND_BINARY, KIND_FLAG, KIND_NEST };

struct attr {
	const char *name;
	u16 type;
	enum kind kind;
	unsigned int set;		/* of a nest */
	bool multi;
};

struct set {
	const struct attr *attrs;
	unsigned int nr;
};

struct request {
	const char *name;
	u8 cmd;
	bool dump;
	unsigned int nr;
	u16 type[32];			/* attributes of the main set */
};

#include <schema.h>

#define MAX_DEPTH	4
#define RAW_MAX		600
/* A set of words has to fit behind what there is. */
#define ROOM		(MSG_MAX / 2)

static bool one_in(u32 n)
{
	return !below(n);
}

/* Those at which something may begin or end. */
static u64 number(void)
{
	switch (below(6)) {
	case 0:
		return below(8);
	case 1:
		return 1ULL << below(64);
	case 2:
		return (1ULL << below(64)) - 1;
	case 3:
		return -1ULL;
	default:
		return (u64)random32() << 32 | random32();
	}
}

static void put_bytes(struct msg *m, u16 type, size_t len)
{
	size_t at = put_zeros(m, type, len) + NLA_HDRLEN;

	for (size_t i = 0; i < len; i++)
		m->buf[at + i] = random32();
}

static void put_number(struct msg *m, u16 type, size_t len, u64 value)
{
	put(m, type, &value, one_in(64) ? below(sizeof(value) + 1) : len);
}

static void put_string(struct msg *m, u16 type)
{
	char text[2 * NAME_BYTES];
	size_t len = one_in(8) ? below(sizeof(text)) : 1 + below(NAME_BYTES);

	for (size_t i = 0; i < len; i++)
		text[i] = one_in(4) ? random32() : 'a' + below(26);
	/* Ended, mostly. */
	if (len && !one_in(16))
		text[len - 1] = 0;
	put(m, type, text, len);
}

/* A baseline that is right, but for what one or two of its words say. */
static void put_near_words(struct msg *m, u16 type)
{
	static struct words w;
	u32 n = below(3);

	w = good_words;
	while (n--) {
		u32 *reg = &w.leaf[below(w.nr_leaves)].reg[below(4)];

		*reg = one_in(3) ? *reg ^ 1u << below(32) : *reg & random32();
	}
	if (w.nr_msrs && one_in(4))
		w.msr[below(w.nr_msrs)].value &= number();
	if (one_in(16)) {
		w.leaf[w.nr_leaves] = w.leaf[below(w.nr_leaves)];
		w.nr_leaves++;
	}
	if (one_in(16))
		w.nr_leaves = below(w.nr_leaves);
	put_words(m, type, &w);
}

static void put_attr(struct msg *m, const struct attr *a, unsigned int depth);

static void put_attrs_of(struct msg *m, unsigned int set, unsigned int depth)
{
	const struct set *s = &sets[set];

	for (unsigned int i = 0; i < s->nr && m->len < ROOM; i++) {
		u32 times = s->attrs[i].multi ? below(4) : !one_in(8);

		/* More than there is room for. */
		if (s->attrs[i].multi && one_in(64))
			times = MAX_LEAVES + below(8);
		while (times-- && m->len < ROOM)
			put_attr(m, &s->attrs[i], depth);
	}
}

static void put_nest(struct msg *m, const struct attr *a, unsigned int depth)
{
	size_t at;

	if (a->set == SET_SET && !one_in(4)) {
		put_near_words(m, a->type);
		return;
	}
	at = nest(m, a->type);
	if (depth < MAX_DEPTH)
		put_attrs_of(m, one_in(32) ? below(ARRAY_SIZE(sets)) : a->set, depth + 1);
	nest_end(m, at);
}

/* Arming takes a while: most messages ask for the mode that there is, and no watch. */
static u32 small_number(u16 type)
{
	switch (type) {
	case A(MODE):
		return one_in(64) ? below(5) : good_mode;
	case A(EXITS):
		return one_in(64) ? below(3) : good_exits;
	case A(ON):
		return one_in(32) ? number() % 4 : 0;
	case A(VM_ID):
		return one_in(4) ? number() : vm_id;
	default:
		return number();
	}
}

static void put_attr(struct msg *m, const struct attr *a, unsigned int depth)
{
	switch (a->kind) {
	case KIND_U8:
		put_number(m, a->type, 1, depth ? number() : small_number(a->type));
		break;
	case KIND_U32:
	case KIND_S32:
		put_number(m, a->type, 4, depth ? number() : small_number(a->type));
		break;
	case KIND_U64:
		put_number(m, a->type, 8, number());
		break;
	case KIND_STRING:
		put_string(m, a->type);
		break;
	case KIND_BINARY:
		put_bytes(m, a->type, below(64));
		break;
	case KIND_FLAG:
		put_bytes(m, a->type, one_in(16) ? below(8) : 0);
		break;
	case KIND_NEST:
		put_nest(m, a, depth);
		break;
	}
}

static const struct attr *main_attr(u16 type)
{
	const struct set *s = &sets[SET_MAIN];

	for (unsigned int i = 0; i < s->nr; i++)
		if (s->attrs[i].type == type)
			return &s->attrs[i];
	die("the yaml has no attribute %u", type);
}

static void spoil_header(struct msg *m)
{
	struct genlmsghdr *g = msg_command(m);

	switch (below(5)) {
	case 0:
		g->version = random32();
		break;
	case 1:
		g->cmd = random32();
		break;
	case 2:
		g->reserved = random32();
		break;
	case 3:
		msg_header(m)->nlmsg_flags |= NLM_F_DUMP;
		break;
	case 4:
		msg_header(m)->nlmsg_flags = random32();
		break;
	}
}

void make_structured(struct msg *m)
{
	const struct request *q = &requests[below(ARRAY_SIZE(requests))];
	const struct set *s = &sets[SET_MAIN];

	msg_start(m, q->cmd);
	if (q->dump)
		msg_header(m)->nlmsg_flags |= NLM_F_DUMP;
	for (unsigned int i = 0; i < q->nr; i++)
		if (!one_in(8))
			put_attr(m, main_attr(q->type[i]), 0);
	while (one_in(8))
		put_attr(m, &s->attrs[below(s->nr)], 0);
	if (one_in(16))
		spoil_header(m);
}

/* One message of bytes, behind what there is. */
static void append_raw(struct msg *m)
{
	struct nlmsghdr h = {
		.nlmsg_len = NLMSG_HDRLEN + below(RAW_MAX), .nlmsg_type = family.id,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
	};
	struct genlmsghdr g = {
		.cmd = below(KVM_LEVEL_CMD_MAX + 1), .version = KVM_LEVEL_FAMILY_VERSION,
	};
	size_t start = NLMSG_ALIGN(m->len);

	memset(m->buf + m->len, 0, start - m->len);
	memcpy(m->buf + start, &h, sizeof(h));
	for (size_t i = sizeof(h); i < h.nlmsg_len; i++)
		m->buf[start + i] = random32();
	if (h.nlmsg_len >= FIRST_BYTE && !one_in(8))
		memcpy(m->buf + start + sizeof(h), &g, sizeof(g));
	m->len = start + h.nlmsg_len;
}

void make_raw(struct msg *m)
{
	u32 messages = one_in(8) ? 1 + below(4) : 1;

	m->len = 0;
	m->sent = 0;
	while (messages--)
		append_raw(m);
	if (one_in(32))
		msg_header(m)->nlmsg_flags |= random32();
	if (one_in(32))
		msg_header(m)->nlmsg_len = random32() % (2 * m->len);
}

// SPDX-License-Identifier: GPL-2.0
/* Makes answers of the kernel, right ones and wrong ones, and the fuzzer's mutations. */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include "kvm_level.h"
#include "answer.h"

enum kind { KIND_U8, KIND_U32, KIND_S32, KIND_U64, KIND_STRING, KIND_FLAG, KIND_BINARY, KIND_NEST };

struct attr {
	const char *name;
	uint16_t type;
	enum kind kind;
	unsigned int nest;
	bool multi;
};

struct set {
	const struct attr *attr;
	unsigned int nr;
};

/* Generated, in the build folder. */
#include <schema.h>

/* What is written, and by what dice; without @wild the dice change nothing. */
struct out {
	uint8_t *p;
	size_t len, max;
	bool wild;
	uint32_t dice;
	uint32_t count;
};

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);

const struct answer *answer_at(unsigned int i)
{
	return i < answer_count() ? &answers[i] : NULL;
}

unsigned int answer_count(void)
{
	return ARRAY_SIZE(answers);
}

/* Numbers of commands stay when the yaml grows; and so does what stands in regressions/. */
static uint8_t first_byte(const struct answer *answer)
{
	return answer->cmd | (answer->dump ? 0x80 : 0);
}

const struct answer *answer_of(uint8_t first)
{
	unsigned int i;

	for (i = 0; i < answer_count(); i++)
		if (first_byte(&answers[i]) == first)
			return &answers[i];
	return &answers[first % answer_count()];
}

static uint32_t roll(struct out *o, uint32_t sides)
{
	o->dice ^= o->dice << 13;
	o->dice ^= o->dice >> 17;
	o->dice ^= o->dice << 5;
	return o->dice % sides;
}

static bool rarely(struct out *o, uint32_t sides)
{
	return o->wild && !roll(o, sides);
}

static void put(struct out *o, const void *data, size_t len)
{
	if (len > o->max - o->len)
		len = o->max - o->len;
	if (data)
		memcpy(o->p + o->len, data, len);
	else
		memset(o->p + o->len, 0, len);
	o->len += len;
}

static void patch16(struct out *o, size_t at, uint16_t value)
{
	if (at + sizeof(value) <= o->len)
		memcpy(o->p + at, &value, sizeof(value));
}

static void patch32(struct out *o, size_t at, uint32_t value)
{
	if (at + sizeof(value) <= o->len)
		memcpy(o->p + at, &value, sizeof(value));
}

static size_t attr_begin(struct out *o, uint16_t type)
{
	struct nlattr a = { .nla_type = type };

	put(o, &a, sizeof(a));
	return o->len - sizeof(a);
}

static void attr_end(struct out *o, size_t at)
{
	uint16_t len = o->len > at ? o->len - at : 0;

	if (rarely(o, 64))
		len = roll(o, 2) ? roll(o, 64) : roll(o, 65536);
	patch16(o, at, len);
	if (o->len > at)
		put(o, NULL, (at - o->len) & 3);
}

static void put_value(struct out *o, const struct attr *a)
{
	static const uint32_t odd[] = {
		0, 1, 3, 4, 0x40000000, 0x7fffffff, 0x80000000, 0xffffffff,
	};
	uint64_t value = ++o->count;
	uint32_t words[4] = { 1, 2, 3, 4 };
	char text[80];
	unsigned int i, n;

	if (rarely(o, 3))
		value = odd[roll(o, ARRAY_SIZE(odd))];
	if (rarely(o, 3))
		value |= (uint64_t)odd[roll(o, ARRAY_SIZE(odd))] << 32;
	if (rarely(o, 24)) {		/* of a length that it should not have */
		memset(text, 'x', sizeof(text));
		put(o, text, roll(o, 24));
		return;
	}
	switch (a->kind) {
	case KIND_U8:
		value = o->wild ? value & 1 : 0;
		put(o, &value, 1);
		break;
	case KIND_U32:
	case KIND_S32:
		put(o, &value, 4);
		break;
	case KIND_U64:
		put(o, &value, 8);
		break;
	case KIND_STRING:
		n = o->wild ? roll(o, sizeof(text)) : 5;
		for (i = 0; i < n; i++)
			text[i] = o->wild ? roll(o, 256) : 'a' + i;
		put(o, text, n);
		if (!rarely(o, 8))
			put(o, "", 1);
		break;
	case KIND_BINARY:
		put(o, words, rarely(o, 2) ? 8 : 16);
		break;
	default:
		break;
	}
}

static void put_attr(struct out *o, const struct attr *a)
{
	size_t at = attr_begin(o, a->type | (a->kind == KIND_NEST ? NLA_F_NESTED : 0));
	const struct set *set = &sets[a->nest];
	unsigned int i, times;

	if (a->kind != KIND_NEST) {
		put_value(o, a);
	} else {
		for (i = 0; i < set->nr; i++) {
			times = set->attr[i].multi ? 2 : 1;
			if (rarely(o, 6))
				times = roll(o, 4);
			while (times--)
				put_attr(o, &set->attr[i]);
		}
	}
	attr_end(o, at);
}

static size_t message_begin(struct out *o, uint16_t type, uint16_t flags)
{
	struct nlmsghdr h = { .nlmsg_type = type, .nlmsg_flags = flags };

	put(o, NULL, 2);
	put(o, &h, sizeof(h));
	return o->len - sizeof(h);
}

static void message_end(struct out *o, size_t at)
{
	uint32_t len = o->len > at ? o->len - at : 0;

	patch16(o, at - 2, len);
	if (rarely(o, 64))
		len = roll(o, len + 8);
	patch32(o, at, len);
}

static void put_answer(struct out *o, const struct answer *answer)
{
	struct genlmsghdr g = { .cmd = answer->cmd, .version = KVM_LEVEL_FAMILY_VERSION };
	uint16_t flags = answer->dump ? NLM_F_MULTI : 0;
	unsigned int i, j, times;
	size_t at;

	if (rarely(o, 16))
		flags ^= roll(o, 2) ? NLM_F_MULTI : NLM_F_DUMP_INTR;
	at = message_begin(o, FAMILY, flags);
	if (!rarely(o, 32))
		put(o, &g, sizeof(g));
	for (i = 0; i < answer->nr; i++) {
		for (j = 0; j < sets[SET_MAIN].nr; j++) {
			const struct attr *a = &sets[SET_MAIN].attr[j];

			if (a->type != answer->type[i])
				continue;
			times = a->multi ? 2 : 1;
			if (rarely(o, 8))
				times = roll(o, 4);
			while (times--)
				put_attr(o, a);
		}
	}
	message_end(o, at);
}

/* What an ack, or the end of a dump, says besides a number. */
static void put_reasons(struct out *o)
{
	const struct attr why = { "msg", NLMSGERR_ATTR_MSG, KIND_STRING, 0, false };
	uint32_t where = roll(o, 4) ? 20 + roll(o, 320) : roll(o, 0xffffffff);
	size_t at;

	if (roll(o, 3))
		put_attr(o, &why);
	if (roll(o, 2)) {
		at = attr_begin(o, roll(o, 2) ? NLMSGERR_ATTR_OFFS : NLMSGERR_ATTR_MISS_TYPE);
		where = roll(o, 4) ? where : roll(o, 64);
		put(o, &where, roll(o, 8) ? 4 : roll(o, 4));
		attr_end(o, at);
	}
}

static void put_end(struct out *o, bool dump)
{
	uint16_t flags = o->wild && roll(o, 4) ? NLM_F_ACK_TLVS : 0;
	int32_t err = rarely(o, 2) ? -(int32_t)roll(o, 134) : 0;
	struct nlmsghdr sent = { .nlmsg_len = sizeof(sent) };
	size_t at;

	if (rarely(o, 16))
		err = (int32_t)roll(o, 2) ? INT32_MIN : 5;
	if (!rarely(o, 4))
		flags |= NLM_F_CAPPED;
	if (rarely(o, 4))
		sent.nlmsg_len = roll(o, 2) ? roll(o, 64) : 0u - roll(o, 64);
	at = message_begin(o, dump ? NLMSG_DONE : NLMSG_ERROR, flags | (dump ? NLM_F_MULTI : 0));
	put(o, &err, sizeof(err));
	if (!dump)
		put(o, &sent, sizeof(sent));
	if (flags & NLM_F_ACK_TLVS)
		put_reasons(o);
	message_end(o, at);
}

size_t answer_valid(unsigned int which, uint8_t *to, size_t max)
{
	struct out o = { .p = to, .max = max, .dice = 1 };
	uint8_t first = first_byte(&answers[which]);

	put(&o, &first, 1);
	if (answers[which].nr)
		put_answer(&o, &answers[which]);
	put_end(&o, answers[which].dump);
	return o.len;
}

static void put_wild(struct out *o, const struct answer *answer)
{
	unsigned int n = roll(o, 8) ? 1 : roll(o, 4);

	while (n--)
		put_answer(o, rarely(o, 16) ? &answers[roll(o, answer_count())] : answer);
	if (roll(o, 16))
		put_end(o, rarely(o, 16) ? !answer->dump : answer->dump);
}

/* Lengths that fit into what is there, so that a mutation reaches beyond the first of them. */
static void mend_attrs(uint8_t *p, size_t len, const struct set *set)
{
	struct nlattr a;
	unsigned int i;

	for (; len >= sizeof(a); p += NLA_ALIGN(a.nla_len), len -= NLA_ALIGN(a.nla_len)) {
		memcpy(&a, p, sizeof(a));
		if (a.nla_len < sizeof(a) || a.nla_len > len)
			a.nla_len = len;
		memcpy(p, &a, sizeof(a));
		for (i = 0; set && i < set->nr; i++)
			if (set->attr[i].type == (a.nla_type & NLA_TYPE_MASK) &&
			    set->attr[i].kind == KIND_NEST)
				mend_attrs(p + sizeof(a), a.nla_len - sizeof(a),
					   &sets[set->attr[i].nest]);
		if (NLA_ALIGN(a.nla_len) > len)
			return;
	}
}

static void mend_messages(uint8_t *p, size_t len)
{
	const size_t heads = sizeof(struct nlmsghdr) + sizeof(struct genlmsghdr);
	struct nlmsghdr h;

	for (; len >= sizeof(h); p += NLMSG_ALIGN(h.nlmsg_len), len -= NLMSG_ALIGN(h.nlmsg_len)) {
		memcpy(&h, p, sizeof(h));
		if (h.nlmsg_len < sizeof(h) || h.nlmsg_len > len)
			h.nlmsg_len = len;
		memcpy(p, &h, sizeof(h));
		if (h.nlmsg_type >= NLMSG_MIN_TYPE && h.nlmsg_len > heads)
			mend_attrs(p + heads, h.nlmsg_len - heads, &sets[SET_MAIN]);
		if (NLMSG_ALIGN(h.nlmsg_len) > len)
			return;
	}
}

static void mend(uint8_t *data, size_t size)
{
	uint16_t len;
	size_t at;

	for (at = 1; size - at > sizeof(len); at += len) {
		memcpy(&len, data + at, sizeof(len));
		if (len > size - at - sizeof(len))
			len = size - at - sizeof(len);
		memcpy(data + at, &len, sizeof(len));
		at += sizeof(len);
		mend_messages(data + at, len);
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	struct out o = { .p = data, .len = size, .max = max, .wild = true, .dice = seed | 1 };
	const struct answer *answer;
	uint8_t first;

	if (!max)
		return 0;
	roll(&o, 2);
	switch (size ? roll(&o, 4) : 0) {
	case 0:
		answer = &answers[roll(&o, answer_count())];
		first = first_byte(answer);
		o.len = 0;
		put(&o, &first, 1);
		put_wild(&o, answer);
		return o.len;
	case 1:
		put_wild(&o, answer_of(data[0]));
		return o.len;
	case 2:
		return LLVMFuzzerMutate(data, size, max);
	default:
		size = LLVMFuzzerMutate(data, size, max);
		if (size)
			mend(data, size);
		return size;
	}
}

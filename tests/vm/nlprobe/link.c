// SPDX-License-Identifier: GPL-2.0
/* Raw netlink sockets, and what comes back over them. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "nlprobe.h"

/* An answer that takes longer isn't coming. */
#define PATIENCE_MS	10000
#define SILENCE_MS	100

struct family family;

static const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

bool dumps_are_refused_in_words(void)
{
	struct utsname u;
	unsigned int major, minor;

	if (uname(&u) || sscanf(u.release, "%u.%u", &major, &minor) != 2)
		die("what kernel is this?");
	return major > 6 || (major == 6 && minor >= 12);
}

int link_open(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	int on = 1, room = 1 << 20;

	if (fd < 0)
		die("socket: %s", strerror(errno));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	/* Refusals needn't carry the request again. */
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return fd;
}

int link_open_connected(void)
{
	int fd = link_open();

	if (connect(fd, (const struct sockaddr *)&kernel, sizeof(kernel)))
		die("connect: %s", strerror(errno));
	return fd;
}

static bool send_msg(int fd, struct msg *m)
{
	static u32 seq;

	msg_header(m)->nlmsg_seq = ++seq;
	return sendto(fd, m->buf, m->sent ? m->sent : m->len, 0, (const struct sockaddr *)&kernel,
		      sizeof(kernel)) >= 0;
}

static void keep(struct reply *r, const struct nlmsghdr *h)
{
	size_t len = h->nlmsg_len - NLMSG_HDRLEN;

	r->data = realloc(r->data, r->len + len);
	if (!r->data)
		die("no memory");
	memcpy(r->data + r->len, (const u8 *)h + NLMSG_HDRLEN, len);
	r->len += len;
}

/* The extack's attributes stand behind the (capped) message that they are about. */
static void parse_extack(struct reply *r, const void *from, size_t len)
{
	const struct nlattr *a;

	for_each_attr(a, from, len) {
		if (attr_type(a) == NLMSGERR_ATTR_MSG) {
			snprintf(r->text, sizeof(r->text), "%.*s", (int)attr_len(a),
				 (const char *)attr_data(a));
		} else if (attr_type(a) == NLMSGERR_ATTR_OFFS) {
			r->has_offset = true;
			r->offset = attr_u32(a);
		} else if (attr_type(a) == NLMSGERR_ATTR_MISS_TYPE) {
			r->missing = attr_u32(a);
		}
	}
}

static void parse_end(struct reply *r, const struct nlmsghdr *h)
{
	const u8 *data = (const u8 *)h + NLMSG_HDRLEN;
	size_t len = h->nlmsg_len - NLMSG_HDRLEN, skip;
	int error;

	if (len < sizeof(error))
		die("an answer without an error number");
	memcpy(&error, data, sizeof(error));
	r->answered = true;
	r->error = -error;
	skip = h->nlmsg_type == NLMSG_DONE ? sizeof(error) : sizeof(struct nlmsgerr);
	if (h->nlmsg_type == NLMSG_ERROR && !(h->nlmsg_flags & NLM_F_CAPPED) && error &&
	    len > skip)
		skip += ((const struct nlmsgerr *)data)->msg.nlmsg_len - NLMSG_HDRLEN;
	skip = NLA_ALIGN(skip);
	if (h->nlmsg_flags & NLM_F_ACK_TLVS && len > skip)
		parse_extack(r, data + skip, len - skip);
}

/* Read until the end of the answer to @seq, or until nothing has come for @ms. */
static void await(int fd, u32 seq, int ms, struct reply *r)
{
	static u8 buf[1 << 17] __attribute__((aligned(8)));

	memset(r, 0, sizeof(*r));
	while (!r->answered) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		struct nlmsghdr *h;
		ssize_t n;
		int left;

		if (poll(&p, 1, ms) <= 0)
			return;
		n = recv(fd, buf, sizeof(buf), 0);
		if (n < 0 && errno == ENOBUFS)
			continue;
		if (n < 0)
			die("recv: %s", strerror(errno));
		left = n;
		for (h = (struct nlmsghdr *)buf; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
			if (h->nlmsg_seq != seq)
				continue;
			if (h->nlmsg_type == NLMSG_ERROR || h->nlmsg_type == NLMSG_DONE)
				parse_end(r, h);
			else
				keep(r, h);
		}
	}
}

void ask(int fd, struct msg *m, struct reply *r)
{
	bool cut = m->sent && m->sent < m->len;

	if (!send_msg(fd, m))
		die("sendto: %s", strerror(errno));
	await(fd, msg_header(m)->nlmsg_seq, cut ? SILENCE_MS : PATIENCE_MS, r);
}

bool post(int fd, struct msg *m)
{
	return send_msg(fd, m);
}

void collect(int fd, struct msg *m, bool posted, struct reply *r)
{
	memset(r, 0, sizeof(*r));
	if (posted)
		await(fd, msg_header(m)->nlmsg_seq, 0, r);
}

void ask_briefly(int fd, struct msg *m, struct reply *r)
{
	collect(fd, m, post(fd, m), r);
}

void ask_connected(int fd, struct msg *m, struct reply *r)
{
	msg_header(m)->nlmsg_seq = 0x10000000;
	if (write(fd, m->buf, m->len) < 0)
		die("write: %s", strerror(errno));
	await(fd, 0x10000000, PATIENCE_MS, r);
}

void reply_free(struct reply *r)
{
	free(r->data);
	r->data = NULL;
	r->len = 0;
}

static void parse_groups(struct family *f, const struct nlattr *groups)
{
	const struct nlattr *g, *a;

	for_each_attr(g, attr_data(groups), attr_len(groups)) {
		const char *name = NULL;
		u32 id = 0;

		for_each_attr(a, attr_data(g), attr_len(g)) {
			if (attr_type(a) == CTRL_ATTR_MCAST_GRP_NAME)
				name = attr_data(a);
			else if (attr_type(a) == CTRL_ATTR_MCAST_GRP_ID)
				id = attr_u32(a);
		}
		if (name && !strcmp(name, KVM_LEVEL_MCGRP_EVENTS))
			f->group = id;
	}
}

int family_find(int fd, struct family *f)
{
	static struct msg m;
	const struct nlattr *a;
	struct reply r;

	msg_start(&m, CTRL_CMD_GETFAMILY);
	msg_header(&m)->nlmsg_type = GENL_ID_CTRL;
	msg_command(&m)->version = 1;
	put_text(&m, CTRL_ATTR_FAMILY_NAME, KVM_LEVEL_FAMILY_NAME);
	ask(fd, &m, &r);
	if (!r.answered)
		die("no answer from generic netlink");
	if (!r.error) {
		for_each_attr(a, r.data + GENL_HDRLEN, r.len - GENL_HDRLEN) {
			if (attr_type(a) == CTRL_ATTR_FAMILY_ID)
				memcpy(&f->id, attr_data(a), sizeof(f->id));
			else if (attr_type(a) == CTRL_ATTR_MCAST_GROUPS)
				parse_groups(f, a);
		}
	}
	reply_free(&r);
	return r.error;
}

bool event_arrives(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	u8 buf[4096];

	return poll(&p, 1, ms) > 0 && recv(fd, buf, sizeof(buf), 0) > 0;
}

bool join_by_option(int fd, u32 group)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK };

	/* A socket without a number of its own hears nothing of the kernel's. */
	if (bind(fd, (struct sockaddr *)&me, sizeof(me)))
		die("bind: %s", strerror(errno));
	return !setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group));
}

bool join_by_bind(u32 group, int *fd)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK };

	*fd = link_open();
	if (group > 32)
		return false;
	me.nl_groups = 1u << (group - 1);
	return !bind(*fd, (struct sockaddr *)&me, sizeof(me));
}

// SPDX-License-Identifier: GPL-2.0
/* What the module says of itself: to see that a refused message changed nothing. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "nlprobe.h"

struct words good_words;
u32 good_mode, good_exits, vm_id;

static char first_name[NAME_BYTES + 1];
static struct words first_words, first_max;
static bool first_has_max, first_forced;

static void add(struct state *s, void (*build)(struct msg *m))
{
	static struct msg m;
	struct reply r;

	build(&m);
	ask(root_fd, &m, &r);
	if (!r.answered)
		die("the module doesn't answer command %u", msg_command(&m)->cmd);
	s->data = realloc(s->data, s->len + sizeof(r.error) + r.len);
	if (!s->data)
		die("no memory");
	memcpy(s->data + s->len, &r.error, sizeof(r.error));
	if (r.len)
		memcpy(s->data + s->len + sizeof(r.error), r.data, r.len);
	s->len += sizeof(r.error) + r.len;
	reply_free(&r);
}

/* What a hook's last attempt to arm came to is news, and no part of the state. */
static void forget_hook_errors(struct state *s)
{
	struct nlattr *a, *b;

	for_each_attr_rw(a, s->data + sizeof(int) + GENL_HDRLEN,
			 s->len - sizeof(int) - GENL_HDRLEN) {
		if (attr_type(a) != A(HOOK))
			continue;
		for_each_attr_rw(b, (u8 *)a + NLA_HDRLEN, attr_len(a)) {
			if (attr_type(b) == KVM_LEVEL_A_HOOK_ERROR)
				memset((u8 *)b + NLA_HDRLEN, 0, attr_len(b));
		}
	}
}

void state_take(struct state *s)
{
	*s = (struct state){ };
	add(s, status_get);
	forget_hook_errors(s);
	add(s, baseline_get);
	add(s, vm_dump);
}

bool state_same(const struct state *a, const struct state *b)
{
	return a->len == b->len && !memcmp(a->data, b->data, a->len);
}

void state_free(struct state *s)
{
	free(s->data);
	s->data = NULL;
}

/* A VM of our own, to be adopted and watched. */
static void make_vm(void)
{
	static struct msg m;
	const struct nlattr *a, *b;
	struct reply r;
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, KVM_CREATE_VM, 0) < 0)
		die("can't make a VM: %s", strerror(errno));
	vm_dump(&m);
	ask(root_fd, &m, &r);
	/* Every message of a dump is a generic header and one VM. */
	for (size_t at = 0; at < r.len;) {
		u32 id = 0, pid = 0;

		a = (const struct nlattr *)(r.data + at + GENL_HDRLEN);
		if (attr_type(a) != A(VM))
			die("a dump of VMs with attribute %u", attr_type(a));
		for_each_attr(b, attr_data(a), attr_len(a)) {
			if (attr_type(b) == KVM_LEVEL_A_VM_ID)
				id = attr_u32(b);
			else if (attr_type(b) == KVM_LEVEL_A_VM_PID)
				pid = attr_u32(b);
		}
		if (pid == (u32)getpid())
			vm_id = id;
		at += GENL_HDRLEN + NLA_ALIGN(a->nla_len);
	}
	reply_free(&r);
	if (!vm_id)
		die("the module doesn't know of our VM");
}

void start(void)
{
	static struct msg m;
	const struct nlattr *a;
	struct reply r;
	int error;

	root_fd = link_open();
	error = family_find(root_fd, &family);
	if (error)
		die("kvm_level: %s", strerror(error));
	if (!family.group)
		die("kvm_level has no group of events");

	status_get(&m);
	ask(root_fd, &m, &r);
	if (!r.answered || r.error)
		die("no status: %s %s", strerror(r.error), r.text);
	for_each_attr(a, r.data + GENL_HDRLEN, r.len - GENL_HDRLEN) {
		if (attr_type(a) == A(MODE))
			good_mode = attr_u32(a);
		else if (attr_type(a) == A(EXITS))
			good_exits = attr_u32(a);
	}
	reply_free(&r);

	baseline_get(&m);
	ask(root_fd, &m, &r);
	if (r.error)
		die("nlprobe varies the baseline that is set, and none is: %s", r.text);
	for_each_attr(a, r.data + GENL_HDRLEN, r.len - GENL_HDRLEN) {
		if (attr_type(a) == A(NAME)) {
			strncpy(first_name, attr_data(a), NAME_BYTES);
		} else if (attr_type(a) == A(DEFAULT)) {
			words_parse(&first_words, a);
		} else if (attr_type(a) == A(MAX_SET)) {
			words_parse(&first_max, a);
			first_has_max = true;
		} else if (attr_type(a) == A(FORCED)) {
			first_forced = true;
		}
	}
	reply_free(&r);
	good_words = first_words;
	if (good_words.nr_leaves < 3 || good_words.nr_leaves >= MAX_LEAVES)
		die("nlprobe needs a baseline of 3 leaves or more");
	make_vm();
}

void restore(void)
{
	static struct msg m;
	struct reply r;

	msg_start(&m, CMD(MODE_SET));
	put_u32(&m, A(MODE), good_mode);
	put_u32(&m, A(EXITS), good_exits);
	ask(root_fd, &m, &r);
	if (!r.answered || r.error)
		die("can't restore the mode: %s", r.text);
	reply_free(&r);
	msg_start(&m, CMD(BASELINE_SET));
	put_text(&m, A(NAME), first_name);
	put_words(&m, A(DEFAULT), &first_words);
	if (first_has_max)
		put_words(&m, A(MAX_SET), &first_max);
	if (first_forced)
		put(&m, A(FORCE), NULL, 0);
	ask(root_fd, &m, &r);
	if (!r.answered || r.error)
		die("can't restore the baseline: %s", r.text);
	reply_free(&r);
}

bool beyond_host(struct words *w)
{
	/* Features that need no other and that some hosts lack. */
	static const struct { u32 leaf, reg, bit; } some[] = {
		{ 7, 3, 14 },	/* SERIALIZE */
		{ 7, 2, 27 },	/* MOVDIRI */
		{ 7, 1, 19 },	/* ADX */
		{ 7, 1, 18 },	/* RDSEED */
	};
	static struct words offer;
	static struct msg m;
	const struct nlattr *a;
	struct reply r;

	host_get(&m);
	ask(root_fd, &m, &r);
	if (r.error)
		die("no offer: %s", r.text);
	for_each_attr(a, r.data + GENL_HDRLEN, r.len - GENL_HDRLEN)
		if (attr_type(a) == A(OFFER))
			words_parse(&offer, a);
	reply_free(&r);
	*w = good_words;
	for (u32 i = 0; i < ARRAY_SIZE(some); i++) {
		struct leaf *has = NULL, *wants = NULL;

		for (u32 j = 0; j < offer.nr_leaves; j++)
			if (offer.leaf[j].leaf == some[i].leaf && !offer.leaf[j].subleaf)
				has = &offer.leaf[j];
		for (u32 j = 0; j < w->nr_leaves; j++)
			if (w->leaf[j].leaf == some[i].leaf && !w->leaf[j].subleaf)
				wants = &w->leaf[j];
		if (has && wants && !(has->reg[some[i].reg] >> some[i].bit & 1)) {
			wants->reg[some[i].reg] |= 1u << some[i].bit;
			return true;
		}
	}
	return false;
}

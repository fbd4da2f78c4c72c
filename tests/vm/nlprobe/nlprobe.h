/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nlprobe: netlink messages to kvm_level that no well-behaved tool sends, made
 * by hand, byte by byte.  Declarations of all parts.
 */
#ifndef NLPROBE_H
#define NLPROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "kvm_level.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define A(x)		KVM_LEVEL_A_MAIN_##x
#define LEAF(x)		KVM_LEVEL_A_LEAF_##x
#define MSR(x)		KVM_LEVEL_A_MSR_##x
#define CMD(x)		KVM_LEVEL_CMD_##x

#define NOBODY		65534

/* The protocol's limits, as the specification and the module have them. */
#define NAME_BYTES	63
#define MAX_LEAVES	192
#define MAX_MSRS	64

/* message.c: a message under construction. */
#define MSG_MAX		65536

struct msg {
	u8 buf[MSG_MAX];
	size_t len;
	/* How much is sent, where that isn't len; what the header says is apart. */
	size_t sent;
	/* Offset of the attribute at fault, 0: none in particular. */
	size_t fault;
	/* Type of the attribute that is missing, 0: none. */
	u32 missing;
};

void msg_start(struct msg *m, u8 cmd);
struct nlmsghdr *msg_header(struct msg *m);
struct genlmsghdr *msg_command(struct msg *m);
struct nlattr *msg_attr(struct msg *m, size_t at);
/* All return the new attribute's offset. */
size_t put(struct msg *m, u16 type, const void *data, size_t len);
size_t put_u8(struct msg *m, u16 type, u8 value);
size_t put_u32(struct msg *m, u16 type, u32 value);
size_t put_u64(struct msg *m, u16 type, u64 value);
size_t put_text(struct msg *m, u16 type, const char *text);
size_t put_zeros(struct msg *m, u16 type, size_t len);
size_t nest(struct msg *m, u16 type);
void nest_end(struct msg *m, size_t at);
/* Bytes that are no attribute. */
void put_raw(struct msg *m, const void *data, size_t len);
/* What follows is blamed on the attribute at @at. */
void blame(struct msg *m, size_t at);

/* A set of words. */
struct words {
	u32 nr_leaves, nr_msrs;
	struct leaf { u32 leaf, subleaf, reg[4]; } leaf[MAX_LEAVES + 1];
	struct msr { u32 index; u64 value; } msr[MAX_MSRS + 1];
};

size_t put_leaf(struct msg *m, const struct leaf *l);
size_t put_msr(struct msg *m, const struct msr *r);
size_t put_words(struct msg *m, u16 type, const struct words *w);
void words_parse(struct words *w, const struct nlattr *nest);

static inline bool attr_ok(const struct nlattr *a, const void *end)
{
	const u8 *at = (const u8 *)a, *stop = end;

	return at + NLA_HDRLEN <= stop && a->nla_len >= NLA_HDRLEN && at + a->nla_len <= stop;
}

static inline const struct nlattr *attr_next(const struct nlattr *a)
{
	return (const struct nlattr *)((const u8 *)a + NLA_ALIGN(a->nla_len));
}

#define for_each_attr(a, data, bytes)						\
	for (a = (const struct nlattr *)(data);					\
	     attr_ok(a, (const u8 *)(data) + (bytes)); a = attr_next(a))

/* The same, to change them. */
#define for_each_attr_rw(a, data, bytes)					\
	for (a = (struct nlattr *)(data); attr_ok(a, (u8 *)(data) + (bytes));	\
	     a = (struct nlattr *)attr_next(a))

static inline const void *attr_data(const struct nlattr *a)
{
	return (const u8 *)a + NLA_HDRLEN;
}

static inline size_t attr_len(const struct nlattr *a)
{
	return a->nla_len - NLA_HDRLEN;
}

static inline u16 attr_type(const struct nlattr *a)
{
	return a->nla_type & NLA_TYPE_MASK;
}

u32 attr_u32(const struct nlattr *a);
u64 attr_u64(const struct nlattr *a);

/* link.c: sockets, and what comes back over them. */
struct reply {
	bool answered;		/* by an acknowledgment or the end of a dump */
	int error;		/* errno, 0: done */
	char text[512];		/* the extack's, "" if none */
	bool has_offset;
	u32 offset;		/* of the attribute at fault */
	u32 missing;		/* type of the attribute that is missing, 0 if none */
	/* Payloads of all that came but acknowledgments, one after the other. */
	u8 *data;
	size_t len;
};

struct family {
	u16 id;
	u32 group;		/* of events */
};

extern struct family family;

/* 6.1's generic netlink has no place for a text when a dump is started. */
bool dumps_are_refused_in_words(void);
int link_open(void);
int link_open_connected(void);
/* Send by sendto(), or by write() on a connected socket; wait for the answer. */
void ask(int fd, struct msg *m, struct reply *r);
/* The same, but take what is there: the kernel answers before sendto() returns. */
void ask_briefly(int fd, struct msg *m, struct reply *r);
/* Its two halves. */
bool post(int fd, struct msg *m);
void collect(int fd, struct msg *m, bool posted, struct reply *r);
void ask_connected(int fd, struct msg *m, struct reply *r);
void reply_free(struct reply *r);
/* Find the family; errno, 0 if found. */
int family_find(int fd, struct family *f);
/* Wait for a message without having sent one: an event.  False: none came. */
bool event_arrives(int fd, int ms);
bool join_by_option(int fd, u32 group);
bool join_by_bind(u32 group, int *fd);

/* state.c: what the module says of itself, to compare. */
struct state {
	u8 *data;
	size_t len;
};

void state_take(struct state *s);
bool state_same(const struct state *a, const struct state *b);
void state_free(struct state *s);
/* What was there at the start, and how to get it back. */
extern struct words good_words;
extern u32 good_mode, good_exits, vm_id;
void start(void);
void restore(void);
/* A word of good_words' with a bit that this host lacks; false if it lacks none. */
bool beyond_host(struct words *w);

/* check.c: tests are pairs, the refused one and its allowed twin. */
struct test {
	const char *name;
	void (*bad)(struct msg *m);
	void (*good)(struct msg *m);
	int error;		/* what it is refused with */
	const char *says;	/* part of the text, NULL: any */
	/* CORE: netlink refuses before the module is asked, perhaps without a text. */
	enum { MODULE, CORE, CORE_IGNORES } by;
};

extern const struct test message_tests[], set_tests[];
extern int root_fd;
extern bool verbose;
extern unsigned int failed;

void ok(const char *name);
void not_ok(const char *name, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void skip(const char *name, const char *why);
void test_run(const struct test *t);
/* NULL if @r is a refusal as it should be, or else what is wrong with it. */
const char *refusal_wrong(const struct reply *r, const struct msg *m, const struct test *t);
void describe(const char *name, const struct reply *r, const struct msg *m);
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* cases*.c: well-formed messages, and loops over what has too many cases to name. */
void status_get(struct msg *m);
void host_get(struct msg *m);
void baseline_get(struct msg *m);
void baseline_set(struct msg *m);
void baseline_clear(struct msg *m);
void process_set(struct msg *m);
void mode_set(struct msg *m);
void vm_get(struct msg *m);
void vm_dump(struct msg *m);
void vm_adopt(struct msg *m);
void vm_watch(struct msg *m);
/* Those that change something, whatever there is. */
void change_mode(struct msg *m);
void adopt_on(struct msg *m);
void watch_on(struct msg *m);

struct command {
	const char *name;
	void (*build)(struct msg *m);
	const u16 *takes;	/* its attributes, ends with 0 */
};

extern const struct command commands[];
extern const unsigned int nr_commands;
void attributes_of_others(void);
void sizes(void);
void without_baseline(void);

/* fuzz.c: chance, the same for the same seed. */
void random_start(u64 seed);
u32 random32(void);
u32 below(u32 n);
void make_mutant(struct msg *m);
/* Refused by the module, and not by netlink's core before it? */
bool words_are_due(struct msg *m, const struct reply *r);
/* Now and then a new socket: the old one may be amid a dump. */
#define MESSAGES_PER_SOCKET	64
/* Behind both headers. */
#define FIRST_BYTE		((size_t)NLMSG_HDRLEN + GENL_HDRLEN)

/* made.c: messages of what the yaml has, and of bytes. */
void make_structured(struct msg *m);
void make_raw(struct msg *m);

/* who.c, storm.c, fuzz.c, flood.c, bench.c, faults.c */
void who_may(void);
void become_nobody(void);
void storm(unsigned int workers, unsigned int rounds);
void fuzz(unsigned int seconds, u64 seed);
void flood(unsigned long messages, u64 seed);
void faults(void);
void bench(const char *what, const char *label);
/* Children that do @work, each with its number in @nth; their failures are ours. */
void in_children(unsigned int n, unsigned int *nth, void (*work)(void));
void in_child(void (*work)(void));

#endif

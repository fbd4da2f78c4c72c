// SPDX-License-Identifier: GPL-2.0
/*
 * Made-up answers of the kernel, through libnl's own receive loop, to levelctl's calls of the
 * module. Beyond what the sanitizers see it asks: an error is an errno; an answer that is
 * taken is whole, with strings that a terminal may see and words in order, none twice; no
 * attribute is read beyond its end; and what the yaml says is taken.
 */
#include <netlink/genl/genl.h>
#include <poll.h>

#include "../../userspace/netlink_ask.h"
#include "answer.h"

#define MUST(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: not %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* What the socket has yet to give. */
static const u8 *rest;
static size_t left;
/* Messages that were answers to the last question. */
static unsigned int rows;

void __wrap_say(const char *fmt, ...) PRINTF(1, 2);
void __wrap_say(const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, fmt);
	MUST(vasprintf(&text, fmt, args) >= 0);
	va_end(args);
	if (getenv("FUZZ_LOUD"))
		fprintf(stderr, "%s\n", text);
	free(text);
}

/* A datagram, in room of just its size. libnl frees it. */
static int give(struct nl_sock *sk, struct sockaddr_nl *from, unsigned char **buf,
		struct ucred **creds)
{
	uint16_t len;

	(void)sk;
	(void)creds;
	*from = (struct sockaddr_nl){ .nl_family = AF_NETLINK };
	if (left < sizeof(len))
		return -NLE_BAD_SOCK;
	memcpy(&len, rest, sizeof(len));
	rest += sizeof(len);
	left -= sizeof(len);
	if (len > left)
		len = left;
	if (!len)
		return -NLE_INTR;
	*buf = xrealloc(NULL, len, 1);
	memcpy(*buf, rest, len);
	rest += len;
	left -= len;
	return len;
}

/* Sequence numbers are libnl's matter: any will do. */
static int any_number(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

int __real_nl_recvmsgs(struct nl_sock *sk, struct nl_cb *cb);
int __wrap_nl_recvmsgs(struct nl_sock *sk, struct nl_cb *cb);
int __wrap_nl_recvmsgs(struct nl_sock *sk, struct nl_cb *cb)
{
	nl_cb_overwrite_recv(cb, give);
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_number, NULL);
	return __real_nl_recvmsgs(sk, cb);
}

int __wrap_nl_recvmsgs_default(struct nl_sock *sk);
int __wrap_nl_recvmsgs_default(struct nl_sock *sk)
{
	struct nl_cb *cb = nl_socket_get_cb(sk);
	int err = __wrap_nl_recvmsgs(sk, cb);

	nl_cb_put(cb);
	return err;
}

int __wrap_nl_send_auto(struct nl_sock *sk, struct nl_msg *msg);
int __wrap_nl_send_auto(struct nl_sock *sk, struct nl_msg *msg)
{
	rows = 0;
	nl_complete_msg(sk, msg);
	return nlmsg_hdr(msg)->nlmsg_len;
}

int __real_genlmsg_parse(struct nlmsghdr *h, int skip, struct nlattr **tb, int max,
			 const struct nla_policy *policy);
int __wrap_genlmsg_parse(struct nlmsghdr *h, int skip, struct nlattr **tb, int max,
			 const struct nla_policy *policy);
int __wrap_genlmsg_parse(struct nlmsghdr *h, int skip, struct nlattr **tb, int max,
			 const struct nla_policy *policy)
{
	rows++;
	return __real_genlmsg_parse(h, skip, tb, max, policy);
}

int __wrap_genl_ctrl_resolve_grp(struct nl_sock *sk, const char *name, const char *group);
int __wrap_genl_ctrl_resolve_grp(struct nl_sock *sk, const char *name, const char *group)
{
	(void)sk;
	(void)name;
	(void)group;
	return 1;
}

int __wrap_nl_socket_add_membership(struct nl_sock *sk, int group);
int __wrap_nl_socket_add_membership(struct nl_sock *sk, int group)
{
	(void)sk;
	(void)group;
	return 0;
}

int __wrap_poll(struct pollfd *p, nfds_t nr, int timeout);
int __wrap_poll(struct pollfd *p, nfds_t nr, int timeout)
{
	(void)p;
	(void)nr;
	(void)timeout;
	return 1;
}

/* libnl is without a sanitizer, and reads as much as it is asked for. */
uint8_t __real_nla_get_u8(const struct nlattr *a);
uint8_t __wrap_nla_get_u8(const struct nlattr *a);
uint8_t __wrap_nla_get_u8(const struct nlattr *a)
{
	MUST(nla_len(a) >= (int)sizeof(uint8_t));
	return __real_nla_get_u8(a);
}

uint32_t __real_nla_get_u32(const struct nlattr *a);
uint32_t __wrap_nla_get_u32(const struct nlattr *a);
uint32_t __wrap_nla_get_u32(const struct nlattr *a)
{
	MUST(nla_len(a) >= (int)sizeof(uint32_t));
	return __real_nla_get_u32(a);
}

uint64_t __real_nla_get_u64(const struct nlattr *a);
uint64_t __wrap_nla_get_u64(const struct nlattr *a);
uint64_t __wrap_nla_get_u64(const struct nlattr *a)
{
	MUST(nla_len(a) >= (int)sizeof(uint64_t));
	return __real_nla_get_u64(a);
}

static void check_text(const char *text)
{
	MUST(text);
	for (; *text; text++)
		MUST((u8)*text >= ' ' && *text != 0x7f);
}

static void check_words(const struct words *w)
{
	unsigned int i;

	for (i = 1; i < w->nr_leaves; i++)
		MUST(w->leaf[i - 1].leaf < w->leaf[i].leaf ||
		     (w->leaf[i - 1].leaf == w->leaf[i].leaf &&
		      w->leaf[i - 1].subleaf < w->leaf[i].subleaf));
	for (i = 1; i < w->nr_msrs; i++)
		MUST(w->msr[i - 1].index < w->msr[i].index);
}

static void check_vm(const struct vm *vm)
{
	unsigned int i;

	check_text(vm->comm);
	for (i = 0; i < vm->nr_seen; i++)
		MUST(!vm->seen[i].msr || !(vm->seen[i].lost[2] | vm->seen[i].lost[3]));
}

static int call_status(void)
{
	struct status s;
	int err = kernel_status(&s);
	unsigned int i;

	if (err)
		return err;
	check_text(s.version);
	if (s.name)
		check_text(s.name);
	for (i = 0; i < s.nr_hooks; i++) {
		check_text(s.hook[i].module);
		check_text(s.hook[i].symbol);
		check_text(s.hook[i].lost);
	}
	status_free(&s);
	return 0;
}

static int call_offer(void)
{
	struct words offer;
	u32 vendor = 0;
	int err = kernel_offer(&vendor, &offer);

	if (err)
		return err;
	check_words(&offer);
	words_free(&offer);
	return 0;
}

static int call_baseline(void)
{
	struct baseline b;
	int err = kernel_baseline(1, &b);

	if (err)
		return err;
	MUST(b.id);
	MUST(memchr(b.name, 0, sizeof(b.name)));
	check_text(b.name);
	check_words(&b.def);
	check_words(&b.max);
	baseline_free(&b);
	return 0;
}

/* The question has all that an error may point at. */
static int set(bool process)
{
	struct kl_leaf leaves[] = { { .leaf = 1 }, { .leaf = 7, .subleaf = 1 } };
	struct kl_msr msrs[] = { { .index = 0x10a, .value = 3 } };
	struct words w = { .leaf = leaves, .msr = msrs, .nr_leaves = 2, .nr_msrs = 1 };
	struct baseline b = { .name = "blue", .has_max = true, .def = w, .max = w };
	struct set_answer answer;

	return kernel_set(&b, process, true, &answer);
}

static int call_set(void)
{
	return set(false);
}

static int call_process(void)
{
	return set(true);
}

static int call_mode(void)
{
	return kernel_mode(1, 1);
}

static int call_vm(void)
{
	struct vm vm;
	int err = kernel_vm(1, &vm);

	if (err)
		return err;
	check_vm(&vm);
	vm_free(&vm);
	return 0;
}

static int call_vms(void)
{
	struct vm *vm = NULL;
	unsigned int nr = 0, i;
	int err = kernel_vms(&vm, &nr);

	if (err)
		return err;
	MUST(nr == rows);
	for (i = 0; i < nr; i++) {
		check_vm(&vm[i]);
		vm_free(&vm[i]);
	}
	free(vm);
	return 0;
}

static int call_adopt(void)
{
	return kernel_adopt(1, true);
}

static int call_watch(void)
{
	return kernel_watch(1, true);
}

static bool on_event(void *ctx, const struct event *e)
{
	unsigned int *heard = ctx;

	if (e->name)
		check_text(e->name);
	if (e->text)
		check_text(e->text);
	MUST(!e->has_reg || e->reg < KL_NR_REGS);
	++*heard;
	return true;
}

static void on_ready(void)
{
}

/* Until the socket has no more; an event alone is a success. */
static int call_events(void)
{
	unsigned int heard = 0;
	int err = kernel_events(on_event, &heard, on_ready, -1);

	return heard ? 0 : err;
}

static int (*const calls[KVM_LEVEL_CMD_MAX + 1][2])(void) = {
	[KVM_LEVEL_CMD_STATUS_GET] = { call_status },
	[KVM_LEVEL_CMD_HOST_GET] = { call_offer },
	[KVM_LEVEL_CMD_BASELINE_GET] = { call_baseline },
	[KVM_LEVEL_CMD_BASELINE_SET] = { call_set },
	[KVM_LEVEL_CMD_BASELINE_CLEAR] = { kernel_clear },
	[KVM_LEVEL_CMD_PROCESS_SET] = { call_process },
	[KVM_LEVEL_CMD_MODE_SET] = { call_mode },
	[KVM_LEVEL_CMD_VM_GET] = { call_vm, call_vms },
	[KVM_LEVEL_CMD_VM_ADOPT] = { call_adopt },
	[KVM_LEVEL_CMD_VM_WATCH] = { call_watch },
	[KVM_LEVEL_CMD_EVENT_NTF] = { call_events },
};

static int hear(const struct answer *answer, const u8 *data, size_t size)
{
	int (*call)(void) = calls[answer->cmd][answer->dump];
	int err;

	MUST(call);
	rest = data;
	left = size;
	err = call();
	MUST(err <= 0 && err >= -4095);
	return err;
}

/*
 * Each kind of answer by itself: one that is as the yaml has it is taken. Without this the
 * fuzzer could be content with levelctl refusing everything.
 */
static bool right_answers_are_taken(void)
{
	static u8 data[ANSWER_MAX];
	bool all = true;
	unsigned int i;
	size_t len;
	int err;

	for (i = 0; i < answer_count(); i++) {
		const struct answer *answer = answer_at(i);

		len = answer_valid(i, data, sizeof(data));
		MUST(len < sizeof(data));
		err = hear(answer, data + 1, len - 1);
		if (err)
			printf("not ok answer to %s is taken: error %d\n", answer->name, err);
		else
			printf("ok answer to %s is taken\n", answer->name);
		all &= !err;
	}
	return all;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	setvbuf(stdout, NULL, _IOLBF, 0);
	netlink_socket = nl_socket_alloc();
	MUST(netlink_socket);
	if (getenv("FUZZ_RIGHT"))
		exit(!right_answers_are_taken());
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	if (size)
		hear(answer_of(data[0]), data + 1, size - 1);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/* Messages of every command, and what can be wrong with the small ones. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "nlprobe.h"

/* --- Well-formed ------------------------------------------------------------ */

void status_get(struct msg *m)
{
	msg_start(m, CMD(STATUS_GET));
}

void host_get(struct msg *m)
{
	msg_start(m, CMD(HOST_GET));
}

void baseline_get(struct msg *m)
{
	msg_start(m, CMD(BASELINE_GET));
}

void baseline_set(struct msg *m)
{
	msg_start(m, CMD(BASELINE_SET));
	put_text(m, A(NAME), "twin");
	put_words(m, A(DEFAULT), &good_words);
}

void baseline_clear(struct msg *m)
{
	msg_start(m, CMD(BASELINE_CLEAR));
}

void process_set(struct msg *m)
{
	baseline_set(m);
	msg_command(m)->cmd = CMD(PROCESS_SET);
}

void mode_set(struct msg *m)
{
	msg_start(m, CMD(MODE_SET));
	put_u32(m, A(MODE), good_mode);
	put_u32(m, A(EXITS), good_exits);
}

void vm_get(struct msg *m)
{
	msg_start(m, CMD(VM_GET));
	put_u32(m, A(VM_ID), vm_id);
}

void vm_dump(struct msg *m)
{
	msg_start(m, CMD(VM_GET));
	msg_header(m)->nlmsg_flags |= NLM_F_DUMP;
}

void vm_adopt(struct msg *m)
{
	msg_start(m, CMD(VM_ADOPT));
	put_u32(m, A(VM_ID), vm_id);
	put_u8(m, A(ON), 0);
}

void vm_watch(struct msg *m)
{
	msg_start(m, CMD(VM_WATCH));
	put_u32(m, A(VM_ID), vm_id);
	put_u8(m, A(ON), 0);
}

static const u16 nothing[] = { 0 };
static const u16 id[] = { A(ID), 0 };
static const u16 set[] = { A(NAME), A(DEFAULT), A(MAX_SET), A(FORCE), 0 };
static const u16 mode_and_exits[] = { A(MODE), A(EXITS), 0 };
static const u16 vm[] = { A(VM_ID), 0 };
static const u16 vm_and_on[] = { A(VM_ID), A(ON), 0 };

/* CLEAR comes last: what stands before it wants a baseline. */
const struct command commands[] = {
	{ "status_get", status_get, nothing },
	{ "host_get", host_get, nothing },
	{ "baseline_get", baseline_get, id },
	{ "baseline_set", baseline_set, set },
	{ "process_set", process_set, set },
	{ "mode_set", mode_set, mode_and_exits },
	{ "vm_get", vm_get, vm },
	{ "vm_dump", vm_dump, nothing },
	{ "vm_adopt", vm_adopt, vm_and_on },
	{ "vm_watch", vm_watch, vm_and_on },
	{ "baseline_clear", baseline_clear, nothing },
};

const unsigned int nr_commands = ARRAY_SIZE(commands);

/* --- Headers ---------------------------------------------------------------- */

/* A mode that isn't the present one: taking only a part of the message would show. */
static u32 other_mode(void)
{
	return good_mode == KVM_LEVEL_MODE_OFF ? KVM_LEVEL_MODE_ENFORCE : KVM_LEVEL_MODE_OFF;
}

void change_mode(struct msg *m)
{
	msg_start(m, CMD(MODE_SET));
	put_u32(m, A(MODE), other_mode());
}

static void half_a_header(struct msg *m)
{
	change_mode(m);
	m->sent = NLMSG_HDRLEN / 2;
}

static void says_more_than_sent(struct msg *m)
{
	change_mode(m);
	m->sent = m->len - 4;
}

static void says_less_than_a_header(struct msg *m)
{
	change_mode(m);
	msg_header(m)->nlmsg_len = NLMSG_HDRLEN - 1;
	m->sent = NLMSG_HDRLEN - 1;
}

static void no_request(struct msg *m)
{
	change_mode(m);
	msg_header(m)->nlmsg_flags = NLM_F_ACK;
}

static void no_generic_header(struct msg *m)
{
	change_mode(m);
	m->len = NLMSG_HDRLEN;
	msg_header(m)->nlmsg_len = m->len;
}

static void half_a_generic_header(struct msg *m)
{
	change_mode(m);
	m->len = NLMSG_HDRLEN + GENL_HDRLEN / 2;
	msg_header(m)->nlmsg_len = m->len;
}

static void command_0(struct msg *m)
{
	msg_start(m, 0);
}

static void command_beyond_the_last(struct msg *m)
{
	msg_start(m, KVM_LEVEL_CMD_MAX + 1);
}

static void command_that_is_an_event(struct msg *m)
{
	msg_start(m, CMD(EVENT_NTF));
}

static void version_2(struct msg *m)
{
	change_mode(m);
	msg_command(m)->version = KVM_LEVEL_FAMILY_VERSION + 1;
}

static void reserved_field(struct msg *m)
{
	change_mode(m);
	msg_command(m)->reserved = 1;
}

static void odd_flags(struct msg *m)
{
	change_mode(m);
	msg_header(m)->nlmsg_flags |= 0x100;	/* NLM_F_REPLACE, alone */
}

static void dump_of_status(struct msg *m)
{
	status_get(m);
	msg_header(m)->nlmsg_flags |= NLM_F_DUMP;
}

static void dump_of_mode_set(struct msg *m)
{
	change_mode(m);
	msg_header(m)->nlmsg_flags |= NLM_F_DUMP;
}

static void dump_of_one_vm(struct msg *m)
{
	vm_dump(m);
	blame(m, put_u32(m, A(VM_ID), vm_id));
}

static void dump_with_unknown_attribute(struct msg *m)
{
	vm_dump(m);
	blame(m, put_u32(m, KVM_LEVEL_A_MAIN_MAX + 1, 1));
}

/* --- Attributes' headers ---------------------------------------------------- */

static void half_an_attribute_header(struct msg *m)
{
	change_mode(m);
	put_raw(m, NULL, NLA_HDRLEN / 2);
}

static void attribute_longer_than_message(struct msg *m)
{
	change_mode(m);
	msg_attr(m, put_u32(m, A(EXITS), 0))->nla_len = 200;
}

static void attribute_with_longest_length(struct msg *m)
{
	change_mode(m);
	msg_attr(m, put_u32(m, A(EXITS), 0))->nla_len = 0xffff;
}

static void attribute_shorter_than_header(struct msg *m)
{
	change_mode(m);
	msg_attr(m, put_u32(m, A(EXITS), 0))->nla_len = NLA_HDRLEN - 1;
}

static void attribute_of_length_0(struct msg *m)
{
	change_mode(m);
	msg_attr(m, put_u32(m, A(EXITS), 0))->nla_len = 0;
}

static void bytes_behind_the_attributes(struct msg *m)
{
	change_mode(m);
	put_raw(m, "\1\0", 2);
}

static void attribute_type_0(struct msg *m)
{
	change_mode(m);
	blame(m, put_u32(m, 0, 1));
}

static void attribute_beyond_the_last(struct msg *m)
{
	change_mode(m);
	blame(m, put_u32(m, KVM_LEVEL_A_MAIN_MAX + 1, 1));
}

static void attribute_of_the_largest_type(struct msg *m)
{
	change_mode(m);
	blame(m, put_u32(m, (u16)NLA_TYPE_MASK, 1));
}

static void number_marked_as_nest(struct msg *m)
{
	change_mode(m);
	blame(m, put_u32(m, A(EXITS) | NLA_F_NESTED, 0));
}

/* --- Values ----------------------------------------------------------------- */

static void mode_4(struct msg *m)
{
	msg_start(m, CMD(MODE_SET));
	blame(m, put_u32(m, A(MODE), KVM_LEVEL_MODE_STRICT + 1));
}

static void mode_of_all_ones(struct msg *m)
{
	msg_start(m, CMD(MODE_SET));
	blame(m, put_u32(m, A(MODE), ~0u));
}

static void exits_2(struct msg *m)
{
	change_mode(m);
	blame(m, put_u32(m, A(EXITS), KVM_LEVEL_EXITS_ALWAYS + 1));
}

static void neither_mode_nor_exits(struct msg *m)
{
	msg_start(m, CMD(MODE_SET));
}

static void mode_twice(struct msg *m)
{
	msg_start(m, CMD(MODE_SET));
	put_u32(m, A(MODE), good_mode);
	blame(m, put_u32(m, A(MODE), other_mode()));
}

static void vm_id_0(struct msg *m)
{
	msg_start(m, CMD(VM_GET));
	blame(m, put_u32(m, A(VM_ID), 0));
}

static void vm_id_of_nobody(struct msg *m)
{
	msg_start(m, CMD(VM_GET));
	put_u32(m, A(VM_ID), 0x7fffffff);
}

static void vm_id_of_all_ones(struct msg *m)
{
	msg_start(m, CMD(VM_GET));
	put_u32(m, A(VM_ID), ~0u);
}

static void vm_get_without_id(struct msg *m)
{
	msg_start(m, CMD(VM_GET));
	m->missing = A(VM_ID);
}

static void vm_switch(struct msg *m, u8 cmd, u32 number, u8 on)
{
	msg_start(m, cmd);
	put_u32(m, A(VM_ID), number);
	put_u8(m, A(ON), on);
}

static void vm_switch_without_id(struct msg *m, u8 cmd)
{
	msg_start(m, cmd);
	put_u8(m, A(ON), 1);
	m->missing = A(VM_ID);
}

static void vm_switch_without_on(struct msg *m, u8 cmd)
{
	msg_start(m, cmd);
	put_u32(m, A(VM_ID), vm_id);
	m->missing = A(ON);
}

static void vm_switch_with_on_2(struct msg *m, u8 cmd)
{
	msg_start(m, cmd);
	put_u32(m, A(VM_ID), vm_id);
	blame(m, put_u8(m, A(ON), 2));
}

#define VM_SWITCH(what, CMD_)							\
	static void what##_vm_0(struct msg *m) { vm_switch(m, CMD(CMD_), 0, 1); } \
	static void what##_nobodys_vm(struct msg *m)				\
	{									\
		vm_switch(m, CMD(CMD_), 0x7fffffff, 1);				\
	}									\
	static void what##_without_id(struct msg *m) { vm_switch_without_id(m, CMD(CMD_)); } \
	static void what##_without_on(struct msg *m) { vm_switch_without_on(m, CMD(CMD_)); } \
	static void what##_with_on_2(struct msg *m) { vm_switch_with_on_2(m, CMD(CMD_)); } \
	void what##_on(struct msg *m) { vm_switch(m, CMD(CMD_), vm_id, 1); }

VM_SWITCH(adopt, VM_ADOPT)
VM_SWITCH(watch, VM_WATCH)

static void vm_id_twice(struct msg *m)
{
	msg_start(m, CMD(VM_WATCH));
	put_u32(m, A(VM_ID), 0x7fffffff);
	blame(m, put_u32(m, A(VM_ID), vm_id));
	put_u8(m, A(ON), 1);
}

static void baseline_id_0(struct msg *m)
{
	msg_start(m, CMD(BASELINE_GET));
	blame(m, put_u64(m, A(ID), 0));
}

static void baseline_id_of_none(struct msg *m)
{
	msg_start(m, CMD(BASELINE_GET));
	put_u64(m, A(ID), ~0ull);
}

const struct test message_tests[] = {
	/* netlink's core drops what has no whole header, and answers nothing. */
	{ "half_a_header_is_ignored", half_a_header, mode_set, 0, NULL, CORE_IGNORES },
	{ "header_that_says_more_than_was_sent_is_ignored", says_more_than_sent, mode_set,
	  0, NULL, CORE_IGNORES },
	{ "header_that_says_less_than_itself_is_ignored", says_less_than_a_header, mode_set,
	  0, NULL, CORE_IGNORES },
	/* ... and acknowledges, but doesn't pass on, what is no request. */
	{ "what_is_no_request_does_nothing", no_request, mode_set, 0, NULL, CORE_IGNORES },
	/* Generic netlink's core looks at its header before the family is asked. */
	{ "generic_header_is_missing", no_generic_header, mode_set, EINVAL, NULL, CORE },
	{ "generic_header_is_cut", half_a_generic_header, mode_set, EINVAL, NULL, CORE },
	{ "command_0", command_0, status_get, EOPNOTSUPP, NULL, CORE },
	{ "unknown_command", command_beyond_the_last, status_get, EOPNOTSUPP, NULL, CORE },
	{ "an_event_is_no_command", command_that_is_an_event, status_get, EOPNOTSUPP, NULL, CORE },
	{ "reserved_field_is_not_0", reserved_field, mode_set, EINVAL, NULL, MODULE },
	{ "odd_flags", odd_flags, mode_set, EINVAL, NULL, MODULE },
	{ "dump_of_what_is_no_list", dump_of_status, status_get, EOPNOTSUPP, NULL, CORE },
	{ "dump_that_would_change_something", dump_of_mode_set, mode_set, EOPNOTSUPP, NULL, CORE },
	{ "version_of_another_protocol", version_2, mode_set, EPROTONOSUPPORT, "version", MODULE },
	{ "dump_of_one_vm", dump_of_one_vm, vm_dump, EINVAL, NULL, MODULE },
	{ "dump_with_unknown_attribute", dump_with_unknown_attribute, vm_dump, EINVAL, NULL,
	  MODULE },

	{ "attribute_header_is_cut", half_an_attribute_header, mode_set, EINVAL, NULL, MODULE },
	{ "attribute_longer_than_its_message", attribute_longer_than_message, mode_set, EINVAL,
	  NULL, MODULE },
	{ "attribute_of_64_kilobytes", attribute_with_longest_length, mode_set, EINVAL, NULL,
	  MODULE },
	{ "attribute_shorter_than_its_header", attribute_shorter_than_header, mode_set, EINVAL,
	  NULL, MODULE },
	{ "attribute_of_length_0", attribute_of_length_0, mode_set, EINVAL, NULL, MODULE },
	{ "bytes_behind_the_attributes", bytes_behind_the_attributes, mode_set, EINVAL, NULL,
	  MODULE },
	{ "attribute_type_0", attribute_type_0, mode_set, EINVAL, NULL, MODULE },
	{ "attribute_beyond_the_last", attribute_beyond_the_last, mode_set, EINVAL, NULL, MODULE },
	{ "attribute_of_the_largest_type", attribute_of_the_largest_type, mode_set, EINVAL, NULL,
	  MODULE },
	{ "number_marked_as_nest", number_marked_as_nest, mode_set, EINVAL, NULL, MODULE },

	{ "mode_4", mode_4, mode_set, ERANGE, NULL, MODULE },
	{ "mode_of_all_ones", mode_of_all_ones, mode_set, ERANGE, NULL, MODULE },
	{ "exits_2", exits_2, mode_set, ERANGE, NULL, MODULE },
	{ "neither_mode_nor_exits", neither_mode_nor_exits, mode_set, EINVAL, "neither", MODULE },
	{ "mode_twice", mode_twice, mode_set, EINVAL, NULL, MODULE },
	{ "vm_id_0", vm_id_0, vm_get, ERANGE, NULL, MODULE },
	{ "vm_id_of_nobody", vm_id_of_nobody, vm_get, ENOENT, "no VM", MODULE },
	{ "vm_id_of_all_ones", vm_id_of_all_ones, vm_get, ENOENT, "no VM", MODULE },
	{ "vm_get_without_id", vm_get_without_id, vm_get, EINVAL, "number", MODULE },
	{ "vm_id_twice", vm_id_twice, vm_watch, EINVAL, NULL, MODULE },
	{ "adopt_vm_0", adopt_vm_0, vm_adopt, ERANGE, NULL, MODULE },
	{ "adopt_vm_of_nobody", adopt_nobodys_vm, vm_adopt, ENOENT, "no VM", MODULE },
	{ "adopt_without_id", adopt_without_id, adopt_on, EINVAL, "number", MODULE },
	{ "adopt_without_on", adopt_without_on, vm_adopt, EINVAL, "on or off", MODULE },
	{ "adopt_with_on_2", adopt_with_on_2, vm_adopt, ERANGE, NULL, MODULE },
	{ "watch_vm_0", watch_vm_0, vm_watch, ERANGE, NULL, MODULE },
	{ "watch_vm_of_nobody", watch_nobodys_vm, vm_watch, ENOENT, "no VM", MODULE },
	{ "watch_without_id", watch_without_id, watch_on, EINVAL, "number", MODULE },
	{ "watch_without_on", watch_without_on, vm_watch, EINVAL, "on or off", MODULE },
	{ "watch_with_on_2", watch_with_on_2, vm_watch, ERANGE, NULL, MODULE },
	{ "baseline_id_0", baseline_id_0, baseline_get, ERANGE, NULL, MODULE },
	{ "baseline_id_of_none", baseline_id_of_none, baseline_get, ENOENT, "no live baseline",
	  MODULE },
	{ }
};

/* --- Without a baseline ----------------------------------------------------- */

static void cleared(void)
{
	static struct msg m;
	struct reply r;

	baseline_clear(&m);
	ask(root_fd, &m, &r);
	if (r.error)
		die("can't clear the baseline: %s", r.text);
	reply_free(&r);
}

void without_baseline(void)
{
	static const struct test tests[] = {
		{ "baseline_get_without_baseline", baseline_get, status_get, ENOENT,
		  "no baseline is set", MODULE },
		{ "adopt_without_baseline", adopt_on, vm_adopt, ENOENT, "no baseline is set",
		  MODULE },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(tests); i++) {
		cleared();
		test_run(&tests[i]);
	}
	restore();
}

/* --- Loops ------------------------------------------------------------------ */

static bool takes(const struct command *c, u16 type)
{
	for (const u16 *t = c->takes; *t; t++)
		if (*t == type)
			return true;
	return false;
}

static const struct command *looping;
static u16 loop_type;
static size_t loop_len;

static void with_foreign_attribute(struct msg *m)
{
	static const u8 ones[] = { 1, 0, 0, 0, 1, 0, 0, 0 };

	looping->build(m);
	blame(m, put(m, loop_type, ones, loop_len));
}

/*
 * Run a test many times under one name.  False as soon as it fails: it has said
 * why.
 */
static bool refused_without_trace(const char *name, void (*bad)(struct msg *m), int error)
{
	static struct msg m;
	struct test t = { .error = error, .by = MODULE };
	struct state before, after;
	const char *wrong;
	struct reply r;

	state_take(&before);
	bad(&m);
	ask(root_fd, &m, &r);
	if (verbose)
		describe(name, &r, &m);
	wrong = refusal_wrong(&r, &m, &t);
	reply_free(&r);
	state_take(&after);
	if (!wrong && !state_same(&before, &after))
		wrong = "refused, but something has changed";
	state_free(&before);
	state_free(&after);
	if (!wrong)
		return true;
	not_ok(name, "attribute %u with %zu bytes: %s", loop_type, loop_len, wrong);
	restore();
	return false;
}

static void twin(const char *name, void (*good)(struct msg *m))
{
	static struct msg m;
	struct reply r;

	good(&m);
	ask(root_fd, &m, &r);
	if (!r.answered || r.error)
		not_ok(name, "its allowed twin was refused: %d, \"%s\"", r.error, r.text);
	else
		ok(name);
	reply_free(&r);
}

/* Every attribute of the family, with every command that doesn't take it. */
void attributes_of_others(void)
{
	char name[80];

	for (unsigned int c = 0; c < nr_commands; c++) {
		bool fine = true;

		looping = &commands[c];
		snprintf(name, sizeof(name), "%s_takes_no_attribute_of_others", looping->name);
		for (loop_type = 1; fine && loop_type <= KVM_LEVEL_A_MAIN_MAX + 2; loop_type++) {
			for (loop_len = 0; fine && loop_len <= 8; loop_len += 4)
				if (!takes(looping, loop_type))
					fine = refused_without_trace(name, with_foreign_attribute,
								     EINVAL);
		}
		if (fine)
			twin(name, looping->build);
		restore();
	}
}

/* The attribute under test comes last: what stands before it is well-formed. */
static void of_odd_size(struct msg *m)
{
	looping->build(m);
	m->len = NLMSG_HDRLEN + GENL_HDRLEN;
	if (loop_type == A(EXITS))
		put_u32(m, A(MODE), other_mode());
	if (loop_type == A(ON))
		put_u32(m, A(VM_ID), vm_id);
	if (loop_type == A(FORCE)) {
		put_text(m, A(NAME), "odd");
		put_words(m, A(DEFAULT), &good_words);
	}
	blame(m, put_zeros(m, loop_type, loop_len));
}

void sizes(void)
{
	static const struct {
		const char *name, *command;
		u16 type;
		size_t size;
	} attrs[] = {
		{ "size_of_mode", "mode_set", A(MODE), 4 },
		{ "size_of_exits", "mode_set", A(EXITS), 4 },
		{ "size_of_baseline_id", "baseline_get", A(ID), 8 },
		{ "size_of_vm_id", "vm_get", A(VM_ID), 4 },
		{ "size_of_on", "vm_adopt", A(ON), 1 },
		{ "size_of_on_to_watch", "vm_watch", A(ON), 1 },
		{ "size_of_force", "baseline_set", A(FORCE), 0 },
		{ "size_of_force_of_a_process", "process_set", A(FORCE), 0 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(attrs); i++) {
		bool fine = true;

		looping = commands;
		while (strcmp(looping->name, attrs[i].command))
			looping++;
		loop_type = attrs[i].type;
		for (loop_len = 0; fine && loop_len <= 12; loop_len++) {
			if (loop_len == attrs[i].size)
				continue;
			fine = refused_without_trace(attrs[i].name, of_odd_size,
						     attrs[i].size ? EINVAL : ERANGE);
		}
		if (fine)
			twin(attrs[i].name, looping->build);
	}
}

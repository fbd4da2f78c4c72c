// SPDX-License-Identifier: GPL-2.0
/* The module's commands, one function each. */
#include <linux/genetlink.h>
#include <netlink/genl/genl.h>

#include "netlink_ask.h"

static int parse_status(struct nl_msg *msg, struct nlattr **tb, void *to)
{
	struct status *s = to;
	struct nlattr *a;
	int rem;

	if (!tb[KVM_LEVEL_A_MAIN_PROTOCOL] || !tb[KVM_LEVEL_A_MAIN_MODE] || s->version)
		return -EBADMSG;
	s->protocol = u32_of(tb, KVM_LEVEL_A_MAIN_PROTOCOL);
	s->version = tb[KVM_LEVEL_A_MAIN_MODULE_VERSION] ?
		     attr_string(tb[KVM_LEVEL_A_MAIN_MODULE_VERSION]) : xprintf("unknown");
	s->vendor = u32_of(tb, KVM_LEVEL_A_MAIN_VENDOR);
	s->mode = u32_of(tb, KVM_LEVEL_A_MAIN_MODE);
	s->exits = u32_of(tb, KVM_LEVEL_A_MAIN_EXITS);
	s->gates = u32_of(tb, KVM_LEVEL_A_MAIN_GATES);
	s->id = u64_of(tb, KVM_LEVEL_A_MAIN_ID);
	if (tb[KVM_LEVEL_A_MAIN_NAME])
		s->name = attr_string(tb[KVM_LEVEL_A_MAIN_NAME]);
	s->forced = tb[KVM_LEVEL_A_MAIN_FORCED];
	s->lacking = tb[KVM_LEVEL_A_MAIN_LACKING];
	s->vms = u32_of(tb, KVM_LEVEL_A_MAIN_VMS);
	s->stranded = u32_of(tb, KVM_LEVEL_A_MAIN_STRANDED);

	/* The table holds only the last of the hooks: walk the message. */
	nlmsg_for_each_attr(a, nlmsg_hdr(msg), GENL_HDRLEN, rem) {
		if (nla_type(a) != KVM_LEVEL_A_MAIN_HOOK)
			continue;
		s->hook = xrealloc(s->hook, s->nr_hooks + 1, sizeof(*s->hook));
		if (attr_get_hook(a, &s->hook[s->nr_hooks]))
			return -EBADMSG;
		s->nr_hooks++;
	}
	return 0;
}

static int get_status(struct status *s, int bear)
{
	int err;

	*s = (struct status){ 0 };
	err = ask(message(KVM_LEVEL_CMD_STATUS_GET, 0), parse_status, s, bear, NULL);
	if (err)
		status_free(s);
	return err;
}

int kernel_status(struct status *s)
{
	return get_status(s, 0);
}

int kernel_status_try(struct status *s)
{
	return get_status(s, -EPERM);
}

void status_free(struct status *s)
{
	unsigned int i;

	for (i = 0; i < s->nr_hooks; i++) {
		free(s->hook[i].module);
		free(s->hook[i].symbol);
		free(s->hook[i].lost);
	}
	free(s->hook);
	free(s->version);
	free(s->name);
	*s = (struct status){ 0 };
}

struct offer {
	u32 *vendor;
	struct words *words;
};

static int parse_offer(struct nl_msg *msg, struct nlattr **tb, void *to)
{
	struct offer *offer = to;

	(void)msg;
	*offer->vendor = u32_of(tb, KVM_LEVEL_A_MAIN_VENDOR);
	if (!tb[KVM_LEVEL_A_MAIN_OFFER])
		return 0;
	return attr_get_set(tb[KVM_LEVEL_A_MAIN_OFFER], offer->words);
}

int kernel_offer(u32 *vendor, struct words *offer)
{
	struct offer to = { .vendor = vendor, .words = offer };
	int err;

	*offer = (struct words){ 0 };
	err = ask(message(KVM_LEVEL_CMD_HOST_GET, 0), parse_offer, &to, 0, NULL);
	if (err)
		words_free(offer);
	return err;
}

void baseline_free(struct baseline *b)
{
	words_free(&b->def);
	words_free(&b->max);
	*b = (struct baseline){ 0 };
}

struct kl_set baseline_max(const struct baseline *b)
{
	return words_set(b->has_max ? &b->max : &b->def);
}

static int parse_baseline(struct nl_msg *msg, struct nlattr **tb, void *to)
{
	struct baseline *b = to;
	char *name;
	int err;

	(void)msg;
	if (!u64_of(tb, KVM_LEVEL_A_MAIN_ID) || !tb[KVM_LEVEL_A_MAIN_DEFAULT] || b->id)
		return -EBADMSG;
	b->id = u64_of(tb, KVM_LEVEL_A_MAIN_ID);
	if (tb[KVM_LEVEL_A_MAIN_NAME]) {
		name = attr_string(tb[KVM_LEVEL_A_MAIN_NAME]);
		snprintf(b->name, sizeof(b->name), "%s", name);
		free(name);
	}
	b->forced = tb[KVM_LEVEL_A_MAIN_FORCED];
	err = attr_get_set(tb[KVM_LEVEL_A_MAIN_DEFAULT], &b->def);
	if (!err && tb[KVM_LEVEL_A_MAIN_MAX_SET]) {
		b->has_max = true;
		err = attr_get_set(tb[KVM_LEVEL_A_MAIN_MAX_SET], &b->max);
	}
	return err;
}

int kernel_baseline(u64 id, struct baseline *b)
{
	struct nl_msg *msg = message(KVM_LEVEL_CMD_BASELINE_GET, 0);
	int err;

	*b = (struct baseline){ 0 };
	if (id)
		nla_put_u64(msg, KVM_LEVEL_A_MAIN_ID, id);
	err = ask(msg, parse_baseline, b, -ENOENT, NULL);
	if (err)
		baseline_free(b);
	return err;
}

static int parse_set(struct nl_msg *msg, struct nlattr **tb, void *to)
{
	struct set_answer *answer = to;

	(void)msg;
	answer->id = u64_of(tb, KVM_LEVEL_A_MAIN_ID);
	answer->unchanged = tb[KVM_LEVEL_A_MAIN_UNCHANGED];
	answer->stranded = u32_of(tb, KVM_LEVEL_A_MAIN_STRANDED);
	return 0;
}

int kernel_set(const struct baseline *b, bool process, bool force, struct set_answer *answer)
{
	struct nl_msg *msg = message(process ? KVM_LEVEL_CMD_PROCESS_SET :
				     KVM_LEVEL_CMD_BASELINE_SET, 0);
	int err;

	*answer = (struct set_answer){ 0 };
	err = nla_put_string(msg, KVM_LEVEL_A_MAIN_NAME, b->name);
	if (!err)
		err = attr_put_set(msg, KVM_LEVEL_A_MAIN_DEFAULT, &b->def);
	if (!err && b->has_max)
		err = attr_put_set(msg, KVM_LEVEL_A_MAIN_MAX_SET, &b->max);
	if (!err && force)
		err = nla_put_flag(msg, KVM_LEVEL_A_MAIN_FORCE);
	if (err) {
		say("the baseline is too large for one message");
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	return ask(msg, parse_set, answer, 0, NULL);
}

int kernel_clear(void)
{
	return ask(message(KVM_LEVEL_CMD_BASELINE_CLEAR, 0), NULL, NULL, 0, NULL);
}

int kernel_mode(int mode, int exits)
{
	struct nl_msg *msg = message(KVM_LEVEL_CMD_MODE_SET, 0);

	if (mode >= 0)
		nla_put_u32(msg, KVM_LEVEL_A_MAIN_MODE, mode);
	if (exits >= 0)
		nla_put_u32(msg, KVM_LEVEL_A_MAIN_EXITS, exits);
	return ask(msg, NULL, NULL, 0, NULL);
}

void vm_free(struct vm *vm)
{
	free(vm->comm);
	free(vm->seen);
	*vm = (struct vm){ 0 };
}

static int parse_vm(struct nl_msg *msg, struct nlattr **tb, void *to)
{
	struct vm *vm = to;

	(void)msg;
	if (!tb[KVM_LEVEL_A_MAIN_VM] || vm->comm)
		return -EBADMSG;
	return attr_get_vm(tb[KVM_LEVEL_A_MAIN_VM], vm);
}

int kernel_vm(u32 id, struct vm *vm)
{
	struct nl_msg *msg = message(KVM_LEVEL_CMD_VM_GET, 0);
	int err;

	*vm = (struct vm){ 0 };
	nla_put_u32(msg, KVM_LEVEL_A_MAIN_VM_ID, id);
	err = ask(msg, parse_vm, vm, 0, NULL);
	if (err)
		vm_free(vm);
	return err;
}

struct vm_list {
	struct vm *vm;
	unsigned int nr;
};

static void vm_list_free(struct vm_list *list)
{
	while (list->nr)
		vm_free(&list->vm[--list->nr]);
	free(list->vm);
	list->vm = NULL;
}

static int parse_vm_row(struct nl_msg *msg, struct nlattr **tb, void *to)
{
	struct vm_list *list = to;
	int err;

	(void)msg;
	if (!tb[KVM_LEVEL_A_MAIN_VM])
		return -EBADMSG;
	list->vm = xrealloc(list->vm, list->nr + 1, sizeof(*list->vm));
	err = attr_get_vm(tb[KVM_LEVEL_A_MAIN_VM], &list->vm[list->nr]);
	if (!err)
		list->nr++;
	return err;
}

int kernel_vms(struct vm **vm, unsigned int *nr)
{
	struct vm_list list = { 0 };
	bool interrupted;
	int err, tries;

	/* VMs come and go; a list from the middle of that is fetched anew. */
	for (tries = 0; tries < 10; tries++) {
		err = ask(message(KVM_LEVEL_CMD_VM_GET, NLM_F_DUMP), parse_vm_row, &list, 0,
			  &interrupted);
		if (!err && !interrupted)
			break;
		vm_list_free(&list);
		if (err)
			return err;
	}
	if (interrupted) {
		say("the list of VMs changes faster than it can be read");
		return -EAGAIN;
	}
	*vm = list.vm;
	*nr = list.nr;
	return 0;
}

static int vm_switch(int cmd, u32 id, bool on)
{
	struct nl_msg *msg = message(cmd, 0);

	nla_put_u32(msg, KVM_LEVEL_A_MAIN_VM_ID, id);
	nla_put_u8(msg, KVM_LEVEL_A_MAIN_ON, on);
	return ask(msg, NULL, NULL, 0, NULL);
}

int kernel_adopt(u32 id, bool on)
{
	return vm_switch(KVM_LEVEL_CMD_VM_ADOPT, id, on);
}

int kernel_watch(u32 id, bool on)
{
	return vm_switch(KVM_LEVEL_CMD_VM_WATCH, id, on);
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/genetlink.h>

#include "netlink_attr.h"

struct nla_policy main_policy[__KVM_LEVEL_A_MAIN_MAX] = {
	[KVM_LEVEL_A_MAIN_PROTOCOL] = { .type = NLA_U32 },
	[KVM_LEVEL_A_MAIN_MODULE_VERSION] = { .type = NLA_STRING },
	[KVM_LEVEL_A_MAIN_VENDOR] = { .type = NLA_U32 },
	[KVM_LEVEL_A_MAIN_MODE] = { .type = NLA_U32 },
	[KVM_LEVEL_A_MAIN_EXITS] = { .type = NLA_U32 },
	[KVM_LEVEL_A_MAIN_GATES] = { .type = NLA_U32 },
	[KVM_LEVEL_A_MAIN_HOOK] = { .type = NLA_NESTED },
	[KVM_LEVEL_A_MAIN_ID] = { .type = NLA_U64 },
	[KVM_LEVEL_A_MAIN_NAME] = { .type = NLA_STRING },
	[KVM_LEVEL_A_MAIN_DEFAULT] = { .type = NLA_NESTED },
	[KVM_LEVEL_A_MAIN_MAX_SET] = { .type = NLA_NESTED },
	[KVM_LEVEL_A_MAIN_FORCE] = { .type = NLA_FLAG },
	[KVM_LEVEL_A_MAIN_FORCED] = { .type = NLA_FLAG },
	[KVM_LEVEL_A_MAIN_OFFER] = { .type = NLA_NESTED },
	[KVM_LEVEL_A_MAIN_VM] = { .type = NLA_NESTED },
	[KVM_LEVEL_A_MAIN_VM_ID] = { .type = NLA_U32 },
	[KVM_LEVEL_A_MAIN_VMS] = { .type = NLA_U32 },
	[KVM_LEVEL_A_MAIN_STRANDED] = { .type = NLA_U32 },
	[KVM_LEVEL_A_MAIN_UNCHANGED] = { .type = NLA_FLAG },
	[KVM_LEVEL_A_MAIN_EVENT] = { .type = NLA_U32 },
	[KVM_LEVEL_A_MAIN_LEAF] = { .type = NLA_U32 },
	[KVM_LEVEL_A_MAIN_SUBLEAF] = { .type = NLA_U32 },
	[KVM_LEVEL_A_MAIN_REG] = { .type = NLA_U32 },
	[KVM_LEVEL_A_MAIN_MSR] = { .type = NLA_U32 },
	[KVM_LEVEL_A_MAIN_BITS] = { .type = NLA_U64 },
	[KVM_LEVEL_A_MAIN_TEXT] = { .type = NLA_STRING },
	[KVM_LEVEL_A_MAIN_ON] = { .type = NLA_U8 },
	[KVM_LEVEL_A_MAIN_LACKING] = { .type = NLA_FLAG },
	[KVM_LEVEL_A_MAIN_CLEARED] = { .type = NLA_FLAG },
};

static struct nla_policy leaf_policy[KVM_LEVEL_A_LEAF_MAX + 1] = {
	[KVM_LEVEL_A_LEAF_LEAF] = { .type = NLA_U32 },
	[KVM_LEVEL_A_LEAF_SUBLEAF] = { .type = NLA_U32 },
	[KVM_LEVEL_A_LEAF_EAX] = { .type = NLA_U32 },
	[KVM_LEVEL_A_LEAF_EBX] = { .type = NLA_U32 },
	[KVM_LEVEL_A_LEAF_ECX] = { .type = NLA_U32 },
	[KVM_LEVEL_A_LEAF_EDX] = { .type = NLA_U32 },
};

static struct nla_policy msr_policy[KVM_LEVEL_A_MSR_MAX + 1] = {
	[KVM_LEVEL_A_MSR_INDEX] = { .type = NLA_U32 },
	[KVM_LEVEL_A_MSR_VALUE] = { .type = NLA_U64 },
};

static struct nla_policy hook_policy[KVM_LEVEL_A_HOOK_MAX + 1] = {
	[KVM_LEVEL_A_HOOK_MODULE] = { .type = NLA_STRING },
	[KVM_LEVEL_A_HOOK_SYMBOL] = { .type = NLA_STRING },
	[KVM_LEVEL_A_HOOK_ARMED] = { .type = NLA_U8 },
	[KVM_LEVEL_A_HOOK_FATAL] = { .type = NLA_U8 },
	[KVM_LEVEL_A_HOOK_ERROR] = { .type = NLA_U32 },
	[KVM_LEVEL_A_HOOK_LOST] = { .type = NLA_STRING },
};

static struct nla_policy vm_policy[KVM_LEVEL_A_VM_MAX + 1] = {
	[KVM_LEVEL_A_VM_ID] = { .type = NLA_U32 },
	[KVM_LEVEL_A_VM_PID] = { .type = NLA_U32 },
	[KVM_LEVEL_A_VM_COMM] = { .type = NLA_STRING },
	[KVM_LEVEL_A_VM_FLAGS] = { .type = NLA_U32 },
	[KVM_LEVEL_A_VM_BASELINE] = { .type = NLA_U64 },
	[KVM_LEVEL_A_VM_CREATED] = { .type = NLA_U64 },
	[KVM_LEVEL_A_VM_VCPUS] = { .type = NLA_U32 },
	[KVM_LEVEL_A_VM_CUT] = { .type = NLA_U64 },
	[KVM_LEVEL_A_VM_WOULD_CUT] = { .type = NLA_U64 },
	[KVM_LEVEL_A_VM_REFUSED] = { .type = NLA_U64 },
	[KVM_LEVEL_A_VM_SEEN] = { .type = NLA_NESTED },
	[KVM_LEVEL_A_VM_SEEN_MISSED] = { .type = NLA_U64 },
};

static struct nla_policy seen_policy[KVM_LEVEL_A_SEEN_MAX + 1] = {
	[KVM_LEVEL_A_SEEN_IS_MSR] = { .type = NLA_U8 },
	[KVM_LEVEL_A_SEEN_INDEX] = { .type = NLA_U32 },
	[KVM_LEVEL_A_SEEN_SUBLEAF] = { .type = NLA_U32 },
	[KVM_LEVEL_A_SEEN_COUNT] = { .type = NLA_U64 },
	[KVM_LEVEL_A_SEEN_LOST] = { .type = NLA_UNSPEC, .minlen = 8, .maxlen = 16 },
};

/* A string may come without its 0; names are other people's and reach terminals. */
char *attr_string(const struct nlattr *a)
{
	const char *data = nla_data(a);

	return printable(xprintf("%.*s", (int)strnlen(data, nla_len(a)), data));
}

static u32 u32_of(struct nlattr **tb, int type)
{
	return tb[type] ? nla_get_u32(tb[type]) : 0;
}

static u64 u64_of(struct nlattr **tb, int type)
{
	return tb[type] ? nla_get_u64(tb[type]) : 0;
}

static char *string_of(struct nlattr **tb, int type)
{
	return tb[type] ? attr_string(tb[type]) : xprintf("%s", "");
}

static int put_leaf(struct nl_msg *msg, const struct kl_leaf *leaf)
{
	struct nlattr *nest = nla_nest_start(msg, KVM_LEVEL_A_SET_LEAF | NLA_F_NESTED);
	int err = 0, r;

	if (!nest)
		return -EMSGSIZE;
	err |= nla_put_u32(msg, KVM_LEVEL_A_LEAF_LEAF, leaf->leaf);
	err |= nla_put_u32(msg, KVM_LEVEL_A_LEAF_SUBLEAF, leaf->subleaf);
	for (r = 0; r < KL_NR_REGS; r++)
		err |= nla_put_u32(msg, KVM_LEVEL_A_LEAF_EAX + r, leaf->r[r]);
	nla_nest_end(msg, nest);
	return err ? -EMSGSIZE : 0;
}

static int put_msr(struct nl_msg *msg, const struct kl_msr *m)
{
	struct nlattr *nest = nla_nest_start(msg, KVM_LEVEL_A_SET_MSR | NLA_F_NESTED);
	int err = 0;

	if (!nest)
		return -EMSGSIZE;
	err |= nla_put_u32(msg, KVM_LEVEL_A_MSR_INDEX, m->index);
	err |= nla_put_u64(msg, KVM_LEVEL_A_MSR_VALUE, m->value);
	nla_nest_end(msg, nest);
	return err ? -EMSGSIZE : 0;
}

int attr_put_set(struct nl_msg *msg, int type, const struct words *w)
{
	struct nlattr *nest = nla_nest_start(msg, type | NLA_F_NESTED);
	unsigned int i;
	int err = nest ? 0 : -EMSGSIZE;

	for (i = 0; !err && i < w->nr_leaves; i++)
		err = put_leaf(msg, &w->leaf[i]);
	for (i = 0; !err && i < w->nr_msrs; i++)
		err = put_msr(msg, &w->msr[i]);
	/* An empty set is a set, too: libnl's nla_nest_end() would drop it. */
	if (!err)
		nla_nest_end_keep_empty(msg, nest);
	return err;
}

static int get_leaf(struct nlattr *a, struct words *w)
{
	struct nlattr *tb[KVM_LEVEL_A_LEAF_MAX + 1];
	struct kl_leaf leaf;
	int r;

	if (nla_parse_nested(tb, KVM_LEVEL_A_LEAF_MAX, a, leaf_policy) < 0 ||
	    !tb[KVM_LEVEL_A_LEAF_LEAF])
		return -EBADMSG;
	leaf.leaf = u32_of(tb, KVM_LEVEL_A_LEAF_LEAF);
	leaf.subleaf = u32_of(tb, KVM_LEVEL_A_LEAF_SUBLEAF);
	for (r = 0; r < KL_NR_REGS; r++)
		leaf.r[r] = u32_of(tb, KVM_LEVEL_A_LEAF_EAX + r);
	words_add_leaf(w, &leaf);
	return 0;
}

static int get_msr(struct nlattr *a, struct words *w)
{
	struct nlattr *tb[KVM_LEVEL_A_MSR_MAX + 1];

	if (nla_parse_nested(tb, KVM_LEVEL_A_MSR_MAX, a, msr_policy) < 0 ||
	    !tb[KVM_LEVEL_A_MSR_INDEX])
		return -EBADMSG;
	words_add_msr(w, u32_of(tb, KVM_LEVEL_A_MSR_INDEX), u64_of(tb, KVM_LEVEL_A_MSR_VALUE));
	return 0;
}

/* Does a leaf or MSR of @w, which are in order, stand twice? */
static bool any_twice(const struct words *w)
{
	unsigned int i;

	for (i = 1; i < w->nr_leaves; i++)
		if (w->leaf[i - 1].leaf == w->leaf[i].leaf &&
		    w->leaf[i - 1].subleaf == w->leaf[i].subleaf)
			return true;
	for (i = 1; i < w->nr_msrs; i++)
		if (w->msr[i - 1].index == w->msr[i].index)
			return true;
	return false;
}

int attr_get_set(struct nlattr *a, struct words *w)
{
	struct nlattr *row;
	int rem, err = 0;

	nla_for_each_nested(row, a, rem) {
		if (nla_type(row) == KVM_LEVEL_A_SET_LEAF)
			err = get_leaf(row, w);
		else if (nla_type(row) == KVM_LEVEL_A_SET_MSR)
			err = get_msr(row, w);
		if (err)
			return err;
	}
	words_sort(w);
	return any_twice(w) ? -EBADMSG : 0;
}

int attr_get_hook(struct nlattr *a, struct hook *h)
{
	struct nlattr *tb[KVM_LEVEL_A_HOOK_MAX + 1];

	if (nla_parse_nested(tb, KVM_LEVEL_A_HOOK_MAX, a, hook_policy) < 0)
		return -EBADMSG;
	h->module = string_of(tb, KVM_LEVEL_A_HOOK_MODULE);
	h->symbol = string_of(tb, KVM_LEVEL_A_HOOK_SYMBOL);
	h->lost = string_of(tb, KVM_LEVEL_A_HOOK_LOST);
	h->armed = tb[KVM_LEVEL_A_HOOK_ARMED] && nla_get_u8(tb[KVM_LEVEL_A_HOOK_ARMED]);
	h->fatal = tb[KVM_LEVEL_A_HOOK_FATAL] && nla_get_u8(tb[KVM_LEVEL_A_HOOK_FATAL]);
	h->error = (int)u32_of(tb, KVM_LEVEL_A_HOOK_ERROR);
	return 0;
}

static int get_seen(struct nlattr *a, struct seen *seen)
{
	struct nlattr *tb[KVM_LEVEL_A_SEEN_MAX + 1], *lost;

	if (nla_parse_nested(tb, KVM_LEVEL_A_SEEN_MAX, a, seen_policy) < 0)
		return -EBADMSG;
	*seen = (struct seen){
		.msr = tb[KVM_LEVEL_A_SEEN_IS_MSR] && nla_get_u8(tb[KVM_LEVEL_A_SEEN_IS_MSR]),
		.index = u32_of(tb, KVM_LEVEL_A_SEEN_INDEX),
		.subleaf = u32_of(tb, KVM_LEVEL_A_SEEN_SUBLEAF),
		.count = u64_of(tb, KVM_LEVEL_A_SEEN_COUNT),
	};
	lost = tb[KVM_LEVEL_A_SEEN_LOST];
	if (lost && nla_len(lost) != (seen->msr ? 8 : 16))
		return -EBADMSG;
	if (lost)
		memcpy(seen->lost, nla_data(lost), nla_len(lost));
	return 0;
}

int attr_get_vm(struct nlattr *a, struct vm *vm)
{
	struct nlattr *tb[KVM_LEVEL_A_VM_MAX + 1], *row;
	int rem;

	if (nla_parse_nested(tb, KVM_LEVEL_A_VM_MAX, a, vm_policy) < 0 || !tb[KVM_LEVEL_A_VM_ID])
		return -EBADMSG;
	*vm = (struct vm){
		.id = u32_of(tb, KVM_LEVEL_A_VM_ID),
		.pid = u32_of(tb, KVM_LEVEL_A_VM_PID),
		.comm = string_of(tb, KVM_LEVEL_A_VM_COMM),
		.flags = u32_of(tb, KVM_LEVEL_A_VM_FLAGS),
		.baseline = u64_of(tb, KVM_LEVEL_A_VM_BASELINE),
		.created = u64_of(tb, KVM_LEVEL_A_VM_CREATED),
		.vcpus = u32_of(tb, KVM_LEVEL_A_VM_VCPUS),
		.cut = u64_of(tb, KVM_LEVEL_A_VM_CUT),
		.would_cut = u64_of(tb, KVM_LEVEL_A_VM_WOULD_CUT),
		.refused = u64_of(tb, KVM_LEVEL_A_VM_REFUSED),
		.seen_missed = u64_of(tb, KVM_LEVEL_A_VM_SEEN_MISSED),
	};
	nla_for_each_nested(row, a, rem) {
		if (nla_type(row) != KVM_LEVEL_A_VM_SEEN)
			continue;
		vm->seen = xrealloc(vm->seen, vm->nr_seen + 1, sizeof(*vm->seen));
		if (get_seen(row, &vm->seen[vm->nr_seen])) {
			vm_free(vm);
			return -EBADMSG;
		}
		vm->nr_seen++;
	}
	return 0;
}

static const char *const main_names[__KVM_LEVEL_A_MAIN_MAX] = {
	[KVM_LEVEL_A_MAIN_ID] = "id",
	[KVM_LEVEL_A_MAIN_NAME] = "name",
	[KVM_LEVEL_A_MAIN_MODE] = "mode",
	[KVM_LEVEL_A_MAIN_EXITS] = "exits",
	[KVM_LEVEL_A_MAIN_DEFAULT] = "default",
	[KVM_LEVEL_A_MAIN_MAX_SET] = "max",
	[KVM_LEVEL_A_MAIN_FORCE] = "force",
	[KVM_LEVEL_A_MAIN_VM_ID] = "vm-id",
	[KVM_LEVEL_A_MAIN_ON] = "on",
};

static const char *const set_names[KVM_LEVEL_A_SET_MAX + 1] = {
	[KVM_LEVEL_A_SET_LEAF] = "leaf",
	[KVM_LEVEL_A_SET_MSR] = "msr",
};

static const char *const leaf_names[KVM_LEVEL_A_LEAF_MAX + 1] = {
	[KVM_LEVEL_A_LEAF_LEAF] = "leaf",
	[KVM_LEVEL_A_LEAF_SUBLEAF] = "subleaf",
	[KVM_LEVEL_A_LEAF_EAX] = "eax",
	[KVM_LEVEL_A_LEAF_EBX] = "ebx",
	[KVM_LEVEL_A_LEAF_ECX] = "ecx",
	[KVM_LEVEL_A_LEAF_EDX] = "edx",
};

static const char *const msr_names[KVM_LEVEL_A_MSR_MAX + 1] = {
	[KVM_LEVEL_A_MSR_INDEX] = "index",
	[KVM_LEVEL_A_MSR_VALUE] = "value",
};

const char *attr_main_name(unsigned int type)
{
	const char *name = type < __KVM_LEVEL_A_MAIN_MAX ? main_names[type] : NULL;

	return name ? name : "an attribute";
}

/* The attribute among @len bytes at @a that covers @at; @nth counts its type. */
static const struct nlattr *covering(const struct nlattr *a, int len, const char *at, int *nth)
{
	const struct nlattr *from = a, *b;
	int rem = len, left;

	for (; nla_ok(a, rem); a = nla_next(a, &rem)) {
		if (at < (const char *)a || at >= (const char *)a + nla_total_size(nla_len(a)))
			continue;
		*nth = 0;
		for (b = from, left = len; b != a; b = nla_next(b, &left))
			*nth += nla_type(b) == nla_type(a);
		return a;
	}
	return NULL;
}

char *attr_path(const struct nlmsghdr *sent, unsigned int offset)
{
	const char *at = (const char *)sent + offset;
	const struct nlattr *a;
	char *path, *more;
	const char *name;
	int nth, row;

	if (offset < NLMSG_HDRLEN + GENL_HDRLEN || offset >= sent->nlmsg_len)
		return NULL;
	a = covering(nlmsg_attrdata(sent, GENL_HDRLEN), nlmsg_attrlen(sent, GENL_HDRLEN), at, &nth);
	if (!a)
		return NULL;
	path = xprintf("%s", attr_main_name(nla_type(a)));
	if ((nla_type(a) != KVM_LEVEL_A_MAIN_DEFAULT && nla_type(a) != KVM_LEVEL_A_MAIN_MAX_SET) ||
	    at == (const char *)a)
		return path;

	a = covering(nla_data(a), nla_len(a), at, &row);
	if (!a || nla_type(a) > KVM_LEVEL_A_SET_MAX || !nla_type(a))
		return path;
	more = xprintf("%s.%s[%d]", path, set_names[nla_type(a)], row);
	free(path);
	path = more;
	if (at == (const char *)a)
		return path;

	row = nla_type(a);
	a = covering(nla_data(a), nla_len(a), at, &nth);
	name = NULL;
	if (a && row == KVM_LEVEL_A_SET_LEAF && nla_type(a) <= KVM_LEVEL_A_LEAF_MAX)
		name = leaf_names[nla_type(a)];
	else if (a && row == KVM_LEVEL_A_SET_MSR && nla_type(a) <= KVM_LEVEL_A_MSR_MAX)
		name = msr_names[nla_type(a)];
	if (!name)
		return path;
	more = xprintf("%s.%s", path, name);
	free(path);
	return more;
}

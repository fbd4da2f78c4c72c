// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: check, convert, call.  uapi/kvm_level.yaml is the
 * protocol of record.  Handlers run one at a time (genetlink's lock) and take
 * kl_mutex where they change something.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <net/genetlink.h>

#include "../uapi/kvm_level.h"
#include "event.h"
#include "gate.h"
#include "hook.h"
#include "main.h"
#include "netlink.h"
#include "netlink_set.h"
#include "vm.h"

#define A(x) KVM_LEVEL_A_MAIN_##x

/* One entry that refuses: for genetlink, a maxattr of 0 means the family's, beyond this array. */
static const struct nla_policy kl_policy_none[A(PROTOCOL) + 1] = { };

static const struct nla_policy kl_policy_id[A(ID) + 1] = {
	[A(ID)] = NLA_POLICY_MIN(NLA_U64, 1),
};

static const struct nla_policy kl_policy_set[A(FORCE) + 1] = {
	[A(NAME)] = { .type = NLA_NUL_STRING, .len = KL_NAME_MAX - 1 },
	[A(DEFAULT)] = NLA_POLICY_NESTED(kl_set_policy),
	[A(MAX_SET)] = NLA_POLICY_NESTED(kl_set_policy),
	[A(FORCE)] = { .type = NLA_FLAG },
};

static const struct nla_policy kl_policy_mode[A(EXITS) + 1] = {
	[A(MODE)] = NLA_POLICY_MAX(NLA_U32, KVM_LEVEL_MODE_STRICT),
	[A(EXITS)] = NLA_POLICY_MAX(NLA_U32, KVM_LEVEL_EXITS_ALWAYS),
};

static const struct nla_policy kl_policy_vm[A(VM_ID) + 1] = {
	[A(VM_ID)] = NLA_POLICY_MIN(NLA_U32, 1),
};

static const struct nla_policy kl_policy_vm_on[A(ON) + 1] = {
	[A(VM_ID)] = NLA_POLICY_MIN(NLA_U32, 1),
	[A(ON)] = NLA_POLICY_MAX(NLA_U8, 1),
};

/*
 * A family for the whole host: CAP_SYS_ADMIN in the initial user namespace,
 * of the opener of the socket and of the caller, not GENL_ADMIN_PERM's
 * CAP_NET_ADMIN.  And what no policy checks: the version, and nothing twice.
 * genetlink's pre_doit would be the place, but its type changed in 6.2.
 */
int kl_request_check(const struct sk_buff *skb, const struct nlmsghdr *nlh,
		     struct netlink_ext_ack *extack)
{
	const struct genlmsghdr *head = nlmsg_data(nlh);

	if (!netlink_capable(skb, CAP_SYS_ADMIN)) {
		NL_SET_ERR_MSG(extack, "this needs CAP_SYS_ADMIN in the initial user namespace");
		return -EPERM;
	}
	/* A status is for everybody: it says which version this is. */
	if (head->version != KVM_LEVEL_FAMILY_VERSION && head->cmd != KVM_LEVEL_CMD_STATUS_GET) {
		NL_SET_ERR_MSG(extack, "another version of the protocol than this module's");
		return -EPROTONOSUPPORT;
	}
	return kl_refuse_twice(nlmsg_attrdata(nlh, GENL_HDRLEN), nlmsg_attrlen(nlh, GENL_HDRLEN),
			       0, extack);
}

int kl_put_u32(struct sk_buff *skb, int attr, u32 value)
{
	return nla_put_u32(skb, attr, value);
}

int kl_put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, 0);
}

int kl_put_text(struct sk_buff *skb, int attr, const char *text)
{
	return nla_put(skb, attr, strlen(text) + 1, text);
}

struct sk_buff *kl_reply_new(struct genl_info *info, u8 cmd, size_t size, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);

	if (!skb)
		return NULL;
	*hdr = genlmsg_put_reply(skb, info, &kl_family, 0, cmd);
	if (!*hdr) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

int kl_reply_send(struct sk_buff *skb, void *hdr, struct genl_info *info, int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

static int kl_put_hook(const struct kl_hook *hook, void *ctx)
{
	struct sk_buff *skb = ctx;
	struct nlattr *nest;

	/* The load-time proof's own. */
	if (!strcmp(hook->module, KBUILD_MODNAME))
		return 0;
	nest = nla_nest_start(skb, A(HOOK));
	if (!nest || kl_put_text(skb, KVM_LEVEL_A_HOOK_MODULE, hook->module) ||
	    kl_put_text(skb, KVM_LEVEL_A_HOOK_SYMBOL, hook->symbol) ||
	    nla_put_u8(skb, KVM_LEVEL_A_HOOK_ARMED, !!hook->site) ||
	    nla_put_u8(skb, KVM_LEVEL_A_HOOK_FATAL, hook->fatal) ||
	    nla_put_s32(skb, KVM_LEVEL_A_HOOK_ERROR, hook->error) ||
	    kl_put_text(skb, KVM_LEVEL_A_HOOK_LOST, hook->lost))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static u32 kl_gates(void)
{
	u32 gates = 0;

	if (kl_hooks_armed("kvm", KL_HOOK_BASE))
		gates |= KVM_LEVEL_GATES_ADVERTISE | KVM_LEVEL_GATES_ADMIT;
	if (kl_hooks_armed("kvm", KL_HOOK_EXIT))
		gates |= KVM_LEVEL_GATES_EXIT;
	return gates;
}

static int kl_put_baseline_head(struct sk_buff *skb, const struct kl_baseline *b)
{
	return kl_put_u64(skb, A(ID), b->id) ?: kl_put_text(skb, A(NAME), b->name) ?:
	       (b->forced ? nla_put_flag(skb, A(FORCED)) : 0);
}

static int kl_nl_status_get(struct genl_info *info, char *text)
{
	struct kl_baseline *b;
	unsigned int vms, stranded;
	struct sk_buff *skb;
	void *hdr;
	int err;

	skb = kl_reply_new(info, KVM_LEVEL_CMD_STATUS_GET, NLMSG_GOODSIZE, &hdr);
	if (!skb)
		return -ENOMEM;
	mutex_lock(&kl_mutex);
	b = kl_baseline_current();
	kl_vms_count(b, &vms, &stranded);
	err = kl_put_u32(skb, A(PROTOCOL), KVM_LEVEL_FAMILY_VERSION) ?:
	      kl_put_text(skb, A(MODULE_VERSION), THIS_MODULE->version) ?:
	      kl_put_u32(skb, A(VENDOR), kl_vendor ? kl_vendor->id : KVM_LEVEL_VENDOR_NONE) ?:
	      kl_put_u32(skb, A(MODE), kl_mode) ?:
	      kl_put_u32(skb, A(EXITS), kl_exits) ?:
	      kl_put_u32(skb, A(GATES), kl_gates()) ?:
	      kl_hooks_each(kl_put_hook, skb) ?:
	      kl_put_u32(skb, A(VMS), vms) ?:
	      kl_put_u32(skb, A(STRANDED), stranded) ?:
	      (kl_host_lacking ? nla_put_flag(skb, A(LACKING)) : 0) ?:
	      (b ? kl_put_baseline_head(skb, b) : 0);
	mutex_unlock(&kl_mutex);
	kl_baseline_put(b);
	return kl_reply_send(skb, hdr, info, err);
}

static int kl_nl_host_get(struct genl_info *info, char *text)
{
	const struct kl_set *offer;
	struct sk_buff *skb;
	const char *why;
	void *hdr;
	int err;

	mutex_lock(&kl_mutex);
	err = kl_ready_to_level(&why);
	if (err) {
		strscpy(text, why, KL_TEXT_MAX);
		goto refuse;
	}
	offer = kl_host_offer();
	if (!offer) {
		NL_SET_ERR_MSG(info->extack, "neither kvm-amd nor kvm-intel is loaded");
		err = -ENODEV;
		goto refuse;
	}
	skb = kl_reply_new(info, KVM_LEVEL_CMD_HOST_GET, kl_set_size(offer) + 64, &hdr);
	err = skb ? 0 : -ENOMEM;
	if (skb)
		err = kl_put_u32(skb, A(VENDOR), kl_vendor->id) ?:
		      kl_put_set(skb, A(OFFER), offer);
	mutex_unlock(&kl_mutex);
	return skb ? kl_reply_send(skb, hdr, info, err) : err;

refuse:
	mutex_unlock(&kl_mutex);
	return err;
}

static int kl_nl_baseline_get(struct genl_info *info, char *text)
{
	struct kl_baseline *b;
	struct sk_buff *skb;
	void *hdr;
	int err;

	b = info->attrs[A(ID)] ? kl_baseline_by_id(nla_get_u64(info->attrs[A(ID)])) :
				 kl_baseline_current();
	if (!b) {
		if (info->attrs[A(ID)])
			NL_SET_ERR_MSG(info->extack, "no live baseline has this number");
		else
			NL_SET_ERR_MSG(info->extack, "no baseline is set");
		return -ENOENT;
	}
	skb = kl_reply_new(info, KVM_LEVEL_CMD_BASELINE_GET,
			   kl_set_size(&b->def.set) + kl_set_size(&b->max.set) + 256, &hdr);
	err = skb ? 0 : -ENOMEM;
	if (skb)
		err = kl_put_baseline_head(skb, b) ?:
		      kl_put_set(skb, A(DEFAULT), &b->def.set) ?:
		      (b->same ? 0 : kl_put_set(skb, A(MAX_SET), &b->max.set));
	kl_baseline_put(b);
	return skb ? kl_reply_send(skb, hdr, info, err) : err;
}

static int kl_check_name(const struct nlattr *name, struct netlink_ext_ack *extack)
{
	size_t len = strlen(nla_data(name));

	if (len && len + 1 == nla_len(name))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, name, "a baseline's name is one string, and not an empty one");
	return -EINVAL;
}

/*
 * An immutable baseline out of a message; all checks, no effect. kl_ready_to_level() comes
 * first: it is what knows KVM's offer.
 */
static struct kl_baseline *kl_baseline_parse(struct genl_info *info, char *text)
{
	struct kl_words def = { }, max = { };
	const struct kl_set *offer;
	struct kl_place at = { };
	struct kl_baseline *b;
	int ret;

	if (GENL_REQ_ATTR_CHECK(info, A(NAME)) || GENL_REQ_ATTR_CHECK(info, A(DEFAULT))) {
		NL_SET_ERR_MSG(info->extack, "a baseline needs a name and a default");
		return ERR_PTR(-EINVAL);
	}
	ret = kl_check_name(info->attrs[A(NAME)], info->extack);
	if (!ret)
		ret = kl_parse_set(info->attrs[A(DEFAULT)], &def, info->extack);
	if (!ret && info->attrs[A(MAX_SET)])
		ret = kl_parse_set(info->attrs[A(MAX_SET)], &max, info->extack);
	if (ret) {
		kl_words_free(&def);
		return ERR_PTR(ret);
	}
	b = kl_baseline_make(nla_data(info->attrs[A(NAME)]), &def, &max, &at, info->extack);
	if (IS_ERR(b)) {
		if (at.kind)
			kl_word_place(text, "bad baseline: ", &at);
		return b;
	}

	lockdep_assert_held(&kl_mutex);
	offer = kl_host_offer();
	if (offer && !kl_set_subset(&b->max.set, offer, &at))
		return b;
	/* Without an offer it may be needed: what KVM will have is not known. */
	b->forced = info->attrs[A(FORCE)];
	if (b->forced || !offer)
		return b;
	kl_word_place(text, "this host lacks ", &at);
	kl_baseline_put(b);
	return ERR_PTR(-EOPNOTSUPP);
}

static int kl_nl_baseline_set(struct genl_info *info, char *text)
{
	struct kl_baseline *b, *old;
	unsigned int vms, stranded;
	bool same;
	struct sk_buff *skb;
	const char *why;
	void *hdr;
	int ret;

	skb = kl_reply_new(info, KVM_LEVEL_CMD_BASELINE_SET, 256, &hdr);
	if (!skb)
		return -ENOMEM;

	mutex_lock(&kl_mutex);
	ret = kl_ready_to_level(&why);
	if (ret && kl_mode_levels()) {
		strscpy(text, why, KL_TEXT_MAX);
		goto refuse;
	}
	b = kl_baseline_parse(info, text);
	if (IS_ERR(b)) {
		ret = PTR_ERR(b);
		goto refuse;
	}
	old = kl_baseline_current();
	same = old && kl_baseline_equal(old, b);
	if (same) {
		kl_baseline_put(b);
		b = old;
	} else {
		b->id = kl_baseline_next_id();
		kl_baseline_set_current(b);
		/* Ours until the reply is out: what is current may be swapped again. */
		kl_baseline_get(b);
		kl_baseline_put(old);
		kl_host_check();
		if (b->forced)
			pr_warn("baseline %llu (%s) was forced, whatever this host lacks of it\n",
				b->id, b->name);
		else
			pr_info("baseline %llu (%s) set\n", b->id, b->name);
	}
	kl_vms_count(b, &vms, &stranded);
	if (!same)
		kl_event_baseline(b, stranded);
	ret = kl_put_u64(skb, A(ID), b->id) ?:
	      kl_put_u32(skb, A(STRANDED), stranded) ?:
	      (same ? nla_put_flag(skb, A(UNCHANGED)) : 0);
	kl_baseline_put(b);
	mutex_unlock(&kl_mutex);
	return kl_reply_send(skb, hdr, info, ret);

refuse:
	mutex_unlock(&kl_mutex);
	nlmsg_free(skb);
	return ret;
}

static int kl_nl_baseline_clear(struct genl_info *info, char *text)
{
	struct kl_baseline *old;

	mutex_lock(&kl_mutex);
	old = kl_baseline_current();
	if (old) {
		kl_baseline_set_current(NULL);
		kl_host_check();
		pr_info("baseline %llu (%s) cleared\n", old->id, old->name);
		kl_event_baseline(NULL, 0);
		kl_baseline_put(old);
	}
	mutex_unlock(&kl_mutex);
	return 0;
}

static int kl_nl_process_set(struct genl_info *info, char *text)
{
	struct kl_baseline *b;
	struct sk_buff *skb;
	const char *why;
	void *hdr;
	int ret;

	skb = kl_reply_new(info, KVM_LEVEL_CMD_PROCESS_SET, 256, &hdr);
	if (!skb)
		return -ENOMEM;
	mutex_lock(&kl_mutex);
	ret = kl_ready_to_level(&why);
	if (ret) {
		strscpy(text, why, KL_TEXT_MAX);
	} else {
		b = kl_baseline_parse(info, text);
		ret = PTR_ERR_OR_ZERO(b);
	}
	if (!ret) {
		b->id = kl_baseline_next_id();
		kl_baseline_publish(b);
		kl_host_check();
		ret = kl_process_set(b) ?: kl_put_u64(skb, A(ID), b->id);
		if (ret == -ENOSPC)
			NL_SET_ERR_MSG(info->extack, "too many processes have a baseline of their own");
		kl_baseline_put(b);
	}
	mutex_unlock(&kl_mutex);
	return kl_reply_send(skb, hdr, info, ret);
}

static int kl_nl_mode_set(struct genl_info *info, char *text)
{
	unsigned int old_mode, old_exits, mode, exits;
	const char *why;
	int ret;

	if (!info->attrs[A(MODE)] && !info->attrs[A(EXITS)]) {
		NL_SET_ERR_MSG(info->extack, "neither a mode nor when exits are gated is given");
		return -EINVAL;
	}
	mutex_lock(&kl_mutex);
	old_mode = kl_mode;
	old_exits = kl_exits;
	mode = info->attrs[A(MODE)] ? nla_get_u32(info->attrs[A(MODE)]) : old_mode;
	exits = info->attrs[A(EXITS)] ? nla_get_u32(info->attrs[A(EXITS)]) : old_exits;
	/* First: once the mode is on, VMs are pinned. */
	if (mode != KVM_LEVEL_MODE_OFF) {
		ret = kl_ready_to_level(&why);
		if (ret) {
			strscpy(text, why, KL_TEXT_MAX);
			goto out;
		}
	}
	WRITE_ONCE(kl_mode, mode);
	WRITE_ONCE(kl_exits, exits);
	ret = kl_exit_gate_sync();
	if (ret) {
		strscpy(text, kl_hooks_error(), KL_TEXT_MAX);
		WRITE_ONCE(kl_mode, old_mode);
		WRITE_ONCE(kl_exits, old_exits);
		/* What it was before worked. */
		kl_exit_gate_sync();
		goto out;
	}
	if (mode != old_mode || exits != old_exits)
		kl_event_mode();
out:
	mutex_unlock(&kl_mutex);
	return ret;
}

/* What a request is done by.  @text: its refusal, where that is no constant. */
static int (*const kl_handlers[])(struct genl_info *info, char *text) = {
	[KVM_LEVEL_CMD_STATUS_GET] = kl_nl_status_get,
	[KVM_LEVEL_CMD_HOST_GET] = kl_nl_host_get,
	[KVM_LEVEL_CMD_BASELINE_GET] = kl_nl_baseline_get,
	[KVM_LEVEL_CMD_BASELINE_SET] = kl_nl_baseline_set,
	[KVM_LEVEL_CMD_BASELINE_CLEAR] = kl_nl_baseline_clear,
	[KVM_LEVEL_CMD_PROCESS_SET] = kl_nl_process_set,
	[KVM_LEVEL_CMD_MODE_SET] = kl_nl_mode_set,
	[KVM_LEVEL_CMD_VM_GET] = kl_nl_vm_get,
	[KVM_LEVEL_CMD_VM_ADOPT] = kl_nl_vm_adopt,
	[KVM_LEVEL_CMD_VM_WATCH] = kl_nl_vm_watch,
};

static int kl_nl_request(struct sk_buff *request, struct genl_info *info)
{
	char text[KL_TEXT_MAX] = "";
	int ret = kl_request_check(request, info->nlhdr, info->extack);

	if (!ret)
		ret = kl_handlers[info->genlhdr->cmd](info, text);
	return ret ? kl_refuse(request, info, ret, text) : 0;
}

#define KL_OP(_cmd, _policy)						\
	{ .cmd = KVM_LEVEL_CMD_##_cmd, .doit = kl_nl_request,		\
	  .policy = _policy, .maxattr = ARRAY_SIZE(_policy) - 1 }

static const struct genl_ops kl_ops[] = {
	KL_OP(STATUS_GET, kl_policy_none),
	KL_OP(HOST_GET, kl_policy_none),
	KL_OP(BASELINE_GET, kl_policy_id),
	KL_OP(BASELINE_SET, kl_policy_set),
	KL_OP(BASELINE_CLEAR, kl_policy_none),
	KL_OP(PROCESS_SET, kl_policy_set),
	KL_OP(MODE_SET, kl_policy_mode),
	{
		.cmd = KVM_LEVEL_CMD_VM_GET,
		.doit = kl_nl_request,
		.start = kl_nl_vm_start,
		.dumpit = kl_nl_vm_dump,
		.policy = kl_policy_vm,
		.maxattr = ARRAY_SIZE(kl_policy_vm) - 1,
	},
	KL_OP(VM_ADOPT, kl_policy_vm_on),
	KL_OP(VM_WATCH, kl_policy_vm_on),
};

static const struct genl_multicast_group kl_groups[] = {
	{ .name = KVM_LEVEL_MCGRP_EVENTS, .flags = GENL_MCAST_CAP_SYS_ADMIN },
};

struct genl_family kl_family __ro_after_init = {
	.name = KVM_LEVEL_FAMILY_NAME,
	.version = KVM_LEVEL_FAMILY_VERSION,
	.maxattr = KVM_LEVEL_A_MAIN_MAX,
	.netnsok = false,
	.module = THIS_MODULE,
	.ops = kl_ops,
	.n_ops = ARRAY_SIZE(kl_ops),
	.resv_start_op = KVM_LEVEL_CMD_STATUS_GET,
	.mcgrps = kl_groups,
	.n_mcgrps = ARRAY_SIZE(kl_groups),
};

int __init kl_netlink_init(void)
{
	int ret = genl_register_family(&kl_family);

	if (!ret)
		kl_events_start();
	return ret;
}

void kl_netlink_exit(void)
{
	kl_events_stop();
	genl_unregister_family(&kl_family);
}

// SPDX-License-Identifier: GPL-2.0
/* The commands on VMs; netlink.c has the rest. */
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

static int kl_nl_vm_switch(struct genl_info *info, char *text, bool adopt)
{
	struct kl_baseline *b = NULL;
	const char *why;
	int ret = 0;
	bool on, changed;
	u32 id;

	if (GENL_REQ_ATTR_CHECK(info, A(VM_ID)) || GENL_REQ_ATTR_CHECK(info, A(ON))) {
		NL_SET_ERR_MSG(info->extack, "a VM's number and on or off are needed");
		return -EINVAL;
	}
	id = nla_get_u32(info->attrs[A(VM_ID)]);
	on = nla_get_u8(info->attrs[A(ON)]);

	mutex_lock(&kl_mutex);
	if (adopt && on) {
		b = kl_baseline_current();
		if (!b) {
			NL_SET_ERR_MSG(info->extack, "no baseline is set to which the VM could be levelled");
			ret = -ENOENT;
			goto out;
		}
	}
	/* Where KVM runs without hooks, those of the exits alone would not do. */
	if (on && kl_ready_to_level(&why)) {
		strscpy(text, why, KL_TEXT_MAX);
		ret = -EBUSY;
		goto out;
	}
	ret = adopt ? kl_vm_adopt(id, b) : kl_vm_watch(id, on);
	if (ret == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "no VM has this number");
	if (ret < 0)
		goto out;
	changed = ret;
	ret = kl_exit_gate_sync();
	if (ret) {
		strscpy(text, kl_hooks_error(), KL_TEXT_MAX);
		if (adopt)
			kl_vm_adopt(id, NULL);
		else
			kl_vm_watch(id, false);
		goto out;
	}
	if (adopt && changed)
		kl_event_vm(KVM_LEVEL_EVENT_ADOPTED, id, on);
out:
	mutex_unlock(&kl_mutex);
	kl_baseline_put(b);
	return ret;
}

int kl_nl_vm_adopt(struct genl_info *info, char *text)
{
	return kl_nl_vm_switch(info, text, true);
}

int kl_nl_vm_watch(struct genl_info *info, char *text)
{
	return kl_nl_vm_switch(info, text, false);
}

/* Under RCU. */
static int kl_put_watch(struct sk_buff *skb, struct kl_vm *vm)
{
	struct kl_watch *w = rcu_dereference(vm->watch);
	struct nlattr *seen;
	unsigned int i;
	int err = 0;

	if (!w)
		return 0;
	spin_lock(&w->lock);
	for (i = 0; i < w->nr && !err; i++) {
		const struct kl_seen *s = &w->seen[i];

		seen = nla_nest_start(skb, KVM_LEVEL_A_VM_SEEN);
		if (!seen || nla_put_u8(skb, KVM_LEVEL_A_SEEN_IS_MSR, s->is_msr) ||
		    kl_put_u32(skb, KVM_LEVEL_A_SEEN_INDEX, s->index) ||
		    kl_put_u32(skb, KVM_LEVEL_A_SEEN_SUBLEAF, s->subleaf) ||
		    kl_put_u64(skb, KVM_LEVEL_A_SEEN_COUNT, s->count) ||
		    nla_put(skb, KVM_LEVEL_A_SEEN_LOST, s->is_msr ? 8 : 16, s->lost))
			err = -EMSGSIZE;
		else
			nla_nest_end(skb, seen);
	}
	if (!err && w->missed)
		err = kl_put_u64(skb, KVM_LEVEL_A_VM_SEEN_MISSED, w->missed);
	spin_unlock(&w->lock);
	return err;
}

/* Under RCU. */
static int kl_put_vm(struct sk_buff *skb, struct kl_vm *vm, const struct kl_baseline *now,
		     bool with_watch)
{
	bool adopted = rcu_access_pointer(vm->adopted);
	struct nlattr *nest = nla_nest_start(skb, A(VM));
	u32 flags = 0;

	if (!nest)
		return -EMSGSIZE;
	flags |= vm->pinned ? KVM_LEVEL_VM_FLAGS_LEVELLED : 0;
	flags |= vm->created ? 0 : KVM_LEVEL_VM_FLAGS_OLDER;
	flags |= kl_vm_stranded(vm, now) ? KVM_LEVEL_VM_FLAGS_STRANDED : 0;
	flags |= adopted ? KVM_LEVEL_VM_FLAGS_ADOPTED : 0;
	flags |= rcu_access_pointer(vm->watch) ? KVM_LEVEL_VM_FLAGS_WATCHED : 0;
	flags |= READ_ONCE(vm->above_default) ? KVM_LEVEL_VM_FLAGS_ABOVE_DEFAULT : 0;
	if (kl_put_u32(skb, KVM_LEVEL_A_VM_ID, vm->id) ||
	    kl_put_u32(skb, KVM_LEVEL_A_VM_PID, vm->pid) ||
	    kl_put_text(skb, KVM_LEVEL_A_VM_COMM, vm->comm) ||
	    kl_put_u32(skb, KVM_LEVEL_A_VM_FLAGS, flags) ||
	    (vm->pinned &&
	     kl_put_u64(skb, KVM_LEVEL_A_VM_BASELINE, vm->pinned->id)) ||
	    kl_put_u64(skb, KVM_LEVEL_A_VM_CREATED, vm->created) ||
	    kl_put_u32(skb, KVM_LEVEL_A_VM_VCPUS, kl_vm_vcpus(vm)) ||
	    kl_put_u64(skb, KVM_LEVEL_A_VM_CUT, atomic64_read(&vm->cut)) ||
	    kl_put_u64(skb, KVM_LEVEL_A_VM_WOULD_CUT, atomic64_read(&vm->would_cut)) ||
	    kl_put_u64(skb, KVM_LEVEL_A_VM_REFUSED, atomic64_read(&vm->refused)) ||
	    (with_watch && kl_put_watch(skb, vm))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

int kl_nl_vm_get(struct genl_info *info, char *text)
{
	struct kl_baseline *now;
	struct sk_buff *skb;
	struct kl_vm *vm;
	void *hdr;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, A(VM_ID))) {
		NL_SET_ERR_MSG(info->extack, "a VM's number is needed");
		return -EINVAL;
	}
	skb = kl_reply_new(info, KVM_LEVEL_CMD_VM_GET, 1024 + KL_SEEN_MAX * 96, &hdr);
	if (!skb)
		return -ENOMEM;
	now = kl_baseline_current();
	rcu_read_lock();
	vm = kl_vm_by_id(nla_get_u32(info->attrs[A(VM_ID)]));
	if (vm) {
		err = kl_put_vm(skb, vm, now, true);
	} else {
		NL_SET_ERR_MSG(info->extack, "no VM has this number");
		err = -ENOENT;
	}
	rcu_read_unlock();
	kl_baseline_put(now);
	return kl_reply_send(skb, hdr, info, err);
}

int kl_nl_vm_start(struct netlink_callback *cb)
{
	int ret = kl_request_check(cb->skb, cb->nlh, cb->extack);

	if (!ret && nlmsg_attrlen(cb->nlh, GENL_HDRLEN)) {
		NL_SET_ERR_MSG_ATTR(cb->extack, nlmsg_attrdata(cb->nlh, GENL_HDRLEN),
				    "a dump is of all VMs: it takes no attribute");
		ret = -EINVAL;
	}
	cb->args[0] = 1;
	return ret;
}

int kl_nl_vm_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kl_baseline *now = kl_baseline_current();
	unsigned long id = cb->args[0];
	struct kl_vm *vm;
	void *hdr;

	/*
	 * A dump that was interrupted by a VM's coming or going says so, and by another
	 * baseline, under which others are stranded.
	 */
	cb->seq = kl_vms_generation() + ((now ? (u32)now->id : 0) << 16);
	rcu_read_lock();
	while ((vm = kl_vm_next(&id))) {
		hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &kl_family,
				  NLM_F_MULTI, KVM_LEVEL_CMD_VM_GET);
		if (!hdr)
			break;
		genl_dump_check_consistent(cb, hdr);
		if (kl_put_vm(skb, vm, now, false)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		id++;
	}
	rcu_read_unlock();
	kl_baseline_put(now);
	cb->args[0] = id;
	return skb->len;
}

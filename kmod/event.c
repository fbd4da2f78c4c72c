// SPDX-License-Identifier: GPL-2.0
/* Events; event.h says when. */
#include <net/genetlink.h>

#include "../uapi/kvm_level.h"
#include "event.h"
#include "gate.h"
#include "hook.h"
#include "main.h"
#include "netlink.h"

/* A VMM that loops over KVM_SET_CPUID2 must not flood its host's listeners. */
#define KL_ANNOUNCE_MAX	256

#define KL_EVENT_SIZE	512

/* Once the family has gone, its group's number may be another's. */
static bool kl_announcing;

void kl_events_start(void)
{
	WRITE_ONCE(kl_announcing, true);
}

void kl_events_stop(void)
{
	/* Those who announce are in a wrapper or hold kl_mutex. */
	mutex_lock(&kl_mutex);
	WRITE_ONCE(kl_announcing, false);
	mutex_unlock(&kl_mutex);
	synchronize_srcu(&kl_hook_srcu);
}

static struct sk_buff *kl_event_new(u32 event, void **hdr)
{
	struct sk_buff *skb;

	if (!READ_ONCE(kl_announcing) || !genl_has_listeners(&kl_family, &init_net, 0))
		return NULL;
	skb = genlmsg_new(KL_EVENT_SIZE, GFP_KERNEL);
	if (!skb) {
		/* They learn that they missed something, as where their queue is full. */
		netlink_set_err(init_net.genl_sock, 0, kl_family.mcgrp_offset, -ENOBUFS);
		return NULL;
	}
	*hdr = genlmsg_put(skb, 0, 0, &kl_family, 0, KVM_LEVEL_CMD_EVENT_NTF);
	if (!*hdr || kl_put_u32(skb, KVM_LEVEL_A_MAIN_EVENT, event)) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

static void kl_event_send(struct sk_buff *skb, void *hdr, int err)
{
	if (err) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, hdr);
	genlmsg_multicast(&kl_family, skb, 0, 0, GFP_KERNEL);
}

void kl_event_vm(u32 event, u32 vm_id, int on)
{
	struct sk_buff *skb;
	void *hdr;

	skb = kl_event_new(event, &hdr);
	if (skb)
		kl_event_send(skb, hdr, kl_put_u32(skb, KVM_LEVEL_A_MAIN_VM_ID, vm_id) ?:
			      on < 0 ? 0 : nla_put_u8(skb, KVM_LEVEL_A_MAIN_ON, on));
}

void kl_event_place(u32 event, struct kl_vm *vm, const struct kl_place *at)
{
	struct sk_buff *skb;
	void *hdr;
	int err;

	if (atomic_read(&vm->announced) >= KL_ANNOUNCE_MAX)
		return;
	skb = kl_event_new(event, &hdr);
	if (!skb)
		return;
	atomic_inc(&vm->announced);
	err = kl_put_u32(skb, KVM_LEVEL_A_MAIN_VM_ID, vm->id) ?:
	      kl_put_u64(skb, KVM_LEVEL_A_MAIN_BITS, at->bits) ?:
	      (at->why ? kl_put_text(skb, KVM_LEVEL_A_MAIN_TEXT, at->why) : 0);
	if (!err && at->kind == KL_PLACE_MSR)
		err = kl_put_u32(skb, KVM_LEVEL_A_MAIN_MSR, at->leaf);
	else if (!err)
		err = kl_put_u32(skb, KVM_LEVEL_A_MAIN_LEAF, at->leaf) ?:
		      kl_put_u32(skb, KVM_LEVEL_A_MAIN_SUBLEAF, at->subleaf) ?:
		      kl_put_u32(skb, KVM_LEVEL_A_MAIN_REG, at->reg);
	kl_event_send(skb, hdr, err);
}

void kl_event_baseline(const struct kl_baseline *b, unsigned int stranded)
{
	struct sk_buff *skb;
	void *hdr;
	int err;

	skb = kl_event_new(KVM_LEVEL_EVENT_BASELINE, &hdr);
	if (!skb)
		return;
	if (b)
		err = kl_put_u64(skb, KVM_LEVEL_A_MAIN_ID, b->id) ?:
		      kl_put_text(skb, KVM_LEVEL_A_MAIN_NAME, b->name) ?:
		      kl_put_u32(skb, KVM_LEVEL_A_MAIN_STRANDED, stranded);
	else
		err = nla_put_flag(skb, KVM_LEVEL_A_MAIN_CLEARED);
	kl_event_send(skb, hdr, err);
}

void kl_event_mode(void)
{
	struct sk_buff *skb;
	void *hdr;

	skb = kl_event_new(KVM_LEVEL_EVENT_MODE, &hdr);
	if (skb)
		kl_event_send(skb, hdr, kl_put_u32(skb, KVM_LEVEL_A_MAIN_MODE, kl_mode) ?:
			      kl_put_u32(skb, KVM_LEVEL_A_MAIN_EXITS, kl_exits));
}

void kl_event_text(u32 event, const char *text)
{
	struct sk_buff *skb;
	void *hdr;

	skb = kl_event_new(event, &hdr);
	if (skb)
		kl_event_send(skb, hdr, kl_put_text(skb, KVM_LEVEL_A_MAIN_TEXT, text));
}

// SPDX-License-Identifier: GPL-2.0
/* Baselines; baseline.h says what they are. */
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "baseline.h"

/* Read under RCU, written under kl_mutex (main.h). */
static struct kl_baseline __rcu *kl_current;
static u64 kl_last_id;

/* All baselines with a reference, oldest first.  The last put may be in an RCU callback: _bh. */
static LIST_HEAD(kl_live);
static DEFINE_SPINLOCK(kl_live_lock);

int kl_words_alloc(struct kl_words *w, unsigned int nr_leaves, unsigned int nr_msrs)
{
	memset(w, 0, sizeof(*w));
	w->leaf = kvcalloc(nr_leaves ?: 1, sizeof(*w->leaf), GFP_KERNEL_ACCOUNT);
	w->msr = kvcalloc(nr_msrs ?: 1, sizeof(*w->msr), GFP_KERNEL_ACCOUNT);
	if (!w->leaf || !w->msr) {
		kl_words_free(w);
		return -ENOMEM;
	}
	w->set.leaf = w->leaf;
	w->set.msr = w->msr;
	return 0;
}

void kl_words_free(struct kl_words *w)
{
	kvfree(w->leaf);
	kvfree(w->msr);
	memset(w, 0, sizeof(*w));
}

static void kl_baseline_free(struct kl_baseline *b)
{
	if (!b->same)
		kl_words_free(&b->max);
	kl_words_free(&b->def);
	kl_fast_free(&b->fast);
	kfree(b);
}

static void kl_baseline_free_rcu(struct rcu_head *rcu)
{
	kl_baseline_free(container_of(rcu, struct kl_baseline, rcu));
}

static int kl_check(const struct kl_words *w, struct kl_place *at, struct netlink_ext_ack *extack)
{
	int ret = kl_set_check(&w->set, at);

	if (ret)
		NL_SET_ERR_MSG(extack, "the baseline is not well-formed");
	return ret;
}

struct kl_baseline *kl_baseline_make(const char *name, struct kl_words *def, struct kl_words *max,
				     struct kl_place *at, struct netlink_ext_ack *extack)
{
	struct kl_baseline *b = kzalloc(sizeof(*b), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!b) {
		kl_words_free(def);
		kl_words_free(max);
		return ERR_PTR(-ENOMEM);
	}
	refcount_set(&b->ref, 1);
	INIT_LIST_HEAD(&b->live);
	strscpy(b->name, name, sizeof(b->name));
	b->def = *def;
	b->same = !max->leaf;
	b->max = b->same ? b->def : *max;
	memset(def, 0, sizeof(*def));
	memset(max, 0, sizeof(*max));

	ret = kl_check(&b->def, at, extack);
	if (!ret && !b->same) {
		ret = kl_check(&b->max, at, extack);
		if (!ret && kl_set_subset(&b->def.set, &b->max.set, at)) {
			NL_SET_ERR_MSG(extack, "default is not within max");
			ret = -EINVAL;
		}
	}
	if (!ret)
		ret = kl_fast_make(&b->fast, &b->def.set);
	if (ret) {
		kl_baseline_free(b);
		return ERR_PTR(ret);
	}

	b->msrs_below = kl_msrs_below(&b->def.set, NULL);
	b->cr4_hidden = kl_cr4_hidden(&b->max.set);
	b->efer_hidden = kl_efer_hidden(&b->max.set);
	b->xss_shown = kl_xss_shown(&b->max.set);
	return b;
}

static bool kl_words_equal(const struct kl_set *a, const struct kl_set *b)
{
	return a->nr_leaves == b->nr_leaves && a->nr_msrs == b->nr_msrs &&
	       !memcmp(a->leaf, b->leaf, a->nr_leaves * sizeof(*a->leaf)) &&
	       !memcmp(a->msr, b->msr, a->nr_msrs * sizeof(*a->msr));
}

u64 kl_msrs_below(const struct kl_set *set, const struct kl_set *offer)
{
	unsigned int i;
	u64 below = 0;

	for (i = 0; i < kl_nr_msr_shapes; i++) {
		const struct kl_msr_shape *shape = &kl_msr_shapes[i];
		const struct kl_msr *host = offer ? kl_set_msr(offer, shape->index) : NULL;

		/* The others are there before CPUID, and are levelled at birth. */
		if (shape->gate.leaf != 1 || shape->flags & (KL_SHAPE_VMM | KL_SHAPE_DERIVED) ||
		    !kl_set_has(set, &shape->gate))
			continue;
		if (!host || kl_admit_msr(set, shape->index, host->value) != host->value)
			below |= BIT_ULL(i);
	}
	return below;
}

bool kl_baseline_equal(const struct kl_baseline *a, const struct kl_baseline *b)
{
	return !strcmp(a->name, b->name) && a->forced == b->forced &&
	       kl_words_equal(&a->def.set, &b->def.set) && kl_words_equal(&a->max.set, &b->max.set);
}

struct kl_baseline *kl_baseline_get(struct kl_baseline *b)
{
	if (b)
		refcount_inc(&b->ref);
	return b;
}

void kl_baseline_put(struct kl_baseline *b)
{
	if (!b || !refcount_dec_and_test(&b->ref))
		return;
	spin_lock_bh(&kl_live_lock);
	list_del_init(&b->live);
	spin_unlock_bh(&kl_live_lock);
	/* kl_baseline_current() may be looking at it. */
	call_rcu(&b->rcu, kl_baseline_free_rcu);
}

struct kl_baseline *kl_baseline_current(void)
{
	struct kl_baseline *b;

	rcu_read_lock();
	do {
		b = rcu_dereference(kl_current);
	} while (b && !refcount_inc_not_zero(&b->ref));
	rcu_read_unlock();
	return b;
}

struct kl_baseline *kl_baseline_by_id(u64 id)
{
	struct kl_baseline *b;

	spin_lock_bh(&kl_live_lock);
	list_for_each_entry(b, &kl_live, live) {
		if (b->id == id && refcount_inc_not_zero(&b->ref)) {
			spin_unlock_bh(&kl_live_lock);
			return b;
		}
	}
	spin_unlock_bh(&kl_live_lock);
	return NULL;
}

u64 kl_baseline_next_id(void)
{
	return ++kl_last_id;
}

void kl_baseline_publish(struct kl_baseline *b)
{
	spin_lock_bh(&kl_live_lock);
	list_add_tail(&b->live, &kl_live);
	spin_unlock_bh(&kl_live_lock);
}

void kl_baselines_check(const struct kl_set *offer, bool there)
{
	struct kl_baseline *b;

	spin_lock_bh(&kl_live_lock);
	list_for_each_entry(b, &kl_live, live) {
		WRITE_ONCE(b->lacking, there && !b->forced &&
			   (!offer || kl_set_subset(&b->max.set, offer, NULL)));
		WRITE_ONCE(b->msrs_below, kl_msrs_below(&b->def.set, offer));
	}
	spin_unlock_bh(&kl_live_lock);
}

void kl_baseline_set_current(struct kl_baseline *b)
{
	struct kl_baseline *old = rcu_replace_pointer(kl_current, b, true);

	if (b)
		kl_baseline_publish(b);
	kl_baseline_put(old);
}

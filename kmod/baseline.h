/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Baselines: immutable once made, numbered, counted.  The current one hangs on
 * an RCU pointer; every VM holds a reference on the one it was created under.
 */
#ifndef KL_BASELINE_H
#define KL_BASELINE_H

#include <linux/netlink.h>
#include <linux/refcount.h>
#include <linux/rcupdate.h>

#include "fast.h"
#include "policy/policy.h"

#define KL_NAME_MAX	64

/* Storage of one set of words. */
struct kl_words {
	struct kl_set set;
	struct kl_leaf *leaf;
	struct kl_msr *msr;
};

struct kl_baseline {
	refcount_t ref;
	struct rcu_head rcu;
	struct list_head live;	/* kl_live, under kl_live_lock */
	atomic_t vms;		/* VMs pinned to it, for "levelctl baseline list" */
	u64 id;
	bool forced;		/* applied although the host lacks bits of it */
	bool lacking;		/* the host lacks bits of it; written under kl_mutex */
	bool same;		/* max is default */
	/*
	 * MSRs that come with a vCPU's CPUID and of which the host has more than default:
	 * bits by kl_msr_shapes[].  Written under kl_mutex as the host's offer is
	 * learnt; what isn't known counts as more.
	 */
	u64 msrs_below;
	char name[KL_NAME_MAX];
	struct kl_words def;
	struct kl_words max;
	/* What of the host's state follows from max; computed once. */
	u64 cr4_hidden;
	u64 efer_hidden;
	u64 xss_shown;
	struct kl_fast fast;	/* quick "is there anything to cut" against default */
};

/*
 * Make a baseline out of words that the caller hands over (they are freed with
 * it, also on error).  @max may be empty: equal to default.  Checks all that
 * can be checked without a host.  ERR_PTR(-EINVAL) with extack and @at filled.
 */
struct kl_baseline *kl_baseline_make(const char *name, struct kl_words *def, struct kl_words *max,
				     struct kl_place *at, struct netlink_ext_ack *extack);
/* msrs_below against what the host offers; @offer NULL: not known. */
u64 kl_msrs_below(const struct kl_set *set, const struct kl_set *offer);
bool kl_baseline_equal(const struct kl_baseline *a, const struct kl_baseline *b);
struct kl_baseline *kl_baseline_get(struct kl_baseline *b);
void kl_baseline_put(struct kl_baseline *b);

/* Reference on the current baseline, NULL if none.  Any context. */
struct kl_baseline *kl_baseline_current(void);
/* Reference on the live baseline of that number, NULL if none. */
struct kl_baseline *kl_baseline_by_id(u64 id);
/* Swap the pointer; takes over the reference.  Writers hold kl_mutex. */
void kl_baseline_set_current(struct kl_baseline *b);
/* Make it findable by its number; for those that are never current. */
void kl_baseline_publish(struct kl_baseline *b);
/*
 * Compare all live ones with what the host offers.  @there: a vendor's module is;
 * without an offer it offers nothing.  Under kl_mutex.
 */
void kl_baselines_check(const struct kl_set *offer, bool there);
/* Number of the next baseline; writers hold kl_mutex. */
u64 kl_baseline_next_id(void);

int kl_words_alloc(struct kl_words *w, unsigned int nr_leaves, unsigned int nr_msrs);
void kl_words_free(struct kl_words *w);

#endif /* KL_BASELINE_H */

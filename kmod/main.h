/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KL_MAIN_H
#define KL_MAIN_H

#include <linux/mutex.h>

#include "baseline.h"

struct kl_vendor;

/*
 * Serialises everything that changes the level: baseline, mode, adoption,
 * KVM's modules coming and going.  Order: genetlink's lock, kl_mutex,
 * kl_hook_mutex, ftrace's and KVM's own locks.  Never taken in a wrapper.
 */
extern struct mutex kl_mutex;

/* Arm or disarm the exit gate as modes, adopted and watched VMs need it. */
int kl_exit_gate_sync(void);
/* The same for a vendor whose module is coming, and is not kl_vendor yet. */
int kl_exit_gate_sync_of(const struct kl_vendor *vendor);
void kl_exit_gate_stop(void);

/* -EBUSY with a reason in @why if guests can't be levelled as things are. */
int kl_ready_to_level(const char **why);

/* Look again whether this host offers what each baseline needs. */
void kl_host_check(void);

#endif /* KL_MAIN_H */

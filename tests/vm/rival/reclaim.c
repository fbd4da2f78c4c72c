// SPDX-License-Identifier: GPL-2.0
/*
 * Tells lockdep what reclaim may do where KVM has shadow pages: its shrinker takes
 * kvm_lock (up to 6.12). So who asks for memory with that mutex held, and would
 * wait for reclaim, is found out without a machine that runs out of memory.
 */
#include <linux/gfp.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>

static ulong lock;
module_param(lock, ulong, 0444);
MODULE_PARM_DESC(lock, "where kvm_lock is, as in /proc/kallsyms");

static int __init reclaim_init(void)
{
	struct mutex *kvm_lock = (struct mutex *)lock;

	if (!lock)
		return -EINVAL;
	fs_reclaim_acquire(GFP_KERNEL);
	mutex_lock(kvm_lock);
	mutex_unlock(kvm_lock);
	fs_reclaim_release(GFP_KERNEL);
	return 0;
}
module_init(reclaim_init);

static void __exit reclaim_exit(void)
{
}
module_exit(reclaim_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("kvm-level tests: reclaim that takes kvm_lock");

// SPDX-License-Identifier: GPL-2.0
/* "levelctl run": a baseline for the VMs of one process and its children. */
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "vm.h"

#define KL_PROCESSES_MAX 1024

struct kl_process {
	struct list_head list;
	struct pid *tgid;
	struct kl_baseline *baseline;
};

/* Protects the list; entries whose process is gone are swept by the next set. */
static LIST_HEAD(kl_processes);
static DEFINE_SPINLOCK(kl_process_lock);

static void kl_process_free(struct kl_process *p)
{
	list_del(&p->list);
	put_pid(p->tgid);
	kl_baseline_put(p->baseline);
	kfree(p);
}

int kl_process_set(struct kl_baseline *b)
{
	struct kl_process *p, *next, *fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
	unsigned int n = 0;

	if (!fresh)
		return -ENOMEM;
	fresh->tgid = get_pid(task_tgid(current));
	fresh->baseline = kl_baseline_get(b);
	INIT_LIST_HEAD(&fresh->list);

	spin_lock(&kl_process_lock);
	rcu_read_lock();
	list_for_each_entry_safe(p, next, &kl_processes, list) {
		if (p->tgid == fresh->tgid || !pid_task(p->tgid, PIDTYPE_TGID))
			kl_process_free(p);
		else
			n++;
	}
	rcu_read_unlock();
	if (n < KL_PROCESSES_MAX)
		list_add(&fresh->list, &kl_processes);
	else
		kl_process_free(fresh);
	spin_unlock(&kl_process_lock);
	return n < KL_PROCESSES_MAX ? 0 : -ENOSPC;
}

bool kl_processes_any(void)
{
	struct kl_process *p;
	bool any = false;

	spin_lock(&kl_process_lock);
	rcu_read_lock();
	list_for_each_entry(p, &kl_processes, list)
		any |= !!pid_task(p->tgid, PIDTYPE_TGID);
	rcu_read_unlock();
	spin_unlock(&kl_process_lock);
	return any;
}

struct kl_baseline *kl_process_get(void)
{
	struct kl_baseline *b = NULL;
	struct task_struct *task;
	struct kl_process *p;

	if (list_empty(&kl_processes))
		return NULL;
	spin_lock(&kl_process_lock);
	rcu_read_lock();
	/* The VMM itself, or the launcher that is waiting for it. */
	for (task = current->group_leader; task && !b && task_tgid_nr(task) > 1;
	     task = rcu_dereference(task->real_parent)->group_leader) {
		list_for_each_entry(p, &kl_processes, list) {
			if (p->tgid == task_tgid(task)) {
				b = kl_baseline_get(p->baseline);
				break;
			}
		}
	}
	rcu_read_unlock();
	spin_unlock(&kl_process_lock);
	return b;
}

void kl_processes_exit(void)
{
	struct kl_process *p, *next;

	spin_lock(&kl_process_lock);
	list_for_each_entry_safe(p, next, &kl_processes, list)
		kl_process_free(p);
	spin_unlock(&kl_process_lock);
}

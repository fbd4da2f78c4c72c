/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Talking with kvm_level.ko.  Nothing else sees libnl.
 *
 * Every call says on stderr why it failed, in the kernel's words where it
 * gave some, and returns 0 or a negative errno.
 */
#ifndef KL_NETLINK_H
#define KL_NETLINK_H

#include "kvm_level.h"
#include "words.h"

#define KL_NAME_MAX 63

/*
 * What guests are shown on every host of a pool of several vendors; a VMM's to set.
 * The baseline's vendor is the one that they are shown.
 */
struct identity {
	unsigned int nr_vendors;	/* of the processors; 0: a pool of one vendor */
	char vendor[4][13];
	u32 family, model, stepping;
};

struct baseline {
	u64 id;			/* 0: not (yet) the kernel's */
	char name[KL_NAME_MAX + 1];
	char vendor[13];	/* empty: not said */
	bool forced;
	bool has_max;		/* max is not default */
	struct identity identity;	/* of a file only: the kernel has words */
	struct words def;
	struct words max;
};

void baseline_free(struct baseline *b);
/* Up to where a VMM may set. */
struct kl_set baseline_max(const struct baseline *b);

struct hook {
	char *module;
	char *symbol;
	char *lost;		/* what is lost without it */
	bool armed;
	bool fatal;
	int error;
};

struct status {
	u32 protocol;
	char *version;
	u32 vendor;
	u32 mode;
	u32 exits;
	u32 gates;
	struct hook *hook;
	unsigned int nr_hooks;
	u64 id;			/* 0: no baseline */
	char *name;
	bool forced;
	bool lacking;
	u32 vms;
	u32 stranded;
};

struct seen {
	bool msr;
	u32 index;
	u32 subleaf;
	u64 count;
	u32 lost[4];		/* eax..edx; of an MSR low, high */
};

struct vm {
	u32 id;
	u32 pid;
	char *comm;
	u32 flags;
	u64 baseline;		/* 0: none */
	u64 created;
	u32 vcpus;
	u64 cut;
	u64 would_cut;
	u64 refused;
	struct seen *seen;
	unsigned int nr_seen;
	u64 seen_missed;
};

struct event {
	u32 kind;
	bool missed;		/* no event: the kernel had to drop some */
	bool cleared;
	bool has_mode, has_exits, has_vm, has_stranded, has_place, has_msr, has_reg;
	bool has_on, on;
	u64 id;
	char *name;
	char *text;
	u32 mode, exits, vm, stranded;
	u32 leaf, subleaf, reg, msr;
	u64 bits;
};

struct set_answer {
	u64 id;
	bool unchanged;
	u32 stranded;
};

/* Is kvm_level.ko in the kernel, as far as this process can see? */
bool kernel_has_module(void);
/* 0 if it answers; else said why, in words that tell what to do. */
int kernel_open(void);
/* The same without a word. */
int kernel_try(void);
void kernel_close(void);

int kernel_status(struct status *s);
/* The same, without a word if this process may not ask: -EPERM. */
int kernel_status_try(struct status *s);
int kernel_offer(u32 *vendor, struct words *offer);
/* @id 0: the current one.  -ENOENT without a word if there is none. */
int kernel_baseline(u64 id, struct baseline *b);
/* For the host, or for the VMs of this process and its children. */
int kernel_set(const struct baseline *b, bool process, bool force, struct set_answer *answer);
int kernel_clear(void);
/* What is < 0 stays as it is. */
int kernel_mode(int mode, int exits);
int kernel_vm(u32 id, struct vm *vm);
int kernel_vms(struct vm **vm, unsigned int *nr);
int kernel_adopt(u32 id, bool on);
int kernel_watch(u32 id, bool on);
/*
 * Events until @see returns false or @timeout_ms (-1: never) are over;
 * -ETIMEDOUT then, without a word.
 */
int kernel_events(bool (*see)(void *ctx, const struct event *event), void *ctx,
		  void (*ready)(void), int timeout_ms);

void status_free(struct status *s);
void vm_free(struct vm *vm);

#endif /* KL_NETLINK_H */

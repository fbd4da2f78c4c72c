// SPDX-License-Identifier: GPL-2.0
/* The advertise gate, and what this host's KVM offers behind it. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <asm/fpu/types.h>

#include "../uapi/kvm_level.h"
#include "compat/compat.h"
#include "gate.h"
#include "gate_private.h"
#include "hook.h"
#include "vm.h"

/* KVM_MAX_CPUID_ENTRIES is KVM's own; no host has that many. */
#define KL_OFFER_ENTRIES	256

static int kl_wrap_kvm_dev_ioctl_get_cpuid(struct kvm_cpuid2 *cpuid,
					   struct kvm_cpuid_entry2 __user *entries,
					   unsigned int type);
static int kl_wrap_get_feature_msr(struct kvm_vcpu *vcpu, unsigned int index, u64 *data);
KL_ORIGINAL(kvm_dev_ioctl_get_cpuid, kl_wrap_kvm_dev_ioctl_get_cpuid);
static long kl_wrap_kvm_arch_dev_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg);
KL_ORIGINAL(get_feature_msr, kl_wrap_get_feature_msr);
KL_ORIGINAL(kvm_arch_dev_ioctl, kl_wrap_kvm_arch_dev_ioctl);

/*
 * /dev/kvm has no VM.  A process that has made a VM is offered what that VM is
 * pinned to, so that a baseline which changes meanwhile doesn't split the two;
 * any other what its next VM would be pinned to.
 */
static struct kl_baseline *kl_offer_baseline(void)
{
	struct kl_baseline *b;
	bool known;

	rcu_read_lock();
	b = kl_vm_baseline_of_process(&known);
	if (b && !refcount_inc_not_zero(&b->ref))
		b = NULL;
	rcu_read_unlock();
	if (known)
		return b;
	b = kl_process_get();
	if (!b && kl_mode_levels())
		b = kl_baseline_current();
	return b;
}

static int kl_offer_entries(const struct kl_baseline *b, struct kvm_cpuid_entry2 __user *entries,
			    unsigned int nent,
			    void (*level)(const struct kl_set *set, struct kl_leaf *words))
{
	struct kvm_cpuid_entry2 e;
	unsigned int i;

	/* A VMM that changes its buffer meanwhile fools only itself: admit is next. */
	for (i = 0; i < nent; i++) {
		struct kl_leaf words;

		if (copy_from_user(&e, &entries[i], sizeof(e)))
			return -EFAULT;
		kl_leaf_of_entry(&words, &e);
		level(&b->def.set, &words);
		e.eax = words.r[KL_EAX];
		e.ebx = words.r[KL_EBX];
		e.ecx = words.r[KL_ECX];
		e.edx = words.r[KL_EDX];
		if (copy_to_user(&entries[i], &e, sizeof(e)))
			return -EFAULT;
	}
	return 0;
}

static int kl_wrap_kvm_dev_ioctl_get_cpuid(struct kvm_cpuid2 *cpuid,
					   struct kvm_cpuid_entry2 __user *entries,
					   unsigned int type)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	int ret = static_call(kl_orig_kvm_dev_ioctl_get_cpuid)(cpuid, entries, type);
	struct kl_baseline *b = ret ? NULL : kl_offer_baseline();

	if (b) {
		/* What KVM emulates is a list of bits: nothing is added to it. */
		ret = kl_offer_entries(b, entries, cpuid->nent, type == KVM_GET_EMULATED_CPUID ?
				       kl_admit_leaf : kl_offer_leaf);
		kl_baseline_put(b);
	}
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

static int kl_wrap_get_feature_msr(struct kvm_vcpu *vcpu, unsigned int index, u64 *data)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	int ret = static_call(kl_orig_get_feature_msr)(vcpu, index, data);
	struct kl_baseline *b = ret ? NULL : kl_offer_baseline();

	if (b) {
		*data = kl_offer_msr(&b->def.set, index, *data);
		kl_baseline_put(b);
	}
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

static __always_inline bool kl_dev_ioctl_filter(unsigned long filp, unsigned long ioctl)
{
	return ioctl == KVM_GET_DEVICE_ATTR;
}

KL_HOOK_FILTER(kl_dev_ioctl_entry, kl_dev_ioctl_filter);

/* KVM's third offer: the XSAVE components that a guest may have. */
static long kl_wrap_kvm_arch_dev_ioctl(struct file *filp, unsigned int ioctl, unsigned long arg)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	long ret = static_call(kl_orig_kvm_arch_dev_ioctl)(filp, ioctl, arg);
	struct kl_baseline *b = ret ? NULL : kl_offer_baseline();
	struct kvm_device_attr attr;
	u64 xcr0;

	if (b) {
		if (copy_from_user(&attr, (void __user *)arg, sizeof(attr)))
			ret = -EFAULT;
		else if (attr.group || attr.attr != KVM_X86_XCOMP_GUEST_SUPP)
			ret = 0;
		else if (get_user(xcr0, (u64 __user *)attr.addr) ||
			 put_user(xcr0 & kl_xcr0_shown(&b->def.set), (u64 __user *)attr.addr))
			ret = -EFAULT;
		kl_baseline_put(b);
	}
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

static struct kl_hook kl_advertise_hooks[] = {
	KL_HOOK("kvm", "kvm_dev_ioctl_get_cpuid", kvm_dev_ioctl_get_cpuid, KL_HOOK_BASE, true,
		kl_hook_always, "VMMs are offered more CPUID than the baseline"),
	KL_HOOK("kvm", KL_COMPAT_GET_FEATURE_MSR, get_feature_msr, KL_HOOK_BASE, true,
		kl_hook_always, "VMMs are offered feature MSRs beyond the baseline"),
	KL_HOOK("kvm", "kvm_arch_dev_ioctl", kvm_arch_dev_ioctl, KL_HOOK_BASE, true,
		kl_dev_ioctl_entry, "VMMs are offered XSAVE components beyond the baseline"),
};

int __init kl_advertise_init(void)
{
	return kl_hooks_add(kl_advertise_hooks, ARRAY_SIZE(kl_advertise_hooks));
}

/* The host's offer; under kl_mutex. */
static struct kl_words kl_host;
static bool kl_host_known;

const struct kl_set *kl_host_offer(void)
{
	return kl_host_known ? &kl_host.set : NULL;
}

void kl_host_forget(void)
{
	kl_host_known = false;
	kl_words_free(&kl_host);
}

/* What of XCR0 KVM can give a guest: by @page, of user memory, since KVM writes to such only. */
static u64 kl_host_ask_xcr0(unsigned long page)
{
	struct kvm_device_attr attr = {
		.attr = KVM_X86_XCOMP_GUEST_SUPP,
		.addr = page + sizeof(attr),
	};
	u64 xcr0 = 0;

	if (copy_to_user((void __user *)page, &attr, sizeof(attr)) ||
	    static_call(kl_orig_kvm_arch_dev_ioctl)(NULL, KVM_GET_DEVICE_ATTR, page) ||
	    get_user(xcr0, (u64 __user *)attr.addr))
		return 0;
	return xcr0;
}

/* KVM writes its offer to user memory only: lend it a page of the current process. */
static int kl_host_ask(struct kvm_cpuid_entry2 *entries, unsigned int *nent, u64 *xcr0)
{
	size_t size = PAGE_ALIGN(KL_OFFER_ENTRIES * sizeof(*entries));
	struct kvm_cpuid2 *cpuid;
	unsigned long page;
	int ret;

	if (!current->mm)
		return -ESRCH;
	page = vm_mmap(NULL, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(page))
		return (int)page;
	cpuid = kzalloc(sizeof(*cpuid), GFP_KERNEL);
	if (!cpuid) {
		ret = -ENOMEM;
		goto unmap;
	}
	cpuid->nent = KL_OFFER_ENTRIES;
	ret = static_call(kl_orig_kvm_dev_ioctl_get_cpuid)(cpuid, (void __user *)page,
							   KVM_GET_SUPPORTED_CPUID);
	if (!ret && copy_from_user(entries, (void __user *)page, cpuid->nent * sizeof(*entries)))
		ret = -EFAULT;
	*nent = cpuid->nent;
	*xcr0 = kl_host_ask_xcr0(page);
	kfree(cpuid);
unmap:
	vm_munmap(page, size);
	return ret;
}

static struct kl_leaf *kl_words_row(const struct kl_words *w, u32 leaf, u32 subleaf)
{
	unsigned int i;

	for (i = 0; i < w->set.nr_leaves; i++) {
		if (w->leaf[i].leaf == leaf && w->leaf[i].subleaf == subleaf)
			return &w->leaf[i];
	}
	return NULL;
}

/*
 * AMX's components KVM offers only to a process that has asked for them by
 * ARCH_REQ_XCOMP_GUEST_PERM (kvm_get_filtered_xcr0()), as VMMs do and who loads
 * modules does not.  @xcr0 is what KVM has for those that ask.
 */
static void kl_host_add_xtile(struct kl_words *w, u64 xcr0)
{
	struct kl_leaf *state = kl_words_row(w, 0xd, 0), *more = kl_words_row(w, 0xd, 1);
	unsigned int n;

	if (!state || (xcr0 & XFEATURE_MASK_XTILE) != XFEATURE_MASK_XTILE)
		return;
	for (n = XFEATURE_XTILE_CFG; n <= XFEATURE_XTILE_DATA; n++) {
		struct kl_leaf *to = &w->leaf[w->set.nr_leaves];

		if (kl_words_row(w, 0xd, n))
			continue;
		*to = (struct kl_leaf){ .leaf = 0xd, .subleaf = n };
		cpuid_count(0xd, n, &to->r[KL_EAX], &to->r[KL_EBX], &to->r[KL_ECX],
			    &to->r[KL_EDX]);
		/* As KVM says it to those that asked (__do_cpuid_func()). */
		if (!more || !(more->r[KL_EAX] & BIT(4)))
			to->r[KL_ECX] &= ~(u32)BIT(2);
		to->r[KL_EDX] = 0;
		state->r[KL_ECX] = max(state->r[KL_ECX], to->r[KL_EAX] + to->r[KL_EBX]);
		w->set.nr_leaves++;
	}
	state->r[KL_EAX] |= XFEATURE_MASK_XTILE;
	state->r[KL_EBX] = state->r[KL_ECX];
}

int kl_host_read(void)
{
	struct kvm_cpuid_entry2 *entries;
	unsigned int i, nent = 0;
	struct kl_words w;
	u64 xcr0 = 0;
	int ret;

	entries = kvcalloc(KL_OFFER_ENTRIES, sizeof(*entries), GFP_KERNEL);
	if (!entries)
		return -ENOMEM;
	ret = kl_host_ask(entries, &nent, &xcr0);
	/* And two components of XSAVE's. */
	if (!ret)
		ret = kl_words_alloc(&w, nent + 2, kl_nr_msr_shapes);
	if (ret)
		goto out;

	for (i = 0; i < nent; i++) {
		const struct kvm_cpuid_entry2 *e = &entries[i];
		const struct kl_shape *shape = kl_shape_find(e->function, e->index);
		struct kl_leaf *to = &w.leaf[w.set.nr_leaves];

		if (!shape || (shape->flags & KL_SHAPE_VMM) ||
		    kl_words_row(&w, e->function, e->index))
			continue;
		kl_leaf_of_entry(to, e);
		/*
		 * KVM emulates the TSC deadline timer on any host but says so by
		 * KVM_CAP_TSC_DEADLINE_TIMER only (KVM API, KVM_GET_SUPPORTED_CPUID).
		 */
		if (e->function == 1)
			to->r[KL_ECX] |= BIT(24);
		w.set.nr_leaves++;
	}
	kl_host_add_xtile(&w, xcr0);
	for (i = 0; i < kl_nr_msr_shapes; i++) {
		u32 index = kl_msr_shapes[i].index;
		u64 value = 0;

		if (kl_msr_shapes[i].flags & KL_SHAPE_VMM ||
		    static_call(kl_orig_get_feature_msr)(NULL, index, &value))
			continue;
		w.msr[w.set.nr_msrs++] = (struct kl_msr){ index, value };
	}
	kl_sort(w.leaf, w.set.nr_leaves, w.msr, w.set.nr_msrs);
	kl_host_forget();
	kl_host = w;
	kl_host_known = true;
out:
	kvfree(entries);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The exit gate: what a guest reads by CPUID and RDMSR.
 *
 * Only for VMs that the other gates have not levelled (adopted ones), for
 * audit and watch, or always where the operator wants belt and braces.  For a
 * VM that the other gates levelled it returns what KVM returns.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/workqueue.h>

#include "../uapi/kvm_level.h"
#include "compat/compat.h"
#include "event.h"
#include "gate.h"
#include "gate_private.h"
#include "hook.h"
#include "main.h"
#include "vm.h"

static bool kl_wrap_kvm_cpuid(struct kvm_vcpu *vcpu, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx,
			      bool exact_only);
KL_ORIGINAL(kvm_cpuid, kl_wrap_kvm_cpuid);

KL_HOOK_FILTER(kl_exit_entry, kl_exit_filter);

struct kl_row {
	const struct kvm_vcpu *vcpu;
	struct kl_leaf words;
	bool found;
};

/* Of the leaves that need the table only 0xD looks at ECX. */
static bool kl_row_is(const struct kl_row *row, const struct kl_leaf *words)
{
	return words->leaf == row->words.leaf &&
	       (words->leaf != 0xd || words->subleaf == row->words.subleaf);
}

static void kl_row_get(const struct kl_table *t, unsigned int i, struct kl_leaf *words)
{
	struct kl_row *row = t->ctx;

	kl_leaf_of_entry(words, &row->vcpu->arch.cpuid_entries[i]);
	/* Found, and it is put only if it changes: another hypervisor's leaves don't. */
	row->found |= kl_row_is(row, words);
}

static void kl_row_put(const struct kl_table *t, unsigned int i, const struct kl_leaf *words)
{
	struct kl_row *row = t->ctx;

	if (kl_row_is(row, words))
		memcpy(row->words.r, words->r, sizeof(words->r));
}

/* Leaves whose level depends on the VMM's whole table. */
static bool kl_needs_table(const struct kl_leaf *words)
{
	return words->leaf == 0 || words->leaf == 0x80000000 ||
	       (words->leaf == 0xd && words->subleaf == 0) || words->leaf >> 28 == 4;
}

static void kl_level_words(const struct kvm_vcpu *vcpu, const struct kl_baseline *b,
			   struct kl_leaf *words)
{
	struct kl_row row = { .vcpu = vcpu, .words = *words };
	struct kl_table table = { .ctx = &row, .nr = vcpu->arch.cpuid_nent,
				  .get = kl_row_get, .put = kl_row_put };

	if (kl_fast_clean_one(&b->fast, words))
		return;
	if (kl_needs_table(words)) {
		/* Runs in the vCPU's own thread: its entries stay. */
		kl_admit_table(&b->max.set, &table, NULL, NULL);
		if (row.found) {
			*words = row.words;
			return;
		}
	}
	kl_admit_leaf(&b->max.set, words);
}

/* To what does a guest of @vm read at its exits?  NULL: to nothing. */
static const struct kl_baseline *kl_exit_baseline(const struct kl_vm *vm)
{
	const struct kl_baseline *b = rcu_dereference(vm->adopted);

	if (!b && READ_ONCE(kl_exits) == KVM_LEVEL_EXITS_ALWAYS)
		b = vm->pinned;
	return b;
}

static bool kl_lost(const struct kl_leaf *has, const struct kl_leaf *gets, u32 *lost)
{
	u32 any = 0;
	unsigned int r;

	for (r = 0; r < KL_NR_REGS; r++)
		any |= lost[r] = has->r[r] & ~gets->r[r];
	return any;
}

static void kl_exit_leaf(struct kvm_vcpu *vcpu, struct kl_leaf *words)
{
	const struct kl_baseline *b;
	struct kl_baseline *now = NULL;
	struct kl_leaf levelled = *words;
	u32 lost[KL_NR_REGS] = { };
	struct kl_vm *vm;

	rcu_read_lock();
	vm = kl_vm_of(vcpu->kvm);
	if (!vm)
		goto out;
	b = kl_exit_baseline(vm);
	if (b) {
		kl_level_words(vcpu, b, &levelled);
		kl_lost(words, &levelled, lost);
		*words = levelled;
	} else if (!vm->pinned) {
		/* Audit and watch: what would the pool's baseline take away? */
		now = kl_baseline_current();
		if (now)
			kl_level_words(vcpu, now, &levelled);
		if (kl_lost(words, &levelled, lost) && READ_ONCE(kl_mode) == KVM_LEVEL_MODE_AUDIT)
			atomic64_inc(&vm->would_cut);
		kl_baseline_put(now);
	}
	kl_vm_record(vm, false, words->leaf, words->subleaf, lost);
out:
	rcu_read_unlock();
}

/* KVM's answer, unlevelled.  Out of line: most calls of it are rare. */
static noinline bool kl_read_leaf(struct kvm_vcpu *vcpu, struct kl_leaf *words, bool exact_only)
{
	words->r[KL_EAX] = words->leaf;
	words->r[KL_ECX] = words->subleaf;
	return static_call(kl_orig_kvm_cpuid)(vcpu, &words->r[KL_EAX], &words->r[KL_EBX],
					      &words->r[KL_ECX], &words->r[KL_EDX], exact_only);
}

/*
 * Beyond the highest leaf Intel's processors, and so KVM, answer with the last basic
 * one (SDM vol. 2A "CPUID").  Is @words, which is not zero, such an answer?  KVM also
 * has one for subleaves of 0xB and 0x1F that nobody set: the same when asked exactly.
 */
static bool kl_was_redirected(struct kvm_vcpu *vcpu, const struct kl_leaf *words)
{
	struct kl_leaf exact = { .leaf = words->leaf, .subleaf = words->subleaf };

	kl_read_leaf(vcpu, &exact, true);
	return memcmp(exact.r, words->r, sizeof(exact.r));
}

static bool kl_wrap_kvm_cpuid(struct kvm_vcpu *vcpu, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx,
			      bool exact_only)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	struct kl_leaf words = { .leaf = *eax, .subleaf = *ecx };
	bool found = kl_read_leaf(vcpu, &words, exact_only);

	/* To the last basic leaf of those that are left. */
	if (!found && !exact_only && (words.r[KL_EAX] | words.r[KL_EBX] | words.r[KL_ECX] |
				      words.r[KL_EDX]) && kl_was_redirected(vcpu, &words)) {
		struct kl_leaf basic = { };

		kl_read_leaf(vcpu, &basic, exact_only);
		kl_exit_leaf(vcpu, &basic);
		words.leaf = basic.r[KL_EAX];
		kl_read_leaf(vcpu, &words, true);
	}
	kl_exit_leaf(vcpu, &words);
	*eax = words.r[KL_EAX];
	*ebx = words.r[KL_EBX];
	*ecx = words.r[KL_ECX];
	*edx = words.r[KL_EDX];
	srcu_read_unlock(&kl_hook_srcu, idx);
	return found;
}

/* A register whose CPUID bit the baseline hides isn't there: the read faults. */
static bool kl_msr_is_hidden(const struct kl_set *set, const struct kl_msr_shape *shape)
{
	return shape->gate.leaf && !kl_set_has(set, &shape->gate);
}

int kl_exit_msr(struct kvm_vcpu *vcpu, struct msr_data *msr, int ret)
{
	const struct kl_msr_shape *shape = kl_msr_shape_find(msr->index);
	const struct kl_baseline *b;
	struct kl_baseline *now = NULL;
	u32 lost[KL_NR_REGS] = { };
	u64 levelled = msr->data;
	struct kl_vm *vm;

	if (ret || msr->host_initiated)
		return ret;
	rcu_read_lock();
	vm = kl_vm_of(vcpu->kvm);
	if (!vm)
		goto out;
	if (!shape || (shape->flags & KL_SHAPE_VMM && !(shape->flags & KL_SHAPE_STATE))) {
		kl_vm_record(vm, true, msr->index, 0, lost);
		goto out;
	}
	b = kl_exit_baseline(vm);
	if (!b && !vm->pinned) {
		now = kl_baseline_current();
		b = now;
	}
	if (b)
		levelled = kl_admit_msr(&b->max.set, msr->index, msr->data);
	lost[0] = lower_32_bits(msr->data & ~levelled);
	lost[1] = upper_32_bits(msr->data & ~levelled);
	if (b && b != now) {
		msr->data = levelled;
		if (kl_msr_is_hidden(&b->max.set, shape))
			ret = 1;
	} else if ((lost[0] | lost[1]) && READ_ONCE(kl_mode) == KVM_LEVEL_MODE_AUDIT) {
		atomic64_inc(&vm->would_cut);
	}
	kl_vm_record(vm, true, msr->index, 0, lost);
	kl_baseline_put(now);
out:
	rcu_read_unlock();
	return ret;
}

static struct kl_hook kl_exit_hooks[] = {
	KL_HOOK("kvm", "kvm_cpuid", kvm_cpuid, KL_HOOK_EXIT, true, kl_exit_entry,
		"adopted VMs read the host's CPUID; audit and watch see no CPUID"),
};

int kl_exit_gate_sync_of(const struct kl_vendor *vendor)
{
	bool all = kl_mode == KVM_LEVEL_MODE_AUDIT || kl_exits == KVM_LEVEL_EXITS_ALWAYS;
	int ret = 0;

	lockdep_assert_held(&kl_mutex);
	kl_vms_want_all_exits(all);
	if (!vendor)
		return 0;
	if (all || kl_vms_at_exits()) {
		ret = kl_hooks_arm("kvm", KL_HOOK_EXIT);
		if (!ret)
			ret = kl_hooks_arm(vendor->module, KL_HOOK_EXIT);
		if (!ret)
			return 0;
	}
	kl_hooks_disarm(NULL, KL_HOOK_EXIT);
	return ret;
}

int kl_exit_gate_sync(void)
{
	return kl_exit_gate_sync_of(kl_vendor);
}

static void kl_exit_gate_work(struct work_struct *work)
{
	mutex_lock(&kl_mutex);
	if (kl_exit_gate_sync())
		pr_warn("%s\n", kl_hooks_error());
	mutex_unlock(&kl_mutex);
}

static DECLARE_WORK(kl_exit_gate_reviewer, kl_exit_gate_work);

void kl_exit_gate_review(void)
{
	schedule_work(&kl_exit_gate_reviewer);
}

void kl_exit_gate_stop(void)
{
	cancel_work_sync(&kl_exit_gate_reviewer);
}

int __init kl_exit_gate_init(void)
{
	return kl_hooks_add(kl_exit_hooks, ARRAY_SIZE(kl_exit_hooks));
}

// SPDX-License-Identifier: GPL-2.0
/* The admit gate for CPUID, and the life of VMs; gate.h says what gates are. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/srcu.h>

#include "../uapi/kvm_level.h"
#include "compat/compat.h"
#include "event.h"
#include "gate.h"
#include "gate_private.h"
#include "hook.h"
#include "vm.h"

unsigned int kl_mode = KVM_LEVEL_MODE_OFF;
unsigned int kl_exits = KVM_LEVEL_EXITS_NEEDED;
const struct kl_vendor *kl_vendor;
bool kl_host_lacking;

static int kl_wrap_kvm_arch_init_vm(struct kvm *kvm, unsigned long type);
static void kl_wrap_kvm_arch_destroy_vm(struct kvm *kvm);
static int kl_wrap_kvm_arch_vcpu_create(struct kvm_vcpu *vcpu);
static int kl_wrap_kvm_set_cpuid(struct kvm_vcpu *vcpu, struct kvm_cpuid_entry2 *e2, int nent);
KL_ORIGINAL(kvm_arch_init_vm, kl_wrap_kvm_arch_init_vm);
KL_ORIGINAL(kvm_arch_destroy_vm, kl_wrap_kvm_arch_destroy_vm);
KL_ORIGINAL(kvm_arch_vcpu_create, kl_wrap_kvm_arch_vcpu_create);
KL_ORIGINAL(kvm_set_cpuid, kl_wrap_kvm_set_cpuid);

/* A VM is pinned to what its process was given, or else to the current baseline. */
static struct kl_baseline *kl_pin(void)
{
	struct kl_baseline *b = kl_process_get();

	if (!b && kl_mode_levels())
		b = kl_baseline_current();
	return b;
}

/* Why no VM can be made with this pin; NULL if it can. */
static const char *kl_pin_lacks(const struct kl_baseline *pin)
{
	if (!pin)
		return NULL;
	/* Hooks are being armed, or could not be: what isn't hooked isn't levelled. */
	if (!smp_load_acquire(&kl_vendor))
		return "KVM is not hooked yet";
	if (READ_ONCE(pin->lacking))
		return "this host's KVM does not offer what the baseline needs";
	return NULL;
}

static int kl_wrap_kvm_arch_init_vm(struct kvm *kvm, unsigned long type)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	struct kl_baseline *pin = kl_pin();
	const char *lacks = kl_pin_lacks(pin);
	struct kl_vm *vm;
	int ret;

	if (lacks) {
		pr_warn_ratelimited("no VM can be made: %s (levelctl status)\n", lacks);
		kl_baseline_put(pin);
		ret = -EOPNOTSUPP;
		goto out;
	}
	vm = kl_vm_prepare(kvm, pin);
	if (!vm) {
		ret = -ENOMEM;
		goto out;
	}
	ret = static_call(kl_orig_kvm_arch_init_vm)(kvm, type);
	if (ret) {
		kl_vm_drop(vm);
		goto out;
	}
	kl_vm_add(vm);
	kl_event_vm(KVM_LEVEL_EVENT_VM_CREATED, vm->id, -1);
out:
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

static void kl_wrap_kvm_arch_destroy_vm(struct kvm *kvm)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	struct kl_vm *vm;
	u32 id = 0;

	rcu_read_lock();
	vm = kl_vm_of(kvm);
	if (vm)
		id = vm->id;
	rcu_read_unlock();
	static_call(kl_orig_kvm_arch_destroy_vm)(kvm);
	if (kl_vm_gone(kvm))
		kl_exit_gate_review();
	if (id)
		kl_event_vm(KVM_LEVEL_EVENT_VM_GONE, id, -1);
	srcu_read_unlock(&kl_hook_srcu, idx);
}

/*
 * A vCPU is born with the host's feature MSRs and, until its VMM sets CPUID,
 * with no CR4 bit reserved.  Level it at birth: some VMM may never set CPUID.
 */
static void kl_preset(struct kl_vm *vm, struct kvm_vcpu *vcpu)
{
	const struct kl_baseline *b = vm->pinned;
	u64 beyond;
	unsigned int i;

	vcpu->arch.cr4_guest_rsvd_bits |= b->cr4_hidden;
	/* Without this KVM lets a guest use PV features that its CPUID lacks. */
	vcpu->arch.pv_cpuid.enforce = true;
	/*
	 * These two KVM hides from everybody until CPUID has their bit (6.14 on); before,
	 * it refuses to set the second until there is a PMU.  A vCPU that has none of
	 * them stays so.
	 */
	if (vcpu->arch.arch_capabilities)
		vcpu->arch.arch_capabilities = kl_offer_msr(&b->def.set, MSR_IA32_ARCH_CAPABILITIES,
							    vcpu->arch.arch_capabilities);
	if (vcpu->arch.perf_capabilities)
		vcpu->arch.perf_capabilities = kl_offer_msr(&b->def.set, MSR_IA32_PERF_CAPABILITIES,
							    vcpu->arch.perf_capabilities);
	for (i = 0; i < kl_nr_msr_shapes; i++) {
		if (kl_msr_is_levelled(&kl_msr_shapes[i]))
			kl_level_msr(vcpu, kl_msr_shapes[i].index, kl_offer_msr, &b->def.set,
				     &beyond);
	}
	if (kl_vendor->preset)
		kl_vendor->preset(vcpu, b);
}

static int kl_wrap_kvm_arch_vcpu_create(struct kvm_vcpu *vcpu)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	int ret = static_call(kl_orig_kvm_arch_vcpu_create)(vcpu);
	struct kl_vm *vm = kl_vm_of_call(vcpu->kvm);

	if (!ret && vm && vm->pinned)
		kl_preset(vm, vcpu);
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

static void kl_table_get(const struct kl_table *t, unsigned int i, struct kl_leaf *words)
{
	const struct kvm_cpuid_entry2 *e = (const struct kvm_cpuid_entry2 *)t->ctx + i;

	kl_leaf_of_entry(words, e);
}

static void kl_table_put(const struct kl_table *t, unsigned int i, const struct kl_leaf *words)
{
	struct kvm_cpuid_entry2 *e = (struct kvm_cpuid_entry2 *)t->ctx + i;

	e->eax = words->r[KL_EAX];
	e->ebx = words->r[KL_EBX];
	e->ecx = words->r[KL_ECX];
	e->edx = words->r[KL_EDX];
}

/*
 * For a row without the index flag KVM doesn't look at ECX: its words would be read
 * for every subleaf, as bits that mean something else there.  KVM_SET_CPUID has no
 * flags at all.  So such a row becomes subleaf 0's alone.  That is no excess: what a
 * VMM says with it is subleaf 0.  An empty one says nothing anywhere, and stays, as
 * where the quick look settles the table.
 */
static void kl_flag_indexed(struct kvm_cpuid_entry2 *e2, int nent)
{
	struct kvm_cpuid_entry2 *e;

	for (e = e2; e < e2 + nent; e++) {
		const struct kl_shape *shape = kl_shape_find(e->function, 0);

		if (e->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX ||
		    !(e->eax | e->ebx | e->ecx | e->edx) || !shape ||
		    (shape->flags & (KL_SHAPE_SUBLEAF | KL_SHAPE_VMM)) != KL_SHAPE_SUBLEAF)
			continue;
		e->flags |= KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
		e->index = 0;
	}
}

struct kl_report {
	struct kl_vm *vm;
	u32 event;
};

static void kl_report_excess(void *ctx, const struct kl_place *at)
{
	struct kl_report *report = ctx;

	kl_event_place(report->event, report->vm, at);
}

/*
 * For tables that the quick look does not settle: 0, or -EINVAL in strict mode where
 * the table has more than the baseline.  What it keeps on its stack is no business of
 * those that are settled.
 */
static noinline int kl_admit_cpuid(struct kl_vm *vm, struct kvm_cpuid_entry2 *e2, int nent)
{
	struct kl_table table = { .ctx = e2, .nr = nent, .get = kl_table_get };
	struct kl_report report = { .vm = vm, .event = KVM_LEVEL_EVENT_LEVELLED };
	unsigned int n;

	if (READ_ONCE(kl_mode) == KVM_LEVEL_MODE_STRICT) {
		report.event = KVM_LEVEL_EVENT_REFUSED;
		if (kl_admit_table(&vm->pinned->max.set, &table, kl_report_excess, &report)) {
			atomic64_inc(&vm->refused);
			return -EINVAL;
		}
	}
	table.put = kl_table_put;
	/* Before rows are emptied: the same table must always become the same. */
	kl_flag_indexed(e2, nent);
	n = kl_admit_table(&vm->pinned->max.set, &table, kl_report_excess, &report);
	atomic64_add(n, &vm->cut);
	/* Within max, but is it within default? */
	if (!vm->pinned->same && !vm->above_default) {
		table.put = NULL;
		if (kl_admit_table(&vm->pinned->def.set, &table, NULL, NULL))
			WRITE_ONCE(vm->above_default, true);
	}
	return 0;
}

/* Audit: count and tell what enforce mode would cut. */
static noinline void kl_audit_cpuid(struct kl_vm *vm, struct kvm_cpuid_entry2 *e2, int nent)
{
	struct kl_table table = { .ctx = e2, .nr = nent, .get = kl_table_get };
	struct kl_report report = { .vm = vm, .event = KVM_LEVEL_EVENT_AUDIT };
	struct kl_baseline *b = kl_baseline_current();

	if (!b)
		return;
	if (!kl_fast_clean(&b->fast, e2, nent))
		atomic64_add(kl_admit_table(&b->max.set, &table, kl_report_excess, &report),
			     &vm->would_cut);
	kl_baseline_put(b);
}

/* @e2 is KVM's own copy: the VMM can't change it any more. */
static int kl_wrap_kvm_set_cpuid(struct kvm_vcpu *vcpu, struct kvm_cpuid_entry2 *e2, int nent)
{
	int idx = srcu_read_lock(&kl_hook_srcu);
	struct kl_vm *vm = kl_vm_of_call(vcpu->kvm);
	int ret = 0;

	if (vm && vm->pinned && !kl_fast_clean(&vm->pinned->fast, e2, nent))
		ret = kl_admit_cpuid(vm, e2, nent);
	else if (vm && !vm->pinned && READ_ONCE(kl_mode) == KVM_LEVEL_MODE_AUDIT)
		kl_audit_cpuid(vm, e2, nent);
	if (!ret)
		ret = static_call(kl_orig_kvm_set_cpuid)(vcpu, e2, nent);
	if (!ret && vm && vm->pinned && READ_ONCE(vm->pinned->msrs_below))
		kl_msrs_follow_cpuid(vm, vcpu);
	srcu_read_unlock(&kl_hook_srcu, idx);
	return ret;
}

static struct kl_hook kl_gate_hooks[] = {
	/* First: a VM that is seen to come must be seen to go. */
	KL_HOOK("kvm", "kvm_arch_destroy_vm", kvm_arch_destroy_vm, KL_HOOK_BASE, true,
		kl_hook_always, "a VM that is gone stays known, and a new one is taken for it"),
	KL_HOOK("kvm", "kvm_arch_init_vm", kvm_arch_init_vm, KL_HOOK_BASE, true,
		kl_hook_always, "VMs can't be pinned to a baseline"),
	KL_HOOK("kvm", "kvm_arch_vcpu_create", kvm_arch_vcpu_create, KL_HOOK_BASE, true,
		kl_hook_always, "a vCPU that never sets CPUID shows the host's MSRs and CR4 bits"),
	KL_HOOK("kvm", "kvm_set_cpuid", kvm_set_cpuid, KL_HOOK_BASE, true,
		kl_hook_always, "a VMM can set more CPUID than the baseline"),
};

int __init kl_gate_init(void)
{
	int ret = kl_hooks_add(kl_gate_hooks, ARRAY_SIZE(kl_gate_hooks));

	if (!ret)
		ret = kl_gate_msr_init();
	if (!ret)
		ret = kl_advertise_init();
	if (!ret)
		ret = kl_exit_gate_init();
	return ret;
}

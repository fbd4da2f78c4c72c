// SPDX-License-Identifier: GPL-2.0
/*
 * kvm_level: gives every KVM guest of this host the CPU of its pool.
 *
 * Start and end, and KVM's modules coming and going.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/utsname.h>

#include "../uapi/kvm_level.h"
#include "compat/compat.h"
#include "event.h"
#include "gate.h"
#include "hook.h"
#include "main.h"
#include "netlink.h"
#include "selfproof.h"
#include "svm/svm.h"
#include "vm.h"
#include "vmx/vmx.h"

/* Serialises all that changes the level: see main.h. */
DEFINE_MUTEX(kl_mutex);

static bool allow_untested;
module_param(allow_untested, bool, 0444);
MODULE_PARM_DESC(allow_untested, "load on kernels outside of the range that was tested");

static const struct kl_vendor *const kl_vendors[] = { &kl_svm, &kl_vmx };

static const struct kl_vendor *kl_vendor_of(const char *module)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kl_vendors); i++) {
		if (!strcmp(kl_vendors[i]->module, module))
			return kl_vendors[i];
	}
	return NULL;
}

/*
 * Are the baselines within what KVM offers?  Else no VM of theirs can be made, nor
 * while a vendor's module is starting and has not been asked yet.
 */
void kl_host_check(void)
{
	struct kl_baseline *b = kl_baseline_current();

	lockdep_assert_held(&kl_mutex);
	kl_baselines_check(kl_host_offer(), kl_vendor);
	WRITE_ONCE(kl_host_lacking, b && b->lacking);
	kl_baseline_put(b);
}

/* The same, when a vendor's module has started; and why, in words. */
static void kl_host_check_aloud(void)
{
	struct kl_baseline *b = kl_baseline_current();
	const struct kl_set *offer = kl_host_offer();
	char text[192] = "KVM's offer could not be read";
	struct kl_place at = { };

	kl_host_check();
	if (kl_host_lacking) {
		if (offer && kl_set_subset(&b->max.set, offer, &at))
			kl_place_format(text, sizeof(text), &at);
		pr_warn("this host no longer offers baseline %llu (%s): %s; no VM can be made in modes enforce and strict\n",
			b->id, b->name, text);
	}
	kl_baseline_put(b);
}

/* Is kvm.ko loaded, hooked or not?  Under kl_mutex. */
static bool kl_kvm_there;
/* Were the VMs not found that are older than the hooks?  Under kl_mutex. */
static bool kl_older_missed;

/* kvm.ko is there, but no VM can be yet, or we have only just come. */
static int kl_kvm_coming(void)
{
	int ret;

	kl_kvm_there = true;
	ret = kl_calls_bind("kvm") ?: kl_hooks_arm("kvm", KL_HOOK_BASE);
	if (!ret)
		kl_vms_see_ends(true);
	else if (!kl_hooks_armed("kvm", KL_HOOK_BASE))
		/* VMs that came by while some hooks were there: their end is not seen. */
		kl_vms_forget();
	return ret;
}

static int kl_vendor_coming(const struct kl_vendor *vendor)
{
	int ret;

	/* It may drop in all the same: it finds no processor of its own, and goes. */
	if (!vendor->fits())
		return 0;
	ret = kl_calls_bind(vendor->module);
	if (!ret && !kl_hooks_armed("kvm", KL_HOOK_BASE))
		ret = kl_kvm_coming();
	if (ret)
		return ret;
	ret = kl_hooks_arm(vendor->module, KL_HOOK_BASE);
	if (ret)
		return ret;
	if (kl_vendor)
		return 0;
	ret = kl_exit_gate_sync_of(vendor);
	if (ret) {
		kl_hooks_disarm(vendor->module, KL_HOOK_BASE);
		return ret;
	}
	/* From here on VMs are pinned: all that levels them is there. */
	smp_store_release(&kl_vendor, vendor);
	kl_host_check();
	return 0;
}

static void kl_vendor_live(void)
{
	int ret = kl_host_read();

	if (ret)
		pr_warn("can't read what KVM offers (error %d)\n", ret);
	kl_host_check_aloud();
}

static void kl_vendor_going(const struct kl_vendor *vendor)
{
	kl_hooks_disarm(vendor->module, KL_HOOK_EXIT);
	kl_hooks_disarm(vendor->module, KL_HOOK_BASE);
	if (kl_vendor == vendor) {
		kl_vendor = NULL;
		kl_host_forget();
		kl_host_check();
	}
}

static void kl_kvm_going(void)
{
	kl_vms_see_ends(false);
	kl_hooks_disarm("kvm", KL_HOOK_EXIT);
	kl_hooks_disarm("kvm", KL_HOOK_BASE);
	kl_vms_forget();
	kl_kvm_there = false;
	kl_older_missed = false;
}

/* While a baseline is enforced, KVM may not run without its hooks: veto. */
static int kl_veto(const char *module, int err)
{
	struct kl_baseline *b = kl_baseline_current();
	bool veto = (b && kl_mode_levels()) || kl_processes_any();

	kl_baseline_put(b);
	if (veto)
		pr_err("%s may not load while a baseline is enforced: %s\n", module,
		       kl_hooks_error());
	else
		pr_warn("%s loads without levelling: %s\n", module, kl_hooks_error());
	kl_event_text(KVM_LEVEL_EVENT_HOOKS, kl_hooks_error());
	return veto ? notifier_from_errno(err) : NOTIFY_OK;
}

static int kl_module_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct module *module = data;
	const struct kl_vendor *vendor = kl_vendor_of(module->name);
	bool kvm = !strcmp(module->name, "kvm");
	int ret = 0, verdict = NOTIFY_DONE;

	if (!vendor && !kvm)
		return NOTIFY_DONE;

	mutex_lock(&kl_mutex);
	switch (event) {
	case MODULE_STATE_COMING:
		ret = kvm ? kl_kvm_coming() : kl_vendor_coming(vendor);
		if (ret)
			verdict = kl_veto(module->name, ret);
		/* The kernel tells whom it told before us that it goes again, but not us. */
		if (ret && kvm && verdict != NOTIFY_OK)
			kl_kvm_there = false;
		break;
	case MODULE_STATE_LIVE:
		if (vendor && kl_vendor == vendor)
			kl_vendor_live();
		break;
	case MODULE_STATE_GOING:
		if (kvm)
			kl_kvm_going();
		else
			kl_vendor_going(vendor);
		break;
	}
	mutex_unlock(&kl_mutex);
	return verdict;
}

static struct notifier_block kl_module_nb = {
	.notifier_call = kl_module_event,
};

/* KVM that runs already: before us, or since a time when its hooks were not free. */
static int kl_attach(void)
{
	unsigned int i;
	int ret = kl_kvm_coming();

	for (i = 0; i < ARRAY_SIZE(kl_vendors) && !ret; i++) {
		if (!kl_vendors[i]->fits() || !kl_module_is_there(kl_vendors[i]->module))
			continue;
		ret = kl_vendor_coming(kl_vendors[i]);
		if (!ret)
			kl_vendor_live();
		if (!ret)
			ret = kl_vms_find_older();
		kl_older_missed = ret;
	}
	return ret;
}

int kl_ready_to_level(const char **why)
{
	lockdep_assert_held(&kl_mutex);
	/* Without KVM there are no guests; its load is where hooks decide. */
	if (!kl_kvm_there)
		return 0;
	if ((!kl_vendor || kl_older_missed || !kl_hooks_armed("kvm", KL_HOOK_BASE) ||
	     !kl_hooks_armed(kl_vendor->module, KL_HOOK_BASE)) && kl_attach()) {
		*why = kl_hooks_error();
		return -EBUSY;
	}
	if (kl_vendor && !kl_host_offer()) {
		*why = "what this host's KVM offers could not be read";
		return -EBUSY;
	}
	return 0;
}

static void kl_detach(void)
{
	mutex_lock(&kl_mutex);
	kl_vms_see_ends(false);
	kl_hooks_disarm(NULL, KL_HOOK_EXIT);
	kl_hooks_disarm(NULL, KL_HOOK_BASE);
	/* Of the exit gate somebody may have been left inside, now or long before. */
	kl_hooks_drain();
	kl_vendor = NULL;
	kl_kvm_there = false;
	kl_host_forget();
	mutex_unlock(&kl_mutex);
}

static int __init kl_init(void)
{
	int ret;

	/* Of it no hook is told, and no function found by KVM's name: all would go by us. */
	if (IS_BUILTIN(CONFIG_KVM)) {
		pr_err("this kernel has KVM built in: only KVM's modules can be levelled\n");
		return -ENODEV;
	}
	if (!kl_compat_kernel_was_tested() && !allow_untested) {
		pr_err("kernel %s is outside of the range that was tested (" KL_KERNEL_RANGE "); allow_untested=1 loads all the same\n",
		       init_utsname()->release);
		return -ENODEV;
	}

	ret = kl_selfproof_init() ?: kl_gate_init() ?: kl_svm_init() ?: kl_vmx_init();
	if (ret)
		return ret;
	ret = kl_selfproof_run();
	if (ret)
		return ret;

	ret = kl_netlink_init();
	if (ret)
		return ret;
	ret = register_module_notifier(&kl_module_nb);
	if (ret)
		goto out_netlink;
	mutex_lock(&kl_mutex);
	if (kl_module_is_there("kvm")) {
		ret = kl_attach();
		if (ret)
			pr_err("%s\n", kl_hooks_error());
	}
	mutex_unlock(&kl_mutex);
	if (ret)
		goto out_notifier;

	pr_info("version %s: proof passed, %s\n", THIS_MODULE->version,
		kl_vendor ? kl_vendor->module : "KVM not loaded yet");
	return 0;

out_notifier:
	unregister_module_notifier(&kl_module_nb);
	kl_detach();
out_netlink:
	/* Somebody may have set a baseline already. */
	kl_netlink_exit();
	kl_exit_gate_stop();
	kl_processes_exit();
	kl_baseline_set_current(NULL);
	kl_vms_exit();
	return ret;
}

static void __exit kl_exit(void)
{
	kl_netlink_exit();
	unregister_module_notifier(&kl_module_nb);
	kl_detach();
	kl_exit_gate_stop();
	kl_processes_exit();
	kl_baseline_set_current(NULL);
	kl_vms_exit();
}

module_init(kl_init);
module_exit(kl_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kvm-level authors");
MODULE_DESCRIPTION("CPU levels of KVM guests for live migration");
MODULE_VERSION("0.1.0");

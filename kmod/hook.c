// SPDX-License-Identifier: GPL-2.0
/* The hook engine; hook.h says what it is. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "hook.h"

/* Length of the call that ftrace patches in at a site, on x86-64. */
#define KL_SITE_SIZE	MCOUNT_INSN_SIZE

#define KL_MAX_TABLES	8
#define KL_MAX_HOOKS	32

DEFINE_SRCU(kl_hook_srcu);

/* Protects the tables below and the private part of every hook in them. */
static DEFINE_MUTEX(kl_hook_mutex);
static struct { struct kl_hook *hooks; unsigned int nr; } kl_tables[KL_MAX_TABLES];
static unsigned int kl_nr_tables;
static struct { const struct kl_call *calls; unsigned int nr; } kl_call_tables[KL_MAX_TABLES];
static unsigned int kl_nr_call_tables;
static char kl_error_text[256];

#define for_each_hook(h)						\
	for (unsigned int _t = 0; _t < kl_nr_tables; _t++)		\
		for (h = kl_tables[_t].hooks;				\
		     h < kl_tables[_t].hooks + kl_tables[_t].nr; h++)

int __init kl_hooks_add(struct kl_hook *hooks, unsigned int nr)
{
	unsigned int all = nr;
	struct kl_hook *hook;
	int ret = -ENOSPC;

	mutex_lock(&kl_hook_mutex);
	for_each_hook(hook)
		all++;
	if (kl_nr_tables < KL_MAX_TABLES && all <= KL_MAX_HOOKS) {
		kl_tables[kl_nr_tables].hooks = hooks;
		kl_tables[kl_nr_tables++].nr = nr;
		ret = 0;
	}
	mutex_unlock(&kl_hook_mutex);
	return ret;
}

int __init kl_calls_add(const struct kl_call *calls, unsigned int nr)
{
	int ret = -ENOSPC;

	mutex_lock(&kl_hook_mutex);
	if (kl_nr_call_tables < KL_MAX_TABLES) {
		kl_call_tables[kl_nr_call_tables].calls = calls;
		kl_call_tables[kl_nr_call_tables++].nr = nr;
		ret = 0;
	}
	mutex_unlock(&kl_hook_mutex);
	return ret;
}

/*
 * A disabled kprobe finds the symbol and its ftrace site without touching the
 * code: its address is the site (behind ENDBR, where there is one).
 */
int kl_resolve_function(const char *name, unsigned long *addr)
{
	struct kprobe kp = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };
	int ret = register_kprobe(&kp);

	if (ret)
		return ret;
	*addr = (unsigned long)kp.addr;
	unregister_kprobe(&kp);
	return 0;
}

/* Never defined: the type of kallsyms_lookup_name(). */
unsigned long kl_lookup_proto(const char *name);
DEFINE_STATIC_CALL_NULL(kl_kallsyms, kl_lookup_proto);

/*
 * KVM's list of VMs is data, which a kprobe can't name.  The symbol table can;
 * a static call is a direct call, so it works whether or not the function
 * carries an ENDBR.
 */
unsigned long kl_resolve_data(const char *name)
{
	unsigned long addr, found = 0;

	if (!kl_resolve_function("kallsyms_lookup_name", &addr)) {
		static_call_update(kl_kallsyms, (typeof(kl_lookup_proto) *)addr);
		found = static_call(kl_kallsyms)(name);
	}
	if (!found) {
		mutex_lock(&kl_hook_mutex);
		snprintf(kl_error_text, sizeof(kl_error_text),
			 "can't find %s in this kernel, without CONFIG_KALLSYMS_ALL?", name);
		mutex_unlock(&kl_hook_mutex);
	}
	return found;
}

static int kl_resolve(const char *module, const char *symbol, unsigned long *addr)
{
	char name[MODULE_NAME_LEN + 64];

	snprintf(name, sizeof(name), "%s:%s", module, symbol);
	return kl_resolve_function(name, addr);
}

/*
 * Runs at every entry of a hooked function: no lock, no RCU, nothing but the
 * redirection.  Without FTRACE_OPS_FL_RECURSION ftrace leaves recursion to us;
 * nothing here can be traced, so there is none, and no call can slip by
 * unredirected.
 */
void notrace kl_hook_always(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			    struct ftrace_regs *fregs)
{
	kl_compat_redirect(fregs, container_of(ops, struct kl_hook, ops)->wrapper);
}

static void kl_bind(const struct kl_original *original, unsigned long addr)
{
	__static_call_update(original->key, original->tramp, (void *)addr);
}

static int kl_hook_arm(struct kl_hook *hook)
{
	unsigned long site;
	const char *why;
	int ret;

	lockdep_assert_held(&kl_hook_mutex);
	if (hook->site)
		return 0;

	ret = kl_resolve(hook->module, hook->symbol, &site);
	if (ret) {
		why = ret == -ENOENT ? "there is no such function in this kernel" :
				       "it can't be looked up";
		goto fail;
	}

	memset(&hook->ops, 0, sizeof(hook->ops));
	hook->ops.func = hook->entry;
	hook->ops.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT;
	/* The wrapper may run before register_ftrace_function() returns. */
	kl_bind(&hook->original, site + KL_SITE_SIZE);

	ret = ftrace_set_filter_ip(&hook->ops, site, 0, 0);
	if (ret) {
		why = "it has no ftrace site";
		goto fail;
	}
	ret = register_ftrace_function(&hook->ops);
	if (ret) {
		ftrace_set_filter_ip(&hook->ops, site, 1, 0);
		ftrace_free_filter(&hook->ops);
		why = ret == -EBUSY ?
			      "a live patch or another redirection holds it, or ftrace is off" :
		      ret == -ENODEV ? "ftrace was shut down on this kernel" : "ftrace refuses it";
		goto fail;
	}
	hook->site = site;
	hook->error = 0;
	return 0;

fail:
	hook->error = ret;
	snprintf(kl_error_text, sizeof(kl_error_text), "can't hook %s:%s (error %d): %s; lost without it: %s",
		 hook->module, hook->symbol, ret, why, hook->lost);
	return ret;
}

static void kl_hook_disarm(struct kl_hook *hook)
{
	lockdep_assert_held(&kl_hook_mutex);
	if (!hook->site)
		return;
	/* Fails only for what isn't registered, and then it is what we want. */
	unregister_ftrace_function(&hook->ops);
	ftrace_set_filter_ip(&hook->ops, hook->site, 1, 0);
	ftrace_free_filter(&hook->ops);
	hook->site = 0;
}

/* The last one first: what a VM's end needs is armed first. */
static void kl_hooks_undo(struct kl_hook **hooks, unsigned int nr)
{
	while (nr--)
		kl_hook_disarm(hooks[nr]);
}

/*
 * First those on the way in, who may have been redirected but don't hold SRCU yet;
 * then those inside, who may sleep in the original; then those on the way out, who
 * have dropped SRCU but not left our text.
 */
void kl_hooks_drain(void)
{
	synchronize_rcu_tasks();
	synchronize_srcu(&kl_hook_srcu);
	synchronize_rcu_tasks();
}

static bool kl_hook_is(const struct kl_hook *hook, const char *module, enum kl_hook_group group)
{
	return hook->group == group && (!module || !strcmp(hook->module, module));
}

int kl_hooks_arm(const char *module, enum kl_hook_group group)
{
	struct kl_hook *hook, *fresh[KL_MAX_HOOKS];
	unsigned int nr = 0;
	int ret = 0;

	mutex_lock(&kl_hook_mutex);
	kl_error_text[0] = 0;
	for_each_hook(hook) {
		if (ret || !kl_hook_is(hook, module, group) || hook->site)
			continue;
		ret = kl_hook_arm(hook);
		if (!ret) {
			fresh[nr++] = hook;
		} else if (!hook->fatal) {
			pr_warn("%s\n", kl_error_text);
			ret = 0;
		}
	}
	if (ret)
		kl_hooks_undo(fresh, nr);
	mutex_unlock(&kl_hook_mutex);
	if (ret && nr && group == KL_HOOK_BASE)
		kl_hooks_drain();
	return ret;
}

void kl_hooks_disarm(const char *module, enum kl_hook_group group)
{
	struct kl_hook *hook, *armed[KL_MAX_HOOKS];
	unsigned int nr = 0;

	mutex_lock(&kl_hook_mutex);
	for_each_hook(hook) {
		if (kl_hook_is(hook, module, group) && hook->site)
			armed[nr++] = hook;
	}
	kl_hooks_undo(armed, nr);
	mutex_unlock(&kl_hook_mutex);
	if (nr && group == KL_HOOK_BASE)
		kl_hooks_drain();
}

int kl_calls_bind(const char *module)
{
	unsigned int t, i;
	int ret = 0;

	mutex_lock(&kl_hook_mutex);
	for (t = 0; t < kl_nr_call_tables; t++) {
		for (i = 0; i < kl_call_tables[t].nr; i++) {
			const struct kl_call *call = &kl_call_tables[t].calls[i];
			unsigned long addr;

			if (strcmp(call->module, module))
				continue;
			ret = kl_resolve(call->module, call->symbol, &addr);
			if (ret) {
				snprintf(kl_error_text, sizeof(kl_error_text),
					 "can't find %s:%s in this kernel (error %d)",
					 call->module, call->symbol, ret);
				goto out;
			}
			kl_bind(&call->original, addr);
		}
	}
out:
	mutex_unlock(&kl_hook_mutex);
	return ret;
}

bool kl_module_is_there(const char *module)
{
	const struct kl_hook *hook;
	unsigned long addr;
	bool there = false;

	mutex_lock(&kl_hook_mutex);
	for_each_hook(hook) {
		if (!there && !strcmp(hook->module, module))
			there = kl_resolve(module, hook->symbol, &addr) != -ENOENT;
	}
	mutex_unlock(&kl_hook_mutex);
	return there;
}

bool kl_hooks_armed(const char *module, enum kl_hook_group group)
{
	struct kl_hook *hook;
	bool any = false, all = true;

	mutex_lock(&kl_hook_mutex);
	for_each_hook(hook) {
		if (!kl_hook_is(hook, module, group) || !hook->fatal)
			continue;
		any = true;
		all &= !!hook->site;
	}
	mutex_unlock(&kl_hook_mutex);
	return any && all;
}

const char *kl_hooks_error(void)
{
	return kl_error_text;
}

int kl_hooks_each(int (*fn)(const struct kl_hook *hook, void *ctx), void *ctx)
{
	struct kl_hook *hook;
	int ret = 0;

	mutex_lock(&kl_hook_mutex);
	for_each_hook(hook) {
		if (!ret)
			ret = fn(hook, ctx);
	}
	mutex_unlock(&kl_hook_mutex);
	return ret;
}

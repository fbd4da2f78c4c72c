// SPDX-License-Identifier: GPL-2.0
/*
 * rival: somebody else who redirects a function, as a live patch does, for the
 * tests of what kvm_level says to that.  It takes the function's one place for
 * redirections and sends its callers where they were going.
 *
 *	insmod rival.ko				kvm's kvm_set_cpuid, at once
 *	insmod rival.ko owner=M symbol=S	another function
 *	insmod rival.ko at_coming=1		whenever the owner is loaded, before
 *						other modules are told of it
 *	insmod rival.ko symbol= slow_live=MS	nothing; but when the owner has come
 *						alive, others are told of it later
 *	/sys/module/rival/parameters/calls	callers that came by
 *	/sys/module/rival/parameters/holds	does it have the place?
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/notifier.h>

static char *owner = "kvm";
module_param(owner, charp, 0444);
MODULE_PARM_DESC(owner, "module of the function");

static char *symbol = "kvm_set_cpuid";
module_param(symbol, charp, 0444);
MODULE_PARM_DESC(symbol, "the function");

static bool at_coming;
module_param(at_coming, bool, 0444);
MODULE_PARM_DESC(at_coming, "take it whenever its module comes");

static uint slow_live;
module_param(slow_live, uint, 0444);
MODULE_PARM_DESC(slow_live, "milliseconds for which others don't hear that the module is live");

static ulong calls;
module_param(calls, ulong, 0444);
MODULE_PARM_DESC(calls, "callers that came by (not exact)");

static bool holds;
module_param(holds, bool, 0444);
MODULE_PARM_DESC(holds, "is the function taken?");

static void notrace rival_entry(unsigned long ip, unsigned long parent_ip,
				struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	WRITE_ONCE(calls, READ_ONCE(calls) + 1);
}

static struct ftrace_ops rival_ops = {
	.func = rival_entry,
	.flags = FTRACE_OPS_FL_IPMODIFY,
};

static unsigned long rival_site;

/* A disabled kprobe says where the function's ftrace site is, and changes nothing. */
static unsigned long rival_find(void)
{
	char name[MODULE_NAME_LEN + KSYM_NAME_LEN];
	struct kprobe kp = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };
	unsigned long site;

	snprintf(name, sizeof(name), "%s:%s", owner, symbol);
	if (register_kprobe(&kp))
		return 0;
	site = (unsigned long)kp.addr;
	unregister_kprobe(&kp);
	return site;
}

static int rival_take(void)
{
	unsigned long site;
	int ret;

	if (!*symbol)
		return 0;
	site = rival_find();
	if (!site)
		return -ENOENT;
	ret = ftrace_set_filter_ip(&rival_ops, site, 0, 0);
	if (ret)
		return ret;
	ret = register_ftrace_function(&rival_ops);
	if (ret) {
		ftrace_set_filter_ip(&rival_ops, site, 1, 0);
		return ret;
	}
	rival_site = site;
	WRITE_ONCE(holds, true);
	return 0;
}

static void rival_leave(void)
{
	if (!holds)
		return;
	unregister_ftrace_function(&rival_ops);
	ftrace_set_filter_ip(&rival_ops, rival_site, 1, 0);
	WRITE_ONCE(holds, false);
}

static int rival_module_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct module *module = data;
	int ret;

	if (strcmp(module->name, owner))
		return NOTIFY_DONE;
	if (event == MODULE_STATE_COMING && at_coming) {
		ret = rival_take();
		if (ret)
			pr_info("can't have %s:%s (error %d)\n", owner, symbol, ret);
	} else if (event == MODULE_STATE_LIVE) {
		msleep(slow_live);
	} else if (event == MODULE_STATE_GOING) {
		rival_leave();
	}
	return NOTIFY_DONE;
}

/* Before all others are told. */
static struct notifier_block rival_nb = {
	.notifier_call = rival_module_event,
	.priority = INT_MAX,
};

static int __init rival_init(void)
{
	int ret = at_coming ? 0 : rival_take();

	if (ret)
		return ret;
	ret = register_module_notifier(&rival_nb);
	if (ret)
		rival_leave();
	return ret;
}

static void __exit rival_exit(void)
{
	unregister_module_notifier(&rival_nb);
	rival_leave();
	ftrace_free_filter(&rival_ops);
}

module_init(rival_init);
module_exit(rival_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kvm-level authors");
MODULE_DESCRIPTION("Redirects a function, for kvm_level's tests");

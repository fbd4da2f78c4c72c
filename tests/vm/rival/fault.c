// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the nth call of one kernel function fail, for tests of error paths: the
 * caller gets an error and the function doesn't run.  Unlike fail_function it
 * takes any function that returns an int, on stock kernels.
 */
#include <linux/kprobes.h>
#include <linux/linkage.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <asm/ibt.h>

static char *symbol = "register_kprobe";
module_param(symbol, charp, 0444);
MODULE_PARM_DESC(symbol, "the function that fails");

static char *by = "";
module_param(by, charp, 0444);
MODULE_PARM_DESC(by, "only where a task of this name calls it; empty: any");

static int nth = 1;
module_param(nth, int, 0444);
MODULE_PARM_DESC(nth, "which of the calls fails");

static int error = -ENOMEM;
module_param(error, int, 0444);
MODULE_PARM_DESC(error, "what it returns");

static bool hit;
module_param(hit, bool, 0444);
MODULE_PARM_DESC(hit, "has it failed?");

static atomic_t calls;

/* Where a function that is not to run "returns" from: at its first instruction. */
asmlinkage void kl_fault_return(void);
asm("\t.pushsection .text\n"
	"\t.type kl_fault_return, @function\n"
	"\t.globl kl_fault_return\n"
	"kl_fault_return:\n"
	ANNOTATE_NOENDBR "\n"
	ASM_RET "\n"
	"\t.size kl_fault_return, . - kl_fault_return\n"
	"\t.popsection\n");

static int before(struct kprobe *p, struct pt_regs *regs)
{
	if (*by && strcmp(current->comm, by))
		return 0;
	if (atomic_inc_return(&calls) != nth)
		return 0;
	hit = true;
	regs->ax = error;
	regs->ip = (unsigned long)kl_fault_return;
	return 1;
}

NOKPROBE_SYMBOL(before);

/* A probe that has one may change where execution goes on. */
static void after(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
}

NOKPROBE_SYMBOL(after);

static struct kprobe probe = { .pre_handler = before, .post_handler = after };

static int __init fault_init(void)
{
	probe.symbol_name = symbol;
	return register_kprobe(&probe);
}
module_init(fault_init);

static void __exit fault_exit(void)
{
	unregister_kprobe(&probe);
}
module_exit(fault_exit);

MODULE_DESCRIPTION("Makes a kernel function fail, for tests of kvm_level");
MODULE_LICENSE("GPL");

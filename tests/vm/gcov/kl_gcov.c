// SPDX-License-Identifier: GPL-2.0
/*
 * kl_gcov.ko: the kernel's own gcov (kernel/gcov/ of its source) as a module, for
 * stock kernels, which have none.  It stays loaded, and keeps the counts of a
 * kvm_level.ko that is gone; /sys/kernel/debug/gcov/ has their sum.
 *
 * Such kernels don't call a module's constructors, so kvm_level.ko is compiled with
 * -fprofile-info-section and exports where that section begins (first.c) and ends
 * (last.c).
 */
#include <linux/init.h>
#include <linux/module.h>

/* There is one init function to a module: ours, which calls theirs. */
#undef device_initcall
#define device_initcall(fn)

#undef pr_fmt
#include "base.c"
#include "gcc_base.c"
#include "gcc_4_7.c"
#undef pr_fmt
#include "fs.c"

/* As kernel/module/internal.h has it where offsets are relative. */
struct exported {
	int value_offset;
	int name_offset;
	int namespace_offset;
};

static struct gcov_info **exported_by(const struct module *mod, const char *name)
{
	const struct exported *syms = (const struct exported *)mod->syms;
	unsigned int i;

	for (i = 0; i < mod->num_syms; i++) {
		if (!strcmp(offset_to_ptr(&syms[i].name_offset), name))
			return offset_to_ptr(&syms[i].value_offset);
	}
	return NULL;
}

/* Before its init runs: one that fails is counted too. */
static int construct(struct notifier_block *nb, unsigned long event, void *data)
{
	struct gcov_info **first, **last;

	if (event != MODULE_STATE_COMING)
		return NOTIFY_OK;
	first = exported_by(data, "kl_gcov_first");
	last = exported_by(data, "kl_gcov_last");
	if (!first || !last)
		return NOTIFY_OK;
	for (; first < last; first++)
		__gcov_init(*first);
	return NOTIFY_OK;
}

static struct notifier_block construct_nb = { .notifier_call = construct };

static int __init kl_gcov_init(void)
{
	int err = gcov_fs_init();

	if (!err)
		err = gcov_init();
	return err ?: register_module_notifier(&construct_nb);
}

/* No exit: the counts of all that came and went are here. */
module_init(kl_gcov_init);
MODULE_DESCRIPTION("gcov for a stock kernel's kvm_level.ko");
MODULE_LICENSE("GPL");

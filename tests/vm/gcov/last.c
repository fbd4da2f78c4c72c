// SPDX-License-Identifier: GPL-2.0
/* Linked last into a kvm_level.ko that counts: where the list of its counts ends. */
#include <linux/module.h>

struct gcov_info;
extern struct gcov_info *kl_gcov_last[];
struct gcov_info *kl_gcov_last[0] __section("kl_gcov");
EXPORT_SYMBOL(kl_gcov_last);

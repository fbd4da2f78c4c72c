// SPDX-License-Identifier: GPL-2.0
/* Linked first into a kvm_level.ko that counts: where the list of its counts begins. */
#include <linux/module.h>

struct gcov_info;
extern struct gcov_info *kl_gcov_first[];
struct gcov_info *kl_gcov_first[0] __section("kl_gcov");
EXPORT_SYMBOL(kl_gcov_first);

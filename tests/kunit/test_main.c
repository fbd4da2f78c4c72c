// SPDX-License-Identifier: GPL-2.0
/* KVM's modules coming and going, on a host that has no KVM. */
#include <linux/module.h>
#undef module_init
#undef module_exit
#undef MODULE_LICENSE
#undef MODULE_AUTHOR
#undef MODULE_DESCRIPTION
#undef MODULE_VERSION
#define module_init(f)		static int (*const load)(void) __maybe_unused = f
#define module_exit(f)		static void (*const unload)(void) __maybe_unused = f
#define MODULE_LICENSE(x)
#define MODULE_AUTHOR(x)
#define MODULE_DESCRIPTION(x)
#define MODULE_VERSION(x)	static_assert(true)
#include "../kmod/main.c"

#include "env.h"
#include "suites.h"

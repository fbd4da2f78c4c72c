/* SPDX-License-Identifier: GPL-2.0 */
/* What a test of the pure core knows by this name in userspace. */
#include <linux/string.h>

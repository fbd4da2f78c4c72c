/* SPDX-License-Identifier: GPL-2.0 */
/* What a test of the pure core knows by this name in userspace. */
#include <linux/bug.h>

/* The same numbers in each run, as there. */
void srand(unsigned int seed);
int rand(void);

#define abort()	BUG()

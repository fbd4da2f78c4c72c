/* SPDX-License-Identifier: GPL-2.0 */
/* The one place that knows in which world the core is being compiled. */
#ifndef KL_POLICY_PRIVATE_H
#define KL_POLICY_PRIVATE_H

#ifdef __KERNEL__
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/types.h>

/*
 * Names of features are userspace's, and so is prose about them: levelctl makes
 * the same checks before it asks the module, which has one sentence for all.
 */
#define KL_PROSE(member)
#define KL_PROSE_OR(prose, sentence)	(sentence)
#else
#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define __packed		__attribute__((packed))

#define KL_PROSE(member)	member
#define KL_PROSE_OR(prose, sentence)	(prose)

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define BIT(n)		(1UL << (n))
#define BIT_ULL(n)	(1ULL << (n))
#define GENMASK(h, l)	((~0UL >> (63 - (h))) & (~0UL << (l)))
#define GENMASK_ULL(h, l) GENMASK(h, l)
#define min(a, b)	((a) < (b) ? (a) : (b))
#define max(a, b)	((a) > (b) ? (a) : (b))
#define swap(a, b) \
	do { __typeof__(a) __t = (a); (a) = (b); (b) = __t; } while (0)
#endif

#endif /* KL_POLICY_PRIVATE_H */

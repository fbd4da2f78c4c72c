/* SPDX-License-Identifier: GPL-2.0 */
/* Baselines as files: kvm-level/baseline/1. */
#ifndef KL_BASELINE_H
#define KL_BASELINE_H

#include "netlink.h"

#define BASELINE_SCHEMA "kvm-level/baseline/1"

/* Read and check @path in full: 0, or -1 said why, with file and line. */
int baseline_read(const char *path, struct baseline *b);

/*
 * Why a baseline, by what baseline_read() asks for, can't have @name, as what follows
 * "name": NULL if it can.  @most bytes: the caller may want to add to it.  To be freed.
 */
char *baseline_name_fault(const char *name, unsigned int most);

/* Its members, into the object that @o is in; what baseline_read() reads. */
void baseline_write(struct json_out *o, const struct baseline *b);

/*
 * May hosts with processors of @vendor run @b?  It may be for several vendors.  Who
 * names no vendor, the baseline or the dump of a host, has none to refuse.
 */
bool baseline_is_for(const struct baseline *b, const char *vendor);
/* May this host?  0, or -1 said why.  The kernel sees words only: a name is ours to check. */
int baseline_check_own(const struct baseline *b);

/*
 * What a guest does by hypercalls, whose instruction it patches in for the vendor
 * on which it boots: kick, TLB flush, IPI, yield, page encryption, migration
 * (Documentation/virt/kvm/x86/cpuid.rst).  A baseline for several vendors has none.
 */
#define KVM_FEATURES	0x40000001u
#define KVM_HYPERCALLS	(1u << 7 | 1u << 9 | 1u << 11 | 1u << 13 | 1u << 16 | 1u << 17)

/* Call @lack, with a sentence, for every place of @need that @have lacks; their number. */
typedef void (*lack_fn)(void *ctx, const struct kl_place *at, const char *text);
unsigned int set_lacks(const struct kl_set *need, const struct kl_set *have, lack_fn lack,
		       void *ctx);

#endif /* KL_BASELINE_H */

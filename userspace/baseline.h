/* SPDX-License-Identifier: GPL-2.0 */
/* Baselines as files: kvm-level/baseline/1. */
#ifndef KL_BASELINE_H
#define KL_BASELINE_H

#include "netlink.h"

#define BASELINE_SCHEMA "kvm-level/baseline/1"

/* Read and check @path in full: 0, or -1 said why, with file and line. */
int baseline_read(const char *path, struct baseline *b);

/* Its members, into the object that @o is in; what baseline_read() reads. */
void baseline_write(struct json_out *o, const struct baseline *b);

/* Call @lack, with a sentence, for every place of @need that @have lacks; their number. */
typedef void (*lack_fn)(void *ctx, const struct kl_place *at, const char *text);
unsigned int set_lacks(const struct kl_set *need, const struct kl_set *have, lack_fn lack,
		       void *ctx);

#endif /* KL_BASELINE_H */

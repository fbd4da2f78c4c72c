// SPDX-License-Identifier: GPL-2.0
/*
 * Measured with the core's own rules: a set that has everything beside the
 * same one without the feature and what needs it.
 */
#include "strength.h"

static void fill(struct kl_acc *acc)
{
	unsigned int i, r;
	u32 sub;

	acc->nr_leaves = 0;
	acc->nr_msrs = 0;
	for (i = 0; i < kl_nr_shapes; i++) {
		const struct kl_shape *s = &kl_shapes[i];

		/* Of many subleaves only those of leaf 0xD matter: where state lies. */
		for (sub = s->subleaf_first; acc->nr_leaves < KL_MAX_LEAVES; sub++) {
			struct kl_leaf l = { .leaf = s->first, .subleaf = sub };

			for (r = 0; r < KL_NR_REGS; r++) {
				const struct kl_shape_reg *reg = &s->r[r];

				l.r[r] = reg->and_bits | reg->min_field[0] | reg->min_field[1] |
					 reg->min_field[2] | reg->min_field[3];
			}
			/* A size of 64 bytes each, one behind the other. */
			if (s->first == 0xd && sub >= 2) {
				l.r[KL_EAX] = 64;
				l.r[KL_EBX] = 576 + 64 * sub;
			}
			acc->leaf[acc->nr_leaves++] = l;
			if (s->first != 0xd || sub >= s->subleaf_last)
				break;
		}
	}
}

struct strength feature_strength(const struct bit_place *at)
{
	struct kl_set all, less;
	struct kl_acc a, b;
	unsigned int i;

	fill(&a);
	b = a;
	for (i = 0; i < b.nr_leaves; i++)
		if (!at->msr && b.leaf[i].leaf == at->leaf && b.leaf[i].subleaf == at->subleaf)
			b.leaf[i].r[at->reg] &= ~(1u << at->bit);
	kl_close(&a);
	kl_close(&b);
	all = kl_acc_set(&a);
	less = kl_acc_set(&b);
	return (struct strength){
		.cr4 = kl_cr4_hidden(&less) & ~kl_cr4_hidden(&all),
		.efer = kl_efer_hidden(&less) & ~kl_efer_hidden(&all),
		.xcr0 = kl_xcr0_shown(&all) & ~kl_xcr0_shown(&less),
		.xss = kl_xss_shown(&all) & ~kl_xss_shown(&less),
	};
}

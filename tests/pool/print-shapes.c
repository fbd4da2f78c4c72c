// SPDX-License-Identifier: GPL-2.0
/*
 * The core's tables as JSON, for a test that applies them in its own way: masks,
 * gates and dependencies, nothing of what the core does with them.
 */
#include "policy.h"

static void print_bit(const char *key, const struct kl_bit *b)
{
	printf(",\"%s\":[%u,%u,%u,%u]", key, b->leaf, b->subleaf, b->reg, b->bit);
}

static void print_reg(const struct kl_shape_reg *r, unsigned int i)
{
	printf("%s{\"and\":%u,\"or\":%u,\"pass\":%u,\"equal\":%u,\"min\":[%u,%u,%u,%u]}",
	       i ? "," : "", r->and_bits, r->or_bits, r->pass_bits, r->equal_bits,
	       r->min_field[0], r->min_field[1], r->min_field[2], r->min_field[3]);
}

int main(void)
{
	unsigned int i, r;

	printf("{\"leaves\":[");
	for (i = 0; i < kl_nr_shapes; i++) {
		const struct kl_shape *s = &kl_shapes[i];

		printf("%s\n{\"leaf\":%u,\"first\":%u,\"last\":%u,\"subleaves\":%d,\"vmm\":%d,\"max\":%d,\"regs\":[",
		       i ? "," : "", s->first, s->subleaf_first, s->subleaf_last,
		       !!(s->flags & KL_SHAPE_SUBLEAF), !!(s->flags & KL_SHAPE_VMM),
		       !!(s->flags & KL_SHAPE_MAX));
		for (r = 0; r < KL_NR_REGS; r++)
			print_reg(&s->r[r], r);
		printf("]");
		print_bit("gate", &s->gate);
		printf("}");
	}
	printf("],\"msrs\":[");
	for (i = 0; i < kl_nr_msr_shapes; i++) {
		const struct kl_msr_shape *s = &kl_msr_shapes[i];

		printf("%s\n{\"index\":%u,\"vmm\":%d,\"and\":%llu,\"or\":%llu,\"equal\":%llu,\"must\":%llu,\"group\":%llu",
		       i ? "," : "", s->index, !!(s->flags & KL_SHAPE_VMM),
		       (unsigned long long)s->and_bits, (unsigned long long)s->or_bits,
		       (unsigned long long)s->equal_bits, (unsigned long long)s->must_bits,
		       (unsigned long long)s->group_bits);
		print_bit("gate", &s->gate);
		printf("}");
	}
	printf("],\"deps\":[");
	for (i = 0; i < kl_nr_deps; i++) {
		printf("%s\n{\"n\":%u", i ? "," : "", i);
		print_bit("feature", &kl_deps[i].feature);
		print_bit("needs", &kl_deps[i].needs);
		printf("}");
	}
	printf("]}\n");
	return 0;
}

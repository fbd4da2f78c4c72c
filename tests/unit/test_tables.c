// SPDX-License-Identifier: GPL-2.0
/* The tables of the core agree with themselves and with what KVM knows. */
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "internal.h"
#include "words.h"

static const struct kl_shape_reg *reg_of(const struct kl_bit *b)
{
	const struct kl_shape *s = kl_shape_find(b->leaf, b->subleaf);

	return s && !(s->flags & KL_SHAPE_VMM) ? &s->r[b->reg] : NULL;
}

TEST(shapes_are_sorted_and_do_not_overlap)
{
	unsigned int i;

	for (i = 0; i < kl_nr_shapes; i++) {
		const struct kl_shape *s = &kl_shapes[i], *p = s - 1;

		CHECK(s->subleaf_first <= s->subleaf_last);
		if (!(s->flags & KL_SHAPE_SUBLEAF))
			CHECK(!s->subleaf_first);
		if (!i)
			continue;
		CHECK(kl_key(p->first, p->subleaf_first) < kl_key(s->first, s->subleaf_first));
		if (p->first == s->first) {
			CHECK(p->flags & s->flags & KL_SHAPE_SUBLEAF);
			CHECK(p->subleaf_last < s->subleaf_first);
		}
	}
}

TEST(msr_shapes_are_sorted)
{
	unsigned int i;

	for (i = 0; i < kl_nr_msr_shapes; i++) {
		if (i)
			CHECK(kl_msr_shapes[i - 1].index < kl_msr_shapes[i].index);
		CHECK(kl_msr_shape_find(kl_msr_shapes[i].index) == &kl_msr_shapes[i]);
	}
	CHECK(kl_nr_msr_shapes <= KL_MAX_MSRS);
	CHECK(!kl_msr_shape_find(0));
	CHECK(!kl_msr_shape_find(0x10b));
	CHECK(!kl_msr_shape_find(~0u));
}

TEST(every_shape_is_found_by_each_of_its_subleaves)
{
	unsigned int i;

	for (i = 0; i < kl_nr_shapes; i++) {
		const struct kl_shape *s = &kl_shapes[i];

		CHECK(kl_shape_find(s->first, s->subleaf_first) == s);
		CHECK(kl_shape_find(s->first, s->subleaf_last) == s);
		CHECK(kl_shape_find(s->first, s->subleaf_first +
				    (s->subleaf_last - s->subleaf_first) / 2) == s);
	}
}

TEST(leaves_that_ignore_ecx_have_one_shape_for_all_of_ecx)
{
	CHECK(kl_shape_find(0x1, 0) && kl_shape_find(0x1, 0) == kl_shape_find(0x1, 77));
	CHECK(kl_shape_find(0x80000001, 0) == kl_shape_find(0x80000001, ~0u));
	CHECK(kl_shape_find(0x7, 0) != kl_shape_find(0x7, 1));
}

TEST(leaves_that_nobody_knows_have_no_shape)
{
	static const struct { u32 leaf, subleaf; } unknown[] = {
		{ 0x7, 3 }, { 0x7, ~0u }, { 0x8, 0 }, { 0x9, 0 }, { 0xd, 64 }, { 0x14, 2 },
		{ 0x17, 0 }, { 0x1a, 0 }, { 0x1b, 0 }, { 0x1d, 16 }, { 0x3fffffff, 0 },
		{ 0x40000002, 0 }, { 0x40000100, 0 }, { 0x80000009, 0 }, { 0x8fffffff, 0 },
		{ 0x80860000, 0 }, { 0xc0000002, 0 }, { ~0u, ~0u },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(unknown); i++)
		CHECK(!kl_shape_find(unknown[i].leaf, unknown[i].subleaf));
}

TEST(leaves_of_the_vmm_are_those_of_the_design)
{
	static const u32 vmm[] = {
		0x2, 0x3, 0x4, 0xb, 0x15, 0x16, 0x1f, 0x40000010, 0x80000002, 0x80000003,
		0x80000004, 0x80000005, 0x80000006, 0x80000019, 0x8000001d, 0x8000001e, 0x80000026,
	};
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(vmm); i++) {
		const struct kl_shape *s = kl_shape_find(vmm[i], 0);

		CHECK(s && s->flags & KL_SHAPE_VMM);
		CHECK(kl_shape_find(vmm[i], 5) == s);
	}
	/* And enclave memory, of which the leaf's other subleaves are governed. */
	CHECK(kl_shape_find(0x12, 2)->flags & KL_SHAPE_VMM);
	CHECK(kl_shape_find(0x12, 1000)->flags & KL_SHAPE_VMM);
	for (i = 0; i < kl_nr_shapes; i++)
		n += !!(kl_shapes[i].flags & KL_SHAPE_VMM);
	CHECK_EQ(n, ARRAY_SIZE(vmm) + 1);
}

static bool contiguous(u32 mask)
{
	u32 lowest = mask & (~mask + 1);

	return mask && !(mask & (mask + lowest));
}

TEST(a_bit_of_a_register_is_in_one_mask_only)
{
	unsigned int i, r, f;

	for (i = 0; i < kl_nr_shapes; i++) {
		for (r = 0; r < KL_NR_REGS; r++) {
			const struct kl_shape_reg *s = &kl_shapes[i].r[r];
			u32 mask[8] = { s->and_bits, s->or_bits, s->pass_bits, s->equal_bits };
			u32 seen = 0;

			memcpy(&mask[4], s->min_field, sizeof(s->min_field));
			for (f = 0; f < ARRAY_SIZE(mask); f++) {
				CHECK(!(seen & mask[f]));
				seen |= mask[f];
			}
			CHECK_EQ(kl_known(s), seen);
			CHECK_EQ(kl_governed(s), seen & ~s->pass_bits);
			for (f = 0; f < ARRAY_SIZE(s->min_field); f++) {
				if (f && s->min_field[f])
					CHECK(s->min_field[f - 1]);
				CHECK(!s->min_field[f] || contiguous(s->min_field[f]));
			}
			if (kl_shapes[i].flags & KL_SHAPE_VMM)
				CHECK(!seen);
		}
	}
	for (i = 0; i < kl_nr_msr_shapes; i++) {
		const struct kl_msr_shape *s = &kl_msr_shapes[i];

		CHECK(!(s->and_bits & s->or_bits));
		CHECK(!(s->and_bits & s->equal_bits));
		CHECK(!(s->or_bits & s->equal_bits));
		CHECK(!((s->and_bits | s->or_bits | s->equal_bits | s->must_bits) & s->group_bits));
		CHECK(!(s->flags & KL_SHAPE_VMM) == !!kl_msr_known(s));
	}
}

TEST(a_highest_leaf_is_the_whole_of_eax)
{
	unsigned int i;

	for (i = 0; i < kl_nr_shapes; i++) {
		if (!(kl_shapes[i].flags & KL_SHAPE_MAX))
			continue;
		CHECK_EQ(kl_shapes[i].r[KL_EAX].min_field[0], ~0u);
		CHECK_EQ(kl_shapes[i].subleaf_first, 0);
		if (kl_is_top(&kl_shapes[i]))
			CHECK_EQ(kl_shapes[i].first & ~KL_RANGE_MASK, 0);
	}
	/* Each range has one. */
	CHECK(kl_is_top(kl_shape_find(0, 0)));
	CHECK(kl_is_top(kl_shape_find(0x40000000, 0)));
	CHECK(kl_is_top(kl_shape_find(0x80000000, 0)));
	CHECK(kl_is_top(kl_shape_find(0xc0000000, 0)));
	CHECK(!kl_is_top(kl_shape_find(7, 0)));
}

TEST(gates_are_features_of_governed_leaves)
{
	const struct kl_shape_reg *r;
	unsigned int i;

	for (i = 0; i < kl_nr_shapes; i++) {
		if (!kl_shapes[i].gate.leaf)
			continue;
		r = reg_of(&kl_shapes[i].gate);
		CHECK(r && r->and_bits >> kl_shapes[i].gate.bit & 1);
		/* Combining takes a leaf whose layout differs away by its gate. */
		CHECK(kl_shapes[i].gate.leaf != kl_shapes[i].first);
	}
	for (i = 0; i < kl_nr_msr_shapes; i++) {
		if (!kl_msr_shapes[i].gate.leaf)
			continue;
		r = reg_of(&kl_msr_shapes[i].gate);
		CHECK(r && r->and_bits >> kl_msr_shapes[i].gate.bit & 1);
	}
}

TEST(only_layouts_that_can_be_lost_must_be_equal)
{
	unsigned int i, r;

	for (i = 0; i < kl_nr_shapes; i++) {
		for (r = 0; r < KL_NR_REGS; r++) {
			if (kl_shapes[i].r[r].equal_bits)
				CHECK(kl_shapes[i].gate.leaf);
		}
	}
}

static bool same_bit(const struct kl_bit *a, const struct kl_bit *b)
{
	return a->leaf == b->leaf && a->subleaf == b->subleaf && a->reg == b->reg &&
	       a->bit == b->bit;
}

TEST(dependencies_are_between_known_features)
{
	unsigned int i;

	for (i = 0; i < kl_nr_deps; i++) {
		const struct kl_dep *d = &kl_deps[i];
		const struct kl_shape_reg *f = reg_of(&d->feature), *n = reg_of(&d->needs);

		test_case(KL_PROSE_OR(d->why, "a dependency"));
		CHECK(d->feature.bit < 32 && d->needs.bit < 32);
		CHECK(f && f->and_bits >> d->feature.bit & 1);
		CHECK(n && n->and_bits >> d->needs.bit & 1);
		CHECK(strlen(KL_PROSE_OR(d->why, "a dependency")) > 8);
		CHECK(!same_bit(&d->feature, &d->needs));
		CHECK(!(d->flags & ~(u32)KL_DEP_CLOSE_ONLY));
	}
	CHECK(kl_nr_deps >= 90);
}

TEST(no_dependency_is_listed_twice)
{
	unsigned int i, j;

	for (i = 0; i < kl_nr_deps; i++) {
		test_case(KL_PROSE_OR(kl_deps[i].why, "a dependency"));
		for (j = i + 1; j < kl_nr_deps; j++) {
			if (same_bit(&kl_deps[i].feature, &kl_deps[j].feature))
				CHECK(!same_bit(&kl_deps[i].needs, &kl_deps[j].needs));
		}
	}
}

static unsigned int depth_of(const struct kl_bit *bit, unsigned int depth)
{
	unsigned int i, deepest = depth;

	if (depth > 32)
		FAIL("a cycle through 0x%x.%u:%s[%u]", bit->leaf, bit->subleaf,
		     kl_reg_name(bit->reg), bit->bit);
	for (i = 0; i < kl_nr_deps; i++) {
		if (!(kl_deps[i].flags & KL_DEP_CLOSE_ONLY) &&
		    same_bit(&kl_deps[i].feature, bit)) {
			unsigned int below = depth_of(&kl_deps[i].needs, depth + 1);

			deepest = max(deepest, below);
		}
	}
	return deepest;
}

TEST(dependencies_that_are_enforced_have_no_cycle)
{
	unsigned int i, deepest = 0;

	for (i = 0; i < kl_nr_deps; i++) {
		unsigned int depth = depth_of(&kl_deps[i].feature, 0);

		deepest = max(deepest, depth);
	}
	/* SSE and AVX are ladders: AVX512-FP16, BW, F, AVX2, AVX, ... */
	CHECK(deepest >= 5);
}

TEST(every_feature_that_kvm_knows_is_known)
{
	/* kvm_set_cpu_caps() of 6.12, vmx_set_cpu_caps(), svm_set_cpu_caps() */
	static const struct { u32 leaf, subleaf; enum kl_reg reg; u32 mask; } kvm[] = {
		{ 0x1, 0, KL_ECX, 0x76fab203 | 0x24 },	/* VMX, DTES64 */
		{ 0x1, 0, KL_EDX, 0x0f8bfbff | 0x200000 },	/* DS */
		{ 0x6, 0, KL_EAX, 0x00000004 },
		{ 0x7, 0, KL_EBX, 0xfdbf2ffd | 0x2004002 },	/* MPX, PT, TSC_ADJUST */
		{ 0x7, 0, KL_ECX, 0x5b415f4e | 0x20 },	/* WAITPKG */
		{ 0x7, 0, KL_EDX, 0xbfc1451c },
		{ 0x7, 1, KL_EAX, 0x04a01cb0 },
		{ 0x7, 1, KL_EDX, 0x00084130 },
		{ 0x7, 2, KL_EDX, 0x0000003f },
		{ 0xd, 0, KL_EAX, 0x000602ff },
		{ 0xd, 1, KL_EAX, 0x0000001f },
		{ 0x12, 0, KL_EAX, 0x00000803 },
		{ 0x12, 0, KL_EBX, 0x00000001 },
		{ 0x12, 1, KL_EAX, 0x000004b6 },
		{ 0x24, 0, KL_EBX, 0x000700ff },
		{ 0x40000001, 0, KL_EAX, 0x01007efb },
		{ 0x80000001, 0, KL_ECX, 0x00610bf3 | 0x800004 },	/* SVM, PERFCTR_CORE */
		{ 0x80000001, 0, KL_EDX, 0xefd3fbff },
		{ 0x80000007, 0, KL_EDX, 0x00000100 },
		{ 0x80000008, 0, KL_EAX, 0x00ffffff },
		{ 0x80000008, 0, KL_EBX, 0x1702d205 | 0x2000000 },	/* VIRT_SSBD */
		{ 0x80000008, 0, KL_ECX, 0x0000f0ff },
		{ 0x8000000a, 0, KL_EAX, 0x000000ff },
		{ 0x8000000a, 0, KL_EDX, 0x120194fb & ~0x1000u },
		{ 0x8000001a, 0, KL_EAX, 0x00000007 },
		{ 0x8000001f, 0, KL_EAX, 0x00000400 },
		{ 0x80000021, 0, KL_EAX, 0x78000367 },
		{ 0x80000021, 0, KL_ECX, 0x00000086 },
		{ 0x80000022, 0, KL_EAX, 0x00000001 },
		{ 0x80000022, 0, KL_EBX, 0x0000000f },
		{ 0xc0000001, 0, KL_EDX, 0x1ec03fff },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kvm); i++) {
		const struct kl_shape *s = kl_shape_find(kvm[i].leaf, kvm[i].subleaf);
		char name[32];

		snprintf(name, sizeof(name), "0x%x.%u:%s", kvm[i].leaf, kvm[i].subleaf,
			 kl_reg_name(kvm[i].reg));
		test_case(name);
		CHECK(s);
		CHECK_EQ(kvm[i].mask & ~kl_known(&s->r[kvm[i].reg]), 0);
	}
	test_case("ARCH_CAPABILITIES");
	CHECK_EQ(0x400000001c1ae1ffull & ~0x200u & ~0x40000u &
		 ~kl_msr_known(kl_msr_shape_find(0x10a)), 0);
}

TEST(what_is_not_a_plain_and_is_not_treated_as_one)
{
	static const struct { u32 leaf; enum kl_reg reg; u32 or_bits; } bad_news[] = {
		{ 0x7, KL_EBX, 1u << 6 | 1u << 13 }, { 0x7, KL_EDX, 1u << 10 },
		{ 0x80000008, KL_EBX, 1u << 20 }, { 0x80000021, KL_EAX, 1u << 1 | 1u << 5 },
		{ 0xa, KL_EBX, ~0u },
	};
	static const struct { u32 leaf; enum kl_reg reg; u32 pass_bits; } dynamic[] = {
		{ 0x1, KL_EAX, ~0u }, { 0x1, KL_EBX, ~0u }, { 0x1, KL_ECX, 1u << 27 | 1u << 31 },
		{ 0x1, KL_EDX, 1u << 28 }, { 0x7, KL_ECX, 1u << 4 },
		{ 0x80000001, KL_ECX, 1u << 1 }, { 0x80000008, KL_EAX, 0 },
		{ 0x40000001, KL_EAX, 1u << 15 }, { 0x40000001, KL_EDX, ~0u },
	};
	static const struct { u32 leaf; enum kl_reg reg; u32 hidden; } hidden[] = {
		{ 0x1, KL_ECX, 1u << 16 }, { 0x1, KL_EDX, 1u << 10 | 1u << 20 | 1u << 30 },
		{ 0x7, KL_EDX, 1u << 15 | 1u << 0 }, { 0x7, KL_ECX, 1u << 15 | 1u << 26 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad_news); i++)
		CHECK_EQ(kl_shape_find(bad_news[i].leaf, 0)->r[bad_news[i].reg].or_bits,
			 bad_news[i].or_bits);
	for (i = 0; i < ARRAY_SIZE(dynamic); i++)
		CHECK_EQ(kl_shape_find(dynamic[i].leaf, 0)->r[dynamic[i].reg].pass_bits,
			 dynamic[i].pass_bits);
	for (i = 0; i < ARRAY_SIZE(hidden); i++)
		CHECK(!(kl_known(&kl_shape_find(hidden[i].leaf, 0)->r[hidden[i].reg]) &
			hidden[i].hidden));
	CHECK_EQ(kl_msr_shape_find(0x10a)->or_bits,
		 1ull << 2 | 1ull << 17 | 1ull << 19 | 1ull << 28);
	CHECK_EQ(kl_shape_find(0x80000008, 0)->r[KL_EAX].min_field[0], 0xff);
	CHECK_EQ(kl_shape_find(0x80000008, 0)->r[KL_EAX].min_field[1], 0xff00);
	CHECK_EQ(kl_shape_find(0x80000008, 0)->r[KL_EAX].min_field[2], 0xff0000);
	CHECK_EQ(kl_shape_find(0x8000000a, 0)->r[KL_EBX].min_field[0], ~0u);
	CHECK_EQ(kl_shape_find(0xd, 2)->r[KL_EAX].equal_bits, ~0u);
	CHECK_EQ(kl_shape_find(0xd, 63)->r[KL_EBX].equal_bits, ~0u);
}

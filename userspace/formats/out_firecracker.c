// SPDX-License-Identifier: GPL-2.0
/*
 * A custom CPU template for Firecracker: docs/cpu_templates/schema.json of its
 * source.  A bitmap has a character for each bit, the highest first: 0 clears,
 * 1 sets, x leaves what KVM offers.  Bits that a baseline governs are 0 or 1,
 * bits that nobody knows are 0, and what is the VMM's own is x.
 */
#include "export.h"

/* KVM's flag for leaves with subleaves: KVM_CPUID_FLAG_SIGNIFCANT_INDEX */
#define SIGNIFICANT_INDEX 1

static void bitmap(char *text, u64 value, u64 keep, unsigned int width)
{
	unsigned int i;

	*text++ = '0';
	*text++ = 'b';
	for (i = width; i--;)
		*text++ = keep >> i & 1 ? 'x' : '0' + (value >> i & 1);
	*text = '\0';
}

/* What is left as it is: the VMM's bits, and the size that KVM itself computes. */
static u32 kept(const struct kl_leaf *l, const struct kl_shape *s, unsigned int r)
{
	/* A guest's XCR0 and XSS decide over EBX; ECX is for all components. */
	if (l->leaf == 0xd && l->subleaf < 2 && r == KL_ECX)
		return 0;
	if (l->leaf == 0xd && l->subleaf < 2 && r == KL_EBX)
		return ~0u;
	return s->r[r].pass_bits;
}

static void write_leaf(struct json_out *o, const struct kl_leaf *l, const struct kl_shape *s)
{
	char map[2 + 32 + 1];
	unsigned int r;

	json_out_object(o, NULL);
	json_out_hex(o, "leaf", l->leaf, 1);
	json_out_hex(o, "subleaf", l->subleaf, 1);
	json_out_uint(o, "flags", s->flags & KL_SHAPE_SUBLEAF ? SIGNIFICANT_INDEX : 0);
	json_out_array(o, "modifiers");
	for (r = 0; r < KL_NR_REGS; r++) {
		u32 keep = kept(l, s, r);

		if (keep == ~0u)
			continue;
		bitmap(map, l->r[r], keep, 32);
		json_out_object(o, NULL);
		json_out_flat(o);
		json_out_string(o, "register", kl_reg_name(r));
		json_out_string(o, "bitmap", map);
		json_out_end(o);
	}
	json_out_end(o);
	json_out_end(o);
}

static bool is_governed(const struct kl_shape *s)
{
	u32 bits = 0;
	unsigned int r, i;

	for (r = 0; r < KL_NR_REGS; r++) {
		bits |= s->r[r].and_bits | s->r[r].or_bits | s->r[r].equal_bits;
		for (i = 0; i < ARRAY_SIZE(s->r[r].min_field); i++)
			bits |= s->r[r].min_field[i];
	}
	return bits && !(s->flags & KL_SHAPE_VMM);
}

/*
 * Does KVM offer the subleaf on every host of the pool?  It has a row for each leaf up to its
 * highest, and for each subleaf up to a leaf's own highest; of 0xD also the one of XSAVE's
 * instructions.  A template with a row that a host has not is refused there.
 */
static bool is_everywhere(const struct export *e, u32 leaf, u32 subleaf)
{
	const struct kl_shape *first = kl_shape_find(leaf, 0);
	u32 top = out_word(e, leaf & 0xc0000000, 0, KL_EAX);

	if (!kl_set_leaf(&e->set, leaf & 0xc0000000, 0) || leaf > top)
		return false;
	if (!subleaf)
		return true;
	if (leaf == 0xd)
		return subleaf == 1 && kl_set_leaf(&e->set, 0xd, 0);
	return first && first->flags & KL_SHAPE_MAX && subleaf <= out_word(e, leaf, 0, KL_EAX);
}

/*
 * What the pool lost altogether is no row of its baseline: unless told, a guest would have
 * the host's.
 */
static void write_empty(struct export *e, struct json_out *o, const struct kl_shape *s)
{
	struct kl_leaf l = { .leaf = s->first, .subleaf = s->subleaf_first };

	if (!is_governed(s))
		return;
	for (; l.subleaf <= s->subleaf_last && is_everywhere(e, l.leaf, l.subleaf); l.subleaf++)
		if (!kl_set_leaf(&e->set, l.leaf, l.subleaf))
			write_leaf(o, &l, s);
}

/* Firecracker has no nested VMX, and what is derived KVM makes itself. */
static bool has_msr(u32 index)
{
	return index < 0x480 || index > 0x491;
}

static u64 carried(void *ctx, const struct kl_place *at)
{
	(void)ctx;
	return at->kind == KL_PLACE_CPUID || has_msr(at->leaf) ? ~0ull : 0;
}

int out_firecracker(struct export *e)
{
	struct json_out *o = json_out_new();
	char map[2 + 64 + 1], *text;
	unsigned int i;
	size_t len;

	json_out_object(o, NULL);
	json_out_array(o, "cpuid_modifiers");
	for (i = 0; i < e->set.nr_leaves; i++) {
		const struct kl_leaf *l = &e->set.leaf[i];
		const struct kl_shape *s = kl_shape_find(l->leaf, l->subleaf);

		/* A template with a leaf that a host has not is refused there. */
		if (s && (l->leaf != 0xc0000000 || l->r[KL_EAX]))
			write_leaf(o, l, s);
	}
	for (i = 0; i < kl_nr_shapes; i++)
		write_empty(e, o, &kl_shapes[i]);
	json_out_end(o);
	json_out_array(o, "msr_modifiers");
	for (i = 0; i < e->set.nr_msrs; i++) {
		const struct kl_msr *m = &e->set.msr[i];

		if (!has_msr(m->index))
			continue;
		bitmap(map, m->value, 0, 64);
		json_out_object(o, NULL);
		json_out_flat(o);
		json_out_hex(o, "addr", m->index, 1);
		json_out_string(o, "bitmap", map);
		json_out_end(o);
	}
	json_out_end(o);
	text = json_out_finish(o, &len);
	fwrite(text, 1, len, e->to);
	free(text);
	out_identity_left(e);
	out_leftovers(e, carried, NULL);
	return 0;
}

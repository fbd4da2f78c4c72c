// SPDX-License-Identifier: GPL-2.0
/* What a pool has lost, and why. */
#include "needs.h"
#include "pool.h"

#define XSAVE_LEAF	0xdu

static bool same_place(const struct bit_place *a, const struct bit_place *b)
{
	return a->msr == b->msr && a->leaf == b->leaf && a->subleaf == b->subleaf &&
	       a->reg == b->reg && a->bit == b->bit;
}

static struct bit_place to_place(const struct kl_bit *b)
{
	return (struct bit_place){ .leaf = b->leaf, .subleaf = b->subleaf, .reg = b->reg,
				   .bit = b->bit };
}

/* The state component whose bit of XCR0 or of XSS that is; 0: none. */
static unsigned int component(const struct bit_place *at)
{
	if (at->msr || at->leaf != XSAVE_LEAF || at->subleaf > 1 ||
	    at->reg == (at->subleaf ? KL_EAX : KL_ECX) || at->reg == KL_EBX)
		return 0;
	return at->bit + (at->reg == KL_EDX ? 32 : 0);
}

/* Does the register @s have part of a layout that takes @at with it where hosts differ in it? */
static bool is_layout_of(const struct slot *s, const struct bit_place *at)
{
	const struct kl_shape *shape;
	struct bit_place gate;

	if (s->msr || at->msr || !s->equal_field[0])
		return false;
	/* As kl_lose_layout() has it. */
	if (s->leaf == XSAVE_LEAF)
		return s->subleaf > 1 && s->subleaf == component(at);
	shape = kl_shape_find(s->leaf, s->subleaf);
	gate = to_place(&shape->gate);
	return gate.leaf && same_place(&gate, at);
}

static void ask(struct pool *p, unsigned int slot, u32 bits)
{
	for (; bits; bits &= bits - 1) {
		p->asked = xrealloc(p->asked, p->nr_asked + 1, sizeof(*p->asked));
		p->asked[p->nr_asked++] = (struct asked){ .slot = slot,
							  .bit = __builtin_ctz(bits) };
	}
}

static u32 without_copies(const struct slot *s, u32 bits)
{
	u32 left = bits, bit;

	for (; left; left &= left - 1) {
		struct bit_place at = slot_bit(s, __builtin_ctz(left));

		bit = left & -left;
		if (feature_is_copy(&at))
			bits &= ~bit;
	}
	return bits;
}

/* The slot that says how large the state is of which @at is the bit in XCR0 or XSS. */
static bool is_size_of(const struct slot *s, const struct bit_place *at)
{
	return s->leaf == XSAVE_LEAF && s->reg == KL_EAX && is_layout_of(s, at);
}

/*
 * What to ask the roster for: features that any host has and the pool has not, a bit of the
 * size of state that went, and bad news that any host has.
 */
static void collect(struct pool *p, const u32 *kept)
{
	unsigned int nr, i, n;
	const struct slot *slot = slots(&nr);

	for (i = 0; i < nr; i++) {
		u32 bits = without_copies(&slot[i],
					  roster_any(p->roster, i) & ~kept[i] & slot[i].and_bits);

		for (; bits; bits &= bits - 1) {
			p->lost = xrealloc(p->lost, p->nr_lost + 1, sizeof(*p->lost));
			p->lost[p->nr_lost++] = (struct lost){
				.at = slot_bit(&slot[i], __builtin_ctz(bits)),
			};
		}
	}
	for (i = 0; i < nr; i++) {
		u32 any = roster_any(p->roster, i);

		ask(p, i, without_copies(&slot[i], (any & ~kept[i] & slot[i].and_bits) |
						   (any & kept[i] & slot[i].or_bits)));
		for (n = 0; n < p->nr_lost; n++) {
			if (!is_size_of(&slot[i], &p->lost[n].at))
				continue;
			p->lost[n].size = p->nr_asked;
			ask(p, i, any & -any);
			break;
		}
	}
}

/* Why, if a layout took it: hosts differ in it, or some don't tell of it. */
static void find_layout(const struct pool *p, struct lost *l)
{
	bool state = component(&l->at) > 1, differs = false, sized = false, partly = false, some;
	unsigned int nr, i;
	const struct slot *slot = slots(&nr);

	for (i = 0; i < nr; i++) {
		if (!is_layout_of(&slot[i], &l->at))
			continue;
		some = false;
		differs |= claims_differ(p->claims, i, &some) && !(state && some);
		if (is_size_of(&slot[i], &l->at)) {
			sized = roster_any(p->roster, i);
			partly = some;
		} else {
			/* Where a host tells nothing, it is no other layout. */
			differs |= some && !partly;
		}
	}
	if (state && !sized) {
		l->because = "no host tells how large its state is";
	} else if (differs) {
		l->because = "its layout differs from host to host";
	} else if (partly) {
		l->because = "not every host tells how large its state is";
		l->untold = true;
	}
}

/* Has the level taken it? */
static bool is_above(const struct pool *p, const struct bit_place *at)
{
	const struct feature *f = feature_at(at);

	return p->wish.level && !(f && p->wish.level->keep[f - features]);
}

static bool has_reason(const struct lost *l)
{
	return l->missing || l->because || l->above || l->needs.leaf;
}

/* What is not in the pool and never was, or is lost for a reason of its own. */
static bool is_gone(const struct pool *p, const struct kl_set *set, const struct bit_place *at,
		    const bool *known)
{
	unsigned int i;

	if (!at->leaf || set_has_feature(set, at))
		return false;
	for (i = 0; i < p->nr_lost; i++)
		if (same_place(&p->lost[i].at, at))
			return known[i];
	return true;
}

/*
 * A prerequisite of @at that is gone, and that is why.  What sets are not asked for, the
 * state of a feature with it and the reverse, comes last.
 */
static struct bit_place find_need(const struct pool *p, const struct kl_set *set,
				  const struct bit_place *at, const bool *known)
{
	const struct feature *f = feature_at(at);
	struct bit_place needs, feature;
	unsigned int i, flags;

	for (i = 0; at->msr && f && i < nr_feature_needs; i++) {
		if (strcmp(feature_needs[i].feature, f->name))
			continue;
		needs = feature_named(feature_needs[i].needs)->at;
		if (is_gone(p, set, &needs, known))
			return needs;
	}
	for (flags = 0; !at->msr && flags <= KL_DEP_CLOSE_ONLY; flags++) {
		for (i = 0; i < kl_nr_deps; i++) {
			feature = to_place(&kl_deps[i].feature);
			needs = to_place(&kl_deps[i].needs);
			if (kl_deps[i].flags == flags && same_place(&feature, at) &&
			    is_gone(p, set, &needs, known))
				return needs;
		}
	}
	needs = to_place(at->msr ? &kl_msr_shape_find(at->leaf)->gate :
				   &kl_shape_find(at->leaf, at->subleaf)->gate);
	return is_gone(p, set, &needs, known) ? needs : (struct bit_place){ 0 };
}

/*
 * The others went with what they need: those first that need what has a reason of its own,
 * and so on, so that no reason goes in a circle.
 */
static void find_needs(struct pool *p, const struct kl_set *set)
{
	bool *known = xrealloc(NULL, p->nr_lost, sizeof(*known)), found;
	unsigned int i;

	do {
		found = false;
		for (i = 0; i < p->nr_lost; i++)
			known[i] = has_reason(&p->lost[i]);
		for (i = 0; i < p->nr_lost; i++) {
			if (known[i])
				continue;
			p->lost[i].needs = find_need(p, set, &p->lost[i].at, known);
			found |= p->lost[i].needs.leaf;
		}
	} while (found);
	free(known);
}

static bool is_hypercall(const struct bit_place *at)
{
	return !at->msr && at->leaf == KVM_FEATURES && KVM_HYPERCALLS >> at->bit & 1;
}

int pool_find_lost(struct pool *p, const u32 *kept, bool mixed)
{
	static const char hypercall[] =
		"a hypercall is another instruction on another vendor's processor";
	const struct kl_set set = words_set(&p->baseline.def);
	unsigned int i, a = 0, nr;
	const struct slot *slot = slots(&nr);

	collect(p, kept);
	if (roster_ask(p->roster, p->asked, p->nr_asked))
		return -1;
	for (i = 0; i < p->nr_lost; i++) {
		struct lost *l = &p->lost[i];
		struct bit_place at;

		/* Both are in the order of slots. */
		for (;; a++) {
			at = slot_bit(&slot[p->asked[a].slot], p->asked[a].bit);
			if (same_place(&at, &l->at))
				break;
		}
		l->asked = a;
		l->missing = p->nr_hosts - p->asked[a].has;
		if (l->missing)
			continue;
		if (mixed && is_hypercall(&l->at))
			l->because = hypercall;
		else
			find_layout(p, l);
		/* Features of MSRs are no level's to take: they went with others. */
		l->above = !l->because && !l->at.msr && is_above(p, &l->at);
	}
	find_needs(p, &set);
	for (i = 0; i < p->nr_lost; i++)
		if (!has_reason(&p->lost[i]))
			p->lost[i].above = is_above(p, &p->lost[i].at);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
#include "claims.h"

/* A host that was kept. */
struct claimant {
	struct newcomer who;
	char *name;
	unsigned int claims;
	unsigned int place;	/* in the list */
	unsigned int nr;
	struct filled filled[];
};

/* The smallest value of a number so far, and who alone has it. */
struct smallest {
	bool any;
	u32 value;
	struct claimant *owner;
};

/* The values of a layout so far; from the third on nobody alone stands in the way. */
struct layouts {
	unsigned int nr;
	u32 value[2];
	struct claimant *owner[2];
};

struct slot_claims {
	u32 once, often;	/* bits that one host lacks, that several lack */
	struct claimant *owner[32];	/* of those in once */
	struct smallest min[4];
	struct layouts equal[SLOT_FIELDS];
};

/* A sum that may have nothing in it yet. */
struct sum {
	bool any;
	struct kl_acc acc;
};

struct claims {
	const struct slot *slot;
	unsigned int nr_slots;
	struct slot_claims *claim;
	struct layouts kin;
	struct claimant **list;
	unsigned int nr_list;
	struct sum rest;
	/* Of the host being added: */
	struct claimant *current;
	int error;
	struct kl_place *at;
};

struct claims *claims_new(void)
{
	struct claims *c = xrealloc(NULL, 1, sizeof(*c));

	memset(c, 0, sizeof(*c));
	c->slot = slots(&c->nr_slots);
	c->claim = xrealloc(NULL, c->nr_slots, sizeof(*c->claim));
	memset(c->claim, 0, c->nr_slots * sizeof(*c->claim));
	return c;
}

static void claimant_free(struct claimant *h)
{
	free(h->name);
	free(h);
}

void claims_free(struct claims *c)
{
	if (!c)
		return;
	while (c->nr_list)
		claimant_free(c->list[--c->nr_list]);
	free(c->list);
	free(c->claim);
	free(c);
}

static int sum_add(struct sum *s, const struct kl_set *set, struct kl_place *at)
{
	int err = s->any ? kl_acc_add(&s->acc, set, at) : kl_acc_init(&s->acc, set, at);

	s->any = true;
	return err ? -1 : 0;
}

static int sum_add_host(struct sum *s, const struct claimant *h, struct kl_place *at)
{
	struct kl_leaf leaf[KL_MAX_LEAVES];
	struct kl_msr msr[KL_MAX_MSRS];
	struct kl_set set = slots_set(h->filled, h->nr, leaf, msr);

	return sum_add(s, &set, at);
}

/* Nothing depends on @h alone any more. */
static void let_go(struct claims *c, struct claimant *h)
{
	if (sum_add_host(&c->rest, h, c->at))
		c->error = -1;
	c->list[h->place] = c->list[--c->nr_list];
	c->list[h->place]->place = h->place;
	claimant_free(h);
}

static void release(struct claims *c, struct claimant **owner)
{
	struct claimant *h = *owner;

	*owner = NULL;
	if (h && !--h->claims && h != c->current)
		let_go(c, h);
}

static void claim(struct claims *c, struct claimant **owner)
{
	*owner = c->current;
	c->current->claims++;
}

static void claim_bits(struct claims *c, struct slot_claims *s, u32 lacking)
{
	u32 again = lacking & s->once, first = lacking & ~s->once;

	s->often |= again;
	s->once = (s->once & ~again) | first;
	for (; again; again &= again - 1)
		release(c, &s->owner[__builtin_ctz(again)]);
	for (; first; first &= first - 1)
		claim(c, &s->owner[__builtin_ctz(first)]);
}

static void claim_number(struct claims *c, struct smallest *m, u32 value)
{
	if (m->any && value > m->value)
		return;
	release(c, &m->owner);
	if (!m->any || value < m->value)
		claim(c, &m->owner);
	m->any = true;
	m->value = value;
}

static void claim_layout(struct claims *c, struct layouts *l, u32 value)
{
	unsigned int i;

	for (i = 0; i < l->nr && i < ARRAY_SIZE(l->value); i++) {
		if (l->value[i] == value) {
			release(c, &l->owner[i]);
			return;
		}
	}
	if (i < ARRAY_SIZE(l->value)) {
		l->value[i] = value;
		claim(c, &l->owner[i]);
		l->nr++;
		return;
	}
	/* Without any one of them there would still be two. */
	l->nr = ARRAY_SIZE(l->value) + 1;
	for (i = 0; i < ARRAY_SIZE(l->value); i++)
		release(c, &l->owner[i]);
}

static void claim_slot(struct claims *c, unsigned int i, u32 value)
{
	const struct slot *slot = &c->slot[i];
	struct slot_claims *s = &c->claim[i];
	u32 lacking = slot->and_bits & ~value & ~s->often;
	unsigned int n;

	if (lacking)
		claim_bits(c, s, lacking);
	for (n = 0; n < ARRAY_SIZE(slot->min_field) && slot->min_field[n]; n++)
		claim_number(c, &s->min[n], value & slot->min_field[n]);
	for (n = 0; n < SLOT_FIELDS && slot->equal_field[n]; n++)
		if (s->equal[n].nr <= ARRAY_SIZE(s->equal[n].value))
			claim_layout(c, &s->equal[n], value & slot->equal_field[n]);
}

int claims_add(struct claims *c, const struct filled *f, unsigned int nr,
	       const struct newcomer *who, struct kl_place *at)
{
	struct claimant *h = xrealloc(NULL, 1, sizeof(*h) + nr * sizeof(*f));
	unsigned int i, n = 0;

	*h = (struct claimant){ .who = *who, .nr = nr, .place = c->nr_list };
	memcpy(h->filled, f, nr * sizeof(*f));
	if (!(c->nr_list & (c->nr_list - 1)))
		c->list = xrealloc(c->list, c->nr_list ? 2 * c->nr_list : 1, sizeof(*c->list));
	c->list[c->nr_list++] = h;
	c->current = h;
	c->error = 0;
	c->at = at;
	for (i = 0; i < c->nr_slots; i++) {
		u32 value = 0;

		if (n < nr && f[n].slot == i)
			value = filled_value(&f[n++]);
		claim_slot(c, i, value);
	}
	if (c->kin.nr <= ARRAY_SIZE(c->kin.value))
		claim_layout(c, &c->kin, who->kin);
	c->current = NULL;
	if (h->claims) {
		h->name = xprintf("%s", who->name);
		h->who.name = h->name;
	} else {
		let_go(c, h);
	}
	return c->error;
}

static int by_number(const void *a, const void *b)
{
	const struct claimant *const *x = a, *const *y = b;

	return ((*x)->who.number > (*y)->who.number) - ((*x)->who.number < (*y)->who.number);
}

int claims_sum(const struct claims *c, struct kl_acc *acc, struct kl_place *at)
{
	struct sum s = c->rest;
	unsigned int i;

	for (i = 0; i < c->nr_list; i++)
		if (sum_add_host(&s, c->list[i], at))
			return -1;
	*acc = s.acc;
	return 0;
}

bool claims_differ(const struct claims *c, unsigned int slot, bool *some)
{
	bool differ = false;
	unsigned int n;

	*some = false;
	for (n = 0; n < SLOT_FIELDS && c->slot[slot].equal_field[n]; n++) {
		const struct layouts *l = &c->claim[slot].equal[n];

		if (l->nr == 2 && !(l->value[0] && l->value[1]))
			*some = true;
		else
			differ |= l->nr > 1;
	}
	*some &= !differ;
	return differ || *some;
}

void claims_without(const struct claims *c, without_fn see, void *ctx)
{
	struct claimant **list = xrealloc(NULL, c->nr_list, sizeof(*list));
	struct sum *after = xrealloc(NULL, c->nr_list + 1, sizeof(*after)), before = c->rest;
	struct kl_place at;
	unsigned int i;

	/* The caller has had its sum of all: none of these can fail now. */
	memcpy(list, c->list, c->nr_list * sizeof(*list));
	qsort(list, c->nr_list, sizeof(*list), by_number);
	after[c->nr_list].any = false;
	for (i = c->nr_list; i--; ) {
		after[i] = after[i + 1];
		sum_add_host(&after[i], list[i], &at);
	}
	for (i = 0; i < c->nr_list; i++) {
		struct sum others = before;

		if (after[i + 1].any) {
			const struct kl_set set = kl_acc_set(&after[i + 1].acc);

			sum_add(&others, &set, &at);
		}
		if (others.any)
			see(ctx, &list[i]->who, &others.acc);
		sum_add_host(&before, list[i], &at);
	}
	free(after);
	free(list);
}

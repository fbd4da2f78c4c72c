// SPDX-License-Identifier: GPL-2.0
/* Pools of real hosts: whatever they are, what comes out must hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness.h"
#include "internal.h"
#include "words.h"

#ifndef POOLS
#define POOLS	4000
#endif

static const struct words *hosts;
static unsigned int nr_hosts;
static u64 state;

static void need_hosts(void)
{
	hosts = words_hosts(&nr_hosts);
	if (!nr_hosts)
		test_skip("no hosts in %s", words_hosts_folder());
}

/* Random pools come back by make check SEED=n. */
static void need_seed(void)
{
	const char *given = getenv("KL_SEED");

	need_hosts();
	state = given ? strtoull(given, NULL, 0) : (u64)time(NULL);
	test_say("SEED=%llu", (unsigned long long)state);
}

/* xorshift64*, so that a seed means the same everywhere. */
static unsigned int below(unsigned int n)
{
	state ^= state ? 0 : 88172645463325252ull;
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned int)(state * 2685821657736338717ull >> 33) % n;
}

struct pool {
	const struct words *host[4];
	unsigned int nr;
	char name[512];
};

static bool same_vendor(const struct words *a, const struct words *b)
{
	enum kl_reg r;

	for (r = KL_EBX; r <= KL_EDX; r++) {
		if (words_reg(&a->set, 0, 0, r) != words_reg(&b->set, 0, 0, r))
			return false;
	}
	return true;
}

static void random_pool(struct pool *p)
{
	unsigned int i;

	p->nr = 1 + below(4);
	p->name[0] = 0;
	for (i = 0; i < p->nr; i++) {
		do
			p->host[i] = &hosts[below(nr_hosts)];
		while (i && !same_vendor(p->host[0], p->host[i]));
		strncat(p->name, i ? " + " : "", sizeof(p->name) - strlen(p->name) - 1);
		strncat(p->name, p->host[i]->name, sizeof(p->name) - strlen(p->name) - 1);
	}
	test_case(p->name);
}

static struct kl_set combine(const struct pool *p, struct kl_acc *acc)
{
	struct kl_place at;
	unsigned int i;
	int ret = kl_acc_init(acc, &p->host[0]->set, &at);

	for (i = 1; i < p->nr && !ret; i++)
		ret = kl_acc_add(acc, &p->host[i]->set, &at);
	if (ret)
		FAIL("0x%x.%u: %s", at.leaf, at.subleaf, at.why);
	kl_close(acc);
	return kl_acc_set(acc);
}

TEST(every_real_host_can_be_levelled)
{
	struct pool p = { .nr = 1 };
	static struct kl_acc acc;
	unsigned int i;

	need_hosts();
	for (i = 0; i < nr_hosts; i++) {
		struct kl_place at;
		struct kl_set set;

		p.host[0] = &hosts[i];
		test_case(hosts[i].name);
		set = combine(&p, &acc);
		if (kl_set_check(&set, &at))
			FAIL("0x%x.%u: %s", at.leaf, at.subleaf, at.why);
		CHECK(!kl_set_subset(&set, &hosts[i].set, NULL));
	}
	test_say("%u hosts", nr_hosts);
}

TEST(a_baseline_of_real_hosts_is_well_formed_and_within_each)
{
	static struct kl_acc acc;
	unsigned int n, i;

	need_seed();
	for (n = 0; n < POOLS; n++) {
		struct kl_place at;
		struct kl_set set;
		struct pool p;

		random_pool(&p);
		set = combine(&p, &acc);
		if (kl_set_check(&set, &at))
			FAIL("0x%x.%u: %s", at.leaf, at.subleaf, at.why);
		for (i = 0; i < p.nr; i++) {
			if (kl_set_subset(&set, &p.host[i]->set, &at))
				FAIL("not within %s: 0x%x.%u: %s", p.host[i]->name, at.leaf,
				     at.subleaf, at.why);
		}
	}
}

TEST(a_baseline_does_not_depend_on_the_order_of_hosts)
{
	static struct kl_acc acc, other;
	unsigned int n, i;

	need_seed();
	for (n = 0; n < POOLS; n++) {
		struct kl_set a, b;
		struct pool p;

		random_pool(&p);
		a = combine(&p, &acc);
		for (i = p.nr - 1; i; i--) {
			unsigned int j = below(i + 1);

			swap(p.host[i], p.host[j]);
		}
		b = combine(&p, &other);
		CHECK_EQ(a.nr_leaves, b.nr_leaves);
		CHECK(!memcmp(a.leaf, b.leaf, a.nr_leaves * sizeof(*a.leaf)));
		CHECK_EQ(a.nr_msrs, b.nr_msrs);
		for (i = 0; i < a.nr_msrs; i++)
			CHECK(a.msr[i].index == b.msr[i].index && a.msr[i].value == b.msr[i].value);
	}
}

TEST(every_host_of_a_pool_offers_exactly_the_baseline)
{
	static struct kl_acc acc;
	unsigned int n, i, j, r;

	need_seed();
	for (n = 0; n < POOLS; n++) {
		struct kl_set set;
		struct pool p;

		random_pool(&p);
		set = combine(&p, &acc);
		for (i = 0; i < p.nr; i++) {
			const struct words *h = p.host[i];

			for (j = 0; j < h->set.nr_leaves; j++) {
				struct kl_leaf l = h->leaf[j];
				const struct kl_shape *s = kl_shape_find(l.leaf, l.subleaf);

				if (s && s->flags & KL_SHAPE_VMM)
					continue;
				kl_offer_leaf(&set, &l);
				for (r = 0; r < KL_NR_REGS; r++) {
					u32 mask = s ? kl_governed(&s->r[r]) : ~0u;
					u32 want = !s ? 0 : words_reg(&set, l.leaf,
								      kl_subleaf(s, l.subleaf), r);

					if ((l.r[r] & mask) == (want & mask))
						continue;
					FAIL("%s: 0x%x.%u:%s is 0x%x, not 0x%x", h->name, l.leaf,
					     l.subleaf, kl_reg_name(r), l.r[r] & mask, want & mask);
				}
			}
			for (j = 0; j < kl_nr_msr_shapes; j++) {
				const struct kl_msr_shape *s = &kl_msr_shapes[j];

				if (!(s->flags & KL_SHAPE_VMM))
					CHECK_EQ(kl_offer_msr(&set, s->index,
							      kl_msr_value(&h->set, s)),
						 words_msr_value(&set, s->index));
			}
		}
	}
}

static void get(const struct kl_table *t, unsigned int i, struct kl_leaf *entry)
{
	*entry = ((struct kl_leaf *)t->ctx)[i];
}

static void put(const struct kl_table *t, unsigned int i, const struct kl_leaf *entry)
{
	((struct kl_leaf *)t->ctx)[i] = *entry;
}

static bool hyperv(const struct words *w)
{
	return words_reg(&w->set, 0x40000000, 0, KL_EBX) == 0x7263694d;
}

static void quiet(void *ctx, const struct kl_place *at)
{
	CHECK(at->kind == KL_PLACE_CPUID && at->bits && at->why);
	++*(unsigned int *)ctx;
}

TEST(whatever_table_a_vmm_sets_is_within_the_baseline_after)
{
	static struct kl_acc acc;
	unsigned int n, j;

	need_seed();
	for (n = 0; n < POOLS; n++) {
		/* The VMM copies some other host, of any vendor. */
		const struct words *vmm = &hosts[below(nr_hosts)];
		static struct words guest, again;
		struct kl_table t = { guest.leaf, vmm->set.nr_leaves, get, put };
		unsigned int told = 0, rows;
		struct kl_place at;
		struct kl_set set;
		struct pool p;

		random_pool(&p);
		set = combine(&p, &acc);
		words_copy(&guest, vmm);
		rows = kl_admit_table(&set, &t, quiet, &told);
		CHECK(told >= rows && rows <= t.nr);
		for (j = 0; j < guest.set.nr_leaves; j++) {
			struct kl_leaf *l = &guest.leaf[j];
			const struct kl_shape *s = kl_shape_find(l->leaf, l->subleaf);

			/* Maximum leaves may be higher for the VMM's own. */
			if (s && kl_is_top(s))
				l->r[KL_EAX] = min(l->r[KL_EAX],
						   words_reg(&set, l->leaf, 0, KL_EAX));
			/* Three hosts were dumped under Hyper-V, whose leaves pass. */
			if (l->leaf >> 28 == 4 && hyperv(vmm))
				memset(l->r, 0, sizeof(l->r));
			if (!s)
				CHECK(!(l->r[0] | l->r[1] | l->r[2] | l->r[3]));
		}
		for (j = 0; j < guest.set.nr_msrs; j++) {
			struct kl_msr *m = &guest.msr[j];

			m->value = kl_admit_msr(&set, m->index, m->value);
			CHECK_EQ(kl_admit_msr(&set, m->index, m->value), m->value);
		}
		if (kl_set_subset(&guest.set, &set, &at))
			FAIL("%s: 0x%x.%u: %s", vmm->name, at.leaf, at.subleaf, at.why);
		words_copy(&again, &guest);
		t.ctx = again.leaf;
		told = 0;
		kl_admit_table(&set, &t, quiet, &told);
		CHECK_EQ(told, 0);
		CHECK(!memcmp(again.leaf, guest.leaf, guest.set.nr_leaves * sizeof(*guest.leaf)));
	}
}

TEST(a_guest_of_the_baseline_moves_to_every_host_unchanged)
{
	static struct kl_acc acc;
	unsigned int n;

	need_seed();
	for (n = 0; n < POOLS / 4; n++) {
		static struct words guest;
		struct kl_table t = { guest.leaf, 0, get, put };
		struct kl_set set;
		struct pool p;

		random_pool(&p);
		set = combine(&p, &acc);
		words_from_set(&guest, &set);
		t.nr = set.nr_leaves;
		CHECK_EQ(kl_admit_table(&set, &t, NULL, NULL), 0);
		CHECK(!memcmp(guest.leaf, set.leaf, set.nr_leaves * sizeof(*set.leaf)));
	}
}

TEST(intel_beside_amd_is_refused)
{
	static struct kl_acc acc;
	const struct words *intel = NULL, *amd = NULL;
	struct kl_place at;
	unsigned int i;

	need_hosts();
	for (i = 0; i < nr_hosts; i++) {
		if (strstr(hosts[i].name, "GenuineIntel"))
			intel = &hosts[i];
		if (strstr(hosts[i].name, "AuthenticAMD"))
			amd = &hosts[i];
	}
	CHECK(intel && amd);
	CHECK(!kl_acc_init(&acc, &intel->set, &at));
	CHECK(kl_acc_add(&acc, &amd->set, &at) == -EINVAL);
	CHECK_STR(at.why, "vendors differ");
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The quick look against the long way: whatever kl_fast_clean() lets pass,
 * kl_admit_table() must find nothing in and change nothing of.  The other way
 * round it may err, but not on what it is there for: tables as KVM offers them.
 */
#include "env.h"
#include "fast.h"
#include "suites.h"
#include "tables.h"

static struct words base;
static struct vmm_table table, levelled, was;
static struct kl_fast fast;

static void make(struct kunit *test, const struct words *w)
{
	kl_fast_free(&fast);
	memset(&fast, 0, sizeof(fast));
	KUNIT_ASSERT_EQ(test, kl_fast_make(&fast, &w->set), 0);
}

/*
 * Sizes in leaf 0xD may be those of all that the set has, though the VMM took less:
 * that is no more than the set.  EBX KVM computes itself.
 */
static void forgive_sizes(struct vmm_table *t)
{
	int i;

	for (i = 0; i < t->nr; i++) {
		if (t->e[i].function != 0xd || t->e[i].index > 1)
			continue;
		t->e[i].ebx = 0;
		if (!t->e[i].index)
			t->e[i].ecx = 0;
	}
}

/*
 * KVM's feature word without the row of its signature: the long way says that it is
 * nobody's, the quick look that it is no more than the set.  A guest that looks for
 * the signature finds none.
 */
static void forgive_orphans(struct vmm_table *t)
{
	int i;

	for (i = 0; i < t->nr; i++) {
		if (t->e[i].function == 0x40000000 && t->e[i].ebx)
			return;
	}
	for (i = 0; i < t->nr; i++) {
		if (t->e[i].function == 0x40000001)
			table_zero(&t->e[i]);
	}
}

static void told(struct kunit *test, const struct vmm_table *was, unsigned int excess,
		 const char *what)
{
	int i = 0;

	while (i < was->nr - 1 && !memcmp(&levelled.e[i], &was->e[i], sizeof(*was->e)))
		i++;
	KUNIT_FAIL(test, "%s: let pass, but %u rows are beyond, and row %d (0x%x.%u) changes", what,
		   excess, i, was->e[i].function, was->e[i].index);
}

/* Would KVM read a row, which says something, for subleaves that are not its own? */
static bool read_for_others(const struct kvm_cpuid_entry2 *e)
{
	const struct kl_shape *shape = kl_shape_find(e->function, 0);

	return shape && shape->flags & KL_SHAPE_SUBLEAF &&
	       !(e->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX) &&
	       e->eax | e->ebx | e->ecx | e->edx;
}

/* What kl_fast_clean() says of table, which must be true of it. */
static bool settled(struct kunit *test, const struct words *w, const char *what)
{
	unsigned int excess;
	int i;

	if (!kl_fast_clean(&fast, table.e, table.nr))
		return false;
	for (i = 0; i < table.nr; i++)
		KUNIT_EXPECT_FALSE_MSG(test, read_for_others(&table.e[i]), "%s: row %d (0x%x.%u)",
				       what, i, table.e[i].function, table.e[i].index);
	memcpy(&was, &table, sizeof(was));
	forgive_orphans(&was);
	memcpy(&levelled, &was, sizeof(was));
	excess = table_admit(&w->set, &levelled, true);
	forgive_sizes(&was);
	forgive_sizes(&levelled);
	if (excess || memcmp(levelled.e, was.e, was.nr * sizeof(*was.e)))
		told(test, &was, excess, what);
	return true;
}

static void what_is_offered_is_settled(struct kunit *test)
{
	words_intel(&base);
	make(test, &base);
	table_from_set(&table, &base.set);
	KUNIT_EXPECT_TRUE(test, settled(test, &base, "Intel's offer"));
	words_amd(&base);
	make(test, &base);
	table_from_set(&table, &base.set);
	KUNIT_EXPECT_TRUE(test, settled(test, &base, "AMD's offer"));
}

static void a_vmm_with_less_is_settled(struct kunit *test)
{
	words_intel(&base);
	make(test, &base);
	table_from_set(&table, &base.set);
	table_row(&table, 0x1, 0)->ecx &= ~BIT(5);
	table_row(&table, 0x7, 0)->ebx &= ~(u32)BIT(31);
	table_zero(table_row(&table, 0x1e, 0));
	/* Its own: topology, APIC ids, brand. */
	table_row(&table, 0x1, 0)->ebx = 0x07080800;
	table_row(&table, 0x80000002, 0)->eax = 0x65746e49;
	KUNIT_EXPECT_TRUE(test, settled(test, &base, "less"));
}

static void nothing_and_zeros_are_settled(struct kunit *test)
{
	words_intel(&base);
	make(test, &base);
	memset(&table, 0, sizeof(table));
	KUNIT_EXPECT_TRUE(test, settled(test, &base, "no rows"));
	for (table.nr = 1; table.nr < 10; table.nr++)
		KUNIT_EXPECT_TRUE(test, settled(test, &base, "zeros"));
}

/* However the rows are walked, none is walked over. */
static void a_dirty_row_is_seen_wherever_it_stands(struct kunit *test)
{
	int len, i, nr;

	words_intel(&base);
	make(test, &base);
	table_from_set(&table, &base.set);
	nr = table.nr;
	for (len = 1; len <= nr; len++) {
		for (i = 0; i < len; i++) {
			table_from_set(&table, &base.set);
			table.nr = len;
			/* Of a leaf that nobody knows. */
			table.e[i] = (struct kvm_cpuid_entry2){ .function = 0x3f, .edx = 1 };
			KUNIT_EXPECT_FALSE_MSG(test, kl_fast_clean(&fast, table.e, len),
					       "row %d of %d", i, len);
		}
	}
}

/* A VMM can ask for any leaf, also for what the rows end with. */
static void nothing_hides_behind_the_last_row(struct kunit *test)
{
	unsigned int empty;
	int i, nr;

	words_intel(&base);
	make(test, &base);
	table_from_set(&table, &base.set);
	nr = table.nr;
	for (empty = 0; empty < 2; empty++) {
		for (i = nr; i < nr + 16; i++) {
			table.e[i] = (struct kvm_cpuid_entry2){
				.function = ~0u, .index = ~0u, .eax = empty ? 0 : ~0u,
				.flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX,
			};
			if (!empty)
				KUNIT_EXPECT_FALSE(test, kl_fast_clean(&fast, table.e, i + 1));
			/* What stands behind them is seen as well. */
			table.e[i + 1] = (struct kvm_cpuid_entry2){ .function = 0x3f, .edx = 1 };
			KUNIT_EXPECT_FALSE(test, kl_fast_clean(&fast, table.e, i + 2));
		}
	}
}

static void every_bit_of_every_word_is_looked_at(struct kunit *test)
{
	unsigned int vendor, r, bit, passed = 0, beyond = 0;
	int i, nr;

	for (vendor = 0; vendor < 2; vendor++) {
		(vendor ? words_amd : words_intel)(&base);
		make(test, &base);
		table_from_set(&table, &base.set);
		nr = table.nr;
		for (i = 0; i < nr && test->status == KUNIT_SUCCESS; i++) {
			for (r = 0; r < KL_NR_REGS; r++) {
				for (bit = 0; bit < 32; bit++) {
					*table_reg(&table.e[i], r) ^= BIT(bit);
					if (settled(test, &base, "a flipped bit"))
						passed++;
					else if (table_admit(&base.set, &table, false))
						beyond++;
					*table_reg(&table.e[i], r) ^= BIT(bit);
				}
			}
		}
	}
	/* Both happened, or this was no test. */
	KUNIT_EXPECT_GT(test, passed, 500U);
	KUNIT_EXPECT_GT(test, beyond, 2000U);
}

/* A bit that the baseline has may be missing; one that it lacks may not be there. */
static void features_may_go_but_not_come(struct kunit *test)
{
	unsigned int i, r, bit;

	words_intel(&base);
	make(test, &base);
	for (i = 0; i < base.set.nr_leaves; i++) {
		const struct kl_leaf *l = &base.leaf[i];
		const struct kl_shape *shape = kl_shape_find(l->leaf, l->subleaf);

		if (l->leaf == 0xd || kl_set_leaf(&base.set, l->leaf, l->subleaf) != l)
			continue;
		for (r = 0; r < KL_NR_REGS; r++) {
			for (bit = 0; bit < 32; bit++) {
				bool has = l->r[r] >> bit & 1;

				if (!(shape->r[r].and_bits >> bit & 1))
					continue;
				table_from_set(&table, &base.set);
				*table_reg(table_row(&table, l->leaf, l->subleaf), r) ^= BIT(bit);
				KUNIT_EXPECT_EQ_MSG(test, settled(test, &base, "a feature"), has,
						    "0x%x.%u reg %u bit %u", l->leaf, l->subleaf,
						    r, bit);
			}
		}
	}
}

static void sizes_that_are_not_the_baselines_go_the_long_way(struct kunit *test)
{
	words_intel(&base);
	make(test, &base);
	table_from_set(&table, &base.set);
	table_row(&table, 0xd, 0)->ecx += 64;
	KUNIT_EXPECT_FALSE(test, settled(test, &base, "a size"));
	/* Without AMX the size for all that is left is smaller than what the row says. */
	table_from_set(&table, &base.set);
	table_row(&table, 0xd, 0)->eax &= ~0x60000u;
	settled(test, &base, "fewer components, the size of all");
	table_from_set(&table, &base.set);
	table_row(&table, 0xd, 5)->ebx += 64;
	KUNIT_EXPECT_FALSE(test, settled(test, &base, "another layout"));
}

/* It is cut though it is no excess, so the quick look may not call it clean. */
static void mappable_memory_above_the_baselines_goes_the_long_way(struct kunit *test)
{
	struct kvm_cpuid_entry2 *e;

	words_amd(&base);
	words_leaf(&base, 0x80000008, 0)->r[KL_EAX] = 0x3030;
	make(test, &base);
	table_from_set(&table, &base.set);
	KUNIT_EXPECT_TRUE(test, settled(test, &base, "mappable memory is not said"));
	e = table_row(&table, 0x80000008, 0);
	e->eax = 0x303030;
	KUNIT_EXPECT_FALSE(test, settled(test, &base, "a VMM says what is mappable"));
	KUNIT_EXPECT_EQ(test, table_admit(&base.set, &table, true), 0U);
	KUNIT_EXPECT_EQ(test, e->eax, 0x3030U);
}

static void highest_leaves_above_the_baselines_go_the_long_way(struct kunit *test)
{
	static const u32 first[] = { 0x0, 0x80000000, 0x40000000 };
	unsigned int i;

	words_intel(&base);
	make(test, &base);
	for (i = 0; i < ARRAY_SIZE(first); i++) {
		table_from_set(&table, &base.set);
		table_row(&table, first[i], 0)->eax++;
		KUNIT_EXPECT_FALSE_MSG(test, settled(test, &base, "a highest leaf"), "0x%x",
				       first[i]);
	}
}

static void other_hypervisors_go_the_long_way(struct kunit *test)
{
	struct kvm_cpuid_entry2 *e;

	words_intel(&base);
	make(test, &base);
	table_from_set(&table, &base.set);
	table_row(&table, 0x40000000, 0)->ebx = 0x7263694d;	/* "Micr" */
	KUNIT_EXPECT_FALSE(test, settled(test, &base, "Hyper-V's signature"));
	table_from_set(&table, &base.set);
	e = table_add(&table, 0x40000100, 0);
	*e = *table_row(&table, 0x40000000, 0);
	e->function = 0x40000100;
	KUNIT_EXPECT_FALSE(test, settled(test, &base, "KVM's leaves, moved"));
}

/* KVM ignores the index of a row without the flag: it answers for every subleaf. */
static void a_row_without_the_flag_goes_the_long_way(struct kunit *test)
{
	struct kvm_cpuid_entry2 *e;

	words_intel(&base);
	make(test, &base);
	table_from_set(&table, &base.set);
	e = table_row(&table, 0xd, 2);
	e->flags = 0;
	KUNIT_EXPECT_FALSE(test, settled(test, &base, "no flag"));
	/* The baseline's own words of subleaf 0 are other features in the next. */
	table_from_set(&table, &base.set);
	table_row(&table, 0x7, 0)->flags = 0;
	KUNIT_EXPECT_FALSE(test, settled(test, &base, "no flag on subleaf 0"));
	/* An empty row says nothing for any, and what the VMM's whole leaf says is its own. */
	table_zero(table_row(&table, 0x7, 0));
	table_add(&table, 0x4, 0)->eax = 1;
	table_row(&table, 0x4, 0)->flags = 0;
	KUNIT_EXPECT_TRUE(test, settled(test, &base, "no flag, and nothing to flag"));
	/* A leaf without subleaves at another index. */
	table_from_set(&table, &base.set);
	table_row(&table, 0x1, 0)->index = 1;
	settled(test, &base, "an index that means nothing");
}

/* Something that a VMM might do to one row, or a fuzzer. */
static void mangle(struct vmm_table *t)
{
	struct kvm_cpuid_entry2 *e = &t->e[dice(t->nr)], *other = &t->e[dice(t->nr)], hold;

	switch (dice(12)) {
	case 0 ... 3:
		*table_reg(e, dice(KL_NR_REGS)) ^= BIT(dice(32));
		break;
	case 4:
		*table_reg(e, dice(KL_NR_REGS)) = dice_bits();
		break;
	case 5:
		hold = *e;
		*e = *other;
		*other = hold;
		break;
	case 6:
		if (t->nr < TABLE_ROWS)
			t->e[t->nr++] = *e;
		break;
	case 7:
		*e = t->e[--t->nr];
		break;
	case 8:
		e->flags ^= KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
		break;
	case 9:
		e->index ^= BIT(dice(4));
		break;
	case 10:
		e->function = dice(2) ? e->function ^ BIT(dice(32)) : other->function;
		break;
	case 11:
		table_zero(e);
		break;
	}
}

static void nothing_mangled_is_let_pass(struct kunit *test)
{
	unsigned int i, n, passed = 0, beyond = 0;

	for (i = 0; i < 20000 && test->status == KUNIT_SUCCESS; i++) {
		dice_seed(i);
		if (!(i % 1000)) {
			(i % 2000 ? words_amd : words_intel)(&base);
			make(test, &base);
		}
		table_from_set(&table, &base.set);
		for (n = dice(4); n && table.nr > 1; n--)
			mangle(&table);
		if (settled(test, &base, "mangled"))
			passed++;
		else if (table_admit(&base.set, &table, false))
			beyond++;
	}
	kunit_info(test, "%u settled, %u beyond\n", passed, beyond);
	KUNIT_EXPECT_GT(test, passed, i / 10);
	KUNIT_EXPECT_GT(test, beyond, i / 10);
}

/* Pools of two real hosts, and the tables that each of the two would have set. */
static void real_tables_are_as_the_long_way_says(struct kunit *test)
{
	unsigned int a, b, i, pools = 0, passed = 0, asked = 0;

	if (nr_real_tables < 8)
		kunit_skip(test, "no dumps of hosts beside the project");
	for (a = 0; a < nr_real_tables && test->status == KUNIT_SUCCESS; a++) {
		/* The host itself, the next, and one elsewhere: often of the other make. */
		for (b = 0; b < 3; b++) {
			const struct real_table *other =
				&real_tables[(a + b * b * 7) % nr_real_tables];
			const struct real_table *of[] = { &real_tables[a], other };

			if (!table_pool(&base, &real_tables[a], other))
				continue;
			pools++;
			make(test, &base);
			for (i = 0; i < ARRAY_SIZE(of); i++) {
				struct kl_set set = { of[i]->leaf, NULL, of[i]->nr, 0 };

				table_from_set(&table, &set);
				settled(test, &base, of[i]->name);
				/* Levelled, it is what the pool's VMs have. */
				table_admit(&base.set, &table, true);
				asked++;
				passed += settled(test, &base, of[i]->name);
				dice_seed(a * 64 + b * 8 + i);
				mangle(&table);
				settled(test, &base, of[i]->name);
			}
		}
	}
	kunit_info(test, "%u tables, %u pools, %u of %u levelled tables settled\n",
		   nr_real_tables, pools, passed, asked);
	KUNIT_EXPECT_GT(test, pools, nr_real_tables);
	/* Raw tables have what KVM doesn't offer, and few of those are in its order. */
	KUNIT_EXPECT_GT(test, passed, asked / 2);
}

static void one_leaf_is_as_the_long_way_says(struct kunit *test)
{
	static const struct kl_leaf brand = { 0x80000003, 0, { 1 } };
	unsigned int i, r, bit, passed = 0, beyond = 0;

	words_amd(&base);
	make(test, &base);
	for (i = 0; i < base.set.nr_leaves; i++) {
		for (r = 0; r < KL_NR_REGS; r++) {
			for (bit = 0; bit < 33; bit++) {
				struct kl_leaf l = base.leaf[i], before;

				/* As it is, and with each bit flipped. */
				l.r[r] ^= bit < 32 ? BIT(bit) : 0;
				before = l;
				if (!kl_fast_clean_one(&fast, &l)) {
					beyond++;
					continue;
				}
				passed++;
				kl_admit_leaf(&base.set, &l);
				if (l.leaf == 0xd && l.subleaf < 2) {
					l.r[KL_EBX] = before.r[KL_EBX];
					l.r[KL_ECX] = before.r[KL_ECX];
				}
				KUNIT_EXPECT_EQ_MSG(test, memcmp(&before, &l, sizeof(l)), 0,
						    "0x%x.%u reg %u bit %u", l.leaf, l.subleaf, r,
						    bit);
			}
			KUNIT_EXPECT_TRUE(test, kl_fast_clean_one(&fast, &base.leaf[i]));
		}
	}
	KUNIT_EXPECT_GT(test, passed, 100U);
	KUNIT_EXPECT_GT(test, beyond, 1000U);
	KUNIT_EXPECT_TRUE(test, kl_fast_clean_one(&fast, &(struct kl_leaf){ 0x3f, 0, { } }));
	KUNIT_EXPECT_FALSE(test, kl_fast_clean_one(&fast, &(struct kl_leaf){ 0x3f, 0, { 1 } }));
	KUNIT_EXPECT_TRUE(test, kl_fast_clean_one(&fast, &(struct kl_leaf){ 0x4, 3, { 1 } }));
	KUNIT_EXPECT_TRUE(test, kl_fast_clean_one(&fast, &brand));
}

static void no_memory_is_told(struct kunit *test)
{
	struct kl_fast f = { };

	words_intel(&base);
	test_fail_alloc(1);
	KUNIT_EXPECT_EQ(test, kl_fast_make(&f, &base.set), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, test_alloc_failed());
	kl_fast_free(&f);
	kl_fast_free(&f);
}

static void fast_exit(struct kunit *test)
{
	kl_fast_free(&fast);
	env_end(test);
}

static struct kunit_case fast_cases[] = {
	KUNIT_CASE(what_is_offered_is_settled),
	KUNIT_CASE(a_vmm_with_less_is_settled),
	KUNIT_CASE(nothing_and_zeros_are_settled),
	KUNIT_CASE(a_dirty_row_is_seen_wherever_it_stands),
	KUNIT_CASE(nothing_hides_behind_the_last_row),
	KUNIT_CASE(every_bit_of_every_word_is_looked_at),
	KUNIT_CASE(features_may_go_but_not_come),
	KUNIT_CASE(sizes_that_are_not_the_baselines_go_the_long_way),
	KUNIT_CASE(mappable_memory_above_the_baselines_goes_the_long_way),
	KUNIT_CASE(highest_leaves_above_the_baselines_go_the_long_way),
	KUNIT_CASE(other_hypervisors_go_the_long_way),
	KUNIT_CASE(a_row_without_the_flag_goes_the_long_way),
	KUNIT_CASE(nothing_mangled_is_let_pass),
	KUNIT_CASE(real_tables_are_as_the_long_way_says),
	KUNIT_CASE(one_leaf_is_as_the_long_way_says),
	KUNIT_CASE(no_memory_is_told),
	{}
};

struct kunit_suite kl_suite_fast = {
	.name = "kl_fast",
	.init = env_begin,
	.exit = fast_exit,
	.test_cases = fast_cases,
};

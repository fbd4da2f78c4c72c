// SPDX-License-Identifier: GPL-2.0
/* Features of MSRs beside what they need by name: userspace/needs.c. */
#include "../../userspace/needs.h"
#include "harness.h"
#include "words.h"

#define SECONDARY	(1ull << 63)	/* of 0x48e */
#define EPT		(1ull << 33)	/* of 0x48b */
#define PML		(1ull << 49)
#define RDTSCP_EXIT	(1ull << 35)
#define EPTAD		(1ull << 21)	/* of 0x48c */
#define INVEPT_ALL	(1ull << 26 | 1ull << 20)

/* A processor with VMX and RDTSCP, and these words of its MSRs. */
static struct kl_acc closed(bool rdtscp, u64 secondary, u64 processor, u64 ept)
{
	struct words w;
	struct kl_acc acc;

	words_clear(&w);
	words_put(&w, 0, 0, 0xd, 0x756e6547, 0x6c65746e, 0x49656e69);
	words_set(&w, 1, 0, KL_ECX, 1u << 5);
	words_set(&w, 1, 0, KL_EDX, 1u << 4);
	words_set(&w, 0x80000000, 0, KL_EAX, 0x80000008);
	words_set(&w, 0x80000001, 0, KL_EDX, 1u << 20 | (rdtscp ? 1u << 27 : 0));
	words_msr(&w, 0x48b, secondary);
	words_msr(&w, 0x48c, ept);
	words_msr(&w, 0x48e, processor);
	CHECK(!kl_acc_init(&acc, &w.set, NULL));
	needs_close(&acc);
	return acc;
}

static u64 msr(const struct kl_acc *acc, u32 index)
{
	const struct kl_set set = kl_acc_set(acc);
	const struct kl_msr *m = kl_set_msr(&set, index);

	return m ? m->value : 0;
}

TEST(features_of_msrs_stay_beside_what_they_need)
{
	struct kl_acc acc = closed(true, EPT | PML | RDTSCP_EXIT, SECONDARY, EPTAD | INVEPT_ALL);

	CHECK_EQ(msr(&acc, 0x48b), EPT | PML | RDTSCP_EXIT);
	CHECK_EQ(msr(&acc, 0x48c), EPTAD | INVEPT_ALL);
	CHECK_EQ(msr(&acc, 0x48e), SECONDARY);
}

TEST(a_feature_of_an_msr_goes_with_one_of_cpuid)
{
	struct kl_acc acc = closed(false, EPT | PML | RDTSCP_EXIT, SECONDARY, EPTAD);

	CHECK_EQ(msr(&acc, 0x48b), EPT | PML);
}

TEST(what_needs_a_feature_that_goes_goes_as_well)
{
	/* Extended page tables take their ways with them, and the log of dirty pages. */
	struct kl_acc acc = closed(true, PML | RDTSCP_EXIT, SECONDARY, EPTAD | INVEPT_ALL);

	CHECK_EQ(msr(&acc, 0x48b), RDTSCP_EXIT);
	CHECK_EQ(msr(&acc, 0x48c), 0);
	/* An MSR of which nothing is left is none. */
	CHECK_EQ(acc.nr_msrs, 2);
	acc = closed(true, EPT | PML | RDTSCP_EXIT, 0, EPTAD | INVEPT_ALL);
	CHECK_EQ(acc.nr_msrs, 0);
}

TEST(a_control_that_must_be_1_stays)
{
	struct kl_acc acc = closed(false, EPT | RDTSCP_EXIT | RDTSCP_EXIT >> 32, SECONDARY, 0);

	CHECK_EQ(msr(&acc, 0x48b), EPT | RDTSCP_EXIT | RDTSCP_EXIT >> 32);
	/* The low half of what is no control is not what must be 1. */
	acc = closed(true, RDTSCP_EXIT, SECONDARY, EPTAD >> 1 | 1ull << 40);
	CHECK_EQ(msr(&acc, 0x48c), 0);
}

// SPDX-License-Identifier: GPL-2.0
/* Could a guest of one set run where another is offered? */
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "words.h"

struct change {
	const char *name;
	void (*make)(struct words *w);
	const char *at;
};

/* What the other side lacks, or has in another way. */
static void nothing(struct words *w) { (void)w; }
static void no_avx512(struct words *w) { words_unset(w, 7, 0, KL_EBX, 3u << 16); }
static void no_bad_news(struct words *w)
{
	words_unset(w, 7, 0, KL_EBX, 1u << 6 | 1u << 13);
	words_unset(w, 7, 0, KL_EDX, 1u << 10);
}

static void more(struct words *w)
{
	words_set(w, 7, 0, KL_EBX, 1u << 4 | 1u << 11);
	words_leaf(w, 0, 0)->r[KL_EAX] = 0x24;
	words_leaf(w, 0x80000008, 0)->r[KL_EAX] = 0x3939;
	words_msr(w, 0x10a, ~0ull);
}

static void signature(struct words *w)
{
	words_leaf(w, 1, 0)->r[KL_EAX] = 0x806f8;
	words_unset(w, 1, 0, KL_EDX, 1u << 28);
}

static void narrow(struct words *w) { words_leaf(w, 0x80000008, 0)->r[KL_EAX] = 0x302e; }
static void low(struct words *w) { words_leaf(w, 0, 0)->r[KL_EAX] = 0x1e; }
static void other_offset(struct words *w) { words_leaf(w, 0xd, 9)->r[KL_EBX] = 0xa88; }
static void no_offset(struct words *w) { words_drop(w, 0xd, 9); }
static void no_pmu(struct words *w) { words_drop(w, 0xa, 0); }
static void no_seven_one(struct words *w) { words_drop(w, 7, 1); }
static void no_msr(struct words *w)
{
	w->set.nr_msrs = 0;
}

static void less_msr(struct words *w) { words_msr(w, 0x10a, 0x0c0aa0ea); }
static void no_gate(struct words *w) { words_unset(w, 7, 0, KL_EDX, 1u << 29); }
static void no_kvm(struct words *w) { words_drop(w, 0x40000001, 0); }
static void other_format(struct words *w) { words_msr(w, 0x345, 0x2006); }

TEST(a_guest_runs_where_nothing_of_its_set_is_missing)
{
	static const struct change changes[] = {
		{ "the same", nothing, NULL },
		{ "more of everything", more, NULL },
		{ "no bad news", no_bad_news, NULL },
		{ "another model", signature, NULL },
		{ "no AVX-512", no_avx512,
		  "CPUID 0x7.0:ebx bits 0x30000: features that are not there" },
		{ "fewer address bits", narrow,
		  "CPUID 0x80000008.0:eax bits 0xffff: a smaller number" },
		{ "a lower highest leaf", low,
		  "CPUID 0x0.0:eax bits 0xffffffff: a smaller number" },
		{ "a component elsewhere", other_offset,
		  "CPUID 0xd.9:ebx bits 0x8: another layout" },
		{ "a component nowhere", no_offset, "CPUID 0xd.9:eax bits 0x8: another layout" },
		{ "no PMU", no_pmu, "CPUID 0xa.0:eax bits 0xffffffff: a smaller number" },
		{ "no leaf 7.1", no_seven_one,
		  "CPUID 0x7.1:eax bits 0x1c30: features that are not there" },
		{ "no KVM features", no_kvm,
		  "CPUID 0x40000001.0:eax bits 0x1007efb: features that are not there" },
		{ "no MSRs", no_msr, "MSR 0x10a bits 0xc00a0eb: features that are not there" },
		{ "Meltdown", less_msr, "MSR 0x10a bits 0x1: features that are not there" },
		{ "no ARCH_CAPABILITIES", no_gate,
		  "CPUID 0x7.0:edx bits 0x20000000: features that are not there" },
		{ "another LBR format", other_format, "MSR 0x345 bits 0x3: another format" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		static struct words guest, host;
		struct kl_place at;
		char text[256];
		int ret;

		test_case(changes[i].name);
		words_intel(&guest);
		words_msr(&guest, 0x345, 0x2005);
		words_copy(&host, &guest);
		changes[i].make(&host);
		ret = kl_set_subset(&guest.set, &host.set, &at);
		kl_place_format(text, sizeof(text), &at);
		CHECK_STR(text, changes[i].at ? changes[i].at : "");
		CHECK(ret == (changes[i].at ? -EOPNOTSUPP : 0));
		CHECK(kl_set_subset(&guest.set, &host.set, NULL) == ret);
	}
}

/* A guest with PEBS finds it on a host with the same, in all that belongs to it. */
TEST(pebs_runs_where_it_is_the_same)
{
	static struct words guest, host;
	struct kl_place at;
	char text[256];

	words_intel(&guest);
	words_copy(&host, &guest);
	words_msr(&guest, 0x345, 0x25c0);
	words_msr(&host, 0x345, 0x65c0);
	CHECK(kl_set_subset(&guest.set, &host.set, &at) == -EOPNOTSUPP);
	kl_place_format(text, sizeof(text), &at);
	CHECK_STR(text, "MSR 0x345 bits 0x4000: another format");
	words_msr(&guest, 0x345, 0x65c0);
	CHECK(!kl_set_subset(&guest.set, &host.set, NULL));
	words_msr(&guest, 0x345, 0x2000);
	CHECK(!kl_set_subset(&guest.set, &host.set, NULL));
}

TEST(nothing_runs_anywhere)
{
	static struct words none, some;

	words_clear(&none);
	words_amd(&some);
	CHECK(!kl_set_subset(&none.set, &some.set, NULL));
	CHECK(!kl_set_subset(&none.set, &none.set, NULL));
	CHECK(kl_set_subset(&some.set, &none.set, NULL) == -EOPNOTSUPP);
}

TEST(what_is_not_governed_asks_for_nothing)
{
	static struct words guest, host;

	words_intel(&guest);
	words_copy(&host, &guest);
	words_put(&guest, 0x4, 0, 1, 2, 3, 4);
	words_put(&guest, 0x17, 0, 1, 2, 3, 4);
	words_put(&guest, 0x1, 5, ~0u, ~0u, ~0u, ~0u);
	words_set(&guest, 7, 0, KL_EDX, 1u << 15);
	words_put(&guest, 0xd, 3, 0, 0, 0, 0);
	words_msr(&guest, 0x8b, 5);
	words_msr(&guest, 0x122, 5);
	CHECK(!kl_set_subset(&guest.set, &host.set, NULL));
}

TEST(an_msr_that_the_guest_cannot_read_asks_for_nothing)
{
	static struct words guest, host;

	words_intel(&guest);
	words_unset(&guest, 7, 0, KL_EDX, 1u << 29);
	words_copy(&host, &guest);
	words_msr(&host, 0x10a, 0);
	CHECK(!kl_set_subset(&guest.set, &host.set, NULL));
}

TEST(every_missing_word_is_named_in_turn)
{
	static const char *const places[] = {
		"CPUID 0x0.0:eax bits 0xffffffff: a smaller number",
		"CPUID 0x1.0:ecx bits 0x10000000: features that are not there",
		"CPUID 0x1.0:edx bits 0x1: features that are not there",
		"CPUID 0x7.0:ebx bits 0x20: features that are not there",
		"CPUID 0xd.9:eax bits 0x8: another layout",
		"CPUID 0xd.9:ebx bits 0xa80: another layout",
		"MSR 0x10a bits 0x1: features that are not there",
		"MSR 0x345 bits 0x2000: features that are not there",
	};
	static struct words guest, host;
	struct kl_place at = { .kind = KL_PLACE_NONE };
	unsigned int n = 0;
	int ret;

	words_intel(&guest);
	words_copy(&host, &guest);
	words_leaf(&host, 0, 0)->r[KL_EAX] = 7;
	words_unset(&host, 1, 0, KL_ECX, 1u << 28);
	words_unset(&host, 1, 0, KL_EDX, 1u << 0);
	words_unset(&host, 7, 0, KL_EBX, 1u << 5);
	words_drop(&host, 0xd, 9);
	words_msr(&host, 0x10a, 0x0c0aa0ea);
	words_msr(&host, 0x345, 0);
	while ((ret = kl_set_subset_from(&guest.set, &host.set, &at))) {
		char text[256];

		CHECK(ret == -EOPNOTSUPP);
		kl_place_format(text, sizeof(text), &at);
		CHECK(n < ARRAY_SIZE(places));
		CHECK_STR(text, places[n]);
		n++;
	}
	CHECK_EQ(n, ARRAY_SIZE(places));
}

TEST(a_host_that_asks_a_nested_hypervisor_for_more_is_refused)
{
	static struct words pool, host;
	struct kl_place at;

	words_intel(&pool);
	words_set(&pool, 1, 0, KL_ECX, 1u << 5);
	words_msr(&pool, 0x48d, 0x0000007f00000016ull);
	words_copy(&host, &pool);
	CHECK(!kl_set_subset(&pool.set, &host.set, &at));
	words_msr(&host, 0x48d, 0x0000007f00000056ull);
	CHECK(kl_set_subset(&pool.set, &host.set, &at) == -EOPNOTSUPP);
	CHECK(at.kind == KL_PLACE_MSR && at.leaf == 0x48d && at.bits == 0x40);
	/* One that asks for less can give it. */
	words_msr(&host, 0x48d, 0x0000007f00000006ull);
	CHECK(!kl_set_subset(&pool.set, &host.set, &at));
}

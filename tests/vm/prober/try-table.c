// SPDX-License-Identifier: GPL-2.0
/* Attempts by the shape of the table that a VMM hands to KVM_SET_CPUID2. */
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kvmprobe.h"

static char leaks[512];

/* Any subleaf matches an entry without the flag, whatever its index says. */
static void stray_index(void)
{
	struct cpuset s = wish.cpu;
	struct vcpu *v = vcpu_new(vm_new());

	for (u32 i = 0; i < s.n; i++)
		if (s.e[i].function == 7) {
			s.e[i].flags = 0;
			s.e[i].index += 0x55;
		}
	refused(vcpu_set_cpuid2(v, &s), "KVM_SET_CPUID2");
	vcpu_enter_long_mode(v);
	judge_cpuid(v);
}

/*
 * The baseline's own words of subleaf 0, in a row that KVM would read for any
 * subleaf: there the same bits are other features.
 */
static void unflagged(u32 leaf, u32 last_sub)
{
	struct kvm_cpuid_entry2 *own = cpuset_find(&allowed.cpu, leaf, 0);
	struct cpuset s = { .n = 0 };
	struct vcpu *v = vcpu_new(vm_new());

	if (!own)
		skipped("leaf 0x%x is not offered", leaf);
	for (u32 i = 0; i < allowed.cpu.n; i++) {
		if (allowed.cpu.e[i].function == leaf && allowed.cpu.e[i].index)
			continue;
		s.e[s.n] = allowed.cpu.e[i];
		if (s.e[s.n].function == leaf)
			s.e[s.n].flags = 0;
		s.n++;
	}
	if (vcpu_set_cpuid2(v, &s))
		die("KVM_SET_CPUID2 refuses the baseline's own words");
	vcpu_enter_long_mode(v);
	for (u32 sub = 1; sub <= last_sub; sub++) {
		struct kvm_cpuid_entry2 e;

		guest_cpuid(v, leaf, sub, &e);
		for (enum reg r = EAX; r < NR_REGS; r++) {
			u32 more = entry_read(&e, r) &
				   ~cpuset_word(&allowed.cpu, leaf, sub, r);

			if (word_is_features(leaf, sub, r) && more)
				note("0x%x.%x:%s=0x%x", leaf, sub, reg_names[r],
				     more);
		}
	}
	if (any_noted())
		note("beyond the baseline");
	verdict("no subleaf but 0 reads what that has");
}

static void unflagged_leaf7(void)
{
	unflagged(7, 2);
}

static void unflagged_leafd(void)
{
	unflagged(0xd, 1);
}

/*
 * KVM's own look at a leaf without subleaves takes the first entry, whatever
 * its index; the guest gets it by putting that index in ECX.
 */
static void flagged_plain_leaf(void)
{
	static const u32 plain[] = { 1, 0x80000001, 0x80000008, 0x40000001 };
	struct cpuset s = { .n = 0 };
	struct vcpu *v = vcpu_new(vm_new());
	bool leak = false;

	for (u32 i = 0; i < ARRAY_SIZE(plain); i++) {
		struct kvm_cpuid_entry2 *from = cpuset_find(&wish.cpu, plain[i],
							    0);

		if (!from)
			continue;
		s.e[s.n] = *from;
		s.e[s.n].flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
		s.e[s.n++].index = 3;
	}
	for (u32 i = 0; i < allowed.cpu.n && s.n < MAX_ENTRIES; i++)
		s.e[s.n++] = allowed.cpu.e[i];
	refused(vcpu_set_cpuid2(v, &s), "KVM_SET_CPUID2");
	vcpu_enter_long_mode(v);
	for (u32 i = 0; i < ARRAY_SIZE(plain); i++) {
		struct kvm_cpuid_entry2 e;

		guest_cpuid(v, plain[i], 3, &e);
		leak |= entry_leaks(&e, leaks, sizeof(leaks));
	}
	if (leak)
		reached("guest reads %s with ECX=3", leaks);
	judge_cpuid(v);
}

/* The same leaf twice: whichever is taken must be levelled. */
static void duplicates(void)
{
	struct cpuset s = { .n = 0 };
	struct vcpu *v = vcpu_new(vm_new());

	for (u32 i = 0; i < wish.cpu.n && s.n + 2 <= MAX_ENTRIES; i++) {
		struct kvm_cpuid_entry2 *e = &wish.cpu.e[i];
		struct kvm_cpuid_entry2 *ok = cpuset_find(&allowed.cpu,
							  e->function,
							  e->index);

		/* First wished, then allowed for one half; then the reverse. */
		if (ok && (i & 1))
			s.e[s.n++] = *ok;
		s.e[s.n++] = *e;
		if (ok && !(i & 1))
			s.e[s.n++] = *ok;
	}
	refused(vcpu_set_cpuid2(v, &s), "KVM_SET_CPUID2");
	vcpu_enter_long_mode(v);
	judge_cpuid(v);
}

/* As many entries as KVM takes, with those that matter at the end. */
static void full_table(void)
{
	struct cpuset s = { .n = 0 };
	struct vcpu *v = vcpu_new(vm_new());

	for (u32 i = 0; s.n < MAX_ENTRIES - wish.cpu.n; i++) {
		memset(&s.e[s.n], 0, sizeof(s.e[0]));
		s.e[s.n].function = 0x20000000 + i;
		s.e[s.n++].eax = i;
	}
	for (u32 i = 0; i < wish.cpu.n; i++)
		s.e[s.n++] = wish.cpu.e[i];
	refused(vcpu_set_cpuid2(v, &s), "KVM_SET_CPUID2");
	vcpu_enter_long_mode(v);
	judge_cpuid(v);
}

/* The race: one thread rewrites the buffer while another hands it to KVM. */
static struct {
	struct kvm_cpuid2 head;
	struct kvm_cpuid_entry2 e[MAX_ENTRIES];
} shared;
static _Atomic bool race_over;

static void *flip(void *arg)
{
	struct cpuset low = wish.cpu;

	(void)arg;
	/* The same entries in the same places, hidden bits off. */
	for (u32 i = 0; i < low.n; i++) {
		struct kvm_cpuid_entry2 *ok =
			cpuset_find(&allowed.cpu, low.e[i].function,
				    low.e[i].index);

		if (ok)
			low.e[i] = *ok;
	}
	while (!race_over) {
		memcpy(shared.e, wish.cpu.e, low.n * sizeof(low.e[0]));
		asm volatile("" ::: "memory");
		memcpy(shared.e, low.e, low.n * sizeof(low.e[0]));
		asm volatile("" ::: "memory");
	}
	return NULL;
}

/* A vCPU that hasn't run takes CPUID as often as one likes. */
#define RACES_PER_VCPU	200

static void buffer_race(void)
{
	u64 end = now_us() + 2000000;
	unsigned int rounds = 0;
	pthread_t t;

	shared.head.nent = wish.cpu.n;
	memcpy(shared.e, wish.cpu.e, sizeof(wish.cpu.e));
	if (pthread_create(&t, NULL, flip, NULL))
		die("pthread_create");
	while (now_us() < end) {
		struct vm *vm = vm_new();
		struct vcpu *v = vcpu_new(vm);
		bool set = false;
		struct cpuset s;

		for (int i = 0; i < RACES_PER_VCPU && now_us() < end; i++) {
			rounds++;
			if (ioctl(v->fd, KVM_SET_CPUID2, &shared))
				continue;
			set = true;
			vcpu_get_cpuid2(v, &s);
			if (set_leaks(&s, leaks, sizeof(leaks)))
				reached("KVM_GET_CPUID2 returns %s in round %u",
					leaks, rounds);
		}
		if (set) {
			vcpu_enter_long_mode(v);
			if (guest_leaks(v, leaks, sizeof(leaks)))
				reached("guest reads %s in round %u", leaks,
					rounds);
		}
		vcpu_free(v);
		vm_free(vm);
	}
	race_over = true;
	pthread_join(t, NULL);
	held("%u rounds in 2 s, no hidden bit", rounds);
}

const struct attempt table_attempts[] = {
	{ "stray_index_without_flag", "smap fsgsbase avx2 umip",
	  "leaf 7 under a stray index and without the index flag", stray_index },
	{ "unflagged_leaf7", "smap fsgsbase avx2 umip",
	  "the baseline's own leaf 7, to be read for every subleaf", unflagged_leaf7 },
	{ "unflagged_leafd", "any",
	  "the baseline's own leaf 0xd, to be read for every subleaf", unflagged_leafd },
	{ "index_flag_on_plain_leaf", "avx svm rdtscp maxphyaddr",
	  "leaves 1 and 0x80000001 flagged as indexed, under index 3",
	  flagged_plain_leaf },
	{ "duplicate_entries", "any", "every leaf twice, one greedy, one modest",
	  duplicates },
	{ "full_table", "any", "256 entries, those that matter last", full_table },
	{ "buffer_race", "any",
	  "the VMM rewrites its buffer while KVM_SET_CPUID2 runs", buffer_race },
	{ NULL, NULL, NULL, NULL },
};

// SPDX-License-Identifier: GPL-2.0
/*
 * VMs that come and go while baselines change: what one VM reads must never
 * change in its life, and must be one baseline, not a mixture of two.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kvmprobe.h"

#define MAX_ALLOWED	8
#define MAX_VMS		256
#define ROUNDS		8
#define MSR_ARCH_CAP	0x10a

static struct offer *allow[MAX_ALLOWED];
static const char *allow_name[MAX_ALLOWED];
static unsigned int nr_allow;
static struct cpuset set;
static u64 deadline;
static unsigned int vcpus = 2;

/* Leaves that all VMs are asked about. */
static struct { u32 leaf, sub; } asked[MAX_ENTRIES];
static unsigned int nr_asked;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	u64 vms, reads, changed, strange, mixed, refused;
	u64 by[MAX_ALLOWED];
} count;

struct view {
	u32 word[MAX_ENTRIES][NR_REGS];
	u64 msr;
	bool msr_faults;
};

/* Bits that follow the guest's or the VMM's state, not the baseline. */
static u32 settled_bits(u32 leaf, u32 sub, enum reg reg)
{
	if (!word_is_features(leaf, sub, reg))
		return 0;
	if (leaf == 1 && reg == ECX)
		return ~(BIT(3) | BIT(24) | BIT(27) | BIT(31));
	if (leaf == 1 && reg == EDX)
		return ~(BIT(9) | BIT(28));
	if (leaf == 7 && reg == ECX)
		return ~BIT(4);
	if (leaf == 0x80000001 && reg == EDX)
		return ~BIT(9);
	return ~0U;
}

static void look(struct vcpu *v, struct view *w)
{
	memset(w, 0, sizeof(*w));
	for (unsigned int i = 0; i < nr_asked; i++) {
		struct kvm_cpuid_entry2 e;

		guest_cpuid(v, asked[i].leaf, asked[i].sub, &e);
		for (enum reg r = EAX; r < NR_REGS; r++)
			w->word[i][r] = entry_read(&e, r) &
				settled_bits(asked[i].leaf, asked[i].sub, r);
	}
	w->msr_faults = !guest_rdmsr(v, MSR_ARCH_CAP, &w->msr);
}

/* Is @w just what @set becomes under baseline @k? */
static bool fits(const struct view *w, unsigned int k)
{
	struct kvm_msr_entry *m = msrset_find(&allow[k]->msr, MSR_ARCH_CAP);

	for (unsigned int i = 0; i < nr_asked; i++)
		for (enum reg r = EAX; r < NR_REGS; r++) {
			u32 want = cpuset_word(&set, asked[i].leaf,
					       asked[i].sub, r) &
				   cpuset_word(&allow[k]->cpu, asked[i].leaf,
					       asked[i].sub, r) &
				   settled_bits(asked[i].leaf, asked[i].sub, r);

			if (w->word[i][r] != want)
				return false;
		}
	return w->msr_faults || !m || w->msr == m->data;
}

static void add(u64 *what, u64 by)
{
	pthread_mutex_lock(&lock);
	*what += by;
	pthread_mutex_unlock(&lock);
}

static void complain(const char *what, const struct view *w)
{
	pthread_mutex_lock(&lock);
	if (count.changed + count.strange + count.mixed < 8)
		for (unsigned int i = 0; i < nr_asked; i++)
			if (asked[i].leaf == 7 && !asked[i].sub)
				printf("%s: leaf 7 0x%08x 0x%08x 0x%08x, msr 0x10a 0x%llx\n",
				       what, w->word[i][EBX], w->word[i][ECX],
				       w->word[i][EDX],
				       (unsigned long long)w->msr);
	pthread_mutex_unlock(&lock);
}

static struct vcpu *one_vcpu(struct vm *vm)
{
	struct vcpu *v = vcpu_new(vm);

	if (vcpu_set_cpuid2(v, &set)) {
		add(&count.refused, 1);
		vcpu_free(v);
		return NULL;
	}
	vcpu_enter_long_mode(v);
	return v;
}

static void one_life(void)
{
	struct vcpu *v[2] = { NULL };
	struct view first, again;
	struct vm *vm = vm_new();

	v[0] = one_vcpu(vm);
	if (!v[0])
		goto out;
	look(v[0], &first);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		/* Halfway a second vCPU comes: it must be like the first. */
		if (i == ROUNDS / 2 && vcpus == 2)
			v[1] = one_vcpu(vm);
		look(v[1] ? v[i & 1] : v[0], &again);
		add(&count.reads, nr_asked);
		if (!memcmp(&first, &again, sizeof(first)))
			continue;
		complain(v[1] && (i & 1) ? "second vCPU differs" : "changed",
			 &again);
		add(v[1] && (i & 1) ? &count.mixed : &count.changed, 1);
		break;
	}
	if (nr_allow) {
		unsigned int k;

		for (k = 0; k < nr_allow && !fits(&first, k); k++)
			;
		if (k == nr_allow) {
			complain("fits no baseline", &first);
			add(&count.strange, 1);
		} else {
			add(&count.by[k], 1);
		}
	}
	for (int i = 0; i < 2; i++)
		if (v[i])
			vcpu_free(v[i]);
out:
	vm_free(vm);
	add(&count.vms, 1);
}

static void *lives(void *arg)
{
	(void)arg;
	while (now_us() < deadline)
		one_life();
	return NULL;
}

int cmd_churn(int argc, char **argv)
{
	static pthread_t thread[MAX_VMS];
	unsigned int vms = 32, seconds = 5;
	const char *how = "raw";
	bool none;

	for (int i = 1; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--vms")) {
			vms = parse_u64(argv[i + 1]);
		} else if (!strcmp(argv[i], "--seconds")) {
			seconds = parse_u64(argv[i + 1]);
		} else if (!strcmp(argv[i], "--cpuid")) {
			how = argv[i + 1];
		} else if (!strcmp(argv[i], "--vcpus")) {
			vcpus = parse_u64(argv[i + 1]);
		} else if (!strcmp(argv[i], "--allow")) {
			if (nr_allow == MAX_ALLOWED)
				die("churn: %d baselines at most", MAX_ALLOWED);
			allow[nr_allow] = calloc(1, sizeof(*allow[0]));
			if (!allow[nr_allow])
				die("out of memory");
			set_from_file(argv[i + 1], allow[nr_allow]);
			allow_name[nr_allow++] = argv[i + 1];
		} else {
			die("churn: what is '%s'?", argv[i]);
		}
	}
	if (!vms || vms > MAX_VMS || argc % 2 == 0)
		die("churn [--vms 1..%d] [--seconds S] [--vcpus 1..2] [--cpuid HOW] [--allow FILE]...",
		    MAX_VMS);
	cpuset_choose(how, &set, &none);
	if (none)
		die("churn: VMs want some CPUID");
	/* Whatever now is on offer: a guest may always read MSR 0x10a. */
	cpuset_add(&set, 7, 0)->edx |= BIT(29);
	for (u32 i = 0; i < set.n; i++) {
		bool features = false;

		for (enum reg r = EAX; r < NR_REGS; r++)
			features |= word_is_features(set.e[i].function,
						     set.e[i].index, r);
		if (!features)
			continue;
		asked[nr_asked].leaf = set.e[i].function;
		asked[nr_asked++].sub = set.e[i].index;
	}
	deadline = now_us() + seconds * 1000000ULL;
	for (unsigned int i = 0; i < vms; i++)
		if (pthread_create(&thread[i], NULL, lives, NULL))
			die("pthread_create");
	for (unsigned int i = 0; i < vms; i++)
		pthread_join(thread[i], NULL);
	printf("churn vms=%llu reads=%llu changed=%llu mixed=%llu strange=%llu refused=%llu\n",
	       (unsigned long long)count.vms, (unsigned long long)count.reads,
	       (unsigned long long)count.changed,
	       (unsigned long long)count.mixed,
	       (unsigned long long)count.strange,
	       (unsigned long long)count.refused);
	for (unsigned int k = 0; k < nr_allow; k++)
		printf("churn baseline %s: %llu VMs\n", allow_name[k],
		       (unsigned long long)count.by[k]);
	return count.changed || count.mixed || count.strange || !count.vms;
}

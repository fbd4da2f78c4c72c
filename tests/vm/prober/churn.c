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

static struct offer *allow[MAX_ALLOWED];
static const char *allow_name[MAX_ALLOWED];
static unsigned int nr_allow;
static u64 deadline;
static unsigned int vcpus = 2;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	u64 vms, reads, changed, strange, mixed, refused;
	u64 by[MAX_ALLOWED];
} count;

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
		view_print(what, w);
	pthread_mutex_unlock(&lock);
}

static struct vcpu *one_vcpu(struct vm *vm)
{
	struct vcpu *v = vcpu_new(vm);

	if (vcpu_set_cpuid2(v, &view_set)) {
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
	view_take(v[0], &first);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		/* Halfway a second vCPU comes: it must be like the first. */
		if (i == ROUNDS / 2 && vcpus == 2)
			v[1] = one_vcpu(vm);
		view_take(v[1] ? v[i & 1] : v[0], &again);
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

		for (k = 0; k < nr_allow && !view_fits(&first, allow[k]); k++)
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
	view_choose(how);
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

// SPDX-License-Identifier: GPL-2.0
/*
 * VMs of two vCPUs each, a thread for each, that do all that a VMM does to a vCPU
 * while whoever started us swaps baselines, flips modes and takes the modules away:
 * what a vCPU reads must stay what it was, and be what its VM's baseline makes of it.
 *
 * In a folder that we share with whoever that is, he says what he does:
 *	loose	a byte more whenever levelling ends or begins (mode off, audit; the
 *		module's unload and load): at an even size VMs are levelled
 *	pause	while it is there, we hold nothing of KVM: "paused" says so, until we
 *		have seen that it is gone
 *	stop	that was all
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kvmprobe.h"

#define MAX_ALLOWED	8
#define MAX_VMS		64
#define SPIN		50
#define ROUNDS		60

static struct offer *allow[MAX_ALLOWED];
static const char *allow_name[MAX_ALLOWED];
static unsigned int nr_allow;
static atomic_bool over;
static bool loose;
static int folder = -1;

/* Held for reading by whoever has something of KVM open. */
static pthread_rwlock_t kvm_lock;

static struct {
	atomic_ullong vms, cpuids, msrs, calls, changed, strange, mixed, refused, unmade;
	atomic_ullong by[MAX_ALLOWED], pauses;
} count;

static pthread_mutex_t print_lock = PTHREAD_MUTEX_INITIALIZER;

/* A VM and what its vCPUs have in common. */
struct life {
	struct vm *vm;
	unsigned int seed;
	off_t began;			/* "loose" before the VM was made */
	atomic_int baseline;		/* -1 until a vCPU knows */
};

static off_t loose_size(void)
{
	struct stat st;

	return fstatat(folder, "loose", &st, 0) ? 0 : st.st_size;
}

/* Was there levelling all the time since @began? */
static bool levelled_since(off_t began)
{
	return !(began & 1) && loose_size() == began;
}

static void complain(atomic_ullong *what, const char *why, const struct view *w)
{
	if (atomic_fetch_add(what, 1) >= 4)
		return;
	pthread_mutex_lock(&print_lock);
	view_print(why, w);
	pthread_mutex_unlock(&print_lock);
}

/* Which baseline is it?  As its sibling's, once that is known. */
static void judge(struct life *life, const struct view *w)
{
	int none = -1;
	unsigned int k;

	for (k = 0; k < nr_allow && !view_fits(w, allow[k]); k++)
		;
	if (k == nr_allow) {
		complain(&count.strange, "fits no baseline", w);
		return;
	}
	if (atomic_compare_exchange_strong(&life->baseline, &none, k))
		atomic_fetch_add(&count.by[k], 1);
	else if (none != (int)k)
		complain(&count.mixed, "second vCPU differs", w);
}

/* Another look at one leaf, by the guest or by the VMM. */
static bool same_leaf(struct vcpu *v, const struct view *first, unsigned int i)
{
	u32 words[NR_REGS];

	view_one(v, i, words);
	atomic_fetch_add(&count.cpuids, 1);
	return !memcmp(words, first->word[i], sizeof(words));
}

/* Many reads of one leaf without leaving the guest. */
static bool same_spin(struct vcpu *v, unsigned int i)
{
	vcpu_post(v, OP_SPIN_CPUID, view_asked[i].leaf, view_asked[i].sub, 0, SPIN);
	vcpu_run_done(v);
	atomic_fetch_add(&count.cpuids, SPIN);
	return !*vcpu_slot(v, BLK_RA);
}

static bool same_msr(struct vcpu *v, const struct view *first)
{
	u64 value = 0;
	bool faults = !guest_rdmsr(v, MSR_ARCH_CAP, &value);

	atomic_fetch_add(&count.msrs, 1);
	return faults == first->msr_faults && (faults || value == first->msr);
}

static bool same_table(struct vcpu *v, const struct view *first)
{
	struct cpuset *s = malloc(sizeof(*s));
	bool same = true;

	if (!s)
		die("out of memory");
	vcpu_get_cpuid2(v, s);
	for (unsigned int i = 0; i < nr_asked && same; i++) {
		struct kvm_cpuid_entry2 *e = cpuset_find(s, view_asked[i].leaf,
							 view_asked[i].sub);
		u32 words[NR_REGS];

		if (!e)
			continue;
		view_words(i, e, words);
		same = !memcmp(words, first->word[i], sizeof(words));
	}
	free(s);
	return same;
}

/* What a VMM does at a reset: all of it again.  Refused or not, nothing changes. */
static void set_again(struct vcpu *v)
{
	u64 value;

	vcpu_set_cpuid2(v, &view_set);
	if (!vcpu_get_msr(v, MSR_ARCH_CAP, &value))
		vcpu_set_msr(v, MSR_ARCH_CAP, value);
	atomic_fetch_add(&count.calls, 3);
}

static void hammer(struct vcpu *v, const struct view *first, unsigned int *seed)
{
	for (unsigned int n = 0; n < ROUNDS && !over; n++) {
		unsigned int i = rand_r(seed) % nr_asked;
		bool same = true;

		switch (rand_r(seed) % 10) {
		case 0:
			set_again(v);
			break;
		case 1:
			same = same_table(v, first);
			break;
		case 2:
			same = same_spin(v, i);
			break;
		case 3: case 4:
			same = same_msr(v, first);
			break;
		default:
			same = same_leaf(v, first, i);
		}
		if (!same && !loose) {
			struct view now;

			view_take(v, &now);
			complain(&count.changed, "changed from", first);
			complain(&count.changed, "to", &now);
			return;
		}
	}
}

static void *vcpu_life(void *arg)
{
	struct life *life = arg;
	struct view *first;
	unsigned int seed = life->seed + (unsigned int)(uintptr_t)&seed;
	struct vcpu *v = vcpu_try_new(life->vm);

	/* No memory for one is no finding here. */
	if (!v) {
		atomic_fetch_add(&count.unmade, 1);
		return NULL;
	}
	first = malloc(sizeof(*first));
	if (!first)
		die("out of memory");
	if (vcpu_set_cpuid2(v, &view_set)) {
		/* Strict mode. */
		atomic_fetch_add(&count.refused, 1);
		goto out;
	}
	vcpu_enter_long_mode(v);
	view_take(v, first);
	if (nr_allow && !loose && levelled_since(life->began))
		judge(life, first);
	hammer(v, first, &seed);
out:
	free(first);
	vcpu_free(v);
	return NULL;
}

static void one_life(unsigned int *seed)
{
	struct life life = { .seed = rand_r(seed), .began = loose_size(), .baseline = -1 };
	pthread_t second;

	/* None while KVM has less than the baseline, and while it is being looked at. */
	life.vm = vm_try_new();
	if (!life.vm) {
		atomic_fetch_add(&count.unmade, 1);
		usleep(1000);
		return;
	}
	if (pthread_create(&second, NULL, vcpu_life, &life))
		die("pthread_create");
	vcpu_life(&life);
	pthread_join(second, NULL);
	vm_free(life.vm);
	atomic_fetch_add(&count.vms, 1);
}

static void *lives(void *arg)
{
	unsigned int seed = (unsigned int)(uintptr_t)arg;

	while (!over) {
		pthread_rwlock_rdlock(&kvm_lock);
		one_life(&seed);
		pthread_rwlock_unlock(&kvm_lock);
	}
	return NULL;
}

static bool told(const char *what)
{
	return !faccessat(folder, what, F_OK, 0);
}

/* Let go of KVM when told to, and come back with it as early as it lets us. */
static void *listener(void *arg)
{
	const char *paused = loose ? "paused.loose" : "paused";

	(void)arg;
	while (!over) {
		usleep(10000);
		over = told("stop");
		if (!told("pause"))
			continue;
		pthread_rwlock_wrlock(&kvm_lock);
		kvm_forget();
		close(openat(folder, paused, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		while (told("pause"))
			usleep(1000);
		unlinkat(folder, paused, 0);
		while (access("/dev/kvm", R_OK | W_OK) && !told("stop"))
			usleep(100);
		atomic_fetch_add(&count.pauses, 1);
		pthread_rwlock_unlock(&kvm_lock);
	}
	return NULL;
}

static unsigned long long got(atomic_ullong *n)
{
	return atomic_load(n);
}

static int sum_up(void)
{
	printf("soak vms=%llu cpuids=%llu msrs=%llu calls=%llu changed=%llu mixed=%llu strange=%llu refused=%llu unmade=%llu pauses=%llu\n",
	       got(&count.vms), got(&count.cpuids), got(&count.msrs), got(&count.calls),
	       got(&count.changed), got(&count.mixed), got(&count.strange),
	       got(&count.refused), got(&count.unmade), got(&count.pauses));
	for (unsigned int k = 0; k < nr_allow; k++)
		printf("soak baseline %s: %llu VMs\n", allow_name[k], got(&count.by[k]));
	return got(&count.changed) || got(&count.mixed) || got(&count.strange) ||
	       !got(&count.vms) || !got(&count.cpuids) || !got(&count.msrs) || !got(&count.calls);
}

static void take_baseline(const char *path)
{
	if (nr_allow == MAX_ALLOWED)
		die("soak: %d baselines at most", MAX_ALLOWED);
	allow[nr_allow] = calloc(1, sizeof(*allow[0]));
	if (!allow[nr_allow])
		die("out of memory");
	set_from_file(path, allow[nr_allow]);
	allow_name[nr_allow++] = path;
}

int cmd_soak(int argc, char **argv)
{
	static pthread_t thread[MAX_VMS + 1];
	unsigned int vms = 4;
	pthread_rwlockattr_t attr;

	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];

		if (!strcmp(word, "--loose")) {
			loose = true;
			continue;
		}
		if (++i == argc)
			die("soak: what is '%s'?", word);
		if (!strcmp(word, "--vms"))
			vms = parse_u64(argv[i]);
		else if (!strcmp(word, "--folder"))
			folder = open(argv[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		else if (!strcmp(word, "--allow"))
			take_baseline(argv[i]);
		else
			die("soak: what is '%s'?", word);
	}
	if (!vms || vms > MAX_VMS || folder < 0)
		die("soak --folder F [--vms 1..%d] [--loose] [--allow FILE]...",
		    MAX_VMS);
	view_choose("raw");
	/* We take what the processors have: whoever does the rest must get his turn. */
	if (nice(10) < 0)
		die("nice: %s", strerror(errno));
	/* Else lives that follow each other would keep it for ever. */
	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&kvm_lock, &attr);
	for (unsigned int i = 0; i <= vms; i++)
		if (pthread_create(&thread[i], NULL, i ? lives : listener, (void *)(uintptr_t)i))
			die("pthread_create");
	for (unsigned int i = 0; i <= vms; i++)
		pthread_join(thread[i], NULL);
	return sum_up();
}

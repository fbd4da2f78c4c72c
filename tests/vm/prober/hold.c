// SPDX-License-Identifier: GPL-2.0
/*
 * A VM that lives on and takes commands, a line each. Every command is
 * answered by one line, but for get-cpuid, whose lines end with "ok".
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kvmprobe.h"

#define MAX_VCPUS	16
#define SPIN_BATCH	200

static struct vm *vm;
static struct vcpu *vcpus[MAX_VCPUS], *current;
static int nr_vcpus;
static struct cpuset made_with;
static bool made_without;

/* The spinner has a vCPU of its own, made when the VM is made. */
static struct {
	struct vcpu *v;
	pthread_t thread;
	atomic_bool on;
	u32 leaf, sub;
	u64 rounds, changes;
	u64 b, c, d;
} spin;

static void *spinner(void *arg)
{
	bool first = true;

	(void)arg;
	do {
		u64 left, b, c, d;

		vcpu_post(spin.v, OP_SPIN_CPUID, spin.leaf, spin.sub, 0,
			  SPIN_BATCH);
		vcpu_run_done(spin.v);
		left = *vcpu_slot(spin.v, BLK_RA);
		b = *vcpu_slot(spin.v, BLK_RB);
		c = *vcpu_slot(spin.v, BLK_RC);
		d = *vcpu_slot(spin.v, BLK_RD);
		if (left || (!first &&
			     (b != spin.b || c != spin.c || d != spin.d)))
			spin.changes++;
		first = false;
		spin.b = b;
		spin.c = c;
		spin.d = d;
		spin.rounds += SPIN_BATCH - left;
	} while (spin.on);
	return NULL;
}

static void spin_start(u32 leaf, u32 sub)
{
	if (spin.on) {
		printf("error spinning already\n");
		return;
	}
	spin.leaf = leaf;
	spin.sub = sub;
	spin.rounds = 0;
	spin.changes = 0;
	spin.on = true;
	if (pthread_create(&spin.thread, NULL, spinner, NULL))
		die("pthread_create");
	printf("ok\n");
}

static void spin_stop(void)
{
	if (!spin.on) {
		printf("error not spinning\n");
		return;
	}
	spin.on = false;
	pthread_join(spin.thread, NULL);
	printf("spin cpuid=%llu changes=%llu\n",
	       (unsigned long long)spin.rounds,
	       (unsigned long long)spin.changes);
}

static struct vcpu *make(const struct cpuset *s, bool none)
{
	struct vcpu *v = vcpu_try_new(vm);
	int r;

	if (!v) {
		printf("error KVM_CREATE_VCPU: %s\n", strerror(errno));
		return NULL;
	}
	r = none ? 0 : vcpu_set_cpuid2(v, s);
	if (r) {
		printf("error KVM_SET_CPUID2: %s\n", strerror(-r));
		return NULL;
	}
	vcpu_enter_long_mode(v);
	return v;
}

static void add_vcpu(void)
{
	struct vcpu *v;

	if (nr_vcpus == MAX_VCPUS) {
		printf("error %d vCPUs are enough\n", MAX_VCPUS);
		return;
	}
	v = make(&made_with, made_without);
	if (!v)
		return;
	vcpus[nr_vcpus++] = v;
	current = v;
	printf("ok vcpu %d\n", nr_vcpus - 1);
}

static void say_result(int r, const char *call)
{
	if (r)
		printf("error %s: %s\n", call, strerror(-r));
	else
		printf("ok\n");
}

static void set_cpuid(const char *how)
{
	struct cpuset s;
	bool none;

	cpuset_choose(how, &s, &none);
	say_result(vcpu_set_cpuid2(current, &s), "KVM_SET_CPUID2");
}

/* "again": what KVM_GET_CPUID2 gives, set again, as QEMU does at reset. */
static void set_cpuid_again(void)
{
	struct cpuset s;

	vcpu_get_cpuid2(current, &s);
	say_result(vcpu_set_cpuid2(current, &s), "KVM_SET_CPUID2");
}

static void one_command(char *line)
{
	char *word[4] = { NULL }, *save = NULL;
	u64 value = 0;
	int words = 0;

	for (char *p = strtok_r(line, " \t\n", &save); p && words < 4;
	     p = strtok_r(NULL, " \t\n", &save))
		word[words++] = p;
	if (!words)
		return;
	if (!strcmp(word[0], "cpuid") && words >= 2) {
		struct cpuset s = { .n = 1 };

		guest_cpuid(current, strtoul(word[1], NULL, 0),
			    words > 2 ? strtoul(word[2], NULL, 0) : 0, &s.e[0]);
		cpuset_print(&s);
	} else if (!strcmp(word[0], "msr") && words == 2) {
		if (guest_rdmsr(current, strtoul(word[1], NULL, 0), &value))
			printf("msr %s 0x%016llx\n", word[1],
			       (unsigned long long)value);
		else
			printf("msr %s fault\n", word[1]);
	} else if (!strcmp(word[0], "wrmsr") && words == 3) {
		printf("wrmsr %s %s\n", word[1],
		       guest_wrmsr(current, strtoul(word[1], NULL, 0),
				   strtoull(word[2], NULL, 0)) ?
		       "done" : "fault");
	} else if (!strcmp(word[0], "get-msr") && words == 2) {
		int r = vcpu_get_msr(current, strtoul(word[1], NULL, 0),
				     &value);

		if (r)
			printf("error KVM_GET_MSRS: %s\n", strerror(-r));
		else
			printf("msr %s 0x%016llx\n", word[1],
			       (unsigned long long)value);
	} else if (!strcmp(word[0], "set-msr") && words == 3) {
		say_result(vcpu_set_msr(current, strtoul(word[1], NULL, 0),
					strtoull(word[2], NULL, 0)),
			   "KVM_SET_MSRS");
	} else if (!strcmp(word[0], "set-cpuid") && words == 2) {
		if (!strcmp(word[1], "again"))
			set_cpuid_again();
		else
			set_cpuid(word[1]);
	} else if (!strcmp(word[0], "get-cpuid")) {
		struct cpuset s;

		vcpu_get_cpuid2(current, &s);
		cpuset_print(&s);
		printf("ok\n");
	} else if (!strcmp(word[0], "vcpu") && words == 2) {
		unsigned long k = strtoul(word[1], NULL, 0);

		if (k >= (unsigned long)nr_vcpus) {
			printf("error there is no vCPU %lu\n", k);
			return;
		}
		current = vcpus[k];
		printf("ok\n");
	} else if (!strcmp(word[0], "addvcpu")) {
		add_vcpu();
	} else if (!strcmp(word[0], "spin")) {
		spin_start(words > 1 ? strtoul(word[1], NULL, 0) : 7,
			   words > 2 ? strtoul(word[2], NULL, 0) : 0);
	} else if (!strcmp(word[0], "stop")) {
		spin_stop();
	} else if (!strcmp(word[0], "pid")) {
		printf("pid %d\n", getpid());
	} else if (!strcmp(word[0], "quit")) {
		printf("bye\n");
		exit(0);
	} else {
		printf("error what is '%s'?\n", word[0]);
	}
}

int cmd_hold(int argc, char **argv)
{
	const char *how = "offer", *fifo = NULL;
	unsigned int want = 1;
	char line[512];
	FILE *in = stdin;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--cpuid") && i + 1 < argc)
			how = argv[++i];
		else if (!strcmp(argv[i], "--vcpus") && i + 1 < argc)
			want = parse_u64(argv[++i]);
		else if (argv[i][0] == '-')
			die("hold: what is '%s'?", argv[i]);
		else
			fifo = argv[i];
	}
	if (!want || want >= MAX_VCPUS)
		die("hold: 1 to %d vCPUs", MAX_VCPUS - 1);
	cpuset_choose(how, &made_with, &made_without);
	vm = vm_new();
	while (want--) {
		struct vcpu *v = make(&made_with, made_without);

		if (!v)
			return EXIT_ERROR;
		vcpus[nr_vcpus++] = v;
	}
	current = vcpus[0];
	spin.v = make(&made_with, made_without);
	if (!spin.v)
		return EXIT_ERROR;
	if (fifo) {
		/* For writing too, so that no writer's leaving ends it. */
		int fd = open(fifo, O_RDWR);

		in = fd < 0 ? NULL : fdopen(fd, "r");
		if (!in)
			die("hold: %s: %s", fifo, strerror(errno));
	}
	printf("ready %d\n", getpid());
	while (fgets(line, sizeof(line), in))
		one_command(line);
	return 0;
}

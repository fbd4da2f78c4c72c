// SPDX-License-Identifier: GPL-2.0
/*
 * What one exit or one call costs, by this host's TSC. Under QEMU's -icount
 * the TSC counts instructions, so the numbers repeat.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kvmprobe.h"

#define MSR_PAT		0x277
#define MAX_SAMPLES	1000

static u64 n = 1000;
static u32 msr = MSR_PAT;
static u64 msr_value;
static u32 leaf = 7, sub;

/* One batch: from KVM_RUN until the guest says that it is done. */
static u64 batch(struct vcpu *v, u64 op, u64 a, u64 c, u64 d)
{
	u64 start, end;

	vcpu_post(v, op, a, c, d, n);
	start = rdtsc_ordered();
	for (;;) {
		u32 reason = vcpu_run_once(v);

		if (reason == KVM_EXIT_HLT ||
		    (reason == KVM_EXIT_IO && v->run->io.port == PORT_BENCH))
			continue;
		if (reason == KVM_EXIT_IO && v->run->io.port == PORT_DONE)
			break;
		die("bench: the guest stopped, exit reason %u", reason);
	}
	end = rdtsc_ordered();
	if (*vcpu_slot(v, BLK_FAULT) != NO_FAULT)
		die("bench: the guest faulted, vector %u",
		    (unsigned int)*vcpu_slot(v, BLK_FAULT));
	return end - start;
}

static u64 bench_op(struct vcpu *v, const char *kind)
{
	if (!strcmp(kind, "cpuid"))
		return batch(v, OP_BENCH_CPUID, leaf, sub, 0);
	if (!strcmp(kind, "rdmsr"))
		return batch(v, OP_BENCH_RDMSR, 0, msr, 0);
	if (!strcmp(kind, "wrmsr"))
		return batch(v, OP_BENCH_WRMSR, (u32)msr_value, msr,
			     msr_value >> 32);
	if (!strcmp(kind, "io"))
		return batch(v, OP_BENCH_IO, 0, 0, 0);
	if (!strcmp(kind, "hlt"))
		return batch(v, OP_BENCH_HLT, 0, 0, 0);
	die("bench: of what? cpuid, rdmsr, wrmsr, io, hlt, set_cpuid2, create_vm or create_vcpu");
}

static u64 bench_set_cpuid2(struct vcpu *v, const struct cpuset *s)
{
	struct {
		struct kvm_cpuid2 head;
		struct kvm_cpuid_entry2 e[MAX_ENTRIES];
	} buf;
	u64 start, end;

	memset(&buf, 0, sizeof(buf));
	buf.head.nent = s->n;
	memcpy(buf.e, s->e, s->n * sizeof(s->e[0]));
	start = rdtsc_ordered();
	for (u64 i = 0; i < n; i++)
		if (ioctl(v->fd, KVM_SET_CPUID2, &buf))
			die("bench: KVM_SET_CPUID2: %s", strerror(errno));
	end = rdtsc_ordered();
	return end - start;
}

/* Only the call: what closing a VM takes is waiting. */
static u64 bench_create(bool vcpu)
{
	u64 sum = 0;

	for (u64 i = 0; i < n; i++) {
		u64 start = rdtsc_ordered();
		int vm = ioctl(kvm_fd(), KVM_CREATE_VM, 0);
		int cpu = -1;

		if (!vcpu)
			sum += rdtsc_ordered() - start;
		if (vm < 0)
			die("bench: KVM_CREATE_VM: %s", strerror(errno));
		if (vcpu) {
			start = rdtsc_ordered();
			cpu = ioctl(vm, KVM_CREATE_VCPU, 0);
			sum += rdtsc_ordered() - start;
			if (cpu < 0)
				die("bench: KVM_CREATE_VCPU: %s", strerror(errno));
			close(cpu);
		}
		close(vm);
	}
	return sum;
}

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

int cmd_bench(int argc, char **argv)
{
	static u64 cost[MAX_SAMPLES];
	unsigned int samples = 9;
	const char *kind = argc > 1 ? argv[1] : "";
	struct offer o;
	struct vcpu *v;
	bool call, create;

	for (int i = 2; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--n"))
			n = parse_u64(argv[i + 1]);
		else if (!strcmp(argv[i], "--samples"))
			samples = parse_u64(argv[i + 1]);
		else if (!strcmp(argv[i], "--msr"))
			msr = parse_u64(argv[i + 1]);
		else if (strcmp(argv[i], "--leaf") ||
			 !parse_leaf(argv[i + 1], &leaf, &sub))
			die("bench: what is '%s %s'?", argv[i], argv[i + 1]);
	}
	if (!n || !samples || samples > MAX_SAMPLES || argc % 2)
		die("bench KIND [--n N] [--samples K] [--leaf L] [--msr INDEX]");
	kvm_offer(&o);
	create = !strcmp(kind, "create_vm") || !strcmp(kind, "create_vcpu");
	call = create || !strcmp(kind, "set_cpuid2");
	v = vcpu_new(vm_new());
	if (!call) {
		if (vcpu_set_cpuid2(v, &o.cpu))
			die("bench: KVM_SET_CPUID2: %s", strerror(errno));
		vcpu_enter_long_mode(v);
		/* What is written is what is there: any MSR takes it. */
		if (!strcmp(kind, "wrmsr") && !guest_rdmsr(v, msr, &msr_value))
			die("bench: the guest can't read MSR 0x%x", msr);
	}
	/* The first sample warms caches and TLBs, and doesn't count. */
	for (unsigned int i = 0; i <= samples; i++) {
		u64 total, idle;

		if (call) {
			total = create ? bench_create(!strcmp(kind, "create_vcpu")) :
					 bench_set_cpuid2(v, &o.cpu);
			idle = 0;
		} else {
			idle = batch(v, OP_BENCH_NOP, leaf, 0, 0);
			total = bench_op(v, kind);
		}
		if (i)
			cost[i - 1] = (total > idle ? total - idle : 0) * 10 / n;
	}
	qsort(cost, samples, sizeof(cost[0]), compare);
	printf("bench %s min=%llu.%llu median=%llu.%llu n=%llu samples=%u\n",
	       kind, (unsigned long long)cost[0] / 10,
	       (unsigned long long)cost[0] % 10,
	       (unsigned long long)cost[samples / 2] / 10,
	       (unsigned long long)cost[samples / 2] % 10,
	       (unsigned long long)n, samples);
	return 0;
}

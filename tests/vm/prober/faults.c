// SPDX-License-Identifier: GPL-2.0
/*
 * Fail the nth allocation (or copy) of a call, for each n until none is left to
 * fail: /proc/self/task/TID/fail-nth of kernels with fault injection
 * (Documentation/fault-injection).  After each, whatever there is has to be
 * levelled.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kvmprobe.h"

#define MOST			5000
#define ARCH_CAPABILITIES	0x10a

static int fail_fd = -1;
static unsigned int tried, failed, done, open_ones;
static char first_open[300];

static void fail_nth(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fail_fd, text, len, 0) != len)
		die("fail-nth: %s", strerror(errno));
}

/* Was there an nth to fail since? */
static bool was_failed(void)
{
	char text[16] = "";
	unsigned int left;

	/* The copies of this very call count, too: then it was none of the other's. */
	if (pread(fail_fd, text, sizeof(text) - 1, 0) < 0) {
		if (errno == EFAULT)
			return false;
		die("fail-nth: %s", strerror(errno));
	}
	left = atoi(text);
	if (left && pwrite(fail_fd, "0", 1, 0) != 1 && errno != EFAULT)
		die("fail-nth: %s", strerror(errno));
	return !left;
}

static void is_open(unsigned int n, const char *leaks)
{
	if (!open_ones++)
		snprintf(first_open, sizeof(first_open), "call %u shows %s", n, leaks);
}

/* What a VMM set, or KVM holds: nothing hidden? */
static void look(unsigned int n, struct vcpu *v)
{
	char leaks[256] = "";
	struct cpuset back;

	vcpu_get_cpuid2(v, &back);
	if (set_leaks(&back, leaks, sizeof(leaks)))
		is_open(n, leaks);
}

static bool try_create_vm(unsigned int n)
{
	struct vcpu v = { 0 };
	int fd;
	bool hit;

	fail_nth(n);
	fd = ioctl(kvm_fd(), KVM_CREATE_VM, 0);
	hit = was_failed();
	if (fd < 0) {
		failed++;
		return hit;
	}
	done++;
	v.fd = ioctl(fd, KVM_CREATE_VCPU, 0);
	if (v.fd >= 0 && !vcpu_set_cpuid2(&v, &wish.cpu))
		look(n, &v);
	close(v.fd);
	close(fd);
	return hit;
}

static bool try_create_vcpu(unsigned int n)
{
	struct vm *vm = vm_new();
	struct vcpu v = { .vm = vm };
	u64 value, bits;
	bool hit;

	fail_nth(n);
	v.fd = ioctl(vm->fd, KVM_CREATE_VCPU, 0);
	hit = was_failed();
	if (v.fd >= 0) {
		done++;
		/* Born with no more than its MSRs may have. */
		if (!vcpu_get_msr(&v, ARCH_CAPABILITIES, &value) &&
		    msr_leaks(ARCH_CAPABILITIES, value, &bits))
			is_open(n, "ARCH_CAPABILITIES");
		if (!vcpu_set_cpuid2(&v, &wish.cpu))
			look(n, &v);
		close(v.fd);
	} else {
		failed++;
	}
	vm_free(vm);
	return hit;
}

static bool try_set_cpuid2(unsigned int n)
{
	struct vm *vm = vm_new();
	struct vcpu *v = vcpu_new(vm);
	bool hit;

	fail_nth(n);
	if (vcpu_set_cpuid2(v, &wish.cpu))
		failed++;
	else
		done++;
	hit = was_failed();
	look(n, v);
	vcpu_free(v);
	vm_free(vm);
	return hit;
}

static bool try_set_msrs(unsigned int n)
{
	struct vm *vm = vm_new();
	struct vcpu *v = vcpu_new(vm);
	struct kvm_msr_entry *wished = msrset_find(&wish.msr, ARCH_CAPABILITIES);
	u64 value, bits;
	bool hit;

	vcpu_set_cpuid2(v, &wish.cpu);
	fail_nth(n);
	if (vcpu_set_msr(v, ARCH_CAPABILITIES, wished ? wished->data : 0))
		failed++;
	else
		done++;
	hit = was_failed();
	if (!vcpu_get_msr(v, ARCH_CAPABILITIES, &value) &&
	    msr_leaks(ARCH_CAPABILITIES, value, &bits))
		is_open(n, "ARCH_CAPABILITIES");
	vcpu_free(v);
	vm_free(vm);
	return hit;
}

static bool try_supported(unsigned int n)
{
	struct {
		struct kvm_cpuid2 head;
		struct kvm_cpuid_entry2 e[MAX_ENTRIES];
	} buf = { .head.nent = MAX_ENTRIES };
	struct cpuset s = { 0 };
	char leaks[256] = "";
	bool hit;
	int ret;

	fail_nth(n);
	ret = ioctl(kvm_fd(), KVM_GET_SUPPORTED_CPUID, &buf);
	hit = was_failed();
	if (ret) {
		failed++;
		return hit;
	}
	done++;
	s.n = buf.head.nent;
	memcpy(s.e, buf.e, s.n * sizeof(s.e[0]));
	if (set_leaks(&s, leaks, sizeof(leaks)))
		is_open(n, leaks);
	return hit;
}

static const char *module_path, *script;
static char module_name[64];

/* /kl/kvm-level.ko is kvm_level. */
static void name_module(void)
{
	const char *base = strrchr(module_path, '/');

	snprintf(module_name, sizeof(module_name), "%s", base ? base + 1 : module_path);
	module_name[strcspn(module_name, ".")] = '\0';
	for (char *c = module_name; *c; c++)
		if (*c == '-')
			*c = '_';
}

static bool module_is_there(void)
{
	char path[100];

	snprintf(path, sizeof(path), "/sys/module/%s", module_name);
	return !access(path, F_OK);
}

static int open_module(void)
{
	int fd = open(module_path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die("%s: %s", module_path, strerror(errno));
	return fd;
}

/* Refused while somebody who was killed is at closing it. */
static void unload_module(void)
{
	for (int i = 0; syscall(SYS_delete_module, module_name, O_NONBLOCK); i++) {
		if (i == 100)
			die("rmmod %s: %s", module_name, strerror(errno));
		usleep(50000);
	}
}

/* What the scenario sees: "SCRIPT loaded" or "SCRIPT gone" has to exit with 0. */
static void ask_script(unsigned int n, const char *is)
{
	char command[200];

	snprintf(command, sizeof(command), "%s %s", script, is);
	if (system(command))
		is_open(n, is);
}

static bool try_insmod(unsigned int n)
{
	int fd = open_module();
	bool hit;
	int ret;

	fail_nth(n);
	ret = syscall(SYS_finit_module, fd, "", 0);
	hit = was_failed();
	close(fd);
	if (ret) {
		failed++;
		if (module_is_there())
			is_open(n, "a module that is half there");
		ask_script(n, "gone");
		return hit;
	}
	done++;
	if (hit)
		ask_script(n, "loaded");
	unload_module();
	return hit;
}

/* A fault is no reason for a module to stay. */
static bool try_rmmod(unsigned int n)
{
	int fd = open_module();
	bool hit;

	if (syscall(SYS_finit_module, fd, "", 0))
		die("%s: %s", module_path, strerror(errno));
	close(fd);
	ask_script(n, "loaded");
	fail_nth(n);
	if (syscall(SYS_delete_module, module_name, O_NONBLOCK))
		failed++;
	else
		done++;
	hit = was_failed();
	if (module_is_there())
		unload_module();
	ask_script(n, "gone");
	return hit;
}

static const struct {
	const char *name;
	bool (*attempt)(unsigned int n);
} kinds[] = {
	{ "create_vm", try_create_vm },
	{ "create_vcpu", try_create_vcpu },
	{ "set_cpuid2", try_set_cpuid2 },
	{ "set_msrs", try_set_msrs },
	{ "supported", try_supported },
	{ "insmod", try_insmod },
	{ "rmmod", try_rmmod },
};

/*
 * "faults KIND [--step N] [--module FILE --script FILE [--name NAME]]": ok or not ok, a
 * line for the scenario.
 */
int cmd_faults(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "", *name = kind;
	bool modules, (*attempt)(unsigned int n) = NULL;
	unsigned int step = 1, n;

	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kind, kinds[i].name))
			attempt = kinds[i].attempt;
	for (int i = 2; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--step"))
			step = parse_u64(argv[i + 1]);
		else if (!strcmp(argv[i], "--module"))
			module_path = argv[i + 1];
		else if (!strcmp(argv[i], "--script"))
			script = argv[i + 1];
		else if (!strcmp(argv[i], "--name"))
			name = argv[i + 1];
	}
	modules = attempt == try_insmod || attempt == try_rmmod;
	if (!attempt || !step || (modules && (!module_path || !script)))
		die("faults KIND [--step N] [--module FILE --script FILE [--name NAME]]");
	if (modules)
		name_module();
	truth_load(&truth);
	wish_load(&wish);
	allowed = truth;
	victims_clear(&truth, &allowed);
	fail_fd = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fail_fd < 0)
		die("this kernel has no fail-nth: %s", strerror(errno));
	/* Who has it open holds KVM's modules. */
	if (!modules)
		kvm_fd();
	for (n = 1; n < MOST; n += step) {
		tried++;
		if (!attempt(n))
			break;
	}
	if (open_ones)
		printf("not ok a_fault_in_%s_leaves_nothing_open: %u times, first: %s\n", name,
		       open_ones, first_open);
	else if (n >= MOST || tried < 2)
		printf("not ok a_fault_in_%s_leaves_nothing_open: %u tries, which is no end\n",
		       name, tried);
	else
		printf("ok a_fault_in_%s_leaves_nothing_open\n", name);
	printf("# %s: %u tries, %u failed, %u done\n", name, tried, failed, done);
	return 0;
}

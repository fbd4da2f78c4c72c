// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded: a /dev/kvm of a processor with AMX, whose state it offers, as KVM does,
 * only to a process that has asked for it.  FAKE_KVM says which host that is:
 *	amx	it grants what is asked
 *	refuses	the kernel takes no such question
 *	none	the processor has no AMX
 *	old	KVM has no attributes to ask by
 */
#include <asm/prctl.h>
#include <cpuid.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define XTILE	0x60000u

static bool granted;

static bool host_is(const char *kind)
{
	const char *is = getenv("FAKE_KVM");

	return is && !strcmp(is, kind);
}

static int open_fake(const char *path, int flags, int mode)
{
	return openat(AT_FDCWD, strcmp(path, "/dev/kvm") ? path : "/dev/null", flags, mode);
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, int) : 0;
	va_end(ap);
	return open_fake(path, flags, mode);
}

static void add(struct kvm_cpuid2 *table, uint32_t leaf, uint32_t subleaf, uint32_t eax,
		uint32_t ebx, uint32_t ecx, uint32_t edx)
{
	table->entries[table->nent++] = (struct kvm_cpuid_entry2){
		.function = leaf, .index = subleaf,
		.flags = leaf == 0x7 || leaf == 0xd ? KVM_CPUID_FLAG_SIGNIFCANT_INDEX : 0,
		.eax = eax, .ebx = ebx, .ecx = ecx, .edx = edx,
	};
}

static int supported(struct kvm_cpuid2 *table)
{
	uint32_t xtile = granted ? XTILE : 0, size = granted ? 0x2b00 : 0x340;
	uint32_t max, ebx, ecx, edx;

	table->nent = 0;
	/* The vendor is that of this machine, as it is on any host. */
	__cpuid(0, max, ebx, ecx, edx);
	add(table, 0x0, 0, 0xd, ebx, ecx, edx);
	add(table, 0x1, 0, 0x806f8, 0, 0x14000000, 0x178bfbff);
	add(table, 0x7, 0, 0, 0, 0, host_is("none") ? 0 : 0x1000000);
	add(table, 0xd, 0, 0x7 | xtile, size, size, 0);
	add(table, 0xd, 1, 0x17, 0, 0, 0);
	add(table, 0xd, 2, 0x100, 0x240, 0, 0);
	if (granted) {
		add(table, 0xd, 17, 0x40, 0xac0, 2, 0);
		add(table, 0xd, 18, 0x2000, 0xb00, 6, 0);
	}
	return 0;
}

static int attribute(const struct kvm_device_attr *attr)
{
	if (host_is("old") || attr->group || attr->attr != KVM_X86_XCOMP_GUEST_SUPP) {
		errno = ENXIO;
		return -1;
	}
	*(uint64_t *)(uintptr_t)attr->addr = 0x7 | (host_is("none") ? 0 : XTILE);
	return 0;
}

int ioctl(int fd, unsigned long nr, ...)
{
	int (*next)(int fd, unsigned long nr, ...);
	va_list ap;
	void *arg;

	va_start(ap, nr);
	arg = va_arg(ap, void *);
	va_end(ap);
	switch (nr) {
	case KVM_CHECK_EXTENSION:
		return (uintptr_t)arg != KVM_CAP_SYS_ATTRIBUTES || !host_is("old");
	case KVM_GET_DEVICE_ATTR:
		return attribute(arg);
	case KVM_GET_SUPPORTED_CPUID:
		return supported(arg);
	case KVM_GET_MSR_FEATURE_INDEX_LIST:
		((struct kvm_msr_list *)arg)->nmsrs = 0;
		return 0;
	}
	next = dlsym(RTLD_NEXT, "ioctl");
	return next(fd, nr, arg);
}

long syscall(long nr, ...)
{
	long (*next)(long nr, ...);
	long a[6];
	va_list ap;

	va_start(ap, nr);
	for (unsigned int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (nr == SYS_arch_prctl && a[0] == ARCH_REQ_XCOMP_GUEST_PERM) {
		/* XTILE_DATA, which the kernel calls by its number in XCR0. */
		if (host_is("refuses") || a[1] != 18) {
			errno = EPERM;
			return -1;
		}
		granted = true;
		return 0;
	}
	next = dlsym(RTLD_NEXT, "syscall");
	return next(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}

// SPDX-License-Identifier: GPL-2.0
#include <asm/prctl.h>
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kvm.h"
#include "names.h"

static int open_kvm(void)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT)
		say("/dev/kvm is missing: is KVM loaded (modprobe kvm_intel or kvm_amd)?");
	else
		say("/dev/kvm: %s", strerror(errno));
	return -1;
}

/*
 * KVM offers AMX's state only to a process that has asked the kernel for its guests to
 * have it, as VMMs do (KVM API, KVM_GET_SUPPORTED_CPUID; Documentation/arch/x86/xstate.rst).
 * What the kernel refuses KVM just won't offer.
 */
static void ask_for_amx(int fd)
{
	const int xtile_data = 18;
	u64 components = 0;
	struct kvm_device_attr attr = {
		.attr = KVM_X86_XCOMP_GUEST_SUPP,
		.addr = (uintptr_t)&components,
	};

	if (ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_SYS_ATTRIBUTES) > 0 &&
	    !ioctl(fd, KVM_GET_DEVICE_ATTR, &attr) && components >> xtile_data & 1)
		syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_GUEST_PERM, xtile_data);
}

static int read_cpuid(int fd, struct words *w)
{
	struct kvm_cpuid2 *table = NULL;
	unsigned int nr = 64, i;
	int err;

	ask_for_amx(fd);
	/* The kernel says E2BIG rather than how many there are. */
	for (;;) {
		table = xrealloc(table, 1, sizeof(*table) + nr * sizeof(table->entries[0]));
		memset(table, 0, sizeof(*table));
		table->nent = nr;
		err = ioctl(fd, KVM_GET_SUPPORTED_CPUID, table) ? errno : 0;
		if (err != E2BIG || nr > 4096)
			break;
		nr *= 2;
	}
	if (err) {
		say("/dev/kvm: KVM_GET_SUPPORTED_CPUID: %s", strerror(err));
		free(table);
		return -err;
	}
	for (i = 0; i < table->nent && i < nr; i++) {
		const struct kvm_cpuid_entry2 *e = &table->entries[i];
		struct kl_leaf leaf = {
			.leaf = e->function,
			.subleaf = e->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX ? e->index : 0,
			.r = { e->eax, e->ebx, e->ecx, e->edx },
		};

		words_add_leaf(w, &leaf);
	}
	free(table);
	return 0;
}

static int read_msrs(int fd, struct words *w)
{
	struct kvm_msr_list *list = xrealloc(NULL, 1, sizeof(*list));
	struct kvm_msrs *one;
	unsigned int i, nr;

	list->nmsrs = 0;
	if (ioctl(fd, KVM_GET_MSR_FEATURE_INDEX_LIST, list) && errno != E2BIG) {
		say("/dev/kvm: KVM_GET_MSR_FEATURE_INDEX_LIST: %s", strerror(errno));
		free(list);
		return -1;
	}
	nr = list->nmsrs;
	list = xrealloc(list, 1, sizeof(*list) + nr * sizeof(list->indices[0]));
	list->nmsrs = nr;
	if (nr && ioctl(fd, KVM_GET_MSR_FEATURE_INDEX_LIST, list)) {
		say("/dev/kvm: KVM_GET_MSR_FEATURE_INDEX_LIST: %s", strerror(errno));
		free(list);
		return -1;
	}
	/* One by one: KVM stops at the first that it does not have here. */
	one = xrealloc(NULL, 1, sizeof(*one) + sizeof(one->entries[0]));
	for (i = 0; i < nr; i++) {
		memset(one, 0, sizeof(*one) + sizeof(one->entries[0]));
		one->nmsrs = 1;
		one->entries[0].index = list->indices[i];
		if (ioctl(fd, KVM_GET_MSRS, one) == 1)
			words_add_msr(w, one->entries[0].index, one->entries[0].data);
	}
	free(one);
	free(list);
	return 0;
}

int kvm_offer(struct words *offer)
{
	int fd = open_kvm(), err;

	*offer = (struct words){ 0 };
	if (fd < 0)
		return -1;
	err = read_cpuid(fd, offer);
	if (!err)
		err = read_msrs(fd, offer);
	close(fd);
	if (err)
		words_free(offer);
	else
		words_sort(offer);
	return err;
}

void kvm_add_tsc_deadline(struct words *offer)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	unsigned int i;

	if (fd < 0)
		return;
	if (ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_TSC_DEADLINE_TIMER) > 0)
		for (i = 0; i < offer->nr_leaves; i++)
			if (offer->leaf[i].leaf == 1)
				offer->leaf[i].r[KL_ECX] |= 1u << 24;
	close(fd);
}

static struct kl_leaf cpuid(u32 leaf, u32 subleaf)
{
	struct kl_leaf l = { .leaf = leaf, .subleaf = subleaf };

	__cpuid_count(leaf, subleaf, l.r[KL_EAX], l.r[KL_EBX], l.r[KL_ECX], l.r[KL_EDX]);
	return l;
}

/*
 * How far the subleaves of a leaf reach, once @l of it is read: the SDM and
 * the APM have a rule of their own for each.
 */
static bool last_subleaf(const struct kl_leaf *l, u32 first_eax)
{
	switch (l->leaf) {
	case 0x4: case 0x8000001d:
		return !(l->r[KL_EAX] & 0x1f);
	case 0x7: case 0x14: case 0x17: case 0x18: case 0x1d: case 0x20: case 0x24:
		return l->subleaf >= first_eax;
	case 0xb: case 0x1f: case 0x80000026:
		return !(l->r[KL_ECX] & 0xff00);
	case 0xd:
		return l->subleaf >= 63;
	case 0xf: case 0x10: case 0x1e: case 0x80000020:
		return l->subleaf >= 5;
	case 0x12:
		return l->subleaf >= 2 && !(l->r[KL_EAX] & 0xf);
	default:
		return true;
	}
}

static bool all_zero(const struct kl_leaf *l)
{
	return !(l->r[0] | l->r[1] | l->r[2] | l->r[3]);
}

static void read_leaf(struct words *w, u32 leaf)
{
	struct kl_leaf first = cpuid(leaf, 0), l = first;

	words_add_leaf(w, &first);
	while (!last_subleaf(&l, first.r[KL_EAX]) && l.subleaf < 255) {
		l = cpuid(leaf, l.subleaf + 1);
		if (!all_zero(&l))
			words_add_leaf(w, &l);
	}
}

static void read_range(struct words *w, u32 base)
{
	u32 last = cpuid(base, 0).r[KL_EAX], leaf;

	if (last < base || last > base + 0xff)
		return;
	for (leaf = base; leaf <= last; leaf++)
		read_leaf(w, leaf);
}

static int pin(int cpu)
{
	cpu_set_t *set = CPU_ALLOC(cpu + 1);
	size_t size = CPU_ALLOC_SIZE(cpu + 1);
	int err;

	if (!set)
		return -ENOMEM;
	CPU_ZERO_S(size, set);
	CPU_SET_S(cpu, size, set);
	err = sched_setaffinity(0, size, set);
	CPU_FREE(set);
	return err;
}

int raw_cpuid(struct words *raw)
{
	int cpu = sched_getcpu();

	*raw = (struct words){ 0 };
	/* From one CPU: a dump put together from two describes neither. */
	if (cpu < 0 || pin(cpu)) {
		say("this process can't be kept on one CPU: %s", strerror(errno));
		return -1;
	}
	read_range(raw, 0);
	if (cpuid(1, 0).r[KL_ECX] & 1u << 31)
		read_range(raw, 0x40000000);
	read_range(raw, 0x80000000);
	read_range(raw, 0xc0000000);
	words_sort(raw);
	return 0;
}

static const struct { u32 leaf, subleaf; } compared[] = {
	{ 0x1, 0 }, { 0x7, 0 }, { 0x7, 1 }, { 0x7, 2 }, { 0xd, 0 }, { 0xd, 1 }, { 0x80000001, 0 },
};

/* Without what differs by nature: the APIC id, and the size of what is enabled now. */
static struct kl_leaf comparable(u32 leaf, u32 subleaf)
{
	struct kl_leaf l = { .leaf = leaf, .subleaf = subleaf };

	if (leaf <= cpuid(leaf & 0xffff0000, 0).r[KL_EAX])
		l = cpuid(leaf, subleaf);
	if (leaf == 1)
		l.r[KL_EBX] &= 0x0000ffff;
	if (leaf == 0xd)
		l.r[KL_EBX] = 0;
	return l;
}

void warn_of_unequal_cpus(void)
{
	struct kl_leaf first[ARRAY_SIZE(compared)], l;
	bool have = false, said[ARRAY_SIZE(compared)][KL_NR_REGS] = { 0 };
	int nr = sysconf(_SC_NPROCESSORS_CONF), cpu, one = -1;
	unsigned int i, r;

	for (cpu = 0; cpu < nr; cpu++) {
		if (pin(cpu))
			continue;	/* offline, or not ours to run on */
		if (!have)
			one = cpu;
		for (i = 0; i < ARRAY_SIZE(compared); i++) {
			l = comparable(compared[i].leaf, compared[i].subleaf);
			for (r = 0; have && r < KL_NR_REGS; r++) {
				struct kl_place at = {
					.kind = KL_PLACE_CPUID,
					.leaf = l.leaf,
					.subleaf = l.subleaf,
					.reg = r,
					.bits = l.r[r] ^ first[i].r[r],
					.why = "differ",
				};
				char *text;

				if (!at.bits || said[i][r])
					continue;
				said[i][r] = true;
				text = place_text(&at);
				say("warning: CPUs %d and %d are not the same: %s", one, cpu, text);
				free(text);
			}
			if (!have)
				first[i] = l;
		}
		have = true;
	}
}

void cpuid_vendor(const struct kl_leaf *leaf0, char vendor[13])
{
	bool any = leaf0->r[KL_EBX] | leaf0->r[KL_EDX] | leaf0->r[KL_ECX];
	unsigned int i;

	memcpy(vendor, &leaf0->r[KL_EBX], 4);
	memcpy(vendor + 4, &leaf0->r[KL_EDX], 4);
	memcpy(vendor + 8, &leaf0->r[KL_ECX], 4);
	vendor[12] = '\0';
	/* Twelve letters, or a dump that is broken; none where nobody says it. */
	for (i = 0; i < 12; i++)
		if (any && (vendor[i] < ' ' || vendor[i] > '~'))
			vendor[i] = '?';
}

void own_vendor(char vendor[13])
{
	struct kl_leaf leaf0 = cpuid(0, 0);

	cpuid_vendor(&leaf0, vendor);
}

struct signature cpuid_signature(u32 eax)
{
	struct signature s = {
		.family = eax >> 8 & 0xf,
		.model = eax >> 4 & 0xf,
		.stepping = eax & 0xf,
	};

	if (s.family == 0x6 || s.family == 0xf)
		s.model |= eax >> 12 & 0xf0;
	if (s.family == 0xf)
		s.family += eax >> 20 & 0xff;
	return s;
}

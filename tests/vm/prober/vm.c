// SPDX-License-Identifier: GPL-2.0
/* A VM, its vCPUs, and one command at a time run by its guest. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvmprobe.h"

#define CR0_PE		BIT64(0)
#define CR0_MP		BIT64(1)
#define CR0_ET		BIT64(4)
#define CR0_NE		BIT64(5)
#define CR0_WP		BIT64(16)
#define CR4_PAE		BIT64(5)
#define CR4_OSFXSR	BIT64(9)
#define CR4_OSXMMEXCPT	BIT64(10)
#define EFER_LME	BIT64(8)
#define MSR_EFER	0xc0000080
#define PTE_P		BIT64(0)
#define PTE_W		BIT64(1)
#define PTE_U		BIT64(2)
#define PTE_PS		BIT64(7)

static int dev_kvm = -1;
static pthread_mutex_t dev_lock = PTHREAD_MUTEX_INITIALIZER;

/* Two threads that both opened it would leave one open that no one closes. */
int kvm_fd(void)
{
	int fd;

	pthread_mutex_lock(&dev_lock);
	if (dev_kvm < 0)
		dev_kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	fd = dev_kvm;
	pthread_mutex_unlock(&dev_lock);
	if (fd < 0)
		die("/dev/kvm: %s", strerror(errno));
	return fd;
}

/* Let KVM's modules go. */
void kvm_forget(void)
{
	pthread_mutex_lock(&dev_lock);
	if (dev_kvm >= 0)
		close(dev_kvm);
	dev_kvm = -1;
	pthread_mutex_unlock(&dev_lock);
}

int kvm_has(int cap)
{
	int r = ioctl(kvm_fd(), KVM_CHECK_EXTENSION, cap);

	return r > 0 ? r : 0;
}

static void put64(struct vm *vm, u32 gpa, u64 value)
{
	memcpy(vm->mem + gpa, &value, sizeof(value));
}

/* 64-bit interrupt gates that all lead into guest_vectors. */
static void build_idt(struct vm *vm)
{
	u64 base = GUEST_CODE + (guest_vectors - guest_start);

	for (u32 i = 0; i < 32; i++) {
		u64 at = base + i * 16;

		put64(vm, GUEST_IDT + i * 16,
		      (at & 0xffff) | (u64)GUEST_CS << 16 | 0x8eULL << 40 |
		      (at >> 16 & 0xffff) << 48);
		put64(vm, GUEST_IDT + i * 16 + 8, at >> 32);
	}
}

struct vm *vm_try_new(void)
{
	struct kvm_userspace_memory_region region = {
		.memory_size = GUEST_MEM_SIZE,
	};
	u64 identity = 0xfffbc000;
	struct vm *vm = calloc(1, sizeof(*vm));

	if (!vm)
		die("out of memory");
	vm->fd = ioctl(kvm_fd(), KVM_CREATE_VM, 0);
	if (vm->fd < 0) {
		free(vm);
		return NULL;
	}
	/* Intel without unrestricted guests wants them; AMD takes them. */
	ioctl(vm->fd, KVM_SET_IDENTITY_MAP_ADDR, &identity);
	ioctl(vm->fd, KVM_SET_TSS_ADDR, 0xfffbd000);

	vm->mem = mmap(NULL, GUEST_MEM_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (vm->mem == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	region.userspace_addr = (u64)vm->mem;
	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region))
		die("KVM_SET_USER_MEMORY_REGION: %s", strerror(errno));

	put64(vm, GUEST_PML4, GUEST_PDPT | PTE_P | PTE_W | PTE_U);
	put64(vm, GUEST_PDPT, GUEST_PD | PTE_P | PTE_W | PTE_U);
	put64(vm, GUEST_PD, 0 | PTE_P | PTE_W | PTE_PS);
	put64(vm, GUEST_PD + 8, 0x200000 | PTE_P | PTE_W | PTE_PS);
	put64(vm, GUEST_PD + 16, 0 | PTE_P | PTE_W | PTE_U | PTE_PS);
	put64(vm, GUEST_GDT + GUEST_CS, 0x00af9b000000ffffULL);
	put64(vm, GUEST_GDT + GUEST_DS, 0x00cf93000000ffffULL);
	put64(vm, GUEST_GDT + GUEST_CS32, 0x00cf9b000000ffffULL);
	put64(vm, GUEST_GDT + GUEST_USER_CS, 0x00affb000000ffffULL);
	put64(vm, GUEST_GDT + GUEST_USER_DS, 0x00cff3000000ffffULL);
	build_idt(vm);
	memcpy(vm->mem + GUEST_CODE, guest_start, guest_end - guest_start);
	return vm;
}

struct vm *vm_new(void)
{
	struct vm *vm = vm_try_new();

	if (!vm)
		die("KVM_CREATE_VM: %s", strerror(errno));
	return vm;
}

void vm_free(struct vm *vm)
{
	munmap(vm->mem, GUEST_MEM_SIZE);
	close(vm->fd);
	free(vm);
}

struct vcpu *vcpu_try_new(struct vm *vm)
{
	struct vcpu *v = calloc(1, sizeof(*v));
	int size;

	if (!v)
		die("out of memory");
	v->vm = vm;
	v->id = vm->nr_vcpus;
	v->fd = ioctl(vm->fd, KVM_CREATE_VCPU, v->id);
	if (v->fd < 0) {
		free(v);
		return NULL;
	}
	vm->nr_vcpus++;
	size = ioctl(kvm_fd(), KVM_GET_VCPU_MMAP_SIZE, 0);
	v->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, v->fd, 0);
	if (v->run == MAP_FAILED)
		die("mmap of a vCPU: %s", strerror(errno));
	v->block = vm->mem + GUEST_BLOCKS + v->id * BLOCK_SIZE;
	return v;
}

struct vcpu *vcpu_new(struct vm *vm)
{
	struct vcpu *v = vcpu_try_new(vm);

	if (!v)
		die("KVM_CREATE_VCPU: %s", strerror(errno));
	return v;
}

void vcpu_free(struct vcpu *v)
{
	munmap(v->run, ioctl(kvm_fd(), KVM_GET_VCPU_MMAP_SIZE, 0));
	close(v->fd);
	free(v);
}

void vcpu_get_sregs(struct vcpu *v, struct kvm_sregs *s)
{
	if (ioctl(v->fd, KVM_GET_SREGS, s))
		die("KVM_GET_SREGS: %s", strerror(errno));
}

/*
 * The guest goes to 64-bit mode by itself, from 32-bit mode without paging:
 * see guest_enter32. Nothing is run here, so CPUID may still be set after it.
 */
void vcpu_enter_long_mode(struct vcpu *v)
{
	struct kvm_segment code = {
		.limit = 0xffffffff, .selector = GUEST_CS32, .type = 11,
		.present = 1, .s = 1, .db = 1, .g = 1,
	};
	struct kvm_segment data = {
		.limit = 0xffffffff, .selector = GUEST_DS, .type = 3,
		.present = 1, .db = 1, .s = 1, .g = 1,
	};
	struct kvm_regs regs = {
		.rip = GUEST_CODE + (guest_enter32 - guest_start), .rflags = 2,
		.rsi = v->block - v->vm->mem,
	};
	struct kvm_sregs s;
	u64 efer;
	int r;

	vcpu_get_sregs(v, &s);
	s.cs = code;
	s.ds = data;
	s.es = data;
	s.fs = data;
	s.gs = data;
	s.ss = data;
	s.gdt.base = GUEST_GDT;
	s.gdt.limit = GUEST_USER_DS + 7;
	/* Where the stack is when a fault comes from CPL 3. */
	s.tr.base = GUEST_TSS + v->id * TSS_SIZE;
	put64(v->vm, s.tr.base + 4, v->block - v->vm->mem + BLOCK_SIZE);
	s.idt.base = GUEST_IDT;
	s.idt.limit = 32 * 16 - 1;
	s.cr0 = CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP;
	s.cr3 = GUEST_PML4;
	s.cr4 |= CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT;
	if (ioctl(v->fd, KVM_SET_SREGS, &s))
		die("KVM_SET_SREGS for protected mode: %s", strerror(errno));
	/* Host-initiated, so KVM doesn't ask CPUID for long mode. */
	r = vcpu_get_msr(v, MSR_EFER, &efer);
	if (!r)
		r = vcpu_set_msr(v, MSR_EFER, efer | EFER_LME);
	if (r)
		die("KVM_SET_MSRS(EFER) for long mode: %s", strerror(-r));
	if (ioctl(v->fd, KVM_SET_REGS, &regs))
		die("KVM_SET_REGS: %s", strerror(errno));
}

int vcpu_set_cpuid2(struct vcpu *v, const struct cpuset *s)
{
	struct {
		struct kvm_cpuid2 head;
		struct kvm_cpuid_entry2 e[MAX_ENTRIES];
	} buf;

	memset(&buf, 0, sizeof(buf));
	buf.head.nent = s->n;
	memcpy(buf.e, s->e, s->n * sizeof(s->e[0]));
	return ioctl(v->fd, KVM_SET_CPUID2, &buf) ? -errno : 0;
}

/*
 * The old call knows no subleaves: the first entry of a leaf is all that a
 * guest can ever see of it, so only the first is passed.
 */
int vcpu_set_cpuid1(struct vcpu *v, const struct cpuset *s)
{
	struct {
		struct kvm_cpuid head;
		struct kvm_cpuid_entry e[MAX_ENTRIES];
	} buf;

	memset(&buf, 0, sizeof(buf));
	for (u32 i = 0; i < s->n; i++) {
		struct kvm_cpuid_entry *e = &buf.e[buf.head.nent];

		if (i && s->e[i].function == s->e[i - 1].function)
			continue;
		e->function = s->e[i].function;
		e->eax = s->e[i].eax;
		e->ebx = s->e[i].ebx;
		e->ecx = s->e[i].ecx;
		e->edx = s->e[i].edx;
		buf.head.nent++;
	}
	return ioctl(v->fd, KVM_SET_CPUID, &buf) ? -errno : 0;
}

void vcpu_get_cpuid2(struct vcpu *v, struct cpuset *s)
{
	struct {
		struct kvm_cpuid2 head;
		struct kvm_cpuid_entry2 e[MAX_ENTRIES];
	} buf;

	memset(&buf, 0, sizeof(buf));
	buf.head.nent = MAX_ENTRIES;
	if (ioctl(v->fd, KVM_GET_CPUID2, &buf))
		die("KVM_GET_CPUID2: %s", strerror(errno));
	/* KVM leaves nent as it was when all fits: an empty entry ends it. */
	s->n = 0;
	for (u32 i = 0; i < buf.head.nent && s->n < MAX_ENTRIES; i++) {
		static const struct kvm_cpuid_entry2 none;

		if (i && !memcmp(&buf.e[i], &none, sizeof(none)))
			break;
		s->e[s->n++] = buf.e[i];
	}
}

/* A fresh VM with one vCPU of that CPUID, ready to run. */
struct vcpu *vcpu_with(const struct cpuset *s)
{
	struct vcpu *v = vcpu_new(vm_new());
	int r = s ? vcpu_set_cpuid2(v, s) : 0;

	if (r)
		die("KVM_SET_CPUID2: %s", strerror(-r));
	vcpu_enter_long_mode(v);
	return v;
}

u64 *vcpu_slot(struct vcpu *v, unsigned int offset)
{
	return (u64 *)(v->block + offset);
}

void vcpu_post(struct vcpu *v, u64 op, u64 a, u64 c, u64 d, u64 n)
{
	*vcpu_slot(v, BLK_OP) = op;
	*vcpu_slot(v, BLK_A) = a;
	*vcpu_slot(v, BLK_C) = c;
	*vcpu_slot(v, BLK_D) = d;
	*vcpu_slot(v, BLK_N) = n;
}

/* One KVM_RUN; the exit reason. */
u32 vcpu_run_once(struct vcpu *v)
{
	while (ioctl(v->fd, KVM_RUN, 0)) {
		if (errno != EINTR && errno != EAGAIN)
			die("KVM_RUN: %s", strerror(errno));
	}
	return v->run->exit_reason;
}

void vcpu_run_done(struct vcpu *v)
{
	u32 reason = vcpu_run_once(v);

	if (reason == KVM_EXIT_IO && v->run->io.port == PORT_DONE)
		return;
	if (reason == KVM_EXIT_INTERNAL_ERROR)
		die("guest stopped: internal error %u (op %llu)",
		    v->run->internal.suberror,
		    (unsigned long long)*vcpu_slot(v, BLK_OP));
	die("guest stopped: exit reason %u (op %llu)", reason,
	    (unsigned long long)*vcpu_slot(v, BLK_OP));
}

struct result vcpu_op(struct vcpu *v, u64 op, u64 a, u64 c, u64 d)
{
	struct result r;

	vcpu_post(v, op, a, c, d, 1);
	vcpu_run_done(v);
	r.fault = *vcpu_slot(v, BLK_FAULT);
	r.a = *vcpu_slot(v, BLK_RA);
	r.b = *vcpu_slot(v, BLK_RB);
	r.c = *vcpu_slot(v, BLK_RC);
	r.d = *vcpu_slot(v, BLK_RD);
	return r;
}

/* Let KVM finish the port write, so that state may be read and set. */
void vcpu_settle(struct vcpu *v)
{
	v->run->immediate_exit = 1;
	ioctl(v->fd, KVM_RUN, 0);
	v->run->immediate_exit = 0;
}

void guest_cpuid(struct vcpu *v, u32 leaf, u32 sub, struct kvm_cpuid_entry2 *e)
{
	struct result r = vcpu_op(v, OP_CPUID, leaf, sub, 0);

	if (r.fault != NO_FAULT)
		die("CPUID faulted in the guest: vector %u", r.fault);
	memset(e, 0, sizeof(*e));
	e->function = leaf;
	e->index = sub;
	e->eax = r.a;
	e->ebx = r.b;
	e->ecx = r.c;
	e->edx = r.d;
}

bool guest_rdmsr(struct vcpu *v, u32 index, u64 *value)
{
	struct result r = vcpu_op(v, OP_RDMSR, 0, index, 0);

	if (r.fault != NO_FAULT)
		return false;
	*value = r.d << 32 | (u32)r.a;
	return true;
}

bool guest_wrmsr(struct vcpu *v, u32 index, u64 value)
{
	return vcpu_op(v, OP_WRMSR, (u32)value, index, value >> 32).fault ==
	       NO_FAULT;
}

static int one_msr(struct vcpu *v, unsigned long ioctl_nr, u32 index, u64 *val)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry e;
	} one;
	int r;

	memset(&one, 0, sizeof(one));
	one.head.nmsrs = 1;
	one.e.index = index;
	one.e.data = *val;
	r = ioctl(v->fd, ioctl_nr, &one);
	*val = one.e.data;
	return r == 1 ? 0 : r < 0 ? -errno : -EINVAL;
}

int vcpu_get_msr(struct vcpu *v, u32 index, u64 *value)
{
	*value = 0;
	return one_msr(v, KVM_GET_MSRS, index, value);
}

int vcpu_set_msr(struct vcpu *v, u32 index, u64 value)
{
	return one_msr(v, KVM_SET_MSRS, index, &value);
}

/* The other way in, from Linux 6.18 on; the id is KVM_X86_REG_MSR(index) there. */
void msr_as_reg(struct kvm_one_reg *reg, u32 index, u64 *value)
{
	reg->id = KVM_REG_X86 | KVM_REG_SIZE_U64 | 2ULL << 32 | index;
	reg->addr = (u64)value;
}

int vcpu_set_msr_reg(struct vcpu *v, u32 index, u64 value)
{
	struct kvm_one_reg reg;

	msr_as_reg(&reg, index, &value);
	return ioctl(v->fd, KVM_SET_ONE_REG, &reg) ? -errno : 0;
}

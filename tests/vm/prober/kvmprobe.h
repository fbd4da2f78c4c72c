/* SPDX-License-Identifier: GPL-2.0 */
/* kvmprobe: what no well-behaved VMM does to KVM. Declarations of all parts. */
#ifndef KVMPROBE_H
#define KVMPROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <linux/kvm.h>

#include "guest.h"

typedef uint32_t u32;
typedef uint64_t u64;

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define __noreturn	__attribute__((noreturn))
#define __printf(f, a)	__attribute__((format(printf, f, a)))
#define BIT(n)		(1U << (n))
#define BIT64(n)	(1ULL << (n))

/* Exit statuses, of attempts and of the program. */
enum {
	EXIT_REACHED = 0,
	EXIT_HELD = 1,
	EXIT_ERROR = 2,
	EXIT_SKIPPED = 77,
};

/* util.c: every failure that isn't itself the finding ends the program. */
void die(const char *fmt, ...) __noreturn __printf(1, 2);
void die_prefix(const char *fmt, ...) __printf(1, 2);
u64 parse_u64(const char *text);
bool parse_leaf(const char *text, u32 *leaf, u32 *sub);
char *read_whole(const char *path);
u64 now_us(void);
static inline u64 rdtsc_ordered(void)
{
	u32 lo, hi;

	asm volatile("lfence; rdtsc; lfence" : "=a"(lo), "=d"(hi) :: "memory");
	return (u64)hi << 32 | lo;
}

/* cpuset.c: sets of CPUID entries and of MSRs. */
enum reg { EAX, EBX, ECX, EDX, NR_REGS };
extern const char *const reg_names[NR_REGS];

/* KVM's own limit on what SET_CPUID2 takes. */
#define MAX_ENTRIES	256
#define MAX_MSRS	256

struct cpuset {
	u32 n;
	struct kvm_cpuid_entry2 e[MAX_ENTRIES];
};

struct msrset {
	u32 n;
	struct kvm_msr_entry e[MAX_MSRS];
};

struct offer {
	struct cpuset cpu;
	struct msrset msr;
};

bool leaf_indexed(u32 leaf);
bool word_is_features(u32 leaf, u32 sub, enum reg reg);
u32 *entry_word(struct kvm_cpuid_entry2 *e, enum reg reg);
u32 entry_read(const struct kvm_cpuid_entry2 *e, enum reg reg);
struct kvm_cpuid_entry2 *cpuset_find(struct cpuset *s, u32 leaf, u32 sub);
struct kvm_cpuid_entry2 *cpuset_add(struct cpuset *s, u32 leaf, u32 sub);
void cpuset_drop(struct cpuset *s, u32 leaf, u32 sub);
u32 cpuset_word(const struct cpuset *s, u32 leaf, u32 sub, enum reg reg);
bool cpuset_bit(const struct cpuset *s, u32 leaf, u32 sub, enum reg reg,
		unsigned int bit);
void cpuset_print(const struct cpuset *s);
void cpuset_raw(struct cpuset *s);
void cpuset_merge_raw(struct cpuset *s, const struct cpuset *raw);
void cpuset_ones(struct cpuset *s);
void host_cpuid(u32 leaf, u32 sub, u32 out[NR_REGS]);
bool host_is_intel(void);
struct kvm_msr_entry *msrset_find(struct msrset *s, u32 index);
void msrset_add(struct msrset *s, u32 index, u64 value);
void msrset_drop(struct msrset *s, u32 index);
void set_from_file(const char *path, struct offer *o);
void parse_set(const char *text, const char *path, struct offer *o);

/* spec.c: one place in a baseline, as text. */
enum spec_kind { SPEC_BITS, SPEC_WORD, SPEC_DROP, SPEC_MSR_BITS, SPEC_MSR_WORD };

struct spec {
	enum spec_kind kind;
	u32 leaf, sub;		/* leaf holds the index for MSRs */
	enum reg reg;
	u64 mask, value;
};

struct spec spec_parse(const char *text);
void spec_clear(const struct spec *s, struct offer *o);
void spec_set(const struct spec *s, struct offer *o);
bool spec_present(const struct spec *s, const struct offer *o);
void fix_xsave_size(struct cpuset *s);

/* victims.c: what a test baseline hides. */
struct victim {
	const char *spec;
	const char *name;
	/* KVM offers it whatever the processor's CPUID says. */
	bool software;
};

extern const struct victim victims[];
extern const unsigned int nr_victims;
const struct spec *victim_spec(unsigned int i);
u32 victim_phys_bits(const struct offer *o);
void victims_print(const struct offer *truth);
void victims_clear(const struct offer *truth, struct offer *o);
bool victim_offered(const char *name, const struct offer *truth);

/* try-vmx.c: what a test baseline that keeps VMX hides of it. */
void vmx_lower(struct msrset *m);

/* guest.S */
extern const unsigned char guest_start[], guest_end[], guest_vectors[];
extern const unsigned char guest_enter32[], guest_la57[];

/* vm.c */
struct vm {
	int fd;
	unsigned char *mem;
	int nr_vcpus;
};

struct vcpu {
	struct vm *vm;
	int fd;
	int id;
	struct kvm_run *run;
	unsigned char *block;
};

struct result {
	u32 fault;		/* NO_FAULT, or the vector */
	u64 a, b, c, d;
};

int kvm_fd(void);
int kvm_has(int cap);
void kvm_forget(void);
struct vm *vm_try_new(void);
struct vm *vm_new(void);
void vm_free(struct vm *vm);
struct vcpu *vcpu_new(struct vm *vm);
struct vcpu *vcpu_try_new(struct vm *vm);
void vcpu_free(struct vcpu *v);
void vcpu_enter_long_mode(struct vcpu *v);
int vcpu_set_cpuid2(struct vcpu *v, const struct cpuset *s);
int vcpu_set_cpuid1(struct vcpu *v, const struct cpuset *s);
void vcpu_get_cpuid2(struct vcpu *v, struct cpuset *s);
struct vcpu *vcpu_with(const struct cpuset *s);
u64 *vcpu_slot(struct vcpu *v, unsigned int offset);
void vcpu_post(struct vcpu *v, u64 op, u64 a, u64 c, u64 d, u64 n);
u32 vcpu_run_once(struct vcpu *v);
void vcpu_run_done(struct vcpu *v);
struct result vcpu_op(struct vcpu *v, u64 op, u64 a, u64 c, u64 d);
void vcpu_settle(struct vcpu *v);
void guest_cpuid(struct vcpu *v, u32 leaf, u32 sub, struct kvm_cpuid_entry2 *e);
bool guest_rdmsr(struct vcpu *v, u32 index, u64 *value);
bool guest_wrmsr(struct vcpu *v, u32 index, u64 value);
int vcpu_get_msr(struct vcpu *v, u32 index, u64 *value);
int vcpu_set_msr(struct vcpu *v, u32 index, u64 value);
void msr_as_reg(struct kvm_one_reg *reg, u32 index, u64 *value);
int vcpu_set_msr_reg(struct vcpu *v, u32 index, u64 value);
void vcpu_get_sregs(struct vcpu *v, struct kvm_sregs *s);

/* offer.c: what KVM offers and what a VMM could wish. */
void kvm_offer_cpuid(unsigned long ioctl_nr, struct cpuset *s);
void kvm_offer_msrs(struct msrset *s);
void kvm_offer(struct offer *o);
extern const char *offer_file;
extern bool modest;
void truth_load(struct offer *o);
void wish_load(struct offer *o);
void cpuset_choose(const char *how, struct cpuset *s, bool *none);
int cmd_supported(int argc, char **argv);
int cmd_emulated(int argc, char **argv);
int cmd_msr_features(int argc, char **argv);
int cmd_snapshot(int argc, char **argv);
int cmd_baseline(int argc, char **argv);
int cmd_victims(int argc, char **argv);

/* view.c */
#define MSR_ARCH_CAP	0x10a

struct asked {
	u32 leaf, sub;
};

/* Feature words of the leaves that all VMs are asked about, and one MSR. */
struct view {
	u32 word[MAX_ENTRIES][NR_REGS];
	u64 msr;
	bool msr_faults;
};

extern struct cpuset view_set;		/* what their VMMs set */
extern struct asked view_asked[MAX_ENTRIES];
extern unsigned int nr_asked;
void view_choose(const char *how);
void view_words(unsigned int i, const struct kvm_cpuid_entry2 *e, u32 words[NR_REGS]);
void view_one(struct vcpu *v, unsigned int i, u32 words[NR_REGS]);
void view_take(struct vcpu *v, struct view *w);
bool view_fits(const struct view *w, struct offer *baseline);
void view_print(const char *what, const struct view *w);

/* guestcmd.c, hold.c, churn.c, soak.c, bench.c, sane.c, killat.c, faults.c */
int cmd_guest_cpuid(int argc, char **argv);
int cmd_guest_msr(int argc, char **argv);
int cmd_hold(int argc, char **argv);
int cmd_churn(int argc, char **argv);
int cmd_soak(int argc, char **argv);
int cmd_crowd(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_sane(int argc, char **argv);
int cmd_killat(int argc, char **argv);
int cmd_faults(int argc, char **argv);

/* attempt.c */
struct attempt {
	const char *name;
	/* Names of victims (see victims.c), separated by spaces: any will do. */
	const char *needs;
	const char *prose;
	void (*run)(void);
};

extern const struct attempt cpuid_attempts[], table_attempts[], state_attempts[];
extern const struct attempt msr_attempts[], pv_attempts[];
extern const struct attempt insn_attempts[], vmx_attempts[];

/* What all attempts share, loaded before one runs. */
extern struct offer truth, wish, allowed;

void reached(const char *fmt, ...)
	__noreturn __printf(1, 2);
void held(const char *fmt, ...)
	__noreturn __printf(1, 2);
void skipped(const char *fmt, ...)
	__noreturn __printf(1, 2);
void refused(int r, const char *call);
void note(const char *fmt, ...) __printf(1, 2);
bool any_noted(void);
void verdict(const char *held_text) __noreturn;
bool entry_leaks(const struct kvm_cpuid_entry2 *e, char *buf, size_t len);
bool set_leaks(const struct cpuset *s, char *buf, size_t len);
bool guest_leaks(struct vcpu *v, char *buf, size_t len);
void judge_cpuid(struct vcpu *v) __noreturn;
bool msr_leaks(u32 index, u64 value, u64 *bits);
struct vcpu *wished_vcpu(void);
int cmd_attempt(int argc, char **argv);
int cmd_list(int argc, char **argv);

#endif

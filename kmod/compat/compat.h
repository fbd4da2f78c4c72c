/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only place that knows kernel versions.  Everything else asks for a
 * capability by its name.
 */
#ifndef KL_COMPAT_H
#define KL_COMPAT_H

#include <linux/ftrace.h>
#include <linux/kvm.h>
#include <linux/version.h>

/* cpuid_count() */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
#include <asm/processor.h>
#else
#include <asm/cpuid/api.h>
#endif

/*
 * The kernels on which the scenarios were run: one of each end of a range, and
 * KVM was much rewritten between the ranges.  tests/dkms holds dkms.conf to them.
 */
#define KL_KERNEL_RANGE		"6.1 to 6.12, 7.3"
#define KL_KERNEL_IS(major, first, last)				\
	(LINUX_VERSION_CODE >= KERNEL_VERSION(major, first, 0) &&	\
	 LINUX_VERSION_CODE < KERNEL_VERSION(major, (last) + 1, 0))

static inline bool kl_compat_kernel_was_tested(void)
{
	return KL_KERNEL_IS(6, 1, 12) || KL_KERNEL_IS(7, 3, 3);
}

/* Has genetlink a place for a sentence when the start of a dump is refused?  For tests. */
static inline bool kl_compat_dump_start_has_extack(void)
{
	return LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0);
}

/* Make the traced function's caller enter @ip instead. */
static __always_inline void kl_compat_redirect(struct ftrace_regs *fregs, unsigned long ip)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	ftrace_instruction_pointer_set(fregs, ip);
#else
	ftrace_regs_set_instruction_pointer(fregs, ip);
#endif
}

/* The first two arguments of the traced function. */
static __always_inline unsigned long kl_compat_arg0(struct ftrace_regs *fregs)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	return fregs->regs.di;
#else
	return ftrace_regs_get_argument(fregs, 0);
#endif
}

static __always_inline unsigned long kl_compat_arg1(struct ftrace_regs *fregs)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	return fregs->regs.si;
#else
	return ftrace_regs_get_argument(fregs, 1);
#endif
}

/* KVM's reader of feature MSRs for KVM_GET_MSRS on /dev/kvm was renamed in 6.12. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define KL_COMPAT_GET_FEATURE_MSR	"do_get_msr_feature"
#else
#define KL_COMPAT_GET_FEATURE_MSR	"do_get_feature_msr"
#endif

/* A VMM may let a guest read APERF and MPERF without an exit: from 6.17 on. */
#ifdef KVM_X86_DISABLE_EXITS_APERFMPERF
#define KL_COMPAT_DISABLE_EXITS_APERFMPERF	KVM_X86_DISABLE_EXITS_APERFMPERF
#else
#define KL_COMPAT_DISABLE_EXITS_APERFMPERF	0
#endif

#endif /* KL_COMPAT_H */

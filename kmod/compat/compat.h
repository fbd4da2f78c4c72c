/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only place that knows kernel versions.  Everything else asks for a
 * capability by its name.
 */
#ifndef KL_COMPAT_H
#define KL_COMPAT_H

#include <linux/ftrace.h>
#include <linux/version.h>

/* The kernels on which the scenarios were run: the range of dkms.conf and README. */
#define KL_KERNEL_FIRST		KERNEL_VERSION(6, 1, 0)
#define KL_KERNEL_BEYOND	KERNEL_VERSION(6, 13, 0)
#define KL_KERNEL_RANGE		"6.1 to 6.12"

static inline bool kl_compat_kernel_was_tested(void)
{
	return LINUX_VERSION_CODE >= KL_KERNEL_FIRST && LINUX_VERSION_CODE < KL_KERNEL_BEYOND;
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

#endif /* KL_COMPAT_H */

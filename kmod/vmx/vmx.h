/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KL_VMX_H
#define KL_VMX_H

struct kl_vendor;

extern const struct kl_vendor kl_vmx;
int kl_vmx_init(void);

#endif /* KL_VMX_H */

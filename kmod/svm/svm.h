/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KL_SVM_H
#define KL_SVM_H

struct kl_vendor;

extern const struct kl_vendor kl_svm;
int kl_svm_init(void);

#endif /* KL_SVM_H */

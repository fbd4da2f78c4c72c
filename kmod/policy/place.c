// SPDX-License-Identifier: GPL-2.0
/* Places in words that an operator reads. */
#include "internal.h"

const char *kl_reg_name(enum kl_reg reg)
{
	static const char name[KL_NR_REGS][4] = { "eax", "ebx", "ecx", "edx" };

	return (unsigned int)reg < KL_NR_REGS ? name[reg] : "?";
}

int kl_place_format(char *buf, size_t size, const struct kl_place *at)
{
	const char *why = at->why ? at->why : "";
	unsigned long long bits = at->bits;

	switch (at->kind) {
	case KL_PLACE_CPUID:
		if (bits)
			return snprintf(buf, size, "CPUID 0x%x.%u:%s bits 0x%llx: %s", at->leaf,
					at->subleaf, kl_reg_name(at->reg), bits, why);
		return snprintf(buf, size, "CPUID 0x%x.%u:%s: %s", at->leaf, at->subleaf,
				kl_reg_name(at->reg), why);
	case KL_PLACE_MSR:
		if (bits)
			return snprintf(buf, size, "MSR 0x%x bits 0x%llx: %s", at->leaf, bits, why);
		return snprintf(buf, size, "MSR 0x%x: %s", at->leaf, why);
	default:
		return snprintf(buf, size, "%s", why);
	}
}

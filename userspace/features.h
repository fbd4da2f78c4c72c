/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The feature table: what each place of CPUID and of the feature MSRs is
 * called and is.  The kernel holds words; names live here.  Keyed by hardware
 * leaf, one file in features/ for a group of leaves; facts are from the manuals
 * that kmod/policy/shape.c names, the Hyper-V TLFS, and what KVM offers.
 *
 *	CPUID_BIT(leaf, subleaf, register, bit, vendors, name, aliases, what it is)
 *	CPUID_FIELD(leaf, subleaf, register, high, low, vendors, ...)
 *	MSR_BIT(index, bit, vendors, ...)	MSR_FIELD(index, high, low, vendors, ...)
 *
 * A bit is a feature; a field is a number, or many bits that go together, and
 * so is a bit of many subleaves.  Names are libvirt's and QEMU's; behind them
 * others, separated by commas.  '-', '_' and '.' are one character to who looks
 * a name up, so such twins are not listed.
 *
 * How pools combine a place is not told here: the core knows (rules.c asks it).
 * Only of what the core passes unchanged does PASS_... say whose it is.
 *
 * Define FEATURE_BIT and FEATURE_FIELD, both
 * (is MSR, leaf or index, subleaf, register, high, low, pass, vendors, name, aliases, text),
 * and include this.
 */

#define PASS_CPUID_BIT(l, s, r, b, pass, v, n, a, text) \
	FEATURE_BIT(false, l, s, KL_##r, b, b, PASS_##pass, FOR_##v, n, a, text)
#define PASS_CPUID_FIELD(l, s, r, h, b, pass, v, n, a, text) \
	FEATURE_FIELD(false, l, s, KL_##r, h, b, PASS_##pass, FOR_##v, n, a, text)
#define PASS_MSR_FIELD(i, h, b, pass, v, n, a, text) \
	FEATURE_FIELD(true, i, 0, KL_EAX, h, b, PASS_##pass, FOR_##v, n, a, text)
#define CPUID_BIT(l, s, r, b, v, n, a, text) PASS_CPUID_BIT(l, s, r, b, NOT, v, n, a, text)
#define CPUID_FIELD(l, s, r, h, b, v, n, a, text) \
	PASS_CPUID_FIELD(l, s, r, h, b, NOT, v, n, a, text)
#define MSR_BIT(i, b, v, n, a, text) \
	FEATURE_BIT(true, i, 0, KL_EAX, b, b, PASS_NOT, FOR_##v, n, a, text)
#define MSR_FIELD(i, h, b, v, n, a, text) PASS_MSR_FIELD(i, h, b, NOT, v, n, a, text)

#include "features/basic.h"
#include "features/leaf7.h"
#include "features/state.h"
#include "features/amd.h"
#include "features/hypervisor.h"
#include "features/msr.h"
#include "features/vmx.h"

#undef PASS_CPUID_BIT
#undef PASS_CPUID_FIELD
#undef PASS_MSR_FIELD
#undef CPUID_BIT
#undef CPUID_FIELD
#undef MSR_BIT
#undef MSR_FIELD
#undef FEATURE_BIT
#undef FEATURE_FIELD

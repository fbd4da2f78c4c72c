// SPDX-License-Identifier: GPL-2.0
/*
 * The load-time proof: "it loaded" is not "it masks".  Before any hook of KVM
 * counts, the engine hooks a function of this module and sees that its wrapper
 * runs, that the original runs behind it with all arguments, that the filter
 * is asked, and that nothing is left when it is unhooked.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "hook.h"
#include "selfproof.h"

static noinline __noclone __used int kl_proof_target(unsigned long a, unsigned long b, int c,
						     int d, int e, int f)
{
	/* Without a side effect the compiler would fold the calls into one. */
	barrier();
	return (int)(a + 2 * b) + 3 * c + 4 * d + 5 * e + 6 * f;
}

static int kl_wrap_kl_proof_target(unsigned long a, unsigned long b, int c, int d, int e, int f);
KL_ORIGINAL(kl_proof_target, kl_wrap_kl_proof_target);

static int kl_wrap_kl_proof_target(unsigned long a, unsigned long b, int c, int d, int e, int f)
{
	return 1000 + static_call(kl_orig_kl_proof_target)(a, b, c, d, e, f);
}

static __always_inline bool kl_proof_filter(unsigned long a, unsigned long b)
{
	return a == 1 && b == 2;
}

KL_HOOK_FILTER(kl_proof_entry, kl_proof_filter);

static struct kl_hook kl_proof_hooks[] = {
	KL_HOOK(KBUILD_MODNAME, "kl_proof_target", kl_proof_target, KL_HOOK_BASE, true,
		kl_proof_entry, "nothing can be hooked"),
};

int __init kl_selfproof_init(void)
{
	return kl_hooks_add(kl_proof_hooks, ARRAY_SIZE(kl_proof_hooks));
}

int __init kl_selfproof_run(void)
{
	const int plain = 1 + 2 * 2 + 3 * 3 + 4 * 4 + 5 * 5 + 6 * 6;
	int before = kl_proof_target(1, 2, 3, 4, 5, 6);
	int hooked, declined, after, ret;

	ret = kl_hooks_arm(KBUILD_MODNAME, KL_HOOK_BASE);
	if (ret) {
		pr_err("%s\n", kl_hooks_error());
		return ret;
	}
	hooked = kl_proof_target(1, 2, 3, 4, 5, 6);
	declined = kl_proof_target(2, 2, 3, 4, 5, 6);
	kl_hooks_disarm(KBUILD_MODNAME, KL_HOOK_BASE);
	after = kl_proof_target(1, 2, 3, 4, 5, 6);

	if (before != plain || hooked != plain + 1000 || declined != plain + 1 || after != plain) {
		pr_err("hooks don't work on this kernel: got %d, %d, %d, %d instead of %d, %d, %d, %d\n",
		       before, hooked, declined, after, plain, plain + 1000, plain + 1, plain);
		return -ENXIO;
	}
	return 0;
}

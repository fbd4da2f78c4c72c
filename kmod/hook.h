/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hook engine: a declarative table of functions of other modules, each
 * entered through a wrapper of ours.
 *
 * A hook is an ftrace_ops with IPMODIFY and PERMANENT on the function's ftrace
 * site.  Its callback sends the caller to the wrapper, which calls the
 * original, just behind the site, by a static call.  IPMODIFY makes us the
 * only one to redirect the function (a live patch and we exclude each other,
 * tracers and kprobes don't mind); PERMANENT keeps "sysctl
 * kernel.ftrace_enabled=0" from silently undoing it.
 */
#ifndef KL_HOOK_H
#define KL_HOOK_H

#include <linux/ftrace.h>
#include <linux/srcu.h>
#include <linux/static_call.h>

#include "compat/compat.h"

enum kl_hook_group {
	KL_HOOK_BASE,	/* armed as long as its module is loaded */
	KL_HOOK_EXIT,	/* armed while somebody needs the exit gate */
};

/* A static call, to be bound to a function of another module. */
struct kl_original {
	struct static_call_key *key;
	void *tramp;
};

struct kl_hook {
	const char *module;
	const char *symbol;
	enum kl_hook_group group;
	bool fatal;		/* without it no guest can be levelled */
	const char *lost;	/* what is lost without it */
	unsigned long wrapper;
	struct kl_original original;
	ftrace_func_t entry;	/* KL_HOOK_ALWAYS, or one made by KL_HOOK_FILTER */

	/* private to hook.c, under kl_hook_mutex */
	struct ftrace_ops ops;
	unsigned long site;	/* 0: not armed */
	int error;		/* of the last attempt to arm */
};

/* A function of another module that we call but don't hook. */
struct kl_call {
	const char *module;
	const char *symbol;
	struct kl_original original;
};

/* Declare the call to the original of @sym: kl_orig_<sym>, a static call of @proto's type. */
#define KL_ORIGINAL(sym, proto)	DEFINE_STATIC_CALL_NULL(kl_orig_##sym, proto)

/* What binds it: data, since a function for each would be more than all of them do. */
#define KL_ORIGINAL_OF(sym)						\
	{ &STATIC_CALL_KEY(kl_orig_##sym), STATIC_CALL_TRAMP_ADDR(kl_orig_##sym) }

/*
 * Make an ftrace callback that sends to the wrapper only those calls for which
 * @interesting(first argument, second argument) holds; the others run KVM's own
 * code and don't enter this module.  @interesting is inlined here, into what
 * runs at each exit: no sleeping, no locks, no calls, nothing that can be traced.
 */
#define KL_HOOK_FILTER(name, interesting)				\
	static void notrace name(unsigned long ip, unsigned long parent_ip, \
				 struct ftrace_ops *ops, struct ftrace_regs *fregs) \
	{								\
		struct kl_hook *hook = container_of(ops, struct kl_hook, ops); \
									\
		if (interesting(kl_compat_arg0(fregs), kl_compat_arg1(fregs))) \
			kl_compat_redirect(fregs, hook->wrapper);	\
	}								\
	static_assert(true)

/* The callback of a hook without a filter. */
void kl_hook_always(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
		    struct ftrace_regs *fregs);

#define KL_HOOK(_module, _name, _sym, _group, _fatal, _entry, _lost)	\
	{ .module = _module, .symbol = _name, .group = _group,		\
	  .fatal = _fatal, .entry = _entry, .lost = _lost,		\
	  .wrapper = (unsigned long)kl_wrap_##_sym, .original = KL_ORIGINAL_OF(_sym) }

/* Held by every wrapper while it may sleep: see kl_hooks_drain(). */
extern struct srcu_struct kl_hook_srcu;

/* The tables.  Registered once at start; the arrays live as long as the module. */
int kl_hooks_add(struct kl_hook *hooks, unsigned int nr);
int kl_calls_add(const struct kl_call *calls, unsigned int nr);

/*
 * Arm what @module has in @group, in the tables' order: all of it or, on error,
 * nothing of it.
 * Arming what is armed is a no-op.  -ENOENT if the module isn't loaded.
 * On error, kl_hooks_error() says in words what failed.
 */
int kl_hooks_arm(const char *module, enum kl_hook_group group);
/*
 * Disarm, the last one first; of KL_HOOK_BASE also drain.  @module NULL: of all.
 *
 * Wrappers of KL_HOOK_EXIT depend on nothing that is changed behind this call, and who
 * leaves audit mode must not wait for others: wrappers of KL_HOOK_BASE read and write a
 * VMM's memory, whose owner decides how long that takes.
 */
void kl_hooks_disarm(const char *module, enum kl_hook_group group);
/* Wait until no wrapper of a disarmed hook runs: then the module may leave. */
void kl_hooks_drain(void);
/* Bind the calls into @module; -ENOENT if a symbol isn't there, or another error. */
int kl_calls_bind(const char *module);
/*
 * Is this module loaded?  Whether any function that is to be hooked is in it tells: one
 * that this kernel does not have must not pass for a module that is not there.
 */
bool kl_module_is_there(const char *module);

/* Is @module there, and are all its fatal hooks of @group armed? */
bool kl_hooks_armed(const char *module, enum kl_hook_group group);
/* Text of the last failure; empty if none.  Valid until the next call that arms. */
const char *kl_hooks_error(void);

/* Walk the table; stops when @fn returns nonzero, and returns that. */
int kl_hooks_each(int (*fn)(const struct kl_hook *hook, void *ctx), void *ctx);

/*
 * Address of a function of a module ("kvm:kvm_cpuid") or of the kernel: 0, -ENOENT
 * where there is none, or another error where that can't be told.
 */
int kl_resolve_function(const char *name, unsigned long *addr);
/* The same of data; 0 if none, and kl_hooks_error() says so. */
unsigned long kl_resolve_data(const char *name);

#endif /* KL_HOOK_H */

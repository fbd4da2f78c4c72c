/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/kvm_level.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_KVM_LEVEL_H
#define _UAPI_LINUX_KVM_LEVEL_H

#define KVM_LEVEL_FAMILY_NAME		"kvm_level"
#define KVM_LEVEL_FAMILY_VERSION	1

/**
 * enum kvm_level_mode - What happens to a guest that asks for more than the
 *   baseline.
 * @KVM_LEVEL_MODE_OFF: nothing is changed
 * @KVM_LEVEL_MODE_AUDIT: nothing is changed; what would be hidden is counted,
 *   of tables announced, too
 * @KVM_LEVEL_MODE_ENFORCE: new VMs are levelled
 * @KVM_LEVEL_MODE_STRICT: new VMs are levelled, and a VMM that sets more CPUID
 *   or feature MSRs gets EINVAL
 */
enum kvm_level_mode {
	KVM_LEVEL_MODE_OFF,
	KVM_LEVEL_MODE_AUDIT,
	KVM_LEVEL_MODE_ENFORCE,
	KVM_LEVEL_MODE_STRICT,
};

/**
 * enum kvm_level_exits - When the exit gate is armed.
 * @KVM_LEVEL_EXITS_NEEDED: while audit, a watched or an adopted VM needs it
 * @KVM_LEVEL_EXITS_ALWAYS: belt and braces
 */
enum kvm_level_exits {
	KVM_LEVEL_EXITS_NEEDED,
	KVM_LEVEL_EXITS_ALWAYS,
};

/**
 * enum kvm_level_vendor
 * @KVM_LEVEL_VENDOR_NONE: kvm-amd and kvm-intel are not loaded
 */
enum kvm_level_vendor {
	KVM_LEVEL_VENDOR_NONE,
	KVM_LEVEL_VENDOR_AMD,
	KVM_LEVEL_VENDOR_INTEL,
};

/**
 * enum kvm_level_vm_flags
 * @KVM_LEVEL_VM_FLAGS_LEVELLED: created under a baseline, in enforce or strict
 *   mode or by a process that has its own
 * @KVM_LEVEL_VM_FLAGS_OLDER: older than the module; what its guest was given
 *   is not known
 * @KVM_LEVEL_VM_FLAGS_STRANDED: may have more than the current baseline's max
 * @KVM_LEVEL_VM_FLAGS_ADOPTED: levelled at its exits
 * @KVM_LEVEL_VM_FLAGS_WATCHED: what its guest reads is recorded
 * @KVM_LEVEL_VM_FLAGS_ABOVE_DEFAULT: its VMM set more than its baseline's
 *   default, within max
 */
enum kvm_level_vm_flags {
	KVM_LEVEL_VM_FLAGS_LEVELLED = 1,
	KVM_LEVEL_VM_FLAGS_OLDER = 2,
	KVM_LEVEL_VM_FLAGS_STRANDED = 4,
	KVM_LEVEL_VM_FLAGS_ADOPTED = 8,
	KVM_LEVEL_VM_FLAGS_WATCHED = 16,
	KVM_LEVEL_VM_FLAGS_ABOVE_DEFAULT = 32,
};

enum kvm_level_gates {
	KVM_LEVEL_GATES_ADVERTISE = 1,
	KVM_LEVEL_GATES_ADMIT = 2,
	KVM_LEVEL_GATES_EXIT = 4,
};

/**
 * enum kvm_level_event
 * @KVM_LEVEL_EVENT_BASELINE: the baseline was set or cleared
 * @KVM_LEVEL_EVENT_LEVELLED: a VMM set more than the baseline and was cut to
 *   it
 * @KVM_LEVEL_EVENT_REFUSED: strict mode refused what a VMM set
 * @KVM_LEVEL_EVENT_AUDIT: what enforce mode would have cut
 * @KVM_LEVEL_EVENT_ADOPTED: a VM is levelled at its exits from now on (on=1),
 *   or no longer (on=0)
 * @KVM_LEVEL_EVENT_HOOKS: hooks failed when a module of KVM was loaded
 */
enum kvm_level_event {
	KVM_LEVEL_EVENT_BASELINE,
	KVM_LEVEL_EVENT_MODE,
	KVM_LEVEL_EVENT_VM_CREATED,
	KVM_LEVEL_EVENT_VM_GONE,
	KVM_LEVEL_EVENT_LEVELLED,
	KVM_LEVEL_EVENT_REFUSED,
	KVM_LEVEL_EVENT_AUDIT,
	KVM_LEVEL_EVENT_ADOPTED,
	KVM_LEVEL_EVENT_HOOKS,
};

enum {
	KVM_LEVEL_A_LEAF_LEAF = 1,
	KVM_LEVEL_A_LEAF_SUBLEAF,
	KVM_LEVEL_A_LEAF_EAX,
	KVM_LEVEL_A_LEAF_EBX,
	KVM_LEVEL_A_LEAF_ECX,
	KVM_LEVEL_A_LEAF_EDX,

	__KVM_LEVEL_A_LEAF_MAX,
	KVM_LEVEL_A_LEAF_MAX = (__KVM_LEVEL_A_LEAF_MAX - 1)
};

enum {
	KVM_LEVEL_A_MSR_INDEX = 1,
	KVM_LEVEL_A_MSR_VALUE,

	__KVM_LEVEL_A_MSR_MAX,
	KVM_LEVEL_A_MSR_MAX = (__KVM_LEVEL_A_MSR_MAX - 1)
};

enum {
	KVM_LEVEL_A_SET_LEAF = 1,
	KVM_LEVEL_A_SET_MSR,

	__KVM_LEVEL_A_SET_MAX,
	KVM_LEVEL_A_SET_MAX = (__KVM_LEVEL_A_SET_MAX - 1)
};

enum {
	KVM_LEVEL_A_HOOK_MODULE = 1,
	KVM_LEVEL_A_HOOK_SYMBOL,
	KVM_LEVEL_A_HOOK_ARMED,
	KVM_LEVEL_A_HOOK_FATAL,
	KVM_LEVEL_A_HOOK_ERROR,
	KVM_LEVEL_A_HOOK_LOST,

	__KVM_LEVEL_A_HOOK_MAX,
	KVM_LEVEL_A_HOOK_MAX = (__KVM_LEVEL_A_HOOK_MAX - 1)
};

enum {
	KVM_LEVEL_A_SEEN_IS_MSR = 1,
	KVM_LEVEL_A_SEEN_INDEX,
	KVM_LEVEL_A_SEEN_SUBLEAF,
	KVM_LEVEL_A_SEEN_COUNT,
	KVM_LEVEL_A_SEEN_LOST,

	__KVM_LEVEL_A_SEEN_MAX,
	KVM_LEVEL_A_SEEN_MAX = (__KVM_LEVEL_A_SEEN_MAX - 1)
};

enum {
	KVM_LEVEL_A_VM_ID = 1,
	KVM_LEVEL_A_VM_PID,
	KVM_LEVEL_A_VM_COMM,
	KVM_LEVEL_A_VM_FLAGS,
	KVM_LEVEL_A_VM_BASELINE,
	KVM_LEVEL_A_VM_CREATED,
	KVM_LEVEL_A_VM_VCPUS,
	KVM_LEVEL_A_VM_CUT,
	KVM_LEVEL_A_VM_WOULD_CUT,
	KVM_LEVEL_A_VM_REFUSED,
	KVM_LEVEL_A_VM_SEEN,
	KVM_LEVEL_A_VM_SEEN_MISSED,

	__KVM_LEVEL_A_VM_MAX,
	KVM_LEVEL_A_VM_MAX = (__KVM_LEVEL_A_VM_MAX - 1)
};

enum {
	KVM_LEVEL_A_MAIN_PROTOCOL = 1,
	KVM_LEVEL_A_MAIN_MODULE_VERSION,
	KVM_LEVEL_A_MAIN_VENDOR,
	KVM_LEVEL_A_MAIN_MODE,
	KVM_LEVEL_A_MAIN_EXITS,
	KVM_LEVEL_A_MAIN_GATES,
	KVM_LEVEL_A_MAIN_HOOK,
	KVM_LEVEL_A_MAIN_ID,
	KVM_LEVEL_A_MAIN_NAME,
	KVM_LEVEL_A_MAIN_DEFAULT,
	KVM_LEVEL_A_MAIN_MAX_SET,
	KVM_LEVEL_A_MAIN_FORCE,
	KVM_LEVEL_A_MAIN_FORCED,
	KVM_LEVEL_A_MAIN_OFFER,
	KVM_LEVEL_A_MAIN_VM,
	KVM_LEVEL_A_MAIN_VM_ID,
	KVM_LEVEL_A_MAIN_VMS,
	KVM_LEVEL_A_MAIN_STRANDED,
	KVM_LEVEL_A_MAIN_UNCHANGED,
	KVM_LEVEL_A_MAIN_EVENT,
	KVM_LEVEL_A_MAIN_LEAF,
	KVM_LEVEL_A_MAIN_SUBLEAF,
	KVM_LEVEL_A_MAIN_REG,
	KVM_LEVEL_A_MAIN_MSR,
	KVM_LEVEL_A_MAIN_BITS,
	KVM_LEVEL_A_MAIN_TEXT,
	KVM_LEVEL_A_MAIN_ON,
	KVM_LEVEL_A_MAIN_LACKING,
	KVM_LEVEL_A_MAIN_CLEARED,

	__KVM_LEVEL_A_MAIN_MAX,
	KVM_LEVEL_A_MAIN_MAX = (__KVM_LEVEL_A_MAIN_MAX - 1)
};

enum {
	KVM_LEVEL_CMD_STATUS_GET = 1,
	KVM_LEVEL_CMD_HOST_GET,
	KVM_LEVEL_CMD_BASELINE_GET,
	KVM_LEVEL_CMD_BASELINE_SET,
	KVM_LEVEL_CMD_BASELINE_CLEAR,
	KVM_LEVEL_CMD_PROCESS_SET,
	KVM_LEVEL_CMD_MODE_SET,
	KVM_LEVEL_CMD_VM_GET,
	KVM_LEVEL_CMD_VM_ADOPT,
	KVM_LEVEL_CMD_VM_WATCH,
	KVM_LEVEL_CMD_EVENT_NTF,

	__KVM_LEVEL_CMD_MAX,
	KVM_LEVEL_CMD_MAX = (__KVM_LEVEL_CMD_MAX - 1)
};

#define KVM_LEVEL_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_KVM_LEVEL_H */

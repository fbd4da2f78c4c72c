/* SPDX-License-Identifier: GPL-2.0 */
/* The suites; each is in the file of its name, but those of unit.c. */
#ifndef KUNIT_SUITES_H
#define KUNIT_SUITES_H

#include <kunit/test.h>

#include <unit_cases.h>

/* In the order in which they run: what others stand on comes first. */
#define KL_SUITES(SUITE)						\
	SUITE(fast)							\
	SUITE(baseline)							\
	SUITE(vm)							\
	SUITE(process)							\
	SUITE(hook)							\
	SUITE(gate_cpuid)						\
	SUITE(gate_msr)							\
	SUITE(gate_advertise)						\
	SUITE(gate_exit)						\
	SUITE(vmx)							\
	SUITE(svm)							\
	SUITE(netlink)							\
	SUITE(main)

#define KL_SUITE_DECLARE(name)	extern struct kunit_suite kl_suite_##name;
#define KL_UNIT_DECLARE(name)	extern struct kunit_suite kl_suite_policy_##name;
UNIT_SUITES(KL_UNIT_DECLARE)
KL_SUITES(KL_SUITE_DECLARE)

#endif /* KUNIT_SUITES_H */

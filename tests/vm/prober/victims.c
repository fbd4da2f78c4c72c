// SPDX-License-Identifier: GPL-2.0
/*
 * What a test baseline hides: one set that serves all attempts. Each entry is
 * hidden only where it is offered. Features that need another hidden one are
 * hidden with it, so that the baseline makes sense by itself.
 */
#include <string.h>

#include "kvmprobe.h"

#define V(spec, name)	{ spec, name, false }
/* Made by KVM in software, whatever the processor's CPUID says. */
#define S(spec, name)	{ spec, name, true }

const struct victim victims[] = {
	V("0x1.0:ecx[28]",		"avx"),
	V("0x1.0:ecx[12]",		"fma"),
	V("0x1.0:ecx[29]",		"f16c"),
	V("0x7.0:ebx[5]",		"avx2"),
	V("0x7.0:ebx[16-17]",		"avx512"),	/* f, dq */
	V("0x7.0:ebx[21]",		"avx512"),	/* ifma */
	V("0x7.0:ebx[26-28]",		"avx512"),	/* pf, er, cd */
	V("0x7.0:ebx[30-31]",		"avx512"),	/* bw, vl */
	V("0x7.0:ecx[1]",		"avx512"),	/* vbmi */
	V("0x7.0:ecx[6]",		"avx512"),	/* vbmi2 */
	V("0x7.0:ecx[9-10]",		"vaes"),	/* and vpclmulqdq */
	V("0x7.0:ecx[11-12]",		"avx512"),	/* vnni, bitalg */
	V("0x7.0:ecx[14]",		"avx512"),	/* vpopcntdq */
	V("0x7.0:edx[2-3]",		"avx512"),	/* 4vnniw, 4fmaps */
	V("0x7.0:edx[8]",		"avx512"),	/* vp2intersect */
	V("0x7.0:edx[23]",		"avx512"),	/* fp16 */
	V("0x7.1:eax[0-2]",		"avx-new"),	/* sha512, sm3, sm4 */
	V("0x7.1:eax[4-5]",		"avx-new"),	/* avx-vnni, bf16 */
	V("0x7.1:eax[23]",		"avx-new"),	/* avx-ifma */
	V("0x7.1:edx[4-5]",		"avx-new"),	/* vnni-int8, ne-convert */
	V("0x7.1:edx[10]",		"avx-new"),	/* vnni-int16 */
	V("0x7.1:edx[19]",		"avx-new"),	/* avx10 */
	V("0xd.0:eax[2]",		"ymm"),
	V("0xd.2",			"ymm-state"),
	V("0xd.0:eax[5-7]",		"zmm"),
	V("0xd.5",			"zmm-state"),
	V("0xd.6",			"zmm-state"),
	V("0xd.7",			"zmm-state"),
	V("0x80000001.0:ecx[11]",	"xop"),
	V("0x80000001.0:ecx[16]",	"fma4"),

	V("0x7.0:ebx[20]",		"smap"),
	V("0x7.0:ebx[0]",		"fsgsbase"),
	V("0x7.0:ecx[2]",		"umip"),
	V("0x7.0:ecx[3]",		"pku"),
	V("0xd.0:eax[9]",		"pkru-state"),
	V("0xd.9",			"pkru-state"),

	V("0x80000001.0:ecx[2]",	"svm"),
	V("0x8000000a.0:eax=0x0",	"svm-leaf"),
	V("0x8000000a.0:ebx=0x0",	"svm-leaf"),
	V("0x8000000a.0:edx=0x0",	"svm-leaf"),
	V("0x1.0:ecx[5]",		"vmx"),

	V("0x80000001.0:edx[27]",	"rdtscp"),
	V("0x7.0:ecx[22]",		"rdpid"),
	V("0x1.0:ecx[30]",		"rdrand"),
	V("0x80000001.0:edx[25]",	"fxsr-opt"),
	S("0x7.0:ebx[1]",		"tsc-adjust"),
	V("0xd.1:eax[3]",		"xsaves"),
	V("0x7.0:ebx[10]",		"invpcid"),
	V("0x7.0:ebx[11]",		"rtm"),
	V("0x7.0:edx[16]",		"rtm"),		/* TSXLDTRK */
	V("0x7.0:ecx[24]",		"bus-lock"),
	V("0x7.0:ebx[18]",		"rdseed"),
	V("0x7.0:ecx[5]",		"waitpkg"),
	V("0x7.0:ecx[16]",		"la57"),
	V("0x7.0:ecx[29]",		"enqcmd"),
	V("0x7.0:ecx[7]",		"cet"),		/* shadow stacks */
	V("0x7.0:edx[20]",		"cet"),		/* and IBT */
	V("0xd.1:ecx[11-12]",		"cet-state"),
	V("0xd.11",			"cet-state"),
	V("0xd.12",			"cet-state"),
	V("0x1.0:ecx[15]",		"pdcm"),
	V("0x7.0:edx[30]",		"core-cap"),

	V("0x7.0:edx[26]",		"spec-ctrl"),
	V("0x7.0:edx[27]",		"stibp"),
	V("0x7.0:edx[31]",		"ssbd"),
	V("0x7.2:edx[0-4]",		"spec-ctrl-more"),
	V("0x80000008.0:ebx[12]",	"amd-ibpb"),
	V("0x80000008.0:ebx[14-15]",	"amd-ibrs"),	/* and amd-stibp */
	V("0x80000008.0:ebx[24-25]",	"amd-ssbd"),	/* and virt-ssbd */

	/* Bits of ARCH_CAPABILITIES; the MSR itself stays readable. */
	V("msr:0x10a[4]",		"arch-cap-ssb-no"),
	V("msr:0x10a[5]",		"arch-cap-mds-no"),
	S("msr:0x10a[6]",		"arch-cap-pschange-mc-no"),
	V("msr:0x10a[26]",		"arch-cap-gds-no"),
	V("msr:0xc0011029[1]",		"lfence-serialize"),

	S("0x40000001.0:eax[5]",	"pv-steal-time"),
	S("0x40000001.0:eax[6]",	"pv-eoi"),
	S("0x40000001.0:eax[11]",	"pv-send-ipi"),
	S("0x40000001.0:eax[12]",	"pv-poll-control"),
	S("0x40000001.0:eax[13]",	"pv-sched-yield"),
};

const unsigned int nr_victims = ARRAY_SIZE(victims);

/* Parsed once: the attempts ask for them again and again. */
const struct spec *victim_spec(unsigned int i)
{
	static struct spec parsed[ARRAY_SIZE(victims)];
	static bool done;

	if (!done)
		for (unsigned int k = 0; k < nr_victims; k++)
			parsed[k] = spec_parse(victims[k].spec);
	done = true;
	return &parsed[i];
}

/* The baseline's MAXPHYADDR: one bit less than what is offered. */
u32 victim_phys_bits(const struct offer *o)
{
	u32 bits = cpuset_word(&o->cpu, 0x80000008, 0, EAX) & 0xff;

	return bits > 36 ? bits - 1 : bits;
}

static u32 victim_phys_word(const struct offer *o)
{
	u32 word = cpuset_word(&o->cpu, 0x80000008, 0, EAX);
	u32 bits = victim_phys_bits(o);

	word = (word & ~0xffU) | bits;
	/* GuestPhysAddrSize, where it is given, can't be above it. */
	if ((word >> 16 & 0xff) > bits)
		word = (word & ~0xff0000U) | bits << 16;
	return word;
}

void victims_print(const struct offer *truth)
{
	for (unsigned int i = 0; i < nr_victims; i++) {
		if (spec_present(victim_spec(i), truth))
			printf("%s\n", victims[i].spec);
	}
	if (cpuset_word(&truth->cpu, 0x80000008, 0, EAX) !=
	    victim_phys_word(truth))
		printf("0x80000008.0:eax=0x%08x\n", victim_phys_word(truth));
}

/* Make of @o what the victims' baseline allows. */
void victims_clear(const struct offer *truth, struct offer *o)
{
	struct kvm_cpuid_entry2 *e;

	for (unsigned int i = 0; i < nr_victims; i++) {
		if (spec_present(victim_spec(i), truth))
			spec_clear(victim_spec(i), o);
	}
	e = cpuset_find(&o->cpu, 0x80000008, 0);
	if (e)
		e->eax = victim_phys_word(truth);
	fix_xsave_size(&o->cpu);
}

/* Is any victim of that name there to be hidden? */
bool victim_offered(const char *name, const struct offer *truth)
{
	if (!strcmp(name, "maxphyaddr"))
		return cpuset_word(&truth->cpu, 0x80000008, 0, EAX) !=
		       victim_phys_word(truth);
	if (!strcmp(name, "any"))
		return true;
	for (unsigned int i = 0; i < nr_victims; i++) {
		if (!strcmp(victims[i].name, name) &&
		    spec_present(victim_spec(i), truth))
			return true;
	}
	return false;
}

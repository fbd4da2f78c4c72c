/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The levels that levelctl brings along, as lists of feature names.  Define
 * CPU_LEVEL(name, parent, what, vendor, family, model, stepping, qemu, libvirt,
 * adds, drops) and include this: a level is its parent's features without
 * @drops and with @adds.  @family to @stepping, in decimal, are a processor's of
 * the generation; @qemu and @libvirt are the nearest models that QEMU 7.2 and
 * libvirt 9.0 have already.
 *
 * x86-64-v1 to v4 are those of the System V ABI's AMD64 supplement,
 * "Micro-Architecture Levels"; OSFXSR and SCE are SSE and SYSCALL in use, and
 * OSXSAVE is XSAVE in use.  The generations are what QEMU's and libvirt's
 * models of that name give a guest, in the revision that came after what
 * microcode has taken away: no TSX.  What a level leaves as the hosts have it
 * (LEVEL_KEPT) is not listed again.
 */

#define LEVEL_64BIT \
	"fpu de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr " \
	"sse sse2 pni syscall nx lm"

CPU_LEVEL("x86-64-v1", "", "System V ABI", "", 0, 0, 0, "", "",
	  "cmov cx8 fpu fxsr mmx sse sse2 syscall", "")
CPU_LEVEL("x86-64-v2", "x86-64-v1", "System V ABI", "", 0, 0, 0, "", "",
	  "cx16 lahf_lm popcnt pni sse4.1 sse4.2 ssse3", "")
CPU_LEVEL("x86-64-v3", "x86-64-v2", "System V ABI", "", 0, 0, 0, "", "",
	  "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave", "")
CPU_LEVEL("x86-64-v4", "x86-64-v3", "System V ABI", "", 0, 0, 0, "", "",
	  "avx512f avx512bw avx512cd avx512dq avx512vl", "")

CPU_LEVEL("merom", "", "Core 2, 65 nm", "GenuineIntel", 6, 15, 3, "Conroe-v1", "Conroe",
	  LEVEL_64BIT " ssse3 cx16 lahf_lm", "")
CPU_LEVEL("penryn", "merom", "Core 2, 45 nm", "GenuineIntel", 6, 23, 3, "Penryn-v1", "Penryn",
	  "sse4.1", "")
CPU_LEVEL("nehalem", "penryn", "Xeon 5500", "GenuineIntel", 6, 26, 3, "Nehalem-v1", "Nehalem",
	  "sse4.2 popcnt", "")
CPU_LEVEL("westmere", "nehalem", "Xeon 5600", "GenuineIntel", 6, 44, 1, "Westmere-v1", "Westmere",
	  "pclmuldq aes", "")
CPU_LEVEL("sandybridge", "westmere", "Xeon E5", "GenuineIntel", 6, 42, 1, "SandyBridge-v1",
	  "SandyBridge", "xsave avx xsaveopt rdtscp", "")
CPU_LEVEL("ivybridge", "sandybridge", "Xeon E5 v2", "GenuineIntel", 6, 58, 9, "IvyBridge-v1",
	  "IvyBridge", "f16c rdrand fsgsbase smep erms", "")
CPU_LEVEL("haswell", "ivybridge", "Xeon E5 v3", "GenuineIntel", 6, 60, 1, "Haswell-v2",
	  "Haswell-noTSX", "fma pcid movbe bmi1 avx2 bmi2 invpcid abm", "")
CPU_LEVEL("broadwell", "haswell", "Xeon E5 v4", "GenuineIntel", 6, 61, 2, "Broadwell-v2",
	  "Broadwell-noTSX", "rdseed adx smap 3dnowprefetch", "")
CPU_LEVEL("skylake-client", "broadwell", "Core of the 6th generation and Xeon E3 v5",
	  "GenuineIntel", 6, 94, 3, "Skylake-Client-v4", "Skylake-Client-noTSX-IBRS",
	  "xsavec xgetbv1 xsaves", "")
CPU_LEVEL("skylake", "skylake-client", "Xeon Scalable", "GenuineIntel", 6, 85, 4,
	  "Skylake-Server-v5", "Skylake-Server-noTSX-IBRS",
	  "avx512f avx512dq clflushopt clwb avx512cd avx512bw avx512vl pku pdpe1gb", "")
CPU_LEVEL("cascadelake", "skylake", "Xeon Scalable, 2nd generation", "GenuineIntel", 6, 85, 6,
	  "Cascadelake-Server-v5", "Cascadelake-Server-noTSX", "avx512vnni", "")
CPU_LEVEL("cooperlake", "cascadelake", "Xeon Scalable, 3rd generation, four sockets",
	  "GenuineIntel", 6, 85, 10, "Cooperlake-v2", "Cooperlake", "avx512-bf16", "")
CPU_LEVEL("icelake", "cascadelake", "Xeon Scalable, 3rd generation", "GenuineIntel", 6, 106, 0,
	  "Icelake-Server-v6", "Icelake-Server-noTSX",
	  "avx512ifma avx512vbmi avx512vbmi2 umip gfni vaes vpclmulqdq avx512bitalg "
	  "avx512-vpopcntdq la57 wbnoinvd sha-ni rdpid fsrm", "")
CPU_LEVEL("sapphirerapids", "icelake", "Xeon Scalable, 4th and 5th generation", "GenuineIntel", 6,
	  143, 4, "Icelake-Server-v6", "Icelake-Server-noTSX",
	  "bus-lock-detect serialize amx-bf16 avx512-fp16 amx-tile amx-int8 avx-vnni "
	  "avx512-bf16 fzrm fsrs fsrc xfd", "")
CPU_LEVEL("graniterapids", "sapphirerapids", "Xeon 6, performance cores", "GenuineIntel", 6, 173,
	  0, "Icelake-Server-v6", "Icelake-Server-noTSX", "amx-fp16 prefetchiti", "")

CPU_LEVEL("k8", "", "Opteron with SSE3", "AuthenticAMD", 15, 6, 1, "Opteron_G1-v1", "Opteron_G1",
	  LEVEL_64BIT, "")
CPU_LEVEL("k8-revf", "k8", "Opteron 2200 and 8200", "AuthenticAMD", 15, 6, 1, "Opteron_G2-v1",
	  "Opteron_G2", "cx16 lahf_lm", "")
CPU_LEVEL("k10", "k8-revf", "Opteron 2300 to 6100", "AuthenticAMD", 16, 2, 3, "Opteron_G3-v1",
	  "Opteron_G3", "popcnt abm sse4a misalignsse rdtscp", "")
CPU_LEVEL("bulldozer", "k10", "Opteron 6200", "AuthenticAMD", 21, 1, 2, "Opteron_G4-v1",
	  "Opteron_G4",
	  "pclmuldq ssse3 sse4.1 sse4.2 aes xsave avx 3dnowprefetch xop fma4 pdpe1gb", "")
CPU_LEVEL("piledriver", "bulldozer", "Opteron 6300", "AuthenticAMD", 21, 2, 0, "Opteron_G5-v1",
	  "Opteron_G5", "fma f16c tbm", "")
CPU_LEVEL("zen", "piledriver", "EPYC 7001", "AuthenticAMD", 23, 1, 2, "EPYC-v3", "EPYC",
	  "movbe rdrand fsgsbase bmi1 avx2 smep bmi2 rdseed adx smap clflushopt sha-ni "
	  "xsaveopt xsavec xgetbv1 xsaves cr8legacy osvw topoext mmxext fxsr_opt "
	  "perfctr_core clzero xsaveerptr", "xop fma4 tbm")
CPU_LEVEL("zen2", "zen", "EPYC 7002", "AuthenticAMD", 23, 49, 0, "EPYC-Rome-v2", "EPYC-Rome",
	  "clwb umip rdpid wbnoinvd", "")
CPU_LEVEL("zen3", "zen2", "EPYC 7003", "AuthenticAMD", 25, 1, 1, "EPYC-Milan-v1", "EPYC-Milan",
	  "pcid erms invpcid pku fsrm vaes vpclmulqdq", "")
CPU_LEVEL("zen4", "zen3", "EPYC 9004", "AuthenticAMD", 25, 17, 0, "EPYC-Milan-v1", "EPYC-Milan",
	  "avx512f avx512dq avx512ifma avx512cd avx512bw avx512vl avx512vbmi avx512vbmi2 "
	  "gfni avx512vnni avx512bitalg avx512-vpopcntdq avx512-bf16 la57", "")
CPU_LEVEL("zen5", "zen4", "EPYC 9005", "AuthenticAMD", 26, 0, 0, "EPYC-Milan-v1", "EPYC-Milan",
	  "avx-vnni movdiri movdir64b avx512-vp2intersect prefetchi", "")

#undef CPU_LEVEL
#undef LEVEL_64BIT

/*
 * Left as the hosts have them, at any level.  Mitigations follow microcode, not
 * the generation, and a guest is worse off without; what KVM emulates is there
 * on any processor; nested virtualisation, counters and the clock are a pool's own
 * choice.
 */
#define LEVEL_KEPT \
	"x2apic tsc-deadline tsc_adjust invtsc pdcm vmx svm " \
	"spec-ctrl stibp ssbd arch-capabilities flush-l1d md-clear srbds-ctrl tsx-force-abort " \
	"rtm-always-abort intel-psfd ipred-ctrl rrsba-ctrl ddpd-u bhi-ctrl mcdt-no " \
	"monitor-mitg-no ibpb ibrs amd-stibp ibrs-always-on stibp-always-on ibrs-preferred " \
	"ibrs-same-mode amd-ssbd virt-ssbd amd-no-ssb amd-psfd btc-no ibpb-ret no-nested-data-bp " \
	"lfence-always-serializing null-sel-clr-base auto-ibrs eraps sbpb ibpb-brtype srso-no " \
	"srso-user-kernel-no srso-bp-spec-reduce tsa-sq-no tsa-l1-no"

/*
 * The System V ABI speaks of what programs execute: what only a kernel uses
 * stays with its levels, too.
 */
#define LEVEL_SYSTEM \
	"vme de pse tsc msr pae mce apic sep mtrr pge mca pat pse36 clflush ss nx lm pdpe1gb " \
	"rdtscp fxsr_opt cr8legacy osvw topoext perfctr_core perfctr_nb perfctr_llc pcid " \
	"fsgsbase smep erms invpcid smap pku pks la57 umip fsrm lass lam fzrm fsrs fsrc lkgs fred " \
	"wrmsrns wbnoinvd xsaveopt xsavec xgetbv1 xsaves xsaveerptr bus-lock-detect " \
	"core-capability upper-addr-ignore shstk ibt"

/* SPDX-License-Identifier: GPL-2.0 */
/* Leaf 7: structured extended features. */

CPUID_FIELD(0x7, 0, EAX, 31, 0, ANY, "max-leaf-7-subleaf", "level-func7",
	    "highest subleaf of leaf 7")

CPUID_BIT(0x7, 0, EBX, 0, ANY, "fsgsbase", "", "FS and GS base read and written without an MSR")
CPUID_BIT(0x7, 0, EBX, 1, ANY, "tsc_adjust", "", "IA32_TSC_ADJUST: an offset to the TSC, by thread")
CPUID_BIT(0x7, 0, EBX, 2, INTEL, "sgx", "", "enclaves: memory that the system can't read")
CPUID_BIT(0x7, 0, EBX, 3, ANY, "bmi1", "", "bit manipulation, first set: ANDN, BEXTR, TZCNT")
CPUID_BIT(0x7, 0, EBX, 4, INTEL, "hle", "", "lock elision by prefixes (TSX)")
CPUID_BIT(0x7, 0, EBX, 5, ANY, "avx2", "", "256-bit integer vectors and gathers")
CPUID_BIT(0x7, 0, EBX, 6, ANY, "fdp-excptn-only", "",
	  "x87 data pointer kept only at exceptions: something less")
CPUID_BIT(0x7, 0, EBX, 7, ANY, "smep", "", "the kernel can't execute user pages")
CPUID_BIT(0x7, 0, EBX, 8, ANY, "bmi2", "",
	  "bit manipulation, second set: PDEP, PEXT, shifts without flags")
CPUID_BIT(0x7, 0, EBX, 9, ANY, "erms", "", "REP MOVSB and STOSB are fast")
CPUID_BIT(0x7, 0, EBX, 10, ANY, "invpcid", "", "INVPCID: drop TLB entries of one process")
CPUID_BIT(0x7, 0, EBX, 11, INTEL, "rtm", "tsx", "transactions in memory (TSX)")
CPUID_BIT(0x7, 0, EBX, 12, ANY, "cmt", "cqm,rdt-m,pqm", "cache and bandwidth use measured by tag")
CPUID_BIT(0x7, 0, EBX, 13, ANY, "zero-fcs-fds", "",
	  "x87 segments are saved as zero: something less")
CPUID_BIT(0x7, 0, EBX, 14, INTEL, "mpx", "", "bounds checking of pointers")
CPUID_BIT(0x7, 0, EBX, 15, ANY, "rdt-a", "pqe,cat", "cache and bandwidth shares by class")
CPUID_BIT(0x7, 0, EBX, 16, ANY, "avx512f", "avx512",
	  "AVX-512 foundation: 512-bit vectors and masks")
CPUID_BIT(0x7, 0, EBX, 17, ANY, "avx512dq", "", "AVX-512 with 32 and 64-bit integers")
CPUID_BIT(0x7, 0, EBX, 18, ANY, "rdseed", "", "seeds for random number generators")
CPUID_BIT(0x7, 0, EBX, 19, ANY, "adx", "", "additions with two carry chains")
CPUID_BIT(0x7, 0, EBX, 20, ANY, "smap", "", "the kernel can't touch user pages unless it says so")
CPUID_BIT(0x7, 0, EBX, 21, ANY, "avx512ifma", "", "AVX-512 multiplication of 52-bit integers")
CPUID_BIT(0x7, 0, EBX, 22, INTEL, "pcommit", "", "PCOMMIT: given up before it was sold")
CPUID_BIT(0x7, 0, EBX, 23, ANY, "clflushopt", "",
	  "CLFLUSHOPT: cache lines flushed without ordering")
CPUID_BIT(0x7, 0, EBX, 24, ANY, "clwb", "", "CLWB: write a cache line back and keep it")
CPUID_BIT(0x7, 0, EBX, 25, INTEL, "intel-pt", "", "Processor Trace: control flow as packets")
CPUID_BIT(0x7, 0, EBX, 26, INTEL, "avx512pf", "", "AVX-512 prefetches (Xeon Phi)")
CPUID_BIT(0x7, 0, EBX, 27, INTEL, "avx512er", "", "AVX-512 exponentials and reciprocals (Xeon Phi)")
CPUID_BIT(0x7, 0, EBX, 28, ANY, "avx512cd", "", "AVX-512 conflict detection")
CPUID_BIT(0x7, 0, EBX, 29, ANY, "sha-ni", "sha", "SHA-1 and SHA-256 rounds")
CPUID_BIT(0x7, 0, EBX, 30, ANY, "avx512bw", "", "AVX-512 with bytes and words")
CPUID_BIT(0x7, 0, EBX, 31, ANY, "avx512vl", "", "AVX-512 on 128 and 256-bit registers")

CPUID_BIT(0x7, 0, ECX, 0, INTEL, "prefetchwt1", "", "prefetch for writing into L2 (Xeon Phi)")
CPUID_BIT(0x7, 0, ECX, 1, ANY, "avx512vbmi", "avx512-vbmi", "AVX-512 byte permutations")
CPUID_BIT(0x7, 0, ECX, 2, ANY, "umip", "", "user mode can't read descriptor table addresses")
CPUID_BIT(0x7, 0, ECX, 3, ANY, "pku", "", "protection keys for user pages")
PASS_CPUID_BIT(0x7, 0, ECX, 4, DYNAMIC, ANY, "ospke", "", "the guest has set CR4.PKE")
CPUID_BIT(0x7, 0, ECX, 5, INTEL, "waitpkg", "", "UMWAIT, UMONITOR, TPAUSE: waiting in user mode")
CPUID_BIT(0x7, 0, ECX, 6, ANY, "avx512vbmi2", "avx512-vbmi2",
	  "AVX-512 byte compress, expand and shifts over two registers")
CPUID_BIT(0x7, 0, ECX, 7, ANY, "cet-ss", "shstk,user-shstk", "shadow stacks (CET)")
CPUID_BIT(0x7, 0, ECX, 8, ANY, "gfni", "", "Galois field arithmetic on bytes")
CPUID_BIT(0x7, 0, ECX, 9, ANY, "vaes", "", "AES on wide vectors")
CPUID_BIT(0x7, 0, ECX, 10, ANY, "vpclmulqdq", "", "carry-less multiplication on wide vectors")
CPUID_BIT(0x7, 0, ECX, 11, ANY, "avx512vnni", "avx512-vnni",
	  "AVX-512 dot products of small integers")
CPUID_BIT(0x7, 0, ECX, 12, ANY, "avx512bitalg", "avx512-bitalg",
	  "AVX-512 population counts of bytes and words")
CPUID_BIT(0x7, 0, ECX, 13, INTEL, "tme", "", "memory encrypted as a whole")
CPUID_BIT(0x7, 0, ECX, 14, ANY, "avx512-vpopcntdq", "",
	  "AVX-512 population counts of 32 and 64 bits")
CPUID_BIT(0x7, 0, ECX, 16, ANY, "la57", "", "five-level page tables: 57-bit addresses")
CPUID_FIELD(0x7, 0, ECX, 21, 17, INTEL, "mawau", "",
	    "width adjustment for the bounds directory of MPX")
CPUID_BIT(0x7, 0, ECX, 22, ANY, "rdpid", "", "RDPID: CPU number without a system call")
CPUID_BIT(0x7, 0, ECX, 23, INTEL, "kl", "key-locker,aeskl", "Key Locker: AES keys as handles")
CPUID_BIT(0x7, 0, ECX, 24, ANY, "bus-lock-detect", "bus-lock-trap", "debug exception on bus locks")
CPUID_BIT(0x7, 0, ECX, 25, INTEL, "cldemote", "", "CLDEMOTE: push a cache line outwards")
CPUID_BIT(0x7, 0, ECX, 27, ANY, "movdiri", "", "MOVDIRI: direct store of 4 or 8 bytes")
CPUID_BIT(0x7, 0, ECX, 28, ANY, "movdir64b", "", "MOVDIR64B: direct store of 64 bytes")
CPUID_BIT(0x7, 0, ECX, 29, INTEL, "enqcmd", "", "commands to devices by PASID")
CPUID_BIT(0x7, 0, ECX, 30, INTEL, "sgxlc", "sgx-lc", "who may launch enclaves is settable")
CPUID_BIT(0x7, 0, ECX, 31, INTEL, "pks", "", "protection keys for supervisor pages")

CPUID_BIT(0x7, 0, EDX, 1, INTEL, "sgx-keys", "", "attestation services for SGX")
CPUID_BIT(0x7, 0, EDX, 2, INTEL, "avx512-4vnniw", "",
	  "AVX-512 four-step integer dot products (Xeon Phi)")
CPUID_BIT(0x7, 0, EDX, 3, INTEL, "avx512-4fmaps", "", "AVX-512 four-step multiply-add (Xeon Phi)")
CPUID_BIT(0x7, 0, EDX, 4, ANY, "fsrm", "", "short REP MOVSB is fast")
CPUID_BIT(0x7, 0, EDX, 5, INTEL, "uintr", "", "interrupts delivered to user mode")
CPUID_BIT(0x7, 0, EDX, 8, ANY, "avx512-vp2intersect", "", "AVX-512 intersection of two vectors")
CPUID_BIT(0x7, 0, EDX, 9, INTEL, "srbds-ctrl", "", "random number mitigation can be switched off")
CPUID_BIT(0x7, 0, EDX, 10, INTEL, "md-clear", "", "VERW clears buffers against MDS")
CPUID_BIT(0x7, 0, EDX, 11, INTEL, "rtm-always-abort", "", "every transaction aborts")
CPUID_BIT(0x7, 0, EDX, 13, INTEL, "tsx-force-abort", "rtm-force-abort",
	  "transactions can be made to abort, to free a counter")
CPUID_BIT(0x7, 0, EDX, 14, INTEL, "serialize", "", "SERIALIZE: an instruction that only serializes")
CPUID_BIT(0x7, 0, EDX, 15, INTEL, "hybrid", "hybrid-cpu", "cores of more than one type")
CPUID_BIT(0x7, 0, EDX, 16, INTEL, "tsx-ldtrk", "tsxldtrk",
	  "loads inside a transaction can go untracked")
CPUID_BIT(0x7, 0, EDX, 18, INTEL, "pconfig", "", "PCONFIG: memory encryption keys")
CPUID_BIT(0x7, 0, EDX, 19, INTEL, "arch-lbr", "", "last branch records, architectural")
CPUID_BIT(0x7, 0, EDX, 20, INTEL, "cet-ibt", "ibt", "indirect branches must land on ENDBR (CET)")
CPUID_BIT(0x7, 0, EDX, 22, INTEL, "amx-bf16", "", "AMX tiles of bfloat16")
CPUID_BIT(0x7, 0, EDX, 23, INTEL, "avx512-fp16", "", "AVX-512 half precision arithmetic")
CPUID_BIT(0x7, 0, EDX, 24, INTEL, "amx-tile", "", "AMX: tile registers")
CPUID_BIT(0x7, 0, EDX, 25, INTEL, "amx-int8", "", "AMX tiles of 8-bit integers")
CPUID_BIT(0x7, 0, EDX, 26, ANY, "spec-ctrl", "ibrs-ibpb",
	  "IBRS and IBPB: branch prediction restricted and flushed")
CPUID_BIT(0x7, 0, EDX, 27, ANY, "stibp", "intel-stibp",
	  "no branch prediction shared between threads")
CPUID_BIT(0x7, 0, EDX, 28, INTEL, "flush-l1d", "", "L1D cache flushed by an MSR")
CPUID_BIT(0x7, 0, EDX, 29, ANY, "arch-capabilities", "", "IA32_ARCH_CAPABILITIES exists")
CPUID_BIT(0x7, 0, EDX, 30, INTEL, "core-capability", "core-capabilities",
	  "IA32_CORE_CAPABILITIES exists")
CPUID_BIT(0x7, 0, EDX, 31, ANY, "ssbd", "spec-ctrl-ssbd",
	  "loads don't pass older stores speculatively")

CPUID_BIT(0x7, 1, EAX, 0, INTEL, "sha512", "", "SHA-512 rounds")
CPUID_BIT(0x7, 1, EAX, 1, INTEL, "sm3", "", "SM3 hash rounds")
CPUID_BIT(0x7, 1, EAX, 2, INTEL, "sm4", "", "SM4 cipher rounds")
CPUID_BIT(0x7, 1, EAX, 3, INTEL, "rao-int", "", "atomic operations without a result")
CPUID_BIT(0x7, 1, EAX, 4, ANY, "avx-vnni", "", "dot products of small integers on AVX registers")
CPUID_BIT(0x7, 1, EAX, 5, ANY, "avx512-bf16", "", "AVX-512 with bfloat16")
CPUID_BIT(0x7, 1, EAX, 6, INTEL, "lass", "", "user and kernel addresses kept apart by the top bit")
CPUID_BIT(0x7, 1, EAX, 7, INTEL, "cmpccxadd", "", "compare and add atomically under a condition")
CPUID_BIT(0x7, 1, EAX, 8, INTEL, "arch-perfmon-ext", "", "leaf 0x23 describes the PMU")
CPUID_BIT(0x7, 1, EAX, 10, ANY, "fzrm", "", "REP MOVSB of length zero is fast")
CPUID_BIT(0x7, 1, EAX, 11, ANY, "fsrs", "", "short REP STOSB is fast")
CPUID_BIT(0x7, 1, EAX, 12, ANY, "fsrc", "", "short REP CMPSB and SCASB are fast")
CPUID_BIT(0x7, 1, EAX, 17, INTEL, "fred", "", "events delivered and returned from in a new way")
CPUID_BIT(0x7, 1, EAX, 18, INTEL, "lkgs", "", "LKGS: load GS for user mode from the kernel")
CPUID_BIT(0x7, 1, EAX, 19, INTEL, "wrmsrns", "", "WRMSRNS: an MSR written without serializing")
CPUID_BIT(0x7, 1, EAX, 20, INTEL, "nmi-src", "nmi-source-report", "the source of an NMI is told")
CPUID_BIT(0x7, 1, EAX, 21, INTEL, "amx-fp16", "", "AMX tiles of half precision")
CPUID_BIT(0x7, 1, EAX, 22, INTEL, "hreset", "", "processor history can be reset")
CPUID_BIT(0x7, 1, EAX, 23, ANY, "avx-ifma", "", "52-bit multiplication on AVX registers")
CPUID_BIT(0x7, 1, EAX, 26, INTEL, "lam", "", "upper address bits can carry data")
CPUID_BIT(0x7, 1, EAX, 27, INTEL, "msrlist", "", "lists of MSRs read and written at once")
CPUID_BIT(0x7, 1, EAX, 30, INTEL, "invd-disable", "invd-disable-post-bios-done",
	  "INVD faults once firmware is done")
CPUID_BIT(0x7, 1, EAX, 31, INTEL, "movrs", "", "MOVRS: loads that hint at read sharing")

CPUID_BIT(0x7, 1, EBX, 0, INTEL, "ppin", "intel-ppin",
	  "the processor's inventory number can be read")
CPUID_BIT(0x7, 1, EBX, 1, INTEL, "pbndkb", "tse", "PBNDKB: storage keys bound to the platform")
CPUID_BIT(0x7, 1, EBX, 3, INTEL, "cpuid-max-limit-removed", "cpuidmaxval-lim-rmv",
	  "the switch that limits CPUID's leaves is gone")

CPUID_BIT(0x7, 1, ECX, 5, INTEL, "msr-imm", "", "MSR number as part of the instruction")

CPUID_BIT(0x7, 1, EDX, 4, ANY, "avx-vnni-int8", "", "AVX dot products of signed bytes")
CPUID_BIT(0x7, 1, EDX, 5, INTEL, "avx-ne-convert", "",
	  "AVX conversions of bfloat16 and half precision")
CPUID_BIT(0x7, 1, EDX, 8, INTEL, "amx-complex", "", "AMX tiles of complex numbers")
CPUID_BIT(0x7, 1, EDX, 10, ANY, "avx-vnni-int16", "", "AVX dot products of 16-bit integers")
CPUID_BIT(0x7, 1, EDX, 13, INTEL, "utmr", "", "timer events in user mode")
CPUID_BIT(0x7, 1, EDX, 14, INTEL, "prefetchiti", "prefetchi-intel",
	  "code prefetched into the cache")
CPUID_BIT(0x7, 1, EDX, 15, INTEL, "user-msr", "", "chosen MSRs reached from user mode")
CPUID_BIT(0x7, 1, EDX, 17, INTEL, "uiret-uif", "",
	  "UIRET takes the user interrupt flag from the stack")
CPUID_BIT(0x7, 1, EDX, 18, INTEL, "cet-sss", "",
	  "supervisor shadow stacks can't be broken by a busy bit")
CPUID_BIT(0x7, 1, EDX, 19, ANY, "avx10", "", "AVX10: AVX-512 by version instead of by bit")
CPUID_BIT(0x7, 1, EDX, 21, ANY, "apxf", "apx,apx-f", "APX: 16 more general registers")
CPUID_BIT(0x7, 1, EDX, 23, INTEL, "mwait-leaf1", "", "MWAIT is there although MONITOR may not be")

CPUID_BIT(0x7, 2, EDX, 0, INTEL, "intel-psfd", "psfd",
	  "predictive store forwarding can be switched off")
CPUID_BIT(0x7, 2, EDX, 1, INTEL, "ipred-ctrl", "",
	  "indirect prediction can be restricted to own history")
CPUID_BIT(0x7, 2, EDX, 2, INTEL, "rrsba-ctrl", "",
	  "alternate prediction for RET can be switched off")
CPUID_BIT(0x7, 2, EDX, 3, INTEL, "ddpd-u", "ddp-ctrl",
	  "data dependent prefetching can be switched off")
CPUID_BIT(0x7, 2, EDX, 4, INTEL, "bhi-ctrl", "",
	  "branch history is kept from the kernel's predictions")
CPUID_BIT(0x7, 2, EDX, 5, INTEL, "mcdt-no", "", "not open to stale configuration timing (MCDT)")
CPUID_BIT(0x7, 2, EDX, 6, INTEL, "uc-lock-disable", "",
	  "locks on uncached memory can be made to fault")
CPUID_BIT(0x7, 2, EDX, 7, INTEL, "monitor-mitg-no", "",
	  "not open to the MONITOR and UMONITOR weakness")

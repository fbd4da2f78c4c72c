/* SPDX-License-Identifier: GPL-2.0 */
/* XSAVE state, resource control, SGX, trace, AMX and the newest numbered leaves. */

CPUID_BIT(0xd, 0, EAX, 0, ANY, "xcr0-x87", "", "XCR0: x87 state")
CPUID_BIT(0xd, 0, EAX, 1, ANY, "xcr0-sse", "", "XCR0: SSE state")
CPUID_BIT(0xd, 0, EAX, 2, ANY, "xcr0-avx", "", "XCR0: upper halves of AVX registers")
CPUID_BIT(0xd, 0, EAX, 3, INTEL, "xcr0-bndregs", "", "XCR0: MPX bounds registers")
CPUID_BIT(0xd, 0, EAX, 4, INTEL, "xcr0-bndcsr", "", "XCR0: MPX configuration")
CPUID_BIT(0xd, 0, EAX, 5, ANY, "xcr0-opmask", "", "XCR0: AVX-512 masks")
CPUID_BIT(0xd, 0, EAX, 6, ANY, "xcr0-zmm-hi256", "", "XCR0: upper halves of ZMM0 to ZMM15")
CPUID_BIT(0xd, 0, EAX, 7, ANY, "xcr0-hi16-zmm", "", "XCR0: ZMM16 to ZMM31")
CPUID_BIT(0xd, 0, EAX, 9, ANY, "xcr0-pkru", "", "XCR0: rights of protection keys")
CPUID_BIT(0xd, 0, EAX, 17, INTEL, "xcr0-tilecfg", "", "XCR0: AMX configuration")
CPUID_BIT(0xd, 0, EAX, 18, INTEL, "xcr0-tiledata", "", "XCR0: AMX tiles")
CPUID_BIT(0xd, 0, EAX, 19, INTEL, "xcr0-apx", "", "XCR0: R16 to R31")

PASS_CPUID_FIELD(0xd, 0, EBX, 31, 0, RECOMPUTE, ANY, "xsave-size-enabled", "",
		 "bytes of XSAVE area for what XCR0 has on now")

PASS_CPUID_FIELD(0xd, 0, ECX, 31, 0, RECOMPUTE, ANY, "xsave-size-max", "",
		 "bytes of XSAVE area for all that XCR0 may have")

CPUID_BIT(0xd, 0, EDX, 30, AMD, "xcr0-lwp", "", "XCR0: lightweight profiling")

CPUID_BIT(0xd, 1, EAX, 0, ANY, "xsaveopt", "", "XSAVEOPT: unchanged state is not written")
CPUID_BIT(0xd, 1, EAX, 1, ANY, "xsavec", "", "XSAVEC: state saved without gaps")
CPUID_BIT(0xd, 1, EAX, 2, ANY, "xgetbv1", "", "XGETBV tells which state is in use")
CPUID_BIT(0xd, 1, EAX, 3, ANY, "xsaves", "", "XSAVES and IA32_XSS: supervisor state too")
CPUID_BIT(0xd, 1, EAX, 4, INTEL, "xfd", "",
	  "use of a state component can be made to fault at first")

PASS_CPUID_FIELD(0xd, 1, EBX, 31, 0, RECOMPUTE, ANY, "xsaves-size", "",
		 "bytes of compacted area for what XCR0 and XSS have on")

CPUID_BIT(0xd, 1, ECX, 8, INTEL, "xss-pt", "", "XSS: Processor Trace")
CPUID_BIT(0xd, 1, ECX, 10, INTEL, "xss-pasid", "", "XSS: PASID for ENQCMD")
CPUID_BIT(0xd, 1, ECX, 11, ANY, "xss-cet-u", "", "XSS: shadow stack state of user mode")
CPUID_BIT(0xd, 1, ECX, 12, ANY, "xss-cet-s", "", "XSS: shadow stack pointers of the kernel")
CPUID_BIT(0xd, 1, ECX, 13, INTEL, "xss-hdc", "", "XSS: hardware duty cycling")
CPUID_BIT(0xd, 1, ECX, 14, INTEL, "xss-uintr", "", "XSS: user interrupts")
CPUID_BIT(0xd, 1, ECX, 15, INTEL, "xss-lbr", "", "XSS: last branch records")
CPUID_BIT(0xd, 1, ECX, 16, INTEL, "xss-hwp", "", "XSS: hardware P-states")

CPUID_FIELD(0xd, 2, EAX, 31, 0, ANY, "xstate-size", "", "bytes of a state component")

CPUID_FIELD(0xd, 2, EBX, 31, 0, ANY, "xstate-offset", "",
	    "where a component lies in the standard format")

CPUID_FIELD(0xd, 2, ECX, 0, 0, ANY, "xstate-supervisor", "",
	    "the component belongs to XSS, not XCR0")
CPUID_FIELD(0xd, 2, ECX, 1, 1, ANY, "xstate-aligned", "",
	    "the component starts on 64 bytes when compacted")
CPUID_FIELD(0xd, 2, ECX, 2, 2, INTEL, "xstate-xfd", "",
	    "the component can be made to fault at first use")

CPUID_FIELD(0xf, 0, EBX, 31, 0, ANY, "rmid-max", "max-rmid", "highest tag of resource monitoring")

CPUID_BIT(0xf, 0, EDX, 1, ANY, "cqm-llc", "", "L3 monitoring")

CPUID_FIELD(0xf, 1, EAX, 7, 0, ANY, "rmid-counter-offset", "",
	    "width of the monitoring counter, less 24")
CPUID_BIT(0xf, 1, EAX, 8, ANY, "rmid-overflow", "", "the monitoring counter has an overflow bit")
CPUID_BIT(0xf, 1, EAX, 9, INTEL, "io-cmt", "", "occupancy of devices is monitored")
CPUID_BIT(0xf, 1, EAX, 10, INTEL, "io-mbm", "", "bandwidth of devices is monitored")

CPUID_FIELD(0xf, 1, EBX, 31, 0, ANY, "rmid-scale", "", "bytes that one count stands for")

CPUID_FIELD(0xf, 1, ECX, 31, 0, ANY, "rmid-max-l3", "", "highest tag of L3 monitoring")

CPUID_BIT(0xf, 1, EDX, 0, ANY, "cqm-occup-llc", "", "L3 occupancy is monitored")
CPUID_BIT(0xf, 1, EDX, 1, ANY, "mbm_total", "cqm-mbm-total", "total memory bandwidth is monitored")
CPUID_BIT(0xf, 1, EDX, 2, ANY, "mbm_local", "cqm-mbm-local", "local memory bandwidth is monitored")

CPUID_BIT(0x10, 0, EBX, 1, ANY, "cat-l3", "", "shares of the L3 cache by class")
CPUID_BIT(0x10, 0, EBX, 2, ANY, "cat-l2", "", "shares of the L2 cache by class")
CPUID_BIT(0x10, 0, EBX, 3, INTEL, "mba", "", "memory bandwidth by class")
CPUID_BIT(0x10, 0, EBX, 5, INTEL, "cba", "", "cache bandwidth by class")

CPUID_FIELD(0x10, 1, EAX, 4, 0, ANY, "cat-mask-length", "",
	    "bits in a mask of cache ways, less one")

CPUID_FIELD(0x10, 1, EBX, 31, 0, ANY, "cat-shared-ways", "", "ways that others use too")

CPUID_BIT(0x10, 1, ECX, 1, INTEL, "cat-l3-io", "", "classes of service for devices")
CPUID_BIT(0x10, 1, ECX, 2, ANY, "cdp-l3", "", "separate masks for code and data in L3")
CPUID_BIT(0x10, 1, ECX, 3, INTEL, "cat-l3-noncontiguous", "", "masks of ways may have gaps")

CPUID_FIELD(0x10, 1, EDX, 15, 0, ANY, "cat-max-class", "", "highest class of service")

CPUID_BIT(0x10, 2, ECX, 1, INTEL, "cat-l2-io", "", "classes of service for devices in L2")
CPUID_BIT(0x10, 2, ECX, 2, ANY, "cdp-l2", "", "separate masks for code and data in L2")
CPUID_BIT(0x10, 2, ECX, 3, INTEL, "cat-l2-noncontiguous", "", "masks of L2 ways may have gaps")

CPUID_FIELD(0x10, 3, EAX, 11, 0, INTEL, "mba-max-throttle", "",
	    "strongest throttling of bandwidth, less one")

CPUID_BIT(0x10, 3, ECX, 0, INTEL, "mba-per-thread", "per-thread-mba",
	  "throttling by thread, not by core")
CPUID_BIT(0x10, 3, ECX, 2, INTEL, "mba-linear", "", "throttling goes in equal steps")

CPUID_FIELD(0x10, 3, EDX, 15, 0, INTEL, "mba-max-class", "",
	    "highest class of service for bandwidth")

CPUID_BIT(0x12, 0, EAX, 0, INTEL, "sgx1", "", "SGX: the first set of instructions")
CPUID_BIT(0x12, 0, EAX, 1, INTEL, "sgx2", "", "SGX: enclave memory changes at run time")
CPUID_BIT(0x12, 0, EAX, 5, INTEL, "sgx-enclv", "sgx-enclv-oversub",
	  "SGX: ENCLV, oversubscription from inside a guest")
CPUID_BIT(0x12, 0, EAX, 6, INTEL, "sgx-encls-c", "sgx-encls-oversub",
	  "SGX: ENCLS leaves for oversubscription")
CPUID_BIT(0x12, 0, EAX, 7, INTEL, "sgx-everifyreport2", "", "SGX: EVERIFYREPORT2")
CPUID_BIT(0x12, 0, EAX, 10, INTEL, "sgx-eupdatesvn", "", "SGX: EUPDATESVN after a microcode update")
CPUID_BIT(0x12, 0, EAX, 11, INTEL, "sgx-edeccssa", "", "SGX: EDECCSSA")

CPUID_BIT(0x12, 0, EBX, 0, INTEL, "sgx-exinfo", "",
	  "SGX: page faults inside an enclave are reported")
CPUID_BIT(0x12, 0, EBX, 1, INTEL, "sgx-cpinfo", "", "SGX: control protection faults are reported")

CPUID_FIELD(0x12, 0, EDX, 7, 0, INTEL, "sgx-max-size-32", "",
	    "largest 32-bit enclave, as a power of two")
CPUID_FIELD(0x12, 0, EDX, 15, 8, INTEL, "sgx-max-size-64", "",
	    "largest 64-bit enclave, as a power of two")

CPUID_BIT(0x12, 1, EAX, 0, INTEL, "sgx-attr-init", "", "enclave attribute INIT may be set")
CPUID_BIT(0x12, 1, EAX, 1, INTEL, "sgx-debug", "", "enclave attribute DEBUG may be set")
CPUID_BIT(0x12, 1, EAX, 2, INTEL, "sgx-mode64", "", "enclave attribute MODE64BIT may be set")
CPUID_BIT(0x12, 1, EAX, 4, INTEL, "sgx-provisionkey", "",
	  "enclave attribute for the provisioning key")
CPUID_BIT(0x12, 1, EAX, 5, INTEL, "sgx-tokenkey", "", "enclave attribute for the launch token key")
CPUID_BIT(0x12, 1, EAX, 6, INTEL, "sgx-cet", "", "enclave attribute for CET")
CPUID_BIT(0x12, 1, EAX, 7, INTEL, "sgx-kss", "", "key separation and sharing")
CPUID_BIT(0x12, 1, EAX, 10, INTEL, "sgx-aex-notify", "", "an enclave is told of asynchronous exits")

CPUID_BIT(0x12, 1, ECX, 0, INTEL, "sgx-xfrm-x87", "", "an enclave may have x87 state")
CPUID_BIT(0x12, 1, ECX, 1, INTEL, "sgx-xfrm-sse", "", "an enclave may have SSE state")
CPUID_BIT(0x12, 1, ECX, 2, INTEL, "sgx-xfrm-avx", "", "an enclave may have AVX state")
CPUID_BIT(0x12, 1, ECX, 3, INTEL, "sgx-xfrm-bndregs", "",
	  "an enclave may have MPX bounds registers")
CPUID_BIT(0x12, 1, ECX, 4, INTEL, "sgx-xfrm-bndcsr", "", "an enclave may have MPX configuration")
CPUID_BIT(0x12, 1, ECX, 5, INTEL, "sgx-xfrm-opmask", "", "an enclave may have AVX-512 masks")
CPUID_BIT(0x12, 1, ECX, 6, INTEL, "sgx-xfrm-zmm-hi256", "",
	  "an enclave may have upper halves of ZMM0 to ZMM15")
CPUID_BIT(0x12, 1, ECX, 7, INTEL, "sgx-xfrm-hi16-zmm", "", "an enclave may have ZMM16 to ZMM31")
CPUID_BIT(0x12, 1, ECX, 9, INTEL, "sgx-xfrm-pkru", "",
	  "an enclave may have rights of protection keys")
CPUID_BIT(0x12, 1, ECX, 17, INTEL, "sgx-xfrm-tilecfg", "", "an enclave may have AMX configuration")
CPUID_BIT(0x12, 1, ECX, 18, INTEL, "sgx-xfrm-tiledata", "", "an enclave may have AMX tiles")
CPUID_BIT(0x12, 1, ECX, 19, INTEL, "sgx-xfrm-apx", "", "an enclave may have R16 to R31")

CPUID_BIT(0x12, 1, EDX, 30, INTEL, "sgx-xfrm-lwp", "", "an enclave may have lightweight profiling")

CPUID_FIELD(0x14, 0, EAX, 31, 0, INTEL, "pt-max-subleaf", "", "highest subleaf of leaf 0x14")

CPUID_BIT(0x14, 0, EBX, 0, INTEL, "pt-cr3-filter", "intel-pt-cr3-filter",
	  "trace only one address space")
CPUID_BIT(0x14, 0, EBX, 1, INTEL, "pt-psb-cyc", "",
	  "packets for synchronization and cycles are configurable")
CPUID_BIT(0x14, 0, EBX, 2, INTEL, "pt-ip-filter", "", "trace only ranges of addresses")
CPUID_BIT(0x14, 0, EBX, 3, INTEL, "pt-mtc", "", "time packets from the crystal clock")
CPUID_BIT(0x14, 0, EBX, 4, INTEL, "ptwrite", "", "PTWRITE: data into the trace")
CPUID_BIT(0x14, 0, EBX, 5, INTEL, "pt-power-event", "", "packets for power events")
CPUID_BIT(0x14, 0, EBX, 6, INTEL, "pt-psb-pmi", "", "PSB and PMI are kept over entries to a guest")
CPUID_BIT(0x14, 0, EBX, 7, INTEL, "pt-event-trace", "", "packets for events such as interrupts")
CPUID_BIT(0x14, 0, EBX, 8, INTEL, "pt-tnt-disable", "", "packets for branches can be left out")

CPUID_BIT(0x14, 0, ECX, 0, INTEL, "pt-topa", "", "output to tables of regions")
CPUID_BIT(0x14, 0, ECX, 1, INTEL, "pt-topa-multiple", "", "tables with any number of regions")
CPUID_BIT(0x14, 0, ECX, 2, INTEL, "pt-single-range", "", "output to one region")
CPUID_BIT(0x14, 0, ECX, 3, INTEL, "pt-transport", "", "output to a trace transport")
CPUID_BIT(0x14, 0, ECX, 31, INTEL, "intel-pt-lip", "", "addresses in packets are linear: a format")

CPUID_FIELD(0x14, 1, EAX, 2, 0, INTEL, "pt-ranges", "", "address ranges for filters")
CPUID_FIELD(0x14, 1, EAX, 31, 16, INTEL, "pt-mtc-periods", "",
	    "periods of time packets, a bit for each")

CPUID_FIELD(0x14, 1, EBX, 15, 0, INTEL, "pt-cycle-thresholds", "",
	    "thresholds of cycle packets, a bit for each")
CPUID_FIELD(0x14, 1, EBX, 31, 16, INTEL, "pt-psb-frequencies", "",
	    "frequencies of synchronization packets, a bit for each")

CPUID_BIT(0x19, 0, EAX, 0, INTEL, "kl-cpl0-only", "", "Key Locker: keys for the kernel only")
CPUID_BIT(0x19, 0, EAX, 1, INTEL, "kl-no-encrypt", "", "Key Locker: keys that can't encrypt")
CPUID_BIT(0x19, 0, EAX, 2, INTEL, "kl-no-decrypt", "", "Key Locker: keys that can't decrypt")

PASS_CPUID_BIT(0x19, 0, EBX, 0, DYNAMIC, INTEL, "aeskle", "", "the guest has set CR4.KL")
CPUID_BIT(0x19, 0, EBX, 2, INTEL, "kl-wide", "widekl,wide-kl", "Key Locker on eight blocks at once")
CPUID_BIT(0x19, 0, EBX, 4, INTEL, "kl-backup", "", "Key Locker: the wrapping key can be backed up")

CPUID_BIT(0x19, 0, ECX, 0, INTEL, "kl-no-backup", "",
	  "Key Locker: backup of the wrapping key can be forbidden")
CPUID_BIT(0x19, 0, ECX, 1, INTEL, "kl-random-key", "", "Key Locker: the wrapping key can be random")

CPUID_FIELD(0x1c, 0, EAX, 7, 0, INTEL, "lbr-depths", "",
	    "depths of the branch record stack, a bit for each 8")
CPUID_BIT(0x1c, 0, EAX, 30, INTEL, "lbr-cstate-reset", "",
	  "branch records may be lost in deep C-states")
CPUID_BIT(0x1c, 0, EAX, 31, INTEL, "lbr-lip", "", "addresses in records are linear: a format")

CPUID_BIT(0x1c, 0, EBX, 0, INTEL, "lbr-cpl-filter", "",
	  "branch records filtered by privilege level")
CPUID_BIT(0x1c, 0, EBX, 1, INTEL, "lbr-branch-filter", "",
	  "branch records filtered by kind of branch")
CPUID_BIT(0x1c, 0, EBX, 2, INTEL, "lbr-call-stack", "", "branch records as a call stack")

CPUID_BIT(0x1c, 0, ECX, 0, INTEL, "lbr-mispredict", "", "records tell of wrong predictions")
CPUID_BIT(0x1c, 0, ECX, 1, INTEL, "lbr-timed", "lbr-cycles", "records count cycles")
CPUID_BIT(0x1c, 0, ECX, 2, INTEL, "lbr-type", "", "records tell the kind of branch")
CPUID_FIELD(0x1c, 0, ECX, 19, 16, INTEL, "lbr-event-counters", "",
	    "counters whose events go into records")

CPUID_FIELD(0x1d, 0, EAX, 31, 0, INTEL, "amx-max-palette", "", "highest AMX palette")

CPUID_FIELD(0x1d, 1, EAX, 15, 0, INTEL, "amx-palette-bytes", "", "bytes of all tiles of a palette")
CPUID_FIELD(0x1d, 1, EAX, 31, 16, INTEL, "amx-tile-bytes", "", "bytes of one tile")

CPUID_FIELD(0x1d, 1, EBX, 15, 0, INTEL, "amx-row-bytes", "", "bytes of a row")
CPUID_FIELD(0x1d, 1, EBX, 31, 16, INTEL, "amx-tiles", "", "number of tiles")

CPUID_FIELD(0x1d, 1, ECX, 15, 0, INTEL, "amx-max-rows", "", "rows of a tile")

CPUID_FIELD(0x1e, 0, EAX, 31, 0, INTEL, "tmul-max-subleaf", "", "highest subleaf of leaf 0x1E")

CPUID_FIELD(0x1e, 0, EBX, 7, 0, INTEL, "tmul-max-k", "", "rows or columns of the AMX multiplier")
CPUID_FIELD(0x1e, 0, EBX, 23, 8, INTEL, "tmul-max-n", "", "column bytes of the AMX multiplier")

CPUID_BIT(0x1e, 1, EAX, 0, INTEL, "amx-int8-alias", "amx-int8-mirror",
	  "amx-int8, told of once more")
CPUID_BIT(0x1e, 1, EAX, 1, INTEL, "amx-bf16-alias", "amx-bf16-mirror",
	  "amx-bf16, told of once more")
CPUID_BIT(0x1e, 1, EAX, 2, INTEL, "amx-complex-alias", "amx-complex-mirror",
	  "amx-complex, told of once more")
CPUID_BIT(0x1e, 1, EAX, 3, INTEL, "amx-fp16-alias", "amx-fp16-mirror",
	  "amx-fp16, told of once more")
CPUID_BIT(0x1e, 1, EAX, 4, INTEL, "amx-fp8", "", "AMX tiles of 8-bit floating point")
CPUID_BIT(0x1e, 1, EAX, 5, INTEL, "amx-transpose", "",
	  "AMX tiles transposed: withdrawn before it was sold")
CPUID_BIT(0x1e, 1, EAX, 6, INTEL, "amx-tf32", "", "AMX tiles of TF32")
CPUID_BIT(0x1e, 1, EAX, 7, INTEL, "amx-avx512", "", "AMX rows and columns into AVX-512 registers")
CPUID_BIT(0x1e, 1, EAX, 8, INTEL, "amx-movrs", "", "AMX tile loads that hint at read sharing")

CPUID_FIELD(0x20, 0, EAX, 31, 0, INTEL, "hreset-max-subleaf", "", "highest subleaf of leaf 0x20")

CPUID_BIT(0x20, 0, EBX, 0, INTEL, "hreset-itd", "hreset-thread-director",
	  "HRESET forgets the history of Thread Director")

CPUID_FIELD(0x23, 0, EAX, 5, 0, INTEL, "pmu-subleaves", "",
	    "subleaves of leaf 0x23 that are there, a bit for each")

CPUID_BIT(0x23, 0, EBX, 0, INTEL, "pmu-umask2", "", "events have a second unit mask")
CPUID_BIT(0x23, 0, EBX, 1, INTEL, "pmu-eq", "", "events can be counted while equal to a threshold")
CPUID_BIT(0x23, 0, EBX, 2, INTEL, "pmu-rdpmc-user-disable", "",
	  "RDPMC can be kept from user mode by counter")

CPUID_FIELD(0x23, 0, ECX, 7, 0, INTEL, "pmu-slots", "", "issue slots for each cycle")

CPUID_FIELD(0x23, 1, EAX, 31, 0, INTEL, "pmu-gp-bitmap", "", "general counters, a bit for each")

CPUID_FIELD(0x23, 1, EBX, 31, 0, INTEL, "pmu-fixed-bitmap", "", "fixed counters, a bit for each")

CPUID_FIELD(0x23, 2, EAX, 31, 0, INTEL, "pmu-acr-gp", "",
	    "general counters that can be reloaded by others")

CPUID_FIELD(0x23, 2, EBX, 31, 0, INTEL, "pmu-acr-fixed", "",
	    "fixed counters that can be reloaded by others")

CPUID_FIELD(0x23, 2, ECX, 31, 0, INTEL, "pmu-acr-cause-gp", "",
	    "general counters that can reload others")

CPUID_FIELD(0x23, 2, EDX, 31, 0, INTEL, "pmu-acr-cause-fixed", "",
	    "fixed counters that can reload others")

CPUID_FIELD(0x23, 3, EAX, 31, 0, INTEL, "pmu-events", "",
	    "architectural events that are there, a bit for each")

CPUID_FIELD(0x23, 4, EBX, 31, 0, INTEL, "pmu-pebs-groups", "",
	    "groups of fields in sampling records")

CPUID_FIELD(0x23, 5, EAX, 31, 0, INTEL, "pmu-pebs-gp", "", "general counters that can sample")

CPUID_FIELD(0x23, 5, ECX, 31, 0, INTEL, "pmu-pebs-fixed", "", "fixed counters that can sample")

CPUID_FIELD(0x24, 0, EAX, 31, 0, INTEL, "avx10-max-subleaf", "", "highest subleaf of leaf 0x24")

CPUID_FIELD(0x24, 0, EBX, 7, 0, INTEL, "avx10-version", "", "version of AVX10")
CPUID_BIT(0x24, 0, EBX, 16, INTEL, "avx10-128", "", "AVX10 with 128-bit vectors")
CPUID_BIT(0x24, 0, EBX, 17, INTEL, "avx10-256", "", "AVX10 with 256-bit vectors")
CPUID_BIT(0x24, 0, EBX, 18, INTEL, "avx10-512", "", "AVX10 with 512-bit vectors")

CPUID_BIT(0x24, 1, ECX, 2, INTEL, "avx10-vnni-int", "",
	  "AVX10 dot products of 8 and 16-bit integers")

CPUID_FIELD(0x29, 0, EAX, 31, 0, INTEL, "apx-max-subleaf", "", "highest subleaf of leaf 0x29")

CPUID_BIT(0x29, 0, EBX, 0, INTEL, "apx-nci-ndd-nf", "",
	  "APX: new destinations, no flags, conditional instructions")

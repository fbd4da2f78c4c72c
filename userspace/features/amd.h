/* SPDX-License-Identifier: GPL-2.0 */
/* The extended leaves, AMD's more than others', and Centaur's. */

CPUID_FIELD(0x80000000, 0, EAX, 31, 0, ANY, "max-extended-leaf", "xlevel", "highest extended leaf")

PASS_CPUID_FIELD(0x80000000, 0, EBX, 31, 0, VMM, AMD, "extended-vendor-id-1", "",
		 "first four letters of the vendor's name, again")

PASS_CPUID_FIELD(0x80000000, 0, ECX, 31, 0, VMM, AMD, "extended-vendor-id-3", "",
		 "last four letters of the vendor's name, again")

PASS_CPUID_FIELD(0x80000000, 0, EDX, 31, 0, VMM, AMD, "extended-vendor-id-2", "",
		 "middle four letters of the vendor's name, again")

PASS_CPUID_FIELD(0x80000001, 0, EAX, 31, 0, VMM, AMD, "extended-signature", "",
		 "family, model and stepping, again")

PASS_CPUID_FIELD(0x80000001, 0, EBX, 31, 0, VMM, AMD, "extended-brand-id", "",
		 "brand and package type")

CPUID_BIT(0x80000001, 0, ECX, 0, ANY, "lahf_lm", "", "LAHF and SAHF in 64-bit mode")
PASS_CPUID_BIT(0x80000001, 0, ECX, 1, TOPOLOGY, AMD, "cmp_legacy", "",
	       "the threads of a package are cores")
CPUID_BIT(0x80000001, 0, ECX, 2, AMD, "svm", "", "SVM: hardware virtualization, so nested guests")
CPUID_BIT(0x80000001, 0, ECX, 3, AMD, "extapic", "", "more registers in the APIC")
CPUID_BIT(0x80000001, 0, ECX, 4, AMD, "cr8legacy", "cr8-legacy", "CR8 reached in 32-bit mode")
CPUID_BIT(0x80000001, 0, ECX, 5, ANY, "abm", "lzcnt", "LZCNT: leading zeros")
CPUID_BIT(0x80000001, 0, ECX, 6, AMD, "sse4a", "",
	  "SSE4A: bit fields in vectors, streaming scalars")
CPUID_BIT(0x80000001, 0, ECX, 7, AMD, "misalignsse", "",
	  "vector operands in memory need not be aligned")
CPUID_BIT(0x80000001, 0, ECX, 8, ANY, "3dnowprefetch", "prefetchw", "PREFETCH and PREFETCHW")
CPUID_BIT(0x80000001, 0, ECX, 9, AMD, "osvw", "",
	  "errata that firmware or software has worked around")
CPUID_BIT(0x80000001, 0, ECX, 10, AMD, "ibs", "", "instruction based sampling")
CPUID_BIT(0x80000001, 0, ECX, 11, AMD, "xop", "", "XOP instructions of Bulldozer")
CPUID_BIT(0x80000001, 0, ECX, 12, AMD, "skinit", "", "SKINIT and STGI: measured launch")
CPUID_BIT(0x80000001, 0, ECX, 13, AMD, "wdt", "", "watchdog timer")
CPUID_BIT(0x80000001, 0, ECX, 15, AMD, "lwp", "", "lightweight profiling")
CPUID_BIT(0x80000001, 0, ECX, 16, AMD, "fma4", "", "fused multiply-add with four operands")
CPUID_BIT(0x80000001, 0, ECX, 17, AMD, "tce", "", "finer invalidation of cached page tables")
CPUID_BIT(0x80000001, 0, ECX, 18, AMD, "cvt16", "", "half precision conversion of SSE5: never sold")
CPUID_BIT(0x80000001, 0, ECX, 19, AMD, "nodeid_msr", "", "MSR with the node number")
CPUID_BIT(0x80000001, 0, ECX, 21, AMD, "tbm", "", "trailing bit manipulation")
CPUID_BIT(0x80000001, 0, ECX, 22, AMD, "topoext", "", "leaves 0x8000001D and 0x8000001E")
CPUID_BIT(0x80000001, 0, ECX, 23, AMD, "perfctr_core", "perfctr-ext-core",
	  "six performance counters for each core")
CPUID_BIT(0x80000001, 0, ECX, 24, AMD, "perfctr_nb", "",
	  "counters of the northbridge or data fabric")
CPUID_BIT(0x80000001, 0, ECX, 25, AMD, "stream-perfmon", "", "streaming performance monitor")
CPUID_BIT(0x80000001, 0, ECX, 26, AMD, "bpext", "", "data breakpoints with address masks")
CPUID_BIT(0x80000001, 0, ECX, 27, AMD, "ptsc", "", "performance time stamp counter")
CPUID_BIT(0x80000001, 0, ECX, 28, AMD, "perfctr_llc", "perfctr_l2,perfctr-l2i",
	  "counters of the last level cache")
CPUID_BIT(0x80000001, 0, ECX, 29, AMD, "mwaitx", "monitorx",
	  "MONITORX and MWAITX: wait with a time limit")
CPUID_BIT(0x80000001, 0, ECX, 30, AMD, "addr-mask-ext", "", "breakpoint address masks up to bit 31")

CPUID_BIT(0x80000001, 0, EDX, 11, ANY, "syscall", "", "SYSCALL and SYSRET")
CPUID_BIT(0x80000001, 0, EDX, 19, AMD, "mp", "", "fit for several processors")
CPUID_BIT(0x80000001, 0, EDX, 20, ANY, "nx", "xd", "pages that can't be executed")
CPUID_BIT(0x80000001, 0, EDX, 22, AMD, "mmxext", "", "more MMX instructions")
CPUID_BIT(0x80000001, 0, EDX, 25, AMD, "fxsr_opt", "ffxsr",
	  "FXSAVE leaves XMM out in 64-bit kernel mode")
CPUID_BIT(0x80000001, 0, EDX, 26, ANY, "pdpe1gb", "page1gb", "1 GiB pages")
CPUID_BIT(0x80000001, 0, EDX, 27, ANY, "rdtscp", "", "RDTSCP: TSC and CPU number together")
CPUID_BIT(0x80000001, 0, EDX, 29, ANY, "lm", "i64", "64-bit mode")
CPUID_BIT(0x80000001, 0, EDX, 30, AMD, "3dnowext", "", "more 3DNow! instructions")
CPUID_BIT(0x80000001, 0, EDX, 31, AMD, "3dnow", "",
	  "3DNow!: two single precision numbers in an MMX register")

PASS_CPUID_FIELD(0x80000002, 0, EAX, 31, 0, VMM, ANY, "brand-string", "",
		 "text that names the processor")

PASS_CPUID_FIELD(0x80000005, 0, EAX, 31, 0, VMM, AMD, "l1-caches", "", "L1 caches and TLBs")

PASS_CPUID_FIELD(0x80000006, 0, EAX, 31, 0, VMM, ANY, "l2-caches", "", "L2 and L3 caches, L2 TLBs")

CPUID_BIT(0x80000007, 0, EBX, 0, AMD, "overflow-recov", "",
	  "machine check overflow does not lose the machine")
CPUID_BIT(0x80000007, 0, EBX, 1, AMD, "succor", "", "uncorrectable errors can be contained")
CPUID_BIT(0x80000007, 0, EBX, 2, AMD, "hwa", "", "hardware assert")
CPUID_BIT(0x80000007, 0, EBX, 3, AMD, "smca", "", "machine checks with wider banks")
CPUID_BIT(0x80000007, 0, EBX, 4, AMD, "pfeh", "", "firmware sees errors first")

CPUID_FIELD(0x80000007, 0, ECX, 31, 0, AMD, "power-sample-time", "",
	    "sample time of the power sensor, in TSC ticks")

CPUID_BIT(0x80000007, 0, EDX, 0, AMD, "ts-sensor", "", "temperature sensor")
CPUID_BIT(0x80000007, 0, EDX, 1, AMD, "fid", "", "frequency by FID")
CPUID_BIT(0x80000007, 0, EDX, 2, AMD, "vid", "", "voltage by VID")
CPUID_BIT(0x80000007, 0, EDX, 3, AMD, "ttp", "", "thermal trip")
CPUID_BIT(0x80000007, 0, EDX, 4, AMD, "tm-hw", "", "thermal control in hardware")
CPUID_BIT(0x80000007, 0, EDX, 5, AMD, "stc", "", "thermal control in software")
CPUID_BIT(0x80000007, 0, EDX, 6, AMD, "100mhz-steps", "", "multiplier in steps of 100 MHz")
CPUID_BIT(0x80000007, 0, EDX, 7, AMD, "hw_pstate", "", "P-states by MSR")
CPUID_BIT(0x80000007, 0, EDX, 8, ANY, "invtsc", "constant-tsc,nonstop-tsc",
	  "the TSC ticks at one rate in every state")
CPUID_BIT(0x80000007, 0, EDX, 9, AMD, "cpb", "", "core performance boost")
CPUID_BIT(0x80000007, 0, EDX, 10, AMD, "eff-freq-ro", "", "read-only APERF and MPERF")
CPUID_BIT(0x80000007, 0, EDX, 11, AMD, "proc-feedback", "", "feedback on frequency limits")
CPUID_BIT(0x80000007, 0, EDX, 12, AMD, "acc-power", "", "accumulated power")
CPUID_BIT(0x80000007, 0, EDX, 13, AMD, "connected-standby", "", "connected standby")
CPUID_BIT(0x80000007, 0, EDX, 14, AMD, "rapl", "", "energy counters")
CPUID_BIT(0x80000007, 0, EDX, 15, AMD, "fast-cppc", "amd-fast-cppc",
	  "fast collaborative performance control")

CPUID_FIELD(0x80000008, 0, EAX, 7, 0, ANY, "maxphyaddr", "phys-bits,max-physical-address",
	    "bits of a physical address")
CPUID_FIELD(0x80000008, 0, EAX, 15, 8, ANY, "maxlinaddr", "virt-bits,max-linear-address",
	    "bits of a linear address")
CPUID_FIELD(0x80000008, 0, EAX, 23, 16, ANY, "guest-phys-bits", "guest-maxphyaddr",
	    "bits of a physical address that page tables reach, 0: not said")

CPUID_BIT(0x80000008, 0, EBX, 0, AMD, "clzero", "", "CLZERO: clear a cache line")
CPUID_BIT(0x80000008, 0, EBX, 1, AMD, "irperf", "", "counter of instructions retired")
CPUID_BIT(0x80000008, 0, EBX, 2, AMD, "xsaveerptr", "", "x87 error pointers always saved")
CPUID_BIT(0x80000008, 0, EBX, 3, AMD, "invlpgb", "",
	  "INVLPGB and TLBSYNC: other CPUs' TLB entries dropped")
CPUID_BIT(0x80000008, 0, EBX, 4, AMD, "rdpru", "", "RDPRU: APERF and MPERF from user mode")
CPUID_BIT(0x80000008, 0, EBX, 6, AMD, "amd-mba", "mbe", "memory bandwidth by class")
CPUID_BIT(0x80000008, 0, EBX, 8, AMD, "mcommit", "", "MCOMMIT: wait until stores are in memory")
CPUID_BIT(0x80000008, 0, EBX, 9, ANY, "wbnoinvd", "",
	  "WBNOINVD: write back all caches and keep them")
CPUID_BIT(0x80000008, 0, EBX, 10, AMD, "lbrextn", "", "last branch record extensions")
CPUID_BIT(0x80000008, 0, EBX, 12, AMD, "ibpb", "amd-ibpb", "branch prediction flushed")
CPUID_BIT(0x80000008, 0, EBX, 13, AMD, "int-wbinvd", "", "WBINVD can be interrupted")
CPUID_BIT(0x80000008, 0, EBX, 14, AMD, "ibrs", "amd-ibrs", "indirect branch prediction restricted")
CPUID_BIT(0x80000008, 0, EBX, 15, AMD, "amd-stibp", "",
	  "no branch prediction shared between threads")
CPUID_BIT(0x80000008, 0, EBX, 16, AMD, "ibrs-always-on", "", "IBRS is best left on")
CPUID_BIT(0x80000008, 0, EBX, 17, AMD, "stibp-always-on", "amd-stibp-always-on",
	  "STIBP is best left on")
CPUID_BIT(0x80000008, 0, EBX, 18, AMD, "ibrs-preferred", "", "IBRS is better than software ways")
CPUID_BIT(0x80000008, 0, EBX, 19, AMD, "ibrs-same-mode", "amd-ibrs-same-mode",
	  "IBRS protects inside one mode too")
CPUID_BIT(0x80000008, 0, EBX, 20, AMD, "no-lmsl", "efer-lmsle-mbz,lmsle-unsupported",
	  "EFER.LMSLE can't be set: something less")
CPUID_BIT(0x80000008, 0, EBX, 21, AMD, "invlpgb-nested", "", "INVLPGB for nested address spaces")
CPUID_BIT(0x80000008, 0, EBX, 23, AMD, "amd-ppin", "",
	  "the processor's inventory number can be read")
CPUID_BIT(0x80000008, 0, EBX, 24, AMD, "amd-ssbd", "",
	  "loads don't pass older stores speculatively")
CPUID_BIT(0x80000008, 0, EBX, 25, AMD, "virt-ssbd", "", "SSBD by an MSR that hypervisors offer")
CPUID_BIT(0x80000008, 0, EBX, 26, AMD, "amd-no-ssb", "amd-ssb-no",
	  "not open to speculative store bypass")
CPUID_BIT(0x80000008, 0, EBX, 27, AMD, "cppc", "", "collaborative performance control")
CPUID_BIT(0x80000008, 0, EBX, 28, AMD, "amd-psfd", "",
	  "predictive store forwarding can be switched off")
CPUID_BIT(0x80000008, 0, EBX, 29, AMD, "btc-no", "", "not open to branch type confusion")
CPUID_BIT(0x80000008, 0, EBX, 30, AMD, "ibpb-ret", "amd-ibpb-ret",
	  "IBPB flushes return predictions too")
CPUID_BIT(0x80000008, 0, EBX, 31, AMD, "brs", "", "branch sampling")

PASS_CPUID_FIELD(0x80000008, 0, ECX, 7, 0, TOPOLOGY, AMD, "cores-minus-one", "",
		 "threads of the package, less one")
PASS_CPUID_FIELD(0x80000008, 0, ECX, 15, 12, TOPOLOGY, AMD, "apic-id-size", "",
		 "bits of the APIC id inside a package")
PASS_CPUID_FIELD(0x80000008, 0, ECX, 17, 16, TOPOLOGY, AMD, "perf-tsc-size", "",
		 "width of the performance time stamp counter")

CPUID_FIELD(0x80000008, 0, EDX, 15, 0, AMD, "invlpgb-max-pages", "", "pages that one INVLPGB drops")
CPUID_FIELD(0x80000008, 0, EDX, 31, 16, AMD, "rdpru-max", "", "highest register that RDPRU reads")

CPUID_FIELD(0x8000000a, 0, EAX, 7, 0, AMD, "svm-revision", "", "revision of SVM")

CPUID_FIELD(0x8000000a, 0, EBX, 31, 0, AMD, "svm-asids", "nasid",
	    "address space ids for nested guests")

CPUID_BIT(0x8000000a, 0, EDX, 0, AMD, "npt", "", "nested page tables")
CPUID_BIT(0x8000000a, 0, EDX, 1, AMD, "lbrv", "", "last branch record switched with the guest")
CPUID_BIT(0x8000000a, 0, EDX, 2, AMD, "svm-lock", "svml", "SVM can be locked")
CPUID_BIT(0x8000000a, 0, EDX, 3, AMD, "nrip-save", "nrips",
	  "next instruction pointer on intercepts")
CPUID_BIT(0x8000000a, 0, EDX, 4, AMD, "tsc-scale", "tscratemsr", "TSC of a guest scaled")
CPUID_BIT(0x8000000a, 0, EDX, 5, AMD, "vmcb-clean", "", "unchanged parts of the VMCB are marked")
CPUID_BIT(0x8000000a, 0, EDX, 6, AMD, "flushbyasid", "", "TLB flushed for one guest")
CPUID_BIT(0x8000000a, 0, EDX, 7, AMD, "decodeassists", "",
	  "intercepts come with the instruction decoded")
CPUID_BIT(0x8000000a, 0, EDX, 8, AMD, "pmc-virt", "", "performance counters virtualized")
CPUID_BIT(0x8000000a, 0, EDX, 9, AMD, "sse-opcode-disable", "",
	  "SSE opcode sets can be switched off")
CPUID_BIT(0x8000000a, 0, EDX, 10, AMD, "pause-filter", "pausefilter", "intercept after many PAUSEs")
CPUID_BIT(0x8000000a, 0, EDX, 12, AMD, "pfthreshold", "", "PAUSE intercept by closeness")
CPUID_BIT(0x8000000a, 0, EDX, 13, AMD, "avic", "", "interrupts delivered without an intercept")
CPUID_BIT(0x8000000a, 0, EDX, 15, AMD, "v-vmsave-vmload", "virtual-vmload-vmsave",
	  "VMSAVE and VMLOAD without an intercept")
CPUID_BIT(0x8000000a, 0, EDX, 16, AMD, "vgif", "", "global interrupt flag virtualized")
CPUID_BIT(0x8000000a, 0, EDX, 17, AMD, "gmet", "",
	  "kernel mode of a guest can't execute user pages")
CPUID_BIT(0x8000000a, 0, EDX, 18, AMD, "x2avic", "", "AVIC for the x2APIC")
CPUID_BIT(0x8000000a, 0, EDX, 19, AMD, "sss-check", "",
	  "supervisor shadow stack pages checked in nested tables")
CPUID_BIT(0x8000000a, 0, EDX, 20, AMD, "v-spec-ctrl", "", "SPEC_CTRL virtualized")
CPUID_BIT(0x8000000a, 0, EDX, 21, AMD, "rogpt", "", "guest page tables can be read-only")
CPUID_BIT(0x8000000a, 0, EDX, 23, AMD, "host-mce-override", "",
	  "machine checks in a guest always reach the host")
CPUID_BIT(0x8000000a, 0, EDX, 24, AMD, "tlbi-ctl", "", "guests may use INVLPGB")
CPUID_BIT(0x8000000a, 0, EDX, 25, AMD, "vnmi", "", "NMIs virtualized")
CPUID_BIT(0x8000000a, 0, EDX, 26, AMD, "ibs-virt", "", "IBS virtualized")
CPUID_BIT(0x8000000a, 0, EDX, 27, AMD, "ext-lvt-avic-change", "",
	  "extended interrupt vectors under AVIC")
CPUID_BIT(0x8000000a, 0, EDX, 28, AMD, "svme-addr-chk", "", "VMCB addresses checked")
CPUID_BIT(0x8000000a, 0, EDX, 29, AMD, "bus-lock-threshold", "", "intercept after bus locks")
CPUID_BIT(0x8000000a, 0, EDX, 30, AMD, "idle-hlt", "",
	  "HLT intercepted only when nothing is pending")
CPUID_BIT(0x8000000a, 0, EDX, 31, AMD, "enhanced-shutdown", "",
	  "shutdown intercept with more state")

CPUID_BIT(0x8000000a, 0, ECX, 6, AMD, "x2avic-ext", "", "x2AVIC for up to 4096 CPUs")

PASS_CPUID_FIELD(0x80000019, 0, EAX, 31, 0, VMM, AMD, "l1-tlb-1g", "", "L1 TLBs for 1 GiB pages")

CPUID_BIT(0x8000001a, 0, EAX, 0, AMD, "fp128", "", "vectors go through 128 bits at once")
CPUID_BIT(0x8000001a, 0, EAX, 1, AMD, "movu", "", "MOVU is as good as two halves")
CPUID_BIT(0x8000001a, 0, EAX, 2, AMD, "fp256", "", "vectors go through 256 bits at once")
CPUID_BIT(0x8000001a, 0, EAX, 3, AMD, "fp512", "", "vectors go through 512 bits at once")

CPUID_BIT(0x8000001b, 0, EAX, 0, AMD, "ibs-ffv", "", "IBS: this leaf is valid")
CPUID_BIT(0x8000001b, 0, EAX, 1, AMD, "ibs-fetch", "", "IBS: fetch sampling")
CPUID_BIT(0x8000001b, 0, EAX, 2, AMD, "ibs-op", "", "IBS: operation sampling")
CPUID_BIT(0x8000001b, 0, EAX, 3, AMD, "ibs-op-counter-rw", "",
	  "IBS: the operation counter can be read and written")
CPUID_BIT(0x8000001b, 0, EAX, 4, AMD, "ibs-op-count", "",
	  "IBS: operations counted instead of cycles")
CPUID_BIT(0x8000001b, 0, EAX, 5, AMD, "ibs-branch-target", "", "IBS: branch targets")
CPUID_BIT(0x8000001b, 0, EAX, 6, AMD, "ibs-op-count-ext", "", "IBS: wider operation counter")
CPUID_BIT(0x8000001b, 0, EAX, 7, AMD, "ibs-rip-invalid", "", "IBS: an invalid address is marked")
CPUID_BIT(0x8000001b, 0, EAX, 8, AMD, "ibs-branch-fuse", "", "IBS: fused branches are marked")
CPUID_BIT(0x8000001b, 0, EAX, 9, AMD, "ibs-fetch-ext", "", "IBS: extended fetch control")
CPUID_BIT(0x8000001b, 0, EAX, 10, AMD, "ibs-op-data4", "", "IBS: fourth data register")
CPUID_BIT(0x8000001b, 0, EAX, 11, AMD, "ibs-l3-miss", "ibs-zen4", "IBS: samples of L3 misses only")
CPUID_BIT(0x8000001b, 0, EAX, 12, AMD, "ibs-latency-filter", "", "IBS: samples of slow loads only")
CPUID_BIT(0x8000001b, 0, EAX, 19, AMD, "ibs-dtlb-stat", "", "IBS: better TLB data")

PASS_CPUID_FIELD(0x8000001d, 0, EAX, 31, 0, TOPOLOGY, AMD, "amd-cache-type-level", "",
		 "type and level of a cache, and who shares it")

PASS_CPUID_FIELD(0x8000001e, 0, EAX, 31, 0, DYNAMIC, AMD, "extended-apic-id", "",
		 "APIC id of this very CPU")

PASS_CPUID_FIELD(0x8000001e, 0, EBX, 31, 0, TOPOLOGY, AMD, "compute-unit", "",
		 "core and its threads")

PASS_CPUID_FIELD(0x8000001e, 0, ECX, 31, 0, TOPOLOGY, AMD, "node-id", "",
		 "node and nodes of the package")

CPUID_BIT(0x8000001f, 0, EAX, 0, AMD, "sme", "", "memory encryption")
CPUID_BIT(0x8000001f, 0, EAX, 1, AMD, "sev", "", "guests with encrypted memory")
CPUID_BIT(0x8000001f, 0, EAX, 2, AMD, "vm-page-flush", "", "MSR that flushes a guest's pages")
CPUID_BIT(0x8000001f, 0, EAX, 3, AMD, "sev-es", "", "guests with encrypted registers")
CPUID_BIT(0x8000001f, 0, EAX, 4, AMD, "sev-snp", "", "guests whose memory the host can't remap")
CPUID_BIT(0x8000001f, 0, EAX, 5, AMD, "sev-vmpl", "vmpl", "privilege levels inside a guest")
CPUID_BIT(0x8000001f, 0, EAX, 6, AMD, "rmpquery", "", "RMPQUERY instruction")
CPUID_BIT(0x8000001f, 0, EAX, 7, AMD, "vmpl-sss", "", "supervisor shadow stacks by privilege level")
CPUID_BIT(0x8000001f, 0, EAX, 8, AMD, "snp-secure-tsc", "secure-tsc",
	  "the host can't change the TSC of a guest")
CPUID_BIT(0x8000001f, 0, EAX, 9, AMD, "v-tsc-aux", "", "TSC_AUX switched with an encrypted guest")
CPUID_BIT(0x8000001f, 0, EAX, 10, AMD, "sme-coherent", "", "caches coherent over encryption keys")
CPUID_BIT(0x8000001f, 0, EAX, 11, AMD, "sev-64bit-host", "", "encrypted guests need a 64-bit host")
CPUID_BIT(0x8000001f, 0, EAX, 12, AMD, "restricted-injection", "",
	  "the host can't inject most events")
CPUID_BIT(0x8000001f, 0, EAX, 13, AMD, "alternate-injection", "",
	  "events injected by the guest itself")
CPUID_BIT(0x8000001f, 0, EAX, 14, AMD, "debug-swap", "",
	  "debug registers switched with an encrypted guest")
CPUID_BIT(0x8000001f, 0, EAX, 15, AMD, "prevent-host-ibs", "",
	  "the host can't sample an encrypted guest")
CPUID_BIT(0x8000001f, 0, EAX, 16, AMD, "vte", "", "whole guest memory encrypted without its help")
CPUID_BIT(0x8000001f, 0, EAX, 17, AMD, "vmgexit-parameter", "", "VMGEXIT takes a parameter")
CPUID_BIT(0x8000001f, 0, EAX, 18, AMD, "virtual-tom-msr", "",
	  "MSR with a guest's top of private memory")
CPUID_BIT(0x8000001f, 0, EAX, 19, AMD, "sev-ibs-virt", "", "IBS in encrypted guests")
CPUID_BIT(0x8000001f, 0, EAX, 20, AMD, "sev-pmc-virt", "",
	  "performance counters in encrypted guests")
CPUID_BIT(0x8000001f, 0, EAX, 21, AMD, "rmpread", "", "RMPREAD instruction")
CPUID_BIT(0x8000001f, 0, EAX, 22, AMD, "guest-intercept-control", "",
	  "a guest chooses intercepts of its own")
CPUID_BIT(0x8000001f, 0, EAX, 23, AMD, "segmented-rmp", "", "the table of page owners in segments")
CPUID_BIT(0x8000001f, 0, EAX, 24, AMD, "vmsa-reg-prot", "",
	  "saved registers of a guest are scrambled")
CPUID_BIT(0x8000001f, 0, EAX, 25, AMD, "smt-protection", "", "no other guest on the sibling thread")
CPUID_BIT(0x8000001f, 0, EAX, 26, AMD, "secure-avic", "", "AVIC for encrypted guests")
CPUID_BIT(0x8000001f, 0, EAX, 27, AMD, "allowed-sev-features", "",
	  "a guest's features can be limited")
CPUID_BIT(0x8000001f, 0, EAX, 28, AMD, "svsm", "svsm-comm-page", "MSR for a service module's page")
CPUID_BIT(0x8000001f, 0, EAX, 29, AMD, "nested-virt-snp", "", "MSRs for SNP in nested guests")
CPUID_BIT(0x8000001f, 0, EAX, 30, AMD, "hv-in-use-wr-allowed", "hv-inuse-wr-allowed",
	  "the host may write to pages in its own use")
CPUID_BIT(0x8000001f, 0, EAX, 31, AMD, "ibpb-on-entry", "",
	  "branch prediction flushed at entry to a guest")

PASS_CPUID_FIELD(0x8000001f, 0, EBX, 5, 0, VMM, AMD, "c-bit-position", "cbitpos",
		 "which address bit encrypts a page")
PASS_CPUID_FIELD(0x8000001f, 0, EBX, 11, 6, VMM, AMD, "reduced-phys-bits", "",
		 "physical address bits that encryption takes")
PASS_CPUID_FIELD(0x8000001f, 0, EBX, 15, 12, VMM, AMD, "vmpl-count", "",
		 "privilege levels inside a guest")

CPUID_FIELD(0x8000001f, 0, ECX, 31, 0, AMD, "sev-guests", "", "encrypted guests at the same time")

PASS_CPUID_FIELD(0x8000001f, 0, EDX, 31, 0, VMM, AMD, "sev-min-asid", "",
		 "lowest address space id of SEV without SEV-ES")

CPUID_BIT(0x80000020, 0, EBX, 1, AMD, "l3-mbe", "", "bandwidth of L3 by class")
CPUID_BIT(0x80000020, 0, EBX, 2, AMD, "smba", "l3-smbe", "bandwidth to slow memory by class")
CPUID_BIT(0x80000020, 0, EBX, 3, AMD, "bmec", "", "events of bandwidth monitoring are configurable")
CPUID_BIT(0x80000020, 0, EBX, 4, AMD, "l3-range-reservation", "", "address ranges held in L3")
CPUID_BIT(0x80000020, 0, EBX, 5, AMD, "abmc", "", "bandwidth counters assigned to tags")
CPUID_BIT(0x80000020, 0, EBX, 6, AMD, "sdciae", "", "device data placed in L3 by class")

CPUID_FIELD(0x80000020, 1, EAX, 31, 0, AMD, "bandwidth-length", "", "bits of a bandwidth limit")

CPUID_FIELD(0x80000020, 1, EDX, 31, 0, AMD, "bandwidth-max-class", "",
	    "highest class of service for bandwidth")

CPUID_BIT(0x80000021, 0, EAX, 0, AMD, "no-nested-data-bp", "",
	  "no data breakpoint inside another's handler")
CPUID_BIT(0x80000021, 0, EAX, 1, AMD, "fs-gs-base-ns", "fs-gs-ns,wrmsr-xx-base-ns",
	  "writes of FS and GS base don't serialize: something less")
CPUID_BIT(0x80000021, 0, EAX, 2, AMD, "lfence-always-serializing", "lfence-rdtsc",
	  "LFENCE always waits for what is before it")
CPUID_BIT(0x80000021, 0, EAX, 3, AMD, "smm-pg-cfg-lock", "", "page setup of SMM can be locked")
CPUID_BIT(0x80000021, 0, EAX, 4, AMD, "tlbsync-sfw-no", "", "TLBSYNC needs no help from software")
CPUID_BIT(0x80000021, 0, EAX, 5, AMD, "verw-clear", "", "VERW clears buffers against TSA")
CPUID_BIT(0x80000021, 0, EAX, 6, AMD, "null-sel-clr-base", "", "a null selector clears the base")
CPUID_BIT(0x80000021, 0, EAX, 7, AMD, "upper-addr-ignore", "uai",
	  "upper address bits can carry data")
CPUID_BIT(0x80000021, 0, EAX, 8, AMD, "auto-ibrs", "autoibrs",
	  "IBRS switches itself on in the kernel")
CPUID_BIT(0x80000021, 0, EAX, 9, AMD, "no-smm-ctl-msr", "", "MSR SMM_CTL is not there")
CPUID_BIT(0x80000021, 0, EAX, 10, AMD, "amd-fsrs", "", "short REP STOSB is fast")
CPUID_BIT(0x80000021, 0, EAX, 11, AMD, "amd-fsrc", "", "short REP CMPSB is fast")
CPUID_BIT(0x80000021, 0, EAX, 12, AMD, "pmc2-precise-retire", "",
	  "counter 2 counts retired events exactly")
CPUID_BIT(0x80000021, 0, EAX, 13, AMD, "prefetch-ctl-msr", "", "MSR that switches prefetchers off")
CPUID_BIT(0x80000021, 0, EAX, 14, AMD, "l2-tlb-size-x32", "", "sizes of the L2 TLB count in 32s")
CPUID_BIT(0x80000021, 0, EAX, 15, AMD, "amd-ermsb", "", "REP MOVSB and STOSB are fast")
CPUID_BIT(0x80000021, 0, EAX, 16, AMD, "opcode-0f017-reclaim", "", "opcode 0F 01 /7 has new uses")
CPUID_BIT(0x80000021, 0, EAX, 17, AMD, "cpuid-user-dis", "gp-on-user-cpuid",
	  "CPUID can be made to fault in user mode")
CPUID_BIT(0x80000021, 0, EAX, 18, AMD, "epsf", "",
	  "predictive store forwarding with a new predictor")
CPUID_BIT(0x80000021, 0, EAX, 19, AMD, "fsrsc", "fast-rep-scasb", "REP SCASB is fast")
CPUID_BIT(0x80000021, 0, EAX, 20, AMD, "prefetchi", "", "code prefetched into the cache")
CPUID_BIT(0x80000021, 0, EAX, 21, AMD, "fp512-downgrade", "", "512-bit paths can be halved")
CPUID_BIT(0x80000021, 0, EAX, 22, AMD, "wl-class", "workload-class", "kinds of work are told apart")
CPUID_BIT(0x80000021, 0, EAX, 23, AMD, "avx512-bmm", "", "AVX-512 multiplication of bit matrices")
CPUID_BIT(0x80000021, 0, EAX, 24, AMD, "eraps", "", "return predictions are kept by themselves")
CPUID_BIT(0x80000021, 0, EAX, 27, AMD, "sbpb", "", "branch prediction flushed in part")
CPUID_BIT(0x80000021, 0, EAX, 28, AMD, "ibpb-brtype", "", "IBPB flushes branch types too")
CPUID_BIT(0x80000021, 0, EAX, 29, AMD, "srso-no", "", "not open to return stack overflow (SRSO)")
CPUID_BIT(0x80000021, 0, EAX, 30, AMD, "srso-user-kernel-no", "",
	  "not open to SRSO from user to kernel")
CPUID_BIT(0x80000021, 0, EAX, 31, AMD, "srso-bp-spec-reduce", "srso-msr-fix",
	  "MSR bit against SRSO between guests")

CPUID_FIELD(0x80000021, 0, EBX, 15, 0, AMD, "microcode-patch-size", "",
	    "size of a microcode patch, in units of 16 bytes")
CPUID_FIELD(0x80000021, 0, EBX, 23, 16, AMD, "rap-size", "",
	    "size of the return address predictor, in units of 8")

CPUID_BIT(0x80000021, 0, ECX, 1, AMD, "tsa-sq-no", "", "not open to TSA through the store queue")
CPUID_BIT(0x80000021, 0, ECX, 2, AMD, "tsa-l1-no", "", "not open to TSA through the L1 cache")
CPUID_BIT(0x80000021, 0, ECX, 7, AMD, "tsa-fill-no", "", "not open to TSA through fill buffers")

CPUID_BIT(0x80000022, 0, EAX, 0, AMD, "perfmon-v2", "", "counters with global control")
CPUID_BIT(0x80000022, 0, EAX, 1, AMD, "amd-lbr-v2", "", "last branch records, second version")
CPUID_BIT(0x80000022, 0, EAX, 2, AMD, "amd-lbr-pmc-freeze", "",
	  "records and counters stop at an interrupt")

CPUID_FIELD(0x80000022, 0, EBX, 3, 0, AMD, "pmc-core-counters", "",
	    "performance counters of a core")
CPUID_FIELD(0x80000022, 0, EBX, 9, 4, AMD, "lbr-v2-depth", "", "entries of the branch record stack")
CPUID_FIELD(0x80000022, 0, EBX, 15, 10, AMD, "pmc-fabric-counters", "",
	    "performance counters of the data fabric")
CPUID_FIELD(0x80000022, 0, EBX, 21, 16, AMD, "pmc-umc-counters", "",
	    "performance counters of memory controllers")

CPUID_FIELD(0x80000022, 0, ECX, 31, 0, AMD, "pmc-umc-mask", "",
	    "memory controllers whose counters are there, a bit for each")

PASS_CPUID_FIELD(0x80000026, 0, EAX, 31, 0, TOPOLOGY, AMD, "extended-topology-shift", "",
		 "bits of the APIC id below the next level")

PASS_CPUID_FIELD(0x80000026, 0, EBX, 31, 0, TOPOLOGY, AMD, "extended-topology-processors", "",
		 "logical processors at this level")

CPUID_FIELD(0xc0000000, 0, EAX, 31, 0, CENTAUR, "max-centaur-leaf", "xlevel2",
	    "highest Centaur leaf")

PASS_CPUID_FIELD(0xc0000000, 0, EBX, 31, 0, VMM, CENTAUR, "centaur-vendor-id-1", "",
		 "the vendor's name, again")

PASS_CPUID_FIELD(0xc0000001, 0, EAX, 31, 0, VMM, CENTAUR, "centaur-signature", "",
		 "family, model and stepping, again")

CPUID_BIT(0xc0000001, 0, EDX, 0, CENTAUR, "sm2", "", "SM2 signatures")
CPUID_BIT(0xc0000001, 0, EDX, 1, CENTAUR, "sm2-en", "", "SM2 is switched on")
CPUID_BIT(0xc0000001, 0, EDX, 2, CENTAUR, "xstore", "rng", "random numbers")
CPUID_BIT(0xc0000001, 0, EDX, 3, CENTAUR, "xstore-en", "rng-en", "random numbers are switched on")
CPUID_BIT(0xc0000001, 0, EDX, 4, CENTAUR, "ccs", "", "SM3 and SM4")
CPUID_BIT(0xc0000001, 0, EDX, 5, CENTAUR, "ccs-en", "", "SM3 and SM4 are switched on")
CPUID_BIT(0xc0000001, 0, EDX, 6, CENTAUR, "xcrypt", "ace", "AES engine")
CPUID_BIT(0xc0000001, 0, EDX, 7, CENTAUR, "xcrypt-en", "ace-en", "the AES engine is switched on")
CPUID_BIT(0xc0000001, 0, EDX, 8, CENTAUR, "ace2", "", "AES engine, second version")
CPUID_BIT(0xc0000001, 0, EDX, 9, CENTAUR, "ace2-en", "", "the second AES engine is switched on")
CPUID_BIT(0xc0000001, 0, EDX, 10, CENTAUR, "phe", "", "SHA engine")
CPUID_BIT(0xc0000001, 0, EDX, 11, CENTAUR, "phe-en", "", "the SHA engine is switched on")
CPUID_BIT(0xc0000001, 0, EDX, 12, CENTAUR, "pmm", "", "Montgomery multiplier")
CPUID_BIT(0xc0000001, 0, EDX, 13, CENTAUR, "pmm-en", "", "the Montgomery multiplier is switched on")
CPUID_BIT(0xc0000001, 0, EDX, 22, CENTAUR, "rng2", "", "random numbers, second version")
CPUID_BIT(0xc0000001, 0, EDX, 23, CENTAUR, "rng2-en", "",
	  "the second random numbers are switched on")
CPUID_BIT(0xc0000001, 0, EDX, 25, CENTAUR, "phe2", "", "SHA engine, second version")
CPUID_BIT(0xc0000001, 0, EDX, 26, CENTAUR, "phe2-en", "", "the second SHA engine is switched on")
CPUID_BIT(0xc0000001, 0, EDX, 27, CENTAUR, "rsa", "", "RSA engine")
CPUID_BIT(0xc0000001, 0, EDX, 28, CENTAUR, "rsa-en", "", "the RSA engine is switched on")

/* SPDX-License-Identifier: GPL-2.0 */
/* Leaves 0 to 6 and 0xA: what every processor has, its power and its counters. */

CPUID_FIELD(0x0, 0, EAX, 31, 0, ANY, "max-leaf", "level", "highest basic leaf")

PASS_CPUID_FIELD(0x0, 0, EBX, 31, 0, VMM, ANY, "vendor-id-1", "",
		 "first four letters of the vendor's name")

PASS_CPUID_FIELD(0x0, 0, ECX, 31, 0, VMM, ANY, "vendor-id-3", "",
		 "last four letters of the vendor's name")

PASS_CPUID_FIELD(0x0, 0, EDX, 31, 0, VMM, ANY, "vendor-id-2", "",
		 "middle four letters of the vendor's name")

PASS_CPUID_FIELD(0x1, 0, EAX, 3, 0, VMM, ANY, "stepping", "", "stepping of the processor")
PASS_CPUID_FIELD(0x1, 0, EAX, 7, 4, VMM, ANY, "model", "", "model, low part")
PASS_CPUID_FIELD(0x1, 0, EAX, 11, 8, VMM, ANY, "family", "", "family, low part")
PASS_CPUID_FIELD(0x1, 0, EAX, 13, 12, VMM, ANY, "processor-type", "", "processor type")
PASS_CPUID_FIELD(0x1, 0, EAX, 19, 16, VMM, ANY, "extended-model", "", "model, high part")
PASS_CPUID_FIELD(0x1, 0, EAX, 27, 20, VMM, ANY, "extended-family", "",
		 "family, added to the low part")

PASS_CPUID_FIELD(0x1, 0, EBX, 7, 0, VMM, ANY, "brand-index", "", "index into a table of brands")
PASS_CPUID_FIELD(0x1, 0, EBX, 15, 8, VMM, ANY, "clflush-size", "",
		 "bytes that CLFLUSH writes back, in units of 8")
PASS_CPUID_FIELD(0x1, 0, EBX, 23, 16, TOPOLOGY, ANY, "logical-processors", "",
		 "APIC ids reserved for this package")
PASS_CPUID_FIELD(0x1, 0, EBX, 31, 24, DYNAMIC, ANY, "initial-apic-id", "",
		 "APIC id at reset, of this very CPU")

CPUID_BIT(0x1, 0, ECX, 0, ANY, "pni", "sse3", "SSE3: horizontal and duplicating vector arithmetic")
CPUID_BIT(0x1, 0, ECX, 1, ANY, "pclmuldq", "pclmulqdq,pclmul",
	  "carry-less multiplication of 64-bit numbers")
CPUID_BIT(0x1, 0, ECX, 2, INTEL, "dtes64", "", "debug store area with 64-bit addresses")
CPUID_BIT(0x1, 0, ECX, 3, ANY, "monitor", "mwait",
	  "MONITOR and MWAIT: wait for a store to an address")
CPUID_BIT(0x1, 0, ECX, 4, INTEL, "ds_cpl", "", "debug store filtered by privilege level")
CPUID_BIT(0x1, 0, ECX, 5, INTEL, "vmx", "", "VMX: hardware virtualization, so nested guests")
CPUID_BIT(0x1, 0, ECX, 6, INTEL, "smx", "", "measured launch (GETSEC)")
CPUID_BIT(0x1, 0, ECX, 7, INTEL, "est", "eist", "SpeedStep: frequency chosen by software")
CPUID_BIT(0x1, 0, ECX, 8, INTEL, "tm2", "", "thermal monitor that lowers frequency and voltage")
CPUID_BIT(0x1, 0, ECX, 9, ANY, "ssse3", "", "SSSE3: byte shuffles and absolute values")
CPUID_BIT(0x1, 0, ECX, 10, INTEL, "cid", "cnxt-id",
	  "L1 cache mode shared or adaptive between threads")
CPUID_BIT(0x1, 0, ECX, 11, INTEL, "sdbg", "", "silicon debug interface MSR")
CPUID_BIT(0x1, 0, ECX, 12, ANY, "fma", "fma3", "fused multiply-add with three operands")
CPUID_BIT(0x1, 0, ECX, 13, ANY, "cx16", "cmpxchg16b",
	  "CMPXCHG16B: compare and exchange of 16 bytes")
CPUID_BIT(0x1, 0, ECX, 14, INTEL, "xtpr", "", "task priority messages can be switched off")
CPUID_BIT(0x1, 0, ECX, 15, INTEL, "pdcm", "", "IA32_PERF_CAPABILITIES exists")
CPUID_BIT(0x1, 0, ECX, 17, ANY, "pcid", "", "TLB entries tagged by process")
CPUID_BIT(0x1, 0, ECX, 18, INTEL, "dca", "", "device data prefetched into the cache")
CPUID_BIT(0x1, 0, ECX, 19, ANY, "sse4.1", "",
	  "SSE4.1: blends, rounding, packed integer minimum and maximum")
CPUID_BIT(0x1, 0, ECX, 20, ANY, "sse4.2", "", "SSE4.2: string compares and CRC32")
CPUID_BIT(0x1, 0, ECX, 21, ANY, "x2apic", "", "APIC through MSRs, with 32-bit ids")
CPUID_BIT(0x1, 0, ECX, 22, ANY, "movbe", "", "MOVBE: load and store with bytes swapped")
CPUID_BIT(0x1, 0, ECX, 23, ANY, "popcnt", "", "POPCNT: count bits that are set")
CPUID_BIT(0x1, 0, ECX, 24, ANY, "tsc-deadline", "tsc-deadline-timer",
	  "APIC timer that fires at a value of the TSC")
CPUID_BIT(0x1, 0, ECX, 25, ANY, "aes", "aesni,aes-ni", "AES encryption and decryption rounds")
CPUID_BIT(0x1, 0, ECX, 26, ANY, "xsave", "", "XSAVE and XCR0: extensible processor state")
PASS_CPUID_BIT(0x1, 0, ECX, 27, DYNAMIC, ANY, "osxsave", "", "the guest has set CR4.OSXSAVE")
CPUID_BIT(0x1, 0, ECX, 28, ANY, "avx", "", "256-bit floating point vectors")
CPUID_BIT(0x1, 0, ECX, 29, ANY, "f16c", "", "conversion to and from half precision")
CPUID_BIT(0x1, 0, ECX, 30, ANY, "rdrand", "rdrnd", "random numbers from hardware")
PASS_CPUID_BIT(0x1, 0, ECX, 31, VMM, ANY, "hypervisor", "hv", "a hypervisor is present")

CPUID_BIT(0x1, 0, EDX, 0, ANY, "fpu", "x87", "x87 floating point unit")
CPUID_BIT(0x1, 0, EDX, 1, ANY, "vme", "", "virtual-8086 mode extensions")
CPUID_BIT(0x1, 0, EDX, 2, ANY, "de", "", "debugging extensions: I/O breakpoints")
CPUID_BIT(0x1, 0, EDX, 3, ANY, "pse", "", "4 MiB pages")
CPUID_BIT(0x1, 0, EDX, 4, ANY, "tsc", "", "RDTSC: time stamp counter")
CPUID_BIT(0x1, 0, EDX, 5, ANY, "msr", "", "RDMSR and WRMSR")
CPUID_BIT(0x1, 0, EDX, 6, ANY, "pae", "", "physical address extension: 64-bit page table entries")
CPUID_BIT(0x1, 0, EDX, 7, ANY, "mce", "", "machine check exception")
CPUID_BIT(0x1, 0, EDX, 8, ANY, "cx8", "cmpxchg8b", "CMPXCHG8B: compare and exchange of 8 bytes")
CPUID_BIT(0x1, 0, EDX, 9, ANY, "apic", "", "local APIC")
CPUID_BIT(0x1, 0, EDX, 11, ANY, "sep", "sysenter", "SYSENTER and SYSEXIT")
CPUID_BIT(0x1, 0, EDX, 12, ANY, "mtrr", "", "memory type range registers")
CPUID_BIT(0x1, 0, EDX, 13, ANY, "pge", "", "global pages stay in the TLB over a CR3 load")
CPUID_BIT(0x1, 0, EDX, 14, ANY, "mca", "", "machine check banks")
CPUID_BIT(0x1, 0, EDX, 15, ANY, "cmov", "", "conditional moves")
CPUID_BIT(0x1, 0, EDX, 16, ANY, "pat", "", "page attribute table: memory types by page")
CPUID_BIT(0x1, 0, EDX, 17, ANY, "pse36", "pse-36", "4 MiB pages above 4 GiB")
CPUID_BIT(0x1, 0, EDX, 18, ANY, "pn", "psn", "processor serial number")
CPUID_BIT(0x1, 0, EDX, 19, ANY, "clflush", "clfsh", "CLFLUSH: write back and drop a cache line")
CPUID_BIT(0x1, 0, EDX, 21, ANY, "ds", "dts", "debug store: buffers for branch and event records")
CPUID_BIT(0x1, 0, EDX, 22, ANY, "acpi", "", "thermal monitor and clock control MSRs")
CPUID_BIT(0x1, 0, EDX, 23, ANY, "mmx", "", "64-bit integer vectors")
CPUID_BIT(0x1, 0, EDX, 24, ANY, "fxsr", "", "FXSAVE and FXRSTOR")
CPUID_BIT(0x1, 0, EDX, 25, ANY, "sse", "xmm", "128-bit single precision vectors")
CPUID_BIT(0x1, 0, EDX, 26, ANY, "sse2", "xmm2", "128-bit double precision and integer vectors")
CPUID_BIT(0x1, 0, EDX, 27, ANY, "ss", "selfsnoop",
	  "the cache snoops itself: memory types may be mixed")
PASS_CPUID_BIT(0x1, 0, EDX, 28, TOPOLOGY, ANY, "ht", "htt",
	       "the package may have more than one logical processor")
CPUID_BIT(0x1, 0, EDX, 29, ANY, "tm", "acc", "automatic clock control when hot")
CPUID_BIT(0x1, 0, EDX, 30, INTEL, "ia64", "", "an IA-64 processor runs this as emulation")
CPUID_BIT(0x1, 0, EDX, 31, ANY, "pbe", "", "pending break enable: wake-up by FERR#/PBE#")

CPUID_FIELD(0x5, 0, EAX, 15, 0, ANY, "monitor-line-min", "",
	    "smallest line that MONITOR watches, in bytes")

CPUID_FIELD(0x5, 0, EBX, 15, 0, ANY, "monitor-line-max", "",
	    "largest line that MONITOR watches, in bytes")

CPUID_BIT(0x5, 0, ECX, 0, ANY, "mwait-extensions", "emx", "MWAIT takes hints and leaf 5 lists them")
CPUID_BIT(0x5, 0, ECX, 1, ANY, "mwait-irq-break", "ibe",
	  "MWAIT may be told to wake up on masked interrupts")
CPUID_BIT(0x5, 0, ECX, 3, INTEL, "monitorless-mwait", "",
	  "MWAIT works as a plain wait, without MONITOR")

CPUID_FIELD(0x5, 0, EDX, 3, 0, ANY, "mwait-c0-substates", "", "sub-states of C0 for MWAIT")
CPUID_FIELD(0x5, 0, EDX, 7, 4, ANY, "mwait-c1-substates", "", "sub-states of C1 for MWAIT")
CPUID_FIELD(0x5, 0, EDX, 11, 8, ANY, "mwait-c2-substates", "", "sub-states of C2 for MWAIT")
CPUID_FIELD(0x5, 0, EDX, 15, 12, ANY, "mwait-c3-substates", "", "sub-states of C3 for MWAIT")
CPUID_FIELD(0x5, 0, EDX, 19, 16, ANY, "mwait-c4-substates", "", "sub-states of C4 for MWAIT")
CPUID_FIELD(0x5, 0, EDX, 23, 20, ANY, "mwait-c5-substates", "", "sub-states of C5 for MWAIT")
CPUID_FIELD(0x5, 0, EDX, 27, 24, ANY, "mwait-c6-substates", "", "sub-states of C6 for MWAIT")
CPUID_FIELD(0x5, 0, EDX, 31, 28, ANY, "mwait-c7-substates", "", "sub-states of C7 for MWAIT")

CPUID_BIT(0x6, 0, EAX, 0, INTEL, "dtherm", "", "digital thermal sensor")
CPUID_BIT(0x6, 0, EAX, 1, INTEL, "ida", "turbo",
	  "turbo: above the base frequency when there is room")
PASS_CPUID_BIT(0x6, 0, EAX, 2, VMM, ANY, "arat", "", "the APIC timer runs in every C-state")
CPUID_BIT(0x6, 0, EAX, 4, INTEL, "pln", "", "notification when power is limited")
CPUID_BIT(0x6, 0, EAX, 5, INTEL, "ecmd", "", "clock modulation in finer steps")
CPUID_BIT(0x6, 0, EAX, 6, INTEL, "pts", "", "thermal status of the package")
CPUID_BIT(0x6, 0, EAX, 7, INTEL, "hwp", "", "hardware chooses frequency and voltage")
CPUID_BIT(0x6, 0, EAX, 8, INTEL, "hwp-notify", "",
	  "interrupt when HWP's guaranteed performance changes")
CPUID_BIT(0x6, 0, EAX, 9, INTEL, "hwp-act-window", "", "HWP looks at activity over a chosen window")
CPUID_BIT(0x6, 0, EAX, 10, INTEL, "hwp-epp", "", "HWP takes an energy or performance preference")
CPUID_BIT(0x6, 0, EAX, 11, INTEL, "hwp-pkg-req", "", "HWP requests for a whole package")
CPUID_BIT(0x6, 0, EAX, 13, INTEL, "hdc", "", "hardware duty cycling")
CPUID_BIT(0x6, 0, EAX, 14, INTEL, "turbo3", "", "a core that can go higher than others is told of")
CPUID_BIT(0x6, 0, EAX, 15, INTEL, "hwp-highest-perf-change", "hwp-highest-change",
	  "interrupt when HWP's highest performance changes")
CPUID_BIT(0x6, 0, EAX, 16, INTEL, "hwp-peci", "", "a board controller may override HWP requests")
CPUID_BIT(0x6, 0, EAX, 17, INTEL, "flexible-hwp", "flexhwp",
	  "HWP request fields can be marked valid one by one")
CPUID_BIT(0x6, 0, EAX, 18, INTEL, "hwp-fast-access", "fast-hwp-request",
	  "HWP requests are written without waiting")
CPUID_BIT(0x6, 0, EAX, 19, INTEL, "hfi", "hw-feedback",
	  "table of each core's performance and efficiency")
CPUID_BIT(0x6, 0, EAX, 20, INTEL, "hwp-ignore-idle", "",
	  "HWP requests of idle threads can be ignored")
CPUID_BIT(0x6, 0, EAX, 22, INTEL, "hwp-ctl", "", "MSR that switches HWP by package")
CPUID_BIT(0x6, 0, EAX, 23, INTEL, "itd", "thread-director",
	  "Thread Director: feedback by class of instructions")
CPUID_BIT(0x6, 0, EAX, 24, INTEL, "dpti", "directed-package-thermal",
	  "package thermal interrupt to chosen CPUs only")

CPUID_FIELD(0x6, 0, EBX, 3, 0, INTEL, "thermal-thresholds", "",
	    "thresholds of the digital thermal sensor")

CPUID_BIT(0x6, 0, ECX, 0, ANY, "aperfmperf", "effective-freq",
	  "APERF and MPERF count actual and reference cycles")
CPUID_BIT(0x6, 0, ECX, 1, INTEL, "acnt2", "", "second counter of actual cycles")
CPUID_BIT(0x6, 0, ECX, 3, INTEL, "epb", "energy-perf-bias", "hint between energy and performance")
CPUID_FIELD(0x6, 0, ECX, 15, 8, INTEL, "itd-classes", "",
	    "classes that Thread Director tells apart")

CPUID_BIT(0x6, 0, EDX, 0, INTEL, "hfi-performance", "", "the feedback table has performance")
CPUID_BIT(0x6, 0, EDX, 1, INTEL, "hfi-efficiency", "", "the feedback table has energy efficiency")
CPUID_FIELD(0x6, 0, EDX, 7, 2, INTEL, "hfi-capabilities", "",
	    "further columns of the feedback table")
CPUID_FIELD(0x6, 0, EDX, 11, 8, INTEL, "hfi-table-pages", "",
	    "size of the feedback table in pages, less one")

CPUID_FIELD(0xa, 0, EAX, 7, 0, ANY, "pmu-version", "perfmon-version",
	    "version of the architectural PMU; 0 is none")
CPUID_FIELD(0xa, 0, EAX, 15, 8, ANY, "pmu-counters", "pmu-gp-counters",
	    "general counters for each logical processor")
CPUID_FIELD(0xa, 0, EAX, 23, 16, ANY, "pmu-counter-width", "", "bits in a general counter")
CPUID_FIELD(0xa, 0, EAX, 31, 24, ANY, "pmu-event-mask-length", "", "events that EBX speaks of")

CPUID_FIELD(0xa, 0, EBX, 31, 0, ANY, "pmu-events-missing", "",
	    "architectural events that cannot be counted, a bit for each")

CPUID_FIELD(0xa, 0, ECX, 31, 0, INTEL, "pmu-fixed-mask", "",
	    "fixed counters that are there, a bit for each")

CPUID_FIELD(0xa, 0, EDX, 4, 0, INTEL, "pmu-fixed-counters", "",
	    "fixed counters, numbered without gaps")
CPUID_FIELD(0xa, 0, EDX, 12, 5, INTEL, "pmu-fixed-width", "", "bits in a fixed counter")
CPUID_BIT(0xa, 0, EDX, 15, INTEL, "anythread-deprecated", "",
	  "counters can't count for all threads of a core")

PASS_CPUID_FIELD(0x15, 0, EAX, 31, 0, VMM, INTEL, "tsc-denominator", "",
		 "TSC to crystal clock, denominator")

PASS_CPUID_FIELD(0x15, 0, EBX, 31, 0, VMM, INTEL, "tsc-numerator", "",
		 "TSC to crystal clock, numerator")

PASS_CPUID_FIELD(0x15, 0, ECX, 31, 0, VMM, INTEL, "crystal-frequency", "",
		 "frequency of the crystal clock, Hz")

PASS_CPUID_FIELD(0x16, 0, EAX, 15, 0, VMM, INTEL, "base-frequency", "", "base frequency, MHz")

PASS_CPUID_FIELD(0x16, 0, EBX, 15, 0, VMM, INTEL, "max-frequency", "", "highest frequency, MHz")

PASS_CPUID_FIELD(0x16, 0, ECX, 15, 0, VMM, INTEL, "bus-frequency", "",
		 "reference frequency of the bus, MHz")

PASS_CPUID_FIELD(0x2, 0, EAX, 31, 0, VMM, INTEL, "cache-descriptors", "",
		 "one byte for each cache or TLB")

PASS_CPUID_FIELD(0x4, 0, EAX, 31, 0, TOPOLOGY, INTEL, "cache-type-level", "",
		 "type and level of a cache, and who shares it")

PASS_CPUID_FIELD(0x4, 0, EBX, 31, 0, TOPOLOGY, INTEL, "cache-geometry", "",
		 "line size, partitions and ways of a cache")

PASS_CPUID_FIELD(0x4, 0, ECX, 31, 0, TOPOLOGY, INTEL, "cache-sets", "", "sets of a cache, less one")

PASS_CPUID_FIELD(0xb, 0, EAX, 31, 0, TOPOLOGY, ANY, "topology-shift", "",
		 "bits of the x2APIC id below the next level")

PASS_CPUID_FIELD(0xb, 0, EBX, 31, 0, TOPOLOGY, ANY, "topology-processors", "",
		 "logical processors at this level")

PASS_CPUID_FIELD(0xb, 0, ECX, 31, 0, TOPOLOGY, ANY, "topology-level", "",
		 "number and type of the level")

PASS_CPUID_FIELD(0xb, 0, EDX, 31, 0, DYNAMIC, ANY, "x2apic-id", "", "x2APIC id of this very CPU")

PASS_CPUID_FIELD(0x1f, 0, EAX, 31, 0, TOPOLOGY, INTEL, "v2-topology-shift", "",
		 "bits of the x2APIC id below the next level")

PASS_CPUID_FIELD(0x1f, 0, EBX, 31, 0, TOPOLOGY, INTEL, "v2-topology-processors", "",
		 "logical processors at this level")

PASS_CPUID_FIELD(0x1f, 0, ECX, 31, 0, TOPOLOGY, INTEL, "v2-topology-level", "",
		 "number and type of the level: thread, core, module, tile, die")

PASS_CPUID_FIELD(0x1f, 0, EDX, 31, 0, DYNAMIC, INTEL, "v2-x2apic-id", "",
		 "x2APIC id of this very CPU")

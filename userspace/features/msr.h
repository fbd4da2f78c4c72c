/* SPDX-License-Identifier: GPL-2.0 */
/* Feature MSRs but for VMX. */

PASS_MSR_FIELD(0x3a, 0, 0, VMM, INTEL, "feature-control-lock", "",
	       "the rest of IA32_FEATURE_CONTROL is locked")
PASS_MSR_FIELD(0x3a, 2, 1, VMM, INTEL, "feature-control-vmx", "",
	       "firmware has switched VMX on; goes with it")
PASS_MSR_FIELD(0x3a, 15, 8, VMM, INTEL, "feature-control-senter", "",
	       "firmware has switched SENTER on; goes with SMX")
PASS_MSR_FIELD(0x3a, 17, 17, VMM, INTEL, "feature-control-sgx-lc", "",
	       "firmware leaves SGX launch control open; goes with it")
PASS_MSR_FIELD(0x3a, 18, 18, VMM, INTEL, "feature-control-sgx", "",
	       "firmware has switched SGX on; goes with it")
PASS_MSR_FIELD(0x3a, 20, 20, VMM, INTEL, "feature-control-lmce", "",
	       "firmware has switched local machine checks on")

PASS_MSR_FIELD(0x8b, 63, 0, VMM, ANY, "microcode-revision", "ucode-rev",
	       "revision of the microcode")

PASS_MSR_FIELD(0xce, 63, 0, VMM, INTEL, "platform-info", "",
	       "ratios of frequencies, CPUID faulting")

MSR_BIT(0xcf, 0, INTEL, "stlb-qos", "", "TLB shares by class")
MSR_BIT(0xcf, 2, INTEL, "integrity-caps", "fusa", "built-in self tests")
MSR_BIT(0xcf, 3, INTEL, "rsm-cpl0-only", "", "RSM works in the kernel only")
MSR_BIT(0xcf, 4, INTEL, "core-uc-lock-disable", "", "locks on uncached memory can be made to fault")
MSR_BIT(0xcf, 5, INTEL, "split-lock-detect", "", "locks over two cache lines can be made to fault")
MSR_BIT(0xcf, 6, INTEL, "snoop-filter-qos", "", "snoop filter shares by class")
MSR_BIT(0xcf, 7, INTEL, "uc-store-throttling", "", "stores to uncached memory are throttled")

MSR_BIT(0x10a, 0, INTEL, "rdctl-no", "rdcl-no", "not open to Meltdown and L1TF from user mode")
MSR_BIT(0x10a, 1, INTEL, "ibrs-all", "eibrs,ibrs-enhanced", "IBRS may be left on always")
MSR_BIT(0x10a, 2, INTEL, "rsba", "", "RET may use other predictions: bad news")
MSR_BIT(0x10a, 3, INTEL, "skip-l1dfl-vmentry", "skip-vmentry-l1dflush",
	"no L1D flush is needed at entry to a guest")
MSR_BIT(0x10a, 4, INTEL, "ssb-no", "intel-ssb-no", "not open to speculative store bypass")
MSR_BIT(0x10a, 5, INTEL, "mds-no", "", "not open to MDS")
MSR_BIT(0x10a, 6, INTEL, "pschange-mc-no", "if-pschange-mc-no",
	"page size changes raise no machine check")
MSR_BIT(0x10a, 7, INTEL, "tsx-ctrl", "tsx-ctrl-msr", "MSR that switches TSX off")
MSR_BIT(0x10a, 8, INTEL, "taa-no", "", "not open to TSX asynchronous abort")
MSR_BIT(0x10a, 9, INTEL, "mcu-control", "", "microcode update can be controlled")
MSR_BIT(0x10a, 10, INTEL, "misc-package-ctls", "", "MSR with package controls")
MSR_BIT(0x10a, 11, INTEL, "energy-filtering-ctl", "", "energy counters can be filtered")
MSR_BIT(0x10a, 12, INTEL, "doitm", "", "data independent timing mode")
MSR_BIT(0x10a, 13, INTEL, "sbdr-ssdp-no", "", "not open to shared buffers data read")
MSR_BIT(0x10a, 14, INTEL, "fbsdp-no", "", "not open to fill buffer stale data")
MSR_BIT(0x10a, 15, INTEL, "psdp-no", "", "not open to primary stale data")
MSR_BIT(0x10a, 16, INTEL, "mcu-enumeration", "mcu-enum", "MSR that enumerates microcode updates")
MSR_BIT(0x10a, 17, INTEL, "fb-clear", "", "VERW clears fill buffers")
MSR_BIT(0x10a, 18, INTEL, "fb-clear-ctrl", "", "that VERW clears fill buffers can be switched off")
MSR_BIT(0x10a, 19, INTEL, "rrsba", "", "RET may use other predictions under restriction: bad news")
MSR_BIT(0x10a, 20, INTEL, "bhi-no", "", "not open to branch history injection")
MSR_BIT(0x10a, 21, INTEL, "xapic-disable-status", "xapic-disable",
	"MSR that tells of a locked x2APIC")
MSR_BIT(0x10a, 22, INTEL, "mcu-extended-service", "", "microcode for long servicing")
MSR_BIT(0x10a, 23, INTEL, "overclocking-status", "", "MSR that tells of overclocking")
MSR_BIT(0x10a, 24, INTEL, "pbrsb-no", "", "not open to return stack weakness after an exit")
MSR_BIT(0x10a, 25, INTEL, "gds-ctrl", "", "gather mitigation can be switched")
MSR_BIT(0x10a, 26, INTEL, "gds-no", "", "not open to gather data sampling")
MSR_BIT(0x10a, 27, INTEL, "rfds-no", "", "not open to register file data sampling")
MSR_BIT(0x10a, 28, INTEL, "rfds-clear", "", "VERW clears register files")
MSR_BIT(0x10a, 29, INTEL, "ign-umonitor", "", "UMONITOR can be ignored")
MSR_BIT(0x10a, 30, INTEL, "mon-umon-mitig", "", "MONITOR and UMONITOR mitigation can be switched")
MSR_BIT(0x10a, 62, INTEL, "its-no", "", "not open to indirect target selection")

PASS_MSR_FIELD(0x140, 63, 0, VMM, INTEL, "misc-features-enables", "",
	       "switches: CPUID faulting, MWAIT in user mode")

PASS_MSR_FIELD(0x1a0, 63, 0, VMM, ANY, "misc-enable", "ia32-misc-enable", "switches of a guest's")

MSR_FIELD(0x345, 5, 0, INTEL, "lbr-format", "lbr-fmt", "format of branch records")
MSR_BIT(0x345, 6, INTEL, "pebs-trap", "", "samples are taken after the instruction")
MSR_BIT(0x345, 7, INTEL, "pebs-arch-regs", "", "samples have general registers")
MSR_FIELD(0x345, 11, 8, INTEL, "pebs-format", "", "format of samples")
MSR_BIT(0x345, 12, INTEL, "pmu-freeze-while-smm", "freeze-while-smm", "counters stop in SMM")
MSR_BIT(0x345, 13, INTEL, "full-width-write", "", "counters are written in full width")
MSR_BIT(0x345, 14, INTEL, "pebs-baseline", "", "samples are made up of groups")
MSR_BIT(0x345, 15, INTEL, "perf-metrics", "", "top-down metrics by a counter")
MSR_BIT(0x345, 16, INTEL, "pebs-output-pt", "", "samples into Processor Trace")
MSR_BIT(0x345, 17, INTEL, "pebs-timing-info", "", "samples have timing")

MSR_BIT(0xc0011029, 1, AMD, "de-cfg-lfence-serialize", "lfence-serialize-msr",
	"LFENCE has been made to wait for what is before it")

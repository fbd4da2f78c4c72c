/* SPDX-License-Identifier: GPL-2.0 */
/* What KVM and Hyper-V tell their guests. */

CPUID_FIELD(0x40000000, 0, EAX, 31, 0, KVM, "max-hypervisor-leaf", "", "highest hypervisor leaf")

PASS_CPUID_FIELD(0x40000000, 0, EBX, 31, 0, VMM, KVM, "hypervisor-id-1", "",
		 "the hypervisor's signature, first part")

PASS_CPUID_FIELD(0x40000000, 0, ECX, 31, 0, VMM, KVM, "hypervisor-id-2", "",
		 "the hypervisor's signature, second part")

PASS_CPUID_FIELD(0x40000000, 0, EDX, 31, 0, VMM, KVM, "hypervisor-id-3", "",
		 "the hypervisor's signature, third part")

CPUID_BIT(0x40000001, 0, EAX, 0, KVM, "kvmclock", "kvm-clocksource",
	  "clock in shared memory, first MSRs")
CPUID_BIT(0x40000001, 0, EAX, 1, KVM, "kvm-nopiodelay", "", "no delay is needed after port I/O")
CPUID_BIT(0x40000001, 0, EAX, 2, KVM, "kvm-mmu", "", "page table changes by hypercall: long gone")
CPUID_BIT(0x40000001, 0, EAX, 3, KVM, "kvmclock2", "kvm-clocksource2", "clock in shared memory")
CPUID_BIT(0x40000001, 0, EAX, 4, KVM, "kvm-asyncpf", "",
	  "a page that must be fetched lets other tasks run")
CPUID_BIT(0x40000001, 0, EAX, 5, KVM, "kvm-steal-time", "", "time that the host took away")
CPUID_BIT(0x40000001, 0, EAX, 6, KVM, "kvm-pv-eoi", "", "end of interrupt without an exit")
CPUID_BIT(0x40000001, 0, EAX, 7, KVM, "kvm-pv-unhalt", "", "a waiting CPU is kicked by hypercall")
CPUID_BIT(0x40000001, 0, EAX, 9, KVM, "kvm-pv-tlb-flush", "", "no flush for CPUs that don't run")
CPUID_BIT(0x40000001, 0, EAX, 10, KVM, "kvm-asyncpf-vmexit", "",
	  "nested guests exit for asynchronous page faults")
CPUID_BIT(0x40000001, 0, EAX, 11, KVM, "kvm-pv-ipi", "kvm-pv-send-ipi",
	  "interrupts to many CPUs by one hypercall")
CPUID_BIT(0x40000001, 0, EAX, 12, KVM, "kvm-poll-control", "",
	  "the host's polling before sleep can be switched off")
CPUID_BIT(0x40000001, 0, EAX, 13, KVM, "kvm-pv-sched-yield", "",
	  "a CPU gives way to the one that it waits for")
CPUID_BIT(0x40000001, 0, EAX, 14, KVM, "kvm-asyncpf-int", "", "page ready is an interrupt")
PASS_CPUID_BIT(0x40000001, 0, EAX, 15, VMM, KVM, "kvm-msi-ext-dest-id", "",
	       "15-bit APIC ids in interrupt messages")
CPUID_BIT(0x40000001, 0, EAX, 16, KVM, "kvm-hc-map-gpa-range", "",
	  "shared and private pages told by hypercall")
CPUID_BIT(0x40000001, 0, EAX, 17, KVM, "kvm-migration-control", "",
	  "a guest says that it may be moved")
CPUID_BIT(0x40000001, 0, EAX, 24, KVM, "kvmclock-stable-bit", "kvm-clocksource-stable-bit",
	  "the clock is the same on all CPUs")

PASS_CPUID_BIT(0x40000001, 0, EDX, 0, VMM, KVM, "kvm-hint-dedicated", "kvm-hints-realtime",
	       "CPUs of the guest are never taken away")

PASS_CPUID_BIT(0x40000003, 0, EAX, 0, VMM, HYPERV, "hv-runtime", "",
	       "MSR with the time that a virtual CPU ran")
PASS_CPUID_BIT(0x40000003, 0, EAX, 1, VMM, HYPERV, "hv-time-ref-count", "",
	       "MSR with a reference counter")
PASS_CPUID_BIT(0x40000003, 0, EAX, 2, VMM, HYPERV, "hv-synic", "", "synthetic interrupt controller")
PASS_CPUID_BIT(0x40000003, 0, EAX, 3, VMM, HYPERV, "hv-stimer", "", "synthetic timers")
PASS_CPUID_BIT(0x40000003, 0, EAX, 4, VMM, HYPERV, "hv-apic-access", "",
	       "MSRs for EOI, ICR and TPR")
PASS_CPUID_BIT(0x40000003, 0, EAX, 5, VMM, HYPERV, "hv-hypercall", "",
	       "MSRs that set hypercalls up")
PASS_CPUID_BIT(0x40000003, 0, EAX, 6, VMM, HYPERV, "hv-vpindex", "",
	       "MSR with the number of the virtual CPU")
PASS_CPUID_BIT(0x40000003, 0, EAX, 7, VMM, HYPERV, "hv-reset", "", "MSR that resets the guest")
PASS_CPUID_BIT(0x40000003, 0, EAX, 8, VMM, HYPERV, "hv-stat-pages", "", "statistics pages")
PASS_CPUID_BIT(0x40000003, 0, EAX, 9, VMM, HYPERV, "hv-time", "hv-reference-tsc",
	       "page with TSC scale and offset")
PASS_CPUID_BIT(0x40000003, 0, EAX, 10, VMM, HYPERV, "hv-guest-idle", "",
	       "MSR that idles a virtual CPU")
PASS_CPUID_BIT(0x40000003, 0, EAX, 11, VMM, HYPERV, "hv-frequencies", "",
	       "MSRs with TSC and APIC frequency")
PASS_CPUID_BIT(0x40000003, 0, EAX, 12, VMM, HYPERV, "hv-debug-msrs", "", "MSRs for debugging")
PASS_CPUID_BIT(0x40000003, 0, EAX, 13, VMM, HYPERV, "hv-reenlightenment", "",
	       "notice of a changed TSC frequency")
PASS_CPUID_BIT(0x40000003, 0, EAX, 15, VMM, HYPERV, "hv-tsc-invariant", "",
	       "the guest may ask for an invariant TSC")

PASS_CPUID_BIT(0x40000003, 0, EBX, 0, VMM, HYPERV, "hv-create-partitions", "",
	       "may create partitions")
PASS_CPUID_BIT(0x40000003, 0, EBX, 1, VMM, HYPERV, "hv-access-partition-id", "",
	       "may ask for its partition id")
PASS_CPUID_BIT(0x40000003, 0, EBX, 2, VMM, HYPERV, "hv-access-memory-pool", "",
	       "may use the memory pool")
PASS_CPUID_BIT(0x40000003, 0, EBX, 3, VMM, HYPERV, "hv-adjust-message-buffers", "",
	       "may adjust message buffers")
PASS_CPUID_BIT(0x40000003, 0, EBX, 4, VMM, HYPERV, "hv-post-messages", "", "may post messages")
PASS_CPUID_BIT(0x40000003, 0, EBX, 5, VMM, HYPERV, "hv-signal-events", "", "may signal events")
PASS_CPUID_BIT(0x40000003, 0, EBX, 6, VMM, HYPERV, "hv-create-port", "", "may create ports")
PASS_CPUID_BIT(0x40000003, 0, EBX, 7, VMM, HYPERV, "hv-connect-port", "", "may connect to ports")
PASS_CPUID_BIT(0x40000003, 0, EBX, 8, VMM, HYPERV, "hv-access-stats", "", "may read statistics")
PASS_CPUID_BIT(0x40000003, 0, EBX, 11, VMM, HYPERV, "hv-debugging", "", "may debug")
PASS_CPUID_BIT(0x40000003, 0, EBX, 12, VMM, HYPERV, "hv-cpu-management", "",
	       "may manage processors")
PASS_CPUID_BIT(0x40000003, 0, EBX, 13, VMM, HYPERV, "hv-configure-profiler", "",
	       "may configure the profiler")
PASS_CPUID_BIT(0x40000003, 0, EBX, 14, VMM, HYPERV, "hv-exit-tracing", "",
	       "may trace exits of virtual CPUs")
PASS_CPUID_BIT(0x40000003, 0, EBX, 15, VMM, HYPERV, "hv-flush-gva-ranges", "",
	       "may flush extended ranges of addresses")
PASS_CPUID_BIT(0x40000003, 0, EBX, 16, VMM, HYPERV, "hv-vsm", "", "may use virtual secure mode")
PASS_CPUID_BIT(0x40000003, 0, EBX, 17, VMM, HYPERV, "hv-vp-registers", "",
	       "may reach registers of virtual CPUs")
PASS_CPUID_BIT(0x40000003, 0, EBX, 19, VMM, HYPERV, "hv-fast-hypercall-output", "",
	       "hypercalls may return output in registers")
PASS_CPUID_BIT(0x40000003, 0, EBX, 20, VMM, HYPERV, "hv-extended-hypercalls", "",
	       "extended hypercalls")
PASS_CPUID_BIT(0x40000003, 0, EBX, 21, VMM, HYPERV, "hv-start-vp", "", "may start virtual CPUs")
PASS_CPUID_BIT(0x40000003, 0, EBX, 22, VMM, HYPERV, "hv-isolation", "",
	       "runs isolated from its host")

PASS_CPUID_FIELD(0x40000003, 0, ECX, 3, 0, VMM, HYPERV, "hv-max-power-state", "",
		 "deepest power state of processors")
PASS_CPUID_BIT(0x40000003, 0, ECX, 5, VMM, HYPERV, "hv-invariant-mperf", "", "invariant MPERF")
PASS_CPUID_BIT(0x40000003, 0, ECX, 6, VMM, HYPERV, "hv-supervisor-shadow-stack", "",
	       "supervisor shadow stacks")
PASS_CPUID_BIT(0x40000003, 0, ECX, 7, VMM, HYPERV, "hv-arch-pmu", "", "architectural PMU")
PASS_CPUID_BIT(0x40000003, 0, ECX, 8, VMM, HYPERV, "hv-exception-trap-intercept", "",
	       "traps of exceptions")
PASS_CPUID_BIT(0x40000003, 0, ECX, 9, VMM, HYPERV, "hv-dispatch-interrupt-injection", "",
	       "interrupts injected at dispatch")
PASS_CPUID_BIT(0x40000003, 0, ECX, 10, VMM, HYPERV, "hv-ghcb-root-mapping", "",
	       "the root partition maps GHCB pages")

PASS_CPUID_BIT(0x40000003, 0, EDX, 0, VMM, HYPERV, "hv-mwait", "", "MWAIT may be used")
PASS_CPUID_BIT(0x40000003, 0, EDX, 1, VMM, HYPERV, "hv-guest-debugging", "", "guest debugging")
PASS_CPUID_BIT(0x40000003, 0, EDX, 2, VMM, HYPERV, "hv-perf-monitor", "", "performance monitoring")
PASS_CPUID_BIT(0x40000003, 0, EDX, 3, VMM, HYPERV, "hv-dynamic-partitioning", "",
	       "processors may come and go")
PASS_CPUID_BIT(0x40000003, 0, EDX, 4, VMM, HYPERV, "hv-xmm-input", "",
	       "hypercall input in XMM registers")
PASS_CPUID_BIT(0x40000003, 0, EDX, 5, VMM, HYPERV, "hv-guest-idle-state", "",
	       "virtual guest idle state")
PASS_CPUID_BIT(0x40000003, 0, EDX, 6, VMM, HYPERV, "hv-sleep-state", "",
	       "sleep state of the hypervisor")
PASS_CPUID_BIT(0x40000003, 0, EDX, 7, VMM, HYPERV, "hv-numa-distance", "",
	       "NUMA distances can be asked for")
PASS_CPUID_BIT(0x40000003, 0, EDX, 8, VMM, HYPERV, "hv-frequency-msrs", "",
	       "frequency MSRs are there")
PASS_CPUID_BIT(0x40000003, 0, EDX, 9, VMM, HYPERV, "hv-inject-mce", "",
	       "synthetic machine checks can be injected")
PASS_CPUID_BIT(0x40000003, 0, EDX, 10, VMM, HYPERV, "hv-crash", "", "MSRs that report a crash")
PASS_CPUID_BIT(0x40000003, 0, EDX, 11, VMM, HYPERV, "hv-syndbg", "hv-debug-msr-access",
	       "MSRs of the synthetic debugger")
PASS_CPUID_BIT(0x40000003, 0, EDX, 12, VMM, HYPERV, "hv-npiep", "",
	       "user mode can be kept from descriptor table addresses")
PASS_CPUID_BIT(0x40000003, 0, EDX, 13, VMM, HYPERV, "hv-disable-hypervisor", "",
	       "the hypervisor can be switched off")
PASS_CPUID_BIT(0x40000003, 0, EDX, 14, VMM, HYPERV, "hv-tlbflush-ext", "",
	       "flushes of several address ranges")
PASS_CPUID_BIT(0x40000003, 0, EDX, 15, VMM, HYPERV, "hv-xmm-output", "",
	       "hypercall output in XMM registers")
PASS_CPUID_BIT(0x40000003, 0, EDX, 17, VMM, HYPERV, "hv-sint-polling", "",
	       "polling of synthetic interrupts")
PASS_CPUID_BIT(0x40000003, 0, EDX, 18, VMM, HYPERV, "hv-hypercall-msr-lock", "",
	       "the hypercall MSR can be locked")
PASS_CPUID_BIT(0x40000003, 0, EDX, 19, VMM, HYPERV, "hv-stimer-direct", "",
	       "timers as plain interrupts")
PASS_CPUID_BIT(0x40000003, 0, EDX, 20, VMM, HYPERV, "hv-vsm-pat", "",
	       "PAT register for virtual secure mode")
PASS_CPUID_BIT(0x40000003, 0, EDX, 21, VMM, HYPERV, "hv-vsm-bndcfgs", "",
	       "BNDCFGS register for virtual secure mode")
PASS_CPUID_BIT(0x40000003, 0, EDX, 23, VMM, HYPERV, "hv-unhalted-timer", "",
	       "timer of time that is not halted")
PASS_CPUID_BIT(0x40000003, 0, EDX, 26, VMM, HYPERV, "hv-intel-lbr", "",
	       "last branch records of Intel's")

PASS_CPUID_BIT(0x40000004, 0, EAX, 0, VMM, HYPERV, "hv-as-switch", "",
	       "advice: switch address spaces by hypercall")
PASS_CPUID_BIT(0x40000004, 0, EAX, 1, VMM, HYPERV, "hv-local-tlb-flush", "",
	       "advice: flush the own TLB by hypercall")
PASS_CPUID_BIT(0x40000004, 0, EAX, 2, VMM, HYPERV, "hv-tlbflush", "",
	       "advice: flush other TLBs by hypercall")
PASS_CPUID_BIT(0x40000004, 0, EAX, 3, VMM, HYPERV, "hv-vapic", "",
	       "advice: use the MSRs for EOI, ICR and TPR")
PASS_CPUID_BIT(0x40000004, 0, EAX, 4, VMM, HYPERV, "hv-system-reset", "", "advice: reset by MSR")
PASS_CPUID_BIT(0x40000004, 0, EAX, 5, VMM, HYPERV, "hv-relaxed", "", "advice: relax watchdogs")
PASS_CPUID_BIT(0x40000004, 0, EAX, 6, VMM, HYPERV, "hv-dma-remapping", "", "advice: remap DMA")
PASS_CPUID_BIT(0x40000004, 0, EAX, 7, VMM, HYPERV, "hv-interrupt-remapping", "",
	       "advice: remap interrupts")
PASS_CPUID_BIT(0x40000004, 0, EAX, 8, VMM, HYPERV, "hv-x2apic-msrs", "", "advice: x2APIC MSRs")
PASS_CPUID_BIT(0x40000004, 0, EAX, 9, VMM, HYPERV, "hv-avic", "hv-apicv",
	       "advice: no automatic EOI")
PASS_CPUID_BIT(0x40000004, 0, EAX, 10, VMM, HYPERV, "hv-ipi", "", "advice: interrupts by hypercall")
PASS_CPUID_BIT(0x40000004, 0, EAX, 11, VMM, HYPERV, "hv-ex-processor-masks", "",
	       "advice: sets of more than 64 CPUs")
PASS_CPUID_BIT(0x40000004, 0, EAX, 12, VMM, HYPERV, "hv-nested", "",
	       "the hypervisor is itself a guest")
PASS_CPUID_BIT(0x40000004, 0, EAX, 13, VMM, HYPERV, "hv-int-mbec", "",
	       "advice: page protection by interrupt")
PASS_CPUID_BIT(0x40000004, 0, EAX, 14, VMM, HYPERV, "hv-evmcs", "", "advice: enlightened VMCS")
PASS_CPUID_BIT(0x40000004, 0, EAX, 15, VMM, HYPERV, "hv-synced-timeline", "",
	       "advice: one timeline for all")
PASS_CPUID_BIT(0x40000004, 0, EAX, 17, VMM, HYPERV, "hv-local-flush-entire", "",
	       "advice: flush the whole own TLB directly")
PASS_CPUID_BIT(0x40000004, 0, EAX, 18, VMM, HYPERV, "hv-no-nonarch-coresharing", "",
	       "no core is shared by strangers")
PASS_CPUID_BIT(0x40000004, 0, EAX, 21, VMM, HYPERV, "hv-mmio-hypercalls", "",
	       "advice: memory-mapped I/O by hypercall")

PASS_CPUID_FIELD(0x40000004, 0, EBX, 31, 0, VMM, HYPERV, "hv-spinlocks", "",
		 "spins before a hypercall")

PASS_CPUID_FIELD(0x40000004, 0, ECX, 6, 0, VMM, HYPERV, "hv-phys-bits", "",
		 "bits of a physical address")

PASS_CPUID_FIELD(0x40000005, 0, EAX, 31, 0, VMM, HYPERV, "hv-max-virtual-processors", "",
		 "most virtual CPUs")

PASS_CPUID_FIELD(0x40000005, 0, EBX, 31, 0, VMM, HYPERV, "hv-max-logical-processors", "",
		 "most logical CPUs")

PASS_CPUID_FIELD(0x40000005, 0, ECX, 31, 0, VMM, HYPERV, "hv-max-remap-vectors", "",
		 "most interrupt vectors that can be remapped")

PASS_CPUID_FIELD(0x4000000a, 0, EAX, 7, 0, VMM, HYPERV, "hv-evmcs-version-low", "",
		 "lowest version of the enlightened VMCS")
PASS_CPUID_FIELD(0x4000000a, 0, EAX, 15, 8, VMM, HYPERV, "hv-evmcs-version-high", "",
		 "highest version of the enlightened VMCS")
PASS_CPUID_BIT(0x4000000a, 0, EAX, 17, VMM, HYPERV, "hv-tlbflush-direct", "",
	       "nested guests flush TLBs without their hypervisor")
PASS_CPUID_BIT(0x4000000a, 0, EAX, 18, VMM, HYPERV, "hv-nested-gpa-flush", "",
	       "nested address spaces flushed by hypercall")
PASS_CPUID_BIT(0x4000000a, 0, EAX, 19, VMM, HYPERV, "hv-emsr-bitmap", "", "enlightened MSR bitmap")
PASS_CPUID_BIT(0x4000000a, 0, EAX, 20, VMM, HYPERV, "hv-combine-ve", "",
	       "virtualization exceptions come as page faults")
PASS_CPUID_BIT(0x4000000a, 0, EAX, 21, VMM, HYPERV, "hv-nested-debugctl", "",
	       "DEBUGCTL of nested guests")
PASS_CPUID_BIT(0x4000000a, 0, EAX, 22, VMM, HYPERV, "hv-nested-enlightened-tlb", "",
	       "enlightened TLB for nested guests")

PASS_CPUID_BIT(0x4000000a, 0, EBX, 0, VMM, HYPERV, "hv-evmcs1-perf-global-ctrl", "",
	       "PERF_GLOBAL_CTRL fields in the enlightened VMCS")

PASS_CPUID_FIELD(0x40000010, 0, EAX, 31, 0, VMM, KVM, "tsc-frequency", "tsc-khz,vmware-cpuid-freq",
		 "TSC frequency, kHz")

PASS_CPUID_FIELD(0x40000010, 0, EBX, 31, 0, VMM, KVM, "apic-frequency", "apic-khz",
		 "APIC bus frequency, kHz")

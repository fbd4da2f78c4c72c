/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Features that QEMU and libvirt have both known since 2022 (7.2 and 9.0), by
 * these names: what may be said to one of them that can't be asked.
 */
#ifndef KL_OUT_NAMES_H
#define KL_OUT_NAMES_H

#define OUT_USUAL_NAMES \
	"pni pclmuldq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid fma cx16 xtpr pdcm pcid " \
	"dca sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave avx f16c rdrand fpu vme " \
	"de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush ds acpi mmx " \
	"fxsr sse sse2 ss tm pbe fsgsbase tsc_adjust sgx bmi1 hle avx2 smep bmi2 erms invpcid " \
	"rtm mpx avx512f avx512dq rdseed adx smap avx512ifma pcommit clflushopt clwb intel-pt " \
	"avx512pf avx512er avx512cd sha-ni avx512bw avx512vl avx512vbmi umip pku waitpkg " \
	"avx512vbmi2 gfni vaes vpclmulqdq avx512vnni avx512bitalg avx512-vpopcntdq la57 rdpid " \
	"bus-lock-detect cldemote movdiri movdir64b sgxlc pks avx512-4vnniw avx512-4fmaps " \
	"fsrm avx512-vp2intersect md-clear serialize tsx-ldtrk arch-lbr amx-bf16 avx512-fp16 " \
	"amx-tile amx-int8 spec-ctrl stibp arch-capabilities core-capability ssbd avx-vnni " \
	"avx512-bf16 xsaveopt xsavec xgetbv1 xsaves xfd lahf_lm svm extapic cr8legacy abm " \
	"sse4a misalignsse 3dnowprefetch osvw ibs xop skinit wdt lwp fma4 tce nodeid_msr tbm " \
	"topoext perfctr_core perfctr_nb syscall nx mmxext fxsr_opt pdpe1gb rdtscp lm " \
	"3dnowext 3dnow invtsc clzero xsaveerptr wbnoinvd ibpb ibrs amd-stibp amd-ssbd " \
	"virt-ssbd amd-no-ssb npt lbrv svm-lock nrip-save tsc-scale vmcb-clean flushbyasid " \
	"decodeassists pause-filter pfthreshold avic v-vmsave-vmload vgif svme-addr-chk " \
	"split-lock-detect rdctl-no ibrs-all rsba skip-l1dfl-vmentry ssb-no mds-no " \
	"pschange-mc-no tsx-ctrl taa-no"

/* What QEMU calls nested VMX's features. */
#define OUT_QEMU_VMX_NAMES \
	"vmx-activity-hlt vmx-activity-shutdown vmx-activity-wait-sipi vmx-apicv-register " \
	"vmx-apicv-vid vmx-apicv-x2apic vmx-apicv-xapic vmx-cr3-load-noexit " \
	"vmx-cr3-store-noexit vmx-cr8-load-exit vmx-cr8-store-exit vmx-desc-exit " \
	"vmx-encls-exit vmx-entry-ia32e-mode vmx-entry-load-bndcfgs vmx-entry-load-efer " \
	"vmx-entry-load-pat vmx-entry-load-perf-global-ctrl vmx-entry-load-pkrs " \
	"vmx-entry-load-rtit-ctl vmx-entry-noload-debugctl vmx-ept vmx-ept-1gb vmx-ept-2mb " \
	"vmx-ept-advanced-exitinfo vmx-ept-execonly vmx-eptad vmx-eptp-switching " \
	"vmx-exit-ack-intr vmx-exit-clear-bndcfgs vmx-exit-clear-rtit-ctl vmx-exit-load-efer " \
	"vmx-exit-load-pat vmx-exit-load-perf-global-ctrl vmx-exit-load-pkrs " \
	"vmx-exit-nosave-debugctl vmx-exit-save-efer vmx-exit-save-pat " \
	"vmx-exit-save-preemption-timer vmx-flexpriority vmx-hlt-exit vmx-ins-outs " \
	"vmx-intr-exit vmx-invept vmx-invept-all-context vmx-invept-single-context " \
	"vmx-invept-single-context-noglobals vmx-invlpg-exit vmx-invpcid-exit vmx-invvpid " \
	"vmx-invvpid-all-context vmx-invvpid-single-addr vmx-io-bitmap vmx-io-exit " \
	"vmx-monitor-exit vmx-movdr-exit vmx-msr-bitmap vmx-mtf vmx-mwait-exit vmx-nmi-exit " \
	"vmx-page-walk-4 vmx-page-walk-5 vmx-pause-exit vmx-ple vmx-pml vmx-posted-intr " \
	"vmx-preemption-timer vmx-rdpmc-exit vmx-rdrand-exit vmx-rdseed-exit vmx-rdtsc-exit " \
	"vmx-rdtscp-exit vmx-secondary-ctls vmx-shadow-vmcs vmx-store-lma vmx-true-ctls " \
	"vmx-tsc-offset vmx-tsc-scaling vmx-unrestricted-guest vmx-vintr-pending vmx-vmfunc " \
	"vmx-vmwrite-vmexit-fields vmx-vnmi vmx-vnmi-pending vmx-vpid vmx-wbinvd-exit " \
	"vmx-xsaves vmx-zero-len-inject"

/*
 * What one or the other of the models that stand in for built-in levels
 * (level_data.h) has beyond its level.
 */
#define OUT_MODELS_MORE \
	"vme x2apic tsc-deadline monitor hle rtm mpx intel-pt rdtscp spec-ctrl ssbd stibp " \
	"arch-capabilities rdctl-no ibrs-all skip-l1dfl-vmentry mds-no pschange-mc-no taa-no " \
	"svm npt nrip-save svme-addr-chk ibpb ibrs amd-stibp amd-ssbd"

#endif /* KL_OUT_NAMES_H */

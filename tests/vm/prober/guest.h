/* SPDX-License-Identifier: GPL-2.0 */
/* What the prober and its guest agree on. Read by C and by guest.S. */
#ifndef KVMPROBE_GUEST_H
#define KVMPROBE_GUEST_H

/* Guest-physical map: 4 MiB, identity-mapped with 2 MiB pages, all for CPL 0. */
#define GUEST_MEM_SIZE	0x400000
#define GUEST_PML4	0x1000
#define GUEST_PDPT	0x2000
#define GUEST_PD	0x3000
#define GUEST_GDT	0x4000
#define GUEST_IDT	0x5000
#define GUEST_TSS	0x6000		/* one per vCPU */
#define TSS_SIZE	0x80
#define GUEST_CODE	0x8000
#define GUEST_PV_AREA	0x200000
#define GUEST_BLOCKS	0x100000	/* one per vCPU */
#define BLOCK_SIZE	0x2000		/* its stack grows down from the end */

#define GUEST_CS	0x08
#define GUEST_DS	0x10
#define GUEST_CS32	0x18
#define GUEST_USER_CS	0x20
#define GUEST_USER_DS	0x28

/* The first 2 MiB once more, for CPL 3. */
#define GUEST_USER_ALIAS	0x400000

#define PORT_DONE	0xe9		/* the guest's "command done" */
#define PORT_BENCH	0xea		/* an exit that is measured */

/* Offsets in a vCPU's block. */
#define BLK_OP		0x00
#define BLK_FAULT	0x08		/* vector, or NO_FAULT */
#define BLK_A		0x10		/* arguments ... */
#define BLK_C		0x18
#define BLK_D		0x20
#define BLK_N		0x28
#define BLK_RA		0x30		/* ... and results */
#define BLK_RB		0x38
#define BLK_RC		0x40
#define BLK_RD		0x48
#define BLK_ERR		0x50
#define BLK_BUF		0x100		/* aligned by 64, for operands; the stack is far */

#define NO_FAULT	0xffff
#define VEC_UD		6
#define VEC_NM		7
#define VEC_GP		13

/* Commands. The order is that of the jump table in guest.S. */
#define OP_CPUID	0
#define OP_RDMSR	1
#define OP_WRMSR	2
#define OP_RDCR4	3
#define OP_WRCR4	4
#define OP_XGETBV	5
#define OP_XSETBV	6
#define OP_YMM_LOAD	7
#define OP_YMM_STORE	8
#define OP_FEP_CPUID	9
#define OP_VMCALL	10
#define OP_VMMCALL	11
#define OP_RDFSBASE	12
#define OP_CLGI		13
#define OP_NOP		14
#define OP_SPIN_CPUID	15
#define OP_BENCH_NOP	16
#define OP_BENCH_CPUID	17
#define OP_BENCH_RDMSR	18
#define OP_BENCH_WRMSR	19
#define OP_BENCH_IO	20
#define OP_BENCH_HLT	21
#define OP_RDCR3	22
#define OP_WRCR3	23
#define OP_RDTSCP	24
#define OP_RDPKRU	25
#define OP_RDPID	26
#define OP_RDRAND	27
#define OP_RDSEED	28
#define OP_INVPCID	29
#define OP_XSAVES	30
#define OP_TPAUSE	31
#define OP_UMWAIT	32
#define OP_ENQCMDS	33
#define OP_USER_SGDT	34
#define OP_COUNT	35

#endif

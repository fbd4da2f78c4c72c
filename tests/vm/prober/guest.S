/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest: a command interpreter in 64-bit mode. %r12 points at this vCPU's
 * block. A command runs one instruction of interest; a fault in it lands in
 * guest_fault, which notes the vector and goes on at %r15.
 */
#include "guest.h"

	.section .rodata
	.balign 16
	.globl guest_start, guest_end, guest_vectors, guest_enter32, guest_la57

guest_start:
	movq	$NO_FAULT, BLK_FAULT(%r12)
	lea	guest_done(%rip), %r15
	mov	BLK_OP(%r12), %rax
	lea	guest_table(%rip), %rbx
	movslq	(%rbx,%rax,4), %rax
	add	%rbx, %rax
	mov	%rax, %rbx
	mov	BLK_A(%r12), %rax
	mov	BLK_C(%r12), %rcx
	mov	BLK_D(%r12), %rdx
	mov	BLK_N(%r12), %rsi
	jmp	*%rbx

guest_store:
	mov	%rax, BLK_RA(%r12)
	mov	%rbx, BLK_RB(%r12)
	mov	%rcx, BLK_RC(%r12)
	mov	%rdx, BLK_RD(%r12)
guest_done:
	out	%al, $PORT_DONE
	jmp	guest_start

guest_fault:
	/* On the stack: the vector, then an error code or the RIP. */
	pop	%rax
	mov	%rax, BLK_FAULT(%r12)
	mov	(%rsp), %rax
	mov	%rax, BLK_ERR(%r12)
	lea	BLOCK_SIZE(%r12), %rsp
	jmp	*%r15

op_cpuid:
	cpuid
	jmp	guest_store
op_fep_cpuid:
	.byte	0x0f, 0x0b, 0x6b, 0x76, 0x6d
	cpuid
	jmp	guest_store
op_rdmsr:
	rdmsr
	jmp	guest_store
op_wrmsr:
	wrmsr
	jmp	guest_done
op_rdcr4:
	mov	%cr4, %rax
	jmp	guest_store
op_wrcr4:
	mov	%rax, %cr4
	mov	%cr4, %rax
	jmp	guest_store
op_rdcr3:
	mov	%cr3, %rax
	jmp	guest_store
op_wrcr3:
	mov	%rax, %cr3
	mov	%cr3, %rax
	jmp	guest_store
op_xgetbv:
	xgetbv
	jmp	guest_store
op_xsetbv:
	xsetbv
	jmp	guest_done
op_ymm_load:
	vmovups	BLK_BUF(%r12), %ymm0
	jmp	guest_done
op_ymm_store:
	vmovups	%ymm0, BLK_BUF(%r12)
	jmp	guest_done
op_vmcall:
	mov	%rcx, %rbx
	vmcall
	jmp	guest_store
op_vmmcall:
	mov	%rcx, %rbx
	vmmcall
	jmp	guest_store
op_rdfsbase:
	rdfsbase %rax
	jmp	guest_store
op_clgi:
	/* The mildest instruction that EFER.SVME alone makes legal. */
	clgi
	stgi
	jmp	guest_done
op_rdtscp:
	rdtscp
	jmp	guest_store
op_rdpkru:
	xor	%ecx, %ecx
	rdpkru
	jmp	guest_store
	/*
	 * Each with the mildest operands that there are: what counts is whether it
	 * faults.  As bytes where assemblers of today may not know it.
	 */
op_rdpid:
	.byte	0xf3, 0x0f, 0xc7, 0xf8		/* rdpid %rax */
	jmp	guest_store
op_rdrand:
	rdrand	%rax
	jmp	guest_store
op_rdseed:
	rdseed	%rax
	jmp	guest_store
op_invpcid:
	/* Type 2: everything.  The descriptor must be zero but for its address. */
	movq	$0, BLK_BUF(%r12)
	movq	$0, BLK_BUF+8(%r12)
	mov	$2, %eax
	invpcid	BLK_BUF(%r12), %rax
	jmp	guest_done
op_xsaves:
	mov	$3, %eax
	xor	%edx, %edx
	xsaves64 BLK_BUF(%r12)
	jmp	guest_done
op_tpause:
	/* Until TSC 0, which is over. */
	xor	%eax, %eax
	xor	%edx, %edx
	xor	%ecx, %ecx
	.byte	0x66, 0x0f, 0xae, 0xf1		/* tpause %ecx */
	jmp	guest_done
op_umwait:
	xor	%eax, %eax
	xor	%edx, %edx
	xor	%ecx, %ecx
	lea	BLK_BUF(%r12), %rbx
	.byte	0xf3, 0x0f, 0xae, 0xf3		/* umonitor %rbx */
	.byte	0xf2, 0x0f, 0xae, 0xf1		/* umwait %ecx */
	jmp	guest_done
op_enqcmds:
	lea	BLK_BUF(%r12), %rbx
	lea	BLK_BUF+64(%r12), %rax
	.byte	0xf3, 0x0f, 0x38, 0xf8, 0x03	/* enqcmds (%rbx), %rax */
	jmp	guest_done
op_user_sgdt:
	/* SGDT at CPL 3, and #UD to come back where that is allowed. */
	push	$(GUEST_USER_DS | 3)
	push	%r12
	push	$2
	push	$(GUEST_USER_CS | 3)
	lea	GUEST_USER_ALIAS+1f(%rip), %rax
	push	%rax
	iretq
1:	sgdt	GUEST_USER_ALIAS+BLK_BUF(%r12)
	ud2
op_nop:
	jmp	guest_done

	/*
	 * %rsi times the same CPUID; stops at the first answer that differs
	 * from the first one. What is left of %rsi goes to BLK_RA.
	 */
op_spin_cpuid:
	mov	%rax, %r8
	mov	%rcx, %r9
	cpuid
	mov	%eax, %r10d
	mov	%ebx, %r11d
	mov	%ecx, %r13d
	mov	%edx, %r14d
1:	mov	%r8, %rax
	mov	%r9, %rcx
	cpuid
	cmp	%eax, %r10d
	jne	2f
	cmp	%ebx, %r11d
	jne	2f
	cmp	%ecx, %r13d
	jne	2f
	cmp	%edx, %r14d
	jne	2f
	dec	%rsi
	jnz	1b
2:	mov	%rsi, %rax
	jmp	guest_store

	/* The loops of bench: all alike but for the measured instruction. */
	.macro	bench name, insn:vararg
\name:
	mov	%rax, %r8
	mov	%rcx, %r9
	mov	%rdx, %r10
1:	mov	%r8, %rax
	mov	%r9, %rcx
	mov	%r10, %rdx
	\insn
	dec	%rsi
	jnz	1b
	jmp	guest_done
	.endm

	bench	op_bench_nop, nop
	bench	op_bench_cpuid, cpuid
	bench	op_bench_rdmsr, rdmsr
	bench	op_bench_wrmsr, wrmsr
	bench	op_bench_io, out %al, $PORT_BENCH
	bench	op_bench_hlt, hlt

	/*
	 * Where a vCPU starts: 32-bit, unpaged, EFER.LME set, %esi its block.
	 * KVM 6.12 lets KVM_SET_SREGS set EFER.LME only with CPUID to match,
	 * and some guests here have no CPUID; so the last step is the guest's.
	 */
	.code32
guest_enter32:
	mov	%cr0, %eax
	or	$0x80000000, %eax
	mov	%eax, %cr0
	ljmp	$GUEST_CS, $(GUEST_CODE + guest_enter64 - guest_start)
	.code64
guest_enter64:
	mov	%esi, %r12d
	lea	BLOCK_SIZE(%r12), %rsp
	jmp	guest_start

	/*
	 * From the same start: CR4.LA57 can be set with paging off only.  There is
	 * nobody to take a fault here, so one ends in a shutdown.
	 */
	.code32
guest_la57:
	mov	%cr4, %eax
	or	$0x1000, %eax
	mov	%eax, %cr4
	mov	%cr4, %eax
	mov	%eax, BLK_RA(%esi)
	out	%al, $PORT_DONE
	hlt
	.code64

	.balign 16
guest_vectors:
	.set	vec, 0
	.rept	32
	.balign	16
	push	$vec
	jmp	guest_fault
	.set	vec, vec + 1
	.endr

	.balign 4
guest_table:
	.irp	op, cpuid, rdmsr, wrmsr, rdcr4, wrcr4, xgetbv, xsetbv, \
		ymm_load, ymm_store, fep_cpuid, vmcall, vmmcall, rdfsbase, \
		clgi, nop, spin_cpuid, bench_nop, bench_cpuid, bench_rdmsr, \
		bench_wrmsr, bench_io, bench_hlt, rdcr3, wrcr3, rdtscp, rdpkru, \
		rdpid, rdrand, rdseed, invpcid, xsaves, tpause, umwait, \
		enqcmds, user_sgdt
	.long	op_\op - guest_table
	.endr
	.if	(. - guest_table) / 4 - OP_COUNT
	.error	"guest_table and the OP_ numbers differ"
	.endif
guest_end:

	.section .note.GNU-stack, "", @progbits

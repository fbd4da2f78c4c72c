/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An option ROM that starts the kernel which Bochs has put into memory: no disk,
 * no boot loader, no unpacking. emulator-bochs.sh has left a struct hvm_start_info
 * of Xen's PVH boot protocol at BOOT_INFO, the kernel's entry behind it; missing
 * is only what the BIOS knows, the memory map.
 */
#define BOOT_INFO	0x7000000
#define MAP_ENTRIES	(BOOT_INFO + 48)	/* hvm_start_info.memmap_entries */
#define ENTRY		(BOOT_INFO + 56)
#define MAP		0x8000			/* .memmap_paddr, below 64 KiB */
#define MAP_ENTRY_SIZE	24
#define SMAP		0x534d4150		/* as INT 15h, AX=E820h wants it */

	.code16
	.text
	.globl	_start
_start:
	.word	0xaa55
	.byte	1			/* one block of 512 bytes */

	/* The BIOS calls here when all its tables are made. Never returns. */
	cli
	cld
	xor	%ax, %ax
	mov	%ax, %ds
	mov	%ax, %es

	/* INT 15h gives 20 bytes an entry; the four that follow stay zero. */
	mov	$MAP, %di
	xor	%ebx, %ebx
	xor	%ebp, %ebp
1:	mov	$0xe820, %eax
	mov	$20, %ecx
	mov	$SMAP, %edx
	int	$0x15
	jc	2f
	movl	$0, 20(%di)
	add	$MAP_ENTRY_SIZE, %di
	inc	%ebp
	test	%ebx, %ebx
	jnz	1b

	/* Interrupts are off for good, as INT 15h may have turned them on. */
2:	cli
	mov	$2, %al			/* A20 */
	out	%al, $0x92
	xor	%eax, %eax
	mov	%cs, %ax
	shl	$4, %eax
	/* Addresses in here are known only now. */
	lea	gdt(%eax), %ecx
	lea	start32(%eax), %edx
	movw	$(gdt_end - gdt - 1), MAP - 8
	mov	%ecx, MAP - 6
	lgdtl	MAP - 8
	mov	%cr0, %eax
	or	$1, %al
	mov	%eax, %cr0
	/* A far return does for a far jump to an address in a register. */
	pushl	$8
	push	%edx
	lretl

	.code32
start32:
	mov	$16, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	mov	%eax, %fs
	mov	%eax, %gs
	mov	%ebp, MAP_ENTRIES
	mov	$BOOT_INFO, %ebx
	jmp	*ENTRY

	.balign	8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* flat code */
	.quad	0x00cf93000000ffff	/* flat data */
gdt_end:
	/* The last byte makes the sum zero: see fetch-bochs. */
	.org	512

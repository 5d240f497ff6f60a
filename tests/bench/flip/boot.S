// SPDX-License-Identifier: GPL-3.0-or-later
// Entry of the flip guest: an El Torito image without emulation (El Torito 1.0, section 3), loaded by
// the BIOS at 0000:7c00 in real mode. Goes to flat 32-bit protected mode and calls run().
    .section .boot, "ax"
    .code16
    .globl _start
_start:
    cli
    ljmp $0, $real_start
    // make_flip_iso.sh writes width, height and mode (flip.c) here.
    .org 16
    .globl parameters
parameters:
    .word 1280, 800, 0
real_start:
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw $0x7c00, %sp
    // Address line 20 by the fast gate of port 92h.
    inb $0x92, %al
    orb $2, %al
    andb $0xfe, %al
    outb %al, $0x92
    lgdtl gdt_pointer
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    ljmp $8, $protected_start

    .code32
protected_start:
    movw $16, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %fs
    movw %ax, %gs
    movw %ax, %ss
    movl $0x70000, %esp
    cld
    movl $bss_start, %edi
    movl $bss_end, %ecx
    subl %edi, %ecx
    xorl %eax, %eax
    rep stosb
    call run
1:  hlt
    jmp 1b

// Back to where the processor was, in the same segment. Not iretl: a kernel that emulates guests
// knows that in real mode only.
    .macro return_from_interrupt
    pushl 8(%esp)
    popfl
    ret $8
    .endm

    .globl on_timer_entry, on_key_entry, on_other_entry
on_timer_entry:
    pushal
    call on_timer
    popal
    return_from_interrupt
on_key_entry:
    pushal
    call on_key
    popal
    return_from_interrupt
on_other_entry:
    return_from_interrupt

    .align 8
gdt:
    .quad 0
    .quad 0x00cf9a000000ffff
    .quad 0x00cf92000000ffff
gdt_pointer:
    .word . - gdt - 1
    .long gdt
    .section .note.GNU-stack, "", @progbits

// SPDX-License-Identifier: GPL-3.0-or-later
// What a boot loader takes for a Linux kernel (Linux Documentation/arch/x86/boot.rst). Its setup
// code, still in real mode, prints on the debug port 0x402 the first 16 bytes of its initial RAM
// disk, which it fetches by the BIOS (int 0x15, AH 0x87), and its command line; then it stops.
    .intel_syntax noprefix
    .code16
    .globl _start
    .set BUFFER, 0x600      // in the loader's segment, behind the setup code
    .set SEGMENT_BASE, 0x10000

_start:
    .org 0x1f1
    .byte 1                 // sectors of setup code besides the first
    .org 0x1fe
    .word 0xaa55
    .byte 0xeb, begin - after_jump
after_jump:
    .ascii "HdrS"
    .word 0x020f            // version
    .org 0x211
    .byte 1                 // loaded high
    .org 0x218
initrd: .long 0
    .org 0x228
command_line: .long 0
    .long 0x7fffffff        // highest address of the initial RAM disk
    .org 0x236
    .word 2                 // anywhere below 4 GiB
    .long 255               // longest command line
    .org 0x258
    .quad 0x100000
    .long 0x1000
    .org 0x268
begin:
    cld
    mov ax, ds
    mov es, ax
    mov eax, [initrd]
    mov word ptr [source + 2], ax
    shr eax, 16
    mov byte ptr [source + 4], al
    mov byte ptr [source + 7], ah
    mov si, offset blocks
    mov cx, 8               // words
    mov ah, 0x87
    int 0x15
    jc failed
    mov byte ptr [BUFFER + 16], 0

    mov dx, 0x402
    mov si, offset before
    call print
    mov si, BUFFER
    call print
    mov si, offset between
    call print
    mov eax, [command_line]
    shr eax, 4
    mov ds, ax
    xor si, si
    call print
    jmp stop
failed:
    mov dx, 0x402
    mov si, offset trouble
    call print
stop:
    mov al, 10
    out dx, al
    cli
halted:
    hlt
    jmp halted

print:                      // up to a NUL
    lodsb
    test al, al
    jz printed
    out dx, al
    jmp print
printed:
    ret

before: .asciz "kernel: initrd "
between: .asciz ", command line "
trouble: .asciz "kernel: no initrd"
    .balign 8
blocks:                     // descriptors: two the BIOS fills, source, destination, two more
    .fill 16
source: .word 0xffff, 0
    .byte 0, 0x93, 0, 0
    .word 0xffff, BUFFER
    .byte SEGMENT_BASE >> 16, 0x93, 0, 0
    .fill 16
    .org 0x400
    .fill 512               // the kernel itself, which never runs

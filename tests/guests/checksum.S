// SPDX-License-Identifier: GPL-3.0-or-later
// A guest that notices when anything of it is lost: it walks four MiB of memory, in which every
// word has one right value, and changes each; writes 4 KiB to its second disk and reads back what
// it wrote some passes ago; and writes pass, running checksum and error to sector 32 of its first
// disk, which the test reads. saved_machine.h knows the same numbers.
//
// Disks by INT 13h, functions 42h and 43h (Enhanced Disk Drive Specification 3.0, 4.2 and 4.3), so
// that it runs from any controller the BIOS knows. Memory above 1 MiB by a segment whose limit is
// 4 GiB, left over from protected mode.
    .intel_syntax noprefix
    .code16
    .globl _start
    .set MEMORY, 0x100000
    .set MEMORY_END, 0x500000
    .set FACTOR, 0x9E3779B1
    .set STATUS, 0xa000
    .set BUFFER, 0x9000
    .set WORDS, 1024
    .set BEHIND, 7

_start:
    cli
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 0x7c00
    sti
    mov word ptr [packet + 2], 2
    mov word ptr [packet + 4], 0x7e00
    mov dword ptr [packet + 8], 1
    mov dl, 0x80
    mov ah, 0x42
    mov si, offset packet
    int 0x13
    jc halt
    jmp main
halt:
    hlt
    jmp halt

    .align 4
packet: .byte 16, 0
    .word 0, 0, 0
    .long 0, 0
pass: .long 0
sum: .long 0
error: .long 0
gdt: .quad 0
    .quad 0x00cf92000000ffff
gdtEnd:
gdtr: .word gdtEnd - gdt - 1
    .long gdt

    .org 510
    .word 0xaa55

main:
    cli
    call unreal
    mov edi, MEMORY
fill:
    imul eax, edi, FACTOR
    mov fs:[edi], eax
    add edi, 4
    cmp edi, MEMORY_END
    jb fill
    sti

next:
    cli
    call unreal
    mov edi, MEMORY
    mov ebx, [sum]
    mov ecx, [pass]
walk:
    imul eax, edi, FACTOR
    add eax, ecx
    cmp fs:[edi], eax
    jne badMemory
    inc eax
    mov fs:[edi], eax
    imul ebx, ebx, 31
    add ebx, eax
    add edi, 4
    cmp edi, MEMORY_END
    jb walk
    mov [sum], ebx
    sti

    // What this pass leaves on the second disk.
    mov ecx, [pass]
    call place
    mov edi, BUFFER
    mov edx, WORDS
make:
    stosd
    add eax, FACTOR
    dec edx
    jnz make
    mov ax, 0x4300
    mov dl, 0x81
    call disk
    jc badDisk

    // What an earlier one left.
    mov ecx, [pass]
    sub ecx, BEHIND
    jb report
    call place
    push eax
    mov ax, 0x4200
    mov dl, 0x81
    call disk
    pop eax
    jc badDisk
    mov esi, BUFFER
    mov edx, WORDS
compare:
    cmp [esi], eax
    jne badData
    add eax, FACTOR
    add esi, 4
    dec edx
    jnz compare

report:
    inc dword ptr [pass]
    call status
    jmp next

badMemory:
    mov dword ptr [error], 1
    jmp bad
badDisk:
    mov dword ptr [error], 2
    jmp bad
badData:
    mov dword ptr [error], 3
bad:
    sti
    call status
    jmp halt

// ecx: a pass. Prepares the packet for its place; eax: the first of its words.
place:
    mov word ptr [packet + 2], 8
    mov word ptr [packet + 4], BUFFER
    mov eax, ecx
    and eax, 0x3ff
    shl eax, 3
    add eax, 64
    mov [packet + 8], eax
    imul eax, ecx, 0x85EBCA6B
    ret

status:
    mov dword ptr [STATUS], 0x4e525456 // "VTRN"
    mov eax, [pass]
    mov [STATUS + 4], eax
    mov eax, [sum]
    mov [STATUS + 8], eax
    mov eax, [error]
    mov [STATUS + 12], eax
    mov word ptr [packet + 2], 1
    mov word ptr [packet + 4], STATUS
    mov dword ptr [packet + 8], 32
    mov ax, 0x4300
    mov dl, 0x80
// ax, dl: as INT 13h has them
disk:
    mov si, offset packet
    int 0x13
    cld
    ret

// fs gets a limit of 4 GiB; interrupts are off, as a BIOS may take it away again.
unreal:
    lgdt [gdtr]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    mov bx, 8
    mov fs, bx
    and al, 0xfe
    mov cr0, eax
    xor bx, bx
    mov fs, bx
    // A20, by the fast gate of the PS/2's port 92h
    in al, 0x92
    or al, 2
    and al, 0xfe
    out 0x92, al
    ret
    .org 0x600

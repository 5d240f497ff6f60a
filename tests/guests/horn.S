// SPDX-License-Identifier: GPL-3.0-or-later
// A boot sector for a machine with an HD Audio controller: with each key it turns its screen white
// and plays a square wave of 500 Hz, or turns it black and is silent, both at once.
//
// The controller by its BAR 0 and immediate commands (High Definition Audio Specification 1.0a, 3.3
// and 3.4.1), in real mode with a segment whose limit is 4 GiB, left over from protected mode.
    .intel_syntax noprefix
    .code16
    .globl _start
    .set LIST, 0x1000           // of buffers
    .set BUFFER, 0x20000
    .set PERIOD, 96             // frames: 500 Hz
    .set BYTES, PERIOD * 4 * 50 // of each of two buffers, whole waves
    .set STREAM, 0x100          // the first output stream, behind four for input
    .set SCREEN, 0xb8000

_start:
    cli
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 0x7c00
    call unreal

    // On bus 0, by its class.
    mov edi, 0x80000008
find:
    mov eax, edi
    call config
    shr eax, 16
    cmp ax, 0x0403
    je found
    add edi, 0x100
    cmp edi, 0x80010008
    jb find
halt:
    hlt
    jmp halt
found:
    lea eax, [edi - 4]          // its command: memory, and bus master
    call config
    or al, 6
    out dx, eax
    lea eax, [edi + 8]
    call config
    and al, 0xf0
    mov ebx, eax

    mov dword ptr fs:[ebx + 8], 1
outOfReset:
    test byte ptr fs:[ebx + 8], 1
    jz outOfReset
    mov si, offset verbs
tell:
    lodsd
    mov fs:[ebx + 0x60], eax
    mov word ptr fs:[ebx + 0x68], 1
busy:
    test byte ptr fs:[ebx + 0x68], 1
    jnz busy
    cmp si, offset verbsEnd
    jb tell

    mov edi, BUFFER
waves:
    mov ecx, PERIOD
wave:
    mov eax, 0x1f401f40         // 8000, both sides
    cmp ecx, PERIOD / 2
    ja high
    neg eax
    add eax, 0x10000            // -8000, both sides
high:
    mov fs:[edi], eax
    add edi, 4
    loopd wave
    cmp edi, BUFFER + 2 * BYTES
    jb waves
    mov si, offset list
    mov di, LIST
    mov cx, 8
    rep movsd
    mov dword ptr fs:[ebx + STREAM + 0x08], 2 * BYTES
    mov word ptr fs:[ebx + STREAM + 0x0c], 1
    mov word ptr fs:[ebx + STREAM + 0x12], 0x11 // 48 kHz, 16 bit, stereo
    mov dword ptr fs:[ebx + STREAM + 0x18], LIST
    mov dword ptr fs:[ebx + STREAM + 0x1c], 0
    mov ebp, 0x00100000         // stream 1, which stands
    jmp show

next:
    sti
    push ebx
    mov ah, 0                   // INT 16h waits for a key
    int 0x16
    pop ebx
    cli
    call unreal
    xor ebp, 2                  // run
show:
    mov eax, 0x07200720         // black
    test ebp, 2
    jz paint
    mov eax, 0x70207020
paint:
    mov edi, SCREEN
dark:
    mov fs:[edi], eax
    add edi, 4
    cmp edi, SCREEN + 80 * 25 * 2
    jb dark
    mov fs:[ebx + STREAM], ebp
    jmp next

// eax: an address; its value, and dx ready to write it.
config:
    mov dx, 0xcf8
    out dx, eax
    mov dx, 0xcfc
    in eax, dx
    ret

unreal:
    push ebx
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
    pop ebx
    ret

verbs:
    .long 0x00270610            // the line out's converter has stream 1
    .long 0x00220011            // 48 kHz, 16 bit, stereo
    .long 0x0023b04a            // full volume
    .long 0x00370740            // and its pin is on
verbsEnd:
list:
    .quad BUFFER, BYTES
    .quad BUFFER + BYTES, BYTES
gdt: .quad 0
    .quad 0x00cf92000000ffff
gdtEnd:
gdtr: .word gdtEnd - gdt - 1
    .long gdt

    .org 510
    .word 0xaa55
    .org 0x100000               // a disk of 1 MiB: a BIOS counts whole cylinders

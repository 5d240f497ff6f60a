// SPDX-License-Identifier: GPL-3.0-or-later
// A boot sector that uses its disk through the firmware (int 13h, extensions): reads the 24 sectors
// behind it in two transfers, adds one to each of their bytes, writes them behind where they were,
// and ends on the test port 0xf4 with 0x42, or with the number of the step that failed.
    .intel_syntax noprefix
    .code16
    .globl _start
    .set BUFFER, 0x8000
    .set COUNT, 24          // sectors

_start:
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 0x7c00
    cld

    mov bl, 1
    mov si, OFFSET read_first
    mov ah, 0x42
    call disk
    mov bl, 2
    mov si, OFFSET read_rest
    mov ah, 0x42
    call disk

    mov si, BUFFER
    mov cx, COUNT * 512
1:  inc byte ptr [si]
    inc si
    loop 1b

    mov bl, 3
    mov si, OFFSET write_all
    mov ax, 0x4300
    call disk
    mov bl, 0x42
end:
    mov al, bl
    out 0xf4, al
2:  hlt
    jmp 2b

disk:                       // the drive is still in dl; ends when it fails
    push bx
    push dx
    int 0x13
    pop dx
    pop bx
    jc end
    ret

    .balign 4
    // Size, sectors, address, block.
read_first: .byte 16, 0; .word 1, BUFFER, 0; .quad 1
read_rest:  .byte 16, 0; .word COUNT - 1, BUFFER + 512, 0; .quad 2
write_all:  .byte 16, 0; .word COUNT, BUFFER, 0; .quad 1 + COUNT

    .org 510
    .word 0xaa55

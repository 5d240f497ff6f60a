// SPDX-License-Identifier: GPL-3.0-or-later
// A multiboot kernel (Multiboot Specification 0.6.96): a flat image with addresses in its header.
// It prints on the debug port 0x402 its command line, the beginning of its module, how many MiB lie
// above the first, and whether there is a memory map; then it ends the test by port 0xf4.
    .intel_syntax noprefix
    .code32
    .globl _start
    .set LOAD, 0x100000
    .set FLAGS, 0x00010003      // addresses, memory sizes, modules on pages
    .set HAS_MAP, 1 << 6

_start:
    .balign 4
header:
    .long 0x1badb002
    .long FLAGS
    .long -(0x1badb002 + FLAGS)
    .long LOAD + header - _start
    .long LOAD
    .long LOAD + end - _start
    .long LOAD + end - _start + 0x2000
    .long begin
begin:
    mov esp, offset stack
    mov edi, ebx                // the boot information
    mov dx, 0x402
    mov esi, offset before
    cmp eax, 0x2badb002
    je greeted
    mov esi, offset no_magic
greeted:
    call print
    mov esi, [edi + 16]
    call print
    mov esi, offset with_module
    call print
    mov esi, [edi + 24]
    mov esi, [esi]
    call print
    mov esi, offset with_memory
    call print
    mov eax, [edi + 8]
    shr eax, 10
    call print_number
    mov esi, offset no_map
    test dword ptr [edi], HAS_MAP
    jz told
    cmp dword ptr [edi + 44], 0
    je told
    mov esi, offset map
told:
    call print
    xor al, al                  // all is well, as kvm-unit-tests say it
    out 0xf4, al
stop:
    cli
    hlt
    jmp stop

print:                          // up to a NUL
    lodsb
    test al, al
    jz printed
    out dx, al
    jmp print
printed:
    ret

print_number:                   // eax, decimal
    mov ecx, 10
    mov esi, offset digits_end
next_digit:
    push edx
    xor edx, edx
    div ecx
    add dl, '0'
    dec esi
    mov [esi], dl
    pop edx
    test eax, eax
    jnz next_digit
    jmp print

before: .asciz "multiboot: "
no_magic: .asciz "multiboot without its magic: "
with_module: .asciz ", module "
with_memory: .asciz ", MiB above the first: "
map: .asciz ", with a map\n"
no_map: .asciz ", without a map\n"
    .fill 12
digits_end: .byte 0
    .balign 16
    .fill 256
stack:
end:

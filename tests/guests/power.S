// SPDX-License-Identifier: GPL-3.0-or-later
// Firmware of a test's own, 64 KiB, for either board. Programs where the ACPI registers are, takes
// over with the APM port, checks the power management timer, and waits for the power button's
// interrupt on the 8259s. The first press resets the machine by port 0xcf9, the second, after the
// reset, switches it off (S5). Each time it waits it writes to port 0x80. What goes wrong ends on
// the test port 0xf4 with the number of the check.
    .intel_syntax noprefix
    .code16
    .globl _start
    .set PRESSES, 0x500     // in RAM, which a reset keeps
    .set PM_BASE, 0x504
    .set IRQ9, 0x71         // the vector
    .set PM_I440FX, 0xb000
    .set PM_Q35, 0x600

_start:
begin:
    cli
    xor ax, ax
    mov ds, ax
    mov ss, ax
    mov sp, 0x7c00

    // Which board? Its power management registers, and the value that takes over.
    mov eax, 0x80000000
    call select
    in eax, dx
    cmp eax, 0x12378086
    je i440fx
    cmp eax, 0x29c08086
    mov bl, 1
    jne fail
    mov eax, 0x8000f840     // 1f.0, PMBASE
    call select
    mov eax, PM_Q35
    out dx, eax
    mov eax, 0x8000f844     // ACPI_CNTL
    call select
    mov al, 0x80
    out dx, al
    mov word ptr [PM_BASE], PM_Q35
    mov cl, 2
    jmp takeover
i440fx:
    mov eax, 0x80000b40     // 01.3, PMBASE
    call select
    mov eax, PM_I440FX
    out dx, eax
    mov eax, 0x80000b80     // PMREGMISC
    call select
    mov al, 1
    out dx, al
    mov word ptr [PM_BASE], PM_I440FX
    mov cl, 0xf1

takeover:
    mov dx, [PM_BASE]
    add dx, 4               // PM1 control
    in ax, dx
    test al, 1
    mov bl, 2               // SCI_EN before anybody asked
    jnz fail
    mov al, cl
    out 0xb2, al
    in ax, dx
    test al, 1
    mov bl, 3               // no SCI_EN
    jz fail

    add dx, 4               // the timer runs
    in eax, dx
    mov esi, eax
    mov cx, 50
again:
    in eax, dx
    loop again
    sub eax, esi
    and eax, 0xffffff
    mov bl, 4
    jz fail

    // Interrupts: both 8259s, all masked but the cascade and 9, which is level-triggered.
    mov al, 0x11
    out 0x20, al
    out 0xa0, al
    mov al, 0x08
    out 0x21, al
    mov al, 0x70
    out 0xa1, al
    mov al, 4
    out 0x21, al
    mov al, 2
    out 0xa1, al
    mov al, 1
    out 0x21, al
    out 0xa1, al
    mov al, 0xfb
    out 0x21, al
    mov al, 0xfd
    out 0xa1, al
    mov dx, 0x4d1
    mov al, 2
    out dx, al
    mov word ptr [IRQ9 * 4], offset interrupt
    mov word ptr [IRQ9 * 4 + 2], cs

    mov dx, [PM_BASE]
    mov ax, 0xffff
    out dx, ax              // forget what was
    add dx, 2
    mov ax, 0x0100
    out dx, ax              // the power button interrupts
    out 0x80, al
    sti
wait:
    hlt
    jmp wait

interrupt:
    mov dx, [PM_BASE]
    in ax, dx
    test ah, 1
    mov bl, 5               // not the power button
    jz fail
    out dx, ax
    in ax, dx
    test ah, 1
    mov bl, 6               // the status stays
    jnz fail
    mov al, 0x20
    out 0xa0, al
    out 0x20, al
    inc word ptr [PRESSES]
    cmp word ptr [PRESSES], 1
    jne off
    mov dx, 0xcf9
    mov al, 0x02
    out dx, al
    mov al, 0x06
    out dx, al
    mov bl, 7               // no reset
    jmp fail
off:
    add dx, 4
    mov ax, 0x2001          // S5
    out dx, ax
    mov bl, 8               // still on
fail:
    mov al, bl
    out 0xf4, al
stop:
    cli
    hlt
    jmp stop

// The register whose address is in eax: dx becomes its data port.
select:
    mov dx, 0xcf8
    out dx, eax
    mov dx, 0xcfc
    and eax, 3
    add dx, ax
    ret

    .org 0xfff0
    ljmp 0xf000, offset begin
    .org 0x10000

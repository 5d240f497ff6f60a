// SPDX-License-Identifier: GPL-3.0-or-later
// The guest of the display benches: redraws the whole screen as fast as it can or once for each
// key, or shows two prepared pages in turn, 60 times a second or at each key. Video is the Bochs
// display interface (ports 1CEh/1CFh, QEMU's docs/specs/standard-vga), the frame buffer BAR 0 of
// the first PCI device of class 0300h.
#include <stdint.h>

enum Mode { Solid, Noise, Key, Pages, KeyPages };

extern const volatile uint16_t parameters[3]; // width, height, mode
void on_timer_entry(void);
void on_key_entry(void);
void on_other_entry(void);

static volatile uint32_t keys;
static volatile uint32_t ticks;
static uint32_t *screen;
static uint32_t pixels;

static void outb(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}
static uint8_t inb(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}
static void outw(uint16_t port, uint16_t value)
{
    __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}
static uint32_t pci_read(uint32_t address)
{
    uint32_t value;
    __asm__ volatile("outl %0, %1" : : "a"(address), "Nd"((uint16_t)0xcf8));
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"((uint16_t)0xcfc));
    return value;
}

static void dispi(uint16_t index, uint16_t value)
{
    outw(0x1ce, index);
    outw(0x1cf, value);
}

static void set_mode(uint16_t width, uint16_t height)
{
    for (uint32_t slot = 0; slot < 32 && !screen; ++slot) {
        const uint32_t device = 0x80000000u | slot << 11;
        if (pci_read(device | 8) >> 16 == 0x0300)
            screen = (uint32_t *)(pci_read(device | 0x10) & ~15u);
    }
    dispi(4, 0);
    dispi(1, width);
    dispi(2, height);
    dispi(3, 32);
    dispi(4, 0x41); // enabled, linear frame buffer
    pixels = (uint32_t)width * height;
}

static void fill(uint32_t color)
{
    uint32_t *to = screen;
    uint32_t count = pixels;
    __asm__ volatile("rep stosl" : "+D"(to), "+c"(count) : "a"(color) : "memory");
}

static void copy(const uint32_t *from)
{
    uint32_t *to = screen;
    uint32_t count = pixels;
    __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
}

// A color in which every frame differs from the one before.
static uint32_t color_of(uint32_t frame)
{
    return (frame * 2654435761u) >> 8;
}

static uint64_t idt[256];

static uint64_t gate(void (*entry)(void))
{
    const uint32_t address = (uint32_t)entry;
    return (uint64_t)(address & 0xffff0000u) << 32 | 0x8e0000000000ull | 8u << 16
        | (address & 0xffff);
}

// Interrupts 20h (timer) and 21h (keyboard) of a remapped 8259A pair.
static void take_interrupts(uint8_t masked)
{
    for (int i = 0; i < 256; ++i)
        idt[i] = gate(on_other_entry);
    idt[0x20] = gate(on_timer_entry);
    idt[0x21] = gate(on_key_entry);
    const struct __attribute__((packed))
    {
        uint16_t limit;
        uint32_t base;
    } pointer = {sizeof(idt) - 1, (uint32_t)idt};
    __asm__ volatile("lidt %0" : : "m"(pointer));
    static const uint8_t Setup[][2] = {{0x20, 0x11}, {0xa0, 0x11}, {0x21, 0x20},
                                       {0xa1, 0x28}, {0x21, 4},    {0xa1, 2},
                                       {0x21, 1},    {0xa1, 1},    {0xa1, 0xff}};
    for (unsigned i = 0; i < sizeof(Setup) / 2; ++i)
        outb(Setup[i][0], Setup[i][1]);
    outb(0x21, masked);
    __asm__ volatile("sti");
}

static void enable_timer(uint16_t hertz)
{
    const uint16_t divisor = (uint16_t)(1193182 / hertz);
    outb(0x43, 0x34); // 8254: channel 0, low and high byte, rate generator
    outb(0x40, (uint8_t)divisor);
    outb(0x40, (uint8_t)(divisor >> 8));
    take_interrupts(0xfe);
}

static void enable_keyboard(void)
{
    while (inb(0x64) & 1)
        inb(0x60);
    outb(0x64, 0x60); // 8042 command byte: keyboard interrupt, translation
    while (inb(0x64) & 2) { }
    outb(0x60, 0x61);
    take_interrupts(0xfd);
}

void on_timer(void)
{
    ticks = ticks + 1;
    outb(0x20, 0x20);
}

void on_key(void)
{
    const uint8_t code = inb(0x60);
    if (!(code & 0x80))
        keys = keys + 1;
    outb(0x20, 0x20);
}

static void __attribute__((noreturn)) flip_at_each(const volatile uint32_t *events)
{
    for (uint32_t shown = 0;;) {
        __asm__ volatile("cli");
        if (shown == *events)
            __asm__ volatile("sti; hlt");
        else
            __asm__ volatile("sti");
        if (shown != *events) {
            shown = *events;
            dispi(9, shown & 1 ? parameters[1] : 0); // vertical offset
        }
    }
}

static void prepare_pages(void)
{
    fill(0x2040a0);
    screen += pixels;
    fill(0xf0c020);
    screen -= pixels;
}

void run(void)
{
    set_mode(parameters[0], parameters[1]);
    if (!screen)
        return;
    switch ((enum Mode)parameters[2]) {
    case Solid:
        for (uint32_t frame = 1;; ++frame)
            fill(color_of(frame));
    case Noise: {
        uint32_t *const noise = (uint32_t *)(16 << 20);
        uint32_t seed = 1;
        for (uint32_t i = 0; i < pixels + 65536; ++i)
            noise[i] = seed = seed * 1664525u + 1013904223u;
        for (uint32_t frame = 1;; ++frame)
            copy(noise + (frame * 977 & 65535));
    }
    case Pages:
        prepare_pages();
        enable_timer(60);
        flip_at_each(&ticks);
    case KeyPages:
        prepare_pages();
        enable_keyboard();
        flip_at_each(&keys);
    case Key: {
        enable_keyboard();
        uint32_t drawn = 0;
        fill(0x2040a0);
        for (;;) {
            __asm__ volatile("cli");
            if (drawn == keys)
                __asm__ volatile("sti; hlt");
            else
                __asm__ volatile("sti");
            if (drawn != keys) {
                drawn = keys;
                fill(drawn & 1 ? 0xf0c020 : 0x2040a0);
            }
        }
    }
    }
}

// SPDX-License-Identifier: GPL-3.0-or-later
// For a Linux guest with a graphics card's driver: lights every monitor that is plugged in, each in
// a color of its own, in its first mode, and keeps them so until it is killed.
//
//   monitors
//
// Says "GUEST monitor N WIDTHxHEIGHT" for each, from 1.
#include "graphics_card.h"

struct mode
{
    uint32_t clock;
    uint16_t width, h_start, h_end, h_total, h_skew;
    uint16_t height, v_start, v_end, v_total, v_scan;
    uint32_t refresh, flags, type;
    char name[32];
};
struct connector
{
    uint64_t encoders, modes, properties, values; // pointers
    uint32_t mode_count, property_count, encoder_count;
    uint32_t encoder, connector, type, type_number;
    uint32_t connection, width_mm, height_mm, subpixel, padding;
};
struct framebuffer
{
    uint32_t number, width, height, pitch, bits, depth, handle;
};
struct crtc
{
    uint64_t connectors; // pointer
    uint32_t connector_count, crtc, framebuffer, x, y, gamma_size, is_mode_valid;
    struct mode mode;
};

enum { MostModes = 64, Connected = 1 };
#define SET_CRTC _IOWR('d', 0xa2, struct crtc)
#define GET_CONNECTOR _IOWR('d', 0xa7, struct connector)
#define ADD_FRAMEBUFFER _IOWR('d', 0xae, struct framebuffer)

static const uint32_t Colors[MostMonitors] = {0x336699, 0x993333, 0x339933, 0x999933,
                                              0x663399, 0x333333, 0x999999, 0x669999};

static int light(const struct card *card, unsigned monitor, const struct mode *mode)
{
    struct image image;
    if (make_image(card, mode->width, mode->height, &image) != 0)
        return 1;
    for (uint64_t i = 0; i < image.size / 4; ++i)
        image.pixels[i] = Colors[monitor];
    struct framebuffer shown = {.width = mode->width,
                                .height = mode->height,
                                .pitch = image.pitch,
                                .bits = 32,
                                .depth = 24,
                                .handle = image.handle};
    if (ioctl(card->file, ADD_FRAMEBUFFER, &shown) != 0)
        return fail("framebuffer");
    struct crtc lit = {.connectors = (uintptr_t)&card->connectors[monitor],
                       .connector_count = 1,
                       .crtc = card->crtcs[monitor],
                       .framebuffer = shown.number,
                       .is_mode_valid = 1,
                       .mode = *mode};
    return ioctl(card->file, SET_CRTC, &lit) == 0 ? 0 : fail("crtc");
}

int main(void)
{
    struct card card;
    if (open_card(&card) != 0)
        return 1;
    for (uint32_t i = 0; i < card.count; ++i) {
        // Asked twice: the first time the driver looks what is plugged in.
        struct connector asked = {.connector = card.connectors[i]};
        static struct mode modes[MostModes];
        if (ioctl(card.file, GET_CONNECTOR, &asked) != 0)
            return fail("connector");
        asked = (struct connector){
            .connector = card.connectors[i], .modes = (uintptr_t)modes, .mode_count = MostModes};
        if (ioctl(card.file, GET_CONNECTOR, &asked) != 0)
            return fail("modes");
        if (asked.connection != Connected || asked.mode_count == 0 || asked.mode_count > MostModes)
            continue;
        if (light(&card, i, &modes[0]) != 0)
            return 1;
        printf("GUEST monitor %u %ux%u\n", i + 1, modes[0].width, modes[0].height);
    }
    printf("GUEST monitors lit\n");
    fflush(stdout);
    pause();
    return 0;
}

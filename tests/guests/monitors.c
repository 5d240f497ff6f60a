// SPDX-License-Identifier: GPL-3.0-or-later
// For a Linux guest with a graphics card's driver: lights every monitor that is plugged in, each in
// a color of its own, in its first mode, and keeps them so until it is killed.
//
//   monitors
//
// Says "GUEST monitor N WIDTHxHEIGHT" for each, from 1. The driver's interface is
// include/uapi/drm/drm_mode.h's, whose headers come with another package.
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

struct resources {
    uint64_t framebuffers, crtcs, connectors, encoders; // pointers
    uint32_t framebuffer_count, crtc_count, connector_count, encoder_count;
    uint32_t min_width, max_width, min_height, max_height;
};
struct mode {
    uint32_t clock;
    uint16_t width, h_start, h_end, h_total, h_skew;
    uint16_t height, v_start, v_end, v_total, v_scan;
    uint32_t refresh, flags, type;
    char name[32];
};
struct connector {
    uint64_t encoders, modes, properties, values; // pointers
    uint32_t mode_count, property_count, encoder_count;
    uint32_t encoder, connector, type, type_number;
    uint32_t connection, width_mm, height_mm, subpixel, padding;
};
struct create_dumb {
    uint32_t height, width, bits, flags; // of a pixel
    uint32_t handle, pitch; // answered
    uint64_t size;
};
struct map_dumb {
    uint32_t handle, padding;
    uint64_t offset; // answered
};
struct framebuffer {
    uint32_t number, width, height, pitch, bits, depth, handle;
};
struct crtc {
    uint64_t connectors; // pointer
    uint32_t connector_count, crtc, framebuffer, x, y, gamma_size, is_mode_valid;
    struct mode mode;
};

enum { Most = 8, MostModes = 64, Connected = 1 };
#define GET_RESOURCES _IOWR('d', 0xa0, struct resources)
#define SET_CRTC _IOWR('d', 0xa2, struct crtc)
#define GET_CONNECTOR _IOWR('d', 0xa7, struct connector)
#define ADD_FRAMEBUFFER _IOWR('d', 0xae, struct framebuffer)
#define CREATE_DUMB _IOWR('d', 0xb2, struct create_dumb)
#define MAP_DUMB _IOWR('d', 0xb3, struct map_dumb)

static const uint32_t Colors[Most] = {0x336699, 0x993333, 0x339933, 0x999933,
                                      0x663399, 0x333333, 0x999999, 0x669999};

static int fail(const char *what)
{
    printf("GUEST monitors: %s: %s\n", what, strerror(errno));
    return 1;
}

static int light(int card, uint32_t connector, uint32_t crtc, const struct mode *mode,
                 uint32_t color)
{
    struct create_dumb image = {.height = mode->height, .width = mode->width, .bits = 32};
    if (ioctl(card, CREATE_DUMB, &image) != 0)
        return fail("create");
    struct map_dumb place = {.handle = image.handle};
    if (ioctl(card, MAP_DUMB, &place) != 0)
        return fail("map");
    uint32_t *pixels =
        mmap(NULL, image.size, PROT_READ | PROT_WRITE, MAP_SHARED, card, (off_t)place.offset);
    if (pixels == MAP_FAILED)
        return fail("mmap");
    for (uint64_t i = 0; i < image.size / 4; ++i)
        pixels[i] = color;
    struct framebuffer shown = {.width = mode->width,
                                .height = mode->height,
                                .pitch = image.pitch,
                                .bits = 32,
                                .depth = 24,
                                .handle = image.handle};
    if (ioctl(card, ADD_FRAMEBUFFER, &shown) != 0)
        return fail("framebuffer");
    struct crtc lit = {.connectors = (uintptr_t)&connector,
                       .connector_count = 1,
                       .crtc = crtc,
                       .framebuffer = shown.number,
                       .is_mode_valid = 1,
                       .mode = *mode};
    return ioctl(card, SET_CRTC, &lit) == 0 ? 0 : fail("crtc");
}

int main(void)
{
    const int card = open("/dev/dri/card0", O_RDWR);
    if (card < 0)
        return fail("open");
    uint32_t crtcs[Most] = {0};
    uint32_t connectors[Most] = {0};
    struct resources found = {.crtcs = (uintptr_t)crtcs,
                              .connectors = (uintptr_t)connectors,
                              .crtc_count = Most,
                              .connector_count = Most};
    if (ioctl(card, GET_RESOURCES, &found) != 0)
        return fail("resources");
    for (uint32_t i = 0; i < found.connector_count && i < found.crtc_count && i < Most; ++i) {
        // Asked twice: the first time the driver looks what is plugged in.
        struct connector asked = {.connector = connectors[i]};
        static struct mode modes[MostModes];
        if (ioctl(card, GET_CONNECTOR, &asked) != 0)
            return fail("connector");
        asked = (struct connector){.connector = connectors[i],
                                   .modes = (uintptr_t)modes,
                                   .mode_count = MostModes};
        if (ioctl(card, GET_CONNECTOR, &asked) != 0)
            return fail("modes");
        if (asked.connection != Connected || asked.mode_count == 0 || asked.mode_count > MostModes)
            continue;
        if (light(card, connectors[i], crtcs[i], &modes[0], Colors[i]) != 0)
            return 1;
        printf("GUEST monitor %u %ux%u\n", i + 1, modes[0].width, modes[0].height);
    }
    printf("GUEST monitors lit\n");
    fflush(stdout);
    pause();
    return 0;
}

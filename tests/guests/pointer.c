// SPDX-License-Identifier: GPL-3.0-or-later
// For a Linux guest with a graphics card's driver: gives the first monitor, or another one (from 0),
// a cursor of 64 by 64 pixels, green with a red upper left corner, at X, Y, and keeps it until it is
// killed.
//
//   pointer X Y [MONITOR]
//
// The driver's interface is include/uapi/drm/drm_mode.h's, whose headers come with another package.
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

struct resources {
    uint64_t framebuffers, crtcs, connectors, encoders; // pointers
    uint32_t framebuffer_count, crtc_count, connector_count, encoder_count;
    uint32_t min_width, max_width, min_height, max_height;
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
struct cursor {
    uint32_t flags, crtc;
    int32_t x, y;
    uint32_t width, height, handle;
    int32_t hot_x, hot_y;
};

enum { Side = 64, SetImage = 1, Move = 2, HotX = 3, HotY = 5 };
#define GET_RESOURCES _IOWR('d', 0xa0, struct resources)
#define CREATE_DUMB _IOWR('d', 0xb2, struct create_dumb)
#define MAP_DUMB _IOWR('d', 0xb3, struct map_dumb)
#define SET_CURSOR _IOWR('d', 0xbb, struct cursor)

static int fail(const char *what)
{
    printf("GUEST pointer: %s: %s\n", what, strerror(errno));
    return 1;
}

int main(int count, char **words)
{
    if (count < 3)
        return 2;
    const int card = open("/dev/dri/card0", O_RDWR);
    if (card < 0)
        return fail("open");
    uint32_t crtcs[8] = {0};
    struct resources found = {.crtcs = (uintptr_t)crtcs, .crtc_count = 8};
    const unsigned monitor = count > 3 ? (unsigned)atoi(words[3]) : 0;
    if (ioctl(card, GET_RESOURCES, &found) != 0 || monitor >= found.crtc_count || monitor >= 8)
        return fail("resources");
    struct create_dumb image = {.height = Side, .width = Side, .bits = 32};
    if (ioctl(card, CREATE_DUMB, &image) != 0)
        return fail("create");
    struct map_dumb place = {.handle = image.handle};
    if (ioctl(card, MAP_DUMB, &place) != 0)
        return fail("map");
    uint32_t *pixels =
        mmap(NULL, image.size, PROT_READ | PROT_WRITE, MAP_SHARED, card, (off_t)place.offset);
    if (pixels == MAP_FAILED)
        return fail("mmap");
    for (int y = 0; y < Side; ++y)
        for (int x = 0; x < Side; ++x)
            pixels[y * (int)(image.pitch / 4) + x] = x < 8 && y < 8 ? 0xffff0000u : 0xff00ff00u;
    struct cursor cursor = {.flags = SetImage | Move,
                            .crtc = crtcs[monitor],
                            .x = atoi(words[1]),
                            .y = atoi(words[2]),
                            .width = Side,
                            .height = Side,
                            .handle = image.handle,
                            .hot_x = HotX,
                            .hot_y = HotY};
    if (ioctl(card, SET_CURSOR, &cursor) != 0)
        return fail("cursor");
    printf("GUEST pointer set\n");
    fflush(stdout);
    pause();
    return 0;
}

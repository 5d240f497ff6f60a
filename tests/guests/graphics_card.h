// SPDX-License-Identifier: GPL-3.0-or-later
// The first graphics card of a Linux guest: what it has, and pictures in its memory. The interface
// of its driver is include/uapi/drm/drm_mode.h's, whose headers come with another package.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

struct resources
{
    uint64_t framebuffers, crtcs, connectors, encoders; // pointers
    uint32_t framebuffer_count, crtc_count, connector_count, encoder_count;
    uint32_t min_width, max_width, min_height, max_height;
};
struct create_dumb
{
    uint32_t height, width, bits, flags; // of a pixel
    uint32_t handle, pitch; // answered
    uint64_t size;
};
struct map_dumb
{
    uint32_t handle, padding;
    uint64_t offset; // answered
};

#define GET_RESOURCES _IOWR('d', 0xa0, struct resources)
#define CREATE_DUMB _IOWR('d', 0xb2, struct create_dumb)
#define MAP_DUMB _IOWR('d', 0xb3, struct map_dumb)

enum { MostMonitors = 8 };

// A card, and of each monitor, plugged in or not, what stands for it.
struct card
{
    int file;
    uint32_t count;
    uint32_t crtcs[MostMonitors];
    uint32_t connectors[MostMonitors];
};

// 32 bits a pixel; `pitch` in bytes.
struct image
{
    uint32_t handle, pitch;
    uint64_t size;
    uint32_t *pixels;
};

static int fail(const char *what)
{
    printf("GUEST graphics card: %s: %s\n", what, strerror(errno));
    return 1;
}

static int open_card(struct card *card)
{
    *card = (struct card){.file = open("/dev/dri/card0", O_RDWR)};
    if (card->file < 0)
        return fail("open");
    struct resources found = {.crtcs = (uintptr_t)card->crtcs,
                              .connectors = (uintptr_t)card->connectors,
                              .crtc_count = MostMonitors,
                              .connector_count = MostMonitors};
    if (ioctl(card->file, GET_RESOURCES, &found) != 0)
        return fail("resources");
    card->count =
        found.crtc_count < found.connector_count ? found.crtc_count : found.connector_count;
    if (card->count > MostMonitors)
        card->count = MostMonitors;
    return 0;
}

static int make_image(const struct card *card, uint32_t width, uint32_t height, struct image *image)
{
    *image = (struct image){0};
    struct create_dumb made = {.height = height, .width = width, .bits = 32};
    if (ioctl(card->file, CREATE_DUMB, &made) != 0)
        return fail("create");
    struct map_dumb place = {.handle = made.handle};
    if (ioctl(card->file, MAP_DUMB, &place) != 0)
        return fail("map");
    image->handle = made.handle;
    image->pitch = made.pitch;
    image->size = made.size;
    image->pixels = mmap(NULL, image->size, PROT_READ | PROT_WRITE, MAP_SHARED, card->file,
                         (off_t)place.offset);
    return image->pixels != MAP_FAILED ? 0 : fail("mmap");
}

// SPDX-License-Identifier: GPL-3.0-or-later
// For a Linux guest with a graphics card's driver: gives the first monitor, or another one (from
// 0), a cursor of 64 by 64 pixels, green with a red upper left corner, at X, Y, and keeps it until
// it is killed.
//
//   pointer X Y [MONITOR]
#include "graphics_card.h"

#include <stdlib.h>

struct cursor
{
    uint32_t flags, crtc;
    int32_t x, y;
    uint32_t width, height, handle;
    int32_t hot_x, hot_y;
};

enum { Side = 64, SetImage = 1, Move = 2, HotX = 3, HotY = 5 };
#define SET_CURSOR _IOWR('d', 0xbb, struct cursor)

int main(int count, char **words)
{
    if (count < 3)
        return 2;
    struct card card;
    struct image image;
    if (open_card(&card) != 0 || make_image(&card, Side, Side, &image) != 0)
        return 1;
    const unsigned monitor = count > 3 ? (unsigned)atoi(words[3]) : 0;
    if (monitor >= card.count)
        return fail("monitor");
    for (int y = 0; y < Side; ++y)
        for (int x = 0; x < Side; ++x)
            image.pixels[y * (int)(image.pitch / 4) + x] =
                x < 8 && y < 8 ? 0xffff0000u : 0xff00ff00u;
    struct cursor cursor = {.flags = SetImage | Move,
                            .crtc = card.crtcs[monitor],
                            .x = atoi(words[1]),
                            .y = atoi(words[2]),
                            .width = Side,
                            .height = Side,
                            .handle = image.handle,
                            .hot_x = HotX,
                            .hot_y = HotY};
    if (ioctl(card.file, SET_CURSOR, &cursor) != 0)
        return fail("cursor");
    printf("GUEST pointer set\n");
    fflush(stdout);
    pause();
    return 0;
}

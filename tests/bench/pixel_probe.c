// SPDX-License-Identifier: GPL-3.0-or-later
// What really arrives at an X screen, read as a person's eye would: pixels of the root window
// through shared memory, some thousand times a second. Answers are one line of JSON.
//
//   pixel_probe count SECONDS X Y [X Y ...]     changes of each pixel
//   pixel_probe torn SECONDS X Y HEIGHT         looks at a column of pixels that should be of one
//                                               color at any moment; how many, how many were not
//   pixel_probe latency PRESSES X Y             XTest presses of "a" until the pixel changes, ms
//   pixel_probe window TITLE TIMEOUT            until a mapped window whose title holds TITLE shows
//                                               more than one color, ms since this program's start
//   pixel_probe color TITLE RRGGBB TIMEOUT      until that window's middle has the color, same
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <X11/extensions/XTest.h>
#include <X11/keysym.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <time.h>

enum { MaxPoints = 16 };

static Display *display;
static Window root;
static XImage *image;
static double startMs;

static double nowMs(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void pauseMs(double milliseconds)
{
    const struct timespec time = {(time_t)(milliseconds / 1e3),
                                  (long)(milliseconds * 1e6) % 1000000000L};
    nanosleep(&time, NULL);
}

static void openScreen(unsigned width, unsigned height)
{
    static XShmSegmentInfo segment;
    const int screen = DefaultScreen(display);
    image = XShmCreateImage(display, DefaultVisual(display, screen),
                            (unsigned)DefaultDepth(display, screen), ZPixmap, NULL, &segment, width,
                            height);
    segment.shmid = shmget(IPC_PRIVATE, (size_t)image->bytes_per_line * (size_t)image->height,
                           IPC_CREAT | 0600);
    segment.shmaddr = image->data = shmat(segment.shmid, NULL, 0);
    XShmAttach(display, &segment);
    XSync(display, False);
    shmctl(segment.shmid, IPC_RMID, NULL);
}

static uint32_t pixelAt(int x, int y)
{
    XShmGetImage(display, root, image, x, y, AllPlanes);
    return (uint32_t)XGetPixel(image, 0, 0) & 0xffffffu;
}

static int compareNumbers(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static int countChanges(int argc, char **argv)
{
    const double seconds = atof(argv[2]);
    const int points = (argc - 3) / 2;
    if (points < 1 || points > MaxPoints)
        return 2;
    uint32_t last[MaxPoints];
    long changes[MaxPoints] = {0};
    openScreen(1, 1);
    for (int i = 0; i < points; ++i)
        last[i] = pixelAt(atoi(argv[3 + 2 * i]), atoi(argv[4 + 2 * i]));
    const double begin = nowMs();
    long polls = 0;
    while (nowMs() - begin < seconds * 1e3) {
        for (int i = 0; i < points; ++i) {
            const uint32_t pixel = pixelAt(atoi(argv[3 + 2 * i]), atoi(argv[4 + 2 * i]));
            changes[i] += pixel != last[i];
            last[i] = pixel;
        }
        ++polls;
        pauseMs(0.4);
    }
    const double spent = (nowMs() - begin) / 1e3;
    printf("{\"polls_per_second\": %.0f, \"changes_per_second\": [", (double)polls / spent);
    for (int i = 0; i < points; ++i)
        printf("%s%.2f", i ? ", " : "", (double)changes[i] / spent);
    printf("]}\n");
    return 0;
}

static int countTorn(char **argv)
{
    const double seconds = atof(argv[2]);
    const int height = atoi(argv[5]);
    long looks = 0, torn = 0;
    openScreen(1, (unsigned)height);
    const double begin = nowMs();
    while (nowMs() - begin < seconds * 1e3) {
        XShmGetImage(display, root, image, atoi(argv[3]), atoi(argv[4]), AllPlanes);
        int differs = 0;
        for (int y = 1; y < height && !differs; ++y)
            differs = XGetPixel(image, 0, y) != XGetPixel(image, 0, 0);
        torn += differs;
        ++looks;
        pauseMs(0.4);
    }
    printf("{\"looks\": %ld, \"torn\": %ld}\n", looks, torn);
    return 0;
}

static int measureLatency(char **argv)
{
    const int presses = atoi(argv[2]), x = atoi(argv[3]), y = atoi(argv[4]);
    const KeyCode key = XKeysymToKeycode(display, XK_a);
    double *taken = calloc((size_t)presses, sizeof(double));
    int seen = 0, missed = 0;
    openScreen(1, 1);
    srand(1);
    for (int i = 0; i < presses; ++i) {
        pauseMs(250 + rand() % 100);
        const uint32_t before = pixelAt(x, y);
        const double begin = nowMs();
        XTestFakeKeyEvent(display, key, True, CurrentTime);
        XSync(display, False);
        double end = begin;
        uint32_t now = before;
        while (now == before && end - begin < 1000) {
            now = pixelAt(x, y);
            end = nowMs();
            if (now == before)
                pauseMs(0.2);
        }
        XTestFakeKeyEvent(display, key, False, CurrentTime);
        XSync(display, False);
        if (now == before)
            ++missed;
        else
            taken[seen++] = end - begin;
    }
    qsort(taken, (size_t)seen, sizeof(double), compareNumbers);
    printf("{\"presses\": %d, \"missed\": %d, \"p50_ms\": %.2f, \"p95_ms\": %.2f}\n", presses,
           missed, seen ? taken[seen / 2] : -1.0, seen ? taken[seen * 95 / 100] : -1.0);
    free(taken);
    return 0;
}

static int ignoreError(Display *unused, XErrorEvent *event)
{
    (void)unused;
    (void)event;
    return 0; // a window went away between two questions
}

static int hasTitle(Window window, const char *title)
{
    static Atom netName, utf8;
    if (!netName) {
        netName = XInternAtom(display, "_NET_WM_NAME", False);
        utf8 = XInternAtom(display, "UTF8_STRING", False);
    }
    Atom type = None;
    int format = 0, found = 0;
    unsigned long count = 0, rest = 0;
    unsigned char *text = NULL;
    if (XGetWindowProperty(display, window, netName, 0, 256, False, utf8, &type, &format, &count,
                           &rest, &text)
            == Success
        && text) {
        found = strstr((char *)text, title) != NULL;
        XFree(text);
    }
    return found;
}

static Window findWindow(Window parent, const char *title, int depth)
{
    Window unused, *children = NULL, found = None;
    unsigned count = 0;
    if (hasTitle(parent, title))
        return parent;
    if (depth == 0 || !XQueryTree(display, parent, &unused, &unused, &children, &count))
        return None;
    for (unsigned i = 0; i < count && !found; ++i)
        found = findWindow(children[i], title, depth - 1);
    if (children)
        XFree(children);
    return found;
}

// More than one color anywhere in the window: it has been painted.
static int isPainted(Window window)
{
    XWindowAttributes attributes;
    if (!XGetWindowAttributes(display, window, &attributes) || attributes.map_state != IsViewable)
        return 0;
    Window unused;
    int x = 0, y = 0;
    XTranslateCoordinates(display, window, root, 0, 0, &x, &y, &unused);
    const int screen = DefaultScreen(display);
    if (x < 0 || y < 0 || x + attributes.width > DisplayWidth(display, screen)
        || y + attributes.height > DisplayHeight(display, screen))
        return 0;
    static XImage *whole;
    if (whole)
        XDestroyImage(whole);
    whole = XGetImage(display, root, x, y, (unsigned)attributes.width, (unsigned)attributes.height,
                      AllPlanes, ZPixmap);
    if (!whole)
        return 0;
    const unsigned long first = XGetPixel(whole, 0, 0);
    for (int row = 0; row < whole->height; row += 2) {
        for (int column = 0; column < whole->width; column += 2) {
            if (XGetPixel(whole, column, row) != first)
                return 1;
        }
    }
    return 0;
}

static int answerTime(int reached)
{
    if (!reached) {
        fprintf(stderr, "pixel_probe: it did not come in time\n");
        return 1;
    }
    printf("{\"ms\": %.1f}\n", nowMs() - startMs);
    return 0;
}

static int waitForWindow(char **argv)
{
    const double timeout = atof(argv[3]) * 1e3;
    int reached = 0;
    while (!reached && nowMs() - startMs < timeout) {
        const Window window = findWindow(root, argv[2], 4);
        reached = window && isPainted(window);
        if (!reached)
            pauseMs(3);
    }
    return answerTime(reached);
}

static int hasColor(Window window, uint32_t color)
{
    XWindowAttributes attributes;
    if (!XGetWindowAttributes(display, window, &attributes) || attributes.map_state != IsViewable)
        return 0;
    Window unused;
    int x = 0, y = 0;
    XTranslateCoordinates(display, window, root, attributes.width / 2, attributes.height / 2, &x,
                          &y, &unused);
    return x >= 0 && y >= 0 && x < DisplayWidth(display, DefaultScreen(display))
        && y < DisplayHeight(display, DefaultScreen(display)) && pixelAt(x, y) == color;
}

static int waitForColor(char **argv)
{
    const uint32_t color = (uint32_t)strtoul(argv[3], NULL, 16);
    const double timeout = atof(argv[4]) * 1e3;
    openScreen(1, 1);
    int reached = 0;
    while (!reached && nowMs() - startMs < timeout) {
        const Window window = findWindow(root, argv[2], 4);
        reached = window && hasColor(window, color);
        if (!reached)
            pauseMs(3);
    }
    return answerTime(reached);
}

int main(int argc, char **argv)
{
    startMs = nowMs();
    display = XOpenDisplay(NULL);
    if (!display) {
        fprintf(stderr, "pixel_probe: no X display\n");
        return 1;
    }
    XSetErrorHandler(ignoreError);
    root = DefaultRootWindow(display);
    if (argc >= 5 && strcmp(argv[1], "count") == 0)
        return countChanges(argc, argv);
    if (argc == 6 && strcmp(argv[1], "torn") == 0)
        return countTorn(argv);
    if (argc == 5 && strcmp(argv[1], "latency") == 0)
        return measureLatency(argv);
    if (argc == 4 && strcmp(argv[1], "window") == 0)
        return waitForWindow(argv);
    if (argc == 5 && strcmp(argv[1], "color") == 0)
        return waitForColor(argv);
    fprintf(stderr, "pixel_probe: see the head of pixel_probe.c\n");
    return 2;
}

// SPDX-License-Identifier: GPL-3.0-or-later
// For a Linux guest with a sound card: switches every control on, plays a tone of 480 Hz for some
// seconds, and says how long that took and what the microphone heard meanwhile.
//
//   tone [SECONDS]
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <sound/asound.h>

enum { Rate = 48000, Channels = 2, Tone = 480, Period = 1024, Periods = 16 };

static int fail(const char *what)
{
    printf("GUEST tone: %s: %s\n", what, strerror(errno));
    return 1;
}

// Drivers begin with everything muted.
static void open_controls(void)
{
    const int control = open("/dev/snd/controlC0", O_RDWR);
    struct snd_ctl_elem_id ids[64];
    struct snd_ctl_elem_list list = {.space = 64, .pids = ids};
    if (control < 0 || ioctl(control, SNDRV_CTL_IOCTL_ELEM_LIST, &list) != 0)
        return;
    for (unsigned i = 0; i < list.used; ++i) {
        struct snd_ctl_elem_info info = {.id = ids[i]};
        if (ioctl(control, SNDRV_CTL_IOCTL_ELEM_INFO, &info) != 0)
            continue;
        printf("GUEST control %s\n", (const char *)info.id.name);
        const int is_switch = info.type == SNDRV_CTL_ELEM_TYPE_BOOLEAN;
        if (!is_switch && info.type != SNDRV_CTL_ELEM_TYPE_INTEGER)
            continue;
        struct snd_ctl_elem_value value = {.id = ids[i]};
        for (unsigned side = 0; side < info.count && side < 2; ++side)
            value.value.integer.value[side] = is_switch ? 1 : info.value.integer.max;
        ioctl(control, SNDRV_CTL_IOCTL_ELEM_WRITE, &value);
    }
    close(control);
}

static void set_interval(struct snd_pcm_hw_params *all, int which, unsigned value)
{
    struct snd_interval *one = &all->intervals[which - SNDRV_PCM_HW_PARAM_FIRST_INTERVAL];
    one->min = one->max = value;
    one->integer = 1;
}

static void set_mask(struct snd_pcm_hw_params *all, int which, unsigned bit)
{
    struct snd_mask *mask = &all->masks[which - SNDRV_PCM_HW_PARAM_FIRST_MASK];
    memset(mask, 0, sizeof *mask);
    mask->bits[bit / 32] = 1u << (bit % 32);
}

static int open_stream(const char *path, int flags)
{
    const int stream = open(path, flags);
    struct snd_pcm_hw_params all;
    memset(&all, 0, sizeof all);
    memset(all.masks, 0xff, sizeof all.masks);
    for (int i = 0; i <= SNDRV_PCM_HW_PARAM_LAST_INTERVAL - SNDRV_PCM_HW_PARAM_FIRST_INTERVAL; ++i)
        all.intervals[i].max = ~0u;
    all.rmask = ~0u;
    set_mask(&all, SNDRV_PCM_HW_PARAM_ACCESS, SNDRV_PCM_ACCESS_RW_INTERLEAVED);
    set_mask(&all, SNDRV_PCM_HW_PARAM_FORMAT, SNDRV_PCM_FORMAT_S16_LE);
    set_interval(&all, SNDRV_PCM_HW_PARAM_CHANNELS, Channels);
    set_interval(&all, SNDRV_PCM_HW_PARAM_RATE, Rate);
    set_interval(&all, SNDRV_PCM_HW_PARAM_PERIOD_SIZE, Period);
    set_interval(&all, SNDRV_PCM_HW_PARAM_PERIODS, Periods);
    if (stream < 0 || ioctl(stream, SNDRV_PCM_IOCTL_HW_PARAMS, &all) != 0)
        return -1;
    struct snd_pcm_sw_params software;
    memset(&software, 0, sizeof software);
    software.period_step = 1;
    software.avail_min = Period;
    software.start_threshold = flags == O_WRONLY ? Period * Periods / 2 : 1;
    software.stop_threshold = Period * Periods;
    software.boundary = (unsigned long)Period * Periods << 20;
    if (ioctl(stream, SNDRV_PCM_IOCTL_SW_PARAMS, &software) != 0
        || ioctl(stream, SNDRV_PCM_IOCTL_PREPARE) != 0)
        return -1;
    return stream;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int play(int seconds)
{
    static short samples[Period * Channels];
    const int output = open_stream("/dev/snd/pcmC0D0p", O_WRONLY);
    if (output < 0)
        return fail("the line out cannot be opened");
    const double begin = now();
    int underruns = 0;
    for (long frame = 0; frame < (long)seconds * Rate; frame += Period) {
        for (int i = 0; i < Period; ++i) {
            const double angle = 2 * M_PI * Tone * (double)((frame + i) % (Rate / Tone)) / Rate;
            samples[2 * i] = samples[2 * i + 1] = (short)(16000 * sin(angle));
        }
        struct snd_xferi transfer = {.buf = samples, .frames = Period};
        while (ioctl(output, SNDRV_PCM_IOCTL_WRITEI_FRAMES, &transfer) != 0) {
            if (errno != EPIPE || ++underruns > 100)
                return fail("playing");
            ioctl(output, SNDRV_PCM_IOCTL_PREPARE);
        }
    }
    ioctl(output, SNDRV_PCM_IOCTL_DRAIN);
    printf("GUEST played %d s in %.2f s with %d underruns\n", seconds, now() - begin, underruns);
    close(output);
    return 0;
}

static int listen_to(int seconds)
{
    static short samples[Period * Channels];
    const int input = open_stream("/dev/snd/pcmC0D0c", O_RDONLY);
    if (input < 0)
        return fail("the microphone cannot be opened");
    const double begin = now();
    int crossings = 0;
    int loudest = 0;
    int last = 0;
    long frames = 0;
    while (frames < (long)seconds * Rate) {
        struct snd_xferi transfer = {.buf = samples, .frames = Period};
        if (ioctl(input, SNDRV_PCM_IOCTL_READI_FRAMES, &transfer) != 0) {
            if (errno != EPIPE)
                return fail("recording");
            ioctl(input, SNDRV_PCM_IOCTL_PREPARE);
            continue;
        }
        for (int i = 0; i < Period; ++i) {
            const int sample = samples[2 * i];
            crossings += (sample >= 0) != (last >= 0);
            loudest = abs(sample) > loudest ? abs(sample) : loudest;
            last = sample;
        }
        frames += transfer.result;
    }
    printf("GUEST recorded %.1f Hz, loudest %d, %d s in %.2f s\n",
           (double)crossings / 2 * Rate / (double)frames, loudest, seconds, now() - begin);
    close(input);
    return 0;
}

int main(int count, char **words)
{
    const int seconds = count > 1 ? atoi(words[1]) : 2;
    setbuf(stdout, NULL);
    open_controls();
    return play(seconds) != 0 || listen_to(1) != 0;
}

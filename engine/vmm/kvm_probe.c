// SPDX-License-Identifier: GPL-3.0-or-later
// KVM API: Documentation/virt/kvm/api.rst. Encodings and register bits: Intel SDM volumes 2 and 3.
#define _GNU_SOURCE
#include "engine/vmm/kvm_probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

// What the C++ compiler would get wrong; kept here so that a header change is noticed.
_Static_assert(sizeof(struct kvm_cpuid2) == 8, "kvm_cpuid2 is a header and entries");
_Static_assert(offsetof(struct kvm_cpuid2, entries) == 8, "entries follow the header");
_Static_assert(sizeof(struct kvm_cpuid_entry2) == 40, "one CPUID entry");
_Static_assert(sizeof(struct kvm_userspace_memory_region) == 32, "one memory slot");
_Static_assert(KVM_GET_SUPPORTED_CPUID == 0xc008ae05, "encoded with the size of the header");

enum {
    GuestMemorySize = 0x200000, // one large page, identity-mapped
    PageMapLevel4 = 0x1000,
    PageDirectoryPointers = 0x2000,
    PageDirectory = 0x3000,
    DataAddress = 0x6000,
    StackAddress = 0x8000,
    CodeAddress = 0x9000,
    MaxCpuidEntries = 256,
    LoopIterations = 20000000,
    OutCount = 1000,
    // A guest's first step may wait for a busy computer's other programs; one that KVM cannot run
    // says so at once.
    FirstStepMilliseconds = 5000,
};

// Linux wants three pages for the real-mode task segment on some Intel processors; any guest
// address that is not memory will do.
static const uint64_t TaskSegmentAddress = 0xfffbd000u;

static const uint8_t SseCode[] = {0x66, 0x0f, 0xd4, 0xc1, // paddq xmm0, xmm1
                                  0xe6, 0x10}; // out 0x10, al
static const uint8_t CompareExchangeCode[] = {0xf0, 0x48, 0x0f, 0xc7, 0x0f, // lock cmpxchg16b [rdi]
                                              0xe6, 0x11}; // out 0x11, al
static const uint8_t LoopCode[] = {0x48, 0xff, 0xc9, // again: dec rcx
                                   0x75, 0xfb, // jnz again
                                   0xe6, 0x12}; // out 0x12, al
static const uint8_t OutCode[] = {0xe6, 0x13, // again: out 0x13, al
                                  0xeb, 0xfc}; // jmp again

struct Guest
{
    int system;
    int vm;
    int cpu;
    uint8_t *memory;
    struct kvm_run *run;
    size_t runSize;
    int watchdogMilliseconds;
};

static struct kvm_run *volatile watchedRun;

static void watchdogFired(int signalNumber)
{
    (void)signalNumber;
    // Also when the signal comes just before KVM_RUN: the flag makes it return at once.
    struct kvm_run *run = watchedRun;
    if (run)
        run->immediate_exit = 1;
}

// What this thread has run, its guest included: what other programs take does not count.
static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static struct kvm_segment segment(uint16_t selector, uint8_t type, int isCode)
{
    struct kvm_segment value;
    memset(&value, 0, sizeof value);
    value.limit = 0xffffffffu;
    value.selector = selector;
    value.type = type;
    value.present = 1;
    value.s = 1;
    value.g = 1;
    value.l = isCode ? 1 : 0;
    value.db = isCode ? 0 : 1;
    return value;
}

static const char *setCpuid(const struct Guest *guest)
{
    const size_t size =
        sizeof(struct kvm_cpuid2) + MaxCpuidEntries * sizeof(struct kvm_cpuid_entry2);
    struct kvm_cpuid2 *cpuid = calloc(1, size);
    if (!cpuid) {
        errno = ENOMEM;
        return "CPUID";
    }
    cpuid->nent = MaxCpuidEntries;
    const char *failed = NULL;
    if (ioctl(guest->system, KVM_GET_SUPPORTED_CPUID, cpuid) != 0)
        failed = "KVM_GET_SUPPORTED_CPUID";
    else if (ioctl(guest->cpu, KVM_SET_CPUID2, cpuid) != 0)
        failed = "KVM_SET_CPUID2";
    const int error = errno;
    free(cpuid);
    errno = error;
    return failed;
}

// Straight into 64-bit mode. Returns the step that failed, with errno, or NULL.
static const char *makeGuest(struct Guest *guest)
{
    guest->vm = ioctl(guest->system, KVM_CREATE_VM, 0);
    if (guest->vm < 0)
        return "KVM_CREATE_VM";
    if (ioctl(guest->vm, KVM_SET_TSS_ADDR, (unsigned long)TaskSegmentAddress) != 0)
        return "KVM_SET_TSS_ADDR";

    guest->memory = mmap(NULL, GuestMemorySize, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (guest->memory == MAP_FAILED)
        return "guest memory";
    struct kvm_userspace_memory_region region;
    memset(&region, 0, sizeof region);
    region.memory_size = GuestMemorySize;
    region.userspace_addr = (uint64_t)(uintptr_t)guest->memory;
    if (ioctl(guest->vm, KVM_SET_USER_MEMORY_REGION, &region) != 0)
        return "KVM_SET_USER_MEMORY_REGION";

    const uint64_t presentAndWritable = 3;
    const uint64_t largePage = 0x80;
    *(uint64_t *)(void *)(guest->memory + PageMapLevel4) =
        PageDirectoryPointers | presentAndWritable;
    *(uint64_t *)(void *)(guest->memory + PageDirectoryPointers) =
        PageDirectory | presentAndWritable;
    *(uint64_t *)(void *)(guest->memory + PageDirectory) = presentAndWritable | largePage;

    guest->cpu = ioctl(guest->vm, KVM_CREATE_VCPU, 0);
    if (guest->cpu < 0)
        return "KVM_CREATE_VCPU";
    const int runSize = ioctl(guest->system, KVM_GET_VCPU_MMAP_SIZE, 0);
    if (runSize < (int)sizeof(struct kvm_run))
        return "KVM_GET_VCPU_MMAP_SIZE";
    guest->runSize = (size_t)runSize;
    guest->run = mmap(NULL, guest->runSize, PROT_READ | PROT_WRITE, MAP_SHARED, guest->cpu, 0);
    if (guest->run == MAP_FAILED)
        return "mapping the run page";

    const char *failed = setCpuid(guest);
    if (failed)
        return failed;

    struct kvm_sregs special;
    if (ioctl(guest->cpu, KVM_GET_SREGS, &special) != 0)
        return "KVM_GET_SREGS";
    special.cs = segment(0x08, 11, 1);
    special.ds = special.es = special.fs = special.gs = special.ss = segment(0x10, 3, 0);
    special.cr0 = 0x80050033u; // PG AM WP NE ET MP PE
    special.cr3 = PageMapLevel4;
    special.cr4 = 0x620; // OSXMMEXCPT OSFXSR PAE
    special.efer = 0x500; // LMA LME
    if (ioctl(guest->cpu, KVM_SET_SREGS, &special) != 0)
        return "KVM_SET_SREGS";
    return NULL;
}

static int loadCode(struct Guest *guest, const uint8_t *code, size_t size, uint64_t count)
{
    memcpy(guest->memory + CodeAddress, code, size);
    struct kvm_regs registers;
    memset(&registers, 0, sizeof registers);
    registers.rip = CodeAddress;
    registers.rsp = StackAddress;
    registers.rdi = DataAddress;
    registers.rcx = count;
    registers.rflags = 2;
    return ioctl(guest->cpu, KVM_SET_REGS, &registers);
}

static enum VitrineProbeExit runOnce(struct Guest *guest, struct VitrineKvmProbe *probe)
{
    while (ioctl(guest->cpu, KVM_RUN, 0) != 0) {
        if (errno == EINTR && guest->run->immediate_exit)
            return VitrineProbeTimeout;
        if (errno != EINTR && errno != EAGAIN)
            return VitrineProbeOther;
    }
    if (guest->run->exit_reason == KVM_EXIT_IO)
        return VitrineProbeIo;
    if (guest->run->exit_reason == KVM_EXIT_INTERNAL_ERROR
        && guest->run->internal.suberror == KVM_INTERNAL_ERROR_EMULATION)
        return VitrineProbeEmulationFailure;
    probe->exitReason = guest->run->exit_reason;
    return VitrineProbeOther;
}

static int armWatchdog(timer_t timer, int milliseconds)
{
    struct itimerspec setting;
    memset(&setting, 0, sizeof setting);
    setting.it_value.tv_sec = milliseconds / 1000;
    setting.it_value.tv_nsec = (milliseconds % 1000) * 1000000L;
    // Again and again: one signal could be spent before the flag is looked at.
    setting.it_interval.tv_nsec = milliseconds > 0 ? 1000000L : 0;
    return timer_settime(timer, 0, &setting, NULL);
}

static enum VitrineProbeExit runProbe(struct Guest *guest, timer_t watchdog, int milliseconds,
                                      const uint8_t *code, size_t size,
                                      struct VitrineKvmProbe *probe)
{
    if (loadCode(guest, code, size, LoopIterations) != 0)
        return VitrineProbeOther;
    guest->run->immediate_exit = 0;
    armWatchdog(watchdog, milliseconds);
    const enum VitrineProbeExit result = runOnce(guest, probe);
    armWatchdog(watchdog, 0);
    return result;
}

static double hostRate(void)
{
    uint64_t count = LoopIterations;
    const double start = now();
    __asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(count) : : "cc");
    const double seconds = now() - start;
    return seconds > 0 ? LoopIterations / seconds : 0;
}

static void measureLoop(struct Guest *guest, timer_t watchdog, struct VitrineKvmProbe *probe)
{
    probe->hostIterationsPerSecond = hostRate();
    const double start = now();
    probe->loop =
        runProbe(guest, watchdog, guest->watchdogMilliseconds, LoopCode, sizeof LoopCode, probe);
    const double seconds = now() - start;
    double done = LoopIterations;
    struct kvm_regs registers;
    if (probe->loop == VitrineProbeTimeout) {
        if (ioctl(guest->cpu, KVM_GET_REGS, &registers) != 0)
            return;
        done = (double)(LoopIterations - registers.rcx);
    }
    probe->guestIterationsPerSecond = seconds > 0 ? done / seconds : 0;
}

static void measureOuts(struct Guest *guest, timer_t watchdog, struct VitrineKvmProbe *probe)
{
    // The first one is not measured.
    probe->outs = runProbe(guest, watchdog, FirstStepMilliseconds, OutCode, sizeof OutCode, probe);
    if (probe->outs != VitrineProbeIo)
        return;
    guest->run->immediate_exit = 0;
    armWatchdog(watchdog, guest->watchdogMilliseconds);
    const double start = now();
    int done = 0;
    do
        probe->outs = runOnce(guest, probe);
    while (probe->outs == VitrineProbeIo && ++done < OutCount);
    const double seconds = now() - start;
    armWatchdog(watchdog, 0);
    if (done > 0)
        probe->microsecondsPerExit = seconds * 1e6 / done;
    // A slow host is judged by the figure; a busy one may have had no time for a second.
    if (probe->outs == VitrineProbeTimeout)
        probe->outs = VitrineProbeIo;
}

static void runProbes(struct Guest *guest, struct VitrineKvmProbe *probe)
{
    const int watchdogSignal = SIGRTMAX - 4;
    struct sigaction action;
    struct sigaction oldAction;
    memset(&action, 0, sizeof action);
    action.sa_handler = watchdogFired; // no SA_RESTART: KVM_RUN must return
    sigemptyset(&action.sa_mask);
    sigset_t unblocked;
    sigset_t oldMask;
    sigemptyset(&unblocked);
    sigaddset(&unblocked, watchdogSignal);

    watchedRun = guest->run;
    sigaction(watchdogSignal, &action, &oldAction);
    pthread_sigmask(SIG_UNBLOCK, &unblocked, &oldMask);

    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = watchdogSignal;
    event.sigev_notify_thread_id = (int)syscall(SYS_gettid);
    timer_t watchdog;
    if (timer_create(CLOCK_MONOTONIC, &event, &watchdog) == 0) {
        probe->sse =
            runProbe(guest, watchdog, FirstStepMilliseconds, SseCode, sizeof SseCode, probe);
        probe->compareExchange = runProbe(guest, watchdog, FirstStepMilliseconds,
                                          CompareExchangeCode, sizeof CompareExchangeCode, probe);
        measureLoop(guest, watchdog, probe);
        measureOuts(guest, watchdog, probe);
        timer_delete(watchdog);
    } else {
        probe->createError = errno;
        probe->createStep = "timer_create";
    }

    watchedRun = NULL;
    // The timer is gone and a pending signal still finds our handler before the old one is back.
    pthread_sigmask(SIG_SETMASK, &oldMask, NULL);
    sigaction(watchdogSignal, &oldAction, NULL);
}

void vitrineProbeKvm(const char *device, int watchdogMilliseconds, struct VitrineKvmProbe *probe)
{
    memset(probe, 0, sizeof *probe);
    struct Guest guest = {.system = -1, .vm = -1, .cpu = -1};
    guest.memory = MAP_FAILED;
    guest.run = MAP_FAILED;
    guest.watchdogMilliseconds = watchdogMilliseconds;

    guest.system = open(device, O_RDWR | O_CLOEXEC);
    if (guest.system < 0) {
        probe->openError = errno;
        return;
    }
    probe->apiVersion = ioctl(guest.system, KVM_GET_API_VERSION, 0);
    if (probe->apiVersion == KVM_API_VERSION) {
        probe->createStep = makeGuest(&guest);
        if (probe->createStep)
            probe->createError = errno ? errno : EIO;
        else
            runProbes(&guest, probe);
    }

    if (guest.run != MAP_FAILED)
        munmap(guest.run, guest.runSize);
    if (guest.cpu >= 0)
        close(guest.cpu);
    if (guest.vm >= 0)
        close(guest.vm);
    if (guest.memory != MAP_FAILED)
        munmap(guest.memory, GuestMemorySize);
    close(guest.system);
}

// SPDX-License-Identifier: GPL-3.0-or-later
// The ioctl half of the KVM self-test, in C: linux/kvm.h lays its flexible arrays out through an
// empty struct, which has size 1 in C++ and so moves every kvm_cpuid2 entry and changes the ioctl
// numbers. kvm_self_test.h judges what is measured here.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

enum VitrineProbeExit {
    VitrineProbeNotRun,
    VitrineProbeIo, // the OUT after the probed instruction was reached
    VitrineProbeEmulationFailure, // KVM_EXIT_INTERNAL_ERROR, KVM_INTERNAL_ERROR_EMULATION
    VitrineProbeTimeout, // the watchdog ended it
    VitrineProbeOther, // any other exit: exitReason tells
};

struct VitrineKvmProbe
{
    int openError; // errno of opening the device, 0 when it opened
    int apiVersion; // KVM_GET_API_VERSION
    int createError; // errno of making the VM, its memory or its CPU; 0 when all was made
    const char *createStep; // what failed then: "KVM_CREATE_VM"

    enum VitrineProbeExit sse;
    enum VitrineProbeExit compareExchange;
    enum VitrineProbeExit loop;
    enum VitrineProbeExit outs;
    unsigned exitReason; // of the last VitrineProbeOther

    double hostIterationsPerSecond;
    double guestIterationsPerSecond;
    double microsecondsPerExit;
};

// Runs the probes on `device`, each for at most `watchdogMilliseconds`. One call at a time: a
// real-time signal is borrowed for the watchdog and given back.
void vitrineProbeKvm(const char *device, int watchdogMilliseconds, struct VitrineKvmProbe *probe);

#ifdef __cplusplus
}
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/kvm_self_test.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <mutex>

namespace engine {

namespace {

constexpr int WatchdogMilliseconds = 50;
constexpr int KnownApiVersion = 12;
// Real KVM runs the loop at the host's speed; the kernel's emulator is a thousand times
// slower. KVM inside an emulated host is in between and still counts as native.
constexpr double SlowestNativeRate = 1.0 / 8;
constexpr double SlowExitMicroseconds = 20;

const char *const FirmwareRemedy =
    "Switch on virtualization (VT-x, AMD-V or SVM) in the firmware set-up of this computer; "
    "if it is a virtual machine itself, switch on nested virtualization for it";
const char *const OtherHypervisorRemedy =
    "Stop the other program that uses hardware virtualization (for example VirtualBox or "
    "VMware) and start the machine again";

bool hasVirtualizationFlag()
{
    std::ifstream file("/proc/cpuinfo");
    std::string line;
    while (std::getline(file, line)) {
        if (line.rfind("flags", 0) != 0)
            continue;
        line += ' ';
        return line.find(" vmx ") != std::string::npos || line.find(" svm ") != std::string::npos;
    }
    return false;
}

KvmSelfTest verdict(KvmVerdict kind, std::string reason, std::string remedy = {})
{
    KvmSelfTest test;
    test.verdict = kind;
    test.reason = std::move(reason);
    test.remedy = std::move(remedy);
    return test;
}

KvmSelfTest judgeOpenError(int error, bool processorHasVirtualization)
{
    switch (error) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
        if (processorHasVirtualization)
            return verdict(KvmVerdict::Missing,
                           "There is no /dev/kvm: the kernel module for hardware "
                           "virtualization is not loaded",
                           "Load the module (as root: modprobe kvm_intel or modprobe "
                           "kvm_amd); if that fails, switch on virtualization in the "
                           "firmware set-up of this computer");
        return verdict(KvmVerdict::Missing,
                       "There is no /dev/kvm, and the processor does not offer hardware "
                       "virtualization",
                       FirmwareRemedy);
    case EACCES:
    case EPERM:
        return verdict(KvmVerdict::Denied, "You do not have permission to use /dev/kvm",
                       "Log in at this computer's own screen, or join the group kvm (as "
                       "root: adduser <your name> kvm) and log in again");
    default:
        return verdict(KvmVerdict::Unusable,
                       std::string("/dev/kvm cannot be opened: ") + std::strerror(error));
    }
}

bool isEmulationFailure(const VitrineKvmProbe &probe)
{
    return probe.sse == VitrineProbeEmulationFailure
        || probe.compareExchange == VitrineProbeEmulationFailure
        || probe.loop == VitrineProbeEmulationFailure;
}

} // namespace

KvmSelfTest judgeKvmProbe(const VitrineKvmProbe &probe, bool processorHasVirtualization)
{
    if (probe.openError != 0)
        return judgeOpenError(probe.openError, processorHasVirtualization);
    if (probe.apiVersion != KnownApiVersion)
        return verdict(KvmVerdict::Unusable,
                       "/dev/kvm speaks version " + std::to_string(probe.apiVersion)
                           + " of its interface instead of 12");
    if (probe.createError != 0) {
        const bool isTaken = probe.createError == EBUSY || probe.createError == ENODEV;
        return verdict(KvmVerdict::Unusable,
                       std::string("/dev/kvm is present but no virtual machine can be made (")
                           + (probe.createStep ? probe.createStep : "set-up") + ": "
                           + std::strerror(probe.createError) + ")",
                       isTaken ? OtherHypervisorRemedy : "");
    }

    KvmSelfTest test;
    if (probe.hostIterationsPerSecond > 0)
        test.guestToHostRate = probe.guestIterationsPerSecond / probe.hostIterationsPerSecond;
    test.microsecondsPerExit = probe.microsecondsPerExit;

    const bool isLoopMeasured = probe.loop == VitrineProbeIo || probe.loop == VitrineProbeTimeout;
    if (isEmulationFailure(probe) || (isLoopMeasured && test.guestToHostRate < SlowestNativeRate)) {
        test.verdict = KvmVerdict::EmulatedOnly;
        test.reason = "/dev/kvm is present but only emulates: guest code does not run on the "
                      "processor";
        test.remedy = FirmwareRemedy;
    } else if (probe.sse != VitrineProbeIo || probe.compareExchange != VitrineProbeIo
               || !isLoopMeasured || probe.outs != VitrineProbeIo) {
        test.verdict = KvmVerdict::Unusable;
        test.reason = "/dev/kvm is present but a small test guest does not run on it (exit reason "
            + std::to_string(probe.exitReason) + ")";
    } else if (probe.microsecondsPerExit > SlowExitMicroseconds) {
        test.verdict = KvmVerdict::Slow;
        test.reason = "KVM works, but this computer is probably a virtual machine itself: devices "
                      "will be slow";
    } else {
        test.verdict = KvmVerdict::Native;
    }
    return test;
}

KvmSelfTest runKvmSelfTest(const char *device)
{
    static std::mutex oneAtATime;
    const std::scoped_lock lock(oneAtATime);
    VitrineKvmProbe probe;
    vitrineProbeKvm(device, WatchdogMilliseconds, &probe);
    return judgeKvmProbe(probe, hasVirtualizationFlag());
}

} // namespace engine

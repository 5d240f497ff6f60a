// SPDX-License-Identifier: GPL-3.0-or-later
// Does /dev/kvm run guest code on the processor? That it opens proves nothing: some hosts only
// emulate, instruction by instruction, and stop at the first SSE instruction. So a tiny 64-bit
// guest is run: two instructions the kernel's emulator does not know, a loop whose rate is
// compared with the same loop on the host, and a row of exits. Takes some 15 ms on real KVM, at
// most about 200 ms anywhere. Any thread, one at a time; cache the answer.
#pragma once

#include "engine/vmm/kvm_probe.h"

#include <string>

namespace engine {

enum class KvmVerdict {
    Native, // as it should be
    Slow, // runs natively, but exits cost a lot: probably nested
    EmulatedOnly, // the device is there, but the kernel emulates
    Unusable, // the device is there, but no guest can be made or run
    Denied, // this user may not open it
    Missing, // there is no device
};

struct KvmSelfTest
{
    KvmVerdict verdict = KvmVerdict::Missing;
    std::string reason; // a sentence for the user; empty when Native
    std::string remedy; // what to do about it; may be empty
    double guestToHostRate = 0; // of the loop; 1 is native
    double microsecondsPerExit = 0;
};

KvmSelfTest runKvmSelfTest(const char *device = "/dev/kvm");

// The judgment alone, for tests. `processorHasVirtualization` is the vmx or svm flag.
KvmSelfTest judgeKvmProbe(const VitrineKvmProbe &probe, bool processorHasVirtualization);

} // namespace engine

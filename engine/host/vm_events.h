// SPDX-License-Identifier: GPL-3.0-or-later
// What a running machine tells its owner. Called on the machine's threads, possibly with a device's
// lock held: implementations only take a note and post to their own thread.
#pragma once

#include <cstdint>
#include <string>

namespace engine {

enum class VmStop : std::uint8_t {
    PoweredOff, // the guest switched itself off (ACPI S5)
    Failed, // the guest cannot go on: emulation failure, a vCPU that KVM refuses to run
};

struct VmProblem
{
    enum class Kind : std::uint8_t { DiskFull, DiskError };
    Kind kind = Kind::DiskError;
    std::string text; // what happened, naming the image
    std::string remedy;
};

class VmEvents
{
public:
    virtual ~VmEvents() = default;
    // The vCPUs stand still and do not start again. `text` is a sentence for people, `details`
    // several lines for the log (registers, code bytes); both empty for PoweredOff.
    virtual void stopped(VmStop kind, const std::string &text, const std::string &details) = 0;
    // A request to an image failed and waits; the owner pauses the machine. Resuming tries again.
    virtual void problemRaised(const VmProblem &problem) = 0;
    virtual void wasReset() = 0; // by the guest or by reset()
    virtual void mediumEjected(unsigned drive) = 0; // by the guest; index of VmConfig::drives
};

} // namespace engine

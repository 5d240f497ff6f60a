// SPDX-License-Identifier: GPL-3.0-or-later
// What a test tells vm_runner while its guest runs, one order a line on standard input:
//
//   press CODE            a key by its scan code (hexadecimal, 0x100 more when E0-prefixed), down
//                         and up
//   move X Y              the tablet's pointer, in guest pixels
//   roll DX DY            the mouse, in its counts
//   click                 the left button
//   gamepad               plugs it in, and says its connector
//   hold BUTTONS X Y      the gamepad's buttons (hexadecimal, gamepad.h) and left stick
//   unplug CONNECTOR      of USB
//   screenshot FILE       as PPM
//   medium DRIVE FILE     of an optical drive, by its place among all drives; "none" ejects
//   force DRIVE FILE      the same though the guest has locked the tray
//   pointer               says "absolute" or "relative"
//   reset | power         the buttons
//   quit
//
// Each is answered with a line on standard error: "[done ORDER]" or "[failed ORDER: why]".
#pragma once

#include "engine/base/poll_loop.h"
#include "engine/base/result.h"
#include "engine/vmm/vm.h"

#include <functional>
#include <memory>
#include <mutex>
#include <string>

// PPM of 24 bits.
engine::Result<> writeScreenshot(const engine::FrameSource &screen, const std::string &path);

// Obeys on a thread of its own until "quit" or the end of the input, and calls `ended` there; none
// is obeyed any more after the destructor.
class RunnerCommands final
{
public:
    RunnerCommands(engine::Vm &vm, engine::PollLoop &io, std::function<void()> ended);
    ~RunnerCommands();

private:
    struct Gate
    {
        std::mutex mutex;
        bool isOpen = true;
    };
    // Shared with the thread: reading cannot be called off, so it may outlive this.
    std::shared_ptr<Gate> m_gate;
};

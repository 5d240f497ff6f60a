// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/runner_commands.h"

#include "engine/block/raw_image.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

using namespace engine;

namespace {

Result<> press(InputSink &input, std::istringstream &words)
{
    unsigned code = 0;
    if (!(words >> std::hex >> code) || code == 0 || code > 0x1ff)
        return Error(ErrorKind::Invalid, "it takes a scan code");
    input.key(ScanCode(code), KeyMotion::Press);
    input.key(ScanCode(code), KeyMotion::Release);
    return {};
}

Result<> movePointer(InputSink &input, std::istringstream &words, bool isAbsolute)
{
    int x = 0;
    int y = 0;
    if (!(words >> x >> y))
        return Error(ErrorKind::Invalid, "it takes two numbers");
    if (isAbsolute)
        input.position(x, y);
    else
        input.motion(x, y);
    return {};
}

Result<> moveGamepad(InputSink &input, std::istringstream &words)
{
    unsigned buttons = 0;
    int x = 0;
    int y = 0;
    if (!(words >> std::hex >> buttons >> std::dec >> x >> y))
        return Error(ErrorKind::Invalid, "it takes buttons and two numbers");
    input.moveGamepad(
        {.leftX = std::int16_t(x), .leftY = std::int16_t(y), .buttons = std::uint16_t(buttons)});
    return {};
}

Result<> changeMedium(Vm &vm, PollLoop &io, std::istringstream &words, bool isForced)
{
    unsigned drive = 0;
    std::string path;
    if (!(words >> drive >> path))
        return Error(ErrorKind::Invalid, "it takes a drive and a file");
    std::shared_ptr<BlockDevice> image;
    if (path != "none")
        image = TRY(RawImage::open({.path = path, .isReadOnly = true}, io));
    return vm.changeMedium(drive, std::move(image), isForced);
}

Result<> obey(Vm &vm, PollLoop &io, const std::string &line)
{
    std::istringstream words(line);
    std::string order;
    words >> order;
    InputSink &input = vm.input();
    if (order == "press")
        return press(input, words);
    if (order == "move" || order == "roll")
        return movePointer(input, words, order == "move");
    if (order == "hold")
        return moveGamepad(input, words);
    if (order == "gamepad") {
        const unsigned connector = TRY(vm.plugGamepad(0));
        std::fprintf(stderr, "[gamepad %u]\n", connector);
        return {};
    }
    if (order == "unplug") {
        unsigned connector = 0;
        words >> connector;
        return vm.unplugUsb(connector);
    }
    if (order == "medium" || order == "force")
        return changeMedium(vm, io, words, order == "force");
    if (order == "click") {
        input.button(PointerButton::Left, KeyMotion::Press);
        input.button(PointerButton::Left, KeyMotion::Release);
    } else if (order == "screenshot") {
        std::string path;
        words >> path;
        return writeScreenshot(vm.screen(0), path);
    } else if (order == "pointer") {
        const bool isAbsolute = input.pointerMode() == PointerMode::Absolute;
        std::fprintf(stderr, "[pointer %s]\n", isAbsolute ? "absolute" : "relative");
    } else if (order == "describe") {
        TRY(vm.pause());
        std::fprintf(stderr, "%s", vm.describeVcpus().c_str());
        return vm.resume();
    } else if (order == "reset") {
        return vm.reset();
    } else if (order == "power") {
        vm.pressPowerButton();
    } else {
        return Error(ErrorKind::Invalid, "there is no such order");
    }
    return {};
}

} // namespace

Result<> writeScreenshot(const FrameSource &screen, const std::string &path)
{
    const Frame frame = screen.frame();
    if (frame.isEmpty() || frame.format != PixelFormat::Xrgb32)
        return Error(ErrorKind::Invalid, "There is no picture of 32 bits");
    std::string bytes =
        "P6 " + std::to_string(frame.width) + ' ' + std::to_string(frame.height) + " 255\n";
    for (int y = 0; y < frame.height; ++y) {
        const std::uint8_t *pixel = frame.pixels + y * frame.strideBytes;
        for (int x = 0; x < frame.width; ++x, pixel += 4)
            bytes.append({char(pixel[2]), char(pixel[1]), char(pixel[0])});
    }
    std::ofstream file(path, std::ios::binary);
    if (!file.write(bytes.data(), std::streamsize(bytes.size())).flush())
        return Error(ErrorKind::Io, "Cannot write \"" + path + "\"");
    return {};
}

RunnerCommands::RunnerCommands(Vm &vm, PollLoop &io, std::function<void()> ended)
    : m_gate(std::make_shared<Gate>())
{
    std::thread([gate = m_gate, &vm, &io, ended = std::move(ended)] {
        for (std::string line; std::getline(std::cin, line) && line != "quit";) {
            const std::lock_guard lock(gate->mutex);
            if (!gate->isOpen)
                return;
            const Result<> done = obey(vm, io, line);
            if (done)
                std::fprintf(stderr, "[done %s]\n", line.c_str());
            else
                std::fprintf(stderr, "[failed %s: %s]\n", line.c_str(),
                             done.error().text().c_str());
        }
        const std::lock_guard lock(gate->mutex);
        if (gate->isOpen)
            ended();
    }).detach();
}

RunnerCommands::~RunnerCommands()
{
    const std::lock_guard lock(m_gate->mutex);
    m_gate->isOpen = false;
}

// SPDX-License-Identifier: GPL-3.0-or-later
// A serial port whose other end is this program: a tab of the machine's window. Remembers the
// newest 64 KiB of what the guest sent, so that somebody who looks late sees how it came to this.
//
// Any thread.
#pragma once

#include "engine/vmm/char_backends/io_char_backend.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace engine {

class SerialConsole final : public IoCharBackend
{
public:
    static constexpr std::size_t MaxBytes = 64 * 1024;
    static constexpr std::size_t MaxTyped = 64 * 1024;

    static std::shared_ptr<SerialConsole> make();

    struct Text
    {
        std::uint64_t start = 0; // how much the guest had sent before it
        std::string bytes; // as sent: any encoding, escape sequences
    };
    // What was sent since that position, or of it what is still remembered.
    Text textSince(std::uint64_t position) const;
    std::uint64_t end() const; // how much the guest has sent

    // Called on the guest's threads with the port's lock held when something came: it only takes a
    // note and posts. After the call returns the old one is not called.
    void setListener(std::function<void()> somethingCame);

    // Somebody types. False when so much is waiting already that nothing was taken.
    bool type(std::string_view bytes);

    void write(std::span<const std::uint8_t> bytes) override;

private:
    SerialConsole() = default;
    void send(std::span<const std::uint8_t>) override { }
    void inputTaken() override;
    void passTyped();

    mutable std::mutex m_textMutex; // for the next two
    std::string m_text;
    std::uint64_t m_end = 0;

    std::mutex m_listenerMutex;
    std::function<void()> m_listener;

    std::mutex m_typedMutex;
    std::string m_typed; // what the port has not been offered yet
};

} // namespace engine

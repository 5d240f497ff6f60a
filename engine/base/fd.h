// SPDX-License-Identifier: GPL-3.0-or-later
// A file descriptor with one owner. Any thread; not shared between threads.
#pragma once

#include <utility>

#include <unistd.h>

namespace engine {

class Fd final
{
public:
    Fd() = default;
    explicit Fd(int descriptor)
        : m_descriptor(descriptor)
    { }
    Fd(Fd &&other) noexcept
        : m_descriptor(std::exchange(other.m_descriptor, -1))
    { }
    Fd &operator=(Fd &&other) noexcept
    {
        if (this != &other) {
            reset();
            m_descriptor = std::exchange(other.m_descriptor, -1);
        }
        return *this;
    }
    Fd(const Fd &) = delete;
    Fd &operator=(const Fd &) = delete;
    ~Fd() { reset(); }

    bool isOpen() const { return m_descriptor >= 0; }
    int get() const { return m_descriptor; }
    // Gives the descriptor away.
    [[nodiscard]] int release() { return std::exchange(m_descriptor, -1); }
    void reset()
    {
        if (m_descriptor >= 0)
            ::close(std::exchange(m_descriptor, -1));
    }

private:
    int m_descriptor = -1;
};

} // namespace engine

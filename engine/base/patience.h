// SPDX-License-Identifier: GPL-3.0-or-later
// Looking for something for about as long as falling asleep and being woken would take, before one
// sleeps: a processor of a virtual machine host that sleeps is woken in 20 to 50 microseconds.
// Nothing is gained by it on a computer with one processor, and nothing is tried there.
#pragma once

#include <chrono>
#include <thread>

namespace engine {

// Of one thread.
class Patience final
{
public:
    // True: it is there. False: it did not come by then, or looking was in vain lately.
    template <typename Condition>
    bool sees(const Condition &isThere)
    {
        if (isThere())
            return true;
        if (!IsOfUse)
            return false;
        if (m_skipped > 0) {
            --m_skipped;
            return false;
        }
        const auto end = std::chrono::steady_clock::now() + Moment;
        do {
            for (int i = 0; i < LooksPerGlance; ++i) {
                if (isThere())
                    return true;
                __builtin_ia32_pause();
            }
        } while (std::chrono::steady_clock::now() < end);
        m_skipped = SkippedWhenInVain;
        return false;
    }

private:
    static constexpr std::chrono::microseconds Moment{30};
    static constexpr int LooksPerGlance = 16; // between two looks at the clock
    static constexpr int SkippedWhenInVain = 15;
    static inline const bool IsOfUse = std::thread::hardware_concurrency() > 1;

    int m_skipped = 0;
};

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
// How vm_runner's machine ends, and what tells of it: the engine's events and the guest's words on
// its serial port. Any thread.
#pragma once

#include "engine/host/char_backend.h"
#include "engine/host/vm_events.h"

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string>

#include <unistd.h>

namespace tests {

// The outcome, for the main thread to wait for.
struct RunnerOutcome
{
    std::mutex mutex;
    std::condition_variable changed;
    bool isOver = false;
    bool isGood = false;
    bool wantsPower = false; // somebody should press the power button

    void end(bool good)
    {
        const std::lock_guard lock(mutex);
        if (isOver)
            return;
        isOver = true;
        isGood = good;
        changed.notify_all();
    }

    void pressPower()
    {
        const std::lock_guard lock(mutex);
        wantsPower = true;
        changed.notify_all();
    }
};

// Says on standard error what happens; a stop is the end.
class RunnerEvents final : public engine::VmEvents
{
public:
    explicit RunnerEvents(RunnerOutcome &outcome)
        : m_outcome(outcome)
    { }
    void stopped(engine::VmStop kind, const std::string &text, const std::string &details) override
    {
        if (!text.empty())
            std::fprintf(stderr, "%s\n%s", text.c_str(), details.c_str());
        m_outcome.end(kind == engine::VmStop::PoweredOff);
    }
    void problemRaised(const engine::VmProblem &problem) override
    {
        std::fprintf(stderr, "%s\n", problem.text.c_str());
        m_outcome.end(false);
    }
    void wasReset() override { std::fprintf(stderr, "[reset]\n"); }
    void mediumEjected(unsigned drive) override { std::fprintf(stderr, "[eject %u]\n", drive); }

private:
    RunnerOutcome &m_outcome;
};

// COM1: goes to standard output; texts in it end the machine or have its button pressed.
class RunnerConsole final : public engine::CharBackend
{
public:
    RunnerConsole(RunnerOutcome &outcome, std::string until, std::string pressPowerAt)
        : m_outcome(outcome)
        , m_until(std::move(until))
        , m_pressPowerAt(std::move(pressPowerAt))
    { }
    void attach(engine::PollLoop *) override { }
    void write(std::span<const std::uint8_t> bytes) override
    {
        [[maybe_unused]] const ssize_t written = ::write(1, bytes.data(), bytes.size());
        m_text.append(bytes.begin(), bytes.end());
        if (hasCome(m_until))
            m_outcome.end(true);
        if (hasCome(m_pressPowerAt)) {
            m_pressPowerAt.clear();
            m_outcome.pressPower();
        }
        if (m_text.size() > 65536)
            m_text.erase(0, m_text.size() - 1024);
    }
    void setReceiver(Receiver) override { }
    void resumeReceiving() override { }

private:
    bool hasCome(const std::string &text) const
    {
        return !text.empty() && m_text.find(text) != std::string::npos;
    }

    RunnerOutcome &m_outcome;
    const std::string m_until;
    std::string m_pressPowerAt;
    std::string m_text;
};

} // namespace tests

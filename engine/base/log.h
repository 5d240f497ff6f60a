// SPDX-License-Identifier: GPL-3.0-or-later
// The log: one record, one line. Levels have user meaning: Error is "what you asked for did not
// happen", Warning is "it happened, but not as you would expect", Info is what a person reads to
// follow a machine's life, Debug is for us.
//
// Records go to one sink, which the program sets (vitrine-vm: the machine's Logs/vitrine.log).
// Without one they go to standard error. Any thread may log; the sink is called with the log's
// lock held, so it must not log itself.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace engine {

enum class LogLevel { Error, Warning, Info, Debug };

struct LogRecord
{
    std::chrono::system_clock::time_point time;
    LogLevel level = LogLevel::Info;
    std::string category; // "qemu", "session": who speaks
    std::string text; // one line, control characters replaced
};

// "2026-11-21T14:51:02.123Z info qemu: text", without a newline at the end.
std::string formatLogRecord(const LogRecord &record);
std::string_view logLevelName(LogLevel level);

using LogSink = std::function<void(const LogRecord &)>;

// An empty sink means standard error again.
void setLogSink(LogSink sink);
// Records less urgent than this are dropped. Info at first.
void setLogLevel(LogLevel level);

// A text of several lines becomes several records.
void log(LogLevel level, std::string_view category, std::string_view text);

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/log.h"

#include <array>
#include <atomic>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <utility>

namespace engine {

namespace {

struct Log
{
    std::mutex mutex;
    LogSink sink;
    std::atomic<LogLevel> level = LogLevel::Info;
};

// Never destroyed: a helper thread may log while the program's statics go away.
Log &theLog()
{
    static Log *const instance = new Log;
    return *instance;
}

// A guest or a child process must not be able to write terminal escapes into somebody's
// terminal.
std::string printable(std::string_view line)
{
    std::string text;
    text.reserve(line.size());
    for (const char character : line) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte == '\t')
            text += ' ';
        else
            text += byte < 0x20 || byte == 0x7f ? '?' : character;
    }
    return text;
}

} // namespace

std::string_view logLevelName(LogLevel level)
{
    switch (level) {
    case LogLevel::Error:
        return "error";
    case LogLevel::Warning:
        return "warning";
    case LogLevel::Info:
        return "info";
    case LogLevel::Debug:
        return "debug";
    }
    return "info";
}

std::string formatLogRecord(const LogRecord &record)
{
    const auto sinceEpoch = record.time.time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(sinceEpoch);
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(sinceEpoch - seconds);
    const std::time_t time = std::time_t(seconds.count());
    std::tm fields{};
    gmtime_r(&time, &fields);
    std::array<char, 32> stamp{};
    const std::size_t length =
        std::strftime(stamp.data(), stamp.size(), "%Y-%m-%dT%H:%M:%S", &fields);
    std::array<char, 16> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%03dZ", int(milliseconds.count()));
    std::string line(stamp.data(), length);
    line += fraction.data();
    line += ' ';
    line += logLevelName(record.level);
    line += ' ';
    line += record.category;
    line += ": ";
    line += record.text;
    return line;
}

void setLogSink(LogSink sink)
{
    Log &state = theLog();
    const std::scoped_lock lock(state.mutex);
    state.sink = std::move(sink);
}

void setLogLevel(LogLevel level)
{
    theLog().level = level;
}

void log(LogLevel level, std::string_view category, std::string_view text)
{
    Log &state = theLog();
    if (level > state.level.load())
        return;
    const auto now = std::chrono::system_clock::now();
    const std::scoped_lock lock(state.mutex);
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (line.empty())
            continue;
        const LogRecord record{now, level, std::string(category), printable(line)};
        if (state.sink)
            state.sink(record);
        else
            std::fprintf(stderr, "%s\n", formatLogRecord(record).c_str());
    }
}

} // namespace engine

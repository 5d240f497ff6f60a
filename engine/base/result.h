// SPDX-License-Identifier: GPL-3.0-or-later
// How a failure travels.
//
// Three kinds of trouble are never mixed. A guest doing something odd is not an error: hardware
// semantics apply. A host failure (file, socket, child process, definition) is a Result. A bug of
// ours is check(), which stays on in release builds.
//
// The member names are those of std::expected, so that a later move to C++23 is mechanical.
// A message is a sentence a user can read, without a trailing stop. The layer that knows a name
// adds it: return std::move(error).context("Cannot open the disk image \"a.qcow2\"").
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace engine {

// For control flow; never parse a message. The order is part of the control protocol.
enum class ErrorKind { Invalid, NotFound, Denied, Unsupported, Busy, NoSpace, Io, Corrupt, Cancelled };

class [[nodiscard]] Error final
{
public:
    Error(ErrorKind kind, std::string message)
        : m_kind(kind)
        , m_messages{std::move(message)}
    {
    }

    ErrorKind kind() const { return m_kind; }

    // What was asked for comes first, the root cause last. Never empty.
    const std::vector<std::string> &messages() const { return m_messages; }
    const std::string &message() const { return m_messages.front(); }

    // What the user can do about it; may be empty.
    const std::string &remedy() const { return m_remedy; }

    // The whole chain in one line: "Cannot start \"a\": QEMU is not installed".
    std::string text() const
    {
        std::string all;
        for (const std::string &message : m_messages)
            all += all.empty() ? message : ": " + message;
        return all;
    }

    // Not inlined: GCC 12 sees an overrun in the moved string that is not there (-Warray-bounds).
    [[nodiscard, gnu::noinline]] Error context(std::string outer) &&
    {
        m_messages.insert(m_messages.begin(), std::move(outer));
        return std::move(*this);
    }

    [[nodiscard]] Error withRemedy(std::string remedy) &&
    {
        m_remedy = std::move(remedy);
        return std::move(*this);
    }

private:
    ErrorKind m_kind;
    std::vector<std::string> m_messages;
    std::string m_remedy;
};

template <class T = void>
class [[nodiscard]] Result final
{
public:
    Result(T value)
        : m_state(std::in_place_index<0>, std::move(value))
    {
    }
    Result(Error error)
        : m_state(std::in_place_index<1>, std::move(error))
    {
    }

    bool has_value() const { return m_state.index() == 0; }
    explicit operator bool() const { return has_value(); }

    T &operator*() & { return *std::get_if<0>(&m_state); }
    const T &operator*() const & { return *std::get_if<0>(&m_state); }
    T &&operator*() && { return std::move(*std::get_if<0>(&m_state)); }
    T *operator->() { return std::get_if<0>(&m_state); }
    const T *operator->() const { return std::get_if<0>(&m_state); }

    Error &error() & { return *std::get_if<1>(&m_state); }
    const Error &error() const & { return *std::get_if<1>(&m_state); }
    Error &&error() && { return std::move(*std::get_if<1>(&m_state)); }

private:
    std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void> final
{
public:
    Result() = default;
    Result(Error error)
        : m_state(std::in_place_index<1>, std::move(error))
    {
    }

    bool has_value() const { return m_state.index() == 0; }
    explicit operator bool() const { return has_value(); }
    void operator*() const { }

    Error &error() & { return *std::get_if<1>(&m_state); }
    const Error &error() const & { return *std::get_if<1>(&m_state); }
    Error &&error() && { return std::move(*std::get_if<1>(&m_state)); }

private:
    std::variant<std::monostate, Error> m_state;
};

// A bug of ours, never a guest's or a user's doing: says where and aborts, in release builds too.
inline void check(bool condition, const char *what, const char *file = __builtin_FILE(),
                  int line = __builtin_LINE())
{
    if (condition) [[likely]]
        return;
    std::fprintf(stderr, "%s:%d: internal error: %s\n", file, line, what);
    std::abort();
}

} // namespace engine

// Returns early with the error, else yields the value. One TRY per statement, alone on the right
// of a declaration, an assignment or a return.
#define TRY(expression)                                                                            \
    __extension__({                                                                                \
        auto &&tryResult_ = (expression);                                                          \
        if (!tryResult_) [[unlikely]]                                                              \
            return std::move(tryResult_).error();                                                  \
        *std::move(tryResult_);                                                                    \
    })

// SPDX-License-Identifier: GPL-3.0-or-later
// How a verb ends: well, failed (exit 1) or not understood (exit 2), and how that is said.
//
// Vitrine's own form is `error: what: why` and `hint: what to do`. The VBoxManage dialect prefixes
// every line with its name and adds the result code line that programs look for.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/qt_text.h"

#include <optional>

namespace app {

enum class Dialect { Native, VirtualBox };

// VirtualBox's result codes, those we have reasons for.
enum class ResultCode {
    None,
    ObjectNotFound,
    InvalidVmState,
    VmError,
    FileError,
    NotSupported,
    InvalidObjectState,
    ObjectInUse,
    InvalidArgument,
    AccessDenied,
    Failure,
};

class [[nodiscard]] Outcome final
{
public:
    Outcome() = default;
    Outcome(engine::Error error); // a failure, with the code that suits its kind
    Outcome(engine::Result<> result);

    static Outcome failure(ResultCode code, const QString &message, const QString &remedy = {});
    static Outcome failure(ResultCode code, engine::Error error);
    static Outcome syntax(const QString &message);
    static Outcome syntax(engine::Error error);
    // Everything was said already.
    static Outcome exit(int exitCode);

    int exitCode() const { return m_exitCode; }
    bool isSyntaxError() const { return m_exitCode == 2; }
    bool isGood() const { return m_exitCode == 0; }
    ResultCode code() const { return m_code; }
    const std::optional<engine::Error> &error() const { return m_error; }

private:
    int m_exitCode = 0;
    ResultCode m_code = ResultCode::None;
    std::optional<engine::Error> m_error;
};

// The lines for stderr, each ended; empty without an error.
QString formatOutcome(const Outcome &outcome, Dialect dialect, const QString &program);
QString formatWarning(const QString &text, Dialect dialect, const QString &program);

} // namespace app

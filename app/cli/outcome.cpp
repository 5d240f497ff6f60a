// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/outcome.h"

#include <QtCore/QStringList>

namespace app {

using engine::Error;
using engine::ErrorKind;
using engine::toQString;

namespace {

ResultCode codeFor(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Invalid:
        return ResultCode::InvalidArgument;
    case ErrorKind::NotFound:
        return ResultCode::ObjectNotFound;
    case ErrorKind::Denied:
        return ResultCode::AccessDenied;
    case ErrorKind::Unsupported:
        return ResultCode::NotSupported;
    case ErrorKind::Busy:
        return ResultCode::InvalidObjectState;
    case ErrorKind::NoSpace:
    case ErrorKind::Io:
    case ErrorKind::Corrupt:
        return ResultCode::FileError;
    case ErrorKind::Cancelled:
        return ResultCode::Failure;
    }
    return ResultCode::Failure;
}

struct CodeText
{
    ResultCode code;
    const char *name;
    const char *value;
    const char *origin;
};

constexpr char Machine[] = "component MachineWrap, interface IMachine";
constexpr char Session[] = "component SessionMachine, interface IMachine";
constexpr char Server[] = "component VirtualBoxWrap, interface IVirtualBox";
constexpr char Console[] = "component ConsoleWrap, interface IConsole";
constexpr char Medium[] = "component MediumWrap, interface IMedium";

constexpr CodeText Codes[] = {
    {ResultCode::ObjectNotFound, "VBOX_E_OBJECT_NOT_FOUND", "0x80bb0001", Server},
    {ResultCode::InvalidVmState, "VBOX_E_INVALID_VM_STATE", "0x80bb0002", Session},
    {ResultCode::VmError, "VBOX_E_VM_ERROR", "0x80bb0003", Console},
    {ResultCode::FileError, "VBOX_E_FILE_ERROR", "0x80bb0004", Medium},
    {ResultCode::NotSupported, "VBOX_E_NOT_SUPPORTED", "0x80bb0009", Machine},
    {ResultCode::InvalidObjectState, "VBOX_E_INVALID_OBJECT_STATE", "0x80bb0007", Machine},
    {ResultCode::ObjectInUse, "VBOX_E_OBJECT_IN_USE", "0x80bb000c", Machine},
    {ResultCode::InvalidArgument, "E_INVALIDARG", "0x80070057", Machine},
    {ResultCode::AccessDenied, "E_ACCESSDENIED", "0x80070005", Machine},
    {ResultCode::Failure, "NS_ERROR_FAILURE", "0x80004005", Machine},
};

} // namespace

Outcome::Outcome(Error error)
    : m_exitCode(1)
    , m_code(codeFor(error.kind()))
    , m_error(std::move(error))
{ }

Outcome::Outcome(engine::Result<> result)
{
    if (!result)
        *this = Outcome(std::move(result).error());
}

Outcome Outcome::failure(ResultCode code, Error error)
{
    Outcome outcome(std::move(error));
    outcome.m_code = code;
    return outcome;
}

Outcome Outcome::failure(ResultCode code, const QString &message, const QString &remedy)
{
    return failure(code, engine::makeError(ErrorKind::Invalid, message, remedy));
}

Outcome Outcome::syntax(Error error)
{
    Outcome outcome(std::move(error));
    outcome.m_exitCode = 2;
    outcome.m_code = ResultCode::None;
    return outcome;
}

Outcome Outcome::syntax(const QString &message)
{
    return syntax(engine::makeError(ErrorKind::Invalid, message));
}

Outcome Outcome::exit(int exitCode)
{
    Outcome outcome;
    outcome.m_exitCode = exitCode;
    return outcome;
}

QString formatOutcome(const Outcome &outcome, Dialect dialect, const QString &program)
{
    if (!outcome.error())
        return {};
    const Error &error = *outcome.error();
    if (dialect == Dialect::Native) {
        QString text = QStringLiteral("error: ") + engine::errorText(error) + QLatin1Char('\n');
        if (!error.remedy().empty())
            text += QStringLiteral("hint: ") + toQString(error.remedy()) + QLatin1Char('\n');
        return text;
    }
    QStringList lines;
    for (const std::string &message : error.messages())
        lines += toQString(message).split(QLatin1Char('\n'));
    if (!error.remedy().empty())
        lines += toQString(error.remedy()).split(QLatin1Char('\n'));
    for (const CodeText &code : Codes) {
        if (code.code == outcome.code())
            lines += QStringLiteral("Details: code %1 (%2), %3, callee nsISupports")
                         .arg(QLatin1String(code.name), QLatin1String(code.value),
                              QLatin1String(code.origin));
    }
    QString text;
    for (const QString &line : std::as_const(lines))
        text += program + QStringLiteral(": error: ") + line + QLatin1Char('\n');
    return text;
}

QString formatWarning(const QString &text, Dialect dialect, const QString &program)
{
    return (dialect == Dialect::Native ? QString() : program + QStringLiteral(": "))
        + QStringLiteral("warning: ") + text + QLatin1Char('\n');
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/vm_arguments.h"

#include "engine/control/control_protocol.h"
#include "engine/machine/json_lines.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QFile>

#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace app {

using engine::ErrorKind;
using engine::makeError;

namespace {
constexpr int ReportDescriptor = 3; // as vm_launcher.cpp has it
constexpr QLatin1String CaFileOption("--ca-file=");
} // namespace

const char *const VmUsage =
    "Usage: vitrine-vm [--type gui|sdl|headless|separate|attach] [--disposable] MACHINE\n"
    "       vitrine-vm --type connect [--ca-file=FILE] spice://HOST[:PORT][?tls-port=PORT]\n"
    "Runs the machine named by its name, UUID, folder or .vitrine file.\n"
    "  gui       engine and window in one process (default)\n"
    "  sdl       the same with a plain window by SDL\n"
    "  headless  no window; show one later with the manager or --type attach\n"
    "  separate  headless, with a window process attached\n"
    "  attach    a window for a machine that runs already\n"
    "  connect   a window for the screen that a SPICE server offers\n"
    "  --disposable  keep nothing that the guest writes\n"
    "  --ca-file=FILE  what the server's certificate is checked against";

engine::Result<VmArguments> parseVmArguments(int argc, char **argv)
{
    VmArguments arguments;
    for (int i = 1; i < argc; ++i) {
        QString word = QFile::decodeName(argv[i]);
        if (word == QLatin1String("--report")) {
            arguments.isReporting = true;
        } else if (word.startsWith(CaFileOption)) {
            arguments.certificateFile = word.mid(CaFileOption.size());
        } else if (word == QLatin1String("--disposable")) {
            arguments.isDisposable = true;
        } else if (word == QLatin1String("--help") || word == QLatin1String("-h")) {
            arguments.isHelp = true;
        } else if (word == QLatin1String("--version")) {
            arguments.isVersion = true;
        } else if (word == QLatin1String("--type") || word.startsWith(QLatin1String("--type="))) {
            QString type = word.mid(7);
            if (word == QLatin1String("--type"))
                type = ++i < argc ? QFile::decodeName(argv[i]) : QString();
            if (type == QLatin1String("gui"))
                arguments.type = StartType::Gui;
            else if (type == QLatin1String("sdl"))
                arguments.type = StartType::Sdl;
            else if (type == QLatin1String("headless"))
                arguments.type = StartType::Headless;
            else if (type == QLatin1String("separate"))
                arguments.type = StartType::Separate;
            else if (type == QLatin1String("attach"))
                arguments.type = StartType::Attach;
            else if (type == QLatin1String("connect"))
                arguments.type = StartType::Connect;
            else
                return makeError(ErrorKind::Invalid,
                                 QStringLiteral("There is no start type \"%1\"").arg(type));
            arguments.typeName = type;
        } else if (word.startsWith(QLatin1Char('-'))) {
            return makeError(ErrorKind::Invalid, QStringLiteral("Unknown option %1").arg(word));
        } else if (arguments.machine.isEmpty()) {
            arguments.machine = word;
        } else {
            return makeError(ErrorKind::Invalid, QStringLiteral("One machine at a time"));
        }
    }
    // The starter waits for its end of the pipe to close: no helper of the machine may keep it
    // open.
    if (arguments.isReporting)
        ::fcntl(ReportDescriptor, F_SETFD, FD_CLOEXEC);
    if (arguments.machine.isEmpty() && !arguments.isHelp && !arguments.isVersion)
        return makeError(ErrorKind::Invalid, QStringLiteral("Which machine?"));
    return arguments;
}

void reportStart(const VmArguments &arguments, const engine::Result<> &result, const QString &lack)
{
    static bool isReported = false;
    if (!arguments.isReporting || std::exchange(isReported, true))
        return;
    QJsonObject report = result ? QJsonObject() : toJson(result.error());
    if (result && !lack.isEmpty())
        report.insert(QLatin1String("lack"), lack);
    const QByteArray line = engine::toJsonLine(report);
    // A starter that has gone meanwhile does not care.
    [[maybe_unused]] const ssize_t written =
        ::write(ReportDescriptor, line.constData(), std::size_t(line.size()));
    ::close(ReportDescriptor);
}

} // namespace app

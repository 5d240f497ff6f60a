// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/qemu_failure.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QDir>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>

#include <cerrno>
#include <cstring>
#include <optional>

namespace engine {

namespace {

constexpr int QuotedLines = 4;

std::optional<QString> firstMatch(const QString &text, const char *pattern)
{
    const QRegularExpressionMatch match = QRegularExpression(pattern).match(text);
    if (!match.hasMatch())
        return {};
    return match.captured(match.lastCapturedIndex());
}

// The plain sentence for what QEMU said; nullopt when we know no better than QEMU.
std::optional<Error> explain(const MachineDefinition &definition, const QString &said)
{
    if (said.contains("Failed to get") && said.contains("lock")) {
        const QString path = firstMatch(said, "using the image \\[([^\\]]+)\\]").value_or("");
        return makeError(ErrorKind::Busy,
                         path.isEmpty()
                             ? QString("A disk image is in use by another program")
                             : QString("The disk image \"%1\" is in use by another program, "
                                       "probably another machine")
                                   .arg(path),
                         "Stop the other machine, or give this one a disk of its own");
    }
    if (const auto path = firstMatch(said, "Could not open '([^']+)': Permission denied"))
        return makeError(ErrorKind::Denied,
                         QString("You do not have permission to use \"%1\"").arg(*path),
                         "Change the file's permissions, or make its attachment read-only");
    if (const auto path = firstMatch(said, "Could not open '([^']+)': No such file"))
        return makeError(ErrorKind::NotFound, QString("There is no file \"%1\"").arg(*path),
                         "Put the file back, or take the medium out of the machine's "
                         "storage settings");
    if (const auto format = firstMatch(said, "Image is not in (\\w+) format"))
        return makeError(ErrorKind::Corrupt,
                         QString("A disk image is damaged: its contents are not in the format "
                                 "%1")
                             .arg(*format),
                         "Restore the image from a copy, or attach another one");
    if (said.contains("cannot set up guest memory"))
        return makeError(ErrorKind::NoSpace,
                         QString("There is not enough free memory on this computer for the "
                                 "machine's %1 MiB")
                             .arg(definition.memoryMiB),
                         "Close other programs or give the machine less memory");
    if (said.contains("failed to find romfile"))
        return makeError(ErrorKind::Unsupported,
                         "The boot ROM that starts a machine from the network is not installed",
                         "Install the package ipxe-qemu, or take the network out of the "
                         "machine's boot order");
    if (said.contains("tpm-emulator"))
        return makeError(ErrorKind::Io, QString("The machine's TPM does not work: %1").arg(said),
                         "Its state is in the folder \"tpm\" of the machine's folder");
    if (said.contains("failed to initialize spice server"))
        return makeError(ErrorKind::Busy,
                         "The machine's screen cannot be offered: its address was taken by another "
                         "program in this moment, or its certificate is damaged",
                         "Start the machine again, or choose another port (--vrde-port)");
    if (said.contains("spice") && (said.contains("invalid option") || said.contains("support")))
        return makeError(ErrorKind::Unsupported, "This QEMU has no SPICE display",
                         "Install the package qemu-system-modules-spice");
    if (const auto model = firstMatch(said, "'([\\w-]+)' is not a valid device model"))
        return makeError(ErrorKind::Unsupported,
                         QString("This QEMU does not have the device \"%1\"").arg(*model),
                         "Choose another device, or install QEMU's module packages "
                         "(qemu-system-modules-spice, qemu-system-modules-opengl)");
    return {};
}

QString lastWords(const QStringList &lastLines, const QString &logPath)
{
    const QStringList quoted = lastLines.mid(qMax(0, int(lastLines.size()) - QuotedLines));
    const QString log = QString("the log is \"%1\"").arg(logPath);
    return quoted.isEmpty() ? "QEMU said nothing; " + log
                            : QString("QEMU said \"%1\"; %2").arg(quoted.join(" / "), log);
}

// Outermost first.
Error chain(Error cause, const QStringList &outer)
{
    for (auto it = outer.crbegin(); it != outer.crend(); ++it)
        cause = std::move(cause).context(it->toStdString());
    return cause;
}

} // namespace

Error qemuStartFailure(const MachineDefinition &definition, const QStringList &lastLines,
                       const QString &ending, const QString &logPath)
{
    const QString what = QString("Cannot start the machine \"%1\"").arg(definition.name);
    const QString words = lastWords(lastLines, logPath);
    const std::optional<Error> known = explain(definition, lastLines.join('\n'));
    if (!known)
        return chain(makeError(ErrorKind::Io, words), {what, "QEMU " + ending});
    return chain(makeError(known->kind(), words, toQString(known->remedy())),
                 {what, toQString(known->message())});
}

Error qemuRestoreFailure(const MachineDefinition &definition, const QStringList &lastLines,
                         const QString &ending, const QString &logPath)
{
    const std::optional<Error> known = explain(definition, lastLines.join('\n'));
    QStringList outer{QString("The saved state of \"%1\" could not be loaded").arg(definition.name),
                      known ? toQString(known->message()) : "QEMU " + ending};
    const QString remedy = known && !known->remedy().empty()
        ? toQString(known->remedy())
        : QString("The state is still there: try again, or discard it to start from the disks");
    return chain(
        makeError(known ? known->kind() : ErrorKind::Io, lastWords(lastLines, logPath), remedy),
        outer);
}

QString howItEnded(bool isCrash, int codeOrSignal)
{
    if (!isCrash)
        return QString("ended with exit code %1").arg(codeOrSignal);
    return QString("was killed by signal %1 (%2)")
        .arg(codeOrSignal)
        .arg(QString::fromLocal8Bit(::strsignal(codeOrSignal)));
}

Error qemuDeath(const MachineDefinition &definition, const QStringList &lastLines,
                const QString &ending, const QString &logPath)
{
    return chain(makeError(ErrorKind::Io, lastWords(lastLines, logPath)),
                 {QString("The machine \"%1\" has stopped unexpectedly").arg(definition.name),
                  "Its QEMU process " + ending});
}

RunProblem blockProblem(const QJsonObject &event, const QString &diskPath)
{
    const QString path = QDir::toNativeSeparators(diskPath);
    const QString reason = event["reason"].toString();
    // A quota and a size limit are mended as a full disk is.
    const bool isFull =
        event["nospace"].toBool() || reason == ::strerror(EDQUOT) || reason == ::strerror(EFBIG);
    if (isFull)
        return {RunProblem::Kind::DiskFull,
                QString("There is no space left to write to the disk image \"%1\" (%2); the "
                        "machine is paused")
                    .arg(path, reason),
                QString("Free some space on the file system that holds \"%1\", then resume the "
                        "machine")
                    .arg(path)};
    const QString verb = event["operation"].toString() == "read" ? "read" : "written";
    return {RunProblem::Kind::DiskError,
            QString("The disk image \"%1\" cannot be %2 (%3); the machine is paused")
                .arg(path, verb, reason),
            "Mend the storage that holds it, then resume the machine"};
}

} // namespace engine

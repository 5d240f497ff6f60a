// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/vm_log.h"

#include "app/crash_notice.h"
#include "engine/base/log.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <memory>

namespace app {

namespace {

constexpr int KeptLogs = 3;

void rotate(const QString &path)
{
    const auto numbered = [&path](int number) {
        return number == 0 ? path : QStringLiteral("%1.%2").arg(path).arg(number);
    };
    QFile::remove(numbered(KeptLogs));
    for (int number = KeptLogs - 1; number >= 0; --number)
        QFile::rename(numbered(number), numbered(number + 1));
}

void logQtMessage(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    const auto level = type == QtDebugMsg ? engine::LogLevel::Debug
        : type == QtInfoMsg               ? engine::LogLevel::Info
        : type == QtWarningMsg            ? engine::LogLevel::Warning
                                          : engine::LogLevel::Error;
    engine::log(level, context.category != nullptr ? context.category : "qt",
                message.toStdString());
}

} // namespace

engine::Result<> openMachineLog(const QString &machineFolder)
{
    const QString path = engine::paths::logFile(machineFolder);
    QDir().mkpath(QFileInfo(path).path());
    rotate(path);
    const auto file = std::make_shared<QFile>(path);
    if (!file->open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered)) {
        return engine::makeError(
            engine::ErrorKind::Io,
            QStringLiteral("Cannot write the log \"%1\": %2").arg(path, file->errorString()));
    }
    engine::setLogSink([file](const engine::LogRecord &record) {
        file->write(QByteArray::fromStdString(engine::formatLogRecord(record) + '\n'));
    });
    qInstallMessageHandler(logQtMessage);
    noteCrashesIn(file->handle());
    return {};
}

} // namespace app

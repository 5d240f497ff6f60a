// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/guest_tools_maker.h"

#include "engine/base/result.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <utility>

namespace ui {

GuestToolsMaker::GuestToolsMaker(QObject *parent)
    : QObject(parent)
{
    m_process.setStandardInputFile(QProcess::nullDevice());
    connect(&m_process, &QProcess::finished, this, &GuestToolsMaker::finish);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            finish();
    });
}

GuestToolsMaker::~GuestToolsMaker()
{
    m_process.disconnect(this);
    m_process.kill();
    m_process.waitForFinished();
}

void GuestToolsMaker::make(Reply reply)
{
    engine::check(!isBusy(), "the guest tools are being made already");
    m_reply = std::move(reply);
    m_process.start(engine::paths::programPath(QStringLiteral("vitrinectl")),
                    {QStringLiteral("--json"), QStringLiteral("guesttools")});
}

void GuestToolsMaker::finish()
{
    const Reply reply = std::exchange(m_reply, {});
    if (m_process.error() == QProcess::FailedToStart
        || m_process.exitStatus() != QProcess::NormalExit || m_process.exitCode() != 0) {
        QString said = QString::fromUtf8(m_process.readAllStandardError()).trimmed();
        if (said.startsWith(QLatin1String("error: ")))
            said.remove(0, 7);
        reply(engine::makeError(engine::ErrorKind::Io,
                                said.isEmpty() ? m_process.errorString() : said));
        return;
    }
    const QJsonObject answer = QJsonDocument::fromJson(m_process.readAllStandardOutput()).object();
    reply(Made{answer[QLatin1String("path")].toString(),
               !answer[QLatin1String("packages")].toArray().isEmpty()});
}

} // namespace ui

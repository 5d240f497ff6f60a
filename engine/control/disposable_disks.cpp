// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/disposable_disks.h"

#include "engine/machine/machine_check.h"
#include "engine/machine/qt_text.h"
#include "engine/media/disk_image.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QProcess>
#include <QtCore/QTimer>

#include <utility>

namespace engine {

DisposableDisks::DisposableDisks(MachineEntry entry)
    : m_entry(std::move(entry))
    , m_definition(m_entry.definition)
{ }

DisposableDisks::~DisposableDisks()
{
    if (m_process != nullptr) {
        m_process->disconnect(this);
        m_process->kill();
        m_process->waitForFinished(1000);
    }
    removeLeftovers(m_entry.folder);
}

QString DisposableDisks::folderOf(const QString &machineFolder)
{
    return machineFolder + QStringLiteral("/disposable");
}

void DisposableDisks::removeLeftovers(const QString &machineFolder)
{
    QDir(folderOf(machineFolder)).removeRecursively();
}

void DisposableDisks::make(std::function<void(Result<>)> made)
{
    m_made = std::move(made);
    const Result<> prepared = prepare();
    if (prepared)
        makeNext();
    else
        answer(prepared.error());
}

// Later: who hears of a failure throws this object away, and the process that failed with it.
void DisposableDisks::answer(Result<> result)
{
    QTimer::singleShot(0, this, [this, result = std::move(result)] {
        if (const auto made = std::exchange(m_made, {}))
            made(result);
    });
}

Result<> DisposableDisks::prepare()
{
    const QString folder = folderOf(m_entry.folder);
    if (!QDir().mkpath(folder))
        return makeError(
            ErrorKind::Io,
            QStringLiteral("Cannot make the folder \"%1\" for what this run writes").arg(folder),
            QStringLiteral("Free some space there, and see that you may write there"));
    // The run's firmware begins with the variables as they are.
    const QString nvram = m_entry.folder + QStringLiteral("/nvram");
    if (QFile::exists(nvram) && !QFile::copy(nvram, folder + QStringLiteral("/nvram")))
        return makeError(ErrorKind::Io,
                         QStringLiteral("Cannot copy \"%1\" for this run").arg(nvram));
    const QDir tpm(m_entry.folder + QStringLiteral("/tpm"));
    if (tpm.exists()) {
        const QString copy = folder + QStringLiteral("/tpm");
        const QStringList names = tpm.entryList(QDir::Files | QDir::Hidden);
        bool isCopied = QDir().mkpath(copy);
        for (const QString &name : names)
            isCopied = isCopied && QFile::copy(tpm.filePath(name), copy + QLatin1Char('/') + name);
        if (!isCopied)
            return makeError(ErrorKind::Io,
                             QStringLiteral("Cannot copy \"%1\" for this run").arg(tpm.path()));
    }
    for (StorageController &controller : m_definition.controllers) {
        for (StorageAttachment &attachment : controller.attachments) {
            if (attachment.kind == MediumKind::Floppy)
                attachment.isReadOnly = true;
            if (attachment.kind != MediumKind::HardDisk || attachment.isReadOnly)
                continue;
            Overlay overlay;
            overlay.base = resolvedPath(attachment, m_entry.folder);
            overlay.baseFormat = attachment.format;
            if (overlay.baseFormat.isEmpty()) {
                const ImageFormat format = TRY(probeImageFormat(overlay.base));
                overlay.baseFormat = imageFormatName(format);
            }
            overlay.path = QStringLiteral("%1/%2.qcow2").arg(folder).arg(m_missing.size());
            attachment.path = overlay.path;
            attachment.format = QStringLiteral("qcow2");
            m_missing.append(overlay);
        }
    }
    return {};
}

void DisposableDisks::makeNext()
{
    if (m_missing.isEmpty()) {
        answer({});
        return;
    }
    const Overlay overlay = m_missing.takeFirst();
    m_process = new QProcess(this);
    m_process->setProcessChannelMode(QProcess::MergedChannels);
    const auto fail = [this, overlay](const QString &said) {
        answer(makeError(ErrorKind::Io,
                         QStringLiteral("The disk \"%1\" cannot be prepared for a disposable run: "
                                        "%2")
                             .arg(overlay.base, said)));
    };
    connect(m_process, &QProcess::errorOccurred, this, [fail](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            fail(QStringLiteral("qemu-img is not installed (package qemu-utils)"));
    });
    connect(m_process, &QProcess::finished, this,
            [this, fail](int code, QProcess::ExitStatus status) {
                QProcess *const process = std::exchange(m_process, nullptr);
                process->deleteLater();
                if (status == QProcess::NormalExit && code == 0)
                    makeNext();
                else
                    fail(QString::fromLocal8Bit(process->readAll()).trimmed());
            });
    m_process->start(QStringLiteral("qemu-img"),
                     {QStringLiteral("create"), QStringLiteral("-q"), QStringLiteral("-f"),
                      QStringLiteral("qcow2"), QStringLiteral("-F"), overlay.baseFormat,
                      QStringLiteral("-b"), overlay.base, overlay.path});
}

} // namespace engine

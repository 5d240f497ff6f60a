// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/disk_prober.h"

#include <QtCore/QFileInfo>

namespace wizards {

DiskProber::DiskProber(QObject *parent)
    : QObject(parent)
{
    m_thread.setMaxThreadCount(1);
}

DiskProber::~DiskProber()
{
    // A job posts its outcome to this object, so none may be left.
    m_thread.clear();
    m_thread.waitForDone();
}

DiskProber::Outcome DiskProber::look(const QString &path)
{
    if (path.isEmpty())
        return {};
    const QDateTime changed = QFileInfo(path).lastModified();
    const auto seen = m_seen.constFind(path);
    if (seen != m_seen.constEnd() && seen->changed == changed)
        return seen->outcome;
    m_seen.insert(path, {changed, {}});
    m_thread.start([this, path, changed] {
        auto outcome =
            std::make_shared<const engine::Result<engine::DiskFacts>>(engine::probeDisk(path));
        QMetaObject::invokeMethod(
            this,
            [this, path, changed, outcome] {
                m_seen.insert(path, {changed, outcome});
                emit probed(path);
            },
            Qt::QueuedConnection);
    });
    return {};
}

} // namespace wizards

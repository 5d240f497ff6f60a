// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/image_facts.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QPointer>
#include <QtCore/QThreadPool>

namespace ui {

std::optional<engine::Result<engine::ImageInfo>> ImageFacts::about(const QString &absolutePath)
{
    const auto known = m_known.constFind(absolutePath);
    if (known != m_known.cend())
        return *known;
    m_known.insert(absolutePath, std::nullopt);
    QThreadPool::globalInstance()->start([guard = QPointer(this), absolutePath] {
        engine::Result<engine::ImageInfo> info = engine::imageInfo(absolutePath);
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [guard, absolutePath, info = std::move(info)] {
                if (!guard)
                    return;
                guard->m_known.insert(absolutePath, info);
                emit guard->answered(absolutePath);
            },
            Qt::QueuedConnection);
    });
    return {};
}

} // namespace ui

// SPDX-License-Identifier: GPL-3.0-or-later
// What an image file is, asked on the thread pool. Main thread otherwise.
#pragma once

#include "engine/base/result.h"
#include "engine/media/disk_image.h"

#include <QtCore/QHash>
#include <QtCore/QObject>

#include <optional>

namespace ui {

class ImageFacts final : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    // What is known by now; nullopt starts asking, and answered() follows.
    std::optional<engine::Result<engine::ImageInfo>> about(const QString &absolutePath);
    void forget() { m_known.clear(); }

signals:
    void answered(const QString &absolutePath);

private:
    QHash<QString, std::optional<engine::Result<engine::ImageInfo>>> m_known;
};

} // namespace ui

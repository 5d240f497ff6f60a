// SPDX-License-Identifier: GPL-3.0-or-later
// Loads the catalogue and looks at ISOs on a thread of its own, so that a dialog never waits.
//
// Main thread only. The catalogue's functions may be called on one thread at a time, so users do
// that only while isBusy() is false.
#pragma once

#include "engine/catalog/os_catalog.h"

#include <QtCore/QObject>
#include <QtCore/QThreadPool>

#include <functional>
#include <memory>
#include <optional>

namespace wizards {

class MediaIdentifier final : public QObject
{
    Q_OBJECT
public:
    using Catalog = std::shared_ptr<const engine::OsCatalog>;
    using Loader = std::function<engine::Result<Catalog>()>;

    explicit MediaIdentifier(Loader loader, QObject *parent = nullptr);
    ~MediaIdentifier() override;

    bool isBusy() const { return m_running > 0; }
    const Catalog &catalog() const { return m_catalog; } // null until loaded

    // Loads the catalogue when needed, then reads `isoPath`, if not empty. finished() follows for
    // the newest call only.
    void identify(const QString &isoPath);

signals:
    // `media` is nullopt when no path was given; `error` is a file that is no ISO, or no catalogue.
    void finished(const QString &isoPath, const std::optional<engine::MediaInfo> &media,
                  const std::optional<engine::Error> &error);

private:
    struct Outcome
    {
        Catalog catalog;
        std::optional<engine::MediaInfo> media;
        std::optional<engine::Error> error;
    };
    void take(int generation, const QString &isoPath, const Outcome &outcome);

    Loader m_loader;
    Catalog m_catalog;
    QThreadPool m_thread; // one thread: the catalogue allows no more
    int m_running = 0;
    int m_generation = 0;
};

} // namespace wizards

// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/media_identifier.h"

namespace wizards {

MediaIdentifier::MediaIdentifier(Loader loader, QObject *parent)
    : QObject(parent)
    , m_loader(std::move(loader))
{
    m_thread.setMaxThreadCount(1);
}

MediaIdentifier::~MediaIdentifier()
{
    // A job posts its outcome to this object, so none may be left; reading an ISO's descriptors
    // takes milliseconds and loading the catalogue a third of a second.
    m_thread.clear();
    m_thread.waitForDone();
}

void MediaIdentifier::identify(const QString &isoPath)
{
    ++m_running;
    const int generation = ++m_generation;
    m_thread.start([this, generation, isoPath, loader = m_loader, catalog = m_catalog] {
        Outcome outcome;
        outcome.catalog = catalog;
        if (!outcome.catalog) {
            auto loaded = loader();
            if (loaded)
                outcome.catalog = *loaded;
            else
                outcome.error = loaded.error();
        }
        if (outcome.catalog && !isoPath.isEmpty()) {
            auto media = outcome.catalog->identify(isoPath);
            if (media)
                outcome.media = *media;
            else
                outcome.error = media.error();
        }
        QMetaObject::invokeMethod(
            this, [this, generation, isoPath, outcome] { take(generation, isoPath, outcome); },
            Qt::QueuedConnection);
    });
}

void MediaIdentifier::take(int generation, const QString &isoPath, const Outcome &outcome)
{
    --m_running;
    if (!m_catalog)
        m_catalog = outcome.catalog;
    if (generation == m_generation)
        emit finished(isoPath, outcome.media, outcome.error);
}

} // namespace wizards

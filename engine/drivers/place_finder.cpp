// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/place_finder.h"

#include "engine/base/log.h"
#include "engine/media/image_places.h"

#include <QtCore/QMetaObject>

#include <algorithm>

namespace engine {

PlaceFinder::PlaceFinder(QObject *parent)
    : QObject(parent)
{ }

PlaceFinder::~PlaceFinder() = default;

void PlaceFinder::add(const std::shared_ptr<MappedImage> &image, const QString &path)
{
    const Wish wish{image, path};
    image->whenMapIsWanted(
        [this, wish] { QMetaObject::invokeMethod(this, [this, wish] { find(wish); }); });
    QMetaObject::invokeMethod(this, [this, wish] {
        std::erase_if(m_images, [](const auto &known) { return known.expired(); });
        m_images.push_back(wish.image);
        find(wish);
    });
}

void PlaceFinder::forgetAll()
{
    for (const std::weak_ptr<MappedImage> &known : m_images)
        if (const std::shared_ptr<MappedImage> image = known.lock())
            image->forget();
}

void PlaceFinder::find(const Wish &wish)
{
    m_wishes.enqueue(wish);
    if (!m_places)
        next();
}

void PlaceFinder::next()
{
    m_places.reset();
    if (m_wishes.isEmpty())
        return;
    const Wish wish = m_wishes.dequeue();
    m_places = std::make_unique<ImagePlaces>(wish.path, [this, wish](Result<ImageMap> map) {
        if (const std::shared_ptr<MappedImage> image = wish.image.lock()) {
            Result<> learned;
            if (map) {
                learned = image->learn(*std::move(map));
            } else {
                image->cannotLearn();
                learned = std::move(map).error();
            }
            if (!learned)
                log(LogLevel::Info, "disks",
                    "\"" + wish.path.toStdString()
                        + "\" is reached by the storage daemon only: " + learned.error().text());
        }
        // From within its own signal.
        m_places.release()->deleteLater();
        next();
    });
}

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
// Finds for images in use where their contents lie (image_places.h), one image after the other, and
// tells them. What cannot be found out is a line in the log: everything works without.
//
// add() on any thread, everything else on the main thread. It outlives the images.
#pragma once

#include "engine/block/mapped_image.h"

#include <QtCore/QObject>
#include <QtCore/QQueue>
#include <QtCore/QString>

#include <memory>
#include <vector>

namespace engine {

class ImagePlaces;

class PlaceFinder final : public QObject
{
    Q_OBJECT
public:
    explicit PlaceFinder(QObject *parent = nullptr);
    ~PlaceFinder() override;

    // Its first map at once, others when it wishes. Before its first request.
    void add(const std::shared_ptr<MappedImage> &image, const QString &path);
    // Who locks the images is gone.
    void forgetAll();

private:
    struct Wish
    {
        std::weak_ptr<MappedImage> image;
        QString path;
    };

    void find(const Wish &wish);
    void next();

    QQueue<Wish> m_wishes;
    std::unique_ptr<ImagePlaces> m_places; // while one is looked for
    std::vector<std::weak_ptr<MappedImage>> m_images;
};

} // namespace engine

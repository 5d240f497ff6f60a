// SPDX-License-Identifier: GPL-3.0-or-later
// Finds out where the contents of a qcow2 image lie in its file and in those of its bases, by
// qemu-img(1) "info" and "map", while another program may have it open. Nobody may move what is
// there meanwhile, or mapped_image.h has to be told what was.
//
// Left out: what is compressed, encrypted or in a data file of its own; bases that are neither
// qcow2 nor raw files of this computer. Not to be written: what a snapshot inside the image may
// share, and an image with bitmaps of changes, which would miss some.
//
// Main thread only. Ends its program when it is destroyed.
#pragma once

#include "engine/base/result.h"
#include "engine/block/extent_map.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <functional>
#include <optional>

class QProcess;

namespace engine {

// What "info --backing-chain --output=json" says of an image and its bases.
struct ImageChain
{
    struct File
    {
        QString path; // absolute
        bool isUsable = false; // its bytes are what the guest sees
    };
    QList<File> files; // the image first
    std::uint64_t clusterBytes = 0;
    bool isWritable = false;
};
Result<ImageChain> parseImageChain(const QByteArray &json);

// A line of "map --output=json"; none: nothing of use.
std::optional<ImageExtent> parseMapLine(const QByteArray &line, const ImageChain &chain);

class ImagePlaces final : public QObject
{
    Q_OBJECT
public:
    using Found = std::function<void(Result<ImageMap>)>;

    // Answers later, once.
    ImagePlaces(QString path, Found found, QObject *parent = nullptr);
    ~ImagePlaces() override;

private:
    void run(const QStringList &arguments, std::function<void()> ended);
    void readInfo();
    void readMap();
    void answer(Result<ImageMap> result);

    QString m_path;
    Found m_found;
    QProcess *m_process = nullptr;
    ImageChain m_chain;
    ImageMap m_map;
};

} // namespace engine

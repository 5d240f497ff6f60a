// SPDX-License-Identifier: GPL-3.0-or-later
// Reads single files out of a UDF volume: ECMA-167 (3rd edition), in what OSTA UDF 1.02 to 2.01
// uses of it on a pressed disc, one partition and type 1 maps. Installation discs of Windows keep
// their files there, and only a README in ISO 9660. Private to engine/catalog; any thread.
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QFile>
#include <QtCore/QList>
#include <QtCore/QString>

#include <optional>

namespace engine {

// A run of bytes in the image.
struct UdfExtent
{
    qint64 offset = 0;
    qint64 bytes = 0;
};

struct UdfFile
{
    bool isFolder = false;
    qint64 bytes = 0;
    QList<UdfExtent> extents;
};

class UdfVolume final
{
public:
    // Nothing when the image has no UDF volume that this reader understands.
    static std::optional<UdfVolume> open(const QString &path);

    // `path` as "sources/install.wim", in any case.
    std::optional<UdfFile> find(const QString &path);
    // Short or empty when the image ends before.
    QByteArray read(const UdfFile &file, qint64 offset, qint64 bytes);

private:
    UdfVolume() = default;
    std::optional<UdfFile> fileAt(quint32 block);
    std::optional<quint32> entryIn(const UdfFile &folder, const QString &name);
    QByteArray readImage(qint64 offset, qint64 bytes);

    std::unique_ptr<QFile> m_image;
    quint32 m_partitionStart = 0;
    quint32 m_rootBlock = 0;
};

} // namespace engine

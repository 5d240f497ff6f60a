// SPDX-License-Identifier: GPL-3.0-or-later
// Disk images as files: what they are and how to make one. All work is qemu-img's; nothing here
// blocks, so that a window can show progress and cancel.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QUuid>

#include <functional>
#include <memory>

class QProcess;

namespace engine {

enum class ImageFormat { Unknown, Raw, Qcow2, Vdi, Vmdk, Vhd, Vhdx };

struct ImageInfo
{
    QString path;
    ImageFormat format = ImageFormat::Unknown;
    qint64 virtualSizeBytes = 0;
    qint64 fileSizeBytes = 0; // allocated on the host
    QString backingPath;      // absolute; empty without one
    QUuid uuid;               // stable: made from the absolute path
    bool isPreallocated = false;
};

QString imageFormatName(ImageFormat format); // qemu-img's word: "qcow2"; "vpc" for Vhd
ImageFormat imageFormatFromSuffix(const QString &path);
// From the file's first bytes and, for raw, the suffix; cheap and in process.
Result<ImageFormat> probeImageFormat(const QString &path);
// The same uuid for the same path, in every program.
QUuid mediumUuid(const QString &path);

struct CreateImageRequest
{
    QString path = {};
    ImageFormat format = ImageFormat::Qcow2;
    qint64 sizeBytes = 0; // convert: 0 keeps the source's size
    bool isPreallocated = false;
};

// One qemu-img run. Exactly one `finished` follows; on failure or cancel a file that the run made
// is removed again. An existing file is never overwritten. The job belongs to its parent, or to the
// caller: it does not delete itself. Deleting it early ends the run without calling `finished`.
class ImageJob final : public QObject
{
    Q_OBJECT
public:
    using Finished = std::function<void(Result<>)>;

    static ImageJob *create(const CreateImageRequest &request, Finished finished,
                            QObject *parent = nullptr);
    static ImageJob *convert(const QString &source, const CreateImageRequest &target,
                             Finished finished, QObject *parent = nullptr);
    static ImageJob *resize(const QString &path, qint64 sizeBytes, Finished finished,
                            QObject *parent = nullptr);
    ~ImageJob() override;

    void cancel();
    // For the CLI: runs the event loop of this job only. True after `finished` was called.
    bool waitForFinished();

signals:
    void progressed(int percent);

private:
    struct Private;
    explicit ImageJob(std::unique_ptr<Private> state, QObject *parent);
    std::unique_ptr<Private> m_private;
};

// Synchronous; some ten milliseconds. For the CLI and for tests.
Result<ImageInfo> imageInfo(const QString &path);

// Free bytes for this user on the file system that holds `path` or will hold it; -1 if unknown.
qint64 freeBytesFor(const QString &path);

} // namespace engine

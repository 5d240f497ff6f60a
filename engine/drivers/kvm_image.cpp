// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/kvm_image.h"

#include "engine/block/mapped_image.h"
#include "engine/block/nbd_image.h"
#include "engine/block/raw_image.h"
#include "engine/drivers/place_finder.h"
#include "engine/vmm/char_backends/open_char_backend.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <future>

namespace engine {

void CountedImage::submit(BlockRequest request)
{
    std::atomic<std::uint64_t> DriveCounters::*counter = nullptr;
    if (request.operation == BlockOperation::Read)
        counter = &DriveCounters::readBytes;
    else if (request.operation == BlockOperation::Write)
        counter = &DriveCounters::writtenBytes;
    if (counter != nullptr) {
        request.completed = [completed = std::move(request.completed), counters = m_counters,
                             counter, length = request.length](Result<> result) {
            if (result)
                ((*counters).*counter).fetch_add(length, std::memory_order_relaxed);
            completed(std::move(result));
        };
    }
    m_image->submit(std::move(request));
}

Result<std::shared_ptr<BlockDevice>> openKvmImage(const KvmDrive &drive, const QString &socketPath,
                                                  PollLoop &io, PlaceFinder &places)
{
    if (drive.exportName.isEmpty()) {
        RawImageOptions options;
        options.path = QFile::encodeName(drive.path).toStdString();
        options.isReadOnly = drive.isReadOnly;
        options.isPastCache = drive.isPastCache;
        std::unique_ptr<RawImage> image = TRY(RawImage::open(options, io));
        return std::shared_ptr<BlockDevice>(std::move(image));
    }
    NbdImageOptions options;
    options.socketPath = QFile::encodeName(socketPath).toStdString();
    options.exportName = drive.exportName.toStdString();
    options.label = QFileInfo(drive.path).fileName().toStdString();
    options.isReadOnly = drive.isReadOnly;
    std::unique_ptr<NbdImage> image = TRY(NbdImage::open(options, io));
    if (!drive.isMappable)
        return std::shared_ptr<BlockDevice>(std::move(image));
    MappedImage::Options mapped;
    mapped.isPastCache = drive.isPastCache;
    auto both = std::make_shared<MappedImage>(std::move(image), mapped, io);
    places.add(both, drive.path);
    return std::shared_ptr<BlockDevice>(std::move(both));
}

Result<std::shared_ptr<CharBackend>> openKvmSerialPort(const KvmSerialPort &port)
{
    const std::string path = QFile::encodeName(port.path).toStdString();
    switch (port.mode) {
    case SerialMode::File: // whose contents so far are kept
        return openSerialFile(path, SerialFileStart::Append);
    case SerialMode::SocketServer:
        return listenOnSerialSocket(path);
    case SerialMode::Disconnected: // its path is that of the windows' socket
    case SerialMode::SocketClient:
        break;
    }
    return connectSerialSocket(path);
}

Result<> flushImage(BlockDevice &image)
{
    if (image.isReadOnly())
        return {};
    std::promise<Result<>> answer;
    std::future<Result<>> answered = answer.get_future();
    BlockRequest request;
    request.operation = BlockOperation::Flush;
    request.completed = [&answer](Result<> result) { answer.set_value(std::move(result)); };
    image.submit(std::move(request));
    return answered.get();
}

} // namespace engine

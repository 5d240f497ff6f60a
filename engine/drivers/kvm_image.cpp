// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/kvm_image.h"

#include "engine/block/raw_image.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QFile>

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

Result<std::shared_ptr<BlockDevice>> openKvmImage(const KvmDrive &drive, const QString &,
                                                  PollLoop &io)
{
    if (!drive.exportName.isEmpty())
        return makeError(ErrorKind::Unsupported,
                         QString("The built-in engine opens raw images only, and \"%1\" is none")
                             .arg(drive.path),
                         "Set the machine's engine to auto or qemu, or convert the image to raw");
    RawImageOptions options;
    options.path = QFile::encodeName(drive.path).toStdString();
    options.isReadOnly = drive.isReadOnly;
    std::unique_ptr<RawImage> image = TRY(RawImage::open(options, io));
    return std::shared_ptr<BlockDevice>(std::move(image));
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

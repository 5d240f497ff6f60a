// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/kvm_image.h"

#include "engine/machine/qt_text.h"

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

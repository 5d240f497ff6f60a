// SPDX-License-Identifier: GPL-3.0-or-later
// A disk image as a controller uses it: reads, writes, flushes and discards, asynchronously. The
// seam between AHCI, virtio-blk and so on and a raw file, a storage daemon behind NBD, or a test's
// memory.
//
// submit() may be called on any thread and does not wait for the disk. Each request is answered
// exactly once, on the machine's io thread, never from within submit(). Requests may be answered in
// any order; a flush covers the writes that were answered before it was submitted.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <sys/uio.h>

namespace engine {

enum class BlockOperation : std::uint8_t {
    Read,
    Write,
    Flush, // everything answered so far is on the medium
    Discard, // the contents are undefined afterwards; may do nothing
    WriteZeroes,
};

struct BlockRequest
{
    BlockOperation operation = BlockOperation::Read;
    std::uint64_t offset = 0; // bytes, a multiple of 512
    std::uint64_t length = 0; // bytes, a multiple of 512, the sum of `buffers`
    // Host memory, mostly the guest's own RAM; stays valid until the answer.
    std::vector<iovec> buffers;
    // On the io thread, without any device's lock held.
    std::function<void(Result<>)> completed;
};

class BlockDevice
{
public:
    virtual ~BlockDevice() = default; // nothing is in flight any more

    virtual std::uint64_t sizeBytes() const = 0; // a multiple of 512; fixed
    virtual bool isReadOnly() const = 0;
    virtual bool canDiscard() const = 0;
    // A request beyond the end, or a write to a read-only image, is answered with an Error.
    virtual void submit(BlockRequest request) = 0;
};

} // namespace engine

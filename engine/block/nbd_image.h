// SPDX-License-Identifier: GPL-3.0-or-later
// An image that another process serves as an NBD export on a Unix socket: every format but raw, by
// qemu-storage-daemon (engine/drivers/storage_daemon.h). NBD protocol:
// github.com/NetworkBlockDevice/nbd, doc/proto.md.
//
// When the server goes, what was not answered is kept and asked again of the one that takes its
// place at the same socket; after `patience` it fails, and the next request tries anew. What was
// answered and not flushed yet is made again first, as a server may take it along
// (unflushed_changes.h).
//
// open() on any thread, waits for the server; destroyed on any thread, and in the answer to its
// last request.
#pragma once

#include "engine/base/poll_loop.h"
#include "engine/block/block_device.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace engine {

struct NbdImageOptions
{
    std::string socketPath;
    std::string exportName;
    std::string label; // for messages: the image's file name
    bool isReadOnly = false;
    std::chrono::milliseconds patience = std::chrono::seconds(10);
};

class NbdImage final : public BlockDevice
{
public:
    // `io` outlives the image.
    static Result<std::unique_ptr<NbdImage>> open(const NbdImageOptions &options, PollLoop &io);
    ~NbdImage() override;

    std::uint64_t sizeBytes() const override;
    bool isReadOnly() const override;
    bool canDiscard() const override;
    void submit(BlockRequest request) override;

private:
    class Connection;

    NbdImage(PollLoop &io, std::shared_ptr<Connection> connection);

    PollLoop &m_io;
    std::shared_ptr<Connection> m_connection;
};

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
// What the parts of FuseServer share.
#pragma once

#include "engine/share/fuse_server.h"

#include <vector>

namespace engine::share {

struct FuseServer::OpenFile
{
    InodePointer inode;
    Fd file;
};

struct FuseServer::OpenFolder
{
    InodePointer inode;
    Fd folder;
    std::mutex mutex; // for all below
    std::vector<char> entries; // of getdents64(2)
    std::size_t position = 0; // of the next in them
    std::size_t size = 0; // as far as they are filled
    std::uint64_t offset = 0; // the next one's
};

struct FuseServer::Call
{
    FuseRequest request;
    FuseReply reply;
    InodePointer inode; // the one that the header names; never null in what has one

    template <class T>
    bool take(T &into)
    {
        return request.take(into);
    }
    std::size_t fail(int error) { return reply.fail(error); }
    std::size_t result(int error) { return error == 0 ? reply.done() : reply.fail(error); }
};

} // namespace engine::share

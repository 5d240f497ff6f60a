// SPDX-License-Identifier: GPL-3.0-or-later
// A guest's side of a FuseServer: requests made by hand, also wrong ones, in as many pieces as one
// likes.
#pragma once

#include "engine/share/fuse_server.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

class FuseClient final
{
public:
    struct Answer
    {
        bool isThere = false; // false: no reply
        int error = 0; // an errno
        std::string bytes; // behind the header
        template <class T>
        T as() const
        {
            T value{};
            std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
            return value;
        }
    };

    explicit FuseClient(engine::share::FuseServer &server)
        : m_server(server)
    { }

    // Every piece of memory is at most this long; 0: one piece.
    void setPieceSize(std::size_t size) { m_pieceSize = size; }
    std::uint64_t lastUnique() const { return m_unique; }

    template <class T>
    static std::string raw(const T &value)
    {
        return {reinterpret_cast<const char *>(&value), sizeof value};
    }
    // With its closing zero.
    static std::string text(std::string_view value) { return std::string(value) + '\0'; }

    Answer ask(std::uint32_t opcode, std::uint64_t node, std::string arguments = {},
               std::size_t room = 1 << 16)
    {
        fuse_in_header header{};
        header.len = std::uint32_t(sizeof header + arguments.size());
        header.opcode = opcode;
        header.unique = ++m_unique;
        header.nodeid = node;
        return askRaw(raw(header) + arguments, room + sizeof(fuse_out_header));
    }
    // The whole request as it is, and all the room for the reply.
    Answer askRaw(std::string request, std::size_t room)
    {
        std::string reply(room, '\xa5');
        const auto in = pieces(request);
        const auto out = pieces(reply);
        const std::size_t size = m_server.handle(in, out);
        Answer answer;
        if (size == 0)
            return answer;
        engine::check(size >= sizeof(fuse_out_header) && size <= room, "a reply's size is wrong");
        engine::check(reply.find_first_not_of('\xa5', size) == std::string::npos,
                      "a reply is longer than it says");
        fuse_out_header header{};
        std::memcpy(&header, reply.data(), sizeof header);
        engine::check(header.len == size && header.error <= 0, "a reply's header is wrong");
        engine::check(header.error == 0 || size == sizeof header, "an error has contents");
        answer.isThere = true;
        answer.error = -header.error;
        answer.bytes = reply.substr(sizeof header, size - sizeof header);
        return answer;
    }

    Answer initialize(std::uint32_t flags = std::numeric_limits<std::uint32_t>::max(),
                      std::uint32_t minor = 38)
    {
        fuse_init_in in{};
        in.major = FUSE_KERNEL_VERSION;
        in.minor = minor;
        in.max_readahead = 131072;
        in.flags = flags;
        return ask(FUSE_INIT, 0, raw(in));
    }
    Answer lookup(std::uint64_t folder, std::string_view name)
    {
        return ask(FUSE_LOOKUP, folder, text(name));
    }
    // The number of what lies at a path below the root; 0 when there is nothing.
    std::uint64_t walk(std::string_view path)
    {
        std::uint64_t node = FUSE_ROOT_ID;
        while (!path.empty()) {
            const std::size_t end = std::min(path.find('/'), path.size());
            const Answer answer = lookup(node, path.substr(0, end));
            if (answer.error != 0)
                return 0;
            node = answer.as<fuse_entry_out>().nodeid;
            path.remove_prefix(std::min(end + 1, path.size()));
        }
        return node;
    }
    fuse_attr attributes(std::uint64_t node)
    {
        return ask(FUSE_GETATTR, node, raw(fuse_getattr_in{})).as<fuse_attr_out>().attr;
    }
    Answer makeFolder(std::uint64_t folder, std::string_view name, std::uint32_t mode = 0755)
    {
        return ask(FUSE_MKDIR, folder, raw(fuse_mkdir_in{mode, 0}) + text(name));
    }
    Answer makeNode(std::uint64_t folder, std::string_view name, std::uint32_t mode,
                    std::uint32_t device = 0)
    {
        return ask(FUSE_MKNOD, folder, raw(fuse_mknod_in{mode, device, 0, 0}) + text(name));
    }
    Answer makeLink(std::uint64_t folder, std::string_view name, std::string_view target)
    {
        return ask(FUSE_SYMLINK, folder, text(name) + text(target));
    }
    Answer remove(std::uint64_t folder, std::string_view name)
    {
        return ask(FUSE_UNLINK, folder, text(name));
    }
    Answer rename(std::uint64_t folder, std::string_view name, std::uint64_t newFolder,
                  std::string_view newName, std::uint32_t flags = 0)
    {
        return ask(FUSE_RENAME2, folder,
                   raw(fuse_rename2_in{newFolder, flags, 0}) + text(name) + text(newName));
    }
    Answer link(std::uint64_t node, std::uint64_t folder, std::string_view name)
    {
        return ask(FUSE_LINK, folder, raw(fuse_link_in{node}) + text(name));
    }
    Answer open(std::uint64_t node, int flags)
    {
        return ask(FUSE_OPEN, node, raw(fuse_open_in{std::uint32_t(flags), 0}));
    }
    struct Created
    {
        int error = 0;
        std::uint64_t node = 0;
        std::uint64_t handle = 0;
        std::uint32_t openFlags = 0; // FOPEN_...
    };
    Created create(std::uint64_t folder, std::string_view name, int flags, std::uint32_t mode)
    {
        const Answer answer =
            ask(FUSE_CREATE, folder,
                raw(fuse_create_in{std::uint32_t(flags), mode, 0, 0}) + text(name));
        Created created;
        created.error = answer.error;
        if (answer.error == 0) {
            created.node = answer.as<fuse_entry_out>().nodeid;
            fuse_open_out open{};
            std::memcpy(&open, answer.bytes.data() + sizeof(fuse_entry_out), sizeof open);
            created.handle = open.fh;
            created.openFlags = open.open_flags;
        }
        return created;
    }
    Answer read(std::uint64_t node, std::uint64_t handle, std::uint64_t offset, std::uint32_t size)
    {
        fuse_read_in in{};
        in.fh = handle;
        in.offset = offset;
        in.size = size;
        return ask(FUSE_READ, node, raw(in), size);
    }
    Answer write(std::uint64_t node, std::uint64_t handle, std::uint64_t offset,
                 std::string_view data, std::uint32_t flags = 0)
    {
        fuse_write_in in{};
        in.fh = handle;
        in.offset = offset;
        in.size = std::uint32_t(data.size());
        in.flags = flags;
        return ask(FUSE_WRITE, node, raw(in) + std::string(data));
    }
    Answer setAttributes(std::uint64_t node, const fuse_setattr_in &in)
    {
        return ask(FUSE_SETATTR, node, raw(in));
    }
    Answer release(std::uint64_t node, std::uint64_t handle)
    {
        fuse_release_in in{};
        in.fh = handle;
        return ask(FUSE_RELEASE, node, raw(in));
    }
    void forget(std::uint64_t node, std::uint64_t count)
    {
        ask(FUSE_FORGET, node, raw(fuse_forget_in{count}));
    }

    struct Entry
    {
        std::string name;
        std::uint64_t node = 0; // READDIRPLUS: 0 when the guest was told of the name alone
        std::uint64_t offset = 0; // of the next
        std::uint32_t type = 0;
    };
    std::uint64_t openFolder(std::uint64_t node)
    {
        return ask(FUSE_OPENDIR, node, raw(fuse_open_in{})).as<fuse_open_out>().fh;
    }
    // One reply's worth.
    std::vector<Entry> readFolder(std::uint64_t node, std::uint64_t handle, std::uint64_t offset,
                                  std::uint32_t size, bool isPlus)
    {
        fuse_read_in in{};
        in.fh = handle;
        in.offset = offset;
        in.size = size;
        const Answer answer = ask(isPlus ? FUSE_READDIRPLUS : FUSE_READDIR, node, raw(in), size);
        std::vector<Entry> entries;
        for (std::size_t at = 0; at < answer.bytes.size();) {
            Entry entry;
            if (isPlus) {
                fuse_entry_out out{};
                std::memcpy(&out, answer.bytes.data() + at, sizeof out);
                entry.node = out.nodeid;
                at += sizeof out;
            }
            fuse_dirent dirent{};
            std::memcpy(&dirent, answer.bytes.data() + at, FUSE_NAME_OFFSET);
            entry.name = answer.bytes.substr(at + FUSE_NAME_OFFSET, dirent.namelen);
            entry.offset = dirent.off;
            entry.type = dirent.type;
            at += FUSE_REC_ALIGN(FUSE_NAME_OFFSET + dirent.namelen);
            entries.push_back(std::move(entry));
        }
        return entries;
    }
    std::vector<Entry> readWholeFolder(std::uint64_t node, bool isPlus, std::uint32_t size = 4096)
    {
        const std::uint64_t handle = openFolder(node);
        std::vector<Entry> all;
        for (std::uint64_t offset = 0;;) {
            const std::vector<Entry> some = readFolder(node, handle, offset, size, isPlus);
            if (some.empty())
                break;
            offset = some.back().offset;
            all.insert(all.end(), some.begin(), some.end());
        }
        fuse_release_in in{};
        in.fh = handle;
        ask(FUSE_RELEASEDIR, node, raw(in));
        return all;
    }

private:
    std::vector<iovec> pieces(std::string &bytes) const
    {
        const std::size_t most =
            m_pieceSize > 0 ? m_pieceSize : std::max<std::size_t>(bytes.size(), 1);
        std::vector<iovec> all;
        for (std::size_t at = 0; at < bytes.size(); at += most)
            all.push_back({bytes.data() + at, std::min(most, bytes.size() - at)});
        return all;
    }

    engine::share::FuseServer &m_server;
    std::size_t m_pieceSize = 0;
    std::uint64_t m_unique = 0;
};

} // namespace tests

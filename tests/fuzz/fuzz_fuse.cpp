// SPDX-License-Identifier: GPL-3.0-or-later
// FUSE requests of any contents, against a folder made for it. What is shared is checked after:
// nothing beside it may have changed.
#include "engine/base/result.h"
#include "engine/share/fuse_server.h"
#include "tests/support/fuzz_input.h"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace engine;
using share::FuseServer;
using share::ShareOptions;

namespace {

namespace fs = std::filesystem;

// A folder that goes when the program ends.
class Place
{
public:
    Place()
    {
        const char *base = std::getenv("TMPDIR");
        m_path = std::string(base ? base : "/tmp") + "/vitrine-fuzz-fuse.XXXXXX";
        check(::mkdtemp(m_path.data()) != nullptr, "no folder to fuzz in");
        // Files may not become as large as their offsets say.
        const rlimit most{1U << 20, 1U << 20};
        ::setrlimit(RLIMIT_FSIZE, &most);
        ::signal(SIGXFSZ, SIG_IGN);
        std::ofstream(m_path + "/secret") << "secret";
    }
    ~Place()
    {
        std::error_code error;
        fs::remove_all(m_path, error);
    }
    Place(const Place &) = delete;
    Place &operator=(const Place &) = delete;
    const std::string &path() const { return m_path; }

private:
    std::string m_path;
};

// No operation's number: another server goes on from this one's state, in which the operation's
// bytes have changed some.
constexpr std::uint32_t AnotherServer = 55;

const std::string &place()
{
    static const Place it;
    return it.path();
}

void prepare()
{
    const fs::path folder = place() + "/shared";
    std::error_code error;
    fs::remove_all(folder, error);
    fs::create_directories(folder / "a" / "b", error);
    fs::create_symlink("../secret", folder / "link", error);
    std::ofstream(folder / "file") << "contents";
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    tests::FuzzInput input(data, size);
    prepare();
    ShareOptions options;
    options.folder = place() + "/shared";
    const std::uint8_t flags = input.byte();
    options.isReadOnly = (flags & 1) != 0;
    options.mostOpen = (flags & 2) != 0 ? 2 : 100;
    options.locks = (flags & 4) != 0 ? ShareOptions::Locks::OnHost : ShareOptions::Locks::InGuest;
    auto server = FuseServer::open(options);
    check(server.has_value(), "the folder cannot be shared");

    std::string reply(65536, '\0');
    const auto ask = [&](std::string request, std::size_t room, std::size_t piece) {
        std::vector<iovec> in;
        for (std::size_t at = 0; at < request.size(); at += piece)
            in.push_back({request.data() + at, std::min(piece, request.size() - at)});
        const iovec out{reply.data(), room};
        if (FuseServer::mayWait(in))
            return;
        const std::size_t written = (*server)->handle(in, {&out, 1});
        check(written <= room, "a reply is too long");
    };
    const auto request = [](std::uint32_t opcode, std::uint64_t node, const std::string &rest) {
        fuse_in_header header{};
        header.len = std::uint32_t(sizeof header + rest.size());
        header.opcode = opcode;
        header.unique = 1;
        header.nodeid = node;
        return std::string(reinterpret_cast<const char *>(&header), sizeof header) + rest;
    };
    fuse_init_in init{};
    init.major = 7;
    init.minor = 38;
    init.flags = ~0U;
    ask(request(FUSE_INIT, 0, {reinterpret_cast<const char *>(&init), sizeof init}), 1000, 4096);
    for (const char *name : {"file", "a", "link"})
        ask(request(FUSE_LOOKUP, 1, std::string(name) + '\0'), 1000, 4096);
    ask(request(FUSE_OPEN, 2, std::string("\2\0\0\0\0\0\0\0", 8)), 1000, 4096);
    ask(request(FUSE_OPENDIR, 3, std::string(8, '\0')), 1000, 4096);

    for (int i = 0; i < 100 && !input.isAtEnd(); ++i) {
        const auto opcode = std::uint32_t(input.byte() % 56);
        const std::uint64_t node = input.byte() % 8;
        const std::size_t room = input.number(2);
        const std::size_t piece = 1 + input.byte();
        const auto rest = input.take(input.byte());
        if (opcode == AnotherServer) {
            auto saved = (*server)->save();
            if (!saved) // locks on this computer, or an open file that was deleted
                continue;
            for (std::size_t at = 0; at + 3 <= rest.size(); at += 3)
                (*saved)[(rest[at] | std::size_t(rest[at + 1]) << 8) % saved->size()] =
                    rest[at + 2];
            server = FuseServer::open(options);
            check(server.has_value(), "the folder cannot be shared again");
            [[maybe_unused]] const Result<> loaded = (*server)->load(std::move(*saved));
            continue;
        }
        ask(request(opcode, node, {reinterpret_cast<const char *>(rest.data()), rest.size()}), room,
            piece);
    }
    server->reset();
    std::string secret;
    std::ifstream(place() + "/secret") >> secret;
    check(secret == "secret", "what is not shared was changed");
    std::size_t beside = 0;
    for ([[maybe_unused]] const auto &entry : fs::directory_iterator(place()))
        ++beside;
    check(beside == 2, "something was made beside the shared folder");
    return 0;
}

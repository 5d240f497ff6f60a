// SPDX-License-Identifier: GPL-3.0-or-later
// A qcow2 image as machines have it (past qemu-storage-daemon where its contents lie, else by NBD),
// by NBD only and by the daemon's vhost-user-blk, against `qemu-img bench` on the same file, which
// opens it as QEMU does; in turns. Prints JSON: requests per second of all (medians) and the ratios
// to QEMU's faster engine.
//
//   qcow2_bench [--folder FOLDER] [--mebibytes N] [--runs N] [--output FILE]
#include "engine/block/mapped_image.h"
#include "engine/block/nbd_image.h"
#include "engine/media/image_places.h"
#include "tests/bench/block_load.h"
#include "tests/bench/vhost_user_disk.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEventLoop>

#include <csignal>
#include <fstream>
#include <iostream>

#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace engine;
using namespace bench;

namespace {

struct Options
{
    std::string folder = "/tmp";
    std::uint64_t mebibytes = 512;
    int runs = 3;
    std::string output;
};

// One storage daemon with the image open, for as long as this lives.
class Daemon final
{
public:
    Daemon(const std::string &image, const std::string &socket, bool isNbd)
        : m_socket(socket)
    {
        ::unlink(socket.c_str());
        const std::string node = "driver=qcow2,node-name=disk,cache.direct=off,file.driver=file,"
                                 "file.aio=threads,file.filename="
            + image;
        const std::string server = "addr.type=unix,addr.path=" + socket;
        const std::string nbd = "type=nbd,id=out,node-name=disk,name=disk,writable=on";
        const std::string vhost = "type=vhost-user-blk,id=out,node-name=disk,writable=on," + server;
        std::vector<std::string> words = {"qemu-storage-daemon", "--blockdev", node};
        if (isNbd)
            words.insert(words.end(), {"--nbd-server", server, "--export", nbd});
        else
            words.insert(words.end(), {"--export", vhost});
        std::vector<char *> arguments;
        for (std::string &word : words)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        if (::posix_spawnp(&m_process, arguments[0], nullptr, nullptr, arguments.data(), environ)
            != 0)
            m_process = 0;
    }
    ~Daemon()
    {
        if (m_process > 0) {
            ::kill(m_process, SIGTERM);
            ::waitpid(m_process, nullptr, 0);
        }
        ::unlink(m_socket.c_str());
    }
    // Once it listens; closed when it does not within some seconds.
    Fd connectTo() const
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        m_socket.copy(address.sun_path, sizeof address.sun_path - 1);
        for (int i = 0; i < 500 && m_process > 0; ++i) {
            Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
            // sockaddr_un is made to be passed as sockaddr.
            if (::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address),
                          sizeof address)
                == 0)
                return socket;
            ::usleep(20'000);
        }
        return {};
    }

private:
    std::string m_socket;
    pid_t m_process = 0;
};

bool parse(int count, char **words, Options &options)
{
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string_view word = words[i];
        if (word == "--folder")
            options.folder = words[i + 1];
        else if (word == "--mebibytes")
            options.mebibytes = std::strtoull(words[i + 1], nullptr, 10);
        else if (word == "--runs")
            options.runs = std::atoi(words[i + 1]);
        else if (word == "--output")
            options.output = words[i + 1];
        else
            return false;
    }
    return count % 2 == 1 && options.runs > 0 && options.mebibytes >= 64;
}

// Every cluster allocated, as an installed guest's are.
bool makeImage(const std::string &file, std::uint64_t mebibytes)
{
    const std::string size = std::to_string(mebibytes) + "M";
    const std::string command = "qemu-img create -q -f qcow2 " + file + " " + size
        + " && qemu-io -c 'write -q -P 0x33 0 " + size + "' " + file;
    return std::system(command.c_str()) == 0;
}

Result<double> byVhostUser(const std::string &image, const std::string &socket, const Load &load,
                           PollLoop &loop)
{
    const Daemon daemon(image, socket, false);
    std::unique_ptr<VhostUserDisk> disk = TRY(VhostUserDisk::open(daemon.connectTo(), loop));
    return Run(*disk, load, disk->memory()).perSecond(loop);
}

Result<ImageMap> mapOf(const std::string &image)
{
    QEventLoop events;
    Result<ImageMap> found = Error(ErrorKind::Io, "qemu-img did not answer");
    const ImagePlaces places(QString::fromStdString(image), [&](Result<ImageMap> map) {
        found = std::move(map);
        events.quit();
    });
    events.exec();
    return found;
}

Result<double> inPlace(const std::string &image, const std::string &socket, const Load &load,
                       PollLoop &loop)
{
    const Daemon daemon(image, socket, true);
    daemon.connectTo();
    MappedImage disk(
        TRY(NbdImage::open({.socketPath = socket, .exportName = "disk", .label = "disk"}, loop)),
        {}, loop);
    ImageMap map = TRY(mapOf(image));
    TRY(disk.learn(std::move(map)));
    return Run(disk, load).perSecond(loop);
}

Result<double> byNbd(const std::string &image, const std::string &socket, const Load &load,
                     PollLoop &loop)
{
    const Daemon daemon(image, socket, true);
    daemon.connectTo();
    const auto disk =
        TRY(NbdImage::open({.socketPath = socket, .exportName = "disk", .label = "disk"}, loop));
    return Run(*disk, load).perSecond(loop);
}

Result<std::string> measure(const Options &options, const std::string &image)
{
    const std::unique_ptr<PollLoop> loop = TRY(PollLoop::start("io"));
    const std::string socket = image + ".sock";
    std::ostringstream json;
    const char *separator = "[\n";
    for (const Load &load : Loads) {
        std::vector<double> ours;
        std::vector<double> vhost;
        std::vector<double> nbd;
        std::vector<double> threads;
        std::vector<double> uring;
        for (int i = 0; i < options.runs; ++i) {
            ours.push_back(TRY(inPlace(image, socket, load, *loop)));
            vhost.push_back(TRY(byVhostUser(image, socket, load, *loop)));
            nbd.push_back(TRY(byNbd(image, socket, load, *loop)));
            threads.push_back(qemuPerSecond(image, load, "threads", "qcow2"));
            uring.push_back(qemuPerSecond(image, load, "io_uring", "qcow2"));
        }
        const double theirs = std::max(median(threads), median(uring));
        if (theirs == 0)
            return Error(ErrorKind::NotFound,
                         "qemu-img bench does not run: install the package qemu-utils");
        json << separator << "  {\"name\": \"" << load.name
             << "\", \"unit\": \"requests/s\", \"ours\": " << std::uint64_t(median(ours))
             << ", \"vhost_user\": " << std::uint64_t(median(vhost))
             << ", \"nbd\": " << std::uint64_t(median(nbd))
             << ", \"theirs\": " << std::uint64_t(theirs)
             << ", \"ratio\": " << median(ours) / theirs
             << ", \"vhost_user_ratio\": " << median(vhost) / theirs
             << ", \"nbd_ratio\": " << median(nbd) / theirs << ", \"wanted\": \">= 0.8\"}";
        separator = ",\n";
    }
    json << "\n]\n";
    return json.str();
}

} // namespace

int main(int count, char **words)
{
    const QCoreApplication application(count, words);
    Options options;
    if (!parse(count, words, options)) {
        std::cerr << "qcow2_bench [--folder FOLDER] [--mebibytes N] [--runs N] [--output FILE]\n";
        return 2;
    }
    const std::string image = options.folder + "/vitrine-qcow2-bench.qcow2";
    if (!makeImage(image, options.mebibytes)) {
        std::cerr << "\"" << image << "\" cannot be made: install the package qemu-utils\n";
        return 1;
    }
    const Result<std::string> json = measure(options, image);
    ::unlink(image.c_str());
    if (!json) {
        std::cerr << json.error().text() << "\n";
        return 1;
    }
    std::cout << *json;
    if (!options.output.empty())
        std::ofstream(options.output) << *json;
    return 0;
}

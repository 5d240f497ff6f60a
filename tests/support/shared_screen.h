// SPDX-License-Identifier: GPL-3.0-or-later
// A screen in memory that other processes can map, and the other end of a connection that says and
// sends whatever a test wants.
#pragma once

#include "engine/base/fd.h"
#include "engine/devices/video_memory.h"
#include "engine/host/frame_source.h"
#include "engine/machine/json_lines.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QList>
#include <QtTest/QTest>

#include <array>
#include <cstring>
#include <functional>

#include <sys/socket.h>
#include <sys/un.h>

namespace fakes {

class SharedScreen final : public engine::FrameSource
{
public:
    SharedScreen()
        : memory(*engine::VideoMemory::create(1u << 20))
    { }

    engine::Frame frame() const override
    {
        return {.pixels = memory->bytes().data() + offset,
                .width = width,
                .height = height,
                .strideBytes = width * 4,
                .format = engine::PixelFormat::Xrgb32,
                .keepAlive = memory,
                .memoryFile = memory->sharedDescriptor(),
                .memoryOffset = offset};
    }
    engine::CursorImage cursor() const override { return image; }
    void setListener(engine::FrameListener *value) override { listener = value; }
    bool tellsWholePictures() const override { return true; }
    void setVisible(bool value) override { isVisible = value; }
    bool takesSize() const override { return isResizable; }
    void setSizeWatcher(std::function<void()> value) override { sizeWatcher = std::move(value); }
    void wantSize(int wantedWidth, int wantedHeight) override
    {
        wanted.append(std::pair(wantedWidth, wantedHeight));
    }
    void setResizable(bool value)
    {
        isResizable = value;
        if (sizeWatcher)
            sizeWatcher();
    }

    void draw(int x, int y, std::uint32_t pixel)
    {
        std::memcpy(memory->bytes().data() + offset + std::size_t(y * width + x) * 4, &pixel, 4);
    }

    std::shared_ptr<engine::VideoMemory> memory;
    std::size_t offset = 0;
    int width = 64;
    int height = 48;
    engine::CursorImage image;
    engine::FrameListener *listener = nullptr;
    bool isVisible = true;
    bool isResizable = false;
    std::function<void()> sizeWatcher;
    QList<std::pair<int, int>> wanted;
};

class RawPeer
{
public:
    explicit RawPeer(engine::Fd connected)
        : m_socket(std::move(connected))
    { }
    static RawPeer connectedTo(const QString &path)
    {
        const QByteArray name = QFile::encodeName(path);
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.constData(), std::size_t(name.size()));
        engine::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const int result =
            ::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address);
        engine::check(result == 0, "the machine cannot be reached");
        return RawPeer(std::move(socket));
    }
    static std::pair<engine::Fd, RawPeer> pair()
    {
        std::array<int, 2> ends = {};
        const int result = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data());
        engine::check(result == 0, "no pair of sockets");
        return {engine::Fd(ends[0]), RawPeer(engine::Fd(ends[1]))};
    }

    void sendBytes(const QByteArray &bytes, int file = -1)
    {
        iovec part = {const_cast<char *>(bytes.constData()), std::size_t(bytes.size())};
        msghdr message = {};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control = {};
        if (file >= 0) {
            message.msg_control = control.data();
            message.msg_controllen = control.size();
            cmsghdr *const header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(sizeof(int));
            std::memcpy(CMSG_DATA(header), &file, sizeof file);
        }
        ::sendmsg(m_socket.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    void send(const QJsonObject &message, int file = -1)
    {
        sendBytes(engine::toJsonLine(message), file);
    }
    void say(const char *method, const QJsonObject &params = {}, int file = -1)
    {
        send({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}}, file);
    }
    // What came, and the event loop runs meanwhile.
    void read()
    {
        QTest::qWait(0);
        for (;;) {
            std::array<char, 65536> bytes = {};
            alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control = {};
            iovec part = {bytes.data(), bytes.size()};
            msghdr message = {};
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            message.msg_control = control.data();
            message.msg_controllen = control.size();
            const ssize_t count = ::recvmsg(m_socket.get(), &message, MSG_DONTWAIT);
            if (count == 0)
                isEnded = true;
            if (count <= 0)
                return;
            if (const cmsghdr *const header = CMSG_FIRSTHDR(&message)) {
                int number = -1;
                std::memcpy(&number, CMSG_DATA(header), sizeof number);
                descriptor = engine::Fd(number);
            }
            if (!m_reader.feed(QByteArray(bytes.data(), qsizetype(count))))
                return;
            while (const std::optional<QJsonObject> one = m_reader.next())
                received.append(*one);
        }
    }
    // The next one of that name.
    std::optional<QJsonObject> params(const char *method)
    {
        read();
        for (qsizetype i = 0; i < received.size(); ++i) {
            if (received[i][QLatin1String("method")].toString() == QLatin1String(method))
                return received.takeAt(i)[QLatin1String("params")].toObject();
        }
        return std::nullopt;
    }
    int count(const char *method)
    {
        read();
        int number = 0;
        for (const QJsonObject &message : std::as_const(received))
            number += message[QLatin1String("method")].toString() == QLatin1String(method) ? 1 : 0;
        return number;
    }
    void close() { m_socket.reset(); }

    QList<QJsonObject> received;
    engine::Fd descriptor; // the last that came
    bool isEnded = false;

private:
    engine::Fd m_socket;
    engine::JsonLineReader m_reader;
};

} // namespace fakes

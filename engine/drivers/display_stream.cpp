// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/display_stream.h"

#include <QtCore/QPointer>

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>

namespace engine {

namespace {

constexpr std::size_t ReadBytes = 64 * 1024;
constexpr int ReadsAtOnce = 4; // others want to be served, too

} // namespace

DisplayStream::DisplayStream(Fd socket, Descriptors descriptors, const QByteArray &alreadyRead)
    : m_socket(std::move(socket))
    , m_policy(descriptors)
    , m_readable(m_socket.get(), QSocketNotifier::Read)
    , m_writable(m_socket.get(), QSocketNotifier::Write)
{
    m_writable.setEnabled(false);
    connect(&m_readable, &QSocketNotifier::activated, this, &DisplayStream::readSome);
    connect(&m_writable, &QSocketNotifier::activated, this, &DisplayStream::writeSome);
    const int flags = ::fcntl(m_socket.get(), F_GETFL);
    if (flags < 0 || ::fcntl(m_socket.get(), F_SETFL, flags | O_NONBLOCK) != 0
        || !m_reader.feed(alreadyRead)) {
        QMetaObject::invokeMethod(this, &DisplayStream::close, Qt::QueuedConnection);
        return;
    }
    // Queued: who makes this connects to the signals afterwards.
    if (!alreadyRead.isEmpty())
        QMetaObject::invokeMethod(this, &DisplayStream::passOn, Qt::QueuedConnection);
}

DisplayStream::~DisplayStream()
{
    blockSignals(true);
    writeSome();
}

void DisplayStream::send(const QJsonObject &message, int descriptor)
{
    if (!isOpen())
        return;
    Waiting waiting{.bytes = toJsonLine(message), .descriptor = {}};
    if (descriptor >= 0) {
        waiting.descriptor = Fd(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
        if (!waiting.descriptor.isOpen())
            return close();
    }
    m_queuedBytes += waiting.bytes.size();
    m_queue.push_back(std::move(waiting));
    if (m_queuedBytes > MaxQueuedBytes && m_queue.size() > 1)
        return close();
    if (!m_writable.isEnabled())
        writeSome();
}

Fd DisplayStream::takeDescriptor()
{
    if (m_descriptors.empty())
        return {};
    Fd first = std::move(m_descriptors.front());
    m_descriptors.pop_front();
    return first;
}

void DisplayStream::readSome()
{
    Progress progress = Progress::Some;
    for (int i = 0; i < ReadsAtOnce && progress == Progress::Some; ++i)
        progress = readOnce();
    const QPointer<DisplayStream> guard(this);
    passOn();
    if (guard && progress == Progress::Over)
        close();
}

DisplayStream::Progress DisplayStream::readOnce()
{
    std::array<char, ReadBytes> bytes;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * MaxDescriptors)> control;
    iovec part = {bytes.data(), bytes.size()};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t count = ::recvmsg(m_socket.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (count < 0)
        return errno == EAGAIN || errno == EINTR ? Progress::None : Progress::Over;
    for (cmsghdr *header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        const std::size_t descriptors = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < descriptors; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(header) + i * sizeof(int), sizeof number);
            Fd descriptor(number);
            if (m_policy == Descriptors::Refused || m_descriptors.size() >= MaxDescriptors)
                return Progress::Over;
            m_descriptors.push_back(std::move(descriptor));
        }
    }
    if (count == 0 || !m_reader.feed(QByteArray(bytes.data(), qsizetype(count))))
        return Progress::Over;
    return Progress::Some;
}

void DisplayStream::passOn()
{
    const QPointer<DisplayStream> guard(this);
    while (guard && isOpen()) {
        const std::optional<QJsonObject> message = m_reader.next();
        if (!message)
            return;
        emit received(*message);
    }
}

void DisplayStream::writeSome()
{
    while (isOpen() && !m_queue.empty()) {
        const Progress progress = writeOnce(m_queue.front());
        if (progress == Progress::Over)
            return close();
        if (progress == Progress::None) {
            m_writable.setEnabled(true);
            return;
        }
        if (m_queue.front().bytes.isEmpty())
            m_queue.pop_front();
    }
    m_writable.setEnabled(false);
}

DisplayStream::Progress DisplayStream::writeOnce(Waiting &first)
{
    iovec part = {first.bytes.data(), std::size_t(first.bytes.size())};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control = {};
    if (first.descriptor.isOpen()) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr *const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        const int number = first.descriptor.get();
        std::memcpy(CMSG_DATA(header), &number, sizeof number);
    }
    const ssize_t count = ::sendmsg(m_socket.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0)
        return errno == EAGAIN || errno == EINTR ? Progress::None : Progress::Over;
    first.descriptor.reset();
    first.bytes.remove(0, count);
    m_queuedBytes -= count;
    return Progress::Some;
}

void DisplayStream::close()
{
    if (!isOpen())
        return;
    m_readable.setEnabled(false);
    m_writable.setEnabled(false);
    m_socket.reset();
    m_queue.clear();
    m_descriptors.clear();
    emit closed();
}

} // namespace engine

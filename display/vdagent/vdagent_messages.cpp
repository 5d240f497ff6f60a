// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/vdagent/vdagent_messages.h"

#include "engine/base/bytes.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace display::vdagent {

using namespace engine::vdagent;
using engine::loadLe;
using engine::storeLe;

namespace {

constexpr qsizetype MaxTypes = 64; // in a grab
constexpr qsizetype MaxWords = 8; // of capabilities
constexpr qsizetype SelectionBytes = 4; // one, and three reserved
constexpr quint32 UsePositions = 1;
constexpr quint32 MonitorDepth = 32;

quint32 wordAt(const QByteArray &data, qsizetype offset)
{
    return loadLe<quint32>(data.constData() + offset);
}

template <class T>
void append(QByteArray &to, T value)
{
    const qsizetype at = to.size();
    to.resize(at + qsizetype(sizeof value));
    storeLe(to.data() + at, value);
}

// `more`: bytes of data that will follow what is appended.
QByteArray begin(Message type, qsizetype dataBytes)
{
    QByteArray message;
    append(message, quint32(Protocol));
    append(message, quint32(type));
    append(message, quint64(0));
    append(message, quint32(dataBytes));
    return message;
}

void appendSelection(QByteArray &to, bool hasSelection)
{
    if (hasSelection)
        append(to, quint32(0)); // CLIPBOARD, and reserved
}

// Where the message's own data is behind the selection; a negative one: it is too short.
qsizetype afterSelection(const QByteArray &data, bool hasSelection, quint8 &selection)
{
    selection = 0;
    if (!hasSelection)
        return 0;
    if (data.size() < SelectionBytes)
        return -1;
    selection = quint8(data[0]);
    return SelectionBytes;
}

// As GLib's key files have it (Desktop Entry Specification, "Possible value types").
QByteArray escaped(const QString &text)
{
    QByteArray result;
    for (const char c : text.toUtf8()) {
        if (c == '\\')
            result += "\\\\";
        else if (c == '\n')
            result += "\\n";
        else if (c == '\r')
            result += "\\r";
        else if (c == '\t')
            result += "\\t";
        else if (c == ' ' && result.isEmpty())
            result += "\\s";
        else
            result += c;
    }
    return result;
}

} // namespace

// Reading

qsizetype MessageReader::limitOf(Message type) const
{
    return type == Message::Clipboard ? m_maxClipboard + SelectionBytes + 4 : MaxData;
}

void MessageReader::reset()
{
    m_header.clear();
    m_current = {};
    m_left = 0;
    m_whole.clear();
}

void MessageReader::finish()
{
    m_header.clear();
    m_whole.append(std::exchange(m_current, {}));
}

void MessageReader::feed(QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        if (m_header.size() < qsizetype(MessageHeaderBytes)) {
            const qsizetype count =
                std::min(bytes.size(), qsizetype(MessageHeaderBytes) - m_header.size());
            m_header.append(bytes.first(count));
            bytes = bytes.sliced(count);
            if (m_header.size() < qsizetype(MessageHeaderBytes))
                return;
            m_current.type = Message(wordAt(m_header, MessageType));
            m_left = wordAt(m_header, MessageSize);
            m_current.isCut = m_left > limitOf(m_current.type);
            m_kept = m_current.isCut ? KeptOfCut : qsizetype(m_left);
            if (m_left == 0)
                finish();
            continue;
        }
        const qsizetype count = qsizetype(std::min<qint64>(bytes.size(), m_left));
        m_current.data.append(bytes.first(std::min(count, m_kept - m_current.data.size())));
        bytes = bytes.sliced(count);
        m_left -= count;
        if (m_left == 0)
            finish();
    }
}

std::optional<Received> MessageReader::next()
{
    if (m_whole.isEmpty())
        return std::nullopt;
    return m_whole.takeFirst();
}

std::optional<Announcement> readAnnouncement(const QByteArray &data)
{
    if (data.size() < 4)
        return std::nullopt;
    QList<quint32> words;
    for (qsizetype at = 4; at + 4 <= data.size() && words.size() < MaxWords; at += 4)
        words.append(wordAt(data, at));
    return Announcement{wordAt(data, 0) != 0, Capabilities(std::move(words))};
}

std::optional<Grab> readGrab(const QByteArray &data, bool hasSelection)
{
    Grab grab;
    qsizetype at = afterSelection(data, hasSelection, grab.selection);
    if (at < 0)
        return std::nullopt;
    for (; at + 4 <= data.size() && grab.types.size() < MaxTypes; at += 4)
        grab.types.append(ClipboardType(wordAt(data, at)));
    return grab;
}

std::optional<ClipboardPart> readClipboard(const QByteArray &data, bool hasSelection)
{
    ClipboardPart part;
    const qsizetype at = afterSelection(data, hasSelection, part.selection);
    if (at < 0 || data.size() < at + 4)
        return std::nullopt;
    part.type = ClipboardType(wordAt(data, at));
    part.data = data.sliced(at + 4);
    return part;
}

std::optional<quint8> readRelease(const QByteArray &data, bool hasSelection)
{
    quint8 selection = 0;
    if (afterSelection(data, hasSelection, selection) < 0)
        return std::nullopt;
    return selection;
}

std::optional<TransferStatus> readTransferStatus(const QByteArray &data)
{
    if (data.size() < 8)
        return std::nullopt;
    return TransferStatus{wordAt(data, 0), TransferResult(wordAt(data, 4))};
}

// Writing

QByteArray announcement(bool isQuestion, const QList<Capability> &capabilities)
{
    quint32 word = 0;
    for (const Capability capability : capabilities)
        word |= quint32(1) << unsigned(capability);
    QByteArray message = begin(Message::AnnounceCapabilities, 8);
    append(message, quint32(isQuestion ? 1 : 0));
    append(message, word);
    return message;
}

QByteArray grab(const QList<ClipboardType> &types, bool hasSelection)
{
    QByteArray message =
        begin(Message::ClipboardGrab, (hasSelection ? SelectionBytes : 0) + 4 * types.size());
    appendSelection(message, hasSelection);
    for (const ClipboardType type : types)
        append(message, quint32(type));
    return message;
}

QByteArray clipboardRequest(ClipboardType type, bool hasSelection)
{
    QByteArray message = begin(Message::ClipboardRequest, (hasSelection ? SelectionBytes : 0) + 4);
    appendSelection(message, hasSelection);
    append(message, quint32(type));
    return message;
}

QByteArray release(bool hasSelection)
{
    QByteArray message = begin(Message::ClipboardRelease, hasSelection ? SelectionBytes : 0);
    appendSelection(message, hasSelection);
    return message;
}

QByteArray clipboardHead(ClipboardType type, qsizetype dataBytes, bool hasSelection)
{
    QByteArray message =
        begin(Message::Clipboard, (hasSelection ? SelectionBytes : 0) + 4 + dataBytes);
    appendSelection(message, hasSelection);
    append(message, quint32(type));
    return message;
}

QByteArray maxClipboard(qsizetype bytes)
{
    QByteArray message = begin(Message::MaxClipboard, 4);
    append(message, quint32(std::min<qsizetype>(bytes, std::numeric_limits<qint32>::max())));
    return message;
}

QByteArray monitorsConfig(const QList<QRect> &monitors, bool hasPositions)
{
    QByteArray message = begin(Message::MonitorsConfig, 8 + 20 * monitors.size());
    append(message, quint32(monitors.size()));
    append(message, hasPositions ? UsePositions : quint32(0));
    for (const QRect &monitor : monitors) {
        append(message, quint32(monitor.height()));
        append(message, quint32(monitor.width()));
        append(message, MonitorDepth);
        append(message, quint32(monitor.x()));
        append(message, quint32(monitor.y()));
    }
    return message;
}

QByteArray transferStart(quint32 id, const QString &fileName, qint64 size)
{
    // A key file, with a zero at its end: the agent reads it as a string.
    const QByteArray about = "[vdagent-file-xfer]\nname=" + escaped(fileName)
        + "\nsize=" + QByteArray::number(size) + "\n" + '\0';
    QByteArray message = begin(Message::FileTransferStart, 4 + about.size());
    append(message, id);
    return message + about;
}

QByteArray transferData(quint32 id, const QByteArray &bytes)
{
    QByteArray message = begin(Message::FileTransferData, 12 + bytes.size());
    append(message, id);
    append(message, quint64(bytes.size()));
    return message + bytes;
}

QByteArray transferStatus(quint32 id, TransferResult result)
{
    QByteArray message = begin(Message::FileTransferStatus, 8);
    append(message, id);
    append(message, quint32(result));
    return message;
}

} // namespace display::vdagent

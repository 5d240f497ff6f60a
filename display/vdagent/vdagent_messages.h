// SPDX-License-Identifier: GPL-3.0-or-later
// The messages of spice-vdagent's protocol (engine/host/vdagent_protocol.h), both ways: a stream
// cut into messages, their contents read, and ours written.
//
// The guest is not trusted: a message longer than its kind can be is counted and skipped, never
// kept; what is too short or nonsense is nothing. Any thread.
#pragma once

#include "engine/host/vdagent_protocol.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QRect>

#include <optional>

namespace display::vdagent {

using engine::vdagent::Capability;
using engine::vdagent::ClipboardType;
using engine::vdagent::Message;
using engine::vdagent::TransferResult;

struct Received
{
    Message type = {};
    QByteArray data;
    bool isCut = false; // too long: only the beginning of its data is there
};

class MessageReader final
{
public:
    static constexpr qsizetype MaxData = 64 * 1024; // of all but the clipboard
    static constexpr qsizetype KeptOfCut = 64;

    explicit MessageReader(qsizetype maxClipboardBytes)
        : m_maxClipboard(maxClipboardBytes)
    { }
    void feed(QByteArrayView bytes);
    std::optional<Received> next();
    void reset();

private:
    qsizetype limitOf(Message type) const;
    void finish();

    const qsizetype m_maxClipboard;
    QByteArray m_header;
    Received m_current;
    qint64 m_left = 0; // of its data
    qsizetype m_kept = 0; // at most so much of it
    QList<Received> m_whole;
};

// Their contents. `hasSelection`: both sides have that capability, so the selection is named.

class Capabilities final
{
public:
    Capabilities() = default;
    explicit Capabilities(QList<quint32> words)
        : m_words(std::move(words))
    { }
    bool has(Capability capability) const
    {
        const auto bit = unsigned(capability);
        return qsizetype(bit / 32) < m_words.size() && ((m_words[bit / 32] >> (bit % 32)) & 1) != 0;
    }
    bool isEmpty() const { return m_words.isEmpty(); }

private:
    QList<quint32> m_words;
};

struct Announcement
{
    bool isQuestion = false; // the other side wants ours
    Capabilities capabilities;
};
std::optional<Announcement> readAnnouncement(const QByteArray &data);

struct Grab
{
    quint8 selection = 0;
    QList<ClipboardType> types;
};
std::optional<Grab> readGrab(const QByteArray &data, bool hasSelection);

struct ClipboardPart // a request, or data
{
    quint8 selection = 0;
    ClipboardType type = ClipboardType::None;
    QByteArray data;
};
std::optional<ClipboardPart> readClipboard(const QByteArray &data, bool hasSelection);

std::optional<quint8> readRelease(const QByteArray &data, bool hasSelection); // the selection

struct TransferStatus
{
    quint32 id = 0;
    TransferResult result = TransferResult::Error;
};
std::optional<TransferStatus> readTransferStatus(const QByteArray &data);

// Whole messages, ready to be sent.
QByteArray announcement(bool isQuestion, const QList<Capability> &capabilities);
QByteArray grab(const QList<ClipboardType> &types, bool hasSelection);
QByteArray clipboardRequest(ClipboardType type, bool hasSelection);
QByteArray release(bool hasSelection);
// The beginning of one; the data of that size follows.
QByteArray clipboardHead(ClipboardType type, qsizetype dataBytes, bool hasSelection);
QByteArray maxClipboard(qsizetype bytes);
// One rectangle for each monitor.
QByteArray monitorsConfig(const QList<QRect> &monitors, bool hasPositions);
QByteArray transferStart(quint32 id, const QString &fileName, qint64 size);
QByteArray transferData(quint32 id, const QByteArray &bytes);
QByteArray transferStatus(quint32 id, TransferResult result);

} // namespace display::vdagent

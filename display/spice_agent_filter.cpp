// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/spice_agent_filter.h"

#include <QtCore/QtEndian>

#include <algorithm>
#include <cstddef>

#include <spice/enums.h>
#include <spice/protocol.h>
#include <spice/vd_agent.h>

namespace display {

namespace {

// More than any link message takes; who sends more is no SPICE peer.
constexpr qsizetype MaxLinkBytes = 4096;
// The library cuts its messages to the agent at VD_AGENT_MAX_DATA_SIZE.
constexpr quint32 MaxAgentData = VD_AGENT_MAX_DATA_SIZE;
constexpr qsizetype LinkHeader = sizeof(SpiceLinkHeader);
constexpr qsizetype MiniHeader = sizeof(SpiceMiniDataHeader);
constexpr qsizetype AgentHeader = sizeof(VDAgentMessage);
constexpr qsizetype MonitorsHeader = offsetof(VDAgentMonitorsConfig, monitors);

quint32 word(const QByteArray &bytes, qsizetype at)
{
    return qFromLittleEndian<quint32>(bytes.constData() + at);
}

void setWord(QByteArray &bytes, qsizetype at, quint32 value)
{
    qToLittleEndian(value, bytes.data() + at);
}

// The first word of the common capabilities of the link message at the start of `bytes`, whose own
// fields for that lie at `fields`: how many of both kinds there are, and where from the body's
// start.
quint32 commonCaps(const QByteArray &bytes, qsizetype fields)
{
    const quint32 count = word(bytes, fields);
    const quint32 offset = word(bytes, fields + 8);
    const qsizetype end = LinkHeader + qsizetype(word(bytes, offsetof(SpiceLinkHeader, size)));
    if (count == 0 || offset > quint32(MaxLinkBytes) || LinkHeader + qsizetype(offset) + 4 > end)
        return 0;
    return word(bytes, LinkHeader + qsizetype(offset));
}

// Whether a link message of at least `body` bytes stands at the start, none can come to stand
// there, or it is too early to say.
enum class Link { Whole, None, Early };

Link linkAt(const QByteArray &bytes, qsizetype body)
{
    if (bytes.size() < LinkHeader)
        return Link::Early;
    const quint32 size = word(bytes, offsetof(SpiceLinkHeader, size));
    if (word(bytes, 0) != SPICE_MAGIC || size < quint32(body) || size > quint32(MaxLinkBytes))
        return Link::None;
    return bytes.size() < LinkHeader + qsizetype(size) ? Link::Early : Link::Whole;
}

bool has(quint32 caps, int capability)
{
    return (caps >> capability & 1) != 0;
}

// A whole message of the client's (mini header and all) that begins and ends one to the agent.
void takeSizesOff(QByteArray &message)
{
    const qsizetype body = MiniHeader + AgentHeader;
    const qint64 size = qint64(message.size()) - body;
    if (size < MonitorsHeader)
        return;
    const quint32 flags = word(message, body + qsizetype(offsetof(VDAgentMonitorsConfig, flags)));
    const qint64 plain =
        MonitorsHeader + qint64(word(message, body)) * qint64(sizeof(VDAgentMonConfig));
    if ((flags & VD_AGENT_CONFIG_MONITORS_FLAG_PHYSICAL_SIZE) == 0 || plain > size)
        return;
    message.truncate(body + qsizetype(plain));
    setWord(message, body + qsizetype(offsetof(VDAgentMonitorsConfig, flags)),
            flags & ~quint32(VD_AGENT_CONFIG_MONITORS_FLAG_PHYSICAL_SIZE));
    setWord(message, MiniHeader + qsizetype(offsetof(VDAgentMessage, size)), quint32(plain));
    setWord(message, offsetof(SpiceMiniDataHeader, size), quint32(message.size() - MiniHeader));
}

} // namespace

void SpiceAgentFilter::fromServer(const QByteArray &bytes)
{
    if (m_isReplyKnown)
        return;
    m_reply += bytes.first(std::min(bytes.size(), LinkHeader + MaxLinkBytes - m_reply.size()));
    const Link link = linkAt(m_reply, sizeof(SpiceLinkReply));
    if (link == Link::Early)
        return;
    m_isReplyKnown = true;
    if (link == Link::Whole)
        m_serverCaps =
            commonCaps(m_reply, LinkHeader + qsizetype(offsetof(SpiceLinkReply, num_common_caps)));
    m_reply.clear();
}

QByteArray SpiceAgentFilter::fromClient(const QByteArray &bytes)
{
    m_pending += bytes;
    QByteArray out;
    bool goesOn = true;
    while (goesOn && !m_pending.isEmpty()) {
        switch (m_stage) {
        case Stage::Link:
            goesOn = linkStep(out);
            break;
        case Stage::Authentication:
            goesOn = authenticationStep(out);
            break;
        case Stage::Messages:
            goesOn = messageStep(out);
            break;
        case Stage::Through:
            giveUp(out);
            goesOn = false;
            break;
        }
    }
    return out;
}

QByteArray SpiceAgentFilter::take(qsizetype count)
{
    const QByteArray taken = m_pending.first(count);
    m_pending.remove(0, count);
    return taken;
}

void SpiceAgentFilter::giveUp(QByteArray &out)
{
    m_stage = Stage::Through;
    out += take(m_pending.size());
}

bool SpiceAgentFilter::linkStep(QByteArray &out)
{
    const Link link = linkAt(m_pending, sizeof(SpiceLinkMess));
    if (link == Link::Early)
        return false;
    if (link == Link::None) {
        giveUp(out);
        return false;
    }
    m_clientCaps =
        commonCaps(m_pending, LinkHeader + qsizetype(offsetof(SpiceLinkMess, num_common_caps)));
    out += take(LinkHeader + qsizetype(word(m_pending, offsetof(SpiceLinkHeader, size))));
    m_stage = Stage::Authentication;
    return true;
}

bool SpiceAgentFilter::authenticationStep(QByteArray &out)
{
    const quint32 both = m_clientCaps & m_serverCaps;
    qsizetype wanted = sizeof(SpiceLinkEncryptedTicket);
    bool isKnown = has(both, SPICE_COMMON_CAP_MINI_HEADER);
    if (has(both, SPICE_COMMON_CAP_PROTOCOL_AUTH_SELECTION)) {
        if (m_pending.size() < qsizetype(sizeof(SpiceLinkAuthMechanism)))
            return false;
        isKnown = isKnown && word(m_pending, 0) == quint32(SPICE_COMMON_CAP_AUTH_SPICE);
        wanted += sizeof(SpiceLinkAuthMechanism);
    }
    if (!isKnown) {
        giveUp(out);
        return false;
    }
    if (m_pending.size() < wanted)
        return false;
    out += take(wanted);
    m_stage = Stage::Messages;
    return true;
}

bool SpiceAgentFilter::messageStep(QByteArray &out)
{
    if (m_bodyLeft > 0) {
        const qsizetype count = qsizetype(std::min<qint64>(m_bodyLeft, m_pending.size()));
        out += take(count);
        m_bodyLeft -= count;
        return true;
    }
    if (m_pending.size() < MiniHeader)
        return false;
    const auto type = qFromLittleEndian<quint16>(m_pending.constData());
    const quint32 size = word(m_pending, offsetof(SpiceMiniDataHeader, size));
    if (type == SPICE_MSGC_MAIN_AGENT_START)
        m_agentLeft = 0; // what was begun before goes to nobody
    if (type != SPICE_MSGC_MAIN_AGENT_DATA || size > MaxAgentData) {
        out += take(MiniHeader);
        m_bodyLeft = size;
        return true;
    }
    const qsizetype whole = MiniHeader + qsizetype(size);
    if (m_pending.size() < whole)
        return false;
    QByteArray message = take(whole);
    if (m_agentLeft > 0) {
        m_agentLeft = std::max<qint64>(0, m_agentLeft - size);
    } else if (size >= quint32(AgentHeader)) {
        const quint32 bytes = word(message, MiniHeader + qsizetype(offsetof(VDAgentMessage, size)));
        m_agentLeft = std::max<qint64>(0, qint64(bytes) + AgentHeader - size);
        const quint32 kind = word(message, MiniHeader + qsizetype(offsetof(VDAgentMessage, type)));
        if (kind == VD_AGENT_MONITORS_CONFIG && qint64(bytes) + AgentHeader == qint64(size))
            takeSizesOff(message);
    }
    out += message;
    return true;
}

} // namespace display

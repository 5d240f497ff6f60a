// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/vdagent/vdagent_guest_link.h"

#include <QtCore/QPointer>

#include <array>
#include <utility>

namespace display::vdagent {

namespace {

struct FormatType
{
    ClipFormat format;
    ClipboardType type;
};
constexpr std::array<FormatType, 5> FormatTypes = {{
    {ClipFormat::Text, ClipboardType::Utf8Text},
    {ClipFormat::Png, ClipboardType::Png},
    {ClipFormat::Bmp, ClipboardType::Bmp},
    {ClipFormat::Tiff, ClipboardType::Tiff},
    {ClipFormat::Jpeg, ClipboardType::Jpeg},
}};
constexpr quint8 ClipboardSelection = 0;

ClipboardType typeOf(ClipFormat format)
{
    for (const FormatType &one : FormatTypes)
        if (one.format == format)
            return one.type;
    return ClipboardType::None;
}

std::optional<ClipFormat> formatOf(ClipboardType type)
{
    for (const FormatType &one : FormatTypes)
        if (one.type == type)
            return one.format;
    return std::nullopt;
}

const QList<Capability> OurCapabilities = {
    Capability::MonitorsConfig,
    Capability::Reply,
    Capability::ClipboardByDemand,
    Capability::ClipboardSelection,
    Capability::MaxClipboard,
    Capability::MonitorsConfigPosition,
    Capability::FileTransferDetailedErrors,
    Capability::ClipboardNoReleaseOnRegrab,
};

} // namespace

AgentGuestLink::AgentGuestLink() = default;

AgentGuestLink::~AgentGuestLink()
{
    blockSignals(true);
    lose();
}

void AgentGuestLink::setStream(engine::Fd stream)
{
    lose();
    m_stream = std::make_unique<AgentStream>(std::move(stream));
    connect(m_stream.get(), &AgentStream::received, this, &AgentGuestLink::receive);
    connect(m_stream.get(), &AgentStream::closed, this, &AgentGuestLink::lose);
    connect(m_stream.get(), &AgentStream::drained, this, [this] {
        if (m_copy)
            m_copy->sendMore();
    });
    // The question makes the agent forget the client before, and say what it can.
    announce(true);
}

void AgentGuestLink::lose()
{
    if (m_stream) {
        m_stream->disconnect(this);
        m_stream.release()->deleteLater(); // it may be what is speaking
    }
    m_reader.reset();
    m_capabilities = {};
    m_hasOffered = false;
    const QPointer<AgentGuestLink> self(this);
    endCopy(tr("The agent in the guest has gone"), false);
    if (self)
        become({});
}

void AgentGuestLink::become(const GuestAbilities &agent)
{
    m_agent = agent;
    GuestAbilities both = agent;
    both.canResize = (agent.canResize && !m_areSizesByCardOnly) || m_cardTakesSize;
    if (both != std::exchange(m_abilities, both))
        emit abilitiesChanged();
}

void AgentGuestLink::setCardTakesSize(bool takesSize)
{
    m_cardTakesSize = takesSize;
    become(m_agent);
}

void AgentGuestLink::setSizesByCardOnly(bool isOnly)
{
    m_areSizesByCardOnly = isOnly;
    become(m_agent);
}

void AgentGuestLink::send(const QList<QByteArray> &parts)
{
    if (m_stream)
        m_stream->send(parts); // an agent that does not read for so long has lost it
}

void AgentGuestLink::announce(bool isQuestion)
{
    send({announcement(isQuestion, OurCapabilities)});
}

// From the agent

void AgentGuestLink::receive(const QByteArray &bytes)
{
    m_reader.feed(bytes);
    const QPointer<AgentGuestLink> self(this);
    while (const std::optional<Received> message = m_reader.next()) {
        handle(*message);
        if (!self)
            return;
    }
}

void AgentGuestLink::handle(const Received &message)
{
    switch (message.type) {
    case Message::AnnounceCapabilities:
        if (const auto announcement = readAnnouncement(message.data))
            announced(*announcement);
        return;
    case Message::ClipboardGrab:
        if (const auto grab = readGrab(message.data, hasSelection()))
            grabbed(*grab);
        return;
    case Message::ClipboardRequest: {
        const auto request = readClipboard(message.data, hasSelection());
        if (!request || request->selection != ClipboardSelection)
            return;
        if (const auto format = formatOf(request->type))
            emit requested(*format);
        else
            send({clipboardHead(ClipboardType::None, 0, hasSelection())});
        return;
    }
    case Message::ClipboardRelease:
        // Having offered, the clipboard is ours, and this the old owner's good-bye.
        if (readRelease(message.data, hasSelection()) == ClipboardSelection && !m_hasOffered)
            emit offered({});
        return;
    case Message::Clipboard:
        clipboardArrived(message);
        return;
    case Message::FileTransferStatus:
        if (const auto status = readTransferStatus(message.data); status && m_copy)
            m_copy->statusArrived(*status);
        return;
    default:
        return; // what it says about the mouse, sound and screens is not for us
    }
}

void AgentGuestLink::announced(const Announcement &announcement)
{
    m_capabilities = announcement.capabilities;
    if (announcement.isQuestion)
        announce(false);
    if (m_capabilities.has(Capability::MaxClipboard))
        send({maxClipboard(MaxClipboardBytes)});
    GuestAbilities now;
    now.hasClipboard = m_capabilities.has(Capability::ClipboardByDemand);
    now.canResize = m_capabilities.has(Capability::MonitorsConfig);
    now.hasAgent = now.hasClipboard || now.canResize;
    now.takesFiles = now.hasAgent && !m_capabilities.has(Capability::FileTransferDisabled);
    now.hasCrLfText = m_capabilities.has(Capability::GuestLineEndCrLf);
    become(now);
}

void AgentGuestLink::grabbed(const Grab &grab)
{
    if (grab.selection != ClipboardSelection)
        return;
    QList<ClipFormat> formats;
    for (const ClipboardType type : grab.types) {
        const auto format = formatOf(type);
        if (format && !formats.contains(*format))
            formats.append(*format);
    }
    m_hasOffered = false; // the guest's clipboard has another owner now
    emit offered(formats);
}

void AgentGuestLink::clipboardArrived(const Received &message)
{
    const auto part = readClipboard(message.data, hasSelection());
    if (!part || part->selection != ClipboardSelection)
        return;
    if (const auto format = formatOf(part->type)) {
        emit arrived(*format, message.isCut ? QByteArray() : part->data);
        return;
    }
    // "None": the guest could not, whatever it was asked for.
    const QPointer<AgentGuestLink> self(this);
    for (const FormatType &any : FormatTypes) {
        if (self)
            emit arrived(any.format, {});
    }
}

// To the agent

void AgentGuestLink::offer(const QList<ClipFormat> &formats)
{
    if (!m_abilities.hasClipboard)
        return;
    if (formats.isEmpty()) {
        if (std::exchange(m_hasOffered, false))
            send({release(hasSelection())});
        return;
    }
    QList<ClipboardType> types;
    for (const ClipFormat format : formats)
        types.append(typeOf(format));
    m_hasOffered = true;
    send({grab(types, hasSelection())});
}

void AgentGuestLink::answer(ClipFormat format, const QByteArray &data)
{
    if (!m_abilities.hasClipboard)
        return;
    // Without data the type is "none", which ends the wait in the guest.
    const bool isSent = !data.isEmpty() && data.size() <= MaxClipboardBytes;
    if (isSent)
        send({clipboardHead(typeOf(format), data.size(), hasSelection()), data});
    else
        send({clipboardHead(ClipboardType::None, 0, hasSelection())});
}

void AgentGuestLink::request(ClipFormat format)
{
    if (m_abilities.hasClipboard)
        send({clipboardRequest(typeOf(format), hasSelection())});
}

void AgentGuestLink::setMonitors(const QList<QRect> &monitors)
{
    // Both, where there are both: a desktop may listen to one of them only, and to hear of a size
    // twice changes nothing.
    if (m_cardTakesSize && !monitors.isEmpty())
        emit sizeWanted(monitors.first().size());
    if (m_agent.canResize && !m_areSizesByCardOnly)
        send({monitorsConfig(monitors, m_capabilities.has(Capability::MonitorsConfigPosition))});
}

// Files

void AgentGuestLink::copyFiles(const QStringList &paths)
{
    const auto refuse = [this](const QString &problem) {
        QMetaObject::invokeMethod(
            this, [this, problem] { emit copyEnded(problem, false); }, Qt::QueuedConnection);
    };
    if (!m_abilities.takesFiles)
        return refuse(tr("There is no agent in the guest that takes files"));
    if (m_copy)
        return refuse(tr("Other files are being copied"));
    m_copy = std::make_unique<FileCopy>(paths, m_nextFile, [this](const QByteArray &message) {
        return m_stream && m_stream->send({message});
    });
    connect(m_copy.get(), &FileCopy::progressed, this, &AgentGuestLink::copyProgressed);
    // Queued: nobody expects the end before this returns. Another copy may have begun since.
    connect(
        m_copy.get(), &FileCopy::ended, this,
        [this, copy = m_copy.get()](const QString &problem, bool wasCanceled) {
            if (m_copy.get() == copy)
                endCopy(problem, wasCanceled);
        },
        Qt::QueuedConnection);
    m_copy->start();
}

void AgentGuestLink::cancelCopy()
{
    if (m_copy)
        m_copy->cancel();
}

void AgentGuestLink::endCopy(const QString &problem, bool wasCanceled)
{
    if (!m_copy)
        return;
    m_nextFile = m_copy->nextId();
    m_copy->disconnect(this);
    m_copy.release()->deleteLater(); // it may be what is speaking
    emit copyEnded(problem, wasCanceled);
}

} // namespace display::vdagent

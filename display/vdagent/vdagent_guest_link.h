// SPDX-License-Identifier: GPL-3.0-or-later
// The GuestLink that speaks with spice-vdagent by itself, over a stream of its messages
// (engine/drivers/display_hub.h): for the built-in engine, where no SPICE is in between.
//
// Only the selection CLIPBOARD is shared: PRIMARY would send every marked word across. Main thread
// only.
#pragma once

#include "display/guest_link.h"
#include "display/vdagent/vdagent_file_copy.h"
#include "display/vdagent/vdagent_stream.h"

#include <memory>

namespace display::vdagent {

class AgentGuestLink final : public GuestLink
{
    Q_OBJECT
public:
    AgentGuestLink();
    ~AgentGuestLink() override;

    // The agent is there, or another stream leads to it.
    void setStream(engine::Fd stream);
    // The guest's graphics card passes sizes on to its driver, whether there is an agent or not:
    // sizeWanted() is what setMonitors() says to it.
    void setCardTakesSize(bool takesSize);
    // The agent hears of no size: it would put the guest's desktop on one of its several monitors.
    void setSizesByCardOnly(bool isOnly);

    GuestAbilities abilities() const override { return m_abilities; }
    void offer(const QList<ClipFormat> &formats) override;
    void answer(ClipFormat format, const QByteArray &data) override;
    void request(ClipFormat format) override;
    void setMonitors(const QList<QRect> &monitors) override;
    void copyFiles(const QStringList &paths) override;
    void cancelCopy() override;

signals:
    void sizeWanted(const QSize &size); // guest pixels

private:
    void receive(const QByteArray &bytes);
    void handle(const Received &message);
    void announced(const Announcement &announcement);
    void announce(bool isQuestion);
    void grabbed(const Grab &grab);
    void clipboardArrived(const Received &message);
    void lose();
    void become(const GuestAbilities &agent);
    void endCopy(const QString &problem, bool wasCanceled);
    void send(const QList<QByteArray> &parts);
    bool hasSelection() const { return m_capabilities.has(Capability::ClipboardSelection); }

    std::unique_ptr<AgentStream> m_stream;
    MessageReader m_reader{MaxClipboardBytes};
    Capabilities m_capabilities; // the agent's
    GuestAbilities m_agent; // what the agent can
    bool m_cardTakesSize = false;
    bool m_areSizesByCardOnly = false;
    GuestAbilities m_abilities; // both
    bool m_hasOffered = false; // to the guest
    std::unique_ptr<FileCopy> m_copy;
    quint32 m_nextFile = 1;
};

} // namespace display::vdagent

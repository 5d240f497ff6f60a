// SPDX-License-Identifier: GPL-3.0-or-later
// The GuestLink over SPICE's main channel, which spice-vdagent listens to in the guest. The
// messages are those of "SPICE agent protocol" (spice-protocol, spice/vd_agent.h).
//
// Only the selection CLIPBOARD is shared: PRIMARY would send every marked word across. Main thread
// only, inside GLib's callbacks too: what is signalled there is signalled at once.
#pragma once

#include "display/guest_link.h"

#include <memory>

struct _SpiceMainChannel;

namespace display {

class SpiceGuestLink final : public GuestLink
{
    Q_OBJECT
public:
    SpiceGuestLink();
    ~SpiceGuestLink() override;

    void setChannel(_SpiceMainChannel *channel); // a reference is taken; nullptr when it goes

    GuestAbilities abilities() const override;
    void offer(const QList<ClipFormat> &formats) override;
    void answer(ClipFormat format, const QByteArray &data) override;
    void request(ClipFormat format) override;
    void setMonitors(const QList<QRect> &monitors) override;
    void copyFiles(const QStringList &paths) override;
    void cancelCopy() override;

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace display

// SPDX-License-Identifier: GPL-3.0-or-later
// An agent in a guest that is not there: notes what it is told, and says what a test wants.
#pragma once

#include "display/guest_link.h"

#include <QtCore/QHash>

namespace fakes {

class FakeGuestLink final : public display::GuestLink
{
public:
    using Formats = QList<display::ClipFormat>;

    static display::GuestAbilities everything()
    {
        return {.hasAgent = true, .hasClipboard = true, .canResize = true, .takesFiles = true};
    }

    void become(const display::GuestAbilities &abilities)
    {
        m_abilities = abilities;
        emit abilitiesChanged();
    }
    // What somebody copied in the guest; asked for, it is there at once.
    void copy(const QHash<display::ClipFormat, QByteArray> &data)
    {
        guestClipboard = data;
        emit offered(data.keys());
    }

    display::GuestAbilities abilities() const override { return m_abilities; }
    void offer(const Formats &formats) override { offers.append(formats); }
    void answer(display::ClipFormat, const QByteArray &data) override { answers.append(data); }
    void request(display::ClipFormat format) override
    {
        ++requests;
        if (!isSilent)
            QMetaObject::invokeMethod(
                this, [this, format] { emit arrived(format, guestClipboard.value(format)); },
                Qt::QueuedConnection);
    }
    void setMonitors(const QList<QRect> &wanted) override { monitors.append(wanted); }
    void copyFiles(const QStringList &paths) override { copied.append(paths); }
    void cancelCopy() override { ++cancels; }

    QList<Formats> offers;
    QList<QByteArray> answers;
    QHash<display::ClipFormat, QByteArray> guestClipboard;
    int requests = 0;
    bool isSilent = false; // requests stay without an answer
    QList<QList<QRect>> monitors;
    QList<QStringList> copied;
    int cancels = 0;

private:
    display::GuestAbilities m_abilities;
};

} // namespace fakes

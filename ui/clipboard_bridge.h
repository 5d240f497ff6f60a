// SPDX-License-Identifier: GPL-3.0-or-later
// Between this desktop's clipboard and a guest's, by its GuestLink, the way the machine's mode
// allows. Whoever copied last has both clipboards.
//
// Nothing is copied before somebody pastes: each side is told the formats, and asked for one. And
// only the window that has the focus shares: what is copied elsewhere reaches the guest when its
// window is entered, and a guest takes nobody's clipboard from behind. A clipboard manager, on
// either side, that takes over what came across is recognized by its text and not passed back.
//
// Main thread only. Waits for the guest's data in an event loop of its own, for some seconds.
#pragma once

#include "display/guest_link.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QHash>
#include <QtCore/QPointer>

class QClipboard;
class QMimeData;

namespace ui {

class ClipboardBridge final : public QObject
{
    Q_OBJECT
public:
    explicit ClipboardBridge(QClipboard &clipboard, QObject *parent = nullptr);
    ~ClipboardBridge() override; // what is the guest's leaves the clipboard

    void setLink(display::GuestLink *link); // nullptr before it goes
    void setMode(engine::SharingMode mode);
    void setActive(bool isActive); // the machine's window has the focus

signals:
    void said(const QString &message);
    void arrivalEnded(); // of anything waited for; for the waiting ones

private:
    class GuestData;

    void clipboardChanged();
    void guestOffered(const QList<display::ClipFormat> &formats);
    void guestRequested(display::ClipFormat format);
    void guestSent(display::ClipFormat format, const QByteArray &data);
    void abilitiesChanged();
    void share();
    void offerToGuest();
    void withdrawFromGuest();
    void takeFromGuest();
    void removeFromHost();
    bool isGuestsOnHost() const;
    QByteArray fetch(display::ClipFormat format); // waits

    QClipboard &m_clipboard;
    QPointer<display::GuestLink> m_link;
    engine::SharingMode m_mode = engine::SharingMode::Disabled;
    bool m_isActive = false;

    bool m_isHostNews = true; // the guest has not heard of what is on the clipboard
    bool m_isOffered = false; // it has
    QList<display::ClipFormat> m_guestNews; // the clipboard has not got what the guest has
    QList<display::ClipFormat> m_guestFormats; // what the guest's data on the clipboard has
    QPointer<QMimeData> m_guestData; // ours, while the clipboard has it
    QHash<display::ClipFormat, QByteArray> m_fetched;
    QList<display::ClipFormat> m_awaited;
    int m_waits = 0; // event loops that run
    bool m_isRemovalDue = false; // once nobody waits

    // Echoes.
    QByteArray m_textToHost; // digests of what went over
    QByteArray m_textToGuest;
    QElapsedTimer m_sinceTextToGuest;
    QList<display::ClipFormat> m_doubted; // offered at once by the guest: is it our own text?
};

} // namespace ui

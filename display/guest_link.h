// SPDX-License-Identifier: GPL-3.0-or-later
// What an agent inside the guest does for the window that shows it: clipboard, resolution, files.
// One belongs to a DisplaySession and lives as long. It knows no policy: which way anything may go,
// and when, is for its user (ui/clipboard_bridge.h and its neighbors) to say.
//
// The guest's side is not to be trusted: a link hands on nothing larger than MaxClipboardBytes,
// and no file names at all. Main thread only.
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QRect>
#include <QtCore/QStringList>

namespace display {

// What the agent's protocol has words for.
enum class ClipFormat { Text, Png, Bmp, Tiff, Jpeg };

struct GuestAbilities
{
    bool hasAgent = false; // it has said that it is there
    bool hasClipboard = false;
    bool canResize = false; // it takes a monitor's size
    bool takesFiles = false;
    bool hasCrLfText = false; // lines of its text end in CR LF; the link leaves them as they are

    bool operator==(const GuestAbilities &) const = default;
};

class GuestLink : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype MaxClipboardBytes = 64 * 1024 * 1024;

    using QObject::QObject;

    virtual GuestAbilities abilities() const = 0;

    // Clipboard. Who has something offers its formats; the data goes over when the other side asks
    // for one of them, which it does when somebody pastes.
    virtual void offer(
        const QList<ClipFormat> &formats) = 0; // to the guest; empty: nothing anymore
    virtual void answer(ClipFormat format, const QByteArray &data) = 0; // to requested()
    virtual void request(ClipFormat format) = 0; // of what the guest offers; arrived() follows

    // One rectangle for each monitor, in guest pixels. The guest does it when it can.
    virtual void setMonitors(const QList<QRect> &monitors) = 0;

    // Regular files of the host, to where the agent puts such things. One copy at a time;
    // copyEnded() follows.
    virtual void copyFiles(const QStringList &paths) = 0;
    virtual void cancelCopy() = 0;

signals:
    void abilitiesChanged();
    void offered(const QList<display::ClipFormat> &formats); // by the guest; empty: nothing anymore
    void requested(display::ClipFormat format); // by the guest, of what was offered last
    void arrived(display::ClipFormat format, const QByteArray &data);
    void copyProgressed(qint64 done, qint64 total); // bytes of all files
    // Empty: all of them are there. `wasCanceled`: by cancelCopy(), or by the guest's user.
    void copyEnded(const QString &problem, bool wasCanceled);
};

} // namespace display

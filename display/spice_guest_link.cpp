// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/spice_guest_link.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QPointer>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

// GLib has a member of this name.
#undef signals
#include <spice-client.h>
#include <spice/vd_agent.h>

namespace display {

namespace {

constexpr guint Clipboard = VD_AGENT_CLIPBOARD_SELECTION_CLIPBOARD;

guint32 agentFormat(ClipFormat format)
{
    switch (format) {
    case ClipFormat::Text:
        return VD_AGENT_CLIPBOARD_UTF8_TEXT;
    case ClipFormat::Png:
        return VD_AGENT_CLIPBOARD_IMAGE_PNG;
    case ClipFormat::Bmp:
        return VD_AGENT_CLIPBOARD_IMAGE_BMP;
    case ClipFormat::Tiff:
        return VD_AGENT_CLIPBOARD_IMAGE_TIFF;
    case ClipFormat::Jpeg:
        return VD_AGENT_CLIPBOARD_IMAGE_JPG;
    }
    return VD_AGENT_CLIPBOARD_NONE;
}

std::optional<ClipFormat> clipFormat(guint32 type)
{
    switch (type) {
    case VD_AGENT_CLIPBOARD_UTF8_TEXT:
        return ClipFormat::Text;
    case VD_AGENT_CLIPBOARD_IMAGE_PNG:
        return ClipFormat::Png;
    case VD_AGENT_CLIPBOARD_IMAGE_BMP:
        return ClipFormat::Bmp;
    case VD_AGENT_CLIPBOARD_IMAGE_TIFF:
        return ClipFormat::Tiff;
    case VD_AGENT_CLIPBOARD_IMAGE_JPG:
        return ClipFormat::Jpeg;
    default:
        return std::nullopt;
    }
}

} // namespace

struct SpiceGuestLink::Private
{
    explicit Private(SpiceGuestLink *owner)
        : q(owner)
    { }

    template <class Handler>
    void listen(const char *signal, Handler *handler)
    {
        g_signal_connect(channel, signal, G_CALLBACK(handler), this);
    }

    void update();
    bool can(guint32 capability) const
    {
        return spice_main_channel_agent_test_capability(channel, capability) != FALSE;
    }
    void endCopy(const QString &problem, bool wasCanceled);
    void sendWhatWaits();

    // As GLib calls them, the last argument being the Private that asked for it.
    static void onAgent(SpiceMainChannel *, Private *self) { self->update(); }
    static gboolean onGrab(SpiceMainChannel *, guint selection, const guint32 *types, guint count,
                           Private *self);
    static gboolean onRequest(SpiceMainChannel *, guint selection, guint32 type, Private *self);
    static void onRelease(SpiceMainChannel *, guint selection, Private *self);
    static void onData(SpiceMainChannel *, guint selection, guint32 type, const guchar *data,
                       guint size, Private *self);
    static void onTask(SpiceMainChannel *, SpiceFileTransferTask *task, Private *self);
    static void onTaskProgress(SpiceFileTransferTask *, GParamSpec *, Private *self);
    static void onCopied(GObject *channel, GAsyncResult *result, gpointer copy);

    SpiceGuestLink *q;
    SpiceMainChannel *channel = nullptr;
    GuestAbilities abilities;
    bool hasOffered = false; // to the guest

    GCancellable *cancellable = nullptr; // while files are copied
    std::vector<SpiceFileTransferTask *> tasks; // each with a reference
    qint64 totalBytes = 0;
};

void SpiceGuestLink::Private::update()
{
    GuestAbilities now;
    gboolean isConnected = FALSE;
    if (channel)
        g_object_get(channel, "agent-connected", &isConnected, nullptr);
    if (isConnected) {
        now.hasClipboard = can(VD_AGENT_CAP_CLIPBOARD_BY_DEMAND);
        now.canResize = can(VD_AGENT_CAP_MONITORS_CONFIG);
        // Connected is who opened the port; who can anything has said so.
        now.hasAgent = now.hasClipboard || now.canResize;
        now.takesFiles = now.hasAgent && !can(VD_AGENT_CAP_FILE_XFER_DISABLED);
        now.hasCrLfText = can(VD_AGENT_CAP_GUEST_LINEEND_CRLF);
    }
    if (!isConnected) {
        hasOffered = false;
        endCopy(SpiceGuestLink::tr("The agent in the guest has gone"), false);
    }
    if (now == std::exchange(abilities, now))
        return;
    emit q->abilitiesChanged();
}

gboolean SpiceGuestLink::Private::onGrab(SpiceMainChannel *, guint selection, const guint32 *types,
                                         guint count, Private *self)
{
    if (selection != Clipboard)
        return FALSE;
    QList<ClipFormat> formats;
    for (guint i = 0; i < count; ++i) {
        const auto format = clipFormat(types[i]);
        if (format && !formats.contains(*format))
            formats.append(*format);
    }
    self->hasOffered = false; // the guest's clipboard has another owner now
    emit self->q->offered(formats);
    return TRUE;
}

gboolean SpiceGuestLink::Private::onRequest(SpiceMainChannel *, guint selection, guint32 type,
                                            Private *self)
{
    const auto format = clipFormat(type);
    if (selection != Clipboard || !format)
        return FALSE;
    emit self->q->requested(*format);
    return TRUE;
}

void SpiceGuestLink::Private::onRelease(SpiceMainChannel *, guint selection, Private *self)
{
    // Having offered, the clipboard is ours, and this the old owner's good-bye.
    if (selection == Clipboard && !self->hasOffered)
        emit self->q->offered({});
}

void SpiceGuestLink::Private::onData(SpiceMainChannel *, guint selection, guint32 type,
                                     const guchar *data, guint size, Private *self)
{
    if (selection != Clipboard)
        return;
    // Safe: the bytes are looked at as char, which may alias anything.
    const auto *bytes = reinterpret_cast<const char *>(data);
    const auto format = clipFormat(type);
    if (format) {
        emit self->q->arrived(
            *format, size <= MaxClipboardBytes ? QByteArray(bytes, qsizetype(size)) : QByteArray());
        return;
    }
    // "None": the guest could not, whatever it was asked for.
    for (const ClipFormat any :
         {ClipFormat::Text, ClipFormat::Png, ClipFormat::Bmp, ClipFormat::Tiff, ClipFormat::Jpeg})
        emit self->q->arrived(any, {});
}

void SpiceGuestLink::Private::onTask(SpiceMainChannel *, SpiceFileTransferTask *task, Private *self)
{
    self->tasks.push_back(SPICE_FILE_TRANSFER_TASK(g_object_ref(task)));
    g_signal_connect(task, "notify::progress", G_CALLBACK(&Private::onTaskProgress), self);
}

void SpiceGuestLink::Private::onTaskProgress(SpiceFileTransferTask *, GParamSpec *, Private *self)
{
    qint64 done = 0;
    for (SpiceFileTransferTask *task : self->tasks)
        done += qint64(spice_file_transfer_task_get_transferred_bytes(task));
    emit self->q->copyProgressed(std::min(done, self->totalBytes), self->totalBytes);
}

namespace {

// Of a copy that may outlive the link.
struct RunningCopy
{
    QPointer<SpiceGuestLink> link;
    GCancellable *cancellable = nullptr;
};

} // namespace

void SpiceGuestLink::Private::onCopied(GObject *channel, GAsyncResult *result, gpointer data)
{
    const std::unique_ptr<RunningCopy> copy(static_cast<RunningCopy *>(data));
    GError *error = nullptr;
    spice_main_channel_file_copy_finish(SPICE_MAIN_CHANNEL(channel), result, &error);
    const bool wasCanceled = g_cancellable_is_cancelled(copy->cancellable)
        || (error && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    const QString problem = error ? QString::fromUtf8(error->message) : QString();
    g_clear_error(&error);
    Private *self = copy->link ? copy->link->m_private.get() : nullptr;
    if (self)
        self->sendWhatWaits();
    // Another one may have begun since.
    if (self && self->cancellable == copy->cancellable)
        self->endCopy(wasCanceled ? QString() : problem, wasCanceled);
    g_object_unref(copy->cancellable);
}

// The library queues its word to the agent that a copy was called off, and leaves it there until
// something else is to be sent; until then the guest keeps half a file. Nobody owns the secondary
// selection, so that to release it is to say nothing.
void SpiceGuestLink::Private::sendWhatWaits()
{
    if (channel && abilities.hasClipboard)
        spice_main_channel_clipboard_selection_release(channel,
                                                       VD_AGENT_CLIPBOARD_SELECTION_SECONDARY);
}

void SpiceGuestLink::Private::endCopy(const QString &problem, bool wasCanceled)
{
    if (!cancellable)
        return;
    for (SpiceFileTransferTask *task : std::exchange(tasks, {})) {
        g_signal_handlers_disconnect_by_data(task, this);
        g_object_unref(task);
    }
    GCancellable *old = std::exchange(cancellable, nullptr);
    if (!problem.isEmpty())
        g_cancellable_cancel(old);
    g_object_unref(old);
    emit q->copyEnded(problem, wasCanceled);
}

SpiceGuestLink::SpiceGuestLink()
    : m_private(std::make_unique<Private>(this))
{ }

SpiceGuestLink::~SpiceGuestLink()
{
    blockSignals(true);
    setChannel(nullptr);
}

void SpiceGuestLink::setChannel(_SpiceMainChannel *channel)
{
    if (m_private->channel) {
        g_signal_handlers_disconnect_by_data(m_private->channel, m_private.get());
        g_object_unref(std::exchange(m_private->channel, nullptr));
    }
    if (channel) {
        m_private->channel = SPICE_MAIN_CHANNEL(g_object_ref(channel));
        g_object_set(channel, "max-clipboard", int(MaxClipboardBytes), nullptr);
        m_private->listen("main-agent-update", &Private::onAgent);
        m_private->listen("main-clipboard-selection-grab", &Private::onGrab);
        m_private->listen("main-clipboard-selection-request", &Private::onRequest);
        m_private->listen("main-clipboard-selection-release", &Private::onRelease);
        m_private->listen("main-clipboard-selection", &Private::onData);
        m_private->listen("new-file-transfer", &Private::onTask);
    }
    m_private->update();
}

GuestAbilities SpiceGuestLink::abilities() const
{
    return m_private->abilities;
}

void SpiceGuestLink::offer(const QList<ClipFormat> &formats)
{
    if (!m_private->abilities.hasClipboard)
        return;
    if (formats.isEmpty()) {
        if (std::exchange(m_private->hasOffered, false))
            spice_main_channel_clipboard_selection_release(m_private->channel, Clipboard);
        return;
    }
    std::vector<guint32> types;
    for (const ClipFormat format : formats)
        types.push_back(agentFormat(format));
    m_private->hasOffered = true;
    spice_main_channel_clipboard_selection_grab(m_private->channel, Clipboard, types.data(),
                                                int(types.size()));
}

void SpiceGuestLink::answer(ClipFormat format, const QByteArray &data)
{
    if (!m_private->abilities.hasClipboard)
        return;
    // Without data the format is "none", which ends the wait in the guest.
    const bool isSent = !data.isEmpty() && data.size() <= MaxClipboardBytes;
    // Safe: the bytes are looked at as unsigned char.
    const auto *bytes = reinterpret_cast<const guchar *>(data.constData());
    spice_main_channel_clipboard_selection_notify(
        m_private->channel, Clipboard,
        isSent ? agentFormat(format) : guint32(VD_AGENT_CLIPBOARD_NONE), isSent ? bytes : nullptr,
        isSent ? std::size_t(data.size()) : 0);
}

void SpiceGuestLink::request(ClipFormat format)
{
    if (m_private->abilities.hasClipboard)
        spice_main_channel_clipboard_selection_request(m_private->channel, Clipboard,
                                                       agentFormat(format));
}

void SpiceGuestLink::setMonitors(const QList<QRect> &monitors)
{
    if (!m_private->abilities.canResize)
        return;
    for (int i = 0; i < int(monitors.size()); ++i) {
        const QRect &monitor = monitors[i];
        spice_main_channel_update_display_enabled(m_private->channel, i, TRUE, FALSE);
        spice_main_channel_update_display(m_private->channel, i, monitor.x(), monitor.y(),
                                          monitor.width(), monitor.height(), FALSE);
    }
    spice_main_channel_send_monitor_config(m_private->channel);
}

void SpiceGuestLink::copyFiles(const QStringList &paths)
{
    const auto refuse = [this](const QString &problem) {
        QMetaObject::invokeMethod(
            this, [this, problem] { emit copyEnded(problem, false); }, Qt::QueuedConnection);
    };
    if (!m_private->abilities.takesFiles)
        return refuse(tr("There is no agent in the guest that takes files"));
    if (m_private->cancellable)
        return refuse(tr("Other files are being copied"));
    std::vector<GFile *> files;
    m_private->totalBytes = 0;
    for (const QString &path : paths) {
        files.push_back(g_file_new_for_path(QFile::encodeName(path).constData()));
        m_private->totalBytes += QFileInfo(path).size();
    }
    files.push_back(nullptr);
    m_private->cancellable = g_cancellable_new();
    auto copy = std::make_unique<RunningCopy>();
    copy->link = this;
    copy->cancellable = G_CANCELLABLE(g_object_ref(m_private->cancellable));
    spice_main_channel_file_copy_async(m_private->channel, files.data(), G_FILE_COPY_NONE,
                                       m_private->cancellable, nullptr, nullptr, &Private::onCopied,
                                       copy.release());
    files.pop_back();
    for (GFile *file : files)
        g_object_unref(file);
}

void SpiceGuestLink::cancelCopy()
{
    if (m_private->cancellable)
        g_cancellable_cancel(m_private->cancellable);
}

} // namespace display

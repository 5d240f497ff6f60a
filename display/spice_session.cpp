// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/spice_session.h"

#include "display/spice_guest_link.h"
#include "display/spice_inputs.h"
#include "display/spice_relay.h"
#include "display/spice_sound.h"
#include "display/spice_surface.h"

#include <QtCore/QAbstractEventDispatcher>
#include <QtCore/QFile>
#include <QtGui/QImage>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

// GLib has a member of this name.
#undef signals
#include <spice-client.h>

namespace display {

namespace {

engine::PixelFormat pixelFormat(int format)
{
    switch (format) {
    case SPICE_SURFACE_FMT_32_xRGB:
    case SPICE_SURFACE_FMT_32_ARGB:
        return engine::PixelFormat::Xrgb32;
    case SPICE_SURFACE_FMT_16_565:
        return engine::PixelFormat::Rgb16_565;
    case SPICE_SURFACE_FMT_16_555:
        return engine::PixelFormat::Rgb16_555;
    default:
        return engine::PixelFormat::None;
    }
}

// The library hands out red, green, blue, alpha bytes, not premultiplied.
engine::CursorImage cursorImage(int width, int height, int hotX, int hotY, const void *rgba)
{
    engine::CursorImage cursor;
    if (!rgba || width <= 0 || height <= 0)
        return cursor;
    const QImage wrapped(static_cast<const uchar *>(rgba), width, height, width * 4,
                         QImage::Format_RGBA8888);
    const QImage converted = wrapped.convertToFormat(QImage::Format_ARGB32_Premultiplied);
    cursor.width = width;
    cursor.height = height;
    cursor.hotSpotX = hotX;
    cursor.hotSpotY = hotY;
    cursor.pixels.resize(std::size_t(width) * std::size_t(height));
    for (int y = 0; y < height; ++y) {
        // Safe: a scan line of this format is `width` aligned 32-bit values.
        const auto *line = reinterpret_cast<const std::uint32_t *>(converted.constScanLine(y));
        std::copy_n(line, width, cursor.pixels.begin() + std::ptrdiff_t(y) * width);
    }
    return cursor;
}

// Waits a moment for a server that has others to let in; on failure errno says why.
engine::Fd connectedTo(const QByteArray &path)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    if (path.size() >= qsizetype(sizeof(address.sun_path))) {
        errno = ENAMETOOLONG;
        return {};
    }
    std::memcpy(address.sun_path, path.constData(), std::size_t(path.size()));
    engine::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval wait = {.tv_sec = 2, .tv_usec = 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
    if (::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof(address)) != 0)
        return {};
    return socket;
}

bool dispatcherRunsGlib()
{
    const QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
    return dispatcher && dispatcher->inherits("QEventDispatcherGlib");
}

} // namespace

struct SpiceDisplaySession::Private
{
    explicit Private(SpiceDisplaySession *owner)
        : q(owner)
    { }

    void connectTo(const engine::SpiceAddress &address);
    void setAddress(const engine::SpiceAddress &address);
    bool start();
    bool startRelayed();
    QString cannotConnect(const QString &detail, bool isTlsTrouble) const;
    void disconnect();
    void addChannel(SpiceChannel *channel);
    void removeChannel(SpiceChannel *channel);
    void updateMouseMode(SpiceChannel *channel);
    void updateMonitors(SpiceChannel *channel);
    void channelEvent(SpiceChannel *channel, SpiceChannelEvent event);
    void finish(const QString &reason);

    template <class Handler>
    void listen(gpointer object, const char *signal, Handler *handler)
    {
        g_signal_connect(object, signal, G_CALLBACK(handler), this);
    }

    // As GLib calls them, the last argument being the Private that asked for it.
    static void onChannelNew(SpiceSession *, SpiceChannel *channel, Private *self)
    {
        self->addChannel(channel);
    }
    static void onChannelDestroy(SpiceSession *, SpiceChannel *channel, Private *self)
    {
        self->removeChannel(channel);
    }
    static void onChannelEvent(SpiceChannel *channel, SpiceChannelEvent event, Private *self)
    {
        self->channelEvent(channel, event);
    }
    static void onOpenFd(SpiceChannel *channel, gint, Private *self);
    static void onPrimaryCreate(SpiceChannel *, gint format, gint width, gint height, gint stride,
                                gint, gpointer data, Private *self);
    static void onPrimaryDestroy(SpiceChannel *, Private *self) { self->surface.dropPrimary(); }
    static void onInvalidate(SpiceChannel *, gint x, gint y, gint width, gint height, Private *self)
    {
        self->surface.addDamage(QRect(x, y, width, height));
    }
    static void onMonitors(SpiceChannel *channel, GParamSpec *, Private *self)
    {
        self->updateMonitors(channel);
    }
    static void onMouseMode(SpiceChannel *channel, Private *self)
    {
        self->updateMouseMode(channel);
    }
    static void onCursorSet(SpiceChannel *, gint width, gint height, gint hotX, gint hotY,
                            gpointer rgba, Private *self)
    {
        self->surface.setCursor(cursorImage(width, height, hotX, hotY, rgba));
    }
    static void onCursorMove(SpiceChannel *, gint x, gint y, Private *self)
    {
        self->surface.moveCursor(QPoint(x, y));
    }
    static void onCursorHide(SpiceChannel *, Private *self)
    {
        engine::CursorImage hidden = self->surface.cursor();
        hidden.isVisible = false;
        self->surface.setCursor(std::move(hidden));
    }
    static void onModifiers(SpiceChannel *, Private *self) { self->inputs.guestLightsCame(); }
    static void onCursorReset(SpiceChannel *, Private *self) { self->surface.setCursor({}); }

    SpiceDisplaySession *q;
    SpiceSession *session = nullptr;
    QByteArray socketPath; // of a machine here; its channels get their sockets from us
    std::unique_ptr<SpiceRelay> relay; // of the main channel then
    QList<SpiceChannel *> channels; // each with a reference
    SpiceSurface surface;
    SpiceInputs inputs;
    SpiceGuestLink link;
    SpiceSound sound;
    QString place; // for messages
    bool hadPassword = false;
    bool isPasswordWanted = false;
    bool isCertificateWrong = false;
    bool isMainOpen = false;
    bool isOpened = false;
    bool isFinished = false;
};

void SpiceDisplaySession::Private::setAddress(const engine::SpiceAddress &address)
{
    const auto set = [this](const char *property, const QByteArray &value) {
        g_object_set(session, property, value.constData(), nullptr);
    };
    if (!address.password.isEmpty())
        set("password", address.password.toUtf8());
    if (!address.socket.isEmpty()) {
        socketPath = QFile::encodeName(address.socket);
        return;
    }
    set("host", address.host.toUtf8());
    if (address.port > 0 && address.tlsPort == 0) // nothing goes in the clear then
        set("port", QByteArray::number(address.port));
    if (address.tlsPort > 0)
        set("tls-port", QByteArray::number(address.tlsPort));
    if (!address.caFile.isEmpty())
        set("ca-file", QFile::encodeName(address.caFile));
    if (!address.publicKey.isEmpty()) {
        GByteArray *key = g_byte_array_append(
            g_byte_array_new(), reinterpret_cast<const guint8 *>(address.publicKey.constData()),
            guint(address.publicKey.size()));
        g_object_set(session, "verify", SPICE_SESSION_VERIFY_PUBKEY, "pubkey", key, nullptr);
        g_byte_array_unref(key);
    }
}

QString SpiceDisplaySession::Private::cannotConnect(const QString &detail, bool isTlsTrouble) const
{
    if (isTlsTrouble)
        return tr("There is no encrypted connection to \"%1\": the server's certificate is not "
                  "trusted, or is another computer's. Give the file of the certificate that it "
                  "should be checked against.")
            .arg(place);
    return detail.isEmpty()
        ? tr("Cannot connect to the machine's display at \"%1\".").arg(place)
        : tr("Cannot connect to the machine's display at \"%1\": %2").arg(place, detail);
}

void SpiceDisplaySession::Private::connectTo(const engine::SpiceAddress &address)
{
    place = engine::spiceAddressText(address);
    hadPassword = !address.password.isEmpty();
    if (!dispatcherRunsGlib()) {
        finish(tr("The machine's display needs Qt's GLib event loop, which is switched off. Start "
                  "the program without QT_NO_GLIB in its environment."));
        return;
    }
    session = spice_session_new();
    setAddress(address);
    g_object_set(session, "enable-audio", FALSE, "enable-usbredir", FALSE, "enable-smartcard",
                 FALSE, nullptr);
    listen(session, "channel-new", &onChannelNew);
    listen(session, "channel-destroy", &onChannelDestroy);
    if (!start())
        finish(cannotConnect(socketPath.isEmpty() ? QString() : qt_error_string(errno), false));
}

bool SpiceDisplaySession::Private::start()
{
    return socketPath.isEmpty() ? spice_session_connect(session) != FALSE : startRelayed();
}

// On failure errno says why.
bool SpiceDisplaySession::Private::startRelayed()
{
    engine::Fd server = connectedTo(socketPath);
    std::array<int, 2> pair = {-1, -1};
    if (!server.isOpen() || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
        return false;
    relay = std::make_unique<SpiceRelay>(engine::Fd(pair[0]), std::move(server));
    return spice_session_open_fd(session, pair[1]) != FALSE;
}

void SpiceDisplaySession::Private::onOpenFd(SpiceChannel *channel, gint, Private *self)
{
    engine::Fd socket = connectedTo(self->socketPath);
    if (socket.isOpen())
        spice_channel_open_fd(channel, socket.release());
    else
        self->finish({}); // the machine has gone while it was being opened
}

void SpiceDisplaySession::Private::disconnect()
{
    inputs.setChannel(nullptr);
    link.setChannel(nullptr);
    sound.setChannel(nullptr);
    surface.dropPrimary();
    for (SpiceChannel *channel : std::exchange(channels, {})) {
        g_signal_handlers_disconnect_by_data(channel, this);
        g_object_unref(channel);
    }
    if (SpiceSession *old = std::exchange(session, nullptr)) {
        g_signal_handlers_disconnect_by_data(old, this);
        spice_session_disconnect(old);
        g_object_unref(old);
    }
    if (relay)
        relay.release()->leave();
}

void SpiceDisplaySession::Private::addChannel(SpiceChannel *channel)
{
    int type = -1;
    int id = -1;
    g_object_get(channel, "channel-type", &type, "channel-id", &id, nullptr);
    const bool isWanted = id == 0
        && (type == SPICE_CHANNEL_MAIN || type == SPICE_CHANNEL_DISPLAY
            || type == SPICE_CHANNEL_CURSOR || type == SPICE_CHANNEL_INPUTS
            || type == SPICE_CHANNEL_PLAYBACK);
    if (!isWanted)
        return;
    channels.append(SPICE_CHANNEL(g_object_ref(channel)));
    listen(channel, "open-fd", &onOpenFd);
    if (type != SPICE_CHANNEL_PLAYBACK) // without sound it goes on
        listen(channel, "channel-event", &onChannelEvent);
    switch (type) {
    case SPICE_CHANNEL_MAIN:
        listen(channel, "main-mouse-update", &onMouseMode);
        link.setChannel(SPICE_MAIN_CHANNEL(channel));
        updateMouseMode(channel);
        return; // the session connects this one itself
    case SPICE_CHANNEL_DISPLAY:
        listen(channel, "display-primary-create", &onPrimaryCreate);
        listen(channel, "display-primary-destroy", &onPrimaryDestroy);
        listen(channel, "display-invalidate", &onInvalidate);
        listen(channel, "notify::monitors", &onMonitors);
        break;
    case SPICE_CHANNEL_CURSOR:
        listen(channel, "cursor-set", &onCursorSet);
        listen(channel, "cursor-move", &onCursorMove);
        listen(channel, "cursor-hide", &onCursorHide);
        listen(channel, "cursor-reset", &onCursorReset);
        break;
    case SPICE_CHANNEL_INPUTS:
        inputs.setChannel(SPICE_INPUTS_CHANNEL(channel));
        listen(channel, "inputs-modifiers", &onModifiers);
        break;
    case SPICE_CHANNEL_PLAYBACK:
        sound.setChannel(SPICE_PLAYBACK_CHANNEL(channel));
        break;
    }
    spice_channel_connect(channel);
}

void SpiceDisplaySession::Private::removeChannel(SpiceChannel *channel)
{
    if (!channels.removeOne(channel))
        return;
    if (SPICE_IS_INPUTS_CHANNEL(channel))
        inputs.setChannel(nullptr);
    if (SPICE_IS_MAIN_CHANNEL(channel))
        link.setChannel(nullptr);
    if (SPICE_IS_PLAYBACK_CHANNEL(channel))
        sound.setChannel(nullptr);
    if (SPICE_IS_DISPLAY_CHANNEL(channel))
        surface.dropPrimary();
    g_signal_handlers_disconnect_by_data(channel, this);
    g_object_unref(channel);
}

void SpiceDisplaySession::Private::onPrimaryCreate(SpiceChannel *channel, gint format, gint width,
                                                   gint height, gint stride, gint, gpointer data,
                                                   Private *self)
{
    self->surface.setPrimary({.pixels = static_cast<const std::uint8_t *>(data),
                              .width = width,
                              .height = height,
                              .strideBytes = stride,
                              .format = pixelFormat(format)});
    self->updateMonitors(channel);
    if (std::exchange(self->isOpened, true))
        return;
    SpiceDisplaySession *q = self->q;
    QMetaObject::invokeMethod(
        q, [q] { emit q->opened(); }, Qt::QueuedConnection);
}

void SpiceDisplaySession::Private::updateMonitors(SpiceChannel *channel)
{
    GArray *monitors = nullptr;
    g_object_get(channel, "monitors", &monitors, nullptr);
    QRect first;
    if (monitors && monitors->len > 0) {
        const auto &config = g_array_index(monitors, SpiceDisplayMonitorConfig, 0);
        first = QRect(int(config.x), int(config.y), int(config.width), int(config.height));
    }
    if (monitors)
        g_array_unref(monitors);
    surface.setMonitor(first);
    inputs.setOrigin(surface.monitorOrigin());
}

void SpiceDisplaySession::Private::updateMouseMode(SpiceChannel *channel)
{
    int mode = SPICE_MOUSE_MODE_SERVER;
    g_object_get(channel, "mouse-mode", &mode, nullptr);
    const auto pointerMode = mode == SPICE_MOUSE_MODE_CLIENT ? engine::PointerMode::Absolute
                                                             : engine::PointerMode::Relative;
    surface.setCursorDrawn(pointerMode == engine::PointerMode::Relative);
    if (pointerMode == inputs.pointerMode())
        return;
    inputs.setPointerMode(pointerMode);
    emit q->pointerModeChanged();
}

void SpiceDisplaySession::Private::channelEvent(SpiceChannel *channel, SpiceChannelEvent event)
{
    const bool isMain = SPICE_IS_MAIN_CHANNEL(channel);
    const GError *error = spice_channel_get_error(channel);
    const QString detail = error ? QString::fromUtf8(error->message) : QString();
    switch (event) {
    case SPICE_CHANNEL_OPENED:
        isMainOpen = isMainOpen || isMain;
        break;
    case SPICE_CHANNEL_CLOSED:
        finish({});
        break;
    case SPICE_CHANNEL_ERROR_AUTH:
        isPasswordWanted = true;
        finish(hadPassword ? tr("The server at \"%1\" does not accept the password.").arg(place)
                           : tr("The server at \"%1\" asks for a password.").arg(place));
        break;
    case SPICE_CHANNEL_ERROR_IO:
    case SPICE_CHANNEL_ERROR_CONNECT:
    case SPICE_CHANNEL_ERROR_TLS:
    case SPICE_CHANNEL_ERROR_LINK:
        // Once there was a picture, it means that the program at the other end has gone.
        if (isMainOpen || isOpened) {
            finish({});
            break;
        }
        isCertificateWrong = event == SPICE_CHANNEL_ERROR_TLS;
        finish(cannotConnect(detail, isCertificateWrong));
        break;
    case SPICE_CHANNEL_NONE:
    case SPICE_CHANNEL_SWITCHING:
        break;
    }
}

// Queued: it is called from inside the library, and the receiver may delete the session.
void SpiceDisplaySession::Private::finish(const QString &reason)
{
    if (std::exchange(isFinished, true))
        return;
    QMetaObject::invokeMethod(
        q,
        [this, reason] {
            disconnect();
            emit q->closed(reason);
        },
        Qt::QueuedConnection);
}

SpiceDisplaySession::SpiceDisplaySession(const engine::SpiceAddress &address, QObject *parent)
    : DisplaySession(parent)
    , m_private(std::make_unique<Private>(this))
{
    m_private->inputs.setSidewaysWheel([this](int notches) { emit wheelTurnedSideways(notches); });
    m_private->connectTo(address);
}

SpiceDisplaySession::~SpiceDisplaySession()
{
    m_private->surface.setListener(nullptr);
    m_private->disconnect();
}

engine::FrameSource &SpiceDisplaySession::frameSource()
{
    return m_private->surface;
}

engine::InputSink &SpiceDisplaySession::inputSink()
{
    return m_private->inputs;
}

bool SpiceDisplaySession::wantsPassword() const
{
    return m_private->isPasswordWanted;
}

bool SpiceDisplaySession::distrustsCertificate() const
{
    return m_private->isCertificateWrong;
}

GuestLink *SpiceDisplaySession::guestLink()
{
    return &m_private->link;
}

void SpiceDisplaySession::setSound(SoundMaker maker)
{
    if (m_private->session)
        g_object_set(m_private->session, "enable-audio", TRUE, nullptr);
    m_private->sound.setMaker(std::move(maker));
}

} // namespace display

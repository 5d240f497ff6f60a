// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/display_client.h"

#include "engine/control/control_connection.h"
#include "engine/control/control_protocol.h"
#include "engine/drivers/display_protocol.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QJsonArray>
#include <QtCore/QPointer>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace engine {

// The machine's memory, as long as somebody paints it.
struct DisplayClient::Memory
{
    Memory(const std::uint8_t *memoryStart, std::size_t memorySize)
        : start(memoryStart)
        , size(memorySize)
    { }
    ~Memory() { ::munmap(const_cast<std::uint8_t *>(start), size); }
    Memory(const Memory &) = delete;
    Memory &operator=(const Memory &) = delete;

    const std::uint8_t *start;
    std::size_t size;
};

namespace {

constexpr std::size_t MaxMemory = std::size_t(4) << 30;

Error badPicture()
{
    return Error(ErrorKind::Corrupt, "the machine's process sent a picture that cannot be");
}

std::size_t pixelBytes(PixelFormat format)
{
    return format == PixelFormat::Xrgb32 ? 4 : 2;
}

} // namespace

DisplayClient::DisplayClient(QObject *parent)
    : QObject(parent)
{ }

DisplayClient::~DisplayClient() = default;

void DisplayClient::connectTo(const QString &controlSocket, int monitor)
{
    Result<Fd> socket = connectControlSocket(controlSocket);
    if (!socket) {
        // Queued: who asks connects to the signal afterwards.
        QMetaObject::invokeMethod(
            this, [this, reason = errorText(socket.error())] { emit closed(reason); },
            Qt::QueuedConnection);
        return;
    }
    begin(std::move(*socket));
    m_stream->send({{QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
                    {QStringLiteral("id"), 1},
                    {QStringLiteral("method"), QStringLiteral("display.open")},
                    {QStringLiteral("params"), QJsonObject{{QStringLiteral("monitor"), monitor}}}});
    introduce();
}

void DisplayClient::take(Fd connection)
{
    begin(std::move(connection));
    introduce();
}

void DisplayClient::begin(Fd socket)
{
    m_stream =
        std::make_unique<DisplayStream>(std::move(socket), DisplayStream::Descriptors::Taken);
    connect(m_stream.get(), &DisplayStream::received, this, &DisplayClient::receive);
    connect(m_stream.get(), &DisplayStream::closed, this,
            [this] { end(tr("the connection to the machine's process has ended")); });
}

void DisplayClient::introduce()
{
    if (!m_isVisible)
        setVisible(false);
    if (m_takeAgent)
        send("display.wantAgent");
}

void DisplayClient::setVisible(bool visible)
{
    m_isVisible = visible;
    send("display.visible", {{QStringLiteral("isVisible"), visible}});
}

void DisplayClient::key(ScanCode code, KeyMotion motion)
{
    send("display.key",
         {{QStringLiteral("code"), int(code)},
          {QStringLiteral("down"), motion == KeyMotion::Press}});
}

void DisplayClient::button(PointerButton button, KeyMotion motion)
{
    send("display.button",
         {{QStringLiteral("button"), int(button)},
          {QStringLiteral("down"), motion == KeyMotion::Press}});
}

void DisplayClient::position(int x, int y)
{
    send("display.place", {{QStringLiteral("x"), x}, {QStringLiteral("y"), y}});
}

void DisplayClient::motion(int dx, int dy)
{
    send("display.motion", {{QStringLiteral("x"), dx}, {QStringLiteral("y"), dy}});
}

void DisplayClient::setLockLights(bool capsLock, bool numLock)
{
    send("display.locks", {{QStringLiteral("caps"), capsLock}, {QStringLiteral("num"), numLock}});
}

void DisplayClient::wantSize(int width, int height)
{
    send("display.size", {{QStringLiteral("width"), width}, {QStringLiteral("height"), height}});
}

void DisplayClient::send(const char *method, const QJsonObject &params)
{
    if (m_stream)
        m_stream->send(displaymessage::make(method, params));
}

void DisplayClient::end(const QString &reason)
{
    if (!m_stream)
        return;
    m_stream->disconnect(this);
    m_stream.release()->deleteLater(); // it may be what is speaking
    emit closed(reason);
}

void DisplayClient::receive(const QJsonObject &message)
{
    const QString method = message[QLatin1String("method")].toString();
    const QJsonObject params = message[QLatin1String("params")].toObject();
    if (message.contains(QLatin1String("error"))) {
        end(errorText(errorFromJson(
            message[QLatin1String("error")].toObject()[QLatin1String("data")].toObject())));
    } else if (method == QLatin1String("display.update")) {
        receiveUpdate(params);
    } else if (method == QLatin1String("display.agent")) {
        Fd stream = m_stream->takeDescriptor();
        if (m_takeAgent && stream.isOpen())
            m_takeAgent(std::move(stream));
    } else if (method == QLatin1String("display.end")) {
        end(params[QLatin1String("reason")].toString());
    }
}

void DisplayClient::receiveUpdate(const QJsonObject &update)
{
    const Frame before = m_frame;
    if (update.contains(QLatin1String("picture"))) {
        const Result<> taken = takePicture(update[QLatin1String("picture")].toObject());
        if (!taken)
            return end(errorText(taken.error()));
    }
    if (update.contains(QLatin1String("cursor")))
        takeCursor(update[QLatin1String("cursor")].toObject());
    const bool isInputNew = update.contains(QLatin1String("input"));
    if (isInputNew)
        takeInput(update[QLatin1String("input")].toObject());
    send("display.seen");
    const QPointer<DisplayClient> guard(this);
    if (update.contains(QLatin1String("takesSize"))) {
        m_takesSize = update[QLatin1String("takesSize")].toBool();
        if (m_sizeWatcher)
            m_sizeWatcher();
        if (!guard)
            return;
    }
    tellOf(update, before);
    if (guard && isInputNew)
        emit inputChanged();
    if (guard && !std::exchange(m_isOpen, true))
        emit opened();
}

Result<> DisplayClient::takePicture(const QJsonObject &picture)
{
    const int width = picture[QLatin1String("width")].toInt();
    const int height = picture[QLatin1String("height")].toInt();
    const qint64 stride = picture[QLatin1String("stride")].toInteger();
    const qint64 offset = picture[QLatin1String("offset")].toInteger(-1);
    const int format = picture[QLatin1String("format")].toInt();
    if (picture[QLatin1String("memory")].toBool())
        m_memory = TRY(mapMemory());
    if (width == 0 && height == 0) {
        m_frame = {};
        return {};
    }
    constexpr int Most = displaymessage::MaxSide;
    if (!m_memory || width <= 0 || height <= 0 || width > Most || height > Most || stride <= 0
        || stride > Most * 8 || offset < 0 || format <= int(PixelFormat::None)
        || format > int(PixelFormat::Rgb16_555))
        return badPicture();
    const std::size_t lineBytes = std::size_t(width) * pixelBytes(PixelFormat(format));
    const std::size_t bytes = std::size_t(stride) * std::size_t(height - 1) + lineBytes;
    if (std::size_t(stride) < lineBytes && height > 1)
        return badPicture();
    if (bytes > m_memory->size || std::size_t(offset) > m_memory->size - bytes)
        return badPicture();
    m_frame = {.pixels = m_memory->start + offset,
               .width = width,
               .height = height,
               .strideBytes = std::ptrdiff_t(stride),
               .format = PixelFormat(format),
               .keepAlive = m_memory};
    return {};
}

Result<std::shared_ptr<DisplayClient::Memory>> DisplayClient::mapMemory()
{
    const Fd file = m_stream->takeDescriptor();
    struct stat facts = {};
    if (!file.isOpen() || ::fstat(file.get(), &facts) != 0 || facts.st_size <= 0
        || std::size_t(facts.st_size) > MaxMemory)
        return badPicture();
    // Painting what was cut off would be the end of this process (mmap(2), SIGBUS).
    const int seals = ::fcntl(file.get(), F_GET_SEALS);
    if (seals < 0 || (seals & F_SEAL_SHRINK) == 0)
        return badPicture();
    void *const start =
        ::mmap(nullptr, std::size_t(facts.st_size), PROT_READ, MAP_SHARED, file.get(), 0);
    if (start == MAP_FAILED)
        return Error(ErrorKind::NoSpace,
                     std::string("the machine's video memory cannot be mapped: ")
                         + std::strerror(errno));
    return std::make_shared<Memory>(static_cast<const std::uint8_t *>(start),
                                    std::size_t(facts.st_size));
}

void DisplayClient::takeCursor(const QJsonObject &cursor)
{
    m_cursor = {};
    m_cursor.isVisible = cursor[QLatin1String("visible")].toBool();
    const int width = cursor[QLatin1String("width")].toInt();
    const int height = cursor[QLatin1String("height")].toInt();
    constexpr int Most = displaymessage::MaxCursorSide;
    if (width <= 0 || height <= 0 || width > Most || height > Most)
        return;
    const QByteArray bytes =
        QByteArray::fromBase64(cursor[QLatin1String("pixels")].toString().toLatin1());
    const std::size_t count = std::size_t(width) * std::size_t(height);
    if (std::size_t(bytes.size()) != count * sizeof(std::uint32_t))
        return;
    m_cursor.width = width;
    m_cursor.height = height;
    m_cursor.hotSpotX = cursor[QLatin1String("hotX")].toInt();
    m_cursor.hotSpotY = cursor[QLatin1String("hotY")].toInt();
    m_cursor.pixels.resize(count);
    std::memcpy(m_cursor.pixels.data(), bytes.constData(), std::size_t(bytes.size()));
}

void DisplayClient::takeInput(const QJsonObject &input)
{
    m_mode =
        input[QLatin1String("absolute")].toBool() ? PointerMode::Absolute : PointerMode::Relative;
    const QJsonArray lights = input[QLatin1String("lights")].toArray();
    m_lights = std::nullopt;
    if (lights.size() == 3)
        m_lights = LockLights{.capsLock = lights[0].toBool(),
                              .numLock = lights[1].toBool(),
                              .scrollLock = lights[2].toBool()};
}

void DisplayClient::tellOf(const QJsonObject &update, const Frame &before)
{
    const QPointer<DisplayClient> guard(this);
    if (m_listener != nullptr && update.contains(QLatin1String("cursor")))
        m_listener->cursorChanged();
    if (update.contains(QLatin1String("picture"))) {
        const bool isFlip = before.keepAlive == m_frame.keepAlive && before.width == m_frame.width
            && before.height == m_frame.height && before.format == m_frame.format
            && before.strideBytes == m_frame.strideBytes && !m_frame.isEmpty();
        if (m_listener != nullptr && isFlip)
            m_listener->frameDamaged({0, 0, m_frame.width, m_frame.height});
        else if (m_listener != nullptr)
            m_listener->frameResized();
        return;
    }
    const QJsonArray damage = update[QLatin1String("damage")].toArray();
    for (qsizetype i = 0; guard && m_listener != nullptr && i + 3 < damage.size(); i += 4)
        m_listener->frameDamaged({damage[i].toInt(), damage[i + 1].toInt(), damage[i + 2].toInt(),
                                  damage[i + 3].toInt()});
}

} // namespace engine

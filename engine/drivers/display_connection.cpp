// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/display_connection.h"

#include "engine/base/log.h"
#include "engine/drivers/display_protocol.h"

#include <QtCore/QJsonArray>

#include <algorithm>
#include <utility>

namespace engine {

namespace {

constexpr std::chrono::milliseconds WindowPatience{2000};
constexpr int MaxStep = 0x4000; // no pointer moves farther at once

KeyMotion motionOf(const QJsonObject &params)
{
    return params[QLatin1String("down")].toBool() ? KeyMotion::Press : KeyMotion::Release;
}

int number(const QJsonObject &params, QLatin1String key, int lowest, int highest)
{
    return std::clamp(params[key].toInt(), lowest, highest);
}

bool isScanCode(int code)
{
    return code == ScanCodePause || (code > 0 && code < 0x80)
        || (code > ScanCodeExtended && code < ScanCodeExtended + 0x80);
}

} // namespace

DisplayConnection::DisplayConnection(Fd socket, const QByteArray &alreadyRead,
                                     const QJsonValue &request, DisplayHub::View view)
    : m_stream(std::move(socket), DisplayStream::Descriptors::Refused, alreadyRead)
    , m_view(std::move(view))
{
    m_patience.setSingleShot(true);
    m_patience.setInterval(WindowPatience);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        log(LogLevel::Info, "display", "a window does not answer; it counts as hidden until then");
        m_isStalled = true;
        m_view.screen->setVisible(false);
    });
    connect(&m_stream, &DisplayStream::received, this, &DisplayConnection::receive);
    connect(&m_stream, &DisplayStream::closed, this, &DisplayConnection::closed);
    m_stream.send({{QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
                   {QStringLiteral("id"), request},
                   {QStringLiteral("result"), QJsonObject()}});
    m_view.input->setChangeListener([this] {
        const std::lock_guard lock(m_mutex);
        m_notes.isInputNew = true;
        post();
    });
    m_view.screen->setListener(this);
    m_view.screen->setSizeWatcher([this] {
        const std::lock_guard lock(m_mutex);
        m_notes.isSizeNew = true;
        post();
    });
    const std::lock_guard lock(m_mutex);
    m_notes.isPictureNew = m_notes.isCursorNew = m_notes.isInputNew = m_notes.isSizeNew = true;
    post();
}

DisplayConnection::~DisplayConnection()
{
    m_view.screen->setListener(nullptr);
    m_view.screen->setSizeWatcher({});
    m_view.input->setChangeListener({});
    m_view.agent->setTaker({});
    m_stream.disconnect(this);
    m_stream.send(displaymessage::make("display.end", {{QStringLiteral("reason"), QString()}}));
}

void DisplayConnection::frameDamaged(FrameRect damage)
{
    const std::lock_guard lock(m_mutex);
    m_notes.damage.add(damage);
    post();
}

void DisplayConnection::frameResized()
{
    const std::lock_guard lock(m_mutex);
    m_notes.isPictureNew = true;
    post();
}

void DisplayConnection::cursorChanged()
{
    const std::lock_guard lock(m_mutex);
    m_notes.isCursorNew = true;
    post();
}

void DisplayConnection::post()
{
    if (!std::exchange(m_isPosted, true))
        QMetaObject::invokeMethod(this, &DisplayConnection::update, Qt::QueuedConnection);
}

void DisplayConnection::update()
{
    Notes notes;
    {
        const std::lock_guard lock(m_mutex);
        m_isPosted = false;
        if (m_isAwaitingAnswer || !m_stream.isOpen() || m_notes.isEmpty())
            return;
        notes = std::exchange(m_notes, {});
    }
    QJsonObject params;
    int descriptor = -1;
    if (notes.isPictureNew || !notes.damage.isEmpty()) {
        const Frame frame = m_view.screen->frame();
        if (!frame.isEmpty() && frame.memoryFile < 0) {
            m_stream.send(displaymessage::make(
                "display.end",
                {{QStringLiteral("reason"),
                  QStringLiteral("this computer's kernel cannot share the picture safely with "
                                 "another process (Linux 5.1 can); start the machine with its "
                                 "window instead")}}));
            m_sent = {};
            m_isAwaitingAnswer = true; // for good
            return;
        }
        describePicture(frame, notes.isPictureNew, params, descriptor);
        QJsonArray damage;
        for (const FrameRect &rect : notes.damage.rects()) {
            for (const int value : {rect.x, rect.y, rect.width, rect.height})
                damage.append(value);
        }
        if (!damage.isEmpty())
            params[QLatin1String("damage")] = damage;
    }
    if (notes.isCursorNew)
        params[QLatin1String("cursor")] = describeCursor();
    if (notes.isInputNew)
        params[QLatin1String("input")] = describeInput();
    if (notes.isSizeNew)
        params[QLatin1String("takesSize")] = m_view.screen->takesSize();
    m_isAwaitingAnswer = true;
    if (m_isVisible)
        m_patience.start();
    m_stream.send(displaymessage::make("display.update", params), descriptor);
}

void DisplayConnection::describePicture(const Frame &frame, bool isForced, QJsonObject &into,
                                        int &descriptor)
{
    const bool isMemoryNew = !frame.isEmpty() && frame.keepAlive != m_sent.keepAlive;
    const bool isSame = !isMemoryNew && frame.memoryOffset == m_sent.memoryOffset
        && frame.width == m_sent.width && frame.height == m_sent.height
        && frame.strideBytes == m_sent.strideBytes && frame.format == m_sent.format
        && frame.isEmpty() == m_sent.isEmpty();
    if (isSame && !isForced)
        return;
    if (isMemoryNew)
        descriptor = frame.memoryFile;
    const std::shared_ptr<void> memory = frame.isEmpty() ? m_sent.keepAlive : frame.keepAlive;
    m_sent = frame;
    m_sent.keepAlive = memory;
    if (frame.isEmpty()) {
        into[QLatin1String("picture")] = QJsonObject();
        return;
    }
    into[QLatin1String("picture")] =
        QJsonObject{{QStringLiteral("memory"), isMemoryNew},
                    {QStringLiteral("offset"), qint64(frame.memoryOffset)},
                    {QStringLiteral("width"), frame.width},
                    {QStringLiteral("height"), frame.height},
                    {QStringLiteral("stride"), qint64(frame.strideBytes)},
                    {QStringLiteral("format"), int(frame.format)}};
}

QJsonObject DisplayConnection::describeCursor() const
{
    const CursorImage cursor = m_view.screen->cursor();
    constexpr int Most = displaymessage::MaxCursorSide;
    const bool isSendable = cursor.width > 0 && cursor.height > 0 && cursor.width <= Most
        && cursor.height <= Most
        && cursor.pixels.size() == std::size_t(cursor.width) * std::size_t(cursor.height);
    if (!cursor.isVisible || !isSendable)
        return {{QStringLiteral("visible"), cursor.isVisible}};
    const auto bytes =
        QByteArray::fromRawData(reinterpret_cast<const char *>(cursor.pixels.data()),
                                qsizetype(cursor.pixels.size() * sizeof(std::uint32_t)));
    return {{QStringLiteral("visible"), true},
            {QStringLiteral("width"), cursor.width},
            {QStringLiteral("height"), cursor.height},
            {QStringLiteral("hotX"), cursor.hotSpotX},
            {QStringLiteral("hotY"), cursor.hotSpotY},
            {QStringLiteral("pixels"), QString::fromLatin1(bytes.toBase64())}};
}

QJsonObject DisplayConnection::describeInput() const
{
    QJsonObject input{
        {QStringLiteral("absolute"), m_view.input->pointerMode() == PointerMode::Absolute}};
    if (const std::optional<LockLights> lights = m_view.input->lockLights())
        input[QLatin1String("lights")] =
            QJsonArray{lights->capsLock, lights->numLock, lights->scrollLock};
    return input;
}

void DisplayConnection::receive(const QJsonObject &message)
{
    const QString method = message[QLatin1String("method")].toString();
    const QJsonObject params = message[QLatin1String("params")].toObject();
    InputSink &input = *m_view.input;
    const QLatin1String x("x");
    const QLatin1String y("y");
    if (method == QLatin1String("display.seen")) {
        m_patience.stop();
        if (!std::exchange(m_isAwaitingAnswer, false))
            return;
        if (std::exchange(m_isStalled, false))
            m_view.screen->setVisible(m_isVisible);
        update();
    } else if (method == QLatin1String("display.visible")) {
        setVisible(params[QLatin1String("isVisible")].toBool());
    } else if (method == QLatin1String("display.key")) {
        if (const int code = params[QLatin1String("code")].toInt(); isScanCode(code))
            input.key(ScanCode(code), motionOf(params));
    } else if (method == QLatin1String("display.button")) {
        const int button = params[QLatin1String("button")].toInt(-1);
        if (button >= 0 && button <= int(PointerButton::WheelRight))
            input.button(PointerButton(button), motionOf(params));
    } else if (method == QLatin1String("display.place")) {
        input.position(number(params, x, 0, displaymessage::MaxSide),
                       number(params, y, 0, displaymessage::MaxSide));
    } else if (method == QLatin1String("display.motion")) {
        input.motion(number(params, x, -MaxStep, MaxStep), number(params, y, -MaxStep, MaxStep));
    } else if (method == QLatin1String("display.size")) {
        m_view.screen->wantSize(
            number(params, QLatin1String("width"), 1, displaymessage::MaxSide),
            number(params, QLatin1String("height"), 1, displaymessage::MaxSide));
    } else if (method == QLatin1String("display.wantAgent")) {
        if (std::exchange(m_wantsAgent, true))
            return;
        m_view.agent->setTaker([this](const Fd &stream) {
            m_stream.send(displaymessage::make("display.agent"), stream.get());
        });
    } else if (method == QLatin1String("display.locks")) {
        input.setLockLights(params[QLatin1String("caps")].toBool(),
                            params[QLatin1String("num")].toBool());
    }
}

void DisplayConnection::setVisible(bool isVisible)
{
    m_isVisible = isVisible;
    if (!isVisible)
        m_patience.stop();
    else if (m_isAwaitingAnswer)
        m_patience.start();
    if (!m_isStalled)
        m_view.screen->setVisible(isVisible);
    if (!isVisible)
        return;
    // What was missed meanwhile.
    const std::lock_guard lock(m_mutex);
    m_notes.isPictureNew = true;
    post();
}

} // namespace engine

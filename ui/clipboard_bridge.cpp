// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clipboard_bridge.h"

#include "display/held_selections.h"
#include "ui/clip_formats.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QEventLoop>
#include <QtCore/QLocale>
#include <QtCore/QMimeData>
#include <QtCore/QTimer>
#include <QtGui/QClipboard>

#include <chrono>
#include <utility>

namespace ui {

using display::ClipFormat;
using display::GuestLink;

namespace {

// The program that pastes waits as long; Qt's own patience with another program is five seconds.
constexpr auto FetchTime = std::chrono::seconds(8);
constexpr int MostWaits = 4;
// A clipboard manager takes over what is new at once.
constexpr qint64 EchoMs = 1500;

QByteArray digest(const QByteArray &text)
{
    return QCryptographicHash::hash(text, QCryptographicHash::Sha256);
}

LineEnds lineEnds(const GuestLink *link)
{
    return link != nullptr && link->abilities().hasCrLfText ? LineEnds::CrLf : LineEnds::Lf;
}

} // namespace

// Stands on the clipboard for what is still in the guest.
class ClipboardBridge::GuestData final : public QMimeData
{
public:
    GuestData(ClipboardBridge &bridge, const QList<ClipFormat> &formats)
        : m_bridge(&bridge)
        , m_formats(formats)
    { }

    QStringList formats() const override
    {
        QStringList types;
        for (const ClipFormat format : m_formats)
            types += mimeTypesOf(format);
        return types;
    }
    bool hasFormat(const QString &type) const override { return formats().contains(type); }

protected:
    // Always a value: nothing of this object is looked at after a wait in which it may have gone.
    QVariant retrieveData(const QString &type, QMetaType) const override
    {
        const QPointer<ClipboardBridge> bridge = m_bridge;
        for (const ClipFormat format : m_formats) {
            if (mimeTypesOf(format).contains(type))
                return bridge != nullptr ? bridge->fetch(format) : QByteArray("");
        }
        return {};
    }

private:
    const QPointer<ClipboardBridge> m_bridge;
    const QList<ClipFormat> m_formats;
};

ClipboardBridge::ClipboardBridge(QClipboard &clipboard, QObject *parent)
    : QObject(parent)
    , m_clipboard(clipboard)
{
    connect(&clipboard, &QClipboard::dataChanged, this, &ClipboardBridge::clipboardChanged);
}

ClipboardBridge::~ClipboardBridge()
{
    setLink(nullptr);
    m_clipboard.disconnect(this);
    if (isGuestsOnHost() && m_waits == 0)
        m_clipboard.clear();
}

void ClipboardBridge::setLink(GuestLink *link)
{
    if (m_link == link)
        return;
    if (m_link != nullptr) {
        m_link->disconnect(this);
        withdrawFromGuest();
    }
    m_link = link;
    if (link != nullptr) {
        connect(link, &GuestLink::abilitiesChanged, this, &ClipboardBridge::abilitiesChanged);
        connect(link, &GuestLink::offered, this, &ClipboardBridge::guestOffered);
        connect(link, &GuestLink::requested, this, &ClipboardBridge::guestRequested);
        connect(link, &GuestLink::arrived, this, &ClipboardBridge::guestSent);
    }
    abilitiesChanged();
}

// Another agent, another clipboard.
void ClipboardBridge::abilitiesChanged()
{
    m_isOffered = false;
    m_isHostNews = true;
    if (m_link == nullptr || !m_link->abilities().hasClipboard) {
        m_guestNews.clear();
        m_awaited.clear();
        removeFromHost();
        emit arrivalEnded();
    }
    share();
}

void ClipboardBridge::setMode(engine::SharingMode mode)
{
    if (mode == std::exchange(m_mode, mode))
        return;
    if (!goesToGuest(mode)) {
        const bool wasOffered = m_isOffered;
        withdrawFromGuest();
        m_isHostNews = m_isHostNews || wasOffered;
    }
    if (!goesToHost(mode) && isGuestsOnHost()) {
        const QList<ClipFormat> formats = m_guestFormats;
        removeFromHost();
        m_guestNews = formats; // should the user change their mind
        m_isHostNews = false;
    }
    share();
}

void ClipboardBridge::setActive(bool isActive)
{
    m_isActive = isActive;
    share();
}

bool ClipboardBridge::isGuestsOnHost() const
{
    return m_guestData != nullptr && m_clipboard.mimeData() == m_guestData;
}

void ClipboardBridge::clipboardChanged()
{
    if (isGuestsOnHost())
        return;
    m_guestNews.clear();
    m_guestFormats.clear();
    m_fetched.clear();
    withdrawFromGuest();
    m_isHostNews = true;
    share();
}

void ClipboardBridge::guestOffered(const QList<ClipFormat> &formats)
{
    m_isOffered = false;
    m_doubted.clear();
    if (formats.isEmpty()) {
        m_guestNews.clear();
        removeFromHost();
        return;
    }
    const bool mayBeEcho = formats.contains(ClipFormat::Text) && m_sinceTextToGuest.isValid()
        && !m_sinceTextToGuest.hasExpired(EchoMs);
    if (mayBeEcho && goesToHost(m_mode)) {
        m_doubted = formats;
        m_link->request(ClipFormat::Text);
        return;
    }
    m_isHostNews = false;
    m_guestNews = formats;
    share();
}

void ClipboardBridge::guestSent(ClipFormat format, const QByteArray &data)
{
    const bool isText = format == ClipFormat::Text;
    const QByteArray ready = isText ? textFromGuest(data, lineEnds(m_link)) : data;
    if (isText && !m_doubted.isEmpty()) {
        const QList<ClipFormat> formats = std::exchange(m_doubted, {});
        if (digest(ready) == m_textToGuest)
            return; // this desktop's own, which still has more formats here
        m_isHostNews = false;
        m_guestNews = formats;
        share();
        return;
    }
    if (!m_awaited.removeOne(format))
        return; // unasked
    if (isText)
        m_textToHost = digest(ready);
    m_fetched.insert(format, ready);
    emit arrivalEnded();
}

void ClipboardBridge::guestRequested(ClipFormat format)
{
    if (m_link == nullptr)
        return;
    const QMimeData *data = m_clipboard.mimeData();
    if (!m_isOffered || !goesToGuest(m_mode) || data == nullptr || isGuestsOnHost()) {
        m_link->answer(format, {});
        return;
    }
    const QByteArray bytes = clipData(*data, format, lineEnds(m_link));
    if (bytes.size() > GuestLink::MaxClipboardBytes) {
        const QLocale locale;
        emit said(tr("What you copied is too large for the guest: %1, and %2 is the most")
                      .arg(locale.formattedDataSize(bytes.size()),
                           locale.formattedDataSize(GuestLink::MaxClipboardBytes)));
        m_link->answer(format, {});
        return;
    }
    if (format == ClipFormat::Text) {
        m_textToGuest = digest(textFromGuest(bytes, lineEnds(m_link)));
        m_sinceTextToGuest.start();
    }
    m_link->answer(format, bytes);
}

void ClipboardBridge::share()
{
    // Who waits stands on the very data that would be replaced.
    if (m_waits > 0 || !m_isActive || m_link == nullptr || !m_link->abilities().hasClipboard)
        return;
    if (!m_guestNews.isEmpty() && goesToHost(m_mode))
        takeFromGuest();
    else if (m_isHostNews && goesToGuest(m_mode))
        offerToGuest();
}

void ClipboardBridge::offerToGuest()
{
    m_isHostNews = false;
    const QMimeData *data = m_clipboard.mimeData();
    if (data == nullptr || isGuestsOnHost())
        return;
    const QList<ClipFormat> formats = formatsIn(*data);
    if (formats.isEmpty())
        return;
    if (!m_textToHost.isEmpty() && formats.contains(ClipFormat::Text)
        && digest(clipData(*data, ClipFormat::Text, LineEnds::Lf)) == m_textToHost)
        return; // the guest's own
    m_isOffered = true;
    m_link->offer(formats);
}

void ClipboardBridge::withdrawFromGuest()
{
    if (std::exchange(m_isOffered, false) && m_link != nullptr)
        m_link->offer({});
}

void ClipboardBridge::takeFromGuest()
{
    m_guestFormats = std::exchange(m_guestNews, {});
    m_fetched.clear();
    m_textToHost.clear();
    m_isHostNews = false;
    auto *data = new GuestData(*this, m_guestFormats);
    m_guestData = data;
    m_clipboard.setMimeData(data);
}

void ClipboardBridge::removeFromHost()
{
    if (!isGuestsOnHost())
        return;
    if (m_waits > 0) {
        m_isRemovalDue = true;
        return;
    }
    m_isRemovalDue = false;
    m_clipboard.clear();
    m_isHostNews = false; // nothing is no news
}

QByteArray ClipboardBridge::fetch(ClipFormat format)
{
    const QByteArray nothing("");
    if (const auto ready = m_fetched.constFind(format); ready != m_fetched.constEnd())
        return *ready;
    if (m_link == nullptr || !goesToHost(m_mode) || m_waits >= MostWaits)
        return nothing;
    if (!m_awaited.contains(format)) {
        m_awaited.append(format);
        m_link->request(format);
    }
    const QPointer<ClipboardBridge> guard(this);
    ++m_waits;
    {
        const display::HeldSelections held;
        QEventLoop loop;
        connect(this, &ClipboardBridge::arrivalEnded, &loop, &QEventLoop::quit);
        connect(this, &QObject::destroyed, &loop, &QEventLoop::quit);
        QTimer patience;
        patience.setSingleShot(true);
        connect(&patience, &QTimer::timeout, &loop, &QEventLoop::quit);
        patience.start(FetchTime);
        while (guard != nullptr && m_awaited.contains(format) && patience.isActive())
            loop.exec(QEventLoop::ExcludeUserInputEvents);
        if (guard == nullptr)
            return nothing;
    }
    --m_waits;
    const QByteArray data = m_fetched.value(format, nothing);
    if (m_awaited.removeOne(format))
        emit said(tr("The guest did not hand over what was copied there."));
    // Not from here: the clipboard's data is being asked.
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (m_isRemovalDue)
                removeFromHost();
            share();
        },
        Qt::QueuedConnection);
    return data.isNull() ? nothing : data;
}

} // namespace ui

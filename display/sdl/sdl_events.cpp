// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/sdl/sdl_events.h"

#include <QtCore/QAbstractEventDispatcher>
#include <QtCore/QFileInfo>
#include <QtCore/QSocketNotifier>

#include <chrono>
#include <utility>

#include <SDL_events.h>

namespace display {

namespace {

constexpr auto LookAgain = std::chrono::milliseconds(20);
constexpr int LooksAfterAnEvent = 25; // half a second
constexpr auto LookWhenBusy = std::chrono::milliseconds(8); // as often as gamepads have news
const QString InputDevices = QStringLiteral("/dev/input");

} // namespace

SdlEvents::SdlEvents(SDL_Window &window, Handler handler)
    : m_handler(std::move(handler))
{
    const int connection = sdlConnection(window);
    if (connection >= 0) {
        m_connection = std::make_unique<QSocketNotifier>(connection, QSocketNotifier::Read);
        connect(m_connection.get(), &QSocketNotifier::activated, this, &SdlEvents::handleAll);
    }
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::aboutToBlock, this,
            &SdlEvents::look);
    m_again.setInterval(LookAgain);
    connect(&m_again, &QTimer::timeout, this, [this] {
        if (m_connection != nullptr && !m_isBusy && ++m_quietLooks >= LooksAfterAnEvent)
            m_again.stop();
        handleAll();
    });
    m_again.start();
    if (QFileInfo::exists(InputDevices))
        m_gamepads.addPath(InputDevices);
    connect(&m_gamepads, &QFileSystemWatcher::directoryChanged, this, &SdlEvents::lookForAWhile);
}

SdlEvents::~SdlEvents() = default;

// Not handled here: the loop may wait in the middle of something.
void SdlEvents::look()
{
    SDL_PumpEvents();
    if (!SDL_HasEvents(SDL_FIRSTEVENT, SDL_LASTEVENT) || std::exchange(m_isPosted, true))
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_isPosted = false;
            handleAll();
        },
        Qt::QueuedConnection);
}

void SdlEvents::setBusy(bool isBusy)
{
    m_isBusy = isBusy;
    m_again.setInterval(isBusy ? LookWhenBusy : LookAgain);
    lookForAWhile();
}

void SdlEvents::lookForAWhile()
{
    m_quietLooks = 0;
    if (!m_again.isActive())
        m_again.start();
}

void SdlEvents::handleAll()
{
    SDL_PumpEvents();
    SDL_Event event;
    while (SDL_PeepEvents(&event, 1, SDL_GETEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT) == 1) {
        lookForAWhile();
        m_handler(event);
    }
}

} // namespace display

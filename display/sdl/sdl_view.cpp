// SPDX-License-Identifier: GPL-3.0-or-later
// The half of SdlView that has the window and shows the picture.
#include "display/sdl/sdl_view.h"

#include "display/guest_cursor.h"
#include "display/sdl/sdl_view_private.h"
#include "display/sdl/sdl_words.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>

#include <SDL.h>

namespace display {

namespace {

constexpr QSize SizeWithoutFrame(720, 400);
constexpr auto HintTime = std::chrono::milliseconds(4000);
constexpr int HintEnlarged = 130;
constexpr int CenterEnlarged = 180;
constexpr int WholeSize = 100; // percent

// SDL is made for games; a window among others wants most of that otherwise.
void setHints()
{
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); // app/signal_watch.h has them
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    SDL_SetHint(SDL_HINT_VIDEO_MINIMIZE_ON_FOCUS_LOSS, "0");
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    SDL_SetHint(SDL_HINT_ALLOW_ALT_TAB_WHILE_GRABBED, "0"); // it is the guest's then
    SDL_SetHint(SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "1");
    SDL_SetHint(SDL_HINT_QUIT_ON_LAST_WINDOW_CLOSE, "0");
    SDL_SetHint(SDL_HINT_APP_NAME, "Vitrine");
    // No hints of SDL 2.26's.
    SDL_setenv("SDL_VIDEO_X11_WMCLASS", "org.vitrine.Vitrine", 0);
    SDL_setenv("SDL_VIDEO_WAYLAND_WMCLASS", "org.vitrine.Vitrine", 0);
}

void setIcon(SDL_Window &window, const QImage &icon)
{
    QImage pixels = icon.convertToFormat(QImage::Format_ARGB32);
    if (pixels.isNull())
        return;
    SDL_Surface *surface = SDL_CreateRGBSurfaceWithFormatFrom(
        pixels.bits(), pixels.width(), pixels.height(), pixels.depth(), int(pixels.bytesPerLine()),
        SDL_PIXELFORMAT_ARGB8888);
    if (surface == nullptr)
        return;
    SDL_SetWindowIcon(&window, surface);
    SDL_FreeSurface(surface);
}

} // namespace

SdlView::Private::QuitSdl::~QuitSdl()
{
    SDL_Quit();
}

engine::Result<std::unique_ptr<SdlView>> SdlView::open(const QString &title, const QImage &icon)
{
    setHints();
    auto parts = std::make_unique<Private>();
    const auto fail = [](const char *what) {
        return engine::Error(engine::ErrorKind::Unsupported,
                             std::string(what) + ": " + SDL_GetError());
    };
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0)
        return fail("SDL finds no display to show a window on")
            .withRemedy("Start the machine from a desktop session, or without a window (headless)");
    SDL_StopTextInput(); // an input method would keep keys from the guest
    SDL_EventState(SDL_DROPTEXT, SDL_IGNORE);
    parts->window.reset(SDL_CreateWindow(
        title.toUtf8().constData(), SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED,
        SizeWithoutFrame.width(), SizeWithoutFrame.height(),
        SDL_WINDOW_HIDDEN | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI));
    if (parts->window == nullptr)
        return fail("SDL cannot make a window");
    setIcon(*parts->window, icon);
    parts->picture = TRY(SdlPicture::open(*parts->window));
    parts->wantedSize = parts->windowSize();
    return std::unique_ptr<SdlView>(new SdlView(std::move(parts)));
}

SdlView::SdlView(std::unique_ptr<Private> parts)
    : m_private(std::move(parts))
{
    m_private->q = this;
    m_private->events = std::make_unique<SdlEvents>(
        *m_private->window, [this](const SDL_Event &event) { m_private->handle(event); });
    m_private->gamepad = std::make_unique<SdlGamepad>([this] {
        m_private->events->setBusy(m_private->gamepad->isInUse());
        emit gamepadChanged();
    });
    connect(&m_private->notes, &FrameNotes::arrived, this, [this] { m_private->takeNotes(); });
    m_private->drawTimer.setSingleShot(true);
    connect(&m_private->drawTimer, &QTimer::timeout, this, [this] { m_private->draw(); });
    m_private->hintTimer.setSingleShot(true);
    m_private->hintTimer.setInterval(HintTime);
    connect(&m_private->hintTimer, &QTimer::timeout, this, [this] {
        m_private->hint.clear();
        m_private->drawSoon();
    });
}

SdlView::~SdlView()
{
    disconnect();
    setSink(nullptr);
    if (m_private->source)
        m_private->source->setListener(nullptr);
}

void SdlView::setSource(engine::FrameSource *source)
{
    if (m_private->source)
        m_private->source->setListener(nullptr);
    m_private->notes.clear();
    m_private->source = source;
    if (source) {
        m_private->notes.setWaitingForQuiet(!source->tellsWholePictures());
        source->setListener(&m_private->notes);
        source->setVisible(m_private->isShown);
    }
    m_private->picture->forget();
    m_private->updateGuestSize();
    m_private->updateCursor();
    m_private->drawSoon();
}

void SdlView::Private::takeNotes()
{
    const FrameNotes::Notes news = notes.take();
    if (news.isResized || guestSize.isEmpty()) {
        picture->forget(); // the format may be another, or the memory
        updateGuestSize();
        drawSoon();
    } else if (!news.damage.isEmpty()) {
        drawSoon(news.damage);
    }
    if (news.hasNewCursor || news.isResized)
        updateCursor();
}

void SdlView::Private::updateGuestSize()
{
    const engine::Frame newest = source ? source->frame() : engine::Frame();
    const QSize size = newest.isEmpty() || newest.format == engine::PixelFormat::None
        ? QSize()
        : QSize(newest.width, newest.height);
    const QSize before = std::exchange(guestSize, size);
    if (before == size)
        return;
    if (!size.isEmpty())
        followGuest();
    emit q->guestSizeChanged(size);
}

QSize SdlView::Private::windowSize() const
{
    int width = 0;
    int height = 0;
    SDL_GetWindowSize(window.get(), &width, &height);
    return {width, height};
}

qreal SdlView::Private::ratio() const
{
    const int logical = windowSize().width();
    return logical > 0 ? qreal(picture->deviceSize().width()) / logical : 1.0;
}

FrameGeometry SdlView::Private::geometry() const
{
    return FrameGeometry(guestSize,
                         {.size = windowSize(),
                          .devicePixelRatio = ratio(),
                          .scaleMode = isSmooth ? ScaleMode::Fit : ScaleMode::FitWhole});
}

void SdlView::Private::drawSoon(const QRegion &more)
{
    damage += more;
    if (!drawTimer.isActive())
        drawTimer.start(0);
}

void SdlView::Private::draw()
{
    if (!isShown)
        return; // drawn as a whole when it is shown again
    const engine::Frame newest = source ? source->frame() : engine::Frame();
    picture->update(newest, std::exchange(damage, {}));
    const QSize room = picture->deviceSize();
    const auto words = [&](const QString &text, int enlarged, int quarter) {
        const QImage image = wordsImage(text, room, ratio(), enlarged);
        return SdlPicture::Words{image,
                                 QPoint((room.width() - image.width()) / 2,
                                        (room.height() * quarter / 4) - image.height() / 2)};
    };
    const QString &center = guestSize.isEmpty() ? placeholder : dimWords;
    picture->draw(geometry(), isDimmed,
                  {words(center, CenterEnlarged, 2), words(hint, HintEnlarged, 1)});
    // The guest's pointer is shown as large as its picture.
    if (const FrameGeometry place = geometry(); !place.isEmpty()
        && cursorScale != qreal(place.deviceRect().width()) / place.guestSize().width())
        updateCursor();
}

bool SdlView::Private::isPlacedByDesktop() const
{
    return (SDL_GetWindowFlags(window.get())
            & (SDL_WINDOW_FULLSCREEN_DESKTOP | SDL_WINDOW_MAXIMIZED))
        != 0;
}

void SdlView::Private::setWindowSize(int shownPercent)
{
    const qreal factor = shownPercent / (100.0 * ratio());
    QSize size(int(std::ceil(guestSize.width() * factor)),
               int(std::ceil(guestSize.height() * factor)));
    SDL_Rect usable{};
    if (SDL_GetDisplayUsableBounds(std::max(0, SDL_GetWindowDisplayIndex(window.get())), &usable)
        == 0) {
        int top = 0;
        int left = 0;
        int bottom = 0;
        int right = 0;
        SDL_GetWindowBordersSize(window.get(), &top, &left, &bottom, &right);
        size = size.boundedTo(QSize(usable.w - left - right, usable.h - top - bottom));
    }
    isUserSized = false;
    wantedSize = size;
    SDL_SetWindowSize(window.get(), size.width(), size.height());
}

void SdlView::Private::followGuest()
{
    if (isPlacedByDesktop() || isUserSized || guestSize.isEmpty())
        return;
    setWindowSize(percent);
}

void SdlView::Private::setShown(bool shown)
{
    if (std::exchange(isShown, shown) == shown)
        return;
    if (source)
        source->setVisible(shown);
    if (shown) {
        picture->forget(); // nobody told what changed meanwhile
        updateGuestSize();
        drawSoon();
    } else {
        q->releaseCapture();
    }
}

void SdlView::Private::updateCursor()
{
    const bool isGuests =
        source && !guestSize.isEmpty() && pointer.mode() == engine::PointerMode::Absolute;
    if (!isGuests) {
        SDL_SetCursor(SDL_GetDefaultCursor());
        SDL_ShowCursor(SDL_ENABLE);
        cursor.reset();
        return;
    }
    const FrameGeometry place = geometry();
    cursorScale =
        place.isEmpty() ? 1.0 : qreal(place.deviceRect().width()) / place.guestSize().width();
    const engine::CursorImage image = source->cursor();
    // SDL counts a pointer's pixels as the desktop does.
    HostPointer shape = hostPointer(image, cursorScale / ratio());
    QImage pixels = shape.image.convertToFormat(QImage::Format_ARGB32);
    SDL_Surface *surface = pixels.isNull()
        ? nullptr
        : SDL_CreateRGBSurfaceWithFormatFrom(pixels.bits(), pixels.width(), pixels.height(),
                                             pixels.depth(), int(pixels.bytesPerLine()),
                                             SDL_PIXELFORMAT_ARGB8888);
    std::unique_ptr<SDL_Cursor, DropCursor> fresh(
        surface ? SDL_CreateColorCursor(surface, shape.hotSpot.x(), shape.hotSpot.y()) : nullptr);
    SDL_FreeSurface(surface);
    SDL_SetCursor(fresh ? fresh.get() : SDL_GetDefaultCursor());
    SDL_ShowCursor(image.isVisible ? SDL_ENABLE : SDL_DISABLE);
    cursor = std::move(fresh);
}

void SdlView::setPlaceholderText(const QString &text)
{
    if (std::exchange(m_private->placeholder, text) != text)
        m_private->drawSoon();
}

void SdlView::setDimmed(bool isDimmed, const QString &words)
{
    const bool isOther = std::exchange(m_private->isDimmed, isDimmed) != isDimmed;
    if (std::exchange(m_private->dimWords, words) != words || isOther)
        m_private->drawSoon();
}

void SdlView::showHint(const QString &text)
{
    m_private->hint = text;
    m_private->hintTimer.start();
    m_private->drawSoon();
}

void SdlView::setTitle(const QString &title)
{
    SDL_SetWindowTitle(m_private->window.get(), title.toUtf8().constData());
}

void SdlView::present()
{
    SDL_Window *window = m_private->window.get();
    if ((SDL_GetWindowFlags(window) & SDL_WINDOW_MINIMIZED) != 0)
        SDL_RestoreWindow(window);
    SDL_ShowWindow(window);
    SDL_RaiseWindow(window);
    m_private->setShown(true);
}

void SdlView::hide()
{
    releaseCapture();
    SDL_HideWindow(m_private->window.get());
    m_private->setShown(false);
}

void SdlView::minimize()
{
    releaseCapture();
    SDL_MinimizeWindow(m_private->window.get());
}

bool SdlView::isShown() const
{
    return m_private->isShown;
}

void SdlView::setFullScreen(bool isFull)
{
    if (isFull == isFullScreen())
        return;
    SDL_SetWindowFullscreen(m_private->window.get(), isFull ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
    if (!isFull)
        m_private->followGuest();
    m_private->drawSoon();
}

bool SdlView::isFullScreen() const
{
    return (SDL_GetWindowFlags(m_private->window.get()) & SDL_WINDOW_FULLSCREEN_DESKTOP)
        == SDL_WINDOW_FULLSCREEN_DESKTOP;
}

void SdlView::setSmooth(bool isSmooth)
{
    if (std::exchange(m_private->isSmooth, isSmooth) == isSmooth)
        return;
    m_private->drawSoon();
    emit roomChanged();
}

bool SdlView::isSmooth() const
{
    return m_private->isSmooth;
}

void SdlView::showAt(int percent)
{
    if (m_private->guestSize.isEmpty())
        return;
    m_private->percent = percent;
    setSmooth(percent % WholeSize != 0);
    if (isFullScreen())
        return;
    if ((SDL_GetWindowFlags(m_private->window.get()) & SDL_WINDOW_MAXIMIZED) != 0)
        SDL_RestoreWindow(m_private->window.get());
    m_private->setWindowSize(percent);
    m_private->drawSoon();
}

QSize SdlView::guestSize() const
{
    return m_private->guestSize;
}

QSize SdlView::guestRoom() const
{
    const QSize device = m_private->picture->deviceSize();
    return isFullScreen() ? device : device * WholeSize / m_private->percent;
}

QString SdlView::description() const
{
    SDL_RendererInfo info{};
    SDL_GetRendererInfo(SDL_GetRenderer(m_private->window.get()), &info);
    return QStringLiteral("SDL shows the window by %1 and %2")
        .arg(QString::fromUtf8(SDL_GetCurrentVideoDriver()), QString::fromUtf8(info.name));
}

int SdlView::shownPercent() const
{
    const FrameGeometry place = m_private->geometry();
    return place.isEmpty() ? WholeSize
                           : qRound(100.0 * place.deviceRect().width() / place.guestSize().width());
}

QRect SdlView::place() const
{
    int x = 0;
    int y = 0;
    SDL_GetWindowPosition(m_private->window.get(), &x, &y);
    return {QPoint(x, y), m_private->windowSize()};
}

unsigned long SdlView::x11Window() const
{
    return sdlX11Window(*m_private->window);
}

} // namespace display

// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/film/screen_recorder.h"

#include "engine/base/log.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QFile>
#include <QtCore/QJsonObject>
#include <QtCore/QPointer>

#include <algorithm>

namespace display {

using engine::RecordingStatus;
using std::chrono::milliseconds;

namespace {

// A picture that stays is written again now and then: what is on the disk is not to lag behind.
constexpr milliseconds LongestStill{1000};
constexpr std::uint64_t MiB = 1024 * 1024;

FilmRequest filmRequest(const QString &file, const engine::RecordingSettings &settings)
{
    return {.file = QFile::encodeName(file).toStdString(),
            .width = settings.width,
            .height = settings.height,
            .framesPerSecond = settings.framesPerSecond,
            .kilobitsPerSecond = settings.kilobitsPerSecond,
            .longest = std::chrono::seconds(settings.maxSeconds),
            .mostBytes = std::uint64_t(settings.maxMiB) * MiB};
}

} // namespace

ScreenRecorder::ScreenRecorder(engine::ControlClient &client, FilmScreen &screen, OpenFilm open,
                               QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_screen(screen)
    , m_open(std::move(open))
{
    m_ticks.setTimerType(Qt::PreciseTimer);
    connect(&m_ticks, &QTimer::timeout, this, &ScreenRecorder::tick);
    connect(&client, &engine::ControlClient::recordingWanted, this, &ScreenRecorder::begin);
    connect(&client, &engine::ControlClient::recordingEndWanted, this, &ScreenRecorder::end);
    connect(&screen, &FilmScreen::sessionChanged, this, [this] {
        if (m_film == nullptr)
            return;
        if (FrameTee *const tee = m_screen.tee()) {
            tee->setWatched(true);
            m_hasPicture = false;
            updateClock();
        } else {
            finishNow(); // its picture goes elsewhere, or the machine ends
        }
    });
    connect(&client, &engine::ControlClient::disconnected, this, &ScreenRecorder::finishNow);
    connect(&client, &engine::ControlClient::statusChanged, this, &ScreenRecorder::updateClock);
}

ScreenRecorder::~ScreenRecorder()
{
    finishNow();
}

void ScreenRecorder::begin(int number, const QString &file,
                           const engine::RecordingSettings &settings)
{
    finishNow();
    m_number = number;
    m_isRunning = false;
    m_hasPicture = false;
    m_lastPicture = milliseconds(0);
    m_clock = std::make_shared<FilmClock>();
    FilmRequest request = filmRequest(file, settings);
    m_longest = request.longest;
    const bool hasSound =
        settings.hasSound && m_client.status().supports(engine::Feature::SoundTap).isAvailable;
    if (hasSound)
        request.soundClock = m_clock;
    engine::Result<std::unique_ptr<Film>> film = m_open(request);
    if (!film) {
        tell(RecordingStatus::Phase::Failed, engine::errorText(film.error()));
        return;
    }
    m_film = std::move(*film);
    // The display may still be opening; its first picture begins the film.
    if (FrameTee *const tee = m_screen.tee())
        tee->setWatched(true);
    if (hasSound)
        m_sound = std::make_unique<engine::SoundClient>(
            m_client.socketPath(), [this](engine::Result<engine::Fd> socket) {
                if (!socket)
                    engine::log(engine::LogLevel::Warning, "recording",
                                "the film is silent: " + socket.error().text());
                else if (m_film != nullptr)
                    m_film->hear(std::move(*socket));
            });
    m_ticks.start(
        1000
        / std::clamp(settings.framesPerSecond, 1, engine::RecordingSettings::MaxFramesPerSecond));
    look();
}

void ScreenRecorder::end(int number)
{
    if (m_film != nullptr && number == m_number)
        m_film->finish(time()); // tick() tells when it is whole
}

void ScreenRecorder::tick()
{
    updateClock();
    if (m_clock->isRunning() || !m_hasPicture)
        look();
    if (!m_isRunning && m_film->state().pictures > 0) {
        m_isRunning = true;
        tell(RecordingStatus::Phase::Running);
    }
    if (isOver())
        finishNow();
}

void ScreenRecorder::updateClock()
{
    if (m_film != nullptr)
        m_clock->setRunning(m_hasPicture
                            && m_client.status().state == engine::Driver::State::Running);
}

milliseconds ScreenRecorder::time() const
{
    return std::chrono::duration_cast<milliseconds>(m_clock->now());
}

void ScreenRecorder::look()
{
    const FrameTee *const tee = m_screen.tee();
    if (tee == nullptr || m_film->isBusy())
        return;
    const std::uint64_t changes = tee->changes();
    const milliseconds now = time();
    // A film ends with a picture.
    const bool isOver = m_longest.count() > 0 && now >= m_longest;
    const bool isDue = !m_hasPicture || changes != m_changesSeen || isOver
        || now - m_lastPicture >= LongestStill;
    if (!isDue)
        return;
    const engine::Frame frame = tee->frame();
    if (frame.isEmpty())
        return;
    m_film->offer(frame, now);
    m_changesSeen = changes;
    m_lastPicture = now;
    m_hasPicture = true;
    updateClock();
}

bool ScreenRecorder::isOver()
{
    return m_film->state().isOver;
}

void ScreenRecorder::finishNow()
{
    if (m_film == nullptr)
        return;
    m_ticks.stop();
    m_sound.reset();
    m_clock->setRunning(false);
    m_film->finish(time());
    if (FrameTee *const tee = m_screen.tee())
        tee->setWatched(false);
    const std::unique_ptr<Film> film = std::move(m_film);
    const FilmState state = film->waitUntilOver();
    if (state.trouble)
        tell(RecordingStatus::Phase::Failed, engine::errorText(*state.trouble));
    else
        tell(RecordingStatus::Phase::Done);
}

void ScreenRecorder::tell(RecordingStatus::Phase phase, const QString &trouble)
{
    if (!m_client.isConnected())
        return;
    const bool isOver = phase != RecordingStatus::Phase::Running;
    const QPointer<ScreenRecorder> guard(this);
    m_client.call(QStringLiteral("recording.report"),
                  {{QStringLiteral("number"), m_number},
                   {QStringLiteral("phase"), engine::recordingPhaseWord(phase)},
                   {QStringLiteral("trouble"), trouble}},
                  [guard, isOver](const engine::Result<QJsonObject> &) {
                      if (guard != nullptr && isOver)
                          emit guard->ended();
                  });
}

} // namespace display

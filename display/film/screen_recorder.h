// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the film of the guest's screen that the machine's process asks this client for, from the
// picture that it has, and tells how that goes (engine/control/machine_recording.h).
//
// Looks at the picture as often as the film has frames a second, and copies it when it has changed;
// encoding and writing are another thread's (display/film/film.h). Where the film is to have sound
// and the engine can (Feature::SoundTap), the machine's process is asked for it. While the machine
// stands still so does the film's clock. Main thread.
#pragma once

#include "display/film/film_screen.h"
#include "display/film/open_film.h"
#include "engine/control/control_client.h"
#include "engine/control/sound_client.h"

#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <chrono>
#include <functional>
#include <memory>

namespace display {

using OpenFilm = std::function<engine::Result<std::unique_ptr<Film>>(const FilmRequest &)>;

class ScreenRecorder final : public QObject
{
    Q_OBJECT
public:
    ScreenRecorder(engine::ControlClient &client, FilmScreen &screen, OpenFilm open = openFilm,
                   QObject *parent = nullptr);
    ~ScreenRecorder() override; // finishes the film

signals:
    void ended(); // a film, whole or not, and the machine's process knows

private:
    void begin(int number, const QString &file, const engine::RecordingSettings &settings);
    void end(int number);
    void tick();
    void updateClock(); // by what the machine does
    void look(); // at the picture
    void finishNow(); // waits until it is whole
    std::chrono::milliseconds time() const; // of the film
    void tell(engine::RecordingStatus::Phase phase, const QString &trouble = {});
    bool isOver();

    engine::ControlClient &m_client;
    FilmScreen &m_screen;
    OpenFilm m_open;
    std::unique_ptr<Film> m_film; // none: nothing is recorded
    int m_number = 0;
    QTimer m_ticks;
    std::unique_ptr<engine::SoundClient> m_sound;
    std::shared_ptr<FilmClock> m_clock;
    std::chrono::milliseconds m_lastPicture{0};
    std::chrono::milliseconds m_longest{0}; // 0: no limit
    std::uint64_t m_changesSeen = 0;
    bool m_hasPicture = false;
    bool m_isRunning = false; // that was told
};

} // namespace display

// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the film of the guest's screen that the machine's process asks this window for, from the
// picture that the window has, and tells it how that goes (engine/control/machine_recording.h).
//
// Looks at the picture as often as the film has frames a second, and copies it when it has changed;
// encoding and writing are another thread's (display/film/film.h). While the machine stands still
// so does the film's clock. Main thread.
#pragma once

#include "display/film/open_film.h"
#include "engine/control/control_client.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <chrono>
#include <functional>
#include <memory>

namespace ui {

class ConsoleDisplay;

using OpenFilm =
    std::function<engine::Result<std::unique_ptr<display::Film>>(const display::FilmRequest &)>;

class ScreenRecorder final : public QObject
{
    Q_OBJECT
public:
    ScreenRecorder(engine::ControlClient &client, ConsoleDisplay &display,
                   OpenFilm open = display::openFilm, QObject *parent = nullptr);
    ~ScreenRecorder() override; // finishes the film

private:
    void begin(int number, const QString &file, const engine::RecordingSettings &settings);
    void end(int number);
    void tick();
    void look(); // at the picture
    void finishNow(); // waits until it is whole
    void tell(engine::RecordingStatus::Phase phase, const QString &trouble = {});
    bool isOver();

    engine::ControlClient &m_client;
    ConsoleDisplay &m_display;
    OpenFilm m_open;
    std::unique_ptr<display::Film> m_film; // none: nothing is recorded
    int m_number = 0;
    QTimer m_ticks;
    QElapsedTimer m_sinceTick;
    std::chrono::milliseconds m_time{0}; // of the film
    std::chrono::milliseconds m_lastPicture{0};
    std::uint64_t m_changesSeen = 0;
    bool m_hasPicture = false;
    bool m_isRunning = false; // that was told
};

} // namespace ui

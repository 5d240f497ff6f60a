// SPDX-License-Identifier: GPL-3.0-or-later
// vitrine-film: makes one film of the screen of a machine that no window shows. Started by
// vitrine-vm.
//
//   vitrine-film SOCKET      the machine's control socket
//
// To the machine it is a window that shows nothing (window.attach with "blind"). It goes when the
// film is over: stopped, at a limit, or the machine off, which leaves a whole one. What a kill
// leaves plays up to a second before.
#include "display/film/screen_recorder.h"
#include "display/open_display.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonObject>

#include <csignal>
#include <cstdio>
#include <memory>

namespace {

using State = engine::Driver::State;

// The machine's picture, from when it runs until it goes.
class MachineScreen final : public display::FilmScreen
{
public:
    explicit MachineScreen(engine::ControlClient &client)
    {
        connect(&client, &engine::ControlClient::statusChanged, this, &MachineScreen::setStatus);
    }
    ~MachineScreen() override
    {
        m_tee.reset();
        m_session.reset();
    }

    display::FrameTee *tee() const override { return m_tee.get(); }

    void begin(const engine::MachineStatus &status)
    {
        m_isWanted = true;
        setStatus(status);
    }

private:
    void setStatus(const engine::MachineStatus &status)
    {
        const bool hasPicture = status.state == State::Running || status.state == State::Paused
            || status.state == State::Saving || status.state == State::Stopping;
        if (m_isWanted && hasPicture && m_session == nullptr)
            open(status);
        else if (!hasPicture)
            drop();
    }
    void open(const engine::MachineStatus &status)
    {
        engine::DisplayEndpoint endpoint;
        endpoint.kind = status.displayKind;
        endpoint.spice = status.spice;
        endpoint.controlSocket = engine::paths::controlSocket(status.uuid);
        m_session = display::openDisplay(endpoint);
        // Queued: the session may not be deleted while it speaks.
        connect(m_session.get(), &display::DisplaySession::closed, this, &MachineScreen::drop,
                Qt::QueuedConnection);
        m_tee = std::make_unique<display::FrameTee>(m_session->frameSource());
        emit sessionChanged();
    }
    void drop()
    {
        if (m_session == nullptr)
            return;
        m_isWanted = false; // one film, of one picture
        const std::unique_ptr<display::DisplaySession> old = std::move(m_session);
        m_tee.reset(); // before the source that it looks at
        emit sessionChanged();
    }

    std::unique_ptr<display::DisplaySession> m_session;
    std::unique_ptr<display::FrameTee> m_tee;
    bool m_isWanted = false;
};

} // namespace

int main(int argc, char **argv)
{
    // The machine's process blocks them, and children inherit it (signal(7)).
    sigset_t ends;
    ::sigemptyset(&ends);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        ::sigaddset(&ends, signal);
    ::sigprocmask(SIG_UNBLOCK, &ends, nullptr);
    QCoreApplication application(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    if (words.size() != 2) {
        std::fputs("usage: vitrine-film SOCKET\n", stderr);
        return 2;
    }
    engine::ControlClient client;
    MachineScreen screen(client);
    const display::ScreenRecorder recorder(client, screen);
    QObject::connect(&client, &engine::ControlClient::connected, &client, [&] {
        client.call(QStringLiteral("window.attach"),
                    {{QStringLiteral("records"), true}, {QStringLiteral("blind"), true}},
                    [&](const engine::Result<QJsonObject> &result) {
                        if (result && (*result)[QLatin1String("attached")].toBool())
                            screen.begin(client.status());
                        else
                            QCoreApplication::exit(1); // nobody wants it anymore
                    });
    });
    // Queued: quitting counts once the event loop runs.
    QObject::connect(&client, &engine::ControlClient::disconnected, &application,
                     &QCoreApplication::quit, Qt::QueuedConnection);
    QObject::connect(&recorder, &display::ScreenRecorder::ended, &application,
                     &QCoreApplication::quit, Qt::QueuedConnection);
    client.connectTo(words[1]);
    return QCoreApplication::exec();
}

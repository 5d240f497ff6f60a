// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's screen for SPICE clients on TCP or a Unix socket (VRDE): a vitrine-spice as a child (spice_messages.h),
// which is a window of the hub like others as long as a client is there. What happens to it costs
// the clients their connection and nobody else anything: it is started anew, at the same port.
//
// The child dies with this process. Main thread only, which must live as long as the process
// (PR_SET_PDEATHSIG is per thread).
#pragma once

#include "engine/drivers/display_hub.h"
#include "engine/drivers/spice_address.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtCore/QTimer>

#include <functional>
#include <memory>

class QProcess;

namespace engine {

class DisplayConnection;
class DisplayStream;

struct SpiceProcessOptions
{
    QString program; // empty: vitrine-spice, beside the engine
    QString socket; // where a Unix socket is, if the definition wants one
    std::chrono::milliseconds startPatience{20'000};
    std::chrono::milliseconds firstPause{200}; // before it is started anew; then twice as long
    // A connection to what the guest plays, which ends the one before: vitrine-sound's end of it
    // (engine/host/sound_protocol.h). Empty: there is no sound card.
    std::function<Fd()> connectSound;
};

class SpiceProcess final : public QObject
{
    Q_OBJECT
public:
    static constexpr int MaxRestarts = 5; // in a minute, or that never came to serve

    // With TLS, `certificateFolder` has what prepareSpiceCertificate() made.
    SpiceProcess(const MachineDefinition &definition, QString certificateFolder, DisplayHub &hub,
                 SpiceProcessOptions options = {}, QObject *parent = nullptr);
    ~SpiceProcess() override; // kills and reaps

    // Once: at the first free port that the definition allows, or the socket. `ready` is called once, at once or
    // later, when it listens there; errors say where it cannot, and why.
    using Ready = std::function<void(Result<>)>;
    void start(Ready ready);

    // Nobody is served from now on, and no signal comes.
    void stop();

    // For clients on this computer, from start() on; no port once it gave up.
    const SpiceAddress &address() const { return m_address; }
    int clients() const { return m_clients; }
    qint64 processId() const; // 0: not at the moment

signals:
    void clientsChanged();
    void gaveUp(const QString &text); // a sentence: nobody sees the screen by SPICE any more

private:
    Result<> prepare();
    void launch();
    void receive(const QJsonObject &message);
    void setClients(int clients);
    void showScreen();
    void letHear();
    void readWords();
    void ended(const QString &how);
    void startAnew(const QString &how);
    void answer(Result<> result);
    QString place() const;

    const MachineDefinition m_definition;
    const QString m_certificateFolder;
    DisplayHub &m_hub;
    const SpiceProcessOptions m_options;
    SpiceAddress m_address;
    Ready m_ready;

    QProcess *m_process = nullptr;
    std::unique_ptr<DisplayStream> m_link;
    std::unique_ptr<DisplayConnection> m_screen; // none without clients
    int m_clients = 0;
    QStringList m_words; // what it last said on its standard error
    int m_loggedWords = 0; // of one life
    QTimer m_timer; // until it listens, or is started anew
    QElapsedTimer m_clock;
    QList<qint64> m_deaths; // m_clock's milliseconds, of the last minute
    int m_vainStarts = 0; // since it last served
};

} // namespace engine

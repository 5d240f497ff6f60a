// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/spice_process.h"

#include "engine/base/log.h"
#include "engine/drivers/display_connection.h"
#include "engine/drivers/display_protocol.h"
#include "engine/drivers/helper_child.h"
#include "engine/drivers/qemu_failure.h"
#include "engine/drivers/spice_messages.h"
#include "engine/drivers/spice_server.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/remote_display.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QJsonObject>
#include <QtCore/QPointer>
#include <QtCore/QProcess>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <signal.h>
#include <sys/socket.h>

namespace engine {

namespace {

constexpr int MostClients = 1000; // that are believed
constexpr std::chrono::milliseconds ScreenPause{200};
constexpr qint64 RestartWindow = 60'000; // milliseconds
// Clients bring the library to say things; a log has to stay readable.
constexpr int MostLoggedWords = 50;
constexpr int MostKeptWords = 5;
// What the library says of what it was asked for.
constexpr QLatin1String KnownWords("allowing multiple client connections");

Result<std::pair<Fd, Fd>> socketPair()
{
    std::array<int, 2> ends = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return Error(ErrorKind::Io,
                     std::string("Cannot make a pair of sockets: ") + std::strerror(errno));
    return std::pair(Fd(ends[0]), Fd(ends[1]));
}

} // namespace

SpiceProcess::SpiceProcess(const MachineDefinition &definition, QString certificateFolder,
                           DisplayHub &hub, SpiceProcessOptions options, QObject *parent)
    : QObject(parent)
    , m_definition(definition)
    , m_certificateFolder(std::move(certificateFolder))
    , m_hub(hub)
    , m_options(std::move(options))
{
    m_timer.setSingleShot(true);
    m_clock.start();
}

SpiceProcess::~SpiceProcess()
{
    stop();
    if (m_process != nullptr)
        m_process->waitForFinished(5000);
}

void SpiceProcess::stop()
{
    blockSignals(true);
    m_ready = {};
    m_timer.stop();
    m_timer.disconnect(this);
    m_screen.reset();
    if (m_link)
        m_link->disconnect(this);
    if (m_process == nullptr)
        return;
    m_process->disconnect(this);
    m_process->kill();
}

qint64 SpiceProcess::processId() const
{
    return m_process != nullptr ? m_process->processId() : 0;
}

QString SpiceProcess::place() const
{
    if (!m_address.socket.isEmpty())
        return m_address.socket;
    return QStringLiteral("%1, port %2")
        .arg(listenAddress(m_definition.remoteDisplay))
        .arg(qMax(m_address.port, m_address.tlsPort));
}

Result<> SpiceProcess::prepare()
{
    m_address = TRY(
        chooseSpiceAddress(m_definition.remoteDisplay, m_options.socket, m_certificateFolder));
    return {};
}

void SpiceProcess::start(Ready ready)
{
    m_ready = std::move(ready);
    if (Result<> prepared = prepare(); !prepared)
        answer(std::move(prepared));
    else
        launch();
}

void SpiceProcess::answer(Result<> result)
{
    m_timer.stop();
    if (const Ready ready = std::exchange(m_ready, {}))
        ready(std::move(result));
}

void SpiceProcess::launch()
{
    Result<std::pair<Fd, Fd>> ends = socketPair();
    if (!ends)
        return ended(errorText(ends.error()));
    auto &[ours, theirs] = *ends;
    const QString program = m_options.program.isEmpty()
        ? paths::moduleFolder() + QStringLiteral("/vitrine-spice")
        : m_options.program;
    m_words.clear();
    m_loggedWords = 0;
    m_process = new QProcess(this);
    m_process->setStandardInputFile(QProcess::nullDevice());
    m_process->setStandardOutputFile(QProcess::nullDevice());
    m_process->setChildProcessModifier(asHelper(SIGKILL, {theirs.get()}));
    connect(m_process, &QProcess::readyReadStandardError, this, &SpiceProcess::readWords);
    connect(m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        ended(howItEnded(status == QProcess::CrashExit, code));
    });
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            ended(QStringLiteral("cannot be run: ") + m_process->errorString());
    });
    m_timer.disconnect(this);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_words.append(QStringLiteral("it did not begin to listen"));
        m_process->kill();
    });
    m_timer.start(m_options.startPatience);
    m_link = std::make_unique<DisplayStream>(std::move(ours), DisplayStream::Descriptors::Refused);
    connect(m_link.get(), &DisplayStream::received, this, &SpiceProcess::receive);
    // Who breaks the rules ends like who is killed.
    connect(m_link.get(), &DisplayStream::closed, this, [this] {
        if (m_process != nullptr)
            m_process->kill();
    });
    const RemoteDisplay &remote = m_definition.remoteDisplay;
    const QString address = listenAddress(remote);
    m_link->send(displaymessage::make(
        spicemessage::Serve,
        {{QStringLiteral("name"), m_definition.name},
         {QStringLiteral("id"), m_definition.uuid.toString(QUuid::WithoutBraces)},
         {QStringLiteral("address"), address},
         {QStringLiteral("socket"), m_address.socket},
         {QStringLiteral("port"), m_address.port},
         {QStringLiteral("tlsPort"), m_address.tlsPort},
         {QStringLiteral("certificates"), m_certificateFolder},
         {QStringLiteral("password"), remote.password},
         // A copy through memory is faster than any compression, a network is not.
         {QStringLiteral("compress"), !isNearAddress(address)},
         {QStringLiteral("sound"), bool(m_options.connectSound)}}));
    m_process->start(program,
                     {QStringLiteral("--machine"), QString::number(theirs.get())});
}

void SpiceProcess::receive(const QJsonObject &message)
{
    const QString method = message[QLatin1String("method")].toString();
    if (method == QLatin1String(spicemessage::Serving)) {
        log(LogLevel::Info, "spice",
            QStringLiteral("the screen is offered at %1%2")
                .arg(place(),
                     m_address.tlsPort > 0 ? QStringLiteral(", by TLS") : QString())
                .toStdString());
        m_timer.stop();
        m_vainStarts = 0;
        answer({});
    } else if (method == QLatin1String(spicemessage::Clients)) {
        setClients(std::clamp(
            message[QLatin1String("params")].toObject()[QLatin1String("count")].toInt(), 0,
            MostClients));
    }
}

void SpiceProcess::setClients(int clients)
{
    const int before = std::exchange(m_clients, clients);
    if (before == clients)
        return;
    log(LogLevel::Info, "spice",
        clients == 1 ? "1 client is connected"
                     : std::to_string(clients) + " clients are connected");
    if (clients == 0)
        m_screen.reset();
    else if (clients < before || before == 0)
        showScreen();
    if (before == 0)
        letHear();
    emit clientsChanged();
}

// Anew also when one of several clients has gone: what it held down is let go, and of the agent it
// may have left half of a message.
void SpiceProcess::showScreen()
{
    m_screen.reset();
    Result<std::pair<Fd, Fd>> ends = socketPair();
    if (!ends) {
        log(LogLevel::Warning, "spice", errorText(ends.error()).toStdString());
        return;
    }
    auto &[ours, theirs] = *ends;
    m_link->send(displaymessage::make(spicemessage::Screen), theirs.get());
    m_screen = std::make_unique<DisplayConnection>(std::move(ours), QByteArray(), QJsonValue(),
                                                   m_hub.makeView());
    connect(m_screen.get(), &DisplayConnection::closed, this, [this] {
        m_screen->disconnect(this);
        m_screen.release()->deleteLater(); // it is what is speaking
        // Somebody's flood of keys may have ended it, and others still look.
        QTimer::singleShot(ScreenPause, this, [this] {
            if (m_clients > 0 && m_link && !m_screen)
                showScreen();
        });
    });
}

void SpiceProcess::letHear()
{
    if (!m_options.connectSound)
        return;
    if (const Fd socket = m_options.connectSound(); socket.isOpen())
        m_link->send(displaymessage::make(spicemessage::Sound), socket.get());
}

void SpiceProcess::readWords()
{
    m_process->setReadChannel(QProcess::StandardError);
    while (m_process->canReadLine()) {
        const QString line = QString::fromUtf8(m_process->readLine()).trimmed();
        if (line.isEmpty() || line.contains(KnownWords))
            continue;
        m_words.append(line);
        if (m_words.size() > MostKeptWords)
            m_words.removeFirst();
        if (m_loggedWords++ < MostLoggedWords)
            log(LogLevel::Info, "spice", line.toStdString());
    }
}

void SpiceProcess::ended(const QString &how)
{
    m_timer.stop();
    m_timer.disconnect(this);
    if (m_process != nullptr) {
        readWords();
        m_process->disconnect(this);
        std::exchange(m_process, nullptr)->deleteLater(); // it may be what is speaking
    }
    m_screen.reset();
    if (m_link) {
        m_link->disconnect(this);
        m_link.release()->deleteLater(); // likewise
    }
    const QString words =
        m_words.isEmpty() ? how : how + QStringLiteral(": ") + m_words.join(QStringLiteral("; "));
    if (m_ready)
        return answer(makeError(
            ErrorKind::Io,
            QStringLiteral("The machine's screen cannot be offered at %1: vitrine-spice %2")
                .arg(place(), words)));
    log(LogLevel::Warning, "spice", ("vitrine-spice " + words).toStdString());
    const QPointer<SpiceProcess> guard(this);
    setClients(0);
    if (guard)
        startAnew(words);
}

void SpiceProcess::startAnew(const QString &how)
{
    const qint64 now = m_clock.elapsed();
    m_deaths.removeIf([now](qint64 then) { return now - then > RestartWindow; });
    m_deaths.append(now);
    const bool isVain = ++m_vainStarts > MaxRestarts;
    if (isVain || m_deaths.size() > MaxRestarts) {
        const QString often = isVain ? QStringLiteral("%1 times without ever serving").arg(m_vainStarts)
                                     : QStringLiteral("%1 times in a minute").arg(m_deaths.size());
        const QString text = QStringLiteral("The machine's screen is no longer offered to SPICE "
                                            "clients at %1: vitrine-spice %2, and so it did %3")
                                 .arg(place(), how, often);
        log(LogLevel::Error, "spice", text.toStdString());
        m_address = {};
        emit gaveUp(text);
        return;
    }
    connect(&m_timer, &QTimer::timeout, this, &SpiceProcess::launch);
    m_timer.start(m_options.firstPause * (1 << (m_deaths.size() - 1)));
}

} // namespace engine

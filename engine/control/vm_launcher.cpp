// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/vm_launcher.h"

#include "engine/control/control_protocol.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QSocketNotifier>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

extern char **environ; // NOLINT(readability-redundant-declaration): POSIX says to declare it

namespace engine {

namespace {

// Where the child finds its end of the pipe; vm_main.cpp knows the same number.
constexpr int ReportDescriptor = 3;

Result<int> spawnDetached(const QStringList &command)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return Error(ErrorKind::Io, "Cannot make a pipe");

    std::vector<QByteArray> words;
    for (const QString &word : command)
        words.push_back(QFile::encodeName(word));
    std::vector<char *> arguments;
    for (QByteArray &word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    // The starter may be a CLI whose output somebody waits on: the machine must not hold it open.
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    // dup2 onto itself would keep FD_CLOEXEC, so the pipe's end is moved out of the way first.
    int writeEnd = ends[1];
    if (writeEnd == ReportDescriptor)
        writeEnd = ::fcntl(ends[1], F_DUPFD_CLOEXEC, ReportDescriptor + 1);
    posix_spawn_file_actions_adddup2(&actions, writeEnd, ReportDescriptor);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    // Its own session: neither the terminal's Ctrl+C nor its end reaches the machine. And no signal
    // is blocked because it is here.
    sigset_t none;
    ::sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);

    pid_t child = 0;
    const int failure = ::posix_spawn(&child, words.front().constData(), &actions, &attributes,
                                      arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    ::close(ends[1]);
    if (writeEnd != ends[1])
        ::close(writeEnd);
    if (failure != 0) {
        ::close(ends[0]);
        return makeError(ErrorKind::NotFound,
                         QStringLiteral("Cannot run \"%1\": %2")
                             .arg(command.first(), QString::fromLocal8Bit(std::strerror(failure))),
                         QStringLiteral("Reinstall Vitrine: one of its programs is missing"));
    }
    return ends[0];
}

Result<QString> parseReport(const QByteArray &report)
{
    const QJsonDocument document = QJsonDocument::fromJson(report);
    if (!document.isObject()) {
        return makeError(ErrorKind::Io,
                         QStringLiteral("The machine's process ended without a word"),
                         QStringLiteral("Look into the machine's log"));
    }
    const QJsonObject object = document.object();
    if (object.contains(QLatin1String("messages")))
        return errorFromJson(object);
    return object[QLatin1String("lack")].toString();
}

} // namespace

struct VmLauncher::Private
{
    int pipe = -1;
    QByteArray report;
    QString lack;
    Finished finished;
    std::unique_ptr<QSocketNotifier> notifier;

    // True once the report is whole: a line, or the end of the process.
    bool read()
    {
        std::array<char, 4096> chunk;
        const ssize_t size = ::read(pipe, chunk.data(), chunk.size());
        if (size > 0)
            report.append(chunk.data(), size);
        return size == 0 || (size < 0 && errno != EINTR) || report.contains('\n');
    }

    void finishReported()
    {
        Result<QString> parsed = parseReport(report);
        if (parsed)
            lack = *parsed;
        finish(parsed ? Result<>() : Result<>(std::move(parsed).error()));
    }

    void finish(Result<> result)
    {
        if (notifier) {
            notifier->setEnabled(false);
            notifier.release()->deleteLater(); // we may be inside its signal
        }
        if (pipe >= 0)
            ::close(std::exchange(pipe, -1));
        if (const Finished callback = std::exchange(finished, nullptr))
            callback(std::move(result));
    }
};

VmLauncher::VmLauncher(QObject *parent)
    : QObject(parent)
    , m_private(std::make_unique<Private>())
{ }

VmLauncher::~VmLauncher()
{
    if (m_private->pipe >= 0)
        ::close(m_private->pipe);
}

void VmLauncher::start(const QString &definitionPath, const QString &type, Finished finished,
                       Run run)
{
    check(!m_private->finished, "a launcher starts one machine at a time");
    m_private->finished = std::move(finished);
    m_private->report.clear();
    m_private->lack.clear();
    QStringList command{paths::programPath(QStringLiteral("vitrine-vm")), QStringLiteral("--type"),
                        type, QStringLiteral("--report")};
    if (run == Run::Disposable)
        command.append(QStringLiteral("--disposable"));
    command.append(definitionPath);
    const Result<int> pipe = spawnDetached(command);
    if (!pipe) {
        m_private->finish(pipe.error());
        return;
    }
    m_private->pipe = *pipe;
    m_private->notifier = std::make_unique<QSocketNotifier>(m_private->pipe, QSocketNotifier::Read);
    connect(m_private->notifier.get(), &QSocketNotifier::activated, this, [this] {
        if (m_private->read())
            m_private->finishReported();
    });
}

bool VmLauncher::waitForFinished()
{
    while (m_private->pipe >= 0) {
        pollfd waiting{m_private->pipe, POLLIN, 0};
        if (::poll(&waiting, 1, -1) < 0 && errno != EINTR)
            break;
        if (waiting.revents != 0 && m_private->read())
            m_private->finishReported();
    }
    return true;
}

QString VmLauncher::lack() const
{
    return m_private->lack;
}

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/signal_watch.h"

#include <csignal>

#include <sys/signalfd.h>
#include <unistd.h>

namespace app {

SignalWatch::SignalWatch(QObject *parent)
    : QObject(parent)
{
    sigset_t signalSet;
    sigemptyset(&signalSet);
    sigaddset(&signalSet, SIGTERM);
    sigaddset(&signalSet, SIGINT);
    sigaddset(&signalSet, SIGHUP);
    ::sigprocmask(SIG_BLOCK, &signalSet, nullptr);
    m_descriptor = ::signalfd(-1, &signalSet, SFD_CLOEXEC | SFD_NONBLOCK);
    if (m_descriptor < 0)
        return; // the signals then end the process as ever
    m_notifier = new QSocketNotifier(m_descriptor, QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, [this] {
        signalfd_siginfo info = {};
        while (::read(m_descriptor, &info, sizeof info) == ssize_t(sizeof info))
            Q_EMIT received(int(info.ssi_signo));
    });
}

SignalWatch::~SignalWatch()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

} // namespace app

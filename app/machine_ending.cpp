// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/machine_ending.h"

#include "engine/base/log.h"
#include "engine/machine/preferences.h"

#include <QtCore/QTimer>

#include <chrono>
#include <utility>

namespace app {

using engine::Driver;
using engine::Result;

namespace {

constexpr std::chrono::seconds ShutdownPatience{30};

void logFailure(const Result<> &result)
{
    if (!result)
        engine::log(engine::LogLevel::Warning, "session", result.error().text());
}

} // namespace

MachineEnding::MachineEnding(engine::MachineSession &session, QObject *parent)
    : QObject(parent)
    , m_session(session)
{ }

void MachineEnding::begin(const QString &reason)
{
    if (std::exchange(m_isUnderWay, true))
        return;
    engine::log(engine::LogLevel::Info, "session", (reason + ": ending").toStdString());
    const Driver::State state = m_session.driver().state();
    if (state == Driver::State::Saving)
        return; // it ends by itself
    const bool isAlive = state == Driver::State::Running || state == Driver::State::Paused;
    if (!isAlive || m_session.status().isDisposableRun) {
        powerOff();
        return;
    }
    switch (engine::Preferences::load().sessionEnd) {
    case engine::SessionEndChoice::SaveState:
        save();
        break;
    case engine::SessionEndChoice::Shutdown:
        shutDown();
        break;
    case engine::SessionEndChoice::PowerOff:
        powerOff();
        break;
    }
}

void MachineEnding::insist(const QString &reason)
{
    const bool isAgain = std::exchange(m_wasInsistedOn, true);
    if (!m_isUnderWay)
        begin(reason);
    else if (isAgain && m_session.driver().state() != Driver::State::Saving)
        powerOff();
}

void MachineEnding::save()
{
    if (!m_session.driver().supports(engine::Feature::SaveState).isAvailable) {
        shutDown();
        return;
    }
    m_session.saveState([this](const Result<> &saved) {
        if (saved)
            return;
        logFailure(saved);
        shutDown();
    });
}

void MachineEnding::shutDown()
{
    if (m_session.driver().state() != Driver::State::Running) {
        powerOff();
        return;
    }
    m_session.driver().pressPowerButton(logFailure);
    QTimer::singleShot(ShutdownPatience, this, &MachineEnding::powerOff);
}

void MachineEnding::powerOff()
{
    m_session.driver().powerOff(logFailure);
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/machine_link.h"

#include "engine/machine/user_paths.h"

#include <QtCore/QFileInfo>

#include <chrono>

namespace ui {

using engine::Feature;
using engine::MachineCondition;
using namespace std::chrono_literals;

namespace {

MachineCondition conditionOf(const QString &folder)
{
    // "Running" without a process that holds the machine reads as aborted.
    switch (engine::readState(folder).state) {
    case engine::PersistentState::Running:
        return MachineCondition::Running;
    case engine::PersistentState::Saved:
        return MachineCondition::Saved;
    case engine::PersistentState::PoweredOff:
    case engine::PersistentState::Aborted:
        break;
    }
    return MachineCondition::Off;
}

} // namespace

MachineLink::MachineLink(const engine::MachineEntry &entry, const QString &socketPath,
                         QObject *parent)
    : QObject(parent)
    , m_entry(entry)
    , m_socketPath(socketPath.isEmpty() ? engine::paths::controlSocket(entry.definition.uuid)
                                        : socketPath)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(50ms); // a write is several events
    m_retry.setSingleShot(true);
    m_retry.setInterval(300ms);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_soon,
            qOverload<>(&QTimer::start));
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_soon, qOverload<>(&QTimer::start));
    connect(&m_soon, &QTimer::timeout, this, [this] {
        look();
        emit fileChanged();
    });
    connect(&m_retry, &QTimer::timeout, this, &MachineLink::look);
    connect(&m_client, &engine::ControlClient::statusChanged, this, &MachineLink::rulesChanged);
    connect(&m_client, &engine::ControlClient::disconnected, this, [this] {
        emit rulesChanged();
        m_retry.start(); // it ends, or it has just begun
    });
    look();
}

void MachineLink::watch()
{
    // A file that was replaced is watched no more.
    for (const QString &path : {m_entry.folder, m_entry.definitionPath}) {
        if (QFileInfo::exists(path))
            m_watcher.addPath(path);
    }
}

void MachineLink::look()
{
    const QStringList watched = m_watcher.files() + m_watcher.directories();
    if (!watched.contains(m_entry.folder) || !watched.contains(m_entry.definitionPath))
        watch();
    const MachineCondition condition = conditionOf(m_entry.folder);
    const bool hasChanged = condition != m_condition;
    m_condition = condition;
    if (condition == MachineCondition::Running && !m_client.isConnected())
        m_client.connectTo(m_socketPath);
    if (hasChanged)
        emit rulesChanged();
}

engine::Result<engine::MachineEntry> MachineLink::read() const
{
    return engine::readMachine(m_entry.definitionPath);
}

bool MachineLink::isWaiting() const
{
    return m_condition == MachineCondition::Running
        && (!m_client.isConnected() || m_client.status().uuid.isNull());
}

SettingsRules MachineLink::rules() const
{
    SettingsRules rules{.condition = m_condition};
    if (m_condition != MachineCondition::Running)
        return rules;
    const auto whyNot = [this](Feature feature) {
        if (isWaiting())
            return tr("The machine does not answer yet");
        const engine::Support support = m_client.status().supports(feature);
        if (support.isAvailable)
            return QString();
        return support.reason.isEmpty() ? tr("The engine that runs it cannot do this")
                                        : support.reason;
    };
    rules.abilities = {.whyNoMediumChange = whyNot(Feature::ChangeMedium),
                       .whyNoLinkChange = whyNot(Feature::LinkState),
                       .whyNoNetworkChange = whyNot(Feature::ChangeNetwork),
                       .whyNoFolderChange = whyNot(Feature::SharedFolders),
                       .whyNoAudioOutputChange = whyNot(Feature::AudioOutputSwitch),
                       .whyNoAudioInputChange = whyNot(Feature::AudioInputSwitch),
                       .whyNoBalloonChange = whyNot(Feature::MemoryBalloon),
                       .whyNoRemoteDisplayChange = whyNot(Feature::RemoteDisplayChange)};
    return rules;
}

void MachineLink::follow(const engine::MachineEntry &entry)
{
    m_entry = entry;
    look();
}

} // namespace ui

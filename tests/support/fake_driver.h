// SPDX-License-Identifier: GPL-3.0-or-later
// A driver without a machine: records what it was asked for and does what the test tells it.
#pragma once

#include "engine/drivers/driver.h"
#include "engine/drivers/guest_agent.h"
#include "engine/drivers/network_connection.h"
#include "engine/machine/machine_json.h"

#include <QtCore/QFile>
#include <QtCore/QStringList>

#include <utility>

namespace fakes {

class FakeDriver final : public engine::Driver
{
public:
    // What was asked for, in order: "pause", "setMedium SATA/1/0 /a.iso force", ...
    QStringList calls;
    // When set, the next command fails with it, once; or the one after so many.
    std::optional<engine::Error> nextFailure;
    int failAfter = 0;
    // When set, start() fails with it.
    std::optional<engine::Error> startFailure;
    engine::Acceleration fakeAcceleration{engine::Acceleration::Kind::Hardware, "KVM", {}, {}};
    engine::ActivityCounters counters;
    engine::DisplayEndpoint endpoint;
    QMap<engine::Feature, QString> unsupported; // feature -> reason
    QList<engine::NetworkConnection> fakeConnections;
    std::unique_ptr<engine::GuestAgent> agent; // to be there before start()
    QList<engine::FolderUse> folders;
    QList<bool> fakeMonitors; // plugged in
    std::function<engine::Result<engine::Fd>()> soundTap; // none: there is no sound
    bool isPointerAbsolute = true;
    bool isActivityWanted = false;

    using engine::Driver::Driver;

    void start(const engine::MachineDefinition &definition,
               const engine::MachinePlace &place) override
    {
        calls.append("start " + definition.name);
        machinePlace = place;
        const bool isRestoring = !place.savedState.isEmpty();
        enter(isRestoring ? State::Restoring : State::Starting);
        if (startFailure) {
            Q_EMIT failed(*startFailure);
            enter(isRestoring ? State::Saved : State::Off);
            return;
        }
        enter(State::Running);
    }
    void pause(Reply reply) override { act("pause", std::move(reply), State::Paused); }
    void resume(Reply reply) override { act("resume", std::move(reply), State::Running); }
    void reset(Reply reply) override { act("reset", std::move(reply), m_state); }
    void pressPowerButton(Reply reply) override { act("powerButton", std::move(reply), m_state); }
    void powerOff(Reply reply) override
    {
        const bool isSaving = m_state == State::Saving || m_state == State::Restoring;
        act("powerOff", std::move(reply), isSaving ? State::Saved : State::Off);
    }
    void saveState(const QString &folder, Reply reply) override
    {
        act("saveState " + folder, std::move(reply), State::Saving);
    }
    void abandonSave(Reply reply) override { act("abandonSave", std::move(reply), State::Running); }
    void correctClock() override { calls.append("correctClock"); }
    void changeMedium(const engine::StorageSlot &slot, const QString &path, bool force,
                      Reply reply) override
    {
        act(QStringLiteral("setMedium %1/%2/%3 %4%5")
                .arg(slot.controller)
                .arg(slot.port)
                .arg(slot.device)
                .arg(path.isEmpty() ? QStringLiteral("eject") : path,
                     force ? QStringLiteral(" force") : QString()),
            std::move(reply), m_state);
    }
    void setLinkConnected(int adapter, bool connected, Reply reply) override
    {
        act(QStringLiteral("setLink %1 %2").arg(adapter).arg(connected ? "on" : "off"),
            std::move(reply), m_state);
    }
    void changeAdapter(int adapter, const engine::NetworkAdapter &wanted, Reply reply) override
    {
        act(QStringLiteral("changeAdapter %1 %2").arg(adapter).arg(engine::enumName(wanted.mode)),
            std::move(reply), m_state);
    }
    QList<engine::NetworkConnection> connections() const override { return fakeConnections; }
    void attachUsb(const engine::UsbAttachment &device, engine::Fd node, Reply reply) override
    {
        act(QStringLiteral("attachUsb %1%2")
                .arg(device.id, node.isOpen() ? QString() : QStringLiteral(" closed")),
            std::move(reply), m_state);
    }
    void attachUsbStick(const engine::UsbAttachment &stick, const QString &image,
                        Reply reply) override
    {
        lastStick = image;
        act(QStringLiteral("attachUsbStick %1").arg(stick.id), std::move(reply), m_state);
    }
    void detachUsb(const QString &id, Reply reply) override
    {
        act("detachUsb " + id, std::move(reply), m_state);
    }
    void attachFolder(const engine::SharedFolder &folder, Reply reply) override
    {
        const bool isGood = !nextFailure;
        if (isGood)
            folders.append({folder, false, {}});
        act(QStringLiteral("attachFolder %1 %2%3")
                .arg(folder.name, folder.path,
                     folder.isReadOnly ? QStringLiteral(" read-only") : QString()),
            std::move(reply), m_state);
        Q_EMIT foldersChanged();
    }
    void detachFolder(const QString &name, Reply reply) override
    {
        if (!nextFailure)
            folders.removeIf(
                [&name](const engine::FolderUse &use) { return use.folder.name == name; });
        act("detachFolder " + name, std::move(reply), m_state);
        Q_EMIT foldersChanged();
    }
    QList<engine::FolderUse> sharedFolders() const override { return folders; }
    void setAudioOutput(bool isOn, Reply reply) override
    {
        act(QStringLiteral("audioOutput %1").arg(isOn ? "on" : "off"), std::move(reply), m_state);
    }
    void setAudioInput(bool isOn, Reply reply) override
    {
        act(QStringLiteral("audioInput %1").arg(isOn ? "on" : "off"), std::move(reply), m_state);
    }
    engine::Result<engine::Fd> tapSound() override
    {
        return soundTap ? soundTap() : Driver::tapSound();
    }
    void setBalloon(int mebibytes, Reply reply) override
    {
        act(QStringLiteral("balloon %1").arg(mebibytes), std::move(reply), m_state);
    }
    void setRemoteDisplay(const engine::RemoteDisplay &remote, Reply reply) override
    {
        act(QStringLiteral("remoteDisplay %1 %2").arg(remote.isEnabled ? "on" : "off", remote.ports),
            std::move(reply), m_state);
    }
    void sendScanCodes(const QByteArray &bytes, Reply reply) override
    {
        act("scanCodes " + QString::fromLatin1(bytes.toHex()), std::move(reply), m_state);
    }
    QList<bool> monitors() const override { return fakeMonitors; }
    void setMonitor(int monitor, bool isPluggedIn, int width, int height, Reply reply) override
    {
        if (!nextFailure && monitor < fakeMonitors.size())
            fakeMonitors[monitor] = isPluggedIn;
        act(QStringLiteral("monitor %1 %2 %3x%4")
                .arg(monitor)
                .arg(isPluggedIn ? "on" : "off")
                .arg(width)
                .arg(height),
            std::move(reply), m_state);
        Q_EMIT monitorsChanged();
    }
    void screenshot(const QString &path, const QString &format, int monitor, Reply reply) override
    {
        QFile file(path);
        if (file.open(QIODevice::WriteOnly))
            file.write("P6 1 1 255\n\x10\x20\x30", 14);
        act("screenshot " + format
                + (monitor == 0 ? QString() : QStringLiteral(" of %1").arg(monitor)),
            std::move(reply), m_state);
    }

    engine::GuestAgent *guestAgent() override { return agent.get(); }
    State state() const override { return m_state; }
    engine::Support supports(engine::Feature feature) const override
    {
        return {!unsupported.contains(feature), unsupported.value(feature)};
    }
    engine::DisplayEndpoint display() const override { return endpoint; }
    engine::Acceleration acceleration() const override { return fakeAcceleration; }
    QString name() const override { return QStringLiteral("fake 1.0"); }
    engine::ActivityCounters activity() const override { return counters; }
    bool hasAbsolutePointer() const override { return isPointerAbsolute; }
    void setActivityWanted(bool wanted) override { isActivityWanted = wanted; }

    // What a guest or a disaster would do.
    void enter(State state)
    {
        m_state = state;
        Q_EMIT stateChanged(state);
    }
    void die(const engine::Error &error)
    {
        Q_EMIT failed(error);
        enter(State::Aborted);
    }
    void raise(const engine::RunProblem &problem)
    {
        enter(State::Paused);
        Q_EMIT problemRaised(problem);
    }
    void count(const engine::ActivityCounters &now)
    {
        counters = now;
        Q_EMIT activityChanged();
    }

    engine::MachinePlace machinePlace;
    QString lastStick; // image of the stick that was inserted last

private:
    void act(const QString &call, Reply reply, State next)
    {
        calls.append(call);
        if (nextFailure && failAfter-- <= 0) {
            failAfter = 0;
            const engine::Error error = *std::exchange(nextFailure, std::nullopt);
            reply(error);
            return;
        }
        if (next != m_state)
            enter(next);
        reply({});
    }

    State m_state = State::Off;
};

} // namespace fakes

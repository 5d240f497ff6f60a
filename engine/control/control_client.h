// SPDX-License-Identifier: GPL-3.0-or-later
// One connection to a running machine. Used by the manager (asynchronously), by machine windows,
// in the same process as the machine too, and by the CLI (with the waiting calls).
//
// Main thread only.
#pragma once

#include "engine/control/control_protocol.h"

#include <QtCore/QObject>

#include <chrono>
#include <functional>
#include <memory>

namespace engine {

class ControlClient final : public QObject
{
    Q_OBJECT
public:
    using Reply = std::function<void(Result<QJsonObject>)>;

    explicit ControlClient(QObject *parent = nullptr);
    ~ControlClient() override;

    // Asynchronous: connected() or disconnected() follows. Once connected the status is asked for
    // and kept up to date; status() is valid from the first statusChanged().
    void connectTo(const QString &socketPath);
    void disconnectFrom();
    bool isConnected() const;
    QString socketPath() const; // of the machine that was connected to last

    // Answered exactly once; with an Error when the connection goes first.
    void call(const QString &method, const QJsonObject &params = {}, Reply reply = {});
    void setActivityWanted(bool wanted);

    const MachineStatus &status() const;

    // For the CLI. NotFound when nobody listens.
    Result<> connectAndWait(const QString &socketPath,
                            std::chrono::milliseconds patience = std::chrono::seconds(5));
    Result<QJsonObject> callAndWait(const QString &method, const QJsonObject &params = {},
                                    std::chrono::milliseconds patience = std::chrono::seconds(60));

signals:
    void connected();
    void disconnected(); // also when connecting failed
    void statusChanged(const engine::MachineStatus &status);
    void failed(const engine::Error &error);
    void problemRaised(const engine::RunProblem &problem);
    void activityChanged(const engine::ActivityCounters &counters);
    void typingProgressed(int done, int total); // total 0: nothing is typed anymore
    void progressed(int percent); // of saving or restoring
    void wasReset();
    void usbChanged(); // usb.list says something else
    void noticed(const QString &text);
    // This window is to make a film of the screen, or to finish it; recording.report answers.
    void recordingWanted(int number, const QString &file,
                         const engine::RecordingSettings &settings);
    void recordingEndWanted(int number);
    void raiseRequested();
    void detached(); // this window's place was taken by another one

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
// The guest's agent as clients of a machine's process reach it (the CLI, the file manager), and as
// that process itself does. The commands and their arguments are those of qga/qapi-schema.json. Every reply is called exactly
// once, unless the link goes first. Main thread only.
#pragma once

#include "engine/control/control_client.h"

#include <QtCore/QJsonValue>
#include <QtCore/QObject>

#include <chrono>
#include <functional>
#include <memory>

namespace engine {

class MachineGuest;

class GuestLink final : public QObject
{
    Q_OBJECT
public:
    using Reply = std::function<void(Result<QJsonValue>)>;
    enum class Family { Unix, Windows };

    explicit GuestLink(ControlClient &client, QObject *parent = nullptr);
    // In the machine's process.
    explicit GuestLink(MachineGuest &guest, QObject *parent = nullptr);

    void execute(const QString &command, const QJsonObject &arguments, Reply reply,
                 std::chrono::milliseconds patience = std::chrono::seconds(20));
    // What kind of system the guest is; asked once.
    void askFamily(std::function<void(Result<Family>)> reply);

private:
    using Answered = std::function<void(Result<QJsonObject>)>;

    void takePiece(const QJsonObject &answer, const std::shared_ptr<QByteArray> &text,
                   const Reply &reply);

    // By the names and parameters of the control protocol.
    std::function<void(const QString &method, const QJsonObject &params, Answered)> m_call;
    std::optional<Family> m_family;
};

} // namespace engine

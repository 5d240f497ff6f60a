// SPDX-License-Identifier: GPL-3.0-or-later
// Asks a machine's process for what its guest plays: "sound.open" (control_protocol.h).
//
// Main thread only.
#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/drivers/display_stream.h"

#include <QtCore/QObject>
#include <QtCore/QString>

#include <functional>
#include <memory>

namespace engine {

class SoundClient final : public QObject
{
    Q_OBJECT
public:
    // Called once, from the event loop, unless this object goes first. The socket carries the
    // messages of engine/host/sound_protocol.h; closing it ends the listening.
    using Taker = std::function<void(Result<Fd> socket)>;

    SoundClient(const QString &controlSocket, Taker taker, QObject *parent = nullptr);

private:
    void receive(const QJsonObject &answer);
    void finish(Result<Fd> result);

    Taker m_taker;
    std::unique_ptr<DisplayStream> m_stream;
};

} // namespace engine

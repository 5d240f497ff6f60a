// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/sound_client.h"

#include "engine/control/control_connection.h"
#include "engine/control/control_protocol.h"

#include <utility>

namespace engine {

namespace {

Error goneError()
{
    return Error(ErrorKind::Io, "the machine's process did not hand over the guest's sound");
}

} // namespace

SoundClient::SoundClient(const QString &controlSocket, Taker taker, QObject *parent)
    : QObject(parent)
    , m_taker(std::move(taker))
{
    Result<Fd> socket = connectControlSocket(controlSocket);
    if (!socket) {
        QMetaObject::invokeMethod(
            this, [this, error = socket.error()] { finish(error); }, Qt::QueuedConnection);
        return;
    }
    m_stream =
        std::make_unique<DisplayStream>(std::move(*socket), DisplayStream::Descriptors::Taken);
    connect(m_stream.get(), &DisplayStream::received, this, &SoundClient::receive);
    connect(
        m_stream.get(), &DisplayStream::closed, this, [this] { finish(goneError()); },
        Qt::QueuedConnection);
    m_stream->send({{QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
                    {QStringLiteral("id"), 1},
                    {QStringLiteral("method"), QStringLiteral("sound.open")}});
}

// Events come to every connection, also to this one.
void SoundClient::receive(const QJsonObject &answer)
{
    if (answer[QLatin1String("id")].toInt() != 1)
        return;
    if (const QJsonValue error = answer[QLatin1String("error")]; error.isObject())
        return finish(errorFromJson(error[QLatin1String("data")].toObject()));
    Fd sound = m_stream->takeDescriptor();
    if (sound.isOpen())
        finish(std::move(sound));
    else
        finish(goneError());
}

void SoundClient::finish(Result<Fd> result)
{
    if (const Taker taker = std::exchange(m_taker, {}))
        taker(std::move(result));
}

} // namespace engine

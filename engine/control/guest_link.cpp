// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/guest_link.h"

#include "engine/control/machine_guest.h"
#include "engine/drivers/agent_reader.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QPointer>

namespace engine {

GuestLink::GuestLink(ControlClient &client, QObject *parent)
    : QObject(parent)
    , m_call([&client](const QString &method, const QJsonObject &params, Answered answered) {
        client.call(method, params, std::move(answered));
    })
{ }

GuestLink::GuestLink(MachineGuest &guest, QObject *parent)
    : QObject(parent)
    , m_call([this, &guest](const QString &method, const QJsonObject &params,
                            const Answered &answered) {
        if (method == QLatin1String("guest.more"))
            answered(guest.more(params, this));
        else
            guest.execute(params, this, answered);
    })
{ }

void GuestLink::execute(const QString &command, const QJsonObject &arguments, Reply reply,
                        std::chrono::milliseconds patience)
{
    const QJsonObject params{{QStringLiteral("command"), command},
                             {QStringLiteral("arguments"), arguments},
                             {QStringLiteral("patience"), int(patience.count())}};
    m_call(QStringLiteral("guest.execute"), params,
                  [self = QPointer(this), reply = std::move(reply)](Result<QJsonObject> answer) {
                      if (!self)
                          return;
                      if (!answer)
                          reply(std::move(answer).error());
                      else if (answer->contains(QLatin1String("piece")))
                          self->takePiece(*answer, std::make_shared<QByteArray>(), reply);
                      else
                          reply(answer->value(QLatin1String("return")));
                  });
}

void GuestLink::takePiece(const QJsonObject &answer, const std::shared_ptr<QByteArray> &text,
                          const Reply &reply)
{
    text->append(QByteArray::fromBase64(answer[QLatin1String("piece")].toString().toLatin1()));
    if (!answer.contains(QLatin1String("next")) || text->size() > AgentReader::MostBytes) {
        reply(QJsonDocument::fromJson(*text).object().value(QLatin1String("return")));
        return;
    }
    m_call(QStringLiteral("guest.more"),
                  {{QStringLiteral("next"), answer[QLatin1String("next")]}},
                  [self = QPointer(this), text, reply](Result<QJsonObject> more) {
                      if (!self)
                          return;
                      if (more)
                          self->takePiece(*more, text, reply);
                      else
                          reply(std::move(more).error());
                  });
}

void GuestLink::askFamily(std::function<void(Result<Family>)> reply)
{
    if (m_family) {
        reply(*m_family);
        return;
    }
    execute(QStringLiteral("guest-get-osinfo"), {},
            [this, reply = std::move(reply)](Result<QJsonValue> answer) {
                // Agents before 2.10 cannot say; those that no longer find an os-release neither.
                if (!answer && answer.error().kind() == ErrorKind::NotFound) {
                    reply(std::move(answer).error());
                    return;
                }
                const bool isWindows = answer
                    && (*answer)[QLatin1String("id")].toString() == QLatin1String("mswindows");
                m_family = isWindows ? Family::Windows : Family::Unix;
                reply(*m_family);
            });
}

} // namespace engine

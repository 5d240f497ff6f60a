// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/driver.h"

#include "engine/drivers/network_connection.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QTimer>

namespace engine {

QString stateName(Driver::State state)
{
    switch (state) {
    case Driver::State::Off:
        return "poweroff";
    case Driver::State::Saved:
        return "saved";
    case Driver::State::Aborted:
        return "aborted";
    case Driver::State::Starting:
        return "starting";
    case Driver::State::Restoring:
        return "restoring";
    case Driver::State::Running:
        return "running";
    case Driver::State::Paused:
        return "paused";
    case Driver::State::Saving:
        return "saving";
    case Driver::State::Stopping:
        return "stopping";
    }
    return "poweroff";
}

namespace {

void refuse(const Support &support, const QString &otherwise, Driver::Reply reply)
{
    QTimer::singleShot(
        0,
        [reply = std::move(reply), reason = support.reason.isEmpty() ? otherwise : support.reason] {
            if (reply)
                reply(makeError(ErrorKind::Unsupported, reason));
        });
}

void refuseUsb(const Support &support, Driver::Reply reply)
{
    refuse(support,
           QStringLiteral("The engine that runs this machine cannot give USB devices to a guest"),
           std::move(reply));
}

void refuseFolder(const Support &support, Driver::Reply reply)
{
    refuse(support,
           QStringLiteral("The engine that runs this machine cannot share folders with a guest"),
           std::move(reply));
}

void refuseAudio(const Support &support, Driver::Reply reply)
{
    refuse(
        support,
        QStringLiteral("The engine that runs this machine cannot switch its sound while it runs"),
        std::move(reply));
}

} // namespace

void Driver::setAudioOutput(bool, Reply reply)
{
    refuseAudio(supports(Feature::AudioOutputSwitch), std::move(reply));
}

void Driver::setAudioInput(bool, Reply reply)
{
    refuseAudio(supports(Feature::AudioInputSwitch), std::move(reply));
}

Result<Fd> Driver::tapSound()
{
    return makeError(ErrorKind::Unsupported, supports(Feature::SoundTap).reason);
}

void Driver::setBalloon(int, Reply reply)
{
    refuse(supports(Feature::MemoryBalloon),
           QStringLiteral("The engine that runs this machine has no memory balloon"),
           std::move(reply));
}

void Driver::setRemoteDisplay(const RemoteDisplay &, Reply reply)
{
    refuse(supports(Feature::RemoteDisplayChange),
           QStringLiteral("The engine that runs this machine offers its screen as it did when the "
                          "machine was started"),
           std::move(reply));
}

void Driver::setMonitor(int, bool, int, int, Reply reply)
{
    refuse(supports(Feature::Monitors),
           QStringLiteral("The engine that runs this machine gives it one monitor, of a size that "
                          "only the guest chooses"),
           std::move(reply));
}

void Driver::attachUsb(const UsbAttachment &, Fd, Reply reply)
{
    refuseUsb(supports(Feature::UsbPassthrough), std::move(reply));
}

void Driver::attachUsbStick(const UsbAttachment &, const QString &, Reply reply)
{
    refuseUsb(supports(Feature::UsbPassthrough), std::move(reply));
}

void Driver::detachUsb(const QString &, Reply reply)
{
    refuseUsb(supports(Feature::UsbPassthrough), std::move(reply));
}

void Driver::attachFolder(const SharedFolder &, Reply reply)
{
    refuseFolder(supports(Feature::SharedFolders), std::move(reply));
}

void Driver::detachFolder(const QString &, Reply reply)
{
    refuseFolder(supports(Feature::SharedFolders), std::move(reply));
}

QList<FolderUse> Driver::sharedFolders() const
{
    return {};
}

void Driver::changeAdapter(int, const NetworkAdapter &, Reply reply)
{
    const QString reason = supports(Feature::ChangeNetwork).reason;
    answerLater(std::move(reply),
                makeError(ErrorKind::Unsupported,
                          reason.isEmpty() ? QStringLiteral("The network of a running machine "
                                                            "cannot be changed here")
                                           : reason));
}

void Driver::answerLater(Reply reply, Result<> result)
{
    if (!reply)
        return;
    QTimer::singleShot(0,
                       [reply = std::move(reply), result = std::move(result)] { reply(result); });
}

QList<NetworkConnection> Driver::connections() const
{
    return {};
}

QString protocolName(NetworkConnection::Protocol protocol)
{
    switch (protocol) {
    case NetworkConnection::Protocol::Tcp:
        return "tcp";
    case NetworkConnection::Protocol::Udp:
        return "udp";
    case NetworkConnection::Protocol::Icmp:
        return "icmp";
    }
    return {};
}

QString connectionStateName(NetworkConnection::State state)
{
    switch (state) {
    case NetworkConnection::State::Opening:
        return "opening";
    case NetworkConnection::State::Open:
        return "open";
    case NetworkConnection::State::Closing:
        return "closing";
    case NetworkConnection::State::Closed:
        return "closed";
    case NetworkConnection::State::Refused:
        return "refused";
    }
    return {};
}

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/spice_server.h"

#include "engine/base/fd.h"
#include "engine/base/log.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/remote_display.h"
#include "engine/machine/user_paths.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QDateTime>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QStringList>
#include <QtCore/QSysInfo>
#include <QtCore/QTimer>

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr int DaysValid = 3650;
constexpr int DaysUsed = DaysValid - 30; // then another one is made
constexpr int ToolMilliseconds = 60000;

struct SocketAddress
{
    sockaddr_storage storage = {};
    socklen_t size = 0;
};

SocketAddress socketAddress(const QString &address, int port)
{
    const QByteArray text = address.toLatin1();
    SocketAddress result;
    // Safe: a sockaddr_storage has room for, and the alignment of, both.
    auto *v4 = reinterpret_cast<sockaddr_in *>(&result.storage);
    auto *v6 = reinterpret_cast<sockaddr_in6 *>(&result.storage);
    if (inet_pton(AF_INET, text.constData(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(std::uint16_t(port));
        result.size = sizeof(sockaddr_in);
    } else if (inet_pton(AF_INET6, text.constData(), &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(std::uint16_t(port));
        result.size = sizeof(sockaddr_in6);
    }
    return result;
}

// 0 or errno; `port` becomes what it was bound to. As the server does it later on: with
// SO_REUSEADDR, so that connections of an earlier run that are not over yet do not matter.
int tryPort(const QString &address, int &port)
{
    SocketAddress place = socketAddress(address, port);
    if (place.size == 0)
        return EINVAL;
    const Fd socket(::socket(place.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket.isOpen())
        return errno;
    const int yes = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    // Safe: what bind() and getsockname() take is the common head of these.
    auto *head = reinterpret_cast<sockaddr *>(&place.storage);
    if (::bind(socket.get(), head, place.size) != 0 || ::listen(socket.get(), 1) != 0
        || ::getsockname(socket.get(), head, &place.size) != 0)
        return errno;
    port = place.storage.ss_family == AF_INET
        ? ntohs(reinterpret_cast<const sockaddr_in *>(&place.storage)->sin_port)
        : ntohs(reinterpret_cast<const sockaddr_in6 *>(&place.storage)->sin6_port);
    return 0;
}

Error portError(const QString &address, int port, int problem)
{
    const QString where = port > 0 ? QStringLiteral("%1, port %2").arg(address).arg(port) : address;
    const QString what = QStringLiteral("The machine's screen cannot be offered at %1").arg(where);
    if (problem == EACCES)
        return makeError(ErrorKind::Denied,
                         what + QStringLiteral(": ports below 1024 are for the administrator"),
                         QStringLiteral("Choose a higher port (--vrde-port)"));
    if (problem == EADDRNOTAVAIL || problem == EINVAL || problem == EAFNOSUPPORT)
        return makeError(ErrorKind::Invalid,
                         what + QStringLiteral(": this computer does not have that address"),
                         QStringLiteral("Choose another address (--vrde-address): 127.0.0.1 for "
                                        "this computer only, 0.0.0.0 for all networks"));
    return makeError(ErrorKind::Io,
                     what + QStringLiteral(": ") + QString::fromLocal8Bit(std::strerror(problem)));
}

QString certificateTool()
{
    return QStandardPaths::findExecutable(QStringLiteral("openssl"));
}

bool isWildcard(const QString &address)
{
    return address == QLatin1String("0.0.0.0") || address == QLatin1String("::");
}

QString certificateNames(const QString &address)
{
    QStringList names{QStringLiteral("DNS:localhost"), QStringLiteral("IP:127.0.0.1"),
                      QStringLiteral("IP:::1")};
    const QString host = QSysInfo::machineHostName();
    if (!host.isEmpty() && host != QLatin1String("localhost"))
        names << QStringLiteral("DNS:") + host;
    const QString own = QStringLiteral("IP:") + address;
    if (!isWildcard(address) && !names.contains(own))
        names << own;
    return names.join(u',');
}

QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool isCertificateFit(const QString &folder, const QString &names)
{
    const QFileInfo certificate(folder + QStringLiteral("/server-cert.pem"));
    return certificate.exists() && QFileInfo::exists(folder + QStringLiteral("/server-key.pem"))
        && QFileInfo::exists(spiceCaFile(folder))
        && contentsOf(folder + QStringLiteral("/names")) == names.toUtf8()
        && certificate.lastModified().daysTo(QDateTime::currentDateTime()) < DaysUsed;
}

Result<> finishCertificate(const QString &folder, const QString &names)
{
    // It vouches for itself: who has been given it trusts this server and no other.
    QFile::remove(spiceCaFile(folder));
    if (!QFile::copy(folder + QStringLiteral("/server-cert.pem"), spiceCaFile(folder)))
        return makeError(
            ErrorKind::Io,
            QStringLiteral("The certificate \"%1\" cannot be written").arg(spiceCaFile(folder)));
    QFile mark(folder + QStringLiteral("/names"));
    if (!mark.open(QIODevice::WriteOnly) || mark.write(names.toUtf8()) < 0)
        return makeError(ErrorKind::Io,
                         QStringLiteral("\"%1\" cannot be written: %2")
                             .arg(mark.fileName(), mark.errorString()));
    return {};
}

} // namespace

Result<int> freeSpicePort(const RemoteDisplay &display)
{
    const QString address = listenAddress(display);
    QList<PortRange> ranges = TRY(portRangesFromText(display.ports));
    if (ranges.isEmpty())
        ranges.append(PortRange{}); // any
    for (const PortRange &range : std::as_const(ranges)) {
        for (int wanted = range.first; wanted <= range.last; ++wanted) {
            int port = wanted;
            const int problem = tryPort(address, port);
            if (problem == 0)
                return port;
            if (problem != EADDRINUSE)
                return portError(address, wanted, problem);
        }
    }
    return makeError(
        ErrorKind::Busy,
        QStringLiteral("The machine's screen cannot be offered at %1, port %2: another program "
                       "listens there")
            .arg(address, display.ports),
        QStringLiteral("Stop the other program (\"ss -tlp\" names it), or choose another port: "
                       "--vrde-port 0 takes any that is free"));
}

Result<SpiceAddress> chooseSpiceAddress(const RemoteDisplay &display, const QString &socket,
                                        const QString &certificateFolder)
{
    TRY(checkRemoteDisplay(display));
    SpiceAddress address;
    address.password = display.password;
    if (isUnixSocket(display)) {
        TRY(checkSpiceSocket(socket));
        address.socket = socket;
        return address;
    }
    address.host = nearSpiceAddress(listenAddress(display));
    (display.isTlsOn ? address.tlsPort : address.port) = TRY(freeSpicePort(display));
    if (display.isTlsOn)
        address.caFile = spiceCaFile(certificateFolder);
    return address;
}

Result<> checkSpiceSocket(const QString &path)
{
    const QByteArray socket = QFile::encodeName(path);
    if (socket.size() >= qsizetype(sizeof(sockaddr_un::sun_path)))
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("The path \"%1\" is too long for a socket").arg(path),
                         QStringLiteral("Set XDG_RUNTIME_DIR to a folder with a shorter name"));
    QFile::remove(path); // of one that was killed
    return {};
}

QString nearSpiceAddress(const QString &address)
{
    if (address == QLatin1String("0.0.0.0"))
        return QStringLiteral("127.0.0.1");
    return address == QLatin1String("::") ? QStringLiteral("::1") : address;
}

QString spiceClientAddress(const RemoteDisplay &display, const SpiceAddress &near)
{
    if (!near.socket.isEmpty())
        return QStringLiteral("spice+unix://") + near.socket;
    SpiceAddress client = near;
    if (isWildcard(listenAddress(display)) && !QSysInfo::machineHostName().isEmpty())
        client.host = QSysInfo::machineHostName();
    return spiceAddressText(client);
}

Result<> writeSpicePassword(const QString &path, const QString &password)
{
    const QByteArray name = QFile::encodeName(path);
    ::unlink(name.constData());
    const Fd file(::open(name.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    const QByteArray bytes = password.toUtf8();
    if (!file.isOpen()
        || ::write(file.get(), bytes.constData(), std::size_t(bytes.size())) != bytes.size())
        return makeError(ErrorKind::Io,
                         QStringLiteral("\"%1\" cannot be written: %2")
                             .arg(path, QString::fromLocal8Bit(std::strerror(errno))));
    return {};
}

Result<> checkSpiceCertificateTool()
{
    if (!certificateTool().isEmpty())
        return {};
    return makeError(ErrorKind::Unsupported,
                     QStringLiteral("The certificate for an encrypted connection cannot be made: "
                                    "there is no program openssl"),
                     QStringLiteral("Install the package openssl, or switch TLS off"));
}

QString spiceCaFile(const QString &folder)
{
    return folder + QStringLiteral("/ca-cert.pem");
}

QString spiceFingerprint(const QString &certificateFile)
{
    const QByteArray pem = contentsOf(certificateFile);
    const QByteArray begin = "-----BEGIN CERTIFICATE-----";
    const qsizetype from = pem.indexOf(begin);
    const qsizetype to = pem.indexOf("-----END", from);
    if (from < 0 || to < 0)
        return {};
    const qsizetype body = from + begin.size();
    const QByteArray certificate = QByteArray::fromBase64(pem.mid(body, to - body));
    return QString::fromLatin1(
        QCryptographicHash::hash(certificate, QCryptographicHash::Sha256).toHex(':').toUpper());
}

void prepareSpiceCertificate(const QString &folder, const QString &address, QObject *owner,
                             std::function<void(Result<>)> reply)
{
    const QString names = certificateNames(address);
    if (isCertificateFit(folder, names))
        return reply({});
    if (Result<> made = paths::makePrivateFolder(folder); !made)
        return reply(std::move(made));
    if (Result<> there = checkSpiceCertificateTool(); !there)
        return reply(std::move(there));
    log(LogLevel::Info, "spice", "making a certificate in " + folder.toStdString());
    auto *process = new QProcess(owner);
    process->setProcessChannelMode(QProcess::MergedChannels);
    const auto done = [process, folder, names, reply = std::move(reply)] {
        process->disconnect();
        const bool isGood = process->state() == QProcess::NotRunning
            && process->exitStatus() == QProcess::NormalExit && process->exitCode() == 0
            && process->error() == QProcess::UnknownError;
        const QString said = QString::fromLocal8Bit(process->readAll()).trimmed();
        process->kill();
        process->deleteLater();
        reply(isGood ? finishCertificate(folder, names)
                     : Result<>(makeError(
                         ErrorKind::Io,
                         QStringLiteral("The certificate for an encrypted connection cannot be "
                                        "made: openssl said \"%1\"")
                             .arg(said.right(400)))));
    };
    QObject::connect(process, &QProcess::finished, process, done);
    QObject::connect(process, &QProcess::errorOccurred, process, done);
    QTimer::singleShot(ToolMilliseconds, process, [process] { process->kill(); });
    process->start(certificateTool(),
                   {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"),
                    QStringLiteral("rsa:2048"), QStringLiteral("-nodes"), QStringLiteral("-sha256"),
                    QStringLiteral("-days"), QString::number(DaysValid), QStringLiteral("-subj"),
                    QStringLiteral("/O=Vitrine/CN=localhost"), QStringLiteral("-addext"),
                    QStringLiteral("subjectAltName=") + names, QStringLiteral("-keyout"),
                    folder + QStringLiteral("/server-key.pem"), QStringLiteral("-out"),
                    folder + QStringLiteral("/server-cert.pem")});
}

} // namespace engine

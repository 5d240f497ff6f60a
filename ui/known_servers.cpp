// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/known_servers.h"

#include "engine/machine/atomic_file.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

namespace ui {

namespace {

QString serverKey(const engine::SpiceAddress &server)
{
    return QStringLiteral("%1 %2").arg(server.host.toLower()).arg(server.tlsPort);
}

} // namespace

KnownServers::KnownServers(const QString &folder)
    : m_path(folder + QStringLiteral("/spice-servers.json"))
{ }

QByteArray KnownServers::publicKey(const engine::SpiceAddress &server) const
{
    const auto bytes = engine::readSmallFile(m_path);
    if (!bytes)
        return {}; // none was trusted yet, or none can be read: then the user is asked again
    const QJsonObject all = QJsonDocument::fromJson(*bytes).object();
    return QByteArray::fromBase64(all[serverKey(server)].toString().toLatin1());
}

engine::Result<> KnownServers::trust(const engine::SpiceAddress &server,
                                     const QByteArray &publicKey)
{
    QJsonObject all;
    if (const auto bytes = engine::readSmallFile(m_path))
        all = QJsonDocument::fromJson(*bytes).object();
    all[serverKey(server)] = QString::fromLatin1(publicKey.toBase64());
    QDir().mkpath(QFileInfo(m_path).path());
    return engine::writeFileAtomically(m_path, QJsonDocument(all).toJson(), {},
                                       engine::Readers::Owner);
}

} // namespace ui

// SPDX-License-Identifier: GPL-3.0-or-later
// The SPICE servers whose certificates nobody vouches for but the user: host, port and public key,
// in the configuration folder. Main thread only.
#pragma once

#include "engine/base/result.h"
#include "engine/drivers/spice_address.h"

#include <QtCore/QByteArray>
#include <QtCore/QString>

namespace ui {

class KnownServers final
{
public:
    explicit KnownServers(const QString &folder); // of the configuration

    // DER; empty when the user has not trusted this server.
    QByteArray publicKey(const engine::SpiceAddress &server) const;
    engine::Result<> trust(const engine::SpiceAddress &server, const QByteArray &publicKey);

private:
    const QString m_path;
};

} // namespace ui

// SPDX-License-Identifier: GPL-3.0-or-later
// What a SPICE server needs before it starts: a port or a socket, its password in a file, a certificate.
// Main thread only.
#pragma once

#include "engine/base/result.h"
#include "engine/drivers/spice_address.h"
#include "engine/machine/machine_definition.h"

#include <QtCore/QObject>
#include <QtCore/QString>

#include <functional>

namespace engine {

// The first free port of those that the definition allows. Busy, naming them, when there is none.
// The port is not held: who takes it at once will nearly always get it.
Result<int> freeSpicePort(const RemoteDisplay &display);

// Where the machine's server will listen, for clients on this computer: `socket` where a Unix socket
// is wanted, else the first free port, with the certificate in `certificateFolder` if by TLS.
Result<SpiceAddress> chooseSpiceAddress(const RemoteDisplay &display, const QString &socket,
                                        const QString &certificateFolder);

// For people: where clients, also those elsewhere, find the server that is reached here at `near`.
QString spiceClientAddress(const RemoteDisplay &display, const SpiceAddress &near);

// Whether it can be a socket; the one that somebody left there is removed.
Result<> checkSpiceSocket(const QString &path);

// Where clients on this computer reach who listens at `address`.
QString nearSpiceAddress(const QString &address);

// Readable by this user only, without a line's end.
Result<> writeSpicePassword(const QString &path, const QString &password);

// Unsupported when there is no program that makes certificates.
Result<> checkSpiceCertificateTool();

// Where a server's certificate is in `folder`: the names that QEMU's x509-dir expects.
QString spiceCaFile(const QString &folder);

// SHA-256 of the first certificate of a PEM file, as "AB:CD:...", for people to compare; empty when
// there is none.
QString spiceFingerprint(const QString &certificateFile);

// Sees to it that `folder` has a certificate for a server at `address`, made by openssl where there
// is none that fits. The answer comes from the event loop or at once; never after `owner` has gone.
void prepareSpiceCertificate(const QString &folder, const QString &address, QObject *owner,
                             std::function<void(Result<>)> reply);

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/certificate_probe.h"

#include <chrono>
#include <utility>

namespace ui {

namespace {

constexpr auto Patience = std::chrono::seconds(20);

} // namespace

CertificateProbe::CertificateProbe(const QString &host, int port, QObject *parent)
    : QObject(parent)
{
    m_socket.setPeerVerifyMode(QSslSocket::VerifyNone);
    connect(&m_socket, &QSslSocket::encrypted, this, [this] {
        const QSslCertificate certificate = m_socket.peerCertificate();
        if (std::exchange(m_isDone, true))
            return;
        m_patience.stop();
        m_socket.abort();
        emit found(certificate);
    });
    connect(&m_socket, &QSslSocket::errorOccurred, this, [this] { fail(m_socket.errorString()); });
    m_patience.setSingleShot(true);
    m_patience.callOnTimeout(this, [this] { fail(tr("The server does not answer")); });
    m_patience.start(Patience);
    m_socket.connectToHostEncrypted(host, quint16(port));
}

void CertificateProbe::fail(const QString &reason)
{
    if (std::exchange(m_isDone, true))
        return;
    m_patience.stop();
    // Queued: the receiver may delete the probe, and the socket is still speaking.
    QMetaObject::invokeMethod(
        this, [this, reason] { emit failed(reason); }, Qt::QueuedConnection);
}

} // namespace ui

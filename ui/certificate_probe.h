// SPDX-License-Identifier: GPL-3.0-or-later
// Fetches the certificate that a TLS server shows, whatever it is worth: for the user to judge.
// Says nothing to the server beyond TLS. Main thread only.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QTimer>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslSocket>

namespace ui {

class CertificateProbe final : public QObject
{
    Q_OBJECT
public:
    // Begins at once; one answer follows, from the event loop.
    CertificateProbe(const QString &host, int port, QObject *parent);

signals:
    void found(const QSslCertificate &certificate);
    void failed(const QString &reason);

private:
    void fail(const QString &reason);

    QSslSocket m_socket;
    QTimer m_patience;
    bool m_isDone = false;
};

} // namespace ui

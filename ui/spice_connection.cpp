// SPDX-License-Identifier: GPL-3.0-or-later
// The part of a SPICE server's window that connects, asks, and says what went wrong.
#include "display/frame_view.h"
#include "ui/certificate_probe.h"
#include "ui/console_screen.h"
#include "ui/error_box.h"
#include "ui/message_bar.h"
#include "ui/spice_window.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QLocale>
#include <QtGui/QAction>
#include <QtNetwork/QSslKey>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QInputDialog>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>

#include <utility>

namespace ui {

namespace {

const QString SpiceClosedKey = QStringLiteral("spiceClosed");

QString certificateName(const QSslCertificate &certificate)
{
    const QStringList names = certificate.subjectInfo(QSslCertificate::CommonName);
    return names.isEmpty() ? certificate.subjectDisplayName() : names.join(u' ');
}

QString fingerprint(const QSslCertificate &certificate)
{
    return QString::fromLatin1(certificate.digest(QCryptographicHash::Sha256).toHex(':').toUpper());
}

} // namespace

void SpiceWindow::connectToServer()
{
    m_screen->messages().dismiss(SpiceClosedKey);
    m_screen->view().setPlaceholderText(
        tr("Connecting to %1…").arg(engine::spiceAddressText(m_address)));
    m_connectAgain->setEnabled(false);
    engine::DisplayEndpoint endpoint;
    endpoint.kind = engine::DisplayEndpoint::Kind::Spice;
    endpoint.spice = m_address;
    m_session = m_open(endpoint);
    // Queued: the session may not be deleted while it speaks.
    connect(m_session.get(), &display::DisplaySession::closed, this, &SpiceWindow::closedBy,
            Qt::QueuedConnection);
    connect(m_session.get(), &display::DisplaySession::pointerModeChanged, this, [this] {
        m_screen->view().updatePointerMode();
        updateCapture();
    });
    m_screen->view().setSource(&m_session->frameSource());
    m_screen->view().setSink(&m_session->inputSink());
    if (display::GuestLink *link = m_session->guestLink())
        connect(link, &display::GuestLink::abilitiesChanged, this, &SpiceWindow::updateAgent);
    m_clipboard.setLink(m_session->guestLink());
    updateSound();
    updateAgent();
    updateCapture();
}

void SpiceWindow::disconnectFromServer()
{
    m_probe.reset();
    m_screen->view().releaseCapture();
    m_screen->view().setSource(nullptr);
    m_screen->view().setSink(nullptr);
    m_clipboard.setLink(nullptr);
    m_session.reset();
    m_sound.reset();
    updateAgent();
}

void SpiceWindow::closedBy(const QString &reason)
{
    if (sender() != m_session.get())
        return; // of one that was given up meanwhile
    const bool isPasswordWanted = m_session->wantsPassword();
    const bool isDistrusted = m_session->distrustsCertificate();
    disconnectFromServer();
    m_screen->view().setPlaceholderText(tr("Not connected"));
    if (isPasswordWanted)
        askForPassword(reason);
    else if (isDistrusted)
        judgeCertificate();
    else
        showClosed(reason);
}

void SpiceWindow::showClosed(const QString &reason)
{
    m_connectAgain->setEnabled(true);
    m_screen->messages().post({.key = SpiceClosedKey,
                               .kind = Notice::Kind::Warning,
                               .text = reason.isEmpty()
                                   ? tr("The server has ended the connection: the machine was "
                                        "powered off, or its screen is shown elsewhere.")
                                   : reason,
                               .buttons = {{QStringLiteral("reconnect"), tr("Connect Again"),
                                            [this] { m_connectAgain->trigger(); }}},
                               .canBeDismissed = false});
}

void SpiceWindow::askForPassword(const QString &why)
{
    m_connectAgain->setEnabled(true);
    auto *dialog = new QInputDialog(this);
    dialog->setObjectName(QStringLiteral("passwordDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Password"));
    dialog->setLabelText(why);
    dialog->setTextEchoMode(QLineEdit::Password);
    dialog->setOkButtonText(tr("&Connect"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString &password) {
        m_address.password = password;
        connectToServer();
    });
    connect(dialog, &QDialog::rejected, this,
            [this] { showClosed(tr("Without a password there is no connection.")); });
    dialog->open();
}

// Nobody that this computer knows vouches for the server: the user may.
void SpiceWindow::judgeCertificate()
{
    m_probe = std::make_unique<CertificateProbe>(m_address.host, m_address.tlsPort, nullptr);
    connect(m_probe.get(), &CertificateProbe::found, this, &SpiceWindow::askForTrust,
            Qt::QueuedConnection);
    connect(m_probe.get(), &CertificateProbe::failed, this, [this](const QString &reason) {
        showClosed(tr("There is no encrypted connection to \"%1\": %2.")
                       .arg(engine::spiceAddressText(m_address), reason));
    });
}

void SpiceWindow::askForTrust(const QSslCertificate &certificate)
{
    m_probe.reset();
    const QByteArray key = certificate.publicKey().toDer();
    if (key.isEmpty() || key == m_address.publicKey) {
        // It is trusted already, or cannot be: another question would not help.
        showClosed(tr("There is no encrypted connection to \"%1\": its certificate cannot be used.")
                       .arg(engine::spiceAddressText(m_address)));
        return;
    }
    const bool isAnother = !m_address.publicKey.isEmpty() || !m_address.caFile.isEmpty();
    auto *box =
        new QMessageBox(QMessageBox::Warning, tr("Unknown Certificate"),
                        isAnother ? tr("The server \"%1\" has another certificate than the one "
                                       "that is trusted.")
                                        .arg(m_address.host)
                                  : tr("Nobody vouches for the server \"%1\".").arg(m_address.host),
                        QMessageBox::Cancel, this);
    box->setObjectName(QStringLiteral("trustBox"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(
        (isAnother ? tr("Somebody may be between you and it, or it was set up anew.")
                   : tr("It may be another computer than it says."))
        + u'\n'
        + tr("Trust it only if it has the same fingerprint where the server runs (showvminfo tells "
             "it).")
        + QStringLiteral("\n\n")
        + tr("Name: %1\nValid until: %2\nFingerprint (SHA-256): %3")
              .arg(certificateName(certificate),
                   QLocale().toString(certificate.expiryDate().toLocalTime().date(),
                                      QLocale::ShortFormat),
                   fingerprint(certificate)));
    auto *remember = new QCheckBox(tr("&Remember this for the next time"), box);
    remember->setObjectName(QStringLiteral("remember"));
    remember->setChecked(!isAnother);
    box->setCheckBox(remember);
    QPushButton *accept = box->addButton(tr("&Trust and Connect"), QMessageBox::AcceptRole);
    accept->setObjectName(QStringLiteral("trust"));
    box->setDefaultButton(QMessageBox::Cancel);
    connect(box, &QMessageBox::finished, this, [this, box, accept, remember, key] {
        if (box->clickedButton() != accept) {
            showClosed(tr("Without trust in the server's certificate there is no connection."));
            return;
        }
        m_address.publicKey = key;
        if (remember->isChecked()) {
            if (const engine::Result<> kept = m_servers.trust(m_address, key); !kept)
                showError(this, tr("The server will be unknown the next time"), kept.error());
        }
        connectToServer();
    });
    setReadableWidth(*box);
    box->open();
}

} // namespace ui

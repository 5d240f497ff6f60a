// SPDX-License-Identifier: GPL-3.0-or-later
// The window of a SPICE server, with real servers: what it shows, asks and says.
#include "display/frame_view.h"
#include "tests/support/fake_screen.h"
#include "tests/support/spice_server.h"
#include "tests/support/test_main.h"
#include "ui/console_screen.h"
#include "ui/known_servers.h"
#include "ui/message_bar.h"
#include "ui/spice_window.h"

#include <QtCore/QPointer>
#include <QtCore/QTemporaryDir>
#include <QtGui/QAction>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslKey>
#include <QtTest/QTest>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QInputDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>

#include <memory>
#include <utility>

using engine::SpiceAddress;

namespace {

constexpr int Patience = 30'000;
const QString ClosedNotice = QStringLiteral("spiceClosed");

bool isShown(const ui::SpiceWindow &window)
{
    return !window.findChild<display::FrameView *>()->guestSize().isEmpty();
}

bool hasNotice(const ui::SpiceWindow &window)
{
    return window.findChild<ui::MessageBar *>()->has(ClosedNotice);
}

QString notice(const ui::SpiceWindow &window)
{
    const auto *line = window.findChild<QWidget *>(ClosedNotice);
    QString text;
    if (line != nullptr) {
        const auto labels = line->findChildren<QLabel *>();
        for (const QLabel *label : labels)
            text += label->text();
    }
    return text;
}

template <class Dialog>
Dialog *dialogOf(const ui::SpiceWindow &window, const char *name)
{
    auto *dialog = window.findChild<Dialog *>(QString::fromLatin1(name));
    return dialog != nullptr && dialog->isVisible() ? dialog : nullptr;
}

void answer(QInputDialog &dialog, const QString &password)
{
    dialog.findChild<QLineEdit *>()->setText(password);
    dialog.accept();
}

} // namespace

#define START(server, ...)                                                                         \
    if (!SpiceServer::missing().isEmpty())                                                         \
        QSKIP(qPrintable(SpiceServer::missing()));                                                 \
    SpiceServer server;                                                                            \
    QVERIFY2(server.start(__VA_ARGS__), qPrintable(server.error()))

class TestSpiceWindow final : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_config = std::make_unique<QTemporaryDir>();
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(m_config->path()));
    }

    void thePasswordIsAskedForUntilItIsRight();
    void withoutAPasswordThereIsNoConnection();
    void aKnownCertificateNeedsNoQuestion();
    void anUnknownCertificateIsTrustedOnce();
    void anotherCertificateIsNotTakenForTheOldOne();
    void aServerWithoutTlsIsNoSecret();
    void anUnreachableServerCanBeTriedAgain();
    void theEndOfTheServerIsSaid();
    void theSoundIsPlayedUnlessItIsSwitchedOff();

private:
    std::unique_ptr<QTemporaryDir> m_config;
};

void TestSpiceWindow::thePasswordIsAskedForUntilItIsRight()
{
    START(server, {.password = "right"});
    ui::SpiceWindow window(server.address);
    window.show();
    QVERIFY(window.windowTitle().contains("127.0.0.1"));
    QTRY_VERIFY_WITH_TIMEOUT(dialogOf<QInputDialog>(window, "passwordDialog"), Patience);
    auto *first = dialogOf<QInputDialog>(window, "passwordDialog");
    const QString asked = first->labelText();
    QVERIFY2(asked.contains("password") && asked.contains("127.0.0.1"), qPrintable(asked));
    QCOMPARE(first->textEchoMode(), QLineEdit::Password);
    QVERIFY(!isShown(window));

    const QPointer<QInputDialog> gone(first);
    answer(*first, "wrong");
    QTRY_VERIFY(gone.isNull());
    QTRY_VERIFY_WITH_TIMEOUT(dialogOf<QInputDialog>(window, "passwordDialog"), Patience);
    auto *second = dialogOf<QInputDialog>(window, "passwordDialog");
    QVERIFY2(second->labelText().contains("not accept"), qPrintable(second->labelText()));
    QVERIFY(!isShown(window));

    answer(*second, "right");
    QTRY_VERIFY_WITH_TIMEOUT(isShown(window), Patience);
    QVERIFY(!hasNotice(window));
}

void TestSpiceWindow::theSoundIsPlayedUnlessItIsSwitchedOff()
{
    fakes::FakeScreen *shown = nullptr;
    ui::SpiceWindow window(
        {.host = "127.0.0.1", .port = 1}, [&shown](const engine::DisplayEndpoint &) {
            auto session =
                std::make_unique<fakes::FakeScreen>(64, 48, engine::PointerMode::Absolute);
            shown = session.get();
            return session;
        });
    QVERIFY(shown->sound);
    auto *const play = window.findChild<QAction *>("playSound");
    QVERIFY(play->isCheckable() && play->isChecked());
    play->trigger();
    QVERIFY(!shown->sound);
    window.findChild<QAction *>("connectAgain")->setEnabled(true);
    window.findChild<QAction *>("connectAgain")->trigger(); // it stays as it was chosen
    QVERIFY(!shown->sound);
    play->trigger();
    QVERIFY(shown->sound);
}

void TestSpiceWindow::withoutAPasswordThereIsNoConnection()
{
    START(server, {.password = "right"});
    ui::SpiceWindow window(server.address);
    window.show();
    QTRY_VERIFY_WITH_TIMEOUT(dialogOf<QInputDialog>(window, "passwordDialog"), Patience);
    dialogOf<QInputDialog>(window, "passwordDialog")->reject();
    QTRY_VERIFY(hasNotice(window));
    QVERIFY(window.isVisible());
    QVERIFY(window.findChild<QAction *>("connectAgain")->isEnabled());
}

void TestSpiceWindow::aKnownCertificateNeedsNoQuestion()
{
    START(server, {.isTlsOn = true});
    SpiceAddress address = server.address;
    address.caFile = server.certificate();
    ui::SpiceWindow window(address);
    window.show();
    QTRY_VERIFY_WITH_TIMEOUT(isShown(window), Patience);
    QVERIFY(!dialogOf<QMessageBox>(window, "trustBox"));
}

void TestSpiceWindow::anUnknownCertificateIsTrustedOnce()
{
    START(server, {.isTlsOn = true});
    {
        ui::SpiceWindow window(server.address);
        window.show();
        QTRY_VERIFY_WITH_TIMEOUT(dialogOf<QMessageBox>(window, "trustBox"), Patience);
        auto *box = dialogOf<QMessageBox>(window, "trustBox");
        QVERIFY(box->informativeText().contains(engine::spiceFingerprint(server.certificate())));
        QCOMPARE(box->defaultButton(), box->button(QMessageBox::Cancel));
        QVERIFY(!isShown(window));
        box->findChild<QPushButton *>("trust")->click();
        QTRY_VERIFY_WITH_TIMEOUT(isShown(window), Patience);
    }
    ui::SpiceWindow window(server.address);
    window.show();
    QTRY_VERIFY_WITH_TIMEOUT(isShown(window), Patience);
    QVERIFY(!dialogOf<QMessageBox>(window, "trustBox"));
}

void TestSpiceWindow::anotherCertificateIsNotTakenForTheOldOne()
{
    START(server, {.isTlsOn = true});
    const QString folder = m_config->filePath("vitrine");
    SpiceServer former;
    QVERIFY(former.start({.isTlsOn = true}));
    const auto other = QSslCertificate::fromPath(former.certificate());
    QCOMPARE(other.size(), 1);
    QVERIFY_OK(ui::KnownServers(folder).trust(server.address, other.first().publicKey().toDer()));

    ui::SpiceWindow window(server.address);
    window.show();
    QTRY_VERIFY_WITH_TIMEOUT(dialogOf<QMessageBox>(window, "trustBox"), Patience);
    auto *box = dialogOf<QMessageBox>(window, "trustBox");
    QVERIFY2(box->text().contains("another certificate"), qPrintable(box->text()));
    QVERIFY(!box->findChild<QCheckBox *>("remember")->isChecked());
    box->button(QMessageBox::Cancel)->click();
    QTRY_VERIFY(hasNotice(window));
    QVERIFY(!isShown(window));
}

void TestSpiceWindow::aServerWithoutTlsIsNoSecret()
{
    START(server, {});
    SpiceAddress address = server.address;
    address.tlsPort = std::exchange(address.port, 0);
    ui::SpiceWindow window(address);
    window.show();
    QTRY_VERIFY_WITH_TIMEOUT(hasNotice(window), Patience);
    QVERIFY2(notice(window).contains("encrypted"), qPrintable(notice(window)));
    QVERIFY(!isShown(window));
}

void TestSpiceWindow::anUnreachableServerCanBeTriedAgain()
{
    if (!SpiceServer::missing().isEmpty())
        QSKIP(qPrintable(SpiceServer::missing()));
    const auto port = engine::freeSpicePort({.isEnabled = true});
    QVERIFY_OK(port);
    const SpiceAddress address{.host = "127.0.0.1", .port = *port};
    ui::SpiceWindow window(address);
    window.show();
    QTRY_VERIFY_WITH_TIMEOUT(hasNotice(window), Patience);
    QVERIFY2(notice(window).contains(QString("127.0.0.1:%1").arg(*port)),
             qPrintable(notice(window)));

    SpiceServer server;
    QVERIFY2(server.start({.port = *port}), qPrintable(server.error()));
    window.findChild<QAction *>("connectAgain")->trigger();
    QVERIFY(!hasNotice(window));
    QTRY_VERIFY_WITH_TIMEOUT(isShown(window), Patience);
}

void TestSpiceWindow::theEndOfTheServerIsSaid()
{
    START(server, {});
    ui::SpiceWindow window(server.address);
    window.show();
    QTRY_VERIFY_WITH_TIMEOUT(isShown(window), Patience);
    server.kill();
    QTRY_VERIFY_WITH_TIMEOUT(hasNotice(window), Patience);
    QVERIFY2(notice(window).contains("ended the connection"), qPrintable(notice(window)));
    QVERIFY(!isShown(window));
}

QTEST_MAIN(TestSpiceWindow)
#include "tst_spice_window.moc"

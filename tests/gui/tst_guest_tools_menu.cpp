// SPDX-License-Identifier: GPL-3.0-or-later
// Devices ▸ Insert Guest Tools, with the real vitrinectl and nothing that could download.
#include "engine/media/guest_tools_image.h"
#include "tests/support/console_fixture.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>

using namespace engine;

namespace {

MachineDefinition withDrives(const QStringList &media)
{
    MachineDefinition definition = fakes::RunningMachine::sampleDefinition();
    definition.controllers.first().portCount = 4;
    definition.controllers.first().attachments.clear();
    for (int i = 0; i < media.size(); ++i)
        definition.controllers.first().attachments.append(
            {.kind = MediumKind::Optical, .port = i, .path = media[i]});
    return definition;
}

QAction *action(const fakes::ConsoleFixture &fixture)
{
    return fixture.window->findChild<QAction *>("insertGuestTools");
}

} // namespace

class TestGuestToolsMenu final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        qputenv("XDG_DATA_HOME", m_folder->path().toLocal8Bit());
        qputenv("XDG_CACHE_HOME", m_folder->path().toLocal8Bit());
        qputenv("PATH", "/nowhere"); // no apt-get
    }

    void withoutADriveItIsGrey()
    {
        fakes::ConsoleFixture fixture(withDrives({}));
        fixture.openAndShow();
        QTRY_VERIFY(action(fixture)->toolTip().contains("no optical drive"));
        QVERIFY(!action(fixture)->isEnabled());
    }

    void anEmptyDriveGetsTheDisc()
    {
        const QString other = m_folder->filePath("other.iso");
        QVERIFY(QFile(other).open(QIODevice::WriteOnly));
        fakes::ConsoleFixture fixture(withDrives({other, ""}));
        fixture.openAndShow();
        QTRY_VERIFY(action(fixture)->isEnabled());
        action(fixture)->trigger();
        const QString call = "setMedium SATA/1/0 " + guestToolsImage();
        QTRY_VERIFY_WITH_TIMEOUT(fixture.machine.driver().calls.contains(call), 30'000);
        QVERIFY(guestToolsImage().startsWith(m_folder->path()));
        QVERIFY(QFileInfo(guestToolsImage()).size() > 32 * 1024);
        // Once more: made anew, into the same drive.
        fixture.machine.driver().calls.clear();
        QVERIFY(QFile::remove(guestToolsImage()));
        action(fixture)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(fixture.machine.driver().calls.contains(call), 30'000);
    }

    void aDiskInTheDriveIsAskedAbout()
    {
        const QString other = m_folder->filePath("other.iso");
        QVERIFY(QFile(other).open(QIODevice::WriteOnly));
        fakes::ConsoleFixture fixture(withDrives({other}));
        fixture.openAndShow();
        QTRY_VERIFY(action(fixture)->isEnabled());
        action(fixture)->trigger();
        QMessageBox *box = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT(
            (box = fixture.window->findChild<QMessageBox *>("confirmGuestTools")) != nullptr,
            30'000);
        QVERIFY2(box->text().contains("other.iso"), qPrintable(box->text()));
        QVERIFY(fixture.machine.driver().calls.filter("setMedium").isEmpty());
        for (QAbstractButton *button : box->buttons())
            if (box->buttonRole(button) == QMessageBox::AcceptRole)
                button->click();
        QTRY_VERIFY(
            fixture.machine.driver().calls.contains("setMedium SATA/0/0 " + guestToolsImage()));
    }

    void whatCannotBeMadeIsSaid()
    {
        QVERIFY(QDir(m_folder->path()).mkpath("vitrine"));
        QVERIFY(QFile(m_folder->filePath("vitrine/guest-tools")).open(QIODevice::WriteOnly));
        fakes::ConsoleFixture fixture(withDrives({""}));
        fixture.openAndShow();
        QTRY_VERIFY(action(fixture)->isEnabled());
        action(fixture)->trigger();
        QMessageBox *box = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((box = fixture.window->findChild<QMessageBox *>()) != nullptr,
                                 30'000);
        QVERIFY2((box->text() + box->informativeText()).contains("guest-tools"),
                 qPrintable(box->text() + box->informativeText()));
        box->close();
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_MAIN(TestGuestToolsMenu)
#include "tst_guest_tools_menu.moc"

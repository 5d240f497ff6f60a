// SPDX-License-Identifier: GPL-3.0-or-later
// Every window and dialog: each control has a name and a fitting role, each is reached by keyboard,
// and everything fits 1280x720 with the long-worded pseudo-translation too.
//
// To look at them: VITRINE_PICTURES=<folder> saves a picture of each, VITRINE_PALETTE=dark or
// contrast with other colors, QT_SCALE_FACTOR=2 larger.
#include "tests/support/accessible_check.h"
#include "tests/support/console_fixture.h"
#include "tests/support/test_main.h"
#include "tests/support/usb_desk.h"
#include "ui/close_dialog.h"
#include "ui/console_actions.h"
#include "ui/copy_dialog.h"
#include "ui/keyboard_help.h"
#include "ui/log_window.h"
#include "ui/manager_window.h"
#include "ui/move_dialog.h"
#include "ui/name_dialog.h"
#include "ui/preferences_dialog.h"
#include "ui/session_information.h"
#include "ui/settings/settings_dialog.h"
#include "ui/soft_keyboard.h"
#include "ui/translations.h"
#include "ui/type_dialog.h"
#include "ui/usb_window.h"
#include "wizards/new_machine_wizard.h"
#include "wizards/report_dialog.h"

#include <QtCore/QTemporaryDir>
#include <QtCore/QTranslator>
#include <QtGui/QAction>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QApplication>
#include <QtWidgets/QListWidget>

using fakes::ConsoleFixture;

class TestAccessibleNames : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanup();
    void manager_data() { languages(); }
    void manager();
    void wizard_data() { languages(); }
    void wizard();
    void preferences_data() { languages(); }
    void preferences();
    void machineSettings_data() { languages(); }
    void machineSettings();
    void machineWindow_data() { languages(); }
    void machineWindow();
    void smallDialogs_data() { languages(); }
    void smallDialogs();
    void usbDevices_data() { languages(); }
    void usbDevices();
    void theFrameViewTellsWhatItShows();

private:
    static void languages();
    static void examine(QWidget &window);
    // Shown alone, at its own size.
    static void examineShown(QWidget &window);
    static void keepPicture(QWidget &window, const QString &detail = {});
};

void TestAccessibleNames::initTestCase()
{
    qputenv("XKB_DEFAULT_LAYOUT", "us");
    const QByteArray palette = qgetenv("VITRINE_PALETTE");
    if (palette.isEmpty())
        return;
    QApplication::setStyle(QStringLiteral("Fusion"));
    const bool isContrast = palette == "contrast";
    const QColor ground = isContrast ? QColor(Qt::black) : QColor(0x2b, 0x2b, 0x2b);
    const QColor ink = isContrast ? QColor(Qt::white) : QColor(0xe6, 0xe6, 0xe6);
    QPalette colors(ink, isContrast ? ground : QColor(0x3a, 0x3a, 0x3a), ink, ground, ground, ink,
                    ink, isContrast ? ground : QColor(0x1f, 0x1f, 0x1f), ground);
    colors.setColor(QPalette::Highlight, isContrast ? Qt::yellow : QColor(0x3d, 0x7a, 0xc4));
    colors.setColor(QPalette::HighlightedText, isContrast ? Qt::black : Qt::white);
    colors.setColor(QPalette::PlaceholderText, isContrast ? Qt::white : QColor(0xa0, 0xa0, 0xa0));
    QApplication::setPalette(colors);
}

void TestAccessibleNames::keepPicture(QWidget &window, const QString &detail)
{
    const QString folder = qEnvironmentVariable("VITRINE_PICTURES");
    if (folder.isEmpty())
        return;
    QCoreApplication::processEvents();
    const QString file =
        QStringLiteral("%1/%2%3-%4.png")
            .arg(folder, window.objectName(), detail, qEnvironmentVariable("VITRINE_LANGUAGE"));
    QVERIFY2(window.grab().save(file), qPrintable(file));
}

void TestAccessibleNames::cleanup()
{
    const auto translators = QApplication::instance()->findChildren<QTranslator *>();
    for (QTranslator *translator : translators) {
        QCoreApplication::removeTranslator(translator);
        delete translator;
    }
}

void TestAccessibleNames::languages()
{
    QTest::addColumn<QByteArray>("language");
    QTest::newRow("English") << QByteArray("en");
    QTest::newRow("German") << QByteArray("de");
    QTest::newRow("pseudo") << QByteArray("pseudo");
}

void TestAccessibleNames::examine(QWidget &window)
{
    const QStringList problems = fakes::accessibilityProblems(window);
    QVERIFY2(problems.isEmpty(), qPrintable(problems.join(u'\n')));
}

void TestAccessibleNames::examineShown(QWidget &window)
{
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    examine(window);
    const QStringList unreachable = fakes::unreachableControls(window);
    QVERIFY2(unreachable.isEmpty(), qPrintable(unreachable.join(u'\n')));
    keepPicture(window);
    const QSize smallest = window.minimumSizeHint().expandedTo(window.minimumSize());
    QVERIFY2(smallest.width() <= 1280 && smallest.height() <= 690,
             qPrintable(QStringLiteral("%1 needs %2x%3")
                            .arg(window.objectName())
                            .arg(smallest.width())
                            .arg(smallest.height())));
}

#define SPEAK()                                                                                    \
    QFETCH(QByteArray, language);                                                                  \
    qputenv("VITRINE_LANGUAGE", language);                                                         \
    ui::installTranslations(*QCoreApplication::instance())

void TestAccessibleNames::manager()
{
    SPEAK();
    QTemporaryDir folder;
    engine::MachineStore store(folder.filePath(QStringLiteral("config")),
                               folder.filePath(QStringLiteral("machines")));
    ui::ManagerWindow empty(store, folder.filePath(QStringLiteral("run")));
    examineShown(empty);
    engine::MachineDefinition machine;
    machine.name = QStringLiteral("Debian");
    QVERIFY_OK(store.create(machine));
    for (const char *name : {"Web 2", "Web 10"}) {
        machine.name = QString::fromLatin1(name);
        machine.uuid = {};
        machine.groups = {QStringLiteral("/Work/Servers")};
        QVERIFY_OK(store.create(machine));
    }
    ui::ManagerWindow window(store, folder.filePath(QStringLiteral("run")));
    examineShown(window);
    window.findChild<QAction *>(QStringLiteral("viewColumns"))->trigger();
    examine(window);
    keepPicture(window, QStringLiteral("-columns"));
    window.findChild<QAction *>(QStringLiteral("viewActivity"))->trigger();
    examine(window);
    const engine::MachineEntry first = store.machines().constFirst();
    ui::CopyDialog copy(store, first, &window);
    examineShown(copy);
    ui::MoveDialog move(store, first, &window);
    examineShown(move);
    ui::NameDialog rename({.title = QStringLiteral("Rename"),
                           .label = QStringLiteral("&Name:"),
                           .name = QStringLiteral("Debian"),
                           .accept = QStringLiteral("&Rename")},
                          [](const QString &) { return QString(); }, &window);
    examineShown(rename);
    wizards::ReportDialog report(first, {}, &window);
    QSignalSpy gathered(&report, &wizards::ReportDialog::gathered);
    QVERIFY(gathered.wait(30000));
    examineShown(report);
}

void TestAccessibleNames::wizard()
{
    SPEAK();
    QTemporaryDir folder;
    engine::MachineStore store(folder.filePath(QStringLiteral("config")),
                               folder.filePath(QStringLiteral("machines")));
    wizards::NewMachineWizard wizard(store, [] { return engine::OsCatalog::load(); });
    examineShown(wizard);
}

void TestAccessibleNames::preferences()
{
    SPEAK();
    QTemporaryDir folder;
    qputenv("XDG_CONFIG_HOME", folder.path().toLocal8Bit());
    engine::MachineStore store(folder.filePath(QStringLiteral("config")),
                               folder.filePath(QStringLiteral("machines")));
    ui::PreferencesDialog dialog(store);
    examineShown(dialog);
    for (const QString &page : dialog.pageNames()) {
        dialog.showPage(page);
        keepPicture(dialog, u'-' + page);
        const QStringList unreachable = fakes::unreachableControls(dialog);
        QVERIFY2(unreachable.isEmpty(), qPrintable(unreachable.join(u'\n')));
    }
}

void TestAccessibleNames::machineSettings()
{
    SPEAK();
    QTemporaryDir folder;
    qputenv("XDG_CONFIG_HOME", folder.path().toLocal8Bit());
    engine::MachineStore store(folder.filePath(QStringLiteral("config")),
                               folder.filePath(QStringLiteral("machines")));
    const auto entry = store.create(fakes::RunningMachine::sampleDefinition());
    QVERIFY_OK(entry);
    ui::SettingsDialog dialog(store, *entry, folder.filePath(QStringLiteral("socket")));
    examineShown(dialog);
    for (const char *page : {"general", "system", "display", "storage", "audio", "network",
                             "serial", "usb", "sharedFolders", "interface"}) {
        dialog.showPage(QString::fromLatin1(page));
        keepPicture(dialog, u'-' + QString::fromLatin1(page));
        const QStringList unreachable = fakes::unreachableControls(dialog);
        QVERIFY2(unreachable.isEmpty(), qPrintable(unreachable.join(u'\n')));
    }
}

void TestAccessibleNames::machineWindow()
{
    SPEAK();
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.screen != nullptr);
    QTRY_VERIFY(!console.view().guestSize().isEmpty());
    examine(*console.window);
    keepPicture(*console.window);
    // The guest has the keyboard there; menus are one host chord away.
    QVERIFY(console.view().hasFocus() || console.view().focusPolicy() != Qt::NoFocus);
}

void TestAccessibleNames::smallDialogs()
{
    SPEAK();
    QTemporaryDir folder;
    qputenv("XDG_CONFIG_HOME", folder.path().toLocal8Bit());
    engine::MachineStatus status;
    status.name = QStringLiteral("Debian");
    status.state = engine::Driver::State::Running;
    engine::MachineEntry entry;
    entry.folder = folder.path();
    entry.definition.name = status.name;
    QWidget parent;
    ui::CloseDialog close(status, ui::CloseChoice::Ask, &parent);
    examineShown(close);
    ui::TypeDialog type(u"gr\u00fc\u00df\n"_qs.repeated(300), QUuid::createUuid(), &parent);
    examineShown(type);
    ui::SessionInformation information(&parent);
    information.setStatus(status);
    examineShown(information);
    information.showActivity();
    keepPicture(information, QStringLiteral("-activity"));
    ui::LogWindow log(status.name, folder.filePath(QStringLiteral("none.log")), &parent);
    examineShown(log);
    ui::SoftKeyboard keyboard(QUuid::createUuid(), &parent);
    examineShown(keyboard);
    const ui::ConsoleActions actions;
    ui::showKeyboardHelp(actions, QStringLiteral("Right Ctrl"), &parent);
    examine(parent);
}

void TestAccessibleNames::usbDevices()
{
    SPEAK();
    fakes::UsbDesk desk({QStringLiteral("Debian")});
    desk.openBoard();
    {
        ui::UsbWindow empty(*desk.board, nullptr);
        empty.setAttribute(Qt::WA_DeleteOnClose, false);
        examineShown(empty);
        keepPicture(empty, QStringLiteral("-empty"));
    }
    desk.plugged = {fakes::usbStick(), fakes::usbKeyboard()};
    desk.start();
    QTRY_VERIFY(desk.isReady());
    ui::UsbWindow window(*desk.board, nullptr);
    window.setAttribute(Qt::WA_DeleteOnClose, false);
    examineShown(window);
    keepPicture(window, QStringLiteral("-devices"));
}

void TestAccessibleNames::theFrameViewTellsWhatItShows()
{
    ConsoleFixture console;
    console.openAndShow();
    QTRY_VERIFY(console.isReady());
    QAccessibleInterface *view = QAccessible::queryAccessibleInterface(&console.view());
    QVERIFY(view != nullptr);
    QCOMPARE(int(view->role()), int(QAccessible::Canvas));
    QCOMPARE(view->text(QAccessible::Name),
             QStringLiteral("Screen of %1").arg(console.client->status().name));
    QTRY_COMPARE(view->text(QAccessible::Value), QStringLiteral("800 × 600, Running"));
}

QTEST_MAIN(TestAccessibleNames)
#include "tst_accessible_names.moc"

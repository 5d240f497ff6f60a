// SPDX-License-Identifier: GPL-3.0-or-later
// Every field of every page, by its widget: OK writes what was set and nothing else, and a dialog
// that is opened again shows it.
#include "tests/support/settings_fixture.h"
#include "ui/os_names.h"
#include "ui/preferences.h"
#include "ui/settings/forward_table.h"

#include <QtWidgets/QMenu>
#include <QtWidgets/QTableView>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QTreeWidget>

#include <functional>

using namespace engine;
using fakes::SettingsHands;

using Set = std::function<void(const SettingsHands &)>;
using Change = std::function<void(MachineDefinition &)>;
using M = MachineDefinition;
Q_DECLARE_METATYPE(Set)
Q_DECLARE_METATYPE(Change)

namespace {

void select(const SettingsHands &hands, int controller, int drive)
{
    auto *tree = hands.find<QTreeWidget>("storageTree");
    QTreeWidgetItem *top = tree->topLevelItem(controller);
    tree->setCurrentItem(drive < 0 ? top : top->child(drive));
}

// Menus are filled when they open.
void trigger(const SettingsHands &hands, const char *menu, const char *action)
{
    auto *opened = hands.find<QMenu>(menu);
    emit opened->aboutToShow();
    auto *found = opened->findChild<QAction *>(QString::fromLatin1(action));
    check(found && found->isEnabled(), action);
    found->trigger();
}

QTableView *forwards(const SettingsHands &hands)
{
    return hands.find<ui::ForwardTable>("adapters/0/forwards")
        ->findChild<QTableView *>(QStringLiteral("forwardView"));
}

} // namespace

class TestSettingsFields final : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        ui::setOsNames({{QStringLiteral("debian12"), QStringLiteral("Debian 12")},
                        {QStringLiteral("win11"), QStringLiteral("Windows 11")}});
    }
    void eachIsWrittenAndShownAgain_data();
    void eachIsWrittenAndShownAgain();
    void everyPageHasItsRow();
    void nothingChangedWritesNothing();
    void removingTakesTheDriveAndThenTheController();
    void anAdapterThatGoesOnGetsAnAddress();
    void forwardsAreCopiedAndDeleted();
    void theBootOrderIsMoved();
};

void TestSettingsFields::eachIsWrittenAndShownAgain_data()
{
    QTest::addColumn<Set>("set");
    QTest::addColumn<Change>("expected");
    const auto row = [](const char *name, Set set, Change expected) {
        QTest::newRow(name) << set << expected;
    };
    using H = const SettingsHands &;
    row(
        "name", [](H h) { h.type("name", QStringLiteral("Other")); },
        [](M &m) { m.name = QStringLiteral("Other"); });
    row(
        "system",
        [](H h) {
            auto *box = h.find<QComboBox>("osId");
            box->setCurrentIndex(box->findData(QStringLiteral("win11")));
        },
        [](M &m) { m.osId = QStringLiteral("win11"); });
    row(
        "groups", [](H h) { h.type("groups", QStringLiteral("/Work, /Lab/Old")); },
        [](M &m) {
            m.groups = {QStringLiteral("/Work"), QStringLiteral("/Lab/Old")};
        });
    row(
        "description", [](H h) { h.write("description", QStringLiteral("two\nlines")); },
        [](M &m) { m.description = QStringLiteral("two\nlines"); });
    row(
        "autostart",
        [](H h) {
            h.click("autostart");
            h.spin("autostartDelaySeconds", 30);
        },
        [](M &m) {
            m.isAutostartOn = true;
            m.autostartDelaySeconds = 30;
        });
    row(
        "memory", [](H h) { h.amount("memoryMiB", 700); }, [](M &m) { m.memoryMiB = 700; });
    row(
        "processors", [](H h) { h.amount("cpus", 2); }, [](M &m) { m.cpus = 2; });
    row(
        "boot order",
        [](H h) {
            auto *list = h.find<QListWidget>("bootList");
            list->item(2)->setCheckState(Qt::Checked); // network
            list->item(0)->setCheckState(Qt::Unchecked);
        },
        [](M &m) {
            m.bootOrder = {BootDevice::Optical, BootDevice::Network};
        });
    row(
        "firmware", [](H h) { h.choose("firmware", Firmware::Uefi); },
        [](M &m) { m.firmware = Firmware::Uefi; });
    row(
        "Secure Boot",
        [](H h) {
            h.choose("firmware", Firmware::Uefi);
            h.find<QCheckBox>("secureBoot")->setChecked(true);
        },
        [](M &m) {
            m.firmware = Firmware::Uefi;
            m.isSecureBootOn = true;
        });
    row(
        "TPM", [](H h) { h.choose("tpm", TpmModel::Tpm20); },
        [](M &m) { m.tpm = TpmModel::Tpm20; });
    row(
        "chipset", [](H h) { h.choose("chipset", Chipset::I440fx); },
        [](M &m) { m.chipset = Chipset::I440fx; });
    row(
        "pointing", [](H h) { h.choose("pointing", PointingDevice::Ps2Mouse); },
        [](M &m) { m.pointing = PointingDevice::Ps2Mouse; });
    row(
        "keyboard", [](H h) { h.choose("keyboard", KeyboardDevice::Usb); },
        [](M &m) { m.keyboard = KeyboardDevice::Usb; });
    row(
        "clock", [](H h) { h.click("clock"); }, [](M &m) { m.clock = ClockBase::LocalTime; });
    row(
        "nested", [](H h) { h.find<QCheckBox>("nestedVirtualization")->setChecked(true); },
        [](M &m) { m.isNestedVirtualizationOn = true; });
    row(
        "engine", [](H h) { h.choose("engine", EngineChoice::Qemu); },
        [](M &m) { m.engine = EngineChoice::Qemu; });
    row(
        "graphics", [](H h) { h.choose("video", VideoModel::Qxl); },
        [](M &m) { m.video = VideoModel::Qxl; });
    row(
        "video memory", [](H h) { h.amount("videoMemoryMiB", 64); },
        [](M &m) { m.videoMemoryMiB = 64; });
    row(
        "monitors",
        [](H h) {
            h.choose("video", VideoModel::Virtio);
            h.spin("monitors", 3);
        },
        [](M &m) {
            m.video = VideoModel::Virtio;
            m.monitors = 3;
        });
    row(
        "remote display",
        [](H h) {
            h.click("remoteDisplay/enabled");
            h.type("remoteDisplay/address", QStringLiteral("0.0.0.0"));
            h.type("remoteDisplay/ports", QStringLiteral("5900-5910"));
            h.type("remoteDisplay/password", QStringLiteral("secret"));
            h.click("remoteDisplay/tls");
        },
        [](M &m) {
            m.remoteDisplay = {.isEnabled = true,
                               .address = QStringLiteral("0.0.0.0"),
                               .ports = QStringLiteral("5900-5910"),
                               .password = QStringLiteral("secret"),
                               .isTlsOn = true};
        });
    row(
        "sound",
        [](H h) {
            h.choose("audio", AudioModel::Ac97);
            h.click("audioInput");
            h.click("recording/sound");
        },
        [](M &m) {
            m.audio = AudioModel::Ac97;
            m.isAudioInputOn = true;
            m.recording.hasSound = false;
        });
    row(
        "USB", [](H h) { h.choose("usb", UsbController::Ehci); },
        [](M &m) { m.usb = UsbController::Ehci; });

    row(
        "shared folder",
        [](H h) {
            h.type("sharedFolder.name", QStringLiteral("tunes"));
            h.click("sharedFolder.readOnly");
            h.click("sharedFolder.automount");
            h.type("sharedFolder.mountPoint", QStringLiteral("/srv"));
        },
        [](M &m) {
            m.sharedFolders[0].name = QStringLiteral("tunes");
            m.sharedFolders[0].isReadOnly = true;
            m.sharedFolders[0].isAutomounted = true;
            m.sharedFolders[0].mountPoint = QStringLiteral("/srv");
        });
    row(
        "no shared folder", [](H h) { h.click("removeSharedFolder"); },
        [](M &m) { m.sharedFolders.clear(); });

    row(
        "controller",
        [](H h) {
            select(h, 0, -1);
            h.type("controllerName", QStringLiteral("Disks"));
            h.spin("controllerPorts", 9);
            h.click("controllerBootable");
            h.click("controllerHostCache");
        },
        [](M &m) {
            m.controllers[0].name = QStringLiteral("Disks");
            m.controllers[0].portCount = 9;
            m.controllers[0].isBootable = false;
            m.controllers[0].isHostCacheOn = false;
        });
    row(
        "controller's type",
        [](H h) {
            select(h, 0, -1);
            h.choose("controllerKind", ControllerKind::Usb);
        },
        [](M &m) {
            m.controllers[0].kind = ControllerKind::Usb;
            m.controllers[0].portCount = 8;
        });
    row(
        "added controller and drives",
        [](H h) {
            trigger(h, "addControllerMenu", "addController5"); // floppy
            trigger(h, "addDriveMenu", "addFloppy");
            trigger(h, "addDriveMenu", "addOptical");
        },
        [](M &m) {
            m.controllers.append({.name = QStringLiteral("Floppy"),
                                  .kind = ControllerKind::Floppy,
                                  .portCount = 1,
                                  .attachments = {{.kind = MediumKind::Floppy}}});
            m.controllers[0].attachments.append({.kind = MediumKind::Optical, .port = 2});
        });
    row(
        "disk",
        [](H h) {
            select(h, 0, 0);
            QCOMPARE(h.find<QComboBox>("slot")->currentData(), QVariant(0));
            h.choose("slot", 4 * 2); // port 4
            h.click("readOnly");
            h.click("discard");
            h.click("solidState");
            h.choose("diskCache", DiskCache::Off);
        },
        [](M &m) {
            StorageAttachment &disk = m.controllers[0].attachments[0];
            disk.port = 4;
            disk.isReadOnly = true;
            disk.isDiscardOn = false;
            disk.isSolidState = true;
            disk.hostCache = DiskCache::Off;
        });
    row(
        "image",
        [](H h) {
            select(h, 0, 1);
            h.type("mediumPath", QStringLiteral("/usr/share/a.iso"));
        },
        [](M &m) { m.controllers[0].attachments[1].path = QStringLiteral("/usr/share/a.iso"); });

    row(
        "adapter",
        [](H h) {
            h.choose("adapters/0/model", NicModel::Pcnet);
            h.type("adapters/0/mac.line", QStringLiteral("0800.27A1.B2C3"));
            h.click("adapters/0/cableConnected");
            h.spin("adapters/0/rateLimitKiBps", 512);
        },
        [](M &m) {
            m.adapters[0].model = NicModel::Pcnet;
            m.adapters[0].macAddress = QStringLiteral("08:00:27:a1:b2:c3");
            m.adapters[0].isCableConnected = false;
            m.adapters[0].rateLimitKiBps = 512;
        });
    row(
        "NAT",
        [](H h) {
            h.type("adapters/0/natNetwork", QStringLiteral("192.168.9.0/24"));
            h.choose("adapters/0/egress", EgressPolicy::ListOnly);
            h.write("adapters/0/allowedDestinations",
                    QStringLiteral("debian.org\n\n 192.0.2.0/24 "));
            h.clickIn("adapters/0/forwards", "addForward");
            QAbstractItemModel *model = forwards(h)->model();
            model->setData(model->index(0, ui::ForwardModel::Name), QStringLiteral("dns"));
            model->setData(model->index(0, ui::ForwardModel::Protocol), QStringLiteral("UDP"));
            model->setData(model->index(0, ui::ForwardModel::HostAddress),
                           QStringLiteral("0.0.0.0"));
            model->setData(model->index(0, ui::ForwardModel::HostPort), QStringLiteral("5353"));
            model->setData(model->index(0, ui::ForwardModel::GuestAddress),
                           QStringLiteral("10.0.2.15"));
            model->setData(model->index(0, ui::ForwardModel::GuestPort), QStringLiteral("53"));
        },
        [](M &m) {
            m.adapters[0].natNetwork = QStringLiteral("192.168.9.0/24");
            m.adapters[0].egress = EgressPolicy::ListOnly;
            m.adapters[0].allowedDestinations = {QStringLiteral("debian.org"),
                                                 QStringLiteral("192.0.2.0/24")};
            m.adapters[0].forwards = {{.name = QStringLiteral("dns"),
                                       .protocol = ForwardProtocol::Udp,
                                       .hostAddress = QStringLiteral("0.0.0.0"),
                                       .hostPort = 5353,
                                       .guestAddress = QStringLiteral("10.0.2.15"),
                                       .guestPort = 53}};
        });
    row(
        "internal network",
        [](H h) {
            h.choose("adapters/0/attachedTo", NetworkMode::Internal);
            h.editCombo("adapters/0/internalNetwork", QStringLiteral("lab"));
        },
        [](M &m) {
            m.adapters[0].mode = NetworkMode::Internal;
            m.adapters[0].internalNetwork = QStringLiteral("lab");
        });
    row(
        "bridge",
        [](H h) {
            h.choose("adapters/0/attachedTo", NetworkMode::Bridged);
            h.editCombo("adapters/0/hostInterface", QStringLiteral("br7"));
        },
        [](M &m) {
            m.adapters[0].mode = NetworkMode::Bridged;
            m.adapters[0].hostInterface = QStringLiteral("br7");
        });
    row(
        "no adapter", [](H h) { h.click("adapters/0/mode"); },
        [](M &m) { m.adapters[0].mode = NetworkMode::None; });
    row(
        "eighth adapter",
        [](H h) {
            h.click("adapters/7/mode");
            h.type("adapters/7/mac.line", QStringLiteral("525400000008"));
            h.choose("adapters/7/attachedTo", NetworkMode::NotAttached);
        },
        [](M &m) {
            m.adapters.resize(8);
            m.adapters[7].mode = NetworkMode::NotAttached;
            m.adapters[7].macAddress = QStringLiteral("52:54:00:00:00:08");
        });
    row(
        "serial ports",
        [](H h) {
            h.click("serialPorts/0/enabled");
            h.click("serialPorts/2/enabled");
            h.choose("serialPorts/2/mode", SerialMode::SocketServer);
            h.type("serialPorts/2/path.line", QStringLiteral("/run/com3"));
        },
        [](M &m) {
            m.serialPorts = {{.isEnabled = true},
                             {},
                             {.isEnabled = true,
                              .mode = SerialMode::SocketServer,
                              .path = QStringLiteral("/run/com3")}};
        });
    row(
        "user interface",
        [](H h) {
            h.click("extraData/menuBar");
            h.click("extraData/statusBar");
            h.choose("extraData/miniToolBar", 1);
            h.choose("extraData/miniToolBarPlace", 1);
            h.choose("extraData/scale", 0);
            h.choose("extraData/closing", int(ui::CloseChoice::Background));
        },
        [](M &m) {
            m.extraData = {{QStringLiteral("GUI/MenuBar/Enabled"), QStringLiteral("false")},
                           {QStringLiteral("GUI/StatusBar/Enabled"), QStringLiteral("false")},
                           {QStringLiteral("GUI/ShowMiniToolBar"), QStringLiteral("yes")},
                           {QStringLiteral("GUI/MiniToolBarAlignment"), QStringLiteral("bottom")},
                           {QStringLiteral("GUI/Scale"), QStringLiteral("on")},
                           {QStringLiteral("GUI/DefaultCloseAction"), QStringLiteral("Detach")}};
        });
    row(
        "zoom", [](H h) { h.choose("extraData/scale", 200); },
        [](M &m) {
            m.extraData = {{QStringLiteral("GUI/ScaleFactor"), QStringLiteral("2")}};
        });
}

void TestSettingsFields::eachIsWrittenAndShownAgain()
{
    QFETCH(Set, set);
    QFETCH(Change, expected);
    fakes::SettingsFixture fixture;
    const MachineDefinition before = fixture.onDisk();
    MachineDefinition wanted = before;
    expected(wanted);
    QVERIFY(!(wanted == before));

    MachineEntry entry = fixture.entry;
    {
        ui::SettingsDialog dialog(fixture.store, entry);
        dialog.show();
        const SettingsHands hands(dialog);
        QSignalSpy saved(&dialog, &ui::SettingsDialog::saved);
        set(hands);
        QCOMPARE(hands.shownOver(before), wanted);
        QTest::mouseClick(hands.ok(), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(saved.size(), 1, 10000);
        entry = saved.first().first().value<MachineEntry>();
    }
    const auto read = readMachine(entry.definitionPath);
    QVERIFY_OK(read);
    QCOMPARE(read->definition, wanted);

    ui::SettingsDialog again(fixture.store, *read);
    QCOMPARE(SettingsHands(again).shownOver(before), wanted);
    QCOMPARE(SettingsHands(again).shownOver(wanted), wanted);
}

void TestSettingsFields::everyPageHasItsRow()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    const SettingsHands hands(dialog);
    auto *list = hands.find<QListWidget>("pages");
    QCOMPARE(list->count(), 10);
    for (const char *id : {"general", "system", "display", "storage", "audio", "network", "serial",
                           "usb", "sharedFolders", "interface"}) {
        dialog.showPage(QString::fromLatin1(id));
        QCOMPARE(list->currentItem()->data(Qt::UserRole).toString(), QString::fromLatin1(id));
        QVERIFY(!hands.page(id)->title().isEmpty());
    }
}

void TestSettingsFields::nothingChangedWritesNothing()
{
    fakes::SettingsFixture fixture;
    const QByteArray before = [&] {
        QFile file(fixture.entry.definitionPath);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }();
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    QSignalSpy saved(&dialog, &ui::SettingsDialog::saved);
    QSignalSpy finished(&dialog, &QDialog::finished);
    dialog.show();
    dialog.accept();
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(saved.size(), 0);
    QFile file(fixture.entry.definitionPath);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), before);
}

void TestSettingsFields::removingTakesTheDriveAndThenTheController()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    const SettingsHands hands(dialog);
    select(hands, 0, 1);
    hands.click("removeStorage");
    QCOMPARE(hands.shownOver({}).controllers.first().attachments.size(), 1);
    select(hands, 0, -1);
    hands.click("removeStorage");
    QVERIFY(hands.shownOver({}).controllers.isEmpty());
    QVERIFY(!hands.find<QToolButton>("removeStorage")->isEnabled());
    QVERIFY(!hands.find<QToolButton>("addDrive")->isEnabled());
}

void TestSettingsFields::anAdapterThatGoesOnGetsAnAddress()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    const SettingsHands hands(dialog);
    hands.click("adapters/1/mode");
    const QString mac = hands.shownOver({}).adapters.value(1).macAddress;
    QVERIFY2(mac.startsWith(QStringLiteral("52:54:00:")), qPrintable(mac));
    hands.click("adapters/1/mac.random");
    QVERIFY(hands.shownOver({}).adapters.value(1).macAddress != mac);
}

void TestSettingsFields::forwardsAreCopiedAndDeleted()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    const SettingsHands hands(dialog);
    hands.clickIn("adapters/0/forwards", "addForward");
    hands.clickIn("adapters/0/forwards", "copyForward");
    const QList<PortForward> two = hands.shownOver({}).adapters.value(0).forwards;
    QCOMPARE(two.size(), 2);
    QVERIFY(two[0].name != two[1].name);
    QVERIFY(two[0].hostPort != two[1].hostPort);
    hands.clickIn("adapters/0/forwards", "removeForward");
    QCOMPARE(hands.shownOver({}).adapters.value(0).forwards, two.mid(0, 1));
}

void TestSettingsFields::theBootOrderIsMoved()
{
    fakes::SettingsFixture fixture;
    ui::SettingsDialog dialog(fixture.store, fixture.entry);
    const SettingsHands hands(dialog);
    hands.find<QListWidget>("bootList")->setCurrentRow(1);
    hands.click("bootUp");
    QCOMPARE(hands.shownOver({}).bootOrder,
             (QList<BootDevice>{BootDevice::Optical, BootDevice::HardDisk}));
    QVERIFY(!hands.find<QToolButton>("bootUp")->isEnabled());
    hands.click("bootDown");
    QCOMPARE(hands.shownOver({}).bootOrder,
             (QList<BootDevice>{BootDevice::HardDisk, BootDevice::Optical}));
}

QTEST_MAIN(TestSettingsFields)
#include "tst_settings_fields.moc"

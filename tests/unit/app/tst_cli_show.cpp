// SPDX-License-Identifier: GPL-3.0-or-later
// A machine as text, and what modifyvm and storageattach make of a definition.
#include "app/cli/modify_settings.h"
#include "app/cli/show_format.h"
#include "app/cli/storage_attach.h"
#include "app/cli/vbox_network_words.h"
#include "app/cli/vbox_words.h"
#include "tests/support/test_main.h"

#include <QtCore/QJsonArray>

using namespace app;
using namespace engine;

namespace {

MachineView exampleView()
{
    MachineView view;
    view.entry.folder = QStringLiteral("/m/pk vm");
    view.entry.definitionPath = QStringLiteral("/m/pk vm/pk vm.vitrine");
    MachineDefinition &definition = view.entry.definition;
    definition.uuid = QUuid::fromString("11111111-2222-3333-4444-555555555555");
    definition.name = QStringLiteral("pk vm");
    definition.memoryMiB = 512;

    StorageController sata;
    sata.name = QStringLiteral("SATA Controller");
    sata.portCount = 2;
    StorageAttachment disk;
    disk.path = QStringLiteral("disks/a.qcow2");
    sata.attachments.append(disk);
    StorageAttachment drive;
    drive.kind = MediumKind::Optical;
    drive.port = 1;
    sata.attachments.append(drive);
    definition.controllers.append(sata);

    NetworkAdapter nat;
    nat.mode = NetworkMode::Nat;
    nat.model = NicModel::E1000;
    nat.macAddress = QStringLiteral("08:00:27:a1:b2:c3");
    nat.forwards.append({QStringLiteral("ssh"), ForwardProtocol::Tcp, QStringLiteral("127.0.0.1"),
                         2222, QString(), 22});
    definition.adapters.append(nat);
    view.live.word = QStringLiteral("poweroff");
    view.live.changed = QDateTime(QDate(2026, 11, 21), QTime(10, 0), Qt::UTC);
    return view;
}

Outcome modify(MachineDefinition &definition, const QStringList &words)
{
    auto arguments = parseArguments(words, modifyOptions());
    if (!arguments)
        return Outcome::syntax(std::move(arguments).error());
    return applyModifications(definition, *arguments);
}

} // namespace

class TestCliShow : public QObject
{
    Q_OBJECT
private slots:
    void machineReadableLines();
    void machineReadableOrder();
    void listLinesAreVirtualBoxs();
    void forwardsGoBothWays();
    void badForwardsAreRefused_data();
    void badForwardsAreRefused();
    void hardwareAddressesAreChecked();
    void bootPlacesKeepTheirHoles();
    void usbOffTakesTheTabletAlong();
    void theKeyboardIsChosen();
    void flagsWithoutMeaningAreKept();
    void hardwareThatMachinesHaveIsSet();
    void recordingIsSet();
    void clipboardAndDropsAreSwitched();
    void serialPortsAreSet();
    void aRuleIsAddedOnce();
    void imagesInTheFolderAreStoredRelative();
    void aDiskHasACachePolicyOfItsOwn();
    void placesOutsideAControllerAreRefused();
    void aHardDiskIsNeverEmpty();
};

void TestCliShow::machineReadableLines()
{
    const QString text = machineReadable(exampleView());
    for (const char *line : {
             "name=\"pk vm\"\n",
             "UUID=\"11111111-2222-3333-4444-555555555555\"\n",
             "CfgFile=\"/m/pk vm/pk vm.vitrine\"\n",
             "memory=512\n",
             "chipset=\"ich9\"\n",
             "firmware=\"BIOS\"\n",
             "VMState=\"poweroff\"\n",
             "VMStateChangeTime=\"2026-11-21T10:00:00.000000000\"\n",
             "storagecontrollername0=\"SATA Controller\"\n",
             "storagecontrollertype0=\"IntelAhci\"\n",
             "storagecontrollerportcount0=\"2\"\n",
             "\"SATA Controller-0-0\"=\"/m/pk vm/disks/a.qcow2\"\n",
             "\"SATA Controller-1-0\"=\"emptydrive\"\n",
             "\"SATA Controller-IsEjected-1-0\"=\"on\"\n",
             "natnet1=\"nat\"\nmacaddress1=\"080027A1B2C3\"\ncableconnected1=\"on\"\nnic1=\"nat\"\n"
             "nictype1=\"82540EM\"\nnicspeed1=\"0\"\nmtu=\"0\"\nsockSnd=\"64\"\nsockRcv=\"64\"\n"
             "tcpWndSnd=\"64\"\ntcpWndRcv=\"64\"\nForwarding(0)=\"ssh,tcp,127.0.0.1,2222,,22\"\n"
             "nic2=\"none\"\n",
             "nic8=\"none\"\n",
         })
        QVERIFY2(text.contains(QLatin1String(line)), line);
    QVERIFY(!text.contains("nic9"));
}

void TestCliShow::machineReadableOrder()
{
    const QString text = machineReadable(exampleView());
    qsizetype last = -1;
    for (const char *key : {"name=",
                            "groups=",
                            "ostype=",
                            "UUID=",
                            "CfgFile=",
                            "memory=",
                            "vram=",
                            "chipset=",
                            "firmware=",
                            "cpus=",
                            "boot1=",
                            "boot4=",
                            "rtcuseutc=",
                            "hwvirtex=",
                            "VMState=",
                            "VMStateChangeTime=",
                            "graphicscontroller=",
                            "storagecontrollername0=",
                            "\"SATA Controller-0-0\"=",
                            "nic1=",
                            "Forwarding(0)=",
                            "nic2=",
                            "hidpointing=",
                            "hidkeyboard=",
                            "uart1=",
                            "audio=",
                            "vrde=",
                            "usb=",
                            "engine="}) {
        const qsizetype at = text.indexOf('\n' + QLatin1String(key));
        const qsizetype place = text.startsWith(QLatin1String(key)) ? 0 : at;
        QVERIFY2(place > last || (place == 0 && last == -1), key);
        last = place;
    }
}

void TestCliShow::listLinesAreVirtualBoxs()
{
    MachineView view = exampleView();
    QCOMPARE(listLine(view.entry),
             QStringLiteral("\"pk vm\" {11111111-2222-3333-4444-555555555555}\n"));
    view.entry.error = Error(ErrorKind::Corrupt, "broken");
    QVERIFY(listLine(view.entry).startsWith("\"<inaccessible>\" {"));
}

void TestCliShow::forwardsGoBothWays()
{
    const QString word = QStringLiteral("dns,udp,10.1.1.1,5353,10.0.2.15,53");
    const auto rule = forwardFromWord(word);
    QVERIFY_OK(rule);
    QCOMPARE(int(rule->protocol), int(ForwardProtocol::Udp));
    QCOMPARE(forwardWord(*rule), word);
    // A rule without a name gets one.
    QCOMPARE(forwardFromWord(",tcp,,2222,,22")->name, QStringLiteral("tcp_2222_22"));
}

void TestCliShow::badForwardsAreRefused_data()
{
    QTest::addColumn<QString>("word");
    QTest::newRow("short") << "ssh,tcp,,2222";
    QTest::newRow("protocol") << "ssh,icmp,,2222,,22";
    QTest::newRow("port") << "ssh,tcp,,65536,,22";
    QTest::newRow("no port") << "ssh,tcp,,,,22";
    QTest::newRow("guest port") << "ssh,tcp,,2222,,x";
}

void TestCliShow::badForwardsAreRefused()
{
    QFETCH(QString, word);
    QVERIFY_ERROR(forwardFromWord(word), ErrorKind::Invalid);
}

void TestCliShow::hardwareAddressesAreChecked()
{
    QCOMPARE(*macFromWord("080027A1B2C3"), QStringLiteral("08:00:27:a1:b2:c3"));
    QCOMPARE(macWord("08:00:27:a1:b2:c3"), QStringLiteral("080027A1B2C3"));
    QVERIFY(macFromWord("auto")->startsWith("08:00:27:"));
    QVERIFY_ERROR(macFromWord("080027A1B2"), ErrorKind::Invalid);
    QVERIFY_ERROR(macFromWord("080027A1B2CX"), ErrorKind::Invalid);
    QVERIFY_ERROR(macFromWord("010027A1B2C3"), ErrorKind::Invalid);
}

void TestCliShow::bootPlacesKeepTheirHoles()
{
    MachineDefinition definition;
    QVERIFY(modify(definition, {"--boot1", "none", "--boot2", "net", "--boot3", "dvd"}).isGood());
    QCOMPARE(definition.bootOrder, (QList<BootDevice>{BootDevice::Network, BootDevice::Optical}));
    QCOMPARE(bootWord(bootSlots(definition)[0]), QStringLiteral("none"));
    QCOMPARE(bootWord(bootSlots(definition)[1]), QStringLiteral("net"));
    // Changed elsewhere since: the definition is right.
    definition.bootOrder = {BootDevice::HardDisk};
    QCOMPARE(bootWord(bootSlots(definition)[0]), QStringLiteral("disk"));
}

void TestCliShow::usbOffTakesTheTabletAlong()
{
    MachineDefinition definition;
    QVERIFY(modify(definition, {"--usb", "off"}).isGood());
    QCOMPARE(int(definition.usb), int(UsbController::None));
    QCOMPARE(int(definition.pointing), int(PointingDevice::Ps2Mouse));
    QVERIFY(modify(definition, {"--mouse", "usbtablet"}).isGood());
    QCOMPARE(int(definition.usb), int(UsbController::Xhci));
}

void TestCliShow::theKeyboardIsChosen()
{
    MachineView view = exampleView();
    MachineDefinition &definition = view.entry.definition;
    QVERIFY(machineReadable(view).contains("hidkeyboard=\"ps2kbd\"\n"));
    definition.usb = UsbController::None;
    definition.inertSettings = {{QStringLiteral("keyboard"), QStringLiteral("usb")}}; // once stored
    QVERIFY(modify(definition, {"--keyboard", "usb"}).isGood());
    QCOMPARE(definition.keyboard, KeyboardDevice::Usb);
    QCOMPARE(definition.usb, UsbController::Xhci); // which it needs
    QVERIFY(definition.inertSettings.isEmpty());
    QVERIFY(machineReadable(view).contains("hidkeyboard=\"usbkbd\"\n"));
    QVERIFY(modify(definition, {"--usb", "off"}).isGood());
    QCOMPARE(definition.keyboard, KeyboardDevice::Ps2);
    QVERIFY(modify(definition, {"--keyboard", "USB"}).isGood());
    QVERIFY(modify(definition, {"--keyboard", "ps2"}).isGood());
    QCOMPARE(definition.keyboard, KeyboardDevice::Ps2);
    QCOMPARE(modify(definition, {"--keyboard", "serial"}).exitCode(), 2);
}

void TestCliShow::flagsWithoutMeaningAreKept()
{
    MachineDefinition definition;
    QVERIFY(modify(definition,
                   {"--largepages", "on", "--natdnsproxy2", "on", "--lpt1", "0x378", "7",
                    "--cpuid-set", "1", "2", "3", "4", "5"})
                .isGood());
    QCOMPARE(inertValue(definition, "largepages"), QStringLiteral("on"));
    QCOMPARE(inertValue(definition, "natdnsproxy2"), QStringLiteral("on"));
    QCOMPARE(inertValue(definition, "lpt1"), QStringLiteral("0x378,7"));
    QCOMPARE(inertValue(definition, "cpuidset"), QStringLiteral("1,2,3,4,5"));
    QCOMPARE(modify(definition, {"--no-such-thing", "on"}).exitCode(), 2);
}

void TestCliShow::hardwareThatMachinesHaveIsSet()
{
    MachineDefinition definition;
    QVERIFY(modify(definition,
                   {"--nested-hw-virt", "on", "--audio-in", "on", "--autostart-enabled", "on",
                    "--autostart-delay", "30"})
                .isGood());
    QVERIFY(definition.isNestedVirtualizationOn);
    QVERIFY(definition.isAudioInputOn);
    QVERIFY(definition.isAudioOutputOn);
    definition.inertSettings = {{QStringLiteral("audioout"), QStringLiteral("on")}}; // once stored
    QVERIFY(modify(definition, {"--audio-out", "off"}).isGood());
    QVERIFY(!definition.isAudioOutputOn);
    QVERIFY(definition.isAutostartOn);
    QCOMPARE(definition.autostartDelaySeconds, 30);
    QCOMPARE(modify(definition, {"--autostart-delay", "-1"}).exitCode(), 2);
    QVERIFY(definition.inertSettings.isEmpty());
}

void TestCliShow::recordingIsSet()
{
    MachineDefinition definition;
    QVERIFY(modify(definition,
                   {"--recording", "on", "--recording-file", "films/a.webm",
                    "--recording-video-res", "1024x768", "--recording-video-fps", "10",
                    "--recording-video-rate", "900", "--recording-max-time", "60",
                    "--recording-max-size", "100"})
                .isGood());
    QCOMPARE(definition.recording,
             (RecordingSettings{.isOn = true,
                                .file = "films/a.webm",
                                .width = 1024,
                                .height = 768,
                                .framesPerSecond = 10,
                                .kilobitsPerSecond = 900,
                                .maxSeconds = 60,
                                .maxMiB = 100}));
    QVERIFY(modify(definition, {"--recordingopts", "vc_enabled=true,ac_enabled=false"}).isGood());
    QVERIFY(!definition.recording.hasSound);
    QVERIFY(definition.inertSettings.isEmpty());
    QVERIFY(modify(definition, {"--recording-opts", "ac_enabled=TRUE,ac_profile=high"}).isGood());
    QVERIFY(definition.recording.hasSound);
    QCOMPARE(recordingOptionsWord(definition), "vc_enabled=true,ac_enabled=true,ac_profile=high");
    QCOMPARE(modify(definition, {"--recording-opts", "ac_enabled=maybe"}).exitCode(), 2);
    QCOMPARE(modify(definition, {"--recording-opts", "vc_enabled=false"}).exitCode(), 1);
    // Older spellings.
    QVERIFY(modify(definition, {"--videocap", "off", "--videocapres", "screen", "--videocapfps",
                                "25"})
                .isGood());
    QVERIFY(!definition.recording.isOn);
    QCOMPARE(definition.recording.width, 0);
    QCOMPARE(definition.recording.height, 0);
    for (const char *word : {"1024", "1024x", "x768", "8x768", "1024x9000", "1024x768x2", "big"})
        QCOMPARE(modify(definition, {"--recording-video-res", word}).exitCode(), 2);
    QCOMPARE(modify(definition, {"--recording-video-fps", "0"}).exitCode(), 2);
    QCOMPARE(definition.recording.framesPerSecond, 25);
}

void TestCliShow::clipboardAndDropsAreSwitched()
{
    MachineDefinition definition;
    // As a version stored it that could not do it.
    definition.inertSettings = {{QStringLiteral("clipboardmode"), QStringLiteral("hosttoguest")}};
    QVERIFY(modify(definition, {"--clipboard-mode", "bidirectional", "--drag-and-drop",
                                "hosttoguest"})
                .isGood());
    QCOMPARE(definition.clipboard, SharingMode::Bidirectional);
    QCOMPARE(definition.dragAndDrop, SharingMode::HostToGuest);
    QVERIFY(definition.inertSettings.isEmpty());
    // The spellings of older versions.
    QVERIFY(modify(definition, {"--clipboard", "GuestToHost", "--draganddrop", "disabled"})
                .isGood());
    QCOMPARE(definition.clipboard, SharingMode::GuestToHost);
    QCOMPARE(definition.dragAndDrop, SharingMode::Disabled);
    QCOMPARE(modify(definition, {"--clipboard-mode", "sideways"}).exitCode(), 2);
}

void TestCliShow::serialPortsAreSet()
{
    MachineDefinition definition;
    QVERIFY(modify(definition,
                   {"--uart1", "0x3F8", "4", "--uartmode1", "server", "/run/com1", "--uart2",
                    "0x2f8", "3", "--uartmode2", "file", "/tmp/log"})
                .isGood());
    QCOMPARE(
        definition.serialPorts,
        (QList<SerialPort>{
            {.isEnabled = true,
             .mode = SerialMode::SocketServer,
             .path = QStringLiteral("/run/com1")},
            {.isEnabled = true, .mode = SerialMode::File, .path = QStringLiteral("/tmp/log")}}));
    QVERIFY(modify(definition, {"--uart1", "off", "--uartmode2", "disconnected"}).isGood());
    QVERIFY(!definition.serialPorts[0].isEnabled);
    QCOMPARE(definition.serialPorts[1], (SerialPort{.isEnabled = true}));
    QCOMPARE(modify(definition, {"--uart1", "0x2F8", "3"}).exitCode(), 1);
    QCOMPARE(modify(definition, {"--uart5", "off"}).exitCode(), 2);
    QCOMPARE(modify(definition, {"--uartmode1", "tcpserver", "5000"}).exitCode(), 1);
    QCOMPARE(modify(definition, {"--uartmode1", "nonsense"}).exitCode(), 2);
}

void TestCliShow::aRuleIsAddedOnce()
{
    MachineDefinition definition;
    const QStringList add{"--natpf1", "ssh,tcp,,2222,,22"};
    QVERIFY(modify(definition, add).isGood());
    const Outcome again = modify(definition, add);
    QCOMPARE(again.exitCode(), 1);
    QVERIFY(QString::fromStdString(again.error()->text())
                .contains("A NAT rule of this name already exists"));
    QVERIFY(modify(definition, {"--nat-pf1", "delete", "ssh"}).isGood());
    QVERIFY(definition.adapters.first().forwards.isEmpty());
}

void TestCliShow::imagesInTheFolderAreStoredRelative()
{
    MachineDefinition definition = exampleView().entry.definition;
    AttachRequest request;
    request.slot = {QStringLiteral("SATA Controller"), 4, 0};
    request.hasMedium = true;
    request.path = QStringLiteral("/m/pk vm/disks/b.vdi");
    QVERIFY(attach(definition, QStringLiteral("/m/pk vm"), request).isGood());
    const StorageAttachment *attachment = findAttachment(std::as_const(definition), request.slot);
    QVERIFY(attachment);
    QCOMPARE(attachment->path, QStringLiteral("disks/b.vdi"));
    QCOMPARE(int(attachment->kind), int(MediumKind::HardDisk));
    QCOMPARE(definition.controllers.first().portCount, 5);

    request.isRemoval = true;
    QVERIFY(attach(definition, QStringLiteral("/m/pk vm"), request).isGood());
    QVERIFY(!findAttachment(std::as_const(definition), request.slot));
    QCOMPARE(attach(definition, QStringLiteral("/m/pk vm"), request).exitCode(), 1);
}

void TestCliShow::aDiskHasACachePolicyOfItsOwn()
{
    MachineView view = exampleView();
    MachineDefinition &definition = view.entry.definition;
    const QLatin1String key("\"SATA Controller-hostiocache-0-0\"=");
    AttachRequest request;
    request.slot = {QStringLiteral("SATA Controller"), 0, 0};
    request.hostCache = DiskCache::Off;
    QVERIFY(attach(definition, QStringLiteral("/m/pk vm"), request).isGood());
    QCOMPARE(findAttachment(std::as_const(definition), request.slot)->hostCache, DiskCache::Off);
    QVERIFY(machineReadable(view).contains(key + QLatin1String("\"off\"\n")));
    request.hostCache.reset();
    request.isSolidState = true; // leaves it alone
    QVERIFY(attach(definition, QStringLiteral("/m/pk vm"), request).isGood());
    QCOMPARE(findAttachment(std::as_const(definition), request.slot)->hostCache, DiskCache::Off);
    request.hostCache = DiskCache::AsController;
    QVERIFY(attach(definition, QStringLiteral("/m/pk vm"), request).isGood());
    QVERIFY(!machineReadable(view).contains(key));
    request.slot.port = 1; // an optical drive
    QCOMPARE(attach(definition, QStringLiteral("/m/pk vm"), request).exitCode(), 1);
}

void TestCliShow::placesOutsideAControllerAreRefused()
{
    MachineDefinition definition = exampleView().entry.definition;
    AttachRequest request;
    request.hasMedium = true;
    request.path = QStringLiteral("/a.iso");
    for (const StorageSlot &slot : {StorageSlot{QStringLiteral("SATA Controller"), 30, 0},
                                    StorageSlot{QStringLiteral("SATA Controller"), 0, 1},
                                    StorageSlot{QStringLiteral("IDE"), 0, 0}}) {
        request.slot = slot;
        QCOMPARE(attach(definition, QStringLiteral("/m"), request).exitCode(), 1);
    }
    QCOMPARE(definition, exampleView().entry.definition);
}

void TestCliShow::aHardDiskIsNeverEmpty()
{
    MachineDefinition definition = exampleView().entry.definition;
    AttachRequest request;
    request.slot = {QStringLiteral("SATA Controller"), 0, 0};
    request.hasMedium = true; // emptydrive
    QCOMPARE(attach(definition, QStringLiteral("/m"), request).exitCode(), 1);
    request.slot.port = 1;
    QVERIFY(attach(definition, QStringLiteral("/m"), request).isGood());
}

QTEST_GUILESS_MAIN(TestCliShow)
#include "tst_cli_show.moc"

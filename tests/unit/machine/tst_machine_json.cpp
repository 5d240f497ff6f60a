// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"
#include "tests/support/test_main.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>
#include <QtCore/QSet>
#include <QtTest/QTest>

using namespace engine;

namespace {

MachineDefinition fullDefinition()
{
    MachineDefinition definition;
    definition.uuid = QUuid(QStringLiteral("{716f0ab7-6382-4503-bdc3-0d5bc1765277}"));
    definition.name = QStringLiteral("Büro \"1\"");
    definition.description = QStringLiteral("two\nlines");
    definition.groups = {QStringLiteral("/"), QStringLiteral("/work")};
    definition.osId = QStringLiteral("debian12");
    definition.engine = EngineChoice::Qemu;
    definition.memoryMiB = 4096;
    definition.balloonMiB = 1024;
    definition.cpus = 3;
    definition.isNestedVirtualizationOn = true;
    definition.firmware = Firmware::Uefi;
    definition.isSecureBootOn = true;
    definition.tpm = TpmModel::Tpm20;
    definition.chipset = Chipset::I440fx;
    definition.clock = ClockBase::LocalTime;
    definition.bootOrder = {BootDevice::Network, BootDevice::Floppy};
    definition.video = VideoModel::Qxl;
    definition.videoMemoryMiB = 64;
    definition.monitors = 3;
    definition.audio = AudioModel::Ac97;
    definition.isAudioOutputOn = false;
    definition.isAudioInputOn = true;
    definition.recording = {.isOn = true,
                            .file = "film.webm",
                            .width = 800,
                            .height = 600,
                            .framesPerSecond = 10,
                            .kilobitsPerSecond = 900,
                            .hasSound = false,
                            .maxSeconds = 60,
                            .maxMiB = 100};
    definition.pointing = PointingDevice::Ps2Mouse;
    definition.keyboard = KeyboardDevice::Usb;
    definition.usb = UsbController::Ehci;
    definition.clipboard = SharingMode::GuestToHost;
    definition.dragAndDrop = SharingMode::Bidirectional;
    definition.controllers = {
        {.name = QStringLiteral("IDE"),
         .kind = ControllerKind::Ide,
         .portCount = 2,
         .isBootable = false,
         .isHostCacheOn = false,
         .attachments = {{.kind = MediumKind::Optical, .port = 1, .device = 1},
                         {.kind = MediumKind::HardDisk,
                          .path = QStringLiteral("disks/a.qcow2"),
                          .isReadOnly = true,
                          .isDiscardOn = false,
                          .isSolidState = true,
                          .hostCache = DiskCache::Off}}}};
    definition.adapters = {{.mode = NetworkMode::Nat,
                            .model = NicModel::E1000e,
                            .macAddress = QStringLiteral("52:54:00:12:34:56"),
                            .isCableConnected = false,
                            .internalNetwork = QStringLiteral("lab"),
                            .hostInterface = QStringLiteral("br0"),
                            .rateLimitKiBps = 512,
                            .forwards = {{.name = QStringLiteral("ssh"),
                                          .protocol = ForwardProtocol::Udp,
                                          .hostAddress = QStringLiteral("127.0.0.1"),
                                          .hostPort = 2222,
                                          .guestAddress = QStringLiteral("10.0.2.15"),
                                          .guestPort = 22}},
                            .natNetwork = QStringLiteral("192.168.9.0/24"),
                            .egress = EgressPolicy::ListOnly,
                            .allowedDestinations = {QStringLiteral("debian.org")}},
                           {}};
    definition.serialPorts = {
        {}, {.isEnabled = true, .mode = SerialMode::File, .path = QStringLiteral("com2.txt")}};
    definition.remoteDisplay = {.isEnabled = true,
                                .address = QStringLiteral("0.0.0.0"),
                                .ports = QStringLiteral("5900-5910"),
                                .password = QStringLiteral("secret"),
                                .isTlsOn = true,
                                .unknownKeys = {{QStringLiteral("later"), 1}}};
    definition.isAutostartOn = true;
    definition.autostartDelaySeconds = 5;
    definition.isDisposable = true;
    definition.inertSettings = {{QStringLiteral("vrde"), true}};
    definition.extraData = {{QStringLiteral("a/b"), QStringLiteral("c")}};
    return definition;
}

QByteArray minimal(const QByteArray &more)
{
    return R"({"format":"vitrine-machine","version":1,"name":"a")" + more + "}";
}

} // namespace

class TestMachineJson final : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void everyFieldComesBack()
    {
        const MachineDefinition written = fullDefinition();
        const auto read = machineFromJson(machineToJson(written));
        QVERIFY_OK(read);
        QVERIFY(*read == written);
        QVERIFY(*read != MachineDefinition());
    }

    void bytesAreStable()
    {
        const QByteArray first = machineToJson(fullDefinition());
        const auto read = machineFromJson(first);
        QVERIFY_OK(read);
        QCOMPARE(machineToJson(*read), first);
        QVERIFY(first.endsWith("}\n"));
    }

    void absentKeysTakeDefaults()
    {
        const auto read = machineFromJson(minimal(""));
        QVERIFY_OK(read);
        MachineDefinition expected;
        expected.name = QStringLiteral("a");
        QVERIFY(*read == expected);
    }

    void unknownKeysSurviveAtEveryLevel()
    {
        const QByteArray json = minimal(R"(,"future":{"x":[1,2]},
            "controllers":[{"name":"S","kind":"sata","queue":7,
                "attachments":[{"kind":"optical","tray":"open"}]}],
            "adapters":[{"mode":"nat","model":"virtio","vlan":5,
                "forwards":[{"name":"f","ttl":9}]}])");
        const auto read = machineFromJson(json);
        QVERIFY_OK(read);
        const QJsonObject again = QJsonDocument::fromJson(machineToJson(*read)).object();
        QCOMPARE(again.value("future").toObject().value("x").toArray().size(), 2);
        const QJsonObject controller = again.value("controllers").toArray().at(0).toObject();
        QCOMPARE(controller.value("queue").toInt(), 7);
        QCOMPARE(controller.value("attachments").toArray().at(0).toObject().value("tray"),
                 QJsonValue(QStringLiteral("open")));
        const QJsonObject adapter = again.value("adapters").toArray().at(0).toObject();
        QCOMPARE(adapter.value("vlan").toInt(), 5);
        QCOMPARE(adapter.value("forwards").toArray().at(0).toObject().value("ttl").toInt(), 9);
    }

    void mistakesNameTheKey_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("part");
        QTest::newRow("monitors") << minimal(R"(,"monitors":5)") << "between 1 and 4";
        QTest::newRow("memory text") << minimal(R"(,"memoryMiB":"4")") << "\"memoryMiB\"";
        QTest::newRow("memory fraction") << minimal(R"(,"memoryMiB":4.5)") << "\"memoryMiB\"";
        QTest::newRow("memory low") << minimal(R"(,"memoryMiB":3)") << "between 4 and 1048576";
        QTest::newRow("memory high") << minimal(R"(,"memoryMiB":1e300)") << "\"memoryMiB\"";
        QTest::newRow("cpus none") << minimal(R"(,"cpus":0)") << "\"cpus\" is 0";
        QTest::newRow("cpus many") << minimal(R"(,"cpus":65)") << "\"cpus\" is 65";
        QTest::newRow("name number") << minimal(R"(,"name":1)") << "\"name\"";
        QTest::newRow("disposable text") << minimal(R"(,"disposable":"yes")") << "true or false";
        QTest::newRow("uuid") << minimal(R"(,"uuid":"x")") << "\"uuid\"";
        QTest::newRow("firmware") << minimal(R"(,"firmware":"coreboot")") << "bios, uefi";
        QTest::newRow("boot order") << minimal(R"(,"bootOrder":["hard-disk","tape"])") << "tape";
        QTest::newRow("groups") << minimal(R"(,"groups":[1])") << "\"groups\"";
        QTest::newRow("extra data") << minimal(R"(,"extraData":[])") << "\"extraData\"";
        QTest::newRow("controllers") << minimal(R"(,"controllers":{})") << "\"controllers\"";
        QTest::newRow("controller") << minimal(R"(,"controllers":[3])") << "\"controllers[0]\"";
        QTest::newRow("attachment port")
            << minimal(R"(,"controllers":[{"attachments":[{},{"port":-1}]}])")
            << "\"controllers[0].attachments[1].port\"";
        QTest::newRow("forward port")
            << minimal(R"(,"adapters":[{"forwards":[{"hostPort":65536}]}])")
            << "\"adapters[0].forwards[0].hostPort\"";
        QTest::newRow("nine adapters")
            << minimal(R"(,"adapters":[{},{},{},{},{},{},{},{},{}])") << "at most 8";
    }

    void mistakesNameTheKey()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, part);
        const auto read = machineFromJson(json);
        QVERIFY_ERROR(read, ErrorKind::Corrupt);
        QVERIFY2(errorText(read.error()).contains(part), read.error().text().c_str());
    }

    void otherFilesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("zeros") << QByteArray(100, '\0');
        QTest::newRow("array") << QByteArray("[]");
        QTest::newRow("other object") << QByteArray(R"({"name":"a"})");
        QTest::newRow("no version") << QByteArray(R"({"format":"vitrine-machine","name":"a"})");
        QTest::newRow("no name") << QByteArray(R"({"format":"vitrine-machine","version":1})");
        QTest::newRow("format number") << QByteArray(R"({"format":1,"version":1,"name":"a"})");
        QTest::newRow("truncated") << machineToJson(fullDefinition()).chopped(10);
    }

    void otherFilesAreRefused()
    {
        QFETCH(QByteArray, json);
        QVERIFY_ERROR(machineFromJson(json), ErrorKind::Corrupt);
    }

    void newerVersionIsRefusedByName()
    {
        const auto read =
            machineFromJson(R"({"format":"vitrine-machine","version":2,"name":["changed"]})");
        QVERIFY_ERROR(read, ErrorKind::Unsupported);
        QVERIFY(errorText(read.error()).contains(QStringLiteral("version 2")));
        QVERIFY(!read.error().remedy().empty());
    }

    void everyWordReadsBack()
    {
        checkWords<EngineChoice>();
        checkWords<Firmware>();
        checkWords<Chipset>();
        checkWords<ClockBase>();
        checkWords<VideoModel>();
        checkWords<AudioModel>();
        checkWords<PointingDevice>();
        checkWords<KeyboardDevice>();
        checkWords<UsbController>();
        checkWords<ControllerKind>();
        checkWords<MediumKind>();
        checkWords<DiskCache>();
        checkWords<NetworkMode>();
        checkWords<NicModel>();
        checkWords<BootDevice>();
        checkWords<ForwardProtocol>();
        QVERIFY(!enumFromName<Firmware>(u"BIOS"));
        QVERIFY(!enumFromName<Firmware>(u""));
    }

    void attachmentsAreFoundByPlace()
    {
        MachineDefinition definition = fullDefinition();
        const StorageSlot place{QStringLiteral("IDE"), 0, 0};
        StorageAttachment *disk = findAttachment(definition, place);
        QVERIFY(disk);
        disk->path = QStringLiteral("b");
        QCOMPARE(findAttachment(std::as_const(definition), place)->path, QStringLiteral("b"));
        QVERIFY(!findAttachment(definition, {QStringLiteral("IDE"), 0, 1}));
        QVERIFY(!findAttachment(definition, {QStringLiteral("SATA"), 0, 0}));
    }

private:
    template <class Enum>
    void checkWords()
    {
        const QStringList names = enumNames<Enum>();
        QVERIFY(names.size() >= 2);
        QCOMPARE(QSet<QString>(names.begin(), names.end()).size(), names.size());
        for (const QString &name : names) {
            const std::optional<Enum> value = enumFromName<Enum>(name);
            QVERIFY(value.has_value());
            QCOMPARE(enumName(*value), name);
        }
    }
};

QTEST_GUILESS_MAIN(TestMachineJson)
#include "tst_machine_json.moc"

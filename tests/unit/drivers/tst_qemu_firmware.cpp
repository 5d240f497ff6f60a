// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/qemu_firmware.h"
#include "engine/drivers/uefi_variables.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtCore/QtEndian>

using namespace engine;

namespace {

// A firmware volume with a variable store (EDK II, VariableFormat.h) in authenticated layout.
class StoreWriter
{
public:
    StoreWriter()
        : m_bytes(72, '\0')
    {
        m_bytes.replace(40, 4, "_FVH");
        qToLittleEndian<quint16>(72, m_bytes.data() + 48);
        m_bytes += QByteArray::fromHex("782cf3aa7b949a43a1802e144ec37792");
        m_bytes += QByteArray(4, '\0') + QByteArray::fromHex("5afe") + QByteArray(6, '\0');
    }
    // `vendor` as it lies in the store.
    void add(const QByteArray &vendor, const QString &name, const QByteArray &data,
             quint8 state = 0x3f)
    {
        QByteArray text;
        for (const QChar unit : name + QChar(u'\0'))
            text += QByteArray(1, char(unit.unicode() & 0xff)) + QByteArray(1, '\0');
        QByteArray header(60, '\0');
        qToLittleEndian<quint16>(0x55aa, header.data());
        header[2] = char(state);
        qToLittleEndian<quint32>(7, header.data() + 4);
        qToLittleEndian<quint32>(quint32(text.size()), header.data() + 36);
        qToLittleEndian<quint32>(quint32(data.size()), header.data() + 40);
        header.replace(44, 16, vendor);
        m_bytes += header + text + data;
        while (m_bytes.size() % 4 != 0)
            m_bytes += char(0xff);
    }
    QByteArray bytes() const
    {
        QByteArray bytes = m_bytes + QByteArray(64, char(0xff));
        qToLittleEndian<quint32>(quint32(bytes.size() - 72), bytes.data() + 72 + 16);
        return bytes;
    }

private:
    QByteArray m_bytes;
};

const QByteArray Global = QByteArray::fromHex("61dfe48bca93d211aa0d00e098032b8c");

struct Place
{
    QTemporaryDir root;

    QString path(const QString &name) const { return root.filePath(name); }
    void write(const QString &name, const QByteArray &bytes) const
    {
        QDir().mkpath(QFileInfo(path(name)).absolutePath());
        QFile file(path(name));
        check(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size(), "write");
    }
    void describe(const QString &name, const QByteArray &code, const QByteArray &features) const
    {
        QByteArray text =
            "{\"interface-types\":[\"uefi\"],\"mapping\":{\"device\":\"flash\",\"executable\":{"
            "\"filename\":\"/CODE\",\"format\":\"raw\"},\"nvram-template\":{\"filename\":\"/"
            "CODE.vars\",\"format\":\"raw\"}},\"targets\":[{\"architecture\":\"x86_64\","
            "\"machines\":[\"pc-q35-*\"]}],\"features\":[FEATURES]}";
        write("usr/share/qemu/firmware/" + name,
              text.replace("CODE", code).replace("FEATURES", features));
    }
    FirmwareRequest plain() const { return {.root = root.path()}; }
    FirmwareRequest secure() const { return {.isSecureBootOn = true, .root = root.path()}; }
};

} // namespace

class TestQemuFirmware final : public QObject
{
    Q_OBJECT
private slots:
    void descriptorsDecide()
    {
        const Place place;
        QVERIFY_ERROR(findUefiFirmware(place.plain()), ErrorKind::NotFound);
        QVERIFY_ERROR(findUefiFirmware(place.secure()), ErrorKind::NotFound);
        for (const char *name : {"keys", "smm", "plain"}) {
            place.write(name, "c");
            place.write(QString(name) + ".vars", "vv");
        }
        place.describe("50-smm.json", "smm", "\"requires-smm\",\"secure-boot\",\"acpi-s3\"");
        QVERIFY_ERROR(findUefiFirmware(place.plain()), ErrorKind::NotFound);
        QVERIFY_ERROR(findUefiFirmware(place.secure()), ErrorKind::NotFound);
        place.describe("40-keys.json", "keys",
                       "\"requires-smm\",\"secure-boot\",\"enrolled-keys\"");
        QVERIFY_ERROR(findUefiFirmware(place.plain()), ErrorKind::NotFound);
        Result<UefiFirmware> found = findUefiFirmware(place.secure());
        QVERIFY_OK(found);
        QCOMPARE(found->codePath, place.path("keys"));
        QVERIFY(found->needsSmm);
        QVERIFY(!found->canSuspend);
        place.describe("60-plain.json", "plain", "\"acpi-s3\"");
        found = findUefiFirmware(place.plain());
        QVERIFY_OK(found);
        QCOMPARE(found->codePath, place.path("plain"));
        QVERIFY(!found->needsSmm);
        QVERIFY(found->canSuspend);

        FirmwareRequest old = place.plain();
        old.chipset = Chipset::I440fx;
        QVERIFY_ERROR(findUefiFirmware(old), ErrorKind::NotFound);
        old.isSecureBootOn = true;
        QVERIFY_ERROR(findUefiFirmware(old), ErrorKind::Unsupported);
    }

    // Debian's plain firmware checks signatures by the other one's keys.
    void anEngineWithoutSmmTakesFirmwareThatDoesWithoutIt()
    {
        const Place place;
        FirmwareRequest request = place.secure();
        request.hasSmm = false;
        place.write("keys", "c");
        place.write("keys.vars", "vv");
        place.describe("40-keys.json", "keys",
                       "\"requires-smm\",\"secure-boot\",\"enrolled-keys\"");
        Result<UefiFirmware> found = findUefiFirmware(request);
        QVERIFY_ERROR(found, ErrorKind::NotFound);
        QVERIFY(found.error().text().find("System Management Mode") != std::string::npos);
        place.write("usr/share/OVMF/OVMF_CODE_4M.fd", "c");
        place.write("usr/share/OVMF/OVMF_VARS_4M.ms.fd", "vv");
        for (const Chipset chipset : {Chipset::Q35, Chipset::I440fx}) {
            request.chipset = chipset;
            found = findUefiFirmware(request);
            QVERIFY_OK(found);
            QCOMPARE(found->codePath, place.path("usr/share/OVMF/OVMF_CODE_4M.fd"));
            QCOMPARE(found->variablesPath, place.path("usr/share/OVMF/OVMF_VARS_4M.ms.fd"));
            QVERIFY(!found->needsSmm);
        }
        // What says that it can is better than what is known to.
        request.chipset = Chipset::Q35;
        place.write("both", "c");
        place.write("both.vars", "vv");
        place.describe("50-both.json", "both", "\"secure-boot\",\"enrolled-keys\"");
        found = findUefiFirmware(request);
        QVERIFY_OK(found);
        QCOMPARE(found->codePath, place.path("both"));
    }

    void errorsNameThePackage()
    {
        const Place place;
        for (const FirmwareRequest &request : {place.plain(), place.secure()}) {
            const auto found = findUefiFirmware(request);
            QVERIFY(!found);
            QVERIFY(QString::fromStdString(found.error().remedy()).contains("ovmf"));
        }
    }

    void variablesOfAnotherSizeAreNotTouched()
    {
        const Place place;
        place.write("plain", "c");
        place.write("plain.vars", "vv");
        place.describe("60-plain.json", "plain", "");
        const QString nvram = place.path("nvram");
        MachineDefinition definition;
        definition.firmware = Firmware::Uefi;
        Result<PreparedUefi> prepared = prepareUefi(definition, place.root.path(), nvram);
        QVERIFY_OK(prepared);
        QVERIFY(prepared->note.isEmpty());
        QCOMPARE(QFile(nvram).size(), 2);
        place.write("nvram", "another size");
        QVERIFY_ERROR(prepareUefi(definition, place.root.path(), nvram), ErrorKind::Unsupported);
        QCOMPARE(QFile(nvram).size(), 12);
    }

    void turningSecureBootOnKeepsTheOldVariables()
    {
        const Place place;
        StoreWriter empty;
        empty.add(Global, "BootOrder", "ab");
        StoreWriter keys;
        keys.add(Global, "PK", "key");
        for (const char *name : {"plain", "keys"})
            place.write(name, "c");
        place.write("plain.vars", empty.bytes());
        place.write("keys.vars", keys.bytes());
        place.describe("60-plain.json", "plain", "");
        place.describe("40-keys.json", "keys",
                       "\"secure-boot\",\"enrolled-keys\",\"requires-smm\"");
        const QString nvram = place.path("nvram");
        MachineDefinition definition;
        definition.firmware = Firmware::Uefi;
        QVERIFY_OK(prepareUefi(definition, place.root.path(), nvram));
        QVERIFY(!hasPlatformKey(nvram));

        definition.isSecureBootOn = true;
        Result<PreparedUefi> prepared = prepareUefi(definition, place.root.path(), nvram);
        QVERIFY_OK(prepared);
        QVERIFY2(prepared->note.contains("nvram.prev"), qPrintable(prepared->note));
        QVERIFY(hasPlatformKey(nvram));
        QVERIFY(!hasPlatformKey(nvram + ".prev"));
        QCOMPARE(readUefiVariables(nvram + ".prev")->value(0).name, "BootOrder");
        // Once is enough.
        prepared = prepareUefi(definition, place.root.path(), nvram);
        QVERIFY_OK(prepared);
        QVERIFY(prepared->note.isEmpty());
        QVERIFY(!hasPlatformKey(nvram + ".prev"));
    }

    void variablesAreRead()
    {
        const Place place;
        StoreWriter writer;
        writer.add(Global, "Old", "gone", 0x3c); // deleted
        writer.add(Global, "Lang", "de", 0x3e); // being replaced by the next
        writer.add(Global, "Lang", "en");
        place.write("nvram", writer.bytes());
        const auto variables = readUefiVariables(place.path("nvram"));
        QVERIFY_OK(variables);
        QCOMPARE(variables->size(), 1);
        QCOMPARE(variables->front().name, "Lang");
        QCOMPARE(variables->front().data, QByteArray("en"));
        QCOMPARE(variables->front().vendor, QUuid("8be4df61-93ca-11d2-aa0d-00e098032b8c"));
        QCOMPARE(variables->front().attributes, 7u);

        QVERIFY_ERROR(readUefiVariables(place.path("none")), ErrorKind::NotFound);
        QByteArray damaged = writer.bytes();
        qToLittleEndian<quint32>(0x7fffffff, damaged.data() + 72 + 28 + 40);
        for (const QByteArray &bytes : {QByteArray(), QByteArray(4096, 'x'), damaged}) {
            place.write("nvram", bytes);
            QVERIFY_ERROR(readUefiVariables(place.path("nvram")), ErrorKind::Corrupt);
            QVERIFY(!hasPlatformKey(place.path("nvram")));
        }
    }

    void installedTemplatesAreUnderstood()
    {
        const auto secure = findUefiFirmware({.isSecureBootOn = true, .root = "/"});
        const auto plain = findUefiFirmware({.root = "/"});
        if (!secure || !plain)
            QSKIP("no UEFI firmware (package ovmf)");
        QVERIFY(hasPlatformKey(secure->variablesPath));
        QVERIFY(!hasPlatformKey(plain->variablesPath));
        QVERIFY_OK(readUefiVariables(plain->variablesPath));
    }
};

QTEST_GUILESS_MAIN(TestQemuFirmware)
#include "tst_qemu_firmware.moc"

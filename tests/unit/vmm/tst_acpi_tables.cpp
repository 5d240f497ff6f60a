// SPDX-License-Identifier: GPL-3.0-or-later
// The ACPI tables of both boards, loaded as firmware does it: fields, checksums, and iasl's
// opinion.
#include "engine/vmm/acpi_dsdt.h"
#include "engine/vmm/acpi_tables.h"
#include "tests/support/loaded_tables.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <set>

using namespace engine;

namespace {

BoardFacts factsOf(VmBoard board)
{
    BoardFacts facts;
    facts.board = board;
    facts.vcpus = 4;
    facts.lowMemoryBytes = 0x80000000;
    facts.highMemoryBytes = 0x90000000;
    facts.reserved = {{0xfeffc000, 0x4000}};
    facts.physicalAddressBits = 39;
    facts.serialPorts = {true, true, false, false};
    facts.hotplugSlots = {5, 6, 0x1a};
    facts.hasTpm = board == VmBoard::Q35;
    return facts;
}

struct Machine
{
    explicit Machine(const BoardFacts &facts, const FirmwarePlacements &placements = {})
    {
        const AcpiTables tables = buildAcpiTables(facts, placements);
        problem = loaded.run(
            tables.loader,
            {{AcpiTables::TablesName, tables.tables},
             {AcpiTables::RootName, tables.root},
             {AcpiTables::TpmLogName, std::vector<std::uint8_t>(AcpiTables::TpmLogBytes)}});
    }
    std::span<const std::uint8_t> root() const { return loaded.file(AcpiTables::RootName); }
    // All that the XSDT lists, and what the FADT points to.
    std::map<std::string, std::span<const std::uint8_t>> tables() const
    {
        std::map<std::string, std::span<const std::uint8_t>> all;
        const auto xsdt = loaded.table(loadLe<std::uint64_t>(&root()[24]));
        for (std::size_t at = 36; at + 8 <= xsdt.size(); at += 8) {
            const auto table = loaded.table(loadLe<std::uint64_t>(&xsdt[at]));
            all[std::string(table.begin(), table.begin() + 4)] = table;
        }
        all["DSDT"] = loaded.table(loadLe<std::uint64_t>(&all.at("FACP")[140]));
        return all;
    }

    tests::LoadedTables loaded;
    std::string problem;
};

// The value of an entry's field in the disassembly: "[034h 0052   1]  ACPI Enable Value : F1".
QString field(const QString &text, const QString &name)
{
    const QRegularExpression line(" +" + QRegularExpression::escape(name) + " : (.*)");
    return line.match(text).captured(1).trimmed();
}

} // namespace

class TestAcpiTables : public QObject
{
    Q_OBJECT

    static void addBoards()
    {
        QTest::addColumn<VmBoard>("board");
        QTest::newRow("i440fx") << VmBoard::I440fx;
        QTest::newRow("q35") << VmBoard::Q35;
    }

    // What iasl says about a table, and its text.
    static QString disassemble(const QTemporaryDir &folder, const std::string &name,
                               std::span<const std::uint8_t> table, QString *text)
    {
        const QString path = folder.filePath(QString::fromStdString(name) + ".dat");
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            return file.errorString();
        file.write(reinterpret_cast<const char *>(table.data()), qsizetype(table.size()));
        file.close();
        QProcess iasl;
        iasl.setProcessChannelMode(QProcess::MergedChannels);
        iasl.setWorkingDirectory(folder.path());
        iasl.start("iasl", {"-d", path});
        if (!iasl.waitForFinished(60000))
            return "iasl does not end";
        const QString output = iasl.readAll();
        QFile source(folder.filePath(QString::fromStdString(name) + ".dsl"));
        if (!source.open(QIODevice::ReadOnly))
            return "no disassembly: " + output;
        *text = source.readAll();
        static const QRegularExpression trouble("error|warning|exception|invalid|not found",
                                                QRegularExpression::CaseInsensitiveOption);
        if (iasl.exitCode() != 0 || trouble.match(output).hasMatch())
            return output;
        return trouble.match(*text).hasMatch() ? *text : QString();
    }

private slots:
    void firmwareCanLoadThem_data() { addBoards(); }
    void firmwareCanLoadThem()
    {
        QFETCH(VmBoard, board);
        const Machine machine(factsOf(board));
        QCOMPARE(machine.problem, std::string());
        // The root: both checksums, and both lists name the same tables.
        const auto root = machine.root();
        QCOMPARE(tests::sumOf(root.first(20)), std::uint8_t(0));
        QCOMPARE(tests::sumOf(root), std::uint8_t(0));
        const auto rsdt = machine.loaded.table(loadLe<std::uint32_t>(&root[16]));
        const auto xsdt = machine.loaded.table(loadLe<std::uint64_t>(&root[24]));
        QCOMPARE(tests::sumOf(rsdt), std::uint8_t(0));
        QCOMPARE(tests::sumOf(xsdt), std::uint8_t(0));
        QCOMPARE((rsdt.size() - 36) / 4, (xsdt.size() - 36) / 8);
        for (std::size_t i = 0; i < (rsdt.size() - 36) / 4; ++i)
            QCOMPARE(std::uint64_t(loadLe<std::uint32_t>(&rsdt[36 + 4 * i])),
                     loadLe<std::uint64_t>(&xsdt[36 + 8 * i]));
        std::set<std::string> names;
        for (const auto &[name, table] : machine.tables()) {
            names.insert(name);
            QVERIFY2(!table.empty(), name.c_str());
            QVERIFY2(tests::sumOf(table) == 0, name.c_str());
        }
        std::set<std::string> expected = {"APIC", "DSDT", "FACP", "WAET"};
        if (board == VmBoard::Q35)
            expected.insert({"MCFG", "TPM2"});
        QVERIFY(names == expected);
        // 5.2.10: on 64 bytes.
        const auto facs = loadLe<std::uint32_t>(&machine.tables()["FACP"][36]);
        QCOMPARE(facs % 64, 0u);
        QCOMPARE(std::memcmp(machine.loaded.at(facs).data(), "FACS", 4), 0);
    }

    void sizesDoNotDependOnPlacements_data() { addBoards(); }
    void sizesDoNotDependOnPlacements()
    {
        QFETCH(VmBoard, board);
        const AcpiTables usual = buildAcpiTables(factsOf(board), {});
        for (const std::uint32_t ecam : {0x80000000u, 0xb0000000u, 0xe0000000u, 0xf0000000u, 0u}) {
            const FirmwarePlacements placements = {.pmBase = 0xb000, .ecamBase = ecam};
            const AcpiTables other = buildAcpiTables(factsOf(board), placements);
            QCOMPARE(other.tables.size(), usual.tables.size());
            QCOMPARE(other.root.size(), usual.root.size());
            QCOMPARE(other.loader.size(), usual.loader.size());
            QCOMPARE(Machine(factsOf(board), placements).problem, std::string());
        }
    }

    void fadtSaysWhereThingsAre_data()
    {
        QTest::addColumn<VmBoard>("board");
        QTest::addColumn<unsigned>("pmBase");
        QTest::addColumn<unsigned>("enable");
        QTest::addColumn<unsigned>("disable");
        QTest::addColumn<unsigned>("gpe");
        QTest::addColumn<unsigned>("gpeBytes");
        QTest::newRow("i440fx, SeaBIOS")
            << VmBoard::I440fx << 0x600u << 0xf1u << 0xf0u << 0xafe0u << 4u;
        QTest::newRow("i440fx, OVMF")
            << VmBoard::I440fx << 0xb000u << 0xf1u << 0xf0u << 0xafe0u << 4u;
        QTest::newRow("q35") << VmBoard::Q35 << 0x600u << 2u << 3u << 0x620u << 16u;
    }
    void fadtSaysWhereThingsAre()
    {
        QFETCH(VmBoard, board);
        QFETCH(unsigned, pmBase);
        QFETCH(unsigned, enable);
        QFETCH(unsigned, disable);
        QFETCH(unsigned, gpe);
        QFETCH(unsigned, gpeBytes);
        const Machine machine(factsOf(board), {.pmBase = std::uint16_t(pmBase)});
        const auto fadt = machine.tables()["FACP"];
        const auto number = [&fadt](std::size_t at, unsigned size) {
            return loadPart(fadt, at, size);
        };
        QCOMPARE(number(46, 2), 9u); // SCI
        QCOMPARE(number(48, 4), 0xb2u);
        QCOMPARE(number(52, 1), enable);
        QCOMPARE(number(53, 1), disable);
        QCOMPARE(number(56, 4), pmBase);
        QCOMPARE(number(64, 4), pmBase + 4);
        QCOMPARE(number(76, 4), pmBase + 8);
        QCOMPARE(number(80, 4), gpe);
        QCOMPARE(number(92, 1), gpeBytes);
        QCOMPARE(number(152, 8), pmBase); // the same as generic addresses
        QCOMPARE(number(176, 8), pmBase + 4);
        QCOMPARE(number(212, 8), pmBase + 8);
        QCOMPARE(number(224, 8), gpe);
        QCOMPARE(number(221, 1), 8 * gpeBytes);
        QCOMPARE(number(120, 8), 0xcf9u); // reset
        QCOMPARE(number(112, 4) & (1u << 4), 0u); // a fixed power button
        QCOMPARE(number(40, 4), number(140, 8)); // the DSDT
    }

    void moreThanEightProcessorsNeedClusters()
    {
        BoardFacts facts = factsOf(VmBoard::Q35);
        facts.vcpus = 8;
        QCOMPARE(loadPart(Machine(facts).tables()["FACP"], 112, 4) & (1u << 18), 0u);
        facts.vcpus = 9;
        QCOMPARE(loadPart(Machine(facts).tables()["FACP"], 112, 4) & (1u << 18), 1u << 18);
    }

    void madtListsProcessorsAndOverrides()
    {
        BoardFacts facts = factsOf(VmBoard::Q35);
        facts.vcpus = 2;
        const Machine machine(facts);
        const auto madt = machine.tables()["APIC"];
        const QByteArray entries(reinterpret_cast<const char *>(&madt[44]),
                                 qsizetype(madt.size() - 44));
        QCOMPARE(entries.toHex(),
                 QByteArray("0008000001000000"
                            "0008010101000000" // local APICs
                            "010c00000000c0fe00000000" // IOAPIC
                            "020a0000020000000000" // timer
                            "020a0005050000000d00"
                            "020a0009090000000d00"
                            "020a000a0a0000000d00"
                            "020a000b0b0000000d00"
                            "0406ff000001")); // NMI
    }

    void mcfgFollowsTheRegister()
    {
        const Machine machine(factsOf(VmBoard::Q35), {.ecamBase = 0xe0000000});
        const auto mcfg = machine.tables()["MCFG"];
        QCOMPARE(mcfg.size(), std::size_t(60));
        QCOMPARE(loadPart(mcfg, 44, 8), 0xe0000000u);
        QCOMPARE(loadPart(mcfg, 52, 4), 0xff000000u); // segment 0, buses 0 to 255
    }

    // The whole is good AML: iasl reads it without a complaint.
    void iaslUnderstandsThem_data() { addBoards(); }
    void iaslUnderstandsThem()
    {
        QFETCH(VmBoard, board);
        if (QStandardPaths::findExecutable("iasl").isEmpty())
            QSKIP("iasl (package acpica-tools) is not installed");
        const QTemporaryDir folder;
        const Machine machine(factsOf(board));
        for (const auto &[name, table] : machine.tables()) {
            QString text;
            const QString complaint = disassemble(folder, name, table, &text);
            QVERIFY2(complaint.isEmpty(), qPrintable(complaint));
            if (name == "FACP") {
                QCOMPARE(field(text, "PM Timer Block Address"), QString("00000608"));
                QCOMPARE(field(text, "Reset Register Supported (V2)"), QString("1"));
                QCOMPARE(field(text, "Control Method Power Button (V1)"), QString("0"));
            }
            if (name == "TPM2") {
                QCOMPARE(field(text, "Control Address"), QString("00000000FED40040"));
                QVERIFY(field(text, "Start Method").startsWith("07"));
                QCOMPARE(field(text, "Minimum Log Length"), QString("00010000"));
                const auto log = loadLe<std::uint64_t>(&table[68]);
                QCOMPARE(machine.loaded.at(log).size(), AcpiTables::TpmLogBytes);
            }
        }
        const auto facs = loadLe<std::uint32_t>(&machine.tables()["FACP"][36]);
        QString text;
        QCOMPARE(disassemble(folder, "FACS", machine.loaded.at(facs).first(64), &text), QString());
    }

    // And it compiles again to the same bytes.
    void dsdtComesBackFromIasl_data() { addBoards(); }
    void dsdtComesBackFromIasl()
    {
        QFETCH(VmBoard, board);
        if (QStandardPaths::findExecutable("iasl").isEmpty())
            QSKIP("iasl (package acpica-tools) is not installed");
        const QTemporaryDir folder;
        const Machine machine(factsOf(board));
        const auto dsdt = machine.tables()["DSDT"];
        QString text;
        QCOMPARE(disassemble(folder, "DSDT", dsdt, &text), QString());
        QProcess iasl;
        iasl.setProcessChannelMode(QProcess::MergedChannels);
        iasl.setWorkingDirectory(folder.path());
        // -oa: no optimizations; the writer has none either.
        iasl.start("iasl", {"-oa", "-p", "again", "DSDT.dsl"});
        QVERIFY(iasl.waitForFinished(60000));
        const QString output = iasl.readAll();
        QVERIFY2(output.contains(" 0 Errors, 0 Warnings"), qPrintable(output));
        QFile file(folder.filePath("again.aml"));
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(output));
        const QByteArray again = file.readAll().mid(36);
        QCOMPARE(
            again,
            QByteArray(reinterpret_cast<const char *>(&dsdt[36]), qsizetype(dsdt.size() - 36)));
    }

    void dsdtHasWhatTheBoardHas()
    {
        if (QStandardPaths::findExecutable("iasl").isEmpty())
            QSKIP("iasl (package acpica-tools) is not installed");
        const QTemporaryDir folder;
        QString i440fx;
        QString q35;
        const Machine old(factsOf(VmBoard::I440fx));
        QCOMPARE(disassemble(folder, "DSDT", old.tables()["DSDT"], &i440fx), QString());
        const Machine modern(factsOf(VmBoard::Q35));
        QCOMPARE(disassemble(folder, "DSDT", modern.tables()["DSDT"], &q35), QString());
        for (const QString &text : {i440fx, q35}) {
            for (const char *device :
                 {"Device (COM1)", "Device (COM2)", "Device (KBD)", "Device (MOU)", "Device (RTC)",
                  "Device (FWCF)", "Device (C003)", "Name (\\_S5, Package"})
                QVERIFY2(text.contains(device), device);
            // Slots whose cards come and go, and the event that tells of it.
            for (const char *term : {"Device (SL05)", "Device (SL1A)", "Name (_ADR, 0x001A0000)",
                                     "Method (_E01", "HPPR = 0x04000000", "Notify (SL1A, 0x03)"})
                QVERIFY2(text.contains(term), term);
            QCOMPARE(text.count("Method (_EJ0"), 3);
            QVERIFY(!text.contains("Device (COM3)"));
            QVERIFY(!text.contains("Device (C004)"));
            QVERIFY(text.contains("0x00000001C0000000")); // above RAM, on a whole GiB
            QVERIFY(!text.contains("_S3"));
        }
        QVERIFY(q35.contains("\"MSFT0101\"") && q35.contains("0xFED40000"));
        QVERIFY(!i440fx.contains("Device (TPM)"));
    }
};

QTEST_GUILESS_MAIN(TestAcpiTables)
#include "tst_acpi_tables.moc"

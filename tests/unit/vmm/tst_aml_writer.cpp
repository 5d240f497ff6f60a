// SPDX-License-Identifier: GPL-3.0-or-later
// Each term against the bytes that iasl makes of the same ASL.
#include "engine/vmm/aml_writer.h"

#include <QtTest/QTest>

using namespace engine;

namespace {

QByteArray bytesOf(const AmlWriter::Body &body)
{
    AmlWriter aml;
    body(aml);
    return {reinterpret_cast<const char *>(aml.bytes().data()), qsizetype(aml.bytes().size())};
}

QByteArray bytesOf(const AmlResources &resources)
{
    const auto bytes = resources.bytes();
    return {reinterpret_cast<const char *>(bytes.data()), qsizetype(bytes.size())};
}

AmlWriter::Body argument(unsigned index)
{
    return [index](AmlWriter &aml) { aml.argument(index); };
}

AmlWriter::Body integer(std::uint64_t value)
{
    return [value](AmlWriter &aml) { aml.integer(value); };
}

AmlWriter::Body object(std::string_view path)
{
    return [path](AmlWriter &aml) { aml.reference(path); };
}

} // namespace

class TestAmlWriter : public QObject
{
    Q_OBJECT

private slots:
    void terms_data()
    {
        QTest::addColumn<QByteArray>("written");
        QTest::addColumn<QByteArray>("expected"); // hex
        const auto row = [](const char *name, const AmlWriter::Body &body, const char *expected) {
            QTest::newRow(name) << bytesOf(body) << QByteArray(expected);
        };
        row("Zero", integer(0), "00");
        row("One", integer(1), "01");
        row("byte", integer(0xff), "0aff");
        row("word", integer(0x100), "0b0001");
        row("dword", integer(0x10000), "0c00000100");
        row("qword", integer(0x123456789a), "0e9a78563412000000");
        row(
            "string", [](AmlWriter &aml) { aml.string("AB"); }, "0d414200");
        row(
            "buffer",
            [](AmlWriter &aml) {
                aml.buffer(std::array<std::uint8_t, 2>{5, 6});
            },
            "11050a020506");
        row(
            "EisaId", [](AmlWriter &aml) { aml.eisaId("PNP0A03"); }, "0c41d00a03");
        row(
            "ToUUID", [](AmlWriter &aml) { aml.uuid("33db4d5b-1ff7-401c-9657-7441c03dd766"); },
            "11130a105b4ddb33f71f1c4096577441c03dd766");
        row(
            "Name of one segment", [](AmlWriter &aml) { aml.name("_S5").integer(2); },
            "085f53355f0a02");
        row("Name of two", object("\\_SB.PCI0"), "5c2e5f53425f50434930");
        row("Name of three", object("^A.B.C"), "5e2f03415f5f5f425f5f5f435f5f5f");
        row("root", object("\\"), "5c00");
        row(
            "Scope", [](AmlWriter &aml) { aml.scope("\\_SB", [](AmlWriter &) {}); },
            "10065c5f53425f");
        row(
            "Device", [](AmlWriter &aml) { aml.device("COM1", [](AmlWriter &) {}); },
            "5b8205434f4d31");
        row(
            "Method",
            [](AmlWriter &aml) {
                aml.method(
                    "_OSC", 4, [](AmlWriter &method) { method.returns(argument(3)); }, true);
            },
            "14085f4f53430ca46b");
        row(
            "Package",
            [](AmlWriter &aml) {
                aml.package(2, [](AmlWriter &elements) {
                    elements.integer(1);
                    elements.integer(2);
                });
            },
            "120502010a02");
        row(
            "OperationRegion", [](AmlWriter &aml) { aml.pciConfigRegion("PIRQ", 0x60, 0x0c); },
            "5b805049525102 0a60 0a0c");
        row(
            "Field",
            [](AmlWriter &aml) {
                aml.byteFields("PIRQ", std::array<std::string_view, 3>{"PRQA", "", "PRQB"});
            },
            "5b8112504952510150525141080008 5052514208");
        row(
            "CreateDWordField",
            [](AmlWriter &aml) { aml.createDwordField(argument(0), 5, "IRQN"); },
            "8a680a05 4952514e");
        row(
            "OperationRegion of ports", [](AmlWriter &aml) { aml.portRegion("HPRG", 0xcc0, 12); },
            "5b8048505247010bc00c0a0c");
        row(
            "Field of dwords",
            [](AmlWriter &aml) {
                aml.dwordFields("HPRG", std::array<std::string_view, 2>{"HPIN", ""});
            },
            "5b810d4850524703 4850494e20 0020");
        row(
            "Notify", [](AmlWriter &aml) { aml.notify("SL05", 3); }, "86534c30350a03");
        row(
            "Local", [](AmlWriter &aml) { aml.local(2); }, "62");
        row(
            "Store", [](AmlWriter &aml) { aml.store(argument(0), object("PICF")); },
            "7068 50494346");
        row(
            "And with target",
            [](AmlWriter &aml) { aml.andInto(argument(0), integer(1), object("A")); },
            "7b6801415f5f5f");
        row(
            "Or with target",
            [](AmlWriter &aml) { aml.orInto(argument(0), integer(1), object("A")); },
            "7d6801415f5f5f");
        row(
            "And", [](AmlWriter &aml) { aml.bitAnd(argument(0), integer(0x80)); }, "7b680a8000");
        row(
            "LEqual", [](AmlWriter &aml) { aml.equal(argument(0), argument(1)); }, "936869");
        row(
            "LLess", [](AmlWriter &aml) { aml.less(argument(0), argument(1)); }, "956869");
        row(
            "LNot", [](AmlWriter &aml) { aml.logicalNot(argument(0)); }, "9268");
        row(
            "If and Else",
            [](AmlWriter &aml) {
                aml.ifThen(argument(0), [](AmlWriter &body) { body.returns(integer(1)); });
                aml.otherwise([](AmlWriter &body) { body.returns(integer(0)); });
            },
            "a00468a401a103a400");
    }
    void terms()
    {
        QFETCH(QByteArray, written);
        QFETCH(QByteArray, expected);
        QCOMPARE(written.toHex(), expected.replace(' ', ""));
    }

    // The length counts its own bytes: one up to 63, two up to 4095, three beyond.
    void packageLengths_data()
    {
        QTest::addColumn<int>("content");
        QTest::addColumn<QByteArray>("length");
        QTest::newRow("largest of one") << 62 << QByteArray("3f");
        QTest::newRow("smallest of two") << 63 << QByteArray("4104");
        QTest::newRow("largest of two") << 4093 << QByteArray("4fff");
        QTest::newRow("smallest of three") << 4094 << QByteArray("810001");
    }
    void packageLengths()
    {
        QFETCH(int, content);
        QFETCH(QByteArray, length);
        AmlWriter aml;
        aml.otherwise([content](AmlWriter &body) {
            for (int i = 0; i < content; ++i)
                body.integer(1);
        });
        const auto &bytes = aml.bytes();
        const auto lengthBytes = std::size_t(length.size() / 2);
        QCOMPARE(bytes.size(), 1 + lengthBytes + std::size_t(content));
        QCOMPARE(QByteArray(reinterpret_cast<const char *>(&bytes[1]), length.size() / 2).toHex(),
                 length);
    }

    void resources_data()
    {
        QTest::addColumn<QByteArray>("written");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const AmlResources &resources, const char *expected) {
            QTest::newRow(name) << bytesOf(resources) << QByteArray(expected);
        };
        using Caching = AmlResources::Caching;
        constexpr std::uint32_t Interrupts[] = {5, 0x100};
        row("nothing", AmlResources(), "7900");
        row("IO", AmlResources().ports(0x3f8, 8), "4701f803f8030108 7900");
        row("IRQNoFlags", AmlResources().irq(12), "220010 7900");
        row("Interrupt", AmlResources().interrupts(Interrupts),
            "890a000902 05000000 00010000 7900");
        row("Memory32Fixed", AmlResources().memory32(0xb0000000, 0x10000000),
            "86090001 000000b0 00000010 7900");
        row("WordBusNumber", AmlResources().busWindow(0, 0xff),
            "880d00020c00 0000 0000 ff00 0000 0001 7900");
        row("WordIO", AmlResources().portWindow(0xd00, 0xffff),
            "880d00010c03 0000 000d ffff 0000 00f3 7900");
        row("DWordMemory", AmlResources().memoryWindow32(0xa0000, 0xbffff, Caching::Cacheable),
            "871700000c03 00000000 00000a00 ffff0b00 00000000 00000200 7900");
        row("QWordMemory", AmlResources().memoryWindow64(0x100000000, 0x17fffffff, Caching::None),
            "8a2b00000c01 0000000000000000 0000000001000000 ffffff7f01000000 0000000000000000 "
            "0000008000000000 7900");
    }
    void resources()
    {
        QFETCH(QByteArray, written);
        QFETCH(QByteArray, expected);
        QCOMPARE(written.toHex(), expected.replace(' ', ""));
    }
};

QTEST_GUILESS_MAIN(TestAmlWriter)
#include "tst_aml_writer.moc"

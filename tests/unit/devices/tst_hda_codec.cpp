// SPDX-License-Identifier: GPL-3.0-or-later
// What drivers ask the codec, and what becomes of the samples.
#include "engine/devices/hda_codec.h"
#include "tests/support/test_main.h"

using namespace engine::hda;

namespace {

std::uint32_t verb(unsigned node, unsigned verb, unsigned payload)
{
    return std::uint32_t(node << 20 | verb << 8 | payload);
}
std::uint32_t longVerb(unsigned node, unsigned verb, unsigned payload)
{
    return std::uint32_t(node << 20 | verb << 16 | payload);
}

} // namespace

class TestHdaCodec : public QObject
{
    Q_OBJECT

private slots:
    // As Linux' snd_hda_codec_generic and Windows' HDAudio.sys walk through it.
    void theWidgetsAreConnected_data()
    {
        QTest::addColumn<unsigned>("node");
        QTest::addColumn<unsigned>("verbWord");
        QTest::addColumn<unsigned>("payload");
        QTest::addColumn<unsigned>("answer");
        const auto row = [](const char *name, unsigned node, unsigned verbWord, unsigned payload,
                            unsigned answer) {
            QTest::newRow(name) << node << verbWord << payload << answer;
        };
        row("the root's nodes", 0, 0xf00, 4, 0x00010001);
        row("an audio function group", 1, 0xf00, 5, 1);
        row("its widgets", 1, 0xf00, 4, 0x00020004);
        row("16 bit; 32, 44.1, 48, 96 kHz", 1, 0xf00, 0xa, 0x00020170);
        row("PCM", 1, 0xf00, 0xb, 1);
        row("an output converter", 2, 0xf00, 9, 0x0000001d);
        row("with an amplifier", 2, 0xf00, 0x12, 0x80034a4a);
        row("without inputs", 2, 0xf00, 0xe, 0);
        row("a pin with a list", 3, 0xf00, 9, 0x00400101);
        row("that plays", 3, 0xf00, 0xc, 0x10);
        row("what the converter gives", 3, 0xf02, 0, 2);
        row("on one line", 3, 0xf00, 0xe, 1);
        row("a line out", 3, 0xf1c, 0, 0x01014110);
        row("switched on", 3, 0xf07, 0, 0x40);
        row("an input converter", 4, 0xf00, 9, 0x0010011b);
        row("with an amplifier of its own", 4, 0xf00, 0xd, 0x80034a4a);
        row("that gets what the microphone hears", 4, 0xf02, 0, 5);
        row("a microphone", 5, 0xf1c, 0, 0x01a19120);
        row("that records", 5, 0xf00, 0xc, 0x20);
        row("no such node", 6, 0xf00, 9, 0);
        row("no such parameter", 2, 0xf00, 0xff, 0);
    }
    void theWidgetsAreConnected()
    {
        QFETCH(unsigned, node);
        QFETCH(unsigned, verbWord);
        QFETCH(unsigned, payload);
        QFETCH(unsigned, answer);
        Codec codec;
        QCOMPARE(codec.execute(verb(node, verbWord, payload)), answer);
    }

    void whatIsSetIsRead()
    {
        Codec codec;
        codec.execute(longVerb(Codec::LineOutConverter, 2, 0x4011));
        QCOMPARE(codec.execute(longVerb(Codec::LineOutConverter, 0xa, 0)), 0x4011u);
        codec.execute(verb(Codec::LineOutConverter, 0x706, 0x50));
        QCOMPARE(codec.execute(verb(Codec::LineOutConverter, 0xf06, 0)), 0x50u);
        codec.execute(verb(Codec::FunctionGroup, 0x705, 3));
        QCOMPARE(codec.execute(verb(Codec::FunctionGroup, 0xf05, 0)), 0x33u);
        for (unsigned i = 0; i < 4; ++i)
            codec.execute(verb(Codec::FunctionGroup, 0x720 + i, 0x11 * (i + 1)));
        QCOMPARE(codec.execute(verb(Codec::FunctionGroup, 0xf20, 0)), 0x44332211u);
        codec.execute(verb(Codec::FunctionGroup, 0x7ff, 0));
        QCOMPARE(codec.execute(verb(Codec::LineOutConverter, 0xf06, 0)), 0u);
        QCOMPARE(codec.execute(verb(Codec::FunctionGroup, 0xf20, 0)), 0x44332211u);
    }

    void amplifiersHaveTwoSides()
    {
        Codec codec;
        codec.execute(longVerb(Codec::LineOutConverter, 3, 0xa000 | 54)); // left: -20 dB
        codec.execute(longVerb(Codec::LineOutConverter, 3, 0x9080 | 74)); // right: mute
        QCOMPARE(codec.execute(longVerb(Codec::LineOutConverter, 0xb, 0xa000)), 54u);
        QCOMPARE(codec.execute(longVerb(Codec::LineOutConverter, 0xb, 0x8000)), 0x80u | 74);
        std::array<std::int16_t, 4> samples = {10000, 10000, -10000, -10000};
        codec.amplifyOutput(samples);
        QCOMPARE(samples[0], std::int16_t(1000));
        QCOMPARE(samples[1], std::int16_t(0));
        QCOMPARE(samples[2], std::int16_t(-1000));
        QCOMPARE(samples[3], std::int16_t(0));
    }

    void fullGainChangesNothing()
    {
        Codec codec;
        std::array<std::int16_t, 2> samples = {32767, -32768};
        codec.amplifyOutput(samples);
        codec.amplifyInput(samples);
        QCOMPARE(samples[0], std::int16_t(32767));
        QCOMPARE(samples[1], std::int16_t(-32768));
    }

    void aStreamIsHeardWhenEverythingIsOn_data()
    {
        QTest::addColumn<unsigned>("command");
        QTest::newRow("the pin is off") << verb(Codec::LineOutPin, 0x707, 0);
        QTest::newRow("the group sleeps") << verb(Codec::FunctionGroup, 0x705, 3);
        QTest::newRow("the pin sleeps") << verb(Codec::LineOutPin, 0x705, 3);
        QTest::newRow("another stream") << verb(Codec::LineOutConverter, 0x706, 0x60);
    }
    void aStreamIsHeardWhenEverythingIsOn()
    {
        QFETCH(unsigned, command);
        Codec codec;
        QVERIFY(!codec.isHeard(0));
        codec.execute(verb(Codec::LineOutConverter, 0x706, 0x50));
        QVERIFY(codec.isHeard(5));
        codec.execute(command);
        QVERIFY(!codec.isHeard(5));
    }
};

QTEST_GUILESS_MAIN(TestHdaCodec)
#include "tst_hda_codec.moc"

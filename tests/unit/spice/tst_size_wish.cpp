// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/bytes.h"
#include "engine/spice/size_wish.h"
#include "tests/support/test_main.h"

using namespace engine;
using spice::SizeWish;
using Bytes = std::vector<std::uint8_t>;

namespace {

void addWord(Bytes &bytes, std::uint32_t value)
{
    bytes.resize(bytes.size() + 4);
    storeLe<std::uint32_t>(&bytes[bytes.size() - 4], value);
}

Bytes message(vdagent::Message type, const Bytes &data)
{
    Bytes bytes;
    for (const std::uint32_t value :
         {vdagent::Protocol, std::uint32_t(type), 0U, 0U, std::uint32_t(data.size())})
        addWord(bytes, value);
    bytes.insert(bytes.end(), data.begin(), data.end());
    return bytes;
}

Bytes monitors(std::uint32_t count, std::uint32_t width, std::uint32_t height)
{
    Bytes data;
    for (const std::uint32_t value : {count, 0U})
        addWord(data, value);
    for (std::uint32_t monitor = 0; monitor < std::max(count, 1U); ++monitor)
        for (const std::uint32_t value : {height, width, 32U, 0U, 0U})
            addWord(data, value);
    return message(vdagent::Message::MonitorsConfig, data);
}

// The same with each monitor's size in millimeters, as spice-client-glib sends it.
Bytes measured(std::uint32_t count, Bytes config)
{
    config[vdagent::MessageHeaderBytes + 4] |= 2;
    for (std::uint32_t monitor = 0; monitor < count; ++monitor)
        addWord(config, 0x00c8'0140);
    storeLe<std::uint32_t>(&config[vdagent::MessageSize],
                           std::uint32_t(config.size() - vdagent::MessageHeaderBytes));
    return config;
}

} // namespace

class TestSizeWish : public QObject
{
    Q_OBJECT
private slots:
    void theFirstMonitorsSizeIsRead()
    {
        SizeWish wish;
        Bytes out;
        QVERIFY(wish.add(monitors(1, 1280, 720), out) == (SizeWish::Size{1280, 720}));
        QVERIFY(wish.add(monitors(2, 640, 480), out) == (SizeWish::Size{640, 480}));
    }

    void piecesAreTheSame()
    {
        Bytes all = message(vdagent::Message::Clipboard, Bytes(100, 2));
        const auto append = [&all](const Bytes &more) {
            all.insert(all.end(), more.begin(), more.end());
        };
        append(monitors(1, 800, 600));
        append(message(vdagent::Message::ClipboardRelease, {}));
        for (std::size_t piece = 1; piece < all.size(); ++piece) {
            SizeWish wish;
            Bytes out;
            std::optional<SizeWish::Size> got;
            for (std::size_t at = 0; at < all.size(); at += piece) {
                const auto part = std::span(all).subspan(at, std::min(piece, all.size() - at));
                if (const auto size = wish.add(part, out)) {
                    QVERIFY(!got);
                    got = size;
                }
            }
            QVERIFY(got == (SizeWish::Size{800, 600}));
            QCOMPARE(out, all);
        }
    }

    void millimetersAreTakenOff()
    {
        for (const std::uint32_t count : {1U, 2U, 4U}) {
            const Bytes plain = monitors(count, 1024, 768);
            const Bytes said = measured(count, plain);
            for (std::size_t piece = 1; piece <= said.size(); ++piece) {
                SizeWish wish;
                Bytes out;
                std::optional<SizeWish::Size> got;
                for (std::size_t at = 0; at < said.size(); at += piece)
                    if (const auto size = wish.add(
                            std::span(said).subspan(at, std::min(piece, said.size() - at)), out))
                        got = size;
                QVERIFY(got == (SizeWish::Size{1024, 768}));
                QCOMPARE(out, plain);
            }
        }
    }

    // It is the agent's to say what it thinks of these.
    void whatDoesNotFitPassesAsItIs()
    {
        SizeWish wish;
        Bytes out;
        Bytes all;
        Bytes many = measured(1, monitors(1, 800, 600));
        storeLe<std::uint32_t>(&many[vdagent::MessageHeaderBytes], 0xffffffff);
        Bytes large = message(vdagent::Message::MonitorsConfig, Bytes(5000, 2));
        for (const Bytes &each :
             {many, large, message(vdagent::Message::MonitorsConfig, Bytes(6, 2))}) {
            wish.add(each, out);
            all.insert(all.end(), each.begin(), each.end());
            QCOMPARE(out, all);
        }
    }

    void whatIsNoSizeIsNone()
    {
        SizeWish wish;
        Bytes out;
        QVERIFY(!wish.add(monitors(0, 800, 600), out));
        QVERIFY(!wish.add(monitors(1, 0, 600), out));
        QVERIFY(!wish.add(monitors(1, 800, 0xffffffff), out));
        QVERIFY(!wish.add(message(vdagent::Message::MonitorsConfig, Bytes(4, 1)), out));
        QVERIFY(!wish.add(message(vdagent::Message::MonitorsConfig, {}), out));
        QVERIFY(!wish.add(message(vdagent::Message::Clipboard, Bytes(28, 1)), out));
        QVERIFY(wish.add(monitors(1, 800, 600), out)); // and is in step
    }
};

QTEST_APPLESS_MAIN(TestSizeWish)
#include "tst_size_wish.moc"

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
    for (const std::uint32_t value : {count, 0U, height, width, 32U, 0U, 0U})
        addWord(data, value);
    return message(vdagent::Message::MonitorsConfig, data);
}

} // namespace

class TestSizeWish : public QObject
{
    Q_OBJECT
private slots:
    void theFirstMonitorsSizeIsRead()
    {
        SizeWish wish;
        QVERIFY(wish.add(monitors(1, 1280, 720)) == (SizeWish::Size{1280, 720}));
        QVERIFY(wish.add(monitors(2, 640, 480)) == (SizeWish::Size{640, 480}));
    }

    void piecesAreTheSame()
    {
        Bytes all = message(vdagent::Message::Clipboard, Bytes(100, 2));
        const Bytes config = monitors(1, 800, 600);
        all.insert(all.end(), config.begin(), config.end());
        for (std::size_t piece = 1; piece < all.size(); ++piece) {
            SizeWish wish;
            std::optional<SizeWish::Size> got;
            for (std::size_t at = 0; at < all.size(); at += piece) {
                const auto part = std::span(all).subspan(at, std::min(piece, all.size() - at));
                if (const auto size = wish.add(part)) {
                    QVERIFY(!got);
                    got = size;
                }
            }
            QVERIFY(got == (SizeWish::Size{800, 600}));
        }
    }

    void whatIsNoSizeIsNone()
    {
        SizeWish wish;
        QVERIFY(!wish.add(monitors(0, 800, 600)));
        QVERIFY(!wish.add(monitors(1, 0, 600)));
        QVERIFY(!wish.add(monitors(1, 800, 0xffffffff)));
        QVERIFY(!wish.add(message(vdagent::Message::MonitorsConfig, Bytes(4, 1))));
        QVERIFY(!wish.add(message(vdagent::Message::MonitorsConfig, {})));
        QVERIFY(!wish.add(message(vdagent::Message::Clipboard, Bytes(28, 1))));
        QVERIFY(wish.add(monitors(1, 800, 600))); // and is in step
    }
};

QTEST_APPLESS_MAIN(TestSizeWish)
#include "tst_size_wish.moc"

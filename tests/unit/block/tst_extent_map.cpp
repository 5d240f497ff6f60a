// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/block/extent_map.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <optional>
#include <random>

using namespace engine;

namespace {

std::vector<ExtentMap::Piece> found(const ExtentMap &map, std::uint64_t offset,
                                    std::uint64_t length, bool isForWriting = false)
{
    const ExtentMap::Pieces pieces = map.find(offset, length, isForWriting);
    return {pieces.all().begin(), pieces.all().end()};
}

using Pieces = std::vector<ExtentMap::Piece>;

} // namespace

class TestExtentMap : public QObject
{
    Q_OBJECT

private slots:
    void aRangeIsFoundInPieces()
    {
        const ExtentMap map({{200, 100, 1, 5000, false}, {100, 100, 0, 900, true}});
        QCOMPARE(found(map, 100, 100), (Pieces{{0, 900, 100}}));
        QCOMPARE(found(map, 150, 100), (Pieces{{0, 950, 50}, {1, 5000, 50}}));
        QCOMPARE(found(map, 99, 2), Pieces());
        QCOMPARE(found(map, 299, 2), Pieces());
        QCOMPARE(found(map, 150, 0), Pieces());
        QCOMPARE(found(map, 150, 50, true), (Pieces{{0, 950, 50}}));
        QCOMPARE(found(map, 150, 51, true), Pieces());
    }

    void tooManyPiecesAreNone()
    {
        std::vector<ImageExtent> extents;
        for (unsigned i = 0; i < ExtentMap::MaxPieces + 1; ++i)
            extents.push_back({i * 10, 10, 0, 1000 - i * 20, true});
        const ExtentMap map(extents);
        QCOMPARE(found(map, 0, ExtentMap::MaxPieces * 10).size(), ExtentMap::MaxPieces);
        QCOMPARE(found(map, 0, ExtentMap::MaxPieces * 10 + 1), Pieces());
    }

    void whatMakesNoSenseIsLeftOut()
    {
        const std::uint64_t huge = ~std::uint64_t(0) - 5;
        const ExtentMap map({{0, 100, 0, 0, true},
                             {50, 100, 0, 1000, true},
                             {200, 0, 0, 0, true},
                             {300, huge, 0, 0, true},
                             {400, 10, 0, huge, true},
                             {huge, 10, 0, 0, true}});
        QCOMPARE(map.extents().size(), std::size_t(1));
        QCOMPARE(map.extents()[0].length, std::uint64_t(100));
    }

    void theLongestAreKept()
    {
        std::vector<ImageExtent> extents;
        for (std::uint64_t i = 0; i < ExtentMap::MaxExtents + 1000; ++i)
            extents.push_back({i * 100, i % 2 == 0 ? 10u : 20u, 0, i * 100, true});
        const ExtentMap map(extents);
        QCOMPARE(map.extents().size(), ExtentMap::MaxExtents);
        const auto isLong = [](const ImageExtent &extent) { return extent.length == 20; };
        QCOMPARE(std::count_if(map.extents().begin(), map.extents().end(), isLong),
                 std::ptrdiff_t(ExtentMap::MaxExtents + 1000) / 2);
    }

    void forgettingAgreesWithAModel()
    {
        constexpr std::uint64_t Size = 500;
        std::mt19937 random(7);
        for (int round = 0; round < 200; ++round) {
            std::vector<std::optional<std::uint64_t>> model(Size); // where each byte is
            std::vector<ImageExtent> extents;
            for (std::uint64_t at = random() % 20; at < Size;) {
                const std::uint64_t length = std::min<std::uint64_t>(1 + random() % 40, Size - at);
                const std::uint64_t place = random() % 10000;
                extents.push_back({at, length, 0, place, true});
                for (std::uint64_t i = 0; i < length; ++i)
                    model[at + i] = place + i;
                at += length + (random() % 2 == 0 ? 0 : random() % 30);
            }
            std::shuffle(extents.begin(), extents.end(), random);
            ExtentMap map(extents);
            for (int i = 0; i < 10; ++i) {
                const std::uint64_t offset = random() % (Size + 10);
                const std::uint64_t length =
                    i == 9 ? ~std::uint64_t(0) - random() % 3 : random() % 60;
                map.forget(offset, length);
                for (std::uint64_t at = offset; at < Size && at - offset < length; ++at)
                    model[at].reset();
                for (std::uint64_t at = 0; at < Size; ++at) {
                    const Pieces pieces = found(map, at, 1);
                    QCOMPARE(pieces.empty(), !model[at].has_value());
                    if (!pieces.empty())
                        QCOMPARE(pieces[0].place, *model[at]);
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestExtentMap)
#include "tst_extent_map.moc"

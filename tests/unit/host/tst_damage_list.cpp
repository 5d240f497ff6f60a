// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/damage_list.h"
#include "tests/support/test_main.h"

using namespace engine;

namespace {

bool isRect(const FrameRect &rect, int x, int y, int width, int height)
{
    return rect.x == x && rect.y == y && rect.width == width && rect.height == height;
}

} // namespace

class TestDamageList : public QObject
{
    Q_OBJECT
private slots:
    void aFewAreKeptAsTheyAre()
    {
        DamageList damage;
        QVERIFY(damage.isEmpty());
        for (int i = 0; i < int(DamageList::MaxRects); ++i)
            damage.add({10 * i, i, 5, 3});
        QVERIFY(!damage.isEmpty());
        QCOMPARE(damage.rects().size(), DamageList::MaxRects);
        QVERIFY(isRect(damage.rects().front(), 0, 0, 5, 3));
        QVERIFY(isRect(damage.rects().back(), 150, 15, 5, 3));
    }

    void moreBecomeTheOneAroundThem()
    {
        DamageList damage;
        damage.add({40, 300, 8, 20}); // the lowest
        for (int i = 1; i < int(DamageList::MaxRects); ++i)
            damage.add({100 + i, 50 - i, 2, 2}); // up to 117; from 35
        QCOMPARE(damage.rects().size(), DamageList::MaxRects);
        damage.add({7, 60, 1, 1}); // the leftmost
        QCOMPARE(damage.rects().size(), std::size_t(1));
        QVERIFY(isRect(damage.rects().front(), 7, 35, 110, 285));
        damage.add({0, 0, 1, 1});
        QCOMPARE(damage.rects().size(), std::size_t(2)); // and on
    }

    void whatIsTakenIsGone()
    {
        DamageList damage;
        damage.add({1, 2, 3, 4});
        const std::vector<FrameRect> taken = damage.take();
        QCOMPARE(taken.size(), std::size_t(1));
        QVERIFY(isRect(taken.front(), 1, 2, 3, 4));
        QVERIFY(damage.isEmpty());
        damage.add({1, 2, 3, 4});
        damage.clear();
        QVERIFY(damage.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestDamageList)
#include "tst_damage_list.moc"

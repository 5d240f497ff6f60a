// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/refresh_policy.h"

#include <QtTest/QTest>

using namespace engine;
using namespace std::chrono_literals;

class TestRefreshPolicy final : public QObject
{
    Q_OBJECT
private slots:
    void looksGetRarerWhenNothingHappens();
    void inputMakesThemPrompt();
    void steadyDrawingIsShownAtTheScreensRate();
    void afterARestAFewPicturesComeAtOnce();
    void denseDrawingEndsTheLogUntilItIsQuiet();
};

void TestRefreshPolicy::looksGetRarerWhenNothingHappens()
{
    RefreshPolicy policy;
    GuestTime now = 5s;
    policy.looked(now, {.isChanged = true});
    std::vector<std::int64_t> waits;
    for (int i = 0; i < 80; ++i) {
        waits.push_back((policy.nextLook() - now) / 1ms);
        now = policy.nextLook();
        policy.looked(now, {});
    }
    QCOMPARE(waits[0], std::int64_t(2));
    QCOMPARE(waits[1], std::int64_t(4));
    QCOMPARE(waits[10], std::int64_t(RefreshPolicy::FrameTime / 1ms));
    QCOMPARE(waits.back(), std::int64_t(RefreshPolicy::IdleTime / 1ms));
}

void TestRefreshPolicy::inputMakesThemPrompt()
{
    RefreshPolicy policy;
    GuestTime now = 5s;
    for (int i = 0; i < 10; ++i) {
        policy.looked(now, {});
        now = policy.nextLook();
    }
    now -= 20ms; // in the middle of a long wait
    policy.expectChange(now);
    QVERIFY(policy.nextLook() <= now);
    int looks = 0;
    const GuestTime begin = now;
    while (now - begin < 60ms) {
        policy.looked(now, {});
        now = policy.nextLook();
        ++looks;
    }
    QCOMPARE(looks, 60);
}

void TestRefreshPolicy::steadyDrawingIsShownAtTheScreensRate()
{
    RefreshPolicy policy;
    GuestTime now = 1s;
    int pushes = 0;
    while (now < 3s) {
        QVERIFY(policy.mayPush(now));
        policy.looked(now, {.isChanged = true});
        now = policy.nextLook();
        ++pushes;
    }
    QVERIFY2(pushes >= 120 && pushes <= 130, qPrintable(QString::number(pushes)));
}

void TestRefreshPolicy::afterARestAFewPicturesComeAtOnce()
{
    RefreshPolicy policy;
    const GuestTime now = 10s;
    for (int i = 0; i < RefreshPolicy::Burst; ++i) {
        QVERIFY(policy.mayPush(now));
        policy.looked(now, {.isChanged = true});
    }
    QVERIFY(!policy.mayPush(now));
    QCOMPARE(policy.nextPush(), now + RefreshPolicy::FrameTime);
    QVERIFY(policy.mayPush(now + RefreshPolicy::FrameTime));
}

void TestRefreshPolicy::denseDrawingEndsTheLogUntilItIsQuiet()
{
    RefreshPolicy policy;
    GuestTime now = 1s;
    const auto look = [&](bool isDense) {
        policy.looked(now, {.isChanged = true, .isDense = isDense});
        now = policy.nextLook();
    };
    for (int i = 0; i < RefreshPolicy::DenseLooks - 1; ++i)
        look(true);
    look(false); // one that is not begins the count anew
    QVERIFY(policy.wantsLog());
    for (int i = 0; i < RefreshPolicy::DenseLooks; ++i)
        look(true);
    QVERIFY(!policy.wantsLog());

    for (std::uint64_t sum = 1; sum < 200; ++sum) { // it goes on and on
        policy.sampled(now, sum);
        look(false);
    }
    QVERIFY(!policy.wantsLog());
    const GuestTime quiet = now;
    while (!policy.wantsLog() && now < quiet + 10s) {
        policy.sampled(now, 7);
        look(false);
    }
    QVERIFY(now - quiet >= RefreshPolicy::QuietTime && now - quiet < 2 * RefreshPolicy::QuietTime);
}

QTEST_GUILESS_MAIN(TestRefreshPolicy)
#include "tst_refresh_policy.moc"

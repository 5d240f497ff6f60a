// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/block/pausing_disk.h"
#include "tests/support/board_fakes.h"
#include "tests/support/test_main.h"

using namespace engine;

namespace {

struct Rig
{
    std::shared_ptr<tests::FakeDisk> image = std::make_shared<tests::FakeDisk>(65536);
    std::vector<VmProblem> problems;
    std::vector<Result<>> answers;
    std::array<std::uint8_t, 512> data = {};
    PausingDisk disk;

    explicit Rig(ReadFailure readFailure = ReadFailure::Pauses)
        : disk(image, readFailure,
               [this](const VmProblem &problem) { problems.push_back(problem); })
    { }
    void submit(BlockOperation operation, std::uint64_t offset = 0)
    {
        const bool hasData =
            operation == BlockOperation::Read || operation == BlockOperation::Write;
        BlockRequest request{.operation = operation, .offset = offset};
        if (hasData)
            request.buffers = {{data.data(), data.size()}};
        if (operation != BlockOperation::Flush)
            request.length = data.size();
        request.completed = [this](Result<> result) { answers.push_back(std::move(result)); };
        disk.submit(std::move(request));
    }
};

} // namespace

class TestPausingDisk : public QObject
{
    Q_OBJECT
private slots:
    void whatWorksIsPassedOnAndCounted()
    {
        Rig rig;
        rig.data.fill(3);
        rig.submit(BlockOperation::Write, 1024);
        QVERIFY(!rig.disk.isQuiet());
        rig.image->answerAll();
        rig.submit(BlockOperation::Read, 1024);
        rig.submit(BlockOperation::Read);
        rig.submit(BlockOperation::Flush);
        rig.image->answerAll();
        QCOMPARE(rig.answers.size(), std::size_t(4));
        QCOMPARE(rig.image->bytes[1024], std::uint8_t(3));
        QCOMPARE(rig.disk.bytesWritten(), std::uint64_t(512));
        QCOMPARE(rig.disk.bytesRead(), std::uint64_t(1024));
        QVERIFY(rig.disk.isQuiet());
        QVERIFY(rig.problems.empty());
    }

    void whatFailsWaitsAndIsTriedAgain_data()
    {
        QTest::addColumn<int>("operation");
        QTest::addColumn<int>("error");
        QTest::addColumn<int>("problem");
        const int full = int(VmProblem::Kind::DiskFull);
        const int broken = int(VmProblem::Kind::DiskError);
        QTest::newRow("full") << int(BlockOperation::Write) << int(ErrorKind::NoSpace) << full;
        QTest::newRow("write") << int(BlockOperation::Write) << int(ErrorKind::Io) << broken;
        QTest::newRow("read") << int(BlockOperation::Read) << int(ErrorKind::Io) << broken;
        QTest::newRow("flush") << int(BlockOperation::Flush) << int(ErrorKind::Io) << broken;
    }

    void whatFailsWaitsAndIsTriedAgain()
    {
        QFETCH(int, operation);
        QFETCH(int, error);
        QFETCH(int, problem);
        Rig rig;
        rig.image->failure = Error(ErrorKind(error), "a.img is in trouble").withRemedy("Do this");
        rig.submit(BlockOperation(operation));
        rig.submit(BlockOperation(operation));
        rig.image->answerAll();
        QVERIFY(rig.answers.empty());
        QCOMPARE(rig.problems.size(), std::size_t(1)); // once
        QCOMPARE(int(rig.problems[0].kind), problem);
        QCOMPARE(rig.problems[0].text, std::string("a.img is in trouble"));
        QCOMPARE(rig.problems[0].remedy, std::string("Do this"));
        QVERIFY(rig.disk.isQuiet());
        QVERIFY(rig.disk.hasKept());

        rig.disk.retry(); // in vain: told again
        rig.image->answerAll();
        QVERIFY(rig.answers.empty());
        QCOMPARE(rig.problems.size(), std::size_t(2));

        rig.image->failure.reset();
        rig.disk.retry();
        rig.image->answerAll();
        QCOMPARE(rig.answers.size(), std::size_t(2));
        QVERIFY_OK(rig.answers[0]);
        QVERIFY_OK(rig.answers[1]);
        QVERIFY(!rig.disk.hasKept());
        QCOMPARE(rig.problems.size(), std::size_t(2));
    }

    void aScratchedMediumIsTheGuestsToKnow()
    {
        Rig rig(ReadFailure::ReachesGuest);
        rig.image->failure = Error(ErrorKind::Io, "a scratch");
        rig.submit(BlockOperation::Read);
        rig.image->answerAll();
        QCOMPARE(rig.answers.size(), std::size_t(1));
        QVERIFY_ERROR(rig.answers[0], ErrorKind::Io);
        QVERIFY(rig.problems.empty());
        QCOMPARE(rig.disk.bytesRead(), std::uint64_t(0));
    }

    void nonsenseReachesTheGuest()
    {
        Rig rig;
        rig.submit(BlockOperation::Read, 65536);
        rig.image->answerAll();
        QCOMPARE(rig.answers.size(), std::size_t(1));
        QVERIFY_ERROR(rig.answers[0], ErrorKind::Invalid);
        QVERIFY(rig.problems.empty());
    }

    void whatIsGivenUpFails()
    {
        Rig rig;
        rig.image->failure = Error(ErrorKind::NoSpace, "full");
        rig.submit(BlockOperation::Write);
        rig.image->answerAll();
        rig.disk.giveUp();
        QCOMPARE(rig.answers.size(), std::size_t(1));
        QVERIFY_ERROR(rig.answers[0], ErrorKind::NoSpace);
        QVERIFY(!rig.disk.hasKept());
    }
};

QTEST_GUILESS_MAIN(TestPausingDisk)
#include "tst_pausing_disk.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// The TPM's other process: a made-up one for what a real one does not do, and swtpm where it is
// installed.
#include "engine/devices/tpm_crb.h"
#include "engine/vmm/tpm_backends/swtpm_backend.h"
#include "tests/support/fake_swtpm.h"
#include "tests/support/fake_tpm.h"
#include "tests/support/test_main.h"

#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>

#include <algorithm>

#include <fcntl.h>

using namespace engine;
using namespace std::chrono_literals;
using tests::TpmBytes;
using tests::tpmMessage;

namespace {

enum Command : std::uint32_t {
    Init = 0x02,
    Shutdown = 0x03,
    CancelCommand = 0x09,
    GetState = 0x0c,
    SetState = 0x0d,
    Stop = 0x0e,
    SetBufferSize = 0x11,
};

// Somebody who uses the TPM.
struct User
{
    User() { io = *PollLoop::start("io"); }

    Result<> open(Fd control)
    {
        SwtpmBackend::Settings settings;
        settings.bufferBytes = TpmCrb::BufferBytes;
        settings.patience = 2000ms;
        settings.lost = [this](const Error &error) {
            const std::lock_guard lock(mutex);
            losses.push_back(error.text());
        };
        tpm = TRY(SwtpmBackend::open(std::move(control), *io, std::move(settings)));
        tpm->setReceiver([this](TpmBytes response) {
            const std::lock_guard lock(mutex);
            responses.push_back(std::move(response));
        });
        return {};
    }
    std::size_t responseCount()
    {
        const std::lock_guard lock(mutex);
        return responses.size();
    }
    TpmBytes ask(const TpmBytes &command)
    {
        const std::size_t before = responseCount();
        tpm->submit(command);
        if (!QTest::qWaitFor([&] { return responseCount() > before; }, 20000))
            return {0xff};
        return responses.back();
    }
    bool isLost()
    {
        const std::lock_guard lock(mutex);
        return !losses.empty();
    }
    bool becomesIdle()
    {
        return QTest::qWaitFor([&] { return tpm->isIdle(); });
    }

    std::unique_ptr<PollLoop> io;
    std::mutex mutex;
    std::vector<TpmBytes> responses;
    std::vector<std::string> losses;
    std::shared_ptr<SwtpmBackend> tpm;
};

// A User of a FakeSwtpm.
struct Pair
{
    Result<> open() { return user.open(std::move(swtpm.client)); }

    tests::FakeSwtpm swtpm;
    User user;
};

// swtpm itself, in a folder of its own; null: it is not installed.
struct RealSwtpm
{
    RealSwtpm()
    {
        const QString program = QStandardPaths::findExecutable("swtpm");
        int pair[2] = {-1, -1};
        if (program.isEmpty() || ::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
            return;
        client = Fd(pair[0]);
        ::fcntl(pair[0], F_SETFD, FD_CLOEXEC);
        const Fd other(pair[1]);
        process.setProcessChannelMode(QProcess::ForwardedChannels);
        process.start(program,
                      {"socket", "--tpm2", "--tpmstate", "dir=" + folder.path(), "--ctrl",
                       QString("type=unixio,clientfd=%1").arg(other.get())});
        isThere = process.waitForStarted();
    }
    ~RealSwtpm()
    {
        if (process.state() != QProcess::NotRunning && !process.waitForFinished(10000)) {
            process.kill();
            process.waitForFinished();
        }
    }

    bool isThere = false;
    QTemporaryDir folder;
    Fd client;
    QProcess process;
};

std::uint32_t codeOf(const TpmBytes &response)
{
    std::uint32_t code = 0;
    for (std::size_t i = 6; i < 10 && i < response.size(); ++i)
        code = (code << 8) | response[i];
    return code;
}

const TpmBytes Startup = tpmMessage(0x144, {0, 0});
// TPM2_PCR_Read of PCR 16 in the bank of SHA-256, and TPM2_PCR_Extend of it with 32 times 0x55.
const TpmBytes ReadPcr = tpmMessage(0x17e, {0, 0, 0, 1, 0, 0x0b, 3, 0, 0, 1});

TpmBytes extendPcr()
{
    TpmBytes content = {0, 0, 0, 16, 0, 0, 0, 9, 0x40, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0x0b};
    content.insert(content.end(), 32, 0x55);
    TpmBytes command = tpmMessage(0x182, content);
    command[1] = 2; // with a session: the password's
    return command;
}

} // namespace

class TestSwtpmBackend : public QObject
{
    Q_OBJECT
private slots:
    void aCommandIsAnswered()
    {
        Pair pair;
        QVERIFY_OK(pair.open());
        pair.user.tpm->submit(Startup);
        QCOMPARE(pair.swtpm.nextCommand(), Startup);
        QVERIFY(!pair.user.tpm->isIdle());
        const TpmBytes response = tpmMessage(0, TpmBytes(3000, 4));
        pair.swtpm.respond(response, 700);
        QTRY_COMPARE(pair.user.responseCount(), std::size_t(1));
        QCOMPARE(pair.user.responses[0], response);
        QVERIFY(pair.user.becomesIdle());
    }

    void commandsAndPowerCyclesKeepTheirOrder()
    {
        Pair pair;
        QVERIFY_OK(pair.open());
        pair.user.tpm->powerCycle(); // it has just been switched on
        pair.user.tpm->submit(Startup);
        pair.user.tpm->powerCycle();
        pair.user.tpm->submit(ReadPcr);
        QCOMPARE(pair.swtpm.nextCommand(), Startup);
        const auto inits = [&] {
            const auto seen = pair.swtpm.seen();
            return std::count(seen.begin(), seen.end(), Init);
        };
        QCOMPARE(inits(), 1);
        pair.swtpm.respond(tpmMessage(0));
        QCOMPARE(pair.swtpm.nextCommand(), ReadPcr);
        QCOMPARE(inits(), 2);
        pair.swtpm.respond(tpmMessage(0));
        QVERIFY(pair.user.becomesIdle());
        QCOMPARE(pair.user.responseCount(), std::size_t(2));
    }

    void aCommandIsCalledOffBesideIt()
    {
        Pair pair;
        QVERIFY_OK(pair.open());
        pair.user.tpm->cancel(); // of nothing
        pair.swtpm.hold(CancelCommand);
        pair.user.tpm->submit(Startup);
        QCOMPARE(pair.swtpm.nextCommand(), Startup);
        pair.user.tpm->cancel();
        QVERIFY(pair.swtpm.hasSeen(CancelCommand));
        pair.user.tpm->cancel(); // at most one is on its way
        pair.swtpm.respond(tpmMessage(0x909));
        QTRY_COMPARE(pair.user.responseCount(), std::size_t(1));
        // The next request on the control channel waits for the answer.
        pair.user.tpm->powerCycle();
        QVERIFY(!pair.user.tpm->isIdle());
        pair.swtpm.letGo();
        QVERIFY(pair.swtpm.hasSeen(Init, 2));
        QVERIFY(pair.user.becomesIdle());
        const auto seen = pair.swtpm.seen();
        QCOMPARE(std::count(seen.begin(), seen.end(), CancelCommand), 1);
        QVERIFY(!pair.user.isLost());
    }

    void theStateGoesToAnother()
    {
        Pair pair;
        QVERIFY_OK(pair.open());
        const Result<TpmState> state = pair.user.tpm->save();
        QVERIFY_OK(state);
        QCOMPARE(state->parts[0].bytes, (TpmBytes{1, 2, 3}));
        QCOMPARE(state->parts[1].bytes, TpmBytes(5000, 7));
        QVERIFY(state->parts[2].bytes.empty());
        Pair other;
        other.swtpm.blobs = {};
        QVERIFY_OK(other.open());
        QVERIFY_OK(other.user.tpm->restore(*state));
        QCOMPARE(other.swtpm.blobs[0], state->parts[0].bytes);
        QCOMPARE(other.swtpm.blobs[1], state->parts[1].bytes);
        QCOMPARE(other.swtpm.lastInitFlags, 1u); // what it keeps for this start goes
        // Stopped first, what is empty is left out, and then it is not as after power-on.
        const auto seen = other.swtpm.seen();
        QVERIFY(std::find(seen.begin(), seen.end(), Stop)
                < std::find(seen.begin(), seen.end(), SetState));
        QCOMPARE(std::count(seen.begin(), seen.end(), SetState), 2);
        other.user.tpm->powerCycle();
        QVERIFY(other.swtpm.hasSeen(Init, 3));
    }

    void whoGoesSaysSo()
    {
        Pair pair;
        QVERIFY_OK(pair.open());
        pair.user.tpm.reset();
        QVERIFY(pair.swtpm.hasSeen(Shutdown));
    }

    void whatItCannotDoIsSaidAtTheStart_data()
    {
        QTest::addColumn<unsigned>("command");
        QTest::addColumn<unsigned>("result");
        QTest::addColumn<QString>("text");
        QTest::newRow("too old") << 0u << 0u << "This swtpm is too old";
        QTest::newRow("its state is damaged")
            << 2u << 9u << "cannot start the TPM (TPM result 0x9)";
        QTest::newRow("no commands") << 0x10u << 9u << "cannot take commands";
        QTest::newRow("no buffer") << 0x11u << 9u << "cannot set the size of its buffer";
    }
    void whatItCannotDoIsSaidAtTheStart()
    {
        QFETCH(unsigned, command);
        QFETCH(unsigned, result);
        QFETCH(QString, text);
        Pair pair;
        if (command == 0)
            pair.swtpm.capabilities = 0xff;
        else
            pair.swtpm.refuse(command, result);
        const Result<> opened = pair.open();
        QVERIFY(!opened);
        const QString said = QString::fromStdString(opened.error().text());
        QVERIFY2(said.startsWith("The machine's TPM does not work: ") && said.contains(text),
                 qPrintable(said));
    }

    void silenceAtTheStartEnds()
    {
        Pair pair;
        pair.swtpm.hold(Init);
        const Result<> opened = pair.open();
        QVERIFY(!opened);
        QVERIFY(QString::fromStdString(opened.error().text()).contains("does not answer"));
    }

    void itsEndIsToldAndEveryCommandAnswered()
    {
        Pair pair;
        QVERIFY_OK(pair.open());
        pair.user.tpm->submit(Startup);
        pair.user.tpm->submit(ReadPcr);
        pair.swtpm.nextCommand();
        pair.swtpm.end();
        QTRY_VERIFY(pair.user.isLost());
        QTRY_COMPARE(pair.user.responseCount(), std::size_t(2));
        QVERIFY(pair.user.responses[0].empty() && pair.user.responses[1].empty());
        pair.user.tpm->powerCycle();
        pair.user.tpm->cancel();
        QCOMPARE(pair.user.ask(Startup), TpmBytes());
        QVERIFY(pair.user.becomesIdle());
        QVERIFY(!pair.user.tpm->save());
        QVERIFY(!pair.user.tpm->restore({}));
        QCOMPARE(pair.user.losses.size(), std::size_t(1));
    }

    void nonsenseLosesIt_data()
    {
        QTest::addColumn<TpmBytes>("response");
        QTest::addColumn<bool>("isAsked");
        TpmBytes tooLong = tpmMessage(0);
        tooLong[4] = 0x0f;
        tooLong[5] = 0x81;
        TpmBytes tooShort = tpmMessage(0);
        tooShort[5] = 9;
        QTest::newRow("too long") << tooLong << true;
        QTest::newRow("too short") << tooShort << true;
        QTest::newRow("not asked for") << tpmMessage(0) << false;
    }
    void nonsenseLosesIt()
    {
        QFETCH(TpmBytes, response);
        QFETCH(bool, isAsked);
        Pair pair;
        QVERIFY_OK(pair.open());
        if (isAsked) {
            pair.user.tpm->submit(Startup);
            pair.swtpm.nextCommand();
        }
        pair.swtpm.respond(response);
        QTRY_VERIFY(pair.user.isLost());
        QTRY_COMPARE(pair.user.responseCount(), std::size_t(isAsked ? 1 : 0));
    }

    void aPowerCycleThatFailsLosesIt()
    {
        Pair pair;
        QVERIFY_OK(pair.open());
        pair.user.tpm->submit(Startup);
        pair.swtpm.nextCommand();
        pair.swtpm.respond(tpmMessage(0));
        QVERIFY(pair.user.becomesIdle());
        pair.swtpm.refuse(Init, 0x101);
        pair.user.tpm->powerCycle();
        QTRY_VERIFY(pair.user.isLost());
        QVERIFY(pair.user.losses[0].find("0x101") != std::string::npos);
    }

    void aStateThatIsNotGivenIsAnError()
    {
        Pair pair;
        pair.swtpm.blobLie = 1;
        QVERIFY_OK(pair.open());
        const Result<TpmState> state = pair.user.tpm->save();
        QVERIFY_ERROR(state, ErrorKind::Corrupt);
        Pair other;
        other.swtpm.refuse(GetState, 9);
        QVERIFY_OK(other.open());
        QVERIFY_ERROR(other.user.tpm->save(), ErrorKind::Io);
    }

    void realOneMeasuresAndGoesOn()
    {
        RealSwtpm first;
        if (!first.isThere)
            QSKIP("no swtpm (package swtpm)");
        User user;
        QVERIFY_OK(user.open(std::move(first.client)));
        QCOMPARE(codeOf(user.ask(ReadPcr)), 0x100u); // it was not started
        QCOMPARE(codeOf(user.ask(Startup)), 0u);
        const TpmBytes zero = user.ask(ReadPcr);
        QCOMPARE(codeOf(zero), 0u);
        QCOMPARE(codeOf(user.ask(extendPcr())), 0u);
        const TpmBytes extended = user.ask(ReadPcr);
        const auto valueOf = [](const TpmBytes &response) {
            return TpmBytes(response.end() - std::min<std::ptrdiff_t>(32, std::ssize(response)),
                            response.end());
        };
        QCOMPARE(valueOf(zero), TpmBytes(32, 0));
        QVERIFY(valueOf(extended) != TpmBytes(32, 0));
        user.tpm->cancel(); // nothing, and it bears it
        // Another process goes on where this one is, its registers included.
        const Result<TpmState> state = user.tpm->save();
        QVERIFY_OK(state);
        QVERIFY(!state->parts[0].bytes.empty());
        QVERIFY(!state->parts[1].bytes.empty());
        RealSwtpm second;
        User other;
        QVERIFY_OK(other.open(std::move(second.client)));
        QVERIFY_OK(other.tpm->restore(*state));
        QCOMPARE(valueOf(other.ask(ReadPcr)), valueOf(extended));
        // And power takes them away.
        other.tpm->powerCycle();
        QCOMPARE(codeOf(other.ask(ReadPcr)), 0x100u);
        QCOMPARE(codeOf(other.ask(Startup)), 0u);
        QCOMPARE(valueOf(other.ask(ReadPcr)), TpmBytes(32, 0));
        QVERIFY(!user.isLost() && !other.isLost());
        // A damaged state is refused.
        TpmState wrong = *state;
        wrong.parts[0].bytes.resize(wrong.parts[0].bytes.size() / 2);
        QVERIFY(!other.tpm->restore(wrong));
        user.tpm.reset();
        QVERIFY(first.process.waitForFinished(10000));
    }
};

QTEST_GUILESS_MAIN(TestSwtpmBackend)
#include "tst_swtpm_backend.moc"

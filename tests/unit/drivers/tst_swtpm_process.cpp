// SPDX-License-Identifier: GPL-3.0-or-later
// With scripts in place of swtpm and swtpm_setup, and with the real ones where they are installed.
#include "engine/drivers/swtpm_process.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QLocalSocket>
#include <QtTest/QSignalSpy>

#include <signal.h>

using namespace engine;

namespace {

constexpr int Patience = 60000;

// What swtpm_setup does as far as we see it.
const char *const GoodSetup = R"(
while [ $# -gt 0 ]; do
    case $1 in
    --tpmstate) echo state > "$2/tpm2-00.permall"; shift ;;
    --create-ek-cert) [ -z "$FAKE_NO_CERTIFICATES" ] || { echo no certificates; exit 1; } ;;
    esac
    shift
done
)";

struct Fixture
{
    explicit Fixture(bool isReal = false)
    {
        // A comma is what the programs' own options could not take.
        machine = folder.filePath("a machine, with comma");
        QDir().mkpath(machine);
        QDir().mkpath(folder.filePath("bin"));
        oldPath = qgetenv("PATH");
        if (!isReal)
            qputenv("PATH", QFile::encodeName(folder.filePath("bin")) + ':' + oldPath);
        QObject::connect(&process, &SwtpmProcess::ended,
                         [this](const QString &how) { endings.append(how); });
    }
    ~Fixture()
    {
        qputenv("PATH", oldPath);
        qunsetenv("FAKE_NO_CERTIFICATES");
    }
    void script(const QString &name, const QByteArray &text) const
    {
        QFile file(folder.filePath("bin/" + name));
        check(file.open(QIODevice::WriteOnly) && file.write("#!/bin/sh\n" + text) > 0, "script");
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    void start()
    {
        process.start({.model = TpmModel::Tpm20,
                       .machineFolder = machine,
                       .machine = QUuid::createUuid(),
                       .socketPath = folder.filePath("tpm.sock"),
                       .authorityFolder = folder.filePath("authority")},
                      [this](Result<> result) { results.append(std::move(result)); });
    }
    QString state() const { return machine + "/tpm/tpm2-00.permall"; }
    QString errorText() const
    {
        return results.isEmpty() || results.front()
            ? QString()
            : QString::fromStdString(results.front().error().text());
    }

    QTemporaryDir folder;
    QString machine;
    QByteArray oldPath;
    SwtpmProcess process;
    QList<Result<>> results;
    QStringList endings;
};

} // namespace

class TestSwtpmProcess final : public QObject
{
    Q_OBJECT
private slots:
    void stateIsMadeOnce()
    {
        Fixture f;
        f.script("swtpm_setup", GoodSetup);
        f.script("swtpm", "exec sleep 60");
        f.start();
        QTRY_COMPARE_WITH_TIMEOUT(f.results.size(), 1, Patience);
        QVERIFY_OK(f.results.front());
        QVERIFY(f.process.isRunning());
        QVERIFY(QFile::exists(f.folder.filePath("tpm.sock")));
        QVERIFY(QFile::exists(f.state()));
        QVERIFY(!QFile::exists(f.machine + "/tpm.new"));
        QVERIFY((QFile::permissions(f.machine + "/tpm") & (QFile::ReadGroup | QFile::ReadOther))
                == 0);
        f.script("swtpm_setup", "exit 1"); // not asked again
        SwtpmProcess second;
        bool isGood = false;
        second.start({.machineFolder = f.machine,
                      .socketPath = f.folder.filePath("second.sock"),
                      .authorityFolder = f.folder.filePath("authority")},
                     [&isGood](Result<> result) { isGood = result.has_value(); });
        QTRY_VERIFY_WITH_TIMEOUT(isGood, Patience);
    }

    void leftoversOfAKilledSetupAreNoTpm()
    {
        Fixture f;
        QVERIFY(QDir(f.machine).mkdir("tpm.new"));
        QFile half(f.machine + "/tpm.new/tpm2-00.permall");
        QVERIFY(half.open(QIODevice::WriteOnly) && half.write("half") == 4);
        half.close();
        f.script("swtpm_setup", GoodSetup);
        f.script("swtpm", "exec sleep 60");
        f.start();
        QTRY_COMPARE_WITH_TIMEOUT(f.results.size(), 1, Patience);
        QFile state(f.state());
        QVERIFY(state.open(QIODevice::ReadOnly));
        QCOMPARE(state.readAll(), QByteArray("state\n"));
    }

    void withoutCertificatesThereIsATpmAllTheSame()
    {
        Fixture f;
        qputenv("FAKE_NO_CERTIFICATES", "1");
        f.script("swtpm_setup", GoodSetup);
        f.script("swtpm_localca", "exit 0");
        f.script("swtpm", "exec sleep 60");
        f.start();
        QTRY_COMPARE_WITH_TIMEOUT(f.results.size(), 1, Patience);
        QVERIFY_OK(f.results.front());
        QVERIFY(QFile::exists(f.state()));
    }

    void failedSetupIsToldAndLeavesNothing()
    {
        Fixture f;
        f.script("swtpm_setup", "echo out of entropy; exit 3");
        f.script("swtpm", "exec sleep 60");
        f.start();
        QTRY_COMPARE_WITH_TIMEOUT(f.results.size(), 1, Patience);
        QVERIFY2(f.errorText().contains("out of entropy"), qPrintable(f.errorText()));
        QVERIFY(QDir(f.machine).isEmpty());
        QVERIFY(!f.process.isRunning());
    }

    void missingProgramsNameTheirPackages()
    {
        Fixture f;
        qputenv("PATH", "/there-is-no-such-folder");
        f.start();
        QTRY_COMPARE_WITH_TIMEOUT(f.results.size(), 1, Patience);
        QVERIFY_ERROR(f.results.front(), ErrorKind::NotFound);
        QVERIFY(QString::fromStdString(f.results.front().error().remedy())
                    .contains("swtpm and swtpm-tools"));
    }

    void deathIsTold()
    {
        Fixture f;
        f.script("swtpm_setup", GoodSetup);
        f.script("swtpm", "exec sleep 60");
        f.start();
        QTRY_COMPARE_WITH_TIMEOUT(f.results.size(), 1, Patience);
        QVERIFY(f.endings.isEmpty());
        QCOMPARE(::kill(pid_t(f.process.processId()), SIGKILL), 0);
        QTRY_COMPARE_WITH_TIMEOUT(f.endings.size(), 1, Patience);
        QVERIFY2(f.endings.front().contains("signal 9"), qPrintable(f.endings.front()));
    }

    void realTpmAnswersAndEndsWhenTold()
    {
        if (!checkTpmPrograms())
            QSKIP("no swtpm (packages swtpm, swtpm-tools)");
        Fixture f(true);
        f.start();
        QTRY_COMPARE_WITH_TIMEOUT(f.results.size(), 1, Patience);
        QVERIFY_OK(f.results.front());
        QVERIFY(QFile::exists(f.state()));
        QLocalSocket control;
        control.connectToServer(f.folder.filePath("tpm.sock"));
        QVERIFY(control.waitForConnected(Patience));
        // CMD_GET_CAPABILITY of swtpm_ioctls(3): a code in big-endian, answered by 8 bytes.
        QCOMPARE(control.write(QByteArray::fromHex("00000001")), 4);
        QTRY_VERIFY_WITH_TIMEOUT(control.bytesAvailable() >= 8, Patience);
        QVERIFY(f.endings.isEmpty());
        QCOMPARE(control.write(QByteArray::fromHex("00000003")), 4); // CMD_SHUTDOWN, as QEMU's last
        QTRY_COMPARE_WITH_TIMEOUT(f.endings.size(), 1, Patience);
        QVERIFY2(f.endings.front().contains("exit code 0"), qPrintable(f.endings.front()));
    }
};

QTEST_GUILESS_MAIN(TestSwtpmProcess)
#include "tst_swtpm_process.moc"

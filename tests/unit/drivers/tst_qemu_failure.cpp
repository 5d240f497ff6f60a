// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/qemu_failure.h"
#include "tests/support/test_main.h"

#include <QtCore/QJsonObject>

using namespace engine;

class TestQemuFailure final : public QObject
{
    Q_OBJECT
private slots:
    void failuresAreExplained_data()
    {
        QTest::addColumn<QString>("said");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("contains");
        QTest::newRow("lock")
            << "-device x: Failed to get \"write\" lock\nIs another process using "
               "the image [/d/a.qcow2]?"
            << int(ErrorKind::Busy) << "\"/d/a.qcow2\" is in use";
        QTest::newRow("permission")
            << "-blockdev {}: Could not open '/d/a.qcow2': Permission denied"
            << int(ErrorKind::Denied) << "permission to use \"/d/a.qcow2\"";
        QTest::newRow("damaged") << "-blockdev {}: Image is not in qcow2 format"
                                 << int(ErrorKind::Corrupt) << "not in the format qcow2";
        QTest::newRow("memory") << "cannot set up guest memory 'pc.ram': Cannot allocate memory"
                                << int(ErrorKind::NoSpace) << "1024 MiB";
        QTest::newRow("boot ROM") << "-device x: failed to find romfile \"efi-virtio.rom\""
                                  << int(ErrorKind::Unsupported) << "boot ROM";
        QTest::newRow("TPM") << "tpm-emulator: TPM result for CMD_INIT: 0x9 operation failed"
                             << int(ErrorKind::Io) << "TPM does not work";
        QTest::newRow("unknown") << "something new" << int(ErrorKind::Io) << "something new";
    }
    void failuresAreExplained()
    {
        QFETCH(QString, said);
        QFETCH(int, kind);
        QFETCH(QString, contains);
        MachineDefinition machine;
        machine.name = "plain";
        const Error error =
            qemuStartFailure(machine, said.split('\n'), howItEnded(false, 1), "/l/vitrine.log");
        QCOMPARE(int(error.kind()), kind);
        const QString text = QString::fromStdString(error.text());
        QVERIFY2(text.contains(contains), qPrintable(text));
        QVERIFY(text.startsWith("Cannot start the machine \"plain\""));
        QVERIFY(text.contains("/l/vitrine.log"));
    }

    void fullDiskIsToldFromABrokenOne()
    {
        const RunProblem full = blockProblem(
            {{"nospace", true}, {"operation", "write"}, {"reason", "No space left on device"}},
            "/d/a.qcow2");
        QCOMPARE(int(full.kind), int(RunProblem::Kind::DiskFull));
        QVERIFY(full.text.contains("/d/a.qcow2"));
        const RunProblem broken = blockProblem(
            {{"nospace", false}, {"operation", "write"}, {"reason", "Input/output error"}},
            "/d/a.qcow2");
        QCOMPARE(int(broken.kind), int(RunProblem::Kind::DiskError));
    }
};

QTEST_GUILESS_MAIN(TestQemuFailure)
#include "tst_qemu_failure.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/kvm_self_test.h"

#include <QtCore/QElapsedTimer>
#include <QtTest/QTest>

#include <cerrno>

#include <signal.h>
#include <unistd.h>

using namespace engine;

namespace {

VitrineKvmProbe goodProbe()
{
    VitrineKvmProbe probe{};
    probe.apiVersion = 12;
    probe.sse = probe.compareExchange = probe.loop = probe.outs = VitrineProbeIo;
    probe.hostIterationsPerSecond = 3e9;
    probe.guestIterationsPerSecond = 2.9e9;
    probe.microsecondsPerExit = 2;
    return probe;
}

} // namespace

class TestKvmSelfTest final : public QObject
{
    Q_OBJECT
private slots:
    void realKvmIsNative()
    {
        const KvmSelfTest test = judgeKvmProbe(goodProbe(), true);
        QCOMPARE(int(test.verdict), int(KvmVerdict::Native));
        QVERIFY(test.reason.empty());
    }

    void emulationFailureMeansOnlyEmulates()
    {
        VitrineKvmProbe probe = goodProbe();
        probe.sse = VitrineProbeEmulationFailure;
        const KvmSelfTest test = judgeKvmProbe(probe, false);
        QCOMPARE(int(test.verdict), int(KvmVerdict::EmulatedOnly));
        QVERIFY(test.reason.find("only emulates") != std::string::npos);
    }

    void slowLoopMeansOnlyEmulates()
    {
        VitrineKvmProbe probe = goodProbe();
        probe.loop = VitrineProbeTimeout;
        probe.guestIterationsPerSecond = 1.4e6;
        QCOMPARE(int(judgeKvmProbe(probe, true).verdict), int(KvmVerdict::EmulatedOnly));
    }

    void slowExitsAreAWarning()
    {
        VitrineKvmProbe probe = goodProbe();
        probe.microsecondsPerExit = 60;
        QCOMPARE(int(judgeKvmProbe(probe, true).verdict), int(KvmVerdict::Slow));
    }

    void tripleFaultIsUnusable()
    {
        VitrineKvmProbe probe = goodProbe();
        probe.compareExchange = VitrineProbeOther;
        probe.exitReason = 8;
        const KvmSelfTest test = judgeKvmProbe(probe, true);
        QCOMPARE(int(test.verdict), int(KvmVerdict::Unusable));
        QVERIFY(test.reason.find("exit reason 8") != std::string::npos);
    }

    void openErrorsAreToldApart()
    {
        VitrineKvmProbe probe{};
        probe.openError = ENOENT;
        QCOMPARE(int(judgeKvmProbe(probe, true).verdict), int(KvmVerdict::Missing));
        QVERIFY(judgeKvmProbe(probe, true).remedy.find("modprobe") != std::string::npos);
        QVERIFY(judgeKvmProbe(probe, false).remedy.find("firmware") != std::string::npos);
        probe.openError = EACCES;
        const KvmSelfTest denied = judgeKvmProbe(probe, true);
        QCOMPARE(int(denied.verdict), int(KvmVerdict::Denied));
        QVERIFY(denied.remedy.find("group kvm") != std::string::npos);
    }

    void anotherHypervisorIsNamed()
    {
        VitrineKvmProbe probe{};
        probe.apiVersion = 12;
        probe.createError = EBUSY;
        probe.createStep = "KVM_CREATE_VM";
        const KvmSelfTest test = judgeKvmProbe(probe, true);
        QCOMPARE(int(test.verdict), int(KvmVerdict::Unusable));
        QVERIFY(test.remedy.find("VirtualBox") != std::string::npos);
    }

    void missingDeviceIsMissing()
    {
        QCOMPARE(int(runKvmSelfTest("/dev/there-is-no-such-device").verdict),
                 int(KvmVerdict::Missing));
    }

    void aDeviceThatIsNotKvmIsUnusable()
    {
        QCOMPARE(int(runKvmSelfTest("/dev/null").verdict), int(KvmVerdict::Unusable));
    }

    void thisHostIsJudgedInTimeAndTheSignalIsGivenBack()
    {
        QElapsedTimer timer;
        timer.start();
        const KvmSelfTest test = runKvmSelfTest();
        QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
        qInfo("verdict %d, rate %.5f, %.1f us per exit, %lld ms: %s", int(test.verdict),
              test.guestToHostRate, test.microsecondsPerExit, timer.elapsed(), test.reason.c_str());
        if (::access("/dev/kvm", F_OK) != 0)
            QCOMPARE(int(test.verdict), int(KvmVerdict::Missing));
        else if (::access("/dev/kvm", R_OK | W_OK) != 0)
            QCOMPARE(int(test.verdict), int(KvmVerdict::Denied));
        else
            QVERIFY(test.verdict != KvmVerdict::Missing && test.verdict != KvmVerdict::Denied);
        QCOMPARE(test.reason.empty(), test.verdict == KvmVerdict::Native);
        struct sigaction action = {};
        QCOMPARE(::sigaction(SIGRTMAX - 4, nullptr, &action), 0);
        QVERIFY(action.sa_handler == SIG_DFL);
    }
};

QTEST_GUILESS_MAIN(TestKvmSelfTest)
#include "tst_kvm_self_test.moc"

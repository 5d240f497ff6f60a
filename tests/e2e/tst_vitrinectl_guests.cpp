// SPDX-License-Identifier: GPL-3.0-or-later
// vitrinectl and its VBoxManage link with a real guest, where QEMU and a rescue ISO are installed:
// Packer's way to a machine, media, saved states, disposable runs. With machines of the engine that
// $VITRINE_E2E_ENGINE names.
#include "tests/support/test_main.h"
#include "tests/support/vitrinectl_user.h"

#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QStandardPaths>
#include <QtNetwork/QLocalSocket>

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

class TestVitrinectlGuests : public QObject, private tests::VitrinectlUser
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        // One that only emulates will do.
        if (isOnKvm() && ::access("/dev/kvm", R_OK | W_OK) != 0)
            QSKIP("/dev/kvm cannot be opened here");
    }
    void init() { QVERIFY(begin()); }
    void cleanup() { end(); }

    void packerBuild();
    void statesAreSavedResumedAndDiscarded();
    void whatEndsTheProcessSavesTheMachine();
    void aWindowThatCannotOpenIsSaid();
    void disposableRunLeavesNothing();
    void mediaChangeWhileRunning();

private:
    static bool isOnKvm() { return qEnvironmentVariable("VITRINE_E2E_ENGINE") == "kvm"; }
    static bool canRunGuests();
    // From now on machines are started without a KVM, or with whatever it is.
    void chooseAcceleration();
    // Gives a machine the engine, and the network card that both have.
    Answer chooseEngine(const QString &machine);
    // With a disk; it starts from the rescue CD.
    Answer makeLiveMachine(const QString &name);
    // The process behind the control socket.
    qint64 processOf(const QString &machine);
};

bool TestVitrinectlGuests::canRunGuests()
{
    return QFile::exists(QLatin1String(RescueIso))
        && !QStandardPaths::findExecutable(QStringLiteral("qemu-system-x86_64")).isEmpty();
}

void TestVitrinectlGuests::chooseAcceleration()
{
    if (isOnKvm())
        m_environment.insert(QStringLiteral("VITRINE_ALLOW_EMULATED_KVM"), QStringLiteral("1"));
    else
        m_environment.insert(QStringLiteral("VITRINE_ACCELERATION"), QStringLiteral("none"));
}

TestVitrinectlGuests::Answer TestVitrinectlGuests::chooseEngine(const QString &machine)
{
    return ctl(
        {"modifyvm", machine, "--engine", isOnKvm() ? "kvm" : "qemu", "--nictype1", "virtio"});
}

TestVitrinectlGuests::Answer TestVitrinectlGuests::makeLiveMachine(const QString &name)
{
    chooseAcceleration();
    const Answer made = ctl({"quickstart", RescueIso, "--name", name, "--disk-size", "4G",
                             "--memory", "256", "--no-start"});
    return made.exitCode == 0 ? chooseEngine(name) : made;
}

qint64 TestVitrinectlGuests::processOf(const QString &machine)
{
    QLocalSocket socket;
    socket.connectToServer(path("run/vitrine/" + key(machine, "UUID") + "/control"));
    ucred peer = {};
    socklen_t size = sizeof peer;
    if (!socket.waitForConnected(5000)
        || ::getsockopt(int(socket.socketDescriptor()), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return 0;
    return peer.pid;
}

// Packer 1.6.6, virtualbox-iso, in the order it was traced; without `export`, which this version
// lacks.
void TestVitrinectlGuests::packerBuild()
{
    if (isOnKvm())
        QSKIP("It has no IDE and no floppy controllers, and says so (tst_kvm_refusals)");
    const bool canRun = canRunGuests();
    const QString disk = path("out/pkvm.vdi");
    VERIFY_GOOD(vbox({"list", "systemproperties"}));
    VERIFY_GOOD(vbox({"setextradata", "global", "GUI/UpdateDate", "1 d, 2027-01-01, stable"}));
    VERIFY_GOOD(vbox({"createvm", "--name", "pkvm", "--ostype", "Debian_64", "--register"}));
    VERIFY_GOOD(vbox({"modifyvm", "pkvm", "--boot1", "disk", "--boot2", "dvd", "--boot3", "none",
                      "--boot4", "none"}));
    VERIFY_GOOD(vbox({"modifyvm", "pkvm", "--cpus", "1"}));
    VERIFY_GOOD(vbox({"modifyvm", "pkvm", "--memory", "128"}));
    VERIFY_GOOD(vbox({"modifyvm", "pkvm", "--usb", "off"}));
    VERIFY_GOOD(vbox({"modifyvm", "pkvm", "--audio", "none"}));
    VERIFY_GOOD(vbox({"createhd", "--filename", disk, "--size", "64", "--format", "VDI",
                      "--variant", "Standard"}));
    VERIFY_GOOD(vbox({"storagectl", "pkvm", "--name", "IDE Controller", "--add", "ide"}));
    VERIFY_GOOD(vbox(
        {"storagectl", "pkvm", "--name", "SATA Controller", "--add", "sata", "--portcount", "1"}));
    VERIFY_GOOD(vbox({"storageattach", "pkvm", "--storagectl", "SATA Controller", "--port", "0",
                      "--device", "0", "--type", "hdd", "--medium", disk, "--nonrotational", "off",
                      "--discard", "off"}));
    QCOMPARE(key("pkvm", "\"SATA Controller-0-0\""), disk);
    if (canRun)
        VERIFY_GOOD(vbox({"storageattach", "pkvm", "--storagectl", "IDE Controller", "--port", "0",
                          "--device", "1", "--type", "dvddrive", "--medium", RescueIso}));
    VERIFY_GOOD(vbox({"modifyvm", "pkvm", "--vrdeaddress", "127.0.0.1", "--vrdeauthtype", "null",
                      "--vrde", "on", "--vrdeport", "25905-25999"}));
    const QString shown = vbox({"showvminfo", "pkvm", "--machinereadable"}).out;
    QVERIFY(shown.contains("storagecontrollername1=\"SATA Controller\"\n"));
    QVERIFY(shown.contains("storagecontrollertype1=\"IntelAhci\"\n"));
    VERIFY_GOOD(vbox({"storagectl", "pkvm", "--name", "Floppy Controller", "--add", "floppy"}));
    QFile floppy(path("floppy.vfd"));
    QVERIFY(floppy.open(QIODevice::WriteOnly) && floppy.resize(1474560));
    floppy.close();
    VERIFY_GOOD(vbox({"storageattach", "pkvm", "--storagectl", "Floppy Controller", "--port", "0",
                      "--device", "0", "--type", "fdd", "--medium", floppy.fileName()}));
    QCOMPARE(key("pkvm", "storagecontrollertype2"), QStringLiteral("I82078"));
    VERIFY_GOOD(vbox({"modifyvm", "pkvm", "--nic1", "nat"}));
    // No fixed port: another test may hold it. A rule that is not started is a rule all the same.
    VERIFY_GOOD(vbox({"modifyvm", "pkvm", "--natpf1", "packercomm,tcp,127.0.0.1,40123,,22"}));

    if (canRun) {
        m_running.append("pkvm");
        const Answer started = vbox({"startvm", "pkvm", "--type", "headless"});
        VERIFY_GOOD(started);
        QCOMPARE(started.err, QString());
        QVERIFY(QRegularExpression("VM \".+?\" has been successfully started")
                    .match(started.out)
                    .hasMatch());
        QVERIFY(started.out.startsWith("Waiting for VM \"pkvm\" to power on...\n"));
        QCOMPARE(key("pkvm", "VMState"), QStringLiteral("running"));
        QVERIFY(vbox({"list", "runningvms"}).out.startsWith("\"pkvm\" {"));
        VERIFY_GOOD(vbox({"controlvm", "pkvm", "keyboardputscancode", "01", "81", "1c", "9c"}));
        VERIFY_GOOD(vbox({"controlvm", "pkvm", "keyboardputstring", "ls"}));
        VERIFY_GOOD(vbox({"controlvm", "pkvm", "screenshotpng", path("screen.png")}));
        QFile png(path("screen.png"));
        QVERIFY(png.open(QIODevice::ReadOnly));
        QVERIFY(png.read(8).startsWith("\x89PNG"));
        VERIFY_GOOD(vbox({"controlvm", "pkvm", "setlinkstate1", "off"}));
        QCOMPARE(key("pkvm", "cableconnected1"), QStringLiteral("off"));
        VERIFY_GOOD(vbox({"controlvm", "pkvm", "pause"}));
        QCOMPARE(key("pkvm", "VMState"), QStringLiteral("paused"));
        VERIFY_GOOD(vbox({"controlvm", "pkvm", "resume"}));
        QCOMPARE(key("pkvm", "VMState"), QStringLiteral("running"));
        VERIFY_GOOD(vbox({"controlvm", "pkvm", "reset"}));

        const Answer locked = vbox({"modifyvm", "pkvm", "--memory", "256"});
        QCOMPARE(locked.exitCode, 1);
        QVERIFY(locked.err.contains("is not powered off (state is running)"));
        QVERIFY(locked.err.contains("VBOX_E_INVALID_VM_STATE"));
        QCOMPARE(vbox({"unregistervm", "pkvm", "--delete"}).exitCode, 1);
        QCOMPARE(vbox({"startvm", "pkvm", "--type", "headless"}).exitCode, 1);

        VERIFY_GOOD(vbox({"controlvm", "pkvm", "poweroff"}));
        m_running.clear();
        QCOMPARE(key("pkvm", "VMState"), QStringLiteral("poweroff"));
        QCOMPARE(vbox({"controlvm", "pkvm", "poweroff"}).exitCode, 1);
    }
    VERIFY_GOOD(vbox({"storageattach", "pkvm", "--storagectl", "Floppy Controller", "--port", "0",
                      "--device", "0", "--medium", "none"}));
    VERIFY_GOOD(vbox({"storagectl", "pkvm", "--name", "Floppy Controller", "--remove"}));
    if (canRun)
        VERIFY_GOOD(vbox({"storageattach", "pkvm", "--storagectl", "IDE Controller", "--port", "0",
                          "--device", "1", "--type", "dvddrive", "--medium", "none"}));
    VERIFY_GOOD(vbox({"modifyvm", "pkvm", "--natpf1", "delete", "packercomm"}));
    VERIFY_GOOD(vbox({"unregistervm", "pkvm", "--delete"}));
    QVERIFY(!QFile::exists(disk));
    if (!canRun)
        QSKIP("Everything but the run: needs qemu-system-x86 and grub-rescue-pc");
}

void TestVitrinectlGuests::statesAreSavedResumedAndDiscarded()
{
    if (!canRunGuests())
        QSKIP("Needs qemu-system-x86 and grub-rescue-pc");
    VERIFY_GOOD(makeLiveMachine("s"));
    VERIFY_GOOD(vbox({"startvm", "s", "--type", "headless"}));
    m_running.append("s");
    const auto shown = QJsonDocument::fromJson(ctl({"showvminfo", "s", "--json"}).out.toUtf8());
    QVERIFY(shown["driver"].toString().startsWith(isOnKvm() ? "kvm " : "qemu "));
    VERIFY_GOOD(vbox({"controlvm", "s", "savestate"}));
    QCOMPARE(key("s", "VMState"), QStringLiteral("saved"));
    QVERIFY(QFile::exists(key("s", "VMStateFile")));
    QVERIFY(!vbox({"list", "runningvms"}).out.contains("\"s\""));
    const Answer refused = vbox({"modifyvm", "s", "--memory", "512"});
    QCOMPARE(refused.exitCode, 1);
    QVERIFY2(refused.err.contains("saved") && refused.err.contains("memory"),
             qPrintable(refused.err));
    VERIFY_GOOD(vbox({"modifyvm", "s", "--description", "words"}));
    QCOMPARE(vbox({"controlvm", "s", "savestate"}).exitCode, 1);
    const Answer disposable = ctl({"startvm", "s", "--type", "headless", "--disposable"});
    QVERIFY2(disposable.exitCode == 1 && disposable.err.contains("saved"),
             qPrintable(disposable.err));

    VERIFY_GOOD(vbox({"startvm", "s", "--type", "headless"}));
    QCOMPARE(key("s", "VMState"), QStringLiteral("running"));
    VERIFY_GOOD(vbox({"controlvm", "s", "savestate"}));
    VERIFY_GOOD(vbox({"discardstate", "s"}));
    m_running.clear();
    QCOMPARE(key("s", "VMState"), QStringLiteral("poweroff"));
    const Answer nothing = vbox({"discardstate", "s"});
    QVERIFY(nothing.exitCode == 1 && nothing.err.contains("no saved state"));
    QCOMPARE(vbox({"adoptstate", "s", "some.sav"}).exitCode, 1);
    VERIFY_GOOD(vbox({"modifyvm", "s", "--memory", "512"}));
}

void TestVitrinectlGuests::whatEndsTheProcessSavesTheMachine()
{
    if (!canRunGuests())
        QSKIP("Needs qemu-system-x86 and grub-rescue-pc");
    VERIFY_GOOD(makeLiveMachine("t"));
    VERIFY_GOOD(vbox({"startvm", "t", "--type", "headless"}));
    m_running.append("t");
    const qint64 process = processOf("t");
    QVERIFY(process > 1);
    QCOMPARE(::kill(pid_t(process), SIGTERM), 0);
    QTRY_COMPARE_WITH_TIMEOUT(key("t", "VMState"), QStringLiteral("saved"), 60000);
    VERIFY_GOOD(vbox({"startvm", "t", "--type", "headless"}));
    QCOMPARE(key("t", "VMState"), QStringLiteral("running"));
    VERIFY_GOOD(vbox({"controlvm", "t", "poweroff"}));
    m_running.clear();
    QCOMPARE(key("t", "VMState"), QStringLiteral("poweroff"));
}

void TestVitrinectlGuests::aWindowThatCannotOpenIsSaid()
{
    if (!canRunGuests())
        QSKIP("Needs qemu-system-x86 and grub-rescue-pc");
    VERIFY_GOOD(makeLiveMachine("w"));
    for (const char *variable : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        m_environment.remove(QLatin1String(variable));
    const Answer started = ctl({"startvm", "w", "--type", "separate"});
    VERIFY_GOOD(started);
    m_running.append("w");
    QVERIFY2(started.err.contains("without its window") && started.err.contains("desktop"),
             qPrintable(started.err));
    QCOMPARE(key("w", "VMState"), QStringLiteral("running"));
    VERIFY_GOOD(ctl({"controlvm", "w", "poweroff"}));
    m_running.clear();
}

void TestVitrinectlGuests::disposableRunLeavesNothing()
{
    if (!canRunGuests())
        QSKIP("Needs qemu-system-x86 and grub-rescue-pc");
    VERIFY_GOOD(makeLiveMachine("d"));
    const QString folder = QFileInfo(key("d", "CfgFile")).path();
    VERIFY_GOOD(ctl({"startvm", "d", "--type", "headless", "--disposable"}));
    m_running.append("d");
    QVERIFY(QFile::exists(folder + "/disposable/0.qcow2"));
    const Answer refused = ctl({"controlvm", "d", "savestate"});
    QVERIFY2(refused.exitCode == 1 && refused.err.contains("disposable"), qPrintable(refused.err));
    VERIFY_GOOD(ctl({"controlvm", "d", "poweroff"}));
    m_running.clear();
    QVERIFY(!QFile::exists(folder + "/disposable"));
}

void TestVitrinectlGuests::mediaChangeWhileRunning()
{
    if (!canRunGuests())
        QSKIP("Needs qemu-system-x86 and grub-rescue-pc");
    chooseAcceleration();
    VERIFY_GOOD(ctl(
        {"quickstart", RescueIso, "--name", "live", "--no-disk", "--memory", "512", "--no-start"}));
    VERIFY_GOOD(chooseEngine("live"));
    VERIFY_GOOD(vbox({"startvm", "live", "--type", "headless"}));
    m_running.append("live");
    const auto json = QJsonDocument::fromJson(ctl({"showvminfo", "live", "--json"}).out.toUtf8());
    QCOMPARE(json["state"].toString(), QStringLiteral("running"));
    QString controller;
    QJsonObject drive;
    for (const QJsonValue &candidate : json["controllers"].toArray()) {
        for (const QJsonValue &attachment : candidate["attachments"].toArray()) {
            if (attachment["kind"].toString() == QLatin1String("optical")) {
                controller = candidate["name"].toString();
                drive = attachment.toObject();
            }
        }
    }
    QVERIFY(!controller.isEmpty());
    QCOMPARE(drive["path"].toString(), QString::fromLatin1(RescueIso));
    const QStringList place{"storageattach", "live",
                            "--storagectl",  controller,
                            "--port",        QString::number(drive["port"].toInt()),
                            "--device",      QString::number(drive["device"].toInt()),
                            "--type",        "dvddrive"};
    VERIFY_GOOD(vbox(place + QStringList{"--medium", "emptydrive", "--forceunmount"}));
    const QString name = QStringLiteral("%1-%2-%3")
                             .arg(controller)
                             .arg(drive["port"].toInt())
                             .arg(drive["device"].toInt());
    QCOMPARE(key("live", '"' + name + '"'), QStringLiteral("emptydrive"));
    VERIFY_GOOD(vbox(place + QStringList{"--medium", RescueIso}));
    QCOMPARE(key("live", '"' + name + '"'), QString::fromLatin1(RescueIso));
    VERIFY_GOOD(vbox({"controlvm", "live", "poweroff"}));
    m_running.clear();
    QCOMPARE(key("live", "VMState"), QStringLiteral("poweroff"));
    VERIFY_GOOD(vbox({"unregistervm", "live", "--delete"}));
}

QTEST_GUILESS_MAIN(TestVitrinectlGuests)
#include "tst_vitrinectl_guests.moc"

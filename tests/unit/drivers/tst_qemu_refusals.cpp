// SPDX-License-Identifier: GPL-3.0-or-later
// What keeps a machine of the QEMU driver from starting is said: what it was and what to do.
#include "engine/drivers/open_driver.h"
#include "tests/support/qemu_machine.h"

#include <netinet/in.h>
#include <sys/socket.h>

using namespace engine;

namespace {

using Fixture = fakes::QemuMachine;

} // namespace

class TestQemuRefusals final : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        if (const char *missing = Fixture::missing())
            QSKIP(missing);
    }

    void damagedDiskIsNamed()
    {
        Fixture f;
        const QString path = f.folder.path() + "/bad.qcow2";
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray("QFI\xfb\0\0\0\x09", 8) + QByteArray(4096, '\0'));
        file.close();
        f.addDisk(path);
        f.start();
        QTRY_STATE(f, Off);
        QVERIFY2(f.errorLine().contains("QEMU said") && f.errorLine().contains("qcow2"),
                 qPrintable(f.errorLine()));
    }

    void diskThatIsNotThereIsNamed()
    {
        Fixture f;
        f.addDisk(f.folder.path() + "/gone.qcow2");
        f.start();
        QTRY_STATE(f, Off);
        QVERIFY2(f.errorLine().contains("gone.qcow2"), qPrintable(f.errorLine()));
        QCOMPARE(int(f.error->kind()), int(ErrorKind::NotFound));
    }

    void takenPortIsNamed()
    {
        const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        QCOMPARE(::bind(socket.get(), reinterpret_cast<sockaddr *>(&address), length), 0);
        QCOMPARE(::listen(socket.get(), 1), 0);
        QCOMPARE(::getsockname(socket.get(), reinterpret_cast<sockaddr *>(&address), &length), 0);
        Fixture f;
        NetworkAdapter adapter;
        adapter.mode = NetworkMode::Nat;
        adapter.forwards = {{"ssh", ForwardProtocol::Tcp, {}, ntohs(address.sin_port), {}, 22}};
        f.definition.adapters = {adapter};
        f.start();
        QTRY_STATE(f, Off);
        QCOMPARE(int(f.error->kind()), int(ErrorKind::Busy));
        QVERIFY2(f.errorLine().contains(QString::number(ntohs(address.sin_port))),
                 qPrintable(f.errorLine()));
    }

    void missingFirmwareNamesThePackage()
    {
        QemuDriverOptions options;
        options.firmwareRoot = "/there-is-no-such-root";
        Fixture f(options);
        f.definition.firmware = Firmware::Uefi;
        f.start();
        QTRY_STATE(f, Off);
        QVERIFY2(QString::fromStdString(f.error->remedy()).contains("package ovmf"),
                 qPrintable(f.errorLine()));
    }

    void missingQemuNamesThePackage()
    {
        Fixture f;
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", "/there-is-no-such-folder");
        f.start();
        QTRY_STATE(f, Off);
        qputenv("PATH", path);
        QVERIFY2(QString::fromStdString(f.error->remedy()).contains("qemu-system-x86"),
                 qPrintable(f.errorLine()));
    }

    void missingTpmNamesThePackages()
    {
        Fixture f;
        QTemporaryDir programs;
        const QByteArray path = qgetenv("PATH");
        QVERIFY(QFile::link(*findQemu(), programs.filePath("qemu-system-x86_64")));
        qputenv("PATH", QFile::encodeName(programs.path()));
        f.definition.tpm = TpmModel::Tpm20;
        f.start();
        QTRY_STATE(f, Off);
        qputenv("PATH", path);
        QVERIFY2(QString::fromStdString(f.error->remedy()).contains("swtpm and swtpm-tools"),
                 qPrintable(f.errorLine()));
    }

    void engineThatIsNotThereIsRefused()
    {
        MachineDefinition definition;
        definition.engine = EngineChoice::Kvm;
        QVERIFY_ERROR(openDriver(definition), ErrorKind::Unsupported);
        definition.engine = EngineChoice::Auto;
        QVERIFY_OK(openDriver(definition));
    }
};

QTEST_GUILESS_MAIN(TestQemuRefusals)
#include "tst_qemu_refusals.moc"

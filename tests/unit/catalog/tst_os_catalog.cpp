// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/os_catalog.h"
#include "engine/machine/qt_text.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>
#include <QtCore/QtEndian>
#include <QtTest/QTest>

#include <unistd.h>

using namespace engine;

namespace {

constexpr qsizetype Sector = 2048;

void putText(QByteArray &image, qsizetype offset, qsizetype size, const QByteArray &text)
{
    image.replace(offset, size, text.leftJustified(size, ' '));
}

// The descriptors of an ISO image and nothing behind them.
QByteArray isoImage(const QByteArray &volumeId, bool isBootable, quint32 sectors = 64)
{
    QByteArray image(64 * Sector, '\0');
    image.replace(16 * Sector, 7,
                  QByteArray("\x01"
                             "CD001\x01",
                             7));
    putText(image, 16 * Sector + 8, 32, "LINUX");
    putText(image, 16 * Sector + 40, 32, volumeId);
    qToLittleEndian<quint32>(sectors, image.data() + 16 * Sector + 80);
    qToLittleEndian<quint16>(quint16(Sector), image.data() + 16 * Sector + 128);
    qsizetype next = 17 * Sector;
    if (isBootable) {
        image.replace(next, 7,
                      QByteArray("\x00"
                                 "CD001\x01",
                                 7));
        image.replace(next + 7, 23, "EL TORITO SPECIFICATION");
        next += Sector;
    }
    image.replace(next, 7,
                  QByteArray("\xff"
                             "CD001\x01",
                             7));
    return image;
}

} // namespace

class TestOsCatalog final : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QElapsedTimer timer;
        timer.start();
        auto loaded = OsCatalog::load(qEnvironmentVariable("VITRINE_SOURCE_DIR")
                                      + QStringLiteral("/resources/osinfo"));
        QVERIFY_OK(loaded);
        m_catalog = *loaded;
        qInfo("loaded in %lld ms", timer.elapsed());
    }

    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_folder = std::make_unique<QTemporaryDir>();
    }

    void mediaAreIdentified_data()
    {
        QTest::addColumn<QByteArray>("volumeId");
        QTest::addColumn<QString>("osId");
        QTest::addColumn<QString>("label");
        QTest::addColumn<QString>("architecture");
        QTest::addColumn<bool>("isExact");
        QTest::addColumn<bool>("isLive");
        const auto row = [](const char *volumeId, const char *osId, const char *label,
                            const char *architecture, bool isExact, bool isLive) {
            QTest::newRow(volumeId) << QByteArray(volumeId) << QString(osId) << QString(label)
                                    << QString(architecture) << isExact << isLive;
        };
        row("Debian 12.5.0 amd64 n", "debian12", "Debian 12", "x86_64", true, false);
        row("Debian 12.0.0 amd64 n", "debian12", "Debian 12", "x86_64", true, false);
        row("Debian 12.11.0 amd64 1", "debian12", "Debian 12", "x86_64", true, false);
        row("Debian 12.5.0 i386 n", "debian12", "Debian 12", "i686", true, false);
        row("d-live 12.5.0 gn amd64", "debian12", "Debian 12", "x86_64", true, true);
        row("Debian 13.1.0 amd64 n", "debian13", "Debian 13", "x86_64", true, false);
        row("d-live 13.0.0 kd amd64", "debian13", "Debian 13", "x86_64", true, true);
        row("Debian 14.0.0 amd64 n", "debian13", "Debian 14.0.0 amd64 n", "x86_64", false, false);
        row("Fedora-WS-Live-99", "fedora37", "Fedora-WS-Live-99", "x86_64", false, true);
        row("ISOIMAGE", "", "image", "", true, false);
        row("Some Rescue amd64", "", "Some Rescue amd64", "x86_64", true, false);
    }

    void mediaAreIdentified()
    {
        QFETCH(QByteArray, volumeId);
        QFETCH(QString, osId);
        const auto media = m_catalog->identify(write(isoImage(volumeId, true)));
        QVERIFY_OK(media);
        QCOMPARE(media->volumeId, QString::fromLatin1(volumeId));
        // Data newer than ours may know a newer nearest one.
        QFETCH(bool, isExact);
        if (isExact)
            QCOMPARE(media->osId, osId);
        else
            QVERIFY(media->osId.startsWith(osId.left(6)));
        QTEST(media->label, "label");
        QTEST(media->architecture, "architecture");
        QTEST(media->isExact, "isExact");
        QTEST(media->isLive, "isLive");
        QVERIFY(media->isBootable);
    }

    void mediumThatDoesNotBootIsStillRead()
    {
        const auto media = m_catalog->identify(write(isoImage("Photos", false)));
        QVERIFY_OK(media);
        QVERIFY(!media->isBootable);
        QVERIFY(media->osId.isEmpty());
    }

    void otherFilesAreNamed_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("part");
        QTest::newRow("empty") << QByteArray() << "is empty";
        QTest::newRow("qcow2") << QByteArray("QFI\xfb") + QByteArray(600, '\0') << "disk image";
        QTest::newRow("text") << QByteArray("hello") << "not an ISO image";
        QTest::newRow("xz") << QByteArray("\xfd"
                                          "7zXZ")
                + QByteArray(600, '\0')
                            << "compressed";
        QTest::newRow("page") << QByteArray("<!DOCTYPE html>") << "web page";
        QTest::newRow("boot sector") << QByteArray(510, '\0') + "\x55\xaa"
                                     << "disk image";
    }

    void otherFilesAreNamed()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, part);
        const auto media = m_catalog->identify(write(bytes));
        QVERIFY(!media);
        QVERIFY2(errorText(media.error()).contains(part), media.error().text().c_str());
        QVERIFY(!media.error().remedy().empty());
    }

    void truncatedDownloadIsAnError()
    {
        const auto media =
            m_catalog->identify(write(isoImage("Debian 12.5.0 amd64 n", true, 300000)));
        QVERIFY_ERROR(media, ErrorKind::Corrupt);
        QVERIFY(errorText(media.error()).contains(QStringLiteral("incomplete")));
        QVERIFY(errorText(media.error()).contains(QStringLiteral("128.0 KiB of 585.9 MiB")));
    }

    void foldersAndMissingFilesAreErrors()
    {
        QVERIFY_ERROR(m_catalog->identify(m_folder->path()), ErrorKind::Invalid);
        QVERIFY_ERROR(m_catalog->identify(m_folder->filePath(QStringLiteral("none"))),
                      ErrorKind::NotFound);
    }

    void unreadableFileIsDenied()
    {
        const QString path = write(isoImage("x", true));
        QVERIFY(QFile::setPermissions(path, {}));
        QVERIFY(QFile::setPermissions(m_folder->path(), QFile::Permissions(0x7755)));
        const bool isRoot = ::geteuid() == 0;
        if (isRoot)
            QCOMPARE(::seteuid(65534), 0);
        const auto media = m_catalog->identify(path);
        if (isRoot)
            QCOMPARE(::seteuid(0), 0);
        QVERIFY_ERROR(media, ErrorKind::Denied);
    }

    void linuxGetsVirtioAndRoom()
    {
        for (const char *id : {"debian12", "debian13", "ubuntu22.04", "fedora37"}) {
            const OsPreset preset = m_catalog->preset(QString::fromLatin1(id));
            QCOMPARE(preset.diskBus, ControllerKind::Virtio);
            QCOMPARE(preset.nic, NicModel::Virtio);
            QCOMPARE(preset.clock, ClockBase::Utc);
            QCOMPARE(preset.firmware, Firmware::Bios);
            QVERIFY(preset.memoryMiB >= 2048);
            QVERIFY(preset.cpus >= 2);
            QVERIFY(preset.diskBytes >= 20LL << 30);
        }
    }

    void windowsGetsDevicesItKnows()
    {
        const OsPreset win11 = m_catalog->preset(QStringLiteral("win11"));
        QCOMPARE(win11.firmware, Firmware::Uefi);
        QCOMPARE(win11.diskBus, ControllerKind::Sata);
        QCOMPARE(win11.nic, NicModel::E1000e);
        QCOMPARE(win11.clock, ClockBase::LocalTime);
        QVERIFY(win11.memoryMiB >= 4096);
        QVERIFY(win11.diskBytes >= 64LL << 30);
        const OsPreset xp = m_catalog->preset(QStringLiteral("winxp"));
        QCOMPARE(xp.chipset, Chipset::I440fx);
        QCOMPARE(xp.diskBus, ControllerKind::Ide);
        QCOMPARE(xp.audio, AudioModel::Ac97);
        QCOMPARE(xp.nic, NicModel::Rtl8139);
        for (const char *id : {"msdos6.22", "win3.1", "win95"}) {
            const OsPreset preset = m_catalog->preset(QString::fromLatin1(id));
            QCOMPARE(preset.pointing, PointingDevice::Ps2Mouse);
            QCOMPARE(preset.usb, UsbController::None);
        }
    }

    void everyPresetIsUsable()
    {
        QVERIFY(m_catalog->systems().size() > 700);
        for (const OsInfo &info : m_catalog->systems()) {
            const OsPreset preset = m_catalog->preset(info.id);
            QVERIFY2(preset.diskBytes >= preset.minimumDiskBytes && preset.diskBytes > 0
                         && preset.memoryMiB >= preset.minimumMemoryMiB && preset.cpus >= 1,
                     qPrintable(info.id));
            QVERIFY(m_catalog->system(info.id).has_value());
        }
        const OsPreset generic = m_catalog->preset(QStringLiteral("no-such-system"));
        QVERIFY(generic.diskBytes > 0);
    }

    void virtualBoxNamesLeadBothWays()
    {
        QSet<QString> ids;
        for (const VBoxOsType &type : vboxOsTypes()) {
            QVERIFY2(!ids.contains(type.id), qPrintable(type.id));
            ids.insert(type.id);
            QCOMPARE(findVBoxOsType(type.id), &type);
            QCOMPARE(findVBoxOsType(type.description), &type);
            QCOMPARE(type.is64Bit, type.id.endsWith(QLatin1String("_64")));
            const QString osId = m_catalog->osIdFromVirtualBox(type.id);
            QVERIFY2(type.osId.isEmpty() == osId.isEmpty(), qPrintable(type.id));
            if (!osId.isEmpty())
                QVERIFY2(m_catalog->system(osId).has_value(), qPrintable(type.id));
            if (!type.osId.isEmpty())
                QCOMPARE(vboxOsTypeFor(type.osId).osId, type.osId);
        }
        QCOMPARE(vboxOsTypeFor(QStringLiteral("debian12")).id, QStringLiteral("Debian12_64"));
        QCOMPARE(vboxOsTypeFor(QStringLiteral("win11")).id, QStringLiteral("Windows11_64"));
        QCOMPARE(vboxOsTypeFor(QStringLiteral("fedora36")).id, QStringLiteral("Fedora_64"));
        QCOMPARE(vboxOsTypeFor(QString()).id, QStringLiteral("Other_64"));
        QCOMPARE(m_catalog->osIdFromVirtualBox(QStringLiteral("Debian_64")),
                 QStringLiteral("debian13"));
        QVERIFY(m_catalog->osIdFromVirtualBox(QStringLiteral("NoSuchType")).isEmpty());
        QVERIFY(!findVBoxOsType(QStringLiteral("NoSuchType")));
    }

private:
    QString write(const QByteArray &bytes)
    {
        const QString path = m_folder->filePath(QStringLiteral("image.iso"));
        QFile file(path);
        if (file.open(QIODevice::WriteOnly))
            file.write(bytes);
        return path;
    }

    std::shared_ptr<const OsCatalog> m_catalog;
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestOsCatalog)
#include "tst_os_catalog.moc"

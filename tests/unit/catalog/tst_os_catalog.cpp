// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/os_catalog.h"
#include "engine/machine/qt_text.h"
#include "tests/support/iso_image.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <unistd.h>

using namespace engine;

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

    void mediumThatDoesNotBootIsStillRead()
    {
        const auto media = m_catalog->identify(write(testing::isoImage({"Photos"}, false)));
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
            m_catalog->identify(write(testing::isoImage({"Debian 12.5.0 amd64 n"}, true, 300000)));
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
        const QString path = write(testing::isoImage({"x"}, true));
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
        QCOMPARE(win11.nic, NicModel::E1000);
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

    void presetsKnowWhatFirmwareIsFor()
    {
        const auto preset = [this](const char *id) {
            return m_catalog->preset(QString::fromLatin1(id));
        };
        QVERIFY(preset("win11").needsTpm);
        QVERIFY(preset("win11").needsSecureBoot);
        for (const char *id : {"win10", "win2k22", "debian13", "freebsd15.0", "winxp"}) {
            QVERIFY2(!preset(id).needsTpm, id);
            QVERIFY2(!preset(id).needsSecureBoot, id);
        }
        for (const char *id :
             {"win11", "win10", "win8", "win2k25", "debian12", "ubuntu24.04", "linuxmint22.1",
              "fedora43", "rhel9.7", "rocky10", "opensuse16.0", "centos-stream10", "kali"})
            QVERIFY2(preset(id).supportsSecureBoot, id);
        for (const char *id : {"win7", "debian9", "archlinux", "alpinelinux3.22", "freebsd15.0",
                               "nixos-25.11", "msdos6.22"})
            QVERIFY2(!preset(id).supportsSecureBoot, id);
        QCOMPARE(preset("win2k25").firmware, Firmware::Uefi);
        QCOMPARE(preset("win10").firmware, Firmware::Bios);
    }

    void endOfLifeIsTold()
    {
        const OsPreset old = m_catalog->preset(QStringLiteral("ubuntu23.10"));
        QCOMPARE(old.endOfLife, std::optional(QDate(2024, 7, 11)));
        QCOMPARE(endOfLifeText(old.endOfLife, QDate(2024, 7, 11)), QString());
        QCOMPARE(endOfLifeText(old.endOfLife, QDate(2024, 7, 12)),
                 QStringLiteral("End of life since 11 July 2024"));
        QCOMPARE(endOfLifeText(std::nullopt), QString());
        QVERIFY(!m_catalog->preset(QStringLiteral("archlinux")).endOfLife);
        QVERIFY(!m_catalog->preset(QStringLiteral("no-such-system")).endOfLife);
    }

    // What a system of its age has drivers for.
    void devicesFitTheAge()
    {
        struct Row
        {
            const char *id;
            ControllerKind disk;
            NicModel nic;
        };
        for (const Row &row : {Row{"ubuntu26.04", ControllerKind::Virtio, NicModel::Virtio},
                               Row{"linuxmint22", ControllerKind::Virtio, NicModel::Virtio},
                               Row{"kali", ControllerKind::Virtio, NicModel::Virtio},
                               Row{"almalinux10", ControllerKind::Virtio, NicModel::Virtio},
                               Row{"ol9.6", ControllerKind::Virtio, NicModel::Virtio},
                               Row{"endeavouros", ControllerKind::Virtio, NicModel::Virtio},
                               Row{"linux2024", ControllerKind::Virtio, NicModel::Virtio},
                               Row{"freebsd15.0", ControllerKind::Virtio, NicModel::Virtio},
                               Row{"openbsd7.8", ControllerKind::Virtio, NicModel::Virtio},
                               Row{"win2k25", ControllerKind::Sata, NicModel::E1000},
                               Row{"win7", ControllerKind::Sata, NicModel::E1000},
                               Row{"winvista", ControllerKind::Sata, NicModel::E1000},
                               Row{"reactos", ControllerKind::Ide, NicModel::Rtl8139},
                               Row{"win98", ControllerKind::Ide, NicModel::Rtl8139}}) {
            const OsPreset preset = m_catalog->preset(QString::fromLatin1(row.id));
            QVERIFY2(preset.diskBus == row.disk, row.id);
            QVERIFY2(preset.nic == row.nic, row.id);
        }
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

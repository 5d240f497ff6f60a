// SPDX-License-Identifier: GPL-3.0-or-later
// VirtualBox's type names and osinfo's systems: every one leads to the other list and, where both
// mean the same, back.
#include "engine/catalog/os_catalog.h"
#include "tests/support/test_main.h"

#include <QtCore/QSet>

using namespace engine;

class TestVBoxOsTypes final : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        auto loaded = OsCatalog::load(qEnvironmentVariable("VITRINE_SOURCE_DIR")
                                      + QStringLiteral("/resources/osinfo"));
        QVERIFY_OK(loaded);
        m_catalog = *loaded;
    }

    void typesAreFoundByIdAndDescription()
    {
        QSet<QString> ids;
        for (const VBoxOsType &type : vboxOsTypes()) {
            QVERIFY2(!ids.contains(type.id), qPrintable(type.id));
            ids.insert(type.id);
            QCOMPARE(findVBoxOsType(type.id), &type);
            QCOMPARE(findVBoxOsType(type.id.toUpper()), &type);
            QCOMPARE(findVBoxOsType(type.description), &type);
            QCOMPARE(type.is64Bit, type.id.endsWith(QLatin1String("_64")));
            QVERIFY(!type.isArm);
        }
        for (const VBoxOsType &type : vboxArmOsTypes()) {
            QVERIFY2(!ids.contains(type.id), qPrintable(type.id));
            ids.insert(type.id);
            QVERIFY(type.isArm && type.is64Bit);
            QVERIFY(type.id.endsWith(QLatin1String("_arm64")));
            QVERIFY(!findVBoxOsType(type.id)); // no machine can be made of it
        }
        QVERIFY(ids.size() >= 200);
        QVERIFY(!findVBoxOsType(QStringLiteral("NoSuchType")));
    }

    // The way there is total, and what it leads to is in the data.
    void everyTypeLeadsToASystem()
    {
        for (const VBoxOsType &type : vboxOsTypes() + vboxArmOsTypes()) {
            const QString osId = m_catalog->osIdFromVirtualBox(type.id);
            const bool isNothing = type.familyId == QLatin1String("OS2")
                || (type.familyId == QLatin1String("Other") && type.id != QLatin1String("DOS")
                    && type.id != QLatin1String("Netware"));
            QVERIFY2(osId.isEmpty() == isNothing, qPrintable(type.id));
            if (isNothing)
                continue;
            QCOMPARE(osId, type.osId); // with our overlay nothing is missing
            QVERIFY2(m_catalog->system(osId).has_value(), qPrintable(type.id + u' ' + osId));
        }
        QVERIFY(m_catalog->osIdFromVirtualBox(QStringLiteral("NoSuchType")).isEmpty());
    }

    // The way back is total too, and stays in the family.
    void everySystemLeadsToAType()
    {
        const auto familyOf = [](const OsInfo &info) {
            if (info.family == QLatin1String("linux"))
                return QStringLiteral("Linux");
            if (info.family == QLatin1String("winnt")
                || info.family.startsWith(QLatin1String("win")))
                return QStringLiteral("Windows");
            if (info.family.endsWith(QLatin1String("bsd")))
                return QStringLiteral("BSD");
            if (info.family == QLatin1String("solaris"))
                return QStringLiteral("Solaris");
            if (info.family == QLatin1String("darwin"))
                return QStringLiteral("MacOS");
            return QStringLiteral("Other");
        };
        for (const OsInfo &info : m_catalog->systems()) {
            // Their data has no family, and a wrong one.
            if (info.id == QLatin1String("elementary5.0") || info.id == QLatin1String("freedos1.2"))
                continue;
            for (const char *architecture : {"x86_64", "i686", "aarch64"}) {
                const VBoxOsType &type = vboxOsTypeFor(info.id, QString::fromLatin1(architecture));
                QVERIFY2(type.familyId == familyOf(info),
                         qPrintable(info.id + u' ' + info.family + u' ' + type.id));
            }
        }
    }

    void sameSystemsLeadBack()
    {
        // One system has several of VirtualBox's types, or stands in for one it does not know.
        static const QSet<QString> StandIns{QStringLiteral("WindowsNT"),
                                            QStringLiteral("Linux24"),
                                            QStringLiteral("Linux"),
                                            QStringLiteral("Turbolinux"),
                                            QStringLiteral("PCLinuxOS"),
                                            QStringLiteral("Xandros"),
                                            QStringLiteral("Lubuntu"),
                                            QStringLiteral("Xubuntu"),
                                            QStringLiteral("Oracle"),
                                            QStringLiteral("RedHat"),
                                            QStringLiteral("Ubuntu"),
                                            QStringLiteral("Debian"),
                                            QStringLiteral("MacOS"),
                                            QStringLiteral("OpenMandriva_Lx"),
                                            QStringLiteral("Solaris10U8_or_later")};
        static const QSet<QString> LaterMacs{
            QStringLiteral("MacOS108"),  QStringLiteral("MacOS109"),  QStringLiteral("MacOS1010"),
            QStringLiteral("MacOS1011"), QStringLiteral("MacOS1012"), QStringLiteral("MacOS1013")};
        int roundTrips = 0;
        for (const VBoxOsType &type : vboxOsTypes() + vboxArmOsTypes()) {
            QString base = type.id;
            base.remove(QStringLiteral("_64")).remove(QStringLiteral("_arm64"));
            if (type.osId.isEmpty() || StandIns.contains(base) || LaterMacs.contains(base))
                continue;
            const char *architecture = type.isArm ? "aarch64" : type.is64Bit ? "x86_64" : "i686";
            QCOMPARE(vboxOsTypeFor(type.osId, QString::fromLatin1(architecture)).id, type.id);
            ++roundTrips;
        }
        QVERIFY(roundTrips > 120);
    }

    void systemsGetTheirTypes_data()
    {
        QTest::addColumn<QString>("osId");
        QTest::addColumn<QString>("architecture");
        QTest::addColumn<QString>("type");
        const auto row = [](const char *osId, const char *architecture, const char *type) {
            QTest::addRow("%s %s", osId, architecture)
                << QString(osId) << QString(architecture) << QString(type);
        };
        row("debian12", "x86_64", "Debian12_64");
        row("debian12", "i686", "Debian12");
        row("debian12", "aarch64", "Debian12_arm64");
        row("debian3.1", "x86_64", "Debian31");
        row("debiantesting", "x86_64", "Debian_64");
        row("ubuntu24.04", "x86_64", "Ubuntu24_LTS_64");
        row("ubuntu24.04", "aarch64", "Ubuntu24_LTS_arm64");
        row("ubuntu22.10", "x86_64", "Ubuntu22_64");
        row("ubuntu24.10", "x86_64", "Ubuntu_64");
        row("ubuntu26.04", "x86_64", "Ubuntu_64");
        row("linuxmint22.1", "x86_64", "Ubuntu_64");
        row("fedora43", "x86_64", "Fedora_64");
        row("rhel9.7", "x86_64", "RedHat9_64");
        row("rhel10.1", "x86_64", "RedHat_64");
        row("almalinux9", "x86_64", "RedHat9_64");
        row("centos-stream9", "x86_64", "RedHat9_64");
        row("centos7.0", "x86_64", "RedHat7_64");
        row("ol8.10", "x86_64", "Oracle8_64");
        row("opensuse15.6", "x86_64", "OpenSUSE_Leap_64");
        row("kali", "x86_64", "Debian_64");
        row("endeavouros", "x86_64", "ArchLinux_64");
        row("win11", "x86_64", "Windows11_64");
        row("win2k12r2", "x86_64", "Windows2012_64");
        row("win2k3r2", "i686", "Windows2003");
        row("win98", "x86_64", "Windows98");
        row("freebsd14.3", "i686", "FreeBSD");
        row("macosx10.6", "x86_64", "MacOS106_64");
        row("haikur1beta4", "x86_64", "Other_64");
        row("haikur1beta4", "i686", "Other");
        row("", "x86_64", "Other_64");
        row("no-such-system", "x86_64", "Other_64");
    }

    void systemsGetTheirTypes()
    {
        QFETCH(QString, osId);
        QFETCH(QString, architecture);
        QTEST(vboxOsTypeFor(osId, architecture).id, "type");
    }

private:
    std::shared_ptr<const OsCatalog> m_catalog;
};

QTEST_GUILESS_MAIN(TestVBoxOsTypes)
#include "tst_vbox_os_types.moc"

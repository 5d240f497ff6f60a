// SPDX-License-Identifier: GPL-3.0-or-later
// What the user imported with osinfo-db-import wins over the distribution's data and over ours. A
// program of its own, because GLib reads XDG_CONFIG_HOME once.
#include "engine/catalog/os_catalog.h"
#include "tests/support/iso_image.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

using namespace engine;

namespace {

QByteArray systemXml(int version, const char *name, const char *volumeId, qint64 memory)
{
    return QStringLiteral("<libosinfo version=\"0.0.1\"><os id=\"http://debian.org/debian/%1\">"
                          "<short-id>debian%1</short-id><name>%2</name><version>%1</version>"
                          "<vendor>me</vendor><family>linux</family><distro>debian</distro>"
                          "<media arch=\"x86_64\"><iso><volume-id>%3</volume-id></iso></media>"
                          "<resources arch=\"all\"><minimum><ram>%4</ram></minimum></resources>"
                          "</os></libosinfo>")
        .arg(version)
        .arg(QLatin1String(name), QLatin1String(volumeId))
        .arg(memory)
        .toUtf8();
}

} // namespace

class TestOsUserData final : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(m_home.path()));
        const QString folder = m_home.filePath(QStringLiteral("osinfo/os/debian.org"));
        QVERIFY(QDir().mkpath(folder));
        const auto write = [&folder](const QString &name, const QByteArray &bytes) {
            QFile file(folder + u'/' + name);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(bytes);
        };
        write(QStringLiteral("debian-11.xml"),
              systemXml(11, "My Debian 11", "^My Debian 11$", 6LL << 30));
        write(QStringLiteral("debian-13.xml"),
              systemXml(13, "My Debian 13", "^My Debian 13$", 5LL << 30));
        auto loaded = OsCatalog::load(qEnvironmentVariable("VITRINE_SOURCE_DIR")
                                      + QStringLiteral("/resources/osinfo"));
        QVERIFY_OK(loaded);
        m_catalog = *loaded;
    }

    void usersDataWinsOverTheDistributions()
    {
        const auto system = m_catalog->system(QStringLiteral("debian11"));
        QVERIFY(system.has_value());
        QCOMPARE(system->name, QStringLiteral("My Debian 11"));
        QCOMPARE(m_catalog->preset(QStringLiteral("debian11")).minimumMemoryMiB, 6144);
        QCOMPARE(identify("My Debian 11"), QStringLiteral("debian11"));
    }

    void usersDataWinsOverOurs()
    {
        const auto system = m_catalog->system(QStringLiteral("debian13"));
        QVERIFY(system.has_value());
        QCOMPARE(system->name, QStringLiteral("My Debian 13"));
        QVERIFY(!system->endOfLife.isValid()); // ours has one
        QCOMPARE(m_catalog->preset(QStringLiteral("debian13")).minimumMemoryMiB, 5120);
        QCOMPARE(identify("My Debian 13"), QStringLiteral("debian13"));
    }

    void theRestOfOursIsThere()
    {
        QCOMPARE(m_catalog->system(QStringLiteral("debian12"))->name, QStringLiteral("Debian 12"));
        QCOMPARE(identify("Debian 12.5.0 amd64 n"), QStringLiteral("debian12"));
    }

private:
    QString identify(const QByteArray &volumeId)
    {
        const QString path = m_home.filePath(QStringLiteral("image.iso"));
        QFile file(path);
        if (file.open(QIODevice::WriteOnly))
            file.write(testing::isoImage({volumeId}, true));
        file.close();
        const auto media = m_catalog->identify(path);
        return media ? media->osId : QString();
    }

    QTemporaryDir m_home;
    std::shared_ptr<const OsCatalog> m_catalog;
};

QTEST_GUILESS_MAIN(TestOsUserData)
#include "tst_os_user_data.moc"

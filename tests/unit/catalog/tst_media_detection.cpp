// SPDX-License-Identifier: GPL-3.0-or-later
// tests/data/media.json: what media say of themselves, and what they have to be called.
#include "engine/catalog/os_catalog.h"
#include "tests/support/iso_image.h"
#include "tests/support/test_main.h"

#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>

using namespace engine;

namespace {

QString sourceFolder()
{
    return qEnvironmentVariable("VITRINE_SOURCE_DIR");
}

QByteArray latin1(const QJsonObject &entry, const char *key)
{
    return entry.value(QLatin1String(key)).toString().toLatin1();
}

QByteArray imageOf(const QJsonObject &entry)
{
    const testing::IsoText text{latin1(entry, "volume"), latin1(entry, "system"),
                                latin1(entry, "publisher"), latin1(entry, "application")};
    const QByteArray iso =
        testing::isoImage(text, entry.value(QLatin1String("boots")).toBool(true));
    const int build = entry.value(QLatin1String("build")).toInt();
    if (build == 0)
        return iso;
    return testing::UdfBuilder(iso).withInstallWim(
        testing::wimFile(testing::wimXml(build, entry.value(QLatin1String("product")).toString(),
                                         entry.value(QLatin1String("cpu")).toInt())));
}

} // namespace

class TestMediaDetection final : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        auto loaded = OsCatalog::load(sourceFolder() + QStringLiteral("/resources/osinfo"));
        QVERIFY_OK(loaded);
        m_catalog = *loaded;
        QFile file(sourceFolder() + QStringLiteral("/tests/data/media.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        m_data = QJsonDocument::fromJson(file.readAll()).object();
    }

    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_folder = std::make_unique<QTemporaryDir>();
    }

    void tableIsLongEnough()
    {
        QVERIFY(m_data.value(QLatin1String("known")).toArray().size() >= 60);
        for (const char *part : {"known", "nearest", "others"}) {
            for (const QJsonValue &value : m_data.value(QLatin1String(part)).toArray())
                QVERIFY2(!latin1(value.toObject(), "source").isEmpty(),
                         latin1(value.toObject(), "volume").constData());
        }
    }

    void knownMediaAreNamedExactly_data() { addRows("known"); }

    void knownMediaAreNamedExactly()
    {
        QFETCH(QJsonObject, entry);
        const auto media = m_catalog->identify(write(imageOf(entry)));
        QVERIFY_OK(media);
        QCOMPARE(media->osId, entry.value(QLatin1String("os")).toString());
        QVERIFY(media->isExact);
        QCOMPARE(media->match, MediaMatch::Exact);
        QVERIFY(media->note.isEmpty());
        if (entry.contains(QLatin1String("label")))
            QCOMPARE(media->label, entry.value(QLatin1String("label")).toString());
        if (entry.contains(QLatin1String("arch")))
            QCOMPARE(media->architecture, entry.value(QLatin1String("arch")).toString());
        if (entry.contains(QLatin1String("live")))
            QCOMPARE(media->isLive, entry.value(QLatin1String("live")).toBool());
    }

    void othersGetTheNearestAndSaySo_data() { addRows("nearest"); }

    void othersGetTheNearestAndSaySo()
    {
        QFETCH(QJsonObject, entry);
        const auto media = m_catalog->identify(write(imageOf(entry)));
        QVERIFY_OK(media);
        QCOMPARE(media->note, entry.value(QLatin1String("note")).toString());
        QCOMPARE(media->osId, entry.value(QLatin1String("os")).toString());
        QCOMPARE(media->match, MediaMatch::Nearest);
        QVERIFY(!media->isExact);
    }

    void otherDiscsAreNotNamed_data() { addRows("others"); }

    void otherDiscsAreNotNamed()
    {
        QFETCH(QJsonObject, entry);
        const auto media = m_catalog->identify(write(imageOf(entry)));
        QVERIFY_OK(media);
        QVERIFY(!media->note.isEmpty());
        if (entry.value(QLatin1String("generic")).toBool()) {
            QCOMPARE(media->match, MediaMatch::Generic);
            QVERIFY2(media->osId.startsWith(QLatin1String("linux2")), qPrintable(media->osId));
            QVERIFY(media->note.contains(QLatin1String("not known")));
        } else {
            QCOMPARE(media->osId, QString());
            QCOMPARE(media->match, MediaMatch::Unknown);
        }
    }

    // Damage to the UDF part must not do more than make the answer less sure.
    void damagedWindowsDiscsAreSurvived()
    {
        const QByteArray good =
            testing::UdfBuilder(
                testing::isoImage({"CCCOMA_X64FRE_EN-US_DV9", {}, "MICROSOFT CORPORATION"}, true))
                .withInstallWim(
                    testing::wimFile(testing::wimXml(26100, QStringLiteral("WinNT"), 9)));
        quint32 seed = 1;
        int exact = 0;
        for (int i = 0; i < 300; ++i) {
            QByteArray bad = good;
            for (int k = 0; k < 12; ++k) {
                seed = seed * 1664525 + 1013904223;
                const qsizetype at = 256 * 2048 + qsizetype(seed >> 8) % (bad.size() - 256 * 2048);
                bad[at] = char(seed >> 3);
            }
            if (i % 3 == 0)
                bad.truncate(257 * 2048 + qsizetype(seed >> 9) % (bad.size() - 257 * 2048));
            const auto media = m_catalog->identify(write(bad));
            QVERIFY_OK(media);
            QVERIFY2(media->osId.startsWith(QLatin1String("win")), qPrintable(media->osId));
            exact += media->isExact;
        }
        QVERIFY(exact > 0 && exact < 300);
    }

    // The reader has to understand other tools' UDF, not only the test's own.
    void discsOfRealToolsAreRead()
    {
        const QString tool = QStandardPaths::findExecutable(QStringLiteral("genisoimage"));
        if (tool.isEmpty())
            QSKIP("genisoimage is missing: install the package genisoimage");
        const QString tree = m_folder->filePath(QStringLiteral("tree"));
        QVERIFY(QDir().mkpath(tree + QStringLiteral("/sources/other")));
        QFile wim(tree + QStringLiteral("/sources/install.wim"));
        QVERIFY(wim.open(QIODevice::WriteOnly));
        wim.write(testing::wimFile(testing::wimXml(20348, QStringLiteral("ServerNT"), 9)));
        wim.close();
        const QString iso = m_folder->filePath(QStringLiteral("windows.iso"));
        QCOMPARE(QProcess::execute(
                     tool,
                     {QStringLiteral("-quiet"), QStringLiteral("-udf"), QStringLiteral("-V"),
                      QStringLiteral("SSS_X64FREE_EN-US_DV9"), QStringLiteral("-publisher"),
                      QStringLiteral("MICROSOFT CORPORATION"), QStringLiteral("-o"), iso, tree}),
                 0);
        const auto media = m_catalog->identify(iso);
        QVERIFY_OK(media);
        QCOMPARE(media->osId, QStringLiteral("win2k22"));
        QVERIFY(media->isExact);
    }

    void overlayIsValid()
    {
        const QString schema = QStringLiteral("/usr/share/osinfo/schema/osinfo.rng");
        const QString tool = QStandardPaths::findExecutable(QStringLiteral("xmllint"));
        if (!QFile::exists(schema) || tool.isEmpty())
            QSKIP("No schema or no xmllint: install the packages osinfo-db and libxml2-utils");
        const QStringList files = overlayFiles();
        QVERIFY(files.size() > 100);
        QProcess process;
        process.start(tool,
                      QStringList{QStringLiteral("--noout"), QStringLiteral("--relaxng"), schema}
                          + files);
        QVERIFY(process.waitForFinished());
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
    }

    // The catalogue replaces the overlay file by file, so a file is of one system.
    void everyOverlayFileIsOfOneSystemAndCites()
    {
        static const QRegularExpression Os(QStringLiteral("<os id=\"([^\"]+)\""));
        static const QRegularExpression ShortId(QStringLiteral("<short-id>([^<]+)</short-id>"));
        static const QRegularExpression Source(QStringLiteral("<!--.*(\\.(com|org|io)\\b).*-->"),
                                               QRegularExpression::DotMatchesEverythingOption);
        QSet<QString> ids;
        for (const QString &path : overlayFiles()) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QString text = QString::fromUtf8(file.readAll());
            QCOMPARE(text.count(Os), 1);
            const QString id = Os.match(text).captured(1);
            QVERIFY2(!ids.contains(id), qPrintable(id));
            ids.insert(id);
            QVERIFY2(Source.match(text).hasMatch(), qPrintable(path));
            const auto system = m_catalog->system(ShortId.match(text).captured(1));
            QVERIFY2(system.has_value(), qPrintable(path));
        }
    }

private:
    void addRows(const char *part)
    {
        QTest::addColumn<QJsonObject>("entry");
        int number = 0;
        for (const QJsonValue &value : m_data.value(QLatin1String(part)).toArray())
            QTest::addRow("%d %s", number++, latin1(value.toObject(), "volume").constData())
                << value.toObject();
    }

    static QStringList overlayFiles()
    {
        QStringList files;
        QDirIterator it(sourceFolder() + QStringLiteral("/resources/osinfo/os"),
                        {QStringLiteral("*.xml")}, QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext())
            files.append(it.next());
        return files;
    }

    QString write(const QByteArray &bytes)
    {
        const QString path = m_folder->filePath(QStringLiteral("image.iso"));
        QFile file(path);
        if (file.open(QIODevice::WriteOnly))
            file.write(bytes);
        return path;
    }

    QJsonObject m_data;
    std::shared_ptr<const OsCatalog> m_catalog;
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestMediaDetection)
#include "tst_media_detection.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Reports: what is in them, and above all what is not.
#include "engine/control/report.h"
#include "engine/machine/qt_text.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtCore/QUrl>

using namespace engine;

namespace {

const QString Home = QStringLiteral("/home/jörg müller");
const QString User = QStringLiteral("jörg müller");
const QString HostName = QStringLiteral("secretbox");

Redaction redaction()
{
    return Redaction({{Home, QStringLiteral("~")},
                      {User, QStringLiteral("USER")},
                      {HostName, QStringLiteral("HOST")}});
}

void write(const QString &path, const QByteArray &bytes)
{
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

// All forms in which the words could still be read.
void expectClean(const QByteArray &text, const QString &where)
{
    QString plain = QString::fromUtf8(text);
    for (int i = 0; i < 2; ++i) {
        for (const QString &form :
             {plain, QString(plain).replace(QStringLiteral("\\/"), QStringLiteral("/")),
              QUrl::fromPercentEncoding(plain.toUtf8()),
              QUrl::fromPercentEncoding(plain.toUtf8())
                  .replace(QLatin1Char('+'), QLatin1Char(' '))}) {
            for (const QString &word : {Home, User, HostName})
                QVERIFY2(!form.contains(word, Qt::CaseInsensitive), qPrintable(where));
        }
        // And with JSON's escapes undone.
        const QJsonDocument json = QJsonDocument::fromJson("[\"" + text.simplified() + "\"]");
        if (json.isNull())
            break;
        plain = QString::fromUtf8(json.toJson());
    }
}

} // namespace

class TestReport final : public QObject
{
    Q_OBJECT
private slots:
    void namesAreTakenOut_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("clean");
        QTest::newRow("path") << Home.toUtf8() + "/a.iso" << QByteArray("~/a.iso");
        QTest::newRow("user") << "user=" + User.toUtf8() + ";" << QByteArray("user=USER;");
        QTest::newRow("host") << QByteArray("on SecretBox.local") << QByteArray("on HOST.local");
        QTest::newRow("json slashes")
            << QByteArray("\\/home\\/jörg müller\\/x") << QByteArray("~\\/x");
        QTest::newRow("json ascii")
            << QByteArray("/home/j\\u00f6rg m\\u00FCller/x") << QByteArray("~/x");
        QTest::newRow("address") << QByteArray("file:///home/j%C3%B6rg%20m%C3%BCller/x")
                                 << QByteArray("file://~/x");
        QTest::newRow("address, lower")
            << QByteArray("file:///home/j%c3%b6rg%20m%c3%bcller/x") << QByteArray("file://~/x");
        QTest::newRow("form") << QByteArray("path=%2Fhome%2Fj%C3%B6rg%20m%C3%BCller")
                              << QByteArray("path=~");
        QTest::newRow("nothing") << QByteArray("/usr/share") << QByteArray("/usr/share");
        QTest::newRow("empty") << QByteArray() << QByteArray();
    }

    void namesAreTakenOut()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, clean);
        QCOMPARE(redaction().redacted(text), clean);
    }

    void quotesInNamesAreFoundInJson()
    {
        const Redaction odd({{QStringLiteral("/home/a\"b\\c"), QStringLiteral("~")}});
        const QByteArray json =
            QJsonDocument(QJsonObject{{QStringLiteral("p"), QStringLiteral("/home/a\"b\\c/x")}})
                .toJson(QJsonDocument::Compact);
        QCOMPARE(odd.redacted(json), QByteArray("{\"p\":\"~/x\"}"));
    }

    void shortNamesAreTakenOutAsWords()
    {
        const Redaction words({{QStringLiteral("al"), QStringLiteral("USER")}});
        QCOMPARE(words.redacted(QByteArray("al at /home/al: normal")),
                 QByteArray("USER at /home/USER: normal"));
    }

    void currentUserAndComputerAreKnown()
    {
        const Redaction current = Redaction::current();
        QCOMPARE(current.redacted(QDir::homePath() + QStringLiteral("/x")), QStringLiteral("~/x"));
    }

    void nothingPrivateIsInAReport()
    {
        QTemporaryDir temporary;
        const QString folder =
            temporary.filePath(Home.mid(1) + QStringLiteral("/Vitrine/jörg müller's"));
        MachineEntry entry;
        entry.folder = folder;
        entry.definitionPath = folder + QStringLiteral("/jörg müller's.vitrine");
        entry.definition.name = QStringLiteral("jörg müller's");
        entry.definition.uuid = QUuid::createUuid();
        entry.definition.description = QStringLiteral("On SECRETBOX, see file:///home/jörg müller");
        StorageController controller{.name = QStringLiteral("SATA")};
        controller.attachments.append(
            {.kind = MediumKind::HardDisk, .path = Home + QStringLiteral("/disk.qcow2")});
        entry.definition.controllers = {controller};
        QVERIFY(QDir().mkpath(folder));
        QVERIFY_OK(writeMachine(entry));
        QVERIFY_OK(writeState(folder, PersistentState::PoweredOff));
        write(
            folder + QStringLiteral("/Logs/vitrine.log"),
            "2026-11-21T10:00:00.000Z info qemu: /usr/bin/qemu-system-x86_64 -drive "
            "'file="
                + Home.toUtf8()
                + "/disk.qcow2' -name jörg\n"
                  "2026-11-21T10:00:01.000Z warning qemu: file:///home/j%C3%B6rg%20m%C3%BCller\n");
        write(folder + QStringLiteral("/Logs/jörg müller.log"), "words of secretbox\n");

        ReportRequest request{.entry = entry, .desktopFacts = QStringLiteral("Screen: 1\n")};
        const QList<ReportPart> parts = collectReport(request, redaction());
        QStringList names;
        for (const ReportPart &part : parts) {
            names.append(part.name);
            expectClean(part.bytes, part.name);
            expectClean(part.name.toUtf8(), part.name);
            QVERIFY(!part.description.isEmpty());
        }
        for (const char *name : {"host.txt", "machine.txt", "definition.json", "state.json",
                                 "Logs/vitrine.log", "Logs/USER.log", "qemu-command-line.txt"})
            QVERIFY2(names.contains(QLatin1String(name)), name);
        const auto part = [&](const char *name) {
            return QString::fromUtf8(parts.at(names.indexOf(QLatin1String(name))).bytes);
        };
        QVERIFY(part("definition.json").contains(QStringLiteral("~/disk.qcow2")));
        QVERIFY(part("host.txt").contains(QStringLiteral("Kernel: Linux")));
        QVERIFY(part("host.txt").contains(QStringLiteral("Screen: 1")));
        QVERIFY(part("qemu-command-line.txt").startsWith(QStringLiteral("/usr/bin/qemu")));
        QVERIFY(part("machine.txt").contains(QStringLiteral("does not exist"))
                || part("machine.txt").contains(QStringLiteral("Problems")));

        const QString path = temporary.filePath(QStringLiteral("r.tar.gz"));
        QVERIFY_OK(writeReport(parts, path));
        QProcess tar;
        tar.start(QStringLiteral("tar"), {QStringLiteral("-tvzf"), path});
        QVERIFY(tar.waitForFinished());
        const QByteArray listed = tar.readAllStandardOutput();
        QVERIFY(listed.contains("r/definition.json"));
        expectClean(listed, QStringLiteral("archive"));
        QCOMPARE(int(listed.count('\n')), int(parts.size()));
    }

    void unusableTargetsAreRefused()
    {
        QTemporaryDir temporary;
        const QList<ReportPart> parts{{QStringLiteral("a"), QStringLiteral("b"), "c"}};
        QVERIFY(!writeReport(parts, temporary.filePath(QStringLiteral("missing/r.tar.gz"))));
        QVERIFY_ERROR(writeReport(parts, temporary.filePath(QStringLiteral("r"))),
                      ErrorKind::Invalid);
        QVERIFY(QDir(temporary.path()).isEmpty()); // nothing half is left
        QVERIFY_OK(writeReport(parts, temporary.filePath(QStringLiteral("r.zip"))));
    }
};

QTEST_GUILESS_MAIN(TestReport)
#include "tst_report.moc"

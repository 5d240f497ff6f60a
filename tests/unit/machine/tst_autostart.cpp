// SPDX-License-Identifier: GPL-3.0-or-later
// The units that start machines with the session: what they say, and that they follow the
// definitions on every road.
#include "engine/machine/autostart.h"
#include "engine/machine/machine_store.h"
#include "engine/machine/machine_task.h"
#include "engine/machine/qt_text.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace engine;

class TestAutostart final : public QObject
{
    Q_OBJECT

private:
    QString config() const { return m_folder->path() + QStringLiteral("/config/vitrine"); }
    QString base() const { return m_folder->path() + QStringLiteral("/machines"); }
    QString units() const { return m_folder->path() + QStringLiteral("/config/systemd/user"); }
    QString unit(const MachineEntry &entry) const
    {
        return units() + QLatin1Char('/') + autostartUnitName(entry.definition.uuid);
    }
    QByteArray text(const MachineEntry &entry) const
    {
        QFile file(unit(entry));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    static MachineDefinition named(const QString &name, bool isOn = true)
    {
        MachineDefinition definition;
        definition.name = name;
        definition.isAutostartOn = isOn;
        return definition;
    }

private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void unitStartsAndSavesTheMachine()
    {
        MachineDefinition machine = named(QStringLiteral("50% \"of\"\n$HOME"));
        machine.uuid = QUuid(QStringLiteral("{12345678-0000-0000-0000-000000000000}"));
        machine.autostartDelaySeconds = 7;
        const QByteArray text = autostartUnit(machine, QStringLiteral("/opt/a b/$x/vitrinectl"));
        const QStringList lines = QString::fromUtf8(text).split(QLatin1Char('\n'));
        const auto has = [&](const char *line) { return lines.contains(QLatin1String(line)); };
        QVERIFY2(has("Description=Virtual machine 50%% \"of\" $HOME"), text.constData());
        QVERIFY(has("ExecStartPre=/bin/sleep 7"));
        QVERIFY2(has("ExecStart=\"/opt/a b/$$x/vitrinectl\" startvm "
                     "12345678-0000-0000-0000-000000000000 --type headless"),
                 text.constData());
        QVERIFY(has("ExecStop=-\"/opt/a b/$$x/vitrinectl\" controlvm "
                    "12345678-0000-0000-0000-000000000000 savestate"));
        QVERIFY(has("WantedBy=default.target"));
        machine.autostartDelaySeconds = 0;
        QVERIFY(!autostartUnit(machine, QStringLiteral("/x")).contains("sleep"));
    }

    void systemdTakesTheUnit()
    {
        const QString analyze = QStandardPaths::findExecutable(QStringLiteral("systemd-analyze"));
        if (analyze.isEmpty())
            QSKIP("systemd-analyze is not installed");
        MachineDefinition machine = named(QStringLiteral("a"));
        machine.uuid = QUuid::createUuid();
        machine.autostartDelaySeconds = 3;
        const QString path = m_folder->filePath(autostartUnitName(machine.uuid));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(autostartUnit(machine, QStringLiteral("/bin/true")));
        file.close();
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(
            analyze,
            {QStringLiteral("--user"), QStringLiteral("verify"), QStringLiteral("--man=no"), path});
        QVERIFY(process.waitForFinished());
        const QString said = QString::fromLocal8Bit(process.readAll());
        QVERIFY2(!said.contains(autostartUnitName(machine.uuid)), qPrintable(said));
    }

    void unitFollowsTheDefinition()
    {
        MachineStore store(config(), base());
        const auto made = store.create(named(QStringLiteral("a")));
        QVERIFY_OK(made);
        const QUuid uuid = made->definition.uuid;
        QVERIFY(hasAutostart(uuid, units()));
        QCOMPARE(store.unitFolder(), units());
        const QString link =
            units() + QStringLiteral("/default.target.wants/") + autostartUnitName(uuid);
        QVERIFY(QFileInfo(link).isSymLink());
        QCOMPARE(QFileInfo(link).canonicalFilePath(), QFileInfo(unit(*made)).canonicalFilePath());

        MachineEntry entry = *made;
        entry.definition.autostartDelaySeconds = 9;
        QVERIFY_OK(store.save(entry));
        QVERIFY(text(entry).contains("sleep 9"));
        const auto renamed = store.rename(entry, QStringLiteral("new name"));
        QVERIFY_OK(renamed);
        QVERIFY(text(entry).contains("new name"));

        entry = *renamed;
        entry.definition.isAutostartOn = false;
        QVERIFY_OK(store.save(entry));
        QVERIFY(!QFileInfo::exists(unit(entry)));
        QVERIFY(!QFileInfo(link).isSymLink());
        entry.definition.isAutostartOn = true;
        QVERIFY_OK(store.save(entry));
        QVERIFY(hasAutostart(uuid, units()));

        QVERIFY_OK(store.unregisterMachine(entry.folder));
        QVERIFY(!hasAutostart(uuid, units()));
        QVERIFY_OK(store.registerMachine(entry.folder));
        QVERIFY(hasAutostart(uuid, units()));
        QVERIFY_OK(store.deleteMachine(entry));
        QVERIFY(!hasAutostart(uuid, units()));
        QVERIFY(!QFileInfo(link).isSymLink());
    }

    void definitionIsNotSavedWhereTheUnitCannotBe()
    {
        MachineStore store(config(), base());
        auto made = store.create(named(QStringLiteral("a"), false));
        QVERIFY_OK(made);
        QVERIFY(QDir().mkpath(m_folder->path() + QStringLiteral("/config")));
        QFile blocker(m_folder->path() + QStringLiteral("/config/systemd"));
        QVERIFY(blocker.open(QIODevice::WriteOnly)); // no folder can be made there
        made->definition.isAutostartOn = true;
        QVERIFY(!store.save(*made));
        QVERIFY(!readMachine(made->folder)->definition.isAutostartOn);
    }

    void changesByOthersAreFollowed()
    {
        MachineStore store(config(), base());
        const auto made = store.create(named(QStringLiteral("a"), false));
        QVERIFY_OK(made);
        store.watch();
        MachineEntry edited = *made;
        edited.definition.isAutostartOn = true;
        QVERIFY_OK(writeMachine(edited)); // as by hand: no store is asked
        QTRY_VERIFY(hasAutostart(made->definition.uuid, units()));
        QVERIFY(QDir(made->folder).removeRecursively());
        QTRY_VERIFY(!hasAutostart(made->definition.uuid, units()));
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestAutostart)
#include "tst_autostart.moc"

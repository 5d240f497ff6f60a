// SPDX-License-Identifier: GPL-3.0-or-later
// States of machines of the built-in engine: saved, gone on from, refused, called off; older ones.
#include "engine/drivers/kvm_saved_folders.h"
#include "engine/machine/machine_json.h"
#include "tests/support/kvm_driver_fixture.h"

#include <QtCore/QJsonObject>

#include <functional>

using namespace engine;
using namespace std::chrono_literals;
using fakes::texts;
using Fixture = fakes::KvmDriverFixture;

class TestKvmSaving final : public QObject
{
    Q_OBJECT
private slots:
    void aStateOfAnOlderVersionHasNoPorts()
    {
        goOnWithAndWithout("agentPorts", [](MachineDefinition &) {},
                           [](const Fixture &next, bool isOld) {
                               QCOMPARE(next.machine.config.ports.empty(), isOld);
                           });
    }

    // Whatever the definition says: the guest has seen that card.
    void aStateOfAnOlderVersionHasAVga()
    {
        goOnWithAndWithout(
            "graphics",
            [](MachineDefinition &definition) { definition.video = VideoModel::Virtio; },
            [](const Fixture &next, bool isOld) {
                QCOMPARE(next.machine.config.graphics,
                         isOld ? VmGraphics::Vga : VmGraphics::VirtioGpu);
            });
    }

    // Whose guest knows no places: its folders are the definition's, until it starts anew.
    void aStateOfAnOlderVersionHasItsFoldersOnly()
    {
        goOnWithAndWithout(
            "knowsFolderPlaces", [](MachineDefinition &) {},
            [](const Fixture &next, bool isOld) {
                QCOMPARE(next.driver->supports(Feature::SharedFolders).isAvailable, !isOld);
                next.machine.events->wasReset();
                QTRY_VERIFY(next.driver->supports(Feature::SharedFolders).isAvailable);
            });
    }

    // Saved once more, it knows as little.
    void aGuestKnowsNoPlacesUntilItStartsAnew()
    {
        Fixture f;
        makeShareProgram(f);
        QVERIFY(f.run());
        QString saved = save(f);
        QVERIFY(!saved.isEmpty());
        changeFacts(saved, [](QJsonObject &facts) {
            facts.remove("folders");
            facts.remove("knowsFolderPlaces");
        });
        for (int turn = 0; turn < 2; ++turn) {
            Fixture next;
            makeShareProgram(next);
            next.definition.sharedFolders = {{.name = "first", .path = f.folder.path()}};
            next.place.savedState = saved;
            QVERIFY(next.run());
            QVERIFY(!next.driver->supports(Feature::SharedFolders).isAvailable);
            const QString again = save(next);
            QVERIFY(!again.isEmpty());
            saved = f.folder.path() + QString("/saved%1").arg(turn);
            QVERIFY(QDir().rename(again, saved));
        }
        Fixture last;
        makeShareProgram(last);
        last.definition.sharedFolders = {{.name = "first", .path = f.folder.path()},
                                         {.name = "later", .path = f.folder.path()}};
        last.place.savedState = saved;
        QVERIFY(last.run());
        QVERIFY(!last.driver->supports(Feature::SharedFolders).isAvailable);
        QVERIFY(!last.machine.has("plug later in 1"));
        last.machine.events->wasReset();
        QTRY_VERIFY(last.machine.has("plug later in 1")); // which it did not get before
        QVERIFY(last.driver->supports(Feature::SharedFolders).isAvailable);
    }

    void foldersAreWhereTheyWere()
    {
        Fixture f;
        makeShareProgram(f);
        const QString path = f.folder.path();
        f.definition.sharedFolders = {{.name = "first", .path = path}};
        QVERIFY(f.run());
        for (const char *name : {"second", "third", "fourth"}) {
            f.driver->attachFolder({.name = name, .path = path}, f.reply());
            QVERIFY(f.isAnswered());
            QCOMPARE(f.answer, "ok");
        }
        f.driver->detachFolder("second", f.reply());
        f.machine.config.folderEvents.released(1);
        QVERIFY(f.isAnswered());
        f.driver->detachFolder("third", {}); // the guest does not let go of it
        QVERIFY(!f.machine.has("no folder 2"));
        const QString saved = save(f);
        QVERIFY(!saved.isEmpty());
        QVERIFY(f.machine.has("no folder 2")); // whose server could keep it from being saved
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());

        Fixture next;
        makeShareProgram(next);
        next.place.savedState = saved;
        // The fourth was for that run only; the fifth came since, and another third.
        next.definition.sharedFolders = {{.name = "first", .path = path},
                                         {.name = "third", .path = path},
                                         {.name = "fifth", .path = path}};
        QVERIFY(next.run());
        const std::vector<VmSharedFolder> &cards = next.machine.config.sharedFolders;
        QCOMPARE(cards.size(), std::size_t(3));
        QCOMPARE(cards[0].tag, std::string("first"));
        QCOMPARE(cards[1].place, 2u);
        QCOMPARE(cards[2].place, 3u);
        QCOMPARE(cards[2].tag, std::string("fourth"));
        QVERIFY(next.machine.has("folder 0") && next.machine.has("folder 3"));
        QVERIFY(!next.machine.has("folder 2"));
        QTRY_VERIFY(next.machine.has("plug fifth in 1"));
        QStringList names;
        for (const FolderUse &use : next.driver->sharedFolders())
            names.append(use.folder.name);
        QCOMPARE(names, QStringList({"first", "fourth", "fifth"}));
        // The guest is asked anew for the place of the other third, and takes no second one before.
        QVERIFY(next.machine.has("unplug 2"));
        QVERIFY(!next.machine.has("plug third in 4"));
        next.machine.config.folderEvents.released(2);
        QTRY_VERIFY(next.machine.has("plug third in 2"));
    }

    // Whoever takes a folder from a machine that is saved has it taken from the guest.
    void aFolderRemovedMeanwhileIsNotServed()
    {
        Fixture f;
        makeShareProgram(f);
        const QString path = f.folder.path();
        f.definition.sharedFolders = {{.name = "first", .path = path},
                                      {.name = "second", .path = path}};
        QVERIFY(f.run());
        f.driver->attachFolder({.name = "third", .path = path}, f.reply());
        QVERIFY(f.isAnswered());
        const QString saved = save(f);
        QVERIFY(!saved.isEmpty());
        commit(saved, f.definition);

        Fixture next;
        makeShareProgram(next);
        next.place.savedState = saved;
        next.definition.sharedFolders = {{.name = "first", .path = path, .isReadOnly = true}};
        const QList<KvmFolderPlace> places = foldersToGoOnWith(saved, next.definition);
        QCOMPARE(places.size(), 3);
        QVERIFY(places[0].folder.isReadOnly && !places[0].isUnwanted);
        QVERIFY(places[1].isUnwanted);
        QCOMPARE(places[2].folder.name, QString("third"));
        QVERIFY(!places[2].isUnwanted);
        QVERIFY(next.run());
        QCOMPARE(next.machine.config.sharedFolders.size(), std::size_t(3));
        QVERIFY(next.machine.has("folder 0") && next.machine.has("folder 2"));
        QVERIFY(!next.machine.has("folder 1"));
        QTRY_VERIFY(next.machine.has("unplug 1"));
        QCOMPARE(next.driver->sharedFolders().size(), 2);
    }

    // As a version saved it that did not write where they were.
    void anOlderStatesFoldersAreItsDefinitions()
    {
        Fixture f;
        makeShareProgram(f);
        const QString path = f.folder.path();
        f.definition.sharedFolders = {{.name = "first", .path = path},
                                      {.name = "second", .path = path}};
        QVERIFY(f.run());
        const QString saved = save(f);
        QVERIFY(!saved.isEmpty());
        commit(saved, f.definition);
        changeFacts(saved, [](QJsonObject &facts) {
            facts.remove("folders");
            facts.remove("knowsFolderPlaces");
        });
        MachineDefinition now = f.definition;
        now.sharedFolders.removeFirst();
        const QList<KvmFolderPlace> places = foldersToGoOnWith(saved, now);
        QCOMPARE(places.size(), 2);
        QVERIFY(places[0].isUnwanted);
        QCOMPARE(places[1].place, 1u);
        QVERIFY(!places[1].isUnwanted);
        QVERIFY(foldersToGoOnWith(path + "/nowhere", now).isEmpty());
    }

    void aStateIsSavedAndGoesOn()
    {
        Fixture f;
        QVERIFY(f.run());
        const QString saved = f.folder.path() + "/saved";
        QVERIFY(QDir().mkpath(saved));
        QSignalSpy progress(f.driver.get(), &Driver::progressed);
        f.driver->saveState(saved, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(f.driver->state(), Driver::State::Saving);
        QCOMPARE(progress.last().at(0).toInt(), 100);
        // Disks are flushed between the guest's last write and the state; a CD has nothing to
        // flush.
        QCOMPARE(texts(f.machine.seen()).mid(5), QStringList({"pause", "save", "flush a.img"}));
        QFile picture(saved + "/screen.png");
        QVERIFY(picture.open(QIODevice::ReadOnly));
        QVERIFY(picture.readAll().startsWith("\x89PNG"));
        f.driver->powerOff(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.driver->state(), Driver::State::Saved);

        Fixture next;
        next.place.savedState = saved;
        QVERIFY(next.run());
        QCOMPARE(next.states, QStringList({"restoring", "running"}));
        QCOMPARE(texts(next.machine.seen()).mid(3),
                 QStringList({"connect 0", "restore guest", "restore", "resume"}));
    }

    void aWindowsGuestKeepsTheProcessorsItWasSavedWith()
    {
        goOnWithAndWithout(
            "hyperV", [](MachineDefinition &definition) { definition.osId = "win10"; },
            [](const Fixture &next, bool isOld) {
                QCOMPARE(next.machine.config.isHyperV, !isOld);
            });
    }

    void aPausedMachineIsSavedWithoutAnotherResume()
    {
        Fixture f;
        QVERIFY(f.run());
        f.driver->pause({});
        QVERIFY(f.waitFor(Driver::State::Paused));
        QVERIFY(QDir().mkpath(f.folder.path() + "/s"));
        f.machine.failNext("save", Error(ErrorKind::NoSpace, "full"));
        f.driver->saveState(f.folder.path() + "/s", f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "full");
        QCOMPARE(f.driver->state(), Driver::State::Paused);
        QCOMPARE(std::count(f.machine.calls.begin(), f.machine.calls.end(), "resume"), 1);
    }

    void aFailedSaveLetsTheGuestGoOn()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(QDir().mkpath(f.folder.path() + "/s"));
        f.machine.failNext("save", Error(ErrorKind::NoSpace, "full"));
        f.driver->saveState(f.folder.path() + "/s", f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "full");
        QCOMPARE(f.driver->state(), Driver::State::Running);
        QVERIFY(!QFile::exists(f.folder.path() + "/s/memory"));
    }

    void savingIsCalledOff()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(QDir().mkpath(f.folder.path() + "/s"));
        f.machine.hold("save");
        f.driver->saveState(f.folder.path() + "/s", f.reply());
        QTRY_VERIFY(f.machine.has("save"));
        QString abandoned;
        f.driver->abandonSave([&](const Result<> &result) {
            abandoned = result ? "ok" : QString::fromStdString(result.error().text());
        });
        f.machine.release();
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "Saving was called off");
        QCOMPARE(f.kind, ErrorKind::Cancelled);
        QTRY_COMPARE(abandoned, "ok");
        QCOMPARE(f.driver->state(), Driver::State::Running);
    }

    void savingIsCalledOffWhenAllIsWritten()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(QDir().mkpath(f.folder.path() + "/s"));
        f.driver->saveState(f.folder.path() + "/s", f.reply());
        QVERIFY(f.isAnswered());
        f.driver->abandonSave(f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        QCOMPARE(f.driver->state(), Driver::State::Running);
    }

    void poweringOffEndsASave()
    {
        Fixture f;
        QVERIFY(f.run());
        QVERIFY(QDir().mkpath(f.folder.path() + "/s"));
        f.machine.hold("save");
        f.driver->saveState(f.folder.path() + "/s", f.reply());
        QTRY_VERIFY(f.machine.has("save"));
        f.driver->powerOff({});
        f.machine.release();
        QVERIFY(f.isAnswered());
        QCOMPARE(f.kind, ErrorKind::Cancelled);
        QVERIFY(f.waitFor(Driver::State::Off));
    }

    void aStateThatDoesNotFitIsRefusedAndStays_data()
    {
        QTest::addColumn<QByteArray>("facts");
        QTest::addColumn<QString>("expected");
        QTest::newRow("damaged") << QByteArray("{}") << "is damaged";
        QTest::newRow("another processor")
            << QByteArray("{\"version\":1,\"processor\":\"Z80\"}") << "another processor (\"Z80\"";
    }

    void aStateThatDoesNotFitIsRefusedAndStays()
    {
        QFETCH(QByteArray, facts);
        QFETCH(QString, expected);
        Fixture f;
        const QString saved = f.folder.path() + "/saved";
        QVERIFY(QDir().mkpath(saved));
        Fixture::write(saved + "/kvm.json", facts);
        f.place.savedState = saved;
        f.start();
        QVERIFY(f.waitFor(Driver::State::Saved));
        QVERIFY2(f.errorLine().contains(expected), qPrintable(f.errorLine()));
        QVERIFY(f.errorLine().startsWith("The saved state of \"test\" could not be loaded"));
        QVERIFY(!f.error->remedy().empty());
    }

    void aStateThatCannotBeLoadedStays()
    {
        Fixture f;
        const QString saved = f.folder.path() + "/saved";
        QVERIFY(QDir().mkpath(saved));
        QVERIFY(f.run());
        f.driver->saveState(saved, f.reply());
        QVERIFY(f.isAnswered());
        Fixture next;
        next.place.savedState = saved;
        next.machine.failNext("restore", Error(ErrorKind::Corrupt, "cut off"));
        next.start();
        QVERIFY(next.waitFor(Driver::State::Saved));
        QVERIFY2(next.errorLine().endsWith("could not be loaded: cut off"),
                 qPrintable(next.errorLine()));
    }

    void aStateOfAVersionWithoutUsbHasItsTablet()
    {
        goOnWithAndWithout(
            "usb", [](MachineDefinition &) {},
            [](const Fixture &next, bool isOld) {
                QCOMPARE(next.machine.config.hasUsb, !isOld);
                QCOMPARE(int(next.machine.config.pointer),
                         int(isOld ? VmPointer::VirtioTablet : VmPointer::UsbTablet));
                const Support support = next.driver->supports(Feature::UsbPassthrough);
                QCOMPARE(support.isAvailable, !isOld);
                QVERIFY(!isOld || support.reason.contains("from its next start on"));
            });
    }

private:
    static void makeShareProgram(Fixture &f)
    {
        f.shareProgram = f.folder.path() + "/server";
        Fixture::write(f.shareProgram, "#!/bin/sh\nexec tail -f /dev/null\n");
        QFile::setPermissions(f.shareProgram,
                              QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    // The state's folder; empty: it failed.
    static QString save(Fixture &f)
    {
        const QString saved = f.folder.path() + "/saved";
        QDir().mkpath(saved);
        f.driver->saveState(saved, f.reply());
        return f.isAnswered() && f.answer == "ok" ? saved : QString();
    }
    // What the session writes beside it.
    static void commit(const QString &saved, const MachineDefinition &definition)
    {
        const QJsonObject json{
            {"format", "vitrine-saved-state"},
            {"version", 1},
            {"definition", QJsonDocument::fromJson(machineToJson(definition)).object()}};
        Fixture::write(saved + "/state.json", QJsonDocument(json).toJson());
    }
    static void changeFacts(const QString &saved, const std::function<void(QJsonObject &)> &change)
    {
        QFile file(saved + "/kvm.json");
        QVERIFY(file.open(QIODevice::ReadOnly));
        QJsonObject facts = QJsonDocument::fromJson(file.readAll()).object();
        change(facts);
        Fixture::write(saved + "/kvm.json", QJsonDocument(facts).toJson());
    }
    // A machine is saved and goes on twice: from its state as it is, and as a version wrote it that
    // did not know this fact yet.
    static void goOnWithAndWithout(const QString &fact,
                                   const std::function<void(MachineDefinition &)> &define,
                                   const std::function<void(const Fixture &, bool isOld)> &look)
    {
        Fixture f;
        define(f.definition);
        QVERIFY(f.run());
        look(f, false);
        const QString saved = f.folder.path() + "/saved";
        QVERIFY(QDir().mkpath(saved));
        f.driver->saveState(saved, f.reply());
        QVERIFY(f.isAnswered());
        QCOMPARE(f.answer, "ok");
        for (const bool isOld : {false, true}) {
            QFile file(saved + "/kvm.json");
            QVERIFY(file.open(QIODevice::ReadOnly));
            QJsonObject facts = QJsonDocument::fromJson(file.readAll()).object();
            QVERIFY(facts.contains(fact));
            if (isOld) {
                facts.remove(fact);
                Fixture::write(saved + "/kvm.json", QJsonDocument(facts).toJson());
            }
            Fixture next;
            define(next.definition);
            next.place.savedState = saved;
            QVERIFY(next.run());
            look(next, isOld);
        }
    }
};

QTEST_GUILESS_MAIN(TestKvmSaving)
#include "tst_kvm_saving.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/qt_text.h"
#include "engine/media/disk_image.h"
#include "tests/support/test_main.h"
#include "wizards/new_machine_wizard.h"
#include "wizards/sentence_list.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QMimeData>
#include <QtCore/QTemporaryDir>
#include <QtCore/QUrl>
#include <QtCore/QtEndian>
#include <QtGui/QDropEvent>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QStackedWidget>

using wizards::NewMachineWizard;

namespace {

constexpr qsizetype Sector = 2048;
constexpr qint64 Gibibyte = 1024LL * 1024 * 1024;

// The descriptors of a bootable ISO image (ECMA-119 8.4, El Torito 2.0) and nothing behind them.
QByteArray isoImage(const QByteArray &volumeId, quint32 sectors = 64)
{
    QByteArray image(64 * Sector, '\0');
    const auto put = [&image](qsizetype sector, qsizetype offset, const QByteArray &bytes) {
        image.replace(sector * Sector + offset, bytes.size(), bytes);
    };
    put(16, 0,
        QByteArray("\x01"
                   "CD001\x01",
                   7));
    put(16, 8, QByteArray("LINUX").leftJustified(32, ' '));
    put(16, 40, volumeId.leftJustified(32, ' '));
    qToLittleEndian<quint32>(sectors, image.data() + 16 * Sector + 80);
    qToLittleEndian<quint16>(quint16(Sector), image.data() + 16 * Sector + 128);
    put(17, 0,
        QByteArray("\x00"
                   "CD001\x01",
                   7));
    put(17, 7, "EL TORITO SPECIFICATION");
    put(18, 0,
        QByteArray("\xff"
                   "CD001\x01",
                   7));
    return image;
}

engine::HostFacts host()
{
    engine::HostFacts facts;
    facts.cpus = 4;
    facts.memoryBytes = 4 * Gibibyte;
    facts.freeMemoryBytes = 3 * Gibibyte;
    return facts;
}

struct Place
{
    QTemporaryDir folder;
    engine::MachineStore store{folder.filePath(QStringLiteral("config")),
                               folder.filePath(QStringLiteral("machines"))};

    QString write(const QString &name, const QByteArray &bytes) const
    {
        QFile file(folder.filePath(name));
        engine::check(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size(),
                      "the file could not be written");
        return file.fileName();
    }
    bool isEmpty() const { return QDir(store.machineFolder()).isEmpty(); }
};

template <class Widget>
Widget *child(const NewMachineWizard &wizard, const char *name)
{
    auto *found = wizard.findChild<Widget *>(QString::fromLatin1(name));
    engine::check(found != nullptr, name);
    return found;
}

QString detected(const NewMachineWizard &wizard)
{
    return child<QLabel>(wizard, "detected")->text();
}

bool canCreate(const NewMachineWizard &wizard)
{
    return child<QPushButton>(wizard, "create")->isEnabled();
}

} // namespace

class TestNewMachineWizard : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void emptyMachineCanBeMade();
    void isoIsDetected();
    void unknownIsoIsAllowed();
    void brokenFilesAreToldInline_data();
    void brokenFilesAreToldInline();
    void diskImageIsStartedFrom();
    void withoutDiskTheMachineIsDisposable();
    void problemsDisableCreating();
    void missingUefiFirmwareIsTold();
    void anotherIsoKeepsWhatWasTyped();
    void createdSaysWhetherToStart();
    void failureStaysOpenAndIsTold();
    void cancelTakesEverythingBack();
    void closingTheWindowWhileMakingTakesBack();
    void filesCanBeDropped();
    void missingCatalogueIsTold();
    void stepsLeadThroughEverything();
    void bothModesShowTheSameValues();
    void modeIsRemembered();
    void fitIsForetold();
    void problemsOfOtherStepsAreSeen();
    void existingDisksAreLookedAt();
    void disksAreCopied();
    void networkComesFirstWhenWanted();
    void fitsASmallScreen();

private:
    wizards::MediaIdentifier::Loader loader() const
    {
        return [catalog = m_catalog] { return engine::Result(catalog); };
    }
    wizards::MediaIdentifier::Catalog m_catalog;
};

void TestNewMachineWizard::initTestCase()
{
    auto loaded = engine::OsCatalog::load(qEnvironmentVariable("VITRINE_SOURCE_DIR")
                                          + QStringLiteral("/resources/osinfo"));
    QVERIFY_OK(loaded);
    m_catalog = *loaded;
}

void TestNewMachineWizard::emptyMachineCanBeMade()
{
    Place place;
    NewMachineWizard wizard(place.store, host(), loader());
    QVERIFY(!canCreate(wizard)); // the catalogue is being read
    QTRY_VERIFY(canCreate(wizard));
    QVERIFY(detected(wizard).contains(QStringLiteral("No medium")));
    QCOMPARE(child<QLineEdit>(wizard, "name")->text(), QStringLiteral("New Machine"));
    QVERIFY(child<QLabel>(wizard, "folder")->text().endsWith(QStringLiteral("/New Machine")));
}

void TestNewMachineWizard::isoIsDetected()
{
    Place place;
    NewMachineWizard wizard(place.store, host(), loader());
    wizard.setPath(place.write(QStringLiteral("a.iso"), isoImage("Debian 12.5.0 amd64 n")));
    QTRY_VERIFY(canCreate(wizard));
    QVERIFY(detected(wizard).contains(QStringLiteral("Debian 12")));
    QVERIFY(detected(wizard).contains(QStringLiteral("64-bit")));
    QCOMPARE(child<QLineEdit>(wizard, "name")->text(), QStringLiteral("Debian 12"));
    QCOMPARE(child<QComboBox>(wizard, "system")->currentData().toString(),
             QStringLiteral("debian12"));
    QVERIFY(child<QSpinBox>(wizard, "memory")->value() <= 2048);
}

void TestNewMachineWizard::unknownIsoIsAllowed()
{
    Place place;
    NewMachineWizard wizard(place.store, host(), loader());
    wizard.setPath(place.write(QStringLiteral("a.iso"), isoImage("MY OWN DISC")));
    QTRY_VERIFY(canCreate(wizard));
    QVERIFY(detected(wizard).contains(QStringLiteral("not a system that we know")));
    QCOMPARE(child<QComboBox>(wizard, "system")->currentIndex(), 0);
}

void TestNewMachineWizard::brokenFilesAreToldInline_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("part");
    QTest::newRow("truncated") << isoImage("Debian 12.5.0 amd64 n", 300000)
                               << QStringLiteral("incomplete");
    QTest::newRow("page") << QByteArray("<!DOCTYPE html>") << QStringLiteral("web page");
    QTest::newRow("empty") << QByteArray() << QStringLiteral("a.iso");
}

void TestNewMachineWizard::brokenFilesAreToldInline()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, part);
    Place place;
    NewMachineWizard wizard(place.store, host(), loader());
    wizard.setPath(place.write(QStringLiteral("a.iso"), bytes));
    QTRY_VERIFY2(detected(wizard).contains(part), qPrintable(detected(wizard)));
    QVERIFY(!canCreate(wizard));
    QVERIFY(!child<QPushButton>(wizard, "createAndStart")->isEnabled());
    // Everything else is there to go on with.
    QVERIFY(child<QPushButton>(wizard, "browse")->isEnabled());
    QVERIFY(child<QLineEdit>(wizard, "path")->isEnabled());
    QVERIFY(child<QLineEdit>(wizard, "name")->isEnabled());
    wizard.setPath(place.write(QStringLiteral("b.iso"), isoImage("Debian 12.5.0 amd64 n")));
    QTRY_VERIFY(canCreate(wizard));
}

void TestNewMachineWizard::diskImageIsStartedFrom()
{
    Place place;
    const QString disk = place.write(QStringLiteral("old pc.img"), QByteArray(4096, 'x'));
    NewMachineWizard wizard(place.store, host(), loader());
    wizard.setPath(disk);
    QTRY_VERIFY(canCreate(wizard));
    QVERIFY(detected(wizard).contains(QStringLiteral("disk image")));
    QCOMPARE(child<QComboBox>(wizard, "diskKind")->currentData().toInt(),
             int(engine::DiskSource::Existing));
    QCOMPARE(child<QLineEdit>(wizard, "diskPath")->text(), disk);
    QCOMPARE(child<QLineEdit>(wizard, "name")->text(), QStringLiteral("old pc"));
    QSignalSpy created(&wizard, &NewMachineWizard::created);
    child<QPushButton>(wizard, "create")->click();
    QTRY_COMPARE(created.size(), 1);
    const auto entry = created.at(0).at(0).value<engine::MachineEntry>();
    QCOMPARE(place.store.usedMedia(engine::MediumKind::HardDisk), QStringList{disk});
    QVERIFY(!entry.definition.isDisposable);
}

void TestNewMachineWizard::withoutDiskTheMachineIsDisposable()
{
    Place place;
    NewMachineWizard wizard(place.store, host(), loader());
    wizard.setPath(place.write(QStringLiteral("a.iso"), isoImage("d-live 12.5.0 gn amd64")));
    QTRY_VERIFY(canCreate(wizard));
    child<QPushButton>(wizard, "removeDisk")->click();
    child<QCheckBox>(wizard, "disposable")->setChecked(true);
    QSignalSpy created(&wizard, &NewMachineWizard::created);
    child<QPushButton>(wizard, "create")->click();
    QTRY_COMPARE(created.size(), 1);
    QVERIFY(created.at(0).at(0).value<engine::MachineEntry>().definition.isDisposable);
    QVERIFY(place.store.usedMedia(engine::MediumKind::HardDisk).isEmpty());
}

void TestNewMachineWizard::problemsDisableCreating()
{
    Place place;
    engine::MachineDefinition taken;
    taken.name = QStringLiteral("Taken");
    QVERIFY_OK(place.store.create(taken));
    NewMachineWizard wizard(place.store, host(), loader());
    QTRY_VERIFY(canCreate(wizard));
    auto *name = child<QLineEdit>(wizard, "name");
    auto *problem = child<QLabel>(wizard, "nameProblem");
    for (const char *bad : {"taken", "", "a/b"}) {
        name->selectAll();
        if (*bad)
            QTest::keyClicks(name, QString::fromLatin1(bad));
        else
            QTest::keyClick(name, Qt::Key_Delete);
        QVERIFY2(!canCreate(wizard), bad);
        QVERIFY2(!problem->isHidden(), bad);
    }
    name->selectAll();
    QTest::keyClicks(name, QStringLiteral("Free"));
    QVERIFY(canCreate(wizard));
    QVERIFY(problem->isHidden());

    child<QComboBox>(wizard, "diskKind")->setCurrentIndex(1);
    child<QLineEdit>(wizard, "diskPath")->setText(QStringLiteral("/no/such.qcow2"));
    QVERIFY(!canCreate(wizard));
    QVERIFY(!child<QLabel>(wizard, "diskProblem")->isHidden());
}

void TestNewMachineWizard::missingUefiFirmwareIsTold()
{
    Place place;
    qputenv("VITRINE_FIRMWARE_ROOT", QFile::encodeName(place.folder.path()));
    NewMachineWizard wizard(place.store, host(), loader());
    QTRY_VERIFY(canCreate(wizard));
    auto *firmware = child<QComboBox>(wizard, "firmware");
    firmware->setFocus();
    QTest::keyClick(firmware, Qt::Key_Down);
    QCOMPARE(firmware->currentText(), QStringLiteral("UEFI"));
    const bool isRefused = !canCreate(wizard);
    const QString text = child<QLabel>(wizard, "firmwareProblem")->text();
    QTest::keyClick(firmware, Qt::Key_Up);
    const bool isAllowed = canCreate(wizard);
    qunsetenv("VITRINE_FIRMWARE_ROOT");
    QVERIFY(isRefused);
    QVERIFY(text.contains(QStringLiteral("ovmf")));
    QVERIFY(isAllowed);
}

void TestNewMachineWizard::anotherIsoKeepsWhatWasTyped()
{
    Place place;
    NewMachineWizard wizard(place.store, host(), loader());
    wizard.setPath(place.write(QStringLiteral("a.iso"), isoImage("Debian 12.5.0 amd64 n")));
    QTRY_VERIFY(canCreate(wizard));
    auto *name = child<QLineEdit>(wizard, "name");
    name->selectAll();
    QTest::keyClicks(name, QStringLiteral("Mine"));
    child<QSpinBox>(wizard, "diskSize")->setValue(55);
    wizard.setPath(place.write(QStringLiteral("b.iso"), isoImage("Debian 13.1.0 amd64 n")));
    QTRY_VERIFY(canCreate(wizard));
    QCOMPARE(child<QComboBox>(wizard, "system")->currentData().toString(),
             QStringLiteral("debian13"));
    QCOMPARE(name->text(), QStringLiteral("Mine"));
    QCOMPARE(child<QSpinBox>(wizard, "diskSize")->value(), 55);
}

void TestNewMachineWizard::createdSaysWhetherToStart()
{
    Place place;
    for (const bool startNow : {true, false}) {
        NewMachineWizard wizard(place.store, host(), loader());
        wizard.show();
        QTRY_VERIFY(canCreate(wizard));
        QSignalSpy created(&wizard, &NewMachineWizard::created);
        child<QPushButton>(wizard, startNow ? "createAndStart" : "create")->click();
        QVERIFY(!canCreate(wizard)); // not twice
        QVERIFY(child<QProgressBar>(wizard, "progress")->isVisible());
        QTRY_COMPARE(created.size(), 1);
        QCOMPARE(created.at(0).at(1).toBool(), startNow);
        QVERIFY(!wizard.isVisible());
    }
    QStringList names;
    for (const engine::MachineEntry &entry : place.store.machines())
        names.append(entry.displayName());
    QCOMPARE(names,
             (QStringList{QStringLiteral("New Machine"), QStringLiteral("New Machine (2)")}));
}

void TestNewMachineWizard::failureStaysOpenAndIsTold()
{
    Place place;
    const QString disk = place.write(QStringLiteral("old.img"), QByteArray(4096, 'x'));
    NewMachineWizard wizard(place.store, host(), loader());
    wizard.setPath(disk);
    wizard.show();
    QTRY_VERIFY(canCreate(wizard));
    QVERIFY(QFile::remove(disk)); // after the form was checked
    QSignalSpy created(&wizard, &NewMachineWizard::created);
    child<QPushButton>(wizard, "create")->click();
    auto *failure = child<QLabel>(wizard, "failure");
    QTRY_VERIFY(failure->isVisible());
    QVERIFY(failure->text().contains(QStringLiteral("old.img")));
    QVERIFY(wizard.isVisible());
    QVERIFY(created.isEmpty());
    QVERIFY(place.isEmpty());
    QVERIFY(!canCreate(wizard)); // the disk's problem is told at its field now
}

void TestNewMachineWizard::cancelTakesEverythingBack()
{
    Place place;
    NewMachineWizard wizard(place.store, host(), loader());
    wizard.show();
    QTRY_VERIFY(canCreate(wizard));
    QSignalSpy created(&wizard, &NewMachineWizard::created);
    child<QPushButton>(wizard, "createAndStart")->click();
    child<QPushButton>(wizard, "cancel")->click();
    QTRY_VERIFY(canCreate(wizard)); // the same can be tried again
    QVERIFY(wizard.isVisible());
    QVERIFY(created.isEmpty());
    QVERIFY(place.isEmpty());
    QVERIFY(place.store.machines().isEmpty());
    child<QPushButton>(wizard, "cancel")->click();
    QVERIFY(!wizard.isVisible());
}

void TestNewMachineWizard::closingTheWindowWhileMakingTakesBack()
{
    Place place;
    {
        NewMachineWizard wizard(place.store, host(), loader());
        QTRY_VERIFY(canCreate(wizard));
        child<QPushButton>(wizard, "create")->click();
    }
    QTRY_VERIFY(place.isEmpty());
    QVERIFY(place.store.machines().isEmpty());
}

void TestNewMachineWizard::filesCanBeDropped()
{
    Place place;
    NewMachineWizard wizard(place.store, host(), loader());
    wizard.show();
    QTRY_VERIFY(canCreate(wizard));
    const auto drop = [&wizard](const QString &path) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &data, Qt::LeftButton, {});
        enter.ignore();
        QApplication::sendEvent(&wizard, &enter);
        if (!enter.isAccepted())
            return false;
        QDropEvent event(QPointF(5, 5), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(&wizard, &event);
        return true;
    };
    QVERIFY(!drop(place.write(QStringLiteral("a.txt"), "text")));
    QVERIFY(drop(place.write(QStringLiteral("a.iso"), isoImage("Debian 12.5.0 amd64 n"))));
    QTRY_VERIFY(detected(wizard).contains(QStringLiteral("Debian 12")));
}

void TestNewMachineWizard::missingCatalogueIsTold()
{
    Place place;
    NewMachineWizard wizard(
        place.store, host(), []() -> engine::Result<wizards::MediaIdentifier::Catalog> {
            return engine::makeError(engine::ErrorKind::NotFound,
                                     QStringLiteral("The list of systems is missing"),
                                     QStringLiteral("Install the package osinfo-db"));
        });
    QTRY_VERIFY(detected(wizard).contains(QStringLiteral("The list of systems is missing")));
    QVERIFY(detected(wizard).contains(QStringLiteral("osinfo-db")));
    QVERIFY(!canCreate(wizard));
}

void TestNewMachineWizard::stepsLeadThroughEverything()
{
    Place place;
    NewMachineWizard wizard(place.store, host(), loader());
    wizard.show();
    QTRY_VERIFY(canCreate(wizard));
    auto *next = child<QPushButton>(wizard, "next");
    auto *back = child<QPushButton>(wizard, "back");
    QVERIFY(!back->isVisible());
    QVERIFY(child<QLineEdit>(wizard, "name")->isVisible());
    QVERIFY(child<QLabel>(wizard, "brief")->text().contains(QStringLiteral("processor")));
    next->click();
    QVERIFY(child<QSpinBox>(wizard, "memory")->isVisible());
    QVERIFY(!child<QLineEdit>(wizard, "name")->isVisible());
    child<QSpinBox>(wizard, "memory")->setValue(1300);
    next->click();
    QVERIFY(child<QSpinBox>(wizard, "diskSize")->isVisible());
    QVERIFY(!child<QComboBox>(wizard, "diskFormat")->isVisible()); // few people need it
    next->click();
    QVERIFY(!next->isVisible());
    auto *summary = child<QLabel>(wizard, "summary");
    QVERIFY(summary->isVisible());
    QVERIFY2(summary->text().contains(QStringLiteral("1.27 GB")), qPrintable(summary->text()));
    QVERIFY(canCreate(wizard)); // on every step
    back->click();
    QVERIFY(child<QSpinBox>(wizard, "diskSize")->isVisible());
}

void TestNewMachineWizard::bothModesShowTheSameValues()
{
    Place place;
    NewMachineWizard wizard(place.store, host(), loader());
    wizard.show();
    QTRY_VERIFY(canCreate(wizard));
    auto *name = child<QLineEdit>(wizard, "name");
    name->selectAll();
    QTest::keyClicks(name, QStringLiteral("Kept"));
    auto *expert = child<QPushButton>(wizard, "expert");
    expert->click();
    QVERIFY(child<QScrollArea>(wizard, "expertPage")->isVisible());
    QVERIFY(!child<QStackedWidget>(wizard, "steps")->isVisible());
    for (const char *field : {"name", "path", "diskPath"})
        QVERIFY2(child<QLineEdit>(wizard, field)->isVisible() == (qstrcmp(field, "diskPath") != 0),
                 field);
    for (const char *field : {"system", "firmware", "tpm", "diskFormat", "network"})
        QVERIFY2(child<QComboBox>(wizard, field)->isVisible(), field);
    QCOMPARE(name->text(), QStringLiteral("Kept"));
    child<QComboBox>(wizard, "diskFormat")->setCurrentIndex(2);
    child<QSpinBox>(wizard, "cpus")->setValue(3);
    expert->click();
    QVERIFY(child<QStackedWidget>(wizard, "steps")->isVisible());
    QSignalSpy created(&wizard, &NewMachineWizard::created);
    child<QPushButton>(wizard, "create")->click();
    QTRY_COMPARE_WITH_TIMEOUT(created.size(), 1, 20000);
    const auto entry = created.at(0).at(0).value<engine::MachineEntry>();
    QCOMPARE(entry.definition.name, QStringLiteral("Kept"));
    QCOMPARE(entry.definition.cpus, 3);
    QVERIFY(QFile::exists(entry.folder + QStringLiteral("/disks/Kept.vdi")));
}

void TestNewMachineWizard::modeIsRemembered()
{
    Place place;
    for (const bool isExpert : {false, true, true, false}) {
        NewMachineWizard wizard(place.store, host(), loader());
        auto *expert = child<QPushButton>(wizard, "expert");
        if (expert->isChecked() != isExpert)
            expert->click();
        NewMachineWizard again(place.store, host(), loader());
        QCOMPARE(child<QPushButton>(again, "expert")->isChecked(), isExpert);
    }
}

void TestNewMachineWizard::fitIsForetold()
{
    Place place;
    NewMachineWizard wizard(place.store, host(), loader());
    QTRY_VERIFY(canCreate(wizard));
    const auto fit = [&wizard] {
        return child<wizards::SentenceList>(wizard, "fit")->texts().join(u'\n');
    };
    QVERIFY2(fit().contains(QStringLiteral("fits")), qPrintable(fit()));
    QVERIFY(!fit().contains(QStringLiteral("acceleration"))); // not known yet
    child<QSpinBox>(wizard, "memory")->setValue(3500);
    QVERIFY2(fit().contains(QStringLiteral("does not fit")), qPrintable(fit()));
    QVERIFY(canCreate(wizard)); // it may fit when it is started
    child<QSpinBox>(wizard, "diskSize")->setValue(64 * 1024);
    QVERIFY2(fit().contains(QStringLiteral("can grow to 64.0 TiB")), qPrintable(fit()));
    wizard.setAcceleration({engine::Acceleration::Kind::Emulated, QStringLiteral("slow"),
                            QStringLiteral("No permission"), QStringLiteral("Join a group")});
    QVERIFY2(fit().contains(QStringLiteral("10 times slower")), qPrintable(fit()));
    QVERIFY(fit().contains(QStringLiteral("Join a group")));
}

void TestNewMachineWizard::problemsOfOtherStepsAreSeen()
{
    Place place;
    NewMachineWizard wizard(place.store, host(), loader());
    QTRY_VERIFY(canCreate(wizard));
    child<QSpinBox>(wizard, "diskSize")->setValue(64 * 1024);
    child<QCheckBox>(wizard, "diskAllocated")->setChecked(true);
    QVERIFY(!canCreate(wizard));
    const QString fit = child<wizards::SentenceList>(wizard, "fit")->texts().join(u'\n');
    QVERIFY2(fit.contains(QStringLiteral("at once")), qPrintable(fit));
}

void TestNewMachineWizard::existingDisksAreLookedAt()
{
    Place place;
    NewMachineWizard wizard(place.store, host(), loader());
    QTRY_VERIFY(canCreate(wizard));
    const auto remarks = [&wizard] {
        return child<wizards::SentenceList>(wizard, "diskRemarks")->texts().join(u'\n');
    };
    auto *kind = child<QComboBox>(wizard, "diskKind");
    auto *path = child<QLineEdit>(wizard, "diskPath");
    kind->setCurrentIndex(1);
    path->setText(place.write(QStringLiteral("a.txt"), "text"));
    QTRY_VERIFY2(remarks().contains(QStringLiteral("not a disk image")), qPrintable(remarks()));
    QVERIFY(!canCreate(wizard));
    path->setText(place.write(QStringLiteral("a.raw"), QByteArray(4096, 'x')));
    QTRY_VERIFY2(remarks().contains(QStringLiteral("Raw image")), qPrintable(remarks()));
    QTRY_VERIFY(canCreate(wizard));

    // One that another machine has can only be copied.
    engine::MachineDefinition other;
    other.name = QStringLiteral("Other");
    other.controllers = {{.name = QStringLiteral("SATA"), .attachments = {{.path = path->text()}}}};
    QVERIFY_OK(place.store.create(other));
    kind->setCurrentIndex(0);
    kind->setCurrentIndex(1);
    QVERIFY2(remarks().contains(QStringLiteral("belongs to the machine \"Other\"")),
             qPrintable(remarks()));
    QVERIFY(!canCreate(wizard));
    kind->setCurrentIndex(2);
    QVERIFY2(remarks().contains(QStringLiteral("keeps it")), qPrintable(remarks()));
    QVERIFY(canCreate(wizard));
}

void TestNewMachineWizard::disksAreCopied()
{
    Place place;
    const QString source = place.write(QStringLiteral("old.raw"), QByteArray(1 << 20, 'x'));
    NewMachineWizard wizard(place.store, host(), loader());
    wizard.setPath(source);
    QTRY_VERIFY(canCreate(wizard));
    child<QComboBox>(wizard, "diskKind")->setCurrentIndex(2);
    QTRY_VERIFY(canCreate(wizard));
    QSignalSpy created(&wizard, &NewMachineWizard::created);
    child<QPushButton>(wizard, "create")->click();
    QTRY_COMPARE_WITH_TIMEOUT(created.size(), 1, 20000);
    const auto entry = created.at(0).at(0).value<engine::MachineEntry>();
    const auto info = engine::imageInfo(entry.folder + QStringLiteral("/disks/old.qcow2"));
    QVERIFY_OK(info);
    QCOMPARE(info->virtualSizeBytes, 1 << 20);
    QFile file(source);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray(1 << 20, 'x'));
}

void TestNewMachineWizard::networkComesFirstWhenWanted()
{
    Place place;
    NewMachineWizard wizard(place.store, host(), loader());
    QTRY_VERIFY(canCreate(wizard));
    child<QCheckBox>(wizard, "networkBoot")->setChecked(true);
    auto *network = child<QComboBox>(wizard, "network");
    network->setCurrentIndex(network->findData(int(engine::NetworkMode::None)));
    QVERIFY(!canCreate(wizard));
    network->setCurrentIndex(0);
    QSignalSpy created(&wizard, &NewMachineWizard::created);
    child<QPushButton>(wizard, "create")->click();
    QTRY_COMPARE_WITH_TIMEOUT(created.size(), 1, 20000);
    const auto entry = created.at(0).at(0).value<engine::MachineEntry>();
    QCOMPARE(int(entry.definition.bootOrder.front()), int(engine::BootDevice::Network));
}

void TestNewMachineWizard::fitsASmallScreen()
{
    Place place;
    NewMachineWizard wizard(place.store, host(), loader());
    wizard.setPath(place.write(QString(120, u'x') + QStringLiteral(".iso"),
                               isoImage("Debian 12.5.0 amd64 n")));
    wizard.setAcceleration(
        {engine::Acceleration::Kind::Emulated, QStringLiteral("slow"),
         QString(20, u'w') + QStringLiteral(" is a long reason") + QString(60, u'x'),
         QStringLiteral("Do this")});
    wizard.show();
    QTRY_VERIFY(canCreate(wizard));
    child<QSpinBox>(wizard, "memory")->setValue(4000);
    const QSize most(1280, 690); // less what a title bar takes
    for (int step = 0; step < 4; ++step) {
        const QSize least(wizard.minimumSizeHint().width(),
                          wizard.layout()->totalMinimumHeightForWidth(680));
        QVERIFY2(least.width() <= most.width() && least.height() <= most.height(),
                 qPrintable(QStringLiteral("step %1: %2 x %3")
                                .arg(step)
                                .arg(least.width())
                                .arg(least.height())));
        child<QPushButton>(wizard, "next")->click();
    }
    child<QPushButton>(wizard, "expert")->click();
    const QSize least(wizard.minimumSizeHint().width(),
                      wizard.layout()->totalMinimumHeightForWidth(680));
    QVERIFY2(least.width() <= most.width() && least.height() <= most.height(),
             qPrintable(QStringLiteral("%1 x %2").arg(least.width()).arg(least.height())));
}

QTEST_MAIN(TestNewMachineWizard)
#include "tst_new_machine_wizard.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/qt_text.h"
#include "tests/support/test_main.h"
#include "wizards/new_machine_wizard.h"

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
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QRadioButton>
#include <QtWidgets/QSpinBox>

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
    QVERIFY(child<QRadioButton>(wizard, "existingDisk")->isChecked());
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
    child<QRadioButton>(wizard, "noDisk")->setChecked(true);
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

    child<QRadioButton>(wizard, "existingDisk")->setChecked(true);
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

QTEST_MAIN(TestNewMachineWizard)
#include "tst_new_machine_wizard.moc"

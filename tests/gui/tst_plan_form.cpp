// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "wizards/disk_section.h"
#include "wizards/plan_form.h"

#include <QtTest/QSignalSpy>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSpinBox>

namespace {

constexpr qint64 Gibibyte = 1024LL * 1024 * 1024;

engine::HostFacts host()
{
    engine::HostFacts facts;
    facts.cpus = 4;
    facts.memoryBytes = 16 * Gibibyte;
    facts.freeMemoryBytes = 8 * Gibibyte;
    return facts;
}

engine::NewMachinePlan suggestion()
{
    engine::NewMachinePlan plan;
    plan.name = QStringLiteral("Debian 12");
    plan.osId = QStringLiteral("debian12");
    plan.memoryMiB = 2048;
    plan.cpus = 2;
    plan.disks = {{.sizeBytes = 20 * Gibibyte}};
    return plan;
}

} // namespace

class TestPlanForm : public QObject
{
    Q_OBJECT
private slots:
    void suggestionComesBackUnchanged();
    void whatTheUserChangedStays();
    void problemsAreShownAtTheirField();
    void secureBootNeedsUefi();
    void disksAreAddedChangedAndRemoved();
    void withoutDisksItMayBeThrownAway();
};

void TestPlanForm::suggestionComesBackUnchanged()
{
    QWidget owner;
    wizards::PlanForm form(host(), &owner);
    engine::OsInfo debian;
    debian.id = QStringLiteral("debian12");
    debian.name = QStringLiteral("Debian 12");
    form.setSystems({debian});
    form.suggest(suggestion());
    const engine::NewMachinePlan plan = form.plan();
    QCOMPARE(plan.name, QStringLiteral("Debian 12"));
    QCOMPARE(plan.osId, QStringLiteral("debian12"));
    QCOMPARE(plan.memoryMiB, 2048);
    QCOMPARE(plan.cpus, 2);
    QCOMPARE(plan.disks, suggestion().disks);
    QCOMPARE(int(plan.network), int(engine::NetworkMode::Nat));
    QVERIFY(!plan.isSecureBootOn);
    QVERIFY(!plan.isDisposable);
}

void TestPlanForm::whatTheUserChangedStays()
{
    QWidget owner;
    wizards::PlanForm form(host(), &owner);
    form.suggest(suggestion());
    owner.findChild<QSpinBox *>(QStringLiteral("memory"))->setValue(3000);
    engine::NewMachinePlan other = suggestion();
    other.name = QStringLiteral("Windows 11");
    other.memoryMiB = 4096;
    form.suggest(other);
    QCOMPARE(form.plan().memoryMiB, 3000);
    QCOMPARE(form.plan().name, QStringLiteral("Windows 11"));

    // Another medium has its own firmware, but not another wish for memory.
    owner.findChild<QPushButton *>(QStringLiteral("removeDisk"))->click();
    auto *firmware = owner.findChild<QComboBox *>(QStringLiteral("firmware"));
    firmware->setCurrentIndex(1);
    form.followMedium(false);
    form.suggest(other);
    QCOMPARE(form.plan().memoryMiB, 3000);
    QCOMPARE(int(form.plan().firmware), int(engine::Firmware::Bios));
    QVERIFY(form.plan().disks.isEmpty());
    form.followMedium(true);
    other.disks = {{.source = engine::DiskSource::Existing, .path = QStringLiteral("/disk.qcow2")}};
    form.suggest(other);
    QCOMPARE(form.plan().disks, other.disks);
}

void TestPlanForm::secureBootNeedsUefi()
{
    QWidget owner;
    wizards::PlanForm form(host(), &owner);
    engine::NewMachinePlan plan = suggestion();
    form.suggest(plan);
    auto *secureBoot = owner.findChild<QCheckBox *>(QStringLiteral("secureBoot"));
    QVERIFY(!secureBoot->isEnabled());
    plan.firmware = engine::Firmware::Uefi;
    plan.isSecureBootOn = true;
    plan.tpm = engine::TpmModel::Tpm20;
    form.suggest(plan);
    QVERIFY(secureBoot->isEnabled());
    QVERIFY(form.plan().isSecureBootOn);
    QCOMPARE(int(form.plan().tpm), int(engine::TpmModel::Tpm20));
    owner.findChild<QComboBox *>(QStringLiteral("firmware"))->setCurrentIndex(0);
    QVERIFY(!secureBoot->isEnabled());
    QVERIFY(!form.plan().isSecureBootOn);
}

void TestPlanForm::disksAreAddedChangedAndRemoved()
{
    QWidget owner;
    wizards::PlanForm form(host(), &owner);
    form.suggest(suggestion());
    QSignalSpy changed(&form, &wizards::PlanForm::changed);
    owner.findChild<QPushButton *>(QStringLiteral("addDisk"))->click();
    QCOMPARE(changed.size(), 1);
    owner.findChild<QSpinBox *>(QStringLiteral("diskSize"))->setValue(7);
    auto *format = owner.findChild<QComboBox *>(QStringLiteral("diskFormat"));
    format->setCurrentIndex(format->findData(int(engine::ImageFormat::Vdi)));
    owner.findChild<QCheckBox *>(QStringLiteral("diskAllocated"))->setChecked(true);
    owner.findChild<QCheckBox *>(QStringLiteral("diskDiscard"))->setChecked(false);
    owner.findChild<QCheckBox *>(QStringLiteral("diskSolidState"))->setChecked(true);
    owner.findChild<QLineEdit *>(QStringLiteral("diskFolder"))->setText(QStringLiteral("/data"));
    const engine::PlannedDisk second{.folder = QStringLiteral("/data"),
                                     .format = engine::ImageFormat::Vdi,
                                     .sizeBytes = 7 * Gibibyte,
                                     .isFullyAllocated = true,
                                     .isDiscardOn = false,
                                     .isSolidState = true};
    QCOMPARE(form.plan().disks, (QList{suggestion().disks.front(), second}));

    // The first is shown as it was, and what was typed for the second stays there.
    auto *list = owner.findChild<QListWidget *>(QStringLiteral("disks"));
    list->setCurrentRow(0);
    QCOMPARE(owner.findChild<QSpinBox *>(QStringLiteral("diskSize"))->value(), 20);
    auto *kind = owner.findChild<QComboBox *>(QStringLiteral("diskKind"));
    kind->setCurrentIndex(kind->findData(int(engine::DiskSource::Copy)));
    owner.findChild<QLineEdit *>(QStringLiteral("diskPath"))->setText(QStringLiteral("/a.vmdk"));
    QCOMPARE(int(form.plan().disks.front().source), int(engine::DiskSource::Copy));
    QCOMPARE(form.plan().disks.front().path, QStringLiteral("/a.vmdk"));
    QCOMPARE(form.plan().disks.at(1), second);
    QVERIFY(list->item(0)->text().contains(QStringLiteral("a.vmdk")));

    owner.findChild<QPushButton *>(QStringLiteral("removeDisk"))->click();
    QCOMPARE(form.plan().disks, QList{second});
}

void TestPlanForm::problemsAreShownAtTheirField()
{
    QWidget owner;
    wizards::PlanForm form(host(), &owner);
    form.suggest(suggestion());
    const auto label = [&owner](const char *name) {
        return owner.findChild<QLabel *>(QString::fromLatin1(name));
    };
    form.showProblems({});
    QVERIFY(label("nameProblem")->isHidden());
    form.showProblems({{engine::PlanField::Name, QStringLiteral("A name is needed")},
                       {engine::PlanField::Disk, QStringLiteral("Too small")},
                       {engine::PlanField::Disk, QStringLiteral("No space")},
                       {engine::PlanField::Firmware, QStringLiteral("No UEFI")}});
    QVERIFY(!label("nameProblem")->isHidden());
    QVERIFY(label("nameProblem")->text().contains(QStringLiteral("A name is needed")));
    QVERIFY(label("diskProblem")->text().contains(QStringLiteral("Too small")));
    QVERIFY(label("diskProblem")->text().contains(QStringLiteral("No space")));
    QVERIFY(label("firmwareProblem")->text().contains(QStringLiteral("No UEFI")));
    for (const char *name : {"memoryProblem", "cpuProblem", "mediumProblem"})
        QVERIFY2(label(name)->isHidden(), name);
    form.showProblems({});
    QVERIFY(label("diskProblem")->isHidden());
}

void TestPlanForm::withoutDisksItMayBeThrownAway()
{
    QWidget owner;
    wizards::PlanForm form(host(), &owner);
    form.suggest(suggestion());
    auto *disposable = owner.findChild<QCheckBox *>(QStringLiteral("disposable"));
    QVERIFY(disposable->isHidden());
    disposable->setChecked(true);
    QVERIFY(!form.plan().isDisposable);
    owner.findChild<QPushButton *>(QStringLiteral("removeDisk"))->click();
    QVERIFY(!disposable->isHidden());
    QVERIFY(form.plan().isDisposable);
}

QTEST_MAIN(TestPlanForm)
#include "tst_plan_form.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "wizards/plan_form.h"

#include <QtTest/QSignalSpy>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QRadioButton>
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
    plan.diskBytes = 20 * Gibibyte;
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
    void tooMuchMemoryIsSaid();
    void noDiskMeansDisposable();
};

void TestPlanForm::suggestionComesBackUnchanged()
{
    wizards::PlanForm form(host());
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
    QCOMPARE(plan.diskBytes, 20 * Gibibyte);
    QCOMPARE(int(plan.disk), int(engine::DiskChoice::NewDisk));
    QVERIFY(!plan.isDisposable);
}

void TestPlanForm::whatTheUserChangedStays()
{
    wizards::PlanForm form(host());
    form.suggest(suggestion());
    form.findChild<QSpinBox *>(QStringLiteral("memory"))->setValue(3000);
    engine::NewMachinePlan other = suggestion();
    other.name = QStringLiteral("Windows 11");
    other.memoryMiB = 4096;
    form.suggest(other);
    QCOMPARE(form.plan().memoryMiB, 3000);
    QCOMPARE(form.plan().name, QStringLiteral("Windows 11"));

    // Another medium has its own firmware and disk, but not another wish for memory.
    form.findChild<QRadioButton *>(QStringLiteral("noDisk"))->setChecked(true);
    auto *firmware = form.findChild<QComboBox *>(QStringLiteral("firmware"));
    firmware->setCurrentIndex(1);
    emit firmware->activated(1);
    form.followMedium(false);
    form.suggest(other);
    QCOMPARE(form.plan().memoryMiB, 3000);
    QCOMPARE(int(form.plan().firmware), int(engine::Firmware::Bios));
    QCOMPARE(int(form.plan().disk), int(engine::DiskChoice::NoDisk));
    form.followMedium(true);
    other.disk = engine::DiskChoice::ExistingDisk;
    other.existingDisk = QStringLiteral("/disk.qcow2");
    form.suggest(other);
    QCOMPARE(form.plan().existingDisk, QStringLiteral("/disk.qcow2"));
}

void TestPlanForm::problemsAreShownAtTheirField()
{
    wizards::PlanForm form(host());
    form.suggest(suggestion());
    const auto label = [&form](const char *name) {
        return form.findChild<QLabel *>(QString::fromLatin1(name));
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

void TestPlanForm::tooMuchMemoryIsSaid()
{
    wizards::PlanForm form(host());
    form.suggest(suggestion());
    auto *hint = form.findChild<QLabel *>(QStringLiteral("memoryHint"));
    const QString calm = hint->text();
    form.findChild<QSpinBox *>(QStringLiteral("memory"))->setValue(15 * 1024);
    QVERIFY(hint->text() != calm);
    QVERIFY(hint->text().contains(QStringLiteral("too little")));
}

void TestPlanForm::noDiskMeansDisposable()
{
    wizards::PlanForm form(host());
    form.suggest(suggestion());
    QSignalSpy changed(&form, &wizards::PlanForm::changed);
    form.findChild<QRadioButton *>(QStringLiteral("noDisk"))->setChecked(true);
    QVERIFY(!changed.isEmpty());
    QVERIFY(form.plan().isDisposable);
    QVERIFY(!form.findChild<QSpinBox *>(QStringLiteral("diskSize"))->isEnabled());
}

QTEST_MAIN(TestPlanForm)
#include "tst_plan_form.moc"

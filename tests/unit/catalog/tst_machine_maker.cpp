// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/machine_maker.h"
#include "engine/machine/machine_check.h"
#include "engine/media/disk_image.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <csignal>

#include <sys/resource.h>

using namespace engine;

namespace {

constexpr qint64 MiB = 1024 * 1024;

MachineDefinition namedDebian()
{
    MachineDefinition definition;
    definition.name = QStringLiteral("Debian 12");
    return definition;
}

} // namespace

class TestMachineMaker final : public QObject
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

    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        m_store = std::make_unique<MachineStore>(m_folder->filePath(QStringLiteral("config")),
                                                 m_folder->filePath(QStringLiteral("machines")));
    }

    void planFitsTheHost()
    {
        HostFacts host{.cpus = 2, .memoryBytes = 3000 * MiB, .freeMemoryBytes = 2000 * MiB};
        NewMachinePlan plan = suggestPlan(*m_catalog, debian(), *m_store, host);
        QCOMPARE(plan.name, QStringLiteral("Debian 12"));
        QCOMPARE(plan.memoryMiB, 1500);
        QCOMPARE(plan.cpus, 1);
        host = {.cpus = 16, .memoryBytes = 65536 * MiB, .freeMemoryBytes = 0};
        plan = suggestPlan(*m_catalog, debian(), *m_store, host);
        QCOMPARE(plan.memoryMiB, 2048);
        QCOMPARE(plan.cpus, 2);
        // Never below what the system needs.
        host.memoryBytes = 1024 * MiB;
        QCOMPARE(suggestPlan(*m_catalog, debian(), *m_store, host).memoryMiB, 1024);
    }

    void namesAreFreeAndUsable()
    {
        QVERIFY_OK(m_store->create(namedDebian()));
        QCOMPARE(suggest().name, QStringLiteral("Debian 12 (2)"));
        MediaInfo odd;
        odd.label = QStringLiteral("..a/b_c ");
        QCOMPARE(suggestPlan(*m_catalog, odd, *m_store, HostFacts::current()).name,
                 QStringLiteral("a b c"));
    }

    void definitionsHaveNoProblems()
    {
        for (const char *id : {"debian12", "win11", "winxp", "msdos6.22", "freebsd13.1", ""}) {
            MediaInfo media = debian();
            media.osId = QString::fromLatin1(id);
            NewMachinePlan plan = suggestPlan(*m_catalog, media, *m_store, HostFacts::current());
            const PlannedDisk fresh{.sizeBytes = 20480 * MiB};
            const PlannedDisk existing{.source = DiskSource::Existing,
                                       .path = QStringLiteral("/x.vdi")};
            const PlannedDisk copy{.source = DiskSource::Copy, .path = QStringLiteral("/x.vdi")};
            for (const QList<PlannedDisk> &disks :
                 {QList<PlannedDisk>{}, {fresh}, {existing}, {fresh, existing, copy}}) {
                plan.disks = disks;
                MachineDefinition definition = definitionFor(plan);
                definition.uuid = QUuid::createUuid();
                const auto problems = checkDefinition(definition);
                QVERIFY2(problems.isEmpty(), qPrintable(problems.value(0).text));
            }
        }
        const MachineDefinition definition = definitionFor(suggest());
        QVERIFY(findAttachment(definition, {QStringLiteral("VirtIO"), 0, 0}));
        QVERIFY(findAttachment(definition, {QStringLiteral("SATA"), 0, 0}));
        QVERIFY(definitionFor(suggest()).adapters.front().macAddress
                != definition.adapters.front().macAddress);
    }

    void whoAsksForTheBuiltInEngineGetsWhatItHas()
    {
        NewMachinePlan plan = suggest();
        plan.preset.nic = NicModel::E1000;
        plan.preset.diskBus = ControllerKind::Ide;
        plan.preset.opticalBus = ControllerKind::Ide;
        plan.engine = EngineChoice::Kvm;
        const MachineDefinition definition = definitionFor(plan);
        QCOMPARE(int(definition.adapters.front().model), int(NicModel::Virtio));
        QCOMPARE(definition.controllers.size(), 1);
        QCOMPARE(int(definition.controllers.front().kind), int(ControllerKind::Sata));
        QCOMPARE(definition.controllers.front().attachments.size(), 2);
        plan.engine = EngineChoice::Auto;
        QCOMPARE(int(definitionFor(plan).adapters.front().model), int(NicModel::E1000));
    }

    void machineAndDiskAreMade()
    {
        Result<MachineEntry> result = make(suggest());
        QVERIFY_OK(result);
        const QString disk = result->folder + QStringLiteral("/disks/Debian 12.qcow2");
        QVERIFY_OK(imageInfo(disk));
        QCOMPARE(imageInfo(disk)->virtualSizeBytes, 20480 * MiB);
        QVERIFY_OK(m_store->find(QStringLiteral("Debian 12")));
    }

    void windows11GetsWhatItAsksFor()
    {
        MediaInfo media = debian();
        media.osId = QStringLiteral("win11");
        const NewMachinePlan plan = suggestPlan(*m_catalog, media, *m_store, HostFacts::current());
        const MachineDefinition definition = definitionFor(plan);
        QCOMPARE(int(definition.firmware), int(Firmware::Uefi));
        QVERIFY(definition.isSecureBootOn);
        QCOMPARE(int(definition.tpm), int(TpmModel::Tpm20));
        QCOMPARE(int(definition.chipset), int(Chipset::Q35));
        QVERIFY(!definitionFor(suggest()).isSecureBootOn);
    }

    void everythingOfThePlanIsInTheDefinition()
    {
        NewMachinePlan plan = suggest();
        plan.firmware = Firmware::Uefi;
        plan.isSecureBootOn = true;
        plan.tpm = TpmModel::Tpm20;
        plan.isNetworkBoot = true;
        plan.network = NetworkMode::NotAttached;
        plan.disks.append({.format = ImageFormat::Vdi,
                           .sizeBytes = MiB,
                           .isDiscardOn = false,
                           .isSolidState = true});
        MachineDefinition definition = definitionFor(plan);
        QVERIFY(definition.isSecureBootOn);
        QCOMPARE(int(definition.tpm), int(TpmModel::Tpm20));
        QCOMPARE(int(definition.bootOrder.front()), int(BootDevice::Network));
        QCOMPARE(int(definition.adapters.front().mode), int(NetworkMode::NotAttached));
        const StorageAttachment *second =
            findAttachment(definition, {QStringLiteral("VirtIO"), 1, 0});
        QVERIFY(second);
        QCOMPARE(second->path, QStringLiteral("disks/Debian 12 2.vdi"));
        QCOMPARE(second->format, QStringLiteral("vdi"));
        QVERIFY(second->isSolidState && !second->isDiscardOn);
        plan.firmware = Firmware::Bios;
        plan.network = NetworkMode::None;
        definition = definitionFor(plan);
        QVERIFY(!definition.isSecureBootOn);
        QVERIFY(definition.adapters.isEmpty());
        const QList<PlanProblem> problems = planProblems(plan, *m_store);
        QVERIFY(std::any_of(problems.begin(), problems.end(), [](const PlanProblem &problem) {
            return problem.field == PlanField::SecureBoot;
        }));
        QVERIFY(std::any_of(problems.begin(), problems.end(), [](const PlanProblem &problem) {
            return problem.field == PlanField::Network;
        }));
    }

    void disksOfEveryKindAreMade()
    {
        const QString source = m_folder->filePath(QStringLiteral("old.raw"));
        QFile file(source);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(QByteArray(MiB, 'x')), MiB);
        file.close();
        const QString elsewhere = m_folder->filePath(QStringLiteral("else where"));
        NewMachinePlan plan = suggest();
        plan.preset.minimumDiskBytes = MiB;
        plan.disks.clear();
        for (const ImageFormat format : {ImageFormat::Qcow2, ImageFormat::Raw, ImageFormat::Vdi,
                                         ImageFormat::Vmdk, ImageFormat::Vhd, ImageFormat::Vhdx})
            plan.disks.append({.format = format, .sizeBytes = 16 * MiB});
        plan.disks.append({.folder = elsewhere,
                           .format = ImageFormat::Vmdk,
                           .sizeBytes = 8 * MiB,
                           .isFullyAllocated = true});
        plan.disks.append({.source = DiskSource::Copy, .path = source});
        QVERIFY2(planProblems(plan, *m_store).isEmpty(),
                 qPrintable(planProblems(plan, *m_store).value(0).text));
        const Result<MachineEntry> result = make(plan);
        QVERIFY_OK(result);
        QStringList formats;
        for (const QString &path : m_store->usedMedia(MediumKind::HardDisk)) {
            const auto info = imageInfo(path);
            QVERIFY_OK(info);
            formats.append(imageFormatName(info->format));
        }
        QCOMPARE(formats, QStringLiteral("qcow2 raw vdi vmdk vpc vhdx vmdk qcow2").split(u' '));
        QVERIFY(QFile::exists(elsewhere + QStringLiteral("/Debian 12 7.vmdk")));
        QCOMPARE(QDir(elsewhere)
                     .entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot)
                     .size(),
                 2); // the descriptor and its extent
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray(MiB, 'x'));
        QCOMPARE(QDir(m_store->machineFolder())
                     .entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
                 QStringList{QStringLiteral("Debian 12")});
        // The same again would overwrite the one that lies outside.
        plan.name = QStringLiteral("other");
        plan.disks = {plan.disks.at(6)};
        plan.disks[0].format = ImageFormat::Vmdk;
        QFile taken(elsewhere + QStringLiteral("/other.vmdk"));
        QVERIFY(taken.open(QIODevice::WriteOnly));
        QCOMPARE(planProblems(plan, *m_store).size(), 1);
        QVERIFY_ERROR(make(plan), ErrorKind::Busy);
        QVERIFY(!QFileInfo::exists(m_store->machineFolder() + QStringLiteral("/other")));
    }

    void aFailureHalfwayLeavesNothing()
    {
        NewMachinePlan plan = suggest();
        const QString elsewhere = m_folder->filePath(QStringLiteral("elsewhere"));
        const QString broken = m_folder->filePath(QStringLiteral("broken.qcow2"));
        QFile file(broken);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("QFI\xfb rubbish") > 0);
        file.close();
        plan.disks = {{.folder = elsewhere, .sizeBytes = 16 * MiB},
                      {.sizeBytes = 16 * MiB},
                      {.source = DiskSource::Copy, .path = broken}};
        const Result<MachineEntry> result = make(plan);
        QVERIFY(!result);
        QVERIFY2(result.error().text().find("broken.qcow2") != std::string::npos,
                 result.error().text().c_str());
        constexpr auto Everything = QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot;
        QVERIFY(QDir(m_store->machineFolder()).isEmpty(Everything));
        QVERIFY(QDir(elsewhere).isEmpty(Everything));
        QVERIFY(QFile::exists(broken));
        QVERIFY(m_store->machines().isEmpty());
    }

    void whatDoesNotFitIsNotAllocated()
    {
        NewMachinePlan plan = suggest();
        plan.disks[0].sizeBytes = qint64(1) << 54;
        QVERIFY(planProblems(plan, *m_store).isEmpty()); // it grows
        plan.disks[0].isFullyAllocated = true;
        const QList<PlanProblem> problems = planProblems(plan, *m_store);
        QCOMPARE(problems.size(), 1);
        QCOMPARE(problems.front().field, PlanField::Disk);
        QVERIFY2(problems.front().text.contains(QStringLiteral("at once")),
                 qPrintable(problems.front().text));
    }

    void cancelLeavesNothing()
    {
        QList<bool> results;
        MachineMaker maker(*m_store, suggest(), [&results](const Result<MachineEntry> &result) {
            results.append(!result && result.error().kind() == ErrorKind::Cancelled);
        });
        maker.start();
        maker.cancel();
        QTRY_COMPARE(results, QList<bool>{true});
        QVERIFY(QDir(m_store->machineFolder()).isEmpty());
        QVERIFY(m_store->machines().isEmpty());
    }

    void destroyedMakerLeavesNothing()
    {
        {
            MachineMaker maker(*m_store, suggest(), {});
            maker.start();
        }
        QVERIFY(QDir(m_store->machineFolder()).isEmpty());
    }

    void fullDiskLeavesNothing()
    {
        struct rlimit old = {};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &old), 0);
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        struct rlimit small = old;
        small.rlim_cur = 64 * 1024;
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
        const Result<MachineEntry> result = make(suggest());
        ::setrlimit(RLIMIT_FSIZE, &old);
        std::signal(SIGXFSZ, handler);
        QVERIFY_ERROR(result, ErrorKind::NoSpace);
        QVERIFY(QDir(m_store->machineFolder()).isEmpty());
    }

    void existingDiskIsLeftAlone()
    {
        const QString disk = m_folder->filePath(QStringLiteral("mine.raw"));
        QFile file(disk);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write("precious"), 8);
        file.close();
        NewMachinePlan plan = suggestPlanForDisk(*m_catalog, disk, *m_store, HostFacts::current());
        QCOMPARE(plan.name, QStringLiteral("mine"));
        QVERIFY(planProblems(plan, *m_store).isEmpty());
        QList<bool> results;
        MachineMaker maker(*m_store, plan, [&results](const Result<MachineEntry> &result) {
            results.append(result.has_value());
        });
        maker.start();
        maker.cancel();
        QTRY_COMPARE(results, QList<bool>{false});
        QVERIFY(QDir(m_store->machineFolder()).isEmpty());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("precious"));
        QVERIFY_OK(make(plan));
        plan.name = QStringLiteral("second");
        const QList<PlanProblem> problems = planProblems(plan, *m_store);
        QCOMPARE(problems.size(), 1);
        QCOMPARE(problems.front().field, PlanField::Disk);
    }

    void problemsAreToldBeforehand()
    {
        NewMachinePlan plan = suggest();
        QVERIFY(planProblems(plan, *m_store).isEmpty());
        plan.name = QStringLiteral("a/b");
        plan.memoryMiB = 5;
        plan.cpus = 0;
        plan.disks[0].sizeBytes = MiB;
        plan.isoPath = QStringLiteral("/no/such.iso");
        plan.isDisposable = true;
        QList<PlanField> fields;
        for (const PlanProblem &problem : planProblems(plan, *m_store)) {
            QVERIFY(!problem.text.isEmpty());
            fields.append(problem.field);
        }
        QCOMPARE(fields,
                 (QList<PlanField>{PlanField::Name, PlanField::Medium, PlanField::Memory,
                                   PlanField::Cpus, PlanField::Disk, PlanField::Disk}));
    }

    void missingFirmwareIsToldBeforehand()
    {
        qputenv("VITRINE_FIRMWARE_ROOT", QFile::encodeName(m_folder->path()));
        NewMachinePlan plan = suggest();
        plan.firmware = Firmware::Uefi;
        const QList<PlanProblem> problems = planProblems(plan, *m_store);
        plan.firmware = Firmware::Bios;
        const QList<PlanProblem> none = planProblems(plan, *m_store);
        qunsetenv("VITRINE_FIRMWARE_ROOT");
        QCOMPARE(problems.size(), 1);
        QCOMPARE(problems.front().field, PlanField::Firmware);
        QVERIFY(problems.front().text.contains(QStringLiteral("ovmf")));
        QVERIFY(none.isEmpty());
    }

    void takenNameFailsWithoutHarm()
    {
        const NewMachinePlan plan = suggest();
        QVERIFY_OK(make(plan));
        QVERIFY_ERROR(make(plan), ErrorKind::Busy);
        QVERIFY_OK(m_store->find(plan.name));
        QVERIFY(QFileInfo::exists(m_store->machineFolder()
                                  + QStringLiteral("/Debian 12/disks/Debian 12.qcow2")));
    }

    void whatNobodyKnowsGetsNothingOfTheUsers()
    {
        QCOMPARE(definitionFor(suggest()).clipboard, SharingMode::Bidirectional);
        QCOMPARE(definitionFor(suggest()).dragAndDrop, SharingMode::HostToGuest);
        NewMachinePlan plan = suggest();
        plan.osId.clear();
        QCOMPARE(definitionFor(plan).clipboard, SharingMode::Disabled);
        QCOMPARE(definitionFor(plan).dragAndDrop, SharingMode::Disabled);
    }

private:
    static MediaInfo debian()
    {
        MediaInfo media;
        media.osId = QStringLiteral("debian12");
        media.label = QStringLiteral("Debian 12");
        media.architecture = QStringLiteral("x86_64");
        return media;
    }

    NewMachinePlan suggest() const
    {
        return suggestPlan(*m_catalog, debian(), *m_store,
                           {.cpus = 4, .memoryBytes = 8192 * MiB, .freeMemoryBytes = 4096 * MiB});
    }

    Result<MachineEntry> make(const NewMachinePlan &plan)
    {
        Result<MachineEntry> result = Error(ErrorKind::Io, "not called");
        MachineMaker maker(*m_store, plan,
                           [&result](Result<MachineEntry> made) { result = std::move(made); });
        maker.waitForFinished();
        return result;
    }

    std::shared_ptr<const OsCatalog> m_catalog;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<MachineStore> m_store;
};

QTEST_GUILESS_MAIN(TestMachineMaker)
#include "tst_machine_maker.moc"

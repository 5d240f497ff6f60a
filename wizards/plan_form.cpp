// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/plan_form.h"

#include "ui/icons.h"
#include "wizards/disk_section.h"
#include "wizards/wrap_label.h"

#include <QtCore/QDir>
#include <QtCore/QLocale>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QCompleter>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSlider>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace wizards {

using engine::Firmware;
using engine::NetworkMode;
using engine::PlanField;
using engine::TpmModel;

namespace {

constexpr qint64 Gibibyte = 1024LL * 1024 * 1024;
constexpr qint64 Mebibyte = 1024LL * 1024;
constexpr int MemoryStep = 256;
constexpr int MinimumMemory = 16;

QString gigabytes(qint64 bytes)
{
    return PlanForm::tr("%1 GB").arg(QLocale().toString(double(bytes) / double(Gibibyte), 'f', 1));
}

void addLabeled(QFormLayout &form, const QString &text, QWidget *field, QWidget *buddy)
{
    auto *label = new QLabel(text, form.parentWidget());
    label->setBuddy(buddy);
    form.addRow(label, field);
}

QFormLayout *formIn(QWidget *section)
{
    auto *form = new QFormLayout(section);
    form->setContentsMargins(0, 0, 0, 0);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    return form;
}

} // namespace

PlanForm::PlanForm(const engine::HostFacts &host, QWidget *parent)
    : QObject(parent)
    , m_host(host)
    , m_names(new QWidget(parent))
    , m_hardware(new QWidget(parent))
    , m_networkSection(new QWidget(parent))
{
    buildNames();
    buildHardware();
    buildNetwork();
    buildDisks(parent);
    updateHints();
}

void PlanForm::buildNames()
{
    auto *form = formIn(m_names);
    m_name = new QLineEdit(m_names);
    m_name->setObjectName(QStringLiteral("name"));
    m_name->setAccessibleName(tr("Name"));
    addLabeled(*form, tr("&Name:"), m_name, m_name);
    form->addRow(QString(), addProblem(PlanField::Name, "nameProblem", m_names));

    m_system = new QComboBox(m_names);
    m_system->setObjectName(QStringLiteral("system"));
    m_system->setAccessibleName(tr("Operating system"));
    m_system->setEditable(true);
    m_system->setInsertPolicy(QComboBox::NoInsert);
    m_system->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_system->setMinimumContentsLength(24);
    m_system->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_system->completer()->setCompletionMode(QCompleter::PopupCompletion);
    m_system->completer()->setFilterMode(Qt::MatchContains);
    m_system->lineEdit()->setPlaceholderText(tr("Type to search"));
    addLabeled(*form, tr("Operating &system:"), m_system, m_system);

    m_folderRow = new QWidget(m_names);
    m_folder = new QLineEdit(m_folderRow);
    m_folder->setObjectName(QStringLiteral("baseFolder"));
    m_folder->setAccessibleName(tr("Folder for the machine"));
    auto *browse = new QPushButton(tr("Choose..."), m_folderRow);
    browse->setObjectName(QStringLiteral("baseFolderBrowse"));
    browse->setAccessibleName(tr("Choose the folder for the machine"));
    browse->setAutoDefault(false);
    auto *row = new QHBoxLayout(m_folderRow);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_folder, 1);
    row->addWidget(browse);
    addLabeled(*form, tr("&Where:"), m_folderRow, m_folder);
    m_place = new WrapLabel(m_names);
    m_place->setObjectName(QStringLiteral("folder"));
    m_place->setForegroundRole(QPalette::PlaceholderText);
    m_place->setTextInteractionFlags(Qt::TextSelectableByMouse);
    form->addRow(QString(), m_place);
    form->addRow(QString(), addProblem(PlanField::Folder, "folderProblem", m_names));
    form->addRow(QString(), addProblem(PlanField::Medium, "mediumProblem", m_names));

    connect(m_name, &QLineEdit::textEdited, this, [this] { touch(Field::Name); });
    connect(m_folder, &QLineEdit::textChanged, this, [this] {
        updateHints();
        if (!m_isFilling)
            emit changed();
    });
    connect(browse, &QPushButton::clicked, this, &PlanForm::chooseFolder);
    connect(m_system, &QComboBox::activated, this, [this] {
        touch(Field::System);
        emit systemChosen(m_system->currentData().toString());
    });
    connect(m_system->lineEdit(), &QLineEdit::editingFinished, this, [this] {
        // Half a word is no system; what was typed in full was activated above.
        const int found = m_system->findText(m_system->currentText(), Qt::MatchFixedString);
        if (found < 0)
            selectSystem(m_suggested.osId);
    });
}

void PlanForm::buildHardware()
{
    auto *form = formIn(m_hardware);
    QWidget *memory = memoryRow(m_hardware);
    addLabeled(*form, tr("&Memory:"), memory, m_memory);
    form->addRow(QString(), m_memoryHint);
    form->addRow(QString(), addProblem(PlanField::Memory, "memoryProblem", m_hardware));
    QWidget *cpus = cpuRow(m_hardware);
    addLabeled(*form, tr("P&rocessors:"), cpus, m_cpus);
    form->addRow(QString(), m_cpuHint);
    form->addRow(QString(), addProblem(PlanField::Cpus, "cpuProblem", m_hardware));

    m_firmware = new QComboBox(m_hardware);
    m_firmware->setObjectName(QStringLiteral("firmware"));
    m_firmware->setAccessibleName(tr("Firmware"));
    m_firmware->addItem(tr("BIOS"), int(Firmware::Bios));
    m_firmware->addItem(tr("UEFI"), int(Firmware::Uefi));
    addLabeled(*form, tr("&Firmware:"), m_firmware, m_firmware);
    form->addRow(QString(), addProblem(PlanField::Firmware, "firmwareProblem", m_hardware));
    m_secureBoot = new QCheckBox(tr("Secure &Boot, with Microsoft's keys"), m_hardware);
    m_secureBoot->setObjectName(QStringLiteral("secureBoot"));
    form->addRow(QString(), m_secureBoot);
    form->addRow(QString(), addProblem(PlanField::SecureBoot, "secureBootProblem", m_hardware));
    m_tpm = new QComboBox(m_hardware);
    m_tpm->setObjectName(QStringLiteral("tpm"));
    m_tpm->setAccessibleName(tr("TPM"));
    m_tpm->addItem(tr("None"), int(TpmModel::None));
    m_tpm->addItem(tr("TPM 2.0"), int(TpmModel::Tpm20));
    m_tpm->addItem(tr("TPM 1.2"), int(TpmModel::Tpm12));
    addLabeled(*form, tr("T&PM:"), m_tpm, m_tpm);
    form->addRow(QString(), addProblem(PlanField::Tpm, "tpmProblem", m_hardware));

    connect(m_firmware, &QComboBox::currentIndexChanged, this, [this] {
        const bool isUefi = Firmware(m_firmware->currentData().toInt()) == Firmware::Uefi;
        m_secureBoot->setEnabled(isUefi);
        m_secureBoot->setToolTip(isUefi ? QString() : tr("Secure Boot needs UEFI"));
        touch(Field::Firmware);
    });
    m_secureBoot->setEnabled(false);
    connect(m_secureBoot, &QCheckBox::toggled, this, [this] { touch(Field::SecureBoot); });
    connect(m_tpm, &QComboBox::currentIndexChanged, this, [this] { touch(Field::Tpm); });
}

void PlanForm::buildNetwork()
{
    auto *form = formIn(m_networkSection);
    m_network = new QComboBox(m_networkSection);
    m_network->setObjectName(QStringLiteral("network"));
    m_network->setAccessibleName(tr("Network"));
    m_network->addItem(tr("NAT: the machine uses this computer's network"), int(NetworkMode::Nat));
    m_network->addItem(tr("Not attached: a card without a network"), int(NetworkMode::NotAttached));
    m_network->addItem(tr("No network card"), int(NetworkMode::None));
    addLabeled(*form, tr("Netw&ork:"), m_network, m_network);
    form->addRow(QString(), addProblem(PlanField::Network, "networkProblem", m_networkSection));
    connect(m_network, &QComboBox::currentIndexChanged, this, [this] { touch(Field::Network); });
}

void PlanForm::buildDisks(QWidget *parent)
{
    m_diskBox = new QWidget(parent);
    m_disks = new DiskSection(m_diskBox);
    auto *layout = new QVBoxLayout(m_diskBox);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_disks);
    layout->addWidget(addProblem(PlanField::Disk, "diskProblem", m_diskBox));
    connect(m_disks, &DiskSection::changed, this, [this] { touch(Field::Disks); });
}

QWidget *PlanForm::memoryRow(QWidget *parent)
{
    const int hostMemory = int(qMax(m_host.memoryBytes / Mebibyte, qint64(1024)));
    auto *row = new QWidget(parent);
    m_memorySlider = new QSlider(Qt::Horizontal, row);
    m_memorySlider->setObjectName(QStringLiteral("memorySlider"));
    m_memorySlider->setAccessibleName(tr("Memory"));
    m_memorySlider->setRange(1, qMax(1, hostMemory / MemoryStep));
    m_memorySlider->setPageStep(4);
    m_memory = new QSpinBox(row);
    m_memory->setObjectName(QStringLiteral("memory"));
    m_memory->setAccessibleName(tr("Memory in megabytes"));
    m_memory->setRange(MinimumMemory, hostMemory);
    m_memory->setSingleStep(MemoryStep);
    m_memory->setSuffix(tr(" MB"));
    m_memoryHint = new QLabel(parent);
    m_memoryHint->setObjectName(QStringLiteral("memoryHint"));
    m_memoryHint->setForegroundRole(QPalette::PlaceholderText);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_memorySlider, 1);
    layout->addWidget(m_memory);
    connect(m_memorySlider, &QSlider::valueChanged, this, [this](int steps) {
        if (!m_isFilling)
            m_memory->setValue(steps * MemoryStep);
    });
    connect(m_memory, &QSpinBox::valueChanged, this, [this](int mebibytes) {
        const bool wasFilling = std::exchange(m_isFilling, true); // 700 MB stays 700 MB
        m_memorySlider->setValue(mebibytes / MemoryStep);
        m_isFilling = wasFilling;
        touch(Field::Memory);
    });
    return row;
}

QWidget *PlanForm::cpuRow(QWidget *parent)
{
    const int most = qBound(1, m_host.cpus, int(engine::MachineDefinition::MaxCpus));
    auto *row = new QWidget(parent);
    m_cpuSlider = new QSlider(Qt::Horizontal, row);
    m_cpuSlider->setObjectName(QStringLiteral("cpuSlider"));
    m_cpuSlider->setAccessibleName(tr("Processors"));
    m_cpuSlider->setRange(1, most);
    m_cpuSlider->setPageStep(1);
    m_cpuSlider->setEnabled(most > 1);
    m_cpus = new QSpinBox(row);
    m_cpus->setObjectName(QStringLiteral("cpus"));
    m_cpus->setAccessibleName(tr("Number of processors"));
    m_cpus->setRange(1, most);
    m_cpuHint = new QLabel(parent);
    m_cpuHint->setObjectName(QStringLiteral("cpuHint"));
    m_cpuHint->setForegroundRole(QPalette::PlaceholderText);
    m_cpus->setMinimumWidth(m_memory->sizeHint().width()); // both sliders end at one line
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_cpuSlider, 1);
    layout->addWidget(m_cpus);
    connect(m_cpuSlider, &QSlider::valueChanged, m_cpus, &QSpinBox::setValue);
    connect(m_cpus, &QSpinBox::valueChanged, this, [this](int cpus) {
        m_cpuSlider->setValue(cpus);
        touch(Field::Cpus);
    });
    return row;
}

QLabel *PlanForm::addProblem(PlanField field, const char *name, QWidget *parent)
{
    auto *label = new WrapLabel(parent);
    label->setObjectName(QString::fromLatin1(name));
    label->setAccessibleName(tr("Problem"));
    QFont bold = label->font();
    bold.setBold(true);
    label->setFont(bold);
    label->hide();
    m_problems.insert(field, label);
    return label;
}

void PlanForm::showProblems(const QList<engine::PlanProblem> &problems)
{
    for (auto field = m_problems.cbegin(); field != m_problems.cend(); ++field) {
        QStringList lines;
        for (const engine::PlanProblem &problem : problems)
            if (problem.field == field.key())
                //: In front of what is wrong with a field
                lines.append(tr("\u26a0 %1").arg(problem.text));
        const QString text = lines.join(u'\n');
        if (field.value()->text() != text)
            field.value()->setText(text);
        field.value()->setVisible(!lines.isEmpty());
    }
}

void PlanForm::setEnabled(bool isEnabled)
{
    for (QWidget *section : {m_names, m_hardware, m_networkSection, m_diskBox})
        section->setEnabled(isEnabled);
}

void PlanForm::setAllShown(bool isAll)
{
    m_disks->setAllShown(isAll);
}

void PlanForm::setSystems(const QList<engine::OsInfo> &systems)
{
    m_isFilling = true;
    m_system->clear();
    m_system->addItem(ui::osIcon({}), tr("Other or unknown"), QString());
    for (const engine::OsInfo &system : systems)
        m_system->addItem(ui::osIcon(system.id), system.name, system.id);
    selectSystem(m_suggested.osId);
    m_isFilling = false;
}

void PlanForm::selectSystem(const QString &osId)
{
    m_system->setCurrentIndex(qMax(0, m_system->findData(osId)));
}

void PlanForm::setFolder(const QString &folder)
{
    m_baseFolder = folder;
    m_folder->setPlaceholderText(QDir::toNativeSeparators(folder));
    updateHints();
}

void PlanForm::followMedium(bool isDisk)
{
    for (const Field field : {Field::System, Field::Firmware, Field::SecureBoot, Field::Tpm})
        m_touched.removeAll(field);
    if (isDisk)
        m_touched.removeAll(Field::Disks);
}

void PlanForm::suggest(const engine::NewMachinePlan &plan)
{
    m_suggested = plan;
    m_isFilling = true;
    const auto isFree = [this](Field field) { return !m_touched.contains(field); };
    if (isFree(Field::Name))
        m_name->setText(plan.name);
    if (isFree(Field::System))
        selectSystem(plan.osId);
    if (isFree(Field::Memory))
        m_memory->setValue(plan.memoryMiB);
    if (isFree(Field::Cpus))
        m_cpus->setValue(plan.cpus);
    if (isFree(Field::Firmware))
        m_firmware->setCurrentIndex(m_firmware->findData(int(plan.firmware)));
    if (isFree(Field::SecureBoot))
        m_secureBoot->setChecked(plan.isSecureBootOn);
    if (isFree(Field::Tpm))
        m_tpm->setCurrentIndex(m_tpm->findData(int(plan.tpm)));
    if (isFree(Field::Network))
        m_network->setCurrentIndex(m_network->findData(int(plan.network)));
    if (isFree(Field::Disks))
        m_disks->setDisks(plan.disks);
    m_isFilling = false;
    updateHints();
    emit changed();
}

engine::NewMachinePlan PlanForm::plan() const
{
    engine::NewMachinePlan plan = m_suggested;
    plan.name = m_name->text().trimmed();
    plan.folder = m_folder->text().trimmed();
    if (!plan.folder.isEmpty())
        plan.folder = QDir::cleanPath(QDir(m_baseFolder).absoluteFilePath(plan.folder));
    plan.osId = m_system->currentData().toString();
    plan.memoryMiB = m_memory->value();
    plan.cpus = m_cpus->value();
    plan.firmware = Firmware(m_firmware->currentData().toInt());
    plan.isSecureBootOn = plan.firmware == Firmware::Uefi && m_secureBoot->isChecked();
    plan.tpm = TpmModel(m_tpm->currentData().toInt());
    plan.network = NetworkMode(m_network->currentData().toInt());
    plan.disks = m_disks->disks();
    plan.isDisposable = m_disks->isDisposable();
    return plan;
}

void PlanForm::touch(Field field)
{
    updateHints();
    if (m_isFilling)
        return;
    if (!m_touched.contains(field))
        m_touched.append(field);
    emit changed();
}

void PlanForm::updateHints()
{
    m_memoryHint->setText(m_host.memoryBytes <= 0
                              ? QString()
                              : tr("This computer has %1.").arg(gigabytes(m_host.memoryBytes)));
    // Plural forms come from a translation, and English has none.
    m_cpuHint->setText(m_host.cpus <= 1 ? tr("This computer has one processor.")
                                        : tr("This computer has %1 processors.").arg(m_host.cpus));
    const QString base = m_folder->text().trimmed().isEmpty() ? m_baseFolder : m_folder->text();
    m_place->setText(base.isEmpty()
                         ? QString()
                         : QDir::toNativeSeparators(QDir(base).filePath(m_name->text().trimmed())));
    // Before the list of machines is there, it is empty.
    m_place->setAccessibleName(m_place->text().isEmpty() ? tr("Folder") : m_place->text());
}

void PlanForm::chooseFolder()
{
    auto *dialog = new QFileDialog(m_folderRow->window(), tr("Choose a Folder for the Machine"),
                                   m_folder->text().isEmpty() ? m_baseFolder : m_folder->text());
    dialog->setObjectName(QStringLiteral("folderDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, m_folder, &QLineEdit::setText);
    dialog->open();
}

} // namespace wizards

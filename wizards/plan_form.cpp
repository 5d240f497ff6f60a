// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/plan_form.h"

#include "ui/icons.h"

#include <QtCore/QDir>
#include <QtCore/QLocale>
#include <QtCore/QStandardPaths>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QCompleter>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QRadioButton>
#include <QtWidgets/QSlider>
#include <QtWidgets/QSpinBox>

#include <algorithm>

namespace wizards {

using engine::PlanField;

namespace {

constexpr qint64 Gibibyte = 1024LL * 1024 * 1024;
constexpr qint64 Mebibyte = 1024LL * 1024;
constexpr int MemoryStep = 256;
constexpr int MinimumMemory = 16;
constexpr int MaxDiskGib = 64 * 1024;

QLabel *buddyLabel(const QString &text, QWidget *buddy, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setBuddy(buddy);
    return label;
}

// A form layout gives a wrapping label no more than its preferred width, which is far too little.
void spread(QLabel &label)
{
    label.setWordWrap(true);
    label.setMinimumWidth(1); // a name without a space must not widen the dialog
    label.setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum);
}

QString gigabytes(qint64 bytes)
{
    return PlanForm::tr("%1 GB").arg(QLocale().toString(double(bytes) / double(Gibibyte), 'f', 1));
}

} // namespace

PlanForm::PlanForm(const engine::HostFacts &host, QWidget *parent)
    : QWidget(parent)
    , m_host(host)
    , m_form(new QFormLayout(this))
    , m_name(new QLineEdit(this))
    , m_system(new QComboBox(this))
    , m_firmware(new QComboBox(this))
    , m_folder(new QLabel(this))
{
    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);

    m_name->setObjectName(QStringLiteral("name"));
    m_name->setAccessibleName(tr("Name"));
    m_form->addRow(buddyLabel(tr("&Name:"), m_name, this), m_name);
    addProblemRow(PlanField::Name, "nameProblem");

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
    m_form->addRow(buddyLabel(tr("Operating &system:"), m_system, this), m_system);

    m_form->addRow(nullptr, memoryRow());
    m_form->setWidget(m_form->rowCount() - 1, QFormLayout::LabelRole,
                      buddyLabel(tr("&Memory:"), m_memory, this));
    m_form->addRow(QString(), m_memoryHint);
    addProblemRow(PlanField::Memory, "memoryProblem");
    m_form->addRow(nullptr, cpuRow());
    m_form->setWidget(m_form->rowCount() - 1, QFormLayout::LabelRole,
                      buddyLabel(tr("&Processors:"), m_cpus, this));
    m_form->addRow(QString(), m_cpuHint);
    addProblemRow(PlanField::Cpus, "cpuProblem");
    m_form->addRow(tr("Disk:"), diskRows());
    addProblemRow(PlanField::Disk, "diskProblem");

    m_firmware->setObjectName(QStringLiteral("firmware"));
    m_firmware->setAccessibleName(tr("Firmware"));
    m_firmware->addItem(tr("BIOS"), int(engine::Firmware::Bios));
    m_firmware->addItem(tr("UEFI"), int(engine::Firmware::Uefi));
    m_form->addRow(buddyLabel(tr("&Firmware:"), m_firmware, this), m_firmware);
    addProblemRow(PlanField::Firmware, "firmwareProblem");

    m_folder->setObjectName(QStringLiteral("folder"));
    m_folder->setTextFormat(Qt::PlainText);
    spread(*m_folder);
    m_folder->setForegroundRole(QPalette::PlaceholderText);
    m_folder->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_form->addRow(tr("Folder:"), m_folder);
    addProblemRow(PlanField::Medium, "mediumProblem");

    connect(m_name, &QLineEdit::textEdited, this, [this] { touch(Field::Name); });
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
    connect(m_firmware, &QComboBox::activated, this, [this] { touch(Field::Firmware); });
    updateDiskRows();
    updateHints();
}

QWidget *PlanForm::memoryRow()
{
    const int hostMemory = int(qMax(m_host.memoryBytes / Mebibyte, qint64(1024)));
    auto *row = new QWidget(this);
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
    m_memoryHint = new QLabel(this);
    m_memoryHint->setObjectName(QStringLiteral("memoryHint"));
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
        updateHints();
        touch(Field::Memory);
    });
    return row;
}

QWidget *PlanForm::cpuRow()
{
    const int most = qBound(1, m_host.cpus, int(engine::MachineDefinition::MaxCpus));
    auto *row = new QWidget(this);
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
    m_cpuHint = new QLabel(this);
    m_cpuHint->setObjectName(QStringLiteral("cpuHint"));
    m_cpus->setMinimumWidth(m_memory->sizeHint().width()); // both sliders end at one line
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_cpuSlider, 1);
    layout->addWidget(m_cpus);
    connect(m_cpuSlider, &QSlider::valueChanged, m_cpus, &QSpinBox::setValue);
    connect(m_cpus, &QSpinBox::valueChanged, this, [this](int cpus) {
        m_cpuSlider->setValue(cpus);
        updateHints();
        touch(Field::Cpus);
    });
    return row;
}

QWidget *PlanForm::diskRows()
{
    auto *rows = new QWidget(this);
    m_newDisk = new QRadioButton(tr("Ne&w disk of"), rows);
    m_newDisk->setObjectName(QStringLiteral("newDisk"));
    m_diskSize = new QSpinBox(rows);
    m_diskSize->setObjectName(QStringLiteral("diskSize"));
    m_diskSize->setAccessibleName(tr("Size of the new disk in gigabytes"));
    m_diskSize->setRange(1, MaxDiskGib);
    m_diskSize->setSuffix(tr(" GB"));
    auto *grows = new QLabel(tr("grows as it is used"), rows);
    grows->setForegroundRole(QPalette::PlaceholderText);
    m_existingDisk = new QRadioButton(tr("&Existing disk:"), rows);
    m_existingDisk->setObjectName(QStringLiteral("existingDisk"));
    m_diskPath = new QLineEdit(rows);
    m_diskPath->setObjectName(QStringLiteral("diskPath"));
    m_diskPath->setAccessibleName(tr("Existing disk image"));
    m_diskBrowse = new QPushButton(tr("B&rowse..."), rows);
    m_diskBrowse->setObjectName(QStringLiteral("diskBrowse"));
    m_diskBrowse->setAutoDefault(false);
    m_noDisk = new QRadioButton(
        tr("No disk, &try only: nothing is kept, the machine goes away at power-off"), rows);
    m_noDisk->setObjectName(QStringLiteral("noDisk"));
    auto *group = new QButtonGroup(rows);
    for (QRadioButton *button : {m_newDisk, m_existingDisk, m_noDisk})
        group->addButton(button);
    m_newDisk->setChecked(true);

    auto *first = new QHBoxLayout;
    first->addWidget(m_newDisk);
    first->addWidget(m_diskSize);
    first->addWidget(grows);
    first->addStretch();
    auto *second = new QHBoxLayout;
    second->addWidget(m_existingDisk);
    second->addWidget(m_diskPath, 1);
    second->addWidget(m_diskBrowse);
    auto *layout = new QVBoxLayout(rows);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(first);
    layout->addLayout(second);
    layout->addWidget(m_noDisk);

    connect(group, &QButtonGroup::buttonToggled, this, [this](QAbstractButton *, bool isOn) {
        if (!isOn)
            return;
        updateDiskRows();
        touch(Field::Disk);
        if (!m_isFilling && m_existingDisk->isChecked() && m_diskPath->text().isEmpty())
            chooseDisk();
    });
    connect(m_diskSize, &QSpinBox::valueChanged, this, [this] { touch(Field::DiskSize); });
    connect(m_diskPath, &QLineEdit::textChanged, this, [this] { touch(Field::Disk); });
    connect(m_diskBrowse, &QPushButton::clicked, this, &PlanForm::chooseDisk);
    return rows;
}

void PlanForm::addProblemRow(PlanField field, const char *name)
{
    auto *label = new QLabel(this);
    label->setObjectName(QString::fromLatin1(name));
    label->setAccessibleName(tr("Problem"));
    label->setTextFormat(Qt::PlainText);
    spread(*label);
    QFont bold = label->font();
    bold.setBold(true);
    label->setFont(bold);
    label->hide();
    m_form->addRow(QString(), label);
    m_problems.insert(field, label);
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
    updateHints();
}

void PlanForm::focusName()
{
    m_name->setFocus();
    m_name->selectAll();
}

void PlanForm::followMedium(bool isDisk)
{
    m_touched.removeAll(Field::System);
    m_touched.removeAll(Field::Firmware);
    if (isDisk)
        m_touched.removeAll(Field::Disk);
}

int PlanForm::labelWidth() const
{
    int width = 0;
    for (int row = 0; row < m_form->rowCount(); ++row)
        if (const QLayoutItem *label = m_form->itemAt(row, QFormLayout::LabelRole))
            width = qMax(width, label->sizeHint().width());
    return width;
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
    if (isFree(Field::DiskSize) && plan.diskBytes > 0)
        m_diskSize->setValue(int(qBound(qint64(1), plan.diskBytes / Gibibyte, qint64(MaxDiskGib))));
    if (isFree(Field::Disk)) {
        m_newDisk->setChecked(plan.disk == engine::DiskChoice::NewDisk);
        m_existingDisk->setChecked(plan.disk == engine::DiskChoice::ExistingDisk);
        m_noDisk->setChecked(plan.disk == engine::DiskChoice::NoDisk);
        m_diskPath->setText(plan.existingDisk);
    }
    if (isFree(Field::Firmware))
        m_firmware->setCurrentIndex(m_firmware->findData(int(plan.firmware)));
    m_isFilling = false;
    updateDiskRows();
    updateHints();
    emit changed();
}

engine::NewMachinePlan PlanForm::plan() const
{
    engine::NewMachinePlan plan = m_suggested;
    plan.name = m_name->text().trimmed();
    plan.osId = m_system->currentData().toString();
    plan.memoryMiB = m_memory->value();
    plan.cpus = m_cpus->value();
    plan.firmware = engine::Firmware(m_firmware->currentData().toInt());
    plan.disk = m_newDisk->isChecked() ? engine::DiskChoice::NewDisk
        : m_existingDisk->isChecked()  ? engine::DiskChoice::ExistingDisk
                                       : engine::DiskChoice::NoDisk;
    plan.diskBytes = m_diskSize->value() * Gibibyte;
    plan.existingDisk =
        plan.disk == engine::DiskChoice::ExistingDisk ? m_diskPath->text() : QString();
    plan.isDisposable = plan.disk == engine::DiskChoice::NoDisk;
    return plan;
}

void PlanForm::touch(Field field)
{
    if (m_isFilling)
        return;
    if (!m_touched.contains(field))
        m_touched.append(field);
    updateHints();
    emit changed();
}

void PlanForm::updateHints()
{
    const qint64 memory = m_memory->value() * Mebibyte;
    const QString all = gigabytes(m_host.memoryBytes);
    const QString free = gigabytes(m_host.freeMemoryBytes);
    if (m_host.memoryBytes <= 0)
        showHint(*m_memoryHint, {}, false);
    else if (memory > m_host.memoryBytes * 3 / 4)
        showHint(*m_memoryHint, tr("That leaves this computer too little: it has %1.").arg(all),
                 true);
    else if (m_host.freeMemoryBytes > 0 && memory > m_host.freeMemoryBytes)
        showHint(*m_memoryHint, tr("More than is free now: of %1, %2 are free.").arg(all, free),
                 true);
    else
        showHint(*m_memoryHint, tr("This computer has %1, of which %2 are free.").arg(all, free),
                 false);

    // Plural forms come from a translation, and English has none.
    if (m_host.cpus <= 1)
        showHint(*m_cpuHint, tr("This computer has one processor."), false);
    else if (m_cpus->value() >= m_host.cpus)
        showHint(*m_cpuHint,
                 tr("All %1 processors of this computer: it may feel slow.").arg(m_host.cpus),
                 true);
    else
        showHint(*m_cpuHint, tr("This computer has %1 processors.").arg(m_host.cpus), false);
    m_folder->setText(
        m_baseFolder.isEmpty()
            ? QString()
            : QDir::toNativeSeparators(QDir(m_baseFolder).filePath(m_name->text().trimmed())));
}

void PlanForm::showHint(QLabel &label, const QString &text, bool isWarning)
{
    label.setForegroundRole(isWarning ? QPalette::WindowText : QPalette::PlaceholderText);
    //: In front of what is wrong with a field
    label.setText(isWarning ? tr("\u26a0 %1").arg(text) : text);
}

void PlanForm::updateDiskRows()
{
    m_diskSize->setEnabled(m_newDisk->isChecked());
    m_diskPath->setEnabled(m_existingDisk->isChecked());
    m_diskBrowse->setEnabled(m_existingDisk->isChecked());
}

void PlanForm::chooseDisk()
{
    auto *dialog = new QFileDialog(
        this, tr("Choose a Disk Image"), {},
        tr("Disk images (*.qcow2 *.vdi *.vmdk *.vhdx *.vhd *.raw *.img);;All files (*)"));
    dialog->setObjectName(QStringLiteral("diskDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString &path) { m_diskPath->setText(path); });
    dialog->open();
}

} // namespace wizards

// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/disk_section.h"

#include "ui/icons.h"
#include "wizards/sentence_list.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QVBoxLayout>

#include <utility>

namespace wizards {

using engine::DiskSource;
using engine::ImageFormat;
using engine::PlannedDisk;

namespace {

constexpr qint64 Gibibyte = 1024LL * 1024 * 1024;
constexpr int MaxDiskGib = 64 * 1024;
constexpr int DefaultGib = 20;
constexpr int ListRows = 3;

} // namespace

DiskSection::DiskSection(QWidget *parent)
    : QWidget(parent)
    , m_list(new QListWidget(this))
    , m_disposable(new QCheckBox(tr("Tr&y only: the machine goes away at power-off"), this))
{
    m_list->setObjectName(QStringLiteral("disks"));
    m_list->setAccessibleName(tr("Disks"));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setFixedHeight(ListRows * (m_list->fontMetrics().height() + 6)
                           + 2 * m_list->frameWidth());
    auto *add = new QPushButton(tr("A&dd New"), this);
    add->setObjectName(QStringLiteral("addDisk"));
    auto *addExisting = new QPushButton(tr("Add Existin&g..."), this);
    addExisting->setObjectName(QStringLiteral("addExistingDisk"));
    m_remove = new QPushButton(tr("Remo&ve"), this);
    m_remove->setObjectName(QStringLiteral("removeDisk"));
    auto *buttons = new QVBoxLayout;
    for (QPushButton *button : {add, addExisting, m_remove}) {
        button->setAutoDefault(false);
        buttons->addWidget(button);
    }
    buttons->addStretch();
    auto *top = new QHBoxLayout;
    top->addWidget(m_list, 1);
    top->addLayout(buttons);
    m_disposable->setObjectName(QStringLiteral("disposable"));
    m_editor = buildEditor();

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(top);
    layout->addWidget(m_disposable);
    layout->addWidget(m_editor);

    connect(add, &QPushButton::clicked, this, &DiskSection::addNew);
    connect(addExisting, &QPushButton::clicked, this, &DiskSection::addExisting);
    connect(m_remove, &QPushButton::clicked, this, &DiskSection::remove);
    connect(m_disposable, &QCheckBox::toggled, this, &DiskSection::changed);
    connect(m_list, &QListWidget::currentRowChanged, this, [this] {
        if (m_isFilling)
            return;
        fillEditor();
        emit selectionChanged();
    });
    updateList();
    fillEditor();
}

QWidget *DiskSection::buildEditor()
{
    auto *editor = new QWidget(this);
    m_form = new QFormLayout(editor);
    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    m_kind = new QComboBox(editor);
    m_kind->setObjectName(QStringLiteral("diskKind"));
    m_kind->addItem(tr("New disk"), int(DiskSource::New));
    m_kind->addItem(tr("Existing disk, used where it is"), int(DiskSource::Existing));
    m_kind->addItem(tr("Copy of an existing disk"), int(DiskSource::Copy));
    m_size = new QSpinBox(editor);
    m_size->setObjectName(QStringLiteral("diskSize"));
    m_size->setAccessibleName(tr("Size of the new disk in gigabytes"));
    m_size->setRange(1, MaxDiskGib);
    m_size->setSuffix(tr(" GB"));
    m_pathRow = pathRow(m_path, "diskPath", tr("Choose a Disk Image"), false);
    m_path->setAccessibleName(tr("Existing disk image"));
    m_format = new QComboBox(editor);
    m_format->setObjectName(QStringLiteral("diskFormat"));
    m_format->addItem(tr("qcow2 (grows, saved states)"), int(ImageFormat::Qcow2));
    m_format->addItem(tr("raw (plain)"), int(ImageFormat::Raw));
    m_format->addItem(tr("VDI (VirtualBox)"), int(ImageFormat::Vdi));
    m_format->addItem(tr("VMDK (VMware)"), int(ImageFormat::Vmdk));
    m_format->addItem(tr("VHD (Virtual PC)"), int(ImageFormat::Vhd));
    m_format->addItem(tr("VHDX (Hyper-V)"), int(ImageFormat::Vhdx));
    m_allocated = new QCheckBox(tr("Take all its space now, instead of growing"), editor);
    m_allocated->setObjectName(QStringLiteral("diskAllocated"));
    m_folderRow = pathRow(m_folder, "diskFolder", tr("Choose a Folder for the Disk"), true);
    m_folder->setAccessibleName(tr("Folder of the disk"));
    m_folder->setPlaceholderText(tr("The machine's folder"));
    m_discard = new QCheckBox(tr("Give space back that the guest frees (discard)"), editor);
    m_discard->setObjectName(QStringLiteral("diskDiscard"));
    m_solidState = new QCheckBox(tr("Tell the guest that it is a solid-state disk"), editor);
    m_solidState->setObjectName(QStringLiteral("diskSolidState"));
    m_remarks = new SentenceList(editor);
    m_remarks->setObjectName(QStringLiteral("diskRemarks"));

    m_form->addRow(tr("Disk:"), m_kind);
    m_form->addRow(tr("Si&ze:"), m_size);
    m_form->addRow(tr("Fi&le:"), m_pathRow);
    m_form->addRow(QString(), m_remarks);
    m_form->addRow(tr("Format:"), m_format);
    m_form->addRow(QString(), m_allocated);
    m_form->addRow(tr("Folder:"), m_folderRow);
    m_form->addRow(QString(), m_discard);
    m_form->addRow(QString(), m_solidState);
    for (const auto &[row, line] : {std::pair{m_pathRow, m_path}, {m_folderRow, m_folder}})
        qobject_cast<QLabel *>(m_form->labelForField(row))->setBuddy(line);

    for (QComboBox *box : {m_kind, m_format})
        connect(box, &QComboBox::currentIndexChanged, this, &DiskSection::readEditor);
    for (QLineEdit *line : {m_path, m_folder})
        connect(line, &QLineEdit::textChanged, this, &DiskSection::readEditor);
    for (QCheckBox *box : {m_allocated, m_discard, m_solidState})
        connect(box, &QCheckBox::toggled, this, &DiskSection::readEditor);
    connect(m_size, &QSpinBox::valueChanged, this, &DiskSection::readEditor);
    return editor;
}

QWidget *DiskSection::pathRow(QLineEdit *&line, const char *name, const QString &title,
                              bool isFolder)
{
    auto *row = new QWidget(this);
    line = new QLineEdit(row);
    line->setObjectName(QString::fromLatin1(name));
    line->setClearButtonEnabled(isFolder);
    auto *browse = new QPushButton(tr("Choose..."), row);
    browse->setObjectName(QString::fromLatin1(name) + QStringLiteral("Browse"));
    browse->setAccessibleName(title);
    browse->setAutoDefault(false);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(line, 1);
    layout->addWidget(browse);
    connect(browse, &QPushButton::clicked, this,
            [this, at = line, isFolder] { choose(*at, isFolder); });
    return row;
}

void DiskSection::setDisks(const QList<PlannedDisk> &disks)
{
    if (disks == m_disks)
        return;
    m_disks = disks;
    updateList();
    fillEditor();
    emit selectionChanged();
}

bool DiskSection::isDisposable() const
{
    return m_disks.isEmpty() && m_disposable->isChecked();
}

void DiskSection::setAllShown(bool isAll)
{
    m_isAllShown = isAll;
    fillEditor();
}

void DiskSection::setRemarks(const QList<engine::FitSentence> &remarks)
{
    m_remarks->setSentences(remarks);
}

int DiskSection::selected() const
{
    return m_list->currentRow();
}

void DiskSection::select(int disk)
{
    m_list->setCurrentRow(disk);
}

void DiskSection::addNew()
{
    m_disks.append(PlannedDisk{.sizeBytes = DefaultGib * Gibibyte});
    updateList();
    select(int(m_disks.size()) - 1);
    fillEditor();
    emit changed();
}

void DiskSection::addExisting()
{
    auto *dialog = new QFileDialog(
        this, tr("Choose a Disk Image"), {},
        tr("Disk images (*.qcow2 *.vdi *.vmdk *.vhdx *.vhd *.raw *.img);;All files (*)"));
    dialog->setObjectName(QStringLiteral("diskDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        m_disks.append(PlannedDisk{.source = DiskSource::Existing, .path = path});
        updateList();
        select(int(m_disks.size()) - 1);
        fillEditor();
        emit changed();
    });
    dialog->open();
}

void DiskSection::remove()
{
    const int disk = selected();
    if (disk < 0)
        return;
    m_disks.removeAt(disk);
    updateList();
    fillEditor();
    emit changed();
    emit selectionChanged();
}

void DiskSection::updateList()
{
    const int row = selected();
    m_isFilling = true;
    while (m_list->count() > m_disks.size())
        delete m_list->takeItem(m_list->count() - 1);
    while (m_list->count() < m_disks.size())
        m_list->addItem(QString());
    for (qsizetype i = 0; i < m_disks.size(); ++i) {
        const PlannedDisk &disk = m_disks.at(i);
        const QString file =
            disk.path.isEmpty() ? tr("no file yet") : QFileInfo(disk.path).fileName();
        QListWidgetItem &item = *m_list->item(int(i));
        item.setIcon(ui::icon(QStringLiteral("drive-harddisk")));
        switch (disk.source) {
        case DiskSource::New:
            //: A number of gigabytes, an image format
            item.setText(tr("New disk, %1 GB, %2")
                             .arg(disk.sizeBytes / Gibibyte)
                             .arg(m_format->itemText(m_format->findData(int(disk.format)))
                                      .section(QLatin1Char(' '), 0, 0)));
            break;
        case DiskSource::Existing:
            item.setText(tr("%1, where it is").arg(file));
            break;
        case DiskSource::Copy:
            item.setText(tr("Copy of %1").arg(file));
            break;
        }
    }
    if (!m_disks.isEmpty())
        m_list->setCurrentRow(qBound(0, row, int(m_disks.size()) - 1));
    m_isFilling = false;
}

void DiskSection::setRowShown(QWidget *field, bool isShown)
{
    field->setVisible(isShown);
    if (QWidget *label = m_form->labelForField(field))
        label->setVisible(isShown);
}

void DiskSection::fillEditor()
{
    const int row = selected();
    const bool hasDisk = row >= 0 && row < m_disks.size();
    m_editor->setVisible(hasDisk);
    m_remove->setEnabled(hasDisk);
    m_disposable->setVisible(m_disks.isEmpty());
    if (!hasDisk)
        return;
    const PlannedDisk &disk = m_disks.at(row);
    m_isFilling = true;
    m_kind->setCurrentIndex(m_kind->findData(int(disk.source)));
    if (disk.sizeBytes > 0)
        m_size->setValue(int(qBound(qint64(1), disk.sizeBytes / Gibibyte, qint64(MaxDiskGib))));
    if (m_path->text() != disk.path)
        m_path->setText(disk.path);
    m_format->setCurrentIndex(m_format->findData(int(disk.format)));
    m_allocated->setChecked(disk.isFullyAllocated);
    if (m_folder->text() != disk.folder)
        m_folder->setText(disk.folder);
    m_discard->setChecked(disk.isDiscardOn);
    m_solidState->setChecked(disk.isSolidState);
    m_isFilling = false;
    const bool isNew = disk.source == DiskSource::New;
    const bool isMade = disk.source != DiskSource::Existing;
    setRowShown(m_size, isNew);
    setRowShown(m_pathRow, !isNew);
    setRowShown(m_format, isMade && m_isAllShown);
    setRowShown(m_allocated, isMade);
    setRowShown(m_folderRow, isMade && m_isAllShown);
    setRowShown(m_discard, m_isAllShown);
    setRowShown(m_solidState, m_isAllShown);
    if (isNew)
        m_remarks->setSentences({});
}

void DiskSection::readEditor()
{
    const int row = selected();
    if (m_isFilling || row < 0 || row >= m_disks.size())
        return;
    PlannedDisk &disk = m_disks[row];
    disk.source = DiskSource(m_kind->currentData().toInt());
    disk.sizeBytes = m_size->value() * Gibibyte;
    disk.path = m_path->text().trimmed();
    disk.format = ImageFormat(m_format->currentData().toInt());
    disk.isFullyAllocated = m_allocated->isChecked();
    disk.folder = m_folder->text().trimmed();
    disk.isDiscardOn = m_discard->isChecked();
    disk.isSolidState = m_solidState->isChecked();
    updateList();
    fillEditor();
    emit changed();
}

void DiskSection::choose(QLineEdit &line, bool isFolder)
{
    auto *dialog = new QFileDialog(
        this, isFolder ? tr("Choose a Folder for the Disk") : tr("Choose a Disk Image"), {},
        isFolder
            ? QString()
            : tr("Disk images (*.qcow2 *.vdi *.vmdk *.vhdx *.vhd *.raw *.img);;All files (*)"));
    dialog->setObjectName(QStringLiteral("diskDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(isFolder ? QFileDialog::Directory : QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, &line, &QLineEdit::setText);
    dialog->open();
}

} // namespace wizards

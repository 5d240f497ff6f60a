// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/new_disk_dialog.h"

#include "ui/settings/problem_line.h"
#include "ui/settings/storage_words.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QVBoxLayout>

namespace ui {

using engine::ImageFormat;

namespace {

constexpr qint64 Gibibyte = 1024LL * 1024 * 1024;
constexpr int UsualGib = 20;
constexpr int MaxGib = 64 * 1024;

constexpr ImageFormat Formats[] = {ImageFormat::Qcow2, ImageFormat::Raw, ImageFormat::Vdi,
                                   ImageFormat::Vmdk,  ImageFormat::Vhd, ImageFormat::Vhdx};

QString suffixOf(ImageFormat format)
{
    switch (format) {
    case ImageFormat::Raw:
        return QStringLiteral("img");
    case ImageFormat::Vhd:
        return QStringLiteral("vhd");
    default:
        return engine::imageFormatName(format);
    }
}

engine::DefinitionProblem error(const QString &text)
{
    return {engine::DefinitionProblem::Severity::Error, {}, text};
}

} // namespace

QString formatTitle(ImageFormat format)
{
    switch (format) {
    case ImageFormat::Qcow2:
        return NewDiskDialog::tr("QCOW2 (QEMU)");
    case ImageFormat::Raw:
        return NewDiskDialog::tr("Raw");
    case ImageFormat::Vdi:
        return NewDiskDialog::tr("VDI (VirtualBox)");
    case ImageFormat::Vmdk:
        return NewDiskDialog::tr("VMDK (VMware)");
    case ImageFormat::Vhd:
        return NewDiskDialog::tr("VHD (Virtual PC)");
    case ImageFormat::Vhdx:
        return NewDiskDialog::tr("VHDX (Hyper-V)");
    case ImageFormat::Unknown:
        break;
    }
    return NewDiskDialog::tr("Unknown");
}

NewDiskDialog::NewDiskDialog(const SettingsContext &context, const QString &machineName,
                             QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_path(new QLineEdit(this))
    , m_size(new QSpinBox(this))
    , m_format(new QComboBox(this))
    , m_full(new QCheckBox(tr("&Take all the space now"), this))
    , m_free(new QLabel(this))
    , m_problem(new ProblemLine(this))
{
    setObjectName(QStringLiteral("newDiskDialog"));
    setWindowTitle(tr("New Hard Disk"));
    auto *form = new QFormLayout;

    m_path->setObjectName(QStringLiteral("newDiskPath"));
    m_path->setText(QDir::toNativeSeparators(freePath(machineName)));
    m_path->setMinimumWidth(380);
    auto *browse = new QPushButton(tr("C&hoose..."), this);
    browse->setAutoDefault(false);
    auto *row = new QHBoxLayout;
    row->addWidget(m_path, 1);
    row->addWidget(browse);
    auto *pathLabel = new QLabel(tr("&File:"), this);
    pathLabel->setBuddy(m_path);
    form->addRow(pathLabel, row);

    m_size->setObjectName(QStringLiteral("newDiskSize"));
    m_size->setRange(1, MaxGib);
    m_size->setValue(UsualGib);
    m_size->setSuffix(tr(" GB"));
    auto *sizeLabel = new QLabel(tr("&Size:"), this);
    sizeLabel->setBuddy(m_size);
    form->addRow(sizeLabel, m_size);
    m_free->setForegroundRole(QPalette::PlaceholderText);
    form->addRow(QString(), m_free);

    m_format->setObjectName(QStringLiteral("newDiskFormat"));
    for (const ImageFormat format : Formats)
        m_format->addItem(formatTitle(format), int(format));
    auto *formatLabel = new QLabel(tr("F&ormat:"), this);
    formatLabel->setBuddy(m_format);
    form->addRow(formatLabel, m_format);
    m_full->setObjectName(QStringLiteral("newDiskFull"));
    m_full->setToolTip(tr("Otherwise the file grows as the guest writes"));
    form->addRow(QString(), m_full);
    form->addRow(QString(), m_problem);

    auto *hint = new QLabel(tr("The disk is made when the settings are accepted."), this);
    hint->setWordWrap(true);
    hint->setForegroundRole(QPalette::PlaceholderText);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setText(tr("&Add"));
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(hint);
    layout->addStretch();
    layout->addWidget(buttons);

    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        emit chosen(request());
        accept();
    });
    connect(browse, &QPushButton::clicked, this, &NewDiskDialog::chooseFile);
    connect(m_path, &QLineEdit::textChanged, this, &NewDiskDialog::check);
    connect(m_size, &QSpinBox::valueChanged, this, &NewDiskDialog::check);
    connect(m_full, &QCheckBox::toggled, this, &NewDiskDialog::check);
    connect(m_format, &QComboBox::currentIndexChanged, this, &NewDiskDialog::formatChanged);
    check();
    m_size->setFocus();
    m_size->selectAll();
}

bool NewDiskDialog::isTaken(const QString &path) const
{
    return QFileInfo::exists(path) || m_context.isNewDisk(path);
}

QString NewDiskDialog::freePath(const QString &machineName) const
{
    const QString base = m_context.machineFolder + QStringLiteral("/disks/") + machineName;
    QString path = base + QStringLiteral(".qcow2");
    for (int number = 2; isTaken(path); ++number)
        path = QStringLiteral("%1-%2.qcow2").arg(base).arg(number);
    return path;
}

engine::CreateImageRequest NewDiskDialog::request() const
{
    return {.path = QDir::cleanPath(
                QDir(m_context.machineFolder)
                    .absoluteFilePath(QDir::fromNativeSeparators(m_path->text().trimmed()))),
            .format = ImageFormat(m_format->currentData().toInt()),
            .sizeBytes = m_size->value() * Gibibyte,
            .isPreallocated = m_full->isChecked()};
}

void NewDiskDialog::formatChanged()
{
    const QFileInfo info(request().path);
    // A suffix that says something else would be taken at its word by other programs.
    if (engine::imageFormatFromSuffix(info.filePath()) != ImageFormat::Unknown) {
        m_path->setText(QDir::toNativeSeparators(info.path() + u'/' + info.completeBaseName() + u'.'
                                                 + suffixOf(request().format)));
    }
    check();
}

void NewDiskDialog::chooseFile()
{
    auto *dialog = new QFileDialog(this, tr("New Hard Disk"), request().path);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setOption(QFileDialog::DontConfirmOverwrite); // it is refused below
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString &path) { m_path->setText(QDir::toNativeSeparators(path)); });
    dialog->open();
}

void NewDiskDialog::check()
{
    const engine::CreateImageRequest wanted = request();
    const QFileInfo folder(QFileInfo(wanted.path).path());
    const qint64 free = engine::freeBytesFor(wanted.path);
    m_free->setText(free < 0 ? QString() : tr("%1 are free there.").arg(byteText(free)));
    QList<engine::DefinitionProblem> problems;
    if (m_path->text().trimmed().isEmpty())
        problems.append(error(tr("The disk needs a file")));
    else if (isTaken(wanted.path))
        problems.append(error(tr("There is a file of that name already")));
    else if (folder.exists() && !folder.isWritable())
        problems.append(error(tr("You may not write to the folder \"%1\"").arg(folder.path())));
    if (free >= 0 && wanted.sizeBytes > free) {
        if (wanted.isPreallocated)
            problems.append(error(tr("There is not so much space there")));
        else
            problems.append(
                {engine::DefinitionProblem::Severity::Warning,
                 {},
                 tr("The disk cannot be filled: it is larger than the space that is free")});
    }
    m_problem->show(problems);
    m_ok->setEnabled(!hasError(problems));
}

} // namespace ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/machine_task_dialog.h"

#include "engine/machine/qt_text.h"
#include "ui/error_box.h"
#include "ui/icons.h"

#include <QtCore/QDir>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

namespace ui {

namespace {

QLabel *wordsLabel(const char *name, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setObjectName(QString::fromLatin1(name));
    label->setTextFormat(Qt::PlainText); // names come from files of anybody's making
    label->setWordWrap(true);
    label->hide();
    return label;
}

} // namespace

MachineTaskDialog::MachineTaskDialog(const QString &startText, QWidget *parent)
    : QDialog(parent)
    , m_form(new QFormLayout)
    , m_fields(new QWidget(this))
    , m_problem(wordsLabel("problem", this))
    , m_notes(wordsLabel("notes", this))
    , m_progress(new QProgressBar(this))
{
    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_fields->setLayout(m_form);
    m_progress->setObjectName(QStringLiteral("progress"));
    m_progress->setAccessibleName(tr("Progress"));
    m_progress->setRange(0, 100);
    m_progress->hide();
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_start = buttons->addButton(startText, QDialogButtonBox::AcceptRole);
    m_start->setObjectName(QStringLiteral("start"));
    m_start->setDefault(true);
    m_cancel = buttons->button(QDialogButtonBox::Cancel);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_fields);
    layout->addWidget(m_problem);
    layout->addWidget(m_notes);
    layout->addWidget(m_progress);
    layout->addStretch(1);
    layout->addWidget(buttons);
    setMinimumWidth(fontMetrics().averageCharWidth() * 70);
}

MachineTaskDialog::~MachineTaskDialog() = default;

QLineEdit *MachineTaskDialog::addFolderField(const QString &label, const QString &folder)
{
    auto *line = new QLineEdit(QDir::toNativeSeparators(folder), this);
    line->setObjectName(QStringLiteral("folder"));
    auto *choose = new QPushButton(icon(QStringLiteral("folder-open")), tr("&Browse..."), this);
    choose->setAutoDefault(false);
    choose->setAccessibleName(tr("Browse for the folder"));
    auto *both = new QHBoxLayout;
    both->addWidget(line, 1);
    both->addWidget(choose);
    m_form->addRow(label, both);
    if (auto *caption = qobject_cast<QLabel *>(m_form->labelForField(both)))
        caption->setBuddy(line);
    line->setAccessibleName(QString(label).remove(u'&').remove(u':'));
    connect(line, &QLineEdit::textChanged, this, &MachineTaskDialog::check);
    connect(choose, &QPushButton::clicked, this, [this, line] {
        auto *dialog = new QFileDialog(this, tr("Choose a Folder"), line->text());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::Directory);
        dialog->setOption(QFileDialog::ShowDirsOnly);
        connect(dialog, &QFileDialog::fileSelected, line,
                [line](const QString &path) { line->setText(QDir::toNativeSeparators(path)); });
        dialog->open();
    });
    return line;
}

void MachineTaskDialog::check()
{
    const Verdict now = verdict();
    m_problem->setText(now.problem.isEmpty() ? QString() : sentence(now.problem));
    m_problem->setVisible(!now.problem.isEmpty());
    m_notes->setText(now.notes.join(QStringLiteral("\n")));
    m_notes->setVisible(now.problem.isEmpty() && !now.notes.isEmpty());
    m_start->setEnabled(now.problem.isEmpty());
}

void MachineTaskDialog::accept()
{
    if (isWorking())
        return;
    engine::Result<engine::MachineTask *> task = begin();
    if (!task) {
        showError(this, failureText(), task.error());
        check();
        return;
    }
    m_task = *task;
    connect(m_task, &engine::MachineTask::progressed, m_progress, &QProgressBar::setValue);
    m_fields->setEnabled(false);
    m_start->setEnabled(false);
    m_progress->setValue(0);
    m_progress->show();
    m_cancel->setFocus();
}

void MachineTaskDialog::reject()
{
    if (!isWorking()) {
        QDialog::reject();
        return;
    }
    m_task->cancel();
    m_cancel->setEnabled(false);
}

void MachineTaskDialog::finished(const engine::Result<engine::MachineEntry> &result)
{
    if (m_task)
        m_task->deleteLater(); // we are in its signal
    m_task.clear();
    if (result) {
        emit done(*result);
        QDialog::accept();
        return;
    }
    m_fields->setEnabled(true);
    m_cancel->setEnabled(true);
    m_progress->hide();
    if (result.error().kind() == engine::ErrorKind::Cancelled) {
        QDialog::reject();
        return;
    }
    check();
    showError(this, failureText(), result.error());
}

} // namespace ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/shared_folders.h"

#include "ui/empty_text.h"
#include "ui/icons.h"
#include "ui/mount_command.h"
#include "ui/share_dialog.h"

#include <QtCore/QDir>
#include <QtGui/QFontDatabase>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

namespace ui {

SharedFolders::SharedFolders(QWidget *parent)
    : QWidget(parent)
    , m_list(new QListWidget(this))
    , m_add(new QToolButton(this))
    , m_remove(new QToolButton(this))
    , m_name(new QLineEdit(this))
    , m_path(new QLineEdit(this))
    , m_choose(new QPushButton(tr("C&hoose…"), this))
    , m_isReadOnly(new QCheckBox(tr("&Read-only"), this))
    , m_isAutomounted(new QCheckBox(tr("Mount &automatically"), this))
    , m_mountPoint(new QLineEdit(this))
    , m_command(new QLineEdit(this))
    , m_copy(new QPushButton(ui::icon(QStringLiteral("edit-copy")), tr("Co&py"), this))
{
    m_list->setObjectName(QStringLiteral("sharedFolderList"));
    m_list->setAccessibleName(tr("Shared folders"));
    m_list->setMaximumHeight(8 * fontMetrics().height());
    m_add->setObjectName(QStringLiteral("addSharedFolder"));
    m_add->setText(tr("Add…"));
    m_add->setToolTip(tr("Chooses a folder of this computer for the guest"));
    m_remove->setObjectName(QStringLiteral("removeSharedFolder"));
    m_remove->setText(tr("Remove"));
    m_remove->setToolTip(tr("The guest has the chosen folder no more; its files stay"));
    showWhenEmpty(*m_list, tr("No folder is shared. Add one, and the guest can mount it."));
    for (QToolButton *button : {m_add, m_remove}) // as wide as each other
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto *buttons = new QVBoxLayout;
    buttons->addWidget(m_add);
    buttons->addWidget(m_remove);
    buttons->addStretch();
    auto *top = new QHBoxLayout;
    top->addWidget(m_list, 1);
    top->addLayout(buttons);

    m_name->setObjectName(QStringLiteral("sharedFolder.name"));
    m_path->setObjectName(QStringLiteral("sharedFolder.path"));
    m_choose->setObjectName(QStringLiteral("sharedFolder.choose"));
    m_isReadOnly->setObjectName(QStringLiteral("sharedFolder.readOnly"));
    m_isReadOnly->setToolTip(tr("The guest changes nothing in it"));
    m_isAutomounted->setObjectName(QStringLiteral("sharedFolder.automount"));
    m_isAutomounted->setToolTip(tr("By the agent in a Linux guest (qemu-guest-agent), as soon as it is there"));
    m_mountPoint->setObjectName(QStringLiteral("sharedFolder.mountPoint"));
    m_command->setObjectName(QStringLiteral("sharedFolder.command"));
    m_command->setReadOnly(true);
    m_command->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_copy->setObjectName(QStringLiteral("sharedFolder.copy"));
    m_copy->setToolTip(tr("Copies the command, for a terminal in the guest"));
    auto *place = new QHBoxLayout;
    place->addWidget(m_path, 1);
    place->addWidget(m_choose);
    auto *command = new QHBoxLayout;
    command->addWidget(m_command, 1);
    command->addWidget(m_copy);
    auto *form = new QFormLayout;
    form->addRow(tr("Na&me in the guest:"), m_name);
    form->addRow(tr("F&older:"), place);
    form->addRow(QString(), m_isReadOnly);
    form->addRow(QString(), m_isAutomounted);
    form->addRow(tr("Mo&unt point:"), m_mountPoint);
    form->addRow(tr("Mount &command:"), command);
    for (const auto &[row, buddy] : {std::pair<int, QWidget *>{1, m_path}, {5, m_command}})
        if (auto *label =
                qobject_cast<QLabel *>(form->itemAt(row, QFormLayout::LabelRole)->widget()))
            label->setBuddy(buddy);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(top);
    layout->addLayout(form);

    connect(m_add, &QToolButton::clicked, this, [this] { chooseFolder(true); });
    connect(m_choose, &QPushButton::clicked, this, [this] { chooseFolder(false); });
    connect(m_remove, &QToolButton::clicked, this, &SharedFolders::removeCurrent);
    connect(m_list, &QListWidget::currentRowChanged, this, &SharedFolders::showCurrent);
    for (QLineEdit *line : {m_name, m_path, m_mountPoint})
        connect(line, &QLineEdit::textEdited, this, &SharedFolders::takeCurrent);
    for (QCheckBox *box : {m_isReadOnly, m_isAutomounted})
        connect(box, &QCheckBox::clicked, this, &SharedFolders::takeCurrent);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        if (const int row = m_list->currentRow(); row >= 0 && row < m_folders.size())
            copyMountCommand(m_folders.at(row));
    });
    showList(-1);
}

QWidget *SharedFolders::list() const
{
    return m_list;
}

void SharedFolders::setFolders(const QList<engine::SharedFolder> &folders)
{
    if (folders == m_folders && m_list->count() == folders.size())
        return;
    m_folders = folders;
    showList(m_folders.isEmpty() ? -1 : 0);
}

void SharedFolders::chooseFolder(bool isNew)
{
    const QString start = isNew ? QDir::homePath() : m_path->text();
    auto *dialog = new QFileDialog(this, tr("Choose a Folder to Share"), start);
    dialog->setObjectName(QStringLiteral("sharedFolderDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this, isNew](const QString &path) {
        if (isNew) {
            addFolder(path);
            return;
        }
        m_path->setText(path);
        takeCurrent();
    });
    dialog->open();
}

void SharedFolders::addFolder(const QString &path)
{
    QStringList taken;
    for (const engine::SharedFolder &folder : std::as_const(m_folders))
        taken.append(folder.name);
    m_folders.append({.name = shareNameFor(path, taken), .path = QDir::cleanPath(path)});
    showList(int(m_folders.size()) - 1);
    emit edited();
}

void SharedFolders::removeCurrent()
{
    const int row = m_list->currentRow();
    if (row < 0 || row >= m_folders.size())
        return;
    m_folders.removeAt(row);
    showList(qMin(row, int(m_folders.size()) - 1));
    emit edited();
}

void SharedFolders::describe(int row)
{
    const engine::SharedFolder &folder = m_folders.at(row);
    QString text = tr("%1: %2").arg(folder.name, QDir::toNativeSeparators(folder.path));
    if (folder.isReadOnly)
        text = tr("%1 (read-only)").arg(text);
    m_list->item(row)->setText(text);
}

void SharedFolders::showList(int current)
{
    m_isLoading = true;
    m_list->clear();
    for (int row = 0; row < int(m_folders.size()); ++row) {
        m_list->addItem(QString());
        describe(row);
    }
    m_list->setCurrentRow(current);
    m_isLoading = false;
    showCurrent();
}

void SharedFolders::showCurrent()
{
    if (m_isLoading)
        return;
    const int row = m_list->currentRow();
    const bool isChosen = row >= 0 && row < m_folders.size();
    m_add->setEnabled(m_folders.size() < engine::MachineDefinition::MaxSharedFolders);
    for (QWidget *widget :
         std::initializer_list<QWidget *>{m_remove, m_name, m_path, m_choose, m_isReadOnly,
                                          m_isAutomounted, m_mountPoint, m_command, m_copy})
        widget->setEnabled(isChosen);
    const engine::SharedFolder folder = isChosen ? m_folders.at(row) : engine::SharedFolder{};
    m_name->setText(folder.name);
    m_path->setText(folder.path);
    m_isReadOnly->setChecked(folder.isReadOnly);
    m_isAutomounted->setChecked(folder.isAutomounted);
    m_mountPoint->setText(folder.mountPoint);
    m_mountPoint->setPlaceholderText(isChosen ? engine::mountPoint(folder) : QString());
    m_command->setText(isChosen ? mountCommand(folder) : QString());
    m_command->setCursorPosition(0);
}

void SharedFolders::takeCurrent()
{
    const int row = m_list->currentRow();
    if (row < 0 || row >= m_folders.size())
        return;
    engine::SharedFolder &folder = m_folders[row];
    folder.name = m_name->text();
    folder.path = m_path->text();
    folder.isReadOnly = m_isReadOnly->isChecked();
    folder.isAutomounted = m_isAutomounted->isChecked();
    folder.mountPoint = m_mountPoint->text();
    describe(row);
    m_mountPoint->setPlaceholderText(engine::mountPoint({.name = folder.name}));
    m_command->setText(mountCommand(folder));
    m_command->setCursorPosition(0);
    emit edited();
}

} // namespace ui

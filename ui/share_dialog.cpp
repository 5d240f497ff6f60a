// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/share_dialog.h"

#include "ui/icons.h"
#include "ui/mount_command.h"

#include <QtCore/QFileInfo>
#include <QtGui/QClipboard>
#include <QtGui/QFontDatabase>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

namespace ui {

namespace {

constexpr int UsualWidth = 560;

QLabel *addWords(QVBoxLayout &layout, const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    layout.addWidget(label);
    return label;
}

} // namespace

void copyMountCommand(const engine::SharedFolder &folder)
{
    QGuiApplication::clipboard()->setText(mountCommand(folder));
}

ShareDialog::ShareDialog(const QString &path, const QStringList &taken, const QString &machine,
                         bool hasAgent, QWidget *parent)
    : QDialog(parent)
    , m_taken(taken)
    , m_path(new QLineEdit(path, this))
    , m_choose(new QPushButton(tr("C&hoose…"), this))
    , m_name(new QLineEdit(this))
    , m_isReadOnly(new QCheckBox(tr("&Read-only: the guest changes nothing in it"), this))
    , m_isKept(new QCheckBox(tr("&Keep it after the machine is powered off"), this))
    , m_isMounted(new QCheckBox(tr("&Mount it by the guest's agent, now and later"), this))
    , m_hasAgent(hasAgent)
    , m_problem(new QLabel(this))
    , m_command(new QLineEdit(this))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Cancel, this))
    , m_share(m_buttons->addButton(tr("&Share"), QDialogButtonBox::ActionRole))
{
    setObjectName(QStringLiteral("shareDialog"));
    setWindowTitle(tr("Share a Folder"));
    auto *layout = new QVBoxLayout(this);
    m_heading =
        addWords(*layout,
                 tr("\"%1\" sees this folder of your computer and works in it with your rights.")
                     .arg(machine),
                 this);
    m_heading->setObjectName(QStringLiteral("heading"));

    m_path->setObjectName(QStringLiteral("path"));
    m_choose->setObjectName(QStringLiteral("choose"));
    m_name->setObjectName(QStringLiteral("name"));
    m_isReadOnly->setObjectName(QStringLiteral("readOnly"));
    m_isKept->setObjectName(QStringLiteral("kept"));
    m_isKept->setChecked(true);
    m_isMounted->setObjectName(QStringLiteral("automount"));
    m_isMounted->setChecked(hasAgent);
    m_isMounted->setToolTip(
        hasAgent ? tr("A Linux guest finds the folder where the command below mounts it")
                 : tr("As soon as the guest has qemu-guest-agent"));
    auto *place = new QHBoxLayout;
    place->addWidget(m_path, 1);
    place->addWidget(m_choose);
    auto *form = new QFormLayout;
    const auto addRow = [&](const QString &words, QWidget *field, QLayout *row) {
        auto *label = new QLabel(words, this);
        label->setBuddy(field);
        if (row != nullptr)
            form->addRow(label, row);
        else
            form->addRow(label, field);
    };
    addRow(tr("&Folder:"), m_path, place);
    addRow(tr("&Name in the guest:"), m_name, nullptr);
    form->addRow(QString(), m_isReadOnly);
    form->addRow(QString(), m_isKept);
    form->addRow(QString(), m_isMounted);
    layout->addLayout(form);
    m_problem->setObjectName(QStringLiteral("problem"));
    m_problem->setWordWrap(true);
    m_problem->setTextFormat(Qt::PlainText);
    layout->addWidget(m_problem);

    addWords(*layout, tr("In a Linux guest, this mounts it:"), this);
    m_command->setObjectName(QStringLiteral("command"));
    m_command->setAccessibleName(tr("Mount command"));
    m_command->setReadOnly(true);
    m_command->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    auto *copy = new QPushButton(ui::icon(QStringLiteral("edit-copy")), tr("&Copy"), this);
    copy->setObjectName(QStringLiteral("copy"));
    copy->setToolTip(tr("Copies the command, for a terminal in the guest"));
    auto *commandRow = new QHBoxLayout;
    commandRow->addWidget(m_command, 1);
    commandRow->addWidget(copy);
    layout->addLayout(commandRow);
    layout->addStretch();
    layout->addWidget(m_buttons);
    m_share->setObjectName(QStringLiteral("share"));
    m_share->setDefault(true);
    for (QPushButton *button : {m_choose, copy})
        button->setAutoDefault(false);

    connect(m_choose, &QPushButton::clicked, this, &ShareDialog::chooseFolder);
    connect(m_command, &QLineEdit::textChanged, copy,
            [copy](const QString &command) { copy->setEnabled(!command.isEmpty()); });
    copy->setEnabled(false);
    connect(m_path, &QLineEdit::textChanged, this, &ShareDialog::look);
    connect(m_name, &QLineEdit::textEdited, this, [this](const QString &text) {
        m_isNamed = !text.isEmpty();
        look();
    });
    connect(m_isReadOnly, &QCheckBox::toggled, this, &ShareDialog::look);
    connect(copy, &QPushButton::clicked, this, [this] { copyMountCommand(folder()); });
    connect(m_share, &QPushButton::clicked, this, [this] {
        setBusy(true);
        emit shareWanted();
    });
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    look();
    resize(qMax(UsualWidth, sizeHint().width()), sizeHint().height());
}

engine::SharedFolder ShareDialog::folder() const
{
    engine::SharedFolder folder;
    folder.name = m_name->text();
    folder.path = QFileInfo(m_path->text()).absoluteFilePath();
    folder.isReadOnly = m_isReadOnly->isChecked();
    folder.isAutomounted = m_isMounted->isChecked();
    return folder;
}

bool ShareDialog::isKept() const
{
    return m_isKept->isChecked();
}

void ShareDialog::chooseFolder()
{
    auto *dialog = new QFileDialog(this, tr("Choose a Folder to Share"), m_path->text());
    dialog->setObjectName(QStringLiteral("shareFolderDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, m_path, &QLineEdit::setText);
    dialog->open();
}

void ShareDialog::look()
{
    const QFileInfo info(m_path->text());
    const bool isThere = !m_path->text().isEmpty() && info.isDir();
    if (!m_isNamed)
        m_name->setText(isThere ? shareNameFor(info.absoluteFilePath(), m_taken) : QString());
    const QString name = m_name->text();
    QString problem;
    if (!m_path->text().isEmpty() && !isThere)
        problem = tr("There is no such folder.");
    else if (m_taken.contains(name))
        problem = tr("The guest has another folder of this name.");
    else if (name.toUtf8().size() > engine::MachineDefinition::MaxShareNameBytes
             || name.contains(u'/'))
        problem = tr("The name has to be short, at most %1 bytes, and without slashes.")
                      .arg(engine::MachineDefinition::MaxShareNameBytes);
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_share->setEnabled(isThere && !name.isEmpty() && problem.isEmpty());
    m_command->setText(name.isEmpty() ? QString() : mountCommand(folder()));
    m_command->setCursorPosition(0);
}

void ShareDialog::setBusy(bool isBusy)
{
    for (QWidget *field : std::initializer_list<QWidget *>{m_path, m_choose, m_name, m_isReadOnly,
                                                           m_isKept, m_isMounted, m_share})
        field->setEnabled(!isBusy);
}

void ShareDialog::setShared()
{
    setBusy(true);
    m_heading->setText(m_hasAgent && m_isMounted->isChecked()
                           ? tr("The guest has the folder now. Its agent mounts it at %1.")
                                 .arg(engine::mountPoint(folder()))
                           : tr("The guest has the folder now. It still has to mount it."));
    m_buttons->setStandardButtons(QDialogButtonBox::Close); // shows all it has
    m_share->hide();
    m_buttons->button(QDialogButtonBox::Close)->setFocus();
    m_command->setCursorPosition(0); // the focus went by, which shows the end
}

void ShareDialog::setFailed()
{
    setBusy(false);
    look();
}

} // namespace ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preferences_dialog.h"

#include "display/keymap.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QDir>
#include <QtGui/QKeyEvent>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
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

// Keys that no guest misses much, by scan code set 1: right Ctrl, right Alt, left and right Super,
// right Shift, Menu, Pause, Scroll Lock.
constexpr engine::ScanCode HostKeys[] = {
    0x11d, 0x138, 0x15b, 0x15c, 0x36, 0x15d, engine::ScanCodePause, 0x46};

QString recordingText()
{
    return PreferencesDialog::tr("Press the key now...");
}

} // namespace

PreferencesDialog::PreferencesDialog(engine::MachineStore &store, QWidget *parent)
    : QDialog(parent)
    , m_store(store)
    , m_preferences(Preferences::load())
    , m_folder(new QLineEdit(QDir::toNativeSeparators(store.machineFolder()), this))
    , m_hostKey(new QComboBox(this))
    , m_record(new QPushButton(this))
    , m_closeChoice(new QComboBox(this))
    , m_miniToolBar(new QCheckBox(tr("Show the mini &tool bar in full screen"), this))
    , m_problem(new QLabel(this))
{
    setObjectName(QStringLiteral("preferencesDialog"));
    setWindowTitle(tr("Preferences"));

    m_folder->setObjectName(QStringLiteral("machineFolder"));
    m_folder->setAccessibleName(tr("Folder for new machines"));
    auto *browse = new QPushButton(tr("&Choose..."), this);
    browse->setObjectName(QStringLiteral("chooseFolder"));
    browse->setAutoDefault(false);
    connect(browse, &QPushButton::clicked, this, &PreferencesDialog::chooseFolder);
    auto *folderRow = new QHBoxLayout;
    folderRow->addWidget(m_folder, 1);
    folderRow->addWidget(browse);

    m_hostKey->setObjectName(QStringLiteral("hostKey"));
    m_hostKey->setAccessibleName(tr("Host key"));
    for (const engine::ScanCode code : HostKeys)
        m_hostKey->addItem(display::keyName(code), int(code));
    selectHostKey(m_preferences.hostKey);
    m_record->setObjectName(QStringLiteral("recordHostKey"));
    m_record->setCheckable(true);
    m_record->setAutoDefault(false);
    m_record->installEventFilter(this);
    connect(m_record, &QPushButton::toggled, this, &PreferencesDialog::setRecording);
    // One width for both buttons, also while a key is awaited.
    m_record->setText(recordingText());
    const int buttonWidth = qMax(browse->sizeHint().width(), m_record->sizeHint().width());
    setRecording(false);
    browse->setMinimumWidth(buttonWidth);
    m_record->setMinimumWidth(buttonWidth);
    auto *keyRow = new QHBoxLayout;
    keyRow->addWidget(m_hostKey, 1);
    keyRow->addWidget(m_record);

    m_closeChoice->setObjectName(QStringLiteral("closeChoice"));
    m_closeChoice->setAccessibleName(tr("Closing a machine's window"));
    m_closeChoice->addItem(tr("Asks what to do"), int(CloseChoice::Ask));
    m_closeChoice->addItem(tr("Lets the machine run in the background"),
                           int(CloseChoice::Background));
    m_closeChoice->addItem(tr("Shuts the machine down"), int(CloseChoice::Shutdown));
    m_closeChoice->addItem(tr("Powers the machine off"), int(CloseChoice::PowerOff));
    m_closeChoice->setCurrentIndex(m_closeChoice->findData(int(m_preferences.closeChoice)));
    m_miniToolBar->setObjectName(QStringLiteral("miniToolBar"));
    m_miniToolBar->setChecked(m_preferences.showMiniToolBar);

    m_problem->setObjectName(QStringLiteral("problem"));
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    QFont bold = m_problem->font();
    bold.setBold(true);
    m_problem->setFont(bold);
    m_problem->hide();

    auto *form = new QFormLayout;
    const auto addRow = [&](const QString &text, QWidget *buddy, auto *field) {
        auto *label = new QLabel(text, this);
        label->setBuddy(buddy);
        form->addRow(label, field);
    };
    addRow(tr("&Folder for new machines:"), m_folder, folderRow);
    addRow(tr("&Host key:"), m_hostKey, keyRow);
    auto *hint = new QLabel(
        tr("Gives the keyboard and pointer back to this computer; with a letter, a command."),
        this);
    hint->setWordWrap(true);
    hint->setForegroundRole(QPalette::PlaceholderText);
    form->addRow(QString(), hint);
    addRow(tr("C&losing a machine's window:"), m_closeChoice, m_closeChoice);
    form->addRow(QString(), m_miniToolBar);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    connect(buttons, &QDialogButtonBox::accepted, this, &PreferencesDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addStretch();
    layout->addWidget(m_problem);
    layout->addWidget(buttons);
    setMinimumWidth(540);
}

void PreferencesDialog::selectHostKey(engine::ScanCode code)
{
    if (m_hostKey->findData(int(code)) < 0) // chosen by another program of ours
        m_hostKey->addItem(display::keyName(code), int(code));
    m_hostKey->setCurrentIndex(m_hostKey->findData(int(code)));
}

void PreferencesDialog::setRecording(bool recording)
{
    m_record->setText(recording ? recordingText() : tr("&Press a key..."));
    if (recording)
        m_record->setFocus();
}

bool PreferencesDialog::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_record || !m_record->isChecked())
        return QDialog::eventFilter(watched, event);
    if (event->type() == QEvent::FocusOut) {
        m_record->setChecked(false);
        return false;
    }
    if (event->type() == QEvent::ShortcutOverride) { // no shortcut wins over the recording
        event->accept();
        return true;
    }
    if (event->type() != QEvent::KeyPress)
        return QDialog::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    if (key->key() != Qt::Key_Escape) {
        const auto code = display::scanCodeFromEvent(*key);
        if (code && m_hostKey->findData(int(*code)) >= 0) {
            selectHostKey(*code);
            showProblem({});
        } else {
            showProblem(tr("Guests need that key. Press one of those in the list, such as %1.")
                            .arg(display::keyName(HostKeys[0])));
        }
    }
    m_record->setChecked(false);
    return true;
}

void PreferencesDialog::showProblem(const QString &text)
{
    m_problem->setText(text.isEmpty() ? text : tr("\u26a0 %1").arg(text));
    m_problem->setVisible(!text.isEmpty());
}

void PreferencesDialog::chooseFolder()
{
    auto *dialog = new QFileDialog(this, tr("Folder for New Machines"), m_folder->text());
    dialog->setObjectName(QStringLiteral("folderDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString &path) { m_folder->setText(QDir::toNativeSeparators(path)); });
    dialog->open();
}

void PreferencesDialog::accept()
{
    const auto complain = [this](const engine::Error &error) {
        QString text = engine::errorText(error);
        if (!error.remedy().empty())
            text += u'\n' + engine::toQString(error.remedy());
        showProblem(text);
    };
    const QString folder = QDir::cleanPath(QDir::fromNativeSeparators(m_folder->text().trimmed()));
    if (m_folder->text().trimmed().isEmpty() || QDir::isRelativePath(folder)) {
        showProblem(tr("The folder for new machines needs a full path, such as %1.")
                        .arg(QDir::home().filePath(QStringLiteral("Vitrine"))));
        m_folder->setFocus();
        return;
    }
    if (folder != QDir::cleanPath(m_store.machineFolder())) {
        const auto set = m_store.setMachineFolder(folder);
        if (!set) {
            complain(set.error());
            m_folder->setFocus();
            return;
        }
    }
    Preferences changed = Preferences::load(); // another program may have written since
    changed.hostKey = engine::ScanCode(m_hostKey->currentData().toInt());
    changed.closeChoice = CloseChoice(m_closeChoice->currentData().toInt());
    changed.showMiniToolBar = m_miniToolBar->isChecked();
    const auto saved = changed.save();
    if (!saved) {
        complain(saved.error());
        return;
    }
    emit preferencesChanged();
    QDialog::accept();
}

} // namespace ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preferences_general_page.h"

#include "ui/translations.h"

#include <QtCore/QDir>
#include <QtCore/QLocale>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSystemTrayIcon>

namespace ui {

PreferencesGeneralPage::PreferencesGeneralPage(engine::MachineStore &machines, QWidget *parent)
    : PreferencesPage(parent)
    , m_store(machines)
    , m_folder(new QLineEdit(QDir::toNativeSeparators(machines.machineFolder()), this))
    , m_closeChoice(new QComboBox(this))
    , m_sessionEnd(new QComboBox(this))
    , m_language(new QComboBox(this))
    , m_trayIcon(new QCheckBox(tr("Show an &icon in the desktop's tray"), this))
{
    m_folder->setObjectName(QStringLiteral("machineFolder"));
    m_folder->setAccessibleName(tr("Folder for new machines"));
    connect(m_folder, &QLineEdit::textChanged, this, &PreferencesPage::changed);
    auto *browse = new QPushButton(tr("C&hoose…"), this);
    browse->setObjectName(QStringLiteral("chooseFolder"));
    browse->setAutoDefault(false);
    connect(browse, &QPushButton::clicked, this, &PreferencesGeneralPage::chooseFolder);
    auto *folderRow = new QWidget(this);
    auto *folderLayout = new QHBoxLayout(folderRow);
    folderLayout->setContentsMargins(0, 0, 0, 0);
    folderLayout->addWidget(m_folder, 1);
    folderLayout->addWidget(browse);

    m_closeChoice->setObjectName(QStringLiteral("closeChoice"));
    m_closeChoice->setAccessibleName(tr("Closing a machine's window"));
    m_closeChoice->addItem(tr("Asks what to do"), int(CloseChoice::Ask));
    m_closeChoice->addItem(tr("Lets the machine run in the background"),
                           int(CloseChoice::Background));
    m_closeChoice->addItem(tr("Saves the machine's state"), int(CloseChoice::SaveState));
    m_closeChoice->addItem(tr("Shuts the machine down"), int(CloseChoice::Shutdown));
    m_closeChoice->addItem(tr("Powers the machine off"), int(CloseChoice::PowerOff));

    m_sessionEnd->setObjectName(QStringLiteral("sessionEnd"));
    m_sessionEnd->setAccessibleName(tr("Running machines when the session ends"));
    m_sessionEnd->setToolTip(
        tr("When you log out or the computer shuts down. A machine whose state "
           "cannot be saved is shut down."));
    m_sessionEnd->addItem(tr("Are saved"), int(SessionEndChoice::SaveState));
    m_sessionEnd->addItem(tr("Are shut down"), int(SessionEndChoice::Shutdown));
    m_sessionEnd->addItem(tr("Are powered off"), int(SessionEndChoice::PowerOff));

    m_language->setObjectName(QStringLiteral("language"));
    m_language->setAccessibleName(tr("Language"));
    m_language->addItem(tr("As the desktop session"), QString());
    const QList<Language> languages = availableLanguages();
    for (const Language &language : languages)
        m_language->addItem(language.name, language.code);

    m_trayIcon->setObjectName(QStringLiteral("trayIcon"));
    const bool hasTray = QSystemTrayIcon::isSystemTrayAvailable();
    m_trayIcon->setEnabled(hasTray);
    m_trayIcon->setToolTip(
        hasTray ? tr("With the machines that run and the USB devices in its menu. Closing the "
                     "manager's window then leaves the icon there.")
                : tr("This desktop has no tray for icons."));

    auto *form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    addRow(*form, tr("&Folder for new machines:"), m_folder, folderRow);
    addRow(*form, tr("C&losing a machine's window:"), m_closeChoice);
    addRow(*form, tr("&Running machines at log-out:"), m_sessionEnd);
    addRow(*form, tr("Lan&guage:"), m_language);
    form->addRow(QString(),
                 makeHint(tr("Windows that are open keep their language until they are opened the "
                             "next time; the manager, until it is started again."),
                          this));
    form->addRow(QString(), m_trayIcon);
}

void PreferencesGeneralPage::show(const Preferences &preferences)
{
    m_closeChoice->setCurrentIndex(m_closeChoice->findData(int(preferences.closeChoice)));
    m_trayIcon->setChecked(preferences.isTrayIconShown);
    m_sessionEnd->setCurrentIndex(m_sessionEnd->findData(int(preferences.sessionEnd)));
    if (m_language->findData(preferences.language) < 0) // from another version
        m_language->addItem(QLocale(preferences.language).nativeLanguageName(),
                            preferences.language);
    m_language->setCurrentIndex(m_language->findData(preferences.language));
}

void PreferencesGeneralPage::store(Preferences &preferences) const
{
    preferences.closeChoice = CloseChoice(m_closeChoice->currentData().toInt());
    preferences.sessionEnd = SessionEndChoice(m_sessionEnd->currentData().toInt());
    preferences.isTrayIconShown = m_trayIcon->isChecked();
    preferences.language = m_language->currentData().toString();
}

QString PreferencesGeneralPage::folder() const
{
    return QDir::cleanPath(QDir::fromNativeSeparators(m_folder->text().trimmed()));
}

QString PreferencesGeneralPage::problem() const
{
    if (!m_folder->text().trimmed().isEmpty() && !QDir::isRelativePath(folder()))
        return {};
    return tr("The folder for new machines needs a full path, such as %1.")
        .arg(QDir::home().filePath(QStringLiteral("Vitrine")));
}

engine::Result<> PreferencesGeneralPage::applyFolder()
{
    if (folder() == QDir::cleanPath(m_store.machineFolder()))
        return {};
    return m_store.setMachineFolder(folder());
}

void PreferencesGeneralPage::focusFolder()
{
    m_folder->setFocus();
}

void PreferencesGeneralPage::chooseFolder()
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

} // namespace ui

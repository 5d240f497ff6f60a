// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preferences_input_page.h"

#include "display/keymap.h"
#include "ui/key_recorder.h"

#include <QtWidgets/QCheckBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTableWidget>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr int MostHostKeys = 2;

} // namespace

PreferencesInputPage::PreferencesInputPage(QWidget *parent)
    : PreferencesPage(parent)
    , m_hostKey(new QLabel(this))
    , m_record(new KeyRecorder(tr("&Press the Keys…"), MostHostKeys, this))
    , m_autoCapture(new QCheckBox(
          tr("&Capture the keyboard whenever a machine's screen gets the focus"), this))
    , m_desktopKeys(
          new QCheckBox(tr("While captured, the &desktop's shortcuts go to the guest"), this))
    , m_table(new QTableWidget(this))
{
    m_hostKey->setObjectName(QStringLiteral("hostKey"));
    m_hostKey->setAccessibleName(tr("Host key"));
    m_hostKey->setFrameShape(QFrame::StyledPanel);
    m_hostKey->setMargin(4);
    m_record->setObjectName(QStringLiteral("recordHostKey"));
    m_record->setToolTip(
        tr("One key, or two that are held together: Ctrl, Alt, Shift, Super, Menu, Pause or "
           "Scroll Lock"));
    connect(m_record, &KeyRecorder::recorded, this, &PreferencesInputPage::recorded);
    auto *usual = new QPushButton(tr("&Right Ctrl"), this);
    usual->setObjectName(QStringLiteral("usualHostKey"));
    usual->setToolTip(tr("Back to the usual host key"));
    usual->setAutoDefault(false);
    connect(usual, &QPushButton::clicked, this, [this] { setHostKeys(Preferences().hostKeys); });
    auto *keyRow = new QWidget(this);
    auto *keyLayout = new QHBoxLayout(keyRow);
    keyLayout->setContentsMargins(0, 0, 0, 0);
    keyLayout->addWidget(m_hostKey, 1);
    keyLayout->addWidget(m_record);
    keyLayout->addWidget(usual);

    m_autoCapture->setObjectName(QStringLiteral("autoCapture"));
    m_desktopKeys->setObjectName(QStringLiteral("desktopKeys"));
    connect(m_desktopKeys, &QCheckBox::toggled, this, &PreferencesInputPage::fillTable);

    m_table->setObjectName(QStringLiteral("whereKeysGo"));
    m_table->setAccessibleName(tr("Where shortcuts go"));
    m_table->setColumnCount(3);
    m_table->setHorizontalHeaderLabels(
        {tr("Keys"), tr("Keyboard not captured"), tr("Keyboard captured")});
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setTabKeyNavigation(false); // Tab goes on to the next control
    m_table->verticalHeader()->hide();
    // Long words break into lines, whatever the width.
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);

    auto *form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    addRow(*form, tr("&Host key:"), m_record, keyRow);
    auto *label = new QLabel(tr("Where short&cuts go:"), this);
    label->setBuddy(m_table);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(form);
    layout->addWidget(makeHint(tr("Gives keyboard and pointer back to this computer; together with "
                                  "another key it is a command."),
                               this));
    layout->addWidget(m_autoCapture);
    layout->addWidget(m_desktopKeys);
    layout->addWidget(label);
    layout->addWidget(m_table, 1);
}

void PreferencesInputPage::show(const Preferences &preferences)
{
    m_autoCapture->setChecked(preferences.isAutoCaptureOn);
    m_desktopKeys->setChecked(preferences.areDesktopKeysCaptured);
    setHostKeys(preferences.hostKeys);
}

void PreferencesInputPage::store(Preferences &preferences) const
{
    preferences.hostKeys = m_hostKeys;
    preferences.isAutoCaptureOn = m_autoCapture->isChecked();
    preferences.areDesktopKeysCaptured = m_desktopKeys->isChecked();
}

void PreferencesInputPage::recorded(const QList<engine::ScanCode> &codes)
{
    const QList<engine::ScanCode> allowed = display::hostKeyChoices();
    const bool areAllowed = std::all_of(
        codes.begin(), codes.end(), [&](engine::ScanCode code) { return allowed.contains(code); });
    if (areAllowed) {
        setHostKeys(codes);
        return;
    }
    m_problem = tr("Guests need that key. Press one or two of Ctrl, Alt, Shift, Super, Menu, Pause "
                   "or Scroll Lock, such as %1.")
                    .arg(display::keyName(allowed.first()));
    emit changed();
    m_problem.clear(); // the host key is what it was: nothing keeps OK from working
}

void PreferencesInputPage::setHostKeys(const QList<engine::ScanCode> &codes)
{
    m_hostKeys = codes;
    m_problem.clear();
    m_hostKey->setText(display::keyNames(codes));
    fillTable();
    emit changed();
}

void PreferencesInputPage::fillTable()
{
    const QString host = display::keyNames(m_hostKeys);
    const QString machineWindow = tr("This window");
    const QString desktop = tr("Desktop");
    const QString guest = tr("Guest");
    const QString captured = m_desktopKeys->isChecked() ? guest : desktop;
    const QString kernel = tr("This computer");
    m_table->setRowCount(0);
    const auto add = [this](const QString &keys, const QString &free, const QString &taken) {
        const int row = m_table->rowCount();
        m_table->insertRow(row);
        m_table->setItem(row, 0, new QTableWidgetItem(keys));
        m_table->setItem(row, 1, new QTableWidgetItem(free));
        m_table->setItem(row, 2, new QTableWidgetItem(taken));
    };
    add(tr("%1 alone").arg(host), tr("This window: captures"), tr("This window: releases"));
    add(tr("%1 and a key of the page Shortcuts").arg(host), machineWindow, machineWindow);
    add(tr("Alt+Tab, Alt+F4, Super and other keys of the desktop"), desktop, captured);
    add(tr("Print Screen, volume and media keys the desktop uses"), desktop, captured);
    add(tr("Ctrl+Alt+Del"), tr("Desktop, if it uses them"), captured);
    add(tr("Ctrl+Alt+F1 to F12 (consoles), Alt+SysRq"), kernel, kernel);
    add(tr("Alt and a letter, F10: menus"), guest, guest);
    add(tr("Every other key"), guest, guest);
}

} // namespace ui

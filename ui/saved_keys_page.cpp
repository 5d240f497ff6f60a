// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/saved_keys_page.h"

#include "display/keymap.h"
#include "ui/key_recorder.h"

#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

namespace ui {

namespace {

constexpr int MostKeys = 5;

} // namespace

SavedKeysPage::SavedKeysPage(QWidget *parent)
    : PreferencesPage(parent)
    , m_list(new QListWidget(this))
    , m_label(new QLineEdit(this))
    , m_record(new KeyRecorder(tr("&Add: Press Keys…"), MostKeys, this))
    , m_remove(new QPushButton(tr("&Remove"), this))
{
    m_list->setObjectName(QStringLiteral("savedKeys"));
    m_list->setAccessibleName(tr("Your own key combinations"));
    m_label->setObjectName(QStringLiteral("savedKeysLabel"));
    m_record->setObjectName(QStringLiteral("recordSavedKeys"));
    m_record->setToolTip(
        tr("Then hold the keys together; the combination is taken when you let go"));
    m_remove->setObjectName(QStringLiteral("removeSavedKeys"));
    m_remove->setAutoDefault(false);
    connect(m_list, &QListWidget::currentRowChanged, this, &SavedKeysPage::selectionChanged);
    connect(m_record, &KeyRecorder::recorded, this, &SavedKeysPage::add);
    connect(m_remove, &QPushButton::clicked, this, [this] {
        const int removed = row();
        if (removed < 0)
            return;
        m_keys.removeAt(removed);
        fill(qMin(removed, int(m_keys.size()) - 1));
    });
    connect(m_label, &QLineEdit::textEdited, this, [this](const QString &text) {
        if (row() < 0)
            return;
        SavedKeys &keys = m_keys[row()];
        keys.label = text.trimmed().isEmpty() ? display::keyNames(keys.codes) : text.trimmed();
        m_list->currentItem()->setText(
            tr("%1 – %2").arg(keys.label, display::keyNames(keys.codes)));
    });

    auto *hint = makeHint(tr("They stand in the menu Input of machine windows. Keys that your "
                             "desktop keeps for itself cannot be recorded."),
                          this);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_record);
    buttons->addWidget(m_remove);
    buttons->addStretch();
    auto *form = new QFormLayout;
    addRow(*form, tr("Na&me:"), m_label);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(hint);
    layout->addWidget(m_list, 1);
    layout->addLayout(buttons);
    layout->addLayout(form);
    selectionChanged();
}

int SavedKeysPage::row() const
{
    const int current = m_list->currentRow();
    return current < m_keys.size() ? current : -1;
}

void SavedKeysPage::show(const Preferences &preferences)
{
    m_keys = preferences.savedKeys;
    fill(m_keys.isEmpty() ? -1 : 0);
}

void SavedKeysPage::store(Preferences &preferences) const
{
    preferences.savedKeys = m_keys;
}

void SavedKeysPage::add(const QList<engine::ScanCode> &codes)
{
    m_keys.append({display::keyNames(codes), codes});
    fill(int(m_keys.size()) - 1);
    m_label->setFocus();
    m_label->selectAll();
}

void SavedKeysPage::fill(int current)
{
    m_list->clear();
    for (const SavedKeys &keys : std::as_const(m_keys))
        m_list->addItem(tr("%1 – %2").arg(keys.label, display::keyNames(keys.codes)));
    m_list->setCurrentRow(current);
    selectionChanged();
}

void SavedKeysPage::selectionChanged()
{
    const bool hasRow = row() >= 0;
    m_remove->setEnabled(hasRow);
    m_label->setEnabled(hasRow);
    m_label->setText(hasRow ? m_keys[row()].label : QString());
}

} // namespace ui

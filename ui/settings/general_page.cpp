// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/general_page.h"

#include "ui/icons.h"
#include "ui/os_names.h"
#include "ui/settings/wrapped_label.h"

#include <QtCore/QDir>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QCompleter>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QSpinBox>

#include <algorithm>

namespace ui {

namespace {

constexpr int MaxDelaySeconds = 24 * 60 * 60;
constexpr int DescriptionLines = 4;

QStringList groupsFrom(const QString &text)
{
    QStringList groups;
    for (const QString &part : text.split(u',', Qt::SkipEmptyParts)) {
        const QString group = part.trimmed();
        if (!group.isEmpty() && !groups.contains(group))
            groups.append(group);
    }
    return groups;
}

} // namespace

GeneralPage::GeneralPage(SettingsContext &context, QWidget *parent)
    : SettingsPage(QStringLiteral("general"), tr("General"), QStringLiteral("computer"), context,
                   parent)
    , m_name(new QLineEdit(this))
    , m_system(new QComboBox(this))
    , m_groups(new QLineEdit(this))
    , m_description(new QPlainTextEdit(this))
    , m_folder(new WrappedLabel(this))
    , m_autostart(new QCheckBox(tr("Start this machine &when I log in"), this))
    , m_delay(new QSpinBox(this))
{
    QFormLayout *form = makePageForm();
    addField(*form, QStringLiteral("name"),
             {tr("&Name:"), tr("Its folder gets this name, too"), tr("rename title")}, m_name);

    m_system->setEditable(true);
    m_system->setInsertPolicy(QComboBox::NoInsert);
    m_system->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_system->setMinimumContentsLength(24);
    m_system->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_system->completer()->setCompletionMode(QCompleter::PopupCompletion);
    m_system->completer()->setFilterMode(Qt::MatchContains);
    addField(*form, QStringLiteral("osId"),
             {tr("&Operating system:"),
              tr("What runs in the machine: its picture, and some details of its processor"),
              tr("os type version guest linux windows bsd")},
             m_system);
    // Half a word is no system.
    connect(m_system->lineEdit(), &QLineEdit::editingFinished, this, [this] {
        const int found = m_system->findText(m_system->currentText(), Qt::MatchFixedString);
        m_system->setCurrentIndex(found >= 0 ? found : m_system->currentIndex());
        m_system->setEditText(m_system->itemText(m_system->currentIndex()));
    });

    m_groups->setPlaceholderText(tr("/Work, /Tests/Old"));
    addField(*form, QStringLiteral("groups"),
             {tr("&Groups:"), tr("Folders of the machine list, separated by commas"),
              tr("folder category tag")},
             m_groups);

    m_description->setTabChangesFocus(true);
    m_description->setFixedHeight(m_description->fontMetrics().lineSpacing() * DescriptionLines
                                  + 2 * m_description->frameWidth() + 10);
    addField(*form, QStringLiteral("description"),
             {tr("&Description:"), tr("Your notes on this machine"), tr("notes comment")},
             m_description);

    m_folder->setObjectName(QStringLiteral("folder"));
    m_folder->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_folder->setText(QDir::toNativeSeparators(context.machineFolder));
    m_folder->setAccessibleName(tr("Folder"));
    form->addRow(tr("Folder:"), m_folder);

    addField(*form, QStringLiteral("autostart"),
             {{}, tr("It starts in the background, without a window"), tr("boot automatic login")},
             m_autostart);
    m_delay->setRange(0, MaxDelaySeconds);
    m_delay->setSuffix(tr(" s"));
    m_delay->setSpecialValueText(tr("At once"));
    addField(*form, QStringLiteral("autostartDelaySeconds"),
             {tr("&After:"), tr("How long to wait after the login"), tr("delay seconds autostart")},
             m_delay);
    connect(m_autostart, &QCheckBox::toggled, this,
            [this](bool isOn) { setOffered(QStringLiteral("autostartDelaySeconds"), isOn); });
}

void GeneralPage::fillSystems(const QString &osId)
{
    m_system->clear();
    m_system->addItem(osIcon({}), tr("Other or unknown"), QString());
    QHash<QString, QString> names = knownOsNames();
    if (!osId.isEmpty() && !names.contains(osId))
        names.insert(osId, osName(osId));
    QStringList ids = names.keys();
    std::sort(ids.begin(), ids.end(), [&names](const QString &a, const QString &b) {
        return QString::localeAwareCompare(names[a], names[b]) < 0;
    });
    for (const QString &id : std::as_const(ids))
        m_system->addItem(osIcon(id), names[id], id);
    m_system->setCurrentIndex(qMax(0, m_system->findData(osId)));
}

void GeneralPage::load(const engine::MachineDefinition &definition)
{
    m_name->setText(definition.name);
    fillSystems(definition.osId);
    m_groups->setText(definition.groups.join(QStringLiteral(", ")));
    m_description->setPlainText(definition.description);
    m_autostart->setChecked(definition.isAutostartOn);
    m_delay->setValue(definition.autostartDelaySeconds);
    setOffered(QStringLiteral("autostartDelaySeconds"), definition.isAutostartOn);
}

void GeneralPage::save(engine::MachineDefinition &definition) const
{
    definition.name = m_name->text().trimmed();
    definition.osId = m_system->currentData().toString();
    definition.groups = groupsFrom(m_groups->text());
    definition.description = m_description->toPlainText();
    definition.isAutostartOn = m_autostart->isChecked();
    definition.autostartDelaySeconds = m_delay->value();
}

} // namespace ui

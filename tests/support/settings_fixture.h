// SPDX-License-Identifier: GPL-3.0-or-later
// A settings dialog on a machine in a temporary folder, and hands for its widgets.
#pragma once

#include "tests/support/test_main.h"
#include "ui/settings/amount_field.h"
#include "ui/settings/problem_line.h"
#include "ui/settings/settings_dialog.h"
#include "ui/settings/settings_page.h"

#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSpinBox>

namespace fakes {

// With a disk file, an empty optical drive, one adapter and a shared folder.
inline engine::MachineDefinition settingsSample()
{
    engine::MachineDefinition definition;
    definition.name = QStringLiteral("Sample");
    definition.memoryMiB = 512;
    definition.controllers = {
        {.name = QStringLiteral("SATA"),
         .kind = engine::ControllerKind::Sata,
         .portCount = 6,
         .attachments = {{.path = QStringLiteral("disks/Sample.img"), .format = "raw"},
                         {.kind = engine::MediumKind::Optical, .port = 1}}}};
    definition.adapters = {
        {.mode = engine::NetworkMode::Nat, .macAddress = QStringLiteral("52:54:00:12:34:56")}};
    definition.sharedFolders = {{.name = QStringLiteral("all"), .path = QStringLiteral("/")}};
    return definition;
}

// The hands: everything by the name of the field.
class SettingsHands
{
public:
    explicit SettingsHands(ui::SettingsDialog &dialog)
        : m_dialog(dialog)
    { }

    template <class T>
    T *find(const char *name) const
    {
        T *found = m_dialog.findChild<T *>(QString::fromLatin1(name));
        engine::check(found != nullptr, name);
        return found;
    }

    void type(const char *name, const QString &text) const
    {
        auto *line = find<QLineEdit>(name);
        line->selectAll();
        if (!line->isEnabled()) // what this computer cannot do is a setting nevertheless
            line->setText(text);
        else if (text.isEmpty())
            QTest::keyClick(line, Qt::Key_Delete);
        else
            QTest::keyClicks(line, text);
    }
    void write(const char *name, const QString &text) const
    {
        find<QPlainTextEdit>(name)->setPlainText(text);
    }
    void amount(const char *name, int value) const
    {
        find<ui::AmountField>(name)->findChild<QSpinBox *>(QStringLiteral("box"))->setValue(value);
    }
    void spin(const char *name, int value) const { find<QSpinBox>(name)->setValue(value); }
    template <class Enum>
    void choose(const char *name, Enum value) const
    {
        auto *box = find<QComboBox>(name);
        const int index = box->findData(int(value));
        engine::check(index >= 0, name);
        box->setCurrentIndex(index);
        emit box->activated(index);
    }
    void editCombo(const char *name, const QString &text) const
    {
        find<QComboBox>(name)->setEditText(text);
    }
    void click(const char *name) const { find<QAbstractButton>(name)->click(); }

    void clickIn(const char *parent, const char *name) const
    {
        auto *button =
            find<QWidget>(parent)->findChild<QAbstractButton *>(QString::fromLatin1(name));
        engine::check(button != nullptr, name);
        button->click();
    }

    QPushButton *ok() const
    {
        return m_dialog.findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok);
    }
    ui::SettingsPage *page(const char *id) const
    {
        return find<ui::SettingsPage>(qPrintable(QStringLiteral("page.") + QLatin1String(id)));
    }
    // What the dialog shows, put over another definition.
    engine::MachineDefinition shownOver(engine::MachineDefinition definition) const
    {
        const auto pages = m_dialog.findChildren<ui::SettingsPage *>();
        for (const ui::SettingsPage *one : pages)
            one->save(definition);
        return definition;
    }
    QStringList problems() const
    {
        QStringList texts;
        const auto lines = m_dialog.findChildren<ui::ProblemLine *>();
        for (const ui::ProblemLine *line : lines) {
            if (!line->isHidden())
                texts.append(line->text());
        }
        return texts;
    }

private:
    ui::SettingsDialog &m_dialog;
};

class SettingsFixture
{
public:
    explicit SettingsFixture(engine::MachineDefinition definition = settingsSample())
    {
        qputenv("XDG_RUNTIME_DIR", folder.filePath("run").toLocal8Bit());
        qputenv("XDG_CONFIG_HOME", folder.filePath("config").toLocal8Bit());
        QDir().mkpath(folder.filePath("run"));
        auto made = store.create(std::move(definition));
        engine::check(made.has_value(), "the machine could not be made");
        entry = *made;
        QFile disk(entry.folder + QStringLiteral("/disks/Sample.img"));
        engine::check(disk.open(QIODevice::WriteOnly) && disk.resize(1 << 20), "no disk");
    }

    engine::MachineDefinition onDisk() const
    {
        const auto read = engine::readMachine(entry.definitionPath);
        engine::check(read.has_value(), "the definition cannot be read");
        return read->definition;
    }

    QTemporaryDir folder;
    engine::MachineStore store{folder.filePath(QStringLiteral("config/vitrine")),
                               folder.filePath(QStringLiteral("machines"))};
    engine::MachineEntry entry;
};

} // namespace fakes

// SPDX-License-Identifier: GPL-3.0-or-later
// A page of the settings dialog: fields, each bound to a key of the definition (machine_check.h),
// by which it is told its problems, greyed with the reason, and found by the search.
#pragma once

#include "ui/settings/settings_context.h"

#include <QtWidgets/QWidget>

#include <memory>
#include <vector>

class QComboBox;
class QFormLayout;
class QLabel;

namespace ui {

class ProblemLine;

struct FieldText
{
    QString label = {}; // with its mnemonic; empty when the widget says it itself
    QString tip = {};
    QString words = {}; // by which the search finds it, beside label and tip
};

struct SettingsField
{
    QString path;
    FieldText text;
    QWidget *widget = nullptr;
    QLabel *label = nullptr;
    ProblemLine *problem = nullptr;
    bool isRemovable = true; // see changeOf()
    QString whyFixed = {}; // by the machine's state
    QString whyUnsupported = {}; // by the driver or this computer
    bool isOffered = true; // by other fields
};

class SettingsPage : public QWidget
{
    Q_OBJECT
public:
    SettingsPage(const QString &id, const QString &title, const QString &iconName,
                 SettingsContext &context, QWidget *parent);
    ~SettingsPage() override;

    QString id() const { return m_id; }
    QString title() const { return m_title; }
    QString iconName() const { return m_iconName; }

    virtual void load(const engine::MachineDefinition &definition) = 0;
    // Leaves alone what the page does not show.
    virtual void save(engine::MachineDefinition &definition) const = 0;

    virtual void applyRules(const SettingsRules &rules);
    // Takes those that belong to this page and shows them.
    virtual QList<engine::DefinitionProblem> showProblems(
        const QList<engine::DefinitionProblem> &problems);
    // Brings the field into sight and gives it the keyboard.
    virtual void goTo(const QString &path);

    // Highlights what has all the words; true when there is something or the page itself has them.
    virtual bool search(const QStringList &words);
    // The first that was highlighted; empty without one.
    QString firstFound() const { return m_firstFound; }

signals:
    void edited();

protected:
    SettingsContext &context() const { return m_context; }
    QFormLayout *makeForm();
    QFormLayout *makePageForm(); // the whole page, its rows at the top

    // A row of a form: label, widget and, below, its problems. The label's buddy is `buddy`, else
    // the widget.
    SettingsField &addField(QFormLayout &form, const QString &path, const FieldText &text,
                            QWidget *widget, QWidget *buddy = nullptr);
    // A field that is laid out by the page.
    SettingsField &addField(const QString &path, const FieldText &text, QWidget *widget);
    QLabel *addHint(QFormLayout &form, const QString &text);
    SettingsField *field(const QString &path) const;
    void setOffered(const QString &path, bool isOffered);
    void setUnsupported(const QString &path, const QString &reason);
    void setPath(SettingsField &field, const QString &path);
    void refresh(SettingsField &field);
    const SettingsRules &rules() const { return m_rules; }
    // Tells edited() of every change by the user, and by the page.
    void watch(QWidget *widget);

    std::vector<std::unique_ptr<SettingsField>> &fields() { return m_fields; }

private:
    const QString m_id;
    const QString m_title;
    const QString m_iconName;
    SettingsContext &m_context;
    SettingsRules m_rules;
    std::vector<std::unique_ptr<SettingsField>> m_fields;
    QString m_firstFound;
};

// True when `path` is `field` or stands below it.
bool isBelow(const QString &path, const QString &field);
// Each at the beginning of some word of the text.
bool hasAllWords(const QString &text, const QStringList &words);
void setHighlighted(QWidget *widget, bool isHighlighted);

// Combo boxes of enumerators.
template <class Enum>
void addChoice(QComboBox &box, Enum value, const QString &text);
int currentChoice(const QComboBox &box);
void setCurrentChoice(QComboBox &box, int value);
// An empty reason makes it choosable again.
void setChoiceUnsupported(QComboBox &box, int value, const QString &reason);
void addChoiceItem(QComboBox &box, int value, const QString &text);

template <class Enum>
void addChoice(QComboBox &box, Enum value, const QString &text)
{
    addChoiceItem(box, int(value), text);
}

} // namespace ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/settings_page.h"

#include "ui/settings/amount_field.h"
#include "ui/settings/problem_line.h"
#include "ui/settings/wrapped_label.h"

#include <QtGui/QStandardItemModel>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QTabWidget>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <map>

namespace ui {

namespace {

QString plain(QString text)
{
    return text.remove(u'&');
}

// At the beginning of a word: "ram" is memory, but not in "program".
bool hasWord(const QString &text, const QString &word)
{
    for (qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive); at >= 0;
         at = text.indexOf(word, at + 1, Qt::CaseInsensitive)) {
        if (at == 0 || !text.at(at - 1).isLetterOrNumber())
            return true;
    }
    return false;
}

} // namespace

bool isBelow(const QString &path, const QString &field)
{
    return path == field
        || (path.startsWith(field) && path.size() > field.size() && path[field.size()] == u'/');
}

bool hasAllWords(const QString &text, const QStringList &words)
{
    return std::all_of(words.begin(), words.end(),
                       [&text](const QString &word) { return hasWord(text, word); });
}

void setHighlighted(QWidget *widget, bool isHighlighted)
{
    if (widget->property("isFound").toBool() == isHighlighted)
        return;
    widget->setProperty("isFound", isHighlighted);
    widget->setAutoFillBackground(isHighlighted);
    if (!isHighlighted) {
        widget->setPalette(QPalette());
        return;
    }
    QPalette palette = widget->palette();
    palette.setBrush(QPalette::Window, palette.brush(QPalette::Active, QPalette::Highlight));
    palette.setBrush(QPalette::WindowText,
                     palette.brush(QPalette::Active, QPalette::HighlightedText));
    widget->setPalette(palette);
}

void addChoiceItem(QComboBox &box, int value, const QString &text)
{
    box.addItem(text, value);
}

int currentChoice(const QComboBox &box)
{
    return box.currentData().toInt();
}

void setCurrentChoice(QComboBox &box, int value)
{
    box.setCurrentIndex(box.findData(value));
}

void setChoiceUnsupported(QComboBox &box, int value, const QString &reason)
{
    auto *model = qobject_cast<QStandardItemModel *>(box.model());
    QStandardItem *item = model ? model->item(box.findData(value)) : nullptr;
    if (!item)
        return;
    item->setEnabled(reason.isEmpty());
    item->setToolTip(reason);
}

SettingsPage::SettingsPage(const QString &id, const QString &title, const QString &iconName,
                           SettingsContext &context, QWidget *parent)
    : QWidget(parent)
    , m_id(id)
    , m_title(title)
    , m_iconName(iconName)
    , m_context(context)
{
    setObjectName(QStringLiteral("page.") + id);
    setAccessibleName(title);
}

SettingsPage::~SettingsPage() = default;

QFormLayout *SettingsPage::makeForm()
{
    auto *form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->setHorizontalSpacing(12);
    return form;
}

QFormLayout *SettingsPage::makePageForm()
{
    QFormLayout *form = makeForm();
    auto *outer = new QVBoxLayout(this);
    outer->addLayout(form);
    outer->addStretch();
    return form;
}

SettingsField &SettingsPage::addField(QFormLayout &form, const QString &path, const FieldText &text,
                                      QWidget *widget, QWidget *buddy)
{
    SettingsField &added = addField(path, text, widget);
    if (text.label.isEmpty()) {
        form.addRow(QString(), widget);
    } else {
        added.label = new QLabel(text.label, this);
        added.label->setBuddy(buddy ? buddy : widget);
        added.label->setToolTip(text.tip);
        form.addRow(added.label, widget);
        const QString name = plain(text.label).remove(u':');
        QWidget *named = buddy ? buddy : widget;
        if (named->accessibleName().isEmpty())
            named->setAccessibleName(name);
        if (auto *amount = qobject_cast<AmountField *>(widget))
            amount->setNames(name);
    }
    form.addRow(QString(), added.problem);
    return added;
}

SettingsField &SettingsPage::addField(const QString &path, const FieldText &text, QWidget *widget)
{
    auto field = std::make_unique<SettingsField>();
    field->path = path;
    field->text = text;
    field->widget = widget;
    field->problem = new ProblemLine(this);
    if (widget->objectName().isEmpty())
        widget->setObjectName(path);
    widget->setToolTip(text.tip);
    m_fields.push_back(std::move(field));
    watch(widget);
    return *m_fields.back();
}

QLabel *SettingsPage::addHint(QFormLayout &form, const QString &text)
{
    auto *hint = new WrappedLabel(this);
    hint->setText(text);
    hint->setForegroundRole(QPalette::PlaceholderText);
    form.addRow(QString(), hint);
    return hint;
}

SettingsField *SettingsPage::field(const QString &path) const
{
    for (const auto &one : m_fields) {
        if (one->path == path)
            return one.get();
    }
    return nullptr;
}

void SettingsPage::setOffered(const QString &path, bool isOffered)
{
    if (SettingsField *const one = field(path)) {
        one->isOffered = isOffered;
        refresh(*one);
    }
}

void SettingsPage::setUnsupported(const QString &path, const QString &reason)
{
    if (SettingsField *const one = field(path)) {
        one->whyUnsupported = reason;
        refresh(*one);
    }
}

void SettingsPage::setPath(SettingsField &field, const QString &path)
{
    field.path = path;
    field.whyFixed = m_rules.whyFixed(path, field.isRemovable);
    refresh(field);
}

void SettingsPage::refresh(SettingsField &field)
{
    const QString why = !field.whyFixed.isEmpty() ? field.whyFixed : field.whyUnsupported;
    const bool isEnabled = why.isEmpty() && field.isOffered;
    field.widget->setEnabled(isEnabled);
    field.widget->setToolTip(why.isEmpty() ? field.text.tip : why);
    field.widget->setAccessibleDescription(why.isEmpty() ? field.text.tip : why);
    if (field.label) {
        field.label->setEnabled(isEnabled);
        field.label->setToolTip(field.widget->toolTip());
    }
}

void SettingsPage::applyRules(const SettingsRules &rules)
{
    m_rules = rules;
    for (const auto &one : m_fields) {
        one->whyFixed = rules.whyFixed(one->path, one->isRemovable);
        refresh(*one);
    }
}

QList<engine::DefinitionProblem> SettingsPage::showProblems(
    const QList<engine::DefinitionProblem> &problems)
{
    QList<engine::DefinitionProblem> mine;
    std::map<const SettingsField *, QList<engine::DefinitionProblem>> byField;
    for (const engine::DefinitionProblem &problem : problems) {
        const SettingsField *best = nullptr;
        for (const auto &one : m_fields) {
            if (isBelow(problem.field, one->path)
                && (!best || one->path.size() > best->path.size()))
                best = one.get();
        }
        if (!best)
            continue;
        mine.append(problem);
        byField[best].append(problem);
    }
    for (const auto &one : m_fields)
        one->problem->show(byField[one.get()]);
    return mine;
}

void SettingsPage::goTo(const QString &path)
{
    const SettingsField *best = nullptr;
    for (const auto &one : m_fields) {
        if (isBelow(path, one->path) && (!best || one->path.size() > best->path.size()))
            best = one.get();
    }
    if (!best)
        return;
    // Out of the tabs that hide it.
    for (QWidget *inner = best->widget; inner && inner != this; inner = inner->parentWidget()) {
        auto *tabs = inner->parentWidget() && inner->parentWidget()->parentWidget()
            ? qobject_cast<QTabWidget *>(inner->parentWidget()->parentWidget())
            : nullptr;
        if (tabs && tabs->indexOf(inner) >= 0)
            tabs->setCurrentWidget(inner);
    }
    QWidget *target = best->widget->focusProxy() ? best->widget->focusProxy() : best->widget;
    for (QWidget *outer = parentWidget(); outer; outer = outer->parentWidget()) {
        if (auto *area = qobject_cast<QScrollArea *>(outer)) {
            area->ensureWidgetVisible(best->widget);
            break;
        }
    }
    target->setFocus(Qt::OtherFocusReason);
}

bool SettingsPage::search(const QStringList &words)
{
    m_firstFound.clear();
    bool hasFound = false;
    for (const auto &one : m_fields) {
        QString text = plain(one->text.label) + u' ' + one->text.tip + u' ' + one->text.words;
        if (const auto *button = qobject_cast<QAbstractButton *>(one->widget))
            text += u' ' + plain(button->text());
        const bool isFound = !words.isEmpty() && hasAllWords(text, words);
        setHighlighted(one->label ? one->label : one->widget, isFound);
        if (isFound && m_firstFound.isEmpty())
            m_firstFound = one->path;
        hasFound = hasFound || isFound;
    }
    return hasFound || hasAllWords(m_title, words);
}

void SettingsPage::watch(QWidget *widget)
{
    if (auto *button = qobject_cast<QAbstractButton *>(widget))
        connect(button, &QAbstractButton::toggled, this, &SettingsPage::edited);
    else if (auto *spin = qobject_cast<QSpinBox *>(widget))
        connect(spin, &QSpinBox::valueChanged, this, &SettingsPage::edited);
    else if (auto *amount = qobject_cast<AmountField *>(widget))
        connect(amount, &AmountField::valueChanged, this, &SettingsPage::edited);
    else if (auto *line = qobject_cast<QLineEdit *>(widget))
        connect(line, &QLineEdit::textChanged, this, &SettingsPage::edited);
    else if (auto *text = qobject_cast<QPlainTextEdit *>(widget))
        connect(text, &QPlainTextEdit::textChanged, this, &SettingsPage::edited);
    else if (auto *box = qobject_cast<QComboBox *>(widget)) {
        connect(box, &QComboBox::currentIndexChanged, this, &SettingsPage::edited);
        if (box->isEditable())
            connect(box, &QComboBox::editTextChanged, this, &SettingsPage::edited);
    }
}

} // namespace ui

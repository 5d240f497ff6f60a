// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/settings_dialog.h"

#include "engine/machine/machine_json.h"
#include "ui/error_box.h"
#include "ui/icons.h"
#include "ui/message_bar.h"
#include "ui/settings/audio_page.h"
#include "ui/settings/display_page.h"
#include "ui/settings/general_page.h"
#include "ui/settings/interface_page.h"
#include "ui/settings/network_page.h"
#include "ui/settings/problem_line.h"
#include "ui/settings/serial_page.h"
#include "ui/settings/shared_folders_page.h"
#include "ui/settings/storage_page.h"
#include "ui/settings/system_page.h"
#include "ui/settings/usb_page.h"

#include <QtGui/QScreen>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QToolButton>

namespace ui {

using engine::MachineCondition;
using Severity = engine::DefinitionProblem::Severity;

namespace {

const QString StateKey = QStringLiteral("machineState");
const QString ChangedKey = QStringLiteral("changedMeanwhile");
constexpr QSize UsualSize(900, 610);
constexpr int ListIconSide = 24;
constexpr int WidthAround = 60; // margins, spacing and a scroll bar

bool isSame(const engine::MachineDefinition &a, const engine::MachineDefinition &b)
{
    return engine::machineToJson(a) == engine::machineToJson(b);
}

} // namespace

SettingsDialog::SettingsDialog(engine::MachineStore &store, const engine::MachineEntry &entry,
                               const QString &socketPath, QWidget *parent)
    : QDialog(parent)
    , m_store(store)
    , m_context(makeSettingsContext(store, entry))
    , m_link(entry, socketPath)
    , m_commit(store, m_link, nullptr)
    , m_checker(m_context, nullptr)
    , m_baseChecker(m_context, nullptr)
    , m_search(new QLineEdit(this))
    , m_list(new QListWidget(this))
    , m_stack(new QStackedWidget(this))
    , m_messages(new MessageBar(this))
    , m_summary(new QToolButton(this))
    , m_progressText(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this))
{
    setObjectName(QStringLiteral("settingsDialog"));
    setWindowTitle(tr("%1 - Settings").arg(entry.definition.name));
    setSizeGripEnabled(true);
    makeSearch();
    makePages();

    m_summary->setObjectName(QStringLiteral("problemSummary"));
    m_summary->setAutoRaise(true);
    m_summary->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_summary->setFocusPolicy(Qt::StrongFocus);
    m_summary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_progress->setObjectName(QStringLiteral("progress"));
    m_progress->setAccessibleName(tr("Progress"));
    m_progress->setMaximumWidth(160);
    m_progressText->setTextFormat(Qt::PlainText);

    auto *left = new QVBoxLayout;
    left->addWidget(m_search);
    left->addWidget(m_list, 1);
    auto *right = new QVBoxLayout;
    right->addWidget(m_messages);
    right->addWidget(m_stack, 1);
    auto *top = new QHBoxLayout;
    top->addLayout(left);
    top->addLayout(right, 1);
    auto *bottom = new QHBoxLayout;
    bottom->addWidget(m_summary, 1);
    bottom->addWidget(m_progressText);
    bottom->addWidget(m_progress);
    bottom->addWidget(m_buttons);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(top, 1);
    layout->addLayout(bottom);
    // Wide enough for the widest page, whose words may be long.
    int pageWidth = 0;
    for (const SettingsPage *page : std::as_const(m_pages))
        pageWidth = qMax(pageWidth, page->minimumSizeHint().width());
    const int needed = m_list->width() + pageWidth + WidthAround;
    resize(UsualSize.expandedTo(QSize(needed, 0)).boundedTo(screen()->availableSize()));

    connect(m_buttons, &QDialogButtonBox::accepted, this, &SettingsDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &SettingsDialog::reject);
    connect(m_summary, &QToolButton::clicked, this, [this] {
        const QList<engine::DefinitionProblem> problems = blocking();
        if (!problems.isEmpty())
            goTo(problems.first().field);
        else if (!m_problems.isEmpty())
            goTo(m_problems.first().field);
    });
    connect(&m_checker, &DefinitionChecker::checked, this, &SettingsDialog::showProblems);
    connect(&m_baseChecker, &DefinitionChecker::checked, this,
            [this](const QList<engine::DefinitionProblem> &problems) {
                m_oldProblems = problems;
                updateProblems();
            });
    connect(&m_link, &MachineLink::rulesChanged, this, &SettingsDialog::rulesChanged);
    connect(&m_link, &MachineLink::fileChanged, this, &SettingsDialog::fileChanged);
    connect(&m_commit, &SettingsCommit::progressed, this, [this](const QString &what, int percent) {
        m_progressText->setText(what);
        m_progress->setValue(percent);
    });
    connect(&m_commit, &SettingsCommit::failed, this, &SettingsDialog::commitFailed);
    connect(&m_commit, &SettingsCommit::done, this, [this](const engine::MachineEntry &changed) {
        setBusy(false);
        emit saved(changed);
        QDialog::accept();
    });
    setBusy(false);
    load(entry.definition);
    rulesChanged();
    m_list->setCurrentRow(0);
    m_list->setFocus();
}

SettingsDialog::~SettingsDialog() = default;

void SettingsDialog::makePages()
{
    m_pages = {new GeneralPage(m_context, this),  new SystemPage(m_context, this),
               new DisplayPage(m_context, this),  new StoragePage(m_context, this),
               new AudioPage(m_context, this),    new NetworkPage(m_context, this),
               new SerialPage(m_context, this),   new UsbPage(m_context, this),
               new SharedFoldersPage(m_context, this), new InterfacePage(m_context, this)};
    m_list->setObjectName(QStringLiteral("pages"));
    m_list->setAccessibleName(tr("Pages"));
    m_list->setIconSize(QSize(ListIconSide, ListIconSide));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    for (SettingsPage *page : std::as_const(m_pages)) {
        auto *area = new QScrollArea(m_stack);
        area->setFrameShape(QFrame::NoFrame);
        area->setWidgetResizable(true);
        area->setFocusPolicy(Qt::NoFocus);
        area->setWidget(page);
        m_stack->addWidget(area);
        auto *item = new QListWidgetItem(icon(page->iconName()), page->title(), m_list);
        item->setData(Qt::UserRole, page->id());
        connect(page, &SettingsPage::edited, this, &SettingsDialog::edited);
    }
    const int frame = 2 * m_list->frameWidth();
    m_list->setFixedWidth(m_list->sizeHintForColumn(0) + frame + 24);
    m_search->setFixedWidth(m_list->width());
    connect(m_list, &QListWidget::currentRowChanged, m_stack, &QStackedWidget::setCurrentIndex);
}

void SettingsDialog::showPage(const QString &id)
{
    for (int row = 0; row < m_pages.size(); ++row) {
        if (m_pages.at(row)->id() == id)
            m_list->setCurrentRow(row);
    }
}

void SettingsDialog::goTo(const QString &path)
{
    for (int row = 0; row < m_pages.size(); ++row) {
        const QList<engine::DefinitionProblem> mine = m_pages.at(row)->showProblems(m_problems);
        for (const engine::DefinitionProblem &problem : mine) {
            if (problem.field != path)
                continue;
            m_list->setCurrentRow(row);
            m_pages.at(row)->goTo(path);
            return;
        }
    }
}

void SettingsDialog::load(const engine::MachineDefinition &definition)
{
    m_isLoading = true;
    m_base = definition;
    m_context.newDisks.clear();
    for (SettingsPage *page : std::as_const(m_pages))
        page->load(definition);
    m_isLoading = false;
    m_messages->dismiss(ChangedKey);
    m_baseChecker.checkNow(definition);
    m_checker.checkNow(wanted());
}

engine::MachineDefinition SettingsDialog::wanted() const
{
    engine::MachineDefinition definition = m_base;
    for (const SettingsPage *page : m_pages)
        page->save(definition);
    return definition;
}

void SettingsDialog::edited()
{
    if (!m_isLoading)
        m_checker.checkSoon(wanted());
}

void SettingsDialog::showProblems(const QList<engine::DefinitionProblem> &problems)
{
    m_problems = problems;
    updateProblems();
    if (!m_isAcceptWanted)
        return;
    m_isAcceptWanted = false;
    const QList<engine::DefinitionProblem> errors = blocking();
    if (errors.isEmpty())
        commit();
    else
        goTo(errors.first().field);
}

// What was wrong before is told, but does not keep anything else from being changed.
QList<engine::DefinitionProblem> SettingsDialog::blocking() const
{
    QList<engine::DefinitionProblem> errors;
    for (const engine::DefinitionProblem &problem : m_problems) {
        if (problem.severity == Severity::Error && !m_oldProblems.contains(problem))
            errors.append(problem);
    }
    return errors;
}

void SettingsDialog::updateProblems()
{
    for (int row = 0; row < m_pages.size(); ++row) {
        SettingsPage *page = m_pages.at(row);
        const QList<engine::DefinitionProblem> mine = page->showProblems(m_problems);
        QListWidgetItem *item = m_list->item(row);
        QString iconName = page->iconName();
        QString state;
        if (!mine.isEmpty()) {
            const bool isError = hasError(mine);
            iconName = isError ? QStringLiteral("dialog-error") : QStringLiteral("dialog-warning");
            state = isError ? tr("%1 has a problem").arg(page->title())
                            : tr("%1 has a warning").arg(page->title());
        }
        item->setIcon(icon(iconName));
        item->setToolTip(state);
        item->setData(Qt::AccessibleTextRole, state.isEmpty() ? page->title() : state);
    }
    const QList<engine::DefinitionProblem> errors = blocking();
    m_summary->setVisible(!m_problems.isEmpty() && !m_commit.isRunning());
    if (!m_problems.isEmpty()) {
        const bool isBlocked = !errors.isEmpty();
        const engine::DefinitionProblem &first = isBlocked ? errors.first() : m_problems.first();
        m_summary->setIcon(icon(first.severity == Severity::Error
                                    ? QStringLiteral("dialog-error")
                                    : QStringLiteral("dialog-warning")));
        m_summary->setText(first.text);
        m_summary->setToolTip(first.text);
        m_summary->setAccessibleName(tr("Go to the problem: %1").arg(first.text));
    }
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(errors.isEmpty() && !m_commit.isRunning());
}

void SettingsDialog::rulesChanged()
{
    const SettingsRules rules = m_link.rules();
    if (m_rules == rules)
        return;
    const bool isOtherCondition = !m_rules || m_rules->condition != rules.condition;
    m_rules = rules;
    for (SettingsPage *page : std::as_const(m_pages))
        page->applyRules(rules);
    if (!isOtherCondition)
        return;
    switch (rules.condition) {
    case MachineCondition::Off:
        m_messages->dismiss(StateKey);
        break;
    case MachineCondition::Running:
        m_messages->post({.key = StateKey,
                          .text = tr("The machine runs: what is gray can be changed when it is "
                                     "powered off."),
                          .canBeDismissed = false});
        break;
    case MachineCondition::Saved:
        m_messages->post({.key = StateKey,
                          .text = tr("The machine has a saved state: discard it to change what is "
                                     "gray."),
                          .canBeDismissed = false});
        break;
    }
}

void SettingsDialog::fileChanged()
{
    if (m_commit.isRunning())
        return;
    const auto onDisk = m_link.read();
    // Between two writes it may be away for a moment; what cannot be read is told at OK.
    if (!onDisk || isSame(onDisk->definition, m_base)) {
        if (onDisk)
            m_messages->dismiss(ChangedKey);
        return;
    }
    if (isSame(wanted(), m_base))
        load(onDisk->definition);
    else
        offerReload(onDisk->definition);
}

void SettingsDialog::offerReload(const engine::MachineDefinition &onDisk)
{
    m_messages->post({.key = ChangedKey,
                      .kind = Notice::Kind::Warning,
                      .text = tr("Another program has changed these settings."),
                      .buttons = {{QStringLiteral("reload"), tr("&Load Again"),
                                   [this, onDisk] { load(onDisk); }},
                                  {QStringLiteral("keepMine"), tr("&Keep Mine"),
                                   [this, onDisk] {
                                       m_base = onDisk;
                                       m_baseChecker.checkNow(onDisk);
                                       m_checker.checkNow(wanted());
                                       m_messages->dismiss(ChangedKey);
                                   }}},
                      .canBeDismissed = false});
    // A machine's window leaves the keyboard to the guest; here is none.
    for (QPushButton *button : m_messages->findChildren<QPushButton *>())
        button->setFocusPolicy(Qt::StrongFocus);
}

void SettingsDialog::accept()
{
    if (m_commit.isRunning() || m_isAcceptWanted)
        return;
    m_isAcceptWanted = true;
    m_checker.checkNow(wanted());
}

void SettingsDialog::commit()
{
    const engine::MachineDefinition changed = wanted();
    if (isSame(changed, m_base)) {
        QDialog::accept();
        return;
    }
    setBusy(true);
    m_commit.start(m_base, changed, m_context.newDisks);
}

void SettingsDialog::setBusy(bool isBusy)
{
    m_progress->setVisible(isBusy);
    m_progressText->setVisible(isBusy);
    m_summary->setVisible(!isBusy && !m_problems.isEmpty());
    m_stack->setEnabled(!isBusy);
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(!isBusy && blocking().isEmpty());
}

void SettingsDialog::commitFailed(const engine::Error &error)
{
    setBusy(false);
    if (error.kind() == engine::ErrorKind::Cancelled)
        return;
    showError(this, tr("The settings could not be changed"), error);
    fileChanged();
}

void SettingsDialog::reject()
{
    if (m_commit.isRunning())
        m_commit.cancel(); // the dialog stays, with everything as it was typed
    else
        QDialog::reject();
}

} // namespace ui

// SPDX-License-Identifier: GPL-3.0-or-later
// The tree of controllers and drives. What is done to it is in storage_tools.cpp, the forms beside
// it in storage_forms.cpp.
#include "ui/settings/storage_page.h"

#include "engine/machine/machine_check.h"
#include "ui/icons.h"
#include "ui/settings/image_facts.h"
#include "ui/settings/problem_line.h"
#include "ui/settings/storage_words.h"

#include <QtCore/QFileInfo>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QTreeWidget>

namespace ui {

namespace {

constexpr int ControllerRole = Qt::UserRole;
constexpr int DriveRole = Qt::UserRole + 1;
constexpr int TreeWidth = 250;

} // namespace

StoragePage::StoragePage(SettingsContext &context, QWidget *parent)
    : SettingsPage(QStringLiteral("storage"), tr("Storage"), QStringLiteral("drive-harddisk"),
                   context, parent)
    , m_facts(new ImageFacts(this))
    , m_tree(new QTreeWidget(this))
    , m_forms(new QStackedWidget(this))
    , m_problemLine(new ProblemLine(this))
{
    m_tree->setObjectName(QStringLiteral("storageTree"));
    m_tree->setAccessibleName(tr("Controllers and drives"));
    m_tree->setHeaderHidden(true);
    m_tree->setRootIsDecorated(false);
    m_tree->setIndentation(18);
    m_tree->setMinimumWidth(TreeWidth);
    m_tree->setTextElideMode(Qt::ElideMiddle);
    m_tree->header()->setStretchLastSection(true);

    auto *left = new QVBoxLayout;
    left->addWidget(m_tree, 1);
    left->addWidget(makeTools());
    auto *nothing = new QLabel(tr("Select a controller or drive, or add one."), this);
    nothing->setWordWrap(true);
    nothing->setAlignment(Qt::AlignTop);
    nothing->setForegroundRole(QPalette::PlaceholderText);
    m_forms->addWidget(nothing);
    m_forms->addWidget(makeControllerForm());
    m_forms->addWidget(makeDriveForm());
    auto *right = new QVBoxLayout;
    right->addWidget(m_problemLine);
    right->addWidget(m_forms, 1);
    auto *layout = new QHBoxLayout(this);
    layout->addLayout(left, 2);
    layout->addLayout(right, 3);

    connect(m_tree, &QTreeWidget::currentItemChanged, this, &StoragePage::selectionChanged);
    connect(m_facts, &ImageFacts::answered, this, &StoragePage::showDetails);
}

void StoragePage::load(const engine::MachineDefinition &definition)
{
    m_machineName = definition.name;
    m_controllers = definition.controllers;
    m_facts->forget();
    Place first;
    if (!m_controllers.isEmpty())
        first = {0, m_controllers.first().attachments.isEmpty() ? -1 : 0};
    rebuild(first);
}

void StoragePage::save(engine::MachineDefinition &definition) const
{
    definition.controllers = m_controllers;
}

void StoragePage::rebuild(Place selected)
{
    m_isFilling = true;
    m_tree->clear();
    for (int i = 0; i < m_controllers.size(); ++i) {
        auto *top = new QTreeWidgetItem(m_tree);
        top->setData(0, ControllerRole, i);
        top->setData(0, DriveRole, -1);
        for (int k = 0; k < m_controllers.at(i).attachments.size(); ++k) {
            auto *child = new QTreeWidgetItem(top);
            child->setData(0, ControllerRole, i);
            child->setData(0, DriveRole, k);
            updateItem(child);
        }
        updateItem(top);
    }
    m_tree->expandAll();
    m_isFilling = false;
    QTreeWidgetItem *item = itemAt(selected);
    m_tree->setCurrentItem(item ? item : m_tree->topLevelItem(0));
    selectionChanged();
}

void StoragePage::updateItem(QTreeWidgetItem *item)
{
    const Place place = placeOf(item);
    const engine::StorageController &owner = m_controllers.at(place.controller);
    QString text = owner.name;
    QString iconName = QStringLiteral("computer");
    if (place.drive >= 0) {
        const engine::StorageAttachment &one = owner.attachments.at(place.drive);
        const QString medium = one.path.isEmpty() ? tr("Empty") : QFileInfo(one.path).fileName();
        //: A place of a controller and what is in it
        text = tr("%1: %2").arg(slotTitle(owner.kind, one.port, one.device), medium);
        iconName = mediumIconName(one.kind);
    } else if (owner.name.isEmpty()) {
        text = controllerTitle(owner.kind);
    }
    QList<engine::DefinitionProblem> mine;
    const QString path = pathOf(place);
    for (const engine::DefinitionProblem &problem : std::as_const(m_problems)) {
        if (place.drive >= 0 ? isBelow(problem.field, path) : problem.field == path)
            mine.append(problem);
    }
    if (!mine.isEmpty())
        iconName =
            hasError(mine) ? QStringLiteral("dialog-error") : QStringLiteral("dialog-warning");
    item->setText(0, text);
    item->setIcon(0, icon(iconName));
    QStringList tips;
    for (const engine::DefinitionProblem &problem : std::as_const(mine))
        tips.append(problem.text);
    item->setToolTip(0, tips.isEmpty() ? text : tips.join(u'\n'));
}

StoragePage::Place StoragePage::placeOf(const QTreeWidgetItem *item) const
{
    if (!item)
        return {};
    return {item->data(0, ControllerRole).toInt(), item->data(0, DriveRole).toInt()};
}

QTreeWidgetItem *StoragePage::itemAt(Place place) const
{
    QTreeWidgetItem *top = m_tree->topLevelItem(place.controller);
    return top && place.drive >= 0 ? top->child(place.drive) : top;
}

engine::StorageController *StoragePage::controller()
{
    if (m_selected.controller < 0 || m_selected.controller >= m_controllers.size())
        return nullptr;
    return &m_controllers[m_selected.controller];
}

engine::StorageAttachment *StoragePage::drive()
{
    engine::StorageController *owner = controller();
    if (!owner || m_selected.drive < 0 || m_selected.drive >= owner->attachments.size())
        return nullptr;
    return &owner->attachments[m_selected.drive];
}

QString StoragePage::pathOf(Place place) const
{
    if (place.controller < 0)
        return QStringLiteral("controllers");
    const engine::StorageController &owner = m_controllers.at(place.controller);
    const QString path = QStringLiteral("controllers/") + owner.name;
    if (place.drive < 0)
        return path;
    const engine::StorageAttachment &one = owner.attachments.at(place.drive);
    return QStringLiteral("%1/%2/%3").arg(path).arg(one.port).arg(one.device);
}

void StoragePage::selectionChanged()
{
    if (m_isFilling)
        return;
    m_selected = placeOf(m_tree->currentItem());
    if (m_tree->currentItem() == nullptr)
        m_selected = {};
    if (drive())
        showDrive();
    else if (controller())
        showController();
    else
        m_forms->setCurrentIndex(0);
    updateTools();
    updateProblems();
}

void StoragePage::changed()
{
    if (QTreeWidgetItem *item = m_tree->currentItem()) {
        updateItem(item);
        if (item->parent())
            updateItem(item->parent());
    }
    updateTools();
    emit edited();
}

QList<engine::DefinitionProblem> StoragePage::showProblems(
    const QList<engine::DefinitionProblem> &problems)
{
    m_problems.clear();
    for (const engine::DefinitionProblem &problem : problems) {
        if (isBelow(problem.field, QStringLiteral("controllers")))
            m_problems.append(problem);
    }
    for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
        QTreeWidgetItem *top = m_tree->topLevelItem(i);
        updateItem(top);
        for (int k = 0; k < top->childCount(); ++k)
            updateItem(top->child(k));
    }
    updateProblems();
    return m_problems;
}

void StoragePage::updateProblems()
{
    QList<engine::DefinitionProblem> mine;
    const QString path = pathOf(m_selected);
    for (const engine::DefinitionProblem &problem : std::as_const(m_problems)) {
        if (m_selected.drive >= 0 ? isBelow(problem.field, path) : problem.field == path)
            mine.append(problem);
    }
    m_problemLine->show(mine);
}

void StoragePage::goTo(const QString &path)
{
    Place best;
    qsizetype length = -1;
    for (int i = 0; i < m_controllers.size(); ++i) {
        for (int k = -1; k < m_controllers.at(i).attachments.size(); ++k) {
            const QString place = pathOf({i, k});
            if (isBelow(path, place) && place.size() > length) {
                best = {i, k};
                length = place.size();
            }
        }
    }
    if (best.controller >= 0)
        m_tree->setCurrentItem(itemAt(best));
    m_tree->setFocus(Qt::OtherFocusReason);
}

bool StoragePage::search(const QStringList &words)
{
    const bool hasFound = SettingsPage::search(words);
    const QString more = tr("hard disk drive cd dvd iso floppy image medium controller sata ide "
                            "nvme virtio usb attach add remove qcow2 vdi vmdk");
    return hasFound || hasAllWords(more, words);
}

void StoragePage::applyRules(const SettingsRules &newRules)
{
    SettingsPage::applyRules(newRules);
    updateTools();
}

} // namespace ui

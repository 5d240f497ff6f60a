// SPDX-License-Identifier: GPL-3.0-or-later
// What the manager window does when one of its actions is chosen.
#include "engine/control/control_client.h"
#include "engine/drivers/spice_address.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"
#include "ui/confirm_box.h"
#include "ui/copy_dialog.h"
#include "ui/dropped_file.h"
#include "ui/error_box.h"
#include "ui/machine_browser.h"
#include "ui/machine_list_model.h"
#include "ui/machine_monitor.h"
#include "ui/manager_actions.h"
#include "ui/manager_window.h"
#include "ui/move_dialog.h"
#include "ui/name_dialog.h"
#include "ui/remove_dialog.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QPointer>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QStatusBar>

#include <algorithm>

namespace ui {

namespace {

constexpr qint64 JustEndedMs = 2500;

} // namespace

QList<engine::MachineEntry> ManagerWindow::selectedEntries() const
{
    QList<engine::MachineEntry> entries;
    for (const int row : m_browser->selectedRows())
        entries.append(*m_model->entry(m_model->index(row)));
    return entries;
}

MachineState ManagerWindow::stateOf(const engine::MachineEntry &entry) const
{
    return m_model->state(m_model->indexOf(entry.folder));
}

// A Return that was meant for a guest which has just ended lands here.
void ManagerWindow::rowChosen()
{
    const engine::MachineEntry *entry = currentEntry();
    if (!entry || !m_actions->start->isEnabled())
        return;
    const auto ended = m_ended.constFind(entry->folder);
    if (ended != m_ended.constEnd() && !ended->hasExpired(JustEndedMs)) {
        statusBar()->showMessage(
            tr("\"%1\" has just ended. Press again to start it.").arg(entry->displayName()), 5000);
        m_ended.remove(entry->folder);
        return;
    }
    if (isLive(m_model->state(current())))
        emit showRequested(engine::MachineEntry(*entry));
    else
        startMachine(engine::MachineEntry(*entry), QStringLiteral("gui"));
}

void ManagerWindow::startOrShow()
{
    const QList<engine::MachineEntry> entries = selectedEntries();
    const bool isOneOff =
        std::any_of(entries.begin(), entries.end(), [this](const engine::MachineEntry &entry) {
            return entry.isAccessible() && !isLive(stateOf(entry));
        });
    if (isOneOff)
        return start(QStringLiteral("gui"));
    for (const engine::MachineEntry &entry : entries)
        emit showRequested(entry);
}

void ManagerWindow::start(const QString &type)
{
    for (const engine::MachineEntry &entry : selectedEntries()) {
        if (entry.isAccessible() && !isLive(stateOf(entry)))
            startMachine(entry, type);
    }
}

void ManagerWindow::startMachine(const engine::MachineEntry &entry, const QString &type)
{
    m_model->setStarting(entry.folder, true);
    emit startRequested(entry, type);
}

void ManagerWindow::startFinished(const engine::MachineEntry &entry)
{
    m_model->setStarting(entry.folder, false);
}

void ManagerWindow::showStartError(const engine::MachineEntry &entry, const engine::Error &error)
{
    m_model->setStarting(entry.folder, false);
    if (error.kind() == engine::ErrorKind::Cancelled)
        return;
    showError(this, tr("The machine \"%1\" could not be started").arg(entry.displayName()), error,
              engine::paths::logFile(entry.folder));
}

void ManagerWindow::command(const QString &method, const QString &asked,
                            const std::function<bool(MachineState)> &suits)
{
    for (const engine::MachineEntry &entry : selectedEntries()) {
        if (suits(stateOf(entry)))
            command(entry, method, asked);
    }
}

void ManagerWindow::command(const engine::MachineEntry &entry, const QString &method,
                            const QString &asked, const QJsonObject &params)
{
    engine::ControlClient *client = m_monitor->client(entry.definition.uuid);
    if (!client)
        return;
    const QString what = asked.arg(entry.displayName());
    const QString log = engine::paths::logFile(entry.folder);
    client->call(method, params,
                 [self = QPointer(this), what, log](engine::Result<QJsonObject> reply) {
                     if (!self)
                         return;
                     if (!reply && reply.error().kind() != engine::ErrorKind::Cancelled)
                         showError(self, what, reply.error(), log);
                     self->selectionChanged(); // Pause is checked by what is, not by what was asked
                 });
}

void ManagerWindow::pause(bool isPaused)
{
    if (isPaused) {
        command(QStringLiteral("machine.pause"), tr("The machine \"%1\" could not be paused"),
                [](MachineState state) { return state == MachineState::Running; });
    } else {
        command(QStringLiteral("machine.resume"), tr("The machine \"%1\" could not go on"),
                [](MachineState state) { return state == MachineState::Paused; });
    }
}

void ManagerWindow::confirmPowerOff()
{
    QList<engine::MachineEntry> entries = selectedEntries();
    entries.removeIf([this](const engine::MachineEntry &entry) { return !isLive(stateOf(entry)); });
    if (entries.isEmpty())
        return;
    const bool isOne = entries.size() == 1;
    QString text = tr("What is not saved inside the machine is lost, as if its plug were pulled.");
    if (!isOne) {
        QStringList names;
        for (const engine::MachineEntry &entry : std::as_const(entries))
            names.append(entry.displayName());
        constexpr int MaxNames = 10;
        if (names.size() > MaxNames)
            names = names.mid(0, MaxNames) + QStringList{QStringLiteral("\u2026")};
        text = tr("What is not saved inside the machines is lost, as if their plugs were pulled.")
            + QStringLiteral("\n\n") + names.join(u'\n');
    } else if (entries.first().definition.isDisposable) {
        text = tr("Nothing of this machine is kept: it goes away when it is powered off.");
    }
    const auto powerOff = [this, entries] {
        for (const engine::MachineEntry &entry : entries) { // those that did not end meanwhile
            if (isLive(stateOf(entry)))
                command(entry, QStringLiteral("machine.powerOff"),
                        tr("The machine \"%1\" could not be powered off"));
        }
    };
    openConfirmation(this,
                     {.name = QStringLiteral("powerOffBox"),
                      .question = isOne ? tr("Power off \"%1\"?").arg(entries.first().displayName())
                                        : tr("Power off %1 machines?").arg(entries.size()),
                      .explanation = text,
                      .button = tr("&Power Off"),
                      .buttonName = QStringLiteral("confirmPowerOff"),
                      .title = tr("Power Off"),
                      .icon = QMessageBox::Warning,
                      .role = QMessageBox::DestructiveRole},
                     this, powerOff);
}

void ManagerWindow::startDisposable()
{
    const engine::MachineEntry *found = currentEntry();
    if (!found || !found->isAccessible() || isLive(m_model->state(current())))
        return;
    const engine::MachineEntry entry = *found;
    m_model->setStarting(entry.folder, true);
    emit disposableStartRequested(entry);
}

void ManagerWindow::confirmDiscard()
{
    const engine::MachineEntry *found = currentEntry();
    if (!found)
        return;
    const engine::MachineEntry entry = *found;
    const auto discard = [this, entry] {
        const auto done = m_store.discardSavedState(entry);
        if (!done)
            showError(
                this,
                tr("The saved state of \"%1\" could not be discarded").arg(entry.displayName()),
                done.error());
        m_model->update();
        selectionChanged();
    };
    openConfirmation(
        this,
        {.name = QStringLiteral("discardBox"),
         .question = tr("Discard the saved state of \"%1\"?").arg(entry.displayName()),
         .explanation = tr("What was in the guest's memory is lost, as if its plug had been "
                           "pulled. The machine then starts from its disks."),
         .button = tr("&Discard"),
         .buttonName = QStringLiteral("confirmDiscard"),
         .title = tr("Discard Saved State"),
         .icon = QMessageBox::Warning,
         .role = QMessageBox::DestructiveRole},
        this, discard);
}

void ManagerWindow::openPath(const QString &path)
{
    switch (droppedKind(path)) {
    case DroppedKind::Machine:
        addMachine(path);
        return;
    case DroppedKind::OpticalImage:
    case DroppedKind::DiskImage:
        emit newMachineRequested(path);
        return;
    case DroppedKind::Nothing:
        showError(this, tr("\"%1\" could not be opened").arg(QFileInfo(path).fileName()),
                  engine::makeError(engine::ErrorKind::Unsupported,
                                    tr("It is neither an ISO, nor a disk image, nor a machine"),
                                    tr("Choose a file that ends in .iso, .qcow2, .vdi, .vmdk, "
                                       ".vhdx, .img or .vitrine, or a machine's folder")));
        return;
    }
}

void ManagerWindow::chooseIso()
{
    auto *dialog = new QFileDialog(this, tr("Choose an ISO"), {},
                                   tr("Optical images (*.iso *.ISO);;All files (*)"));
    dialog->setObjectName(QStringLiteral("isoDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString &path) { emit newMachineRequested(path); });
    dialog->open();
}

void ManagerWindow::chooseDefinition()
{
    auto *dialog = new QFileDialog(this, tr("Add a Machine"), m_store.machineFolder(),
                                   tr("Machines (*.vitrine);;All files (*)"));
    dialog->setObjectName(QStringLiteral("addDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &ManagerWindow::addMachine);
    dialog->open();
}

void ManagerWindow::chooseServer()
{
    auto *dialog = new NameDialog(
        {.title = tr("Connect to a SPICE Server"),
         .label = tr("&Address:"),
         .name = QStringLiteral("spice://127.0.0.1:5900"),
         .accept = tr("&Connect")},
        [](const QString &text) {
            const auto address = engine::spiceAddressFromText(text);
            return address ? QString()
                           : tr("Write the address as spice://host:port, or as "
                                "spice://host?tls-port=port for an encrypted connection");
        },
        this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &NameDialog::chosen, this, &ManagerWindow::connectionRequested);
    dialog->open();
}

void ManagerWindow::chooseFolder()
{
    auto *dialog = new QFileDialog(this, tr("Open a Machine Folder"), m_store.machineFolder());
    dialog->setObjectName(QStringLiteral("folderDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &ManagerWindow::addMachine);
    dialog->open();
}

void ManagerWindow::addMachine(const QString &path)
{
    const auto added = m_store.registerMachine(path);
    if (!added) {
        showError(this, tr("\"%1\" could not be added").arg(QFileInfo(path).fileName()),
                  added.error());
        return;
    }
    selectMachine((*added).folder);
    statusBar()->showMessage(tr("Added \"%1\"").arg((*added).displayName()), 5000);
}

void ManagerWindow::removeMachine()
{
    const engine::MachineEntry *found = currentEntry();
    if (!found || isLive(m_model->state(current())))
        return;
    const engine::MachineEntry entry = *found;
    auto *dialog = new RemoveDialog(entry, filesToDelete(entry, m_store), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &RemoveDialog::unregisterChosen, this, [this, entry] {
        const auto done = m_store.unregisterMachine(entry.folder);
        if (!done)
            showError(this, tr("\"%1\" could not be taken off the list").arg(entry.displayName()),
                      done.error());
        m_model->update();
    });
    connect(dialog, &RemoveDialog::deleteChosen, this, [this, entry] {
        m_model->setRemoving(entry.folder, true);
        m_store.deleteMachineInBackground(
            entry, [self = QPointer(this), entry](const engine::Result<> &done) {
                if (!self)
                    return;
                self->m_model->setRemoving(entry.folder, false);
                if (!done)
                    showError(self, tr("\"%1\" could not be deleted").arg(entry.displayName()),
                              done.error());
            });
    });
    dialog->open();
}

void ManagerWindow::renameCurrent()
{
    if (const QString group = m_browser->currentGroup(); !group.isEmpty())
        return renameGroup(group);
    const engine::MachineEntry *found = currentEntry();
    if (!found || !found->isAccessible() || isLive(m_model->state(current())))
        return;
    const engine::MachineEntry entry = *found;
    auto *dialog = new NameDialog(
        {.title = tr("Rename \"%1\"").arg(entry.displayName()),
         .label = tr("&Name:"),
         .name = entry.displayName(),
         .accept = tr("&Rename")},
        [this, entry](const QString &name) {
            const auto problem = m_store.nameProblem(name, entry.folder);
            return problem ? engine::toQString(problem->message()) : QString();
        },
        this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &NameDialog::chosen, this, [this, entry](const QString &name) {
        if (name == entry.displayName())
            return;
        const auto renamed = m_store.rename(entry, name);
        if (renamed)
            selectMachine(renamed->folder);
        else
            showError(this, tr("\"%1\" could not be renamed").arg(entry.displayName()),
                      renamed.error());
    });
    dialog->open();
}

void ManagerWindow::copyMachine()
{
    const engine::MachineEntry *entry = currentEntry();
    if (!entry || !entry->isAccessible() || isLive(m_model->state(current())))
        return;
    auto *dialog = new CopyDialog(m_store, *entry, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &CopyDialog::done, this,
            [this](const engine::MachineEntry &copy) { selectMachine(copy.folder); });
    dialog->open();
}

void ManagerWindow::moveMachine()
{
    const engine::MachineEntry *entry = currentEntry();
    if (!entry || !entry->isAccessible() || isLive(m_model->state(current())))
        return;
    auto *dialog = new MoveDialog(m_store, *entry, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &MoveDialog::done, this, [this, dialog](const engine::MachineEntry &moved) {
        selectMachine(moved.folder);
        if (dialog->leftover().isEmpty())
            return;
        showError(this, tr("Some files of the old folder could not be deleted"),
                  engine::makeError(engine::ErrorKind::Denied,
                                    tr("The machine itself is in its new place"),
                                    tr("Delete the folder %1 yourself").arg(dialog->leftover())));
    });
    dialog->open();
}

} // namespace ui

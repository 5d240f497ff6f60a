// SPDX-License-Identifier: GPL-3.0-or-later
// The windows and boxes that the manager opens beside itself.
#include "engine/machine/qt_text.h"
#include "engine/machine/user_paths.h"
#include "ui/error_box.h"
#include "ui/file_manager.h"
#include "ui/icons.h"
#include "ui/log_window.h"
#include "ui/machine_monitor.h"
#include "ui/manager_actions.h"
#include "ui/manager_window.h"
#include "ui/settings/settings_dialog.h"
#include "ui/usb_board.h"
#include "ui/usb_window.h"

#include <QtCore/QDir>
#include <QtCore/QPointer>
#include <QtCore/QUrl>
#include <QtGui/QDesktopServices>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QStatusBar>

namespace ui {

void ManagerWindow::openSettings(const QString &page)
{
    const engine::MachineEntry *entry = currentEntry();
    if (!entry || !entry->isAccessible() || !m_actions->settings->isEnabled())
        return;
    QPointer<SettingsDialog> &dialog = m_settings[entry->definition.uuid];
    if (!dialog) {
        const QString socket = m_runtimeFolder.isEmpty()
            ? QString()
            : m_runtimeFolder + u'/' + entry->definition.uuid.toString(QUuid::WithoutBraces)
                + QStringLiteral("/control");
        dialog = new SettingsDialog(m_store, *entry, socket, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setModal(false); // another machine may be started meanwhile
        connect(dialog, &SettingsDialog::saved, this, [this](const engine::MachineEntry &changed) {
            m_store.refresh();
            selectMachine(changed.folder);
        });
    }
    if (!page.isEmpty())
        dialog->showPage(page);
    dialog->show();
    dialog->raise();
    dialog->activateWindow();
}

void ManagerWindow::showReport()
{
    const engine::MachineEntry *entry = currentEntry();
    if (!entry)
        return;
    emit reportRequested(*entry);
}

void ManagerWindow::tellSaved(const QString &path)
{
    statusBar()->showMessage(tr("Saved %1").arg(QDir::toNativeSeparators(path)), 8000);
}

void ManagerWindow::showLog()
{
    const engine::MachineEntry *entry = currentEntry();
    if (!entry)
        return;
    auto *window = new LogWindow(entry->displayName(), engine::paths::logFile(entry->folder), this);
    window->offerReport();
    connect(window, &LogWindow::reportRequested, this,
            [this, reported = *entry] { emit reportRequested(reported); });
    window->show();
}

void ManagerWindow::showFileManager()
{
    const engine::MachineEntry *entry = currentEntry();
    if (!entry)
        return;
    (new FileManager(entry->displayName(), engine::paths::controlSocket(entry->definition.uuid),
                     this))
        ->show();
}

UsbBoard &ManagerWindow::usbBoard()
{
    if (m_usbBoard == nullptr)
        m_usbBoard = new UsbBoard(*m_monitor, {}, this);
    return *m_usbBoard;
}

void ManagerWindow::showUsbDevices()
{
    if (m_usbWindow == nullptr) {
        m_usbWindow = new UsbWindow(usbBoard(), this);
        if (const engine::MachineEntry *entry = currentEntry();
            entry != nullptr && m_monitor->status(entry->definition.uuid) != nullptr)
            m_usbWindow->choose(entry->definition.uuid);
    }
    m_usbWindow->show();
    m_usbWindow->raise();
    m_usbWindow->activateWindow();
}

void ManagerWindow::showFolder()
{
    const engine::MachineEntry *entry = currentEntry();
    if (!entry || QDesktopServices::openUrl(QUrl::fromLocalFile(entry->folder)))
        return;
    showError(this, tr("The folder could not be opened"),
              engine::makeError(engine::ErrorKind::Unsupported,
                                tr("This desktop has no program that opens folders"),
                                tr("The machine is in %1").arg(entry->folder)));
}

void ManagerWindow::showAbout()
{
    auto *box = new QMessageBox(this);
    box->setObjectName(QStringLiteral("aboutBox"));
    box->setWindowTitle(tr("About Vitrine"));
    box->setIconPixmap(applicationIcon().pixmap(QSize(96, 96), devicePixelRatioF()));
    box->setText(tr("<b>Vitrine %1</b>").arg(QStringLiteral(VITRINE_VERSION)));
    box->setInformativeText(
        tr("Another computer in a window. No kernel module, no root, no service.\n\n"
           "Free software: you may use, study, share and change it under the GNU General Public "
           "License, version 3 or later. It comes without any warranty."));
    box->setAttribute(Qt::WA_DeleteOnClose);
    setReadableWidth(*box);
    box->open();
}

void ManagerWindow::showAcceleration()
{
    auto *box =
        new QMessageBox(QMessageBox::Information, tr("Software Emulation"),
                        tr("Machines run slowly on this computer"), QMessageBox::Close, this);
    box->setObjectName(QStringLiteral("accelerationBox"));
    QString text = tr("Every instruction of a machine is translated by software, which is ten to a "
                      "hundred times slower than the processor itself.");
    if (!m_acceleration.reason.isEmpty())
        text += QStringLiteral("\n\n") + tr("Why: %1").arg(sentence(m_acceleration.reason));
    if (!m_acceleration.remedy.isEmpty())
        text += QStringLiteral("\n\n") + tr("What to do: %1").arg(sentence(m_acceleration.remedy));
    box->setInformativeText(text);
    box->setTextInteractionFlags(Qt::TextSelectableByMouse);
    box->setAttribute(Qt::WA_DeleteOnClose);
    setReadableWidth(*box);
    box->open();
}

} // namespace ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keyboard_help.h"

#include "ui/console_actions.h"
#include "ui/icons.h"

#include <QtCore/QCoreApplication>
#include <QtWidgets/QDialog>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QTreeWidget>
#include <QtWidgets/QVBoxLayout>

namespace ui {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("ui::KeyboardHelp", text);
}

} // namespace

void showKeyboardHelp(const ConsoleActions &actions, const QString &hostKey, QWidget *parent)
{
    auto *dialog = new QDialog(parent);
    dialog->setObjectName(QStringLiteral("keyboardHelpDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Keyboard Help"));

    auto *intro = new QLabel(tr("The host key is %1. It is never sent to the guest: alone it "
                                "captures or releases keyboard and pointer, and with another key "
                                "it commands this window. Every other key belongs to the guest.")
                                 .arg(hostKey),
                             dialog);
    intro->setWordWrap(true);

    auto *table = new QTreeWidget(dialog);
    table->setObjectName(QStringLiteral("chords"));
    table->setAccessibleName(tr("Keys"));
    table->setRootIsDecorated(false);
    table->setAlternatingRowColors(true);
    table->setSelectionMode(QAbstractItemView::NoSelection);
    table->setHeaderLabels({tr("Keys"), tr("What they do")});
    new QTreeWidgetItem(table, {hostKey, tr("Capture or release keyboard and pointer")});
    const QList<QAction *> chords = actions.actionsWithChords();
    for (const QAction *action : chords) {
        new QTreeWidgetItem(table,
                            {ConsoleActions::chordOf(action), ConsoleActions::plainText(action)});
    }
    table->setFocusPolicy(Qt::NoFocus);
    table->resizeColumnToContents(0);
    table->setColumnWidth(0, table->columnWidth(0) + 16);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
    auto *layout = new QVBoxLayout(dialog);
    layout->addWidget(intro);
    layout->addWidget(table, 1);
    layout->addWidget(buttons);
    dialog->resize(480, 460);
    dialog->open();
}

void showAbout(QWidget *parent)
{
    auto *box = new QMessageBox(parent);
    box->setObjectName(QStringLiteral("aboutBox"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("About Vitrine"));
    box->setIconPixmap(applicationIcon().pixmap(64));
    box->setText(tr("Vitrine %1").arg(QStringLiteral(VITRINE_VERSION)));
    box->setInformativeText(tr("Virtual machines on the Linux desktop, run by the kernel's own "
                               "KVM: no kernel module, no root, no daemon.\n\n"
                               "Free software under the GNU General Public License, version 3 "
                               "or later; without any warranty."));
    box->addButton(QMessageBox::Close);
    box->open();
}

} // namespace ui

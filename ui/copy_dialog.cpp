// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/copy_dialog.h"

#include "engine/machine/qt_text.h"

#include <QtCore/QDir>
#include <QtCore/QLocale>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLineEdit>

namespace ui {

namespace {

QString freeName(const engine::MachineStore &store, const QString &name)
{
    const QString first = CopyDialog::tr("%1 Copy").arg(name);
    QString free = first;
    for (int i = 2; store.nameProblem(free); ++i)
        free = QStringLiteral("%1 %2").arg(first).arg(i);
    return free;
}

} // namespace

CopyDialog::CopyDialog(engine::MachineStore &store, const engine::MachineEntry &source,
                       QWidget *parent)
    : MachineTaskDialog(tr("&Copy"), parent)
    , m_store(store)
    , m_source(source)
    , m_name(new QLineEdit(freeName(store, source.displayName()), this))
    , m_addresses(new QComboBox(this))
{
    setObjectName(QStringLiteral("copyDialog"));
    setWindowTitle(tr("Copy \"%1\"").arg(source.displayName()));
    m_name->setObjectName(QStringLiteral("name"));
    form()->addRow(tr("&Name:"), m_name);
    m_folder = addFolderField(tr("&Folder:"), store.machineFolder());
    m_addresses->setObjectName(QStringLiteral("addresses"));
    m_addresses->addItem(tr("New ones for all network cards"), int(engine::MacAddresses::New));
    m_addresses->addItem(tr("The same as the original's"), int(engine::MacAddresses::Keep));
    m_addresses->addItem(tr("The same for cards behind NAT, new ones for others"),
                         int(engine::MacAddresses::KeepOfNat));
    form()->addRow(tr("&MAC addresses:"), m_addresses);
    connect(m_name, &QLineEdit::textChanged, this, &CopyDialog::check);
    m_name->selectAll();
    check();
}

engine::MachineCopyRequest CopyDialog::request() const
{
    return {.name = m_name->text(),
            .baseFolder = QDir::fromNativeSeparators(m_folder->text()),
            .macAddresses = engine::MacAddresses(m_addresses->currentData().toInt())};
}

MachineTaskDialog::Verdict CopyDialog::verdict()
{
    const auto plan = engine::planMachineCopy(m_store, m_source, request());
    if (!plan) {
        // The dialog's title says what was wanted.
        const auto &messages = plan.error().messages();
        QString problem = engine::toQString(messages.back());
        if (const QString remedy = engine::toQString(plan.error().remedy()); !remedy.isEmpty())
            problem += QStringLiteral(". ") + remedy;
        return {problem, {}};
    }
    QStringList notes{
        tr("The copy takes at most %1.")
            .arg(QLocale().formattedDataSize(plan->bytes, 1, QLocale::DataSizeTraditionalFormat))};
    return {{}, notes + plan->notes};
}

engine::Result<engine::MachineTask *> CopyDialog::begin()
{
    return engine::copyMachine(
        m_store, m_source, request(),
        [this](const engine::Result<engine::MachineEntry> &made) { finished(made); }, this);
}

QString CopyDialog::failureText() const
{
    return tr("The machine \"%1\" could not be copied").arg(m_source.displayName());
}

} // namespace ui

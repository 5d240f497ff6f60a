// SPDX-License-Identifier: GPL-3.0-or-later
// Shared folders: kvm_shares.h does it, this says when.
#include "engine/drivers/kvm_driver.h"
#include "engine/drivers/kvm_saved_folders.h"
#include "engine/machine/qt_text.h"

#include <algorithm>
#include <utility>

namespace engine {

namespace {

static_assert(VmSharedFolder::MaxPlaces == MachineDefinition::MaxSharedFolders);

bool isAmong(const QList<KvmFolderPlace> &places, const SharedFolder &folder, bool isUnwanted)
{
    return std::any_of(places.begin(), places.end(), [&](const KvmFolderPlace &each) {
        return each.isUnwanted == isUnwanted && each.folder.name == folder.name;
    });
}

} // namespace

// A new guest has the definition's, in its order.
void KvmDriver::prepareFolders()
{
    QList<KvmFolderPlace> places;
    if (!m_place.savedState.isEmpty())
        places = foldersToGoOnWith(m_savedFolders, m_place.savedState, m_definition);
    else
        for (const SharedFolder &folder : std::as_const(m_definition.sharedFolders))
            places.append({.place = unsigned(places.size()), .folder = folder});
    m_shares = new KvmShares(m_place.runFolder, places, m_options.shares, this);
    connect(m_shares, &KvmShares::changed, this, &Driver::foldersChanged);
    connect(m_shares, &KvmShares::noticed, this, &Driver::noticed);
    m_plan.config.sharedFolders = m_shares->cards();
    m_plan.config.folderEvents = m_shares->events();
}

// The guest runs: it hears what is amiss, and gets what came while it was saved.
void KvmDriver::bringFolders()
{
    const QList<FolderUse> folders = sharedFolders();
    for (const FolderUse &use : folders)
        if (!use.trouble.isEmpty())
            emit noticed(use.trouble);
    const QList<KvmFolderPlace> present = m_shares->places();
    for (const SharedFolder &folder : std::as_const(m_definition.sharedFolders))
        if (!isAmong(present, folder, false))
            m_lateFolders.append(folder);
    if (const Support support = folderSupport(); !m_lateFolders.isEmpty() && !support.isAvailable)
        emit noticed(support.reason);
    connect(m_shares, &KvmShares::changed, this, &KvmDriver::bringLateFolders);
    bringLateFolders();
}

// A folder waits for the card that it had before, and for a guest that knows its places.
void KvmDriver::bringLateFolders()
{
    if (m_lateFolders.isEmpty() || m_state != State::Running || !folderSupport().isAvailable)
        return;
    const QList<KvmFolderPlace> present = m_shares->places();
    const QList<SharedFolder> folders = std::exchange(m_lateFolders, {});
    for (const SharedFolder &folder : folders) {
        if (isAmong(present, folder, true)) {
            m_lateFolders.append(folder);
            continue;
        }
        attachFolder(folder, [this](const Result<> &attached) {
            if (!attached)
                emit noticed(errorText(attached.error()));
        });
    }
}

// Only its ACPI tables tell a guest of cards that come; it reads them when it starts.
void KvmDriver::guestStartsAnew()
{
    m_shares->guestWasReset();
    if (std::exchange(m_knowsFolderPlaces, true))
        return;
    emit supportChanged();
    bringLateFolders();
}

Support KvmDriver::folderSupport() const
{
    if (m_vm && m_vm->folderPlaces() == 0)
        return {false,
                "All of the machine's PCI slots have a card, and a folder needs one of them"};
    if (m_hasStarted && !m_knowsFolderPlaces)
        return {false,
                "The guest was started by a version of Vitrine whose shared folders came with the "
                "start: restart it, or power it off and add the folder then"};
    return {true, {}};
}

bool KvmDriver::refuseFolder(Reply &reply)
{
    if (refuse(reply, true))
        return true;
    const Support support = folderSupport();
    if (support.isAvailable)
        return false;
    answerLater(std::move(reply), makeError(ErrorKind::Unsupported, support.reason));
    return true;
}

void KvmDriver::attachFolder(const SharedFolder &folder, Reply reply)
{
    if (!refuseFolder(reply))
        m_shares->attach(folder, std::move(reply));
}

void KvmDriver::detachFolder(const QString &name, Reply reply)
{
    m_lateFolders.removeIf([&name](const SharedFolder &folder) { return folder.name == name; });
    if (!refuseFolder(reply))
        m_shares->detach(name, std::move(reply));
}

QList<FolderUse> KvmDriver::sharedFolders() const
{
    return m_shares ? m_shares->uses() : QList<FolderUse>();
}

} // namespace engine

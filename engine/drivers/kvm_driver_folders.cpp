// SPDX-License-Identifier: GPL-3.0-or-later
// Shared folders: kvm_shares.h does it, this says when, and what a saved state knows of them.
#include "engine/drivers/kvm_driver.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

#include <algorithm>
#include <utility>

namespace engine {

namespace {

static_assert(VmSharedFolder::MaxPlaces == MachineDefinition::MaxSharedFolders);

bool isAmong(const QList<KvmFolderPlace> &places, const SharedFolder &folder)
{
    return std::any_of(places.begin(), places.end(), [&folder](const KvmFolderPlace &each) {
        return !each.isUnwanted && each.folder.name == folder.name;
    });
}

} // namespace

// In a new guest, or one that a version saved whose folders came at the start only, the
// definition's folders are in its order. Else they are where they were saved.
void KvmDriver::prepareFolders()
{
    QList<KvmFolderPlace> places;
    if (m_savedFolders) {
        places = *m_savedFolders;
        for (KvmFolderPlace &each : places)
            for (const SharedFolder &folder : std::as_const(m_definition.sharedFolders))
                if (!each.isUnwanted && folder.name == each.folder.name)
                    each.folder = folder;
    } else {
        for (const SharedFolder &folder : std::as_const(m_definition.sharedFolders))
            places.append({.place = unsigned(places.size()), .folder = folder});
    }
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
    for (const SharedFolder &folder : std::as_const(m_definition.sharedFolders)) {
        if (isAmong(present, folder))
            continue;
        attachFolder(folder, [this](const Result<> &attached) {
            if (!attached)
                emit noticed(errorText(attached.error()));
        });
    }
}

QJsonArray KvmDriver::foldersToSave() const
{
    QJsonArray saved;
    const QList<KvmFolderPlace> places = m_shares->places();
    for (const KvmFolderPlace &each : places)
        saved.append(QJsonObject{{"place", int(each.place)},
                                 {"isUnwanted", each.isUnwanted},
                                 {"folder", sharedFolderToJson(each.folder)}});
    return saved;
}

Result<> KvmDriver::readSavedFolders(const QJsonObject &facts)
{
    m_knowsFolderPlaces = facts.contains("folders");
    if (!m_knowsFolderPlaces)
        return {};
    m_savedFolders.emplace();
    const QJsonArray saved = facts["folders"].toArray();
    for (const QJsonValue &value : saved) {
        const int place = value["place"].toInt(-1);
        if (place < 0 || place >= int(VmSharedFolder::MaxPlaces)
            || std::any_of(m_savedFolders->begin(), m_savedFolders->end(),
                           [place](const auto &other) { return int(other.place) == place; }))
            return makeError(ErrorKind::Corrupt, "The saved state's shared folders are damaged",
                             "Discard the saved state");
        m_savedFolders->append({.place = unsigned(place),
                                .folder = TRY(sharedFolderFromJson(value["folder"].toObject())),
                                .isUnwanted = value["isUnwanted"].toBool()});
    }
    return {};
}

// Only its ACPI tables tell a guest of cards that come; it reads them when it starts.
void KvmDriver::guestStartsAnew()
{
    m_shares->guestWasReset();
    if (!std::exchange(m_knowsFolderPlaces, true))
        emit supportChanged();
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
    if (!refuseFolder(reply))
        m_shares->detach(name, std::move(reply));
}

QList<FolderUse> KvmDriver::sharedFolders() const
{
    return m_shares ? m_shares->uses() : QList<FolderUse>();
}

} // namespace engine

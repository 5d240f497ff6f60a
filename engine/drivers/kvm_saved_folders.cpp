// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/kvm_saved_folders.h"

#include "engine/drivers/saving.h"
#include "engine/machine/atomic_file.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/saved_state.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>

namespace engine {

namespace {

const SharedFolder *find(const QList<SharedFolder> &folders, const QString &name)
{
    const auto found =
        std::find_if(folders.begin(), folders.end(),
                     [&name](const SharedFolder &each) { return each.name == name; });
    return found == folders.end() ? nullptr : &*found;
}

} // namespace

QJsonArray folderPlacesToJson(const QList<KvmFolderPlace> &places)
{
    QJsonArray saved;
    for (const KvmFolderPlace &each : places)
        saved.append(QJsonObject{{"place", int(each.place)},
                                 {"isUnwanted", each.isUnwanted},
                                 {"folder", sharedFolderToJson(each.folder)}});
    return saved;
}

Result<QList<KvmFolderPlace>> folderPlacesFromJson(const QJsonArray &saved)
{
    QList<KvmFolderPlace> places;
    for (const QJsonValue &value : saved) {
        const int place = value["place"].toInt(-1);
        if (place < 0 || place >= int(VmSharedFolder::MaxPlaces)
            || std::any_of(places.begin(), places.end(),
                           [place](const auto &other) { return int(other.place) == place; }))
            return makeError(ErrorKind::Corrupt, "The saved state's shared folders are damaged",
                             "Discard the saved state");
        places.append({.place = unsigned(place),
                       .folder = TRY(sharedFolderFromJson(value["folder"].toObject())),
                       .isUnwanted = value["isUnwanted"].toBool()});
    }
    return places;
}

// The definition's folders are as it has them now; one that it has no more is to leave the guest.
// Others were for that run only, which goes on.
QList<KvmFolderPlace> foldersToGoOnWith(const std::optional<QList<KvmFolderPlace>> &saved,
                                        const QString &savedState, const MachineDefinition &now)
{
    const Result<MachineDefinition> definition = definitionWhenSaved(savedState);
    const QList<SharedFolder> before = definition ? definition->sharedFolders : now.sharedFolders;
    QList<KvmFolderPlace> places;
    if (saved)
        places = *saved;
    else
        for (const SharedFolder &folder : before)
            places.append({.place = unsigned(places.size()), .folder = folder});
    for (KvmFolderPlace &each : places) {
        if (each.isUnwanted)
            continue;
        if (const SharedFolder *const present = find(now.sharedFolders, each.folder.name))
            each.folder = *present;
        else
            each.isUnwanted = find(before, each.folder.name) != nullptr;
    }
    return places;
}

QList<KvmFolderPlace> foldersToGoOnWith(const QString &savedState, const MachineDefinition &now)
{
    const Result<QByteArray> json = readSmallFile(savedState + SavedKvmFactsFile);
    if (!json)
        return {};
    const QJsonObject facts = QJsonDocument::fromJson(*json).object();
    if (!facts.contains("folders"))
        return foldersToGoOnWith(std::nullopt, savedState, now);
    const Result<QList<KvmFolderPlace>> saved = folderPlacesFromJson(facts["folders"].toArray());
    return saved ? foldersToGoOnWith(*saved, savedState, now) : QList<KvmFolderPlace>();
}

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
// The shared folders of a saved machine of the built-in engine: which one is in which place
// (`kvm.json` beside its memory), and what the definition has changed since. Any thread.
#pragma once

#include "engine/base/result.h"
#include "engine/drivers/kvm_shares.h"

#include <QtCore/QJsonArray>

#include <optional>

namespace engine {

QJsonArray folderPlacesToJson(const QList<KvmFolderPlace> &places);
Result<QList<KvmFolderPlace>> folderPlacesFromJson(const QJsonArray &saved);

// Where a machine finds them that goes on from this state with this definition. `saved`: as it was
// written; nothing: by a version whose folders were the definition's, in its order.
QList<KvmFolderPlace> foldersToGoOnWith(const std::optional<QList<KvmFolderPlace>> &saved,
                                        const QString &savedState, const MachineDefinition &now);
// The same of a state that nobody has read yet; none where that cannot be done.
QList<KvmFolderPlace> foldersToGoOnWith(const QString &savedState, const MachineDefinition &now);

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
// controlvm's actions on a network adapter of a running machine: nicN, natpfN, nicratelimitN,
// nicegressN. Each reads the adapter as it is, changes it and hands the whole back.
#pragma once

#include "app/cli/outcome.h"

#include <QtCore/QStringList>

#include <optional>

namespace engine {
class ControlClient;
}

namespace app {

struct NicAction
{
    QString stem; // "natpf"
    int number = 0; // 1 to 8
    QStringList words;
};

// nullopt: some other action. Invalid: a number or a count of words that cannot be.
engine::Result<std::optional<NicAction>> parseNicAction(const QString &verb,
                                                        const QStringList &words);

Outcome applyNicAction(engine::ControlClient &client, const NicAction &action);

} // namespace app

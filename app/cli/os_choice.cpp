// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/os_choice.h"

#include "app/cli/vbox_words.h"
#include "engine/catalog/os_catalog.h"
#include "engine/machine/qt_text.h"

namespace app {

using namespace engine;

Result<> setOsType(MachineDefinition &definition, const QString &word)
{
    const VBoxOsType *type = findVBoxOsType(word);
    if (type) {
        definition.osId = type->osId;
        setInertValue(definition, QStringLiteral("ostype"), type->id);
        return {};
    }
    const auto catalog = TRY(OsCatalog::load());
    if (!catalog->system(word))
        return makeError(ErrorKind::NotFound,
                         QStringLiteral("The guest OS type '%1' is not known").arg(word),
                         QStringLiteral("See \"list ostypes\" for all of them"));
    definition.osId = word;
    definition.inertSettings.remove(QStringLiteral("ostype"));
    return {};
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/open_driver.h"

#include "engine/drivers/qemu_driver.h"
#include "engine/machine/qt_text.h"

namespace engine {

Result<std::unique_ptr<Driver>> openDriver(const MachineDefinition &definition)
{
    switch (definition.engine) {
    case EngineChoice::Auto:
    case EngineChoice::Qemu:
        return std::unique_ptr<Driver>(std::make_unique<QemuDriver>());
    case EngineChoice::Kvm:
        break;
    }
    return makeError(ErrorKind::Unsupported,
                     QString("The machine \"%1\" asks for the built-in engine (kvm), which this "
                             "version does not have")
                         .arg(definition.name),
                     "Set the machine's engine to auto or qemu");
}

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/open_driver.h"

#include "engine/base/log.h"
#include "engine/drivers/engine_choice.h"
#include "engine/drivers/kvm_driver.h"
#include "engine/drivers/qemu_driver.h"
#include "engine/machine/qt_text.h"

namespace engine {

namespace {

std::unique_ptr<Driver> makeKvmDriver(const Acceleration &acceleration,
                                      const OpenUsbDevice &openUsb)
{
    KvmDriverOptions options;
    options.makeVm = [](VmConfig config, VmEvents &events, PollLoop &io, PollLoop *network) {
        return Vm::create(std::move(config), events, io, network);
    };
    options.openImage = &openKvmImage;
    options.openUsb = openUsb;
    options.acceleration = acceleration;
    return std::make_unique<KvmDriver>(std::move(options));
}

} // namespace

Result<std::unique_ptr<Driver>> openDriver(const MachineDefinition &definition,
                                           const QString &savedBy, const OpenUsbDevice &openUsb)
{
    // Nobody asks KVM about a machine that is QEMU's anyway.
    const bool isQemus = savedBy.isEmpty() && definition.engine == EngineChoice::Qemu;
    const BuiltInAcceleration builtIn = isQemus ? BuiltInAcceleration() : builtInAcceleration();
    const EngineDecision decision = TRY(decideEngine(definition, savedBy, builtIn));
    if (decision.engine == EngineChoice::Kvm)
        return makeKvmDriver(builtIn.acceleration, openUsb);
    if (!decision.whyNotBuiltIn.isEmpty())
        log(LogLevel::Info, "session",
            "not run by the built-in engine: " + decision.whyNotBuiltIn.toStdString());
    return std::unique_ptr<Driver>(std::make_unique<QemuDriver>());
}

} // namespace engine

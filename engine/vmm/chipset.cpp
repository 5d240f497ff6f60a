// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmm/chipset.h"

#include "engine/devices/ich9_lpc.h"
#include "engine/devices/pci_host.h"
#include "engine/devices/piix.h"

namespace engine {

namespace {

class PiixChipset final : public Chipset
{
public:
    PiixChipset(IrqRouter &router, AcpiPm &power)
        : m_bridge(router)
        , m_power(power)
    { }
    std::vector<Function> functions() override
    {
        return {{&m_host, {0, 0}}, {&m_bridge, {1, 0}}, {&m_power, {1, 3}}};
    }
    PciPlace videoPlace() const override { return {2, 0}; }
    std::optional<PciPlace> ahciPlace() const override { return std::nullopt; }
    std::optional<PciPlace> soundPlace() const override { return std::nullopt; }
    unsigned firstFreeSlot() const override { return 3; }

private:
    I440fxHost m_host;
    Piix3Bridge m_bridge;
    Piix4Power m_power;
};

class Q35Chipset final : public Chipset
{
public:
    Q35Chipset(IrqRouter &router, PciConfigAccess &access, AcpiPm &power)
        : m_host(access)
        , m_bridge(router, power)
    { }
    std::vector<Function> functions() override { return {{&m_host, {0, 0}}, {&m_bridge, {31, 0}}}; }
    PciPlace videoPlace() const override { return {1, 0}; }
    std::optional<PciPlace> ahciPlace() const override { return PciPlace{31, 2}; }
    std::optional<PciPlace> soundPlace() const override { return PciPlace{27, 0}; }
    unsigned firstFreeSlot() const override { return 2; }

private:
    Q35Host m_host;
    Ich9Lpc m_bridge;
};

} // namespace

std::unique_ptr<Chipset> Chipset::make(VmBoard board, IrqRouter &router, PciConfigAccess &access,
                                       AcpiPm &power)
{
    if (board == VmBoard::I440fx)
        return std::make_unique<PiixChipset>(router, power);
    return std::make_unique<Q35Chipset>(router, access, power);
}

IrqRouter::Wiring Chipset::wiring(VmBoard board)
{
    return board == VmBoard::I440fx ? IrqRouter::Wiring::Piix : IrqRouter::Wiring::Ich9;
}

AcpiPm::Kind Chipset::powerKind(VmBoard board)
{
    return board == VmBoard::I440fx ? AcpiPm::Kind::Piix4 : AcpiPm::Kind::Ich9;
}

} // namespace engine

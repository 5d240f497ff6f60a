// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/machine/machine_check.h"

#include "engine/machine/machine_json.h"
#include "engine/machine/machine_name.h"
#include "engine/machine/qt_text.h"
#include "engine/net/egress_rules.h"
#include "engine/net/internal_network.h"
#include "engine/net/nat_plan.h"

#include <QtCore/QDir>
#include <QtCore/QRegularExpression>
#include <QtCore/QSet>

#include <array>

namespace engine {

namespace {

using Severity = DefinitionProblem::Severity;

class Checker final
{
public:
    Checker(const MachineDefinition &definition, const CheckContext &context)
        : m_definition(definition)
        , m_context(context)
    { }

    QList<DefinitionProblem> run()
    {
        checkGeneral();
        checkControllers();
        checkAdapters();
        return std::move(m_problems);
    }

private:
    void error(const QString &field, const QString &text)
    {
        m_problems.append({Severity::Error, field, text});
    }
    void warning(const QString &field, const QString &text)
    {
        m_problems.append({Severity::Warning, field, text});
    }

    void checkGeneral();
    void checkBootOrder();
    void checkControllers();
    void checkController(const StorageController &controller, const QString &field);
    void checkAttachment(const StorageController &controller, const StorageAttachment &attachment,
                         const QString &field);
    void checkAdapters();
    void checkNetwork(const NetworkAdapter &adapter, const QString &field);
    void checkForward(const PortForward &forward, const QString &field);

    const MachineDefinition &m_definition;
    const CheckContext &m_context;
    QList<DefinitionProblem> m_problems;
    QSet<QString> m_diskPaths;
    QSet<QString> m_hostPorts;
};

struct ControllerLimits
{
    const char *title;
    int ports;
    int devicesPerPort;
    bool takesOptical;
    bool takesDisks;
};

ControllerLimits limitsOf(ControllerKind kind)
{
    switch (kind) {
    case ControllerKind::Ide:
        return {"IDE", 2, 2, true, true};
    case ControllerKind::Sata:
        return {"SATA", 30, 1, true, true};
    case ControllerKind::Virtio:
        return {"VirtIO", 24, 1, false, true};
    case ControllerKind::Nvme:
        return {"NVMe", 24, 1, false, true};
    case ControllerKind::Usb:
        return {"USB", 8, 1, true, true};
    case ControllerKind::Floppy:
        break;
    }
    return {"floppy", 1, 2, false, false};
}

void Checker::checkGeneral()
{
    if (m_definition.uuid.isNull())
        error(QStringLiteral("uuid"), QStringLiteral("The machine has no UUID"));
    if (const QString problem = machineNameProblem(m_definition.name); !problem.isEmpty())
        error(QStringLiteral("name"), problem);
    if (m_definition.memoryMiB < MachineDefinition::MinMemoryMiB
        || m_definition.memoryMiB > MachineDefinition::MaxMemoryMiB) {
        error(QStringLiteral("memoryMiB"),
              QStringLiteral("A machine can have from %1 MiB to %2 MiB of memory, not %3")
                  .arg(MachineDefinition::MinMemoryMiB)
                  .arg(MachineDefinition::MaxMemoryMiB)
                  .arg(m_definition.memoryMiB));
    }
    if (m_definition.cpus < 1 || m_definition.cpus > MachineDefinition::MaxCpus) {
        error(QStringLiteral("cpus"),
              QStringLiteral("A machine can have from 1 to %1 CPUs, not %2")
                  .arg(MachineDefinition::MaxCpus)
                  .arg(m_definition.cpus));
    }
    if (m_definition.videoMemoryMiB < 0
        || m_definition.videoMemoryMiB > MachineDefinition::MaxVideoMemoryMiB) {
        error(QStringLiteral("videoMemoryMiB"),
              QStringLiteral("Video memory can be at most %1 MiB, not %2")
                  .arg(MachineDefinition::MaxVideoMemoryMiB)
                  .arg(m_definition.videoMemoryMiB));
    }
    for (const QString &group : m_definition.groups) {
        if (!group.startsWith(QLatin1Char('/'))) {
            error(QStringLiteral("groups"),
                  QStringLiteral("The group \"%1\" must begin with a slash").arg(group));
        }
    }
    if (m_definition.usb == UsbController::None
        && m_definition.pointing != PointingDevice::Ps2Mouse) {
        error(QStringLiteral("pointing"),
              QStringLiteral("A USB pointing device needs a USB controller"));
    }
    if (m_definition.isSecureBootOn && m_definition.firmware != Firmware::Uefi)
        error(QStringLiteral("secureBoot"), QStringLiteral("Secure Boot needs UEFI firmware"));
    else if (m_definition.isSecureBootOn && m_definition.chipset != Chipset::Q35)
        error(QStringLiteral("secureBoot"),
              QStringLiteral("Secure Boot needs the ICH9 chipset (Q35)"));
    checkBootOrder();
}

void Checker::checkBootOrder()
{
    const QString field = QStringLiteral("bootOrder");
    QSet<BootDevice> seen;
    for (const BootDevice device : m_definition.bootOrder) {
        if (seen.contains(device)) {
            error(field, QStringLiteral("The boot order names %1 twice").arg(enumName(device)));
        }
        seen.insert(device);
    }
}

void Checker::checkControllers()
{
    QSet<QString> names;
    std::array<int, 6> counts = {};
    for (const StorageController &controller : m_definition.controllers) {
        const QString field = QStringLiteral("controllers/") + controller.name;
        if (controller.name.trimmed().isEmpty())
            error(field, QStringLiteral("A storage controller needs a name"));
        else if (names.contains(controller.name)) {
            error(field,
                  QStringLiteral("Two storage controllers are named \"%1\"").arg(controller.name));
        }
        names.insert(controller.name);
        // Of these a board has one; the others are cards, and any number of those fits.
        const bool isOnBoard =
            controller.kind == ControllerKind::Ide || controller.kind == ControllerKind::Floppy;
        if (++counts[std::size_t(controller.kind)] == 2 && isOnBoard) {
            error(field,
                  QStringLiteral("A machine can have only one %1 controller")
                      .arg(QLatin1String(limitsOf(controller.kind).title)));
        }
        checkController(controller, field);
    }
}

void Checker::checkController(const StorageController &controller, const QString &field)
{
    const ControllerLimits limits = limitsOf(controller.kind);
    if (controller.portCount < 1 || controller.portCount > limits.ports) {
        error(field,
              QStringLiteral("The %1 controller can have from 1 to %2 ports, not %3")
                  .arg(QLatin1String(limits.title))
                  .arg(limits.ports)
                  .arg(controller.portCount));
    }
    QSet<QPair<int, int>> places;
    for (const StorageAttachment &attachment : controller.attachments) {
        const QString place =
            QStringLiteral("%1/%2/%3").arg(field).arg(attachment.port).arg(attachment.device);
        if (attachment.port < 0 || attachment.port >= controller.portCount) {
            error(place,
                  QStringLiteral("\"%1\" has %2 ports, so there is no port %3")
                      .arg(controller.name)
                      .arg(controller.portCount)
                      .arg(attachment.port));
        }
        if (attachment.device < 0 || attachment.device >= limits.devicesPerPort) {
            error(place,
                  QStringLiteral("A port of \"%1\" has no device %2")
                      .arg(controller.name)
                      .arg(attachment.device));
        }
        if (places.contains({attachment.port, attachment.device})) {
            error(place,
                  QStringLiteral("Port %1, device %2 of \"%3\" is used twice")
                      .arg(attachment.port)
                      .arg(attachment.device)
                      .arg(controller.name));
        }
        places.insert({attachment.port, attachment.device});
        checkAttachment(controller, attachment, place);
    }
}

void Checker::checkAttachment(const StorageController &controller,
                              const StorageAttachment &attachment, const QString &field)
{
    const ControllerLimits limits = limitsOf(controller.kind);
    const QString title = QLatin1String(limits.title);
    const bool isFloppyDrive = attachment.kind == MediumKind::Floppy;
    if (isFloppyDrive != (controller.kind == ControllerKind::Floppy))
        error(field,
              QStringLiteral("Floppy drives, and only those, belong on a floppy controller"));
    else if (attachment.kind == MediumKind::Optical && !limits.takesOptical)
        error(field, QStringLiteral("A %1 controller takes no optical drives").arg(title));
    else if (attachment.kind == MediumKind::HardDisk && !limits.takesDisks)
        error(field, QStringLiteral("A %1 controller takes no hard disks").arg(title));

    const QString path = resolvedPath(attachment, m_context.machineFolder);
    if (path.isEmpty()) {
        if (attachment.kind == MediumKind::HardDisk)
            error(field, QStringLiteral("A hard disk needs a file"));
        return;
    }
    if (attachment.kind == MediumKind::HardDisk) {
        if (m_diskPaths.contains(path))
            error(field, QStringLiteral("The disk \"%1\" is attached twice").arg(path));
        m_diskPaths.insert(path);
    }
    if (!m_context.fileExists || m_context.fileExists(path))
        return;
    if (attachment.kind == MediumKind::HardDisk)
        error(field, QStringLiteral("The disk file \"%1\" is missing").arg(path));
    else {
        warning(field,
                QStringLiteral("The image \"%1\" is missing; the drive will be empty").arg(path));
    }
}

void Checker::checkAdapters()
{
    if (m_definition.adapters.size() > MachineDefinition::MaxAdapters) {
        error(QStringLiteral("adapters"),
              QStringLiteral("A machine can have at most %1 network adapters")
                  .arg(MachineDefinition::MaxAdapters));
    }
    static const QRegularExpression MacPattern(QStringLiteral("^[0-9a-f]{2}(:[0-9a-f]{2}){5}$"));
    QSet<QString> macs;
    for (qsizetype i = 0; i < m_definition.adapters.size(); ++i) {
        const NetworkAdapter &adapter = m_definition.adapters.at(i);
        if (adapter.mode == NetworkMode::None)
            continue;
        const QString field = QStringLiteral("adapters/%1").arg(i);
        const QString mac = adapter.macAddress;
        // The lowest bit of the first byte marks a group address, which no card may have.
        if (!MacPattern.match(mac).hasMatch() || (mac.left(2).toInt(nullptr, 16) & 1) != 0
            || mac == QLatin1String("00:00:00:00:00:00")) {
            error(field,
                  QStringLiteral("\"%1\" is not the address of a network card; it should "
                                 "look like 52:54:00:12:34:56")
                      .arg(mac));
        } else if (macs.contains(mac))
            error(field, QStringLiteral("Two network adapters have the address %1").arg(mac));
        macs.insert(mac);
        checkNetwork(adapter, field);
        QSet<QString> names;
        for (const PortForward &forward : adapter.forwards) {
            const QString place = field + QStringLiteral("/forwards/") + forward.name;
            if (!forward.name.isEmpty() && names.contains(forward.name)) {
                error(place,
                      QStringLiteral("Two port forwards of adapter %1 are named \"%2\"")
                          .arg(i + 1)
                          .arg(forward.name));
            }
            names.insert(forward.name);
            checkForward(forward, place);
        }
    }
}

void Checker::checkNetwork(const NetworkAdapter &adapter, const QString &field)
{
    const auto report = [&](const char *key, const Error &problem) {
        error(field + QLatin1Char('/') + QLatin1String(key), errorText(problem));
    };
    switch (adapter.mode) {
    case NetworkMode::None:
    case NetworkMode::NotAttached:
        return;
    case NetworkMode::Internal:
        if (const Result<> good =
                net::checkInternalNetworkName(adapter.internalNetwork.toStdString());
            !good)
            report("internalNetwork", good.error());
        return;
    case NetworkMode::Bridged:
        // Whether it is there is the host's business, and changes.
        if (adapter.hostInterface.isEmpty())
            error(field + QStringLiteral("/hostInterface"),
                  QStringLiteral("No interface of this computer is chosen to bridge to"));
        return;
    case NetworkMode::Nat:
        break;
    }
    if (const auto plan = net::NatPlan::make(adapter.natNetwork.toStdString(), 0); !plan)
        report("natNetwork", plan.error());
    if (adapter.egress != EgressPolicy::ListOnly)
        return;
    for (const QString &destination : adapter.allowedDestinations) {
        if (const Result<> good = net::checkDestination(destination.toStdString()); !good)
            report("allowedDestinations", good.error());
    }
    if (adapter.allowedDestinations.isEmpty())
        warning(field + QStringLiteral("/allowedDestinations"),
                QStringLiteral("The list of allowed destinations is empty: the guest can connect "
                               "to nothing"));
}

bool isAddress(const QString &text)
{
    const QStringList parts = text.split(QLatin1Char('.'));
    if (parts.size() != 4)
        return false;
    for (const QString &part : parts) {
        bool isNumber = false;
        const uint number = part.toUInt(&isNumber);
        if (!isNumber || number > 255 || part.size() > 3)
            return false;
    }
    return true;
}

void Checker::checkForward(const PortForward &forward, const QString &field)
{
    for (const int port : {forward.hostPort, forward.guestPort}) {
        if (port < 1 || port > 65535) {
            error(field,
                  QStringLiteral("The port forward \"%1\" has the port %2; ports are from 1 "
                                 "to 65535")
                      .arg(forward.name)
                      .arg(port));
        }
    }
    for (const QString &address : {forward.hostAddress, forward.guestAddress}) {
        if (!address.isEmpty() && !isAddress(address)) {
            error(field,
                  QStringLiteral("The port forward \"%1\" has the address \"%2\", which is "
                                 "not an IPv4 address")
                      .arg(forward.name, address));
        }
    }
    const QString host =
        forward.hostAddress.isEmpty() ? QStringLiteral("127.0.0.1") : forward.hostAddress;
    const QString key =
        QStringLiteral("%1 %2:%3").arg(enumName(forward.protocol), host).arg(forward.hostPort);
    if (m_hostPorts.contains(key)) {
        error(
            field,
            QStringLiteral("Two port forwards use port %1 of this computer").arg(forward.hostPort));
    }
    m_hostPorts.insert(key);
}

} // namespace

QList<DefinitionProblem> checkDefinition(const MachineDefinition &definition,
                                         const CheckContext &context)
{
    return Checker(definition, context).run();
}

QString resolvedPath(const StorageAttachment &attachment, const QString &machineFolder)
{
    if (attachment.path.isEmpty())
        return {};
    return QDir::cleanPath(QDir(machineFolder).absoluteFilePath(attachment.path));
}

} // namespace engine

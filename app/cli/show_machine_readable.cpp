// SPDX-License-Identifier: GPL-3.0-or-later
// The order is VirtualBox 7.0's; programs take the card of a Forwarding line from the last nicN
// line before it.
#include "app/cli/folder_format.h"
#include "app/cli/modify_serial.h"
#include "app/cli/modify_vrde.h"
#include "app/cli/nic_settings.h"
#include "app/cli/show_format.h"
#include "app/cli/usb_format.h"
#include "app/cli/vbox_network_words.h"
#include "app/cli/vbox_words.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/machine_json.h"
#include "engine/machine/saved_state.h"
#include "engine/machine/user_paths.h"
#include "engine/media/disk_image.h"

#include <QtCore/QFileInfo>

namespace app {

using namespace engine;

namespace {

QString onOff(bool value)
{
    return value ? QStringLiteral("on") : QStringLiteral("off");
}

class Writer final
{
public:
    explicit Writer(const MachineView &view)
        : m_view(view)
        , m_definition(view.entry.definition)
    { }

    QString text()
    {
        general();
        board();
        state();
        storage();
        network();
        devices();
        own();
        return m_text;
    }

private:
    void put(const QString &key, const QString &value) { m_text += keyValue(key, value); }
    void put(const char *key, const QString &value) { put(QString::fromLatin1(key), value); }
    void number(const char *key, qint64 value)
    {
        m_text += keyNumber(QString::fromLatin1(key), value);
    }
    // A setting that is stored without effect, or what VirtualBox has when nobody set it.
    void inert(const char *key, const char *stored, const char *fallback)
    {
        put(key, inertValue(m_definition, QLatin1String(stored), QLatin1String(fallback)));
    }

    void general()
    {
        const QString folder = m_view.entry.folder;
        put("name", m_definition.name);
        put("groups",
            m_definition.groups.isEmpty() ? QStringLiteral("/")
                                          : m_definition.groups.join(QLatin1Char(',')));
        put("ostype", osTypeWords(m_definition).description);
        put("UUID", uuidWord(m_definition.uuid));
        put("CfgFile", m_view.entry.definitionPath);
        put("SnapFldr", folder + QStringLiteral("/snapshots"));
        put("LogFldr", QFileInfo(paths::logFile(folder)).path());
        inert("hardwareuuid", "hardwareuuid", qPrintable(uuidWord(m_definition.uuid)));
    }

    void board()
    {
        number("memory", m_definition.memoryMiB);
        inert("pagefusion", "pagefusion", "off");
        number("vram", m_definition.videoMemoryMiB);
        number("cpuexecutioncap",
               inertValue(m_definition, QStringLiteral("cpuexecutioncap"), QStringLiteral("100"))
                   .toInt());
        inert("hpet", "hpet", "on");
        inert("cpu-profile", "cpuprofile", "host");
        put("chipset", chipsetWord(m_definition.chipset));
        put("firmware", firmwareWord(m_definition.firmware));
        if (m_definition.firmware == Firmware::Uefi)
            put("SecureBoot", onOff(m_definition.isSecureBootOn));
        if (m_definition.tpm != TpmModel::None)
            put("TPMType", tpmWord(m_definition.tpm));
        number("cpus", m_definition.cpus);
        inert("pae", "pae", "on");
        inert("longmode", "longmode", "on");
        inert("triplefaultreset", "triplefaultreset", "off");
        inert("apic", "apic", "on");
        inert("x2apic", "x2apic", "on");
        put("nested-hw-virt", onOff(m_definition.isNestedVirtualizationOn));
        number("cpuid-portability-level", 0);
        inert("bootmenu", "biosbootmenu", "messageandmenu");
        const BootSlots places = bootSlots(m_definition);
        for (std::size_t i = 0; i < places.size(); ++i)
            put(QStringLiteral("boot%1").arg(i + 1), bootWord(places[i]));
        inert("acpi", "acpi", "on");
        inert("ioapic", "ioapic", "on");
        inert("biosapic", "biosapic", "apic");
        number("biossystemtimeoffset", 0);
        put("rtcuseutc", onOff(m_definition.clock == ClockBase::Utc));
        inert("hwvirtex", "hwvirtex", "on");
        inert("nestedpaging", "nestedpaging", "on");
        inert("largepages", "largepages", "off");
        inert("vtxvpid", "vtxvpid", "on");
        inert("vtxux", "vtxux", "on");
        inert("virtvmsavevmload", "virtvmsavevmload", "on");
        inert("iommu", "iommu", "none");
        inert("paravirtprovider", "paravirtprovider", "default");
        const bool isWindows = m_definition.osId.startsWith(QLatin1String("win"));
        put("effparavirtprovider", isWindows ? QStringLiteral("hyperv") : QStringLiteral("kvm"));
    }

    void state()
    {
        put("VMState", m_view.live.word);
        put("VMStateChangeTime", stampWord(m_view.live.changed));
        if (m_view.live.word == QLatin1String("saved"))
            put("VMStateFile", savedStateFolder(m_view.entry.folder));
        put("graphicscontroller", graphicsWord(m_definition));
        number("monitorcount", m_definition.monitors);
        inert("accelerate3d", "accelerate3d", "off");
        inert("accelerate2dvideo", "accelerate2dvideo", "off");
        inert("teleporterenabled", "teleporter", "off");
        put("autostart-enabled", onOff(m_definition.isAutostartOn));
        number("autostart-delay", m_definition.autostartDelaySeconds);
        inert("defaultfrontend", "defaultfrontend", "");
        inert("vmprocpriority", "vmprocesspriority", "default");
    }

    void storage()
    {
        const QList<StorageController> &controllers = m_view.controllers();
        for (qsizetype i = 0; i < controllers.size(); ++i) {
            const StorageController &controller = controllers.at(i);
            const auto field = [&](const char *key, const QString &value) {
                put(QStringLiteral("%1%2").arg(QLatin1String(key)).arg(i), value);
            };
            field("storagecontrollername", controller.name);
            field("storagecontrollertype", controllerTypeWord(m_definition, controller));
            field("storagecontrollerinstance", QStringLiteral("0"));
            field("storagecontrollermaxportcount", QString::number(maximumPorts(controller.kind)));
            field("storagecontrollerportcount", QString::number(controller.portCount));
            field("storagecontrollerbootable", onOff(controller.isBootable));
        }
        for (const StorageController &controller : controllers) {
            for (int port = 0; port < controller.portCount; ++port) {
                for (int device = 0; device < devicesPerPort(controller.kind); ++device)
                    place(controller, port, device);
            }
        }
    }

    void place(const StorageController &controller, int port, int device)
    {
        const StorageAttachment *attachment = nullptr;
        for (const StorageAttachment &candidate : controller.attachments) {
            if (candidate.port == port && candidate.device == device)
                attachment = &candidate;
        }
        const auto key = [&](const char *part) {
            // Quoted always, as keys made from a controller's name are.
            return quoted(QStringLiteral("%1-%2%3-%4")
                              .arg(controller.name, QLatin1String(part))
                              .arg(port)
                              .arg(device));
        };
        const auto line = [&](const char *part, const QString &value) {
            m_text += key(part) + QLatin1Char('=') + quoted(value) + QLatin1Char('\n');
        };
        if (!attachment) {
            line("", QStringLiteral("none"));
            return;
        }
        const bool isDrive = attachment->kind != MediumKind::HardDisk;
        const QString path = resolvedPath(*attachment, m_view.entry.folder);
        line("", path.isEmpty() ? QStringLiteral("emptydrive") : path);
        if (!path.isEmpty())
            line("ImageUUID-", uuidWord(mediumUuid(path)));
        if (isDrive) {
            line("tempeject-", QStringLiteral("off"));
            line("IsEjected-", onOff(path.isEmpty()));
        } else {
            line("nonrotational-", onOff(attachment->isSolidState));
            line("discard-", onOff(attachment->isDiscardOn));
            if (attachment->hostCache != DiskCache::AsController)
                line("hostiocache-", enumName(attachment->hostCache));
        }
    }

    void network()
    {
        const QList<NetworkAdapter> &adapters = m_view.adapters();
        for (int i = 0; i < MachineDefinition::MaxAdapters; ++i) {
            const QString slot = QString::number(i + 1);
            if (i >= adapters.size() || adapters.at(i).mode == NetworkMode::None) {
                put(QStringLiteral("nic") + slot, QStringLiteral("none"));
                continue;
            }
            const NetworkAdapter &adapter = adapters.at(i);
            const bool isNat = adapter.mode == NetworkMode::Nat;
            if (isNat)
                put(QStringLiteral("natnet") + slot,
                    adapter.natNetwork.isEmpty() ? QStringLiteral("nat") : adapter.natNetwork);
            else if (adapter.mode == NetworkMode::Internal)
                put(QStringLiteral("intnet") + slot, adapter.internalNetwork);
            else if (adapter.mode == NetworkMode::Bridged)
                put(QStringLiteral("bridgeadapter") + slot, adapter.hostInterface);
            put(QStringLiteral("macaddress") + slot, macWord(adapter.macAddress));
            put(QStringLiteral("cableconnected") + slot, onOff(adapter.isCableConnected));
            put(QStringLiteral("nic") + slot, networkWord(adapter.mode));
            put(QStringLiteral("nictype") + slot, nicTypeWord(adapter.model));
            put(QStringLiteral("nicspeed") + slot,
                inertValue(m_definition, QStringLiteral("nicspeed") + slot, QStringLiteral("0")));
            if (adapter.rateLimitKiBps > 0)
                m_text += keyNumber(QStringLiteral("nicratelimit") + slot, adapter.rateLimitKiBps);
            if (!isNat)
                continue;
            if (adapter.egress != EgressPolicy::Open)
                put(QStringLiteral("nicegress") + slot, egressWord(adapter));
            put("mtu", QStringLiteral("0"));
            for (const char *key : {"sockSnd", "sockRcv", "tcpWndSnd", "tcpWndRcv"})
                put(key, QStringLiteral("64"));
            for (qsizetype rule = 0; rule < adapter.forwards.size(); ++rule)
                put(QStringLiteral("Forwarding(%1)").arg(rule),
                    forwardWord(adapter.forwards.at(rule)));
        }
    }

    void devices()
    {
        put("hidpointing", pointingWord(m_definition.pointing));
        put("hidkeyboard", keyboardWord(m_definition.keyboard));
        for (int port = 1; port <= MachineDefinition::MaxSerialPorts; ++port) {
            const SerialPort serial = m_definition.serialPorts.value(port - 1);
            put(QStringLiteral("uart%1").arg(port),
                serial.isEnabled ? serialPlaceWord(port) : QStringLiteral("off"));
            if (!serial.isEnabled)
                continue;
            put(QStringLiteral("uartmode%1").arg(port), serialModeWord(serial));
            put(QStringLiteral("uarttype%1").arg(port), QStringLiteral("16550A"));
        }
        for (int port = 1; port <= 2; ++port)
            put(QStringLiteral("lpt%1").arg(port),
                inertValue(m_definition, QStringLiteral("lpt%1").arg(port), QStringLiteral("off")));
        put("audio", audioWord(m_definition));
        put("audio_out", onOff(m_definition.isAudioOutputOn));
        put("audio_in", onOff(m_definition.isAudioInputOn));
        put("clipboard", enumName(m_definition.clipboard));
        inert("clipboard_file_transfers", "clipboardfiletransfers", "off");
        put("draganddrop", enumName(m_definition.dragAndDrop));
        if (m_view.live.status)
            put("SessionName",
                m_view.live.status->startType == QLatin1String("headless")
                    ? QStringLiteral("headless")
                    : QStringLiteral("GUI/Qt"));
        m_text += remoteDisplayReadable(m_definition,
                                        m_view.live.status ? &m_view.live.status->spice : nullptr);
        put("usb", onOff(m_definition.usb == UsbController::Uhci));
        put("ehci", onOff(m_definition.usb == UsbController::Ehci));
        put("xhci", onOff(m_definition.usb == UsbController::Xhci));
        m_text += usbFiltersReadable(m_definition.usbFilters);
        if (m_view.live.status)
            m_text += attachedUsbReadable(m_view.live.status->usbDevices);
        m_text += sharedFoldersReadable(m_definition.sharedFolders,
                                        m_view.live.status ? m_view.live.status->sharedFolders
                                                           : QList<MachineFolder>());
        recording();
        if (!m_definition.description.isEmpty())
            put("description", m_definition.description);
        number("GuestMemoryBalloon", m_definition.balloonMiB);
    }

    void recording()
    {
        const RecordingSettings &film = m_definition.recording;
        put("recording_enabled", onOff(film.isOn));
        put("recording_screens", QStringLiteral("0"));
        put("recording_file", film.file);
        put("recording_res", recordingSizeWord(film));
        number("recording_rate", film.kilobitsPerSecond);
        number("recording_fps", film.framesPerSecond);
        put("recording_opts", recordingOptionsWord(m_definition));
        number("recording_max_time", film.maxSeconds);
        number("recording_max_size", film.maxMiB);
    }

    void own()
    {
        put("engine", enumName(m_definition.engine));
        if (m_view.live.status) {
            put("driver", m_view.live.status->driver);
            put("acceleration", m_view.acceleration());
        }
    }

    const MachineView &m_view;
    const MachineDefinition &m_definition;
    QString m_text;
};

} // namespace

QString machineReadable(const MachineView &view)
{
    return Writer(view).text();
}

} // namespace app

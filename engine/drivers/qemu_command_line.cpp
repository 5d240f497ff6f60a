// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/qemu_command_line.h"

#include "engine/drivers/qemu_storage.h"
#include "engine/drivers/serial_socket.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/remote_display.h"

#include <QtCore/QDir>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>

namespace engine {

namespace {

constexpr const char *NicSlots[MachineDefinition::MaxAdapters] = {"0x3",  "0x8",  "0x9",  "0xa",
                                                                  "0x10", "0x11", "0x12", "0x13"};

constexpr const char *SharePortSlot = "0x1"; // where a Q35 has its graphics port

// In QEMU's option syntax a comma is doubled.
QString escaped(QString value)
{
    return value.replace(',', QStringLiteral(",,"));
}

QString nicModelName(NicModel model)
{
    switch (model) {
    case NicModel::Virtio:
        return "virtio-net-pci";
    case NicModel::E1000:
        return "e1000";
    case NicModel::E1000e:
        return "e1000e";
    case NicModel::Rtl8139:
        return "rtl8139";
    case NicModel::Pcnet:
        return "pcnet";
    }
    return "virtio-net-pci";
}

bool hasController(const MachineDefinition &definition, ControllerKind kind)
{
    return std::any_of(
        definition.controllers.cbegin(), definition.controllers.cend(),
        [kind](const StorageController &controller) { return controller.kind == kind; });
}

QString flashNode(const QString &path, const QString &node, bool isReadOnly)
{
    const QJsonObject file{{"driver", "file"}, {"filename", path}, {"read-only", isReadOnly}};
    const QJsonObject options{
        {"driver", "raw"}, {"node-name", node}, {"read-only", isReadOnly}, {"file", file}};
    return QString::fromUtf8(QJsonDocument(options).toJson(QJsonDocument::Compact));
}

class CommandLine final
{
public:
    CommandLine(const MachineDefinition &definition, const QemuLaunch &launch)
        : m_definition(definition)
        , m_launch(launch)
        , m_bus(rootBus(definition))
    { }

    Result<QStringList> write()
    {
        addProcess();
        addBoard();
        addTpm();
        addVideo();
        addUsb();
        addSound();
        addSerialPorts();
        addVirtioHelpers();
        addBalloon();
        const StorageLaunch storage{m_launch.place.folder, m_launch.imageFormat,
                                    m_launch.isBlockDevice, m_launch.canBypassCache,
                                    daemonSocketPath(m_launch.place)};
        m_arguments += TRY(storageArguments(m_definition, storage, m_freeSlots));
        for (int index = 0; index < int(m_definition.adapters.size()); ++index)
            TRY(addAdapter(m_definition.adapters[index], index));
        addSharedFolders();
        return m_arguments;
    }

private:
    void device(const QStringList &properties) { m_arguments << "-device" << properties.join(','); }

    QStringList at(const QString &slot) const { return {"bus=" + m_bus, "addr=" + slot}; }

    void addProcess()
    {
        m_arguments << "-nodefaults"
                    << "-no-user-config";
        m_arguments << "-name"
                    << "guest=" + escaped(m_definition.name) + ",debug-threads=on";
        m_arguments << "-uuid" << m_definition.uuid.toString(QUuid::WithoutBraces);
        // ALSA's mixing starts a helper by fork, which the filter would answer with death.
        const QString spawn = m_launch.audioDriver == "alsa" ? "allow" : "deny";
        m_arguments << "-sandbox"
                    << "on,obsolete=deny,elevateprivileges=deny,spawn=" + spawn
                + ",resourcecontrol=deny";
        m_arguments << "-chardev" << QString("socket,id=qmp,fd=%1").arg(m_launch.qmpDescriptor)
                    << "-mon"
                    << "chardev=qmp,mode=control";
        m_arguments << "-S";
        // Told where from when it answers, so that a state that does not fit ends in a message.
        if (m_launch.isRestoring)
            m_arguments << "-incoming"
                        << "defer";
    }

    void addBoard()
    {
        const bool isQ35 = m_definition.chipset == Chipset::Q35;
        QString machine = !m_launch.machineType.isEmpty() ? m_launch.machineType
            : isQ35                                       ? "q35"
                                                          : "pc";
        machine += ",vmport=off,dump-guest-core=off";
        if (isQ35 && !hasController(m_definition, ControllerKind::Sata))
            machine += ",sata=off";
        if (m_launch.firmware) {
            m_arguments << "-blockdev"
                        << flashNode(m_launch.firmware->codePath, "firmware-code", true)
                        << "-blockdev"
                        << flashNode(nvramPath(m_launch.place), "firmware-variables", false);
            machine += ",pflash0=firmware-code,pflash1=firmware-variables";
            if (m_launch.firmware->needsSmm) {
                // Only code in System Management Mode may write the variables.
                machine += ",smm=on";
                m_arguments << "-global"
                            << "driver=cfi.pflash01,property=secure,value=on";
            }
            if (isQ35 && !m_launch.firmware->canSuspend)
                m_arguments << "-global"
                            << "ICH9-LPC.disable_s3=1";
        }
        if (m_launch.hasRoomForFolders) {
            // vitrine-share works in the guest's memory. The name is that of ordinary memory.
            m_arguments << "-object"
                        << QString("memory-backend-memfd,id=pc.ram,size=%1M,share=on")
                               .arg(m_definition.memoryMiB);
            machine += ",memory-backend=pc.ram";
        }
        m_arguments << "-machine" << machine;
        if (m_launch.acceleration == Acceleration::Kind::Hardware) {
            m_arguments << "-accel"
                        << "kvm";
            QString cpu = "host";
            if (!m_definition.isNestedVirtualizationOn)
                cpu += ",vmx=off,svm=off";
            if (m_definition.osId.startsWith("win"))
                cpu += ",hv-relaxed=on,hv-vapic=on,hv-spinlocks=0x1fff,hv-time=on";
            m_arguments << "-cpu" << cpu;
        } else {
            // SVM stays, whatever was asked for: without it Linux guests of QEMU 7.2 read wrong
            // paths. Told that "rep movsb" is fast, guests copy all their memory by it, a byte at a
            // time here.
            m_arguments << "-accel"
                        << "tcg,thread=multi,tb-size=128"
                        << "-cpu"
                        << "max,erms=off,fsrm=off";
        }
        m_arguments << "-smp"
                    << QString("cpus=%1,sockets=1,cores=%1,threads=1").arg(m_definition.cpus);
        m_arguments << "-m" << QString("size=%1M").arg(m_definition.memoryMiB);
        m_arguments << "-rtc"
                    << QString("base=%1,driftfix=slew")
                           .arg(m_definition.clock == ClockBase::Utc ? "utc" : "localtime");
        m_arguments << "-boot"
                    << "menu=off,strict=on";
    }

    void addTpm()
    {
        if (m_definition.tpm == TpmModel::None)
            return;
        m_arguments << "-chardev"
                    << "socket,id=tpm-control,path=" + escaped(m_launch.tpmSocket) << "-tpmdev"
                    << "emulator,id=tpm-backend,chardev=tpm-control";
        // The command-response buffer is for TPM 2.0 only.
        device({m_definition.tpm == TpmModel::Tpm20 ? "tpm-crb" : "tpm-tis", "id=tpm",
                "tpmdev=tpm-backend"});
    }

    // The password is in a file: command lines are for everybody to read.
    QString spicePlace()
    {
        const RemoteDisplay &remote = m_definition.remoteDisplay;
        if (!remote.isEnabled)
            return "unix=on,addr=" + escaped(spiceSocketPath(m_launch.place))
                + ",disable-ticketing=on";
        QString place = isUnixSocket(remote)
            ? "unix=on,addr=" + escaped(spiceSocketPath(m_launch.place))
            : QString("addr=%1,%2=%3")
                  .arg(listenAddress(remote), remote.isTlsOn ? "tls-port" : "port")
                  .arg(m_launch.spicePort);
        if (remote.isTlsOn)
            place += ",x509-dir=" + escaped(spiceCertificateFolder(m_launch.place));
        if (remote.password.isEmpty())
            return place + ",disable-ticketing=on";
        m_arguments << "-object"
                    << "secret,id=spice-password,file="
                + escaped(spicePasswordPath(m_launch.place));
        return place + ",password-secret=spice-password";
    }

    // A copy through memory is faster than any compression, a network is not.
    bool isSpiceNear() const
    {
        const RemoteDisplay &remote = m_definition.remoteDisplay;
        return !remote.isEnabled || isNearAddress(listenAddress(remote));
    }

    void addVideo()
    {
        const QString place = spicePlace()
            + (isSpiceNear() ? ",image-compression=off" : ",image-compression=auto_glz");
        m_arguments << "-display"
                    << "none"
                    << "-spice"
                    << place
                + ",jpeg-wan-compression=never"
                  ",zlib-glz-wan-compression=never,streaming-video=off"
                  ",playback-compression=off,seamless-migration=off"
                  ",disable-copy-paste=off,disable-agent-file-xfer=off";
        // What is copied, and which way, is for the window to say (ui/clipboard_bridge.h): QEMU
        // cannot change its mind while it runs. Without a tablet the agent moves the pointer.
        m_arguments.last() += hasUsbPointer(m_definition) ? ",agent-mouse=off" : ",agent-mouse=on";
        // The cards want a power of two.
        const int megabytes =
            int(qNextPowerOfTwo(quint32(qMax(1, m_definition.videoMemoryMiB) - 1)));
        switch (m_definition.video) {
        case VideoModel::None:
            return;
        case VideoModel::Vga:
            device(QStringList{"VGA", "id=video"} + at("0x2")
                   + QStringList{QString("vgamem_mb=%1").arg(megabytes)});
            return;
        case VideoModel::Virtio:
            device(QStringList{"virtio-vga", "id=video"} + at("0x2"));
            return;
        case VideoModel::Qxl:
            device(QStringList{"qxl-vga", "id=video"} + at("0x2")
                   + QStringList{QString("vgamem_mb=%1").arg(megabytes)});
            return;
        }
    }

    void addUsb()
    {
        switch (m_definition.usb) {
        case UsbController::None:
            return;
        case UsbController::Uhci:
            device(QStringList{"piix3-usb-uhci", "id=usb"} + at("0x6"));
            break;
        case UsbController::Ehci:
            // With its companions as in an ICH9: full-speed devices go there.
            device(QStringList{"ich9-usb-ehci1", "id=usb", "multifunction=on"} + at("0xb.0x7"));
            device(
                QStringList{"ich9-usb-uhci1", "masterbus=usb.0", "firstport=0", "multifunction=on"}
                + at("0xb.0x0"));
            device(
                QStringList{"ich9-usb-uhci2", "masterbus=usb.0", "firstport=2", "multifunction=on"}
                + at("0xb.0x1"));
            device(
                QStringList{"ich9-usb-uhci3", "masterbus=usb.0", "firstport=4", "multifunction=on"}
                + at("0xb.0x2"));
            break;
        case UsbController::Xhci:
            device(QStringList{"qemu-xhci", "id=usb", "p2=15", "p3=15"} + at("0xc"));
            break;
        }
        if (m_definition.pointing == PointingDevice::UsbTablet)
            device({"usb-tablet", "id=tablet", "bus=usb.0"});
        else if (m_definition.pointing == PointingDevice::UsbMouse)
            device({"usb-mouse", "id=mouse", "bus=usb.0"});
        if (m_definition.keyboard == KeyboardDevice::Usb)
            device({"usb-kbd", "id=keyboard", "bus=usb.0"});
    }

    void addSound()
    {
        if (m_definition.audio == AudioModel::None)
            return;
        const bool hasMicrophone = m_launch.hasMicrophone;
        const bool isInputOn = hasMicrophone && m_definition.isAudioInputOn;
        // The AC97 always has an input; without voices it stays silent.
        m_arguments << "-audiodev"
                    << m_launch.audioDriver + ",id=sound" + (isInputOn ? "" : ",in.voices=0");
        if (m_definition.audio == AudioModel::Hda) {
            device(QStringList{"intel-hda", "id=hda"} + at("0x5"));
            device({hasMicrophone ? "hda-duplex" : "hda-output", "bus=hda.0", "audiodev=sound"});
        } else {
            device(QStringList{"AC97", "audiodev=sound"} + at("0x5"));
        }
    }

    void addSerialPorts()
    {
        for (int index = 0; index < int(m_definition.serialPorts.size()); ++index) {
            const SerialPort &port = m_definition.serialPorts[index];
            if (!port.isEnabled)
                continue;
            const QString id = QString("com%1").arg(index + 1);
            const QString path = escaped(serialPath(port, m_launch.place.folder));
            QString end;
            switch (port.mode) {
            case SerialMode::Disconnected: // from anything but the machine's own windows
                end = "socket,id=" + id + ",path="
                    + escaped(serialSocketPath(m_launch.place.runFolder, index)) + ",server=off";
                break;
            case SerialMode::File: // whose contents so far are kept
                end = "file,id=" + id + ",path=" + path + ",append=on";
                break;
            case SerialMode::SocketServer:
                end = "socket,id=" + id + ",path=" + path + ",server=on,wait=off";
                break;
            case SerialMode::SocketClient:
                end = "socket,id=" + id + ",path=" + path + ",server=off";
                break;
            }
            m_arguments << "-chardev" << end;
            device({"isa-serial", "chardev=" + id, QString("index=%1").arg(index)});
        }
    }

    // For whom: wantsAgentChannel().
    void addVirtioHelpers()
    {
        if (!m_launch.hasAgentChannel)
            return;
        device(QStringList{"virtio-serial-pci", "id=serial"} + at("0x4"));
        m_arguments << "-chardev"
                    << "spicevmc,id=agent,name=vdagent";
        device(
            {"virtserialport", "bus=serial.0", "nr=1", "chardev=agent", "name=com.redhat.spice.0"});
        // qemu-guest-agent: the guest's clock, its addresses, programs and files.
        m_arguments << "-chardev"
                    << "socket,id=guest-agent,server=on,wait=off,path="
                + escaped(agentSocketPath(m_launch.place));
        device({"virtserialport", "bus=serial.0", "nr=2", "chardev=guest-agent",
                "id=guest-agent-port", "name=org.qemu.guest_agent.0"});
        m_arguments << "-object"
                    << "rng-random,id=random,filename=/dev/urandom";
        device(QStringList{"virtio-rng-pci", "rng=random"} + at("0x7"));
    }

    // What the guest's driver reports as free goes back to this computer by itself.
    void addBalloon()
    {
        if (m_launch.hasBalloon)
            device(QStringList{"virtio-balloon-pci", QString("id=") + BalloonId,
                               "free-page-reporting=on"}
                   + at("0xb"));
    }

    Result<> addAdapter(const NetworkAdapter &adapter, int index)
    {
        if (adapter.mode == NetworkMode::None)
            return {};
        if (index >= MachineDefinition::MaxAdapters)
            return makeError(ErrorKind::Unsupported,
                             QString("A machine can have at most %1 network adapters")
                                 .arg(MachineDefinition::MaxAdapters));
        // Whatever it is attached to is at the other end of a stream, in this process
        // (engine/net); it can change at any time.
        const auto cable = m_launch.adapterDescriptors.constFind(index);
        if (cable == m_launch.adapterDescriptors.constEnd())
            return makeError(ErrorKind::Invalid,
                             QString("Network adapter %1 has no cable").arg(index + 1));
        m_arguments << "-netdev"
                    << QString("stream,id=net%1,server=off,addr.type=fd,addr.str=%2")
                           .arg(index)
                           .arg(*cable);
        QStringList card = QStringList{nicModelName(adapter.model), "id=" + nicId(index),
                                       QString("netdev=net%1").arg(index)}
            + at(NicSlots[index]);
        if (!adapter.macAddress.isEmpty())
            card << "mac=" + adapter.macAddress;
        const int boot = bootIndex(m_definition, BootDevice::Network, index);
        // Without network boot the boot ROM would only take time.
        card << (boot >= 0 ? QString("bootindex=%1").arg(boot) : QString("romfile="));
        device(card);
        return {};
    }

    void addSharedFolders()
    {
        if (!m_launch.hasRoomForFolders)
            return;
        if (m_definition.chipset == Chipset::Q35)
            for (int place = 0; place < MachineDefinition::MaxSharedFolders; ++place) {
                QStringList port{"pcie-root-port", QString("id=share-port%1").arg(place),
                                 "bus=" + m_bus,
                                 QString("addr=%1.0x%2").arg(SharePortSlot).arg(place),
                                 // Numbers of its own for every port (docs/pcie.txt).
                                 "chassis=1", QString("slot=%1").arg(place + 1),
                                 // What hangs on them needs no ports of the old kind.
                                 "io-reserve=0"};
                if (place == 0)
                    port << "multifunction=on";
                device(port);
            }
        for (const ShareLaunch &share : m_launch.shares) {
            m_arguments << "-chardev"
                        << QString("socket,id=%1-server,path=").arg(share.id)
                    + escaped(share.socket);
            device(QStringList{"vhost-user-fs-pci", "id=" + share.id}
                   + sharePlace(m_definition, share.place)
                   + QStringList{"chardev=" + share.id + "-server",
                                 QString("queue-size=%1").arg(ShareQueueSize),
                                 "tag=" + escaped(share.tag)});
        }
    }

    const MachineDefinition &m_definition;
    const QemuLaunch &m_launch;
    QString m_bus;
    PciSlots m_freeSlots;
    QStringList m_arguments;
};

} // namespace

Result<QStringList> qemuArguments(const MachineDefinition &definition, const QemuLaunch &launch)
{
    return CommandLine(definition, launch).write();
}

QString spiceSocketPath(const MachinePlace &place)
{
    return place.runFolder + "/spice.sock";
}

QString spicePasswordPath(const MachinePlace &place)
{
    return place.runFolder + "/spice-password";
}

QString spiceCertificateFolder(const MachinePlace &place)
{
    return place.folder + "/spice-tls";
}

QString tpmSocketPath(const MachinePlace &place)
{
    return place.runFolder + "/tpm.sock";
}

QString daemonSocketPath(const MachinePlace &place)
{
    return place.runFolder + "/disks.sock";
}

QString agentSocketPath(const MachinePlace &place)
{
    return place.runFolder + "/agent.sock";
}

QString keptFolder(const MachinePlace &place)
{
    return place.isDisposableRun ? place.folder + "/disposable" : place.folder;
}

QString nvramPath(const MachinePlace &place)
{
    return keptFolder(place) + "/nvram";
}

QString serialPath(const SerialPort &port, const QString &machineFolder)
{
    return QDir::cleanPath(QDir(machineFolder).absoluteFilePath(port.path));
}

QString nicId(int adapter)
{
    return QString("nic%1").arg(adapter);
}

bool usesVirtio(const MachineDefinition &definition)
{
    return definition.video == VideoModel::Virtio
        || hasController(definition, ControllerKind::Virtio)
        || hasController(definition, ControllerKind::VirtioScsi)
        || std::any_of(definition.adapters.cbegin(), definition.adapters.cend(),
                       [](const NetworkAdapter &adapter) {
                           return adapter.mode != NetworkMode::None
                               && adapter.model == NicModel::Virtio;
                       });
}

bool wantsAgentChannel(const MachineDefinition &definition)
{
    return usesVirtio(definition) || definition.clipboard != SharingMode::Disabled
        || definition.dragAndDrop != SharingMode::Disabled;
}

bool hasUsbPointer(const MachineDefinition &definition)
{
    return definition.pointing == PointingDevice::UsbTablet
        && definition.usb != UsbController::None;
}

bool hasUsbKeyboard(const MachineDefinition &definition)
{
    return definition.keyboard == KeyboardDevice::Usb && definition.usb != UsbController::None;
}

} // namespace engine

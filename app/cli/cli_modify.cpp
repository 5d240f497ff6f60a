// SPDX-License-Identifier: GPL-3.0-or-later
// modifyvm
#include "app/cli/modify_settings.h"
#include "app/cli/verbs.h"

namespace app {

using namespace engine;

namespace {

Outcome modifyMachine(Session &session, const Arguments &arguments)
{
    bool isAutostartOn = false;
    Outcome changed = session.changeMachine(arguments.words.first(), [&](MachineEntry &entry) {
        Outcome applied = applyModifications(entry.definition, arguments);
        isAutostartOn = entry.definition.isAutostartOn;
        return applied;
    });
    if (changed.isGood() && isAutostartOn && arguments.has("autostart-enabled"))
        tellAutostart(session);
    return changed;
}

const Verb Verbs[] = {
    {.name = "modifyvm",
     .aliases = "",
     .summary = "Change the settings of a machine",
     .usage =
         "<machine> [--name <name>] [--description <text>] [--groups <group,...>]\n"
         "    [--os-type <type>] [--engine auto|kvm|qemu] [--memory <MB>] [--cpus <number>]\n"
         "    [--firmware bios|efi] [--chipset piix3|ich9] [--secure-boot on|off]\n"
         "    [--tpm-type none|1.2|2.0] [--rtc-use-utc on|off] [--vram <MB>]\n"
         "    [--graphicscontroller none|vboxvga|vmsvga|vboxsvga]\n"
         "    [--boot<1-4> none|disk|dvd|floppy|net] [--nic<1-8> none|null|nat|intnet|bridged]\n"
         "    [--nic-type<N> 82540EM|virtio|e1000e|rtl8139] [--mac-address<N> auto|<hex>]\n"
         "    [--cable-connected<N> on|off] [--nat-pf<N> <rule> | --nat-pf<N> delete <name>]\n"
         "    [--nat-net<N> default|<network>] [--intnet<N> <name>] [--bridge-adapter<N> "
         "<bridge>]\n"
         "    [--nic-rate-limit<N> off|<KiB/s>] [--nic-egress<N> "
         "open|no-lan|off|list:<where>,...]\n"
         "    [--audio-enabled on|off] [--audio-controller hda|ac97]\n"
         "    [--mouse ps2|usb|usbtablet] [--keyboard ps2|usb]\n"
         "    [--usb on|off] [--usb-ehci on|off] [--usb-xhci on|off]\n"
         "    [--audio-out on|off] [--audio-in on|off] [--recording on|off]\n"
         "    [--recording-file <file>] [--recording-video-res screen|<width>x<height>]\n"
         "    [--recording-video-fps <n>] [--recording-video-rate <kbit/s>]\n"
         "    [--recording-max-time <s>] [--recording-max-size <MB>]\n"
         "    [--recording-opts ac_enabled=true|false]\n"
         "    [--nested-hw-virt on|off] [--autostart-enabled on|off]\n"
         "    [--autostart-delay <seconds>] [--uart<1-4> off|<address> <interrupt>]\n"
         "    [--uart-mode<1-4> disconnected|server <path>|client <path>|file <path>]\n"
         "    [--vrde on|off] [--vrde-address <address>] [--vrde-port default|<port,...>]\n"
         "    [--vrde-property <name=value>]",
     .help =
         "Options may be written with or without inner dashes: --nat-pf1, --natpf1. They are "
         "applied\n"
         "in the order given; when one fails nothing is changed. While the machine runs, only "
         "what\n"
         "can change then is changed: description, groups, autostart, and what its engine "
         "allows.\n\n"
         "  --engine <word>     what runs the guest: auto chooses by the host and the settings\n"
         "  --secure-boot on    with Microsoft's keys; UEFI comes with it, the chipset must be "
         "ich9\n"
         "  --tpm-type <word>   a TPM played by swtpm; its keys are made at the next start\n"
         "  --nat-pf<N> <rule>  name,tcp|udp,[host ip],host port,[guest ip],guest port\n"
         "  --intnet<N> <name>  machines whose adapters name the same network meet there\n"
         "  --bridge-adapter<N> <bridge>  see vitrinectl list bridgedifs\n"
         "  --nic-egress<N> <rule>  where a NAT adapter may connect to: no-lan is the internet "
         "without\n"
         "                      what is near, list: names (*.debian.org too), addresses, networks\n"
         "  --graphicscontroller  vboxvga is plain VGA, vmsvga virtio, vboxsvga QXL; vga, virtio\n"
         "                      and qxl are understood as well\n"
         "  --uart1 0x3F8 4     COM1; COM2 is 0x2F8 3, COM3 0x3E8 4, COM4 0x2E8 3. A file is "
         "written\n"
         "                      to at its end; server and client are Unix sockets\n"
         "  --vrde on           the screen for SPICE clients: on this computer (127.0.0.1) and any "
         "free\n"
         "                      port, which showvminfo tells, unless --vrde-address and "
         "--vrde-port\n"
         "                      say otherwise; the address unix is a Unix socket. Properties:\n"
         "                      SPICEPassword=<password>, which other addresses need, and\n"
         "                      Security/Method=TLS\n\n"
         "All further options that VBoxManage's modifyvm has are stored and shown, without effect.",
     .options = modifyOptions(),
     .minimumWords = 1,
     .maximumWords = 1,
     .literalAfter = -1,
     .run = modifyMachine},
};

} // namespace

std::span<const Verb> modifyVerbs()
{
    return Verbs;
}

} // namespace app

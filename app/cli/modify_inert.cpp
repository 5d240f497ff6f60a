// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/modify_inert.h"

namespace app {

namespace {

// "off", or an address and an interrupt.
int portWords(const QString &first)
{
    return first == QLatin1String("off") ? 1 : 2;
}

int twoWords(const QString &)
{
    return 2;
}

int fiveWords(const QString &)
{
    return 5;
}

// Names and forms as the manual's modifyvm page lists them; older spellings as aliases.
constexpr OptionSpec Options[] = {
    {.name = "accelerate-2d-video", .value = "<value>"},
    {.name = "accelerate-3d", .value = "<value>"},
    {.name = "acpi", .value = "<value>"},
    {.name = "apic", .value = "<value>"},
    {.name = "audio-codec", .value = "<value>"},
    {.name = "autostop-type", .value = "<value>"},
    {.name = "bios-apic", .value = "<value>"},
    {.name = "bios-boot-menu", .value = "<value>"},
    {.name = "bios-logo-display-time", .value = "<value>"},
    {.name = "bios-logo-fade-in", .value = "<value>"},
    {.name = "bios-logo-fade-out", .value = "<value>"},
    {.name = "bios-logo-image-path", .value = "<value>"},
    {.name = "bios-pxe-debug", .value = "<value>"},
    {.name = "bios-system-time-offset", .value = "<value>"},
    {.name = "clipboard-file-transfers", .value = "<value>"},
    {.name = "cloud-network", .value = "<value>", .isNumbered = true},
    {.name = "cpu-execution-cap", .value = "<value>"},
    {.name = "cpu-hotplug", .value = "<value>"},
    {.name = "cpu-profile", .value = "<value>"},
    {.name = "cpuid-portability-level", .value = "<value>"},
    {.name = "cpuid-remove", .value = "<value>"},
    {.name = "cpuid-remove-all"},
    {.name = "cpuid-set", .value = "<leaf> <eax> <ebx> <ecx> <edx>", .wordCount = fiveWords},
    {.name = "default-frontend", .value = "<value>"},
    {.name = "dvd", .value = "<value>"},
    {.name = "floppy", .value = "<value>"},
    {.name = "guest-debug-address", .value = "<value>"},
    {.name = "guest-debug-io-provider", .value = "<value>"},
    {.name = "guest-debug-port", .value = "<value>"},
    {.name = "guest-debug-provider", .value = "<value>"},
    {.name = "hardware-uuid", .value = "<value>"},
    {.name = "hda", .value = "<value>"},
    {.name = "hdb", .value = "<value>"},
    {.name = "hdd", .value = "<value>"},
    {.name = "host-only-adapter", .value = "<value>", .isNumbered = true},
    {.name = "host-only-net", .value = "<value>", .isNumbered = true},
    {.name = "hpet", .value = "<value>"},
    {.name = "hwvirtex", .value = "<value>"},
    {.name = "ibpb-on-vm-entry", .value = "<value>"},
    {.name = "ibpb-on-vm-exit", .value = "<value>"},
    {.name = "icon-file", .value = "<value>"},
    {.name = "io-cache", .value = "<value>"},
    {.name = "io-cache-size", .value = "<value>"},
    {.name = "ioapic", .value = "<value>"},
    {.name = "iommu", .value = "<value>"},
    {.name = "l1d-flush-on-sched", .value = "<value>"},
    {.name = "l1d-flush-on-vm-entry", .value = "<value>"},
    {.name = "large-pages", .value = "<value>"},
    {.name = "long-mode", .value = "<value>"},
    {.name = "lpt",
     .value = "off|<address> <interrupt>",
     .isNumbered = true,
     .wordCount = portWords},
    {.name = "lpt-mode", .value = "<value>", .isNumbered = true},
    {.name = "mds-clear-on-sched", .value = "<value>"},
    {.name = "mds-clear-on-vm-entry", .value = "<value>"},
    {.name = "nat-alias-mode", .value = "<value>", .isNumbered = true},
    {.name = "nat-bind-ip", .value = "<value>", .isNumbered = true},
    {.name = "nat-dns-host-resolver", .value = "<value>", .isNumbered = true},
    {.name = "nat-dns-pass-domain", .value = "<value>", .isNumbered = true},
    {.name = "nat-dns-proxy", .value = "<value>", .isNumbered = true},
    {.name = "nat-localhostreachable", .value = "<value>", .isNumbered = true},
    {.name = "nat-network", .value = "<value>", .isNumbered = true},
    {.name = "nat-settings", .value = "<value>", .isNumbered = true},
    {.name = "nat-tftp-file", .value = "<value>", .isNumbered = true},
    {.name = "nat-tftp-prefix", .value = "<value>", .isNumbered = true},
    {.name = "nat-tftp-server", .value = "<value>", .isNumbered = true},
    {.name = "nested-paging", .value = "<value>"},
    {.name = "nic-bandwidth-group", .value = "<value>", .isNumbered = true},
    {.name = "nic-boot-prio", .value = "<value>", .isNumbered = true},
    {.name = "nic-generic-drv", .value = "<value>", .isNumbered = true},
    {.name = "nic-promisc", .value = "<value>", .isNumbered = true},
    {.name = "nic-property", .value = "<value>", .isNumbered = true},
    {.name = "nic-speed", .value = "<value>", .isNumbered = true},
    {.name = "nic-trace", .value = "<value>", .isNumbered = true},
    {.name = "nic-trace-file", .value = "<value>", .isNumbered = true},
    {.name = "pae", .value = "<value>"},
    {.name = "page-fusion", .value = "<value>"},
    {.name = "paravirt-debug", .value = "<value>"},
    {.name = "paravirt-provider", .value = "<value>"},
    {.name = "pci-attach", .value = "<value>"},
    {.name = "pci-detach", .value = "<value>"},
    {.name = "plug-cpu", .value = "<value>"},
    {.name = "recording-screens", .value = "<value>", .aliases = "videocapscreens vcpscreens"},
    {.name = "sata-port", .value = "<value>", .isNumbered = true},
    {.name = "scsi-port", .value = "<value>", .isNumbered = true},
    {.name = "snapshot-folder", .value = "<value>"},
    {.name = "spec-ctrl", .value = "<value>"},
    {.name = "system-uuid-le", .value = "<value>"},
    {.name = "teleporter", .value = "<value>", .aliases = "teleporter-enabled"},
    {.name = "teleporter-address", .value = "<value>"},
    {.name = "teleporter-password", .value = "<value>"},
    {.name = "teleporter-password-file", .value = "<value>"},
    {.name = "teleporter-port", .value = "<value>"},
    {.name = "testing-cfg-dword", .value = "<value>", .isNumbered = true},
    {.name = "testing-enabled", .value = "<value>"},
    {.name = "testing-mmio", .value = "<value>"},
    {.name = "tpm-location", .value = "<value>"},
    {.name = "tracing-allow-vm-access", .value = "<value>"},
    {.name = "tracing-config", .value = "<value>"},
    {.name = "tracing-enabled", .value = "<value>"},
    {.name = "triple-fault-reset", .value = "<value>"},
    {.name = "uart-type", .value = "<value>", .isNumbered = true},
    {.name = "unplug-cpu", .value = "<value>"},
    {.name = "usb-rename", .value = "<old> <new>", .wordCount = twoWords},
    {.name = "virt-vmsave-vmload", .value = "<value>"},
    {.name = "vm-execution-engine", .value = "<value>"},
    {.name = "vm-process-priority", .value = "<value>", .aliases = "vm-proc-priority"},
    {.name = "vrde-auth-library", .value = "<value>"},
    {.name = "vrde-auth-type", .value = "<value>", .aliases = "vrdpauthtype"},
    {.name = "vrde-extpack", .value = "<value>"},
    {.name = "vrde-multi-con", .value = "<value>", .aliases = "vrdpmulticon"},
    {.name = "vrde-reuse-con", .value = "<value>", .aliases = "vrdpreusecon"},
    {.name = "vrde-video-channel", .value = "<value>"},
    {.name = "vrde-video-channel-quality", .value = "<value>"},
    {.name = "vtx-ux", .value = "<value>"},
    {.name = "vtx-vpid", .value = "<value>"},
    {.name = "x2apic", .value = "<value>"},
};

} // namespace

std::span<const OptionSpec> inertModifyOptions()
{
    return Options;
}

} // namespace app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/runner_options.h"

#include <algorithm>

using namespace engine;

namespace {

// TAG=SOCKET
void addFolder(const std::string &value, RunnerOptions &options)
{
    const std::size_t tagEnd = std::min(value.find('='), value.size());
    VmSharedFolder folder;
    folder.place = unsigned(options.folderSockets.size());
    folder.tag = value.substr(0, tagEnd);
    options.config.sharedFolders.push_back(folder);
    options.folderSockets.push_back(value.substr(std::min(tagEnd + 1, value.size())));
}

} // namespace

bool parseRunnerOptions(int count, char **words, RunnerOptions &options)
{
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        bool *const flag = word == "--debug-port" ? &options.hasDebugPort
            : word == "--network"                 ? &options.hasNetwork
            : word == "--e1000"                   ? &options.hasE1000
            : word == "--usb-keyboard"            ? &options.config.hasUsbKeyboard
            : word == "--commands"                ? &options.hasCommands
            : word == "--balloon"                 ? &options.config.hasBalloon
            : word == "--hyperv"                  ? &options.config.isHyperV
                                                  : nullptr;
        if (flag) {
            *flag = true;
            continue;
        }
        if (i + 1 >= count)
            return false;
        const std::string value = words[++i];
        if (word == "--board")
            options.config.board = value == "i440fx" ? VmBoard::I440fx : VmBoard::Q35;
        else if (word == "--monitors") {
            options.config.graphics = VmGraphics::VirtioGpu;
            options.config.monitors = unsigned(std::stoul(value));
        } else if (word == "--cpus")
            options.config.vcpus = unsigned(std::stoul(value));
        else if (word == "--memory")
            options.config.memoryBytes = std::stoull(value) << 20;
        else if (word == "--bios")
            options.bios = value;
        else if (word == "--vga-bios")
            options.vgaBios = value;
        else if (word == "--kernel")
            options.kernel = value;
        else if (word == "--initrd")
            options.initrd = value;
        else if (word == "--append")
            options.commandLine = value;
        else if (word == "--until")
            options.until = value;
        else if (word == "--press-power-at")
            options.pressPowerAt = value;
        else if (word == "--statistics")
            options.statistics = value;
        else if (word == "--sound")
            options.sound = value;
        else if (word == "--screenshot")
            options.screenshot = value;
        else if (word == "--timeout")
            options.timeoutSeconds = std::stoi(value);
        else if (word == "--disk")
            options.drives.emplace_back(value, VmDriveKind::AhciDisk);
        else if (word == "--virtio-disk")
            options.drives.emplace_back(value, VmDriveKind::VirtioDisk);
        else if (word == "--nvme-disk")
            options.drives.emplace_back(value, VmDriveKind::NvmeDisk);
        else if (word == "--scsi-disk")
            options.drives.emplace_back(value, VmDriveKind::ScsiDisk);
        else if (word == "--scsi-cdrom")
            options.drives.emplace_back(value, VmDriveKind::ScsiOptical);
        else if (word == "--usb-disk") {
            options.drives.emplace_back(value, VmDriveKind::UsbDisk);
            options.config.hasUsb = true;
        } else if (word == "--agents")
            options.agents = value;
        else if (word == "--variables")
            options.variables = value;
        else if (word == "--tpm")
            options.tpm = value;
        else if (word == "--save")
            options.save = value;
        else if (word == "--restore")
            options.restore = value;
        else if (word == "--pointer") {
            options.config.pointer = value == "mouse" ? VmPointer::Ps2Mouse
                : value == "usb"                      ? VmPointer::UsbTablet
                                                      : VmPointer::VirtioTablet;
            options.config.hasUsb = options.config.hasUsb || value == "usb";
        } else if (word == "--usb-stick") {
            options.stick = value;
            options.config.hasUsb = true;
        } else if (word == "--cdrom")
            options.drives.emplace_back(value, VmDriveKind::AhciOptical);
        else if (word == "--folder")
            addFolder(value, options);
        else
            return false;
    }
    return true;
}

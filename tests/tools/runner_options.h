// SPDX-License-Identifier: GPL-3.0-or-later
// The words of vm_runner; its source says what they mean.
#pragma once

#include "engine/vmm/vm_config.h"

#include <string>
#include <utility>
#include <vector>

struct RunnerOptions
{
    engine::VmConfig config;
    std::string bios = "/usr/share/seabios/bios-256k.bin";
    std::string variables;
    std::string agents;
    std::string tpm;
    std::string save;
    std::string restore;
    std::string vgaBios = "/usr/share/seabios/vgabios-stdvga.bin";
    std::string kernel;
    std::string initrd;
    std::string commandLine;
    std::string until;
    std::string pressPowerAt;
    std::string statistics;
    std::string screenshot;
    std::string stick;
    std::string sound;
    std::vector<std::pair<std::string, engine::VmDriveKind>> drives;
    std::vector<std::string> folderSockets; // as config.sharedFolders
    int timeoutSeconds = 60;
    bool hasDebugPort = false;
    bool hasNetwork = false;
    bool hasE1000 = false; // the network's card is one
    bool hasCommands = false;
};

// False: wrong words.
bool parseRunnerOptions(int count, char **words, RunnerOptions &options);

// SPDX-License-Identifier: GPL-3.0-or-later
// What a hostile guest can do to the TPM's registers, with a TPM behind them that answers anything
// at any time, and a saved state that was tampered with.
#include "engine/base/bytes.h"
#include "engine/devices/tpm_crb.h"
#include "tests/support/fake_tpm.h"
#include "tests/support/saved_device.h"

using namespace engine;

// Commands of eight bytes: offset (16 bit), size and kind, value (32 bit), what the TPM answers.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto tpm = std::make_shared<tests::FakeTpm>();
    TpmCrb chip(tpm);
    tests::resetDevice(chip);
    for (; size >= 8; data += 8, size -= 8) {
        const unsigned width = 1u << (data[2] & 3);
        const std::uint64_t offset =
            loadLe<std::uint16_t>(data) % (TpmCrb::RegionBytes - width + 1);
        const auto value = loadLe<std::uint32_t>(data + 3);
        switch (data[2] >> 6) {
        case 0:
        case 1: {
            const std::lock_guard lock(chip.lock());
            chip.write(0, offset, width, value);
            chip.read(0, offset, width);
            break;
        }
        case 2:
            if (!tpm->waiting.empty())
                tpm->answer(tests::TpmBytes(16 * data[7], data[3]));
            break;
        default:
            if (data[7] == 0) {
                tests::resetDevice(chip);
            } else if (chip.isIdle()) {
                auto saved = tests::savedBytes(chip);
                saved[value % saved.size()] ^= data[7];
                tests::resetDevice(chip);
                if (!tests::loadBytes(chip, std::move(saved)))
                    tests::resetDevice(chip);
            }
            break;
        }
        for (const tests::TpmBytes &command : tpm->commands)
            check(command.size() >= 10 && command.size() <= TpmCrb::BufferBytes,
                  "a command has an impossible length");
        tpm->commands.clear();
    }
    return 0;
}

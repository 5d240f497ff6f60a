// SPDX-License-Identifier: GPL-3.0-or-later
// What tests/guests/checksum.S does, seen from outside.
#pragma once

#include <QtCore/QFile>
#include <QtCore/QString>
#include <QtCore/QtEndian>

#include <cstdint>

namespace checksum_guest {

struct Status
{
    std::uint32_t pass = 0; // passes done
    std::uint32_t sum = 0;
    std::uint32_t error = 0; // 1 memory, 2 disk, 3 data
};

// A raw disk that starts the guest.
inline bool makeBootDisk(const QString &path)
{
    QFile program(qEnvironmentVariable("VITRINE_BUILD_DIR")
                  + QStringLiteral("/tests/guests/checksum.bin"));
    QFile disk(path);
    return program.open(QIODevice::ReadOnly) && disk.open(QIODevice::WriteOnly)
        && disk.write(program.readAll()) > 512 && disk.resize(1 << 20);
}

// What the guest last said, also while it runs.
inline Status statusOn(const QString &bootDisk)
{
    Status status;
    QFile disk(bootDisk);
    if (!disk.open(QIODevice::ReadOnly) || !disk.seek(32 * 512))
        return status;
    const QByteArray sector = disk.read(16);
    if (!sector.startsWith("VTRN"))
        return status;
    status.pass = qFromLittleEndian<std::uint32_t>(sector.constData() + 4);
    status.sum = qFromLittleEndian<std::uint32_t>(sector.constData() + 8);
    status.error = qFromLittleEndian<std::uint32_t>(sector.constData() + 12);
    return status;
}

// What the checksum has to be after so many passes. Each pass takes sum = 31 * sum + word for a
// million words that are each a constant plus the pass, so a pass is one linear step.
inline std::uint32_t expectedSum(std::uint32_t passes)
{
    constexpr std::uint32_t First = 0x100000;
    constexpr std::uint32_t End = 0x500000;
    constexpr std::uint32_t Factor = 0x9E3779B1;
    std::uint32_t factor = 1;
    std::uint32_t constant = 0;
    std::uint32_t perPass = 0;
    for (std::uint32_t address = First; address < End; address += 4) {
        constant = constant * 31 + address * Factor + 1;
        perPass = perPass * 31 + 1;
        factor *= 31;
    }
    std::uint32_t sum = 0;
    for (std::uint32_t pass = 0; pass < passes; ++pass)
        sum = sum * factor + constant + perPass * pass;
    return sum;
}

} // namespace checksum_guest

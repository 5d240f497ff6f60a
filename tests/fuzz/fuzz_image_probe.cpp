// SPDX-License-Identifier: GPL-3.0-or-later
// The first bytes of a file that claims to be a disk image.
#include "engine/media/disk_image.h"

#include <QtCore/QTemporaryFile>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static QTemporaryFile file;
    if (!file.isOpen() && !file.open())
        return 0;
    file.resize(0);
    file.seek(0);
    file.write(reinterpret_cast<const char *>(data), qint64(size));
    file.flush();
    [[maybe_unused]] const auto format = engine::probeImageFormat(file.fileName());
    return 0;
}

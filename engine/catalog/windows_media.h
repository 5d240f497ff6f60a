// SPDX-License-Identifier: GPL-3.0-or-later
// Which Windows an installation disc brings. Its volume id tells the edition but not the release
// (that of Windows 10 and 11 is the same, so is that of the servers since 2016); the image in
// sources/install.wim does, in its XML description. Private to engine/catalog; any thread.
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <optional>

namespace engine {

struct WindowsMedia
{
    QString osId; // osinfo's short id
    QString architecture;
    int build = 0;
};

// Nothing when the file is no installation disc of Windows, or of one that is not known.
std::optional<WindowsMedia> readWindowsMedia(const QString &path);

// From the description of a WIM file: UTF-16, with a byte order mark. Pure.
std::optional<WindowsMedia> windowsFromWimXml(const QByteArray &xml);

} // namespace engine

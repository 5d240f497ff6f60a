// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/catalog/windows_media.h"

#include "engine/catalog/udf_files.h"

#include <QtCore/QStringDecoder>
#include <QtCore/QXmlStreamReader>
#include <QtCore/QtEndian>

namespace engine {

namespace {

constexpr qint64 WimHeaderBytes = 208;
constexpr qint64 MaxXmlBytes = 4 * 1024 * 1024;

// Where the installer is: usual discs, and those for 32 and 64 bits of the media creation tool.
constexpr const char *ImagePaths[] = {
    "sources/install.wim",     "sources/install.esd",     "sources/install.swm",
    "x64/sources/install.esd", "x64/sources/install.wim", "x86/sources/install.esd",
    "x86/sources/install.wim",
};

struct Release
{
    int major;
    int minor;
    int build; // the first of it
    const char *client;
    const char *server;
};

// Newest first; the build numbers are Microsoft's published ones
// (learn.microsoft.com/windows/release-health).
constexpr Release Releases[] = {
    {10, 0, 26040, "win11", "win2k25"}, {10, 0, 22000, "win11", "win2k22"},
    {10, 0, 20348, "win10", "win2k22"}, {10, 0, 17763, "win10", "win2k19"},
    {10, 0, 10240, "win10", "win2k16"}, {6, 3, 9600, "win8.1", "win2k12r2"},
    {6, 2, 9200, "win8", "win2k12"},    {6, 1, 7600, "win7", "win2k8r2"},
    {6, 0, 6000, "winvista", "win2k8"},
};

// [MS-WIM]: the PROCESSOR_ARCHITECTURE of winnt.h.
QString architectureOf(int number)
{
    switch (number) {
    case 0:
        return QStringLiteral("i686");
    case 9:
        return QStringLiteral("x86_64");
    case 12:
        return QStringLiteral("aarch64");
    default:
        return {};
    }
}

} // namespace

std::optional<WindowsMedia> windowsFromWimXml(const QByteArray &xml)
{
    QStringDecoder decoder(QStringDecoder::Utf16LE);
    const QString text = decoder(xml);
    QXmlStreamReader reader(text);
    int major = 0;
    int minor = 0;
    int build = 0;
    int architecture = -1;
    bool isServer = false;
    bool isIn = false;
    while (!reader.atEnd()) {
        const auto token = reader.readNext();
        const auto name = reader.name();
        if (token == QXmlStreamReader::EndElement && name == QLatin1String("WINDOWS"))
            break; // the first image speaks for all
        if (token != QXmlStreamReader::StartElement)
            continue;
        if (name == QLatin1String("WINDOWS"))
            isIn = true;
        else if (!isIn)
            continue;
        else if (name == QLatin1String("ARCH"))
            architecture = reader.readElementText().toInt();
        else if (name == QLatin1String("PRODUCTTYPE"))
            isServer = reader.readElementText() != QLatin1String("WinNT");
        else if (name == QLatin1String("MAJOR"))
            major = reader.readElementText().toInt();
        else if (name == QLatin1String("MINOR"))
            minor = reader.readElementText().toInt();
        else if (name == QLatin1String("BUILD"))
            build = reader.readElementText().toInt();
    }
    for (const Release &release : Releases) {
        if (major != release.major || minor != release.minor || build < release.build)
            continue;
        WindowsMedia media;
        media.osId = QLatin1String(isServer ? release.server : release.client);
        media.architecture = architectureOf(architecture);
        media.build = build;
        return media;
    }
    return std::nullopt;
}

std::optional<WindowsMedia> readWindowsMedia(const QString &path)
{
    std::optional<UdfVolume> volume = UdfVolume::open(path);
    if (!volume)
        return std::nullopt;
    for (const char *imagePath : ImagePaths) {
        const std::optional<UdfFile> file = volume->find(QLatin1String(imagePath));
        if (!file)
            continue;
        const QByteArray header = volume->read(*file, 0, WimHeaderBytes);
        if (header.size() < WimHeaderBytes || !header.startsWith(QByteArray("MSWIM\0\0\0", 8)))
            continue;
        const qint64 size =
            qint64(qFromLittleEndian<quint64>(header.constData() + 72) & 0xffffffffffffff);
        const qint64 offset = qint64(qFromLittleEndian<quint64>(header.constData() + 80));
        if (offset <= 0 || size <= 0 || size > MaxXmlBytes)
            continue;
        if (auto media = windowsFromWimXml(volume->read(*file, offset, size)))
            return media;
    }
    return std::nullopt;
}

} // namespace engine

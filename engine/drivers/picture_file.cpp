// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/drivers/picture_file.h"

#include "engine/base/bytes.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QFile>
#include <QtCore/QSaveFile>

#include <array>

namespace engine {

namespace {

constexpr int SamplesPerPixel = 3;

// RFC 2083, section 15 (sample CRC code): the polynomial of ISO 3309, reflected.
std::uint32_t crcOf(const QByteArray &bytes)
{
    static const std::array<std::uint32_t, 256> Table = [] {
        std::array<std::uint32_t, 256> table{};
        for (std::uint32_t i = 0; i < table.size(); ++i) {
            std::uint32_t value = i;
            for (int bit = 0; bit < 8; ++bit)
                value = (value & 1) != 0 ? 0xedb88320u ^ (value >> 1) : value >> 1;
            table[i] = value;
        }
        return table;
    }();
    std::uint32_t crc = 0xffffffffu;
    for (const char byte : bytes)
        crc = Table[(crc ^ std::uint8_t(byte)) & 0xff] ^ (crc >> 8);
    return crc ^ 0xffffffffu;
}

void append32(QByteArray &bytes, std::uint32_t value)
{
    std::array<char, 4> big{};
    storeBe(big.data(), value);
    bytes.append(big.data(), qsizetype(big.size()));
}

// Section 3.2: length, type, data, and the CRC of type and data.
void appendChunk(QByteArray &file, const char *type, const QByteArray &data)
{
    append32(file, std::uint32_t(data.size()));
    const QByteArray checked = QByteArray(type, 4) + data;
    file += checked;
    append32(file, crcOf(checked));
}

std::uint32_t scaled(std::uint32_t value, int bits)
{
    return value * 255u / ((1u << bits) - 1);
}

// 0xRRGGBB.
std::uint32_t colorAt(const std::uint8_t *row, int x, PixelFormat format)
{
    if (format == PixelFormat::Xrgb32)
        return loadLe<std::uint32_t>(row + std::ptrdiff_t(x) * 4) & 0xffffffu;
    const std::uint32_t value = loadLe<std::uint16_t>(row + std::ptrdiff_t(x) * 2);
    const int greenBits = format == PixelFormat::Rgb16_565 ? 6 : 5;
    const std::uint32_t blue = scaled(value & 31u, 5);
    const std::uint32_t green = scaled((value >> 5) & ((1u << greenBits) - 1), greenBits);
    const std::uint32_t red = scaled((value >> (5 + greenBits)) & 31u, 5);
    return red << 16 | green << 8 | blue;
}

} // namespace

Picture pictureOf(const Frame &frame)
{
    Picture picture;
    if (frame.isEmpty() || frame.format == PixelFormat::None) {
        picture.width = 640;
        picture.height = 480;
        picture.samples.fill('\0', qsizetype(picture.width) * picture.height * SamplesPerPixel);
        return picture;
    }
    picture.width = frame.width;
    picture.height = frame.height;
    picture.samples.resize(qsizetype(frame.width) * frame.height * SamplesPerPixel);
    char *to = picture.samples.data();
    for (int y = 0; y < frame.height; ++y) {
        const std::uint8_t *row = frame.pixels + y * frame.strideBytes;
        for (int x = 0; x < frame.width; ++x) {
            const std::uint32_t color = colorAt(row, x, frame.format);
            *to++ = char(color >> 16);
            *to++ = char(color >> 8);
            *to++ = char(color);
        }
    }
    return picture;
}

QByteArray toPng(const Picture &picture)
{
    QByteArray header;
    append32(header, std::uint32_t(picture.width));
    append32(header, std::uint32_t(picture.height));
    // Depth 8, truecolor, deflate, adaptive filters, not interlaced.
    header.append("\x08\x02\x00\x00\x00", 5);
    // Section 6: a filter type before each row; 0 is none.
    const qsizetype rowBytes = qsizetype(picture.width) * SamplesPerPixel;
    QByteArray rows;
    rows.reserve((rowBytes + 1) * picture.height);
    for (int y = 0; y < picture.height; ++y) {
        rows.append('\0');
        rows.append(picture.samples.constData() + y * rowBytes, rowBytes);
    }
    // qCompress() puts four bytes of its own before a zlib stream.
    const QByteArray data = qCompress(rows, 3).mid(4);
    QByteArray file("\x89PNG\r\n\x1a\n", 8);
    appendChunk(file, "IHDR", header);
    appendChunk(file, "IDAT", data);
    appendChunk(file, "IEND", {});
    return file;
}

QByteArray toPpm(const Picture &picture)
{
    return QString("P6\n%1 %2\n255\n").arg(picture.width).arg(picture.height).toLatin1()
        + picture.samples;
}

namespace {

Result<> writeBytes(const QByteArray &bytes, const QString &path)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return makeError(
            file.error() == QFileDevice::PermissionsError ? ErrorKind::Denied : ErrorKind::Io,
            QString("Cannot write the screenshot to \"%1\": %2").arg(path, file.errorString()));
    return {};
}

} // namespace

Result<> writePicture(const Picture &picture, const QString &path, const QString &format)
{
    return writeBytes(format == QLatin1String("png") ? toPng(picture) : toPpm(picture), path);
}

Result<> copyPicture(const QString &from, const QString &to)
{
    QFile source(from);
    if (!source.open(QIODevice::ReadOnly))
        return makeError(
            ErrorKind::Io,
            QString("Cannot read the screenshot \"%1\": %2").arg(from, source.errorString()));
    return writeBytes(source.readAll(), to);
}

} // namespace engine

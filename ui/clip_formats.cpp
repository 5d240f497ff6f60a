// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clip_formats.h"

#include <QtCore/QBuffer>
#include <QtCore/QMimeData>
#include <QtGui/QImage>
#include <QtGui/QTextDocumentFragment>

namespace ui {

using display::ClipFormat;

namespace {

constexpr QLatin1String PlainText("text/plain");
constexpr QLatin1String PlainUtf8("text/plain;charset=utf-8");

QString plainText(const QMimeData &data)
{
    if (data.hasFormat(PlainText) || data.hasFormat(PlainUtf8))
        return data.text();
    return data.hasHtml() ? QTextDocumentFragment::fromHtml(data.html()).toPlainText() : QString();
}

QByteArray picture(const QMimeData &data, ClipFormat format)
{
    // As it is, when somebody has made it already.
    const QByteArray ready = data.data(mimeTypesOf(format).first());
    if (!ready.isEmpty())
        return ready;
    const auto image = qvariant_cast<QImage>(data.imageData());
    if (image.isNull())
        return {};
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    const char *name = format == ClipFormat::Png ? "PNG"
        : format == ClipFormat::Bmp              ? "BMP"
        : format == ClipFormat::Tiff             ? "TIFF"
                                                 : "JPEG";
    return image.save(&buffer, name) ? bytes : QByteArray();
}

} // namespace

QList<ClipFormat> formatsIn(const QMimeData &data)
{
    QList<ClipFormat> formats;
    if (data.hasFormat(PlainText) || data.hasFormat(PlainUtf8) || data.hasHtml())
        formats.append(ClipFormat::Text);
    if (data.hasImage() || data.hasFormat(QStringLiteral("image/png")))
        formats << ClipFormat::Png << ClipFormat::Bmp;
    return formats;
}

QByteArray clipData(const QMimeData &data, ClipFormat format, LineEnds guest)
{
    if (format != ClipFormat::Text)
        return picture(data, format);
    QString text = plainText(data);
    if (guest == LineEnds::CrLf) {
        text.replace(QLatin1String("\r\n"), QLatin1String("\n"));
        text.replace(QLatin1Char('\n'), QLatin1String("\r\n"));
    }
    return text.toUtf8();
}

QStringList mimeTypesOf(ClipFormat format)
{
    switch (format) {
    case ClipFormat::Text:
        return {PlainText, PlainUtf8};
    case ClipFormat::Png:
        return {QStringLiteral("image/png")};
    case ClipFormat::Bmp:
        return {QStringLiteral("image/bmp"), QStringLiteral("image/x-bmp"),
                QStringLiteral("image/x-MS-bmp")};
    case ClipFormat::Tiff:
        return {QStringLiteral("image/tiff")};
    case ClipFormat::Jpeg:
        return {QStringLiteral("image/jpeg")};
    }
    return {};
}

QByteArray textFromGuest(QByteArray text, LineEnds guest)
{
    while (text.endsWith('\0'))
        text.chop(1);
    if (guest == LineEnds::CrLf)
        text.replace("\r\n", "\n");
    return text;
}

} // namespace ui

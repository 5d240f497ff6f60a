// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/icons.h"

#include "ui/os_names.h"

#include <QtCore/QFile>
#include <QtCore/QHash>
#include <QtGui/QGuiApplication>
#include <QtGui/QIconEngine>
#include <QtGui/QPainter>
#include <QtGui/QPalette>
#include <QtGui/QPixmapCache>
#include <QtSvg/QSvgRenderer>

// Has to stand outside every namespace: the macro declares a function of the resource compiler.
static void initializeResources()
{
    Q_INIT_RESOURCE(resources);
}

namespace ui {

namespace {

// The color that the drawings use for lines; stands for the palette's text color.
const QByteArray LinePlaceholder = QByteArrayLiteral("#232629");
constexpr float DisabledOpacity = 0.38F;

QByteArray drawing(const QString &fileName)
{
    static const bool isInitialized = (initializeResources(), true);
    Q_UNUSED(isInitialized)
    static QHash<QString, QByteArray> drawings;
    const auto known = drawings.constFind(fileName);
    if (known != drawings.cend())
        return *known;
    QFile file(QStringLiteral(":/icons/%1.svg").arg(fileName));
    const QByteArray text = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    drawings.insert(fileName, text);
    return text;
}

// Draws at exactly the size and in the color of the moment, so an icon made once is sharp at any
// scale and follows a palette that changes from light to dark.
class DrawnIconEngine final : public QIconEngine
{
public:
    explicit DrawnIconEngine(QString fileName)
        : m_fileName(std::move(fileName))
    { }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        QPixmap pixels = render((QSizeF(rect.size()) * ratio).toSize(), mode);
        pixels.setDevicePixelRatio(ratio);
        painter->drawPixmap(rect.topLeft(), pixels);
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State) override
    {
        return render(size, mode);
    }

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State, qreal) override
    {
        return render(size, mode);
    }

    QSize actualSize(const QSize &size, QIcon::Mode, QIcon::State) override
    {
        const int side = qMin(size.width(), size.height());
        return {side, side};
    }

    QList<QSize> availableSizes(QIcon::Mode, QIcon::State) override
    {
        return {{16, 16}, {24, 24}, {32, 32}, {48, 48}, {64, 64}, {128, 128}, {256, 256}};
    }

    QString key() const override { return QStringLiteral("vitrine"); }
    QString iconName() override { return m_fileName; }
    bool isNull() override { return false; }
    QIconEngine *clone() const override { return new DrawnIconEngine(m_fileName); }

private:
    QPixmap render(const QSize &size, QIcon::Mode mode) const
    {
        if (size.isEmpty())
            return {};
        const QPalette palette = QGuiApplication::palette();
        const QColor line = palette.color(QPalette::Active,
                                          mode == QIcon::Selected ? QPalette::HighlightedText
                                                                  : QPalette::WindowText);
        const bool isDisabled = mode == QIcon::Disabled;
        // Green and orange lights cannot be told from a selected row's color.
        const bool isPlain =
            mode == QIcon::Selected && m_fileName.startsWith(QLatin1String("state-"));
        const QString cacheKey = QStringLiteral("vitrine/%1/%2x%3/%4/%5/%6")
                                     .arg(m_fileName)
                                     .arg(size.width())
                                     .arg(size.height())
                                     .arg(line.name())
                                     .arg(int(isDisabled))
                                     .arg(int(isPlain));
        QPixmap pixels;
        if (QPixmapCache::find(cacheKey, &pixels))
            return pixels;

        QByteArray text = drawing(m_fileName);
        text.replace(LinePlaceholder, line.name().toLatin1());
        QSvgRenderer renderer(text);
        pixels = QPixmap(size);
        pixels.fill(Qt::transparent);
        QPainter painter(&pixels);
        painter.setRenderHint(QPainter::Antialiasing);
        const qreal side = qMin(size.width(), size.height());
        renderer.render(&painter,
                        QRectF((size.width() - side) / 2, (size.height() - side) / 2, side, side));
        if (isPlain) {
            painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
            painter.fillRect(pixels.rect(), line);
        }
        if (isDisabled) { // afterwards, as lines and fills overlap
            painter.setCompositionMode(QPainter::CompositionMode_DestinationIn);
            painter.fillRect(pixels.rect(), QColor::fromRgbF(0, 0, 0, DisabledOpacity));
        }
        painter.end();
        QPixmapCache::insert(cacheKey, pixels);
        return pixels;
    }

    QString m_fileName;
};

} // namespace

// The bundled set comes first: one hand drew it, and half a theme beside it looks like a mistake.
QIcon icon(const QString &name)
{
    if (drawing(name).isEmpty())
        return QIcon::fromTheme(name);
    return QIcon(new DrawnIconEngine(name));
}

QIcon osIcon(const QString &osId)
{
    return icon(QStringLiteral("os-") + osTile(osId));
}

QIcon applicationIcon()
{
    return icon(QStringLiteral("vitrine"));
}

} // namespace ui

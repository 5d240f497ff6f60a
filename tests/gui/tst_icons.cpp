// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "ui/icons.h"
#include "ui/os_names.h"

#include <QtGui/QGuiApplication>
#include <QtGui/QImage>
#include <QtGui/QPalette>
#include <QtWidgets/QApplication>

namespace {

int visiblePixels(const QImage &image)
{
    int count = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            count += qAlpha(image.pixel(x, y)) > 128 ? 1 : 0;
    return count;
}

// Mean lightness of what is painted.
int lightness(const QImage &image)
{
    qint64 sum = 0;
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QColor color = image.pixelColor(x, y);
            if (color.alpha() < 200)
                continue;
            sum += color.lightness();
            ++count;
        }
    }
    return count == 0 ? -1 : int(sum / count);
}

} // namespace

class TestIcons : public QObject
{
    Q_OBJECT
private slots:
    void everyNameIsDrawn_data();
    void everyNameIsDrawn();
    void lineColorFollowsThePalette();
    void isDrawnInDevicePixels();
    void disabledIsPaler();
    void stateLightsAreOneColorInASelectedRow();
    void systemsHaveTilesAndNames_data();
    void systemsHaveTilesAndNames();
    void catalogueNamesWin();
};

void TestIcons::everyNameIsDrawn_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name : {"media-playback-start",
                             "media-playback-pause",
                             "view-refresh",
                             "system-shutdown",
                             "process-stop",
                             "view-fullscreen",
                             "view-restore",
                             "window-minimize",
                             "window-close",
                             "window-pin",
                             "camera-photo",
                             "drive-harddisk",
                             "media-optical",
                             "media-floppy",
                             "network-wired",
                             "input-mouse",
                             "input-keyboard",
                             "media-eject",
                             "zoom-fit-best",
                             "dialog-information",
                             "dialog-warning",
                             "dialog-error",
                             "preferences-system",
                             "document-open",
                             "folder-open",
                             "text-x-log",
                             "edit-copy",
                             "edit-delete",
                             "item-add",
                             "serial-port",
                             "list-add",
                             "edit-find",
                             "computer",
                             "cpu",
                             "cpu-slow",
                             "help-about",
                             "go-bottom",
                             "window-new",
                             "audio-card",
                             "audio-volume-high",
                             "audio-volume-muted",
                             "media-record",
                             "video-display",
                             "application-exit",
                             "drive-removable-media-usb",
                             "state-running",
                             "state-paused",
                             "state-off",
                             "state-starting",
                             "state-aborted",
                             "state-inaccessible",
                             "vitrine"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestIcons::everyNameIsDrawn()
{
    QFETCH(QString, name);
    const QIcon icon = ui::icon(name);
    QVERIFY(!icon.isNull());
    QCOMPARE(icon.name(), name);
    const QImage image = icon.pixmap(QSize(24, 24), 1.0).toImage();
    QCOMPARE(image.size(), QSize(24, 24));
    QVERIFY2(visiblePixels(image) > 10, "the drawing is empty");
}

void TestIcons::lineColorFollowsThePalette()
{
    const QPalette before = QGuiApplication::palette();
    const QIcon icon = ui::icon(QStringLiteral("computer"));
    QPalette light = before;
    light.setColor(QPalette::WindowText, Qt::black);
    QApplication::setPalette(light);
    QVERIFY(lightness(icon.pixmap(QSize(32, 32), 1.0).toImage()) < 60);
    QPalette dark = before;
    dark.setColor(QPalette::WindowText, Qt::white);
    QApplication::setPalette(dark);
    QVERIFY(lightness(icon.pixmap(QSize(32, 32), 1.0).toImage()) > 200);
    QApplication::setPalette(before);
}

void TestIcons::isDrawnInDevicePixels()
{
    const QPixmap pixels = ui::icon(QStringLiteral("cpu")).pixmap(QSize(24, 24), 2.0);
    QCOMPARE(pixels.size(), QSize(48, 48));
    QCOMPARE(pixels.devicePixelRatio(), 2.0);
}

void TestIcons::disabledIsPaler()
{
    const QIcon icon = ui::icon(QStringLiteral("media-playback-start"));
    const QImage normal = icon.pixmap(QSize(32, 32), 1.0, QIcon::Normal).toImage();
    const QImage disabled = icon.pixmap(QSize(32, 32), 1.0, QIcon::Disabled).toImage();
    QVERIFY(visiblePixels(normal) > 100);
    QCOMPARE(visiblePixels(disabled), 0);
}

void TestIcons::stateLightsAreOneColorInASelectedRow()
{
    const QColor wanted =
        QGuiApplication::palette().color(QPalette::Active, QPalette::HighlightedText);
    for (const char *name : {"state-running", "state-paused", "state-off"}) {
        const QImage image = ui::icon(QString::fromLatin1(name))
                                 .pixmap(QSize(32, 32), 1.0, QIcon::Selected)
                                 .toImage()
                                 .convertToFormat(QImage::Format_ARGB32);
        int opaque = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const QColor color = image.pixelColor(x, y);
                if (color.alpha() < 255)
                    continue;
                ++opaque;
                QCOMPARE(color.name(), wanted.name());
            }
        }
        QVERIFY2(opaque > 20, name);
    }
}

void TestIcons::systemsHaveTilesAndNames_data()
{
    QTest::addColumn<QString>("osId");
    QTest::addColumn<QString>("tile");
    QTest::addColumn<QString>("name");
    QTest::newRow("debian") << "debian12"
                            << "debian"
                            << "Debian 12";
    QTest::newRow("ubuntu") << "ubuntu22.04"
                            << "ubuntu"
                            << "Ubuntu 22.04";
    QTest::newRow("arch") << "archlinux"
                          << "arch"
                          << "Arch Linux";
    QTest::newRow("windows") << "win11"
                             << "windows"
                             << "Windows 11";
    QTest::newRow("windows xp") << "winxp"
                                << "windows"
                                << "Windows XP";
    QTest::newRow("freebsd") << "freebsd13.1"
                             << "freebsd"
                             << "FreeBSD 13.1";
    QTest::newRow("never heard of") << "plan9"
                                    << "unknown"
                                    << "plan9";
    QTest::newRow("none") << ""
                          << "unknown"
                          << "Unknown system";
}

void TestIcons::systemsHaveTilesAndNames()
{
    QFETCH(QString, osId);
    QFETCH(QString, tile);
    QFETCH(QString, name);
    QCOMPARE(ui::osTile(osId), tile);
    QCOMPARE(ui::osName(osId), name);
    QCOMPARE(ui::osIcon(osId).name(), QStringLiteral("os-") + tile);
}

void TestIcons::catalogueNamesWin()
{
    ui::setOsNames({{QStringLiteral("debian12"), QStringLiteral("Debian GNU/Linux 12")}});
    QCOMPARE(ui::osName(QStringLiteral("debian12")), QStringLiteral("Debian GNU/Linux 12"));
    ui::setOsNames({});
    QCOMPARE(ui::osName(QStringLiteral("debian12")), QStringLiteral("Debian 12"));
}

QTEST_MAIN(TestIcons)
#include "tst_icons.moc"

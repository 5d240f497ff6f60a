// SPDX-License-Identifier: GPL-3.0-or-later
// A frame as a file: PNG (RFC 2083; truecolor, 8 bits a sample) or PPM (netpbm's P6). For the
// engine, which knows no window library. Any thread.
#pragma once

#include "engine/base/result.h"
#include "engine/host/frame_source.h"

#include <QtCore/QByteArray>
#include <QtCore/QString>

namespace engine {

// Red, green, blue for each pixel, by rows.
struct Picture
{
    int width = 0;
    int height = 0;
    QByteArray samples;
};

// A copy of what is in the frame now. An empty frame, as of a screen that is off, gives a black one
// of 640x480.
Picture pictureOf(const Frame &frame);

QByteArray toPng(const Picture &picture);
QByteArray toPpm(const Picture &picture);

// `format` is "png" or "ppm". Atomic: nobody sees half a picture.
Result<> writePicture(const Picture &picture, const QString &path, const QString &format);

// From a file of our own to where it was asked for, atomically as well.
Result<> copyPicture(const QString &from, const QString &to);

} // namespace engine

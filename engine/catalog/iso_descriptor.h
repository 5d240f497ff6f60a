// SPDX-License-Identifier: GPL-3.0-or-later
// What an ISO 9660 image says about itself: ECMA-119, 8.4 (primary volume descriptor), and El
// Torito 1.0 (boot record). One read, any thread.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QString>

namespace engine {

struct IsoDescriptor
{
    QString volumeId;
    QString systemId;
    QString publisherId;
    QString applicationId;
    qint64 volumeBytes = 0;
    qint64 fileBytes = 0;
    bool isBootable = false;
};

// A file that is something else, or only the beginning of an image, is an error that says so.
Result<IsoDescriptor> readIsoDescriptor(const QString &path);

} // namespace engine

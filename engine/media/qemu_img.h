// SPDX-License-Identifier: GPL-3.0-or-later
// What the users of the program qemu-img share. Private to engine/media.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QProcessEnvironment>
#include <QtCore/QString>

namespace engine {

Error qemuImgMissing();
// From what it said on its standard error; `fallback` when it said nothing.
Error qemuImgError(const QByteArray &errorOutput, const QString &fallback);

// Its messages are recognized in English.
inline QProcessEnvironment plainEnvironment()
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    return environment;
}

} // namespace engine

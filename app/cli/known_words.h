// SPDX-License-Identifier: GPL-3.0-or-later
// One of several words, in either case, and what is said when it is none of them.
#pragma once

#include "engine/base/result.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QString>

#include <initializer_list>

namespace app {

inline engine::Error unknownWord(const QString &what, const QString &word, const QString &known)
{
    return engine::makeError(
        engine::ErrorKind::Invalid,
        QStringLiteral("Unknown %1 \"%2\": known are %3").arg(what, word, known));
}

inline engine::Error lackingWord(const QString &what, const QString &word, const QString &remedy)
{
    return engine::makeError(engine::ErrorKind::Unsupported,
                             QStringLiteral("This version has no %1 \"%2\"").arg(what, word),
                             remedy);
}

inline bool isOneOf(const QString &word, std::initializer_list<const char *> known)
{
    for (const char *name : known) {
        if (word.compare(QLatin1String(name), Qt::CaseInsensitive) == 0)
            return true;
    }
    return false;
}

} // namespace app

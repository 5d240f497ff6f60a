// SPDX-License-Identifier: GPL-3.0-or-later
// Between Error, which is Qt-free, and QString.
#pragma once

#include "engine/base/result.h"

#include <QtCore/QString>

namespace engine {

inline QString toQString(const std::string &text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

inline Error makeError(ErrorKind kind, const QString &message, const QString &remedy = {})
{
    Error error(kind, message.toStdString());
    return remedy.isEmpty() ? error : std::move(error).withRemedy(remedy.toStdString());
}

inline QString errorText(const Error &error)
{
    return toQString(error.text());
}

} // namespace engine

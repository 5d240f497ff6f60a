// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's picture that comes and goes, for who makes a film of it. Main thread.
#pragma once

#include "display/frame_tee.h"

#include <QtCore/QObject>

namespace display {

class FilmScreen : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    // nullptr: there is no picture now.
    virtual FrameTee *tee() const = 0;

signals:
    void sessionChanged(); // before an old picture's source goes, and when a new one is there
};

} // namespace display

// SPDX-License-Identifier: GPL-3.0-or-later
// While one lives, X11's events about selections are kept back; they come when it goes. For who has
// to wait for something inside QMimeData::retrieveData(): Qt deletes the mime data of a clipboard
// that another program takes, and would do so under its feet. Nothing on other platforms.
// Main thread only.
#pragma once

#include <QtCore/QAbstractNativeEventFilter>
#include <QtCore/QByteArray>
#include <QtCore/QList>

namespace display {

class HeldSelections final : public QAbstractNativeEventFilter
{
public:
    HeldSelections();
    ~HeldSelections() override;
    Q_DISABLE_COPY_MOVE(HeldSelections)

    bool nativeEventFilter(const QByteArray &eventType, void *message, qintptr *result) override;

private:
    QList<QByteArray> m_events;
};

} // namespace display

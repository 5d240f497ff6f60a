// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/frame_view_accessible.h"

#include "display/frame_view.h"

#include <QtWidgets/QAccessibleWidget>

namespace display {

namespace {

class FrameViewAccessible final : public QAccessibleWidget
{
public:
    explicit FrameViewAccessible(QWidget *view)
        : QAccessibleWidget(view, QAccessible::Canvas)
    { }

    QString text(QAccessible::Text kind) const override
    {
        return kind == QAccessible::Value ? widget()->accessibleDescription()
                                          : QAccessibleWidget::text(kind);
    }
};

QAccessibleInterface *make(const QString &, QObject *object)
{
    auto *view = qobject_cast<FrameView *>(object);
    return view == nullptr ? nullptr : new FrameViewAccessible(view);
}

} // namespace

void installFrameViewAccessibility()
{
    static const bool isInstalled = (QAccessible::installFactory(make), true);
    Q_UNUSED(isInstalled)
}

} // namespace display

// SPDX-License-Identifier: GPL-3.0-or-later
// A label that wraps at whatever width it gets. QLabel's own least height is that of its least
// width, which makes windows taller than screens.
#pragma once

#include <QtWidgets/QLabel>

namespace wizards {

class WrapLabel final : public QLabel
{
    Q_OBJECT
public:
    explicit WrapLabel(QWidget *parent = nullptr)
        : QLabel(parent)
    {
        setTextFormat(Qt::PlainText);
        setWordWrap(true);
        QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
        policy.setHeightForWidth(true);
        setSizePolicy(policy);
    }

    QSize minimumSizeHint() const override { return {1, fontMetrics().height()}; }
};

} // namespace wizards

// SPDX-License-Identifier: GPL-3.0-or-later
// What the manager shows while there is no machine: how to get the first one.
#pragma once

#include <QtWidgets/QWidget>

namespace ui {

class EmptyState final : public QWidget
{
    Q_OBJECT
public:
    explicit EmptyState(QWidget *parent = nullptr);
    // Something usable hovers over the window.
    void setDropOffered(bool offered);

signals:
    void isoWanted();
    void folderWanted();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    bool m_isDropOffered = false;
};

} // namespace ui

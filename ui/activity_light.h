// SPDX-License-Identifier: GPL-3.0-or-later
// A small status bar button: an icon with a light that glows for a moment when bytes moved. A
// click, either button, opens its menu, if it has one.
#pragma once

#include <QtCore/QTimer>
#include <QtWidgets/QToolButton>

#include <chrono>

namespace ui {

class ActivityLight final : public QToolButton
{
    Q_OBJECT
public:
    static constexpr std::chrono::milliseconds GlowTime{300};

    ActivityLight(const QString &name, const QString &iconName, const QString &label,
                  QWidget *parent);

    void setMenuToOpen(QMenu *menu); // not owned
    void glow();
    bool isGlowing() const { return m_glow.isActive(); }
    // A cable that is not plugged in, a drive without a disk.
    void setHasMedium(bool hasMedium);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void openMenu();

    QMenu *m_menu = nullptr;
    QTimer m_glow;
    bool m_hasMedium = true;
};

} // namespace ui

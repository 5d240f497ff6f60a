// SPDX-License-Identifier: GPL-3.0-or-later
// A TerminalScreen on the desktop: painted, scrolled back, selected and copied, typed and pasted
// into. What is typed comes out as the bytes a VT100 would send.
#pragma once

#include "engine/control/serial_client.h"
#include "ui/terminal_screen.h"

#include <QtWidgets/QAbstractScrollArea>

#include <optional>

class QPainter;

namespace ui {

class TerminalView final : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit TerminalView(QWidget *parent = nullptr);

    // From the guest.
    void take(const QByteArray &bytes, engine::SerialText text = engine::SerialText::New);
    const TerminalScreen &screen() const { return m_screen; }
    QString selectedText() const;
    void copy();
    void paste();
    void selectAll();

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void typed(const QByteArray &bytes);
    void selectionChanged();

protected:
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    bool focusNextPrevChild(bool) override { return false; } // Tab is the guest's

private:
    struct Place // a line and a column, from the oldest line on; columns may be one past the last
    {
        int line = 0;
        int column = 0;
        auto operator<=>(const Place &) const = default;
    };

    void measure();
    void updateSidewaysBar();
    void updateScrollBar(bool followsEnd);
    Place placeAt(const QPoint &point) const;
    bool isSelected(int line, int column) const;
    void paintLine(QPainter &painter, int number, int top) const;
    void pasteText(const QString &text);

    TerminalScreen m_screen;
    QSize m_cell;
    int m_ascent = 0;
    std::optional<Place> m_anchor; // of what is selected
    Place m_caret;
};

} // namespace ui

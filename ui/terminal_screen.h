// SPDX-License-Identifier: GPL-3.0-or-later
// What a serial terminal shows: 80 by 24 characters and the lines that have scrolled away. Takes
// the bytes of a guest (UTF-8, and of the control functions of ECMA-48 and the DEC VT100 User Guide
// those that boot loaders, shells and editors use). Whatever comes, its size is bounded.
#pragma once

#include "ui/terminal_page.h"

#include <QtCore/QByteArray>
#include <QtCore/QPoint>

#include <array>

namespace ui {

class TerminalScreen final
{
public:
    static constexpr int Columns = TerminalPage::Columns;
    static constexpr int Rows = TerminalPage::Rows;

    void take(const QByteArray &bytes);
    QByteArray takeAnswers(); // what the guest asked about and is to be told

    const TerminalPage &page() const { return m_page; }
    QPoint cursor() const { return {m_column, m_page.pastCount() + m_row}; } // and line
    bool isCursorShown() const { return m_isCursorShown; }
    bool areArrowsForPrograms() const { return m_areArrowsForPrograms; } // DECCKM

private:
    enum class State { Ground, Escape, Designation, Control, String, StringEscape };
    struct Saved
    {
        int column = 0;
        int row = 0;
        TerminalCell pen;
    };

    void takeByte(quint8 byte);
    void takeText(quint8 byte);
    void print(char32_t character);
    void control(quint8 byte);
    void escape(quint8 byte);
    void sequenceByte(quint8 byte);
    void sequence(char final);
    void setMode(bool isOn);
    void eraseLine(int from, int to);
    void eraseDisplay(int how);
    void feedLine();
    void feedBack();
    void moveTo(int column, int row);
    void showOtherPage(bool isOn);
    void reset();
    int parameter(qsizetype index, int ifNone) const;
    TerminalCell blank() const; // in the pen's paper

    State m_state = State::Ground;
    QList<int> m_parameters;
    bool m_isPrivate = false; // CSI ?
    bool m_isUnknown = false; // other private or intermediate bytes
    char32_t m_partial = 0; // of UTF-8
    int m_missing = 0; // bytes of it

    TerminalPage m_page;
    int m_column = 0;
    int m_row = 0;
    bool m_isAtEnd = false; // the next character begins a new line
    int m_top = 0; // of what scrolls
    int m_bottom = Rows - 1;
    TerminalCell m_pen;
    Saved m_saved;
    std::array<bool, 2> m_isGraphic = {}; // what G0 and G1 are: DEC special graphics
    int m_designated = 0; // which of them is being chosen; 2: another one
    int m_shift = 0; // which of them is written with
    bool m_isWrapping = true;
    bool m_isCursorShown = true;
    bool m_areArrowsForPrograms = false;
    QByteArray m_answers;
};

} // namespace ui

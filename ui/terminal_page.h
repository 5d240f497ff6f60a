// SPDX-License-Identifier: GPL-3.0-or-later
// The characters of a terminal: 80 by 24 of them, and the lines that have scrolled away, up to a
// bound. Rows and columns count from 0; whoever calls keeps to the page.
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

#include <deque>

namespace ui {

struct TerminalCell
{
    char32_t character = U' ';
    qint16 ink = -1; // of 256 colors; -1: the terminal's own
    qint16 paper = -1;
    bool isBold = false;
    bool isUnderlined = false;
    bool isInverse = false;

    bool operator==(const TerminalCell &) const = default;
};

class TerminalPage final
{
public:
    static constexpr int Columns = 80;
    static constexpr int Rows = 24;
    static constexpr int MaxHistory = 4000; // lines
    using Line = QList<TerminalCell>; // of Columns

    // Counted from the oldest remembered line on.
    int lineCount() const { return pastCount() + Rows; }
    const Line &line(int number) const;
    QString text(int number) const; // without the blanks at its end
    int pastCount() const { return int(m_history.size()); }
    // How many lines were ever dropped from the history: numbers move by as many.
    quint64 droppedLines() const { return m_dropped; }

    void put(int row, int column, const TerminalCell &cell) { m_rows[row][column] = cell; }
    void erase(int row, int from, int to, const TerminalCell &blank); // `to` stays
    void insertCells(int row, int column, int count, const TerminalCell &blank);
    void removeCells(int row, int column, int count, const TerminalCell &blank);
    // Up when `lines` is positive. What leaves at the top of the page is remembered, unless a
    // program has a page of its own.
    void scroll(int top, int bottom, int lines, const TerminalCell &blank);
    void forgetHistory();

    void showOther(bool isOn); // the other one begins empty
    bool isOther() const { return !m_first.isEmpty(); }

private:
    std::deque<Line> m_history;
    quint64 m_dropped = 0;
    QList<Line> m_rows = QList<Line>(Rows, Line(Columns));
    QList<Line> m_first; // while the other page is shown
};

} // namespace ui

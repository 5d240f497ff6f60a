// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/terminal_page.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace ui {

const TerminalPage::Line &TerminalPage::line(int number) const
{
    return number < pastCount() ? m_history[std::size_t(number)] : m_rows[number - pastCount()];
}

QString TerminalPage::text(int number) const
{
    QString text;
    for (const TerminalCell &cell : line(number))
        text += QString::fromUcs4(&cell.character, 1);
    while (text.endsWith(u' '))
        text.chop(1);
    return text;
}

void TerminalPage::erase(int row, int from, int to, const TerminalCell &blank)
{
    Line &line = m_rows[row];
    std::fill(line.begin() + from, line.begin() + to, blank);
}

void TerminalPage::insertCells(int row, int column, int count, const TerminalCell &blank)
{
    Line &line = m_rows[row];
    line.insert(column, std::min(count, Columns - column), blank);
    line.resize(Columns);
}

void TerminalPage::removeCells(int row, int column, int count, const TerminalCell &blank)
{
    const int many = std::min(count, Columns - column);
    Line &line = m_rows[row];
    line.remove(column, many);
    line.append(Line(many, blank));
}

void TerminalPage::scroll(int top, int bottom, int lines, const TerminalCell &blank)
{
    if (top > bottom)
        return; // the cursor is below what scrolls
    const int many = std::min(std::abs(lines), bottom - top + 1);
    for (int i = 0; i < many; ++i) {
        if (lines < 0) {
            m_rows.removeAt(bottom);
            m_rows.insert(top, Line(Columns, blank));
            continue;
        }
        if (top == 0 && !isOther())
            m_history.push_back(m_rows[0]);
        m_rows.removeAt(top);
        m_rows.insert(bottom, Line(Columns, blank));
    }
    while (m_history.size() > std::size_t(MaxHistory)) {
        m_history.pop_front();
        ++m_dropped;
    }
}

void TerminalPage::forgetHistory()
{
    m_dropped += m_history.size();
    m_history.clear();
}

void TerminalPage::showOther(bool isOn)
{
    if (isOn == isOther())
        return;
    if (isOn)
        m_first = std::exchange(m_rows, QList<Line>(Rows, Line(Columns)));
    else
        m_rows = std::exchange(m_first, {});
}

} // namespace ui

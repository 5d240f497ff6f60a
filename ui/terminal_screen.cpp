// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/terminal_screen.h"

#include "ui/terminal_pen.h"

#include <algorithm>
#include <utility>

namespace ui {

namespace {

constexpr int MaxParameters = 16;
constexpr int MaxParameter = 9999;
constexpr int TabStop = 8;
constexpr qsizetype MaxAnswers = 1024;
constexpr char32_t Replacement = 0xfffd;

} // namespace

QByteArray TerminalScreen::takeAnswers()
{
    return std::exchange(m_answers, {});
}

void TerminalScreen::take(const QByteArray &bytes)
{
    for (const char byte : bytes)
        takeByte(quint8(byte));
}

void TerminalScreen::takeByte(quint8 byte)
{
    if (m_state == State::String || m_state == State::StringEscape) {
        // A window's title or the like: skipped up to BEL or ESC \.
        const bool isEnd = byte == 0x07 || byte == 0x18 || byte == 0x1a
            || (m_state == State::StringEscape && byte == '\\');
        m_state = isEnd ? State::Ground : byte == 0x1b ? State::StringEscape : State::String;
        return;
    }
    if (byte < 0x20 || byte == 0x7f) {
        m_missing = 0;
        control(byte);
        return;
    }
    switch (m_state) {
    case State::Escape:
        return escape(byte);
    case State::Designation:
        m_state = State::Ground;
        if (m_designated < int(m_isGraphic.size()))
            m_isGraphic[std::size_t(m_designated)] = byte == '0';
        return;
    case State::Control:
        return sequenceByte(byte);
    default:
        return takeText(byte);
    }
}

// RFC 3629, section 3. What is no UTF-8 shows as such.
void TerminalScreen::takeText(quint8 byte)
{
    if (m_missing > 0 && (byte & 0xc0) == 0x80) {
        m_partial = m_partial << 6 | (byte & 0x3fu);
        if (--m_missing == 0)
            print(m_partial);
        return;
    }
    m_missing = 0;
    if (byte < 0x80) {
        print(byte);
    } else if (byte >= 0xc2 && byte < 0xe0) {
        m_partial = byte & 0x1fu;
        m_missing = 1;
    } else if (byte >= 0xe0 && byte < 0xf0) {
        m_partial = byte & 0x0fu;
        m_missing = 2;
    } else if (byte >= 0xf0 && byte < 0xf5) {
        m_partial = byte & 0x07u;
        m_missing = 3;
    } else {
        print(Replacement);
    }
}

void TerminalScreen::print(char32_t character)
{
    const bool isNone = character > 0x10ffff || (character >= 0xd800 && character < 0xe000)
        || (character >= 0x80 && character < 0xa0);
    if (m_isAtEnd && m_isWrapping) {
        m_column = 0;
        feedLine();
    }
    TerminalCell cell = m_pen;
    cell.character = isNone                 ? Replacement
        : m_isGraphic[std::size_t(m_shift)] ? specialGraphic(character)
                                            : character;
    m_page.put(m_row, m_column, cell);
    m_isAtEnd = m_column == Columns - 1;
    if (!m_isAtEnd)
        ++m_column;
}

void TerminalScreen::control(quint8 byte)
{
    switch (byte) {
    case 0x08:
        m_isAtEnd = false;
        m_column = std::max(0, m_column - 1);
        break;
    case 0x09:
        m_column = std::min(Columns - 1, (m_column / TabStop + 1) * TabStop);
        break;
    case 0x0a:
    case 0x0b:
    case 0x0c:
        feedLine();
        break;
    case 0x0d:
        m_isAtEnd = false;
        m_column = 0;
        break;
    case 0x0e: // SO
        m_shift = 1;
        break;
    case 0x0f: // SI
        m_shift = 0;
        break;
    case 0x18:
    case 0x1a:
        m_state = State::Ground;
        break;
    case 0x1b:
        m_state = State::Escape;
        break;
    default:
        break; // no bell rings
    }
}

void TerminalScreen::escape(quint8 byte)
{
    m_state = State::Ground;
    switch (byte) {
    case '[':
        m_state = State::Control;
        m_parameters = {0};
        m_isPrivate = m_isUnknown = false;
        break;
    case ']':
    case 'P':
    case 'X':
    case '^':
    case '_':
        m_state = State::String;
        break;
    case '(':
    case ')':
        m_state = State::Designation;
        m_designated = byte - '(';
        break;
    case '*':
    case '+':
    case '#':
    case '%':
        m_state = State::Designation;
        m_designated = 2;
        break;
    case '7':
        m_saved = {m_column, m_row, m_pen};
        break;
    case '8':
        m_pen = m_saved.pen;
        moveTo(m_saved.column, m_saved.row);
        break;
    case 'D':
        feedLine();
        break;
    case 'E':
        m_column = 0;
        feedLine();
        break;
    case 'M':
        feedBack();
        break;
    case 'c':
        reset();
        break;
    default:
        break;
    }
}

void TerminalScreen::sequenceByte(quint8 byte)
{
    if (byte >= '0' && byte <= '9') {
        int &value = m_parameters.last();
        value = std::min(MaxParameter, value * 10 + (byte - '0'));
    } else if (byte == ';' || byte == ':') {
        if (m_parameters.size() < MaxParameters)
            m_parameters.append(0);
    } else if (byte == '?') {
        m_isPrivate = true;
    } else if (byte < 0x40) {
        m_isUnknown = true;
    } else {
        m_state = State::Ground;
        if (!m_isUnknown)
            sequence(char(byte));
    }
}

int TerminalScreen::parameter(qsizetype index, int ifNone) const
{
    const int value = m_parameters.value(index);
    return value == 0 ? ifNone : value;
}

void TerminalScreen::sequence(char final)
{
    const int count = parameter(0, 1);
    if (m_isPrivate) {
        if (final == 'h' || final == 'l')
            setMode(final == 'h');
        return;
    }
    switch (final) {
    case 'A':
        return moveTo(m_column, std::max(m_row - count, m_row >= m_top ? m_top : 0));
    case 'B':
    case 'e':
        return moveTo(m_column, std::min(m_row + count, m_row <= m_bottom ? m_bottom : Rows - 1));
    case 'C':
    case 'a':
        return moveTo(m_column + count, m_row);
    case 'D':
        return moveTo(m_column - count, m_row);
    case 'E':
        return moveTo(0, m_row + count);
    case 'F':
        return moveTo(0, m_row - count);
    case 'G':
    case '`':
        return moveTo(count - 1, m_row);
    case 'H':
    case 'f':
        return moveTo(parameter(1, 1) - 1, count - 1);
    case 'd':
        return moveTo(m_column, count - 1);
    case 'J':
        return eraseDisplay(parameter(0, 0));
    case 'K': {
        const int how = parameter(0, 0);
        return eraseLine(how == 0 ? m_column : 0, how == 1 ? m_column + 1 : Columns);
    }
    case 'L':
        return m_page.scroll(m_row, m_bottom, -count, blank());
    case 'M':
        return m_page.scroll(m_row, m_bottom, count, blank());
    case 'S':
        return m_page.scroll(m_top, m_bottom, count, blank());
    case 'T':
        return m_page.scroll(m_top, m_bottom, -count, blank());
    case 'P':
        m_isAtEnd = false;
        return m_page.removeCells(m_row, m_column, count, blank());
    case '@':
        m_isAtEnd = false;
        return m_page.insertCells(m_row, m_column, count, blank());
    case 'X':
        return eraseLine(m_column, std::min(Columns, m_column + count));
    case 'm':
        return setPen(m_pen, m_parameters);
    case 'r': {
        const int top = count - 1;
        const int bottom = std::min(parameter(1, Rows), Rows) - 1;
        if (top >= bottom)
            return;
        m_top = top;
        m_bottom = bottom;
        return moveTo(0, 0);
    }
    case 's':
        m_saved = {m_column, m_row, m_pen};
        return;
    case 'u':
        return moveTo(m_saved.column, m_saved.row);
    case 'c':
        if (parameter(0, 0) == 0 && m_answers.size() < MaxAnswers)
            m_answers += "\x1b[?6c"; // a VT102
        return;
    case 'n':
        if (m_answers.size() >= MaxAnswers)
            return;
        if (parameter(0, 0) == 5)
            m_answers += "\x1b[0n";
        else if (parameter(0, 0) == 6)
            m_answers += "\x1b[" + QByteArray::number(m_row + 1) + ';'
                + QByteArray::number(m_column + 1) + 'R';
        return;
    default:
        return;
    }
}

// DEC private modes, and the second page of xterm.
void TerminalScreen::setMode(bool isOn)
{
    for (const int mode : std::as_const(m_parameters)) {
        switch (mode) {
        case 1:
            m_areArrowsForPrograms = isOn;
            break;
        case 7:
            m_isWrapping = isOn;
            break;
        case 25:
            m_isCursorShown = isOn;
            break;
        case 47:
        case 1047:
        case 1049:
            showOtherPage(isOn);
            break;
        default:
            break;
        }
    }
}

void TerminalScreen::showOtherPage(bool isOn)
{
    if (isOn == m_page.isOther())
        return;
    if (isOn)
        m_saved = {m_column, m_row, m_pen};
    m_page.showOther(isOn);
    if (isOn)
        return;
    m_pen = m_saved.pen;
    moveTo(m_saved.column, m_saved.row);
}

TerminalCell TerminalScreen::blank() const
{
    TerminalCell cell;
    cell.paper = m_pen.paper;
    return cell;
}

void TerminalScreen::eraseLine(int from, int to)
{
    m_isAtEnd = false;
    m_page.erase(m_row, from, to, blank());
}

void TerminalScreen::eraseDisplay(int how)
{
    if (how == 3)
        return m_page.forgetHistory();
    if (how == 0)
        eraseLine(m_column, Columns);
    else if (how == 1)
        eraseLine(0, m_column + 1);
    for (int row = 0; row < Rows; ++row) {
        if (how == 2 || (how == 0 && row > m_row) || (how == 1 && row < m_row))
            m_page.erase(row, 0, Columns, blank());
    }
}

void TerminalScreen::feedLine()
{
    m_isAtEnd = false;
    if (m_row == m_bottom)
        m_page.scroll(m_top, m_bottom, 1, blank());
    else if (m_row < Rows - 1)
        ++m_row;
}

void TerminalScreen::feedBack()
{
    m_isAtEnd = false;
    if (m_row == m_top)
        m_page.scroll(m_top, m_bottom, -1, blank());
    else if (m_row > 0)
        --m_row;
}

void TerminalScreen::moveTo(int column, int row)
{
    m_isAtEnd = false;
    m_column = std::clamp(column, 0, Columns - 1);
    m_row = std::clamp(row, 0, Rows - 1);
}

void TerminalScreen::reset()
{
    showOtherPage(false);
    m_pen = {};
    m_saved = {};
    m_top = 0;
    m_bottom = Rows - 1;
    m_isGraphic = {};
    m_shift = 0;
    m_isWrapping = m_isCursorShown = true;
    m_areArrowsForPrograms = false;
    eraseDisplay(2);
    moveTo(0, 0);
}

} // namespace ui

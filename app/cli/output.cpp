// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <cstdio>
#include <utility>

namespace app {

namespace {

Output::Sink fileSink(std::FILE *file)
{
    return [file](const QByteArray &bytes) {
        // A reader that went away (`| head`) is no failure of the command.
        std::fwrite(bytes.constData(), 1, std::size_t(bytes.size()), file);
        std::fflush(file);
    };
}

} // namespace

Output::Output()
    : Output(fileSink(stdout), fileSink(stderr))
{ }

Output::Output(Sink results, Sink notes)
    : m_resultSink(std::move(results))
    , m_noteSink(std::move(notes))
{ }

Output::~Output()
{
    flush();
}

void Output::print(const QString &text)
{
    m_results += text.toUtf8();
}

void Output::line(const QString &text)
{
    print(text + QLatin1Char('\n'));
}

void Output::json(const QJsonObject &value)
{
    m_results += QJsonDocument(value).toJson(QJsonDocument::Indented);
}

void Output::json(const QJsonArray &value)
{
    m_results += QJsonDocument(value).toJson(QJsonDocument::Indented);
}

void Output::note(const QString &text)
{
    flush();
    m_noteSink(text.toUtf8());
}

void Output::printBytes(const QByteArray &bytes)
{
    m_results += bytes;
}

void Output::noteBytes(const QByteArray &bytes)
{
    flush();
    m_noteSink(bytes);
}

void Output::flush()
{
    if (!m_results.isEmpty())
        m_resultSink(std::exchange(m_results, {}));
}

ProgressLine::ProgressLine(Output &output)
    : m_output(output)
{
    m_output.note(QStringLiteral("0%..."));
}

void ProgressLine::setPercent(int percent)
{
    while (m_shownTens < 9 && percent >= (m_shownTens + 1) * 10)
        m_output.note(QStringLiteral("%1%...").arg(++m_shownTens * 10));
}

void ProgressLine::finish()
{
    setPercent(90);
    m_output.note(QStringLiteral("100%\n"));
}

void ProgressLine::fail(const QString &word)
{
    m_output.note(word + QLatin1Char('\n'));
}

QString quoted(const QString &value)
{
    QString text;
    text.reserve(value.size() + 2);
    text += QLatin1Char('"');
    for (const QChar c : value) {
        if (c == QLatin1Char('"') || c == QLatin1Char('\\'))
            text += QLatin1Char('\\');
        text += c;
    }
    return text + QLatin1Char('"');
}

QString keyValue(const QString &key, const QString &value)
{
    const bool isPlain = !key.contains(QLatin1Char(' ')) && !key.contains(QLatin1Char('"'));
    return (isPlain ? key : quoted(key)) + QLatin1Char('=') + quoted(value) + QLatin1Char('\n');
}

QString keyNumber(const QString &key, qint64 value)
{
    return key + QLatin1Char('=') + QString::number(value) + QLatin1Char('\n');
}

QString labelled(const QString &label, const QString &value, int column)
{
    // A label that fills the column keeps its distance all the same.
    const QString start = label + QLatin1Char(':');
    return start.leftJustified(qMax(column, int(start.size()) + 1)) + value + QLatin1Char('\n');
}

} // namespace app

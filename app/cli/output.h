// SPDX-License-Identifier: GPL-3.0-or-later
// Where a command's words go: results to stdout, everything else to stderr. Text is collected and
// written in one go per channel, so that a thousand lines cost one write.
#pragma once

#include "app/cli/outcome.h"

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <functional>

class QJsonArray;
class QJsonObject;

namespace app {

class Output final
{
public:
    using Sink = std::function<void(const QByteArray &)>;

    Output(); // the process's stdout and stderr
    Output(Sink results, Sink notes);
    Output(const Output &) = delete;
    Output &operator=(const Output &) = delete;
    ~Output();

    void print(const QString &text); // results, as they are
    void line(const QString &text = {});
    void json(const QJsonObject &value);
    void json(const QJsonArray &value);
    void note(const QString &text); // to stderr, at once, after the results so far
    // What a program in a guest printed, as it is.
    void printBytes(const QByteArray &bytes);
    void noteBytes(const QByteArray &bytes);
    void flush();

private:
    Sink m_resultSink;
    Sink m_noteSink;
    QByteArray m_results;
};

// "0%...10%...20%" on stderr as a job advances, ended by "100%" or the word for its end.
class ProgressLine final
{
public:
    explicit ProgressLine(Output &output);
    void setPercent(int percent);
    void finish();
    void fail(const QString &word); // a result code, or CANCELED

private:
    Output &m_output;
    int m_shownTens = 0;
};

// The quoting of --machinereadable: key="value" with " and \ escaped; a key with blanks is quoted
// as well.
QString quoted(const QString &value);
QString keyValue(const QString &key, const QString &value);
QString keyNumber(const QString &key, qint64 value);
// "Key:" padded to the column, then the value.
QString labelled(const QString &label, const QString &value, int column);

} // namespace app

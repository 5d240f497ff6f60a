// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's logs, read-only: that of the run now and those of earlier ones, followed while they
// grow, with a filter, levels in colours, and a search line.
#pragma once

#include <QtCore/QFileSystemWatcher>
#include <QtCore/QString>
#include <QtCore/QTimer>
#include <QtGui/QSyntaxHighlighter>
#include <QtWidgets/QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace ui {

// Lines of a log by their level: errors and warnings stand out, debugging steps back.
class LogHighlighter final : public QSyntaxHighlighter
{
    Q_OBJECT
public:
    LogHighlighter(QTextDocument *document, const QWidget &widget);

protected:
    void highlightBlock(const QString &text) override;

private:
    const QWidget &m_widget; // whose palette says what can be read
};

enum class LineLevel { Error, Warning, Info, Debug, Unknown };
LineLevel levelOfLine(const QString &line);

class LogWindow final : public QDialog
{
    Q_OBJECT
public:
    // `logFile` is the newest; its neighbours are offered as well.
    LogWindow(const QString &machine, const QString &logFile, QWidget *parent);

    // A button that asks for a report, for whoever can make one.
    void offerReport();

signals:
    void reportRequested();

protected:
    void changeEvent(QEvent *event) override;

private:
    enum class Direction { Forward, Backward };

    void listLogs();
    void openLog(const QString &path);
    void read();
    void append(const QString &text);
    bool passes(const QString &line) const;
    void filterAgain();
    void find(Direction direction);
    void saveAs();

    const QString m_newest;
    QString m_logFile;
    QFileSystemWatcher m_watcher;
    QTimer m_readSoon;
    qint64 m_readBytes = 0;
    QString m_all; // as read, to filter again
    QString m_rest; // the beginning of a line whose end is not written yet
    QComboBox *m_logs;
    QComboBox *m_levels;
    QLineEdit *m_filter;
    QPlainTextEdit *m_text;
    LogHighlighter *m_highlighter;
    QLineEdit *m_search;
    QCheckBox *m_follow;
    QLabel *m_verdict;
    QPushButton *m_report;
};

} // namespace ui

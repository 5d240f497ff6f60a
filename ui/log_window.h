// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's log, read-only, followed while it grows, with a search line.
#pragma once

#include <QtCore/QFileSystemWatcher>
#include <QtCore/QString>
#include <QtCore/QTimer>
#include <QtWidgets/QDialog>

class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace ui {

class LogWindow final : public QDialog
{
    Q_OBJECT
public:
    LogWindow(const QString &machine, const QString &logFile, QWidget *parent);

private:
    enum class Direction { Forward, Backward };

    void read();
    void find(Direction direction);

    const QString m_logFile;
    QFileSystemWatcher m_watcher;
    QTimer m_readSoon;
    qint64 m_readBytes = 0;
    QPlainTextEdit *m_text;
    QLineEdit *m_search;
    QLabel *m_verdict;
};

} // namespace ui

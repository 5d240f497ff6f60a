// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's log files, to read and to search. The end is shown; a log of any size opens at once.
#pragma once

#include <QtWidgets/QDialog>

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace ui {

class LogWindow final : public QDialog
{
    Q_OBJECT
public:
    LogWindow(const QString &machineName, const QString &logFolder, QWidget *parent = nullptr);

private:
    void fillNames();
    void read();
    void find();

    QString m_folder;
    QComboBox *m_names;
    QPlainTextEdit *m_text;
    QLineEdit *m_search;
    QLabel *m_note;
};

} // namespace ui

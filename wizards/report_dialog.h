// SPDX-License-Identifier: GPL-3.0-or-later
// Shows what a report about a machine will hold, word for word, before it is written anywhere.
//
// Main thread only; the parts are gathered on the thread pool.
#pragma once

#include "engine/control/report.h"

#include <QtCore/QTemporaryDir>
#include <QtWidgets/QDialog>

class QCheckBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;

namespace wizards {

class ReportDialog final : public QDialog
{
    Q_OBJECT
public:
    // `socket`: of the running machine's process; empty when it does not run.
    ReportDialog(const engine::MachineEntry &entry, const QString &socket,
                 QWidget *parent = nullptr);
    ~ReportDialog() override;

signals:
    void gathered();
    void saved(const QString &path);

private:
    void askMachine(const QString &socket);
    void gather();
    void showPart(int row);
    void chooseFile();
    void save();
    QList<engine::ReportPart> chosenParts() const;

    engine::ReportRequest m_request;
    QTemporaryDir m_folder; // for the picture of the screen
    QList<engine::ReportPart> m_parts;
    QListWidget *m_list;
    QStackedWidget *m_preview;
    QPlainTextEdit *m_text;
    QLabel *m_picture;
    QCheckBox *m_screen;
    QLineEdit *m_path;
    QPushButton *m_save;
};

} // namespace wizards

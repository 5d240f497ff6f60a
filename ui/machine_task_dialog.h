// SPDX-License-Identifier: GPL-3.0-or-later
// A question with fields, what is wrong with the answer, and then the progress of what it started.
// The base of copying and moving a machine.
#pragma once

#include "engine/machine/machine_task.h"

#include <QtCore/QPointer>
#include <QtWidgets/QDialog>

class QFormLayout;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace ui {

class MachineTaskDialog : public QDialog
{
    Q_OBJECT
public:
    ~MachineTaskDialog() override;

    bool isWorking() const { return !m_task.isNull(); }

public slots:
    void accept() override; // begins
    void reject() override; // cancels what is under way, and closes when that has ended

signals:
    void done(const engine::MachineEntry &entry);

protected:
    MachineTaskDialog(const QString &startText, QWidget *parent);

    QFormLayout *form() const { return m_form; }
    // A line for a folder, with a button that looks for one.
    QLineEdit *addFolderField(const QString &label, const QString &folder);
    void check(); // after a field changed

    struct Verdict
    {
        QString problem; // why it cannot begin; empty: it can
        QStringList notes; // worth knowing before
    };
    virtual Verdict verdict() = 0;
    virtual engine::Result<engine::MachineTask *> begin() = 0;
    virtual QString failureText() const = 0; // "The machine "a" could not be copied"
    void finished(const engine::Result<engine::MachineEntry> &result);

private:
    QFormLayout *m_form;
    QWidget *m_fields;
    QLabel *m_problem;
    QLabel *m_notes;
    QProgressBar *m_progress;
    QPushButton *m_start;
    QPushButton *m_cancel;
    QPointer<engine::MachineTask> m_task;
};

} // namespace ui

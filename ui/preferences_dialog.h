// SPDX-License-Identifier: GPL-3.0-or-later
// Choices for all machines. Nothing is written before OK; what cannot be written is said in place.
#pragma once

#include "engine/machine/machine_store.h"
#include "ui/preferences.h"

#include <QtWidgets/QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace ui {

class PreferencesDialog final : public QDialog
{
    Q_OBJECT
public:
    explicit PreferencesDialog(engine::MachineStore &store, QWidget *parent = nullptr);
    void accept() override;

signals:
    void preferencesChanged();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void chooseFolder();
    void setRecording(bool recording);
    void selectHostKey(engine::ScanCode code);
    void showProblem(const QString &text);

    engine::MachineStore &m_store;
    Preferences m_preferences;
    QLineEdit *m_folder;
    QComboBox *m_hostKey;
    QPushButton *m_record;
    QComboBox *m_closeChoice;
    QCheckBox *m_miniToolBar;
    QLabel *m_problem;
};

} // namespace ui

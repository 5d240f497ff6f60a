// SPDX-License-Identifier: GPL-3.0-or-later
// Where a new hard disk is to be, how large and in which format. Makes nothing: the settings dialog
// does when it is accepted.
#pragma once

#include "ui/settings/settings_context.h"

#include <QtWidgets/QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace ui {

class ProblemLine;

class NewDiskDialog final : public QDialog
{
    Q_OBJECT
public:
    NewDiskDialog(const SettingsContext &context, const QString &machineName, QWidget *parent);

    engine::CreateImageRequest request() const;

signals:
    void chosen(const engine::CreateImageRequest &request);

private:
    void formatChanged();
    void chooseFile();
    void check();
    QString freePath(const QString &machineName) const;
    bool isTaken(const QString &path) const;

    const SettingsContext &m_context;
    QLineEdit *m_path;
    QSpinBox *m_size;
    QComboBox *m_format;
    QCheckBox *m_full;
    QLabel *m_free;
    ProblemLine *m_problem;
    QPushButton *m_ok;
};

QString formatTitle(engine::ImageFormat format); // "QCOW2 (QEMU)"

} // namespace ui

// SPDX-License-Identifier: GPL-3.0-or-later
// How a running machine runs, kept up to date while it is open: engine, acceleration with its
// reason, screen, pointer, disks and network.
#pragma once

#include "engine/control/control_protocol.h"
#include "ui/activity_history.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QHash>
#include <QtCore/QSize>
#include <QtWidgets/QDialog>

class QFormLayout;
class QLabel;
class QTabWidget;

namespace ui {

class ActivityCharts;

QString stateText(engine::Driver::State state); // "Running", translated

class SessionInformation final : public QDialog
{
    Q_OBJECT
public:
    explicit SessionInformation(QWidget *parent);

    void setStatus(const engine::MachineStatus &status);
    void setGuestSize(const QSize &size);
    void setActivity(const engine::ActivityCounters &counters);
    void showActivity(); // the charts

private:
    void addRow(const QString &name, const QString &label);
    void setRow(const QString &name, const QString &text);
    void copyAll() const;

    QFormLayout *m_form;
    QTabWidget *m_tabs;
    ActivityCharts *m_charts;
    ActivityHistory m_history;
    QElapsedTimer m_clock;
    engine::Acceleration::Kind m_acceleration = engine::Acceleration::Kind::Unknown;
    QHash<QString, QLabel *> m_rows;
};

} // namespace ui

// SPDX-License-Identifier: GPL-3.0-or-later
// The charts of one machine: processor, memory, disks, network, exits.
#pragma once

#include "engine/drivers/driver.h"
#include "ui/activity_history.h"

#include <QtWidgets/QWidget>

namespace ui {

class ActivityChart;

class ActivityCharts final : public QWidget
{
    Q_OBJECT
public:
    explicit ActivityCharts(QWidget *parent = nullptr);

    // nullptr: nothing is running. `cpus` and `memoryMiB` are the guest's.
    void show(const ActivityHistory *history, engine::Acceleration::Kind acceleration, int cpus,
              int memoryMiB);

private:
    ActivityChart *m_cpu;
    ActivityChart *m_memory;
    ActivityChart *m_disk;
    ActivityChart *m_network;
    ActivityChart *m_exits;
};

} // namespace ui

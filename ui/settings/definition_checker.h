// SPDX-License-Identifier: GPL-3.0-or-later
// Checks definitions while they are typed: shortly after the last key, and on the thread pool,
// since a file may be on a disk that sleeps or on a network that is gone.
#pragma once

#include "ui/settings/settings_context.h"

#include <QtCore/QObject>
#include <QtCore/QTimer>

namespace ui {

class DefinitionChecker final : public QObject
{
    Q_OBJECT
public:
    DefinitionChecker(const SettingsContext &context, QObject *parent);

    // checked() follows, once for the last of several.
    void checkSoon(const engine::MachineDefinition &definition);
    void checkNow(const engine::MachineDefinition &definition);
    // Nothing is under way: the last checked() was about the last definition.
    bool isIdle() const { return !m_soon.isActive() && m_running == 0; }

signals:
    void checked(const QList<engine::DefinitionProblem> &problems);

private:
    void start();

    const SettingsContext &m_context;
    engine::MachineDefinition m_definition;
    QTimer m_soon;
    int m_generation = 0;
    int m_running = 0;
};

} // namespace ui

// SPDX-License-Identifier: GPL-3.0-or-later
// The machine's serial ports that are connected to nothing else, a terminal in a tab for each.
#pragma once

#include "engine/control/control_client.h"

#include <QtWidgets/QDialog>

class QLabel;
class QTabWidget;

namespace ui {

class SerialWindow final : public QDialog
{
    Q_OBJECT
public:
    SerialWindow(const engine::ControlClient &client, QWidget *parent);

    static QString whyNoSerialPorts(); // for a machine that has none for its windows

private:
    void addPort(const QUuid &machine, int port); // 0 is COM1
    void say(const QString &text);

    QTabWidget *m_tabs;
    QLabel *m_note;
};

} // namespace ui

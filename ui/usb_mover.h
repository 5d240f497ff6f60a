// SPDX-License-Identifier: GPL-3.0-or-later
// Moves USB devices between this computer and guests, for every menu and window that offers it:
// the questions that go before, and the error box after a refusal. Nothing here blocks.
//
// Main thread only.
#pragma once

#include "engine/control/control_client.h"

#include <QtCore/QObject>
#include <QtCore/QPointer>

#include <functional>

class QMessageBox;
class QWidget;

namespace ui {

class UsbMover final : public QObject
{
    Q_OBJECT
public:
    // Dialogs belong to `window`, which outlives this; nullptr: to nobody.
    explicit UsbMover(QWidget *window, QObject *parent = nullptr);

    // Asks for keyboards and pointers, and before a device is taken out of the machine `from`.
    void give(engine::ControlClient &to, const engine::UsbDevice &device,
              engine::ControlClient *from = nullptr);
    void takeBack(engine::ControlClient &from, const engine::UsbDevice &device);

signals:
    void said(const QString &message);
    void refused(); // or not answered yet: whatever shows the device goes back to what is true
    void dialogOpened();

private:
    void ask(const QString &name, const QString &question, const QString &explanation,
             const QString &button, std::function<void()> confirmed);
    void attach(engine::ControlClient &to, const engine::UsbDevice &device, bool isForced);
    void detach(engine::ControlClient &from, const engine::UsbDevice &device,
                std::function<void()> done);
    void complain(const engine::ControlClient *client, const QString &asked,
                  const engine::Error &error);

    QWidget *m_window;
    QPointer<QMessageBox> m_question;
};

} // namespace ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/serial_window.h"

#include "engine/control/serial_client.h"
#include "engine/drivers/serial_socket.h"
#include "engine/machine/user_paths.h"
#include "ui/terminal_view.h"

#include <QtGui/QScreen>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTabWidget>
#include <QtWidgets/QVBoxLayout>

namespace ui {

SerialWindow::SerialWindow(const engine::ControlClient &client, QWidget *parent)
    : QDialog(parent)
    , m_tabs(new QTabWidget(this))
    , m_note(new QLabel(this))
{
    setObjectName(QStringLiteral("serialWindow"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("%1 - Serial Ports").arg(client.status().name));
    m_tabs->setObjectName(QStringLiteral("serialTabs"));
    m_tabs->setDocumentMode(true);
    m_tabs->hide();
    m_note->setObjectName(QStringLiteral("serialNote"));
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_note->setAlignment(Qt::AlignCenter);
    m_note->hide();

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    buttons->button(QDialogButtonBox::Close)->setAutoDefault(false);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_tabs, 1);
    layout->addWidget(m_note);
    layout->addWidget(buttons);

    const QList<engine::SerialPort> ports = client.status().serialPorts;
    for (int i = 0; i < int(ports.size()); ++i) {
        if (engine::isForWindows(ports[i]))
            addPort(client.status().uuid, i);
    }
    if (m_tabs->count() == 0) {
        say(whyNoSerialPorts());
        return;
    }
    m_tabs->show();
    m_tabs->currentWidget()->setFocus();
    // By itself a window begins with two thirds of a small screen.
    resize(sizeHint().boundedTo(screen()->availableSize()));
}

QString SerialWindow::whyNoSerialPorts()
{
    return tr("No serial port of this machine is connected to its window. Switch one on in the "
              "machine's settings, under Serial Ports; it is there at the next start.");
}

void SerialWindow::addPort(const QUuid &machine, int port)
{
    auto *const view = new TerminalView(m_tabs);
    view->setObjectName(QStringLiteral("serialTerminal%1").arg(port + 1));
    const QString name = tr("COM%1").arg(port + 1);
    view->setAccessibleName(tr("Terminal of the serial port %1").arg(name));
    m_tabs->addTab(view, name);
    auto *const client = new engine::SerialClient(engine::paths::controlSocket(machine), port);
    client->setParent(view);
    connect(client, &engine::SerialClient::received, view, &TerminalView::take);
    connect(view, &TerminalView::typed, client, &engine::SerialClient::type);
    connect(client, &engine::SerialClient::closed, this, [this](const QString &reason) {
        say(reason.isEmpty() ? tr("The machine has ended.")
                             : tr("The serial port cannot be shown: %1.").arg(reason));
    });
}

void SerialWindow::say(const QString &text)
{
    m_note->setText(text);
    m_note->show();
    if (m_tabs->count() == 0)
        resize(420, 160);
}

} // namespace ui

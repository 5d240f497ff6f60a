// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/serial_page.h"

#include "engine/drivers/hardware_support.h"

#include <QtCore/QDir>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTabWidget>
#include <QtWidgets/QVBoxLayout>

namespace ui {

namespace {

QString pathOf(int index, const char *key)
{
    return QStringLiteral("serialPorts/%1/%2").arg(index).arg(QLatin1String(key));
}

} // namespace

SerialPage::SerialPage(SettingsContext &context, QWidget *parent)
    : SettingsPage(QStringLiteral("serial"), tr("Serial"), QStringLiteral("serial-port"), context,
                   parent)
    , m_tabs(new QTabWidget(this))
{
    m_tabs->setObjectName(QStringLiteral("serialTabs"));
    m_tabs->setAccessibleName(tr("Serial ports"));
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_tabs);
    layout->addStretch();
    for (int i = 0; i < engine::MachineDefinition::MaxSerialPorts; ++i)
        m_tabs->addTab(makePort(i), tr("COM%1").arg(i + 1));
    const engine::Support support = engine::supportsHardware({}, engine::Hardware::SerialPorts);
    if (!support.isAvailable) {
        for (int i = 0; i < m_ports.size(); ++i)
            setUnsupported(pathOf(i, "enabled"), support.reason);
    }
}

QWidget *SerialPage::makePort(int index)
{
    auto *tab = new QWidget(m_tabs);
    QFormLayout *form = makeForm();
    tab->setLayout(form);
    Port port{new QCheckBox(tr("&Enable this port"), tab), new QComboBox(tab), new QLineEdit(tab),
              new QPushButton(tr("C&hoose..."), tab)};
    addField(*form, pathOf(index, "enabled"),
             {{}, tr("The guest sees a 16550A at its usual place"), tr("serial uart com port")},
             port.enabled);
    addChoice(*port.mode, engine::SerialMode::Disconnected, tr("This machine's window (Devices menu)"));
    addChoice(*port.mode, engine::SerialMode::File, tr("A file that it writes to"));
    addChoice(*port.mode, engine::SerialMode::SocketServer,
              tr("A Unix socket that others connect to"));
    addChoice(*port.mode, engine::SerialMode::SocketClient, tr("A Unix socket of another program"));
    addField(*form, pathOf(index, "mode"),
             {tr("&Connected to:"), tr("What is at the other end of the cable"),
              tr("serial mode pipe console null")},
             port.mode);
    auto *row = new QWidget(tab);
    auto *rowLayout = new QHBoxLayout(row);
    rowLayout->setContentsMargins(0, 0, 0, 0);
    rowLayout->addWidget(port.path, 1);
    rowLayout->addWidget(port.browse);
    row->setFocusProxy(port.path);
    port.path->setObjectName(pathOf(index, "path") + QStringLiteral(".line"));
    port.browse->setObjectName(pathOf(index, "path") + QStringLiteral(".browse"));
    port.browse->setAutoDefault(false);
    addField(*form, pathOf(index, "path"),
             {tr("&Path:"), tr("Relative paths begin at the machine's folder"),
              tr("serial file socket log")},
             row, port.path);
    watch(port.path);
    m_ports.append(port);
    connect(port.enabled, &QCheckBox::toggled, this, [this, index] { update(index); });
    connect(port.mode, &QComboBox::currentIndexChanged, this, [this, index] { update(index); });
    connect(port.browse, &QPushButton::clicked, this, [this, index] { choosePath(index); });
    return tab;
}

void SerialPage::update(int index)
{
    const Port &port = m_ports.at(index);
    const bool isOn = port.enabled->isChecked();
    const bool isConnected = currentChoice(*port.mode) != int(engine::SerialMode::Disconnected);
    setOffered(pathOf(index, "mode"), isOn);
    setOffered(pathOf(index, "path"), isOn && isConnected);
}

void SerialPage::choosePath(int index)
{
    const Port &port = m_ports.at(index);
    auto *dialog = new QFileDialog(this, tr("Choose a File"), context().machineFolder);
    dialog->setObjectName(QStringLiteral("serialDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const bool isClient = currentChoice(*port.mode) == int(engine::SerialMode::SocketClient);
    dialog->setFileMode(isClient ? QFileDialog::ExistingFile : QFileDialog::AnyFile);
    dialog->setAcceptMode(isClient ? QFileDialog::AcceptOpen : QFileDialog::AcceptSave);
    dialog->setOption(QFileDialog::DontConfirmOverwrite); // what is there is kept
    connect(dialog, &QFileDialog::fileSelected, port.path, [line = port.path](const QString &path) {
        line->setText(QDir::toNativeSeparators(path));
    });
    dialog->open();
}

void SerialPage::load(const engine::MachineDefinition &definition)
{
    int firstOn = -1;
    for (int i = 0; i < m_ports.size(); ++i) {
        const engine::SerialPort port = definition.serialPorts.value(i);
        m_ports[i].enabled->setChecked(port.isEnabled);
        setCurrentChoice(*m_ports[i].mode, int(port.mode));
        m_ports[i].path->setText(port.path);
        update(i);
        if (port.isEnabled && firstOn < 0)
            firstOn = i;
    }
    m_tabs->setCurrentIndex(qMax(0, firstOn));
}

void SerialPage::save(engine::MachineDefinition &definition) const
{
    for (int i = 0; i < m_ports.size(); ++i) {
        engine::SerialPort port = definition.serialPorts.value(i);
        port.isEnabled = m_ports[i].enabled->isChecked();
        port.mode = engine::SerialMode(currentChoice(*m_ports[i].mode));
        port.path = m_ports[i].path->text().trimmed();
        if (i < definition.serialPorts.size()) {
            definition.serialPorts[i] = port;
        } else if (!(port == engine::SerialPort())) {
            definition.serialPorts.resize(i);
            definition.serialPorts.append(port);
        }
    }
}

} // namespace ui

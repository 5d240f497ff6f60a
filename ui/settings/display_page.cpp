// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/display_page.h"

#include "engine/drivers/hardware_support.h"
#include "ui/settings/amount_field.h"

#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QTabWidget>
#include <QtWidgets/QVBoxLayout>

namespace ui {

using engine::Hardware;

namespace {

constexpr int MostVideoMemory = 256; // as VirtualBox has it
constexpr int VideoMemoryStep = 1;

// A virtio card takes its pictures from the machine's memory.
bool hasOwnMemory(engine::VideoModel video)
{
    return video == engine::VideoModel::Vga || video == engine::VideoModel::Qxl;
}

} // namespace

DisplayPage::DisplayPage(SettingsContext &context, QWidget *parent)
    : SettingsPage(QStringLiteral("display"), tr("Display"), QStringLiteral("video-display"),
                   context, parent)
    , m_video(new QComboBox(this))
    , m_memory(new AmountField({.least = 0,
                                .most = MostVideoMemory,
                                .sliderMost = MostVideoMemory,
                                .step = VideoMemoryStep},
                               tr(" MB"), this))
    , m_monitors(new QSpinBox(this))
    , m_isRemote(new QCheckBox(tr("&Enable the SPICE server"), this))
    , m_address(new QLineEdit(this))
    , m_ports(new QLineEdit(this))
    , m_password(new QLineEdit(this))
    , m_tls(new QCheckBox(tr("Encr&ypt the connection (TLS)"), this))
{
    auto *tabs = new QTabWidget(this);
    tabs->setObjectName(QStringLiteral("displayTabs"));
    tabs->setAccessibleName(tr("Display"));
    tabs->addTab(makeScreen(), tr("Screen"));
    tabs->addTab(makeRemoteDisplay(), tr("Remote Display"));
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(tabs);
    layout->addStretch();
}

QWidget *DisplayPage::makeScreen()
{
    auto *tab = new QWidget(this);
    QFormLayout *form = makeForm();
    tab->setLayout(form);
    addChoice(*m_video, engine::VideoModel::Vga, tr("VGA: every system knows it"));
    addChoice(*m_video, engine::VideoModel::Virtio, tr("VirtIO GPU: for current Linux systems"));
    addChoice(*m_video, engine::VideoModel::Qxl, tr("QXL: for systems with its driver"));
    addChoice(*m_video, engine::VideoModel::None, tr("None: without a screen"));
    addField(*form, QStringLiteral("video"),
             {tr("&Graphics adapter:"), tr("The card that the guest sees"),
              tr("screen monitor gpu vga vmsvga controller video")},
             m_video);
    addField(*form, QStringLiteral("videoMemoryMiB"),
             {tr("Video &memory:"), tr("More allows a larger screen: 16 MB are enough for 4K"),
              tr("vram resolution screen")},
             m_memory);
    m_monitors->setRange(1, engine::MachineDefinition::MaxMonitors);
    addField(*form, QStringLiteral("monitors"),
             {tr("Monitor &count:"),
              tr("Each has a window of its own; several are for the VirtIO GPU"),
              tr("monitors screens heads dual multi")},
             m_monitors);
    connect(m_video, &QComboBox::currentIndexChanged, this, &DisplayPage::updateCard);
    connect(m_monitors, &QSpinBox::valueChanged, this, &DisplayPage::updateCard);
    return tab;
}

void DisplayPage::updateCard()
{
    const auto video = engine::VideoModel(currentChoice(*m_video));
    setOffered(QStringLiteral("videoMemoryMiB"), hasOwnMemory(video));
    // What is too many can be made one again.
    const bool hasSeveral = m_monitors->value() > 1;
    setOffered(QStringLiteral("monitors"), video == engine::VideoModel::Virtio || hasSeveral);
    const engine::Support support = engine::supportsHardware(m_loaded, Hardware::SeveralMonitors);
    setUnsupported(QStringLiteral("monitors"),
                   hasSeveral || support.isAvailable ? QString() : support.reason);
}

QWidget *DisplayPage::makeRemoteDisplay()
{
    auto *tab = new QWidget(this);
    QFormLayout *form = makeForm();
    tab->setLayout(form);
    addField(*form, QStringLiteral("remoteDisplay/enabled"),
             {{},
              tr("Programs on this or another computer can show and use the machine's screen"),
              tr("remote display spice vnc rdp vrde vrdp network headless")},
             m_isRemote);
    m_address->setPlaceholderText(tr("127.0.0.1: this computer only"));
    addField(*form, QStringLiteral("remoteDisplay/address"),
             {tr("&Address:"),
              tr("One of this computer's addresses; 0.0.0.0 stands for all of its networks, unix for "
                 "a Unix socket that only your own programs reach"),
              tr("remote display ip listen interface network")},
             m_address);
    m_ports->setPlaceholderText(tr("any that is free"));
    addField(*form, QStringLiteral("remoteDisplay/ports"),
             {tr("P&ort:"), tr("Of a range, as 5900-5910, the first that is free"),
              tr("remote display tcp range")},
             m_ports);
    m_password->setEchoMode(QLineEdit::Password);
    m_password->setPlaceholderText(tr("none is asked for"));
    addField(*form, QStringLiteral("remoteDisplay/password"),
             {tr("Pass&word:"), tr("Who connects has to give it; only you can read it"),
              tr("remote display secret authentication security ticket")},
             m_password);
    addField(*form, QStringLiteral("remoteDisplay/tls"),
             {{},
              tr("Nothing goes over the network in the clear, and clients without TLS are refused"),
              tr("remote display tls ssl certificate security encryption")},
             m_tls);
    addHint(*form,
            tr("While the machine runs, its details in the manager show the address for clients."));
    for (QCheckBox *box : {m_isRemote, m_tls})
        connect(box, &QCheckBox::toggled, this, &DisplayPage::updateRemoteDisplay);
    return tab;
}

void DisplayPage::updateRemoteDisplay()
{
    const auto whyNot = [this](Hardware hardware) {
        const engine::Support support = engine::supportsHardware(m_loaded, hardware);
        return support.isAvailable ? QString() : support.reason;
    };
    // What is on already can be switched off.
    const bool isOn = m_isRemote->isChecked();
    setUnsupported(QStringLiteral("remoteDisplay/enabled"),
                   isOn ? QString() : whyNot(Hardware::RemoteDisplay));
    setUnsupported(QStringLiteral("remoteDisplay/tls"),
                   m_tls->isChecked() ? QString() : whyNot(Hardware::RemoteDisplayTls));
    for (const char *key : {"address", "ports", "password", "tls"})
        setOffered(QStringLiteral("remoteDisplay/") + QLatin1String(key), isOn);
}

void DisplayPage::load(const engine::MachineDefinition &definition)
{
    m_loaded = definition;
    setCurrentChoice(*m_video, int(definition.video));
    m_memory->setValue(definition.videoMemoryMiB);
    m_monitors->setValue(definition.monitors);
    updateCard();
    const engine::RemoteDisplay &remote = definition.remoteDisplay;
    m_isRemote->setChecked(remote.isEnabled);
    m_address->setText(remote.address);
    m_ports->setText(remote.ports);
    m_password->setText(remote.password);
    m_tls->setChecked(remote.isTlsOn);
    updateRemoteDisplay();
}

void DisplayPage::save(engine::MachineDefinition &definition) const
{
    definition.video = engine::VideoModel(currentChoice(*m_video));
    // More than the page can say stays what it is.
    if (m_memory->value() != MostVideoMemory || definition.videoMemoryMiB < MostVideoMemory)
        definition.videoMemoryMiB = m_memory->value();
    definition.monitors = m_monitors->value();
    engine::RemoteDisplay &remote = definition.remoteDisplay;
    remote.isEnabled = m_isRemote->isChecked();
    remote.address = m_address->text().trimmed();
    remote.ports = m_ports->text().trimmed();
    remote.password = m_password->text();
    remote.isTlsOn = m_tls->isChecked();
}

} // namespace ui

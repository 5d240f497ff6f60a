// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/network_page.h"

#include "engine/drivers/hardware_support.h"
#include "engine/machine/host_networks.h"
#include "engine/machine/mac_address.h"
#include "ui/icons.h"
#include "ui/settings/forward_table.h"
#include "ui/settings/problem_line.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QSignalBlocker>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QTabWidget>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

namespace ui {

using engine::EgressPolicy;
using engine::Hardware;
using engine::NetworkMode;

namespace {

constexpr int MostKiBps = 10 * 1024 * 1024;
constexpr int DestinationLines = 3;

QString pathOf(int index, const char *key)
{
    return QStringLiteral("adapters/%1/%2").arg(index).arg(QLatin1String(key));
}

// "080027A1B2C3" and "08-00-27-..." are understood, too.
QString plainMac(const QString &text)
{
    QString digits = text.toLower();
    digits.remove(QRegularExpression(QStringLiteral("[\\s:.-]")));
    static const QRegularExpression TwelveDigits(QStringLiteral("^[0-9a-f]{12}$"));
    if (!TwelveDigits.match(digits).hasMatch())
        return text.trimmed().toLower();
    for (int i = 10; i > 0; i -= 2)
        digits.insert(i, u':');
    return digits;
}

// Those that cannot be bridged to are there with the reason, and can be typed all the same: the
// reason may be mended before the machine starts.
void fillInterfaces(QComboBox &box, const QList<engine::HostNetworkInterface> &interfaces,
                    const QString &current)
{
    const QSignalBlocker blocker(&box);
    box.clear();
    for (const engine::HostNetworkInterface &one : interfaces) {
        box.addItem(one.name);
        const QString why = one.remedy.isEmpty()
            ? one.reason
            : QStringLiteral("%1\n%2").arg(one.reason, one.remedy);
        box.setItemData(box.count() - 1,
                        one.isAvailable() ? one.addresses.join(QStringLiteral(", ")) : why,
                        Qt::ToolTipRole);
        if (!one.isAvailable())
            box.setItemIcon(box.count() - 1, icon(QStringLiteral("dialog-warning")));
    }
    box.setEditText(current);
}

void fillEditable(QComboBox &box, const QStringList &names, const QString &current)
{
    const QSignalBlocker blocker(&box);
    box.clear();
    box.addItems(names);
    box.setEditText(current);
}

} // namespace

NetworkPage::NetworkPage(SettingsContext &context, QWidget *parent)
    : SettingsPage(QStringLiteral("network"), tr("Network"), QStringLiteral("network-wired"),
                   context, parent)
    , m_tabs(new QTabWidget(this))
{
    m_tabs->setObjectName(QStringLiteral("networkTabs"));
    m_tabs->setAccessibleName(tr("Network adapters"));
    m_tabs->setUsesScrollButtons(true);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_tabs);
    layout->addStretch();
    for (int i = 0; i < engine::MachineDefinition::MaxAdapters; ++i)
        m_tabs->addTab(makeAdapter(i), tr("Adapter %1").arg(i + 1));
    updateSupport();
}

QWidget *NetworkPage::makeAdapter(int index)
{
    auto *tab = new QWidget(m_tabs);
    QFormLayout *form = makeForm();
    tab->setLayout(form);
    Adapter adapter;
    adapter.enabled = new QCheckBox(tr("&Enable this adapter"), tab);
    addField(*form, pathOf(index, "mode"),
             {{}, tr("Without it the guest has no such card"), tr("nic network card interface")},
             adapter.enabled);

    adapter.mode = new QComboBox(tab);
    addChoice(*adapter.mode, NetworkMode::NotAttached, tr("Nothing"));
    addChoice(*adapter.mode, NetworkMode::Nat, tr("NAT"));
    addChoice(*adapter.mode, NetworkMode::Internal, tr("Internal network"));
    addChoice(*adapter.mode, NetworkMode::Bridged, tr("Bridged adapter"));
    addField(*form, pathOf(index, "attachedTo"),
             {tr("&Attached to:"),
              tr("NAT reaches the Internet through this computer; an internal network only other "
                 "machines"),
              tr("nat bridge bridged internal network mode intnet internet")},
             adapter.mode);
    adapter.internalNetwork = new QComboBox(tab);
    adapter.internalNetwork->setEditable(true);
    addField(*form, pathOf(index, "internalNetwork"),
             {tr("&Network:"), tr("Machines with the same name here meet"), tr("intnet lab")},
             adapter.internalNetwork);
    adapter.hostInterface = new QComboBox(tab);
    adapter.hostInterface->setEditable(true);
    addField(*form, pathOf(index, "hostInterface"),
             {tr("&Bridge:"), tr("A bridge or interface of this computer"),
              tr("bridged br0 tap interface host")},
             adapter.hostInterface);

    adapter.model = new QComboBox(tab);
    addChoice(*adapter.model, engine::NicModel::Virtio, tr("Paravirtualized Network (virtio-net)"));
    addChoice(*adapter.model, engine::NicModel::E1000, tr("Intel PRO/1000 (e1000)"));
    addChoice(*adapter.model, engine::NicModel::E1000e, tr("Intel Gigabit (e1000e)"));
    addChoice(*adapter.model, engine::NicModel::Rtl8139, tr("Realtek RTL8139"));
    addChoice(*adapter.model, engine::NicModel::Pcnet, tr("AMD PCnet (Am79C970A)"));
    addField(*form, pathOf(index, "model"),
             {tr("&Model:"), tr("The card that the guest sees"),
              tr("nic type e1000 virtio rtl8139 pcnet card")},
             adapter.model);

    adapter.mac = new QLineEdit(tab);
    adapter.mac->setObjectName(pathOf(index, "mac") + QStringLiteral(".line"));
    adapter.randomMac = new QToolButton(tab);
    adapter.randomMac->setObjectName(pathOf(index, "mac") + QStringLiteral(".random"));
    adapter.randomMac->setIcon(icon(QStringLiteral("view-refresh")));
    adapter.randomMac->setToolTip(tr("Another address by chance"));
    adapter.randomMac->setAccessibleName(tr("Another MAC address by chance"));
    adapter.randomMac->setFocusPolicy(Qt::StrongFocus);
    auto *macRow = new QWidget(tab);
    auto *macLayout = new QHBoxLayout(macRow);
    macLayout->setContentsMargins(0, 0, 0, 0);
    macLayout->addWidget(adapter.mac, 1);
    macLayout->addWidget(adapter.randomMac);
    macRow->setFocusProxy(adapter.mac);
    addField(*form, pathOf(index, "mac"),
             {tr("MA&C address:"), tr("The card's own address, such as 52:54:00:12:34:56"),
              tr("ethernet hardware address")},
             macRow, adapter.mac);
    watch(adapter.mac);
    connect(adapter.randomMac, &QToolButton::clicked, adapter.mac,
            [line = adapter.mac] { line->setText(engine::randomMacAddress()); });

    adapter.cable = new QCheckBox(tr("Cable &connected"), tab);
    addField(*form, pathOf(index, "cableConnected"),
             {{}, tr("Like the plug of a real card"), tr("link cable plug")}, adapter.cable);
    adapter.limit = new QSpinBox(tab);
    adapter.limit->setRange(0, MostKiBps);
    adapter.limit->setSingleStep(128);
    adapter.limit->setSuffix(tr(" KB/s"));
    adapter.limit->setSpecialValueText(tr("None"));
    addField(*form, pathOf(index, "rateLimitKiBps"),
             {tr("Speed &limit:"), tr("In each direction"), tr("bandwidth rate shaping slow")},
             adapter.limit);
    makeNatFields(index, adapter, tab, *form);
    m_adapters.append(adapter);

    connect(adapter.enabled, &QCheckBox::toggled, this, [this, index](bool isOn) {
        QLineEdit *mac = m_adapters.at(index).mac;
        if (isOn && mac->text().isEmpty())
            mac->setText(engine::randomMacAddress());
        update(index);
    });
    connect(adapter.mode, &QComboBox::currentIndexChanged, this, [this, index] { update(index); });
    connect(adapter.egress, &QComboBox::currentIndexChanged, this,
            [this, index] { update(index); });
    return tab;
}

void NetworkPage::makeNatFields(int index, Adapter &adapter, QWidget *tab, QFormLayout &form)
{
    adapter.natNetwork = new QLineEdit(tab);
    addField(form, pathOf(index, "natNetwork"),
             {tr("NA&T network:"), tr("The guest gets an address of it"),
              tr("nat network subnet address dhcp")},
             adapter.natNetwork);
    adapter.egress = new QComboBox(tab);
    addChoice(*adapter.egress, EgressPolicy::Open, tr("Everything"));
    addChoice(*adapter.egress, EgressPolicy::NoLan, tr("Everything but local networks"));
    addChoice(*adapter.egress, EgressPolicy::ListOnly, tr("Only what is listed"));
    addChoice(*adapter.egress, EgressPolicy::Off, tr("Nothing"));
    addField(form, pathOf(index, "egress"),
             {tr("May co&nnect to:"), tr("Where the guest's connections are let through"),
              tr("egress firewall outgoing lan block rules isolate")},
             adapter.egress);
    adapter.destinations = new QPlainTextEdit(tab);
    adapter.destinations->setTabChangesFocus(true);
    adapter.destinations->setPlaceholderText(tr("One a line: debian.org, 192.0.2.7, 10.1.0.0/16"));
    adapter.destinations->setFixedHeight(adapter.destinations->fontMetrics().lineSpacing()
                                             * DestinationLines
                                         + 2 * adapter.destinations->frameWidth() + 10);
    addField(form, pathOf(index, "allowedDestinations"),
             {tr("Liste&d:"), tr("Names, addresses and networks, one a line"),
              tr("egress allow list destinations names networks")},
             adapter.destinations);
    adapter.forwards = new ForwardTable(tab);
    addField(form, pathOf(index, "forwards"),
             {tr("&Port forwards:"), tr("Ports of this computer that lead into the guest"),
              tr("nat port forwarding ssh natpf")},
             adapter.forwards);
    connect(adapter.forwards, &ForwardTable::edited, this, &SettingsPage::edited);
}

void NetworkPage::setRowShown(const QString &path, bool isShown)
{
    const SettingsField *row = field(path);
    row->widget->setVisible(isShown);
    if (row->label)
        row->label->setVisible(isShown);
    if (!isShown)
        row->problem->hide();
}

void NetworkPage::update(int index)
{
    const Adapter &adapter = m_adapters.at(index);
    const bool isOn = adapter.enabled->isChecked();
    const auto mode = NetworkMode(currentChoice(*adapter.mode));
    for (const char *key :
         {"attachedTo", "model", "mac", "cableConnected", "rateLimitKiBps", "internalNetwork",
          "hostInterface", "natNetwork", "egress", "forwards", "allowedDestinations"})
        setOffered(pathOf(index, key), isOn);
    setRowShown(pathOf(index, "internalNetwork"), mode == NetworkMode::Internal);
    setRowShown(pathOf(index, "hostInterface"), mode == NetworkMode::Bridged);
    const bool isNat = mode == NetworkMode::Nat;
    for (const char *key : {"natNetwork", "egress", "forwards"})
        setRowShown(pathOf(index, key), isNat);
    setRowShown(pathOf(index, "allowedDestinations"),
                isNat && currentChoice(*adapter.egress) == int(EgressPolicy::ListOnly));
}

void NetworkPage::updateSupport()
{
    const auto whyNot = [](Hardware hardware) {
        const engine::Support support = engine::supportsHardware({}, hardware);
        return support.isAvailable ? QString() : support.reason;
    };
    const QString noInternal = whyNot(Hardware::InternalNetwork);
    const QString noBridge = whyNot(Hardware::BridgedNetwork);
    const QString noNatNetwork = whyNot(Hardware::NatNetwork);
    const QString noLimit = whyNot(Hardware::RateLimit);
    const QString noEgress = whyNot(Hardware::EgressRules);
    for (int i = 0; i < m_adapters.size(); ++i) {
        const Adapter &adapter = m_adapters.at(i);
        setChoiceUnsupported(*adapter.mode, int(NetworkMode::Internal), noInternal);
        setChoiceUnsupported(*adapter.mode, int(NetworkMode::Bridged), noBridge);
        // What is set already can be taken back.
        setUnsupported(pathOf(i, "natNetwork"),
                       adapter.natNetwork->text().isEmpty() ? noNatNetwork : QString());
        setUnsupported(pathOf(i, "rateLimitKiBps"),
                       adapter.limit->value() == 0 ? noLimit : QString());
        const bool isOpen = currentChoice(*adapter.egress) == int(EgressPolicy::Open);
        setUnsupported(pathOf(i, "egress"), isOpen ? noEgress : QString());
    }
}

void NetworkPage::applyRules(const SettingsRules &newRules)
{
    SettingsPage::applyRules(newRules);
    updateSupport();
}

void NetworkPage::load(const engine::MachineDefinition &definition)
{
    QStringList networks{QStringLiteral("intnet")};
    for (const engine::OtherMachine &other : std::as_const(context().others)) {
        for (const engine::NetworkAdapter &adapter : other.definition.adapters) {
            if (!adapter.internalNetwork.isEmpty())
                networks.append(adapter.internalNetwork);
        }
    }
    networks += engine::activeInternalNetworks();
    networks.removeDuplicates();
    const QList<engine::HostNetworkInterface> interfaces = engine::hostNetworkInterfaces();
    for (int i = 0; i < m_adapters.size(); ++i) {
        const engine::NetworkAdapter shown = definition.adapters.value(i);
        const Adapter &adapter = m_adapters.at(i);
        const bool isOn = shown.mode != NetworkMode::None;
        setCurrentChoice(*adapter.mode, int(isOn ? shown.mode : NetworkMode::Nat));
        fillEditable(*adapter.internalNetwork, networks, shown.internalNetwork);
        fillInterfaces(*adapter.hostInterface, interfaces, shown.hostInterface);
        adapter.natNetwork->setPlaceholderText(engine::usualNatNetwork(i));
        setCurrentChoice(*adapter.model, int(shown.model));
        adapter.mac->setText(shown.macAddress);
        adapter.cable->setChecked(shown.isCableConnected);
        adapter.limit->setValue(shown.rateLimitKiBps);
        adapter.natNetwork->setText(shown.natNetwork);
        setCurrentChoice(*adapter.egress, int(shown.egress));
        adapter.destinations->setPlainText(shown.allowedDestinations.join(u'\n'));
        adapter.forwards->setForwards(shown.forwards);
        adapter.enabled->setChecked(isOn);
        update(i);
    }
    updateSupport();
}

engine::NetworkAdapter NetworkPage::adapterFrom(int index, const engine::NetworkAdapter &base) const
{
    const Adapter &adapter = m_adapters.at(index);
    engine::NetworkAdapter wanted = base;
    wanted.mode = adapter.enabled->isChecked() ? NetworkMode(currentChoice(*adapter.mode))
                                               : NetworkMode::None;
    wanted.internalNetwork = adapter.internalNetwork->currentText().trimmed();
    wanted.hostInterface = adapter.hostInterface->currentText().trimmed();
    wanted.model = engine::NicModel(currentChoice(*adapter.model));
    wanted.macAddress = plainMac(adapter.mac->text());
    wanted.isCableConnected = adapter.cable->isChecked();
    wanted.rateLimitKiBps = adapter.limit->value();
    wanted.natNetwork = adapter.natNetwork->text().trimmed();
    wanted.egress = EgressPolicy(currentChoice(*adapter.egress));
    wanted.allowedDestinations.clear();
    const QStringList lines =
        adapter.destinations->toPlainText().split(QRegularExpression(QStringLiteral("[\\n,;]")));
    for (const QString &line : lines) {
        if (!line.trimmed().isEmpty())
            wanted.allowedDestinations.append(line.trimmed());
    }
    wanted.forwards = adapter.forwards->forwards();
    return wanted;
}

void NetworkPage::save(engine::MachineDefinition &definition) const
{
    for (int i = 0; i < m_adapters.size(); ++i) {
        const engine::NetworkAdapter base = definition.adapters.value(i);
        const engine::NetworkAdapter wanted = adapterFrom(i, base);
        if (i < definition.adapters.size()) {
            definition.adapters[i] = wanted;
        } else if (!(wanted == engine::NetworkAdapter())) {
            definition.adapters.resize(i);
            definition.adapters.append(wanted);
        }
    }
}

QList<engine::DefinitionProblem> NetworkPage::showProblems(
    const QList<engine::DefinitionProblem> &problems)
{
    const QList<engine::DefinitionProblem> mine = SettingsPage::showProblems(problems);
    for (int i = 0; i < m_adapters.size(); ++i) {
        const QString forwards = pathOf(i, "forwards");
        QList<engine::DefinitionProblem> ofForwards;
        QList<engine::DefinitionProblem> ofAdapter;
        for (engine::DefinitionProblem problem : mine) {
            if (isBelow(problem.field, QStringLiteral("adapters/%1").arg(i)))
                ofAdapter.append(problem);
            if (!isBelow(problem.field, forwards))
                continue;
            problem.field = problem.field.mid(forwards.size() + 1);
            ofForwards.append(problem);
        }
        m_adapters.at(i).forwards->setProblems(ofForwards);
        m_tabs->setTabIcon(i,
                           ofAdapter.isEmpty()
                               ? QIcon()
                               : icon(hasError(ofAdapter) ? QStringLiteral("dialog-error")
                                                          : QStringLiteral("dialog-warning")));
    }
    return mine;
}

} // namespace ui

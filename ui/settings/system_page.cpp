// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/system_page.h"

#include "engine/drivers/hardware_support.h"
#include "ui/icons.h"
#include "ui/settings/amount_field.h"

#include <QtCore/QLocale>
#include <QtCore/QSignalBlocker>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QToolButton>

namespace ui {

using engine::Hardware;

namespace {

constexpr int MemoryStep = 256;
constexpr double MibPerGib = 1024;
constexpr int BootIconSide = 16;

constexpr engine::BootDevice AllBootDevices[] = {
    engine::BootDevice::HardDisk, engine::BootDevice::Optical, engine::BootDevice::Network,
    engine::BootDevice::Floppy};

QString gigabytes(int mebibytes)
{
    return SystemPage::tr("%1 GB").arg(QLocale().toString(mebibytes / MibPerGib, 'f', 1));
}

QString bootText(engine::BootDevice device)
{
    switch (device) {
    case engine::BootDevice::HardDisk:
        return SystemPage::tr("Hard disk");
    case engine::BootDevice::Optical:
        return SystemPage::tr("Optical drive");
    case engine::BootDevice::Floppy:
        return SystemPage::tr("Floppy drive");
    case engine::BootDevice::Network:
        return SystemPage::tr("Network");
    }
    return {};
}

QString bootIcon(engine::BootDevice device)
{
    switch (device) {
    case engine::BootDevice::HardDisk:
        return QStringLiteral("drive-harddisk");
    case engine::BootDevice::Optical:
        return QStringLiteral("media-optical");
    case engine::BootDevice::Floppy:
        return QStringLiteral("media-floppy");
    case engine::BootDevice::Network:
        return QStringLiteral("network-wired");
    }
    return {};
}

AmountField::Range memoryRange(const SettingsContext &context)
{
    const int host = qMax(context.hostMemoryMiB, 1024);
    return {.least = engine::MachineDefinition::MinMemoryMiB,
            .most = engine::MachineDefinition::MaxMemoryMiB,
            .sliderMost = host,
            .step = MemoryStep,
            .comfortable = host * 3 / 4,
            .possible = host};
}

AmountField::Range cpuRange(const SettingsContext &context)
{
    const int most = engine::MachineDefinition::MaxCpus;
    const int host = qBound(1, context.hostCpus, most);
    return {.least = 1,
            .most = most,
            .sliderMost = qMin(most, qMax(2, host * 2)),
            .comfortable = host,
            .possible = qMin(most, qMax(2, host * 2))};
}

} // namespace

SystemPage::SystemPage(SettingsContext &context, QWidget *parent)
    : SettingsPage(QStringLiteral("system"), tr("System"), QStringLiteral("cpu"), context, parent)
    , m_memory(new AmountField(memoryRange(context), tr(" MB"), this))
    , m_cpus(new AmountField(cpuRange(context), {}, this))
    , m_chipset(new QComboBox(this))
    , m_firmware(new QComboBox(this))
    , m_secureBoot(new QCheckBox(tr("&Secure Boot"), this))
    , m_tpm(new QComboBox(this))
    , m_boot(new QWidget(this))
    , m_bootList(new QListWidget(m_boot))
    , m_up(new QToolButton(m_boot))
    , m_down(new QToolButton(m_boot))
    , m_pointing(new QComboBox(this))
    , m_keyboard(new QComboBox(this))
    , m_clock(new QCheckBox(tr("The machine's clock shows &UTC"), this))
    , m_nested(new QCheckBox(tr("&Nested virtualization"), this))
    , m_engine(new QComboBox(this))
{
    QFormLayout *form = makePageForm();
    addField(*form, QStringLiteral("memoryMiB"),
             {tr("&Memory:"), tr("What the machine has, taken from this computer while it runs"),
              tr("ram megabytes gigabytes")},
             m_memory);
    m_memoryHint = addHint(*form, {});
    m_memoryHint->setObjectName(QStringLiteral("memoryHint"));
    addField(*form, QStringLiteral("cpus"),
             {tr("&Processors:"), tr("Each is one of this computer's while it works"),
              tr("cpu cores vcpu smp threads")},
             m_cpus);

    m_bootList->setObjectName(QStringLiteral("bootList"));
    m_bootList->setAccessibleName(tr("Boot order"));
    m_bootList->setIconSize(QSize(BootIconSide, BootIconSide));
    m_up->setObjectName(QStringLiteral("bootUp"));
    m_up->setIcon(icon(QStringLiteral("go-up")));
    m_up->setToolTip(tr("Earlier"));
    m_up->setAccessibleName(tr("Start from it earlier"));
    m_down->setObjectName(QStringLiteral("bootDown"));
    m_down->setIcon(icon(QStringLiteral("go-down")));
    m_down->setToolTip(tr("Later"));
    m_down->setAccessibleName(tr("Start from it later"));
    for (QToolButton *button : {m_up, m_down})
        button->setFocusPolicy(Qt::StrongFocus);
    auto *bootLayout = new QHBoxLayout(m_boot);
    bootLayout->setContentsMargins(0, 0, 0, 0);
    auto *arrows = new QVBoxLayout;
    arrows->addWidget(m_up);
    arrows->addWidget(m_down);
    arrows->addStretch();
    bootLayout->addWidget(m_bootList, 1);
    bootLayout->addLayout(arrows);
    m_boot->setFocusProxy(m_bootList);
    addField(*form, QStringLiteral("bootOrder"),
             {tr("&Boot order:"), tr("Tried from top to bottom; without a check mark, never"),
              tr("pxe cd dvd start")},
             m_boot, m_bootList);
    connect(m_bootList, &QListWidget::itemChanged, this, &SettingsPage::edited);
    connect(m_bootList, &QListWidget::currentRowChanged, this, [this](int row) {
        m_up->setEnabled(row > 0);
        m_down->setEnabled(row >= 0 && row < m_bootList->count() - 1);
    });
    connect(m_up, &QToolButton::clicked, this, [this] { moveBootDevice(-1); });
    connect(m_down, &QToolButton::clicked, this, [this] { moveBootDevice(1); });

    addChoice(*m_firmware, engine::Firmware::Bios, tr("BIOS"));
    addChoice(*m_firmware, engine::Firmware::Uefi, tr("UEFI"));
    addField(*form, QStringLiteral("firmware"),
             {tr("&Firmware:"),
              tr("A system that is installed starts only with the one it was installed with"),
              tr("efi ovmf seabios legacy")},
             m_firmware);
    addField(*form, QStringLiteral("secureBoot"),
             {{}, tr("The firmware starts only systems that are signed"), tr("uefi keys signed")},
             m_secureBoot);
    addChoice(*m_tpm, engine::TpmModel::None, tr("None"));
    addChoice(*m_tpm, engine::TpmModel::Tpm12, tr("1.2"));
    addChoice(*m_tpm, engine::TpmModel::Tpm20, tr("2.0"));
    addField(*form, QStringLiteral("tpm"),
             {tr("&TPM:"), tr("A chip that keeps keys; Windows 11 wants 2.0"),
              tr("trusted platform module swtpm security bitlocker")},
             m_tpm);
    addChoice(*m_chipset, engine::Chipset::Q35, tr("ICH9 (Q35)"));
    addChoice(*m_chipset, engine::Chipset::I440fx, tr("PIIX3 (i440FX)"));
    addField(*form, QStringLiteral("chipset"),
             {tr("&Chipset:"), tr("PIIX3 is for systems from before 2010"),
              tr("board motherboard pci pcie")},
             m_chipset);
    addChoice(*m_pointing, engine::PointingDevice::UsbTablet, tr("USB tablet"));
    addChoice(*m_pointing, engine::PointingDevice::UsbMouse, tr("USB mouse"));
    addChoice(*m_pointing, engine::PointingDevice::Ps2Mouse, tr("PS/2 mouse"));
    addField(*form, QStringLiteral("pointing"),
             {tr("Po&inting device:"),
              tr("With a tablet the guest's pointer follows yours and need not be captured"),
              tr("mouse hid")},
             m_pointing);
    addChoice(*m_keyboard, engine::KeyboardDevice::Ps2, tr("PS/2 keyboard"));
    addChoice(*m_keyboard, engine::KeyboardDevice::Usb, tr("USB keyboard"));
    addField(*form, QStringLiteral("keyboard"),
             {tr("&Keyboard:"),
              tr("Most systems know both; a few have a driver for USB only"),
              tr("keys ps2 usb hid")},
             m_keyboard);
    addField(*form, QStringLiteral("clock"),
             {{}, tr("Windows expects local time, other systems UTC"), tr("rtc time hardware")},
             m_clock);
    addField(*form, QStringLiteral("nestedVirtualization"),
             {{}, tr("The guest may run machines of its own"), tr("vmx svm vt-x amd-v nested")},
             m_nested);
    addChoice(*m_engine, engine::EngineChoice::Auto, tr("Chosen automatically"));
    addChoice(*m_engine, engine::EngineChoice::Qemu, tr("QEMU"));
    addChoice(*m_engine, engine::EngineChoice::Kvm, tr("Built in"));
    addField(*form, QStringLiteral("engine"),
             {tr("&Engine:"), tr("The program that runs the guest"), tr("kvm qemu driver")},
             m_engine);

    connect(m_memory, &AmountField::valueChanged, this, &SystemPage::showMemory);
    showMemory();
}

void SystemPage::showMemory()
{
    const int host = context().hostMemoryMiB;
    const int free = context().freeMemoryMiB;
    if (host <= 0) {
        m_memoryHint->hide();
        return;
    }
    if (m_memory->value() > host * 3 / 4)
        m_memoryHint->setText(
            tr("That leaves this computer too little: it has %1.").arg(gigabytes(host)));
    else
        m_memoryHint->setText(tr("This computer has %1, of which %2 are free now.")
                                  .arg(gigabytes(host), gigabytes(free)));
}

void SystemPage::fillBootOrder(const QList<engine::BootDevice> &order)
{
    const QSignalBlocker blocker(m_bootList);
    m_bootList->clear();
    QList<engine::BootDevice> devices = order;
    for (const engine::BootDevice device : AllBootDevices) {
        if (!devices.contains(device))
            devices.append(device);
    }
    for (const engine::BootDevice device : std::as_const(devices)) {
        auto *item = new QListWidgetItem(icon(bootIcon(device)), bootText(device), m_bootList);
        item->setData(Qt::UserRole, int(device));
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(order.contains(device) ? Qt::Checked : Qt::Unchecked);
    }
    m_bootList->setFixedHeight(m_bootList->sizeHintForRow(0) * m_bootList->count()
                               + 2 * m_bootList->frameWidth());
    m_bootList->setCurrentRow(0);
    m_up->setEnabled(false);
    m_down->setEnabled(true);
}

QList<engine::BootDevice> SystemPage::bootOrder() const
{
    QList<engine::BootDevice> order;
    for (int row = 0; row < m_bootList->count(); ++row) {
        const QListWidgetItem *item = m_bootList->item(row);
        if (item->checkState() == Qt::Checked)
            order.append(engine::BootDevice(item->data(Qt::UserRole).toInt()));
    }
    return order;
}

void SystemPage::moveBootDevice(int rows)
{
    const int from = m_bootList->currentRow();
    const int to = from + rows;
    if (from < 0 || to < 0 || to >= m_bootList->count())
        return;
    QListWidgetItem *item = m_bootList->takeItem(from);
    m_bootList->insertItem(to, item);
    m_bootList->setCurrentRow(to);
    emit edited();
}

void SystemPage::updateSupport()
{
    engine::MachineDefinition wanted;
    save(wanted);
    const auto whyNot = [&wanted](Hardware hardware) {
        const engine::Support support = engine::supportsHardware(wanted, hardware);
        return support.isAvailable ? QString() : support.reason;
    };
    setChoiceUnsupported(*m_engine, int(engine::EngineChoice::Kvm),
                         whyNot(Hardware::BuiltInEngine));
    // What is on already can be switched off.
    setUnsupported(QStringLiteral("secureBoot"),
                   m_secureBoot->isChecked() ? QString() : whyNot(Hardware::SecureBoot));
    setUnsupported(QStringLiteral("nestedVirtualization"),
                   m_nested->isChecked() ? QString() : whyNot(Hardware::NestedVirtualization));
    const QString noTpm12 = whyNot(Hardware::Tpm12);
    const QString noTpm20 = whyNot(Hardware::Tpm20);
    setChoiceUnsupported(*m_tpm, int(engine::TpmModel::Tpm12), noTpm12);
    setChoiceUnsupported(*m_tpm, int(engine::TpmModel::Tpm20), noTpm20);
    const bool hasNone = currentChoice(*m_tpm) == int(engine::TpmModel::None);
    setUnsupported(QStringLiteral("tpm"), hasNone && !noTpm12.isEmpty() ? noTpm20 : QString());
}

void SystemPage::load(const engine::MachineDefinition &definition)
{
    m_memory->setValue(definition.memoryMiB);
    m_cpus->setValue(definition.cpus);
    setCurrentChoice(*m_chipset, int(definition.chipset));
    setCurrentChoice(*m_firmware, int(definition.firmware));
    m_secureBoot->setChecked(definition.isSecureBootOn);
    setCurrentChoice(*m_tpm, int(definition.tpm));
    fillBootOrder(definition.bootOrder);
    setCurrentChoice(*m_pointing, int(definition.pointing));
    setCurrentChoice(*m_keyboard, int(definition.keyboard));
    m_clock->setChecked(definition.clock == engine::ClockBase::Utc);
    m_nested->setChecked(definition.isNestedVirtualizationOn);
    setCurrentChoice(*m_engine, int(definition.engine));
    updateSupport();
}

void SystemPage::save(engine::MachineDefinition &definition) const
{
    definition.memoryMiB = m_memory->value();
    definition.cpus = m_cpus->value();
    definition.chipset = engine::Chipset(currentChoice(*m_chipset));
    definition.firmware = engine::Firmware(currentChoice(*m_firmware));
    definition.isSecureBootOn = m_secureBoot->isChecked();
    definition.tpm = engine::TpmModel(currentChoice(*m_tpm));
    definition.bootOrder = bootOrder();
    definition.pointing = engine::PointingDevice(currentChoice(*m_pointing));
    definition.keyboard = engine::KeyboardDevice(currentChoice(*m_keyboard));
    definition.clock = m_clock->isChecked() ? engine::ClockBase::Utc : engine::ClockBase::LocalTime;
    definition.isNestedVirtualizationOn = m_nested->isChecked();
    definition.engine = engine::EngineChoice(currentChoice(*m_engine));
}

} // namespace ui

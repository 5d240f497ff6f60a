// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/usb_window.h"

#include "engine/control/machine_usb.h"
#include "engine/machine/qt_text.h"
#include "ui/error_box.h"
#include "ui/icons.h"
#include "ui/machine_monitor.h"
#include "ui/usb_always.h"
#include "ui/usb_device_list.h"
#include "ui/usb_mover.h"
#include "ui/usb_text.h"

#include <QtCore/QPointer>
#include <QtCore/QSignalBlocker>
#include <QtGui/QScreen>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr int FactLines = 4; // room for a remedy, so that nothing jumps when another row is chosen

} // namespace

UsbWindow *UsbWindow::openFor(const QUuid &machine, QWidget *parent)
{
    auto *monitor = new MachineMonitor;
    auto *board = new UsbBoard(*monitor);
    auto *window = new UsbWindow(*board, parent);
    board->setParent(window);
    monitor->setParent(board);
    window->choose(machine);
    return window;
}

UsbWindow::UsbWindow(UsbBoard &board, QWidget *parent)
    : QDialog(parent)
    , m_board(board)
    , m_mover(new UsbMover(this, this))
    , m_host(new UsbDeviceList(UsbDeviceList::Side::Host, this))
    , m_guest(new UsbDeviceList(UsbDeviceList::Side::Guest, this))
    , m_guests(new QComboBox(this))
    , m_give(new QPushButton(icon(QStringLiteral("go-next")), tr("&Give to Guest"), this))
    , m_takeBack(new QPushButton(icon(QStringLiteral("go-previous")), tr("&Take Back"), this))
    , m_always(new QCheckBox(this))
    , m_facts(new QLabel(this))
    , m_message(new QLabel(this))
{
    setObjectName(QStringLiteral("usbWindow"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("USB Devices"));

    auto *hostTitle = new QLabel(tr("This &computer:"), this);
    hostTitle->setBuddy(m_host);
    m_host->setObjectName(QStringLiteral("hostDevices"));
    m_host->setAccessibleName(tr("USB devices of this computer"));
    m_host->setEmptyText(tr("No USB devices are plugged in."));
    auto *guestTitle = new QLabel(tr("G&uest:"), this);
    guestTitle->setBuddy(m_guests);
    m_guests->setObjectName(QStringLiteral("usbGuest"));
    m_guests->setAccessibleName(tr("Guest"));
    m_guests->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_guest->setObjectName(QStringLiteral("guestDevices"));
    m_guest->setAccessibleName(tr("USB devices of the guest"));
    m_give->setObjectName(QStringLiteral("giveUsb"));
    m_takeBack->setObjectName(QStringLiteral("takeBackUsb"));
    for (QPushButton *button : {m_give, m_takeBack})
        button->setAutoDefault(false);
    m_always->setObjectName(QStringLiteral("alwaysGiveUsb"));
    for (QLabel *label : {m_facts, m_message}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    }
    m_facts->setObjectName(QStringLiteral("usbFacts"));
    m_facts->setAccessibleName(tr("About the chosen device"));
    m_facts->setAlignment(Qt::AlignTop | Qt::AlignLeading);
    m_facts->setMinimumHeight(FactLines * fontMetrics().lineSpacing());
    m_message->setObjectName(QStringLiteral("usbMessage"));

    auto *chooser = new QHBoxLayout;
    chooser->addWidget(guestTitle);
    chooser->addWidget(m_guests, 1);
    auto *moves = new QVBoxLayout;
    moves->addStretch();
    moves->addWidget(m_give);
    moves->addWidget(m_takeBack);
    moves->addStretch();
    auto *columns = new QGridLayout;
    columns->addWidget(hostTitle, 0, 0);
    columns->addLayout(chooser, 0, 2);
    columns->addWidget(m_host, 1, 0);
    columns->addLayout(moves, 1, 1);
    columns->addWidget(m_guest, 1, 2);
    columns->setColumnStretch(0, 3);
    columns->setColumnStretch(2, 2);
    columns->setRowStretch(1, 1);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    buttons->button(QDialogButtonBox::Close)->setAutoDefault(false);
    auto *bottom = new QHBoxLayout;
    bottom->addWidget(m_message, 1);
    bottom->addWidget(buttons);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(columns, 1);
    layout->addWidget(m_facts);
    layout->addWidget(m_always);
    layout->addLayout(bottom);
    const int width = fontMetrics().averageCharWidth();
    m_host->setMinimumWidth(width * 36);
    m_guest->setMinimumWidth(width * 28);
    resize(QSize(width * 150, fontMetrics().height() * 24)
               .boundedTo(screen()->availableSize() * 9 / 10));

    connect(m_host, &UsbDeviceList::moveWanted, this, &UsbWindow::give);
    connect(m_guest, &UsbDeviceList::dropped, this, &UsbWindow::give);
    connect(m_guest, &UsbDeviceList::moveWanted, this, &UsbWindow::takeBack);
    connect(m_host, &UsbDeviceList::dropped, this, &UsbWindow::takeBack);
    connect(m_give, &QPushButton::clicked, this, [this] { give(m_host->selectedKey()); });
    connect(m_takeBack, &QPushButton::clicked, this, [this] { takeBack(m_guest->selectedKey()); });
    // One device is chosen, in one of the columns.
    const auto oneSelection = [this](UsbDeviceList *list, UsbDeviceList *other) {
        connect(list, &QTreeWidget::itemSelectionChanged, this, [this, list, other] {
            if (!list->selectedKey().isEmpty()) {
                const QSignalBlocker silence(other);
                other->clearSelection();
            }
            updateButtons();
        });
    };
    oneSelection(m_host, m_guest);
    oneSelection(m_guest, m_host);
    connect(m_guests, &QComboBox::activated, this, [this] {
        m_wanted = chosen();
        watchChosen();
        showPlaces();
    });
    connect(m_always, &QCheckBox::clicked, this, &UsbWindow::setAlways);
    connect(m_mover, &UsbMover::said, this, &UsbWindow::say);
    connect(&m_board, &UsbBoard::changed, this, &UsbWindow::follow);
    follow();
    m_host->setFocus();
}

void UsbWindow::choose(const QUuid &machine)
{
    m_wanted = machine;
    follow();
}

QUuid UsbWindow::chosen() const
{
    return m_guests->currentData().toUuid();
}

engine::ControlClient *UsbWindow::client(const QUuid &machine) const
{
    return machine.isNull() ? nullptr : m_board.monitor().client(machine);
}

void UsbWindow::follow()
{
    fillGuests();
    watchChosen();
    showPlaces();
}

void UsbWindow::fillGuests()
{
    const QUuid before = m_wanted.isNull() ? chosen() : m_wanted;
    const QSignalBlocker silence(m_guests);
    m_guests->clear();
    for (const UsbBoard::Machine &machine : m_board.machines()) {
        if (machine.whyNot.isEmpty() || machine.uuid == m_wanted)
            m_guests->addItem(icon(QStringLiteral("computer")), machine.name, machine.uuid);
    }
    m_guests->setCurrentIndex(std::max(0, m_guests->findData(before)));
    m_guests->setEnabled(m_guests->count() > 0);
}

// What a machine tells of devices that come by themselves, or do not.
void UsbWindow::watchChosen()
{
    disconnect(m_notices);
    if (const engine::ControlClient *machine = client(chosen()))
        m_notices = connect(machine, &engine::ControlClient::noticed, this, &UsbWindow::say);
}

void UsbWindow::showPlaces()
{
    const QUuid guest = chosen();
    QList<UsbBoard::Place> here;
    QList<UsbBoard::Place> there;
    for (const UsbBoard::Place &place : m_board.places())
        (!guest.isNull() && place.machine == guest ? there : here).append(place);
    {
        const QSignalBlocker hostSilence(m_host);
        const QSignalBlocker guestSilence(m_guest);
        const QString selectedHere = m_host->selectedKey();
        const QString selectedThere = m_guest->selectedKey();
        m_host->setPlaces(here);
        m_guest->setPlaces(there);
        // The one that was moved stays the chosen one; a neighbour never becomes it by itself.
        const QString moved = !selectedHere.isEmpty() ? selectedHere : selectedThere;
        if (!m_host->select(moved))
            m_host->clearSelection();
        if (!m_guest->select(moved))
            m_guest->clearSelection();
    }
    const UsbBoard::Machine *machine = m_board.machine(guest);
    if (machine == nullptr)
        m_guest->setEmptyText(m_board.machines().isEmpty()
                                  ? tr("No machine is running. Start one to give it a device.")
                                  : tr("No machine that runs can be given a USB device: %1")
                                        .arg(m_board.machines().first().whyNot));
    else if (!machine->whyNot.isEmpty())
        m_guest->setEmptyText(sentence(machine->whyNot));
    else
        m_guest->setEmptyText(tr("The guest has none of this computer's devices. Choose one at "
                                 "the left and give it."));
    updateButtons();
}

const UsbBoard::Place *UsbWindow::selected() const
{
    const QString here = m_host->selectedKey();
    return m_board.place(!here.isEmpty() ? here : m_guest->selectedKey());
}

void UsbWindow::updateButtons()
{
    const UsbBoard::Machine *machine = m_board.machine(chosen());
    const UsbBoard::Place *place = selected();
    const bool canMove = machine != nullptr && machine->whyNot.isEmpty();
    m_give->setEnabled(canMove && !m_host->selectedKey().isEmpty());
    m_takeBack->setEnabled(canMove && !m_guest->selectedKey().isEmpty());
    showAlways();
    if (place == nullptr) {
        m_facts->setText(m_board.places().isEmpty() ? QString()
                                                    : tr("Choose a device to see more about it."));
        return;
    }
    QStringList facts = usbFacts(place->device);
    facts.prepend(engine::usbDeviceName(place->device));
    QStringList lines{facts.join(QStringLiteral(". ")) + u'.'};
    if (place->holder.isEmpty()) {
        if (const auto allowed = engine::mayLeaveHost(place->device, true); !allowed) {
            lines.append(sentence(engine::errorText(allowed.error())));
            lines.append(sentence(engine::toQString(allowed.error().remedy())));
        }
    } else if (place->machine != chosen()) {
        lines.append(tr("The machine \"%1\" has it.").arg(place->holder));
    }
    m_facts->setText(lines.join(u'\n'));
}

void UsbWindow::showAlways()
{
    const UsbBoard::Machine *machine = m_board.machine(chosen());
    const UsbBoard::Place *place = selected();
    m_always->setText(machine != nullptr
                          ? tr("&Always give this device to \"%1\"")
                                .arg(QString(machine->name).replace(u'&', QStringLiteral("&&")))
                          : tr("&Always give this device to the guest"));
    m_always->setEnabled(machine != nullptr && place != nullptr);
    m_always->setChecked(false);
    m_always->setToolTip(
        tr("The device goes to this machine when it starts and whenever it is plugged in. The "
           "machine's settings list it under USB."));
    if (machine == nullptr || place == nullptr)
        return;
    const UsbAlways always = usbAlways(usbFiltersIn(machine->folder), place->device);
    m_always->setChecked(always.isGiven);
    if (!always.otherFilter.isEmpty()) {
        m_always->setEnabled(false);
        m_always->setToolTip(
            tr("The filter \"%1\" in the machine's settings says so.").arg(always.otherFilter));
    }
}

void UsbWindow::say(const QString &text)
{
    m_message->setText(sentence(text));
}

void UsbWindow::give(const QString &key)
{
    const UsbBoard::Place *place = m_board.place(key);
    engine::ControlClient *to = client(chosen());
    const UsbBoard::Machine *machine = m_board.machine(chosen());
    if (place == nullptr || to == nullptr || machine == nullptr)
        return;
    if (!machine->whyNot.isEmpty()) {
        say(machine->whyNot);
        return;
    }
    say({});
    m_mover->give(*to, place->device, client(place->machine));
}

void UsbWindow::takeBack(const QString &key)
{
    const UsbBoard::Place *place = m_board.place(key);
    engine::ControlClient *from = place == nullptr ? nullptr : client(place->machine);
    if (from == nullptr)
        return;
    say({});
    m_mover->takeBack(*from, place->device);
}

void UsbWindow::setAlways(bool isGiven)
{
    const UsbBoard::Place *place = selected();
    engine::ControlClient *machine = client(chosen());
    if (place == nullptr || machine == nullptr)
        return;
    say({});
    const QString name = engine::usbDeviceName(place->device);
    setUsbAlways(
        *machine, place->device, isGiven,
        [guard = QPointer(this), name, isGiven,
         guest = machine->status().name](const engine::Result<QJsonObject> &answer) {
            if (guard == nullptr)
                return;
            guard->showAlways();
            if (!answer)
                showError(guard, tr("The machine \"%1\" could not remember that").arg(guest),
                          answer.error());
            else
                guard->say(isGiven
                               ? tr("\"%1\" goes to \"%2\" from now on").arg(name, guest)
                               : tr("\"%1\" no longer goes to \"%2\" by itself").arg(name, guest));
        });
}

} // namespace ui

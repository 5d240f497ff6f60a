// SPDX-License-Identifier: GPL-3.0-or-later
// Which of this computer's USB devices a running machine has, and which it gets by itself.
//
// A device goes to the guest because somebody says so (attach()), because a filter of the machine's
// fits when it comes, or because it was there before it was unplugged or the machine was saved. It
// stays with the host when that works with it: a keyboard or pointer goes by force only, a disk in
// use and what another machine has go not at all. A device that a user took back is left alone
// until it is plugged in anew.
//
// What the guest has does not survive in a saved state: it is detached before, noted in the state's
// folder, and attached again when the guest goes on. Main thread only.
#pragma once

#include "engine/control/usb_claims.h"
#include "engine/control/usb_host.h"
#include "engine/drivers/driver.h"

#include <QtCore/QPointer>
#include <QtCore/QSet>

#include <memory>
#include <optional>
#include <vector>

namespace engine {

// A device as menus and lists show it.
struct UsbChoice
{
    UsbDevice device;
    QString holder; // the machine that has it; empty: the host
    bool isOurs = false; // this one
    bool isBusy = false; // on its way
};

QJsonObject toJson(const UsbChoice &choice);
UsbChoice usbChoiceFromJson(const QJsonObject &json);

// Why the host keeps the device; nothing when it may go. `isForced`: somebody said that a keyboard
// or pointer may.
Result<> mayLeaveHost(const UsbDevice &device, bool isForced);

class MachineUsb final : public QObject
{
    Q_OBJECT
public:
    using Definition = std::function<const MachineDefinition &()>;

    MachineUsb(Driver &driver, Definition definition, QObject *parent = nullptr);
    ~MachineUsb() override;

    // Without one there are no devices.
    void setHost(std::unique_ptr<UsbHost> host);

    QList<UsbChoice> choices();
    QList<UsbDevice> attached() const;

    // `word`: isNamedBy() in usb_device.h.
    void attach(const QString &word, bool isForced, Driver::Reply reply);
    void detach(const QString &word, Driver::Reply reply);

    // Files and folders as a stick that the guest reads; one at a time. It is gone with the run.
    void insertStick(const QStringList &files, Driver::Reply reply);
    void ejectStick(Driver::Reply reply);
    bool hasStick() const { return m_stick == Stick::Inserted; }

    // Around a saved state. detachAll() takes everything from the guest and notes it in `folder`;
    // attachAgain() when the save failed; expect() before a machine goes on from `folder`.
    void detachAll(const QString &folder, std::function<void(Result<>)> done);
    void attachAgain();
    void expect(const QString &folder);

    // Filters may have changed.
    void applyFilters();

signals:
    void changed();
    void noticed(const QString &text); // a sentence for the machine's window

private:
    struct Attached
    {
        UsbDevice device;
        QString id;
        UsbClaim claim;
        bool isByHand = false;
    };

    enum class Stick { None, Coming, Inserted, Leaving };

    void driverStateChanged(Driver::State state);
    void stickWritten(Result<> written, const Driver::Reply &reply);
    void removeStick();
    void hostChanged();
    void take(const UsbDevice &device, bool isForced, bool isByHand, Driver::Reply reply);
    void plugged(Attached attached, Result<> result, const Driver::Reply &reply);
    void applyTo(const QList<UsbDevice> &devices);
    void dropLost(const QList<UsbDevice> &devices);
    void forget(const Attached &gone);
    bool isOurs(const UsbDevice &device) const;
    std::vector<Attached>::iterator find(const QString &word);
    bool canRun() const;

    Driver &m_driver;
    Definition m_definition;
    std::unique_ptr<UsbHost> m_host;
    std::vector<Attached> m_attached;
    QList<UsbDevice> m_pending; // asked for, the driver has not answered
    QList<UsbDevice> m_wanted; // the guest had them, and gets them when they are back
    QSet<QString> m_seen; // "1-2.3@4": filters were asked about these
    bool m_isSaving = false;
    Stick m_stick = Stick::None;
};

} // namespace engine

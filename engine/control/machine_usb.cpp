// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/machine_usb.h"

#include "engine/base/log.h"
#include "engine/machine/atomic_file.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/usb_filter.h"
#include "engine/machine/usb_permission.h"
#include "engine/machine/user_paths.h"
#include "engine/media/fat_image.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QThreadPool>

#include <algorithm>

namespace engine {

namespace {

const QString NoteFile = QStringLiteral("/usb.json");
constexpr qint64 LargestNote = 1024 * 1024;

const QString StickId = QStringLiteral("stick");

QString stickImage(const QUuid &machine)
{
    return paths::runFolder(machine) + QStringLiteral("/stick.img");
}

QString keyOf(const UsbDevice &device)
{
    return QStringLiteral("%1@%2").arg(device.port).arg(device.address);
}

bool isSamePlug(const UsbDevice &a, const UsbDevice &b)
{
    return a.port == b.port && a.address == b.address && a.bus == b.bus;
}

void remove(QList<UsbDevice> &list, const UsbDevice &device)
{
    list.removeIf([&device](const UsbDevice &other) { return isSameUsbDevice(other, device); });
}

} // namespace

QJsonObject toJson(const UsbChoice &choice)
{
    QJsonObject json = toJson(choice.device);
    json[QLatin1String("holder")] = choice.holder;
    json[QLatin1String("ours")] = choice.isOurs;
    json[QLatin1String("busy")] = choice.isBusy;
    return json;
}

UsbChoice usbChoiceFromJson(const QJsonObject &json)
{
    return {usbDeviceFromJson(json), json[QLatin1String("holder")].toString(),
            json[QLatin1String("ours")].toBool(), json[QLatin1String("busy")].toBool()};
}

Result<> mayLeaveHost(const UsbDevice &device, bool isForced)
{
    const QString name = usbDeviceName(device);
    if (device.isHub())
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("\"%1\" is a hub: what is plugged into it can be given to "
                                        "a guest, itself it cannot")
                             .arg(name));
    if (!device.mounts.isEmpty())
        return makeError(ErrorKind::Busy,
                         QStringLiteral("This computer uses the disk \"%1\": it is mounted on %2")
                             .arg(name, device.mounts.join(QStringLiteral(", "))),
                         QStringLiteral("Unmount it first (\"Safely remove\" in the file manager), "
                                        "or what was written to it may be lost"));
    if (!device.isAccessible)
        return makeError(
            ErrorKind::Denied,
            QStringLiteral("You do not have permission to use \"%1\" (%2)").arg(name, device.node),
            usbPermissionRemedy(usbRule()));
    if (device.isInput && !isForced)
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("\"%1\" is a keyboard or pointer that this computer is "
                                        "worked with")
                             .arg(name),
                         QStringLiteral("If there is another one, give it to the guest with "
                                        "--force"));
    return {};
}

MachineUsb::MachineUsb(Driver &driver, Definition definition, QObject *parent)
    : QObject(parent)
    , m_driver(driver)
    , m_definition(std::move(definition))
{
    connect(&m_driver, &Driver::stateChanged, this, &MachineUsb::driverStateChanged);
    connect(&m_driver, &Driver::usbDetached, this, [this](const QString &id) {
        const auto lost = std::find_if(m_attached.begin(), m_attached.end(),
                                       [&id](const Attached &one) { return one.id == id; });
        if (lost == m_attached.end())
            return;
        const Attached one = std::move(*lost);
        m_attached.erase(lost);
        forget(one);
    });
}

MachineUsb::~MachineUsb() = default;

void MachineUsb::setHost(std::unique_ptr<UsbHost> host)
{
    m_host = std::move(host);
    connect(m_host.get(), &UsbHost::changed, this, &MachineUsb::hostChanged);
}

bool MachineUsb::canRun() const
{
    return m_host && !m_isSaving && m_driver.supports(Feature::UsbPassthrough).isAvailable
        && (m_driver.state() == Driver::State::Running
            || m_driver.state() == Driver::State::Paused);
}

void MachineUsb::driverStateChanged(Driver::State state)
{
    switch (state) {
    case Driver::State::Running:
        if (canRun()) {
            m_host->start();
            hostChanged();
        }
        break;
    case Driver::State::Off:
    case Driver::State::Saved:
    case Driver::State::Aborted:
        m_attached.clear();
        m_pending.clear();
        if (m_stick != Stick::None)
            removeStick();
        break;
    default:
        break;
    }
}

bool MachineUsb::isOurs(const UsbDevice &device) const
{
    return std::any_of(m_attached.cbegin(), m_attached.cend(),
                       [&device](const Attached &one) { return isSamePlug(one.device, device); });
}

std::vector<MachineUsb::Attached>::iterator MachineUsb::find(const QString &word)
{
    return std::find_if(m_attached.begin(), m_attached.end(),
                        [&word](const Attached &one) { return isNamedBy(one.device, word); });
}

QList<UsbChoice> MachineUsb::choices()
{
    QList<UsbChoice> choices;
    if (!m_host)
        return choices;
    for (const UsbDevice &device : m_host->devices()) {
        UsbChoice choice{device, usbDeviceHolder(device), isOurs(device), false};
        choice.isBusy =
            std::any_of(m_pending.cbegin(), m_pending.cend(),
                        [&device](const UsbDevice &other) { return isSamePlug(other, device); });
        choices.append(choice);
    }
    return choices;
}

QList<UsbDevice> MachineUsb::attached() const
{
    QList<UsbDevice> devices;
    for (const Attached &one : m_attached)
        devices.append(one.device);
    return devices;
}

void MachineUsb::attach(const QString &word, bool isForced, Driver::Reply reply)
{
    const Support support = m_driver.supports(Feature::UsbPassthrough);
    if (!support.isAvailable) {
        reply(makeError(ErrorKind::Unsupported, support.reason));
        return;
    }
    if (!canRun()) {
        reply(makeError(ErrorKind::Invalid,
                        m_isSaving ? QStringLiteral("The machine is being saved")
                                   : QStringLiteral("The machine is not running")));
        return;
    }
    const QList<UsbDevice> devices = m_host->devices();
    const auto found =
        std::find_if(devices.cbegin(), devices.cend(),
                     [&word](const UsbDevice &device) { return isNamedBy(device, word); });
    if (found == devices.cend()) {
        reply(makeError(ErrorKind::NotFound,
                        QStringLiteral("There is no USB device \"%1\"").arg(word),
                        QStringLiteral("It may have been unplugged; \"list usbhost\" tells which "
                                       "there are")));
        return;
    }
    if (isOurs(*found)) {
        reply({});
        return;
    }
    take(*found, isForced, true, std::move(reply));
}

void MachineUsb::take(const UsbDevice &device, bool isForced, bool isByHand, Driver::Reply reply)
{
    if (std::any_of(m_pending.cbegin(), m_pending.cend(),
                    [&device](const UsbDevice &other) { return isSamePlug(other, device); })) {
        reply(makeError(ErrorKind::Busy,
                        QStringLiteral("\"%1\" is on its way already").arg(usbDeviceName(device))));
        return;
    }
    Result<> allowed = mayLeaveHost(device, isForced);
    if (!allowed) {
        reply(std::move(allowed));
        return;
    }
    Result<UsbClaim> claim = UsbClaim::acquire(device, m_definition().name);
    if (!claim) {
        reply(std::move(claim).error());
        return;
    }
    Result<Fd> node = m_host->open(device);
    if (!node) {
        reply(std::move(node).error());
        return;
    }
    auto attached = std::make_shared<Attached>();
    attached->device = device;
    attached->id = QStringLiteral("usb-%1-%2").arg(device.port).arg(device.address);
    attached->claim = std::move(*claim);
    attached->isByHand = isByHand;
    m_pending.append(device);
    log(LogLevel::Info, "usb",
        QStringLiteral("%1 (%2) goes to the guest")
            .arg(usbDeviceName(device), device.port)
            .toStdString());
    m_driver.attachUsb({attached->id, usbDeviceName(device), device.speed}, std::move(*node),
                       [this, guard = QPointer(this), attached, reply](Result<> result) {
                           if (guard)
                               plugged(std::move(*attached), std::move(result), reply);
                       });
    Q_EMIT changed();
}

void MachineUsb::plugged(Attached attached, Result<> result, const Driver::Reply &reply)
{
    const UsbDevice device = attached.device;
    m_pending.removeIf([&device](const UsbDevice &other) { return isSamePlug(other, device); });
    if (result) {
        remove(m_wanted, device);
        m_attached.push_back(std::move(attached));
    } else {
        log(LogLevel::Warning, "usb", result.error().text());
    }
    Q_EMIT changed();
    reply(std::move(result));
    // It may have been unplugged while it was on its way.
    if (m_host)
        dropLost(m_host->devices());
}

void MachineUsb::detach(const QString &word, Driver::Reply reply)
{
    const auto found = find(word);
    if (found == m_attached.end()) {
        reply(makeError(ErrorKind::NotFound,
                        QStringLiteral("The guest has no USB device \"%1\"").arg(word),
                        QStringLiteral("\"showvminfo\" tells which it has")));
        return;
    }
    const QString id = found->id;
    remove(m_wanted, found->device);
    m_driver.detachUsb(id, [this, guard = QPointer(this), id, reply](Result<> result) {
        if (guard && result) {
            std::erase_if(m_attached, [&id](const Attached &one) { return one.id == id; });
            Q_EMIT changed();
        }
        reply(std::move(result));
    });
}

void MachineUsb::insertStick(const QStringList &files, Driver::Reply reply)
{
    const Support support = m_driver.supports(Feature::UsbPassthrough);
    const Driver::State state = m_driver.state();
    if (!support.isAvailable) {
        reply(makeError(ErrorKind::Unsupported, support.reason));
    } else if (m_isSaving || (state != Driver::State::Running && state != Driver::State::Paused)) {
        reply(makeError(ErrorKind::Invalid, QStringLiteral("The machine is not running")));
    } else if (m_stick != Stick::None) {
        reply(makeError(ErrorKind::Busy, QStringLiteral("The guest has a stick of files already"),
                        QStringLiteral("Eject it in the guest and then here, and insert the files "
                                       "again")));
    } else {
        m_stick = Stick::Coming;
        const QString image = stickImage(m_definition().uuid);
        // Copying takes as long as it takes, and the machine goes on meanwhile.
        QThreadPool::globalInstance()->start([guard = QPointer(this), files, image, reply] {
            const Result<> written = writeFatImage(files, image);
            QMetaObject::invokeMethod(
                QCoreApplication::instance(),
                [guard, written, image, reply] {
                    if (guard) {
                        guard->stickWritten(written, reply);
                        return;
                    }
                    QFile::remove(image);
                    reply(makeError(ErrorKind::Cancelled, QStringLiteral("The machine has ended")));
                },
                Qt::QueuedConnection);
        });
    }
}

void MachineUsb::stickWritten(Result<> written, const Driver::Reply &reply)
{
    if (!written) {
        removeStick();
        reply(std::move(written));
        return;
    }
    m_driver.attachUsbStick({StickId, QStringLiteral("the stick of files"), UsbSpeed::High},
                            stickImage(m_definition().uuid),
                            [this, guard = QPointer(this), reply](Result<> result) {
                                if (guard) {
                                    if (result)
                                        m_stick = Stick::Inserted;
                                    else
                                        removeStick();
                                    Q_EMIT changed();
                                }
                                reply(std::move(result));
                            });
}

void MachineUsb::removeStick()
{
    m_stick = Stick::None;
    QFile::remove(stickImage(m_definition().uuid));
}

void MachineUsb::ejectStick(Driver::Reply reply)
{
    if (m_stick != Stick::Inserted) {
        reply(makeError(ErrorKind::NotFound, QStringLiteral("The guest has no stick of files")));
        return;
    }
    m_stick = Stick::Leaving;
    m_driver.detachUsb(StickId, [this, guard = QPointer(this), reply](Result<> result) {
        if (guard && m_stick == Stick::Leaving) {
            if (result)
                removeStick();
            else
                m_stick = Stick::Inserted;
            Q_EMIT changed();
        }
        reply(std::move(result));
    });
}

// The guest's devices that are no more. QEMU tells nothing and keeps an empty shell of one, which
// has to go before another one of that name can come; the built-in engine tells, maybe later.
void MachineUsb::dropLost(const QList<UsbDevice> &devices)
{
    for (auto one = m_attached.begin(); one != m_attached.end();) {
        const UsbDevice device = one->device;
        const bool isThere =
            std::any_of(devices.cbegin(), devices.cend(),
                        [&device](const UsbDevice &other) { return isSamePlug(other, device); });
        if (isThere) {
            ++one;
            continue;
        }
        m_driver.detachUsb(one->id, [](const Result<> &result) {
            if (!result)
                log(LogLevel::Warning, "usb", result.error().text());
        });
        const Attached gone = std::move(*one);
        one = m_attached.erase(one);
        forget(gone);
    }
}

// It is no more; when it comes back, the guest has it again.
void MachineUsb::forget(const Attached &gone)
{
    if (gone.isByHand && !m_wanted.contains(gone.device))
        m_wanted.append(gone.device);
    Q_EMIT noticed(QStringLiteral("\"%1\" was unplugged").arg(usbDeviceName(gone.device)));
    Q_EMIT changed();
}

void MachineUsb::hostChanged()
{
    if (!canRun())
        return;
    const QList<UsbDevice> devices = m_host->devices();
    dropLost(devices);
    applyTo(devices);
    Q_EMIT changed();
}

void MachineUsb::applyTo(const QList<UsbDevice> &devices)
{
    QSet<QString> present;
    for (const UsbDevice &device : devices) {
        present.insert(keyOf(device));
        if (m_seen.contains(keyOf(device)) || isOurs(device))
            continue;
        const bool isWanted =
            std::any_of(m_wanted.cbegin(), m_wanted.cend(), [&device](const UsbDevice &other) {
                return isSameUsbDevice(other, device);
            });
        if (!isWanted && !matchesAny(m_definition().usbFilters, device))
            continue;
        // What was allowed once is allowed again.
        take(device, isWanted, isWanted, [this, device](const Result<> &result) {
            if (result)
                Q_EMIT noticed(
                    QStringLiteral("\"%1\" is the guest's now").arg(usbDeviceName(device)));
            else
                Q_EMIT noticed(QStringLiteral("\"%1\" stays with this computer: %2")
                                   .arg(usbDeviceName(device), errorText(result.error())));
        });
    }
    m_seen = present;
}

void MachineUsb::applyFilters()
{
    if (!canRun())
        return;
    m_seen.clear();
    hostChanged();
}

void MachineUsb::detachAll(const QString &folder, std::function<void(Result<>)> done)
{
    m_isSaving = true;
    if (m_stick == Stick::Coming) {
        m_isSaving = false;
        done(makeError(ErrorKind::Busy, QStringLiteral("Files are being inserted"),
                       QStringLiteral("Try again in a moment")));
        return;
    }
    if (m_attached.empty() && m_stick == Stick::None) {
        done({});
        return;
    }
    if (m_stick != Stick::None)
        Q_EMIT noticed(QStringLiteral("The stick of files is ejected for the saved state"));
    QJsonArray devices;
    QStringList names;
    for (const Attached &one : m_attached) {
        devices.append(toJson(one.device));
        names.append(usbDeviceName(one.device));
        if (!m_wanted.contains(one.device))
            m_wanted.append(one.device);
    }
    const Result<> noted = writeFileAtomically(
        folder + NoteFile,
        QJsonDocument(QJsonObject{{QStringLiteral("devices"), devices}}).toJson());
    if (!noted)
        log(LogLevel::Warning, "usb", noted.error().text()); // then they are not attached again
    if (!names.isEmpty())
        Q_EMIT noticed(QStringLiteral("The guest lost its USB devices for the saved state, and "
                                      "gets them back when it goes on: %1")
                           .arg(names.join(QStringLiteral(", "))));
    QStringList ids;
    if (m_stick != Stick::None)
        ids.append(StickId);
    for (const Attached &one : m_attached)
        ids.append(one.id);
    auto waiting = std::make_shared<qsizetype>(ids.size());
    auto failure = std::make_shared<Result<>>();
    for (const QString &id : std::as_const(ids)) {
        m_driver.detachUsb(id,
                           [this, guard = QPointer(this), waiting, failure, done](Result<> result) {
                               if (!result)
                                   *failure = std::move(result);
                               if (--*waiting > 0 || !guard)
                                   return;
                               m_attached.clear();
                               if (m_stick != Stick::None)
                                   removeStick();
                               Q_EMIT changed();
                               done(std::move(*failure));
                           });
    }
}

void MachineUsb::attachAgain()
{
    m_isSaving = false;
    m_seen.clear();
    hostChanged();
}

void MachineUsb::expect(const QString &folder)
{
    QFile file(folder + NoteFile);
    if (!file.open(QIODevice::ReadOnly))
        return;
    const QJsonObject note = QJsonDocument::fromJson(file.read(LargestNote)).object();
    for (const QJsonValue &value : note[QLatin1String("devices")].toArray())
        m_wanted.append(usbDeviceFromJson(value.toObject()));
}

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/control/machine_session.h"

#include "engine/base/log.h"
#include "engine/control/disposable_disks.h"
#include "engine/control/keyboard_layout.h"
#include "engine/control/type_text.h"
#include "engine/machine/machine_check.h"
#include "engine/machine/qt_text.h"
#include "engine/machine/saved_state.h"
#include "engine/machine/user_paths.h"
#include "engine/media/disk_image.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>

#include <utility>

namespace engine {

Result<std::unique_ptr<MachineSession>> MachineSession::open(const MachineEntry &entry,
                                                             const QString &startType,
                                                             std::unique_ptr<Driver> driver)
{
    MachineLock lock = TRY(MachineLock::acquire(entry.folder));
    return std::unique_ptr<MachineSession>(
        new MachineSession(entry, startType, std::move(driver), std::move(lock)));
}

MachineSession::MachineSession(MachineEntry entry, QString startType,
                               std::unique_ptr<Driver> driver, MachineLock lock)
    : m_entry(std::move(entry))
    , m_startType(std::move(startType))
    , m_lock(std::move(lock))
    , m_driver(std::move(driver))
    , m_usb(std::make_unique<MachineUsb>(
          *m_driver, [this]() -> const MachineDefinition & { return m_entry.definition; }))
    , m_serialPorts(m_entry.definition)
    , m_guest(std::make_unique<MachineGuest>(*m_driver))
    , m_folderMounter(std::make_unique<FolderMounter>(*m_driver, *m_guest))
    , m_typist(std::make_unique<Typist>(*m_driver))
{
    connect(m_guest.get(), &MachineGuest::changed, this, &MachineSession::statusChanged);
    connect(m_usb.get(), &MachineUsb::changed, this, &MachineSession::statusChanged);
    connect(m_typist.get(), &Typist::progressed, this, &MachineSession::typingProgressed);
    connect(m_driver.get(), &Driver::stateChanged, this, &MachineSession::driverStateChanged);
    connect(m_driver.get(), &Driver::displayChanged, this, &MachineSession::statusChanged);
    connect(m_driver.get(), &Driver::monitorsChanged, this, &MachineSession::statusChanged);
    connect(m_driver.get(), &Driver::foldersChanged, this, &MachineSession::statusChanged);
    connect(m_driver.get(), &Driver::failed, this, [this](const Error &error) {
        m_hasFailed = true;
        Q_EMIT failed(error);
    });
    connect(m_driver.get(), &Driver::problemRaised, this, [this](const RunProblem &problem) {
        m_problem = problem;
        Q_EMIT statusChanged();
    });
    connect(&m_recording, &MachineRecording::changed, this, &MachineSession::statusChanged);
    connect(m_driver.get(), &Driver::supportChanged, this, &MachineSession::statusChanged);
    connect(m_driver.get(), &Driver::mediumEjectedByGuest, this,
            [this](const StorageSlot &slot) { rememberMedium(slot, {}); });
}

MachineSession::~MachineSession() = default;

void MachineSession::start(Run run)
{
    MachinePlace place;
    place.folder = m_entry.folder;
    place.runFolder = paths::runFolder(m_entry.definition.uuid);
    place.isDisposableRun = run == Run::Disposable;
    Result<> prepared = prepareRun(&place);
    if (!prepared) {
        m_hasFailed = true;
        Q_EMIT failed(std::move(prepared).error());
        finish(hasSavedState(m_entry.folder) ? PersistentState::Saved
                                             : PersistentState::PoweredOff);
        return;
    }
    if (!m_disposable) {
        launch(std::move(place));
        return;
    }
    m_disposable->make([this, place](const Result<> &made) {
        if (made) {
            launch(place);
            return;
        }
        m_hasFailed = true;
        Q_EMIT failed(made.error());
        finish(PersistentState::PoweredOff);
    });
}

Result<> MachineSession::prepareRun(MachinePlace *place)
{
    TRY(paths::makePrivateFolder(place->runFolder));
    TRY(m_serialPorts.listen(place->runFolder));
    removeSavedStateLeftovers(m_entry.folder);
    DisposableDisks::removeLeftovers(m_entry.folder);
    if (place->isDisposableRun && hasSavedState(m_entry.folder))
        return makeError(ErrorKind::Invalid,
                         QStringLiteral("The machine is saved, and a disposable run starts from "
                                        "what is on its disks"),
                         QStringLiteral("Resume it and shut it down, or discard its saved state"));
    if (hasSavedState(m_entry.folder)) {
        TRY(checkSavedState(m_entry));
        place->savedState = savedStateFolder(m_entry.folder);
        m_usb->expect(place->savedState);
        m_isRestoring = true;
    } else {
        fixImageFormats();
    }
    if (place->isDisposableRun)
        m_disposable = std::make_unique<DisposableDisks>(m_entry);
    Result<> written = writeState(m_entry.folder, PersistentState::Running);
    if (!written)
        return std::move(written).error().context("The machine's state could not be written");
    return {};
}

void MachineSession::launch(MachinePlace place)
{
    m_driver->start(m_disposable ? m_disposable->definition() : m_entry.definition, place);
}

void MachineSession::fixImageFormats()
{
    bool hasChanged = false;
    for (StorageController &controller : m_entry.definition.controllers) {
        for (StorageAttachment &attachment : controller.attachments) {
            if (attachment.kind != MediumKind::HardDisk || !attachment.format.isEmpty())
                continue;
            // What cannot be read is the driver's to complain about.
            const Result<ImageFormat> format =
                probeImageFormat(resolvedPath(attachment, m_entry.folder));
            if (!format || *format == ImageFormat::Unknown)
                continue;
            attachment.format = imageFormatName(*format);
            hasChanged = true;
        }
    }
    if (!hasChanged)
        return;
    const Result<> written = writeMachine(m_entry);
    if (!written)
        log(LogLevel::Warning, "session", written.error().text());
}

// Nothing of a disposable run is kept, what was changed in it neither.
Result<> MachineSession::rememberDefinition()
{
    return m_disposable ? Result<>() : writeMachine(m_entry);
}

void MachineSession::saveState(Driver::Reply reply)
{
    const Support support = m_driver->supports(Feature::SaveState);
    if (!support.isAvailable) {
        reply(
            makeError(ErrorKind::Unsupported,
                      QStringLiteral("The machine's state cannot be saved: %1").arg(support.reason),
                      QStringLiteral("Shut the guest down instead")));
        return;
    }
    const Driver::State state = m_driver->state();
    if (state != Driver::State::Running && state != Driver::State::Paused) {
        reply(makeError(state == Driver::State::Saving ? ErrorKind::Busy : ErrorKind::Invalid,
                        state == Driver::State::Saving
                            ? QStringLiteral("The machine is being saved already")
                            : QStringLiteral("The machine is not running")));
        return;
    }
    const Result<QString> folder = beginSavedState(m_entry.folder);
    if (!folder) {
        reply(folder.error());
        return;
    }
    // A device of this computer would be missing where the machine goes on.
    m_usb->detachAll(*folder, [this, folder = *folder, reply = std::move(reply)](Result<> gone) {
        if (gone) {
            writeSavedState(folder, reply);
            return;
        }
        abandonSave();
        reply(std::move(gone).error().context("The guest's USB devices could not be detached"));
    });
}

void MachineSession::abandonSave()
{
    abandonSavedState(m_entry.folder);
    m_usb->attachAgain();
}

void MachineSession::writeSavedState(const QString &folder, const Driver::Reply &reply)
{
    m_driver->saveState(folder, [this, reply](Result<> written) {
        if (written) {
            stateWritten(reply);
            return;
        }
        abandonSave();
        reply(std::move(written).error().context(
            QStringLiteral("The state of \"%1\" was not saved; the machine goes on")
                .arg(m_entry.definition.name)
                .toStdString()));
    });
}

// The driver waits: what it wrote becomes the machine's state now, or the machine goes on.
void MachineSession::stateWritten(const Driver::Reply &reply)
{
    const Result<> committed = commitSavedState(m_entry, m_driver->name());
    if (committed) {
        m_driver->powerOff(reply);
        return;
    }
    abandonSavedState(m_entry.folder);
    const Error error =
        Error(committed.error())
            .context(QStringLiteral("The state of \"%1\" was not saved; the machine goes on")
                         .arg(m_entry.definition.name)
                         .toStdString());
    m_driver->abandonSave([this, reply, error](const Result<> &) {
        m_usb->attachAgain();
        reply(error);
    });
}

void MachineSession::cancelSave(Driver::Reply reply)
{
    m_driver->abandonSave(std::move(reply));
}

MachineStatus MachineSession::status() const
{
    MachineStatus status;
    status.uuid = m_entry.definition.uuid;
    status.name = m_entry.definition.name;
    status.state = m_driver->state();
    status.problem = m_problem;
    status.driver = m_driver->name();
    status.acceleration = m_driver->acceleration();
    const DisplayEndpoint display = m_driver->display();
    status.displayKind = display.kind;
    status.spice = display.spice;
    status.monitors = m_driver->monitors();
    status.hasAbsolutePointer = m_driver->hasAbsolutePointer();
    status.hasWindow = m_hasWindow;
    status.isDisposableRun = m_disposable != nullptr;
    status.folder = m_entry.folder;
    status.startType = m_startType;
    status.controllers = m_entry.definition.controllers;
    status.adapters = m_entry.definition.adapters;
    status.serialPorts = m_entry.definition.serialPorts;
    status.usbDevices = m_usb->attached();
    status.hasUsbStick = m_usb->hasStick();
    status.clipboard = m_entry.definition.clipboard;
    status.dragAndDrop = m_entry.definition.dragAndDrop;
    status.audio = m_entry.definition.audio;
    status.isAudioOutputOn = m_entry.definition.isAudioOutputOn;
    status.isAudioInputOn = m_entry.definition.isAudioInputOn;
    status.recording = m_recording.status();
    status.hasGuestAgent = m_guest->hasAgent();
    status.guestAddresses = m_guest->addresses();
    for (const FolderUse &use : m_driver->sharedFolders())
        status.sharedFolders.append({use, isTransient(use.folder.name)});
    status.extraData = m_entry.definition.extraData;
    for (int feature = 0; feature < FeatureCount; ++feature)
        status.support.append(m_driver->supports(Feature(feature)));
    return status;
}

void MachineSession::driverStateChanged(Driver::State state)
{
    if (state != Driver::State::Paused)
        m_problem.reset();
    if (state == Driver::State::Running && std::exchange(m_isRestoring, false)) {
        // Used up. Should it stay, it is refused as soon as the guest has written to a disk.
        const Result<> removed = removeSavedState(m_entry.folder);
        if (!removed)
            log(LogLevel::Warning, "session", removed.error().text());
    }
    Q_EMIT statusChanged();
    if (state == Driver::State::Off)
        finish(PersistentState::PoweredOff);
    else if (state == Driver::State::Saved)
        finish(PersistentState::Saved);
    else if (state == Driver::State::Aborted)
        finish(PersistentState::Aborted);
}

void MachineSession::finish(PersistentState state)
{
    if (std::exchange(m_hasEnded, true))
        return;
    m_typist->cancel(Error(ErrorKind::Cancelled, "The machine ended before all was typed"));
    if (state != PersistentState::Saved)
        forgetTransient();
    m_disposable.reset(); // its files go
    const Result<> written = writeState(m_entry.folder, state);
    if (!written)
        Q_EMIT failed(written.error());
    Q_EMIT ending();
    m_serialPorts.close();
    QDir(paths::runFolder(m_entry.definition.uuid)).removeRecursively();
    m_lock.reset();
    // A machine that was made for one go and was used: gone. One that failed stays to be looked at.
    if (m_entry.definition.isDisposable && state == PersistentState::PoweredOff && !m_hasFailed) {
        MachineStore store;
        const Result<> removed = store.deleteMachine(m_entry);
        if (!removed)
            Q_EMIT failed(removed.error());
    }
    Q_EMIT ended();
}

// VirtualBox's TRANSIENT and TRANSRESET: a property that is gone when the machine is off.
void MachineSession::forgetTransient()
{
    QJsonObject &properties = m_entry.definition.guestProperties;
    const qsizetype before = properties.size();
    const QStringList names = properties.keys();
    for (const QString &name : names)
        if (properties[name].toObject()[QLatin1String("flags")].toString().contains(
                QLatin1String("TRANS")))
            properties.remove(name);
    if (properties.size() == before)
        return;
    if (const Result<> written = rememberDefinition(); !written)
        log(LogLevel::Warning, "session", written.error().text());
}

void MachineSession::changeMedium(const StorageSlot &slot, const QString &path, bool force,
                                  Driver::Reply reply)
{
    const StorageAttachment *const drive = findAttachment(m_entry.definition, slot);
    if (drive == nullptr || drive->kind == MediumKind::HardDisk) {
        reply(makeError(ErrorKind::NotFound,
                        QStringLiteral("There is no drive for removable media at %1, port %2, "
                                       "device %3")
                            .arg(slot.controller)
                            .arg(slot.port)
                            .arg(slot.device)));
        return;
    }
    const QString absolute = path.isEmpty() ? QString() : QFileInfo(path).absoluteFilePath();
    if (!absolute.isEmpty() && !QFileInfo(absolute).isReadable()) {
        const bool exists = QFileInfo::exists(absolute);
        reply(makeError(exists ? ErrorKind::Denied : ErrorKind::NotFound,
                        QStringLiteral("The image \"%1\" %2")
                            .arg(absolute,
                                 exists ? QStringLiteral("may not be read by you")
                                        : QStringLiteral("does not exist")),
                        QStringLiteral("Choose another file")));
        return;
    }
    m_driver->changeMedium(slot, absolute, force,
                           [this, slot, absolute, reply = std::move(reply)](Result<> result) {
                               if (result)
                                   rememberMedium(slot, absolute);
                               reply(std::move(result));
                           });
}

void MachineSession::rememberMedium(const StorageSlot &slot, const QString &path)
{
    StorageAttachment *const drive = findAttachment(m_entry.definition, slot);
    if (drive == nullptr)
        return;
    drive->path = path;
    // The guest has the new medium already; a definition that cannot be written is worth a word
    // but not the medium.
    const Result<> written = rememberDefinition();
    if (!written)
        Q_EMIT failed(written.error());
    Q_EMIT statusChanged();
}

void MachineSession::setLinkConnected(int adapter, bool connected, Driver::Reply reply)
{
    if (adapter < 0 || adapter >= m_entry.definition.adapters.size()) {
        reply(makeError(ErrorKind::NotFound,
                        QStringLiteral("The machine has no network adapter %1").arg(adapter + 1)));
        return;
    }
    m_driver->setLinkConnected(
        adapter, connected, [this, adapter, connected, reply = std::move(reply)](Result<> result) {
            if (result) {
                m_entry.definition.adapters[adapter].isCableConnected = connected;
                const Result<> written = rememberDefinition();
                if (!written)
                    Q_EMIT failed(written.error());
                Q_EMIT statusChanged();
            }
            reply(std::move(result));
        });
}

void MachineSession::startRecording(const std::optional<RecordingSettings> &settings,
                                    MachineRecording::Reply reply)
{
    const RecordingSettings wanted = settings.value_or(m_entry.definition.recording);
    const DisplayEndpoint::Kind kind = m_driver->display().kind;
    if (kind == DisplayEndpoint::Kind::None || m_entry.definition.video == VideoModel::None) {
        reply(makeError(ErrorKind::Unsupported,
                        QStringLiteral("The machine has no screen that could be recorded")));
        return;
    }
    Result<QString> file = filmFile(wanted.file, m_entry.folder, m_entry.definition.name,
                                    QDateTime::currentDateTime());
    if (file)
        m_recording.start(wanted, *file, std::move(reply), !settings); // of each run
    else
        reply(std::move(file).error());
}

void MachineSession::recordIfWanted()
{
    if (m_driver->state() != Driver::State::Running || !m_entry.definition.recording.isOn
        || std::exchange(m_hasBegunFilm, true))
        return;
    startRecording(std::nullopt, [this](const Result<QString> &begun) {
        if (!begun)
            Q_EMIT m_driver->noticed(errorText(begun.error()));
    });
}

Result<> MachineSession::setGroups(const QStringList &groups)
{
    for (const QString &group : groups) {
        if (!group.startsWith(QLatin1Char('/'))) {
            return makeError(ErrorKind::Invalid,
                             QStringLiteral("\"%1\" is no group: groups begin with /").arg(group));
        }
    }
    MachineEntry changed = m_entry;
    changed.definition.groups = groups;
    TRY(writeMachine(changed));
    m_entry = std::move(changed);
    return {};
}

Result<> MachineSession::setSharing(SharingMode clipboard, SharingMode dragAndDrop)
{
    MachineEntry changed = m_entry;
    changed.definition.clipboard = clipboard;
    changed.definition.dragAndDrop = dragAndDrop;
    if (changed.definition == m_entry.definition)
        return {};
    if (m_disposable == nullptr)
        TRY(writeMachine(changed));
    m_entry = std::move(changed);
    Q_EMIT statusChanged();
    return {};
}

void MachineSession::typeText(const TypingRequest &request, Driver::Reply reply)
{
    const auto strokes = [&request]() -> Result<QList<QByteArray>> {
        if (request.layout.isEmpty())
            return scanCodesForText(request.text);
        const auto layout = TRY(KeyboardLayout::load(request.layout));
        return scanCodesForText(request.text, *layout);
    }();
    if (strokes)
        m_typist->type(*strokes, request.rate, std::move(reply));
    else
        reply(Error(strokes.error()));
}

void MachineSession::typeText(const QString &text, Driver::Reply reply)
{
    typeText(TypingRequest{.text = text}, std::move(reply));
}

void MachineSession::cancelTyping()
{
    m_typist->cancel(Error(ErrorKind::Cancelled, "The typing was cancelled"));
}

void MachineSession::setHasWindow(bool hasWindow)
{
    if (m_hasWindow == hasWindow)
        return;
    m_hasWindow = hasWindow;
    Q_EMIT statusChanged();
}

} // namespace engine

// SPDX-License-Identifier: GPL-3.0-or-later
// Running to Saved and back. The Vm writes all of itself into the file `memory`; `kvm.json` says
// what this driver must find again.
#include "engine/base/log.h"
#include "engine/drivers/kvm_driver.h"
#include "engine/drivers/kvm_saved_folders.h"
#include "engine/drivers/picture_file.h"
#include "engine/drivers/saving.h"
#include "engine/machine/atomic_file.h"
#include "engine/machine/qt_text.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace engine {

namespace {

constexpr int FactsVersion = 1;
constexpr qint64 MiB = 1024 * 1024;

} // namespace

void KvmDriver::saveState(const QString &folder, Reply reply)
{
    if (refuse(reply, false))
        return;
    const Support support = supports(Feature::SaveState);
    if (!support.isAvailable) {
        answerLater(std::move(reply), makeError(ErrorKind::Unsupported, support.reason));
        return;
    }
    if (!m_changes.isEmpty()) {
        answerLater(std::move(reply),
                    makeError(ErrorKind::Busy, "A medium of the machine is being changed",
                              "Try again when that is done"));
        return;
    }
    if (m_isPausing || m_isResuming) {
        answerLater(std::move(reply),
                    makeError(ErrorKind::Busy, "The machine is being paused or resumed",
                              "Try again when that is done"));
        return;
    }
    const qint64 memory = qint64(m_definition.memoryMiB + m_definition.videoMemoryMiB) * MiB;
    const Result<> hasSpace =
        checkSpaceForMemory(folder, memory, residentBytes(::getpid()), m_place.folder);
    if (!hasSpace) {
        answerLater(std::move(reply), hasSpace.error());
        return;
    }
    m_save = Save{};
    m_save->folder = folder;
    m_save->reply = std::move(reply);
    m_save->wasPaused = m_state == State::Paused;
    m_isSaveCancelled = false;
    m_percent = -1;
    m_shares->endUnwanted(); // what their servers know is no part of the state
    setState(State::Saving);
    const bool isHardware = m_options.acceleration.kind == Acceleration::Kind::Hardware;
    const QJsonObject facts{{"version", FactsVersion},
                            {"engine", name()},
                            {"acceleration", isHardware ? "hardware" : "emulated"},
                            {"processor", processorName()},
                            {"agentPorts", m_hasAgentPorts},
                            {"usb", m_hasUsb},
                            {"gamepad", m_gamepad ? int(*m_gamepad) : -1},
                            {"hyperV", m_isHyperV},
                            {"folders", folderPlacesToJson(m_shares->places())},
                            {"knowsFolderPlaces", m_knowsFolderPlaces},
                            {"graphics", m_graphics == VmGraphics::VirtioGpu ? "virtio" : "vga"}};
    post(
        [this, folder, json = QJsonDocument(facts).toJson(),
         picture = pictureOf(m_view.screen->frame())](Machine &machine) -> Result<> {
            TRY(machine.vm->pause());
            // A state without a picture is as good.
            const Result<> drawn = writePicture(picture, folder + SavedPictureFile, "png");
            if (!drawn)
                log(LogLevel::Warning, "kvm", drawn.error().text());
            const QString path = folder + SavedMemoryFile;
            const Fd file(::open(QFile::encodeName(path).constData(),
                                 O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
            if (!file.isOpen())
                return fileError("make", path, errno);
            TRY(machine.vm->save(file.get(), [this](int percent) {
                QMetaObject::invokeMethod(
                    this, [this, percent] { tellProgress(percent); }, Qt::QueuedConnection);
                return !m_isSaveCancelled;
            }));
            // The guest's last writes are done now. What a daemon still had in its caches would
            // change the disks after they were noted.
            for (const std::weak_ptr<BlockDevice> &weak : machine.images)
                if (const std::shared_ptr<BlockDevice> image = weak.lock())
                    TRY(flushImage(*image));
            return writeFileAtomically(folder + SavedKvmFactsFile, json);
        },
        [this](const Result<> &result) { stateWritten(result); });
}

void KvmDriver::tellProgress(int percent)
{
    if (m_state != State::Saving || percent <= m_percent || percent >= 100)
        return;
    m_percent = percent;
    emit progressed(percent);
}

void KvmDriver::stateWritten(const Result<> &result)
{
    if (m_end || !m_save)
        return;
    if (!m_save->abandoned.isEmpty()) {
        failSave(makeError(ErrorKind::Cancelled, "Saving was called off"));
        return;
    }
    if (!result) {
        failSave(result.error());
        return;
    }
    m_save->isComplete = true;
    emit progressed(100);
    if (const Reply reply = std::exchange(m_save->reply, {}))
        reply({});
}

void KvmDriver::abandonSave(Reply reply)
{
    if (m_state != State::Saving || !m_save || m_end) {
        answerLater(std::move(reply),
                    makeError(ErrorKind::Invalid, "The machine is not being saved"));
        return;
    }
    m_save->abandoned.append(std::move(reply));
    m_isSaveCancelled = true; // the Vm looks when it tells how far it is
    if (m_save->isComplete)
        failSave(makeError(ErrorKind::Cancelled, "Saving was called off"));
}

void KvmDriver::failSave(const Error &error)
{
    Save save = std::move(*std::exchange(m_save, {}));
    log(LogLevel::Warning, "kvm", "the state was not saved: " + error.text());
    QFile::remove(save.folder + SavedMemoryFile);
    if (save.wasPaused) {
        goOnAfterSave(std::move(save), error);
        return;
    }
    m_isResuming = true;
    post([](Machine &machine) { return machine.vm->resume(); },
         [this, save = std::move(save), error](const Result<> &result) {
             m_isResuming = false;
             if (!m_end && result) {
                 setState(State::Paused); // for guestContinued()
                 guestContinued();
             }
             goOnAfterSave(save, error);
         });
}

void KvmDriver::goOnAfterSave(Save save, const Result<> &result)
{
    if (m_state == State::Saving && !m_end) {
        setState(State::Paused);
        if (m_toldProblem)
            raise(*m_toldProblem);
    }
    if (save.reply)
        save.reply(result);
    for (const Reply &reply : std::as_const(save.abandoned))
        if (reply)
            reply({});
    settleProblem();
}

Result<> KvmDriver::checkSavedFacts()
{
    const QByteArray json = TRY(readSmallFile(m_place.savedState + SavedKvmFactsFile));
    const QJsonObject facts = QJsonDocument::fromJson(json).object();
    if (facts["version"].toInt() != FactsVersion)
        return makeError(ErrorKind::Corrupt,
                         QString("\"%1\" is damaged, or of another version of Vitrine")
                             .arg(m_place.savedState + SavedKvmFactsFile),
                         "Discard the saved state");
    const QString processor = facts["processor"].toString();
    if (processor != processorName())
        return makeError(ErrorKind::Unsupported,
                         QString("The machine was saved on a computer with another processor "
                                 "(\"%1\", this is \"%2\")")
                             .arg(processor, processorName()),
                         "Resume it there and shut it down, or discard the saved state");
    m_hasAgentPorts = facts["agentPorts"].toBool();
    // Versions without USB gave a machine with a USB tablet a virtio one.
    if (!facts["usb"].toBool()) {
        VmConfig &config = m_plan.config;
        config.hasUsb = false;
        if (config.pointer == VmPointer::UsbTablet)
            config.pointer = VmPointer::VirtioTablet;
    }
    // It is there when the guest goes on; a window that has none takes it out.
    if (const int connector = facts["gamepad"].toInt(-1); connector >= 0 && m_plan.config.hasUsb) {
        m_gamepad = unsigned(connector);
        m_wantedGamepad = QString();
    }
    m_knowsFolderPlaces = facts["knowsFolderPlaces"].toBool();
    if (facts.contains("folders"))
        m_savedFolders = TRY(folderPlacesFromJson(facts["folders"].toArray()));
    m_plan.config.isHyperV = facts["hyperV"].toBool(); // as the guest knows its processors
    // Versions without a virtio GPU gave the guest a VGA in its place.
    if (facts["graphics"].toString() != QLatin1String("virtio"))
        m_plan.config.graphics = VmGraphics::Vga;
    return {};
}

} // namespace engine
